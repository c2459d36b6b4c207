// `flyball io` against real servers: devices that are as they should be, absent, silent or wrong, and a running system.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { checkDevices } from '../../cli/io/check.ts'
import { checkText } from '../../cli/io/check-text.ts'
import { isMasterOf } from '../../cli/io/run-place.ts'
import { parseSerial, parseUnits, scanUnits } from '../../cli/io/scan.ts'
import { loopSheets } from '../../cli/io/sheets.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
import type { Artifact, DeviceRecord } from '../../contracts/artifact.ts'
import { startController } from '../../controller/edge/program.ts'
import { startFieldIo } from '../../field-io/edge/program.ts'
import { startGateway } from '../../gateway/edge/program.ts'
import { memoryModel } from '../../protocols/core/modbus/model.ts'
import { listenModbus } from '../../protocols/edge/modbus-tcp-server.ts'
import type { Running } from '../../protocols/edge/program.ts'
import { until } from './raw.ts'
import { benchArtifact, type DropStandIn, dropStandIn, REGISTER } from './stand-in.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const keep = <T extends { close(): unknown }>(thing: T): T => {
  ends.push(() => thing.close())
  return thing
}
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'flyball-io-'))
  ends.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}
const FLYBALL = resolve(import.meta.dirname, '../../cli/flyball.mjs')
const flyball = (...args: string[]): Promise<Said> =>
  new Promise((done) => {
    execFile(process.execPath, [FLYBALL, 'io', ...args], { timeout: 30_000 }, (fault, out, err) => {
      done({ code: fault === null ? 0 : Number(fault.code ?? -1), out, err })
    })
  })

let bench: Artifact
beforeAll(async () => {
  const built = await buildStrategy('bench-loop')
  if ('faults' in built) throw new Error(JSON.stringify(built.faults[0]))
  bench = built.artifact
})
const withDevice = (change: Partial<DeviceRecord>): Artifact => ({
  ...bench,
  io: { ...bench.io, devices: [{ ...bench.io.devices[0]!, ...change }] },
})
const at = (port: number, name = 'plant:RIO-1'): ReadonlyMap<string, string> => new Map([[name, `127.0.0.1:${port}`]])
/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = await listenModbus(memoryModel({}), { port: 0 })
  await server.close()
  return server.port
}

