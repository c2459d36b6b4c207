/** `flyball sis check`: all that is wrong with a safety configuration, at once, before anybody signs it. */
import type { Command } from 'commander'
import { type Against, checkPaper } from '../../safety/proof/check.ts'
import type { Finding } from '../../safety/proof/finding.ts'
import { locate } from '../../safety/proof/json-source.ts'
import { fileFaultText } from '../../safety/proof/read-config.ts'
import { RULES } from '../../safety/proof/rules.ts'
import { FAULTY, reportFaults } from '../commands/check.ts'
import { controlFacts, plantFacts } from './facts.ts'
import { type LoadedConfig, loadConfig, reportFileFaults } from './load-config.ts'
import { readRequirementsFile, requirementsFileOf } from './read-requirements.ts'
import { readSilFile } from './read-sil-file.ts'

const FOUND = 1

interface CheckFlags {
  readonly sil?: string
  readonly plant?: string
  readonly requirements?: string
  readonly strict?: true
  readonly json?: true
  readonly sarif?: true
}

export function registerCheck(sis: Command): void {
  sis
    .command('check')
    .description('report everything that is wrong with a safety configuration, with line, column and remedy')
    .argument('<config>', 'safety configuration, or its name under safety/config')
    .option('--sil <file>', 'hold the targets against this SIL calculation')
    .option('--plant <name>', 'hold it against the equipment installed in this plant, and against its control system')
    .option('--requirements <file>', 'requirements and acceptances; NAME.requirements.yaml where it is there')
    .option('--strict', 'warnings count as errors')
    .option('--json', 'findings as JSON')
    .option('--sarif', 'findings as SARIF 2.1.0')
    .action((file: string, flags: CheckFlags) => {
      const loaded = loadConfig(file)
      if ('faults' in loaded) {
        if (flags.json) print({ faults: loaded.faults.map(({ at, ...f }) => ({ ...f, ...at })) })
        else if (flags.sarif)
          print(
            sarifOf(
              loaded.faults.map((f) => ({ rule: f.code, level: 'error', text: fileFaultText(f), ...f.at })),
              FILE_CODES(loaded.faults.map(({ code }) => code)),
            ),
          )
        else reportFileFaults(loaded.faults)
        process.exitCode = FAULTY
        return
      }
      const against = holdAgainst(loaded, flags)
      if (against === undefined) {
        process.exitCode = FAULTY
        return
      }
      const findings = checkPaper(loaded.config, against)
      const placed = findings.map((f) => ({ ...f, ...locate(loaded.tree, f.place) }))
      if (flags.json)
        print({ id: loaded.config.id, revision: loaded.config.revision, hash: loaded.hash, findings: placed })
      else if (flags.sarif)
        print(
          sarifOf(
            placed.map((f) => ({ ...f, level: f.severity, text: `${f.place}: ${f.cause}. ${f.remedy}` })),
            RULES.map(({ id, title }) => ({ id, title })),
          ),
        )
      else process.stdout.write(checkText(placed, loaded, against))
      if (findings.some((f) => f.severity === 'error' || (flags.strict && f.severity === 'warning')))
        process.exitCode = FOUND
    })
}

/** The other files, or undefined after saying what is wrong with them. */
export function holdAgainst(
  loaded: LoadedConfig,
  flags: Pick<CheckFlags, 'sil' | 'plant' | 'requirements'>,
): Against | undefined {
  const sil = flags.sil === undefined ? undefined : readSilFile(flags.sil)
  const path = flags.requirements ?? requirementsFileOf(loaded.file)
  const requirements = readRequirementsFile(path)
  for (const read of [sil, requirements])
    if (read !== undefined && 'faults' in read) {
      reportFaults(read.faults)
      return undefined
    }
  if (flags.requirements !== undefined && requirements === undefined) {
    process.stderr.write(`${path}: there is no such file\n`)
    return undefined
  }
  const plant = flags.plant === undefined ? undefined : plantFacts(flags.plant)
  if (flags.plant !== undefined && plant === undefined) {
    process.stderr.write(`--plant: '${flags.plant}' has no equipment of a safety system\n`)
    return undefined
  }
  const control = plant === undefined ? undefined : controlFacts(flags.plant!, plant.drop)
  return {
    ...(sil !== undefined && 'project' in sil ? { sil: sil.project } : {}),
    ...(requirements !== undefined && 'requirements' in requirements
      ? { requirements: requirements.requirements }
      : {}),
    ...(plant === undefined ? {} : { plant }),
    ...(control === undefined ? {} : { control }),
  }
}

type Placed = Finding & { readonly file: string; readonly line: number; readonly column: number }

function checkText(findings: readonly Placed[], { file, config, hash }: LoadedConfig, against: Against): string {
  const lines = findings.map(
    (f) =>
      `${f.file}:${f.line}:${f.column} ${f.severity} ${f.rule} ${f.place}: ${f.cause}${f.severity === 'note' ? '' : `; ${f.remedy}`}`,
  )
  const count = (severity: Finding['severity']): string => {
    const n = findings.filter((f) => f.severity === severity).length
    return `${n} ${severity}${n === 1 ? '' : 's'}`
  }
  const of = `${config.causes.length} causes, ${config.effects.length} effects, ${config.sifs.length} functions, ${hash.slice(0, 12)}`
  // What was not looked at is no finding, and must not look like none.
  const without = (['sil', 'plant', 'control', 'requirements'] as const).filter((key) => against[key] === undefined)
  const names = {
    sil: 'SIL calculation',
    plant: 'equipment installed',
    control: 'control system',
    requirements: 'requirements',
  }
  const rest = without.length === 0 ? '' : `\nnot held against: ${without.map((key) => names[key]).join(', ')}`
  return [...lines, `${file}: ${count('error')}, ${count('warning')}, ${count('note')}; ${of}${rest}`, ''].join('\n')
}

const FILE_CODES = (codes: readonly string[]): { readonly id: string; readonly title: string }[] =>
  [...new Set(codes)].sort().map((id) => ({ id, title: `docs/reference/errors.md: ${id}` }))

interface SarifLine {
  readonly rule: string
  readonly level: string
  readonly text: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** @see OASIS, Static Analysis Results Interchange Format 2.1.0 */
function sarifOf(
  lines: readonly SarifLine[],
  rules: readonly { readonly id: string; readonly title: string }[],
): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'flyball sis check',
            rules: rules.map(({ id, title }) => ({ id, shortDescription: { text: title } })),
          },
        },
        results: lines.map(({ rule, level, text, file, line, column }) => ({
          ruleId: rule,
          ruleIndex: rules.findIndex(({ id }) => id === rule),
          level,
          message: { text },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(file) },
                ...(line > 0 ? { region: { startLine: line, startColumn: column } } : {}),
              },
            },
          ],
        })),
      },
    ],
  }
}

const print = (value: object): boolean => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
