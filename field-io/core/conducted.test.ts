import { expect, test } from 'vitest'
import { COMMAND_KIND, type Frame, OUTCOME } from '../../contracts/frame.ts'
import type { ForceState, ForcesMessage, LinkMessage, SnapshotMessage } from '../../contracts/link.ts'
import { STATUS } from '../../contracts/status.ts'
import type { ConductorMessage, FieldIoEffect, FieldIoEvent } from './events.ts'
import { createFieldIo, onEvent } from './field-io.ts'
import { ONE_DEVICE, TICK_MS } from './testing/one-device.ts'

const T = TICK_MS
const ARTIFACT = ONE_DEVICE

/** field-io under a conductor, with a test in the place of edge and controllers. */
function bench() {
  const fio = createFieldIo({ artifact: ARTIFACT, time: 'granted', answer_wait_ms: 1000 })
  let tick = 0
  let now_ms = 0
  const joins = [0, 0]
  const feed = (event: FieldIoEvent): FieldIoEffect[] => {
    const effects = onEvent(fio, event)
    const more: FieldIoEffect[] = []
    for (const effect of effects) {
      if (effect.type === 'store-epoch') more.push(...feed({ type: 'epoch-stored', now_ms, epoch: effect.epoch }))
      if (effect.type === 'log-sync') more.push(...feed({ type: 'log-durable', now_ms, mark: effect.mark }))
      if (effect.type === 'send-controller' && 'join' in effect.message) joins[effect.index] = effect.message.join
    }
    return [...effects, ...more]
  }
  const say = (index: 0 | 1, message: LinkMessage) => feed({ type: 'controller', now_ms, index, message })
  const conductor = (message: ConductorMessage) => feed({ type: 'conductor', now_ms, message })
  const frame = (): Frame => fio.current!.entry.frame
  const answer = (index: 0 | 1, results: { station: number; seq: number; outcome: number; refusal: number }[] = []) => {
    const { epoch, n } = frame()
    const values = Float64Array.of(51)
    const output = {
      epoch,
      n,
      controller: index,
      join: joins[index]!,
      digest: n,
      values,
      statuses: Uint16Array.of(STATUS.good),
    }
    return say(index, { type: 'output', output: { ...output, results } })
  }
  const next = () => {
    tick++
    now_ms += T
    feed({
      type: 'device-read',
      now_ms,
      device: 0,
      connection: 1,
      inputs: Float64Array.of(42),
      statuses: Uint16Array.of(STATUS.good),
      readbacks: Float64Array.of(50),
      readback_statuses: Uint16Array.of(STATUS.good),
      tripped: false,
    })
    return feed({ type: 'tick', now_ms, tick, t_ms: 0 })
  }
  feed({ type: 'start', now_ms, epoch: 0, logs: [] })
  for (const index of [0, 1] as const)
    say(index, { type: 'hello', role: 'controller', index, artifact: 'a', state: { epoch: 0, n: 0 } })
  const both = () => {
    next()
    answer(0)
    feed({ type: 'device-done', now_ms, device: 0, connection: 1, ok: true })
    return answer(1)
  }
  const told = (effects: FieldIoEffect[]) => effects.flatMap((e) => (e.type === 'send-conductor' ? [e.message] : []))
  return { fio, feed, say, conductor, frame, answer, next, both, told, joins, now: () => now_ms }
}

const state = (n: number, digest = n): SnapshotMessage => ({
  type: 'snapshot',
  epoch: 1,
  n,
  digest,
  artifact: 'a',
  state: new Uint8Array(8),
})

test('[OTS-11] the conductor is given the state of the newest frame, with the digest that was answered, and no other', () => {
  const b = bench()
  b.both()
  b.both()
  const asked = b.conductor({ type: 'snapshot-request' })
  expect(asked).toMatchObject([
    { type: 'send-conductor', message: { type: 'forces', forces: [] } },
    { type: 'send-controller', index: 0, message: { type: 'snapshot-request' } },
  ])
  // Another tick's, another digest's, the other controller's: none is the state the plant stands with.
  expect(b.told(b.say(0, state(1)))).toEqual([])
  expect(b.told(b.say(1, state(2)))).toEqual([])
  expect(b.told(b.say(0, state(2)))).toEqual([state(2)])
  expect(b.told(b.say(0, state(2)))).toEqual([])
  b.conductor({ type: 'snapshot-request' })
  // An empty one: there is none.
  const none = { ...state(0), epoch: 0, state: new Uint8Array(0) }
  expect(b.told(b.say(0, state(2, 99)))).toEqual([none])
  expect(b.told(bench().conductor({ type: 'snapshot-request' })).filter((m) => m.type !== 'forces')).toEqual([none])
})

