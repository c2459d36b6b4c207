import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import type { Running } from '../../protocols/edge/program.ts'
import { conductPlant } from './conduct.ts'
import { instructorClient } from './instructor-client.ts'
import { type PlantSimConfig, startPlantSim } from './program.ts'
import { solverDouble } from './testing/solver-double.ts'

const PLANT = {
  plant: 'tennessee-eastman',
  instruments_path: fileURLToPath(
    new URL('../../strategies/tennessee-eastman/plant/instruments.yaml', import.meta.url),
  ),
}
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
  vi.restoreAllMocks()
})

async function plantSim(config: Partial<PlantSimConfig> = {}): Promise<Running & { bench: number }> {
  const running = await startPlantSim({ ...PLANT, factor: 0, ...config })
  open.push(running)
  return { ...running, bench: running.ports['sis_bench']! }
}
async function solver(port: number, config_hash?: string, scan_ms?: number) {
  const double = await solverDouble(port, config_hash, scan_ms)
  open.push(double)
  return double
}
const station = (running: Running) => instructorClient(`http://127.0.0.1:${running.ports['instructor']}`)
/** What goes to stderr is looked for there, not shown. */
function stderr(): string[] {
  const lines: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text))
    return true
  })
  return lines
}

test('[SIS-BENCH-1] every scan is asked for once, in order, and the plant does not go on before it is answered', async () => {
  const plant = await plantSim({ paused: true })
  const s = await solver(plant.bench)
  await s.next('load')
  await station(plant).pause({ paused: false })
  while (s.steps.length < 500) await s.next('step')
  expect(s.steps).toEqual(s.steps.map((_, i) => i + 1))
  s.silent = true
  const last = ((await s.next('step')) as { n: number }).n
  const { time_s } = await station(plant).state()
  expect(time_s).toBeCloseTo(last / 10, 9)
  // It stands there until it is answered.
  expect((await station(plant).state()).time_s).toBe(time_s)
})

test('[SIS-BENCH-2] the first solver of an untouched plant is asked to be in service; a plant without a solver just runs', async () => {
  const plant = await plantSim({ paused: true })
  const client = station(plant)
  expect((await client.state()).safety).toMatchObject({ drop: 'SIS-1', guard: 'unwritten', solver: null })
  const s = await solver(plant.bench)
  expect(await s.next('load')).toMatchObject({ n: 0, state: '' })
  await expect.poll(async () => (await client.state()).safety?.solver).toMatchObject({ id: 'double', silent: false })
})

