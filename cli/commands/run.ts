/**
 * `flyball run`: a plant under a strategy in one process, in simulated time, as fast as the machine goes.
 *
 * Exit code 0: ran to its end. 1: the plant shut itself down (unless --allow-trip). 2: an order or a file was wrong; every
 * such fault is reported before anything runs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Artifact } from '../../contracts/artifact.ts'
import { createFieldPlant, plantNamesOf } from '../../plant-sim/core/plants.ts'
import { createRig, macroStep } from '../../plant-sim/core/rig.ts'
import { safetyEquipmentOf } from '../../plant-sim/core/safety-equipment.ts'
import { durationOf } from '../../plant-sim/core/scenario/duration.ts'
import { buildOfThis } from '../../plant-sim/edge/instructor-snapshots.ts'
import { scoreParts } from '../../plant-sim/edge/render-score.ts'
import { ArtifactFault, checkArtifact } from '../../protocols/edge/artifact-check.ts'
import type { RunRecord } from '../../simulation/run/record.ts'
import { createRun, type RunAction } from '../../simulation/run/run.ts'
import { readInstruments, readStart } from '../plant-files.ts'
import { rangeWarnings } from '../range-warnings.ts'
import { renderCsv } from '../run/csv.ts'
import { readOfflineScenario } from '../run/offline-scenario.ts'
import { readSnapshot, type SnapshotOrigin, writeSnapshot } from '../run/offline-snapshot.ts'
import { readOrders } from '../run/orders.ts'
import { createProgress } from '../run/progress.ts'
import { renderReport } from '../run/report.ts'
import { renderRunFile } from '../run/run-file.ts'
import { startName, startWords, withStart } from '../starts.ts'
import { buildStrategy, loadStrategy } from '../strategy-files.ts'
import { FAULTY, reportFaults } from './check.ts'

const SHUT_DOWN = 1
/** Scans between two looks at the progress. */
const CHUNK = 2000

export interface RunFlags {
  readonly hours?: string
  readonly seed: string
  readonly mode?: string
  readonly start?: string
  readonly scheme: string
  readonly sample: string
  readonly disturbance: readonly string[]
  readonly fault: readonly string[]
  readonly set: readonly string[]
  readonly scenario?: string
  readonly from?: string
  readonly snapshot: readonly string[]
  readonly out?: string
  readonly report?: string
  readonly json?: boolean
  readonly allowTrip?: boolean
  readonly artifact?: string
  readonly trust?: string
}

const collect = (value: string, all: readonly string[]): string[] => [...all, value]

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run a plant under a strategy in simulated time, as fast as the machine goes')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .option('--hours <number>', 'plant hours; without it 24, or as long as the scenario')
    .option('--seed <number>', 'seed of noise and random disturbances', '1')
    .option('--mode <name>', 'starting state of the plant, by its name; 1 is mode1; the default is mode1 or the first')
    .option('--start <name>', 'the same as --mode')
    .option('--scheme <name>', 'integration of the plant: converged, compat', 'converged')
    .option('--sample <seconds>', 'period of the trends', '60')
    .option('--disturbance <order>', 'IDV6@8h or IDV1@8h..12h; may be given again', collect, [])
    .option('--fault <order>', 'PT-07=stuck@2h or TT-09=bias:2@30min..1h; may be given again', collect, [])
    .option('--set <order>', 'HC-61.SP=20@10h or TIC-09.MODE=man@1h; may be given again', collect, [])
    .option(
      '--scenario <file>',
      'a scenario file, or its name under plant/scenarios/: what happens, what is expected of the --set orders, and how it is scored',
    )
    .option('--snapshot <order>', '2h=FILE: the whole state then; may be given again', collect, [])
    .option('--from <file>', 'go on from a snapshot; times stay those of the plant')
    .option('--out <file>', 'samples as CSV, or the whole run as JSON for flyball compare, by the name of the file')
    .option('--report <file>', 'report as one HTML file')
    .option('--json', 'figures as JSON on standard output')
    .option('--artifact <file>', 'run this artifact, as flyball build --start made it, in place of a new one')
    .option('--trust <key>', 'run only an artifact that this public key has signed; needs --artifact')
    .option('--allow-trip', 'exit code 0 even if the plant shuts itself down')
    .action(async (strategy: string, flags: RunFlags) => {
      process.exitCode = await run(strategy, flags)
    })
}

