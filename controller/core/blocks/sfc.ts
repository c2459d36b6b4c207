/**
 * Sequence: steps, transitions and actions, with the states and commands of a phase.                   (function-blocks 2.19)
 *
 *   idle --start--> running --> complete --reset--> idle
 *   running --hold--> holding --> held --restart--> restarting --> running
 *   running, holding, held, restarting --stop--> stopping --> stopped --reset--> idle
 *   all of these and stopping --abort--> aborting --> aborted --reset--> idle
 *
 * Running, holding, restarting, stopping and aborting each have a chart of their own; a state without one is passed at
 * once. A chart is done when all its active steps are final (no transition leads on). Holding leaves the steps of the
 * running chart where they are, with their times; their actions are off until it runs again, what is stored stays.
 * Stopped, aborted and idle have nothing stored: all 0/1 outputs are 0. Of several commands the safest wins: abort, stop,
 * hold, restart, reset, start.
 *
 * The sequence is a program in K, run by one kernel; the state of steps and actions is in the block's ring, as long as the
 * program needs it, so that all of it is in the snapshot and the digest.
 * @see sfc/program.ts for the program, sfc/chart.ts and sfc/actions.ts for what it means, docs/reference/sequences.md
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { elapsedS, periodMs } from './discrete.ts'
import { act, forget } from './sfc/actions.ts'
import { advance, begin, clear, isDone } from './sfc/chart.ts'
import {
  BLOCKED,
  COMMAND,
  DT_MS,
  FAILED,
  FIELDS,
  FORCE,
  LAST,
  OUT1,
  P,
  PENDING,
  SFC_COMMAND,
  SFC_STATE,
  START,
  STATE,
  STEP_NO,
  STEP_TIME,
} from './sfc/fields.ts'
import { ACTION, CHART, checkSequence, HEAD, SFC_OUTPUTS, STEP, stateCount } from './sfc/program.ts'

/** The chart that is active in each state; -1: none. */
const CHART_OF: readonly number[] = [-1, CHART.run, CHART.hold, -1, CHART.restart, CHART.stop, -1, CHART.abort, -1, -1]
/** The state that follows when the chart is done. */
const AFTER: readonly number[] = [
  0,
  SFC_STATE.complete,
  SFC_STATE.held,
  0,
  SFC_STATE.running,
  SFC_STATE.stopped,
  0,
  SFC_STATE.aborted,
  0,
  0,
]
const bit = (state: number): number => 1 << state
const GOING = bit(SFC_STATE.running) | bit(SFC_STATE.holding) | bit(SFC_STATE.held) | bit(SFC_STATE.restarting)
/** States in which each command is taken, and where it leads, by its number. */
const FROM: readonly number[] = [
  0,
  bit(SFC_STATE.idle),
  GOING,
  bit(SFC_STATE.stopped) | bit(SFC_STATE.aborted) | bit(SFC_STATE.complete),
  bit(SFC_STATE.running) | bit(SFC_STATE.restarting),
  bit(SFC_STATE.held),
  GOING | bit(SFC_STATE.stopping),
]
const LEADS: readonly number[] = [
  0,
  SFC_STATE.running,
  SFC_STATE.stopping,
  SFC_STATE.idle,
  SFC_STATE.holding,
  SFC_STATE.restarting,
  SFC_STATE.aborting,
]
const PRIORITY: readonly number[] = [
  SFC_COMMAND.abort,
  SFC_COMMAND.stop,
  SFC_COMMAND.hold,
  SFC_COMMAND.restart,
  SFC_COMMAND.reset,
  SFC_COMMAND.start,
]

/** The state that the written command and the command wires lead to; -1: none of them is taken here. */
function commanded(s: Float64Array, state: number): number {
  let asked = s[COMMAND]! === 0 ? 0 : 1 << s[COMMAND]!
  s[COMMAND] = 0
  for (let i = 0; i < 6; i++) {
    const was = s[LAST + i]!
    if (isBad(s[START + 2 * i + 1]!)) continue
    s[LAST + i] = s[START + 2 * i]! !== 0 ? 1 : 0
    if (was === 0 && s[LAST + i]! === 1) asked |= 1 << (i + 1)
  }
  if (asked === 0) return -1
  for (let i = 0; i < PRIORITY.length; i++) {
    const command = PRIORITY[i]!
    if (((asked >> command) & 1) !== 0 && ((FROM[command]! >> state) & 1) !== 0) return LEADS[command]!
  }
  return -1
}

