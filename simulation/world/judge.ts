/**
 * The judge sees everything and knows the truth: a reference engine steps every frame from its parent's state.
 *
 * What must hold is checked when it happens, so that a violation names its moment; what must hold in the end (commands exactly
 * once, everybody together again) at the end.
 */
import { type Command, compareTicks, type Frame, OUTCOME, type Output, type TickId } from '../../contracts/frame.ts'
import { isBad } from '../../contracts/status.ts'
import type { Snapshot } from '../../field-io/core/log-records.ts'
import { LIMITS } from '../../field-io/core/rules.ts'
import type { Loop } from './loop.ts'
import { TICK_MS, type WorldPlant } from './plant.ts'

export interface Violation {
  readonly at_ms: number
  readonly invariant: string
  readonly text: string
}

interface Truth {
  readonly made_ms: number
  readonly frame: Frame | undefined
  readonly state: Uint8Array
  readonly digest: number
  readonly values: Float64Array
  readonly statuses: Uint16Array
  readonly totals: readonly number[]
  readonly last_seq: readonly number[]
}

export interface Judge {
  readonly violations: Violation[]
  readonly counters: JudgeCounters
  readonly tip: TickId
  fail(invariant: string, text: string): void
  deviceRead(readbacks: Float64Array): void
  frameMade(frame: Frame): void
  /** @returns whether the answer is the true one. */
  output(output: Output, flipped: boolean): boolean
  /** field-io has heard an answer, of whatever frame. */
  heard(): void
  writeSent(at: TickId): void
  written(at: TickId, positions: readonly number[], before: Float64Array, after: Float64Array): void
  snapshotKept(snapshot: Snapshot): void
  answered(command: Pick<Command, 'station' | 'seq' | 'value'>, outcome: number): void
  /** Whether the last frame has reached the device. */
  readonly last_written: TickId
  madeAt(at: TickId): number | undefined
  /** From now on written values may be those of a controller that a bit flip hit. */
  excuse(until_ms: number): void
  totals(): readonly number[]
  /** Whether the right output of this frame is one that is written. */
  writes(at: TickId): boolean
  readonly applied: readonly number[]
}

export interface JudgeCounters {
  frames: number
  writes: number
  step_largest: number
  answers: { applied: number; refused: number; expired: number; voided: number }
}

const key = (at: TickId): string => `${at.epoch}:${at.n}`
const show = (at: TickId): string => `(${at.epoch}, ${at.n})`

