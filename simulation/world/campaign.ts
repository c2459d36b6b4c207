/** Many seeds of the world in one table: the long run beside the 150 seeds of the tests. */
import { MUTANTS } from './mutants.ts'
import { runWorld, type WorldResult } from './world.ts'

export interface WorldCampaign {
  readonly seeds: number
  /** Results with violations. */
  readonly failed: readonly WorldResult[]
  /** Sums over all seeds; of names with `largest` the largest. */
  readonly counters: Readonly<Record<string, number>>
  /** Per mutant in how many of its seeds it was found, where asked for. */
  readonly mutants: readonly {
    readonly rule: number
    readonly name: string
    readonly found: number
    readonly of: number
  }[]
}

export interface CampaignOptions {
  readonly first_seed?: number
  /** Seeds per mutant; 0: none. */
  readonly mutant_seeds?: number
  /** Asked between seeds: whether to stop early. */
  readonly stop?: () => boolean
  readonly progress?: (seed: number, failed: number) => void
}

/** @param minutes - simulated chaos per seed; half a minute of healing follows */
export function runWorldCampaign(seeds: number, minutes: number, options: CampaignOptions = {}): WorldCampaign {
  const chaos_ms = Math.round(minutes * 60) * 1000
  const first_seed = options.first_seed ?? 1
  const failed: WorldResult[] = []
  const counters: Record<string, number> = {}
  let run = 0
  for (let seed = first_seed; seed < first_seed + seeds && options.stop?.() !== true; seed++) {
    const result = runWorld(seed, { chaos_ms })
    run++
    if (result.violations.length > 0) failed.push(result)
    for (const [name, value] of Object.entries(result.counters)) {
      const before = counters[name] ?? 0
      counters[name] = name.includes('largest') ? Math.max(before, value) : before + value
    }
    options.progress?.(seed, failed.length)
  }
  const of = options.mutant_seeds ?? 0
  const mutants = MUTANTS.filter(() => of > 0 && options.stop?.() !== true).map((mutant) => {
    let found = 0
    for (let seed = first_seed; seed < first_seed + of; seed++) {
      if (runWorld(seed, { chaos_ms, mutant, first: true }).violations.length > 0) found++
    }
    return { rule: mutant.rule, name: mutant.name, found, of }
  })
  return { seeds: run, failed, counters, mutants }
}
