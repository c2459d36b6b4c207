import { describe, expect, test } from 'vitest'
import {
  COMMAND_KIND,
  type Command,
  type CommandResult,
  type Frame,
  OUTCOME,
  REFUSAL,
  type TickId,
} from '../../contracts/frame.ts'
import type { LinkMessage } from '../../contracts/link.ts'
import { STATUS } from '../../contracts/status.ts'
import type { FieldIoArtifact, FieldIoEffect, FieldIoEvent, StoredLog } from './events.ts'
import { createFieldIo, onEvent } from './field-io.ts'
import { ioStatus } from './io-status.ts'
import { decodeLogEntry, encodeLogEntry, type LogEntry } from './log-records.ts'
import { ONE_DEVICE, TICK_MS } from './testing/one-device.ts'

const T = TICK_MS
const ARTIFACT = ONE_DEVICE

type Of<K extends FieldIoEffect['type']> = Extract<FieldIoEffect, { readonly type: K }>

/** field-io with a test in the place of its edge: nothing happens by itself but storing the epoch, and what `auto` names. */
function rig(options: { logs?: StoredLog[]; epoch?: number; durable?: boolean; artifact?: FieldIoArtifact } = {}) {
  const fio = createFieldIo({ artifact: options.artifact ?? ARTIFACT, time: 'wall' })
  let now_ms = 0
  let tick = 0
  const joins = [0, 0]
  const all: FieldIoEffect[] = []
  const feed = (event: FieldIoEvent): FieldIoEffect[] => {
    now_ms = Math.max(now_ms, event.now_ms)
    const effects = onEvent(fio, event)
    all.push(...effects)
    for (const effect of effects) {
      if (effect.type === 'store-epoch') feed({ type: 'epoch-stored', now_ms, epoch: effect.epoch })
      if (effect.type === 'log-sync' && options.durable !== false)
        feed({ type: 'log-durable', now_ms, mark: effect.mark })
      if (effect.type === 'send-controller' && 'join' in effect.message) joins[effect.index] = effect.message.join
    }
    return effects
  }
  const read = (readback = 50, extra: { tripped?: boolean; connection?: number; at_ms?: number } = {}) =>
    feed({
      type: 'device-read',
      now_ms: extra.at_ms ?? now_ms,
      device: 0,
      connection: extra.connection ?? 1,
      inputs: Float64Array.of(42),
      statuses: Uint16Array.of(STATUS.good),
      readbacks: Float64Array.of(readback),
      readback_statuses: Uint16Array.of(STATUS.good),
      tripped: extra.tripped ?? false,
    })
  const hello = (index: 0 | 1, state: TickId = { epoch: 0, n: 0 }) =>
    say(index, { type: 'hello', role: 'controller', index, artifact: 'a', state })
  const say = (index: 0 | 1, message: LinkMessage) => feed({ type: 'controller', now_ms, index, message })
  const next = (passed = 1) => {
    tick += passed
    return feed({ type: 'tick', now_ms: tick * T, tick, t_ms: 0 })
  }
  const frame = (): Frame => fio.current!.entry.frame
  const answer = (
    index: 0 | 1,
    more: {
      value?: number
      digest?: number
      join?: number
      at?: TickId
      results?: CommandResult[]
      status?: number
    } = {},
  ) => {
    const { epoch, n } = more.at ?? frame()
    return say(index, {
      type: 'output',
      output: {
        epoch,
        n,
        controller: index,
        join: more.join ?? joins[index]!,
        digest: more.digest ?? n,
        values: Float64Array.of(more.value ?? 51),
        statuses: Uint16Array.of(more.status ?? STATUS.good),
        results: more.results ?? [],
      },
    })
  }
  const written = () => feed({ type: 'device-done', now_ms, device: 0, connection: 1, ok: true })
  const of = <K extends FieldIoEffect['type']>(type: K, effects = all): Of<K>[] =>
    effects.filter((e): e is Of<K> => e.type === type)
  const results = (effects = all) =>
    of('send-gateway', effects).flatMap(({ message }) => (message.type === 'command-result' ? [message.result] : []))
  const command = (c: Partial<Command> = {}) =>
    feed({
      type: 'gateway',
      now_ms,
      message: { type: 'command', command: { ...COMMAND, epoch: fio.epoch, n: frame().n, ...c } },
    })
  feed({ type: 'start', now_ms, epoch: options.epoch ?? 0, logs: options.logs ?? [] })
  const at = (ms: number) => feed({ type: 'deadline', now_ms: ms })
  return { fio, all, feed, read, hello, say, next, frame, answer, written, of, results, command, at, joins }
}

