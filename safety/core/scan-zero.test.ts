// What begins in scan 0 has begun: a scan number of 0 is a time like any other. Both evaluators, and what must come out.
import { expect, test } from 'vitest'
import { COMMAND, KEY } from './codes.ts'
import type { CauseConfig, SisConfig } from './config.ts'
import { addCommand, createInputs, type SisInputs } from './inputs.ts'
import { createSolver, type Solver } from './solver.ts'
import { HALF, oneFunction } from './testing/small-configs.ts'

type Script = (scan: number, inputs: SisInputs, solver: Solver) => void

/** Scans 0 to `scans` - 1 with inputs clear and the permit key closed, but for what the script does; what `seen` says of each. */
function runFromZero<T>(config: SisConfig, scans: number, script: Script, seen: (solver: Solver) => T): T[] {
  const solver = createSolver(config)
  const inputs = createInputs(config)
  const found: T[] = []
  for (let scan = 0; scan < scans; scan++) {
    inputs.frame = 1
    inputs.seq = scan + 1
    inputs.counts.fill(12000)
    inputs.contacts.fill(0)
    inputs.contacts[config.contacts.findIndex((c) => c.tag === 'KEY')] = 1
    inputs.command_count = 0
    script(scan, inputs, solver)
    solver.scan(inputs, scan)
    expect({ scan, difference: solver.difference, faults: solver.faults & 48 }).toEqual({
      scan,
      difference: -1,
      faults: 0,
    })
    found.push(seen(solver))
  }
  return found
}

const ask = (inputs: SisInputs, kind: number, target = 0, channel = 0): boolean =>
  addCommand(inputs, kind, target, channel, 1, 1, 1)
const active = (s: Solver): boolean => (s.state.view[3]! & (1 << 14)) !== 0
const timed = (s: Solver): boolean => (s.state.view[3]! & (1 << 16)) !== 0
/** First scan in which it holds and first after that in which it no longer does. */
const span = (list: readonly boolean[]): [number, number] => {
  const from = list.indexOf(true)
  return [from, from < 0 ? -1 : list.indexOf(false, from)]
}
const single = (more: Partial<CauseConfig> = {}): SisConfig => oneFunction(more, ['A'], 1)
const trips = (inputs: SisInputs, from = 0): void => {
  inputs.counts.fill(HALF, from)
}

test('[I5] [R-2.7] a bypass given in scan 0 takes its input out at once, and ends with its timer', () => {
  const given = runFromZero(
    oneFunction(),
    45,
    (scan, inputs) => {
      if (scan === 0) ask(inputs, COMMAND.mosOn, 0, 0)
      inputs.counts[0] = HALF
      inputs.counts[1] = HALF
    },
    (s) => [s.state.mosSince[0]! >= 0, active(s)],
  )
  expect(span(given.map(([on]) => on!))).toEqual([0, 40])
  // A and B are beyond: one vote while A is bypassed, two as soon as it is not.
  expect(given.findIndex(([, on]) => on)).toBe(40)
})

test('[I4] [R-2.7] a bypass of scan 0 takes the room in its group', () => {
  const seen = runFromZero(
    oneFunction(),
    3,
    (scan, inputs) => {
      ask(inputs, COMMAND.mosOn, 0, scan)
    },
    (s) => Array.from(s.state.mosSince.subarray(0, 3), (x) => x >= 0),
  )
  expect(seen.at(-1)).toEqual([true, false, false])
})

test('[R-2.2] BAD inputs of scan 0 vote when their hold time is over', () => {
  const bad: Script = (_, inputs) => {
    inputs.line[0] = 1
    inputs.line[1] = 1
  }
  expect(span(runFromZero(oneFunction({ on_bad: 'ignore', bad_hold_ms: 500 }), 8, bad, active))[0]).toBe(5)
  // No hold time at all: at once.
  expect(span(runFromZero(oneFunction({ on_bad: 'ignore', bad_hold_ms: 0 }), 3, bad, active))[0]).toBe(0)
})

test('[R-2.5] on-delay, off-delay and pulse count from scan 0', () => {
  const first: Script = (scan, inputs) => {
    if (scan === 0) trips(inputs)
  }
  const always: Script = (_, inputs) => {
    trips(inputs)
  }
  const time = (kind: 'on_delay' | 'off_delay' | 'pulse') => single({ time: { kind, ms: 300 } })
  expect(span(runFromZero(time('on_delay'), 8, always, timed))).toEqual([3, -1])
  expect(span(runFromZero(time('off_delay'), 8, first, timed))).toEqual([0, 4])
  expect(span(runFromZero(time('pulse'), 8, always, timed))).toEqual([0, 3])
  // What never voted lingers nowhere, also in the first scans.
  for (const kind of ['on_delay', 'off_delay', 'pulse'] as const)
    expect(runFromZero(time(kind), 6, () => undefined, timed)).not.toContain(true)
})

test('[R-2.9] the delay of a cell counts from scan 0', () => {
  const base = single()
  const config = { ...base, matrix: [{ ...base.matrix[0]!, code: 'N' as const, delay_ms: 400 }] }
  // The start is stored: what is asked is when the cell counts.
  const kept = runFromZero(
    config,
    8,
    (_, inputs) => {
      trips(inputs)
    },
    (s) => s.state.cellSince[0]!,
  )
  expect(kept).toEqual(Array(8).fill(0))
  const first = runFromZero(
    config,
    8,
    (scan, inputs) => {
      if (scan === 2) ask(inputs, COMMAND.reset, -1)
      if (scan >= 3) trips(inputs)
    },
    (s) => s.state.latch[0]!,
  )
  expect(first.slice(-2)).toEqual([0, 2])
})