describe('check', () => {
  test('[IO-CLI-1] every point with raw, quantity, value in the tag units, quality and round trip; exit 0', async () => {
    const drop = keep(await dropStandIn())
    drop.input[1] = 10_000
    const said = await flyball(
      'check',
      'bench-loop',
      '--json',
      '--data',
      folder(),
      '--endpoint',
      `RIO-1=127.0.0.1:${drop.port}`,
    )
    expect([said.code, said.err]).toEqual([0, ''])
    const report = JSON.parse(said.out) as Awaited<ReturnType<typeof checkDevices>>
    expect(report.wrong).toEqual([])
    // 2500 counts per mA; 12 mA is the middle of 0 to 100 %, 4 mA the begin of 0 to 40 m3/h, 8 mA a quarter of the valve.
    expect(report.paths[0]!.points).toMatchObject([
      {
        point: 'RIO-1/AI/1',
        tag: 'LIC-101',
        raw: [30_000],
        quantity: 12,
        unit: 'mA',
        value: 50,
        eu: '%',
        quality: 'good',
      },
      { point: 'RIO-1/AI/2', tag: 'FIC-101', raw: [10_000], quantity: 4, value: 0, eu: 'm3/h', quality: 'good' },
      { point: 'RIO-1/AI/3', tag: 'PI-102', raw: [30_000], quantity: 12, value: 8, eu: 'barg', quality: 'good' },
      { point: 'RIO-1/AO/1', tag: 'FIC-101', raw: [20_000], quantity: 8, value: 25, stands: 8, quality: 'good' },
    ])
    for (const p of report.paths[0]!.points) expect(p.rtt_ms).toBeGreaterThan(0)
    expect(report.paths[0]!.watchdog).toEqual({ time_ms: 1000, wanted_ms: 5000, tripped: false })
    expect(report.notes).toEqual([expect.stringMatching(/reads 1 s, field-io sets 5 s/)])
    expect(drop.writes).toEqual([])
    expect(checkText(report)).toMatch(/RIO-1\/AI\/1 +LIC-101 +0x7530 +12 mA +50 % +good +\d/)
  })

  test('[IO-CLI-2] a device that is not there: exit 1, with place, cause and remedy; a name without an address too', async () => {
    const port = await deadPort()
    const said = await flyball('check', 'bench-loop', '--data', folder(), '--endpoint', `plant:RIO-1=127.0.0.1:${port}`)
    expect(said.code).toBe(1)
    expect(said.out).toMatch(new RegExp(`WRONG  RIO-1 at 127\\.0\\.0\\.1:${port} unit 1: IO_CONNECT.*Is it on`))
    const unknown = await checkDevices(bench, new Map(), '.')
    expect(unknown.wrong).toEqual([
      expect.stringMatching(/stands for no address here. Give --endpoint plant:RIO-1=HOST:PORT/),
    ])
    const mistyped = await flyball('check', 'bench-loop', '--data', folder(), '--endpoint', 'plant:RIO-2=127.0.0.1:1')
    expect([mistyped.code, mistyped.err]).toEqual([
      2,
      expect.stringMatching(/no endpoint 'plant:RIO-2'.*did you mean plant:RIO-1/),
    ])
  })

  test('[IO-CLI-3] a register that is not there, a broken sensor, a watchdog of 0: each is said; signed off it is a note', async () => {
    const input = new Uint16Array(201).fill(30_000, 0, 3)
    input[1] = 8000
    input[REGISTER.readback] = 20_000
    const server = keep(await listenModbus(memoryModel({ input, holding: new Uint16Array(110) }), { port: 0 }))
    const third = bench.io.inputs.map((p) => (p.point === 'RIO-1/AI/3' ? { ...p, register: 300 } : p))
    const moved = { ...bench, io: { ...bench.io, inputs: third } }
    const { wrong, paths } = await checkDevices(moved, at(server.port), '.')
    expect(wrong).toEqual([
      expect.stringMatching(/RIO-1\/AI\/2 \(FIC-101\): NE 43: sensor failure, below 3.6 mA/),
      expect.stringMatching(
        /RIO-1\/AI\/3 \(PI-102\): IO_EXCEPTION.*register 300, illegal data address.*Compare register/,
      ),
      expect.stringMatching(/output watchdog: reads 0, its outputs hold for ever/),
    ])
    expect(paths[0]!.points[0]!.quality).toBe('good')
    const signed = await checkDevices(withDevice({ hold_signed_off: 'K. Miller, damper' }), at(server.port), '.')
    expect(signed.wrong.filter((w) => w.includes('watchdog'))).toEqual([])
    expect(signed.notes).toEqual([expect.stringMatching(/reads 0, signed off: K\. Miller, damper/)])
    // In 3.2 mA a wire is broken: 8000 counts of 2500 per mA.
    expect(paths[0]!.points[1]!.quantity).toBe(3.2)
  })

  test('[IO-CLI-4] both networks are looked at, each with its own verdict', async () => {
    const drop = keep(await dropStandIn())
    const both = withDevice({ endpoint_b: 'plant:B' })
    const places = new Map([...at(drop.port), ...at(await deadPort(), 'plant:B')])
    const { paths, wrong } = await checkDevices(both, places, '.')
    expect(paths.map((p) => [p.path, p.connected])).toEqual([
      ['A', true],
      ['B', false],
    ])
    expect(wrong).toEqual([expect.stringMatching(/^RIO-1 network B at/)])
  })

  test('[IO-CLI-5] a device that takes connections and says nothing is given up after three questions', async () => {
    const sockets = new Set<Socket>()
    const mute = createServer((s) => void sockets.add(s.on('error', () => {})))
    await new Promise<void>((up) => mute.listen(0, '127.0.0.1', up))
    ends.push(() => {
      for (const s of sockets) s.destroy()
      mute.close()
    })
    const { port } = mute.address() as { port: number }
    const { paths, wrong } = await checkDevices(withDevice({ timeout_ms: 50 }), at(port), '.')
    expect(paths[0]!.points.map((p) => p.quality)).toEqual(['bad', 'bad', 'bad', 'not asked'])
    expect(wrong.length).toBe(3)
    expect(wrong[0]).toMatch(/IO_TIMEOUT.*Raise `timeout`/)
  })
})

