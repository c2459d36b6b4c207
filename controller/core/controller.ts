import type { Artifact } from '../../contracts/artifact.ts'
import {
  COMMAND_KIND,
  type Command,
  type CommandResult,
  type Frame,
  OUTCOME,
  REFUSAL,
  type ScanEvent,
  type TickId,
} from '../../contracts/frame.ts'
import { codeOf, isBad, STATUS } from '../../contracts/status.ts'
import { createArena, type Placed } from './arena.ts'
import { assert } from './assert.ts'
import type { BlockType, FieldDecl } from './block.ts'
import { BLOCK_TYPES } from './blocks/index.ts'
import { digest } from './digest.ts'
import { EVENT, EVENTS_PER_SCAN_MAX } from './events.ts'

/** What one frame led to. The arrays are the controller's own and are overwritten by the next step. */
export interface StepResult {
  /** One per `artifact.control.outputs`, in the device's own quantity. */
  readonly values: Float64Array
  readonly statuses: Uint16Array
  readonly results: readonly CommandResult[]
  readonly events: readonly ScanEvent[]
}

/**
 * One controller's state and scan: a function of the artifact and the frames, without clock, sockets or chance.
 * A frame is `step`; a program that makes its frames in place latches, writes and scans by hand.
 */
export interface Controller {
  readonly artifact: Artifact
  /** The state region, with cells of the engine's own behind `artifact.control.s_count`. */
  readonly s: Float64Array
  /** The tick whose scan this state stands after; epoch 0: none. What is read stays as it was when the next scan runs. */
  get state(): TickId
  set state(at: TickId)
  /** Outputs after the last scan. */
  readonly values: Float64Array
  readonly statuses: Uint16Array
  /** What the last scan reported; read before the next. */
  readonly events: readonly ScanEvent[]
  /** Events that did not fit into their scans, since the cold load. */
  readonly events_lost: number

  /** @throws BugError where the frame's parent is not this state: it must never be executed on another. */
  step(frame: Frame): StepResult

  latchInput(input: number, value: number, status: number, age_ticks?: number): void
  latchReadback(output: number, value: number, status: number): void
  /** Writes a value as an operator would, between scans; a REFUSAL code. */
  write(target: number, value: number): number
  /**
   * One scan at tick n of the state's epoch. Ticks may be skipped: a class is due once where at least one of its ticks
   * lies in (n of the state, n], that is where floor((n - phase) / every) has changed. After a cold load all are due.
   */
  scan(n: number): void

  /** Copies all published values; the status of a value that has none is Good. */
  published(values: Float64Array, statuses: Uint16Array): void
  /** Of the whole mutable state, S and R: a safe integer. */
  digest(): number
  /** The whole mutable state with its tick. */
  save(): Uint8Array
  /** @throws RangeError where the bytes are not a state of this artifact at this tick. */
  load(bytes: Uint8Array, at: TickId): void
}

/** Cells behind the artifact's S: scans since the cold load, events lost. */
const OWN = { scans: 0, events_lost: 1, count: 2 } as const
const STATION_CELLS = 3
const NO_RESULTS: readonly CommandResult[] = Object.freeze([])