test.each([
  ['no JSON', 'hello\n'],
  ['no message', '{"type":"open"}\n'],
  ['no hash', '{"type":"hello","id":"x","config_hash":"","scan_ms":100}\n'],
  ['done before hello', '{"type":"done","n":1}\n'],
  ['a fraction', '{"type":"done","n":1.5}\n'],
  ['scans that do not divide the tick', '{"type":"hello","id":"x","config_hash":"a","scan_ms":300}\n'],
  ["scans below the plant's step", '{"type":"hello","id":"x","config_hash":"a","scan_ms":50}\n'],
])('[SIS-BENCH-3] %s ends the connection, and the plant goes on', async (_, text) => {
  const lines = stderr()
  const plant = await plantSim()
  const socket = connect(plant.bench, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(text)
  await new Promise<void>((resolve) => socket.on('close', () => resolve()))
  expect(lines.join('')).toMatch(/safety solver on the bench line refused/)
  const before = (await station(plant).state()).time_s
  await expect.poll(async () => (await station(plant).state()).time_s).toBeGreaterThan(before)
})

test('[SIS-BENCH-4] a line without an end is not collected for ever', async () => {
  const lines = stderr()
  const plant = await plantSim({ paused: true })
  const socket = connect(plant.bench, '127.0.0.1')
  socket.on('error', () => {})
  const chunk = 'x'.repeat(256 * 1024)
  const pour = (): void => {
    while (!socket.destroyed && socket.write(chunk)) {}
  }
  socket.on('drain', pour)
  pour()
  await new Promise<void>((resolve) => socket.on('close', () => resolve()))
  expect(lines.join('')).toMatch(/a line (of|above) \d+/)
})

test('[SIS-BENCH-5] a solver that keeps silent holds the plant for its time-out only, and is paced again when it speaks', async () => {
  const plant = await plantSim({ paused: true, scan_timeout_ms: 30 })
  const client = station(plant)
  const s = await solver(plant.bench)
  await s.next('load')
  s.silent = true
  await client.pause({ paused: false })
  await expect
    .poll(async () => (await client.state()).safety)
    .toMatchObject({ solver: { silent: true }, scan_timeouts: 1 })
  await expect.poll(async () => (await client.state()).time_s).toBeGreaterThan(20)
  expect(s.steps).toEqual([1])
  s.silent = false
  s.say({ type: 'done', n: 1 })
  while (s.steps.length < 20) await s.next('step')
  expect(s.steps[1]! % 10).toBe(1)
})

test('[SIS-BENCH-6] a new solver takes the place of the old', async () => {
  stderr()
  const plant = await plantSim({ paused: true })
  const first = await solver(plant.bench)
  await first.next('load')
  const second = await solver(plant.bench)
  await first.ended
  await expect.poll(async () => (await station(plant).state()).safety?.solver).not.toBeNull()
  await station(plant).pause({ paused: false })
  while (second.steps.length < 5) await second.next('step')
  expect(second.steps.slice(0, 5)).toEqual([1, 2, 3, 4, 5])
})

test('[SIS-BENCH-10] a solver that comes to a plant whose solenoids were written is what it is after its own start', async () => {
  const conducting = await conductPlant({
    host: '127.0.0.1',
    port: 0,
    tick_ms: 1000,
    factor: 0,
    paused: false,
    done_timeout_ms: 1000,
    advance: () => {},
    on_pace: () => {},
    sis_bench: { port: 0, step_ms: 100, untouched: () => false },
  })
  open.push(conducting)
  const s = await solver(conducting.sis!.port)
  while (s.steps.length < 20) await s.next('step')
  expect(s.loads).toEqual([])
})

test('[SIS-BENCH-7] a snapshot holds the state of the solver, its hash covers it, and a return gives it back', async () => {
  const plant = await plantSim({ paused: true })
  const client = station(plant)
  const s = await solver(plant.bench)
  await s.next('load')
  await client.pause({ paused: false })
  while (s.steps.length < 25) await s.next('step')
  await client.pause({ paused: true })
  await client.snapshot('here')
  const kept = (await client.state()).time_s
  const { sum } = s
  const n = s.steps.at(-1)!
  expect(n).toBe(kept * 10)
  s.sum = sum + 1
  await client.snapshot('other')
  s.sum = sum
  await client.snapshot('same')
  const hash = Object.fromEntries((await client.station()).snapshots.map((x) => [x.name, x.hash]))
  expect(hash['same']).toBe(hash['here'])
  expect(hash['other']).not.toBe(hash['here'])

  await client.pause({ paused: false })
  while (s.steps.length < 100) await s.next('step')
  await client.pause({ paused: true })
  await client.restore({ name: 'here' })
  expect(s.loads.at(-1)).toEqual({ n, state: `sum ${sum}` })
  await client.snapshot('again')
  expect((await client.station()).snapshots.find((x) => x.name === 'again')?.hash).toBe(hash['here'])
  const from = s.steps.length
  await client.pause({ paused: false })
  while (s.steps.length < from + 3) await s.next('step')
  expect(s.steps.slice(from, from + 3)).toEqual([n + 1, n + 2, n + 3])

  await client.pause({ paused: true })
  await client.repeat()
  expect(s.loads.at(-1)).toEqual({ n: 0, state: '' })
})

test('[SIS-BENCH-8] a snapshot of another safety configuration is refused with both, in either direction', async () => {
  const plant = await plantSim({ paused: true })
  const client = station(plant)
  await client.snapshot('without')
  const one = await solver(plant.bench, '1'.repeat(64))
  await one.next('load')
  await expect.poll(async () => (await client.state()).safety?.solver).not.toBeNull()
  await client.snapshot('with')
  await expect(client.restore({ name: 'without' })).rejects.toThrow(
    /another safety configuration: found "none", expected 1111/,
  )
  one.close()
  await expect.poll(async () => (await client.state()).safety?.solver).toBeNull()
  await expect(client.restore({ name: 'with' })).rejects.toThrow(/another safety configuration: found "1111/)
  const other = await solver(plant.bench, '2'.repeat(64))
  await expect.poll(async () => (await client.state()).safety?.solver).not.toBeNull()
  await expect(client.restore({ name: 'with' })).rejects.toThrow(/expected 2222/)
  expect(other.loads.every((l) => l.state === '')).toBe(true)
})

test("[SIS-BENCH-9] without the solver's state there is no snapshot, and the reason is told", async () => {
  const plant = await plantSim({ paused: true, done_timeout_ms: 100 })
  const client = station(plant)
  const s = await solver(plant.bench)
  await s.next('load')
  await expect.poll(async () => (await client.state()).safety?.solver).not.toBeNull()
  s.socket.pause()
  await expect(client.snapshot('x')).rejects.toThrow(/no answer of the safety system/)
  expect((await client.station()).snapshots).toEqual([])
})

test('[PANEL-1] contacts are turned, and pressed for so long of plant time', async () => {
  const plant = await plantSim({ paused: true })
  const client = station(plant)
  const closed = async (tag: string): Promise<boolean | undefined> =>
    (await client.state()).safety?.contacts.find((c) => c.tag === tag)?.closed
  expect((await client.state()).safety?.contacts.map((c) => [c.tag, c.closed])).toEqual([
    ['HS-1', true],
    ['HS-2', true],
    ['JS-20', true],
    ['HS-90', false],
    ['HS-91', false],
    ['KS-90', false],
  ])
  await client.contact({ tag: 'HS-90', state: 'closed' })
  expect(await closed('HS-90')).toBe(true)
  await client.press({ tag: 'HS-91', for_s: 3 })
  await client.press({ tag: 'HS-1', for_s: 3 })
  expect([await closed('HS-91'), await closed('HS-1')]).toEqual([true, false])
  await client.snapshot('pressed')
  await client.pause({ paused: false })
  await expect.poll(() => closed('HS-91')).toBe(false)
  expect([await closed('HS-1'), await closed('HS-90')]).toEqual([true, true])
  await client.pause({ paused: true })
  // The finger is in the snapshot too.
  await client.restore({ name: 'pressed' })
  expect([await closed('HS-91'), await closed('HS-1')]).toEqual([true, false])
})

test('[PANEL-2] what cannot be worked is refused with the reason', async () => {
  const plant = await plantSim({ paused: true })
  const client = station(plant)
  await expect(client.press({ tag: 'HS-19', for_s: -1 })).rejects.toThrow(/did you mean HS-1\?[\s\S]*for_s: found -1/)
  await expect(client.contact({ tag: 'HS-90', state: 'shut' as 'open' })).rejects.toThrow(/expected open or closed/)
  const other = await plantSim({
    plant: 'two-tank',
    instruments_path: fileURLToPath(new URL('../../strategies/two-tank/plant/instruments.yaml', import.meta.url)),
    paused: true,
  })
  expect(other.ports['sis_bench']).toBeUndefined()
  await expect(station(other).press({ tag: 'HS-91' })).rejects.toThrow(/no safety equipment/)
})

test("[PANEL-3] the cables of the safety system's drop are cut as those of the others", async () => {
  const plant = await plantSim({ paused: true })
  const { drops } = await station(plant).network({ network: 'B', drop: 'SIS-1', mode: 'silent' })
  expect(drops.find((d) => d.id === 'SIS-1')?.networks).toEqual({ A: 'on', B: 'silent' })
  expect(drops.find((d) => d.id === 'RIO-1')?.networks).toEqual({ A: 'on', B: 'on' })
})
