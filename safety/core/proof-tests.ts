/**
 * Records of proof tests: who tested what, with which configuration, and what it counts.
 *
 * A record is void when the configuration has changed since, without two different signers, or when it failed. A demand or spurious trip
 * with full confirmation counts as a test of the coverage that is configured for it. Days are numbers since any one day.
 */
export interface ProofTest {
  /** Final element, or input. */
  readonly tag: string
  readonly day: number
  readonly configuration_hash: string
  readonly signed_by: readonly string[]
  readonly passed: boolean
  /** Back in service after the test: bypasses removed, valves open, seen by the second signer. */
  readonly returned_to_service: boolean
  /** Share of the dangerous faults that the test finds, 1: 1 for a full test. */
  readonly coverage: number
}

export type ProofStatus =
  | { readonly state: 'valid'; readonly day: number; readonly due_day: number }
  | { readonly state: 'overdue'; readonly due_day: number }
  | { readonly state: 'never' }

/** Why a record does not count, or nothing. */
export function voidBecause(test: ProofTest, configuration_hash: string): string | undefined {
  if (test.configuration_hash !== configuration_hash) return 'the configuration has changed since'
  if (new Set(test.signed_by).size < 2) return 'two different signers are needed'
  if (!test.passed) return 'it failed'
  if (!test.returned_to_service) return 'the return to service is not confirmed'
  return undefined
}

/** Only full tests set the date anew: a partial one lowers the probability of failure, not the interval. */
export function proofStatus(
  tests: readonly ProofTest[],
  tag: string,
  interval_days: number,
  today: number,
  configuration_hash: string,
): ProofStatus {
  let last = Number.NEGATIVE_INFINITY
  for (const test of tests) {
    if (test.tag !== tag || test.coverage < 1 || test.day > today) continue
    if (voidBecause(test, configuration_hash) === undefined) last = Math.max(last, test.day)
  }
  if (last === Number.NEGATIVE_INFINITY) return { state: 'never' }
  const due_day = last + interval_days
  return today > due_day ? { state: 'overdue', due_day } : { state: 'valid', day: last, due_day }
}
