/** The SIL that the structure of a subsystem permits, whatever its failure rates promise. */
import type { Sil } from './bands.ts'

export interface LimitedElement {
  /** A: all failure modes known; B: not so, as anything with a processor. @see IEC 61508-2, 7.4.4.1.2 and .3 */
  readonly type: 'A' | 'B'
  readonly lambda_S_per_h: number
  readonly lambda_DD_per_h: number
  readonly lambda_DU_per_h: number
}

/** Safe failure fraction (lS + lDD) / (lS + lD), 0 to 1; 1 where nothing fails. */
export function safeFailureFraction({ lambda_S_per_h, lambda_DD_per_h, lambda_DU_per_h }: LimitedElement): number {
  const all = lambda_S_per_h + lambda_DD_per_h + lambda_DU_per_h
  return all === 0 ? 1 : (lambda_S_per_h + lambda_DD_per_h) / all
}

/** Diagnostic coverage lDD / lD, 0 to 1; 1 where nothing fails dangerously. */
export function diagnosticCoverage({ lambda_DD_per_h, lambda_DU_per_h }: LimitedElement): number {
  const dangerous = lambda_DD_per_h + lambda_DU_per_h
  return dangerous === 0 ? 1 : lambda_DD_per_h / dangerous
}

/** Route 1H: by safe failure fraction and fault tolerance. @see IEC 61508-2:2010, tables 2 and 3 */
export function silByRoute1H(element: LimitedElement, hft: number): Sil {
  const sff = safeFailureFraction(element)
  // 0: below 60 %, 1: 60 to 90, 2: 90 to 99, 3: from 99. A type B element stands one row worse.
  const row = (sff >= 0.6 ? 1 : 0) + (sff >= 0.9 ? 1 : 0) + (sff >= 0.99 ? 1 : 0)
  return ROUTE_1H[element.type][Math.min(hft, 2)]![row]!
}

const ROUTE_1H: Readonly<Record<'A' | 'B', readonly (readonly Sil[])[]>> = {
  A: [
    [1, 2, 3, 3],
    [2, 3, 4, 4],
    [3, 4, 4, 4],
  ],
  B: [
    [0, 1, 2, 3],
    [1, 2, 3, 4],
    [2, 3, 4, 4],
  ],
}

/**
 * Route 2H: by fault tolerance alone, for failure rates from the field with 90 % confidence; a type B element needs a
 * diagnostic coverage of 60 % besides.
 * @see IEC 61508-2:2010, 7.4.4.3
 */
export function silByRoute2H(element: LimitedElement, hft: number, demand: 'low' | 'high'): Sil {
  if (element.type === 'B' && diagnosticCoverage(element) < 0.6) return 0
  if (hft >= 2) return 4
  if (hft === 1) return 3
  return demand === 'low' ? 2 : 1
}