test('[OTS-12] a return begins a new epoch from the state given, and is answered when both controllers have it', () => {
  const b = bench()
  for (let i = 0; i < 5; i++) b.both()
  const effects = b.conductor({ ...state(2), type: 'restore', join: 0 })
  expect(effects.some((e) => e.type === 'store-epoch' && e.epoch === 2)).toBe(true)
  expect(effects.filter((e) => e.type === 'send-controller').map((e) => e.message.type)).toEqual(['welcome', 'welcome'])
  expect(b.told(effects)).toEqual([])
  const asks = (index: 0 | 1) => b.say(index, { type: 'replay-request', from: { epoch: 1, n: 5 } })
  const first = asks(0)
  expect(first).toMatchObject([{ message: { type: 'restore', epoch: 1, n: 2, digest: 2, join: b.joins[0] } }])
  expect(b.told(asks(1))).toEqual([{ type: 'welcome', join: 0, epoch: 2 }])
  b.next()
  expect(b.frame()).toMatchObject({ epoch: 2, n: 3, prev_epoch: 1, prev_n: 2 })
  // The whole image, as at every begin of an epoch.
  expect(b.frame().inputs).toHaveLength(1)
  // An answer that comes later than a period still counts: both have been given their state.
  expect(b.feed({ type: 'deadline', now_ms: b.now() + 2 * T }).some((e) => e.type === 'done')).toBe(false)
  expect(b.answer(0).some((e) => e.type === 'write')).toBe(true)
})

test('[OTS-13] one that stands there already is not waited for; the state of another strategy is not taken', () => {
  const b = bench()
  b.both()
  expect(b.told(b.conductor({ ...state(1), type: 'restore', join: 0 }))).toEqual([
    { type: 'welcome', join: 0, epoch: 2 },
  ])
  expect(b.conductor({ ...state(1), artifact: 'b', type: 'restore', join: 0 })).toEqual([])
  expect(b.fio.epoch).toBe(2)
})

test('[OTS-14] a command under way at the return is never carried out; one that was carried out is told to the conductor', () => {
  const b = bench()
  b.both()
  const command = {
    station: 0,
    seq: 5,
    kind: COMMAND_KIND.set,
    ttl_ticks: 20,
    target: 3,
    value: 7,
    expected: Number.NaN,
  }
  const give = (seq: number) =>
    b.feed({
      type: 'gateway',
      now_ms: b.now(),
      message: { type: 'command', command: { ...command, seq, epoch: b.fio.epoch, n: b.frame().n } },
    })
  give(5)
  b.next()
  b.answer(0, [{ station: 0, seq: 5, outcome: OUTCOME.applied, refusal: 0 }])
  const told = b.told(b.answer(1, [{ station: 0, seq: 5, outcome: OUTCOME.applied, refusal: 0 }]))
  expect(told).toMatchObject([{ type: 'command', command: { seq: 5, target: 3, value: 7 } }])
  give(6)
  b.conductor({ ...state(1), type: 'restore', join: 0 })
  for (const index of [0, 1] as const) b.say(index, { type: 'replay-request', from: { epoch: 1, n: 2 } })
  b.next()
  expect(b.frame().commands).toEqual([])
})

const forcesOf = (messages: readonly LinkMessage[]): ForcesMessage[] => messages.filter((m) => m.type === 'forces')

test('[OTS-15] the conductor is told the forces with the state, and what it gives back stands in place of all others', () => {
  const b = bench()
  const order = {
    type: 'force',
    id: 1,
    point: 'D/AI/1',
    value: 33,
    for_ms: 10 * T,
    who: 'Kim',
    reason: 'test',
  } as const
  b.both()
  b.feed({ type: 'gateway', now_ms: b.now(), message: order })
  b.both()
  b.both()
  const [told] = forcesOf(b.told(b.conductor({ type: 'snapshot-request' })))
  // Given at tick 1 for ten ticks, asked at tick 3.
  const kept: ForceState = { point: 'D/AI/1', value: 33, who: 'Kim', reason: 'test', since_ms: 0, left_ms: 8 * T }
  expect(told?.forces).toEqual([kept])

  b.feed({ type: 'gateway', now_ms: b.now(), message: { type: 'unforce', id: 2, point: 'D/AI/1' } })
  b.feed({ type: 'gateway', now_ms: b.now(), message: { ...order, id: 3, point: 'D/AO/1', value: 60 } })
  b.both()
  expect(b.frame().inputs.at(-1)).toMatchObject({ value: 42 })
  const given = { type: 'forces', at: { epoch: 0, n: 0 }, forces: [kept] } as const
  const effects = b.conductor(given)
  expect(forcesOf(b.told(effects))[0]?.forces).toEqual([kept])
  // The operators see it too.
  expect(effects.some((e) => e.type === 'send-gateway' && e.message.type === 'forces')).toBe(true)
  b.both()
  expect(b.frame().inputs.at(-1)).toMatchObject({ value: 33 })
  // The first time the frames 4 to 10 would have had it: seven more, and this was one.
  for (let i = 0; i < 6; i++) b.both()
  expect(b.fio.forces.inputs.size).toBe(1)
  b.both()
  expect(b.fio.forces.inputs.size).toBe(0)
  expect(b.frame().inputs.at(-1)).toMatchObject({ value: 42 })
})