describe('scan', () => {
  test('[IO-CLI-6] finds the units that are there, with what they say they are, in a bounded time', async () => {
    const identification = [
      { id: 0, text: 'Maker' },
      { id: 1, text: 'M1' },
    ]
    const model = memoryModel({ holding: Uint16Array.of(7), identification })
    const server = keep(await listenModbus(model, { port: 0, units: [3, 17] }))
    const asked: number[] = []
    const report = await scanUnits(`127.0.0.1:${server.port}`, {
      units: parseUnits('1-5,16-18'),
      serial: undefined,
      timeout_ms: 60,
      on_progress: (n) => void asked.push(n),
    })
    expect(report.found).toMatchObject([
      { unit: 3, answer: 'register 0 = 7', identification: { vendor: 'Maker', product: 'M1' } },
      { unit: 17, answer: 'register 0 = 7' },
    ])
    expect([report.asked, asked.at(-1)]).toEqual([8, 8])
    const empty = await flyball('scan', `127.0.0.1:${server.port}`, '--units', '5-6', '--timeout', '60')
    expect([empty.code, empty.out]).toEqual([1, `127.0.0.1:${server.port}: 0 of 2 units answer\n`])
    expect(empty.err).toMatch(/asking 2 units, 1 s at the most/)
  })

  test('[IO-CLI-7] exception 11 of a gateway is no unit, any other exception is one; what is mistyped is said', async () => {
    const of = (exception: number) => ({
      ...memoryModel({ holding: Uint16Array.of(7) }),
      admits: () => exception,
    })
    const units = [1]
    const gateway = keep(await listenModbus(of(11), { port: 0 }))
    const other = keep(await listenModbus(of(4), { port: 0 }))
    const scan = (port: number) => scanUnits(`127.0.0.1:${port}`, { units, serial: undefined, timeout_ms: 200 })
    expect((await scan(gateway.port)).found).toEqual([])
    expect((await scan(other.port)).found).toMatchObject([{ unit: 1, answer: 'exception 4' }])
    expect(parseSerial('19200-8E1')).toEqual({ baud: 19_200, data_bits: 8, parity: 'even', stop_bits: 1 })
    expect(() => parseSerial('9600')).toThrow(/Expected BAUD/)
    expect(() => parseUnits('5-2')).toThrow(/Expected units/)
  })
})

describe('bench', () => {
  test('[IO-CLI-8] registers are read and written, but not without --yes, not out of range, not under a field-io', async () => {
    const drop = keep(await dropStandIn())
    const place = `127.0.0.1:${drop.port}`
    const read = await flyball('read', place, '--register', '0', '--table', 'input', '--count', '2', '--json')
    expect(JSON.parse(read.out)).toMatchObject([{ register: 0, raw: [30_000], quantity: 30_000 }, { register: 1 }])
    const data = folder()
    const endpoint = ['--endpoint', `RIO-1=${place}`]
    const write = (...more: string[]) =>
      flyball('write', 'bench-loop', 'RIO-1/AO/1', ...more, ...endpoint, '--data', data)
    const timid = await write('10')
    expect([timid.code, timid.err]).toEqual([2, expect.stringMatching(/moves a real output. Give --yes/)])
    expect((await write('30', '--yes')).err).toMatch(/30 is outside its range. Expected 3.6 to 21/)
    expect(drop.writes).toEqual([])
    const done = await write('50', '--eu', '--yes', '--json')
    expect([done.code, JSON.parse(done.out)]).toMatchObject([0, { raw: [30_000], quantity: 12, value: 50, stands: 12 }])
    expect(drop.writes).toEqual([30_000])
    const run = { pid: process.pid, http: 'http://127.0.0.1:1', instructor: '', strategy: 'other', programs: [] }
    const program = { name: 'field-io', pid: 4711, restarts: 0 }
    writeFileSync(join(data, 'run.json'), JSON.stringify({ ...run, programs: [program], endpoints: { x: place } }))
    const refused = await write('10', '--yes')
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringMatching(/field-io runs \(process 4711\) and is the only master/),
    ])
    expect(drop.writes).toEqual([30_000])
  })

  test('[IO-CLI-9] who is master: by strategy, by address, and nobody where no field-io is alive', () => {
    const run = { pid: 1, http: '', instructor: '', programs: [], strategy: 'a', endpoints: { x: 'localhost:502' } }
    const place = { folder: '', run, field_io: 7 }
    expect(isMasterOf(place, 'a', [])).toBe(true)
    expect(isMasterOf(place, 'b', ['127.0.0.1:502'])).toBe(true)
    expect(isMasterOf(place, 'b', ['127.0.0.1:503'])).toBe(false)
    expect(isMasterOf({ ...place, field_io: undefined }, 'a', ['localhost:502'])).toBe(false)
  })
})

