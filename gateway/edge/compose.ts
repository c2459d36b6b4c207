/** The gateway without its links: journal, historian, middle, web server and the pulse that drives them. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Artifact } from '../../contracts/artifact.ts'
import type { Command } from '../../contracts/frame.ts'
import type { ForceMessage, UnforceMessage } from '../../contracts/link.ts'
import { systemClock } from './clock.ts'
import { createGateway, GATEWAY_TICK_MS, type Gateway } from './gateway.ts'
import { openHistorian } from './historian.ts'
import { openJournal } from './journal.ts'
import type { SisLinkConfig } from './sis-config.ts'
import { startWebServer, type WebConfig } from './web-server.ts'

export interface ComposeConfig extends WebConfig {
  /** Journal and history; made where it does not exist. */
  readonly data_dir: string
  /** History older than this is removed, h. */
  readonly retention_h?: number
  /** The safety system beside this run; absent: there is none. */
  readonly sis?: SisLinkConfig
}

export interface Composed {
  readonly gateway: Gateway
  readonly http_port: number
  close(): Promise<void>
}

export async function composeGateway(
  config: ComposeConfig,
  artifact: Artifact,
  sendCommand: (command: Command) => void,
  extra?: (app: FastifyInstance) => void,
  sendForce?: (message: ForceMessage | UnforceMessage) => boolean,
): Promise<Composed> {
  mkdirSync(config.data_dir, { recursive: true })
  const journal = openJournal(join(config.data_dir, 'journal.sqlite'))
  const keys = artifact.control.published.map((p) => p.key)
  const historian = await openHistorian({
    path: join(config.data_dir, 'history.duckdb'),
    keys,
    tick_ms: artifact.tick_ms,
    retention_h: config.retention_h ?? 48,
  })
  const gateway = createGateway({ artifact, journal, historian, clock: systemClock, sendCommand, sendForce })
  try {
    if (config.sis !== undefined) await gateway.openSis(config.sis, config.data_dir)
    const web = await startWebServer(config, gateway, historian, journal, extra)
    const pulse = setInterval(() => gateway.tick(), GATEWAY_TICK_MS)
    return {
      gateway,
      http_port: web.port,
      async close() {
        clearInterval(pulse)
        gateway.close()
        await web.close()
        await historian.close()
        journal.close()
      },
    }
  } catch (cause) {
    gateway.sis.close()
    await historian.close()
    journal.close()
    throw cause
  }
}
