/**
 * `flyball fmt`: brings the files of a strategy into one order and layout, so that a diff shows what was meant.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { isStrategyFile } from '../../controller/core/strategy/compile.ts'
import { formatFile } from '../strategy/format.ts'
import { loadStrategy } from '../strategy-files.ts'
import { FAULTY, reportFaults } from './check.ts'

export function registerFmt(program: Command): void {
  program
    .command('fmt')
    .description('bring the files of a strategy into canonical order and layout; comments stay')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .option('--check', 'change nothing; name the files that are not in that form and end with exit code 2')
    .action((strategy: string, flags: { readonly check?: boolean }) => {
      const loaded = loadStrategy(strategy)
      if ('faults' in loaded) {
        reportFaults(loaded.faults)
        process.exitCode = FAULTY
        return
      }
      let count = 0
      for (const { path, text } of loaded.files) {
        if (!isStrategyFile(path) || !path.endsWith('.yaml')) continue
        const made = formatFile(path, text)
        if (made === undefined) {
          process.stderr.write(`${path}: not read; flyball check says why\n`)
          process.exitCode = FAULTY
        } else if (made !== text) {
          count++
          process.stdout.write(`${path}\n`)
          if (flags.check !== true) writeFileSync(join(loaded.folder, path), made)
        }
      }
      process.stdout.write(
        `${count} ${count === 1 ? 'file' : 'files'} ${flags.check === true ? 'to change' : 'changed'}\n`,
      )
      if (flags.check === true && count > 0) process.exitCode = FAULTY
    })
}
