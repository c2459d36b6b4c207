/**
 * The remote I/O drops as a Modbus master sees them: registers in, registers out, an output watchdog.
 *
 * Input registers: 0.. measurements (counts, or float32 high word first), 100.. read-back of the outputs (an analyser drop: status
 * words), 150.. position feedback (an analyser drop: sample counters), 200 tripped, 201 plant paused. Holding registers: 0..
 * outputs, 100 watchdog time in 0.1 s, 101 re-arm. Anything else does not exist, so that a wrong register is found.
 */
import type { Analysers } from './instruments/analyser.ts'
import type { Instruments } from './instruments/records.ts'
import { countsOf, currentOf } from './instruments/signal.ts'
import { failPct } from './instruments/valve.ts'

export const READBACK_REGISTER = 100
export const STATUS_REGISTER = 100
export const FEEDBACK_REGISTER = 150
export const SAMPLES_REGISTER = 150
export const TRIPPED_REGISTER = 200
export const PAUSED_REGISTER = 201
export const WATCHDOG_REGISTER = 100
export const REARM_REGISTER = 101

export interface Drops {
  readonly ids: readonly string[]
  /** Counts of the current inputs, by transmitter; position feedback, by valve. The rig writes these. */
  readonly input_counts: Uint16Array
  readonly feedback_counts: Uint16Array
  /** What the modules put out, by valve: mA, whole counts. */
  readonly output_mA: Float64Array
  /** Register 201 of every drop: no part of the plant's state. */
  paused: boolean
  /** -1 if the drop has no such register. */
  readInput(drop: number, register: number): number
  readHolding(drop: number, register: number): number
  isHolding(drop: number, register: number): boolean
  /** False if the drop has no such register. */
  writeHolding(drop: number, register: number, value: number): boolean
  writeOutput(valve: number, counts: number): void
  /** Sets an output without starting the watchdog: the state at power-up. */
  preset(valve: number, counts: number): void
  isTripped(drop: number): boolean
  /** Plant time goes on: watchdogs. */
  advance(dt_ms: number): void
  readonly saved_length: number
  save(): Float64Array
  load(saved: Float64Array): void
}

/** What stands at a register of the map. */
const AT = {
  current: 1,
  floatHigh: 2,
  floatLow: 3,
  readback: 4,
  feedback: 5,
  status: 6,
  samples: 7,
  tripped: 8,
  paused: 9,
  output: 10,
  watchdog: 11,
  rearm: 12,
} as const
const REGISTERS = 256

