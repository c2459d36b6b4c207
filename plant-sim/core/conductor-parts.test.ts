import { expect, test } from 'vitest'
import {
  type ConductorEvent,
  type ConductorOptions,
  type ConductorState,
  conduct,
  createConductor,
  isAtRest,
} from './conductor.ts'

const BEGIN_MS = 1_000_000

/** A conductor with a field-io that answers after `done_ms` and a solver that answers after `scan_ms`; undefined: never. */
function bench(options: Partial<ConductorOptions> = {}) {
  let now_ms = BEGIN_MS
  let wake_ms = now_ms
  const state: ConductorState = createConductor(
    { tick_ms: 1000, factor: 1, paused: false, done_timeout_ms: 2000, scan_timeout_ms: 1000, ...options },
    now_ms,
  )
  const log: string[] = []
  const at_ms: number[] = []
  const answers: { event: ConductorEvent; at_ms: number }[] = []
  const answering = { scan_ms: 5 as number | undefined, done_ms: 5 as number | undefined }
  let plant_ms = 0
  const send = (event: ConductorEvent): void => {
    const answer = conduct(state, event, now_ms)
    wake_ms = answer.wake_ms
    for (const effect of answer.effects) {
      if (effect.type === 'pace') continue
      at_ms.push(now_ms - BEGIN_MS)
      if (effect.type === 'advance') {
        plant_ms += effect.dt_ms
        log.push(`${effect.dt_ms}${effect.ends ? '!' : ''}`)
      } else if (effect.type === 'step') {
        log.push(`step ${effect.n}`)
        // A scan is asked of a plant that stands at its time.
        expect(plant_ms).toBe(effect.n * 100)
        if (answering.scan_ms !== undefined)
          answers.push({ event: { type: 'scanned', n: effect.n }, at_ms: now_ms + answering.scan_ms })
      } else {
        log.push(`grant ${effect.tick}`)
        if (answering.done_ms !== undefined)
          answers.push({ event: { type: 'done', tick: effect.tick }, at_ms: now_ms + answering.done_ms })
      }
    }
  }
  return {
    state,
    log,
    at_ms,
    answering,
    send,
    /** The plant's own clock, set back. */
    restart() {
      plant_ms = 0
    },
    run(for_ms: number): void {
      const end_ms = now_ms + for_ms
      for (let calls = 0; calls < 100_000; calls++) {
        const answer = answers[0]
        const next_ms = Math.min(Math.max(wake_ms, now_ms), answer?.at_ms ?? Number.POSITIVE_INFINITY)
        if (next_ms > end_ms) break
        now_ms = Math.max(now_ms, next_ms)
        if (answer !== undefined && answer.at_ms <= now_ms) {
          answers.shift()
          send(answer.event)
        } else send({ type: 'time' })
      }
      now_ms = end_ms
    },
  }
}

const solver = { type: 'solver', scan_ms: 100 } as const
const TEN = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

test('[SIS-PACE-1] each part of a tick is scanned before the next, and the grant follows the last scan', () => {
  const b = bench()
  b.send({ type: 'hello', tick: 0 })
  b.send(solver)
  b.run(1100)
  expect(b.log.slice(0, 21)).toEqual([...TEN.flatMap((n) => [n === 10 ? '100!' : '100', `step ${n}`]), 'grant 1'])
})

test('[SIS-PACE-2] the parts are spread evenly over the wall time of the tick', () => {
  const b = bench({ factor: 2 })
  b.send(solver)
  b.run(1000)
  const steps = b.at_ms.filter((_, i) => b.log[i]!.startsWith('step'))
  expect(steps.slice(0, 10)).toEqual(TEN.map((n) => n * 50))
  expect(steps.length).toBe(20)
})

test('[SIS-PACE-3] without a solver a tick is one part, as it was; a solver that comes starts with the next tick', () => {
  const b = bench()
  b.send({ type: 'hello', tick: 0 })
  b.run(1500)
  expect(b.log).toEqual(['1000!', 'grant 1'])
  b.send(solver)
  b.run(100)
  expect(b.log.slice(2, 4)).toEqual(['100', 'step 11'])
})

