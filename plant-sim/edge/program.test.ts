import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { LinkMessage } from '../../contracts/link.ts'
import { connectLink, type LinkClient } from '../../protocols/edge/link-client.ts'
import { ModbusTcpClient } from '../../protocols/edge/modbus-tcp-client.ts'
import type { Running } from '../../protocols/edge/program.ts'
import { InstructorFault, instructorClient } from './instructor-client.ts'
import { type PlantSimConfig, startPlantSim } from './program.ts'

const INSTRUMENTS = fileURLToPath(new URL('../../strategies/tennessee-eastman/plant/instruments.yaml', import.meta.url))
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function plantSim(config: Partial<PlantSimConfig> = {}): Promise<Running> {
  const running = await startPlantSim({
    plant: 'tennessee-eastman',
    instruments_path: INSTRUMENTS,
    paused: true,
    ...config,
  })
  open.push(running)
  return running
}

async function modbus(port: number): Promise<ModbusTcpClient> {
  return new Promise((resolve) => {
    const client = new ModbusTcpClient(`127.0.0.1:${port}`, {
      timeout_ms: 5000,
      on_state: (connected) => connected && resolve(client),
    })
    open.push(client)
  })
}

const instructor = (running: Running) => instructorClient(`http://127.0.0.1:${running.ports['instructor']}`)

/** A field-io that says done only when told: nothing depends on the clock. */
function fieldIo(running: Running) {
  const got: LinkMessage[] = []
  const waiting: ((message: LinkMessage) => void)[] = []
  const client: LinkClient = connectLink(`127.0.0.1:${running.ports['conductor']}`, {
    on_open: (link) =>
      link.send({ type: 'hello', role: 'field-io', index: 0, artifact: 'x', state: { epoch: 0, n: 0 } }),
    on_message: (_link, message) => {
      if (message.type !== 'grant') return
      const take = waiting.shift()
      if (take === undefined) got.push(message)
      else take(message)
    },
    on_end: () => {},
  })
  open.push(client)
  return {
    client,
    unread: () => got.length,
    async grant(): Promise<number> {
      const message = got.shift() ?? (await new Promise<LinkMessage>((resolve) => waiting.push(resolve)))
      return message.type === 'grant' ? message.tick : -1
    },
    done: (tick: number) => client.link!.send({ type: 'done', tick }),
  }
}

const counts = (value: number, lo: number, hi: number): number =>
  Math.round((4 + (16 * (value - lo)) / (hi - lo)) * 3000)

// Base case of Downs and Vogel, noise-free, by the original code; ranges as installed.
test('the drops show the base case: counts, read-backs, positions and float32 over a wire', async () => {
  const { ports } = await plantSim()
  const feeds = await modbus(ports['RIO-1']!)
  expect([...(await feeds.readInput(1, 0, 5))]).toEqual([
    counts(0.25052137678432373, 0, 1.2),
    counts(3664.0388848629996, 0, 7000),
    counts(4509.26839016822, 0, 10_000),
    counts(9.347742342506221, 0, 16),
    counts(42.33884885634583, 0, 70),
  ])
  // FV-01 is XMV 3, FV-02 XMV 1, FV-03 XMV 2, FV-04 XMV 4.
  const valves = [24.64355755, 63.05263039, 53.97970677, 61.30192144].map((pct) => counts(pct, 0, 100))
  expect([...(await feeds.readHolding(1, 0, 4))]).toEqual(valves)
  expect([...(await feeds.readInput(1, 100, 4))]).toEqual(valves)
  expect([...(await feeds.readInput(1, 150, 4))]).toEqual(valves)
  expect([...(await feeds.readInput(1, 200, 2))]).toEqual([0, 1])
  const reactor = await modbus(ports['RIO-2']!)
  expect([...(await reactor.readInput(1, 0, 4))]).toEqual([
    counts(2705.000000046409, 0, 3200),
    counts(74.99999998088552, -5, 120),
    counts(120.40000000169141, 0, 200),
    counts(94.59927549, 0, 150),
  ])
  const analysers = await modbus(ports['RIO-5']!)
  const words = await analysers.readInput(1, 0, 38)
  const view = new DataView(new ArrayBuffer(4))
  const values = Array.from({ length: 19 }, (_, i) => {
    view.setUint16(0, words[2 * i]!)
    view.setUint16(2, words[2 * i + 1]!)
    return view.getFloat32(0)
  })
  // AT-23, AT-30, AT-40, AT-41: reactor feed A, purge B, product G and H.
  expect(values[0]).toBeCloseTo(32.187613094499625, 4)
  expect(values[7]).toBeCloseTo(13.822945867382424, 4)
  expect(values[17]).toBeCloseTo(53.72397878932856, 4)
  expect(values[18]).toBeCloseTo(43.82802189355887, 4)
  expect([...(await analysers.readInput(1, 100, 19))]).toEqual(new Array(19).fill(0))
  expect([...(await analysers.readInput(1, 150, 19))]).toEqual(new Array(19).fill(0))
})

