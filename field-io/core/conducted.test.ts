import { expect, test } from 'vitest'
import { COMMAND_KIND, type Frame, OUTCOME } from '../../contracts/frame.ts'
import type { LinkMessage, RestoreMessage, SnapshotMessage } from '../../contracts/link.ts'
import { STATUS } from '../../contracts/status.ts'
import type { FieldIoEffect, FieldIoEvent } from './events.ts'
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
  const conductor = (message: RestoreMessage | { readonly type: 'snapshot-request' }) =>
    feed({ type: 'conductor', now_ms, message })
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
  expect(asked).toMatchObject([{ type: 'send-controller', index: 0, message: { type: 'snapshot-request' } }])
  // Another tick's, another digest's, the other controller's: none is the state the plant stands with.
  expect(b.told(b.say(0, state(1)))).toEqual([])
  expect(b.told(b.say(1, state(2)))).toEqual([])
  expect(b.told(b.say(0, state(2)))).toEqual([state(2)])
  expect(b.told(b.say(0, state(2)))).toEqual([])
  b.conductor({ type: 'snapshot-request' })
  // An empty one: there is none.
  const none = { ...state(0), epoch: 0, state: new Uint8Array(0) }
  expect(b.told(b.say(0, state(2, 99)))).toEqual([none])
  expect(b.told(bench().conductor({ type: 'snapshot-request' }))).toEqual([none])
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
