import { expect, test } from 'vitest'
import { type BusAsk, busWakeAt, createBus, settled, takeNext } from './bus.ts'

interface Ask extends BusAsk {
  readonly name: string
}
const ask = (unit: number, deadline_ms: number, probe = false): Ask => ({
  unit,
  deadline_ms,
  probe,
  name: `${unit}`,
})

test('the earliest deadline goes first; of one unit one request at a time', () => {
  const bus = createBus<Ask>({ places: 2, timeout_ms: 100, rests: false })
  bus.waiting.push(ask(1, 30), ask(1, 10), ask(2, 20), ask(3, 15))
  const first = takeNext(bus, 0)
  expect(first.map((a) => [a.unit, a.deadline_ms])).toEqual([
    [1, 10],
    [3, 15],
  ])
  settled(bus, first[1]!, 'answered', 5)
  expect(takeNext(bus, 5).map((a) => a.unit)).toEqual([2])
  settled(bus, first[0]!, 'answered', 6)
  expect(takeNext(bus, 6).map((a) => [a.unit, a.deadline_ms])).toEqual([[1, 30]])
})

test('on a serial line a unit that timed out rests; others go on meanwhile', () => {
  const bus = createBus<Ask>({ places: 1, timeout_ms: 100, rests: true })
  bus.waiting.push(ask(1, 10))
  const [dead] = takeNext(bus, 0)
  settled(bus, dead!, 'silent', 100)
  bus.waiting.push(ask(1, 10), ask(2, 500))
  const [living] = takeNext(bus, 100)
  expect(living!.unit).toBe(2)
  settled(bus, living!, 'answered', 110)
  expect(takeNext(bus, 110)).toEqual([])
  expect(busWakeAt(bus, 110)).toBe(200)
  expect(takeNext(bus, 200).map((a) => a.unit)).toEqual([1])
})

/**
 * Units polled on a line, in simulated time: each asks again one period after its last request, or at once when it is late. A dead
 * unit's probes come back as soon as they have timed out.
 * @returns exchanges of the living units in that time.
 */
function exchanges(units: number, dead: number, exchange_ms: number, period_ms: number, for_ms: number): number {
  const timeout_ms = 300
  const bus = createBus<Ask>({ places: 1, timeout_ms, rests: true })
  let done = 0
  let now_ms = 0
  const due = Array.from({ length: units }, (_, i) => (i * period_ms) / units)
  const waiting = new Set<number>()
  for (let i = 0; i < dead; i++) bus.waiting.push(ask(100 + i, 0, true))
  while (now_ms < for_ms) {
    for (let unit = 0; unit < units; unit++) {
      if (waiting.has(unit) || now_ms < due[unit]!) continue
      waiting.add(unit)
      bus.waiting.push(ask(unit, due[unit]! + period_ms))
      due[unit] = Math.max(due[unit]! + period_ms, now_ms)
    }
    const [item] = takeNext(bus, now_ms)
    if (item === undefined) {
      now_ms += 1
      continue
    }
    now_ms += item.probe ? timeout_ms : exchange_ms
    settled(bus, item, item.probe ? 'silent' : 'answered', now_ms)
    if (item.probe) bus.waiting.push(ask(item.unit, 0, true))
    else {
      waiting.delete(item.unit)
      done++
    }
  }
  return done
}

test('[FIO-8] dead units on a bus: the living ones keep 95 % of their rate, on a full line and on one with time to spare', () => {
  const TEN_MINUTES_MS = 600_000
  // 31 units of 30 ms each are 0.93 s: full at a period of 0.9 s, nine tenths at 1.03 s, a half at 2 s.
  for (const period_ms of [500, 900, 1030, 2000]) {
    const alone = exchanges(31, 0, 30, period_ms, TEN_MINUTES_MS)
    for (const dead of [1, 4])
      expect(
        exchanges(31, dead, 30, period_ms, TEN_MINUTES_MS) / alone,
        `${dead} dead, ${period_ms} ms`,
      ).toBeGreaterThanOrEqual(0.95)
  }
})

test('a connection on which several units in a row are silent is to be given up; one dead unit is none', () => {
  const bus = createBus<Ask>({ places: 4, timeout_ms: 100, rests: false })
  const silent = (unit: number): boolean => {
    bus.waiting.push(ask(unit, 10))
    return settled(bus, takeNext(bus, 0)[0]!, 'silent', 100)
  }
  for (let i = 0; i < 10; i++) expect(silent(1)).toBe(false)
  expect(silent(2)).toBe(true)
  expect(silent(1)).toBe(false)
  expect(silent(2)).toBe(false)
  bus.waiting.push(ask(3, 10))
  settled(bus, takeNext(bus, 0)[0]!, 'answered', 100)
  expect([silent(1), silent(2), silent(1)]).toEqual([false, false, true])
})
