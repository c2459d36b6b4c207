/**
 * Faults of instruments, armed for a span of plant time.
 *
 * A bank holds every possible fault of every instrument in one Float64Array, so that a step allocates nothing and a
 * snapshot is a copy. An instrument has at most one fault of each kind; a later one of the same kind replaces it.
 */

/** Order is the layout of the bank: new kinds go to the end. */
export const FAULT_KINDS = [
  'bias',
  'drift',
  'stuck',
  'open',
  'failed',
  'air',
  'noise',
  'frozen',
  'spikes',
  'saturated',
  'scaling',
  'slow',
  'stiction',
  'backlash',
  'leak',
  'trip',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export const KIND = {
  bias: 0,
  drift: 1,
  stuck: 2,
  open: 3,
  failed: 4,
  air: 5,
  noise: 6,
  frozen: 7,
  spikes: 8,
  saturated: 9,
  scaling: 10,
  slow: 11,
  stiction: 12,
  backlash: 13,
  leak: 14,
  trip: 15,
} as const satisfies Readonly<Record<FaultKind, number>>

/** Which faults a device of each sort can have, in the words of the instructor. */
export const FAULTS_OF = {
  transmitter: [
    'bias',
    'drift',
    'stuck',
    'open',
    'failed',
    'noise',
    'frozen',
    'spikes',
    'saturated',
    'scaling',
    'slow',
  ],
  analyser: ['bias', 'drift', 'stuck', 'failed', 'noise', 'spikes', 'scaling'],
  valve: ['stuck', 'air', 'stiction', 'backlash', 'slow', 'leak'],
  drive: ['stuck', 'air', 'slow', 'trip'],
  blockValve: ['stuck', 'air', 'failed', 'slow', 'leak'],
  machine: ['trip'],
} as const satisfies Readonly<Record<string, readonly FaultKind[]>>

export interface FaultOrder {
  readonly kind: FaultKind
  /**
   * bias: offset, EU. drift: EU per hour. stuck: value it goes to, EU or % (absent: stays where it is).
   * open: current of the broken loop, mA (absent: 0). noise: standard deviation added, EU. spikes: their height, EU.
   * saturated: value above which the signal does not rise, EU (absent: it stands at the end of its range).
   * scaling: span it is ranged for, as a multiple of the true one. slow: time constant, s; of a valve: speed, %/s.
   * stiction: deadband and stickband together (S), %. backlash: play, %. leak: flow through the shut seat, %.
   * trip: time from its end until the drive may start, s (absent: 0). failed, air, frozen: none.
   */
  readonly value?: number | undefined
  /** stiction: slip jump (J), %; absent: as large as the value. */
  readonly jump?: number | undefined
  /** Plant time at which it sets in, and at which it is gone again, s; absent: now, never. */
  readonly start_s?: number | undefined
  readonly end_s?: number | undefined
  /** Time over which the size, or the way of stuck to its value, grows linearly, s; absent: at once. */
  readonly ramp_s?: number | undefined
}

/** A fault as it stands: what the instructor sees. */
export interface FaultState {
  readonly kind: FaultKind
  readonly value: number | null
  /** Only where the order gave one. */
  readonly jump?: number
  readonly start_s: number
  readonly end_s: number | null
  readonly ramp_s: number
  readonly active: boolean
}

export interface FaultBank {
  readonly data: Float64Array
  /** Number of armed faults per instrument: 0 is the short way through a step. */
  readonly armed: Uint8Array
}

const KINDS = FAULT_KINDS.length
/** start, end, value, ramp, held, jump: NaN start means no fault, NaN held not yet active. */
const WIDTH = 6
const START = 0
const END = 1
const VALUE = 2
const RAMP = 3
const HELD = 4
const JUMP = 5

export function createFaultBank(instruments: number): FaultBank {
  return { data: new Float64Array(instruments * KINDS * WIDTH).fill(Number.NaN), armed: new Uint8Array(instruments) }
}

const slot = (instrument: number, kind: number): number => (instrument * KINDS + kind) * WIDTH

export function armFault(bank: FaultBank, instrument: number, order: FaultOrder, now_s: number): void {
  const at = slot(instrument, KIND[order.kind])
  bank.data[at + START] = order.start_s ?? now_s
  bank.data[at + END] = order.end_s ?? Number.POSITIVE_INFINITY
  bank.data[at + VALUE] = order.value ?? Number.NaN
  bank.data[at + RAMP] = order.ramp_s ?? 0
  bank.data[at + HELD] = Number.NaN
  bank.data[at + JUMP] = order.jump ?? Number.NaN
  recount(bank)
}

/** Removes one kind of fault, or all of an instrument. */
export function clearFault(bank: FaultBank, instrument: number, kind?: FaultKind): void {
  const from = kind === undefined ? slot(instrument, 0) : slot(instrument, KIND[kind])
  bank.data.fill(Number.NaN, from, kind === undefined ? from + KINDS * WIDTH : from + WIDTH)
  recount(bank)
}

/** After a change of `data` from outside: a snapshot holds only the data. */
export function recount(bank: FaultBank): void {
  for (let i = 0; i < bank.armed.length; i++) {
    let armed = 0
    for (let kind = 0; kind < KINDS; kind++) if (!Number.isNaN(bank.data[slot(i, kind) + START]!)) armed++
    bank.armed[i] = armed
  }
}

/** Whether the fault acts at this time; one that has run out is removed. */
export function isActive(bank: FaultBank, instrument: number, kind: number, time_s: number): boolean {
  const at = slot(instrument, kind)
  if (!(time_s >= bank.data[at + START]!)) return false
  if (time_s < bank.data[at + END]!) return true
  bank.data.fill(Number.NaN, at, at + WIDTH)
  bank.armed[instrument] = bank.armed[instrument]! - 1
  return false
}

/** The value of an active fault; `fallback` where the order had none. */
export function faultValue(bank: FaultBank, instrument: number, kind: number, fallback: number): number {
  const value = bank.data[slot(instrument, kind) + VALUE]!
  return Number.isNaN(value) ? fallback : value
}

/** Share of the full effect, 0 to 1. */
export function rampShare(bank: FaultBank, instrument: number, kind: number, time_s: number): number {
  const at = slot(instrument, kind)
  const ramp_s = bank.data[at + RAMP]!
  const since_s = time_s - bank.data[at + START]!
  return ramp_s > 0 && since_s < ramp_s ? since_s / ramp_s : 1
}

/** The value of an active fault grown by its ramp; 0 where the order had none. */
export function grownValue(bank: FaultBank, instrument: number, kind: number, time_s: number): number {
  return faultValue(bank, instrument, kind, 0) * rampShare(bank, instrument, kind, time_s)
}

/** The second size of an active fault; `fallback` where the order had none. */
export function faultJump(bank: FaultBank, instrument: number, kind: number, fallback: number): number {
  const jump = bank.data[slot(instrument, kind) + JUMP]!
  return Number.isNaN(jump) ? fallback : jump
}

/** Hours since the fault set in. */
export function hoursSince(bank: FaultBank, instrument: number, kind: number, time_s: number): number {
  return (time_s - bank.data[slot(instrument, kind) + START]!) / 3600
}

/** What the instrument stood at when the fault set in: `present` at the first call. */
export function held(bank: FaultBank, instrument: number, kind: number, present: number): number {
  const at = slot(instrument, kind) + HELD
  if (Number.isNaN(bank.data[at]!)) bank.data[at] = present
  return bank.data[at]!
}

/** All armed faults of one instrument, in words. Allocates: for the instructor, never in a step. */
export function faultsOf(bank: FaultBank, instrument: number, time_s: number): FaultState[] {
  const list: FaultState[] = []
  for (let kind = 0; kind < KINDS; kind++) {
    const at = slot(instrument, kind)
    const start_s = bank.data[at + START]!
    if (Number.isNaN(start_s)) continue
    const end_s = bank.data[at + END]!
    const value = bank.data[at + VALUE]!
    const jump = bank.data[at + JUMP]!
    list.push({
      kind: FAULT_KINDS[kind]!,
      value: Number.isNaN(value) ? null : value,
      ...(Number.isNaN(jump) ? {} : { jump }),
      start_s,
      end_s: Number.isFinite(end_s) ? end_s : null,
      ramp_s: bank.data[at + RAMP]!,
      active: time_s >= start_s && time_s < end_s,
    })
  }
  return list
}
