/**
 * What can go wrong with the solver and on its way to the drop, in numbers of scans.
 *
 * Behind the protected channel a lost frame is no frame, a late or an exchanged one an older frame with its older number, a doubled
 * one the same again; a drop that hangs repeats its last frame. The clock jumps; a bit of the memory flips; the process pauses, or is
 * killed and comes back tripped; what it writes does not arrive.
 */
import type { SisConfig } from '../../safety/core/config.ts'
import type { SisInputs } from '../../safety/core/inputs.ts'
import { memoryOf } from '../../safety/core/snapshot.ts'
import type { Solver } from '../../safety/core/solver.ts'

export type SolverFaultKind =
  | 'lost'
  | 'late'
  | 'duplicated'
  | 'swapped'
  | 'frozen'
  | 'clock'
  | 'flip'
  | 'pause'
  | 'restart'
  | 'unheard'

export interface SolverFault {
  readonly kind: SolverFaultKind
  /** Scans until it sets in. */
  readonly after: number
  /** How long it lasts; clock and flip are of one scan. */
  readonly scans: number
  /** late: age of the frames, scans. clock: jump, scans. flip: bit, counted through the whole memory. */
  readonly value?: number
}

/** What this scan is. */
export interface ScanOrder {
  /** Age of the frame that arrives, scans; -1 none. */
  frame: number
  /** Added to the number of the scan. */
  clock: number
  runs: boolean
  /** What the solver writes arrives. */
  writes: boolean
  /** A new process takes over before this scan. */
  restart: boolean
}

export interface Trouble {
  /** The frame of this scan as the drop sends it: filled before `next`. */
  readonly counts: Int32Array
  readonly contacts: Int32Array
  readonly open: Uint8Array
  readonly closed: Uint8Array
  seq: number
  /** The scan's number stays where a jump has put it. */
  set(fault: SolverFault | null): void
  /** As if the frame that is to be sent had been sent for ever. */
  clear(): void
  next(solver: Solver): ScanOrder
  /** @param age - of the frame, scans; -1: none arrives */
  deliver(inputs: SisInputs, age: number): void
}

/** Frames are remembered for so many scans. */
const MEMORY = 64

export function createTrouble(config: SisConfig): Trouble {
  const frames = Array.from({ length: MEMORY }, () => ({
    counts: new Int32Array(config.transmitters.length),
    contacts: new Int32Array(config.contacts.length),
    open: new Uint8Array(config.elements.length),
    closed: new Uint8Array(config.elements.length),
    seq: 0,
  }))
  const sent = { ...frames[0]!, seq: 0 }
  sent.counts = new Int32Array(config.transmitters.length)
  sent.contacts = new Int32Array(config.contacts.length)
  sent.open = new Uint8Array(config.elements.length)
  sent.closed = new Uint8Array(config.elements.length)
  let fault: SolverFault | null = null
  let scan = 0
  let head = 0
  let clock = 0
  const order: ScanOrder = { frame: 0, clock: 0, runs: true, writes: true, restart: false }

  const remember = (): void => {
    head = (head + 1) % MEMORY
    const frame = frames[head]!
    frame.counts.set(sent.counts)
    frame.contacts.set(sent.contacts)
    frame.open.set(sent.open)
    frame.closed.set(sent.closed)
    frame.seq = sent.seq
  }

  const act = (f: SolverFault, at: number, solver: Solver): void => {
    switch (f.kind) {
      case 'lost':
        order.frame = -1
        return
      case 'late':
        order.frame = Math.min(f.value ?? 1, MEMORY - 1)
        return
      case 'duplicated':
        order.frame = at % 2
        return
      case 'swapped':
        order.frame = [-1, 0, 2, 0][at % 4]!
        return
      case 'frozen':
        order.frame = Math.min(at + 1, MEMORY - 1)
        return
      case 'clock':
        if (at === 0) clock += f.value ?? 1
        return
      case 'flip':
        if (at === 0) flipBit(solver, f.value ?? 0)
        return
      case 'unheard':
        order.writes = false
        return
      case 'pause':
        order.runs = false
        return
      default:
        order.runs = false
        order.restart = at === f.scans - 1
    }
  }

  return {
    counts: sent.counts,
    contacts: sent.contacts,
    open: sent.open,
    closed: sent.closed,
    get seq() {
      return sent.seq
    },
    set seq(value) {
      sent.seq = value
    },
    set(next) {
      fault = next
      scan = 0
    },
    clear() {
      fault = null
      clock = 0
      for (let i = 0; i < MEMORY; i++) remember()
    },
    next(solver) {
      remember()
      order.frame = 0
      order.runs = true
      order.writes = true
      order.restart = false
      if (fault !== null) {
        const at = scan - fault.after
        scan++
        if (at >= 0 && at < fault.scans) act(fault, at, solver)
      }
      order.clock = clock
      return order
    },
    deliver(inputs, age) {
      inputs.frame = age < 0 ? 0 : 1
      if (age < 0) return
      const frame = age === 0 ? sent : frames[(head - age + MEMORY) % MEMORY]!
      inputs.seq = frame.seq
      inputs.counts.set(frame.counts)
      inputs.contacts.set(frame.contacts)
      inputs.open.set(frame.open)
      inputs.closed.set(frame.closed)
    },
  }
}

/** Bits of the solver's memory that may flip. */
export const memoryBits = (solver: Solver): number =>
  memoryOf(solver).reduce((sum, part) => sum + part.byteLength * 8, 0)

function flipBit(solver: Solver, bit: number): void {
  let at = bit % memoryBits(solver)
  for (const part of memoryOf(solver)) {
    const bits = part.byteLength * 8
    if (at < bits) {
      const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
      const i = at >> 3
      bytes[i] = bytes[i]! ^ (1 << (at & 7))
      return
    }
    at -= bits
  }
}