export function createController(artifact: Artifact, types: ReadonlyMap<string, BlockType> = BLOCK_TYPES): Controller {
  const { control } = artifact
  const arena = createArena(artifact, types, OWN.count)
  const { s, r, classes, blocks } = arena
  const own = control.s_count
  const regions = [new Uint32Array(s.buffer), new Uint32Array(r.buffer)]
  const inputs = Int32Array.from(control.inputs, (i) => i.s)
  const outputs = Int32Array.from(control.outputs, (o) => o.s)
  const publishedAt = Int32Array.from(control.published, (p) => p.s)
  const publishedStatus = Int32Array.from(control.published, (p) => p.status)
  const values = new Float64Array(outputs.length)
  const statuses = new Uint16Array(outputs.length)

  // States whose change is an event. What they were is read from S itself, so it needs no place in a snapshot.
  const watched = control.blocks.flatMap((record, block) =>
    blocks[block]!.type.fields.flatMap((field) =>
      field.event === undefined || isIdle(blocks[block]!, field)
        ? []
        : [{ at: record.s + blocks[block]!.layout.S[field.name]!, code: field.event, block }],
    ),
  )
  const watchedAt = Int32Array.from(watched, (w) => w.at)
  const before = new Float64Array(watched.length)
  // By block, its first; they are in the order of blocks, so those of a step are one stretch.
  const firstWatched = new Int32Array(blocks.length + 1)
  for (const { block } of watched) firstWatched[block + 1]! += 1
  for (let b = 0; b < blocks.length; b++) firstWatched[b + 1]! += firstWatched[b]!
  /** A state may be another than at the end of the last scan. */
  let stirred = true
  // Numbers in a typed array, because an object a scan is garbage at every tick; the object is made where it is read.
  const tick = new Float64Array(2)
  let read: TickId = Object.freeze({ epoch: 0, n: 0 })
  const stand = (epoch: number, n: number): void => {
    tick[0] = epoch
    tick[1] = n
  }
  let events: ScanEvent[] = []
  let closed = true
  /** Opens the list of the coming scan, which what is written before it belongs to. */
  const open = (): void => {
    if (closed && events.length > 0) events = []
    closed = false
  }
  const report = (code: number, block: number, a: number, b: number): void => {
    if (events.length < EVENTS_PER_SCAN_MAX) events.push({ ordinal: events.length, code, block, a, b })
    else s[own + OWN.events_lost]! += 1
  }

  // A writable names its field by what is written; what stands on the operator's screen is one cell of S.
  const writable = control.writable.map((w) => {
    const { type, layout } = blocks[w.block]!
    const shown = layout.S[w.field === 'MODE' ? 'MODE_TARGET' : w.field]
    assert(shown !== undefined && type.write !== undefined, `${w.key}: ${type.type} has no ${w.field} to write`)
    const code = eventOf(w.field)
    return { ...w, shown: control.blocks[w.block]!.s + shown, code }
  })

  function writeTo(target: number, value: number, expected: number): number {
    const to = writable[target]
    if (to === undefined) return REFUSAL.unknownTarget
    if (!(value - value === 0)) return REFUSAL.notFinite
    // NaN: no expectation.
    if (!Number.isNaN(expected) && s[to.shown]! !== expected) return REFUSAL.changed
    const { type, s: slice, k } = blocks[to.block]!
    const refusal = type.write!(slice, k, to.field, value + 0)
    stirred = true
    open()
    if (refusal === REFUSAL.none && to.code !== 0) report(to.code, to.block, target, value)
    return refusal
  }

  function execute(command: Command, epoch: number, n: number): CommandResult | undefined {
    const { station, seq } = command
    if (!(station >= 0 && station < control.stations.count))
      return { station, seq, outcome: OUTCOME.refused, refusal: REFUSAL.unknownTarget }
    const cell = control.stations.s + STATION_CELLS * station
    const last = s[cell]!
    // An older number was answered and is closed; only its latest answer is kept, so a late copy gets none.
    if (seq < last) return undefined
    if (seq > last) {
      let outcome: number = OUTCOME.applied
      let refusal: number = REFUSAL.none
      if (command.kind === COMMAND_KIND.void) outcome = OUTCOME.voided
      else if (command.epoch !== epoch || n > command.n + command.ttl_ticks) outcome = OUTCOME.expired
      else {
        refusal = writeTo(command.target, command.value, command.expected)
        if (refusal !== REFUSAL.none) outcome = OUTCOME.refused
      }
      s[cell] = seq
      s[cell + 1] = outcome
      s[cell + 2] = refusal
    }
    return { station, seq, outcome: s[cell + 1]!, refusal: s[cell + 2]! }
  }

  function scanAt(n: number, was: number): void {
    open()
    const cold = s[own + OWN.scans] === 0
    for (let c = 0; c < classes.length; c++) {
      const { every, phase, steps } = classes[c]!
      if (!cold && Math.floor((n - phase) / every) === Math.floor((was - phase) / every)) continue
      for (let i = 0; i < steps.length; i++) {
        const step = steps[i]!
        const { copies } = step
        for (let j = 0; j < copies.length; j += 2) {
          const from = copies[j]!
          const to = copies[j + 1]!
          s[to] = s[from]!
          s[to + 1] = s[from + 1]!
        }
        if (step.run(step.s, step.k, step.r) === false) continue
        const end = firstWatched[step.last + 1]!
        for (let j = firstWatched[step.first]!; j < end; j++) if (s[watchedAt[j]!]! !== before[j]!) stirred = true
      }
    }
    s[own + OWN.scans]! += 1
    if (stirred) reportChanges()
    for (let i = 0; i < outputs.length; i++) {
      values[i] = s[outputs[i]!]!
      statuses[i] = s[outputs[i]! + 1]!
    }
    closed = true
  }

  /** In the order of blocks, whatever the order in which they ran. */
  function reportChanges(): void {
    for (let i = 0; i < watchedAt.length; i++) {
      const now = s[watchedAt[i]!]!
      if (now !== before[i]!) {
        report(watched[i]!.code, watched[i]!.block, before[i]!, now)
        before[i] = now
      }
    }
    stirred = false
  }

  const remember = (): void => {
    for (let i = 0; i < watchedAt.length; i++) before[i] = s[watchedAt[i]!]!
  }
  remember()

  const put = (at: number, value: number, status: number): void => {
    // Not connected says of a wire that it is open: on a point it is a loss of communication.
    const known =
      codeOf(status) === STATUS.badNotConnected ? status - STATUS.badNotConnected + STATUS.badNoComm : status
    if (value - value === 0) {
      s[at] = value + 0
      s[at + 1] = known
    } else s[at + 1] = isBad(known) ? known : STATUS.bad
  }

  const controller: Controller = {
    artifact,
    s,
    get state() {
      if (read.epoch !== tick[0] || read.n !== tick[1]) read = Object.freeze({ epoch: tick[0]!, n: tick[1]! })
      return read
    },
    set state({ epoch, n }) {
      stand(epoch, n)
    },
    values,
    statuses,
    get events() {
      return events
    },
    get events_lost() {
      return s[own + OWN.events_lost]!
    },
    latchInput(input, value, status, age_ticks = 0) {
      const at = inputs[input]
      assert(at !== undefined, `no input ${input}`)
      put(at, value, status)
      s[at + 2] = age_ticks
    },
    latchReadback(output, value, status) {
      const at = outputs[output]
      assert(at !== undefined, `no output ${output}`)
      put(at + 2, value, status)
    },
    write: (target, value) => writeTo(target, value, Number.NaN),
    step(frame) {
      const epoch = tick[0]!
      const n = tick[1]!
      assert(
        frame.prev_epoch === epoch && frame.prev_n === n,
        `frame (${frame.epoch}, ${frame.n}) continues (${frame.prev_epoch}, ${frame.prev_n}), the state is (${epoch}, ${n})`,
      )
      open()
      for (const input of frame.inputs) controller.latchInput(input.input, input.value, input.status, input.age_ticks)
      for (const readback of frame.readbacks) controller.latchReadback(readback.output, readback.value, readback.status)
      let results = NO_RESULTS
      if (frame.commands.length > 0) {
        results = frame.commands.flatMap((command) => execute(command, frame.epoch, frame.n) ?? [])
      }
      scanAt(frame.n, n)
      stand(frame.epoch, frame.n)
      return { values, statuses, results, events }
    },
    scan(n) {
      scanAt(n, tick[1]!)
      tick[1] = n
    },
    published(into, intoStatuses) {
      for (let i = 0; i < publishedAt.length; i++) {
        into[i] = s[publishedAt[i]!]!
        const status = publishedStatus[i]!
        intoStatuses[i] = status < 0 ? STATUS.good : s[status]!
      }
    },
    digest: () => digest(regions),
    save() {
      const bytes = new Float64Array(2 + s.length + r.length)
      bytes[0] = tick[0]!
      bytes[1] = tick[1]!
      bytes.set(s, 2)
      bytes.set(r, 2 + s.length)
      return new Uint8Array(bytes.buffer)
    },
    load(bytes, at) {
      const count = 2 + s.length + r.length
      if (bytes.byteLength !== count * 8) {
        throw new RangeError(`a state of ${bytes.byteLength} bytes, this artifact has ${count * 8}`)
      }
      const numbers = new Float64Array(bytes.slice().buffer)
      if (numbers[0] !== at.epoch || numbers[1] !== at.n) {
        throw new RangeError(`a state of (${numbers[0]}, ${numbers[1]}) where (${at.epoch}, ${at.n}) was said`)
      }
      s.set(numbers.subarray(2, 2 + s.length))
      r.set(numbers.subarray(2 + s.length))
      stand(at.epoch, at.n)
      events = []
      remember()
      // Outputs are part of S: they stand again as after that scan.
      for (let i = 0; i < outputs.length; i++) {
        values[i] = s[outputs[i]!]!
        statuses[i] = s[outputs[i]! + 1]!
      }
    },
  }
  return controller
}

/** A state that cannot change in this block as it is configured. */
const isIdle = ({ layout, k }: Placed, { event_if }: FieldDecl): boolean =>
  event_if !== undefined && k[layout.K[event_if]!] === 0

/** Event of a write; 0: none. The target mode has one of its own, and a host that refreshes is no news. */
function eventOf(field: string): number {
  if (field === 'MODE' || field.startsWith('RCAS_IN') || field.startsWith('ROUT_IN')) return 0
  return field === 'SP' ? EVENT.spWritten : field.startsWith('OUT') ? EVENT.outWritten : EVENT.parameterWritten
}
