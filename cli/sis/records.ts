/** `flyball sis records`: demands, bypasses and proof tests of a plant in service, against what was assumed for it. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { SisConfig } from '../../safety/core/config.ts'
import { type ProofTest, proofStatus } from '../../safety/core/proof-tests.ts'
import { type EventRecord, judgeRecords, type RecordLine, tally } from '../../safety/proof/records.ts'
import type { SilProject } from '../../safety/sil/sif.ts'
import { FAULTY, reportFaults } from '../commands/check.ts'
import { loadConfig, reportFileFaults } from './load-config.ts'
import { readSilFile } from './read-sil-file.ts'
import { tableText } from './sil-text.ts'
import { withExampleSil } from './srs.ts'

const BEYOND = 1

interface RecordsFlags {
  readonly config: string
  readonly sil?: string
  readonly proofTests?: string
  readonly today?: string
  readonly json?: true
}

export interface ProofDue {
  readonly tag: string
  readonly subsystem: string
  readonly interval_d: number
  readonly state: 'valid' | 'overdue' | 'never'
  /** `2027-03-01`; absent where there never was a test. */
  readonly due?: string
}

export function registerRecords(sis: Command): void {
  sis
    .command('records')
    .description(
      'demands, bypass hours and proof tests of the journal, against demand rate, bypass hours and test intervals assumed',
    )
    .argument('<journal>', 'journal.jsonl of the safety system; the parts that were turned (.1 to .4) are read with it')
    .requiredOption('--config <file>', 'safety configuration, or its name under safety/config')
    .option('--sil <file>', 'SIL calculation; safety/sil/examples/NAME.sil.yaml where it is there')
    .option('--proof-tests <file>', 'records of proof tests; proof-tests.jsonl beside the journal')
    .option('--today <date>', 'day for which tests are due; today')
    .option('--json', 'as JSON')
    .action((journal: string, flags: RecordsFlags) => {
      const loaded = loadConfig(flags.config)
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
      if (!existsSync(journal)) {
        process.stderr.write(`${journal}: there is no such file\n`)
        process.exitCode = FAULTY
        return
      }
      const counted = tally(loaded.config, readEvents(journal))
      const lines = judgeRecords(loaded.config, read.project, counted)
      const due = proofsDue(
        loaded.config,
        read.project,
        readProofTests(flags.proofTests ?? join(dirname(journal), 'proof-tests.jsonl')),
        loaded.hash,
        Math.floor((flags.today === undefined ? Date.now() : Date.parse(flags.today)) / DAY_MS),
      )
      if (flags.json)
        process.stdout.write(
          `${JSON.stringify({ covered_h: counted.covered_h, runs: counted.runs, sifs: lines, proof_tests: due }, null, 2)}\n`,
        )
      else process.stdout.write(recordsText(counted.covered_h, counted.runs, lines, due))
      if (lines.some((l) => l.more_than_assumed || l.bypassed_beyond) || due.some((d) => d.state === 'overdue'))
        process.exitCode = BEYOND
    })
}

/** Oldest first; lines that are no event, or no JSON (the torn end of a file), are passed over. */
export function readEvents(journal: string): EventRecord[] {
  const files = [4, 3, 2, 1].map((i) => `${journal}.${i}`).filter(existsSync)
  return [...files, journal].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line): EventRecord[] => {
        if (!/"event":"(soe|stop|load)"/.test(line)) return []
        try {
          return eventOf(JSON.parse(line) as Record<string, unknown>)
        } catch {
          return []
        }
      }),
  )
}

/** Beside the events themselves the end of a run counts, and where one was taken to: they say how much time passed. */
function eventOf(r: Record<string, unknown>): EventRecord[] {
  const run = r['run'] ?? r['run_id']
  const scan = r['scan'] ?? r['n']
  if (typeof run !== 'string' || !Number.isInteger(scan)) return []
  if (r['event'] !== 'soe') return [{ run, scan: scan as number, kind: 0, at: 0, a: 0, b: 0 }]
  const [kind, at, a, b] = ['kind', 'at', 'a', 'b'].map((key) => r[key])
  if (![kind, at, a, b].every((x) => Number.isInteger(x))) return []
  return [{ run, scan: scan as number, kind: kind as number, at: at as number, a: a as number, b: b as number }]
}

const DAY_MS = 86_400_000

function readProofTests(file: string): ProofTest[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): ProofTest[] => {
      try {
        const test = JSON.parse(line) as ProofTest
        return typeof test.tag === 'string' && Array.isArray(test.signed_by) ? [test] : []
      } catch {
        return []
      }
    })
}

/** Every channel that the calculation tests and that is in the configuration, with the shortest interval that is assumed for it. */
export function proofsDue(
  config: SisConfig,
  project: SilProject,
  tests: readonly ProofTest[],
  hash: string,
  today: number,
): readonly ProofDue[] {
  const ours = new Set([...config.transmitters, ...config.contacts, ...config.elements].map((x) => x.tag))
  const intervals = new Map<string, { subsystem: string; interval_d: number }>()
  for (const { subsystem } of project.sifs.flatMap((s) => s.subsystems))
    for (const tag of subsystem.tags ?? []) {
      const interval_d = Math.floor(subsystem.testInterval_h / 24)
      const known = intervals.get(tag)
      if (ours.has(tag) && (known === undefined || interval_d < known.interval_d))
        intervals.set(tag, { subsystem: subsystem.id, interval_d })
    }
  return [...intervals].map(([tag, { subsystem, interval_d }]) => {
    const status = proofStatus(tests, tag, interval_d, today, hash)
    const due = status.state === 'never' ? undefined : new Date(status.due_day * DAY_MS).toISOString().slice(0, 10)
    return { tag, subsystem, interval_d, state: status.state, ...(due === undefined ? {} : { due }) }
  })
}

function recordsText(covered_h: number, runs: number, lines: readonly RecordLine[], due: readonly ProofDue[]): string {
  const figure = (x: number | undefined): string => (x === undefined ? '-' : Number(x.toPrecision(3)).toString())
  return [
    `${figure(covered_h)} h in ${runs} run${runs === 1 ? '' : 's'} of the solver`,
    '',
    ...tableText({
      head: ['SIF', 'demands', 'a year', 'assumed', 'by chance', 'bypass h', 'assumed h/y', 'of allowance', ''],
      rows: lines.map((l) => [
        l.sif,
        String(l.demands),
        figure(l.demands_per_y),
        figure(l.assumed_per_y),
        l.by_chance === undefined ? '-' : `${(100 * l.by_chance).toFixed(1)} %`,
        figure(l.bypassed_h),
        figure(l.assumed_bypass_h_per_y),
        l.allowance_used === undefined ? '-' : `${(100 * l.allowance_used).toFixed(1)} %`,
        [
          ...(l.more_than_assumed ? ['MORE DEMANDS THAN ASSUMED'] : []),
          ...(l.bypassed_beyond ? ['BYPASSED BEYOND THE YEAR'] : []),
        ].join(', '),
      ]),
    }),
    '',
    ...tableText({
      head: ['tag', 'subsystem', 'interval d', 'proof test', 'due'],
      rows: due.map((d) => [
        d.tag,
        d.subsystem,
        String(d.interval_d),
        d.state === 'overdue' ? 'OVERDUE' : d.state,
        d.due ?? '-',
      ]),
    }),
    '',
  ].join('\n')
}
