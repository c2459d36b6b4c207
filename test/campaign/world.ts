/**
 * Many seeds of the world, and every planted bug over a hundred of them.
 */
import { runWorldCampaign } from '../../simulation/world/campaign.ts'

const MUTANT_SEEDS = 100

/** Prints the table; true where no seed broke a rule and every planted bug was found. */
export function worldCampaign(seeds: number, minutes: number): boolean {
  const began_ms = performance.now()
  const result = runWorldCampaign(seeds, minutes, {
    mutant_seeds: MUTANT_SEEDS,
    progress: (seed, failed) => {
      if (seed % 100 === 0) process.stderr.write(`${seed} seeds, ${failed} with violations\n`)
    },
  })
  process.stdout.write(
    `${result.seeds} seeds of ${minutes} min and healing, ${result.failed.length} with violations\n\n`,
  )
  for (const { seed, violations } of result.failed.slice(0, 20))
    process.stdout.write(`seed ${seed}: ${JSON.stringify(violations[0])}\n`)
  process.stdout.write('| counted | |\n|---|---|\n')
  for (const [name, value] of Object.entries(result.counters))
    process.stdout.write(`| ${name} | ${value.toLocaleString('en')} |\n`)
  process.stdout.write('\n| rule | planted bug | found in |\n|---|---|---|\n')
  for (const { rule, name, found, of } of result.mutants)
    process.stdout.write(`| ${rule} | ${name} | ${found}/${of} |\n`)
  process.stdout.write(`\n${((performance.now() - began_ms) / 1000).toFixed(0)} s\n`)
  return result.failed.length === 0 && result.mutants.every(({ found }) => found > 0)
}
