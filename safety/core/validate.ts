/** Stages 1 to 3 of the scan: frame and clock, status of each signal, trip comparators. */
import { FAULT, KEY, STATUS } from './codes.ts'
import type { SisInputs } from './inputs.ts'
import { OWN, type State } from './state.ts'
import { SLOTS, type Tables } from './tables.ts'

/**
 * Clock, frame and key. Returns the faults of this scan, bits of `FAULT`.
 * @param faults - found outside the evaluator
 */
export function validateFrame(t: Tables, s: State, inputs: SisInputs, now: number, faults: number): number {
  const own = s.own
  let found = faults | inputs.faults
  if (own[OWN.started] === 0) {
    own[OWN.started] = 1
    own[OWN.last] = now - 1
    // Nothing has been heard: as if the last frame had been too long ago.
    own[OWN.fresh] = now - t.link - t.stale - 1
    own[OWN.seq] = -1
    s.stepSince.fill(now)
    s.offSince.fill(now)
  }
  const step = now - own[OWN.last]!
  if (step < 1) found |= FAULT.clock
  if (step > 1) own[OWN.overruns] = own[OWN.overruns]! + 1
  if (step > t.watchdog) found |= FAULT.overrun
  own[OWN.last] = now
  if (inputs.frame === 1 && inputs.seq !== own[OWN.seq]) {
    own[OWN.seq] = inputs.seq
    own[OWN.fresh] = now
  }
  if (now - own[OWN.fresh]! > t.link) found |= FAULT.communication
  if (inputs.key !== KEY.program && inputs.key !== t.key) found |= FAULT.keyPosition
  own[OWN.faults] = found
  return found
}

/** BAD: line fault, failure current, stale, no number. The alarms of a signal that still counts are in `diagnostics.ts`. */
export function judgeSignals(t: Tables, s: State, inputs: SisInputs, now: number): void {
  const stale = now - s.own[OWN.fresh]! > t.stale
  for (let i = 0; i < t.transmitters; i++) {
    const counts = inputs.counts[i]!
    const bad = stale || inputs.line[i] !== 0 || counts <= t.failLow || counts >= t.failHigh
    s.status[i] = bad ? STATUS.bad : STATUS.good
  }
  for (let i = 0; i < t.contacts; i++) {
    const value = inputs.contacts[i]!
    const bad = stale || inputs.line[t.transmitters + i] !== 0 || (value !== 0 && value !== 1)
    s.status[t.transmitters + i] = bad ? STATUS.bad : STATUS.good
    s.closed[i] = !bad && value === 1 ? 1 : 0
  }
}

/** One comparator per input of a cause. The dead band delays clearing only. */
export function compare(t: Tables, s: State, inputs: SisInputs): void {
  for (let c = 0; c < t.causes; c++) {
    const direction = t.direction[c]!
    for (let i = 0; i < t.n[c]!; i++) {
      const slot = c * SLOTS + i
      const signal = t.slotSignal[slot]!
      if (direction === 2 || direction === -2) {
        const value = inputs.contacts[signal - t.transmitters]!
        s.vote[slot] = (direction === 2 ? value === 0 : value === 1) ? 1 : 0
        continue
      }
      const counts = inputs.counts[signal]!
      if (counts < 0 || counts > 65535) continue
      if (direction === 1) {
        if (counts >= t.slotTrip[slot]!) s.vote[slot] = 1
        else if (counts < t.slotClear[slot]!) s.vote[slot] = 0
      } else if (counts <= t.slotTrip[slot]!) s.vote[slot] = 1
      else if (counts > t.slotClear[slot]!) s.vote[slot] = 0
    }
  }
}