test('what a master writes stands in the registers; what is not in the map is refused whole', async () => {
  const { ports } = await plantSim()
  const c = await modbus(ports['RIO-4']!)
  await c.writeRegisters(1, 0, [30_000, 31_000])
  expect([...(await c.readHolding(1, 0, 2))]).toEqual([30_000, 31_000])
  expect([...(await c.readInput(1, 100, 2))]).toEqual([30_000, 31_000])
  await expect(c.writeRegisters(1, 1, [1, 2])).rejects.toThrow('illegal data address')
  expect([...(await c.readHolding(1, 1, 1))]).toEqual([31_000])
  await expect(c.readInput(1, 4, 2)).rejects.toThrow('illegal data address')
  await expect(c.readInput(2, 0, 1)).rejects.toThrow()
  await expect(c.readCoils(1, 0, 1)).rejects.toThrow('illegal function')
  expect((await c.readIdentification(1)).objects.map((o) => o.text)).toContain('RIO-4')
})

// Counts by the base case and the ranges of docs/plant/tennessee-eastman-shutdown.md; solenoids all energised at power-up.
test('the safety drop: transmitters of its own, solenoids, limit switches, and nothing outside its map', async () => {
  const { ports } = await plantSim()
  const sis = await modbus(ports['SIS-1']!)
  const [pressure, temperature, level] = [
    counts(2705.000000046409, 0, 3200),
    counts(120.40000000169141, 0, 200),
    counts(74.99999998088552, -5, 120),
  ]
  expect([...(await sis.readInput(1, 0, 6))]).toEqual([
    ...[pressure, pressure, pressure],
    ...[temperature, temperature, temperature],
  ])
  expect([...(await sis.readInput(1, 9, 3))]).toEqual([level, level, level])
  // Open: XV-1 to XV-4, XV-10, XV-11, XV-19, CWC-2; shut: BDV-9, CWR-1, CWC-1.
  expect([...(await sis.readInput(1, 50, 3))]).toEqual([0b111, 0b10011101111, 0b01100010000])
  expect([...(await sis.readHolding(1, 0, 1))]).toEqual([0b11111111111])
  await expect(sis.writeRegisters(1, 0, [0b11111101111])).rejects.toThrow('illegal data address')
  expect([...(await sis.readInput(1, 100, 1))]).toEqual([0b11111111111])
  await expect(sis.readInput(1, 17, 2)).rejects.toThrow('illegal data address')
  expect((await sis.readIdentification(1)).objects.map((o) => o.text)).toContain('SIS-1')
})

test('grants come one at a time, each when the plant stands there, the next after done', async () => {
  const running = await plantSim({ factor: 0, done_timeout_ms: 60_000 })
  const io = fieldIo(running)
  const i = instructor(running)
  await i.pause({ paused: false })
  // Before the hello the plant runs by itself; from the first grant on it is in step.
  const first = await io.grant()
  const { time_s } = await i.state()
  for (let k = 1; k <= 20; k++) {
    io.done(first + k - 1)
    expect(await io.grant()).toBe(first + k)
    const state = await i.state()
    expect([state.tick, state.time_s, io.unread()]).toEqual([first + k, time_s + k, 0])
  }
})

