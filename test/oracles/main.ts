/**
 * `npm run oracles -- --data DIR [--only tep|pid|sil]`: compares the product with folders of reference numbers.
 * `--only shutdown` needs no folder: the hazard table of the Tennessee Eastman plant in the project's own model.
 * `--only shutdown-protected` is that table with the safety system in service.
 * `--only boiler` needs none either: the drum against a second evaluation of its balances.
 */
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { boilerReport } from './boiler.ts'
import { compareGroup, GROUPS, type Group, lineOf } from './compare.ts'
import { shutdownReport } from './tep-shutdown-report.ts'

const USAGE = `usage: npm run oracles -- [--data DIR] [--only ${GROUPS.join('|')}|shutdown|shutdown-protected|boiler]`
/** Beside the checkout. */
const DEFAULT_DATA = join(import.meta.dirname, '../../../shared/data')
const WIDTH = 64

process.exitCode = await main(process.argv.slice(2))

/** @returns 0 all within tolerance, 1 something beyond it, 2 nothing to compare or a wrong call */
async function main(argv: readonly string[]): Promise<number> {
  let values: { data?: string; only?: string }
  try {
    values = parseArgs({ args: [...argv], options: { data: { type: 'string' }, only: { type: 'string' } } }).values
  } catch (fault) {
    return refuse(`${(fault as Error).message}\n${USAGE}`)
  }
  const only = values.only
  if (only === 'boiler') return boilerReport((text) => process.stdout.write(text)) === 0 ? 0 : 1
  if (only === 'shutdown') return shutdownReport((text) => process.stdout.write(text)) === 0 ? 0 : 1
  if (only === 'shutdown-protected') {
    const { protectedReport } = await import('./tep-protected-report.ts')
    return (await protectedReport((text) => process.stdout.write(text))) === 0 ? 0 : 1
  }
  if (only !== undefined && !GROUPS.includes(only as Group)) return refuse(`--only ${only}: unknown\n${USAGE}`)
  const data = resolve(values.data ?? DEFAULT_DATA)
  if (!existsSync(data) || !statSync(data).isDirectory()) {
    return refuse(`there is no folder ${values.data ?? '../shared/data'}: give the reference numbers with --data DIR`)
  }

  let files = 0
  let compared = 0
  let bad = 0
  for (const group of only === undefined ? GROUPS : [only as Group]) {
    const found = compareGroup(data, group, (outcome) => {
      if (outcome.status !== 'skipped') compared++
      if (outcome.status === 'FAIL') bad++
      process.stdout.write(`${lineOf(outcome, WIDTH)}\n`)
    })
    files += found
    if (found === 0) process.stdout.write(`${`${group}/`.padEnd(WIDTH)}  skipped  no such files in the folder\n`)
  }
  process.stdout.write(`${compared} compared, ${bad} beyond tolerance, ${files - compared} not compared\n`)
  if (files === 0) return refuse(`${values.data ?? '../shared/data'} has none of the folders ${GROUPS.join(', ')}`)
  return bad === 0 ? 0 : 1
}

function refuse(message: string): number {
  process.stderr.write(`oracles: ${message}\n`)
  return 2
}
