/**
 * `flyball start`: the plant, field I/O, both controllers and the gateway on this machine, until Ctrl-C.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Artifact } from '../../contracts/artifact.ts'
import { faultText } from '../../controller/core/strategy/fault.ts'
import { parseNorthbound } from '../../gateway/core/northbound.ts'
import { plantNamesOf } from '../../plant-sim/core/plants.ts'
import { instructorLink } from '../../plant-sim/edge/instructor-token.ts'
import { ArtifactFault, checkArtifact } from '../../protocols/edge/artifact-check.ts'
import { IoCommandFault } from '../io/io-fault.ts'
import { endpointMap, runPlace } from '../io/run-place.ts'
import { readInstruments } from '../plant-files.ts'
import { startName, startWords } from '../starts.ts'
import { loadStrategy } from '../strategy-files.ts'
import { readRunFile, startSystem } from '../supervisor/system.ts'
import { NORTHBOUND_FILE } from './northbound.ts'

const ROOT = resolve(import.meta.dirname, '../..')

interface StartFlags {
  readonly port: string
  readonly data: string
  readonly mode?: string
  readonly start?: string
  readonly seed: string
  readonly scheme: string
  readonly speed: string
  readonly modbusPort?: string
  readonly artifact?: string
  readonly trust?: string
  readonly real?: boolean
  readonly endpoint: readonly string[]
}

const fail = (code: number, text: string): never => {
  process.stderr.write(`${text}\n`)
  process.exit(code)
}

function number(text: string, name: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  return fail(2, `${name}: found '${text}', expected a number from ${min} to ${max}`)
}

const several = (text: string, before: readonly string[]): string[] => [...before, text]

export function registerStart(program: Command): void {
  program
    .command('start')
    .description('run a plant under control, with the HMI in the browser')
    .argument('[strategy]', 'a folder, or a name under strategies/', 'tennessee-eastman')
    .option('--port <number>', 'port of the HMI', process.env['FLYBALL_HTTP_PORT'] ?? '8080')
    .option('--data <folder>', 'where log, history and journal are kept', process.env['FLYBALL_DATA'] ?? '.flyball')
    .option('--mode <name>', 'starting state of the plant, by its name; 1 is mode1; the default is mode1 or the first')
    .option('--start <name>', 'the same as --mode')
    .option('--seed <number>', 'seed of noise and random disturbances', '1')
    .option('--scheme <name>', 'integration of the plant: converged, compat', 'converged')
    .option('--speed <factor>', 'plant seconds a second, 0.1 to 100; 0 as fast as it goes', '1')
    .option('--real', 'real devices: no simulated plant, time is the clock of this machine')
    .option(
      '--endpoint <name=host:port>',
      'with --real: where an endpoint stands; may be given more than once',
      several,
      [],
    )
    .option('--modbus-port <number>', 'serve northbound.csv of the strategy to third parties on this port')
    .option(
      '--artifact <file>',
      'run this artifact of the strategy, as flyball build --start made it, in place of a new one',
    )
    .option('--trust <key>', 'run only an artifact that this public key has signed; needs --artifact')
    .action((strategy: string, flags: StartFlags) => start(strategy, flags))
}

async function start(strategy: string, flags: StartFlags): Promise<void> {
  const http_port = number(flags.port, '--port (or FLYBALL_HTTP_PORT)', 0, 65535)
  const factor = number(flags.speed, '--speed', 0, 100)
  const seed = number(flags.seed, '--seed', 1, Number.MAX_SAFE_INTEGER)
  const data_dir = resolve(flags.data)
  const plant = flags.real === true ? undefined : plantOf(strategy, flags)
  if (flags.scheme !== 'converged' && flags.scheme !== 'compat') {
    fail(2, `--scheme: found '${flags.scheme}', expected converged or compat`)
  }
  const running = readRunFile(data_dir)
  if (running !== undefined) {
    fail(
      2,
      `A system already runs in ${data_dir} (process ${running.pid}, ${running.http}). End it, or give another --data.`,
    )
  }

  mkdirSync(data_dir, { recursive: true })
  const artifact_path = join(data_dir, 'artifact.json')
  const trust_path = flags.trust === undefined ? undefined : resolve(flags.trust)
  if (flags.artifact !== undefined) take(flags.artifact, artifact_path, trust_path)
  else if (trust_path !== undefined)
    fail(2, '--trust: found no --artifact; what is built here is not signed. Give one of flyball build --sign KEY.')
  if (!existsSync(join(ROOT, 'hmi/dist/index.html')))
    fail(2, 'The HMI is not built: run npm ci (or npm run prepare) first.')
  if (flags.artifact === undefined) build(strategy, plant?.start, artifact_path)
  const field = flags.real === true ? fieldOf(strategy, flags, artifact_path) : undefined

  const northbound = flags.modbusPort === undefined ? undefined : northboundOf(strategy, flags.modbusPort)

  let stopping = false
  const log = (line: string): void => void process.stdout.write(`${line}\n`)
  const system = await startSystem({
    root: ROOT,
    data_dir,
    artifact_path,
    ...(trust_path === undefined ? {} : { trust_path }),
    ...(plant === undefined ? {} : { plant }),
    http_port,
    seed,
    scheme: flags.scheme as 'converged' | 'compat',
    factor,
    ...(northbound === undefined ? {} : { northbound }),
    ...(field === undefined ? {} : { field }),
    log,
  }).catch((cause: Error) => fail(1, `flyball: ${cause.message}`))
  const stop = (): void => {
    if (stopping) return
    stopping = true
    void system.stop().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const map = system.northbound === undefined ? '' : `\n    Modbus map  ${system.northbound}`
  const what = plant?.title ?? `${strategy} on real devices`
  const instructor = field === undefined ? `\n    Instructor  ${instructorLink(system.instructor, data_dir)}` : ''
  log(`\n  Flyball runs ${what}.\n\n    HMI         ${system.http}${instructor}${map}\n\n  Ctrl-C ends it.`)
}

/** The plant of a strategy, as its folder names it, and the start that was asked for. */
function plantOf(
  strategy: string,
  flags: StartFlags,
): { name: string; title: string; start: string; instruments_path: string } {
  const loaded = loadStrategy(strategy)
  if ('faults' in loaded) return fail(2, loaded.faults.map(faultText).join('\n'))
  const instruments_path = join(loaded.folder, 'plant/instruments.yaml')
  if (!existsSync(instruments_path))
    return fail(
      2,
      `${strategy}: found no plant/instruments.yaml, expected the list of the plant's instruments, or --real`,
    )
  const instruments = readInstruments(loaded.folder)
  if ('wrong' in instruments) return fail(2, instruments.wrong.join('\n'))
  const name = instruments.ok.plant
  const { title, starts } = plantNamesOf(name)
  const asked = flags.start ?? flags.mode
  const start = startName(asked, starts)
  if (start !== undefined) return { name, title, start, instruments_path }
  return fail(2, `--${flags.start === undefined ? 'mode' : 'start'}: found '${asked}', expected ${startWords(starts)}`)
}

