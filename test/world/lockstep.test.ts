import { expect, test } from 'vitest'
import type { Frame, Output } from '../../contracts/frame.ts'
import { createMember, onMemberEvent } from '../../controller/core/member.ts'
import type { FieldIoEffect, FieldIoEvent } from '../../field-io/core/events.ts'
import { createFieldIo, onEvent } from '../../field-io/core/field-io.ts'
import { readLog } from '../../field-io/core/log-records.ts'

import { createStandIn, DEVICE_INPUTS, DEVICE_OUTPUTS, STAND_IN_ARTIFACT } from '../../simulation/world/stand-in.ts'

/** The same cores as in the programs, wired by function calls: a conductor grants each tick when the last one is done. */
function lockstep(ticks: number) {
  const members = ([0, 1] as const).map((controller) =>
    createMember({
      controller,
      artifact: STAND_IN_ARTIFACT.hash,
      create: () => createStandIn({ dedup: true, expiry: true }),
    }),
  )
  const fio = createFieldIo({ artifact: STAND_IN_ARTIFACT, time: 'granted' })
  const queue: FieldIoEvent[] = []
  const frames: Frame[] = []
  const outputs: Output[][] = [[], []]
  const written: number[][] = []
  const log: Uint8Array[] = []
  const device = new Float64Array(DEVICE_OUTPUTS).fill(10)
  let now_ms = 0
  let done = -1

  const answer = (index: 0 | 1, effects: ReturnType<typeof onMemberEvent>): void => {
    for (const effect of effects) {
      if (effect.type !== 'send') continue
      if (effect.message.type === 'output') outputs[index]!.push(effect.message.output)
      queue.push({ type: 'controller', now_ms, index, message: effect.message })
    }
  }
  const perform = (effect: FieldIoEffect): void => {
    if (effect.type === 'send-controller') {
      if (effect.message.type === 'frame' && effect.index === 0) frames.push(effect.message.frame)
      answer(effect.index, onMemberEvent(members[effect.index]!, { type: 'message', message: effect.message }))
    } else if (effect.type === 'write') {
      effect.outputs.forEach((output, i) => {
        device[output] = effect.values[i]!
      })
      written.push([...device])
      queue.push({ type: 'device-done', now_ms, device: 0, connection: 1, ok: true })
    } else if (effect.type === 'log-append') log.push(effect.record)
    else if (effect.type === 'log-sync') queue.push({ type: 'log-durable', now_ms, mark: effect.mark })
    else if (effect.type === 'store-epoch') queue.push({ type: 'epoch-stored', now_ms, epoch: effect.epoch })
    else if (effect.type === 'done') done = effect.tick
  }
  const feed = (event: FieldIoEvent): void => {
    queue.push(event)
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      for (const effect of onEvent(fio, next)) perform(effect)
    }
  }
  feed({ type: 'start', now_ms, epoch: 0, logs: [] })
  for (const index of [0, 1] as const) answer(index, onMemberEvent(members[index]!, { type: 'up' }))
  for (let tick = 1; tick <= ticks; tick++) {
    // A tick takes a millisecond of the wall's time here: a hundred times as fast as the plant's.
    now_ms++
    const inputs = Float64Array.from({ length: DEVICE_INPUTS }, (_, i) => 50 + 20 * Math.sin(tick / (7 + i)))
    feed({
      type: 'device-read',
      now_ms,
      device: 0,
      connection: 1,
      inputs,
      statuses: new Uint16Array(DEVICE_INPUTS).fill(0x80),
      readbacks: device.slice(),
      readback_statuses: new Uint16Array(DEVICE_OUTPUTS).fill(0x80),
      tripped: false,
    })
    feed({ type: 'tick', now_ms, tick, t_ms: 0 })
    if (done !== tick) throw new Error(`tick ${tick} is not done`)
  }
  return { fio, frames, outputs, written, log }
}

test('[EX-3] granted ticks: every tick makes one frame, both answer alike, every answer is written', () => {
  const { frames, outputs, written } = lockstep(500)
  expect(frames.map((f) => f.n)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1))
  expect(outputs[0]!.map((o) => o.digest)).toEqual(outputs[1]!.map((o) => o.digest))
  expect(written.length).toBe(500)
})

test('[EX-1] an engine that is given the frames of the log alone reaches the digests of the pair', () => {
  const { outputs, log } = lockstep(300)
  const bytes = new Uint8Array(log.reduce((sum, r) => sum + r.length, 0))
  let at = 0
  for (const record of log) {
    bytes.set(record, at)
    at += record.length
  }
  const recovered = readLog(bytes)!
  const engine = createStandIn({ dedup: true, expiry: true })
  const digests = recovered.frames.map((frame) => {
    engine.step(frame)
    return engine.digest()
  })
  expect(digests).toEqual(outputs[0]!.map((o) => o.digest))
  // Every snapshot among the frames is the state that the engine had there.
  expect(recovered.snapshots.length).toBeGreaterThanOrEqual(4)
  for (const snapshot of recovered.snapshots) expect(snapshot.digest).toBe(digests[snapshot.n - 1])
})
