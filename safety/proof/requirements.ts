/** The requirements file: what no machine needs, and every reader does. Read at the edge (YAML), checked here. */
export interface Requirements {
  readonly config: string
  readonly title: string
  /** Hazard study and what else this rests on, and what of it is an assumption. */
  readonly basis: string
  readonly sifs: readonly SifRequirement[]
  /** Requirements of the system as a whole. */
  readonly general: readonly Requirement[]
  readonly accepted: readonly Acceptance[]
}

export interface SifRequirement {
  readonly id: string
  readonly hazard: string
  readonly demand: string
  readonly safe_state: string
  readonly reset: string
  readonly bypass: string
  /** Where process safety time and set point come from. */
  readonly source: string
  readonly requirements: readonly Requirement[]
}

export interface Requirement {
  /** `SRS-TE-S1`, and further ones behind it. */
  readonly id: string
  readonly text: string
  /** Ids in the names of tests that verify it, beside its own. */
  readonly tests: readonly string[]
  /** Why no test verifies it; absent: one does. */
  readonly gap?: string
}

export interface Acceptance {
  readonly rule: string
  readonly place: string
  readonly by: string
  readonly reason: string
}

export const requirementsOf = (r: Requirements): readonly Requirement[] => [
  ...r.general,
  ...r.sifs.flatMap((s) => s.requirements),
]

export const requirementIds = (r: Requirements): readonly string[] => requirementsOf(r).map(({ id }) => id)