const COMMAND: Command = {
  station: 0,
  seq: 5,
  kind: COMMAND_KIND.set,
  epoch: 1,
  n: 0,
  ttl_ticks: 20,
  target: 0,
  value: 1,
  expected: Number.NaN,
}

/** Both joined, one frame answered and written. */
function running(options: Parameters<typeof rig>[0] = {}) {
  const r = rig(options)
  r.hello(0)
  r.hello(1)
  r.read()
  r.next()
  r.answer(0)
  r.answer(1)
  r.written()
  r.read(51)
  return r
}

describe('frames', () => {
  test('[EX-1] each names its parent; the first of an epoch steps from the base and carries the whole image', () => {
    const { frame, next } = running()
    expect(frame()).toMatchObject({ epoch: 1, n: 1, prev_epoch: 0, prev_n: 0 })
    expect(frame().inputs).toEqual([{ input: 0, value: 42, status: STATUS.good, age_ticks: 1 }])
    next()
    expect(frame()).toMatchObject({ epoch: 1, n: 2, prev_epoch: 1, prev_n: 1 })
    // The input is the same; the read-back moved with the write.
    expect(frame().inputs).toEqual([])
    expect(frame().readbacks).toEqual([{ output: 0, value: 51, status: STATUS.good }])
  })

  test('[EX-3] lost ticks skip numbers and are counted', () => {
    const { fio, frame, next } = running()
    next(4)
    expect(frame()).toMatchObject({ n: 5, prev_n: 1 })
    expect(fio.ticks_lost).toBe(3)
  })

  test('[EX-4] an image older than 3.5 ticks is Bad, with its last value; one never read is Bad without', () => {
    const { frame, next, answer } = running()
    for (let i = 0; i < 3; i++) {
      next()
      answer(0)
    }
    expect(frame().inputs).toEqual([{ input: 0, value: 42, status: STATUS.good, age_ticks: 3 }])
    next()
    expect(frame().inputs).toEqual([{ input: 0, value: 42, status: STATUS.badNoCommLastUsable, age_ticks: 4 }])
    const unread = rig()
    unread.hello(0)
    unread.hello(1)
    unread.next()
    expect(unread.frame().inputs).toEqual([{ input: 0, value: 0, status: STATUS.badNoComm, age_ticks: 255 }])
  })

  test('an output that stands elsewhere than it was put is told after three reads, one that lags by a write is not', () => {
    const { fio, next, answer, written, read } = running()
    const alarms = (): string[] => ioStatus(fio).alarms.filter((words) => words.includes('reads back'))
    const round = (value: number, readback: number): void => {
      next()
      answer(0, { value })
      answer(1, { value })
      written()
      read(readback)
    }
    // Written were 51, then these: each read-back is that of the write before.
    round(52, 51)
    round(53, 52)
    round(54, 53)
    round(54, 54)
    expect(alarms()).toEqual([])
    // From 54 it is put to 55 and does not move; half a per cent of the range of 100 is rounding.
    round(54, 54.4)
    for (let i = 0; i < 4; i++) round(55.5, 54)
    expect(alarms()).toEqual(['D/AO/1 reads back otherwise than it was written'])
  })

  test('[FIO-3] a device out of use is Bad at the next latch, with its last value, and Good again with its next read', () => {
    const { frame, next, answer, feed, read } = running()
    feed({ type: 'device-down', now_ms: 110, device: 0, connection: 1 })
    next()
    expect(frame().inputs).toEqual([{ input: 0, value: 42, status: STATUS.badNoCommLastUsable, age_ticks: 1 }])
    expect(frame().readbacks).toEqual([{ output: 0, value: 51, status: STATUS.badNoCommLastUsable }])
    answer(0)
    read(51, { connection: 2 })
    next()
    expect(frame().inputs).toEqual([{ input: 0, value: 42, status: STATUS.good, age_ticks: 1 }])
  })

  test('[EX-4] a point of a slower class ages in its own periods: Bad after 3.5 of them, and no difference before one', () => {
    const artifact = { ...ARTIFACT, io: { ...ARTIFACT.io, inputs: [{ ...ARTIFACT.io.inputs[0]!, every: 10 }] } }
    const { feed, hello, frame, next, answer } = rig({ artifact })
    hello(0)
    hello(1)
    // Sampled four ticks before it was delivered.
    feed({
      type: 'device-read',
      now_ms: 0,
      device: 0,
      connection: 1,
      inputs: Float64Array.of(42),
      statuses: Uint16Array.of(STATUS.good),
      input_ages: Float64Array.of(4),
      readbacks: Float64Array.of(50),
      readback_statuses: Uint16Array.of(STATUS.good),
      tripped: false,
    })
    const changes: [number, number, number][] = []
    for (let tick = 1; tick <= 40; tick++) {
      next()
      for (const c of frame().inputs) changes.push([tick, c.status, c.age_ticks])
      answer(0)
    }
    // Sampled at -4: ages 10, 20 and 30 at ticks 6, 16 and 26; 35 at 31, and from there on Bad.
    expect(changes).toEqual([
      [1, STATUS.good, 0],
      [6, STATUS.good, 10],
      [16, STATUS.good, 20],
      [26, STATUS.good, 30],
      [32, STATUS.badNoCommLastUsable, 30],
    ])
  })

  test('[EX-12] ten ticks without an answer: the last frame is repeated; sixty more: a new epoch from it', () => {
    const { fio, frame, next, hello, of } = running()
    for (let i = 0; i < 9; i++) next()
    expect(frame().n).toBe(10)
    const repeated = next()
    expect(frame().n).toBe(10)
    expect(of('send-controller', repeated)).toMatchObject([
      { index: 0, message: { type: 'frame', frame: { n: 10 } } },
      { index: 1, message: { type: 'frame', frame: { n: 10 } } },
    ])
    for (let i = 0; i < 60; i++) next()
    expect(fio.epoch).toBe(2)
    hello(0)
    next()
    expect(frame()).toMatchObject({ epoch: 2, n: 11, prev_epoch: 1, prev_n: 10 })
  })

  test('[EX-12] the answer to a repeated frame sets frames going, but is not applied: its inputs are old', () => {
    const { frame, next, answer, of, all } = running()
    for (let i = 0; i < 12; i++) next()
    const before = of('write', all).length
    // The first answer bears the join that has lapsed; the welcome it is given names the new one.
    answer(0)
    answer(0)
    expect(of('write', all).length).toBe(before)
    next()
    // n is the tick: the four without a frame are skipped.
    expect(frame().n).toBe(14)
  })
})

