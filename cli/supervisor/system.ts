/**
 * The whole system on one machine: plant-sim, the safety system where the plant has one, field-io, controllers A and B, gateway, as
 * processes on loopback.
 *
 * `run.json` in the data folder says what runs: processes and ports, for the other commands and for tests.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Artifact } from '../../contracts/artifact.ts'
import { type Child, type ProgramSpec, startChild } from './child.ts'
import { plantOpcua } from './plant-opcua.ts'
import { safetySide } from './safety-side.ts'

export interface SystemOptions {
  readonly root: string
  readonly data_dir: string
  readonly artifact_path: string
  /** Public key that must have signed the artifact; absent: signatures are not asked for. */
  readonly trust_path?: string
  /** The simulated plant; absent with real devices. `start` is the name of its starting state. */
  readonly plant?: { readonly name: string; readonly start: string; readonly instruments_path: string }
  readonly http_port: number
  readonly seed: number
  readonly scheme: 'converged' | 'compat'
  /** Asked-for speed of the plant; 1 is real time, 0 as fast as it goes. */
  readonly factor: number
  /** A Modbus map of the tags for third parties: where it is described, and its port. */
  readonly northbound?: { readonly path: string; readonly port: number }
  /** Real devices: no plant-sim runs, and time is the wall's. Where the endpoints stand that the strategy names. */
  readonly field?: { readonly endpoints: Readonly<Record<string, string>>; readonly strategy_dir: string }
  readonly log: (line: string) => void
}

export interface RunFile {
  readonly pid: number
  readonly http: string
  /** "": there is no simulated plant. */
  readonly instructor: string
  readonly programs: readonly { readonly name: string; readonly pid: number | null; readonly restarts: number }[]
  /** Name of the strategy that runs. */
  readonly strategy?: string
  /** Where field-io finds the endpoints that the strategy names; absent before it has started. */
  readonly endpoints?: Readonly<Record<string, string>>
}

