/**
 * One subsystem of a safety function as the equations see it: N equal channels, M of which must work.
 *
 * Rates are per hour, times in hours, shares and common-cause factors 0 to 1.
 */
export interface SubsystemRates {
  readonly architecture: Architecture
  /** Dangerous failures that nothing shows before a test, split by the test that shows them. Order does not matter. */
  readonly undetected: readonly TestedRate[]
  /** Dangerous failures that the diagnostics show at once. */
  readonly lambda_DD_per_h: number
  /** Safe failures that the diagnostics show; only 1oo2D asks. */
  readonly lambda_SD_per_h: number
  /** Share of undetected, and of detected, failures that strike all channels at once. */
  readonly beta: number
  readonly beta_D: number
  /** Restoration after the diagnostics spoke; repair after a test found it. */
  readonly mttr_h: number
  readonly mrt_h: number
  /** Efficiency of the switch-over of 1oo2D, 0 to 1. */
  readonly switchOver: number
}

/** A part of the undetected failures and how far apart the occasions are that reveal it. */
export interface TestedRate {
  readonly lambda_per_h: number
  readonly interval_h: number
  /** The occasion is the replacement at the end of the mission: everything is new after it. */
  readonly renews?: true
}

/** `M` of `N` channels must ask for the trip; `diagnosed` is the D of 1oo2D. */
export interface Architecture {
  readonly m: number
  readonly n: number
  readonly diagnosed: boolean
}

const ARCHITECTURE = /^([1-9]|1[0-6])oo([1-9]|1[0-6])(D?)$/

/** `2oo3`, `1oo2D`. @returns undefined where the text is no architecture; D stands for 1oo2D only */
export function parseArchitecture(text: string): Architecture | undefined {
  const match = ARCHITECTURE.exec(text)
  if (match === null) return undefined
  const [m, n, diagnosed] = [Number(match[1]), Number(match[2]), match[3] === 'D']
  if (m > n || (diagnosed && !(m === 1 && n === 2))) return undefined
  return { m, n, diagnosed }
}

export const architectureText = ({ m, n, diagnosed }: Architecture): string => `${m}oo${n}${diagnosed ? 'D' : ''}`

/** Faults that the subsystem survives: N - M. @see IEC 61508-2, 7.4.4.1.1 */
export const hardwareFaultTolerance = ({ m, n }: Architecture): number => n - m

export function undetectedRate(rates: SubsystemRates): number {
  let sum = 0
  for (const part of rates.undetected) sum += part.lambda_per_h
  return sum
}
