import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { FORCE_REFUSAL, type ForceState, type LinkMessage } from '../../contracts/link.ts'
import type { Link } from '../../protocols/edge/link.ts'
import { listenLinks } from '../../protocols/edge/link-server.ts'
import { startGateway } from './program.ts'
import { smallArtifact, temporaryFolder, until, writeArtifact } from './testing/stand-ins.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const codec = { table: 'input', register: 0, type: 'uint16', counts_per_unit: 2500 } as const
const point = { ...codec, point: 'RIO-1/AI/1', device: 0, quantity: 'mA', status_register: -1 } as const

/** A gateway with one point, and a field-io that answers orders as `answer` says and keeps what it was asked. */
async function house(answer: (m: LinkMessage) => number | undefined = () => FORCE_REFUSAL.none) {
  const folder = temporaryFolder()
  ends.push(() => folder.remove())
  const small = smallArtifact()
  const artifact = smallArtifact({
    io: { devices: [], inputs: [point], outputs: [] },
    tags: [{ ...small.tags[0]!, point: 'RIO-1/AI/1' }],
  })
  const list = (epoch: number, forces: readonly ForceState[]): void => {
    for (const link of links) link.send({ type: 'forces', at: { epoch, n: 1 }, forces })
  }
  const asked: LinkMessage[] = []
  const links = new Set<Link>()
  const server = await listenLinks({
    port: 0,
    on_open: (link) => void links.add(link),
    on_message(link, m) {
      if (m.type !== 'force' && m.type !== 'unforce') return
      asked.push(m)
      const refusal = answer(m)
      // As field-io does: what changed, then the answer.
      if (refusal === FORCE_REFUSAL.none) list(1, m.type === 'force' ? [STANDS] : [])
      if (refusal !== undefined) link.send({ type: 'force-result', id: m.id, refusal })
    },
    on_end: (link) => void links.delete(link),
  })
  ends.push(() => server.close())
  mkdirSync(join(folder.path, 'dist'))
  const running = await startGateway({
    artifact_path: writeArtifact(folder.path, artifact),
    http_port: 0,
    field_io: `127.0.0.1:${server.port}`,
    data_dir: join(folder.path, 'data'),
    hmi_dir: join(folder.path, 'dist'),
  })
  ends.push(() => running.close())
  const url = `http://127.0.0.1:${running.ports['http']}`
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const reply = await fetch(url + path, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  const journal = async (): Promise<string[]> => {
    const { body } = await call('GET', '/api/journal')
    return (body['entries'] as { station: string; tag: string; text: string }[]).map(
      (e) => `${e.station} ${e.tag} ${e.text}`,
    )
  }
  await until('the link', () => links.size > 0)
  return { asked, call, journal, list, server, links }
}
const ORDER = { point: 'RIO-1/AI/1', value: 12, for_s: 600, who: 'kim', reason: 'loop check' }
const STANDS = { point: 'RIO-1/AI/1', value: 12, who: 'kim', reason: 'loop check', since_ms: 5, left_ms: 600_000 }

test('[FORCE-6] an order goes to field-io; who, why, how long and what came of it stand in the journal', async () => {
  const h = await house()
  expect((await h.call('POST', '/api/forces', ORDER)).status).toBe(200)
  expect(h.asked).toMatchObject([{ type: 'force', point: 'RIO-1/AI/1', value: 12, for_ms: 600_000, who: 'kim' }])
  const { body } = await eventually(async () => {
    const reply = await h.call('GET', '/api/io')
    return (reply.body['forces'] as unknown[] | null)?.length === 1 ? reply : undefined
  })
  expect(body['forces']).toEqual([{ ...STANDS, tag: 'LIC-1', unit: 'mA' }])
  const alarms = (await h.call('GET', '/api/health')).body['alarms']
  expect(alarms).toContain('RIO-1/AI/1 (LIC-1) is forced to 12 mA by kim: loop check')
  expect((await h.call('DELETE', '/api/forces?point=RIO-1/AI/1&who=lee')).status).toBe(200)
  await eventually(async () =>
    ((await h.call('GET', '/api/io')).body['forces'] as unknown[]).length === 0 ? true : undefined,
  )
  const said = (await h.journal()).filter((line) => line.includes('Force of'))
  expect(said).toEqual([
    'kim LIC-1 Force of RIO-1/AI/1 to 12 mA for 10 min: sent, loop check',
    'kim LIC-1 Force of RIO-1/AI/1 to 12 mA for 10 min: done',
    'lee LIC-1 Force of RIO-1/AI/1 taken away: sent',
    'lee LIC-1 Force of RIO-1/AI/1 taken away: done',
  ])
})

test('[FORCE-7] the end of a force by its time, and by a restart of field-io, stands in the journal', async () => {
  const h = await house()
  const ended = (text: string) => eventually(async () => ((await h.journal()).includes(text) ? true : undefined))
  h.list(1, [STANDS])
  await ended(' LIC-1 Force of RIO-1/AI/1 to 12 mA stands, 10 min left, by kim: loop check')
  h.list(1, [])
  await ended(' LIC-1 Force of RIO-1/AI/1 to 12 mA has expired')
  h.list(1, [{ ...STANDS, value: 13 }])
  await ended(' LIC-1 Force of RIO-1/AI/1 to 13 mA stands, 10 min left, by kim: loop check')
  // The list of a field-io that has just come back: still in the epoch that its log ends with.
  const before = [...h.links]
  for (const link of before) link.close('killed')
  await until('a new link', () => [...h.links].some((link) => !before.includes(link)))
  h.list(1, [])
  expect(await ended(' LIC-1 Force of RIO-1/AI/1 to 13 mA has ended with a restart of field I/O')).toBe(true)
})

test('[FORCE-7] a force that ends with field-io at once after it was taken is not lost from the journal', async () => {
  const h = await house()
  expect((await h.call('POST', '/api/forces', ORDER)).status).toBe(200)
  h.list(2, [])
  const text = ' LIC-1 Force of RIO-1/AI/1 to 12 mA has ended with a restart of field I/O'
  expect(await eventually(async () => ((await h.journal()).includes(text) ? true : undefined))).toBe(true)
})

test('[FORCE-8] what field-io refuses, what is no order, and a page of another site', async () => {
  const h = await house(() => FORCE_REFUSAL.outOfRange)
  const refused = await h.call('POST', '/api/forces', ORDER)
  expect([refused.status, refused.body['code']]).toEqual([409, 'GW_FORCE'])
  expect(refused.body['message']).toMatch(/outside the range/)
  expect((await h.journal()).at(-1)).toMatch(/refused, the value is outside the range/)
  for (const wrong of [{ for_s: 0 }, { for_s: 86_401 }, { reason: '' }, { who: '' }, { value: 'much' }, { more: 1 }]) {
    const reply = await h.call('POST', '/api/forces', { ...ORDER, ...wrong })
    expect([wrong, reply.status, reply.body['code']]).toEqual([wrong, 400, 'GW_QUERY'])
  }
  const foreign = await h.call('POST', '/api/forces', ORDER, { origin: 'http://evil.example' })
  expect([foreign.status, foreign.body['code']]).toEqual([403, 'GW_ORIGIN'])
  expect(h.asked.length).toBe(1)
})

test('[FORCE-9] no answer and no link are said, and nothing is taken for done', async () => {
  const h = await house(() => undefined)
  const silent = h.call('POST', '/api/forces', ORDER)
  await until('the order', () => h.asked.length === 1)
  for (const link of h.links) link.close('gone')
  const reply = await silent
  expect([reply.status, reply.body['code']]).toEqual([503, 'GW_NO_IO'])
  expect((await h.journal()).at(-1)).toMatch(/no answer, the link was lost/)
})

/** Asks again until there is an answer; the bound only ends a failed test. */
async function eventually<T>(probe: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 5000
  for (;;) {
    const found = await probe()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error('in vain')
    await new Promise((wake) => setTimeout(wake, 10))
  }
}
