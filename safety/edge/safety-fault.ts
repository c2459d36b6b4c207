/** What a program of the safety system cannot go on from: place, cause, remedy. */
export class SafetyFault extends Error {
  override readonly name = 'SafetyFault'
  /** `SIS_...`, as in docs/reference/errors-at-run-time.md */
  readonly code: string

  constructor(code: string, place: string, cause: string, remedy: string) {
    super(`${code}: ${place}: ${cause}; ${remedy}`)
    this.code = code
  }
}
