// The guide "connect a real device" is what it shows: its files are those of docs/guide/meter, and they work on the emulated devices.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { loadProfile } from '../../cli/device/load-profile.ts'
import { checkDevices } from '../../cli/io/check.ts'
import { scanUnits } from '../../cli/io/scan.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
import { readRunFile } from '../../cli/supervisor/system.ts'
import type { IoReply } from '../../contracts/hmi-wire.ts'
import { fromProfile } from '../../plant-sim/core/emulator/from-profile.ts'
import { type EmulatorWire, startEmulator } from '../../plant-sim/edge/emulator/emulator.ts'
import { until } from './raw.ts'

const GUIDE = resolve(import.meta.dirname, '../../docs/guide')
const PAGE = readFileSync(join(GUIDE, 'connect-a-real-device.md'), 'utf8')

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
async function device(name: string, wire: EmulatorWire): Promise<string> {
  const emulator = await startEmulator({
    profile: fromProfile(loadProfile(name)),
    units: [1],
    wire,
    seed: 1,
    faults: [],
  })
  ends.push(() => emulator.close())
  return emulator.endpoint
}

test('[GUIDE-4] every file of the meters stands in the guide as it is, and none is left out', () => {
  const shown = [...PAGE.matchAll(/^```yaml title=(\S+)\n([\s\S]*?)^```$/gm)].map((m) => [m[1]!, m[2]!] as const)
  const files = readdirSync(join(GUIDE, 'meter'), { recursive: true, encoding: 'utf8' })
  expect(shown.map(([path]) => path).sort()).toEqual(files.filter((p) => p.endsWith('.yaml')).sort())
  for (const [path, text] of shown) expect(text, path).toBe(readFileSync(join(GUIDE, 'meter', path), 'utf8'))
})

test('[GUIDE-5] its check finds nothing wrong, on the TCP port and on the serial line, and its scans find the meters', async () => {
  const built = await buildStrategy(join(GUIDE, 'meter'))
  if ('faults' in built) throw new Error(JSON.stringify(built.faults))
  expect([built.warnings, built.lock]).toEqual([[], readFileSync(join(GUIDE, 'meter/strategy.lock'), 'utf8')])
  const [tcp, pty] = await Promise.all([
    device('eastron_sdm630', { kind: 'tcp', host: '127.0.0.1', port: 0 }),
    device('pzem016_meter', { kind: 'pty' }),
  ])
  const endpoints = new Map([
    ['127.0.0.1:1502', tcp],
    ['/tmp/meter', pty],
  ])
  const { wrong, paths } = await checkDevices(built.artifact, endpoints, built.folder)
  expect(wrong).toEqual([])
  expect(paths.map((p) => [p.device, p.protocol, p.points.map((q) => `${q.tag} ${q.eu} ${q.quality}`)])).toEqual([
    ['E-01', 'modbus-tcp', ['EI-01 V good', 'JI-01 kW good', 'SI-01 Hz good']],
    ['E-02', 'modbus-rtu', ['EI-02 V good']],
  ])
  const serial = { baud: 9600, parity: 'none', data_bits: 8, stop_bits: 1 } as const
  const options = { units: [1, 2], timeout_ms: 200, serial: undefined }
  expect((await scanUnits(tcp, options)).found.map((f) => f.unit)).toEqual([1])
  expect((await scanUnits(pty, { ...options, serial })).found.map((f) => f.unit)).toEqual([1])
})

test('[GUIDE-6] flyball start --real runs it on both meters without a plant', async () => {
  const data = mkdtempSync(join(tmpdir(), 'flyball-guide-'))
  ends.push(() => rmSync(data, { recursive: true, force: true }))
  const [tcp, pty] = await Promise.all([
    device('eastron_sdm630', { kind: 'tcp', host: '127.0.0.1', port: 0 }),
    device('pzem016_meter', { kind: 'pty' }),
  ])
  const words = ['start', join(GUIDE, 'meter'), '--real', '--port', '0', '--data', data]
  const places = ['--endpoint', `127.0.0.1:1502=${tcp}`, '--endpoint', `/tmp/meter=${pty}`]
  const flyball = resolve(GUIDE, '../../cli/flyball.mjs')
  const system = spawn(process.execPath, [flyball, ...words, ...places], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((done) => system.once('exit', done))
  let said = ''
  for (const stream of [system.stdout, system.stderr]) {
    stream.on('data', (text: Buffer) => {
      said += text.toString()
    })
  }
  ends.push(async () => {
    system.kill('SIGTERM')
    await ended
  })
  await until(() => said.includes('Ctrl-C ends it') || system.exitCode !== null, 'the system', 30_000)
  const run = readRunFile(data)
  expect([run?.strategy, run?.instructor, run?.programs.map((p) => p.name).sort()], said).toEqual([
    'meter',
    '',
    ['controller A', 'controller B', 'field-io', 'gateway'],
  ])
  let reply: IoReply | undefined
  for (let i = 0; i < 40 && reply?.status?.devices.every((d) => d.connected) !== true; i++) {
    await new Promise((wake) => setTimeout(wake, 250))
    reply = (await (await fetch(`${run!.http}/api/io`)).json()) as IoReply
  }
  expect(reply?.status?.devices.map((d) => [d.id, d.connected])).toEqual([
    ['E-01', true],
    ['E-02', true],
  ])
})
