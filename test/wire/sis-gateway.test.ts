/** The safety system as gateway and field-io hear it, over real sockets: lost, doubled, foreign and forged datagrams, and the line for requests. */
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IoSection } from '../../contracts/artifact.ts'
import type { SisReply, SisSoeReply } from '../../contracts/hmi-sis.ts'
import type { JournalEntry } from '../../contracts/hmi-wire.ts'
import { isBad, STATUS } from '../../contracts/status.ts'
import { openSisDevice } from '../../field-io/edge/sis-device.ts'
import { type Composed, composeGateway } from '../../gateway/edge/compose.ts'
import { smallArtifact, standInPage, temporaryFolder, until } from '../../gateway/edge/testing/stand-ins.ts'
import {
  normalSnapshot,
  record,
  SIS_CONFIG_PATH,
  type SisSender,
  type SisWriteStandIn,
  startSisSender,
  startSisWrite,
  trip,
} from '../hmi/sis-stand-in.ts'

const SECRET = 'a secret of this line, 32 bytes and more'
const folder = temporaryFolder()
let composed: Composed
let sender: SisSender
let write: SisWriteStandIn
let url: string

beforeAll(async () => {
  const key_path = join(folder.path, 'key')
  writeFileSync(key_path, `${SECRET}\n`)
  write = await startSisWrite(SECRET)
  composed = await composeGateway(
    {
      host: '127.0.0.1',
      http_port: 0,
      hmi_dir: folder.path,
      data_dir: join(folder.path, 'gateway'),
      sis: { udp_port: 0, config_path: SIS_CONFIG_PATH, write: { host: '127.0.0.1', port: write.port, key_path } },
    },
    smallArtifact(),
    () => {},
  )
  url = `http://127.0.0.1:${composed.http_port}/api`
  sender = startSisSender(composed.gateway.sis.port)
  sender.on = false
})
afterAll(async () => {
  sender?.close()
  await composed?.close()
  await write?.close()
  folder.remove()
})

