/**
 * What the OPC UA server shows of a plant, in memory that it shares with the plant: written by the plant at each tick,
 * read by the server whenever a client asks. So a client that reads after a grant sees exactly that tick.
 */
import { SAMPLES_REGISTER } from '../core/drops.ts'
import type { Instruments } from '../core/instruments/records.ts'
import { readingOf } from '../core/instruments/signal.ts'
import type { Rig } from '../core/rig.ts'

/** One variable of the server, in words; its numbers stand in the board at the same index. */
export interface BoardRecord {
  readonly tag: string
  readonly description: string
  readonly unit: string
  readonly lo: number
  readonly hi: number
  /** Time between samples, ms; 0: sampled at every tick. */
  readonly period_ms: number
}

export interface Board {
  readonly records: readonly BoardRecord[]
  readonly memory: SharedArrayBuffer
}

/** Path of the server's address: `opc.tcp://host:port/flyball/plant`. */
export const OPCUA_RESOURCE = '/flyball/plant'

/** Per variable: value, OPC UA StatusCode, wall time of the sample in ms, samples so far. */
const WIDTH = 4
const VALUE = 0
const CODE = 1
const SAMPLED_MS = 2
const SAMPLES = 3
/** Before the variables: plant time in ms, and ServiceLevel. */
const HEAD = 2

export const UA_CODE = {
  good: 0x00000000,
  uncertainLastUsableValue: 0x40900000,
  uncertainEngineeringUnitsExceeded: 0x40940000,
  badWaitingForInitialData: 0x80320000,
  badSensorFailure: 0x808c0000,
} as const

/** A sample that is this share of its period late is missing: the value shown is an old one. */
const LATE = 1.5
const SERVICE_LEVEL = 255

export function createBoard(records: readonly BoardRecord[]): Board {
  const memory = new SharedArrayBuffer((HEAD + records.length * WIDTH) * 8)
  const data = new Float64Array(memory)
  data[1] = SERVICE_LEVEL
  records.forEach((_record, i) => {
    data[HEAD + i * WIDTH + CODE] = UA_CODE.badWaitingForInitialData
  })
  return { records, memory }
}

export interface BoardView {
  plant_ms: number
  service_level: number
  value(i: number): number
  code(i: number): number
  sampled_ms(i: number): number
  samples(i: number): number
  set(i: number, value: number, code: number, sampled_ms: number, samples: number): void
}

export function viewBoard(board: Board): BoardView {
  const data = new Float64Array(board.memory)
  const at = (i: number): number => HEAD + i * WIDTH
  return {
    get plant_ms() {
      return data[0]!
    },
    set plant_ms(ms) {
      data[0] = ms
    },
    get service_level() {
      return data[1]!
    },
    set service_level(level) {
      data[1] = level
    },
    value: (i) => data[at(i) + VALUE]!,
    code: (i) => data[at(i) + CODE]!,
    sampled_ms: (i) => data[at(i) + SAMPLED_MS]!,
    samples: (i) => data[at(i) + SAMPLES]!,
    set(i, value, code, sampled_ms, samples) {
      data[at(i) + VALUE] = value
      data[at(i) + CODE] = code
      data[at(i) + SAMPLED_MS] = sampled_ms
      data[at(i) + SAMPLES] = samples
    },
  }
}

/** The analysers of a plant, and with `all` its transmitters as well. */
export function boardOf({ analysers, transmitters }: Instruments, all: boolean): Board {
  return createBoard([
    ...analysers.map(({ tag, description, unit, lo, hi, period_s }) => ({
      tag,
      description,
      unit,
      lo,
      hi,
      period_ms: period_s * 1000,
    })),
    ...(all ? transmitters : []).map(({ tag, description, unit, lo, hi }) => ({
      tag,
      description,
      unit,
      lo,
      hi,
      period_ms: 0,
    })),
  ])
}

/**
 * Brings the board to where the rig stands. `now_ms` is wall time: a sample bears the wall time at which the plant's time
 * passed it, so that its age is true for whoever lives on the wall, at any pace of the plant.
 *
 * Status of an analyser: failed as it says itself; last usable value where the next sample is overdue, as with a blocked
 * sample line; outside its range.
 */
export function boardUpdater(rig: Rig, board: Board): (now_ms: number) => void {
  const view = viewBoard(board)
  const { analysers, transmitters } = rig.instruments
  const first = transmitters.length
  const shows_all = board.records.length > analysers.length
  const posted_at_ms = new Float64Array(analysers.length).fill(rig.time_ms)
  const counter = (i: number): number => {
    const { drop, register } = analysers[i]!
    return rig.drops.readInput(drop, SAMPLES_REGISTER + register / 2)
  }
  return (now_ms) => {
    const time_ms = rig.time_ms
    analysers.forEach((a, i) => {
      const samples = counter(i)
      const value = rig.input_values[first + i]!
      const is_new = view.sampled_ms(i) === 0 || samples !== view.samples(i)
      if (is_new) posted_at_ms[i] = time_ms
      const failed = rig.input_status[first + i] !== 0
      const late = time_ms - posted_at_ms[i]! > LATE * a.period_s * 1000
      const code = failed
        ? UA_CODE.badSensorFailure
        : late
          ? UA_CODE.uncertainLastUsableValue
          : value < a.lo || value > a.hi
            ? UA_CODE.uncertainEngineeringUnitsExceeded
            : UA_CODE.good
      view.set(i, value, code, is_new ? now_ms : view.sampled_ms(i), samples)
    })
    if (shows_all) {
      transmitters.forEach((t, k) => {
        const value = readingOf(rig.input_values[k]!, t.lo, t.hi)
        const i = analysers.length + k
        const code = value === null ? UA_CODE.badSensorFailure : UA_CODE.good
        view.set(i, value ?? view.value(i), code, now_ms, (view.samples(i) + 1) % 65536)
      })
    }
    view.plant_ms = time_ms
  }
}
