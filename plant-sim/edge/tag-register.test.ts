// The register of tags in docs/plant is written for people; this keeps it equal to what is installed and to the model.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Instruments } from '../core/instruments/records.ts'
import type { Plant } from '../core/plant.ts'
import { createFieldPlant } from '../core/plants.ts'
import { parseInstruments } from './parse-instruments.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/plant/tennessee-eastman.md')
const instruments: Instruments = parseInstruments(
  read('strategies/tennessee-eastman/plant/instruments.yaml'),
  'instruments.yaml',
).ok!
const start = (name: string): Plant =>
  createFieldPlant('tennessee-eastman', { scheme: 'converged', seed: 1, start: name })
const base = start('base')
const mode1 = start('mode1')
const dropOf = (i: number): string => instruments.drops[i]!.id

/** The table whose first header cells these are: rows as records by header. */
function table(...headers: string[]): Record<string, string>[] {
  const lines = page.split('\n')
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((c) => c.trim())
  const at = lines.findIndex((line) => line.startsWith(`| ${headers.join(' | ')} |`))
  expect(at, `table ${headers.join()}`).toBeGreaterThan(0)
  const keys = cells(lines[at]!)
  const rows: Record<string, string>[] = []
  for (let i = at + 2; lines[i]!.startsWith('|'); i++) {
    const row = cells(lines[i]!)
    expect(row.length).toBe(keys.length)
    rows.push(Object.fromEntries(keys.map((key, k) => [key, row[k]!])))
  }
  return rows
}

/** A printed number stands for the value to half a unit of its last digit. */
function expectPrinted(text: string, value: number): void {
  const decimals = text.split('.')[1]?.length ?? 0
  expect(Math.abs(Number(text) - value), `${text} for ${value}`).toBeLessThanOrEqual(0.5000001 * 10 ** -decimals)
}

test('the register of transmitters is the installed one, with the normal values of the model', () => {
  const rows = table('Tag', 'Description', 'Original', 'Range')
  expect(rows.map((r) => r['Tag'])).toEqual(
    instruments.transmitters.toSorted((a, b) => a.measurement - b.measurement).map((t) => t.tag),
  )
  for (const row of rows) {
    const t = instruments.transmitters.find((each) => each.tag === row['Tag'])!
    expect(row).toMatchObject({
      Description: t.description,
      Original: `XMEAS${t.measurement + 1}`,
      Range: `${t.lo} to ${t.hi}`,
      Unit: t.unit,
      Noise: String(t.noise_std),
      'Failure, mA': String(t.failure_mA),
      Drop: dropOf(t.drop),
      'Input register': String(t.register),
    })
    expectPrinted(row['Base']!, base.clean[t.measurement]!)
    expectPrinted(row['Mode 1']!, mode1.clean[t.measurement]!)
    // Normal operation and the alarms are within what the transmitter can show.
    for (const value of [base.clean[t.measurement]!, mode1.clean[t.measurement]!, ...numbers(row['Alarm']!)])
      expect(value > t.lo && value < t.hi).toBe(true)
    for (const value of numbers(row['Shutdown']!)) expect(value > t.lo && value < t.hi).toBe(true)
  }
})

const numbers = (text: string): number[] =>
  text
    .split(' / ')
    .filter((t) => t !== '-')
    .map(Number)

// Level in % from a volume in m3, by the model's measurement equations; 35.3145 ft3 are a m3.
const level = (zero_ft3: number, span_ft3: number) => (m3: number) => ((m3 * 35.3145 - zero_ft3) / span_ft3) * 100
const LIMITED: Record<string, [limit: string, toTag: (value: number) => number]> = {
  'PT-07': ['reactor pressure', (kPa) => kPa],
  'LT-08': ['reactor level', level(84.6, 666.7)],
  'TT-09': ['reactor temperature', (degC) => degC],
  'LT-12': ['separator level', level(27.5, 290)],
  'LT-15': ['stripper level', level(78.25, 156.5)],
}

