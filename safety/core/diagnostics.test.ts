import { expect, test } from 'vitest'
import { CHANNEL_ALARM as ALARM, STATUS } from './codes.ts'
import type { SisConfig } from './config.ts'
import { chance } from './testing/chance.ts'
import { type Bench, healthy } from './testing/healthy.ts'
import { oneFunction } from './testing/small-configs.ts'

const with_ = (more: object, cause: object = {}): SisConfig => {
  const config = oneFunction(cause)
  return { ...config, transmitters: config.transmitters.map((t) => ({ ...t, ...more })) }
}
const counts = (mA: number): number => Math.round(mA * 3000)
function seen(bench: Bench, value: number): [status: number, alarm: number] {
  bench.inputs.counts[0] = value
  bench.run(1)
  return [bench.state.status[0]!, bench.diagnostics.alarms[0]!]
}

test('[R-2.2] [R-2.3] NE 43: failure currents are BAD, saturation still counts, what is no number is BAD', () => {
  const bench = healthy(oneFunction())
  expect(seen(bench, counts(12))).toEqual([STATUS.good, 0])
  expect(seen(bench, counts(3.6))).toEqual([STATUS.bad, ALARM.range])
  expect(seen(bench, counts(3.6) + 1)).toEqual([STATUS.uncertain, ALARM.saturatedLow])
  expect(seen(bench, counts(3.8))).toEqual([STATUS.uncertain, ALARM.saturatedLow])
  expect(seen(bench, counts(3.8) + 1)).toEqual([STATUS.good, 0])
  expect(seen(bench, counts(20.5) - 1)).toEqual([STATUS.good, 0])
  expect(seen(bench, counts(20.5))).toEqual([STATUS.uncertain, ALARM.saturatedHigh])
  expect(seen(bench, counts(21) - 1)).toEqual([STATUS.uncertain, ALARM.saturatedHigh])
  expect(seen(bench, counts(21))).toEqual([STATUS.bad, ALARM.range])
  expect(seen(bench, 0)).toEqual([STATUS.bad, ALARM.range])
  for (const none of [-1, 65536, Number.NaN]) expect(seen(bench, none)[0]).toBe(STATUS.bad)
})

test('[R-2.2] a signal above its span still votes to trip high', () => {
  const bench = healthy(oneFunction({}, ['A'], 1))
  seen(bench, counts(20.7))
  expect([bench.outputs[0], bench.state.view[3]! & 0xff]).toEqual([0, 1])
})

test('[R-2.3] counts become engineering units by the span', () => {
  const bench = healthy(oneFunction())
  for (const [mA, value] of [
    [4, 0],
    [12, 50],
    [20, 100],
  ] as const) {
    seen(bench, counts(mA))
    expect(bench.diagnostics.values[0]).toBeCloseTo(value, 9)
  }
  seen(bench, 0)
  expect(bench.diagnostics.values[0]).toBeNaN()
})

test('[R-2.3] a line fault is BAD; stale inputs are BAD and say so', () => {
  const bench = healthy(oneFunction())
  bench.inputs.line[0] = 1
  expect(seen(bench, counts(12))).toEqual([STATUS.bad, ALARM.line])
  bench.inputs.line[0] = 0
  bench.run(1)
  let now = bench.now
  bench.inputs.frame = 0
  for (let i = 0; i < 3; i++) bench.scan(bench.inputs, ++now)
  expect(bench.state.status[0]).toBe(STATUS.good)
  bench.scan(bench.inputs, ++now)
  expect([bench.state.status[0], bench.diagnostics.alarms[0]]).toEqual([STATUS.bad, ALARM.stale])
})

test('[R-2.3] an impossible rate alarms and votes on', () => {
  // 10 %/s is 480 counts a scan of 100 ms.
  const bench = healthy(with_({ rate_max_per_s: 10 }))
  seen(bench, counts(8))
  bench.run(1)
  expect(seen(bench, counts(8) + 480)).toEqual([STATUS.good, 0])
  expect(seen(bench, counts(8) + 961)).toEqual([STATUS.uncertain, ALARM.rate])
  expect(seen(bench, counts(8) + 961)).toEqual([STATUS.good, 0])
})

test('[R-2.3] stuck: calm while a peer is not; calm together is a calm process', () => {
  const config = with_({ stuck: { noise: 0.05, window_ms: 2000 } })
  const bench = healthy(config)
  const noise = chance(3)
  const run = (scans: number, living: readonly number[]): void => {
    for (let i = 0; i < scans; i++) {
      for (const c of living) bench.inputs.counts[c] = 24000 + noise.below(400)
      bench.run(1)
    }
  }
  run(60, [0, 1, 2])
  expect(Array.from(bench.diagnostics.alarms.subarray(0, 3))).toEqual([0, 0, 0])
  run(60, [1, 2])
  expect(Array.from(bench.diagnostics.alarms.subarray(0, 3))).toEqual([ALARM.stuck, 0, 0])
  expect(bench.outputs[0]).toBe(1)
  run(60, [])
  expect(Array.from(bench.diagnostics.alarms.subarray(0, 3))).toEqual([0, 0, 0])
})

test('[R-2.3] deviation alarms after its time; the outlier is suspect and still votes', () => {
  const bench = healthy(with_({}, { deviation: { limit: 5, ms: 500 } }))
  bench.set('C', 36)
  bench.run(5)
  expect(bench.diagnostics.alarms[2]).toBe(0)
  bench.run(1)
  expect(Array.from(bench.diagnostics.alarms.subarray(0, 3))).toEqual([
    ALARM.deviation,
    ALARM.deviation,
    ALARM.deviation | ALARM.suspect,
  ])
  bench.set('C', 60)
  bench.set('A', 60)
  bench.run(1)
  expect(bench.outputs[0]).toBe(0)
})
