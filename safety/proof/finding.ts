/** What an examination of a configuration found: a place in it, what is wrong there, and what to do. */
export interface Finding {
  /** Number of the rule, as in docs/reference/safety-proof.md: `SC-12`. */
  readonly rule: string
  readonly severity: 'error' | 'warning' | 'note'
  /** `causes/S1/trip` */
  readonly place: string
  readonly cause: string
  readonly remedy: string
}
