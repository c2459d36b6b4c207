/** `flyball sis report`: everything about one configuration on paper. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { readSignatureFile, verifySignatures } from '../../safety/edge/signature.ts'
import { checkPaper } from '../../safety/proof/check.ts'
import { FAULTY } from '../commands/check.ts'
import { holdAgainst } from './check.ts'
import { type LoadedConfig, loadConfig, reportFileFaults } from './load-config.ts'
import type { Evidence } from './report-evidence.ts'
import { reportHtml } from './report-html.ts'
import type { SignatureState } from './report-input.ts'
import { readTrusted } from './sign.ts'
import { withExampleSil } from './srs.ts'
import { testIds, trace } from './trace.ts'

interface ReportFlags {
  readonly out: string
  readonly sil?: string
  readonly plant?: string
  readonly requirements?: string
  readonly trust?: readonly string[]
  readonly proof?: readonly string[]
  readonly tests?: readonly string[]
  readonly mutation?: readonly string[]
  readonly coverage?: readonly string[]
  readonly campaign?: readonly string[]
}

export function registerReport(sis: Command): void {
  sis
    .command('report')
    .description('write one printable page: requirements, matrix, set points, responses, SIL, proof, tests, signatures')
    .argument('<config>', 'safety configuration, or its name under safety/config')
    .requiredOption('--out <file>', 'the page, HTML')
    .option('--sil <file>', 'SIL calculation; safety/sil/examples/NAME.sil.yaml where it is there')
    .option('--plant <name>', 'hold it against the equipment installed in this plant')
    .option('--requirements <file>', 'requirement texts; NAME.requirements.yaml where it is there')
    .option('--trust <files...>', 'public keys: the signatures are verified')
    .option('--proof <files...>', 'results of `flyball sis prove`, JSON')
    .option('--tests <files...>', 'results of `flyball sis test`, JSON')
    .option('--mutation <files...>', 'figures of the mutation tests, JSON')
    .option('--coverage <files...>', 'figures of the coverage, JSON')
    .option('--campaign <files...>', 'figures of campaigns, JSON')
    .action((file: string, flags: ReportFlags) => {
      const loaded = loadConfig(file)
      if ('faults' in loaded) {
        reportFileFaults(loaded.faults)
        process.exitCode = FAULTY
        return
      }
      const against = holdAgainst(loaded, withExampleSil(loaded.config.id, flags))
      if (against === undefined) {
        process.exitCode = FAULTY
        return
      }
      try {
        const evidence = Object.fromEntries(
          (['proof', 'tests', 'mutation', 'coverage', 'campaign'] as const).map((key) => [key, read(flags[key] ?? [])]),
        )
        const page = reportHtml({
          file: loaded.file,
          config: loaded.config,
          hash: loaded.hash,
          date: new Date().toISOString().slice(0, 10),
          ...against,
          findings: checkPaper(loaded.config, against),
          traced: against.requirements === undefined ? [] : trace(against.requirements, testIds('.')),
          signatures: signatureState(loaded, flags.trust),
          evidence,
        })
        writeFileSync(flags.out, page)
        process.stdout.write(`${flags.out}\n`)
      } catch (cause) {
        process.stderr.write(`${(cause as Error).message}\n`)
        process.exitCode = FAULTY
      }
    })
}

/** @throws Error that names the file */
const read = (files: readonly string[]): Evidence[] =>
  files.map((file) => {
    try {
      return { file, value: JSON.parse(readFileSync(file, 'utf8')) as unknown }
    } catch (cause) {
      throw new Error(`${file}: ${(cause as Error).message}`, { cause })
    }
  })

function signatureState({ bytes, signature }: LoadedConfig, trust: readonly string[] | undefined): SignatureState {
  const file = signature === '' ? undefined : readSignatureFile(signature)
  const rows = typeof file === 'object' ? file.signatures : []
  if (trust === undefined)
    return {
      rows,
      text:
        rows.length === 0
          ? 'No digital signature.'
          : 'No trusted key was given: the digital signatures were not verified.',
    }
  const result = verifySignatures(bytes, signature, readTrusted(trust))
  return result.ok
    ? { rows, ok: true, text: `Verified over these bytes: ${result.signed_by.join(', ')}.` }
    : { rows, ok: false, text: `${result.code}: ${result.reason}.` }
}
