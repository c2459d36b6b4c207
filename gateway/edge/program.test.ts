import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { COMMAND_KIND, OUTCOME } from '../../contracts/frame.ts'
import type { HistoryReply } from '../../contracts/hmi-wire.ts'
import type { Running } from '../../protocols/edge/program.ts'
import { type GatewayConfig, startGateway } from './program.ts'
import {
  type StandInFieldIo,
  scan,
  smallArtifact,
  standInController,
  standInFieldIo,
  standInPage,
  temporaryFolder,
  until,
  writeArtifact,
} from './testing/stand-ins.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const atEnd = <T extends { close(): unknown }>(thing: T): T => {
  ends.push(() => thing.close())
  return thing
}

interface House {
  readonly config: GatewayConfig
  readonly folder: string
  readonly fieldIo: StandInFieldIo
  readonly artifact: ReturnType<typeof smallArtifact>
}

async function house(): Promise<House> {
  const folder = temporaryFolder()
  ends.push(() => folder.remove())
  const fieldIo = atEnd(await standInFieldIo())
  const artifact = smallArtifact()
  const hmi_dir = join(folder.path, 'dist')
  mkdirSync(join(hmi_dir, 'assets'), { recursive: true })
  writeFileSync(join(hmi_dir, 'index.html'), '<title>pages</title>')
  writeFileSync(join(hmi_dir, 'assets/app.js'), 'export {}')
  const config = {
    artifact_path: writeArtifact(folder.path, artifact),
    http_port: 0,
    field_io: `127.0.0.1:${fieldIo.port}`,
    data_dir: join(folder.path, 'data'),
    hmi_dir,
  }
  return { config, folder: folder.path, fieldIo, artifact }
}

const start = async (h: House): Promise<Running & { http: number; link: number }> => {
  const running = await startGateway(h.config)
  const { http, link } = running.ports as { http: number; link: number }
  return { ...running, http, link }
}
const json = async (port: number, path: string, headers: Record<string, string> = {}) => {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as never }
}
const command = (id: string) => ({
  type: 'command',
  id,
  tag: 'LIC-1',
  field: 'SP',
  value: 60,
  expected: 50,
  epoch: 1,
  n: 1,
})
const journalTexts = async (port: number): Promise<string[]> => {
  const { body } = await json(port, '/api/journal')
  return (body as { entries: { text: string }[] }).entries.map((e) => e.text)
}

test('a page gets the config, the whole picture, and then what changes', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const a = atEnd(await standInController(gateway.link, 0, h.artifact.hash))
  a.publish(scan(1, [42, 50]))
  const page = atEnd(await standInPage(gateway.http, 'OS-1'))
  await until('the picture', () => page.picture[1] === 50)
  expect(page.texts[0]).toMatchObject({
    type: 'config',
    artifact: h.artifact.hash,
    published: 2,
    tags: [{ tag: 'LIC-1' }],
  })
  a.publish(scan(2, [43, 50]))
  await until('the change', () => page.picture[0] === 43)
  const [, change] = page.messages
  expect([page.messages[0]!.snapshot, change!.snapshot]).toEqual([true, false])
  expect([change!.epoch, change!.n, change!.t_ms, [...change!.indices]]).toEqual([1, 2, 1_700_000_000_200, [0]])
  const system = await until('a system text', () => page.last('system'))
  expect(system).toMatchObject({ live: true, epoch: 1 })
})

test('one controller dies: the picture goes on with the other, and an event of both stands once in the journal', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const a = await standInController(gateway.link, 0, h.artifact.hash)
  const b = atEnd(await standInController(gateway.link, 1, h.artifact.hash))
  const page = atEnd(await standInPage(gateway.http, 'OS-1'))
  const events = [{ ordinal: 0, code: 2, block: 0, a: 3, b: 4 }]
  for (const c of [a, b]) c.publish(scan(1, [1, 50], { events }))
  await until('the first scan', () => page.picture[0] === 1)
  a.close()
  b.publish(scan(2, [2, 50]))
  await until('the scan of B', () => page.picture[0] === 2)
  const texts = await journalTexts(gateway.http)
  expect(texts.filter((t) => t.startsWith('Actual mode'))).toEqual(['Actual mode MAN -> AUTO'])
})

