import { expect, test } from 'vitest'
import { type ExecutiveClock, startExecutive } from './executive.ts'

/** A clock that goes where the test wants it. */
function byHand(): ExecutiveClock & { run(until: number): void; jump(ms: number): void } {
  let now = 1000
  let timer: { at: number; act: () => void } | undefined
  return {
    now: () => now,
    after(ms, act) {
      const mine = { at: now + ms, act }
      timer = mine
      return () => {
        if (timer === mine) timer = undefined
      }
    },
    run(until) {
      while (timer !== undefined && timer.at <= until) {
        const due = timer
        timer = undefined
        now = Math.max(now, due.at)
        due.act()
      }
      now = Math.max(now, until)
    },
    jump(ms) {
      now += ms
    },
  }
}

test('scans are due at start + k * period, however long each takes', () => {
  const clock = byHand()
  const at: number[] = []
  startExecutive(
    100,
    (n) => {
      at.push(n, clock.now())
      clock.jump(37)
    },
    clock,
  )
  clock.run(1450)
  expect(at).toEqual([1, 1100, 2, 1200, 3, 1300, 4, 1400])
})

test('[SIS-2.5] deadlines that were missed are left out, counted, and never caught up', () => {
  const clock = byHand()
  const seen: number[] = []
  const executive = startExecutive(
    100,
    (n) => {
      seen.push(n)
      if (n === 2) clock.jump(350)
    },
    clock,
  )
  clock.run(1800)
  expect(seen).toEqual([1, 2, 5, 6, 7, 8])
  expect(executive.missed).toBe(2)
  expect(executive.worst_late_ms).toBe(50)
})

test('a timer that rings early does not make a scan of it', () => {
  const clock = byHand()
  const early: ExecutiveClock = { now: clock.now, after: (ms, act) => clock.after(ms > 1 ? ms - 0.6 : ms, act) }
  const seen: number[] = []
  startExecutive(100, (n) => seen.push(n, clock.now()), early)
  clock.run(1250)
  expect(seen).toEqual([1, 1100, 2, 1200])
})

test('after stop nothing is due', () => {
  const clock = byHand()
  let scans = 0
  const executive = startExecutive(100, () => scans++, clock)
  clock.run(1250)
  executive.stop()
  clock.run(2000)
  expect(scans).toBe(2)
})