const get = async <T>(path: string): Promise<T> => (await (await fetch(`${url}/${path}`)).json()) as T
const post = async (path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/sis/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const journal = async (): Promise<string[]> =>
  (await get<{ entries: JournalEntry[] }>('journal?limit=500')).entries.map((e) =>
    `${e.station} ${e.tag} ${e.text}`.trim(),
  )
const status = () => composed.gateway.sis.text().status
const ORDER = {
  command: 'mos_on',
  target: 'S1',
  channel: 'PT-702',
  who: 'kim',
  reason: 'loop check',
  work_order: 'W7',
  compensation: '',
}

test('[SIS-GW-1] before anything is heard it says so; then a page has the picture at once and with each change', async () => {
  expect(status().state).toBe('waiting')
  const page = await standInPage(composed.http_port, 'panel-1')
  expect(page.last('sis')?.status.state).toBe('waiting')
  sender.send()
  await until('the first picture', () => page.last('sis')?.status.state === 'live')
  trip(sender.snapshot, 'S7', ['XV-10'])
  sender.send()
  const seen = await until('the trip', () => {
    const text = page.last('sis')
    return text?.snapshot?.effects[2]?.state === 2 ? text : undefined
  })
  expect(seen.status.alarms[0]).toEqual({ rank: 1, text: 'SIS TRIP, first out S7 Separator level low low: XV-10' })
  page.close()
})

test('[SIS-GW-2] what is no snapshot is counted and dropped, whatever it is', async () => {
  const before = status().datagrams
  const good = JSON.stringify(sender.snapshot)
  const wrong = [
    '',
    '{',
    'null',
    good.slice(0, -10),
    good.replace('"scan":', '"scam":'),
    good.replace('"version":1', '"version":2'),
  ]
  for (const text of wrong) sender.raw(text)
  sender.raw(new Uint8Array(1000).fill(255))
  await until('all are counted', () => status().datagrams.malformed === before.malformed + wrong.length + 1)
  expect(status().datagrams.taken).toBe(before.taken)
  sender.send()
  await until('the next good one', () => status().datagrams.taken === before.taken + 1)
})

test('[SIS-GW-3] lost datagrams are a gap in the events, and all of it stands in the journal', async () => {
  for (let i = 0; i < 4; i++) record(sender.snapshot, 12, i, 1, 0)
  sender.snapshot.soe = sender.snapshot.soe.slice(-1)
  sender.snapshot.seq += 3
  sender.send()
  const { entries } = await until('the gap', () => {
    const found = composed.gateway.sis.soe(0, 1000)
    return found.entries.some((e) => e.kind === 'gap') ? found : undefined
  })
  expect(entries.slice(-2).map((e) => `${e.tag} ${e.text}`.trim())).toEqual([
    '3 records lost between two datagrams',
    'S4 cause active',
  ])
  expect(status().datagrams.missed).toBe(3)
  expect((await get<SisSoeReply>('sis/soe?after=0&limit=2')).entries).toHaveLength(2)
  expect((await get<SisSoeReply>(`sis/soe?after=${entries.at(-1)!.number}`)).entries).toEqual([])
  const said = await journal()
  for (const line of [
    'SIS Safety system is heard',
    'XV-10 SIS: first out: S7 Separator level low low',
    'XV-10 SIS: normal -> TRIPPED',
    'SIS SIS: 3 records lost between two datagrams',
  ])
    expect(said).toContain(line)
})

test('[SIS-GW-4] a bypass: echo word for word, a second person, executed once, in journal and list', async () => {
  write.second_person = true
  write.on_confirm = () => {
    sender.snapshot.causes[0]!.bypass_left = [-1, 1000, -1]
    sender.send()
  }
  const echo = await post('request', ORDER)
  expect(echo).toMatchObject({
    status: 200,
    body: { meaning: 'mos_on of S1 PT-702 asked by kim', second_person: true },
  })
  const { id } = echo.body
  expect(await post('confirm', { id, second: 'robin' })).toMatchObject({ status: 200, body: { outcome: 'executed' } })
  expect(write.confirms.at(-1)).toMatchObject({ nonce: `nonce-${String(id)}`, second: 'robin' })
  expect(write.forged).toBe(0)
  // A confirmation is worth one execution.
  expect(await post('confirm', { id, second: 'robin' })).toMatchObject({ status: 409, body: { code: 'GW_SIS' } })
  expect(write.confirms).toHaveLength(1)
  await until('the bypass is heard', () => status().bypasses.length === 1)
  expect(status().bypasses[0]).toMatchObject({ channel: 'PT-702', who: 'kim', second: 'robin', work_order: 'W7' })
  const said = await journal()
  expect(said).toContain('kim S1 SIS request: mos_on S1 PT-702, work order W7, loop check')
  expect(said).toContain('kim S1 SIS echo: mos_on of S1 PT-702 asked by kim')
  expect(said).toContain('kim S1 SIS confirmed with robin: mos_on S1 PT-702, work order W7')
  expect(said.some((line) => line.startsWith('kim S1 SIS executed'))).toBe(true)
})

test("[SIS-GW-5] a refusal is the solver's own, and a request that is none never gets there", async () => {
  write.answer = 'refuse'
  const refused = await post('request', ORDER)
  expect(refused).toMatchObject({ status: 409, body: { code: 'GW_SIS' } })
  expect(refused.body['message']).toContain('the permit key HS-90 is open')
  write.answer = 'echo'
  const before = write.requests.length
  expect((await post('request', { ...ORDER, command: 'force_normal' })).status).toBe(400)
  expect((await post('request', { ...ORDER, who: '' })).status).toBe(400)
  expect((await post('request', { ...ORDER, more: 1 })).status).toBe(400)
  expect(write.requests).toHaveLength(before)
  const foreign = await fetch(`${url}/sis/request`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://elsewhere.example' },
    body: JSON.stringify(ORDER),
  })
  expect(foreign.status).toBe(403)
})

test('[SIS-GW-6] without a line nothing is sent and nothing is kept; it says alive while it stands', async () => {
  await until('alive is said', () => write.alive > 0)
  const port = write.port
  const pending = await post('request', ORDER)
  expect(pending.status).toBe(200)
  await write.close()
  await until('the line is down', () => status().write.state === 'down')
  const asked = await post('request', ORDER)
  expect(asked).toMatchObject({ status: 503, body: { code: 'GW_NO_SIS' } })
  expect(asked.body['message']).toContain('no line to the safety system')
  expect(status().alarms.some((a) => a.rank === 4 && a.text.includes('no line for requests'))).toBe(true)
  write = await startSisWrite(SECRET, port)
  await until('the line is up again', () => status().write.state === 'up')
  expect(write.requests).toEqual([])
  // The echo of before is worth nothing on the new line.
  expect((await post('confirm', { id: pending.body['id'], second: '' })).status).toBe(409)
  expect(write.confirms).toEqual([])
})

