/** `flyball sis live-table`: what a display needs to say the risk of the bypasses that stand. */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { liveTable } from '../../safety/proof/live-table.ts'
import { FAULTY, reportFaults } from '../commands/check.ts'
import { loadConfig, reportFileFaults } from './load-config.ts'
import { readSilFile } from './read-sil-file.ts'
import { withExampleSil } from './srs.ts'

export function registerLiveTable(sis: Command): void {
  sis
    .command('live-table')
    .description('write the table of PFDavg by function and bypassed channels that the operator stations show live')
    .argument('<config>', 'safety configuration, or its name under safety/config')
    .option('--sil <file>', 'SIL calculation; safety/sil/examples/NAME.sil.yaml where it is there')
    .option('--out <file>', 'write it there')
    .action((file: string, flags: { readonly sil?: string; readonly out?: string }) => {
      const loaded = loadConfig(file)
      if ('faults' in loaded) {
        reportFileFaults(loaded.faults)
        process.exitCode = FAULTY
        return
      }
      const { sil } = withExampleSil(loaded.config.id, flags)
      const read = sil === undefined ? undefined : readSilFile(sil)
      if (read === undefined || 'faults' in read) {
        if (read === undefined) process.stderr.write('there is no SIL calculation: give one with --sil\n')
        else reportFaults(read.faults)
        process.exitCode = FAULTY
        return
      }
      const text = `${JSON.stringify(liveTable(loaded.config, loaded.hash, read.project), null, 1)}\n`
      if (flags.out === undefined) process.stdout.write(text)
      else writeFileSync(flags.out, text)
    })
}
