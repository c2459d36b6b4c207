/**
 * A plant with its field: model, transmitters, analysers, valves and the registers of the remote I/O drops, as one
 * deterministic machine. Given the same start, seed, writes and steps it does the same, bit for bit.
 *
 * Two ways in: by drop and register, as a Modbus master sees it, and by index in the device's own quantity (mA, EU), for
 * a run in one loop. Both see what the wire can carry: whole counts, float32.
 *
 * Output watchdog of a drop: counts plant time, from the first write of an output after power-up on; at its end the outputs
 * go to the fail positions of their valves and stay there until re-armed and written again.
 */
import { type Stream, stream } from '../../numerics/streams.ts'
import { createDrops, type Drops, FEEDBACK_REGISTER } from './drops.ts'
import { type Analysers, createAnalysers } from './instruments/analyser.ts'
import type { FaultKind, FaultOrder, FaultState } from './instruments/faults.ts'
import { armFault, clearFault, createFaultBank, FAULTS_OF, faultsOf, recount } from './instruments/faults.ts'
import type { Instruments } from './instruments/records.ts'
import {
  createSafetyField,
  faultPlacesOf,
  SAFETY_REGISTER,
  type SafetyEquipment,
  type SafetyField,
} from './instruments/safety-field.ts'
import { countsOf, currentOf } from './instruments/signal.ts'
import { createTransmitters, type Transmitters } from './instruments/transmitter.ts'
import { createValves, failPct, isDrive, type Valves } from './instruments/valve.ts'
import type { Plant } from './plant.ts'

export interface RigOptions {
  /** Seed of the instruments' noise. */
  readonly seed: number
  /** Macro-step of the plant, ms: 100 where devices watch it, 1000 in a run in one loop. A divisor or multiple of 1000. */
  readonly step_ms: number
  /**
   * Whose noise: `instruments` draws it here, on the plant's clean values; `plant` takes the model's noisy values, as the
   * compat scheme needs for its draws; `off` has none. Absent: by the plant's scheme.
   */
  readonly noise?: 'instruments' | 'plant' | 'off' | undefined
  /** What the safety system has in the field; absent: nothing. While untouched it changes no value of anything else. */
  readonly safety?: SafetyEquipment | undefined
}

/** A point of the field: how a strategy names it and where it stands. */
export interface RigPoint {
  /** `RIO-1/AI/3`, `RIO-1/AO/0`; position feedback is `RIO-1/ZI/0`. */
  readonly point: string
  readonly tag: string
  /** `RIO-1` */
  readonly drop: string
  /** Input register of a measurement, holding register of an output. */
  readonly register: number
  readonly type: 'uint16' | 'float32'
  readonly quantity: 'mA' | 'EU'
}

export interface Rig {
  readonly plant: Plant
  readonly instruments: Instruments
  readonly inputs: readonly RigPoint[]
  readonly outputs: readonly RigPoint[]
  readonly drops: Drops
  /** The safety system's own transmitters and valves; null where there are none. */
  readonly safety: SafetyField | null
  /** Value of each input in the device's own quantity, as a master would decode it: whole counts as mA, float32 as EU. */
  readonly input_values: Float64Array
  /** Beside each input: 0 good, 1 the device itself says that the value is not to be trusted. */
  readonly input_status: Uint16Array
  /** What each output puts out, mA: the read-back. */
  readonly output_values: Float64Array
  /** Plant time since the start, ms. */
  readonly time_ms: number
  /** Advances by whole macro-steps. @throws RangeError if `dt_ms` is no multiple of the step */
  advance(dt_ms: number): void
  /** Writes an output as a master would: rounded to counts, refused without effect while its drop is tripped. */
  setOutput(index: number, mA: number): void
  /** -1 if there is none. */
  inputIndex(point: string): number
  outputIndex(point: string): number
  /** By place: the input at this register of this drop; -1 if there is none. */
  inputAt(drop: string, register: number): number
  outputAt(drop: string, register: number): number
  /** Every tag that can have a fault, with the kinds it can have. */
  readonly tags: ReadonlyMap<string, readonly FaultKind[]>
  /** @throws RangeError for a tag or a kind that is not in `tags` */
  setFault(tag: string, order: FaultOrder): void
  clearFault(tag: string, kind?: FaultKind): void
  /** All armed faults. */
  faults(): RigFault[]
  /** Everything the future depends on, the plant included. */
  save(): Float64Array
  /** @throws RangeError if the snapshot is of another plant, other instruments or another version */
  load(snapshot: Float64Array): void
  /** From now on the instruments' noise and the plant's random disturbances are those of another seed (see `Plant.reseed`). */
  reseed(seed: number): void
}