test('a command goes to field-io by number, and its outcome to the page and the journal', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const page = atEnd(await standInPage(gateway.http, 'OS-1'))
  page.say(command('c1'))
  const c = await until('the command', () => h.fieldIo.commands[0])
  expect(c).toMatchObject({
    station: 0,
    kind: COMMAND_KIND.set,
    target: 0,
    value: 60,
    expected: 50,
    epoch: 1,
    n: 1,
    ttl_ticks: 20,
  })
  expect(page.last('command-state')).toMatchObject({ id: 'c1', state: 'sent' })
  h.fieldIo.answer({ station: c.station, seq: c.seq, outcome: OUTCOME.refused, refusal: 1 })
  const told = await until('the outcome', () =>
    page.texts.find((t) => t.type === 'command-state' && t.state === 'refused'),
  )
  expect(told).toMatchObject({ id: 'c1', reason: expect.stringContaining('changed') })
  expect(await journalTexts(gateway.http)).toEqual(
    expect.arrayContaining(['SP 60.0 %: sent', expect.stringContaining('SP 60.0 %: refused')]),
  )
})

test('an unanswered command is asked for again under the same number', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const page = atEnd(await standInPage(gateway.http, 'OS-1'))
  page.say(command('c1'))
  await until('the second asking', () => h.fieldIo.commands.length >= 2)
  expect(h.fieldIo.commands[1]).toEqual(h.fieldIo.commands[0])
})

test('a browser that vanishes right after its command loses nothing: the outcome stands in the journal, nothing is sent again', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const page = await standInPage(gateway.http, 'OS-1')
  page.say(command('c1'))
  page.socket.once('message', () => {})
  const c = await until('the command', () => h.fieldIo.commands[0])
  page.socket.terminate()
  h.fieldIo.answer({ station: c.station, seq: c.seq, outcome: OUTCOME.applied, refusal: 0 })
  const again = atEnd(await standInPage(gateway.http, 'OS-1'))
  await until('the outcome in the journal', () =>
    again.texts.some((t) => t.type === 'journal' && t.entries.some((e) => e.text === 'SP 60.0 %: applied')),
  )
  expect(new Set(h.fieldIo.commands.map((x) => x.seq)).size).toBe(1)
  expect(again.last('command-state')).toBeUndefined()
})

test('after a restart the open command is closed by VOID before the station gets another', async () => {
  const h = await house()
  const first = await start(h)
  const page = await standInPage(first.http, 'OS-1')
  page.say(command('c1'))
  const open = await until('the command', () => h.fieldIo.commands[0])
  page.close()
  await first.close()
  h.fieldIo.commands.length = 0
  const second = atEnd(await start(h))
  const asked = await until('the VOID', () => h.fieldIo.commands[0])
  expect(asked).toMatchObject({ station: open.station, seq: open.seq, kind: COMMAND_KIND.void })
  const again = atEnd(await standInPage(second.http, 'OS-1'))
  again.say(command('c2'))
  await until('the refusal', () => again.last('command-state')?.state === 'refused')
  h.fieldIo.answer({ station: open.station, seq: open.seq, outcome: OUTCOME.voided, refusal: 0 })
  await until('the outcome', () =>
    again.texts.some((t) => t.type === 'command-state' && t.id === 'c1' && t.state === 'expired'),
  )
  again.say(command('c3'))
  const next = await until('the next command', () => h.fieldIo.commands.find((c) => c.kind === COMMAND_KIND.set))
  expect(next.seq).toBeGreaterThan(open.seq + 1000)
})

test('a journal that cannot be written: the command is refused and not sent, the picture goes on', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const a = atEnd(await standInController(gateway.link, 0, h.artifact.hash))
  const page = atEnd(await standInPage(gateway.http, 'OS-1'))
  const other = new DatabaseSync(join(h.config.data_dir, 'journal.sqlite'))
  other.exec('BEGIN EXCLUSIVE')
  page.say(command('c1'))
  const told = await until('the refusal', () => page.last('command-state'))
  expect(told).toMatchObject({ state: 'refused', reason: expect.stringContaining('journal') })
  a.publish(scan(1, [7, 50]))
  await until('the picture', () => page.picture[0] === 7)
  other.exec('COMMIT')
  other.close()
  expect(h.fieldIo.commands).toEqual([])
})

test('the trend comes back after a restart, with a gap between the runs', async () => {
  const h = await house()
  const first = await start(h)
  const a = await standInController(first.link, 0, h.artifact.hash)
  const page = await standInPage(first.http, 'OS-1')
  for (let n = 1; n <= 10; n++) {
    a.publish(scan(n, [n, 50]))
    await until('the scan', () => page.picture[0] === n)
  }
  a.close()
  page.close()
  await first.close()
  const second = atEnd(await start(h))
  const b = atEnd(await standInController(second.link, 0, h.artifact.hash))
  const later = atEnd(await standInPage(second.http, 'OS-1'))
  for (let n = 21; n <= 25; n++) {
    b.publish(scan(n, [n, 50], { epoch: 2 }))
    await until('the scan', () => later.picture[0] === n)
  }
  const t0 = 1_700_000_000_000
  const { body } = await json(
    second.http,
    `/api/history?tags=LIC-1.PV,LIC-1.SP&from=${t0 + 100}&to=${t0 + 2600}&points=25`,
  )
  const [pv, sp] = (body as HistoryReply).series
  const gap = [null, null, null, null, null, null, null, null, null, null]
  // Of the last scan of a run it is known that it was, and nothing after it.
  expect(pv!.max).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...gap, 21, 22, 23, 24, 25])
  expect(sp!.min.slice(0, 12)).toEqual([50, 50, 50, 50, 50, 50, 50, 50, 50, 50, null, null])
})