test('[OTS-15] what cannot stand here is left out, and the answer shows it', () => {
  const b = bench()
  b.both()
  const force = { who: 'Kim', reason: '', since_ms: 0, left_ms: T, value: 1 }
  const forces = [
    { ...force, point: 'X/AI/1' },
    { ...force, point: 'D/AO/1', value: 101 },
    { ...force, point: 'D/AI/1' },
  ]
  const effects = b.conductor({ type: 'forces', at: { epoch: 0, n: 0 }, forces })
  expect(forcesOf(b.told(effects))[0]?.forces.map((f) => f.point)).toEqual(['D/AI/1'])
})

test('[OTS-16] a scenario writes in the next frame, from the last station, and hears what became of it when both controllers agree', () => {
  const b = bench()
  b.both()
  const order = {
    station: 0,
    seq: 2 ** 36 + 640,
    kind: COMMAND_KIND.set,
    epoch: 0,
    n: 0,
    ttl_ticks: 0,
    target: 3,
    value: 7,
    expected: Number.NaN,
  }
  b.conductor({ type: 'command', command: order })
  b.conductor({ type: 'command', command: { ...order, seq: order.seq + 1, target: 4 } })
  b.next()
  const shown = { station: 1, epoch: 1, n: 1 }
  expect(b.frame().commands).toMatchObject([
    { ...shown, seq: order.seq, target: 3, value: 7 },
    { ...shown, seq: order.seq + 1, target: 4 },
  ])
  const results = [
    { station: 1, seq: order.seq, outcome: OUTCOME.applied, refusal: 0 },
    { station: 1, seq: order.seq + 1, outcome: OUTCOME.refused, refusal: 2 },
  ]
  const first = b.answer(0, results)
  expect(b.told(first)).toEqual([])
  // Nobody but the conductor hears of them.
  const both = b.answer(1, results)
  expect(b.told(both).map((m) => m.type === 'command-result' && m.result)).toEqual(results)
  expect(both.some((e) => e.type === 'send-gateway' && e.message.type === 'command-result')).toBe(false)
  b.both()
  expect(b.frame().commands).toEqual([])
})

test('[OTS-16] an order that no frame can take is refused, and one under way at a return is forgotten', () => {
  const fio = createFieldIo({ artifact: ARTIFACT, time: 'granted', answer_wait_ms: 1000 })
  const order = { station: 0, seq: 9, kind: COMMAND_KIND.set, epoch: 0, n: 0, ttl_ticks: 0, target: 3, value: 7 }
  const message = { type: 'command', command: { ...order, expected: Number.NaN } } as const
  expect(onEvent(fio, { type: 'conductor', now_ms: 0, message })).toMatchObject([
    { message: { type: 'command-result', result: { seq: 9, outcome: OUTCOME.refused } } },
  ])
  const b = bench()
  b.both()
  b.conductor(message)
  b.conductor({ ...state(1), type: 'restore', join: 0 })
  for (const index of [0, 1] as const) b.say(index, { type: 'replay-request', from: { epoch: 1, n: 1 } })
  b.next()
  expect(b.frame().commands).toEqual([])
})

test('[OTS-12] a second return with no tick between is answered, and a snapshot then is the state that was given', () => {
  const b = bench()
  for (let i = 0; i < 3; i++) b.both()
  b.conductor({ ...state(2), type: 'restore', join: 0 })
  for (const index of [0, 1] as const) b.say(index, { type: 'replay-request', from: { epoch: 1, n: 3 } })
  expect(b.told(b.conductor({ type: 'snapshot-request' })).at(-1)).toEqual(state(2))
  expect(b.told(b.conductor({ ...state(2), type: 'restore', join: 0 }))).toEqual([])
  // Both stand there by now, and ask from there.
  const asks = (index: 0 | 1) => b.say(index, { type: 'replay-request', from: { epoch: 1, n: 2 } })
  expect(asks(0).filter((e) => e.type === 'send-controller')).toEqual([])
  expect(b.told(asks(1))).toEqual([{ type: 'welcome', join: 0, epoch: 3 }])
  b.next()
  expect(b.frame()).toMatchObject({ epoch: 3, n: 3, prev_epoch: 1, prev_n: 2 })
})
