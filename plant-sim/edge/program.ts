/**
 * plant-sim as a program: a plant with its field, one Modbus/TCP device per drop on two networks, the conductor, the instructor's interface.
 */
import { readFile } from 'node:fs/promises'
import type { Artifact } from '../../contracts/artifact.ts'
import type { Running } from '../../protocols/edge/program.ts'
import type { Instruments } from '../core/instruments/records.ts'
import { createFieldPlant, plantNames } from '../core/plants.ts'
import { createRig } from '../core/rig.ts'
import { safetyEquipmentOf } from '../core/safety-equipment.ts'
import { conductPlant } from './conduct.ts'
import { formatFault } from './config-fault.ts'
import { dropModel, safetyDropModel } from './drop-model.ts'
import { openFieldNetworks } from './field-networks.ts'
import { openInstructorJournal } from './instructor-journal.ts'
import { instructorPages, instructorViews } from './instructor-pages.ts'
import { instructorRequests } from './instructor-requests.ts'
import { listenInstructor } from './instructor-server.ts'
import { buildOfThis, openSnapshots } from './instructor-snapshots.ts'
import { instructorState } from './instructor-state.ts'
import { createStation } from './instructor-station.ts'
import { makeInstructorToken } from './instructor-token.ts'
import type { PlantOpcua, PlantOpcuaConfig } from './opcua.ts'
import { parseInstruments } from './parse-instruments.ts'
import { orderSession } from './scenario-orders.ts'

export interface PlantSimConfig {
  /** Name of a plant model: `tennessee-eastman`, `quadruple-tank`, ... */
  readonly plant: string
  readonly instruments_path: string
  /** Starting state, by its name; absent: the model's first. */
  readonly start?: string
  readonly seed?: number
  readonly scheme?: 'converged' | 'compat'
  /** Plant time over wall time, at most; 0: as fast as it goes. */
  readonly factor?: number
  readonly paused?: boolean
  /** Port per drop on network A (`RIO-1`) and B (`RIO-1/B`); 0 or absent: any free one. */
  readonly drop_ports?: Readonly<Record<string, number>>
  readonly conductor_port?: number
  readonly instructor_port?: number
  /** Where a safety solver under test connects; opened where the plant has safety equipment. */
  readonly sis_bench_port?: number
  /** Port of the OPC UA server of the analysers, 0: any free one. Absent: there is none, and its library is not loaded. */
  readonly opcua_port?: number
  /** Who may use it; wanted where `opcua_port` is given. */
  readonly opcua?: PlantOpcuaConfig
  readonly host?: string
  /** Plant time of a tick, ms: the artifact's. */
  readonly tick_ms?: number
  /** Where the instructor's journal, snapshots and token are kept; absent: in memory only, and without a token. */
  readonly data_dir?: string
  /** Period of the snapshots of the whole run, ms of plant time; a minute where absent. */
  readonly snapshot_every_ms?: number
  /** The strategy that runs: what its operators write then has names. */
  readonly artifact_path?: string
  /** How long a field-io that does not answer may hold the plant up, ms. */
  readonly done_timeout_ms?: number
  /** How long a safety solver that does not answer may hold it up, ms. */
  readonly scan_timeout_ms?: number
}

/** The program cannot run with what it was given: all reasons at once, one a line. */
export class PlantSimFault extends Error {
  override readonly name = 'PlantSimFault'
  readonly code = 'CFG_PLANT'
}

const UNIT = 1
/** Macro-step of the plant under devices, ms; smaller where the tick is no multiple of it. */
const STEP_MS = 100
const TICK_MS = 1000
const MINUTE_MS = 60_000
const DONE_TIMEOUT_MS = 2000

/**
 * Ports of the answer: the drops by name and with `/B`, `conductor`, `instructor`, `opcua` where asked for, and `sis_bench` where the
 * plant has safety equipment.
 * @throws PlantSimFault, or the fault of a port that cannot be opened; nothing is left open then.
 */
