/** SIL bands of the two figures. @see IEC 61508-1:2010, tables 2 and 3 */

export type Sil = 0 | 1 | 2 | 3 | 4

/** Highest SIL whose band lets this PFDavg in; 0 is none. What is below the band of SIL 4 is still SIL 4. */
export const silOfPfd = (pfd: number): Sil => silBelow(pfd, [1e-1, 1e-2, 1e-3, 1e-4])

/** The same for a frequency of dangerous failure, per hour. */
export const silOfPfh = (pfh_per_h: number): Sil => silBelow(pfh_per_h, [1e-5, 1e-6, 1e-7, 1e-8])

/** Upper end of a SIL's band, which is not in it. */
export const pfdLimit = (sil: Exclude<Sil, 0>): number => [1e-1, 1e-2, 1e-3, 1e-4][sil - 1]!
export const pfhLimit = (sil: Exclude<Sil, 0>): number => [1e-5, 1e-6, 1e-7, 1e-8][sil - 1]!

/** The end of a band is not in it; a figure that misses it by rounding only has not earned the better one. */
const ROUNDING = 1e-9

/** A figure that is no number is in no band: `<` is false for it. */
function silBelow(value: number, limits: readonly number[]): Sil {
  let sil = 0
  for (const limit of limits) if (value >= 0 && value < limit * (1 - ROUNDING)) sil++
  return sil as Sil
}