export interface RigFault extends FaultState {
  readonly tag: string
}

/** The start of a snapshot: kind and version. */
const MAGIC = 0x526967
const VERSION = 4
const NOISE_GRID_MS = 1000

/** @throws RangeError if an instrument refers to something the plant or the drops do not have */
export function createRig(plant: Plant, instruments: Instruments, options: RigOptions): Rig {
  const { step_ms } = options
  if (!(step_ms >= 1 && (NOISE_GRID_MS % step_ms === 0 || step_ms % NOISE_GRID_MS === 0)))
    throw new RangeError(`macro-step ${step_ms} ms does not meet the whole seconds of plant time`)
  checkReferences(plant, instruments)
  const { transmitters: transmitter_records, analysers: analyser_records, valves: valve_records } = instruments
  const noise = options.noise ?? (plant.scheme === 'compat' ? 'plant' : 'instruments')
  const process = noise === 'plant' ? plant.measured : plant.clean
  const analyser_first = transmitter_records.length
  const valve_first = analyser_first + analyser_records.length
  const safety_first = valve_first + valve_records.length
  const equipment = options.safety
  const bank = createFaultBank(safety_first + (equipment === undefined ? 0 : faultPlacesOf(equipment)))
  const own = noise === 'instruments'
  const transmitters: Transmitters = createTransmitters(transmitter_records, bank, 0, options.seed, own)
  const analysers: Analysers = createAnalysers(analyser_records, bank, analyser_first, options.seed, {
    noisy: own,
    on_grid: plant.scheme !== 'compat',
  })
  const valves: Valves = createValves(valve_records, bank, valve_first)
  const drops = createDrops(instruments, analysers)
  const safety =
    equipment === undefined
      ? null
      : createSafetyField(equipment, plant, bank, safety_first, options.seed, noise !== 'off')
  const streams: readonly Stream[] = [...transmitters.streams, ...analysers.streams, ...(safety?.streams ?? [])]

  const points = describePoints(instruments)
  const input_values = new Float64Array(points.inputs.length)
  const input_status = new Uint16Array(points.inputs.length)
  const valve_input_first = valve_first
  const k = instruments.counts_per_mA
  const valve_manipulated = Int32Array.from(valve_records, (v) => v.manipulated)
  let time_ms = 0

  /** What the modules make of the signals: counts into the drops, decoded values into the inputs. */
  const acquire = (): void => {
    for (let i = 0; i < analyser_first; i++) {
      const counts = countsOf(transmitters.mA[i]!, k)
      drops.input_counts[i] = counts
      input_values[i] = counts / k
    }
    for (let i = 0; i < analyser_records.length; i++) {
      input_values[analyser_first + i] = analysers.posted[i]!
      input_status[analyser_first + i] = analysers.status[i]!
    }
    for (let i = 0; i < valve_records.length; i++) {
      const stem_pct = valves.stem_pct(i, plant.position_pct[valve_manipulated[i]!]!)
      const counts = countsOf(currentOf(stem_pct, 0, 100), k)
      drops.feedback_counts[i] = counts
      input_values[valve_input_first + i] = counts / k
    }
  }

  /** Per solenoid that takes the air from a control valve: its bit, that valve, and the signal of the place its spring goes to. */
  const vents = (equipment?.valves ?? []).flatMap(({ vents: tag }, bit) => {
    if (tag === undefined) return []
    const valve = valve_records.findIndex((v) => v.tag === tag)
    if (valve < 0) return []
    const { fail } = valve_records[valve]!
    if (fail === 'hold') throw new RangeError(`${tag}: without air it holds, so that venting it does nothing`)
    return [{ bit, valve, mA: currentOf(failPct(fail), 0, 100) }]
  })
  const driven_mA = new Float64Array(valve_records.length)
  /** What the positioners follow: the modules' currents, but for valves that the safety system has vented. */
  const driven = (): Float64Array => {
    if (vents.length === 0) return drops.output_mA
    const solenoids = safety!.readInput(SAFETY_REGISTER.readback)
    driven_mA.set(drops.output_mA)
    for (const { bit, valve, mA } of vents) if (((solenoids >> bit) & 1) === 0) driven_mA[valve] = mA
    return driven_mA
  }
  const step = (): void => {
    const dt_s = step_ms / 1000
    valves.step(driven(), plant.position_pct, plant.demand_pct, dt_s, time_ms / 1000)
    if (safety !== null) safety.act(plant, dt_s, time_ms / 1000)
    plant.advance(dt_s)
    time_ms += step_ms
    transmitters.step(process, dt_s, time_ms / 1000, time_ms % NOISE_GRID_MS === 0)
    analysers.step(process, step_ms, time_ms)
    acquire()
    drops.advance(step_ms)
    if (safety !== null) safety.watch(plant, step_ms, time_ms, time_ms % NOISE_GRID_MS === 0)
  }

  // At power-up the outputs stand where the plant's starting state has them, so that a start is without a bump.
  valves.settle(plant.demand_pct)
  for (let i = 0; i < valve_records.length; i++)
    drops.preset(i, countsOf(currentOf(plant.demand_pct[valve_manipulated[i]!]!, 0, 100), k))
  transmitters.settle(process)
  analysers.settle(process)
  acquire()

  const kinds: (readonly FaultKind[])[] = [
    ...transmitter_records.map(() => FAULTS_OF.transmitter),
    ...analyser_records.map(() => FAULTS_OF.analyser),
    ...valve_records.map((r) => (isDrive(r) ? FAULTS_OF.drive : FAULTS_OF.valve)),
    ...(safety?.tags.values() ?? []),
  ]
  const instrument_tags = [
    ...[...transmitter_records, ...analyser_records, ...valve_records].map((r) => r.tag),
    ...(safety?.tags.keys() ?? []),
  ]
  const index_of_tag = new Map(instrument_tags.map((tag, i) => [tag, i]))
  const tags = new Map(instrument_tags.map((tag, i) => [tag, kinds[i]!]))
  const instrumentOf = (tag: string, kind?: FaultKind): number => {
    const i = index_of_tag.get(tag)
    if (i === undefined) throw new RangeError(`no instrument ${tag}`)
    if (kind !== undefined && !kinds[i]!.includes(kind)) throw new RangeError(`${tag} cannot have the fault ${kind}`)
    return i
  }
  const by_point = new Map(points.inputs.map((p, i) => [p.point, i]))
  const output_by_point = new Map(points.outputs.map((p, i) => [p.point, i]))
  const layout = layoutOf(instruments, plant, instrument_tags)
  const parts = [bank.data, transmitters.mA, transmitters.state, analysers.posted, analysers.state, valves.state]

  return {
    plant,
    instruments,
    inputs: points.inputs,
    outputs: points.outputs,
    drops,
    safety,
    input_values,
    input_status,
    output_values: drops.output_mA,
    tags,
    get time_ms() {
      return time_ms
    },
    advance(dt_ms) {
      const steps = dt_ms / step_ms
      if (steps !== Math.floor(steps) || steps < 0) throw new RangeError(`${dt_ms} ms is no multiple of ${step_ms} ms`)
      for (let i = 0; i < steps; i++) step()
    },
    setOutput(index, mA) {
      drops.writeOutput(index, countsOf(mA, k))
    },
    inputIndex: (point) => by_point.get(point) ?? -1,
    outputIndex: (point) => output_by_point.get(point) ?? -1,
    inputAt: (drop, register) => points.inputs.findIndex((p) => p.drop === drop && p.register === register),
    outputAt: (drop, register) => points.outputs.findIndex((p) => p.drop === drop && p.register === register),
    setFault(tag, order) {
      armFault(bank, instrumentOf(tag, order.kind), order, time_ms / 1000)
    },
    clearFault(tag, kind) {
      clearFault(bank, instrumentOf(tag, kind), kind)
    },
    faults: () =>
      instrument_tags.flatMap((tag, i) => faultsOf(bank, i, time_ms / 1000).map((fault) => ({ tag, ...fault }))),
    save() {
      const out: number[] = [MAGIC, VERSION, layout, time_ms]
      for (const part of parts) out.push(...part)
      out.push(...analysers.status, ...analysers.samples)
      for (const s of streams) out.push(...s.save())
      out.push(...drops.save())
      if (safety !== null) out.push(...safety.save())
      out.push(...plant.save())
      return Float64Array.from(out)
    },
    load(snapshot) {
      if (snapshot[0] !== MAGIC || snapshot[1] !== VERSION) throw new RangeError('not a snapshot of a rig')
      if (snapshot[2] !== layout) throw new RangeError('snapshot of another plant or of other instruments')
      let at = 4
      const take = (count: number): Float64Array => {
        at += count
        return snapshot.subarray(at - count, at)
      }
      // The plant first: it judges its own part, and nothing has changed yet if it refuses.
      const own_length = parts.reduce((sum, p) => sum + p.length, 0)
      const plant_at =
        at +
        own_length +
        analysers.status.length * 2 +
        streams.length * 4 +
        drops.saved_length +
        (safety?.saved_length ?? 0)
      plant.load(snapshot.slice(plant_at))
      time_ms = snapshot[3]!
      for (const part of parts) part.set(take(part.length))
      analysers.status.set(take(analysers.status.length))
      analysers.samples.set(take(analysers.samples.length))
      for (const s of streams) {
        const [a, b, c, d] = take(4)
        s.load([a!, b!, c!, d!])
      }
      drops.load(take(drops.saved_length))
      recount(bank)
      safety?.load(take(safety.saved_length), time_ms / 1000)
      acquire()
    },
    reseed(seed) {
      // By place and time: a second return with this seed is the first again, and no other place is its copy.
      plant.reseed(seed)
      for (const [i, s] of streams.entries()) s.load(stream(seed, `noise ${i} from ${time_ms}`).save())
    },
  }
}

