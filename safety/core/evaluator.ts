/** The first evaluator: stages 1 to 9 of the scan over flat tables. The second is in `second/` and shares nothing with it. */
import { judgeCauses, VIEW_CAUSES } from './causes.ts'
import { STATUS } from './codes.ts'
import { judgeEffects } from './effects.ts'
import type { SisInputs } from './inputs.ts'
import { endOverrides, takeCommands } from './overrides.ts'
import { runSequences, setOutputs } from './sequence.ts'
import type { Soe } from './soe.ts'
import { OWN, type State } from './state.ts'
import type { Tables } from './tables.ts'
import { compare, judgeSignals, validateFrame } from './validate.ts'

export function evaluate(t: Tables, s: State, inputs: SisInputs, now: number, outside: number, soe: Soe): void {
  const faults = validateFrame(t, s, inputs, now, outside)
  judgeSignals(t, s, inputs, now)
  compare(t, s, inputs)
  takeCommands(t, s, inputs, now, soe)
  endOverrides(t, s, inputs, now)
  judgeCauses(t, s, now)
  judgeEffects(t, s, inputs, now, faults, soe)
  runSequences(t, s, inputs, now, soe)
  setOutputs(t, s, inputs, now, faults)
  // What cannot be read has not moved: a button held down over a lost frame is not pressed anew.
  for (let i = 0; i < t.contacts; i++) if (s.status[t.transmitters + i] !== STATUS.bad) s.contactWas[i] = s.closed[i]!
  fillView(t, s, faults)
}

/** What must be equal in both evaluators; the words of causes are filled where they are judged. */
function fillView(t: Tables, s: State, faults: number): void {
  const view = s.view
  view[0] = faults
  view[1] = s.own[OWN.out]!
  view[2] = s.own[OWN.secondary]!
  let at = VIEW_CAUSES + t.causes
  for (let e = 0; e < t.effects; e++) {
    view[at++] =
      s.latch[e]! |
      (s.stored[e]! << 3) |
      (s.forceSince[e]! >= 0 ? 16 : 0) |
      (s.overrideSince[e]! >= 0 ? 32 : 0) |
      (((s.own[OWN.forceTrip]! >>> e) & 1) << 6)
  }
  for (let q = 0; q < t.sequences; q++) view[at++] = s.step[q]!
}
