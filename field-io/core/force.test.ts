import { expect, test } from 'vitest'
import type { Frame } from '../../contracts/frame.ts'
import { FORCE_MS_MAX, FORCE_REFUSAL, type ForceState } from '../../contracts/link.ts'
import { FLAG, STATUS } from '../../contracts/status.ts'
import type { FieldIoArtifact, FieldIoEffect, FieldIoEvent } from './events.ts'
import { createFieldIo, onEvent } from './field-io.ts'
import { ONE_DEVICE, REGISTER, TICK_MS } from './testing/one-device.ts'

const T = TICK_MS
const ARTIFACT: FieldIoArtifact = {
  ...ONE_DEVICE,
  io: {
    ...ONE_DEVICE.io,
    inputs: [...ONE_DEVICE.io.inputs, { ...REGISTER, point: 'D/DI/1', device: 0, status_register: -1, type: 'bool' }],
  },
  control: { ...ONE_DEVICE.control, inputs: [...ONE_DEVICE.control.inputs, { point: 'D/DI/1', s: 0 }] },
}

/** A field-io with both controllers joined, whose device stands where it was written and reads 42 and 1. */
function rig() {
  const fio = createFieldIo({ artifact: ARTIFACT, time: 'wall' })
  let now_ms = 0
  let tick = 0
  let stands = 50
  const joins = [0, 0]
  const sent: FieldIoEffect[] = []
  const feed = (event: FieldIoEvent): FieldIoEffect[] => {
    const effects = onEvent(fio, event)
    sent.push(...effects)
    for (const e of effects) {
      if (e.type === 'store-epoch') feed({ type: 'epoch-stored', now_ms, epoch: e.epoch })
      if (e.type === 'log-sync') feed({ type: 'log-durable', now_ms, mark: e.mark })
      if (e.type === 'send-controller' && 'join' in e.message) joins[e.index] = e.message.join
      if (e.type === 'write') stands = e.values[0]!
    }
    return effects
  }
  const read = () =>
    feed({
      type: 'device-read',
      now_ms,
      device: 0,
      connection: 1,
      inputs: Float64Array.of(42, 1),
      statuses: Uint16Array.of(STATUS.good, STATUS.good),
      readbacks: Float64Array.of(stands),
      readback_statuses: Uint16Array.of(STATUS.good),
      tripped: false,
    })
  feed({ type: 'start', now_ms, epoch: 0, logs: [] })
  const hello = (state: { readonly epoch: number; readonly n: number }): void => {
    for (const index of [0, 1] as const) {
      feed({
        type: 'controller',
        now_ms,
        index,
        message: { type: 'hello', role: 'controller', index, artifact: 'a', state },
      })
    }
  }
  hello({ epoch: 0, n: 0 })
  /** One tick: read, frame, both controllers' answer `value`, written. */
  const turn = (value = 50, status: number = STATUS.good): Frame => {
    tick++
    now_ms = tick * T
    read()
    feed({ type: 'tick', now_ms, tick, t_ms: 1000 + now_ms })
    const { frame } = fio.current!.entry
    for (const controller of [0, 1] as const) {
      const output = {
        epoch: frame.epoch,
        n: frame.n,
        controller,
        join: joins[controller]!,
        digest: frame.n,
        values: Float64Array.of(value),
        statuses: Uint16Array.of(status),
        results: [],
      }
      feed({ type: 'controller', now_ms, index: controller, message: { type: 'output', output } })
    }
    feed({ type: 'device-done', now_ms, device: 0, connection: 1, ok: true })
    return frame
  }
  /** Nobody answers for so many ticks; then both say hello with the state they had. */
  const silence = (ticks: number): void => {
    const { epoch, n } = fio.current!.entry.frame
    for (let i = 0; i < ticks; i++) {
      tick++
      now_ms = tick * T
      read()
      feed({ type: 'tick', now_ms, tick, t_ms: 1000 + now_ms })
    }
    hello({ epoch, n })
  }
  let id = 0
  const refusal = (effects: FieldIoEffect[]): number | undefined => {
    for (const e of effects) {
      if (e.type === 'send-gateway' && e.message.type === 'force-result') {
        expect(e.message.id).toBe(id)
        return e.message.refusal
      }
    }
    return undefined
  }
  const force = (point: string, value: number, for_ms = 1000): number | undefined => {
    const order = { type: 'force', id: ++id, point, value, for_ms, who: 'kim', reason: 'loop check' } as const
    return refusal(feed({ type: 'gateway', now_ms, message: order }))
  }
  const unforce = (point: string): number | undefined =>
    refusal(feed({ type: 'gateway', now_ms, message: { type: 'unforce', id: ++id, point } }))
  const listed = (): readonly ForceState[] => {
    const last = sent.findLast((e) => e.type === 'send-gateway' && e.message.type === 'forces')
    return last?.type === 'send-gateway' && last.message.type === 'forces' ? last.message.forces : []
  }
  turn()
  turn()
  const frames = (): Frame[] =>
    sent.flatMap((e) => (e.type === 'send-controller' && e.message.type === 'frame' ? [e.message.frame] : []))
  return { turn, silence, frames, force, unforce, listed, stands: () => stands }
}