async function run(strategy: string, flags: RunFlags): Promise<number> {
  const wrong: string[] = []
  const number = (text: string, name: string, min: number, max: number): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= min && value <= max)) {
      wrong.push(`${name}: found '${text}', expected a number from ${min} to ${max}`)
    }
    return value
  }
  const asked_hours = number(flags.hours ?? '24', '--hours', 0.001, 100_000)
  const seed = number(flags.seed, '--seed', 1, Number.MAX_SAFE_INTEGER)
  const sample_s = number(flags.sample, '--sample', 1, 86_400)
  if (flags.scheme !== 'converged' && flags.scheme !== 'compat') {
    wrong.push(`--scheme: found '${flags.scheme}', expected converged or compat`)
  }

  for (const path of [flags.out, flags.report]) {
    if (path !== undefined && !existsSync(dirname(resolve(path))))
      wrong.push(`${path}: found no folder ${dirname(path)}, expected one that exists`)
  }

  // Whatever can still be judged is judged, so that one call reports all of it.
  const given = flags.artifact === undefined ? undefined : readGiven(flags.artifact, flags.trust, wrong)
  if (flags.trust !== undefined && flags.artifact === undefined)
    wrong.push('--trust: found no --artifact; what is built here is not signed')
  const loaded = loadStrategy(strategy)
  const built = flags.artifact === undefined ? await buildStrategy(strategy) : loaded
  const instruments = 'folder' in loaded ? readInstruments(loaded.folder) : undefined
  if (instruments !== undefined && 'wrong' in instruments) wrong.push(...instruments.wrong)
  const model = instruments !== undefined && 'ok' in instruments ? instruments.ok.plant : undefined
  const starts = model === undefined ? [] : plantNamesOf(model).starts
  const asked = flags.start ?? flags.mode
  const start = startName(asked, starts)
  if (start === undefined && model !== undefined)
    wrong.push(`--${flags.start === undefined ? 'mode' : 'start'}: found '${asked}', expected ${startWords(starts)}`)
  if ('faults' in built) {
    reportFaults(built.faults)
    return wrong.length > 0 ? report(wrong) : FAULTY
  }
  const own = 'artifact' in built ? built.artifact : given
  if (own === undefined) return report(wrong)
  // An artifact that is given has the values of its start already.
  const values = given === undefined ? readStart(built.folder, start ?? starts[0] ?? '', own, model) : { ok: undefined }
  if ('wrong' in values) wrong.push(...values.wrong)
  if (instruments === undefined || !('ok' in instruments)) return report(wrong)
  const scheme = flags.scheme === 'compat' ? 'compat' : 'converged'
  const usable = Number.isSafeInteger(seed) && seed >= 1 ? seed : 1
  const plant = createFieldPlant(instruments.ok.plant, { scheme, seed: usable, start: start ?? starts[0] })
  // As in the running plant; the compat scheme is for comparison with the original, which has nothing of it.
  const safety = scheme === 'converged' ? safetyEquipmentOf(instruments.ok.plant) : undefined
  const rig = createRig(plant, instruments.ok, { seed: usable, step_ms: macroStep(own.tick_ms), safety })
  const build = await buildOfThis()
  const artifact = !('ok' in values) || values.ok === undefined ? own : withStart(own, values.ok)
  const from = flags.from === undefined ? undefined : readSnapshot(flags.from, artifact, rig, build)
  if (from !== undefined && 'wrong' in from) wrong.push(...from.wrong)
  const scenario =
    flags.scenario === undefined ? undefined : readOfflineScenario(scenarioPath(flags.scenario, built.folder), own, rig)
  if (scenario !== undefined && 'wrong' in scenario) wrong.push(...scenario.wrong)
  const played = scenario === undefined || 'wrong' in scenario ? undefined : scenario
  const hours = flags.hours === undefined && played !== undefined ? played.duration_s / 3600 : asked_hours
  const orders = readOrders(flags, own, rig, (key, value) => played?.observe(key, value))
  wrong.push(...orders.faults)
  const origin = { build, start: start ?? '', seed: usable }
  const snapshots = readSnapshotOrders(flags.snapshot, artifact, origin, wrong)
  if (wrong.length > 0 || start === undefined || !('ok' in values)) return report(wrong)
  const modules = 'artifact' in built ? built.model().modules : []
  for (const line of rangeWarnings(built.folder, instruments.ok, own, modules)) process.stderr.write(`${line}\n`)

  const simulation = createRun({
    artifact,
    rig,
    hours,
    start,
    seed,
    sample_s,
    actions: [...orders.actions, ...snapshots],
    ...(from === undefined || 'wrong' in from ? {} : { from: from.controllers! }),
    ...(played === undefined ? {} : { on_begin: played.begin, on_tick: played.onTick }),
  })
  const progress = createProgress(process.stderr)
  const began_ms = performance.now()
  while (!simulation.done) {
    simulation.advance(CHUNK)
    const elapsed_s = (performance.now() - began_ms) / 1000
    const factor = Math.round(simulation.time_s / elapsed_s).toLocaleString('en')
    progress.report(
      simulation.time_s / (hours * 3600),
      `${(simulation.time_s / 3600).toFixed(1)} h, ${factor} x real time`,
    )
  }
  progress.end()
  const factor = simulation.time_s / ((performance.now() - began_ms) / 1000)
  const record = simulation.record()
  const sheet = played?.score() ?? null
  const name = flags.out === undefined ? '' : basename(flags.out).replace(/\.json$/, '')
  if (flags.out?.endsWith('.json')) writeFileSync(flags.out, renderRunFile({ name, run: record, score: sheet }))
  else if (flags.out !== undefined) writeFileSync(flags.out, renderCsv(record))
  if (flags.report !== undefined)
    writeFileSync(flags.report, renderReport(record, sheet === null ? '' : scoreParts(sheet)))
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...figures(record, factor), score: sheet }, null, 2)}\n`)
  else
    process.stdout.write(
      summary(record, factor) +
        (sheet === null ? '' : `score          ${sheet.score.toFixed(1)} of ${sheet.from}, ${sheet.scenario}\n`),
    )
  return record.trip !== null && !flags.allowTrip ? SHUT_DOWN : 0
}

/** A file, or the name of one in the strategy's folder `plant/scenarios`. */
function scenarioPath(asked: string, folder: string): string {
  const named = join(folder, 'plant/scenarios', `${asked}.yaml`)
  return existsSync(asked) || !existsSync(named) ? asked : relative(process.cwd(), named)
}

/** `2h=warm.json` as actions that write the state. */
function readSnapshotOrders(
  texts: readonly string[],
  artifact: Artifact,
  origin: SnapshotOrigin,
  wrong: string[],
): RunAction[] {
  return texts.flatMap((text): RunAction[] => {
    const [when, path, more] = text.split('=')
    const at_s = durationOf(when ?? '')
    if (!(at_s >= 0) || path === undefined || path === '' || more !== undefined) {
      wrong.push(`--snapshot: found '${text}', expected TIME=FILE, for example 2h=warm.snapshot.json`)
      return []
    }
    const event = { kind: 'note', text: `snapshot ${path}` } as const
    return [{ at_s, event, act: (run) => writeSnapshot(path, basename(path).split('.')[0]!, artifact, run, origin) }]
  })
}

/** The artifact of a file; undefined after a fault. */
function readGiven(file: string, trust_path: string | undefined, wrong: string[]): Artifact | undefined {
  try {
    const artifact = JSON.parse(readFileSync(file, 'utf8')) as Artifact
    checkArtifact(artifact, file, trust_path)
    return artifact
  } catch (cause) {
    const words = (cause as Error).message
    wrong.push(cause instanceof ArtifactFault ? words : `--artifact: ${file}: ${words}`)
    return undefined
  }
}

function report(faults: readonly string[]): number {
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  process.stderr.write(`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}; nothing was run\n`)
  return FAULTY
}

/** What a machine wants of a run: everything but the samples. */
function figures(record: RunRecord, factor: number): object {
  const { columns, t_s, values: _, ...rest } = record
  return { ...rest, columns: columns.map((c) => c.key), samples: t_s.length, times_real_time: Math.round(factor) }
}

function summary(record: RunRecord, factor: number): string {
  const nearest = [...record.margins].sort((a, b) => relativeMargin(a) - relativeMargin(b))[0]
  const travel = record.valves.reduce((sum, v) => sum + v.travel_pct, 0)
  return [
    record.trip === null
      ? `${record.strategy}: ${(record.ran_s / 3600).toFixed(2)} h without a shutdown`
      : `${record.strategy}: SHUT DOWN after ${(record.trip.at_s / 3600).toFixed(3)} h, ${record.trip.cause}`,
    // Most plants have no prices.
    ...(record.cost.total === 0 ? [] : [`cost           ${record.cost.mean_per_h.toFixed(1)} $/h`]),
    ...(nearest === undefined
      ? []
      : [
          `nearest limit  ${nearest.name} ${nearest.side}: ${nearest.worst.toFixed(1)} of ${nearest.trip} ${nearest.unit} at ${(nearest.worst_at_s / 3600).toFixed(2)} h`,
        ]),
    `valve travel   ${(travel / (record.ran_s / 3600)).toFixed(0)} %/h over ${record.valves.length} valves`,
    `speed          ${Math.round(factor).toLocaleString('en')} x real time`,
    '',
  ].join('\n')
}

/** Margin as a share of the way from the normal bound, so that kPa and % compare. */
const relativeMargin = (m: RunRecord['margins'][number]): number =>
  m.margin / (Number.isFinite(m.normal) && m.normal !== m.trip ? Math.abs(m.trip - m.normal) : Math.abs(m.trip))