test('[IO-CLI-10] a loop check sheet shows device, register and the raw counts at five points of the range', () => {
  const sheets = loopSheets(bench, new Map())
  expect(sheets.map((s) => s.path)).toEqual(['index.html', 'FIC-101.html', 'LIC-101.html', 'PI-102.html'])
  const { html } = sheets[1]!
  const cells = [...html.matchAll(/<tr><td>(.*?)<td class="blank">/g)].map((m) => m[1]!.split('</td><td>').slice(0, 4))
  // The flow: 4 to 20 mA at 2500 counts per mA, 0 to 40 m3/h; then the valve, 0 to 100 %.
  expect(cells.map((c) => c.map((text) => text.replace('</td>', '')))).toEqual([
    ['0 %', '4 mA', '10000', '0 m3/h'],
    ['25 %', '8 mA', '20000', '10 m3/h'],
    ['50 %', '12 mA', '30000', '20 m3/h'],
    ['75 %', '16 mA', '40000', '30 m3/h'],
    ['100 %', '20 mA', '50000', '40 m3/h'],
    ['0 %', '4 mA', '10000', '0 %'],
    ['25 %', '8 mA', '20000', '25 %'],
    ['50 %', '12 mA', '30000', '50 %'],
    ['75 %', '16 mA', '40000', '75 %'],
    ['100 %', '20 mA', '50000', '100 %'],
  ])
  expect(html).toContain('input 1, uint16')
  expect(html).toContain('as found')
})

test('[IO-CLI-11] without a running system the commands for one say so and what to do', async () => {
  const data = folder()
  const all = await Promise.all([
    flyball('stats', '--data', data),
    flyball('watch', 'FIC-101', '--data', data),
    flyball('force', 'RIO-1/AI/1', '12', '--for', '10m', '--reason', 'test', '--data', data),
  ])
  for (const said of all)
    expect([said.code, said.err]).toEqual([2, expect.stringMatching(/nothing runs there\. Start it/)])
})

