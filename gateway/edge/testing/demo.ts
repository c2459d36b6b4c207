/**
 * A gateway with a made-up plant behind it, for work on the operator's pages: node cli/launch.mjs gateway/edge/testing/demo.ts
 *
 * FLYBALL_HTTP_PORT (8080), FLYBALL_DATA_DIR (.flyball/demo). POST /demo/stall?on=true|false freezes the scans,
 * POST /demo/bad?tag=PIC-07&on=true|false spoils a measurement, POST /demo/mute?on=true leaves commands unanswered,
 * POST /demo/lose?what=controller-b|device|field-io&on=true takes a part away.
 */
import { resolve } from 'node:path'
import type { Command, CommandResult } from '../../../contracts/frame.ts'
import { composeGateway } from '../compose.ts'
import { createMadeUpPlant } from './made-up-plant.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const plant = createMadeUpPlant('Tennessee Eastman (made-up values)')
const lost = new Set<string>()
let mute = false

const composed = await composeGateway(
  {
    host: '127.0.0.1',
    http_port: Number(process.env['FLYBALL_HTTP_PORT'] ?? 8080),
    hmi_dir: resolve(ROOT, 'hmi/dist'),
    data_dir: process.env['FLYBALL_DATA_DIR'] ?? resolve(ROOT, '.flyball/demo'),
  },
  plant.artifact,
  (command: Command) => plant.command(command),
  (app) => {
    app.post<{ Querystring: { on?: string } }>('/demo/stall', async ({ query }) => {
      plant.stalled = query.on !== 'false'
      return { stalled: plant.stalled }
    })
    app.post<{ Querystring: { on?: string } }>('/demo/mute', async ({ query }) => {
      mute = query.on !== 'false'
      return { mute }
    })
    app.post<{ Querystring: { tag?: string; on?: string } }>('/demo/bad', async ({ query }) => {
      if (query.on === 'false') plant.bad.delete(query.tag ?? '')
      else plant.bad.add(query.tag ?? '')
      return { bad: [...plant.bad] }
    })
    app.post<{ Querystring: { what?: string; on?: string } }>('/demo/lose', async ({ query }) => {
      if (query.on === 'false') lost.delete(query.what ?? '')
      else lost.add(query.what ?? '')
      composed.gateway.ioLink(!lost.has('field-io'))
      return { lost: [...lost] }
    })
  },
)
const { gateway } = composed
gateway.ioLink(true)

const report = (n: number): void => {
  if (lost.has('field-io')) return
  gateway.ioStatus({
    type: 'io-status',
    at: { epoch: 1, n },
    preferred: 0,
    controllers: [true, !lost.has('controller-b')].map((up) => ({ connected: up, joined: up, answer_ms: 1 })),
    devices: ['RIO-1', 'RIO-2', 'RIO-3', 'RIO-4'].map((id, i) => {
      const up = i > 0 || !lost.has('device')
      return { id, connected: up, tripped: false, rtt_ms: 1, timeouts: 0, reconnects: 0 }
    }),
    ticks_lost: 0,
    log_durable: true,
    alarms: [],
    pace: { paused: false, factor: 1, achieved: 1 },
  })
}

let n = 0
const answers: CommandResult[] = []
const scans = setInterval(() => {
  if (!plant.stalled) {
    const { frame, results } = plant.step(Date.now())
    n = frame.n
    gateway.scan(frame)
    if (!mute) answers.push(...results)
    for (const result of answers.splice(0)) gateway.commandResult({ type: 'command-result', result, at: frame })
  }
  report(n)
}, plant.artifact.tick_ms)

process.stdout.write(`gateway with made-up values: http://127.0.0.1:${composed.http_port}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(scans)
    composed.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
}
