// The matrix of the Tennessee Eastman safety system on the plant; the whole of it: flyball sis test tennessee-eastman.
// Method: what must happen in each scan comes from an evaluator of another hand (simulation/sis/expectation.ts).
import { expect, test } from 'vitest'
import { openCellTest } from '../../cli/sis/test.ts'
import { loadSisPlant, type SisPlant } from '../../cli/sis/test-plant.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { createCellTest } from '../../simulation/sis/cell-test.ts'
import { CONTROL_STATES } from '../../simulation/sis/control-system.ts'
import { createExpectation } from '../../simulation/sis/expectation.ts'
import { drivesOf } from '../../simulation/sis/hazards.ts'

async function load(change?: (config: SisConfig) => SisConfig): Promise<SisPlant> {
  const plant = await loadSisPlant('tennessee-eastman', change)
  if ('wrong' in plant) throw new Error(plant.wrong.join('\n'))
  return plant
}

const plant = await load()
const cells = openCellTest(plant, 1)

test.each(cells.causes)('[T3] every cell of %s alone does what the matrix says', (cause) => {
  const [alone] = cells.faultsOf(cause)
  const outcomes = cells.trial(cause, alone!)
  const marked = plant.config.matrix.filter((m) => m.cause === cause).map((m) => m.effect)
  expect(outcomes.map((o) => o.effect)).toEqual(plant.config.effects.map((e) => e.id).filter((e) => marked.includes(e)))
  for (const o of outcomes) expect([o.effect, o.response_s! > 0, o.deviations]).toEqual([o.effect, true, []])
})

// Those that are near at hand: a cause far from the calm plant costs half a minute of nothing.
test.each(['S3', 'S10', 'S11'])('[T3] every cell of %s does so with each single fault', (cause) => {
  for (const fault of cells.faultsOf(cause)) {
    const deviations = cells.trial(cause, fault).flatMap((o) => o.deviations)
    expect([fault.name, deviations]).toEqual([fault.name, []])
  }
})

/** Trials of a solver whose configuration is not the one that is expected. */
async function deviationsOf(change: (config: SisConfig) => SisConfig, cause: string, fault: string): Promise<string[]> {
  const wrong = await load(change)
  const expectation = createExpectation(plant.config)
  const loop = wrong.loop({ seed: 1, witness: expectation })
  loop.advance(100)
  const other = createCellTest({ config: plant.config, loop, expectation, drives: drivesOf(plant.config.id) })
  const single = other.faultsOf(cause).find(({ name }) => name === fault)!
  return other.trial(cause, single).flatMap((o) => [...o.deviations])
}

test.each<[string, string, string, (config: SisConfig) => SisConfig]>([
  [
    'a cell that is missing',
    'S3',
    'alone',
    (c) => ({ ...c, matrix: c.matrix.filter((m) => m.cause !== 'S3' || m.effect !== 'BLOWDOWN') }),
  ],
  [
    'a cell too many',
    'S3',
    'alone',
    (c) => ({ ...c, matrix: [...c.matrix, { cause: 'S3', effect: 'XV-11', code: 'S' }] }),
  ],
  [
    'a latch that lets go',
    'S10',
    'alone',
    (c) => ({ ...c, matrix: c.matrix.map((m) => (m.cause === 'S10' ? { ...m, code: 'N' } : m)) }),
  ],
  [
    'a vote of three',
    'S3',
    'FT-911 bad',
    (c) => ({ ...c, causes: c.causes.map((x) => (x.id === 'S3' ? { ...x, vote: 3 } : x)) }),
  ],
  [
    'a delay that is longer',
    'S3',
    'alone',
    (c) => ({
      ...c,
      causes: c.causes.map((x) => (x.id === 'S3' ? { ...x, time: { kind: 'on_delay', ms: 6000 } } : x)),
    }),
  ],
  [
    'a dead input that does not vote',
    'S3',
    'FT-911 open',
    (c) => ({ ...c, causes: c.causes.map((x) => (x.id === 'S3' ? { ...x, on_bad: 'ignore' } : x)) }),
  ],
])('[T3] %s is found', async (_, cause, fault, change) => {
  expect(await deviationsOf(change, cause, fault)).not.toEqual([])
})

test('[T3] an answer that takes longer than is allowed is found', async () => {
  const hasty = await load((c) => ({
    ...c,
    sifs: c.sifs.map((s) => (s.id === 'SIF-S10' ? { ...s, response_ms_max: 3000 } : s)),
  }))
  const found = openCellTest(hasty, 1).trial('S10', { name: 'alone', kind: 'none' })
  expect(found.flatMap((o) => o.deviations).join(' ')).toContain('3 s are allowed')
})

test('[T9] same seed, same bits; a run from a saved state is the run that never stopped', () => {
  const bits = (cut: number): unknown => {
    const loop = plant.loop({ seed: 3, start: 'mode1' })
    loop.advance(cut)
    const saved = loop.save()
    const other = plant.loop({ seed: 9, start: 'base' })
    other.load(saved)
    const on = cut === 0 ? loop : other
    on.advance(400 - cut)
    on.sis.press('HS-1', false)
    on.advance(100)
    const { rig, sis } = on.save()
    return [Array.from(rig), sis]
  }
  const whole = bits(0)
  expect(bits(0)).toEqual(whole)
  expect(bits(170)).toEqual(whole)
})

test('[T12] whatever the control system does, the push-button works in the same scan', () => {
  const scansTo = (state: (typeof CONTROL_STATES)[number]): number => {
    const loop = plant.loop({ seed: 1, start: 'mode1' })
    loop.control!.state = state
    loop.control!.orders = loop.rig.outputs.map((_, i) => [i, 20])
    loop.advance(50)
    loop.sis.press('HS-1', false)
    for (let scan = 1; scan < 20; scan++) {
      loop.advance(1)
      if ((loop.sis.solenoids & 1) === 0) return scan
    }
    return Number.POSITIVE_INFINITY
  }
  expect(CONTROL_STATES.map(scansTo)).toEqual(CONTROL_STATES.map(() => 1))
})
