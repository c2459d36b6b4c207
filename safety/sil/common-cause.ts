/**
 * How much more, or less, than a pair the channels of NooM fail together: the factor on the beta of 1oo2.
 *
 * @returns undefined where the table has no cell, and the beta of the architecture must be given
 * @see IEC 61508-6:2010, table D.5 (from memory, to be confirmed against a copy)
 */
export function betaFactor(m: number, n: number): number | undefined {
  return FACTORS[`${m}oo${n}`]
}

const FACTORS: Readonly<Record<string, number>> = {
  '1oo2': 1,
  '1oo3': 0.5,
  '1oo4': 0.3,
  '1oo5': 0.2,
  '2oo3': 1.5,
  '2oo4': 0.6,
  '2oo5': 0.4,
  '3oo4': 1.75,
  '3oo5': 0.8,
  '4oo5': 2,
}