test('a drop whose master falls silent trips after 3 s of plant time, however fast that is, and is re-armed', async () => {
  const running = await plantSim({ factor: 0, done_timeout_ms: 60_000 })
  const io = fieldIo(running)
  await instructor(running).pause({ paused: false })
  const drop = await modbus(running.ports['RIO-2']!)
  let tick = await io.grant()
  const next = async (): Promise<number> => {
    io.done(tick)
    tick = await io.grant()
    return (await drop.readInput(1, 200, 1))[0]!
  }
  // TV-09 and SC-50; a watchdog is watching from the first write on.
  await drop.writeRegisters(1, 0, [30_000, 40_000])
  expect([await next(), await next(), await next()]).toEqual([0, 0, 1])
  // The cooling water fails open, the agitator keeps its speed.
  expect([...(await drop.readInput(1, 100, 2))]).toEqual([60_000, 40_000])
  await drop.writeRegister(1, 0, 20_000)
  expect([...(await drop.readInput(1, 100, 1))]).toEqual([60_000])
  await drop.writeRegister(1, 101, 1)
  await drop.writeRegister(1, 0, 20_000)
  expect([...(await drop.readInput(1, 100, 1))]).toEqual([20_000])
  expect(await next()).toBe(0)
})

test('a conductor link that does not begin with the hello of a field-io is ended', async () => {
  const running = await plantSim()
  const ends = await Promise.all(
    (
      [
        { type: 'done', tick: 1 },
        { type: 'hello', role: 'gateway', index: 0, artifact: 'x', state: { epoch: 0, n: 0 } },
      ] as const
    ).map(
      (message) =>
        new Promise<string>((resolve) => {
          const client = connectLink(`127.0.0.1:${running.ports['conductor']}`, {
            on_open: (link) => link.send(message),
            on_message: () => {},
            on_end: (_link, reason) => {
              client.close()
              resolve(reason)
            },
          })
        }),
    ),
  )
  expect(ends.length).toBe(2)
})

test('a second field-io that says hello takes the place of the first', async () => {
  const running = await plantSim()
  const open_link = (end: (reason: string) => void, paced: () => void): LinkClient => {
    const client = connectLink(`127.0.0.1:${running.ports['conductor']}`, {
      on_open: (link) =>
        link.send({ type: 'hello', role: 'field-io', index: 0, artifact: 'x', state: { epoch: 0, n: 0 } }),
      on_message: paced,
      on_end: (_link, reason) => {
        client.close()
        end(reason)
      },
    })
    open.push(client)
    return client
  }
  let ended: (reason: string) => void = () => {}
  const first_ended = new Promise<string>((resolve) => {
    ended = resolve
  })
  await new Promise<void>((resolve) => open_link(ended, resolve))
  // The pace message is the answer to its hello.
  await new Promise<void>((resolve) => open_link(() => {}, resolve))
  expect(await first_ended).toBe('closed by the other side')
})

test('the instructor sees the plant and disturbs it', async () => {
  const running = await plantSim()
  const i = instructor(running)
  const state = await i.state()
  expect(state).toMatchObject({
    plant: 'tennessee-eastman',
    start: 'base',
    time_s: 0,
    paused: true,
    factor: 1,
    trip: null,
  })
  expect([state.measurements.length, state.valves.length, state.drops.length]).toEqual([41, 12, 6])
  // The published cost of the base case.
  expect(state.cost_per_h).toBeCloseTo(170.6, 1)
  const on = await i.disturbance({ name: 'IDV4', on: true })
  expect(on.disturbances.filter((d) => d.on).map((d) => d.name)).toEqual(['IDV4'])
  await i.fault({ tag: 'PT-07', kind: 'bias', value: 50, ramp_s: 10, for_s: 60 })
  const faulty = await i.fault({ tag: 'FV-10', kind: 'stuck', after_s: 5 })
  expect(faulty.faults).toEqual([
    { tag: 'PT-07', kind: 'bias', value: 50, start_s: 0, end_s: 60, ramp_s: 10, active: true },
    { tag: 'FV-10', kind: 'stuck', value: null, start_s: 5, end_s: null, ramp_s: 0, active: false },
  ])
  expect((await i.clearFault({ tag: 'PT-07' })).faults.map((f) => f.tag)).toEqual(['FV-10'])
  expect((await i.clearFault()).faults).toEqual([])
  expect((await i.speed({ factor: 50 })).factor).toBe(50)
})