/** In a child of its own: the compiler's libraries would stay in the supervisor's memory for good. */
function build(strategy: string, mode: string | undefined, artifact_path: string): void {
  const begin = mode === undefined ? [] : ['--start', mode]
  const args = [join(ROOT, 'cli/flyball.mjs'), 'build', strategy, ...begin, '-o', artifact_path]
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}

/** Where the devices of a strategy stand: as its io files say, but for what --endpoint says of a name. */
function fieldOf(
  strategy: string,
  flags: StartFlags,
  artifact_path: string,
): { endpoints: Readonly<Record<string, string>>; strategy_dir: string } {
  const loaded = loadStrategy(strategy)
  if ('faults' in loaded) return fail(2, `no strategy '${strategy}'`)
  const artifact = JSON.parse(readFileSync(artifact_path, 'utf8')) as Artifact
  try {
    const given = endpointMap(runPlace(flags.data), flags.endpoint, artifact)
    const names = artifact.io.devices.flatMap((d) =>
      d.endpoint_b === undefined ? [d.endpoint] : [d.endpoint, d.endpoint_b],
    )
    const endpoints = Object.fromEntries(names.map((name) => [name, given.get(name) ?? name]))
    return { endpoints, strategy_dir: loaded.folder }
  } catch (cause) {
    if (!(cause instanceof IoCommandFault)) throw cause
    return fail(2, cause.message)
  }
}

/** Copies an artifact and its signature to where the programs load it, so that what runs stays as it was judged. */
function take(file: string, artifact_path: string, trust_path: string | undefined): void {
  try {
    const text = readFileSync(file, 'utf8')
    checkArtifact(JSON.parse(text) as Artifact, file, trust_path)
    writeFileSync(artifact_path, text)
    if (existsSync(`${file}.sig`)) copyFileSync(`${file}.sig`, `${artifact_path}.sig`)
    else rmSync(`${artifact_path}.sig`, { force: true })
  } catch (cause) {
    const words = (cause as Error).message
    fail(2, cause instanceof ArtifactFault ? words : `--artifact: ${file}: ${words}`)
  }
}

/** Judged here, while somebody looks: the gateway goes on without a map that it cannot read. */
function northboundOf(strategy: string, port_text: string): { path: string; port: number } {
  const port = number(port_text, '--modbus-port', 0, 65535)
  const loaded = loadStrategy(strategy)
  if ('faults' in loaded) return fail(2, `no strategy '${strategy}'`)
  const path = join(loaded.folder, NORTHBOUND_FILE)
  if (!existsSync(path)) fail(2, `--modbus-port: no ${path}; write it with: flyball northbound ${strategy}`)
  const { faults } = parseNorthbound(readFileSync(path, 'utf8'))
  if (faults.length > 0) fail(2, faults.map((f) => `${path}: ${f}`).join('\n'))
  return { path, port }
}
