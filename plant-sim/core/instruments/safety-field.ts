/**
 * What the safety system has in the field, as one remote I/O device: transmitters and shut-off valves of its own.
 *
 * Registers, in the manner of the other drops. Input: 0.. currents in counts, 50 discrete inputs, 51 and 52 limit
 * switches open and closed (bit i is valve i), 100 solenoids as they are, 200 tripped, 201 plant paused. Holding: 0 solenoids (1
 * energised), 100 watchdog time in 0.1 s, 101 re-arm. Anything else does not exist. De-energise to trip: when no output
 * has been written for the watchdog time, in plant time, from the first write on, every solenoid drops out.
 *
 * Where the equipment has a `channel`, the protected channel stands in front of it: on the wire nothing else writes. A run in one
 * loop writes through `writeSolenoids`.
 */
import type { Stream } from '../../../numerics/streams.ts'
import type { Plant } from '../plant.ts'
import {
  type ChannelDevice,
  type ChannelFacts,
  createDeviceEnd,
  DEVICE_END_SAVED,
  type DeviceEnd,
} from '../safety-channel/device-end.ts'
import { type BlockValveRecord, type BlockValves, createBlockValves } from './block-valve.ts'
import { FAULTS_OF, type FaultBank, type FaultKind } from './faults.ts'
import { createMachines, type MachineRecord, type Machines } from './machines.ts'
import type { TransmitterRecord } from './records.ts'
import { countsOf } from './signal.ts'
import { createTransmitters } from './transmitter.ts'

/** What stands in the field, and how it takes hold of the plant model. */
export interface SafetyEquipment {
  /** `SIS-1` */
  readonly drop: string
  readonly counts_per_mA: number
  /** Output watchdog at power-up, s of plant time. */
  readonly watchdog_s: number
  /** `measurement` is an index into what `sense` writes; `register` is the input register. */
  readonly transmitters: readonly TransmitterRecord[]
  readonly valves: readonly BlockValveRecord[]
  /** Machines that trip by themselves; absent: none. */
  readonly machines?: readonly MachineRecord[]
  /** Push-buttons, key switches, running reports; bit i is contact i, 1 closed. */
  readonly contacts: readonly ContactRecord[]
  /** The protected channel to the solver; absent: plain registers, which anybody writes. */
  readonly channel?: ChannelFacts
  /** What runs low damages, trip or no trip; absent: after a trip it is lost inventory. */
  readonly low_damages?: true
  /** How many values `sense` writes. */
  readonly sensed: number
  /** What the transmitters see, without noise. */
  sense(plant: Plant, into: Float64Array): void
  /** How the plant itself has the contacts that it works, bit i closed; absent: it works none. */
  contactsOf?(plant: Plant): number
  /**
   * Puts the valves into effect through `plant.ext`. Must leave it neutral where all valves are in their normal position.
   * @param opening - by valve, 0 to 1
   * @param tripped - a valve has reached its safe position since power-up
   * @param speed - by machine, 0 to 1
   */
  apply(plant: Plant, opening: Float64Array, tripped: boolean, speed: Float64Array): void
}

/** How many instruments of a fault bank it takes. */
export const faultPlacesOf = ({ transmitters, valves, machines = [] }: SafetyEquipment): number =>
  transmitters.length + valves.length + machines.length

export interface ContactRecord {
  readonly tag: string
  readonly description: string
  /** How it stands while nobody touches it. */
  readonly normal: 'closed' | 'open'
  /** The plant works it too: in series with the instructor's side of it, or beside it. Absent: the instructor's alone. */
  readonly plant?: 'and' | 'or'
}

export interface SafetyEvent {
  readonly at_s: number
  /** `inventory lost`: a level ran low after a trip. Everything else beyond a limit damages. */
  readonly kind: 'equipment damaged' | 'inventory lost'
  /** `reactor pressure high` */
  readonly cause: string
}