/** The largest macro-step for a run in one loop that divides the tick and meets the whole seconds of the noise, ms. */
export const macroStep = (tick_ms: number): number =>
  tick_ms % NOISE_GRID_MS === 0
    ? NOISE_GRID_MS
    : [500, 250, 200, 125, 100, 50, 25, 20, 10, 5, 4, 2, 1].find((ms) => tick_ms % ms === 0)!

/** Inputs in the order transmitters, analysers, position feedbacks; outputs in the order of the valves. */
function describePoints(instruments: Instruments): { inputs: RigPoint[]; outputs: RigPoint[] } {
  const id = (drop: number): string => instruments.drops[drop]!.id
  const current = (tag: string, drop: number, kind: string, channel: number, register: number): RigPoint => ({
    point: `${id(drop)}/${kind}/${channel}`,
    tag,
    drop: id(drop),
    register,
    type: 'uint16',
    quantity: 'mA',
  })
  const transmitters = instruments.transmitters.map((t) => current(t.tag, t.drop, 'AI', t.register, t.register))
  const analysers = instruments.analysers.map(
    (a): RigPoint => ({
      point: `${id(a.drop)}/AI/${a.register / 2}`,
      tag: a.tag,
      drop: id(a.drop),
      register: a.register,
      type: 'float32',
      quantity: 'EU',
    }),
  )
  const feedbacks = instruments.valves.map((v) =>
    current(v.tag, v.drop, 'ZI', v.register, FEEDBACK_REGISTER + v.register),
  )
  const outputs = instruments.valves.map((v) => current(v.tag, v.drop, 'AO', v.register, v.register))
  return { inputs: [...transmitters, ...analysers, ...feedbacks], outputs }
}

function checkReferences(plant: Plant, instruments: Instruments): void {
  const check = (tag: string, index: number, count: number, what: string): void => {
    if (!(index >= 0 && index < count)) throw new RangeError(`${tag}: ${plant.name} has no ${what} ${index}`)
  }
  for (const r of [...instruments.transmitters, ...instruments.analysers])
    check(r.tag, r.measurement, plant.measurements.length, 'measurement')
  for (const r of instruments.valves) check(r.tag, r.manipulated, plant.manipulated.length, 'manipulated variable')
  for (const r of [...instruments.transmitters, ...instruments.analysers, ...instruments.valves])
    check(r.tag, r.drop, instruments.drops.length, 'drop')
}

/** A number that differs where the parts of a snapshot have other places: FNV-1a over plant, scheme and tags. */
function layoutOf(instruments: Instruments, plant: Plant, tags: readonly string[]): number {
  const text = [plant.name, plant.scheme, ...tags, ...instruments.drops.map((d) => d.id)].join(' ')
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
