/**
 * The 4-20 mA signal and its counts.
 *
 * NAMUR NE 43: 3.8 to 20.5 mA is measurement, 3.6 mA and below or 21 mA and above is a failure report, 0 mA a broken loop.
 * @see NAMUR NE 43, "Standardisation of the signal level for the failure information of digital transmitters"
 */
export const MA_ZERO = 4
export const MA_SPAN = 16
/** A transmitter saturates here: a value beyond range must not look like a failure. */
export const MA_SATURATION_LO = 3.8
export const MA_SATURATION_HI = 20.5
/** At and below this a receiver takes the signal for failed. */
export const MA_FAILURE_LO = 3.6
export const MA_FAILURE_HI = 21
/** A 16-bit register holds no more. */
export const COUNTS_MAX = 65535

/** Current of a value in a range; not limited. */
export const currentOf = (value: number, lo: number, hi: number): number =>
  MA_ZERO + (MA_SPAN * (value - lo)) / (hi - lo)

/** Value of a current in a range; not limited. */
export const quantityOf = (mA: number, lo: number, hi: number): number => lo + ((mA - MA_ZERO) / MA_SPAN) * (hi - lo)

/** What a receiver makes of a current: the value, or null where it reports a failure or a broken loop. */
export const readingOf = (mA: number, lo: number, hi: number): number | null =>
  mA <= MA_FAILURE_LO || mA >= MA_FAILURE_HI ? null : quantityOf(mA, lo, hi)

/** Current as the module counts it: rounded to the nearest count, limited to the register. */
export function countsOf(mA: number, counts_per_mA: number): number {
  const counts = Math.floor(mA * counts_per_mA + 0.5)
  return counts < 0 ? 0 : counts > COUNTS_MAX ? COUNTS_MAX : counts
}