test('a page that stops reading gets no queue but the present values when it reads again', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const a = atEnd(await standInController(gateway.link, 0, h.artifact.hash))
  const slow = atEnd(await standInPage(gateway.http, 'OS-1'))
  const quick = atEnd(await standInPage(gateway.http, 'OS-2'))
  a.publish(scan(1, [1, 50]))
  await until('the first scan', () => slow.picture[0] === 1 && quick.picture[0] === 1)
  slow.socket.pause()
  let n = 1
  const publishing = setInterval(() => a.publish(scan(++n, [n, 50])), 60)
  // Longer than it takes to miss a ping; then scans are no longer queued for it.
  await until('40 scans', () => n >= 40)
  clearInterval(publishing)
  await until('the last scan', () => quick.picture[0] === n)
  slow.socket.resume()
  await until('the last scan, late', () => slow.picture[0] === n)
  expect(quick.messages.length).toBeGreaterThan(30)
  expect(slow.messages.length).toBeLessThan(20)
})

test('a plant far faster than life: the page gets some twenty pictures a second, the last one always, and every event', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const a = atEnd(await standInController(gateway.link, 0, h.artifact.hash))
  const page = atEnd(await standInPage(gateway.http, 'OS-1'))
  for (let n = 1; n <= 500; n++)
    a.publish(scan(n, [n, 50], { events: n % 50 === 0 ? [{ ordinal: 0, code: 2, block: 0, a: 3, b: 4 }] : [] }))
  await until('the last scan', () => page.picture[0] === 500)
  expect(page.messages.length).toBeLessThan(100)
  expect((await journalTexts(gateway.http)).filter((t) => t.startsWith('Actual mode'))).toHaveLength(10)
})

test('another artifact: pages are told to connect again and get its config', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const page = await standInPage(gateway.http, 'OS-1')
  const next = smallArtifact({ title: 'Larger' }, ['NEW.PV', 'LIC-1.PV', 'LIC-1.SP'])
  writeArtifact(h.folder, next)
  const a = atEnd(await standInController(gateway.link, 0, next.hash))
  await until('the end of the old picture', () => page.closed)
  const again = atEnd(await standInPage(gateway.http, 'OS-1'))
  expect(again.last('config')).toMatchObject({ title: 'Larger', published: 3 })
  a.publish(scan(1, [9, 42, 50]))
  await until('the new picture', () => again.picture[2] === 50)
})

test('a scan of an artifact the gateway does not have is not shown, and said', async () => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const a = atEnd(await standInController(gateway.link, 0, 'c'.repeat(64)))
  const page = atEnd(await standInPage(gateway.http, 'OS-1'))
  a.publish(scan(1, [9, 42, 50]))
  await until('the alarm', () => page.last('system')?.alarms.some((alarm) => alarm.includes('another configuration')))
  expect(page.messages).toEqual([])
})

// ---------------------------------------------------------------- the door

test.each([
  ['a page of another site', { origin: 'http://evil.example' }],
  ['a page of another port', { origin: 'http://127.0.0.1:1' }],
  ['a name that was made to point here', { origin: 'http://evil.example', headers: { host: 'evil.example' } }],
])('a WebSocket from %s is refused', async (_, options) => {
  const gateway = atEnd(await start(await house()))
  await expect(standInPage(gateway.http, 'OS-1', options)).rejects.toThrow('403')
})

test.each([
  ['no JSON', '{'],
  ['a command before open', command('c1')],
  ['an unknown property', { type: 'open', station: 'OS-1', role: 'admin' }],
])('%s closes the socket and says why', async (_, text) => {
  const h = await house()
  const gateway = atEnd(await start(h))
  const page = atEnd(await standInPage(gateway.http, null))
  page.say(text)
  const closed = await until('the end', () => page.closed)
  expect([closed.code, closed.reason.slice(0, 11)]).toEqual([1008, 'GW_MESSAGE:'])
  expect(h.fieldIo.commands).toEqual([])
})

test('a text that is too large closes the socket, and the gateway lives on', async () => {
  const gateway = atEnd(await start(await house()))
  const page = atEnd(await standInPage(gateway.http, 'OS-1'))
  page.say({ type: 'open', station: 'x'.repeat(100_000) })
  expect((await until('the end', () => page.closed)).code).toBe(1009)
  expect((await json(gateway.http, '/api/health')).status).toBe(200)
})