export function createDrops(instruments: Instruments, analysers: Analysers): Drops {
  const k = instruments.counts_per_mA
  const valve_count = instruments.valves.length
  const drop_count = instruments.drops.length
  const input_counts = new Uint16Array(instruments.transmitters.length)
  const feedback_counts = new Uint16Array(valve_count)
  const output_mA = new Float64Array(valve_count)
  const holding = new Uint16Array(valve_count)
  const output = new Uint16Array(valve_count)
  const watchdog_ds = Uint16Array.from(instruments.drops, (d) => Math.round(d.watchdog_s * 10))
  const silent_ms = new Float64Array(drop_count)
  /** 0 not yet written since power-up, 1 watching, 2 tripped. */
  const guard = new Uint8Array(drop_count)
  const fail_counts = Int32Array.from(instruments.valves, (v) =>
    v.fail === 'hold' ? -1 : countsOf(currentOf(failPct(v.fail), 0, 100), k),
  )
  const valve_drop = Int32Array.from(instruments.valves, (v) => v.drop)
  const map = registerMap(instruments)
  const float = new DataView(new ArrayBuffer(4))
  const word = (value: number, low: boolean): number => {
    float.setFloat32(0, value)
    return float.getUint16(low ? 2 : 0)
  }

  const putOut = (valve: number, counts: number): void => {
    holding[valve] = counts
    output[valve] = counts
    output_mA[valve] = counts / k
  }
  const trip = (drop: number): void => {
    guard[drop] = 2
    for (let v = 0; v < valve_count; v++) if (valve_drop[v] === drop && fail_counts[v]! >= 0) putOut(v, fail_counts[v]!)
  }
  const rearm = (drop: number): void => {
    if (guard[drop] !== 2) return
    guard[drop] = 1
    silent_ms[drop] = 0
    // What was written while tripped was never put out: it must not appear later as if it had been.
    for (let v = 0; v < valve_count; v++) if (valve_drop[v] === drop) holding[v] = output[v]!
  }
  const writeOutput = (valve: number, counts: number): void => {
    const drop = valve_drop[valve]!
    if (guard[drop] === 2) {
      holding[valve] = counts
      return
    }
    guard[drop] = 1
    silent_ms[drop] = 0
    putOut(valve, counts)
  }
  const lookUp = (table: readonly Int32Array[], drop: number, register: number): number =>
    register >= 0 && register < REGISTERS ? table[drop]![register]! : 0

  const drops: Drops = {
    ids: instruments.drops.map((d) => d.id),
    input_counts,
    feedback_counts,
    output_mA,
    paused: false,
    readInput(drop, register) {
      const entry = lookUp(map.input, drop, register)
      const index = entry >> 8
      switch (entry & 0xff) {
        case AT.current:
          return input_counts[index]!
        case AT.floatHigh:
          return word(analysers.posted[index]!, false)
        case AT.floatLow:
          return word(analysers.posted[index]!, true)
        case AT.readback:
          return output[index]!
        case AT.feedback:
          return feedback_counts[index]!
        case AT.status:
          return analysers.status[index]!
        case AT.samples:
          return analysers.samples[index]!
        case AT.tripped:
          return guard[drop] === 2 ? 1 : 0
        case AT.paused:
          return drops.paused ? 1 : 0
        default:
          return -1
      }
    },
    readHolding(drop, register) {
      const entry = lookUp(map.holding, drop, register)
      switch (entry & 0xff) {
        case AT.output:
          return holding[entry >> 8]!
        case AT.watchdog:
          return watchdog_ds[drop]!
        case AT.rearm:
          return 0
        default:
          return -1
      }
    },
    isHolding: (drop, register) => lookUp(map.holding, drop, register) !== 0,
    writeHolding(drop, register, value) {
      const entry = lookUp(map.holding, drop, register)
      switch (entry & 0xff) {
        case AT.output:
          writeOutput(entry >> 8, value)
          return true
        case AT.watchdog:
          watchdog_ds[drop] = value
          return true
        case AT.rearm:
          if (value === 1) rearm(drop)
          return true
        default:
          return false
      }
    },
    writeOutput,
    preset: putOut,
    isTripped: (drop) => guard[drop] === 2,
    advance(dt_ms) {
      for (let drop = 0; drop < drop_count; drop++) {
        if (guard[drop] !== 1) continue
        silent_ms[drop] = silent_ms[drop]! + dt_ms
        if (watchdog_ds[drop]! > 0 && silent_ms[drop]! >= watchdog_ds[drop]! * 100) trip(drop)
      }
    },
    saved_length: valve_count * 2 + drop_count * 3,
    save: () => Float64Array.from([...holding, ...output, ...watchdog_ds, ...silent_ms, ...guard]),
    load(saved) {
      let at = 0
      for (const part of [holding, output, watchdog_ds, silent_ms, guard]) {
        part.set(saved.subarray(at, at + part.length))
        at += part.length
      }
      for (let v = 0; v < valve_count; v++) output_mA[v] = output[v]! / k
    },
  }
  return drops
}

/** Per drop and register: kind in the low byte, index of the instrument above it; 0 nothing. */
function registerMap(instruments: Instruments): { input: Int32Array[]; holding: Int32Array[] } {
  const input = instruments.drops.map(() => new Int32Array(REGISTERS))
  const holding = instruments.drops.map(() => new Int32Array(REGISTERS))
  const put = (table: Int32Array[], drop: number, register: number, kind: number, index: number): void => {
    const row = table[drop]!
    if (!(register >= 0 && register < REGISTERS) || row[register] !== 0)
      throw new RangeError(`${instruments.drops[drop]!.id}: register ${register} is taken or outside the map`)
    row[register] = kind | (index << 8)
  }
  for (const [i, t] of instruments.transmitters.entries()) put(input, t.drop, t.register, AT.current, i)
  for (const [i, a] of instruments.analysers.entries()) {
    put(input, a.drop, a.register, AT.floatHigh, i)
    put(input, a.drop, a.register + 1, AT.floatLow, i)
    put(input, a.drop, STATUS_REGISTER + a.register / 2, AT.status, i)
    put(input, a.drop, SAMPLES_REGISTER + a.register / 2, AT.samples, i)
  }
  for (const [i, v] of instruments.valves.entries()) {
    put(holding, v.drop, v.register, AT.output, i)
    put(input, v.drop, READBACK_REGISTER + v.register, AT.readback, i)
    put(input, v.drop, FEEDBACK_REGISTER + v.register, AT.feedback, i)
  }
  for (let drop = 0; drop < instruments.drops.length; drop++) {
    put(input, drop, TRIPPED_REGISTER, AT.tripped, 0)
    put(input, drop, PAUSED_REGISTER, AT.paused, 0)
    if (!instruments.valves.some((v) => v.drop === drop)) continue
    put(holding, drop, WATCHDOG_REGISTER, AT.watchdog, 0)
    put(holding, drop, REARM_REGISTER, AT.rearm, 0)
  }
  return { input, holding }
}