test('alarm and shutdown limits are those of the model, and only where it has some', () => {
  for (const row of table('Tag', 'Description', 'Original', 'Range')) {
    const of = LIMITED[row['Tag']!]
    if (of === undefined) {
      expect([row['Alarm'], row['Shutdown']]).toEqual(['-', '-'])
      continue
    }
    const limit = base.limits.find((l) => l.name === of[0])!
    const printed = [...row['Alarm']!.split(' / '), ...row['Shutdown']!.split(' / ')]
    for (const [i, value] of [limit.normal_lo, limit.normal_hi, limit.trip_lo, limit.trip_hi].entries()) {
      if (Number.isFinite(value)) {
        // The published alarm levels are round percents, their volumes round m3: they agree to 1.5 %.
        const within = i < 2 ? 1.5 : 0.051
        expect(Math.abs(Number(printed[i]) - of[1](value)), `${row['Tag']} ${i}`).toBeLessThan(within)
      } else expect(printed[i]).toBe('-')
    }
  }
})

test('the register of analysers is the installed one', () => {
  const rows = table('Tag', 'Description', 'Original', 'Base')
  expect(rows.map((r) => r['Tag'])).toEqual(instruments.analysers.map((a) => a.tag))
  for (const [i, a] of instruments.analysers.entries()) {
    const row = rows[i]!
    expect(dropOf(a.drop)).toBe('RIO-5')
    expect(row).toMatchObject({
      Description: a.description,
      Original: `XMEAS${a.measurement + 1}`,
      Noise: String(a.noise_std),
      'Period, s': String(a.period_s),
      'Input register': String(a.register),
      'Status register': String(100 + a.register / 2),
      'Counter register': String(150 + a.register / 2),
    })
    expectPrinted(row['Base']!, base.clean[a.measurement]!)
    expectPrinted(row['Mode 1']!, mode1.clean[a.measurement]!)
  }
})

test('the register of valves is the installed one', () => {
  const rows = table('Tag', 'Description', 'Original', 'At 100 %')
  const valves = instruments.valves.toSorted((a, b) => a.manipulated - b.manipulated)
  expect(rows.map((r) => r['Tag'])).toEqual(valves.map((v) => v.tag))
  for (const [i, v] of valves.entries()) {
    const info = base.manipulated[v.manipulated]!
    expect(rows[i]).toMatchObject({
      Description: v.description,
      Original: info.name,
      'At 100 %': `${info.full_scale} ${info.unit}`,
      'Lag, s': String(info.lag_s),
      Drop: dropOf(v.drop),
      'Holding register': String(v.register),
      'Read-back': String(100 + v.register),
      Position: String(150 + v.register),
      Fails: v.fail,
      Why: v.fail_reason,
    })
    expectPrinted(rows[i]!['Base, %']!, base.demand_pct[v.manipulated]!)
    expectPrinted(rows[i]!['Mode 1, %']!, mode1.demand_pct[v.manipulated]!)
  }
})

test('the noise of each instrument is that of the original measurement', () => {
  for (const r of [...instruments.transmitters, ...instruments.analysers])
    expect([r.tag, r.noise_std]).toEqual([r.tag, base.measurements[r.measurement]!.noise_std])
  for (const a of instruments.analysers) expect(a.period_s).toBe(base.measurements[a.measurement]!.period_s)
})

test('the disturbances and the modes are those of the model', () => {
  expect(table('Name', 'What', 'Kind').map((r) => [r['Name'], r['Kind']])).toEqual(
    base.disturbances.map((d) => [d.name, d.kind]),
  )
  const modes = table('Start', 'G/H in the product, mass')
  expect(modes.map((r) => r['Start'])).toEqual([...base.starts])
  for (const row of modes) {
    const plant = start(row['Start']!)
    expect(Math.abs(Number(row['Cost, $/h']) - plant.cost_per_h)).toBeLessThan(0.1)
    // Mass shares of G and H from the product's mol%: molar masses 62 and 76.
    const [g, h] = [plant.clean[39]! * 62, plant.clean[40]! * 76]
    expect(Math.abs((100 * g) / (g + h) - Number(row['G/H in the product, mass']!.split('/')[0]))).toBeLessThan(0.5)
  }
})
