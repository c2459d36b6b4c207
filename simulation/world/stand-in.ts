/**
 * A small engine in place of a strategy: commands that add up (so that a lost or doubled one is seen for ever), a timer, loops
 * with a memory, outputs that move more than they are allowed to.
 */
import { COMMAND_KIND, type CommandResult, type Frame, OUTCOME, REFUSAL, type TickId } from '../../contracts/frame.ts'
import { isBad } from '../../contracts/status.ts'
import type { Engine } from '../../controller/core/member.ts'
import type { FieldIoArtifact } from '../../field-io/core/events.ts'
import { crc32 } from '../../numerics/crc32.ts'
import { TICK_MS, type WorldPlant } from './plant.ts'

/** One device, three inputs, two outputs, two operator stations. */
export const DEVICE_INPUTS = 3
export const DEVICE_OUTPUTS = 2
export const STATIONS = 2

const codec = { table: 'input', register: 0, type: 'float32', counts_per_unit: 1, quantity: 'EU' } as const

export const STAND_IN_ARTIFACT: FieldIoArtifact = {
  hash: 'world',
  tick_ms: TICK_MS,
  io: {
    devices: [{ id: 'RIO-1', description: '', protocol: 'modbus-tcp', endpoint: '', unit: 1, timeout_ms: 300 }],
    inputs: Array.from({ length: DEVICE_INPUTS }, (_, i) => ({
      ...codec,
      point: `RIO-1/AI/${i}`,
      device: 0,
      status_register: -1,
    })),
    outputs: Array.from({ length: DEVICE_OUTPUTS }, (_, i) => ({
      ...codec,
      point: `RIO-1/AO/${i}`,
      device: 0,
      readback_register: 0,
      step_max: 2,
      min: 0,
      max: 100,
    })),
  },
  control: {
    inputs: Array.from({ length: DEVICE_INPUTS }, (_, s) => ({ point: `RIO-1/AI/${s}`, s })),
    outputs: Array.from({ length: DEVICE_OUTPUTS }, (_, s) => ({ point: `RIO-1/AO/${s}`, s })),
    stations: { s: 0, count: STATIONS },
  },
}

export interface StandInOptions {
  /** Mutants: commands are not judged as the execution model says. */
  readonly dedup: boolean
  readonly expiry: boolean
}

/** Offsets in the state. */
export const AT = {
  total: 0,
  seq: STATIONS,
  outcome: 2 * STATIONS,
  refusal: 3 * STATIONS,
  input: 4 * STATIONS,
  input_status: 4 * STATIONS + DEVICE_INPUTS,
  readback: 4 * STATIONS + 2 * DEVICE_INPUTS,
  readback_status: 4 * STATIONS + 2 * DEVICE_INPUTS + DEVICE_OUTPUTS,
  loop: 4 * STATIONS + 2 * DEVICE_INPUTS + 2 * DEVICE_OUTPUTS,
  timer: 4 * STATIONS + 2 * DEVICE_INPUTS + 3 * DEVICE_OUTPUTS,
  count: 4 * STATIONS + 2 * DEVICE_INPUTS + 3 * DEVICE_OUTPUTS + 1,
} as const

export interface StandIn extends Engine {
  readonly s: Float64Array
}

export function createStandIn(options: StandInOptions): StandIn {
  const s = new Float64Array(AT.count)
  s.fill(10, AT.loop, AT.loop + DEVICE_OUTPUTS)
  const bytes = new Uint8Array(s.buffer)
  const values = new Float64Array(DEVICE_OUTPUTS)
  const statuses = new Uint16Array(DEVICE_OUTPUTS).fill(0x80)
  let state: TickId = { epoch: 0, n: 0 }
  const step = (frame: Frame) => {
    const passed = frame.epoch === state.epoch ? frame.n - state.n : 1
    s[AT.timer]! += passed
    for (const i of frame.inputs) {
      s[AT.input + i.input] = i.value
      s[AT.input_status + i.input] = i.status
    }
    for (const b of frame.readbacks) {
      s[AT.readback + b.output] = b.value
      s[AT.readback_status + b.output] = b.status
    }
    const results = frame.commands.map((command): CommandResult => {
      const { station, seq } = command
      const last = s[AT.seq + station]!
      const done = (outcome: number, refusal: number): CommandResult => {
        if (seq >= last) {
          s[AT.seq + station] = seq
          s[AT.outcome + station] = outcome
          s[AT.refusal + station] = refusal
        }
        return { station, seq, outcome, refusal }
      }
      if (seq === last && options.dedup) {
        return { station, seq, outcome: s[AT.outcome + station]!, refusal: s[AT.refusal + station]! }
      }
      if (seq < last && options.dedup) return { station, seq, outcome: OUTCOME.voided, refusal: 0 }
      if (command.kind === COMMAND_KIND.void) return done(OUTCOME.voided, 0)
      if (options.expiry && (command.epoch !== frame.epoch || frame.n - command.n > command.ttl_ticks)) {
        return done(OUTCOME.expired, 0)
      }
      if (command.value < 0) return done(OUTCOME.refused, REFUSAL.outOfRange)
      s[AT.total + station]! += command.value
      return done(OUTCOME.applied, 0)
    })
    for (let o = 0; o < DEVICE_OUTPUTS; o++) {
      const pv = s[AT.input + o]!
      const good = !isBad(s[AT.input_status + o]!)
      const target = (pv * 7 + s[AT.total + (o % STATIONS)]! + Math.floor(s[AT.timer]! / 30) * 13) % 100
      // The memory starts from where the device stands, so a wrong read-back stays in the state.
      const from = isBad(s[AT.readback_status + o]!) ? s[AT.loop + o]! : s[AT.readback + o]!
      if (good) s[AT.loop + o] = from + (target - from) * 0.2
      values[o] = s[AT.loop + o]!
    }
    state = { epoch: frame.epoch, n: frame.n }
    // What operators see: per station the last number and its outcome.
    const tags = { values: s.slice(AT.seq, AT.refusal), statuses: new Uint16Array(2 * STATIONS), events: [] }
    return { values, statuses, results, tags }
  }
  return {
    s,
    get state() {
      return state
    },
    step,
    digest: () => crc32(bytes),
    save: () => bytes.slice(),
    load: (saved, at) => {
      if (saved.length !== bytes.length) throw new RangeError('not a state of the stand-in')
      bytes.set(saved)
      state = { epoch: at.epoch, n: at.n }
    },
  }
}

/** The world's own small plant. */
export function standInPlant(options: StandInOptions): WorldPlant {
  const slice = (engine: Engine, at: number): number[] => [...(engine as StandIn).s.subarray(at, at + STATIONS)]
  return {
    artifact: STAND_IN_ARTIFACT,
    create: () => createStandIn(options),
    input_lo: 0,
    input_hi: 100,
    fail_value: 10,
    operators: {
      totals: (engine) => slice(engine, AT.total),
      last_seq: (engine) => slice(engine, AT.seq),
      hit: (engine, chance) => {
        const place = [AT.timer, AT.seq, AT.seq + 1, AT.total, AT.total + 1][chance.below(5)]!
        ;(engine as StandIn).s[place]! += 2 ** (5 + chance.below(20))
      },
    },
  }
}