test('a fault shows where the true value and the transmitted one part', async () => {
  const running = await plantSim({ factor: 0, done_timeout_ms: 60_000 })
  const io = fieldIo(running)
  const i = instructor(running)
  await i.fault({ tag: 'PT-07', kind: 'open' })
  await i.fault({ tag: 'TT-09', kind: 'bias', value: 5 })
  await i.pause({ paused: false })
  await io.grant()
  const of = (tag: string, state: Awaited<ReturnType<typeof i.state>>) => state.measurements.find((m) => m.tag === tag)!
  const state = await i.state()
  expect(of('PT-07', state).transmitted).toBeNull()
  // Six standard deviations of the noise, 0.01 degC each, and half a count of 200 degC.
  expect(Math.abs(of('TT-09', state).transmitted! - of('TT-09', state).true_value - 5)).toBeLessThan(0.0622)
})

test.each([
  ['disturbance', { name: 'IDV99', on: true }, 'name', 'IDV19'],
  ['disturbance', { name: 'IDV1', on: 'yes' }, 'on', undefined],
  ['fault', { tag: 'PT-7', kind: 'stuck' }, 'tag', 'PT-07'],
  ['fault', { tag: 'PT-07', kind: 'stuk' }, 'kind', 'stuck'],
  ['fault', { tag: 'FV-10', kind: 'bias', value: 1 }, 'kind', undefined],
  ['fault', { tag: 'PT-07', kind: 'bias' }, 'value', undefined],
  ['fault', { tag: 'PT-07', kind: 'open', value: 12 }, 'value', undefined],
  ['fault', { tag: 'PT-07', kind: 'drift', value: 1, ramp_s: 5 }, 'ramp_s', undefined],
  ['fault', { tag: 'PT-07', kind: 'stuck', for_s: -1 }, 'for_s', undefined],
  ['fault', { tag: 'PT-07', kind: 'stuck', fors: 1 }, 'fors', 'for_s'],
  ['fault/clear', { tag: 'PT-70' }, 'tag', 'PT-07'],
  ['fault/clear', { kind: 'stuck' }, 'tag', undefined],
  ['speed', { factor: 1000 }, 'factor', undefined],
  ['speed', { factor: -1 }, 'factor', undefined],
  ['pause', {}, 'paused', undefined],
])('the instructor refuses %s %j: what is wrong is at %s', async (path, body, place, suggestion) => {
  const running = await plantSim()
  const url = `http://127.0.0.1:${running.ports['instructor']}/api/`
  const before = await (await fetch(`${url}state`)).json()
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(response.status).toBe(400)
  const { problems } = (await response.json()) as { problems: { place: string; suggestion?: string }[] }
  expect(problems.map((p) => [p.place, p.suggestion])).toEqual([[place, suggestion]])
  expect(await (await fetch(`${url}state`)).json()).toEqual(before)
})

test('the instructor tells apart a wrong path, method, type, body and a page of another origin', async () => {
  const running = await plantSim()
  const url = `http://127.0.0.1:${running.ports['instructor']}/api/`
  const json = { 'content-type': 'application/json' }
  const post = async (path: string, init: RequestInit): Promise<number> =>
    (await fetch(url + path, { method: 'POST', body: '{"paused":false}', ...init })).status
  expect(await post('paus', { headers: json })).toBe(404)
  expect(await post('state', { headers: json })).toBe(405)
  expect((await fetch(`${url}pause`)).status).toBe(405)
  expect(await post('pause', { headers: { 'content-type': 'text/plain' } })).toBe(400)
  expect(await post('pause', { headers: json, body: '{"paused":' })).toBe(400)
  expect(await post('pause', { headers: json, body: '[]' })).toBe(400)
  expect(await post('pause', { headers: json, body: `"${'x'.repeat(70_000)}"` })).toBe(413)
  expect(await post('pause', { headers: { ...json, origin: 'http://elsewhere.example' } })).toBe(403)
  expect((await instructor(running).state()).paused).toBe(true)
})

