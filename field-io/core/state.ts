/** All that field-io knows, as plain data. Each part is changed by the file of its name only. */
import type { Command, CommandResult, Output, TickId } from '../../contracts/frame.ts'
import type { PaceMessage } from '../../contracts/link.ts'
import { type Chain, coldSnapshot, type Entry } from './chain.ts'
import { everyOf, fastestEvery } from './device/periods.ts'
import type { FieldIoConfig, FieldIoEffect } from './events.ts'
import { type Forces, noForces } from './force.ts'
import type { RecoveredLog, Snapshot } from './log-records.ts'
import { RULES, type Rules } from './rules.ts'

export interface FieldIoState {
  readonly config: FieldIoConfig
  readonly rules: Rules
  readonly tick_ms: number
  /** How long after its tick an answer may still be applied. */
  readonly answer_wait_ms: number
  /** What the event in hand has asked for so far. */
  effects: FieldIoEffect[]
  now_ms: number
  t_ms: number
  /** Of the last tick event; undefined before the first. */
  tick: number | undefined
  ticks_lost: number
  /**
   * gathering: waits for the controllers' states. fetching: waits for the state of one of them. storing: waits until the new
   * epoch's number is durable. running: makes frames.
   */
  phase: 'idle' | 'gathering' | 'fetching' | 'storing' | 'running'
  readonly recovery: Recovery
  epoch: number
  chain: Chain
  /** Ticks since any controller answered one of the last frames. */
  unanswered: number
  /** Tick of the last frame: the next number skips what was lost since. */
  frame_tick: number
  current: CurrentFrame | undefined
  /** The tick that still waits for its `done`, and when it is said though nothing was applied. */
  undone: { readonly tick: number; readonly give_up_ms: number } | undefined
  preferred: 0 | 1
  readonly members: readonly [Member, Member]
  dispute: Dispute | undefined
  readonly devices: readonly Device[]
  readonly image: Image
  readonly forces: Forces
  /** By station number, only those that have spoken. */
  readonly stations: Map<number, Station>
  readonly checkpoint: Checkpoint
  readonly log: Log
  readonly status: StatusMemory
  readonly conducted: Conducted
}

/** What the conductor of a simulated plant waits for. */
export interface Conducted {
  /** The controller that was asked for its state. */
  asked: 0 | 1 | undefined
  /** Until each controller has the state that the conductor gave. */
  restoring: boolean
  /** What a scenario writes as an operator would, for the next frame. */
  orders: Command[]
  /** The frames in which they went, until their answers are agreed. */
  ordered: Entry[]
}

/** What the next epoch shall begin with. */
export interface Recovery {
  /** Highest epoch seen anywhere. */
  epoch_seen: number
  /** Ticks waited in the phase in hand. */
  waited: number
  source: 0 | 1 | undefined
  /** Controllers that were asked for their state and did not send it. */
  readonly failed: [boolean, boolean]
  base: Chain | undefined
}

export interface CurrentFrame {
  readonly entry: Entry
  readonly at_ms: number
  readonly until_ms: number
  readonly outputs: [Output | undefined, Output | undefined]
  applied: boolean
}

export interface Member {
  connected: boolean
  /** Said hello, may join. */
  known: boolean
  /** Said hello with another artifact. */
  foreign: boolean
  state: TickId
  /** Number of its present join; rises for ever. */
  join: number
  joined: boolean
  /** Frame by which it joined: it answers for this one and later ones. */
  joined_at: TickId
  /** Restored in this join and not yet in agreement with the other one. */
  fresh: boolean
  /** Ticks since it answered one of the last frames. */
  silent: number
  /** Tick at which it was last served a replay, and told its join: once a tick is enough. */
  served_tick: number
  welcomed_tick: number
  answer_ms: number
}

/** The two controllers differ. */
export interface Dispute {
  since: TickId
  /** The one that was taken out. */
  leaver: 0 | 1
  open_ticks: number
}

export interface Device {
  readonly inputs: readonly number[]
  /** Indices into artifact.io.outputs. */
  readonly outputs: readonly number[]
  /** Period of its read-backs, ticks. */
  readonly outputs_every: number
  connection: number
  connected: boolean
  read: DeviceRead | undefined
  tripped: boolean
  /** A write or re-arming is under way. */
  busy: boolean
  /** The read-back was read after the last write. */
  after_write: boolean
  rearmed: boolean
  pending: PendingWrite | undefined
  /** Last values sent, by position in `outputs`. */
  readonly sent: (number | undefined)[]
  /** The ones before them, of the same connection. */
  readonly sent_before: (number | undefined)[]
  /** Connection of the last one. */
  readonly sent_on: number[]
  /** Reads running in which an output stood elsewhere than it was put. */
  readonly differs: number[]
  asked_ms: number
  rtt_ms: number
  timeouts: number
}

export interface DeviceRead {
  readonly connection: number
  readonly at_ms: number
  readonly tick: number
  readonly inputs: Float64Array
  readonly statuses: Uint16Array
  /** Ticks by which each input is older than the read; absent: none. */
  readonly input_ages: Float64Array | undefined
  readonly readbacks: Float64Array
  readonly readback_statuses: Uint16Array
}

export interface PendingWrite {
  readonly at: TickId
  readonly until_ms: number
  readonly output: Output
}

/** The image as the last frame left it, so that the next one carries differences. NaN status: not sent in this epoch. */
export interface Image {
  readonly inputs: readonly Point[]
  readonly outputs: readonly Point[]
}

/** Where a point of the artifact's image comes from, and what of it was sent. */
export interface Point {
  readonly device: number
  /** Position in the device's arrays. */
  readonly position: number
  /** Its period, ticks. */
  readonly every: number
  value: number
  status: number
  age_ticks: number
}

