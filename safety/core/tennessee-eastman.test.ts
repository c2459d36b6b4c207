// The safety functions S1 to S11 of the Tennessee Eastman plant, as the file an engineer reads.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkConfig, responseTime } from './check-config.ts'
import type { SisConfig } from './config.ts'
import { type Bench, healthy } from './testing/healthy.ts'

const config: SisConfig = JSON.parse(
  readFileSync(join(import.meta.dirname, '../config/tennessee-eastman.json'), 'utf8'),
)

/** The table of the requirements, written down a second time: what each function moves. */
const TABLE: Record<string, string> = {
  S1: 'XV-1 XV-2 XV-3 XV-4 BDV-9 XV-19 CWR-1 CWC-1',
  S2: 'XV-1 XV-2 XV-3 XV-4 BDV-9 XV-19 CWR-1 CWC-1',
  S3: 'XV-1 XV-2 XV-3 XV-4 BDV-9 XV-19 CWR-1 CWC-1',
  S4: 'XV-1 XV-2 XV-3 XV-4 BDV-9 XV-10 XV-11 XV-19 CWR-1',
  S5: 'XV-1 XV-2 XV-3 XV-4 XV-19',
  S6: 'XV-1 XV-2 XV-3 XV-4 BDV-9 XV-19 CWR-1 CWC-2',
  S7: 'XV-10',
  S8: 'XV-1 XV-2 XV-3 XV-4 BDV-9 XV-10 XV-19',
  S9: 'XV-11',
  S10: 'XV-1 XV-2 XV-3 XV-4 BDV-9 XV-19',
  S11: 'XV-1 XV-2 XV-3 XV-4 BDV-9 XV-10 XV-11 XV-19 CWR-1 CWC-2',
}

/** Set point of each in the transmitter's unit, and the process safety time, s. */
const LIMITS: Record<string, [value: number, seconds: number | undefined]> = {
  S1: [2895, 51],
  S2: [140, 269],
  S3: [20, 400],
  S4: [100, 654],
  S5: [5, undefined],
  S6: [100, 331],
  S7: [15, 72],
  S8: [98.9, 170],
  S9: [6.4, 178],
  S10: [0, 25],
}

function running(): Bench {
  const bench = healthy(config, true)
  const normal = { PT: 2705, TT: 120.4, FT: 40, 'LT-8': 75, 'LT-12': 50, 'LT-15': 50 }
  for (const t of config.transmitters) {
    const [, value] = Object.entries(normal).find(([letters]) => t.tag.startsWith(letters))!
    bench.set(t.tag, (100 * (value - t.lo)) / (t.hi - t.lo))
  }
  bench.press('HS-91', false)
  bench.run(10)
  bench.press('HS-91', true)
  bench.run(3)
  return bench
}

function off(bench: Bench): string {
  return config.elements
    .filter((_, i) => bench.outputs[i] === 0)
    .map((e) => e.tag)
    .join(' ')
}

function demand(bench: Bench, id: string, inputs: number): void {
  const cause = config.causes.find((c) => c.id === id)!
  for (const tag of cause.inputs.slice(0, inputs)) {
    if ('contact' in cause.trip) bench.press(tag, false)
    else {
      const t = config.transmitters.find((x) => x.tag === tag)!
      const value =
        'above' in cause.trip ? cause.trip.above + (t.hi - t.lo) / 1000 : cause.trip.below - (t.hi - t.lo) / 1000
      bench.set(tag, (100 * (value - t.lo)) / (t.hi - t.lo))
    }
  }
}

test('[R-5.3] the file checks without an error, and every function responds within half its process safety time', () => {
  expect(checkConfig(config).filter((f) => f.severity === 'error' || f.code === 'SIS_RESPONSE_TIME')).toEqual([])
  for (const s of config.sifs) {
    const seconds = LIMITS[s.id.slice(4)]?.[1]
    expect([s.id, s.process_safety_ms]).toEqual([s.id, seconds === undefined ? undefined : seconds * 1000])
    if (seconds !== undefined) expect(responseTime(config, s.causes, s.effects)).toBeLessThan(seconds * 500)
  }
})

test('[R-5.3] set points are those of the requirements', () => {
  for (const [id, [value]] of Object.entries(LIMITS)) {
    const { trip } = config.causes.find((c) => c.id === id)!
    expect([id, 'above' in trip ? trip.above : 'below' in trip ? trip.below : 0]).toEqual([id, value])
  }
})

test.each(Object.keys(TABLE))(
  '[T3] [R-5.3] %s moves exactly the final elements of the table, within its delay',
  (id) => {
    const bench = running()
    expect(off(bench)).toBe('')
    const cause = config.causes.find((c) => c.id === id)!
    demand(bench, id, cause.inputs.length === 3 ? 2 : 1)
    bench.run(id === 'S3' ? 50 : 0)
    expect(off(bench)).toBe('')
    bench.run(1)
    const order = config.elements.map((e) => e.tag)
    expect(off(bench).split(' ')).toEqual(TABLE[id]!.split(' ').sort((a, b) => order.indexOf(a) - order.indexOf(b)))
    bench.run(20)
    expect([bench.difference, bench.faults]).toEqual([-1, 0])
  },
)

test('[T10] [R-5.3] no single transmitter, in range, open, short or failed, trips a function of 2oo3', () => {
  for (const [i, t] of config.transmitters.entries())
    for (const counts of [0, 10800, 12000, 36000, 60000, 63000, 65535]) {
      const bench = running()
      bench.inputs.counts[i] = counts
      bench.run(60)
      expect([t.tag, counts, off(bench)]).toEqual([t.tag, counts, ''])
    }
})

test('[I1] [R-5.3] with one transmitter BAD one more vote trips: 2oo3 has become 1oo2', () => {
  for (const c of config.causes.filter((x) => x.inputs.length === 3)) {
    const bench = running()
    bench.inputs.counts[config.transmitters.findIndex((t) => t.tag === c.inputs[2])] = 0
    demand(bench, c.id, 1)
    bench.run(51)
    expect([c.id, off(bench)]).not.toEqual([c.id, ''])
  }
})
