/** What one comparison with a file of reference numbers found. */
export interface Outcome {
  readonly file: string
  readonly status: 'ok' | 'FAIL' | 'skipped'
  /** How many numbers were compared, how far off the worst was, and how far it may be (scaled as the file's kind says). */
  readonly values: number
  readonly worst: number
  readonly tolerance: number
  /** Where the worst stands, or why there is nothing to compare. */
  readonly note: string
}

/** Gathers the worst of many scaled errors. A NaN on either side is a failure, never a pass. */
export interface Tally {
  /** @param where - names the place; only called for a new worst */
  add(error: number, where: () => string): void
  outcome(file: string, tolerance: number, ...notes: readonly string[]): Outcome
}

export function tally(): Tally {
  let values = 0
  let worst = 0
  let place = ''
  return {
    add(error, where) {
      values++
      // `!(a <= b)` lets a NaN become the worst, and nothing replaces it.
      if (!Number.isNaN(worst) && !(error <= worst)) {
        worst = error
        place = where()
      }
    },
    outcome(file, tolerance, ...notes) {
      const ok = values > 0 && worst <= tolerance
      const at = place === '' ? '' : `worst at ${place}`
      const reason = values === 0 ? 'nothing to compare' : at
      return {
        file,
        status: ok ? 'ok' : 'FAIL',
        values,
        worst,
        tolerance,
        note: [...notes, ok ? '' : reason].filter((text) => text !== '').join('; '),
      }
    },
  }
}

export function failed(file: string, note: string): Outcome {
  return { file, status: 'FAIL', values: 0, worst: Number.NaN, tolerance: 0, note }
}

export function skipped(file: string, note: string): Outcome {
  return { file, status: 'skipped', values: 0, worst: 0, tolerance: 0, note }
}