describe('applying', () => {
  test('[EX-3] the preferred answer at once; the other one waits for half a period', () => {
    const { next, answer, at, of } = running()
    next()
    expect(of('write', answer(1, { value: 52 }))).toEqual([])
    expect(of('write', at(249))).toEqual([])
    expect(of('write', at(250))).toMatchObject([{ n: 2, until_ms: 300, values: Float64Array.of(52) }])
    expect(of('write', answer(0))).toEqual([])
  })

  test('[EX-3] late is late by the clock, though no timer has run out', () => {
    const { feed, next, fio, joins, of } = running()
    next()
    const output = { epoch: 1, n: 2, controller: 0, join: joins[0]!, digest: 2, results: [] } as const
    const values = { values: Float64Array.of(51), statuses: Uint16Array.of(STATUS.good) }
    const message = { type: 'output', output: { ...output, ...values } } as const
    expect(of('write', feed({ type: 'controller', now_ms: 301, index: 0, message }))).toEqual([])
    expect(fio.current?.applied).toBe(false)
  })

  test.each([
    ['down to the largest step', 51, 40, 49],
    ['up to the largest step', 51, 80, 53],
    ['inside the range', 1, -5, 0],
    ['back into its range in steps, from outside of it', -10, 30, -8],
  ])('[EX-4] clamped %s from what the device reads back', (_, readback, value, wanted) => {
    const { next, answer, read, of } = running()
    read(readback)
    next()
    expect(of('write', answer(0, { value }))).toMatchObject([{ values: Float64Array.of(wanted) }])
  })

  test('[EX-4] nothing is written without a read-back of this connection, read after the last write', () => {
    const { next, answer, read, written, feed, of } = running()
    next()
    answer(0)
    written()
    next()
    expect(of('write', answer(0))).toEqual([])
    expect(of('write', read(52))).toMatchObject([{ n: 3 }])
    written()
    read(52)
    feed({ type: 'device-down', now_ms: 310, device: 0, connection: 1 })
    next()
    expect(of('write', answer(0))).toEqual([])
    expect(of('write', read(52, { connection: 2 }))).toMatchObject([{ n: 4, connection: 2 }])
  })

  test('[EX-4] after a trip was read: re-arm, then write from the fail value', () => {
    const { next, answer, read, written, frame, of } = running()
    read(10, { tripped: true })
    next()
    expect(frame().readbacks).toEqual([{ output: 0, value: 10, status: STATUS.faultStateActive }])
    const effects = answer(0, { value: 51 })
    expect(of('rearm', effects)).toEqual([{ type: 'rearm', device: 0, connection: 1 }])
    expect(of('write', effects)).toEqual([])
    expect(of('write', written())).toMatchObject([{ n: 2, values: Float64Array.of(12) }])
  })

  test('a Bad output is not written: the device holds and times out', () => {
    const { next, answer, of } = running()
    next()
    expect(of('write', answer(0, { status: STATUS.bad }))).toEqual([])
  })
})

