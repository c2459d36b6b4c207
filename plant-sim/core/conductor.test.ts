import { expect, test } from 'vitest'
import type { PaceMessage } from '../../contracts/link.ts'
import {
  type ConductorEvent,
  type ConductorOptions,
  type ConductorState,
  conduct,
  createConductor,
} from './conductor.ts'

/** A conductor on a clock of its own that stands still but for `run`. */
function bench(options: Partial<ConductorOptions> = {}) {
  let now_ms = 1_000_000
  let wake_ms = now_ms
  const state: ConductorState = createConductor(
    { tick_ms: 1000, factor: 1, paused: false, done_timeout_ms: 2000, ...options },
    now_ms,
  )
  const grants: { tick: number; at_ms: number }[] = []
  const advances: number[] = []
  const paces: (PaceMessage & { at_ms: number })[] = []
  /** What field-io does with a grant: answers after so long, or never. */
  let answer_ms: number | undefined
  const answers: { tick: number; at_ms: number }[] = []
  const send = (event: ConductorEvent): void => {
    const answer = conduct(state, event, now_ms)
    wake_ms = answer.wake_ms
    for (const effect of answer.effects) {
      if (effect.type === 'advance' && effect.ends) advances.push(now_ms - 1_000_000)
      if (effect.type === 'pace') paces.push({ ...effect, at_ms: now_ms - 1_000_000 })
      if (effect.type !== 'grant') continue
      grants.push({ tick: effect.tick, at_ms: now_ms - 1_000_000 })
      // Every grant is for a plant that already stands there.
      expect(advances.length).toBe(state.ticks)
      if (answer_ms !== undefined) answers.push({ tick: effect.tick, at_ms: now_ms + answer_ms })
    }
  }
  return {
    state,
    grants,
    advances,
    paces,
    send,
    answerAfter: (ms: number | undefined) => {
      answer_ms = ms
    },
    /** Lets the clock run, calling when asked to; `late_ms` is how late the caller's timer comes. */
    run(for_ms: number, late_ms = 0): void {
      const end_ms = now_ms + for_ms
      for (let calls = 0; calls < 100_000; calls++) {
        const answer = answers[0]
        const next_ms = Math.min(Math.max(wake_ms, now_ms) + late_ms, answer?.at_ms ?? Number.POSITIVE_INFINITY)
        if (next_ms > end_ms) break
        now_ms = Math.max(now_ms, next_ms)
        if (answer !== undefined && answer.at_ms <= now_ms) {
          answers.shift()
          send({ type: 'done', tick: answer.tick })
        } else send({ type: 'time' })
      }
      now_ms = end_ms
    },
  }
}

test('without field-io the plant runs on by itself, without a grant', () => {
  const b = bench()
  b.run(10_000)
  expect(b.advances).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000])
  expect(b.grants).toEqual([])
})

test('with field-io each tick is granted after the plant stands there, and the next waits for done', () => {
  const b = bench()
  b.answerAfter(30)
  b.send({ type: 'hello', tick: 0 })
  b.run(3500)
  expect(b.grants).toEqual([
    { tick: 1, at_ms: 1000 },
    { tick: 2, at_ms: 2000 },
    { tick: 3, at_ms: 3000 },
  ])
})

test('a slow field-io slows the plant: never two ticks ahead of it', () => {
  const b = bench({ factor: 10 })
  b.answerAfter(250)
  b.send({ type: 'hello', tick: 0 })
  b.run(5000)
  // The bound is 250 ms a tick instead of the 100 ms asked for.
  expect(b.grants.length).toBe(20)
  for (let i = 1; i < b.grants.length; i++) expect(b.grants[i]!.at_ms - b.grants[i - 1]!.at_ms).toBe(250)
  expect(b.paces.at(-1)!.achieved).toBeCloseTo(4, 6)
})

test('deadlines are absolute: late timers do not add up', () => {
  const b = bench({ factor: 10 })
  b.run(60_000, 7)
  expect(b.advances.length).toBe(599)
})

test('after a stall the ticks come at their pace, not in a bunch', () => {
  const b = bench()
  b.run(2500)
  // The process stood still for 20 s.
  b.run(20_000, 20_000)
  const from = b.advances.length
  b.run(10_000)
  const after = b.advances.slice(from)
  for (let i = 1; i < after.length; i++) expect(after[i]! - after[i - 1]!).toBe(1000)
})