test('the client says whether nobody is there or the request was wrong', async () => {
  const running = await plantSim()
  const i = instructor(running)
  await expect(i.speed({ factor: 1e9 })).rejects.toMatchObject({ code: 'IO_REFUSED', problems: [{ place: 'factor' }] })
  await running.close()
  await expect(i.state()).rejects.toMatchObject({ name: 'InstructorFault', code: 'IO_UNREACHABLE' })
  await expect(i.state()).rejects.toBeInstanceOf(InstructorFault)
})

test.each([
  [{ plant: 'tennesee' }, 'plant: found tennesee, expected one of tennessee-eastman'],
  [{ start: 'mode9' }, 'mode9'],
  [{ seed: -1 }, 'seed -1'],
  [{ tick_ms: 0 }, 'tick_ms: found 0'],
  [{ instruments_path: 'not/there.yaml' }, 'not/there.yaml'],
])('a configuration that cannot be is refused at the start: %j', async (config, message) => {
  await expect(plantSim(config)).rejects.toThrow(message)
  await expect(plantSim(config)).rejects.toMatchObject({ code: 'CFG_PLANT' })
})

test('a faulty instruments file is refused with every fault and its place', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'flyball-')), 'instruments.yaml')
  const text = await readFile(INSTRUMENTS, 'utf8')
  await writeFile(path, text.replace('XMEAS3,', 'XMEAS99,').replace('fail: hold', 'fail: never'))
  const message = await plantSim({ instruments_path: path }).then(
    () => '',
    (cause: Error) => cause.message,
  )
  expect(message.split('\n')).toHaveLength(2)
  expect(message).toMatch(/instruments\.yaml:\d+:\d+: transmitters\[2\]\.measurement: found "XMEAS99"/)
})

test('a port in use is a clear fault, and nothing stays open behind it', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  open.push(holder)
  const { port } = holder.address() as { port: number }
  const free = createServer()
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
  const { port: drop_port } = free.address() as { port: number }
  await new Promise((resolve) => free.close(resolve))
  const drop_ports = { 'RIO-1': drop_port }
  await expect(plantSim({ drop_ports, instructor_port: port })).rejects.toMatchObject({ code: 'IO_LISTEN' })
  // The first drop's port is free again.
  const running = await plantSim({ drop_ports })
  expect(running.ports['RIO-1']).toBe(drop_port)
})

test('a drop stands on two networks; each can be cut, loudly or silently, and plugged in again', async () => {
  const running = await plantSim()
  const a = await modbus(running.ports['RIO-4']!)
  const b = await modbus(running.ports['RIO-4/B']!)
  const other = await modbus(running.ports['RIO-3']!)
  await a.writeRegisters(1, 0, [30_000])
  expect([...(await b.readHolding(1, 0, 1))]).toEqual([30_000])

  const client = instructor(running)
  const cables = async () => (await client.state()).drops.find((d) => d.id === 'RIO-4')!.networks
  await client.network({ network: 'A', drop: 'RIO-4', mode: 'closed' })
  expect(await cables()).toEqual({ A: 'closed', B: 'on' })
  await expect(a.readHolding(1, 0, 1)).rejects.toThrow(/IO_CLOSED|IO_NOT_CONNECTED/)
  expect([...(await b.readHolding(1, 0, 1))]).toEqual([30_000])
  await other.readHolding(1, 0, 1)

  await client.network({ network: 'B', mode: 'silent' })
  // What is not answered is not done either.
  await expect(b.request(1, { function: 6, address: 0, value: 1 }, 50)).rejects.toThrow('IO_TIMEOUT')
  await client.network({ network: 'A', mode: 'on' })
  await client.network({ network: 'B', mode: 'on' })
  expect(await cables()).toEqual({ A: 'on', B: 'on' })
  const again = await modbus(running.ports['RIO-4']!)
  expect([...(await again.readHolding(1, 0, 1))]).toEqual([30_000])
  expect([...(await b.readHolding(1, 0, 1))]).toEqual([30_000])

  await expect(client.network({ network: 'C' as 'A', drop: 'RIO-9', mode: 'off' as 'on' })).rejects.toMatchObject({
    problems: [{ place: 'network' }, { place: 'drop' }, { place: 'mode' }],
  })
})