export function createJudge(loop: Loop, plant: WorldPlant, dedup: boolean): Judge {
  const { io } = plant.artifact
  const violations: Violation[] = []
  const truths = new Map<string, Truth>()
  const reference = plant.create()
  truths.set('0:0', {
    made_ms: 0,
    frame: undefined,
    state: reference.save(),
    digest: reference.digest(),
    values: new Float64Array(io.outputs.length),
    statuses: new Uint16Array(io.outputs.length),
    totals: plant.operators?.totals(reference) ?? [],
    last_seq: plant.operators?.last_seq(reference) ?? [],
  })
  const counters: JudgeCounters = {
    frames: 0,
    writes: 0,
    step_largest: 0,
    answers: { applied: 0, refused: 0, expired: 0, voided: 0 },
  }
  const applied = new Array<number>(plant.artifact.control.stations.count).fill(0)
  let tip: TickId = { epoch: 0, n: 0 }
  let last_written: TickId = { epoch: 0, n: 0 }
  let excused_ms = 0
  let unanswered = 0
  let read_ms = Number.NEGATIVE_INFINITY
  let readbacks_read: Float64Array | undefined
  let image_epoch = 0
  const inputs: { status: number }[] = []
  const readbacks: { value: number; status: number }[] = []

  const fail = (invariant: string, text: string): void => {
    if (violations.length < 20) violations.push({ at_ms: Math.round(loop.now), invariant, text })
  }

  const checkImage = (frame: Frame): void => {
    if (frame.epoch !== image_epoch) {
      inputs.length = 0
      readbacks.length = 0
      image_epoch = frame.epoch
    }
    for (const i of frame.inputs) inputs[i.input] = { status: i.status }
    for (const b of frame.readbacks) readbacks[b.output] = { value: b.value, status: b.status }
    const age_ms = loop.now - read_ms
    if (age_ms > 3.7 * TICK_MS) {
      const shown = [...inputs, ...readbacks].some((p) => p !== undefined && !isBad(p.status))
      if (shown) fail('stale', `an image ${Math.round(age_ms)} ms old stands as good in ${show(frame)}`)
    } else if (readbacks_read !== undefined) {
      readbacks.forEach((b, i) => {
        if (!isBad(b.status) && b.value !== readbacks_read![i])
          fail('read-back', `not what the device said in ${show(frame)}`)
      })
    }
  }

  const checkCommands = (frame: Frame, results: Output['results'], parent: Truth): void => {
    frame.commands.forEach((command, i) => {
      // A copy of an applied command gets the answer of then; only what adds to the total was applied now.
      const again = command.seq <= parent.last_seq[command.station]!
      if (results[i]?.outcome !== OUTCOME.applied || command.kind !== 0 || (again && dedup)) return
      const shown = truths.get(key(command))
      const age_ms = shown === undefined ? Number.POSITIVE_INFINITY : loop.now - shown.made_ms
      if (age_ms > (command.ttl_ticks + 2) * TICK_MS || command.epoch !== frame.epoch) {
        fail('stale command', `applied ${Math.round(age_ms)} ms after what the operator saw, in ${show(frame)}`)
      }
    })
  }

  return {
    violations,
    counters,
    get tip() {
      return tip
    },
    get last_written() {
      return last_written
    },
    applied,
    fail,
    deviceRead: (values) => {
      read_ms = loop.now
      readbacks_read = values
    },
    frameMade: (frame) => {
      counters.frames++
      if (truths.has(key(frame))) fail('number twice', `frame ${show(frame)} was made before`)
      if (compareTicks(frame, tip) <= 0) fail('order', `frame ${show(frame)} after ${show(tip)}`)
      const parent = truths.get(key({ epoch: frame.prev_epoch, n: frame.prev_n }))
      if (parent === undefined) {
        fail('parent', `frame ${show(frame)} steps from a state nobody knows`)
        return
      }
      if (frame.epoch !== tip.epoch) unanswered = 0
      if (++unanswered > LIMITS.unanswered_max + 2)
        fail('unanswered', `${show(frame)}: frames go on and nobody answers`)
      if (frame.prev_epoch === frame.epoch) {
        // Ten ticks, sixty more, and the longest pause of field-io.
        if (frame.n - frame.prev_n > 110) fail('standstill', `${show(frame)} after ${frame.prev_n} in the same epoch`)
        const lag_ms = loop.now - parent.made_ms - (frame.n - frame.prev_n) * TICK_MS
        if (lag_ms > 2.2 * TICK_MS)
          fail('time', `${Math.round(lag_ms)} ms are missing between ${frame.prev_n} and ${frame.n}`)
      }
      reference.load(parent.state, { epoch: frame.prev_epoch, n: frame.prev_n })
      const { values, statuses, results } = reference.step(frame)
      checkImage(frame)
      truths.set(key(frame), {
        made_ms: loop.now,
        frame,
        state: reference.save(),
        digest: reference.digest(),
        values: values.slice(),
        statuses: statuses.slice(),
        totals: plant.operators?.totals(reference) ?? [],
        last_seq: plant.operators?.last_seq(reference) ?? [],
      })
      checkCommands(frame, results, parent)
      tip = { epoch: frame.epoch, n: frame.n }
      plant.operators?.totals(reference).forEach((total, station) => {
        if (total < applied[station]!)
          fail('command lost', `station ${station}: ${applied[station]} acknowledged, ${total} there`)
      })
    },
    output: (output, flipped) => {
      const truth = truths.get(key(output))
      const right = truth?.digest === output.digest
      if (truth === undefined) fail('digest', `an answer to ${show(output)}, which was never made`)
      else if (!right && !flipped) fail('digest', `controller ${output.controller} differs at ${show(output)}`)
      return right
    },
    heard: () => {
      unanswered = 0
    },
    writeSent: (at) => {
      const truth = truths.get(key(at))
      const late_ms = loop.now - (truth?.made_ms ?? 0)
      if (late_ms > 1.02 * TICK_MS) fail('late', `output of ${show(at)} sent ${Math.round(late_ms)} ms after its tick`)
    },
    written: (at, positions, before, after) => {
      counters.writes++
      if (compareTicks(at, last_written) <= 0) fail('stale write', `${show(at)} after ${show(last_written)}`)
      last_written = at
      const truth = truths.get(key(at))
      for (const i of positions) {
        const { step_max, min, max } = io.outputs[i]!
        const step = Math.abs(after[i]! - before[i]!)
        counters.step_largest = Math.max(counters.step_largest, step)
        if (step > step_max + 1e-9) fail('step', `output ${i} moved by ${step.toFixed(2)} at ${show(at)}`)
        if (truth === undefined || loop.now < excused_ms) continue
        // The right value, or the largest step towards it.
        const right = Math.min(max, Math.max(min, truth.values[i]!))
        const off = Math.abs(after[i]! - right)
        const towards = step > step_max - 1e-9 && off < Math.abs(before[i]! - right)
        if (off > 1e-9 && !towards)
          fail('wrong output', `output ${i} is ${after[i]!.toFixed(3)} instead of ${right.toFixed(3)}`)
      }
    },
    snapshotKept: (snapshot) => {
      if (snapshot.epoch === 0) return
      const truth = truths.get(key(snapshot))
      const same = truth !== undefined && snapshot.state.every((byte, i) => byte === truth.state[i])
      if (!same) fail('bad snapshot', `of ${show(snapshot)}`)
    },
    answered: (command, outcome) => {
      if (outcome === OUTCOME.applied) {
        counters.answers.applied++
        applied[command.station]! += command.value
      } else if (outcome === OUTCOME.refused) counters.answers.refused++
      else if (outcome === OUTCOME.expired) counters.answers.expired++
      else counters.answers.voided++
    },
    madeAt: (at) => truths.get(key(at))?.made_ms,
    excuse: (until_ms) => {
      excused_ms = Math.max(excused_ms, until_ms)
    },
    totals: () => truths.get(key(tip))!.totals,
    writes: (at) => truths.get(key(at))?.statuses.some((status) => !isBad(status)) === true,
  }
}
