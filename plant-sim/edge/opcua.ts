/**
 * The plant's analysers as an OPC UA server, in a thread of its own. Loaded only where the program's configuration asks.
 */
import { Worker } from 'node:worker_threads'
import type { Instruments } from '../core/instruments/records.ts'
import type { Rig } from '../core/rig.ts'
import { boardOf, boardUpdater } from './opcua-board.ts'

export interface PlantOpcuaConfig {
  /** Also every transmitter, read-only. */
  readonly all_measurements?: boolean
  /** Endpoint without security as well. */
  readonly none?: boolean
  /** Absent: anonymous. The password stands in this environment variable. */
  readonly user?: { readonly name: string; readonly password_env: string }
  /** Absent: any client that knows user and password. */
  readonly accept_clients?: 'any' | 'trusted'
  readonly pki_dir: string
}

export interface PlantOpcua {
  readonly port: number
  /** From now on `update` brings the server's values to where this plant stands; before, they wait for initial data. */
  follow(rig: Rig): void
  update(): void
  close(): Promise<void>
}

const CLOSE_MS = 2000
/** Without a limit the nodeset's garbage stays: 70 MB. The server itself needs 50. */
const MEMORY = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 160 }

/** @throws Error where the port or the folder cannot be used, or the password is missing */
export async function startPlantOpcua(
  instruments: Instruments,
  config: PlantOpcuaConfig & { readonly host: string; readonly port: number },
): Promise<PlantOpcua> {
  const password = config.user === undefined ? undefined : process.env[config.user.password_env]
  if (config.user !== undefined && (password === undefined || password === ''))
    throw new Error(
      `opcua.user: no password for ${config.user.name} in the environment variable ${config.user.password_env}`,
    )
  const board = boardOf(instruments, config.all_measurements ?? false)
  let update: ((now_ms: number) => void) | undefined
  const worker = new Worker(new URL('./opcua-worker.ts', import.meta.url), {
    env: { NODEOPCUA_LOG_LEVEL: '0', ...process.env },
    resourceLimits: MEMORY,
    workerData: {
      board,
      host: config.host,
      port: config.port,
      pki_dir: config.pki_dir,
      none: config.none ?? false,
      accept_clients: config.accept_clients ?? 'any',
      ...(config.user === undefined ? {} : { user: { name: config.user.name, password } }),
    },
  })
  const port = await new Promise<number>((done, fail) => {
    worker.once('message', (message: { port: number }) => done(message.port))
    worker.once('error', fail)
  })
  worker.on('error', (cause) => process.stderr.write(`plant-sim: OPC UA server ended: ${(cause as Error).message}\n`))
  return {
    port,
    follow(rig) {
      update = boardUpdater(rig, board)
      update(Date.now())
    },
    update: () => update?.(Date.now()),
    close: () =>
      new Promise((done) => {
        const force = setTimeout(() => void worker.terminate(), CLOSE_MS)
        worker.once('exit', () => {
          clearTimeout(force)
          done()
        })
        worker.postMessage('close')
      }),
  }
}