describe('membership', () => {
  test('[EX-5] only the answer to the current frame under the present join is applied', () => {
    const { next, answer, hello, of, joins } = running()
    next()
    expect(of('write', answer(0, { at: { epoch: 1, n: 1 } }))).toEqual([])
    const former = joins[0]!
    hello(0, { epoch: 1, n: 1 })
    const effects = answer(0, { join: former })
    expect(of('write', effects)).toEqual([])
    // It is told its number, so that it goes on under the right one.
    expect(of('send-controller', effects)).toEqual([])
    next()
    expect(of('send-controller', answer(0, { join: former }))).toMatchObject([{ message: { type: 'welcome' } }])
  })

  test('[EX-5] silent for ten ticks it is no longer joined, and the other one is preferred', () => {
    const { fio, next, answer } = running()
    for (let i = 0; i < 10; i++) {
      next()
      answer(1)
    }
    expect(fio.members.map((m) => m.joined)).toEqual([false, true])
    expect(fio.preferred).toBe(1)
  })

  test('[EX-6] digests differ: the other one leaves, replays, and if it still differs it is the one kept', () => {
    const { fio, next, answer, hello, say, of } = running()
    next()
    answer(0, { digest: 666 })
    expect(of('send-controller', answer(1, { digest: 2 }))).toMatchObject([{ index: 1, message: { type: 'leave' } }])
    expect(fio.members.map((m) => m.joined)).toEqual([true, false])
    hello(1)
    const replay = say(1, { type: 'replay-request', from: { epoch: 0, n: 0 } })
    expect(of('send-controller', replay).map((e) => e.message.type)).toEqual(['restore', 'frame', 'frame'])
    answer(1, { at: { epoch: 1, n: 1 }, digest: 1 })
    expect(fio.dispute).toBeDefined()
    const effects = answer(1, { digest: 2 })
    expect(of('send-controller', effects)).toMatchObject([{ index: 0, message: { type: 'leave' } }])
    expect(fio.members.map((m) => m.joined)).toEqual([false, true])
    expect(fio.preferred).toBe(1)
    hello(0)
    next()
    answer(1)
    answer(0)
    expect(fio.dispute).toBeUndefined()
    expect(fio.members.map((m) => m.joined)).toEqual([true, true])
  })

  test('a controller with another strategy stays out', () => {
    const { say, next, of, fio } = rig()
    say(0, { type: 'hello', role: 'controller', index: 0, artifact: 'b', state: { epoch: 4, n: 9 } })
    for (let i = 0; i < 20; i++) next()
    expect(of('send-controller')).toEqual([])
    expect(fio.phase).toBe('gathering')
  })
})

