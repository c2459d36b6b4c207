/**
 * `flyball northbound`: which register of the map for third parties each value has.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Artifact } from '../../contracts/artifact.ts'
import { extendNorthbound, type NorthboundEntry, parseNorthbound } from '../../gateway/core/northbound.ts'
import { buildStrategy } from '../strategy-files.ts'
import { FAULTY, reportFaults } from './check.ts'

export const NORTHBOUND_FILE = 'northbound.csv'

export function registerNorthbound(program: Command): void {
  program
    .command('northbound')
    .description('give every tag its registers in the Modbus map for third parties, and keep those already given')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .option('--check', 'write nothing; end with 2 where tags have no registers yet')
    .action(async (strategy: string, flags: { readonly check?: true }) => {
      const built = await buildStrategy(strategy)
      if ('faults' in built) {
        reportFaults(built.faults)
        process.exitCode = FAULTY
        return
      }
      const path = join(built.folder, NORTHBOUND_FILE)
      const { entries, faults } = existsSync(path)
        ? parseNorthbound(readFileSync(path, 'utf8'))
        : { entries: [], faults: [] }
      if (faults.length > 0) {
        for (const fault of faults) process.stderr.write(`${path}: ${fault}\n`)
        process.exitCode = FAULTY
        return
      }
      const rows = rowsOf(built.artifact)
      const all = extendNorthbound(entries, [...rows.keys()])
      const added = all.length - entries.length
      if (flags.check === true) {
        process.stdout.write(`${path}: ${entries.length} values, ${added} without registers\n`)
        if (added > 0) process.exitCode = FAULTY
        return
      }
      writeFileSync(path, mapText(all, rows))
      const gone = entries.filter((e) => !rows.has(e.key)).length
      process.stdout.write(`${path}: ${all.length} values, ${added} new, ${gone} no longer in the strategy\n`)
    })
}

interface Row {
  readonly unit: string
  readonly description: string
}

/** What an operator sees of each tag, in the order of the tags. */
function rowsOf({ tags, control }: Artifact): Map<string, Row> {
  const rows = new Map<string, Row>()
  for (const tag of tags) {
    for (const [field, index] of Object.entries(tag.fields)) {
      const { key } = control.published[index]!
      const of_out = field === 'OUT' || field === 'READBACK'
      const plain = field.startsWith('MODE') || field === 'TRACKING' || /^(KC|TI|TD)$/.test(field)
      if (!rows.has(key)) {
        rows.set(key, {
          unit: plain ? '' : of_out ? (tag.out?.eu ?? '') : tag.eu,
          description: `${tag.description}, ${field}`,
        })
      }
    }
  }
  return rows
}

function mapText(entries: readonly NorthboundEntry[], rows: ReadonlyMap<string, Row>): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = entries.map(({ register, key }) => {
    const row = rows.get(key)
    return [register, key, row?.unit ?? '', row?.description ?? 'no longer in the strategy'].map((c) =>
      quoted(String(c)),
    )
  })
  return `${[['register', 'key', 'unit', 'description'], ...lines].map((cells) => cells.join(',')).join('\n')}\n`
}
