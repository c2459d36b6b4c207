/** All that is known of one polled device, as plain data. */
import type { DeviceRecord, IoSection, OutputPoint } from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import { type Stream, stream } from '../../../numerics/streams.ts'
import type { DeviceWrite } from '../events.ts'
import type { DeviceEffect } from './device-events.ts'
import { type PathCounters, pathCounters } from './health.ts'
import { type DeviceImage, type PollPlan, pollPlan } from './poll-plan.ts'
import type { WriteStep } from './write-plan.ts'

export interface DeviceConfig {
  readonly io: IoSection
  readonly index: number
  readonly tick_ms: number
  /** granted: what is due is read before the tick is given, slow classes first. */
  readonly time: 'wall' | 'granted'
  /** One or two ways to the device. `alone`: nobody else uses the connection, it may be given up at a time-out. */
  readonly paths: readonly { readonly endpoint: string; readonly unit: number; readonly alone: boolean }[]
  /** Of the waits after failures: other processes should draw other ones. */
  readonly seed: number
}

/** What a request was asked for. */
export type Purpose =
  | 'watchdog-look'
  | 'watchdog-set'
  | 'watchdog-again'
  | 'read'
  | 'write'
  | 'mask'
  | 'modify-read'
  | 'modify-write'
  | 'rearm'
  | 'supervise'

export interface Path {
  readonly endpoint: string
  readonly unit: number
  readonly alone: boolean
  readonly name: string
  readonly chance: Stream
  readonly counters: PathCounters
  /** The connection stands. */
  up: boolean
  asked: { readonly id: number; readonly purpose: Purpose; readonly at_ms: number } | undefined
  /** Failures since the last good answer. */
  failures: number
  /** Not asked before; 0: at once. */
  retry_ms: number
  /** Pause after an answer, or after "busy". */
  pause_until_ms: number
  /** It has answered whatever it was asked since then; undefined: it has failed, or was never asked. */
  good_since_ms: number | undefined
  supervise_ms: number
  why: string
}

/** The reading of one class. */
export interface Pass {
  /** Asked for and not yet ended. */
  due: boolean
  deadline_ms: number
  /** Next read of the class. */
  at: number
  answers: (ArrayLike<number> | undefined)[]
  /** Read since the device was last out of use. */
  done: boolean
  sampled_ms: number
  sampled_tick: number
}

export interface WriteJob {
  readonly write: DeviceWrite
  readonly steps: readonly WriteStep[]
  at: number
  /** Content of the register of a read-modify-write. */
  present: number | undefined
}

/**
 * Coming into use: the output watchdog is looked at (and set, and looked at again), then everything is read once. `ready`: in use.
 */
export type Stage = 'watchdog-look' | 'watchdog-set' | 'watchdog-again' | 'reading' | 'ready'

export interface DeviceState {
  readonly config: DeviceConfig
  readonly record: DeviceRecord
  readonly outputs: readonly OutputPoint[]
  /** Of the fastest class, ms. */
  readonly period_ms: number
  readonly paths: readonly Path[]
  effects: DeviceEffect[]
  now_ms: number
  /** When a `time` event is wanted; infinite: none. */
  wake_ms: number
  next_id: number
  active: number
  plan: PollPlan
  readonly passes: readonly Pass[]
  /** The pass whose read is under way. */
  reading: number
  readonly image: DeviceImage
  tick: number
  stage: Stage
  /** Rises with every time the device comes into use. */
  connection: number
  /** Why the device is not in use; undefined while it is. */
  why: string | undefined
  write: WriteJob | undefined
  /** Connection for which re-arming was asked for. */
  rearm: number | undefined
  written_since_read: boolean
  no_mask_write: boolean
  /** Nothing is written before: what was sent by the path before may still be executed. */
  fence_ms: number
  /** When a write last ended without an answer. */
  unresolved_ms: number
  readonly tokens: number[]
  switches: number
  switched_ms: number
  /** How long a path must have been good before it is switched to. */
  hold_ms: number
  started_ms: number | undefined
  late: number
}

export function createDevice(config: DeviceConfig): DeviceState {
  const { io, index, tick_ms } = config
  const record = io.devices[index]!
  const inputs = io.inputs.filter((p) => p.device === index)
  const outputs = io.outputs.filter((p) => p.device === index)
  const plan = pollPlan(io, index, 'gaps')
  return {
    config,
    record,
    outputs,
    period_ms: plan.classes[0]!.every * tick_ms,
    paths: config.paths.map(({ endpoint, unit, alone }, i): Path => {
      const name = 'AB'[i]!
      return {
        endpoint,
        unit,
        alone,
        name,
        chance: stream(config.seed, `${record.id}/${name}`),
        counters: pathCounters(),
        up: false,
        asked: undefined,
        failures: 0,
        retry_ms: 0,
        pause_until_ms: 0,
        good_since_ms: undefined,
        supervise_ms: 0,
        why: 'not yet connected',
      }
    }),
    effects: [],
    now_ms: 0,
    wake_ms: Number.POSITIVE_INFINITY,
    next_id: 1,
    active: 0,
    plan,
    passes: plan.classes.map(newPass),
    reading: 0,
    image: {
      values: new Float64Array(inputs.length),
      statuses: new Uint16Array(inputs.length).fill(STATUS.badNoComm),
      readbacks: new Float64Array(outputs.length),
      readback_statuses: new Uint16Array(outputs.length).fill(STATUS.badNoComm),
      exponents: outputs.map(() => undefined),
      tripped: false,
    },
    tick: 0,
    stage: firstStage(record),
    connection: 0,
    why: 'not yet connected',
    write: undefined,
    rearm: undefined,
    written_since_read: false,
    no_mask_write: false,
    fence_ms: 0,
    unresolved_ms: Number.NEGATIVE_INFINITY,
    tokens: [],
    switches: 0,
    switched_ms: Number.NEGATIVE_INFINITY,
    hold_ms: 0,
    started_ms: undefined,
    late: 0,
  }
}

export const firstStage = (record: DeviceRecord): Stage => (record.watchdog === undefined ? 'reading' : 'watchdog-look')

export const newPass = (): Pass => ({
  due: false,
  deadline_ms: 0,
  at: 0,
  answers: [],
  done: false,
  sampled_ms: 0,
  sampled_tick: 0,
})
