/**
 * The safety system in SIMULATION: plant-sim and both safety programs as processes, prepared as `npm start` does it,
 * the plant as fast as it goes where nobody looks.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { safetySide } from '../../cli/supervisor/safety-side.ts'
import type { SisSnapshot } from '../../contracts/sis-snapshot.ts'
import { type InstructorClient, instructorClient } from '../../plant-sim/edge/instructor-client.ts'
import { pause, until } from './sis-rig.ts'

const ROOT = join(import.meta.dirname, '../..')
const NORMAL = Array(8).fill(0)
const folder = mkdtempSync(join(tmpdir(), 'flyball-sis-sim-'))
const programs: ChildProcess[] = []
let datagrams: SisSnapshot[] = []
let solver_pid = 0
let instructor: InstructorClient
let ports: Record<string, number> = {}
const PLANT = {
  plant: 'tennessee-eastman',
  instruments_path: join(ROOT, 'strategies/tennessee-eastman/plant/instruments.yaml'),
  factor: 5,
}
const udp = createSocket('udp4')
const last = (): SisSnapshot => datagrams.at(-1)!
const states = (): number[] => last().effects.map((e) => e.state)

async function start(main: string, config: object): Promise<Record<string, number>> {
  const program = fork(join(ROOT, 'cli/launch.mjs'), [join(ROOT, main)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  programs.push(program)
  program.send({ type: 'configure', config })
  return new Promise((done, fail) => {
    program.on('exit', () => fail(new Error(`${main} ended`)))
    program.on('message', (m: { type: string; ports: Record<string, number>; processes: { pid: number | null }[] }) => {
      if (m.type === 'ready') done(m.ports)
      else if (m.type === 'processes') solver_pid = m.processes[0]!.pid ?? 0
    })
  })
}

beforeAll(async () => {
  await new Promise<void>((done) => udp.bind(0, '127.0.0.1', done))
  udp.on('message', (data) => {
    datagrams.push(JSON.parse(data.toString()) as SisSnapshot)
    if (datagrams.length > 1000) datagrams = datagrams.slice(-200)
  })
  ports = await start('plant-sim/edge/main.ts', PLANT)
  instructor = instructorClient(`http://127.0.0.1:${ports['instructor']}`)
  // The plant has run for a moment before anybody guards it, as with npm start.
  await pause(500)
  const side = (await safetySide(ROOT, folder, 'tennessee-eastman'))!
  const config = side.config(
    {},
    ...(['SIS-1', 'SIS-1/B', 'sis_bench'].map((name) => `127.0.0.1:${ports[name]}`) as [string, string, string]),
  )
  await start('safety/edge/main.ts', { ...config, targets: [{ host: '127.0.0.1', port: udp.address().port }] })
}, 60_000)

afterAll(async () => {
  for (const program of programs.reverse()) {
    if (program.exitCode !== null || program.signalCode !== null) continue
    const gone = once(program, 'exit')
    program.kill('SIGTERM')
    await gone
  }
  udp.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a fresh simulation begins guarded and running: no valve moves, and every display says who has signed', async () => {
  await until('scans', 10_000, () => datagrams.length > 0 && last().scan > 60)
  expect(states()).toEqual(NORMAL)
  expect(last()).toMatchObject({
    faults: 0,
    key: 'SIMULATION',
    channel: { state: 'sound', errors: 0, test_mode: true },
  })
  expect(last().elements.every((e) => e.energised)).toBe(true)
  for (const name of last().signed_by) expect(name).toContain('demonstration key')
})

test('[SIS-2.3] a plant that stands still is not stale, and the solver is not killed for it', async () => {
  const before = solver_pid
  await instructor.pause({ paused: true })
  await pause(2500)
  const { scan } = last()
  await instructor.pause({ paused: false })
  await until('it goes on', 5000, () => last().scan > scan + 20)
  expect(states()).toEqual(NORMAL)
  expect(solver_pid).toBe(before)
  expect(last().executive.restarts).toBe(0)
})

test('the key switch in PROGRAM is shown, and trips nothing', async () => {
  await instructor.contact({ tag: 'KS-90', state: 'closed' })
  await until('PROGRAM', 3000, () => last().key === 'PROGRAM')
  await instructor.contact({ tag: 'KS-90', state: 'open' })
  await until('SIMULATION', 3000, () => last().key === 'SIMULATION')
  expect(states()).toEqual(NORMAL)
})

test.each(['closed', 'silent'] as const)('network A is %s: the other takes over, and nothing trips', async (mode) => {
  for (const network of ['A', 'B'] as const) {
    await instructor.network({ network, mode })
    const { scan } = last()
    await until('four seconds of plant time', 8000, () => last().scan > scan + 40)
    expect(states()).toEqual(NORMAL)
    expect(last().faults).toBe(0)
    await instructor.network({ network, mode: 'on' })
    await pause(500)
  }
  expect(last().channel).toMatchObject({ state: 'sound', errors: 0 })
})

test('a trip is in the snapshot of the run and its undoing too: back to before it, the solver stands there again', async () => {
  await instructor.snapshot('before')
  await instructor.contact({ tag: 'HS-1', state: 'open' })
  await until('tripped', 3000, () => states()[0] === 2)
  expect(last().effects[0]!.first_out).toBe(1 << 10)
  await pause(300)
  await instructor.snapshot('after')
  await instructor.restore({ name: 'before' })
  await until('as before', 5000, () => states().every((s) => s === 0))
  await pause(500)
  expect(states()).toEqual(NORMAL)
  expect(last().faults).toBe(0)
  await instructor.restore({ name: 'after' })
  await until('as after', 5000, () => states()[0] === 2)
  await instructor.restore({ name: 'before' })
  await until('as before again', 5000, () => states().every((s) => s === 0))
})

test('[SIS-2.4] a solver that dies during the run comes back tripped, on a plant that has gone on', async () => {
  const before = solver_pid
  process.kill(before, 'SIGKILL')
  await until('another solver', 8000, () => last().executive.restarts === 1 && last().faults >= 0 && last().scan > 0)
  await until('its channel', 8000, () => last().channel.state === 'sound' && last().faults === 0)
  expect(states().every((s) => s !== 0)).toBe(true)
  expect(last().elements.some((e) => e.energised)).toBe(false)
})

test('a plant that starts anew finds its solver again, and is guarded as at first', async () => {
  const before = solver_pid
  const plant = programs[0]!
  const gone = once(plant, 'exit')
  plant.kill('SIGKILL')
  await gone
  programs.shift()
  await pause(700)
  const { 'SIS-1': drop, 'SIS-1/B': other, sis_bench } = ports
  await start('plant-sim/edge/main.ts', {
    ...PLANT,
    drop_ports: { 'SIS-1': drop, 'SIS-1/B': other },
    sis_bench_port: sis_bench,
  })
  await until('guarded again', 10_000, () => last().faults === 0 && states().every((s) => s === 0))
  await pause(800)
  expect(states()).toEqual(NORMAL)
  expect(last().elements.every((e) => e.energised)).toBe(true)
  expect(last().channel.state).toBe('sound')
  expect(solver_pid).toBe(before)
})
