/**
 * The six-state latch of an effect: one step a scan.
 *
 * Stored: a demand that must be reset stands, or stood since the effect left NORMAL; such a trip goes on after the demand is
 * gone, and a delayed one is carried out. A trip by non-stored demands alone releases itself. A reset is taken in READY_TO_RESET
 * only; it energises nothing where the effect waits for a start.
 */
import { LATCH } from './codes.ts'

/** What the latch is told, as bits. */
export const LATCH_INPUT = {
  /** Trips at once: force to trip, fault. */
  instant: 1,
  demand: 2,
  stored: 4,
  /** The delay before the effect is over. */
  delayOver: 8,
  /** No cause of the effect is active, all are healthy. */
  clear: 16,
  resetPermit: 32,
  reset: 64,
  /** The effect needs no start of its own. */
  withReset: 128,
  /** A start was asked for and is permitted. */
  start: 256,
} as const

export function nextLatch(state: number, inputs: number): number {
  if ((inputs & LATCH_INPUT.instant) !== 0) return LATCH.tripped
  const demand = (inputs & LATCH_INPUT.demand) !== 0
  const stored = (inputs & LATCH_INPUT.stored) !== 0
  switch (state) {
    case LATCH.normal:
      if (!demand) return LATCH.normal
      return (inputs & LATCH_INPUT.delayOver) !== 0 ? LATCH.tripped : LATCH.tripInitiatedDelayed
    case LATCH.tripInitiatedDelayed:
      if (!demand && !stored) return LATCH.normal
      return (inputs & LATCH_INPUT.delayOver) !== 0 ? LATCH.tripped : LATCH.tripInitiatedDelayed
    case LATCH.tripped:
      if (demand) return LATCH.tripped
      if (!stored) return LATCH.normal
      if ((inputs & LATCH_INPUT.clear) === 0) return LATCH.tripped
      return (inputs & LATCH_INPUT.resetPermit) !== 0 ? LATCH.readyToReset : LATCH.waitingResetPermit
    case LATCH.waitingResetPermit:
    case LATCH.readyToReset:
      if (demand || (inputs & LATCH_INPUT.clear) === 0) return LATCH.tripped
      if ((inputs & LATCH_INPUT.resetPermit) === 0) return LATCH.waitingResetPermit
      if (state !== LATCH.readyToReset || (inputs & LATCH_INPUT.reset) === 0) return LATCH.readyToReset
      return (inputs & LATCH_INPUT.withReset) !== 0 ? LATCH.normal : LATCH.waitingStartPermit
    case LATCH.waitingStartPermit:
      if (demand || (inputs & LATCH_INPUT.clear) === 0) return LATCH.tripped
      return (inputs & LATCH_INPUT.start) !== 0 ? LATCH.normal : LATCH.waitingStartPermit
    default:
      // A state that is none, from a flipped bit, is a trip.
      return LATCH.tripped
  }
}