export interface SafetyField {
  readonly equipment: SafetyEquipment
  readonly tags: ReadonlyMap<string, readonly FaultKind[]>
  readonly valves: BlockValves
  readonly machines: Machines
  /** Contacts, bit i is contact i, 1 closed. The instructor's to write. */
  contacts: number
  /** As the drop reads them: with what the plant does to them. */
  readonly live_contacts: number
  /** Turns contact `i` to this side; for so long from now on, and then it falls back to its normal one. */
  setContact(i: number, closed: boolean, until_ms?: number): void
  /** Nobody has written the solenoids since power-up. */
  isUntouched(): boolean
  paused: boolean
  /** -1 if there is no such register. */
  readInput(register: number): number
  readHolding(register: number): number
  isHolding(register: number): boolean
  /** False if there is no such register. */
  writeHolding(register: number, value: number): boolean
  writeSolenoids(bits: number): void
  isTripped(): boolean
  /** Everything de-energised until re-armed. */
  trip(): void
  /** The device's end of the protected channel; null: there is none. */
  readonly channel: DeviceEnd | null
  /** Limits crossed since power-up, each once, in the order of time. Allocates. */
  events(): SafetyEvent[]
  /** How many there are. */
  readonly crossed: number
  /** Before the plant's step: valves move, and the plant feels them. */
  act(plant: Plant, dt_s: number, time_s: number): void
  /** After it: transmitters, watchdog, limits. */
  watch(plant: Plant, dt_ms: number, time_ms: number, draw: boolean): void
  readonly streams: readonly Stream[]
  readonly saved_length: number
  save(): Float64Array
  load(saved: Float64Array, time_s: number): void
}

export const SAFETY_REGISTER = {
  contacts: 50,
  open: 51,
  closed: 52,
  readback: 100,
  tripped: 200,
  paused: 201,
  solenoids: 0,
  watchdog: 100,
  rearm: 101,
} as const

/** Currents that no transmitter makes, not even a faulty one: the loop is open, or short. */
const OPEN_LOOP_MA = 2
const SHORT_LOOP_MA = 21.5

/** Present in the state: solenoids as written and as they are, contacts, watchdog, silence, guard, tripped once. */
const OWN = 7

/**
 * @param faults - bank with one instrument per transmitter, then one per valve, then one per machine, at `first` and after
 * @param noisy - false: no noise
 */
