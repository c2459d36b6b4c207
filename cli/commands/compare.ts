/**
 * `flyball compare`: runs beside each other, from the files that `flyball run --out FILE.json` wrote.
 *
 * Exit code 0: compared. 2: a file was wrong; all that are wrong are named.
 */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { compareRuns, comparisonText, RUNS_MAX, renderComparison } from '../run/comparison.ts'
import { readRunFile, type StoredRun } from '../run/run-file.ts'
import { FAULTY } from './check.ts'

interface Flags {
  readonly report?: string
  readonly names?: string
}

export function registerCompare(program: Command): void {
  program
    .command('compare')
    .description('runs beside each other: margins, cost, valve travel, alarms, and their trends on one scale')
    .argument('<runs...>', 'files that flyball run --out FILE.json wrote, 2 to 6')
    .option('--report <file>', 'tables and plots as one HTML file')
    .option('--names <list>', 'how the runs are called, with commas between them')
    .action((files: string[], flags: Flags) => {
      process.exitCode = compare(files, flags)
    })
}

function compare(files: readonly string[], flags: Flags): number {
  const wrong: string[] = []
  const runs: StoredRun[] = []
  if (files.length < 2 || files.length > RUNS_MAX)
    wrong.push(`runs: found ${files.length}, expected 2 to ${RUNS_MAX} files`)
  for (const file of files) {
    try {
      runs.push(readRunFile(file))
    } catch (cause) {
      wrong.push((cause as Error).message)
    }
  }
  const names = flags.names?.split(',').map((n) => n.trim())
  if (names !== undefined && names.length !== files.length)
    wrong.push(`--names: found ${names.length} names, expected ${files.length}`)
  if (wrong.length > 0) {
    for (const line of wrong) process.stderr.write(`${line}\n`)
    return FAULTY
  }
  const named = runs.map((run, i) => ({ ...run, name: names?.[i] ?? run.name }))
  process.stdout.write(comparisonText(compareRuns(named)))
  if (flags.report !== undefined) writeFileSync(flags.report, renderComparison(named))
  return 0
}
