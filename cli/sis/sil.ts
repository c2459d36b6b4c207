/** `flyball sis sil`: what SIL the functions of a file achieve. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { evaluateSif } from '../../safety/sil/evaluate.ts'
import { sensitivities, testIntervalReserve } from '../../safety/sil/sensitivity.ts'
import { FAULTY, reportFaults } from '../commands/check.ts'
import { readSilFile } from './read-sil-file.ts'
import { silHtml } from './sil-html.ts'
import { silSummary, silText } from './sil-text.ts'

const NOT_MET = 1

interface SilFlags {
  readonly json?: true
  readonly summary?: true
  readonly report?: string
}

export function registerSil(sis: Command): void {
  sis
    .command('sil')
    .description('PFDavg or PFH, architecture and systematic capability of every safety function, and the SIL achieved')
    .argument('<file>', 'safety functions, subsystems and failure rates as YAML')
    .option('--json', 'every figure as JSON')
    .option('--summary', 'one line a function')
    .option('--report <file>', 'write a page to print')
    .action((file: string, flags: SilFlags) => {
      const loaded = readSilFile(file)
      if ('faults' in loaded) {
        if (flags.json) process.stdout.write(`${JSON.stringify({ faults: loaded.faults }, null, 2)}\n`)
        else reportFaults(loaded.faults)
        process.exitCode = FAULTY
        return
      }
      const { project } = loaded
      const results = project.sifs.map(evaluateSif)
      if (flags.report !== undefined) {
        try {
          const hash = createHash('sha256').update(readFileSync(file)).digest('hex')
          writeFileSync(flags.report, silHtml(project, results, file, hash))
        } catch (cause) {
          process.stderr.write(`${flags.report}: ${(cause as Error).message}\n`)
          process.exitCode = FAULTY
          return
        }
      }
      if (flags.json) {
        const sifs = results.map((result) => ({
          ...result,
          sensitivities: sensitivities(result.sif),
          testIntervalReserve: testIntervalReserve(result.sif),
        }))
        process.stdout.write(`${JSON.stringify({ title: project.title, sifs }, null, 2)}\n`)
      } else process.stdout.write(flags.summary ? silSummary(results) : silText(project.title, results))
      if (results.some(({ met }) => !met)) process.exitCode = NOT_MET
    })
}
