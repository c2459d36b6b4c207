/**
 * M out of N with degradation, after the rules of section 2.2 of the safety requirements.
 *
 * Bypassed inputs leave the vote; M stays, or falls with them (never below 1). BAD inputs leave it too (`ignore`), vote to
 * trip, or vote by the value they have. Where fewer inputs are left than must vote, the vote is inhibited: it cannot trip.
 * @param n - inputs
 * @param m - votes that trip
 * @param bypassed - inputs under maintenance bypass
 * @param bad - BAD inputs that are not bypassed
 * @param tripping - good inputs that vote to trip (with `useValue` BAD ones too)
 */
import { ON_BAD, ON_BYPASS, VOTE } from './codes.ts'

export function voteOf(
  n: number,
  m: number,
  bypassed: number,
  bad: number,
  tripping: number,
  on_bad: number,
  on_bypass: number,
): number {
  const left = n - bypassed
  const needed = on_bypass === ON_BYPASS.reduce ? Math.max(1, m - bypassed) : m
  if (on_bad === ON_BAD.ignore && left - bad < needed) return VOTE.inhibited
  if (left < needed) return VOTE.inhibited
  const votes = on_bad === ON_BAD.voteTrip ? tripping + bad : tripping
  return votes >= needed ? VOTE.trip : VOTE.clear
}
