/**
 * [R22] Bypass of a PID: the set point goes through to OUT, % for %, for a slave whose measurement has failed.
 *
 * Switched in Man or out of service only, with BYPASS_ENABLE. IN is not used meanwhile, so a bad one forces nothing. Until
 * the block is in automatic the set point is what OUT stands at, and so is BKCAL_OUT: the master starts from there, and
 * nothing moves. On leaving the set point is PV, from which the master starts again.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { layout } from '../layout.ts'
import { PID_FIELDS } from './pid-fields.ts'

const { S, K } = layout(PID_FIELDS)

/** What the way to and fro between the scales may lose, of OUT_SCALE, 1; it is not passed on to the device. */
const ROUNDING = 1e-12

/** OUT at a set point; `prev` where that is the same but for rounding. */
export function passed(k: Float64Array, sp: number, prev: number): number {
  const out_span = k[K.OUT_SCALE + 1]! - k[K.OUT_SCALE]!
  const out = k[K.OUT_SCALE]! + ((sp - k[K.PV_SCALE]!) / (k[K.PV_SCALE + 1]! - k[K.PV_SCALE]!)) * out_span
  return Math.abs(out - prev) <= ROUNDING * out_span ? prev : out
}

/** The set point at which OUT would be this. */
export const passedBack = (k: Float64Array, out: number): number =>
  k[K.PV_SCALE]! +
  ((out - k[K.OUT_SCALE]!) / (k[K.OUT_SCALE + 1]! - k[K.OUT_SCALE]!)) * (k[K.PV_SCALE + 1]! - k[K.PV_SCALE]!)

/** A REFUSAL code for the wish to switch it. */
export function writeBypass(s: Float64Array, k: Float64Array, value: number): number {
  if (value !== 0 && value !== 1) return REFUSAL.outOfRange
  if (k[K.BYPASS_ENABLE]! === 0) return REFUSAL.notPermitted
  if (s[S.MODE_ACTUAL]! !== MODE.man && s[S.MODE_ACTUAL]! !== MODE.oos) return REFUSAL.mode
  if (value === 0 && s[S.BYPASS]! !== 0 && s[S.RUNNING]! !== 0) {
    s[S.SP] = s[S.PV]!
    s[S.SP_WRK] = s[S.PV]!
  }
  s[S.BYPASS] = value
  return REFUSAL.none
}