test('[I7] [R-2.7] the link that is away from scan 0 on ends bypasses when its time is over', () => {
  const on = runFromZero(
    oneFunction(),
    14,
    (scan, inputs) => {
      inputs.dcs_link = 0
      if (scan === 1) ask(inputs, COMMAND.mosOn, 0, 0)
    },
    (s) => s.state.mosSince[0]! >= 0,
  )
  expect(span(on)).toEqual([1, 10])
})

test('[I9] [R-2.7] a force of scan 0 ends with its time, with a demand, and with its key', () => {
  const force: Script = (scan, inputs) => {
    inputs.key = KEY.program
    if (scan === 0) ask(inputs, COMMAND.forceNormal, 0)
  }
  const out = (s: Solver): boolean => s.outputs[0] === 1
  expect(span(runFromZero(single(), 25, force, out))).toEqual([0, 20])
  const demand: Script = (scan, inputs, solver) => {
    force(scan, inputs, solver)
    if (scan === 3) trips(inputs)
  }
  expect(span(runFromZero(single(), 8, demand, out))).toEqual([0, 3])
  const key: Script = (scan, inputs, solver) => {
    force(scan, inputs, solver)
    if (scan === 3) inputs.key = KEY.run
  }
  expect(span(runFromZero(single(), 8, key, out))).toEqual([0, 3])
})

test('[I9] [R-2.7] the end of a force that never was begins none', () => {
  const config = single()
  const forced = runFromZero(
    { ...config, overrides: { ...config.overrides, force_ms: 5000 } },
    8,
    (scan, inputs) => {
      inputs.key = KEY.program
      if (scan === 2) ask(inputs, COMMAND.forceNormalOff, 0)
    },
    (s) => s.state.forceSince[0]! >= 0,
  )
  expect(forced).not.toContain(true)
})

test('[I10] [R-2.7] a start-up override of scan 0 masks from scan 0, cannot be asked for again, and ends in the scan that is due', () => {
  const startup = { stable_ms: 400, ms_max: 1200 }
  const begin: Script = (scan, inputs) => {
    if (scan <= 1) ask(inputs, COMMAND.startupOverride, 0)
  }
  const runs = (s: Solver): boolean => s.state.startupSince[0]! >= 0
  const begun = runFromZero(single({ startup }), 8, begin, (s) => s.state.startupSince[0]!)
  // Asked again in scan 1: still that of scan 0. All calm since scan 0: over in scan 4.
  expect(begun).toEqual([0, 0, 0, 0, -1, -1, -1, -1])
  const demanded = runFromZero(
    single({ startup }),
    16,
    (scan, inputs, solver) => {
      begin(scan, inputs, solver)
      trips(inputs)
    },
    (s) => [runs(s), active(s)],
  )
  expect(span(demanded.map(([on]) => on!))).toEqual([0, 12])
  expect(demanded.findIndex(([, on]) => on)).toBe(12)
})

test('[I10] [R-2.7] BAD since scan 0 is not calm, nor is a vote that is inhibited', () => {
  const startup = { stable_ms: 400, ms_max: 1200 }
  const bad = runFromZero(
    oneFunction({ startup }),
    16,
    (scan, inputs) => {
      if (scan === 0) ask(inputs, COMMAND.startupOverride, 0)
      inputs.line[0] = 1
    },
    (s) => s.state.startupSince[0]! >= 0,
  )
  expect(span(bad)).toEqual([0, 12])
  const inhibited = runFromZero(
    single({ startup }),
    16,
    (scan, inputs) => {
      if (scan === 1) ask(inputs, COMMAND.startupOverride, 0)
      if (scan === 0) addCommand(inputs, COMMAND.mosOn, 0, 0, 1, 1, 1, 1)
    },
    (s) => s.state.startupSince[0]! >= 0,
  )
  expect(span(inhibited)).toEqual([1, 13])
})

test('[R-2.9] an override by a reset in scan 0 ends with its time', () => {
  const base = single()
  const config: SisConfig = {
    ...base,
    effects: [{ ...base.effects[0]!, override_ms_max: 500 }],
    matrix: [{ ...base.matrix[0]!, code: 'R' }],
  }
  const on = runFromZero(
    config,
    9,
    (scan, inputs) => {
      trips(inputs)
      if (scan === 0) ask(inputs, COMMAND.reset, -1)
    },
    (s) => s.state.overrideSince[0]! >= 0,
  )
  expect(span(on)).toEqual([0, 5])
})

test('[R-2.9] a cell whose cause is active since scan 0 counts when its delay is over: then its reset is an override', () => {
  const base = single()
  const config: SisConfig = {
    ...base,
    effects: [{ ...base.effects[0]!, override_ms_max: 500 }],
    matrix: [{ ...base.matrix[0]!, code: 'R', delay_ms: 400 }],
  }
  const on = runFromZero(
    config,
    9,
    (scan, inputs) => {
      trips(inputs)
      if (scan === 3 || scan === 5) ask(inputs, COMMAND.reset, -1)
    },
    (s) => s.state.overrideSince[0]! >= 0,
  )
  expect(span(on)[0]).toBe(5)
})
