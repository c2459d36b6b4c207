/**
 * `flyball check`: all faults of a strategy at once, before anything runs.
 */
import type { Command } from 'commander'
import { type ConfigFault, faultText } from '../../controller/core/strategy/fault.ts'
import { buildStrategy } from '../strategy-files.ts'

export const FAULTY = 2

export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('report every fault of a strategy with file, line, column and what was expected')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .option('--format <name>', 'text or json', 'text')
    .action(async (strategy: string, flags: { readonly format: string }) => {
      if (flags.format !== 'text' && flags.format !== 'json') {
        process.stderr.write(`--format: found '${flags.format}', expected text or json\n`)
        process.exitCode = FAULTY
        return
      }
      const built = await buildStrategy(strategy)
      const faults = 'faults' in built ? built.faults : []
      if (flags.format === 'json') process.stdout.write(`${JSON.stringify({ faults }, null, 2)}\n`)
      else if (faults.length > 0) reportFaults(faults)
      else if (!('faults' in built)) process.stdout.write(`${strategy}: no faults, ${summary(built.artifact)}\n`)
      if (faults.length > 0) process.exitCode = FAULTY
    })
}

/** One line a fault and their number, on standard error. */
export function reportFaults(faults: readonly ConfigFault[]): void {
  for (const fault of faults) process.stderr.write(`${faultText(fault)}\n`)
  process.stderr.write(`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}\n`)
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