test('[SIS-GW-7] 3 s of silence: the picture is old, the alarm stands, the journal has it', async () => {
  sender.send()
  await until('live', () => status().state === 'live')
  await until('lost', () => status().state === 'lost', 6000)
  expect(status().age_ms).toBeGreaterThan(3000)
  expect(status().alarms[0]!.text).toContain('SIS snapshot lost')
  await new Promise((wake) => setTimeout(wake, 1200))
  expect(await journal()).toContain('SIS Snapshot lost')
  sender.send()
  await until('live again', () => status().state === 'live')
})

test('[SIS-GW-8] a solver with another configuration: its alarms come, names do not', async () => {
  sender.snapshot = { ...sender.snapshot, config_hash: 'e'.repeat(64) }
  sender.send()
  await until('another', () => status().config === 'other')
  const reply = await get<SisReply>('sis')
  expect(reply.outline).toBe(null)
  expect(reply.status.alarms.some((a) => a.text.includes('no names are shown'))).toBe(true)
})

test('[FIO-SIS-5] field-io has the same as points: good while it is heard, Bad with the last value when it is not', async () => {
  const point = (signal: string) =>
    ({
      point: `SIS-1/${signal}`,
      device: 0,
      table: 'input',
      register: 0,
      type: 'float64',
      counts_per_unit: 1,
      quantity: '1',
      status_register: -1,
      node: signal,
    }) as const
  const io: IoSection = {
    devices: [{ id: 'SIS-1', description: '', protocol: 'sis', endpoint: 'sis', unit: 0, timeout_ms: 300 }],
    inputs: [point('effect/FEEDS'), point('effect/XV-10'), point('effect/NONE')],
    outputs: [],
  }
  let values: number[] = []
  let statuses: number[] = []
  let downs = 0
  const handlers = {
    on_read: (read: { inputs: Float64Array; statuses: Uint16Array }) => {
      values = [...read.inputs]
      statuses = [...read.statuses]
    },
    on_done: () => {},
    on_down: () => void downs++,
  }
  const device = openSisDevice(io, 0, handlers, { udp_port: 0, config_path: SIS_CONFIG_PATH })
  await until('its port', () => device.port > 0)
  const own = startSisSender(device.port, normalSnapshot(), 50)
  try {
    expect(device.alarm).toBe('nothing has been heard of it yet')
    await until('in use', () => device.connected)
    expect([values[0], values[1], statuses[0]]).toEqual([1, 1, STATUS.good])
    expect(statuses[2]).toBe(STATUS.badConfigError)
    expect(device.warning).toContain('effect/NONE')
    trip(own.snapshot, 'S7', ['XV-10'])
    await until('tripped', () => {
      device.poll()
      return values[1] === 0
    })
    expect(values[0]).toBe(1)
    own.on = false
    await until('silent', () => {
      device.poll()
      return !device.connected
    })
    expect([values[1], statuses[1]]).toEqual([0, STATUS.badNoCommLastUsable])
    expect(isBad(statuses[0]!)).toBe(true)
    expect(downs).toBe(1)
    expect(device.alarm).toContain('nothing heard')
    own.on = true
    await until('heard again', () => device.connected)
    // Another start of a solver begins its numbers anew.
    own.snapshot = { ...normalSnapshot(), run_id: 'run-2', seq: 0 }
    await until('the new run', () => {
      device.poll()
      return values[1] === 1
    })
    own.snapshot = { ...own.snapshot, config_hash: 'a'.repeat(64) }
    await until('another configuration', () => !device.connected)
    expect(device.alarm).toContain('another configuration')
  } finally {
    own.close()
    device.close()
  }
})

test('[FIO-SIS-6] a run without a safety system has Bad points and says why', () => {
  const io: IoSection = {
    devices: [{ id: 'SIS-1', description: '', protocol: 'sis', endpoint: 'sis', unit: 0, timeout_ms: 3000 }],
    inputs: [],
    outputs: [],
  }
  const device = openSisDevice(io, 0, { on_read: () => {}, on_done: () => {}, on_down: () => {} }, {})
  let ended = false
  device.poll(() => {
    ended = true
  })
  expect({ ended, connected: device.connected, alarm: device.alarm }).toEqual({
    ended: true,
    connected: false,
    alarm: 'this run has no safety system',
  })
  device.close()
})

test('[SIS-GW-9] the receiver opens no door: its port takes no connection, and it never answers', async () => {
  const refused = await new Promise<string>((done) => {
    const socket = connect({ host: '127.0.0.1', port: composed.gateway.sis.port })
    socket.on('error', (cause: NodeJS.ErrnoException) => done(cause.code ?? ''))
    socket.on('connect', () => done('connected'))
  })
  expect(refused).toBe('ECONNREFUSED')
})
