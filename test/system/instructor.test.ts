/**
 * Snapshot and return of the whole run: plant-sim, field-io and both controllers on real sockets, in one process.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildStrategy } from '../../cli/strategy-files.ts'
import type { ForceState } from '../../contracts/link.ts'
import { startController } from '../../controller/edge/program.ts'
import { startFieldIo } from '../../field-io/edge/program.ts'
import { type InstructorClient, instructorClient } from '../../plant-sim/edge/instructor-client.ts'
import { instructorLink } from '../../plant-sim/edge/instructor-token.ts'
import { startPlantSim } from '../../plant-sim/edge/program.ts'
import { connectLink, type LinkClient } from '../../protocols/edge/link-client.ts'
import { pause, until } from './live-system.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const open: { close(): Promise<void> }[] = []
let dir: string
let instructor: InstructorClient
/** The operators' side of field-io: what it was told of forces last. */
let operators: LinkClient
let forces: readonly ForceState[] = []
let results = 0

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'flyball-instructor-'))
  const built = await buildStrategy('two-tank')
  if ('faults' in built) throw new Error('two-tank does not build')
  const artifact_path = join(dir, 'artifact.json')
  writeFileSync(artifact_path, JSON.stringify(built.artifact))
  const keep = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const program = await starting
    open.push(program)
    return program
  }
  const plant = await keep(
    startPlantSim({
      plant: 'two-tank',
      instruments_path: join(ROOT, 'strategies/two-tank/plant/instruments.yaml'),
      paused: true,
      factor: 0,
      tick_ms: built.artifact.tick_ms,
      seed: 7,
      artifact_path,
      data_dir: join(dir, 'plant-sim'),
      snapshot_every_ms: built.artifact.tick_ms,
    }),
  )
  const field_io = await keep(
    startFieldIo({
      artifact_path,
      endpoints: Object.fromEntries(
        ['RIO-1', 'RIO-1/B'].map((drop) => [`plant:${drop}`, `127.0.0.1:${plant.ports[drop]}`]),
      ),
      conductor: `127.0.0.1:${plant.ports['conductor']}`,
      link_port: 0,
      data_dir: join(dir, 'field-io'),
    }),
  )
  operators = connectLink(`127.0.0.1:${field_io.ports['link']}`, {
    on_open: (l) =>
      l.send({ type: 'hello', role: 'gateway', index: 0, artifact: built.artifact.hash, state: { epoch: 0, n: 0 } }),
    on_message: (_, message) => {
      if (message.type === 'forces') forces = message.forces
      if (message.type === 'command-result') results++
    },
    on_end: () => {},
  })
  open.push({ close: async () => operators.close() })
  for (const index of [0, 1] as const)
    await keep(startController({ artifact_path, index, field_io: `127.0.0.1:${field_io.ports['link']}` }))
  instructor = instructorClient(instructorLink(`http://127.0.0.1:${plant.ports['instructor']}`, dir))
})