/** Goes to a state, and through those that have no chart; answers where it stays. */
function enter(k: Float64Array, r: Float64Array, from: number, to: number, done: boolean): number {
  let was = from
  let state = to
  let leaving = done
  for (;;) {
    const left = CHART_OF[was]!
    // Holding keeps the place in the chart that runs.
    const keeps = left === CHART.run && state === SFC_STATE.holding
    if (left >= 0 && !keeps) clear(k, r, left, leaving)
    if (state === SFC_STATE.stopping || state === SFC_STATE.aborting) clear(k, r, CHART.run, false)
    if (state === SFC_STATE.idle || state === SFC_STATE.stopped || state === SFC_STATE.aborted) forget(k, r)
    const chart = CHART_OF[state]!
    // After a restart the chart goes on where it was held.
    if (chart < 0 || (chart === CHART.run && was === SFC_STATE.restarting)) return state
    if (begin(k, r, chart)) return state
    was = state
    state = AFTER[state]!
    leaving = false
  }
}

const kernel: Kernel = (s, k, r) => {
  const steps = k[P + HEAD.steps]!
  for (let i = 2 * steps; i < 4 * steps; i++) r[i] = 0
  s[BLOCKED] = 0
  let state = s[STATE]!
  const wish = commanded(s, state)
  const chart = CHART_OF[state]!
  if (wish >= 0) state = enter(k, r, state, wish, false)
  else if (chart >= 0) {
    if (isDone(k, r, chart)) state = enter(k, r, state, AFTER[state]!, true)
    else advance(s, k, r, chart)
  }
  s[FORCE] = 0
  s[STATE] = state
  act(s, k, r, CHART_OF[state]!)

  // What is shown: the chart that is active, or the place in the one that stands.
  const shows = CHART_OF[state]! < 0 ? CHART.run : CHART_OF[state]!
  const table = P + k[P + HEAD.steps_at]!
  s[STEP_NO] = 0
  s[STEP_TIME] = 0
  for (let i = 0; i < steps; i++) {
    if (r[i]! === 0 || k[table + i * STEP.size + STEP.chart]! !== shows) continue
    s[STEP_NO] = i + 1
    s[STEP_TIME] = elapsedS(r[4 * steps + i]!, k[DT_MS]!)
    break
  }
  s[STATE + 1] = STATUS.good
  s[STEP_NO + 1] = STATUS.good
  s[STEP_TIME + 1] = STATUS.good
  s[PENDING + 1] = STATUS.good
  s[FAILED + 1] = STATUS.good
  s[BLOCKED + 1] = STATUS.good
}

/** Sequence. */
export const SFC: BlockType = {
  type: 'SFC',
  doc: 'Sequence: steps, transitions and actions of IEC 61131-3, with hold, restart, stop and abort logic.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[DT_MS] = periodMs(dt_s)
  },
  check: (_s, k) => {
    const fault = checkSequence(k.subarray(P))
    return fault === undefined ? [] : [`PROGRAM: ${fault}`]
  },
  ring_count: (k) => stateCount(k, P),
  start: (s, k) => {
    // An output that nothing writes is no output; one that has no value yet must move nothing.
    for (let i = 0; i < SFC_OUTPUTS; i++) s[OUT1 + 2 * i + 1] = STATUS.badConfigError
    for (let i = 0; i < k[P + HEAD.actions]!; i++) {
      const at = P + k[P + HEAD.actions_at]! + i * ACTION.size
      s[OUT1 + 2 * k[at + ACTION.out]! + 1] = k[at + ACTION.kind]! === 0 ? STATUS.good : STATUS.bad
    }
  },
  writable: ['COMMAND', 'FORCE'],
  write: (s, k, field, value) => {
    if (field === 'FORCE') {
      if (value !== Math.floor(value) || value < 1 || value > k[P + HEAD.transitions]!) return REFUSAL.outOfRange
      if (CHART_OF[s[STATE]!]! < 0) return REFUSAL.mode
      s[FORCE] = value
      return REFUSAL.none
    }
    if (field !== 'COMMAND') return REFUSAL.unknownTarget
    const from = FROM[value]
    if (from === undefined || value === 0) return REFUSAL.outOfRange
    if (((from >> s[STATE]!) & 1) === 0) return REFUSAL.mode
    s[COMMAND] = value
    return REFUSAL.none
  },
  tag_fields: { PV: 'STATE', SP: 'COMMAND', READBACK: 'STEP' },
  tag_writable: { SP: 'COMMAND' },
}
