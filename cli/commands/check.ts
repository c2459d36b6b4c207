/**
 * `flyball check`: all faults of a strategy at once, before anything runs.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type ConfigFault, faultText, isWarning } from '../../controller/core/strategy/fault.ts'
import { readInstruments } from '../plant-files.ts'
import { rangeWarnings } from '../range-warnings.ts'
import { sarif } from '../strategy/sarif.ts'
import { type Built, buildStrategy, sourceRoot } from '../strategy-files.ts'

export const FAULTY = 2

export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('report every fault of a strategy with file, line, column and what was expected')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .option('--format <name>', 'text, json or sarif', 'text')
    .action(async (strategy: string, flags: { readonly format: string }) => {
      if (!['text', 'json', 'sarif'].includes(flags.format)) {
        process.stderr.write(`--format: found '${flags.format}', expected text, json or sarif\n`)
        process.exitCode = FAULTY
        return
      }
      const built = await buildStrategy(strategy)
      const faults = 'faults' in built ? built.faults : built.warnings
      if (flags.format === 'json') process.stdout.write(`${JSON.stringify({ faults }, null, 2)}\n`)
      else if (flags.format === 'sarif') {
        process.stdout.write(`${JSON.stringify(sarif(faults, sourceRoot(strategy)), null, 2)}\n`)
      } else {
        if (faults.length > 0) reportFaults(faults)
        if (!('faults' in built)) for (const line of rangesOf(built)) process.stderr.write(`${line}\n`)
        if (!('faults' in built)) process.stdout.write(`${strategy}: no faults, ${summary(built.artifact)}\n`)
      }
      if ('faults' in built) process.exitCode = FAULTY
    })
}

/** Transmitters of the strategy's plant whose range is not the one that the strategy takes. What is wrong with that file `run` says. */
function rangesOf({ folder, artifact, model }: Exclude<Built, { readonly faults: unknown }>): string[] {
  if (!existsSync(join(folder, 'plant/instruments.yaml'))) return []
  const instruments = readInstruments(folder)
  return 'ok' in instruments ? rangeWarnings(folder, instruments.ok, artifact, model().modules) : []
}

/** One line a fault or warning, and how many of each, on standard error. */
export function reportFaults(faults: readonly ConfigFault[]): void {
  for (const fault of faults) process.stderr.write(`${faultText(fault)}\n`)
  const count = (n: number, what: string): string[] => (n === 0 ? [] : [`${n} ${what}${n === 1 ? '' : 's'}`])
  const warnings = faults.filter(isWarning).length
  process.stderr.write(`${[...count(faults.length - warnings, 'fault'), ...count(warnings, 'warning')].join(', ')}\n`)
}

type Counted = {
  readonly hash: string
  readonly tags: readonly unknown[]
  readonly control: { readonly blocks: readonly unknown[] }
  readonly io: { readonly inputs: readonly unknown[]; readonly outputs: readonly unknown[] }
}

/** What an engineer recognises the artifact by. */
export function summary({ hash, tags, control, io }: Counted): string {
  const points = `${io.inputs.length} inputs, ${io.outputs.length} outputs`
  return `${tags.length} tags, ${control.blocks.length} blocks, ${points}, ${hash.slice(0, 12)}`
}
