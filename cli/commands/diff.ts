/**
 * `flyball diff A B`: what differs between two strategies, in an engineer's words.
 */
import type { Command } from 'commander'
import { changeText, diffStrategies } from '../../controller/core/strategy/diff.ts'
import { buildLoaded, loadRevision } from '../strategy-files.ts'
import { FAULTY, reportFaults } from './check.ts'

export function registerDiff(program: Command): void {
  program
    .command('diff')
    .description('say what differs between two strategies: modules, parameters, wires, alarms, order')
    .argument('<a>', 'a folder, a name under strategies/, or a revision of git, as main:strategies/NAME')
    .argument('<b>', 'the same')
    .option('--format <name>', 'text or json', 'text')
    .action(async (a: string, b: string, flags: { readonly format: string }) => {
      if (flags.format !== 'text' && flags.format !== 'json') {
        process.stderr.write(`--format: found '${flags.format}', expected text or json\n`)
        process.exitCode = FAULTY
        return
      }
      const [before, now] = [await buildLoaded(loadRevision(a)), await buildLoaded(loadRevision(b))]
      for (const [name, built] of [
        [a, before],
        [b, now],
      ] as const) {
        if (!('faults' in built)) continue
        process.stderr.write(`${name}:\n`)
        reportFaults(built.faults)
        process.exitCode = FAULTY
      }
      if ('faults' in before || 'faults' in now) return
      const changes = diffStrategies(before.model(), now.model())
      const { hash: from } = before.artifact
      const { hash: to } = now.artifact
      if (flags.format === 'json') process.stdout.write(`${JSON.stringify({ from, to, changes }, null, 2)}\n`)
      else {
        for (const change of changes) process.stdout.write(`${changeText(change)}\n`)
        const same = from === to ? 'no difference' : 'no difference that has a name'
        const count = changes.length === 0 ? same : changes.length === 1 ? '1 change' : `${changes.length} changes`
        process.stdout.write(`${count}, ${from.slice(0, 12)} -> ${to.slice(0, 12)}\n`)
      }
    })
}