describe('commands', () => {
  const applied: CommandResult = { station: 0, seq: 5, outcome: OUTCOME.applied, refusal: REFUSAL.none }

  test('[EX-8] answered when both agree and the frame is durable, not before', () => {
    const { command, next, answer, frame, feed, results, of, all } = running({ durable: false })
    command()
    next()
    expect(frame().commands.map((c) => c.seq)).toEqual([5])
    answer(0, { results: [applied] })
    expect(results()).toEqual([])
    answer(1, { results: [applied] })
    expect(results()).toEqual([])
    feed({ type: 'log-durable', now_ms: 210, mark: of('log-sync', all).at(-1)!.mark })
    expect(results()).toEqual([applied])
  })

  test('[EX-7] a copy gets the answer again and does not come into a frame; an older number is nobody’s', () => {
    const { command, next, answer, frame, results } = running()
    command()
    next()
    answer(0, { results: [applied] })
    answer(1, { results: [applied] })
    expect(results(command())).toEqual([applied])
    expect(command({ seq: 4 })).toEqual([])
    next()
    expect(frame().commands).toEqual([])
  })

  test('[EX-7] one open command per station; a void follows its command into a frame', () => {
    const { command, next, frame } = running()
    command()
    command({ seq: 6 })
    command({ station: 1, seq: 9 })
    next()
    expect(frame().commands.map((c) => [c.station, c.seq])).toEqual([
      [0, 5],
      [1, 9],
    ])
    command({ kind: COMMAND_KIND.void })
    next()
    expect(frame().commands).toMatchObject([{ station: 0, seq: 5, kind: COMMAND_KIND.void }])
  })

  test('[EX-8] disk full: control goes on, commands are refused, until a later snapshot is durable in a new log', () => {
    const { command, next, answer, feed, of, all, results, say, fio } = running({ durable: false })
    command()
    next()
    const mark = of('log-append', all).at(-1)!.mark
    feed({ type: 'log-failed', now_ms: 205, mark })
    answer(0, { results: [applied] })
    answer(1, { results: [applied] })
    expect(results(command({ station: 1, seq: 9 }))).toMatchObject([
      { station: 1, seq: 9, outcome: OUTCOME.refused, refusal: REFUSAL.notRecorded },
    ])
    for (let i = 0; i < 50; i++) {
      next()
      answer(0)
      answer(1)
    }
    expect(fio.current?.applied).toBe(true)
    expect(of('send-controller').filter((e) => e.message.type === 'snapshot-request')).toMatchObject([{ index: 1 }])
    const { epoch, n } = fio.current!.entry.frame
    const effects = say(1, { type: 'snapshot', epoch, n, digest: n, artifact: 'a', state: Uint8Array.of(1) })
    expect(of('log-begin', effects)).toEqual([{ type: 'log-begin', log: 2 }])
    expect(results()).toHaveLength(1)
    feed({ type: 'log-durable', now_ms: 6000, mark: of('log-sync', effects)[0]!.mark })
    expect(results().at(-1)).toEqual(applied)
    expect(of('log-drop').at(-1)).toEqual({ type: 'log-drop', before: 2 })
  })
})