test('HTTP answers in closed shapes, with code, message and remedy where it cannot', async () => {
  const h = await house()
  const { http } = atEnd(await start(h))
  expect((await json(http, '/api/config')).body).toMatchObject({ type: 'config', title: 'Small' })
  expect((await json(http, '/api/health')).body).toMatchObject({ live: false, history: 'recording' })
  const faults: readonly (readonly [string, number, string])[] = [
    ['/api/history?tags=LIC-1.PV&from=1', 400, 'GW_QUERY'],
    ['/api/history?tags=LIC-1.PV&from=5&to=1', 400, 'GW_QUERY'],
    ['/api/history?tags=LIC-1.PV&from=0&to=1&points=0', 400, 'GW_QUERY'],
    ['/api/history?tags=LIC-1.PV&from=0&to=1&sql=1', 400, 'GW_QUERY'],
    [`/api/history?tags=${'a,'.repeat(17)}b&from=0&to=1`, 400, 'GW_QUERY'],
    ['/api/journal?limit=1e9', 400, 'GW_QUERY'],
    ['/api/nothing', 404, 'GW_NOT_FOUND'],
    ['/assets/nothing.js', 404, 'GW_NOT_FOUND'],
    ['/%2e%2e/artifact.json', 404, 'GW_NOT_FOUND'],
  ]
  for (const [path, status, code] of faults) {
    const reply = await json(http, path)
    expect([path, reply.status, reply.body]).toEqual([
      path,
      status,
      { code, message: expect.stringMatching(/./), remedy: expect.stringMatching(/./) },
    ])
  }
})

test('pages are served with a policy that lets only own scripts run, and every address of the pages is the one page', async () => {
  const { http } = atEnd(await start(await house()))
  for (const path of ['/', '/overview', '/trend/LIC-1']) {
    const reply = await fetch(`http://127.0.0.1:${http}${path}`)
    expect([reply.status, await reply.text()]).toEqual([200, '<title>pages</title>'])
    const policy = reply.headers.get('content-security-policy')!
    expect(policy).toMatch(/default-src 'none'.*script-src 'self'(;|$)/)
    expect(policy).toContain("frame-ancestors 'none'")
  }
  expect((await fetch(`http://127.0.0.1:${http}/assets/app.js`)).headers.get('content-type')).toMatch(/javascript/)
})

// ---------------------------------------------------------------- the program

test('a port in use: the fault names the port and what to set', async () => {
  const h = await house()
  const other = createServer()
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
  ends.push(() => new Promise((done) => other.close(done)))
  const { port } = other.address() as { port: number }
  await expect(startGateway({ ...h.config, http_port: port })).rejects.toThrow(
    new RegExp(`^GW_PORT_IN_USE: .*port ${port} .*FLYBALL_HTTP_PORT`),
  )
})

test('an artifact that is none is a fault that names the file', async () => {
  const h = await house()
  writeFileSync(h.config.artifact_path, '{"format":2}')
  await expect(startGateway(h.config)).rejects.toThrow(/^GW_ARTIFACT: .*artifact\.json.*flyball build/)
})

const ROOT = resolve(import.meta.dirname, '../..')
function child(): { readonly process: ChildProcess; readonly ended: Promise<{ code: number | null; stderr: string }> } {
  const process_ = spawn(process.execPath, ['cli/launch.mjs', 'gateway/edge/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  ends.push(() => process_.kill('SIGKILL'))
  let stderr = ''
  process_.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8')
  })
  // Not 'close', which does not come after the own side has disconnected.
  const read = new Promise<void>((done) => process_.stderr!.once('end', () => done()))
  const code = new Promise<number | null>((done) => process_.once('exit', (c) => done(c)))
  const ended = Promise.all([code, read]).then(([c]) => ({ code: c, stderr }))
  return { process: process_, ended }
}

test('as a child: ready with its ports, and it ends with its supervisor', async () => {
  const h = await house()
  const { process: gateway, ended } = child()
  const ready = new Promise<{ ports: Record<string, number> }>((done) => {
    gateway.once('message', (m) => done(m as never))
  })
  gateway.send({ type: 'configure', config: h.config })
  const { ports } = await ready
  expect((await json(ports['http']!, '/api/health')).status).toBe(200)
  gateway.disconnect()
  expect((await ended).code).toBe(0)
})

test('as a child: a port in use ends it with exit code 1 and one clear line', async () => {
  const h = await house()
  const first = atEnd(await start(h))
  const { process: gateway, ended } = child()
  const config = { ...h.config, http_port: first.http, data_dir: join(h.folder, 'other') }
  gateway.send({ type: 'configure', config })
  const { code, stderr } = await ended
  expect(code).toBe(1)
  expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(`port ${first.http}`)])
})