afterAll(async () => {
  for (const program of open.toReversed()) await program.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Lets the plant go on for at least so long, and stops it. */
async function runFor(seconds: number): Promise<void> {
  const to_s = (await instructor.state()).time_s + seconds
  await instructor.pause({ paused: false })
  for (;;) {
    if ((await instructor.state()).time_s >= to_s) break
    await pause(2)
  }
  await instructor.pause({ paused: true })
  const { time_s } = await instructor.state()
  await until(`the snapshot of ${time_s} s`, 5000, async () => {
    const { snapshots, course } = await instructor.station()
    return snapshots.some((s) => s.course === course && s.time_s === time_s)
  })
}

test('[OTS-6] from 100 random ticks the whole run goes on bit for bit as it did the first time; a snapshot takes less than 1 s', async () => {
  // Until both controllers have joined there is no state to be had.
  await instructor.pause({ paused: false })
  await until('snapshots are taken', 20_000, async () => (await instructor.station()).snapshots.length > 5)
  await instructor.disturbance({ name: 'DRAW', on: true })
  await instructor.fault({ tag: 'LT-02', kind: 'bias', value: 0.2, ramp_s: 30 })
  await runFor(110)
  const { snapshots, course } = await instructor.station()
  const first = new Map(snapshots.filter((s) => s.course === course).map((s) => [s.time_s, s]))
  const times = [...first.keys()].toSorted((a, b) => a - b)
  expect(times.length).toBeGreaterThan(100)
  expect(Math.max(...snapshots.map((s) => s.took_ms))).toBeLessThan(1000)
  await instructor.snapshot('the end of the first course')
  // A named one is no part of the ring: the ring itself is soon overwritten.
  let random = 12345
  const below = (count: number): number => {
    random = (random * 1103515245 + 12345) % 2147483648
    return Math.floor((random / 2147483648) * count)
  }
  let compared = 0
  for (let k = 0; k < 100; k++) {
    // Anything the ring still has, of whatever course: all courses are the first one again.
    const now = (await instructor.station()).snapshots.filter((s) => s.name === '' && first.has(s.time_s))
    const from = now[below(now.length)]!
    await instructor.restore({ id: from.id })
    await runFor(1)
    const after = await instructor.station()
    const again = after.snapshots.filter((s) => s.course === after.course && first.has(s.time_s))
    for (const s of again) {
      expect([k, s.time_s, s.hash]).toEqual([k, s.time_s, first.get(s.time_s)!.hash])
      compared++
    }
  }
  expect(compared).toBeGreaterThan(80)
})

test('[OTS-7] another seed is another noise, the same seed the same; repeat begins at the start', async () => {
  const hashAfter = async (act: () => Promise<unknown>): Promise<string> => {
    await act()
    await runFor(3)
    const { snapshots, course } = await instructor.station()
    return snapshots.findLast((s) => s.course === course && s.name === '')!.hash
  }
  const name = 'the end of the first course'
  const same = await hashAfter(() => instructor.restore({ name }))
  const other = await hashAfter(() => instructor.restore({ name, seed: 99 }))
  expect(await hashAfter(() => instructor.restore({ name }))).toBe(same)
  expect(await hashAfter(() => instructor.restore({ name, seed: 99 }))).toBe(other)
  expect(other).not.toBe(same)
  const start = await hashAfter(() => instructor.repeat(5))
  expect((await instructor.state()).time_s).toBeLessThan(60)
  expect(await hashAfter(() => instructor.repeat(5))).toBe(start)
  expect(await hashAfter(() => instructor.repeat(6))).not.toBe(start)
})

test('[OTS-9] a force stands again after a return, for what was left of its time; the pace stays what it was set to', async () => {
  await instructor.repeat(7)
  await runFor(5)
  const order = {
    type: 'force',
    id: 1,
    point: 'RIO-1/AI/0',
    value: 9,
    for_ms: 600_000,
    who: 'Kim',
    reason: 'test',
  } as const
  operators.link!.send(order)
  await until('it is forced', 5000, () => forces.length === 1)
  await runFor(3)
  await instructor.snapshot('forced')
  const hashAfter = async (): Promise<string> => {
    await runFor(10)
    const { snapshots, course } = await instructor.station()
    // At a time of its own: how far a run overshoots is the clock's.
    return snapshots.find((s) => s.course === course && s.time_s === at + 8)!.hash
  }
  const at = (await instructor.station()).snapshots.find((s) => s.name === 'forced')!.time_s
  await instructor.pause({ paused: false })
  operators.link!.send({ type: 'unforce', id: 2, point: order.point })
  await until('it is free', 5000, () => forces.length === 0)
  await instructor.pause({ paused: true })
  await instructor.speed({ factor: 50 })
  await instructor.restore({ name: 'forced' })
  expect(forces).toMatchObject([{ point: order.point, value: 9, who: 'Kim' }])
  expect(forces[0]!.left_ms).toBeLessThan(600_000)
  expect((await instructor.state()).time_s).toBe(at)
  expect(await instructor.state()).toMatchObject({ factor: 50, paused: true })
  await instructor.speed({ factor: 0 })
  const first = await hashAfter()
  await instructor.restore({ name: 'forced' })
  expect(await hashAfter()).toBe(first)
  // From the start nothing is forced.
  await instructor.repeat(7)
  await until('no force', 5000, () => forces.length === 0)
})

test('[OTS-10] what a scenario writes goes as an operator writes, and is the same bits in each repetition', async () => {
  const scenario = (events: string) =>
    instructor.loadScenario({
      text: `scenario: s\nplant: two-tank\nduration: 5min\nevents:\n${events}`,
      file: 's.yaml',
    })
  const play = async (events: string): Promise<string> => {
    await instructor.repeat(7)
    await runFor(5)
    await instructor.repeat(7)
    await scenario(events)
    await instructor.startScenario()
    await runFor(30)
    await instructor.stopScenario()
    const { snapshots, course } = await instructor.station()
    return snapshots.findLast((s) => s.course === course && s.time_s === 25)!.hash
  }
  const journal = async () => (await instructor.station()).journal.map((j) => `${j.who}: ${j.what}`)
  const writes = '  - {at: 10s, set: LIC-02.SP, to: 0.9}\n  - {at: 10s, mode: FIC-01, to: auto}\n'
  const before = results
  const first = await play(writes)
  expect((await journal()).filter((l) => /^scenario: .*(refused|expired|not written)/.test(l))).toEqual([])
  expect(await play(writes)).toBe(first)
  expect(await play('  - {at: 10s, say: nothing}\n')).not.toBe(first)
  // The operators' gateway was not asked, and is not answered.
  expect(results).toBe(before)
  await play('  - {at: 10s, set: LIC-02.SP, to: 99}\n')
  await until('the refusal is told', 5000, async () =>
    (await journal()).includes('scenario: LIC-02.SP = 99 refused: outOfRange'),
  )
  await expect(scenario('  - {at: 1s, set: LIC-20.SP, to: 1}\n')).rejects.toThrow(/s\.yaml:5:1\d .*LIC-02\.SP/)
})

test('[OTS-8] the journal has every action with its time and who did it; a snapshot of another build is refused with the reason', async () => {
  const lines = readFileSync(join(dir, 'plant-sim/instructor.jsonl'), 'utf8').trim().split('\n')
  const entries = lines.map((line) => JSON.parse(line) as { who: string; what: string; tick: number; at: string })
  expect(entries.find((e) => e.what.includes('LT-02'))).toMatchObject({ who: 'instructor' })
  expect(entries.filter((e) => e.what.startsWith('back to')).length).toBeGreaterThanOrEqual(100)
  await expect(instructor.restore({ name: 'no such thing' })).rejects.toThrow(/expected the name of a snapshot/)
  await expect(instructor.restore({})).rejects.toThrow(/one of id, name and minutes/)
})