describe('epochs', () => {
  const entries = (list: LogEntry[]): StoredLog => ({
    log: 4,
    bytes: Uint8Array.from(list.flatMap((e) => [...encodeLogEntry(e)])),
  })
  const snapshot = (epoch: number, n: number) => ({ epoch, n, digest: n, artifact: 'a', state: Uint8Array.of(n) })
  const LOG = entries([{ kind: 'base', epoch: 7, snapshot: snapshot(7, 100) }])

  test('[EX-2] the fresher is the later epoch, whatever its n: an old controller with a larger n is restored', () => {
    const { hello, next, frame, say, of } = rig({ logs: [LOG], epoch: 7 })
    hello(0, { epoch: 6, n: 500 })
    hello(1)
    next()
    expect(frame()).toMatchObject({ epoch: 8, n: 101, prev_epoch: 7, prev_n: 100 })
    const replay = say(0, { type: 'replay-request', from: { epoch: 6, n: 500 } })
    expect(of('send-controller', replay)[0]).toMatchObject({ message: { type: 'restore', epoch: 7, n: 100 } })
  })

  test('[EX-2] a controller that is ahead of the log gives the base', () => {
    const { hello, next, frame, say, of, all } = rig({ logs: [LOG], epoch: 7 })
    hello(0, { epoch: 7, n: 130 })
    hello(1, { epoch: 7, n: 120 })
    expect(of('send-controller', all)).toMatchObject([{ index: 0, message: { type: 'snapshot-request' } }])
    const effects = say(0, { type: 'snapshot', ...snapshot(7, 130) })
    expect(of('log-append').map((e) => decodeLogEntry(e.record.subarray(8)))).toMatchObject([
      { kind: 'base', epoch: 8, snapshot: { n: 130 } },
    ])
    expect(effects).toMatchObject([{ type: 'store-epoch', epoch: 8 }])
    next()
    expect(frame()).toMatchObject({ epoch: 8, n: 131, prev_n: 130 })
  })

  test('[EX-2] waits for both controllers, but not longer than six ticks once there is one', () => {
    const { hello, next, fio } = rig()
    next()
    hello(0)
    for (let i = 0; i < 4; i++) next()
    expect(fio.phase).toBe('gathering')
    next()
    expect(fio.phase).toBe('running')
  })

  test('[EX-9] no frame before the epoch is durable', () => {
    const fio = createFieldIo({ artifact: ARTIFACT, time: 'wall' })
    onEvent(fio, { type: 'start', now_ms: 0, epoch: 3, logs: [] })
    for (const index of [0, 1] as const) {
      const message = { type: 'hello', role: 'controller', index, artifact: 'a', state: { epoch: 0, n: 0 } } as const
      onEvent(fio, { type: 'controller', now_ms: 1, index, message })
    }
    expect(
      onEvent(fio, { type: 'tick', now_ms: 100, tick: 1, t_ms: 0 }).filter((e) => e.type === 'send-controller'),
    ).toEqual([])
    onEvent(fio, { type: 'epoch-stored', now_ms: 110, epoch: 4 })
    onEvent(fio, { type: 'tick', now_ms: 200, tick: 2, t_ms: 0 })
    expect(fio.current?.entry.frame).toMatchObject({ epoch: 4, n: 1 })
  })

  test('[EX-6] a snapshot with another digest than the joined ones answered is not kept', () => {
    const { next, answer, say, fio, of } = running()
    for (let i = 0; i < 50; i++) {
      next()
      answer(0)
      answer(1)
    }
    const { epoch, n } = fio.current!.entry.frame
    say(1, { type: 'snapshot', epoch, n, digest: n + 1, artifact: 'a', state: Uint8Array.of(1) })
    expect(fio.chain.snapshots.map((s) => s.n)).toEqual([0])
    for (let i = 0; i < 10; i++) {
      next()
      answer(0)
      answer(1)
    }
    expect(of('send-controller').filter((e) => e.message.type === 'snapshot-request')).toHaveLength(2)
    const now = fio.current!.entry.frame.n
    say(1, { type: 'snapshot', epoch, n: now, digest: now, artifact: 'a', state: Uint8Array.of(1) })
    expect(fio.chain.snapshots.map((s) => s.n)).toEqual([0, now])
  })
})