export interface Station {
  open: OpenCommand | undefined
  done: { readonly result: CommandResult; readonly at: TickId } | undefined
}

export interface OpenCommand {
  readonly seq: number
  /** When it came. */
  readonly tick: number
  /** Waits for the next frame. */
  queued: { readonly command: Command; readonly tick: number } | undefined
  /** The frame it stands in. */
  entry: Entry | undefined
  kind: number
}

export interface Checkpoint {
  /** Frames since a snapshot was last asked for. */
  since: number
  asked: 0 | 1 | undefined
  /** Arrived, waits for the answers of all joined controllers to its frame. */
  candidate: { readonly snapshot: Snapshot; waited: number } | undefined
}

export interface Log {
  number: number
  next_mark: number
  durable_mark: number
  /** First mark of the present file. */
  begin_mark: number
  /** The present file has a hole: nothing more is written to it. */
  failed: boolean
  frames: number
  frames_unsynced: number
  sync_wanted: boolean
  /** Older files go when this mark is durable. */
  drop_at: number | undefined
  /** Snapshots written, newest last: durable with their marks. */
  snapshots: { readonly at: TickId; readonly mark: number }[]
  /** Newest snapshot that is durable. */
  snapshot_durable: TickId
  recovered: RecoveredLog | undefined
}

export interface StatusMemory {
  sent_ms: number
  pace: Omit<PaceMessage, 'type'> | null
  /** Words of alarms that last for a while, with the tick they go. */
  readonly notes: Map<string, number>
}

export const NOWHERE: TickId = { epoch: 0, n: 0 }

export function createState(config: FieldIoConfig): FieldIoState {
  const { io, control, tick_ms, hash } = config.artifact
  const devices: Device[] = io.devices.map((_, device) => {
    const outputs = io.outputs.flatMap((point, index) => (point.device === device ? [index] : []))
    return {
      inputs: io.inputs.flatMap((point, index) => (point.device === device ? [index] : [])),
      outputs,
      outputs_every: fastestEvery(io, device),
      connection: 0,
      connected: false,
      read: undefined,
      tripped: false,
      busy: false,
      after_write: false,
      rearmed: false,
      pending: undefined,
      sent: outputs.map(() => undefined),
      sent_before: outputs.map(() => undefined),
      sent_on: outputs.map(() => 0),
      differs: outputs.map(() => 0),
      asked_ms: 0,
      rtt_ms: 0,
      timeouts: 0,
    }
  })
  const positions = { inputs: [] as number[], outputs: [] as number[] }
  for (const device of devices) {
    for (const [position, input] of device.inputs.entries()) positions.inputs[input] = position
    for (const [position, output] of device.outputs.entries()) positions.outputs[output] = position
  }
  const place = (
    points: readonly { readonly point: string; readonly device: number; readonly every?: number }[],
    list: 'inputs' | 'outputs',
  ) => {
    const index = new Map(points.map((p, i) => [p.point, i]))
    return (p: { readonly point: string }): Point => {
      const i = index.get(p.point)
      if (i === undefined) throw new Error(`${p.point} is in the image but on no device`)
      const { device } = points[i]!
      const position = positions[list][i]!
      const every = list === 'inputs' ? everyOf(points[i]!) : devices[device]!.outputs_every
      return { device, position, every, value: 0, status: Number.NaN, age_ticks: 0 }
    }
  }
  const member = (): Member => ({
    connected: false,
    known: false,
    foreign: false,
    state: NOWHERE,
    join: 0,
    joined: false,
    joined_at: NOWHERE,
    fresh: false,
    silent: 0,
    served_tick: -1,
    welcomed_tick: -1,
    answer_ms: 0,
  })
  return {
    config,
    rules: config.rules ?? RULES,
    tick_ms,
    answer_wait_ms: config.time === 'wall' ? tick_ms : (config.answer_wait_ms ?? 10 * tick_ms),
    effects: [],
    now_ms: 0,
    t_ms: 0,
    tick: undefined,
    ticks_lost: 0,
    phase: 'idle',
    recovery: { epoch_seen: 0, waited: 0, source: undefined, failed: [false, false], base: undefined },
    epoch: 0,
    chain: { snapshots: [coldSnapshot(hash)], entries: [] },
    unanswered: 0,
    frame_tick: 0,
    current: undefined,
    undone: undefined,
    preferred: 0,
    members: [member(), member()],
    dispute: undefined,
    devices,
    image: {
      inputs: control.inputs.map(place(io.inputs, 'inputs')),
      outputs: control.outputs.map(place(io.outputs, 'outputs')),
    },
    forces: noForces(),
    stations: new Map(),
    checkpoint: { since: 0, asked: undefined, candidate: undefined },
    log: {
      number: 0,
      next_mark: 1,
      durable_mark: 0,
      begin_mark: 1,
      failed: false,
      frames: 0,
      frames_unsynced: 0,
      sync_wanted: false,
      drop_at: undefined,
      snapshots: [],
      snapshot_durable: NOWHERE,
      recovered: undefined,
    },
    status: { sent_ms: Number.NEGATIVE_INFINITY, pace: null, notes: new Map() },
    conducted: { asked: undefined, restoring: false, orders: [], ordered: [] },
  }
}

export const other = (index: 0 | 1): 0 | 1 => (index === 0 ? 1 : 0)

/** Words for the operator's system page, shown for a minute. */
export function note(state: FieldIoState, text: string): void {
  state.status.notes.set(text, (state.tick ?? 0) + Math.ceil(60_000 / state.tick_ms))
}
