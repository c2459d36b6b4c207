// The Tennessee Eastman plant with its installed field, as one machine.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createFieldPlant } from '../core/plants.ts'
import { createRig, type Rig } from '../core/rig.ts'
import { safetyEquipmentOf } from '../core/safety-equipment.ts'
import { parseInstruments } from './parse-instruments.ts'

const path = new URL('../../strategies/tennessee-eastman/plant/instruments.yaml', import.meta.url)
const instruments = parseInstruments(readFileSync(path, 'utf8'), 'instruments.yaml').ok!

function field(start = 'base', seed = 1, scheme: 'converged' | 'compat' = 'converged', step_ms = 1000): Rig {
  return createRig(createFieldPlant('tennessee-eastman', { scheme, seed, start }), instruments, { seed, step_ms })
}

/** One write of every output, so that the watchdogs watch; those of the other drops are told to hold for ever. */
function writeOnce(rig: Rig, lost: (drop: string) => boolean): void {
  for (const [i, drop] of instruments.drops.entries()) if (!lost(drop.id)) rig.drops.writeHolding(i, 100, 0)
  for (const [i, mA] of rig.output_values.entries()) rig.setOutput(i, mA)
}

test.each(['base', 'mode1'])(
  'with every drop lost the plant of %s fails safe: no shutdown, and the pressure falls',
  (start) => {
    const rig = field(start)
    writeOnce(rig, () => true)
    const first_kPa = rig.plant.clean[6]!
    let max_kPa = 0
    for (let s = 0; s < 7200; s++) {
      rig.advance(1000)
      max_kPa = Math.max(max_kPa, rig.plant.clean[6]!)
    }
    expect(rig.plant.trip).toBeNull()
    expect(max_kPa).toBeLessThan(first_kPa + 1)
    expect(rig.plant.clean[6]).toBeLessThan(first_kPa / 2)
  },
)

// The table of docs/plant: what the loss of one drop does, nothing controlling.
test.each([
  ['RIO-1', 'base', 'separator level low'],
  ['RIO-2', 'base', 'reactor pressure high'],
  ['RIO-3', 'mode1', 'stripper level low'],
  ['RIO-4', 'mode1', 'stripper level high'],
])('%s lost in %s: five minutes at least before %s', (id, start, cause) => {
  const rig = field(start)
  writeOnce(rig, (drop) => drop === id)
  while (rig.plant.trip === null && rig.time_ms < 3600_000) rig.advance(1000)
  expect(rig.plant.trip?.cause).toBe(cause)
  expect(rig.plant.trip!.at_s).toBeGreaterThan(300)
})

test('a snapshot of plant and field, loaded into new ones, continues bit for bit', () => {
  const history = (rig: Rig, from_s: number, to_s: number): string[] => {
    const lines: string[] = []
    for (let s = from_s; s < to_s; s++) {
      if (s === 50) rig.plant.setDisturbance('IDV8', true)
      if (s === 100) rig.setFault('PT-07', { kind: 'drift', value: 600 })
      if (s === 200) rig.setFault('FV-10', { kind: 'stuck', end_s: 900 })
      if (s % 2 === 0 && s < 1200) rig.setOutput(rig.outputIndex('RIO-2/AO/0'), 10 + (s % 7) / 10)
      rig.advance(1000)
      lines.push([...rig.input_values, ...rig.output_values].join())
    }
    return lines
  }
  const END_S = 1500
  const a = field()
  const whole = history(a, 0, END_S)
  for (const at_s of [1, 361, 1000]) {
    const b = field()
    history(b, 0, at_s)
    const c = field('mode2', 77)
    c.load(b.save())
    expect(history(c, at_s, END_S)).toEqual(whole.slice(at_s))
    expect(Buffer.from(c.save().buffer).equals(Buffer.from(a.save().buffer))).toBe(true)
  }
})

test('a snapshot of the other scheme is refused', () => {
  expect(() => field().load(field('base', 1, 'compat').save())).toThrow(RangeError)
})

// In the compat scheme noise is part of the model's one generator: what is transmitted is its value, to half a count.
test('the compat scheme transmits the noisy values of the model', () => {
  const rig = field('base', 4651207995, 'compat')
  for (let s = 0; s < 30; s++) {
    rig.advance(1000)
    for (const [i, t] of instruments.transmitters.entries()) {
      const value = t.lo + ((rig.input_values[i]! - 4) / 16) * (t.hi - t.lo)
      const half_count = (t.hi - t.lo) / 48_000 / 2
      expect(Math.abs(value - rig.plant.measured[t.measurement]!)).toBeLessThanOrEqual(half_count * 1.000001)
    }
  }
})

// Each transmitter of the installed field, against its data sheet: 5 standard errors of 3600 samples.
test('in the default scheme each transmitter adds its own noise to the clean value', () => {
  const rig = field()
  const n = 3600
  const sum2 = new Float64Array(instruments.transmitters.length)
  for (let s = 0; s < n; s++) {
    rig.advance(1000)
    for (const [i, t] of instruments.transmitters.entries()) {
      const value = t.lo + ((rig.input_values[i]! - 4) / 16) * (t.hi - t.lo)
      sum2[i]! += (value - rig.plant.clean[t.measurement]!) ** 2
    }
  }
  for (const [i, t] of instruments.transmitters.entries()) {
    // Rounding to counts adds the variance of a uniform error of one count.
    const count = (t.hi - t.lo) / 48_000
    const std = Math.sqrt(t.noise_std ** 2 + count ** 2 / 12)
    expect(Math.abs(Math.sqrt(sum2[i]! / n) / std - 1), t.tag).toBeLessThan(5 / Math.sqrt(2 * n))
  }
})

test('[SHUTDOWN-14] an output that drops takes the air from its control valve too, whatever the control system asks of it', () => {
  const plant = createFieldPlant('tennessee-eastman', { scheme: 'converged', seed: 1, start: 'base' })
  const rig = createRig(plant, instruments, { seed: 1, step_ms: 1000, safety: safetyEquipmentOf('tennessee-eastman') })
  for (const [i] of instruments.drops.entries()) rig.drops.writeHolding(i, 100, 0)
  const asked = [...rig.output_values]
  const at = (tag: string): number => {
    const record = instruments.valves.find((v) => v.tag === tag)!
    return plant.position_pct[record.manipulated]!
  }
  rig.safety!.writeHolding(100, 0)
  rig.setFault('XV-1', { kind: 'stuck' })
  rig.setFault('FV-14', { kind: 'stuck' })
  const underflow = at('FV-14')
  const steam = at('FV-19')
  rig.safety!.writeSolenoids(0)
  rig.advance(60_000)
  for (const feed of ['FV-01', 'FV-02', 'FV-03', 'FV-04']) expect(at(feed)).toBeLessThan(1)
  expect(at('FV-10')).toBeGreaterThan(99)
  // A stem that sticks does so without air, too; and XV-19 stands alone in its line.
  expect(at('FV-14')).toBeCloseTo(underflow, 3)
  expect(at('FV-19')).toBeCloseTo(steam, 3)
  // The feed whose block valve is stuck stands still by its second way.
  expect(rig.safety!.valves.opening[0]).toBe(1)
  expect(plant.clean[0]).toBeLessThan(0.01)
  expect([...rig.output_values]).toEqual(asked)
  rig.safety!.writeSolenoids(2 ** 11 - 1)
  rig.advance(60_000)
  expect(at('FV-10')).toBeLessThan(60)
})
