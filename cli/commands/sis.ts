/**
 * `flyball sis`: the proof of a safety system, each part a subcommand.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { evaluateSif } from '../../safety/sil/evaluate.ts'
import { sensitivities, testIntervalReserve } from '../../safety/sil/sensitivity.ts'
import { readSilFile } from '../sis/read-sil-file.ts'
import { silHtml } from '../sis/sil-html.ts'
import { silSummary, silText } from '../sis/sil-text.ts'
import { FAULTY, reportFaults } from './check.ts'

const NOT_MET = 1

/** check, prove, test and report stand beside `sil`: one function each, called here. */
export function registerSis(program: Command): void {
  const sis = program.command('sis').description('check and prove a safety system')
  registerSil(sis)
}

interface SilFlags {
  readonly json?: true
  readonly summary?: true
  readonly report?: string
}

function registerSil(sis: Command): void {
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