test('[SIS-PACE-4] a slow solver slows the plant down, and no scan is asked before the last is answered', () => {
  const b = bench({ factor: 10 })
  b.answering.scan_ms = 40
  b.send(solver)
  b.run(4000)
  const steps = b.at_ms.filter((_, i) => b.log[i]!.startsWith('step'))
  for (let i = 1; i < steps.length; i++) expect(steps[i]! - steps[i - 1]!).toBe(40)
})

test('[SIS-PACE-5] no answer for the time-out: the plant goes on without it, in whole ticks, until it speaks again', () => {
  const b = bench()
  b.answering.scan_ms = undefined
  b.send(solver)
  b.run(1050)
  expect(b.log).toEqual(['100', 'step 1'])
  expect(b.at_ms[1]).toBe(100)
  b.run(50)
  expect(b.state.scan_timeouts).toBe(1)
  b.run(3000)
  expect(b.log.filter((l) => l.startsWith('step'))).toEqual(['step 1'])
  expect(b.log.filter((l) => l === '1000!').length).toBeGreaterThanOrEqual(2)
  // The tick in hand has ended in parts: the plant stands at whole ticks from there on.
  b.answering.scan_ms = 5
  b.send({ type: 'scanned', n: 1 })
  b.run(1500)
  const next = b.log.find((l, i) => l.startsWith('step') && i > 2)!
  expect(Number(next.slice(5)) % 10).toBe(1)
})

test('[SIS-PACE-6] a solver lost in the middle of a scan holds nothing up', () => {
  const b = bench()
  b.send({ type: 'hello', tick: 0 })
  b.answering.scan_ms = undefined
  b.send(solver)
  b.run(150)
  b.send({ type: 'solver-lost' })
  b.run(1000)
  expect(b.log).toContain('grant 1')
  expect(b.state.scan_timeouts).toBe(0)
})

test('[SIS-PACE-7] the answer to another scan releases nothing', () => {
  const b = bench()
  b.answering.scan_ms = undefined
  b.send(solver)
  b.run(150)
  b.send({ type: 'scanned', n: 0 })
  b.send({ type: 'scanned', n: 2 })
  b.run(500)
  expect(b.log).toEqual(['100', 'step 1'])
})

test.each(['paused', 'held'] as const)(
  '[SIS-PACE-8] %s within a tick: it is finished at once, and no other begins',
  (how) => {
    const b = bench({ factor: 0.1 })
    b.send({ type: 'hello', tick: 0 })
    b.send(solver)
    b.run(2500)
    expect(b.log).toEqual(['100', 'step 1', '100', 'step 2'])
    expect(isAtRest(b.state)).toBe(false)
    b.send(how === 'held' ? { type: how, held: true } : { type: how, paused: true })
    b.run(100)
    expect(b.log.slice(-2)).toEqual(['step 10', 'grant 1'])
    expect(isAtRest(b.state)).toBe(true)
    b.run(60_000)
    expect(b.log.at(-1)).toBe('grant 1')
  },
)

test('[SIS-PACE-9] scans count plant time: after a return they go on from there', () => {
  const b = bench()
  b.send(solver)
  b.run(1050)
  b.send({ type: 'held', held: true })
  b.run(100)
  const from = b.log.length
  b.send({ type: 'moved', time_ms: 0 })
  b.restart()
  b.send({ type: 'held', held: false })
  b.run(200)
  expect(b.log.slice(from, from + 2)).toEqual(['100', 'step 1'])
})

test('[SIS-PACE-10] a solver with scans as long as the tick is asked once a tick', () => {
  const b = bench({ tick_ms: 100 })
  b.send({ type: 'hello', tick: 0 })
  b.send(solver)
  b.run(350)
  expect(b.log).toEqual(['100!', 'step 1', 'grant 1', '100!', 'step 2', 'grant 2', '100!', 'step 3', 'grant 3'])
})
