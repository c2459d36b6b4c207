// The corners that no plant comes to: what a configuration, a caller or a broken evaluator might do, and what then happens.
import { expect, test } from 'vitest'
import { checkConfig } from './check-config.ts'
import { CHANNEL_ALARM, COMMAND, FAULT } from './codes.ts'
import { firstDifference } from './compare.ts'
import type { CellConfig, SisConfig } from './config.ts'
import { addCommand, createInputs } from './inputs.ts'
import { loadSolver, saveSolver } from './snapshot.ts'
import { createSolver } from './solver.ts'
import { OWN } from './state.ts'
import { chance } from './testing/chance.ts'
import { healthy } from './testing/healthy.ts'
import { randomPlant } from './testing/random-plant.ts'
import { everything, oneFunction } from './testing/small-configs.ts'

const base = oneFunction()
const cell = base.matrix[0]!
const group = (more: Partial<CellConfig>): CellConfig => ({ ...cell, group: 'g', n: 1, ...more })
const second = { ...base.causes[0]!, id: 'C2' }

test.each([
  ['SIS_RANGE', 'overrides/mos_per_unit_max', { ...base, overrides: { ...base.overrides, mos_per_unit_max: 33 } }],
  ['SIS_RANGE', 'overrides/mos_per_unit_max', { ...base, overrides: { ...base.overrides, mos_per_unit_max: 1.5 } }],
  ['SIS_RANGE', 'counts_per_mA', { ...base, counts_per_mA: 3200 }],
  ['SIS_RANGE', 'counts_per_mA', { ...base, counts_per_mA: 0 }],
  ['SIS_RANGE', 'mode', { ...base, mode: 'TEST' as 'RUN' }],
  ['SIS_INCONSISTENT', 'transmitters', { ...base, transmitters: [], contacts: [] }],
  ['SIS_RANGE', 'transmitters/A', { ...base, transmitters: [{ ...base.transmitters[0]!, lo: 100, hi: 0 }] }],
  [
    'SIS_RANGE',
    'transmitters/A/rate_max_per_s',
    { ...base, transmitters: [{ ...base.transmitters[0]!, rate_max_per_s: 0 }] },
  ],
  ['SIS_RANGE', 'causes/C1/inputs', { ...base, causes: [{ ...base.causes[0]!, inputs: [] }] }],
  ['SIS_RANGE', 'causes/C1/dead_band', { ...base, causes: [{ ...base.causes[0]!, dead_band: -1 }] }],
  [
    'SIS_CELL',
    'matrix/C2 E1',
    { ...base, causes: [base.causes[0]!, second], matrix: [group({}), group({ cause: 'C2', n: 2 })] },
  ],
  [
    'SIS_CELL',
    'matrix/C2 E1',
    { ...base, causes: [base.causes[0]!, second], matrix: [group({}), group({ cause: 'C2', code: 'N' })] },
  ],
  ['SIS_RANGE', 'sequences/Q', { ...base, sequences: [{ id: 'Q', steps: [], on_trip: { effects: [], to: 'A' } }] }],
] as [string, string, SisConfig][])('[R-2.9] %s at %s', (code, path, config) => {
  expect(checkConfig(config).map((f) => [f.code, f.path])).toContainEqual([code, path])
})

test('[R-2.3] of two that differ nobody is suspect, of three the one apart', () => {
  const deviation = { limit: 5, ms: 300 }
  const alarms = (inputs: string[], bad: number): number[] => {
    const bench = healthy(oneFunction({ deviation }, inputs, 1))
    bench.set('A', 45)
    if (bad >= 0) bench.inputs.line[bad] = 1
    bench.run(6)
    return Array.from(
      bench.diagnostics.alarms.subarray(0, inputs.length),
      (x) => x & (CHANNEL_ALARM.deviation | CHANNEL_ALARM.suspect),
    )
  }
  const { deviation: away, suspect } = CHANNEL_ALARM
  expect(alarms(['A', 'B', 'C'], -1)).toEqual([away | suspect, away, away])
  expect(alarms(['A', 'B'], -1)).toEqual([away, away])
  // B is BAD: two are left.
  const left = healthy(oneFunction({ deviation, on_bad: 'ignore', bad_hold_ms: 5000 }))
  left.set('A', 45)
  left.inputs.line[1] = 1
  left.run(6)
  expect(Array.from(left.diagnostics.alarms.subarray(0, 3), (x) => x & (away | suspect))).toEqual([away, 0, away])
})

test('[R-2.1] more requests than a scan has room for are not read by either evaluator', () => {
  const bench = healthy(everything)
  while (addCommand(bench.inputs, COMMAND.acknowledge, 0));
  bench.inputs.command_count = 200
  bench.run(1)
  expect([bench.difference, bench.faults]).toEqual([-1, 0])
})

test('[R-2.9] a step whose time limit leads to itself stays, in both evaluators', () => {
  const steps = everything.sequences[0]!.steps.map((s) =>
    s.id === 'OFF' ? { ...s, timeout: { ms: 300, to: 'OFF' } } : s,
  )
  const solver = createSolver({ ...everything, sequences: [{ ...everything.sequences[0]!, steps }] })
  const plant = randomPlant(solver, chance(12))
  for (let i = 0; i < 3000; i++) solver.scan(plant.inputs, plant.next())
  expect(solver.difference).toBe(-1)
})

test('[T6] views of different length differ', () => {
  expect(firstDifference(Int32Array.of(1, 2), Int32Array.of(1, 2, 3))).toBe(0)
  expect(firstDifference(Int32Array.of(1, 2), Int32Array.of(1, 3))).toBe(1)
  expect(firstDifference(Int32Array.of(1, 2), Int32Array.of(1, 2))).toBe(-1)
})

test('[T11] [R-2.4] a solver that stands takes no state', () => {
  const config: SisConfig = { ...oneFunction(), mode: 'SIMULATION' }
  const saved = saveSolver(createSolver(config))
  const solver = createSolver(config)
  const inputs = createInputs(config)
  solver.scan(inputs, 1)
  solver.state.own[OWN.forceTrip] = 1
  solver.scan(inputs, 2)
  expect(solver.faults & FAULT.disagreement).toBe(FAULT.disagreement)
  expect(() => loadSolver(solver, saved)).toThrow('stands')
})

test('[T6] a scan without a number is an exception, and takes the outputs off for good', () => {
  const bench = healthy(oneFunction())
  bench.scan(bench.inputs, 1.5)
  expect([bench.outputs[0], bench.faults & FAULT.exception]).toEqual([0, FAULT.exception])
})