test('a field-io that does not answer holds the plant for the time-out only', () => {
  const b = bench()
  b.answerAfter(undefined)
  b.send({ type: 'hello', tick: 0 })
  b.run(7500)
  expect(b.grants.map((g) => g.at_ms)).toEqual([1000, 3000, 5000, 7000])
  expect(b.state.timeouts).toBe(3)
})

test('field-io lost in mid-tick: the plant waits for the time-out, then runs on without grants', () => {
  const b = bench()
  b.send({ type: 'hello', tick: 0 })
  b.run(1200)
  b.send({ type: 'lost' })
  b.run(4000)
  expect(b.grants.length).toBe(1)
  expect(b.advances).toEqual([1000, 3000, 4000, 5000])
})

test('field-io back in mid-tick gets the next tick at its time, with no number twice', () => {
  const b = bench()
  b.send({ type: 'hello', tick: 0 })
  b.run(1200)
  b.send({ type: 'lost' })
  b.send({ type: 'hello', tick: 1 })
  b.run(1000)
  expect(b.grants.map((g) => g.tick)).toEqual([1, 2])
  expect(b.advances).toEqual([1000, 2000])
})

test('a plant that starts anew under a running field-io goes on with its numbers', () => {
  const b = bench()
  b.send({ type: 'hello', tick: 5000 })
  b.run(1000)
  expect(b.grants[0]!.tick).toBe(5001)
})

test('the done of another tick releases nothing', () => {
  const b = bench()
  b.send({ type: 'hello', tick: 0 })
  b.run(1500)
  b.send({ type: 'done', tick: 0 })
  b.run(1000)
  expect(b.grants.length).toBe(1)
})

test('paused: no grant and no advance, and the pace message goes on twice a second', () => {
  const b = bench()
  b.answerAfter(10)
  b.send({ type: 'hello', tick: 0 })
  b.run(1500)
  b.send({ type: 'paused', paused: true })
  const from = b.paces.length
  b.run(60_000)
  expect(b.advances.length).toBe(1)
  expect(b.paces.length - from).toBe(120)
  expect(b.paces.at(-1)).toMatchObject({ paused: true, achieved: 0 })
  b.send({ type: 'paused', paused: false })
  expect(b.grants.at(-1)!.tick).toBe(2)
})

test('a change is told at once', () => {
  const b = bench()
  b.run(1200)
  const from = b.paces.length
  b.send({ type: 'factor', factor: 5 })
  b.send({ type: 'paused', paused: true })
  expect(b.paces.slice(from).map(({ factor, paused }) => [factor, paused])).toEqual([
    [5, false],
    [5, true],
  ])
})

test.each([0.1, 0.5, 1, 10, 100])('factor %d is kept and reported', (factor) => {
  const b = bench({ factor })
  b.run(30_000)
  expect(b.advances.length).toBe(Math.round(30 * factor))
  expect(b.paces.at(-1)!.achieved).toBeCloseTo(factor, 6)
})

test('factor 0: as fast as field-io answers', () => {
  const b = bench({ factor: 0 })
  b.answerAfter(2)
  b.send({ type: 'hello', tick: 0 })
  b.run(2000)
  expect(b.grants.length).toBe(1001)
  expect(b.paces.at(-1)!.achieved).toBeCloseTo(500, 0)
})

test('a faster pace takes effect at once, not after the long tick', () => {
  const b = bench({ factor: 0.1 })
  b.run(500)
  b.send({ type: 'factor', factor: 10 })
  b.run(1000)
  expect(b.advances.length).toBeGreaterThanOrEqual(9)
})

test('held stands still between two ticks, whatever the pace, and owes nothing afterwards', () => {
  const b = bench({ tick_ms: 1000, factor: 1 })
  b.answerAfter(1)
  b.send({ type: 'hello', tick: 0 })
  b.run(2500)
  expect(b.grants.length).toBe(2)
  b.send({ type: 'held', held: true })
  b.run(10_000)
  expect(b.grants.length).toBe(2)
  b.send({ type: 'held', held: false })
  b.run(10)
  // One at once, and the next a period later: the ten seconds are not made up for.
  expect(b.grants.length).toBe(3)
  b.run(980)
  expect(b.grants.length).toBe(3)
  b.run(20)
  expect(b.grants.length).toBe(4)
})