export async function startPlantSim(config: PlantSimConfig): Promise<Running> {
  const { host = '127.0.0.1', seed = 1, scheme = 'converged', factor = 1, paused = false, tick_ms = TICK_MS } = config
  if (!plantNames.includes(config.plant))
    throw new PlantSimFault(`plant: found ${config.plant}, expected one of ${plantNames.join(', ')}`)
  if (!(Number.isInteger(tick_ms) && tick_ms >= 1))
    throw new PlantSimFault(`tick_ms: found ${tick_ms}, expected a whole number from 1`)
  const instruments = await readInstruments(config.instruments_path, config.plant)
  const plant = orFault(() => createFieldPlant(config.plant, { scheme, seed, start: config.start }))
  const step_ms = greatestDivisor(tick_ms, STEP_MS)
  const safety = safetyEquipmentOf(config.plant)
  const rig = createRig(plant, instruments, { seed, step_ms, safety })

  const opened: { close(): Promise<void> }[] = []
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).reverse()) await each.close()
  }
  const open = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const each = await opening
    opened.push(each)
    return each
  }
  try {
    const drops = instruments.drops.map(({ id }, i) => ({ id, model: dropModel(rig.drops, i) }))
    if (rig.safety !== null) drops.push({ id: rig.safety.equipment.drop, model: safetyDropModel(rig.safety) })
    const networks = await open(openFieldNetworks(drops, { host, ports: config.drop_ports ?? {}, units: [UNIT] }))
    const ports: Record<string, number> = { ...networks.ports }
    const opcua = config.opcua_port === undefined ? undefined : await open(openOpcua(instruments, config, host))
    opcua?.follow(rig)
    if (opcua !== undefined) ports['opcua'] = opcua.port
    const origin = { start: config.start ?? plant.starts[0]!, seed }
    const journal = await open(Promise.resolve(openInstructorJournal(config.data_dir)))
    /** Events of the safety equipment that have been told. */
    let noted = 0
    const station = createStation({
      rig,
      networks,
      origin,
      build: await buildOfThis(),
      journal,
      snapshots: await open(openSnapshots(config.data_dir)),
      writable: await readWritable(config.artifact_path),
      session: orderSession(config.data_dir),
      every_ms: config.snapshot_every_ms ?? MINUTE_MS,
      freshPlant: (fresh_seed) => {
        const fresh = createFieldPlant(config.plant, { scheme, seed: fresh_seed, start: config.start })
        return createRig(fresh, instruments, { seed: fresh_seed, step_ms, safety }).save()
      },
      moved() {
        opcua?.update()
        told = plant.trip !== null
        noted = rig.safety?.crossed ?? 0
      },
    })
    let told = false
    const conducting = await open(
      conductPlant({
        host,
        port: config.conductor_port ?? 0,
        tick_ms,
        factor,
        paused,
        done_timeout_ms: config.done_timeout_ms ?? DONE_TIMEOUT_MS,
        ...(config.scan_timeout_ms === undefined ? {} : { scan_timeout_ms: config.scan_timeout_ms }),
        ...(rig.safety === null
          ? {}
          : {
              sis_bench: {
                port: config.sis_bench_port ?? 0,
                step_ms,
                untouched: () => rig.safety!.isUntouched(),
              },
            }),
        advance(dt_ms, ends) {
          rig.advance(dt_ms)
          if (!ends) return
          opcua?.update()
          station.onTick(tick_ms / 1000)
          for (; noted < (rig.safety?.crossed ?? 0); noted++) {
            const { kind, at_s, cause } = rig.safety!.events()[noted]!
            process.stdout.write(`plant-sim: ${kind} at ${at_s.toFixed(1)} s, ${cause}\n`)
          }
          if (plant.trip === null || told) return
          told = true
          process.stdout.write(`plant-sim: shutdown at ${plant.trip.at_s.toFixed(1)} s, ${plant.trip.cause}\n`)
        },
        on_pace(message) {
          rig.drops.paused = message.paused
          if (rig.safety !== null) rig.safety.paused = message.paused
        },
        on_command: (command) => station.onCommand(command),
        on_order: (result) => station.onOrder(result),
      }),
    )
    station.conductedBy(conducting)
    const instructor = await open(
      listenInstructor({
        host,
        port: config.instructor_port ?? 0,
        state: () => instructorState(rig, conducting, networks, origin),
        requests: instructorRequests(rig, conducting, networks, station),
        views: instructorViews(station, journal),
        pages: instructorPages(station),
        ...(config.data_dir === undefined ? {} : { token: makeInstructorToken(config.data_dir) }),
      }),
    )
    if (conducting.sis !== undefined) ports['sis_bench'] = conducting.sis.port
    return { ports: { ...ports, conductor: conducting.port, instructor: instructor.port }, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

async function openOpcua(
  instruments: Instruments,
  { opcua_port, opcua }: PlantSimConfig,
  host: string,
): Promise<PlantOpcua> {
  if (opcua === undefined) throw new PlantSimFault('opcua: missing, wanted with opcua_port: its folder and its user')
  const { startPlantOpcua } = await import('./opcua.ts')
  return startPlantOpcua(instruments, { ...opcua, host, port: opcua_port! }).catch((cause: Error) => {
    throw new PlantSimFault(cause.message, { cause })
  })
}

/** Keys an operator may write, in the order of the strategy's list; undefined without a strategy. */
async function readWritable(path: string | undefined): Promise<readonly string[] | undefined> {
  if (path === undefined) return undefined
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as Pick<Artifact, 'control'>).control.writable.map((w) => w.key)
  } catch (cause) {
    throw new PlantSimFault(`artifact_path: ${(cause as Error).message}`, { cause })
  }
}

async function readInstruments(path: string, plant: string) {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new PlantSimFault(`instruments_path: ${cause.message}`, { cause })
  })
  const { ok, faults } = parseInstruments(text, path)
  if (ok === undefined) throw new PlantSimFault(faults.map(formatFault).join('\n'))
  if (ok.plant !== plant) throw new PlantSimFault(`${path}: instruments of ${ok.plant}, expected those of ${plant}`)
  return ok
}

/** What the core refuses by a RangeError was the configuration's. */
function orFault<T>(make: () => T): T {
  try {
    return make()
  } catch (cause) {
    if (cause instanceof RangeError) throw new PlantSimFault(cause.message, { cause })
    throw cause
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