test('[FORCE-1] a forced input stands in the frame as Good and forced, once, and its own value comes back with the end', () => {
  const r = rig()
  expect(r.force('D/AI/1', 7.5)).toBe(FORCE_REFUSAL.none)
  expect(r.turn().inputs).toEqual([{ input: 0, value: 7.5, status: STATUS.good | FLAG.forced, age_ticks: 0 }])
  expect(r.turn().inputs).toEqual([])
  expect(r.unforce('D/AI/1')).toBe(FORCE_REFUSAL.none)
  expect(r.turn().inputs).toEqual([{ input: 0, value: 42, status: STATUS.good, age_ticks: 0 }])
})

test('[FORCE-2] a force ends by itself after its time in ticks, and the list says who, why and how long', () => {
  const r = rig()
  r.force('D/AI/1', 7.5, 250)
  expect(r.listed()).toEqual([
    { point: 'D/AI/1', value: 7.5, who: 'kim', reason: 'loop check', since_ms: 1200, left_ms: 300 },
  ])
  // 250 ms are three ticks of 100 ms begun: two frames carry it, the third does not.
  r.turn()
  expect(r.turn().inputs).toEqual([])
  expect(r.turn().inputs).toEqual([{ input: 0, value: 42, status: STATUS.good, age_ticks: 0 }])
  expect(r.listed()).toEqual([])
})

test('[FORCE-3] a forced output goes there in its own steps, whatever the controllers say, and its read-back is flagged', () => {
  const r = rig()
  r.force('D/AO/1', 55)
  // From 50 by at most 2 a tick, though the controllers want 20 and then nothing at all.
  r.turn(20)
  expect(r.stands()).toBe(52)
  expect(r.turn(20).readbacks).toEqual([{ output: 0, value: 52, status: STATUS.good | FLAG.forced }])
  expect(r.stands()).toBe(54)
  r.turn(20, STATUS.bad)
  r.turn(20, STATUS.bad)
  expect(r.stands()).toBe(55)
  r.unforce('D/AO/1')
  // The block has followed the read-back meanwhile.
  expect(r.turn(55).readbacks).toEqual([{ output: 0, value: 55, status: STATUS.good }])
  expect(r.stands()).toBe(55)
})

test('[FORCE-4] what cannot be forced is refused and changes nothing', () => {
  const r = rig()
  expect(r.force('D/AI/9', 1)).toBe(FORCE_REFUSAL.unknownPoint)
  expect(r.force('D/AI/1', Number.NaN)).toBe(FORCE_REFUSAL.notFinite)
  expect(r.force('D/AI/1', 1, 0)).toBe(FORCE_REFUSAL.duration)
  expect(r.force('D/AI/1', 1, FORCE_MS_MAX + 1)).toBe(FORCE_REFUSAL.duration)
  expect(r.force('D/AI/1', 1, Number.NaN)).toBe(FORCE_REFUSAL.duration)
  expect(r.force('D/AO/1', 100.5)).toBe(FORCE_REFUSAL.outOfRange)
  expect(r.force('D/AO/1', -1)).toBe(FORCE_REFUSAL.outOfRange)
  expect(r.force('D/DI/1', 2)).toBe(FORCE_REFUSAL.outOfRange)
  expect(r.unforce('D/AI/1')).toBe(FORCE_REFUSAL.notForced)
  expect(r.unforce('D/AI/9')).toBe(FORCE_REFUSAL.unknownPoint)
  expect(r.listed()).toEqual([])
  expect(r.turn().inputs).toEqual([])
  expect(r.force('D/DI/1', 0)).toBe(FORCE_REFUSAL.none)
  expect(r.turn().inputs).toEqual([{ input: 1, value: 0, status: STATUS.good | FLAG.forced, age_ticks: 0 }])
})

test('[FORCE-5] a second force of a point takes the place of the first, with its own time', () => {
  const r = rig()
  r.force('D/AI/1', 7, 200)
  r.force('D/AI/1', 8, 1000)
  expect(r.turn().inputs).toEqual([{ input: 0, value: 8, status: STATUS.good | FLAG.forced, age_ticks: 0 }])
  r.turn()
  r.turn()
  expect(r.listed().map((f) => f.value)).toEqual([8])
})

test('[FORCE-12] an epoch that begins anew while field-io lives carries the force in its first frame', () => {
  const r = rig()
  expect(r.turn().epoch).toBe(1)
  r.force('D/AI/1', 7.5, 60_000)
  r.turn()
  // Ten ticks unanswered hold, sixty more begin a new epoch.
  r.silence(75)
  const first = r.frames().find((frame) => frame.epoch === 2)
  expect(first?.inputs).toContainEqual({ input: 0, value: 7.5, status: STATUS.good | FLAG.forced, age_ticks: 0 })
  expect(r.listed().map((f) => f.left_ms)).not.toEqual([60_000])
})
