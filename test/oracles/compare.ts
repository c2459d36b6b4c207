/** Finds the files of reference numbers in a folder by name and compares each with the product's own code. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { failed, type Outcome, skipped } from './outcome.ts'
import { comparePid, readCases } from './pid.ts'
import { compareSil } from './sil.ts'
import { TableFault } from './table.ts'
import { compareClosedLoop, compareWalks, readSeeds, type Seeds } from './tep-closed-loop.ts'
import { compareDerivatives } from './tep-derivatives.ts'
import { compareOpenLoop } from './tep-open-loop.ts'
import { compareRicker } from './tep-ricker.ts'
import { compareBaseMeasurements, compareBaseState, compareGenerator, compareModes } from './tep-tables.ts'

export const GROUPS = ['tep', 'pid', 'sil'] as const
export type Group = (typeof GROUPS)[number]

interface Comparison {
  readonly pattern: RegExp
  compare(file: string, path: string, seeds: () => Seeds): Outcome
}

/** Which files are compared how; paths are relative to the data folder. */
const COMPARISONS: readonly Comparison[] = [
  { pattern: /^tep\/lcg[^/]*\.csv$/, compare: compareGenerator },
  { pattern: /^tep\/base_state\.csv$/, compare: compareBaseState },
  { pattern: /^tep\/base_xmeas\.csv$/, compare: compareBaseMeasurements },
  { pattern: /^tep\/modes[^/]*\.csv$/, compare: compareModes },
  { pattern: /^tep\/derivs_[^/]*\.csv(\.gz)?$/, compare: compareDerivatives },
  { pattern: /^tep\/openloop_[^/]*\.csv(\.gz)?$/, compare: compareOpenLoop },
  {
    pattern: /^tep\/closedloop\/walk_[^/]*\.csv(\.gz)?$/,
    compare: (file, path, seeds) => compareWalks(file, path, seeds()),
  },
  {
    pattern: /^tep\/closedloop\/[^/]*\.csv(\.gz)?$/,
    compare: (file, path, seeds) => compareClosedLoop(file, path, seeds()),
  },
  { pattern: /^tep\/ricker\/[^/]*\.csv(\.gz)?$/, compare: compareRicker },
]

/** Files that other comparisons read, or people. */
const NOT_COMPARED: readonly (readonly [RegExp, string])[] = [
  [/^tep\/seeds\.csv$/, 'used by the closed loops'],
  [/^tep\/(constants\.json|idv\.csv|controllers_[^/]*\.csv|base_xmv\.csv|base_internals\.csv)$/, 'a table to read'],
  [/^tep\/jacobian_[^/]*\.csv$/, 'follows from the derivatives, which are compared'],
]

/** What `compareGroup` has to say about one file, as soon as it knows. */
export type Report = (outcome: Outcome) => void

/** Compares all files of a group under `data`, in order of name. @returns how many files were looked at */
export function compareGroup(data: string, group: Group, report: Report): number {
  const root = join(data, group)
  if (!existsSync(root)) return 0
  const files = filesBelow(root, group)
  if (group === 'pid') {
    let cases: ReturnType<typeof readCases> | null = null
    const read = (): ReturnType<typeof readCases> => {
      cases ??= readCases(root)
      return cases
    }
    for (const file of files) report(guarded(file, () => comparePid(file, join(data, file), read())))
    return files.length
  }
  if (group === 'sil') {
    // One table holds figures of several kinds, and each kind is judged for itself.
    const outcomes = files.flatMap((file) => compareSil(file, join(data, file)))
    outcomes.forEach(report)
    return outcomes.length
  }
  let seeds: Seeds | null = null
  const readOnce = (): Seeds => {
    if (!existsSync(join(root, 'seeds.csv'))) throw new TableFault('needs tep/seeds.csv, which is missing')
    seeds ??= readSeeds(join(root, 'seeds.csv'))
    return seeds
  }
  for (const file of files) report(compareFile(data, file, readOnce))
  return files.length
}

function compareFile(data: string, file: string, seeds: () => Seeds): Outcome {
  const comparison = COMPARISONS.find(({ pattern }) => pattern.test(file))
  if (comparison === undefined) {
    const known = NOT_COMPARED.find(([pattern]) => pattern.test(file))
    return skipped(file, known?.[1] ?? 'no comparison knows a file of this name')
  }
  return guarded(file, () => comparison.compare(file, join(data, file), seeds))
}

/** What is wrong with a file of reference numbers is its outcome. */
function guarded(file: string, compare: () => Outcome): Outcome {
  try {
    return compare()
  } catch (fault) {
    if (fault instanceof TableFault) return failed(file, fault.message)
    throw fault
  }
}

function filesBelow(folder: string, name: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${name}/${entry.name}`
      return entry.isDirectory() ? filesBelow(join(folder, entry.name), path) : [path]
    })
    .sort()
}

/** One line of the report. */
export function lineOf(outcome: Outcome, width: number): string {
  const note = outcome.note === '' ? '' : `  ${outcome.note}`
  const name = outcome.file.padEnd(width)
  if (outcome.status === 'skipped') return `${name}  skipped${note}`
  const count = String(outcome.values).padStart(7)
  const worst = outcome.worst.toExponential(1).padStart(8)
  const tolerance = outcome.tolerance.toExponential(0)
  return `${name}  ${count} values  worst ${worst}  tolerance ${tolerance}  ${outcome.status}${note}`
}
