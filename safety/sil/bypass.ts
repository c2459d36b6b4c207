/** What a bypass does to a subsystem. */
import type { Architecture, SubsystemRates } from './subsystem.ts'

/**
 * The vote that is left with `bypassed` channels taken out: M of N - k, or max(1, M - k) of N - k where the vote comes down
 * with the channels. Undefined where too few are left to trip: the function is inhibited.
 */
export function bypassedVote(
  { m, n }: Architecture,
  bypassed: number,
  vote: 'keep' | 'reduce',
): Architecture | undefined {
  const left = n - bypassed
  const needed = vote === 'keep' ? m : Math.max(1, m - bypassed)
  return left >= needed && left > 0 ? { m: needed, n: left, diagnosed: false } : undefined
}

/** PFDavg, or PFH, with channels out, by the given form; an inhibited function always fails (1, and any demand for PFH). */
export function whileBypassed(
  rates: SubsystemRates,
  vote: 'keep' | 'reduce',
  figure: (rates: SubsystemRates) => number,
  bypassed = 1,
): number {
  const architecture = bypassedVote(rates.architecture, bypassed, vote)
  return architecture === undefined ? 1 : figure({ ...rates, architecture })
}

/** (1 - f) normal + f bypassed, with f the fraction of time. */
export const withBypass = (normal: number, bypassed: number, fraction: number): number =>
  (1 - fraction) * normal + fraction * bypassed