export function createSafetyField(
  equipment: SafetyEquipment,
  plant: Plant,
  faults: FaultBank,
  first: number,
  seed: number,
  noisy: boolean,
): SafetyField {
  const { counts_per_mA: k } = equipment
  const count = equipment.transmitters.length
  if (equipment.valves.length > 16 || equipment.contacts.length > 16) throw new RangeError('a word has 16 bits')
  if (equipment.transmitters.some((t) => !(t.register >= 0 && t.register < SAFETY_REGISTER.contacts)))
    throw new RangeError(`${equipment.drop}: currents have the registers below ${SAFETY_REGISTER.contacts}`)
  const transmitters = createTransmitters(equipment.transmitters, faults, first, seed, noisy)
  const valves = createBlockValves(equipment.valves, faults, first + count)
  const machines = createMachines(equipment.machines ?? [], faults, first + count + equipment.valves.length)
  const sensed = new Float64Array(equipment.sensed)
  const counts = new Uint16Array(count)
  const at_register = new Int16Array(SAFETY_REGISTER.contacts).fill(-1)
  for (const [i, t] of equipment.transmitters.entries()) at_register[t.register] = i
  const all = 2 ** equipment.valves.length - 1
  const own = new Float64Array(OWN)
  const normal_closed = equipment.contacts.reduce((bits, c, i) => (c.normal === 'closed' ? bits | (1 << i) : bits), 0)
  const in_series = equipment.contacts.reduce((bits, c, i) => (c.plant === 'and' ? bits | (1 << i) : bits), 0)
  const beside = equipment.contacts.reduce((bits, c, i) => (c.plant === 'or' ? bits | (1 << i) : bits), 0)
  /** Contacts as the plant has them now. */
  let worked = 0
  /** Plant time at which a pressed contact is let go, ms; NaN: nobody holds it. */
  const held_ms = new Float64Array(equipment.contacts.length).fill(Number.NaN)
  /** Per limit, low and high: when it was crossed, s, NaN not yet; and whether that was lost inventory. */
  const crossed_s = new Float64Array(plant.limits.length * 2).fill(Number.NaN)
  const lost = new Float64Array(plant.limits.length * 2)
  const [WRITTEN, OUT, CONTACTS, WATCHDOG_DS, SILENT_MS, GUARD, TRIPPED] = [0, 1, 2, 3, 4, 5, 6]

  const acquire = (): void => {
    for (let i = 0; i < count; i++) counts[i] = countsOf(transmitters.mA[i]!, k)
  }
  const note = (at: number, time_s: number, inventory: boolean): void => {
    if (!Number.isNaN(crossed_s[at]!)) return
    crossed_s[at] = time_s
    lost[at] = inventory ? 1 : 0
  }
  const judge = (p: Plant, time_s: number): void => {
    for (let i = 0; i < p.limits.length; i++) {
      const limit = p.limits[i]!
      const value = p.limited[i]!
      // Levels are what can run low: nothing else has a lower limit.
      if (value < limit.trip_lo) note(2 * i, time_s, own[TRIPPED] === 1 && equipment.low_damages !== true)
      if (value > limit.trip_hi) note(2 * i + 1, time_s, false)
    }
  }

  own[WRITTEN] = all
  own[OUT] = all
  own[CONTACTS] = normal_closed
  own[WATCHDOG_DS] = Math.round(equipment.watchdog_s * 10)
  valves.settle(all)
  equipment.sense(plant, sensed)
  worked = equipment.contactsOf?.(plant) ?? 0
  transmitters.settle(sensed)
  acquire()

  let channel: DeviceEnd | null = null
  const field: SafetyField = {
    equipment,
    tags: new Map<string, readonly FaultKind[]>([
      ...equipment.transmitters.map((t) => [t.tag, FAULTS_OF.transmitter] as const),
      ...equipment.valves.map((v) => [v.tag, FAULTS_OF.blockValve] as const),
      ...(equipment.machines ?? []).map((m) => [m.tag, FAULTS_OF.machine] as const),
    ]),
    valves,
    machines,
    paused: false,
    get contacts() {
      return own[CONTACTS]!
    },
    set contacts(bits) {
      own[CONTACTS] = bits
    },
    get live_contacts() {
      return (own[CONTACTS]! & (~in_series | worked)) | (beside & worked)
    },
    setContact(i, closed, until_ms) {
      own[CONTACTS] = closed ? own[CONTACTS]! | (1 << i) : own[CONTACTS]! & ~(1 << i)
      held_ms[i] = until_ms ?? Number.NaN
    },
    isUntouched: () => own[GUARD] === 0,
    readInput(register) {
      if (register >= 0 && register < at_register.length) {
        const i = at_register[register]!
        return i < 0 ? -1 : counts[i]!
      }
      switch (register) {
        case SAFETY_REGISTER.contacts:
          return field.live_contacts
        case SAFETY_REGISTER.open:
          return valves.switches.open
        case SAFETY_REGISTER.closed:
          return valves.switches.closed
        case SAFETY_REGISTER.readback:
          return own[OUT]!
        case SAFETY_REGISTER.tripped:
          return own[GUARD] === 2 ? 1 : 0
        case SAFETY_REGISTER.paused:
          return field.paused ? 1 : 0
        default:
          return -1
      }
    },
    readHolding(register) {
      if (register === SAFETY_REGISTER.solenoids) return own[WRITTEN]!
      if (register === SAFETY_REGISTER.watchdog) return own[WATCHDOG_DS]!
      return register === SAFETY_REGISTER.rearm ? 0 : -1
    },
    isHolding: (register) => field.readHolding(register) >= 0,
    writeHolding(register, value) {
      if (register === SAFETY_REGISTER.solenoids) field.writeSolenoids(value)
      else if (register === SAFETY_REGISTER.watchdog) own[WATCHDOG_DS] = value
      else if (register !== SAFETY_REGISTER.rearm) return false
      else if (value === 1 && own[GUARD] === 2) {
        own[GUARD] = 1
        own[SILENT_MS] = 0
        // What was written while tripped was never put out: it must not appear later as if it had been.
        own[WRITTEN] = own[OUT]!
      }
      return true
    },
    writeSolenoids(bits) {
      own[WRITTEN] = bits & all
      if (own[GUARD] === 2) return
      own[GUARD] = 1
      own[SILENT_MS] = 0
      own[OUT] = bits & all
    },
    isTripped: () => own[GUARD] === 2,
    trip() {
      own[GUARD] = 2
      own[OUT] = 0
    },
    get channel() {
      return channel
    },
    events: () =>
      Array.from(crossed_s, (at_s, i): SafetyEvent & { order: number } => ({
        order: i,
        at_s,
        kind: lost[i] === 1 ? 'inventory lost' : 'equipment damaged',
        cause: `${plant.limits[i >> 1]!.name} ${(i & 1) === 0 ? 'low' : 'high'}`,
      }))
        .filter(({ at_s }) => !Number.isNaN(at_s))
        .sort((a, b) => a.at_s - b.at_s || a.order - b.order)
        .map(({ at_s, kind, cause }) => ({ at_s, kind, cause })),
    get crossed() {
      let sum = 0
      for (let i = 0; i < crossed_s.length; i++) if (!Number.isNaN(crossed_s[i]!)) sum++
      return sum
    },
    act(p, dt_s, time_s) {
      valves.step(own[OUT]!, dt_s, time_s)
      if ((valves.inSafePosition() & ~own[OUT]! & all) !== 0) own[TRIPPED] = 1
      machines.step(dt_s, time_s)
      equipment.apply(p, valves.opening, own[TRIPPED] === 1, machines.speed)
    },
    watch(p, dt_ms, time_ms, draw) {
      equipment.sense(p, sensed)
      worked = equipment.contactsOf?.(p) ?? 0
      transmitters.step(sensed, dt_ms / 1000, time_ms / 1000, draw)
      acquire()
      judge(p, time_ms / 1000)
      // Beyond its time, so that a press of a second is seen by every scan within it.
      for (let i = 0; i < held_ms.length; i++)
        if (time_ms > held_ms[i]!) field.setContact(i, ((normal_closed >> i) & 1) === 1)
      channel?.advance(time_ms)
      if (own[GUARD] !== 1) return
      own[SILENT_MS] = own[SILENT_MS]! + dt_ms
      if (own[WATCHDOG_DS]! > 0 && own[SILENT_MS]! >= own[WATCHDOG_DS]! * 100) field.trip()
    },
    streams: transmitters.streams,
    saved_length:
      transmitters.mA.length +
      transmitters.state.length +
      valves.state.length +
      machines.state.length +
      OWN +
      held_ms.length +
      2 * crossed_s.length +
      (equipment.channel === undefined ? 0 : DEVICE_END_SAVED),
    save: () =>
      Float64Array.from([
        ...transmitters.mA,
        ...transmitters.state,
        ...valves.state,
        ...machines.state,
        ...own,
        ...held_ms,
        ...crossed_s,
        ...lost,
        ...(channel?.save() ?? []),
      ]),
    load(saved, time_s) {
      let at = 0
      const parts = [transmitters.mA, transmitters.state, valves.state, machines.state, own, held_ms, crossed_s, lost]
      for (const part of parts) {
        part.set(saved.subarray(at, at + part.length))
        at += part.length
      }
      channel?.load(saved.subarray(at))
      worked = equipment.contactsOf?.(plant) ?? 0
      valves.refresh(time_s)
      machines.refresh()
      acquire()
    },
  }
  if (equipment.channel !== undefined) channel = createDeviceEnd(equipment.channel, behindChannel(field, counts))
  return field
}

/** The field as the channel's device. */
function behindChannel(field: SafetyField, counts: Uint16Array): ChannelDevice {
  const { equipment } = field
  const { counts_per_mA } = equipment
  return {
    transmitters: equipment.transmitters.length,
    contact_count: equipment.contacts.length,
    elements: equipment.valves.length,
    count: (i) => counts[i]!,
    lineFault: (i) => counts[i]! < OPEN_LOOP_MA * counts_per_mA || counts[i]! > SHORT_LOOP_MA * counts_per_mA,
    contacts: () => field.live_contacts,
    open: () => field.valves.switches.open,
    closed: () => field.valves.switches.closed,
    solenoids: () => field.readInput(SAFETY_REGISTER.readback),
    isTripped: field.isTripped,
    isPaused: () => field.paused,
    write: field.writeSolenoids,
    setWatchdog: (tenths_s) => field.writeHolding(SAFETY_REGISTER.watchdog, tenths_s),
    trip: field.trip,
    rearm: () => field.writeHolding(SAFETY_REGISTER.rearm, 1),
  }
}