describe('running system', () => {
  let drop: DropStandIn
  let data: string
  const running: Running[] = []
  let remove: () => void
  beforeAll(async () => {
    const built = await benchArtifact(100)
    ;({ folder: data, remove } = built)
    drop = await dropStandIn()
    const endpoints = { 'plant:RIO-1': `127.0.0.1:${drop.port}` }
    const start = async (one: Promise<Running>): Promise<Running> => {
      const r = await one
      running.push(r)
      return r
    }
    const artifact_path = built.path
    const fio = await start(startFieldIo({ artifact_path, endpoints, link_port: 0, data_dir: join(data, 'field-io') }))
    const field_io = `127.0.0.1:${fio.ports['link']}`
    const gateway = await start(
      startGateway({ artifact_path, http_port: 0, field_io, data_dir: join(data, 'gateway'), hmi_dir: data }),
    )
    for (const index of [0, 1] as const) {
      await start(startController({ artifact_path, index, field_io, gateway: `127.0.0.1:${gateway.ports['link']}` }))
    }
    const run = {
      pid: process.pid,
      http: `http://127.0.0.1:${gateway.ports['http']}`,
      instructor: '',
      programs: [{ name: 'field-io', pid: process.pid, restarts: 0 }],
      strategy: 'bench-loop',
      endpoints,
    }
    writeFileSync(join(data, 'run.json'), JSON.stringify(run))
    await until(() => drop.writes.length > 3, 'outputs')
  }, 30_000)
  afterAll(async () => {
    for (const one of running.reverse()) await one.close()
    await drop.close()
    remove()
  })
  const inRun = (...args: string[]): Promise<Said> => flyball(...args, '--data', data)

  test('[IO-CLI-12] a forced input is Good and forced on the tag, listed, and gone when it is taken away', async () => {
    const forced = await inRun('force', 'RIO-1/AI/3', '8', '--for', '10m', '--reason', 'loop check', '--who', 'kim')
    expect([forced.code, forced.out]).toEqual([
      0,
      'RIO-1/AI/3 is forced to 8 mA = 4 barg of PI-102 for 10m. A restart of field-io ends it.\n',
    ])
    const [watched, listed] = await Promise.all([
      inRun('watch', 'RIO-1/AI/3', '--for', '1s', '--json'),
      inRun('forces', '--json'),
    ])
    const lines = watched.out.trim().split('\n')
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ key: 'PI-102.PV', value: 4, quality: 'forced' })
    expect(JSON.parse(listed.out)).toMatchObject([
      { point: 'RIO-1/AI/3', tag: 'PI-102', value: 8, unit: 'mA', who: 'kim', reason: 'loop check' },
    ])
    expect((await inRun('unforce', 'PI-102')).code).toBe(0)
    const [after, none, twice] = await Promise.all([
      inRun('watch', 'PI-102.PV', '--for', '1s', '--json'),
      inRun('forces'),
      inRun('unforce', 'RIO-1/AI/3'),
    ])
    expect(JSON.parse(after.out.trim().split('\n').at(-1)!)).toMatchObject({ value: 8, quality: 'good' })
    expect(none.out).toBe('nothing is forced\n')
    expect([twice.code, twice.err]).toEqual([2, expect.stringMatching(/GW_FORCE.*it is not forced/)])
  })

  test('[IO-CLI-13] a forced output moves in its own steps, holds, and its end moves nothing', async () => {
    const before = drop.writes.length
    expect((await inRun('force', 'RIO-1/AO/1', '20', '--for', '2s', '--reason', 'stroke test')).code).toBe(0)
    // From the moment at which it stands at 20 mA: 2 s of ticks under the force, and a while after its end.
    await until(() => drop.writes.indexOf(50_000, before) >= 0, 'the valve at 20 mA')
    const there = drop.writes.indexOf(50_000, before)
    await until(() => drop.writes.length > there + 55, 'the time after the force')
    const moves = drop.writes.slice(before).map((w, i, all) => Math.abs(w - (all[i - 1] ?? w)))
    // step_max is 4 mA a tick, 10,000 counts; what the loop does by itself after the end is far less.
    expect(Math.max(...moves)).toBeLessThanOrEqual(10_000)
    expect(Math.max(...moves.slice(there - before + 1))).toBeLessThan(500)
    const stats = await inRun('stats')
    expect([stats.code, stats.out]).toEqual([0, expect.stringMatching(/RIO-1[\s\S]*ticks lost/)])
    // Both controllers went through both forces in agreement.
    expect(stats.out).not.toMatch(/differ|not joined/)
    expect((await inRun('forces')).out).toBe('nothing is forced\n')
  })

  test('[IO-CLI-14] check only reads where field-io is the master, and a bench write is refused', async () => {
    const [check, write] = await Promise.all([
      inRun('check', 'bench-loop'),
      inRun('write', 'bench-loop', 'RIO-1/AO/1', '10', '--yes'),
    ])
    expect([check.code, check.err]).toEqual([0, expect.stringMatching(/only master: this check only reads/)])
    // field-io has set the watchdog to the strategy's 5 s.
    expect(check.out).toMatch(/watchdog 5 s, armed/)
    expect([write.code, write.err]).toEqual([2, expect.stringMatching(/only master/)])
    expect(drop.writes).not.toContain(25_000)
  })

  test('[IO-CLI-15] what cannot be forced or watched is refused with the nearest name', async () => {
    const all = await Promise.all([
      inRun('force', 'RIO-1/AI/9', '8', '--for', '10m', '--reason', 'test'),
      inRun('force', 'RIO-1/AO/1', '30', '--for', '10m', '--reason', 'test'),
      inRun('force', 'RIO-1/AI/1', '8', '--for', '25h', '--reason', 'test'),
      inRun('watch', 'FIC-102'),
    ])
    expect(all.map((s) => s.code)).toEqual([2, 2, 2, 2])
    expect(all[0]!.err).toMatch(/no point of bench-loop has this name. Did you mean RIO-1\/AI\/\d/)
    expect(all[1]!.err).toMatch(/outside the range of the output/)
    expect(all[2]!.err).toMatch(/--for: found '25h'.*at most 24h/)
    expect(all[3]!.err).toMatch(/publishes no such value. Did you mean FIC-101/)
  })
})

test('[IO-CLI-16] sheets are written where they are asked for', async () => {
  const out = folder()
  const said = await flyball('sheets', 'bench-loop', '-o', out, '--data', out)
  expect([said.code, said.out]).toEqual([0, `${out}: 3 sheets and index.html\n`])
  expect(readdirSync(out).sort()).toEqual(['FIC-101.html', 'LIC-101.html', 'PI-102.html', 'index.html'])
  expect(readFileSync(join(out, 'index.html'), 'utf8')).toContain('href="FIC-101.html"')
})