export interface System {
  readonly http: string
  /** `host:port` of the northbound map; undefined where there is none. */
  readonly northbound: string | undefined
  readonly instructor: string
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
/** The watchdog of the safety system keeps next to nothing. */
const SMALL = ['--single-threaded', '--max-semi-space-size=1', '--max-old-space-size=32']

export const runFilePath = (data_dir: string): string => join(data_dir, 'run.json')

/** What runs in this data folder; undefined where nothing does, or where its supervisor is dead. */
export function readRunFile(data_dir: string): RunFile | undefined {
  let run: RunFile
  try {
    run = JSON.parse(readFileSync(runFilePath(data_dir), 'utf8')) as RunFile
  } catch {
    return undefined
  }
  try {
    process.kill(run.pid, 0)
    return run
  } catch {
    return undefined
  }
}

/** Starts every program in the order in which they need each other's ports. @throws Error naming the program and why. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { root, data_dir, artifact_path } = options
  const trust = options.trust_path === undefined ? {} : { trust_path: options.trust_path }
  mkdirSync(data_dir, { recursive: true })
  const children: Child[] = []
  const at = (name: string, port: string): string => {
    const number = children.find((child) => child.name === name)?.ports[port]
    if (number === undefined) throw new Error(`${name} has not said which port it uses for ${port}`)
    return `${HOST}:${number}`
  }

  const artifact = JSON.parse(readFileSync(artifact_path, 'utf8')) as Artifact
  const { name: strategy } = artifact
  let endpoints: Readonly<Record<string, string>> | undefined
  let http = ''
  let instructor = ''
  const record = (): void => {
    const run: RunFile = {
      pid: process.pid,
      http,
      instructor,
      programs: children.flatMap(({ name, pid, restarts, processes }) => [
        { name, pid: pid ?? null, restarts },
        ...processes.map((own) => ({ ...own, restarts })),
      ]),
      strategy,
      ...(endpoints === undefined ? {} : { endpoints }),
    }
    // Whole or not at all: who reads it meanwhile must not find that nothing runs.
    const path = runFilePath(data_dir)
    writeFileSync(`${path}.new`, `${JSON.stringify(run, null, 2)}\n`)
    renameSync(`${path}.new`, path)
  }
  const start = async (spec: ProgramSpec): Promise<void> => {
    children.push(await startChild(root, spec, { log: options.log, changed: record }))
    record()
  }
  const stop = async (): Promise<void> => {
    // A signal to the whole process group ends them too: none of that is a failure now.
    for (const child of children) child.letGo()
    // The operator's side first, the plant last: nobody writes to a device that is gone.
    for (const child of children.toReversed()) await child.stop()
    rmSync(runFilePath(data_dir), { force: true })
  }

  try {
    const { field, plant: simulated } = options
    if (field === undefined && simulated === undefined) throw new Error('neither a simulated plant nor real devices')
    const opcua = simulated === undefined ? undefined : plantOpcua(artifact, data_dir)
    const plant_sim: ProgramSpec = {
      name: 'plant-sim',
      main: 'plant-sim/edge/main.ts',
      config: (ports) => ({
        plant: simulated?.name,
        instruments_path: simulated?.instruments_path,
        start: simulated?.start,
        seed: options.seed,
        scheme: options.scheme,
        factor: options.factor,
        host: HOST,
        tick_ms: (JSON.parse(readFileSync(artifact_path, 'utf8')) as { tick_ms: number }).tick_ms,
        drop_ports: Object.fromEntries(Object.entries(ports).filter(([name]) => /^(RIO|SIS)-/.test(name))),
        conductor_port: ports['conductor'] ?? 0,
        ...(ports['sis_bench'] === undefined ? {} : { sis_bench_port: ports['sis_bench'] }),
        instructor_port: ports['instructor'] ?? 0,
        artifact_path,
        data_dir: join(data_dir, 'plant-sim'),
        ...opcua?.config(ports),
      }),
    }
    if (simulated !== undefined) await start(plant_sim)
    const plant = children[0]
    const drop = Object.keys(plant?.ports ?? {}).find((name) => /^SIS-[^/]*$/.test(name))
    const safety =
      simulated === undefined || drop === undefined || plant?.ports['sis_bench'] === undefined
        ? undefined
        : await safetySide(root, data_dir, simulated.name)
    if (safety !== undefined && safety.notice !== '') options.log(safety.notice)
    if (safety !== undefined && drop !== undefined)
      await start({
        name: 'safety',
        main: 'safety/edge/main.ts',
        config: (ports) =>
          safety.config(ports, at('plant-sim', drop), at('plant-sim', `${drop}/B`), at('plant-sim', 'sis_bench')),
        node_options: SMALL,
      })
    const writePort = (): number | undefined => children.find((child) => child.name === 'safety')?.ports['write']
    await start({
      name: 'field-io',
      main: 'field-io/edge/main.ts',
      config: (ports) => {
        endpoints = field?.endpoints ?? {
          ...Object.fromEntries(
            Object.entries(plant?.ports ?? {})
              .filter(([name]) => name.startsWith('RIO-'))
              .map(([name, port]) => [`plant:${name}`, `${HOST}:${port}`]),
          ),
          ...opcua?.introduce(HOST, plant?.ports ?? {}),
        }
        return {
          artifact_path,
          ...trust,
          endpoints,
          ...(field === undefined ? { conductor: at('plant-sim', 'conductor') } : { strategy_dir: field.strategy_dir }),
          link_port: ports['link'] ?? 0,
          data_dir: join(data_dir, 'field-io'),
          ...safety?.for_field_io,
        }
      },
    })
    await start({
      name: 'gateway',
      main: 'gateway/edge/main.ts',
      config: (ports) => ({
        artifact_path,
        ...trust,
        host: HOST,
        http_port: ports['http'] ?? options.http_port,
        link_port: ports['link'] ?? 0,
        field_io: at('field-io', 'link'),
        data_dir: join(data_dir, 'gateway'),
        hmi_dir: join(root, 'hmi/dist'),
        ...safety?.for_gateway(writePort()),
        ...(options.northbound === undefined
          ? {}
          : { northbound: { ...options.northbound, port: ports['northbound'] ?? options.northbound.port } }),
      }),
    })
    await Promise.all(
      ([0, 1] as const).map((index) =>
        start({
          name: `controller ${'AB'[index]}`,
          main: 'controller/edge/main.ts',
          config: () => ({
            artifact_path,
            ...trust,
            index,
            field_io: at('field-io', 'link'),
            gateway: at('gateway', 'link'),
          }),
        }),
      ),
    )
  } catch (cause) {
    await stop()
    throw cause
  }
  http = `http://${at('gateway', 'http')}`
  if (options.field === undefined) instructor = `http://${at('plant-sim', 'instructor')}`
  record()
  const map = children.find((child) => child.name === 'gateway')?.ports['northbound']
  return { http, instructor, northbound: map === undefined ? undefined : `${HOST}:${map}`, stop }
}
