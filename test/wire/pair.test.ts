// field-io and a hot pair of controllers on real sockets, over a drop of registers. Judged in ticks, never in wall time:
// for every granted tick the drop must have got exactly one write.
import { afterEach, expect, test } from 'vitest'
import type { Artifact } from '../../contracts/artifact.ts'
import { compareTicks, type TagFrame, type TickId } from '../../contracts/frame.ts'
import type { LinkMessage } from '../../contracts/link.ts'
import { isBad, isGood, qualityWord, STATUS } from '../../contracts/status.ts'
import { startController } from '../../controller/edge/program.ts'
import { startFieldIo } from '../../field-io/edge/program.ts'
import { connectLink } from '../../protocols/edge/link-client.ts'
import type { Running } from '../../protocols/edge/program.ts'
import { until } from './raw.ts'
import {
  benchArtifact,
  type Child,
  CONTROLLER_MAIN,
  type ConductorStandIn,
  conductorStandIn,
  type DropStandIn,
  dropStandIn,
  FIELD_IO_MAIN,
  type GatewayStandIn,
  gatewayStandIn,
  REGISTER,
  startChild,
} from './stand-in.ts'

const clean: (() => unknown)[] = []
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end()
})
const keep = <T extends { close(): unknown }>(running: T): T => {
  clean.push(() => running.close())
  return running
}

interface System {
  readonly artifact: Artifact
  readonly path: string
  readonly folder: string
  readonly drop: DropStandIn
  readonly conductor: ConductorStandIn
  readonly gateway: GatewayStandIn
  fieldIo(link_port?: number): Promise<Running>
  controller(index: 0 | 1, link_port: number): Promise<Running>
}

async function system(tick_ms: number, granted = true): Promise<System> {
  const { artifact, path, folder, remove } = await benchArtifact(tick_ms)
  clean.push(remove)
  const drop = keep(await dropStandIn())
  const conductor = keep(await conductorStandIn())
  const gateway = keep(await gatewayStandIn())
  return {
    artifact,
    path,
    folder,
    drop,
    conductor,
    gateway,
    fieldIo: async (link_port = 0) =>
      keep(
        await startFieldIo({
          artifact_path: path,
          endpoints: { 'plant:RIO-1': `127.0.0.1:${drop.port}` },
          ...(granted ? { conductor: `127.0.0.1:${conductor.port}` } : {}),
          link_port,
          data_dir: `${folder}/field-io`,
        }),
      ),
    controller: async (index, link_port) =>
      keep(
        await startController({
          artifact_path: path,
          index,
          field_io: `127.0.0.1:${link_port}`,
          gateway: `127.0.0.1:${gateway.port}`,
        }),
      ),
  }
}

/** Half the drop's time-out: who stood still for so long may have lost an exchange without anybody's fault. */
const STALL_MS = 150

/**
 * Grants ticks and answers how many writes each brought. Field-io and the drop live in this process: a tick in which the
 * machine let it stand still is not judged, because then the machine missed the write and not the pair.
 */
async function step(s: System, ticks: number): Promise<number[]> {
  const counts: number[] = []
  let seen_ms = performance.now()
  let longest_ms = 0
  const watch = setInterval(() => {
    longest_ms = Math.max(longest_ms, performance.now() - seen_ms)
    seen_ms = performance.now()
  }, 10)
  for (let i = 0; i < ticks; i++) {
    longest_ms = 0
    const before = s.drop.writes.length
    await s.conductor.step()
    const count = s.drop.writes.length - before
    const stalled = Math.max(longest_ms, performance.now() - seen_ms) > STALL_MS
    counts.push(count === 0 && stalled ? 1 : count)
  }
  clearInterval(watch)
  return counts
}

/** Ticks until a controller answers again to new frames, not in replay, and a margin in which both have joined. */
async function settle(s: System, index: 0 | 1): Promise<void> {
  const seen = s.gateway.tags.length
  const newest = s.gateway.tags.reduce<TickId>((a, b) => (compareTicks(a, b) < 0 ? b : a), { epoch: 0, n: 0 })
  const isNew = (t: TagFrame): boolean => t.controller === index && compareTicks(t, newest) > 0
  const answers = (): number => s.gateway.tags.slice(seen).filter(isNew).length
  for (let i = 0; i < 500 && answers() < 20; i++) {
    await step(s, 1)
    await new Promise((done) => setTimeout(done, 1))
  }
  expect(answers()).toBeGreaterThanOrEqual(20)
}

const publishedAt = (s: System, key: string): number => s.artifact.control.published.findIndex((p) => p.key === key)

/** Gives LIC-101 a set point as the gateway does, and waits until field-io says that it is applied. */
async function command(s: System, link: number, value: number): Promise<void> {
  const got: LinkMessage[] = []
  const station = keep(
    connectLink(`127.0.0.1:${link}`, {
      on_open: (l) =>
        l.send({ type: 'hello', role: 'gateway', index: 0, artifact: s.artifact.hash, state: { epoch: 0, n: 0 } }),
      on_message: (_l, message) => got.push(message),
      on_end: () => {},
    }),
  )
  await until(() => station.link !== undefined, 'the link')
  const { epoch, n } = s.gateway.tags.at(-1)!
  const target = s.artifact.control.writable.findIndex((w) => w.key === 'LIC-101.SP')
  station.link!.send({
    type: 'command',
    command: { station: 0, seq: 1, kind: 0, epoch, n, ttl_ticks: 100, target, value, expected: Number.NaN },
  })
  const result = (): LinkMessage | undefined => got.find((m) => m.type === 'command-result')
  for (let i = 0; i < 100 && result() === undefined; i++) {
    await step(s, 1)
    await new Promise((done) => setTimeout(done, 2))
  }
  expect(result()).toMatchObject({ result: { station: 0, seq: 1, outcome: 1, refusal: 0 } })
  station.close()
}

const once_each = (ticks: number): number[] => new Array<number>(ticks).fill(1)

test('either controller may be killed and come back, in processes of their own: no output is missed', async () => {
  const s = await system(200)
  const link = (await s.fieldIo()).ports['link']!
  const child = async (index: 0 | 1) => {
    const c = await startChild(CONTROLLER_MAIN, {
      artifact_path: s.path,
      index,
      field_io: `127.0.0.1:${link}`,
      gateway: `127.0.0.1:${s.gateway.port}`,
    })
    clean.push(() => c.kill())
    return c
  }
  const pair = [await child(0), await child(1)] as const
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  await settle(s, 1)
  expect(await step(s, 50)).toEqual(once_each(50))
  expect(s.drop.holding[REGISTER.watchdog]).toBe(50)

  // Killed in the middle of a tick, while it may be answering.
  const stepping = step(s, 200)
  await pair[0].kill()
  expect(await stepping).toEqual(once_each(200))
  await child(0)
  await settle(s, 0)
  const again = step(s, 200)
  await pair[1].kill()
  expect(await again).toEqual(once_each(200))

  // Both held the same state all the time: what they showed of a tick is the same, bit for bit.
  const of = (controller: number): Map<string, TagFrame> =>
    new Map(s.gateway.tags.filter((t) => t.controller === controller).map((t) => [`${t.epoch} ${t.n}`, t]))
  const [a, b] = [of(0), of(1)]
  let common = 0
  for (const [key, tags] of a) {
    const other = b.get(key)
    if (other === undefined) continue
    common++
    expect(other.values).toEqual(tags.values)
    expect(other.statuses).toEqual(tags.statuses)
  }
  expect(common).toBeGreaterThan(100)
})

test('the preferred controller freezes with its link open: the other one is taken, no output is missed; it comes back', async () => {
  const s = await system(100)
  const link = (await s.fieldIo()).ports['link']!
  const config = { artifact_path: s.path, field_io: `127.0.0.1:${link}`, gateway: `127.0.0.1:${s.gateway.port}` }
  const frozen = await startChild(CONTROLLER_MAIN, { ...config, index: 0 })
  clean.push(() => frozen.kill())
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  await s.controller(1, link)
  await settle(s, 1)
  frozen.signal('SIGSTOP')
  expect(await step(s, 40)).toEqual(once_each(40))
  frozen.signal('SIGCONT')
  await settle(s, 0)
  expect(await step(s, 40)).toEqual(once_each(40))
})

test('field-io restarts: a new epoch, the same state, no bump, nothing to be done by anybody', async () => {
  const s = await system(200)
  const first = await s.fieldIo()
  const link = first.ports['link']!
  await s.controller(0, link)
  await s.controller(1, link)
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  await step(s, 60)
  const before = s.gateway.tags.at(-1)!
  const output_before = s.drop.writes.at(-1)!
  await first.close()
  await until(() => !s.conductor.connected, 'the end of field-io')
  await s.fieldIo(link)
  await until(() => s.conductor.connected, 'field-io again')
  const writes = s.drop.writes.length
  await settle(s, 0)
  await settle(s, 1)
  const after = s.gateway.tags.at(-1)!
  expect(after.epoch).toBeGreaterThan(before.epoch)
  expect(await step(s, 20)).toEqual(once_each(20))
  // The inputs never moved: the first output of the new epoch is the last of the old, within one count a tick.
  expect(Math.abs(s.drop.writes[writes]! - output_before)).toBeLessThanOrEqual(25)
})

test('a device that tripped is re-armed after its trip was read, and written again', async () => {
  const s = await system(200)
  const link = (await s.fieldIo()).ports['link']!
  await s.controller(0, link)
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  await step(s, 10)
  s.drop.trip()
  const writes = s.drop.writes.length
  const counts = await step(s, 10)
  expect(s.drop.input[REGISTER.tripped]).toBe(0)
  expect(counts.slice(-5)).toEqual(once_each(5))
  // From the fail value (4 mA) it comes back in steps of at most 4 mA, 10000 counts.
  expect(Math.abs(s.drop.writes[writes]! - 10_000)).toBeLessThanOrEqual(10_000)
})

test('a device lost and found again: Bad with the last usable value, then Good, without a restart [torture 1, 3]', async () => {
  const s = await system(10)
  const link = (await s.fieldIo()).ports['link']!
  await s.controller(0, link)
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  await step(s, 10)
  const pv = s.artifact.control.published.findIndex((p) => p.key === 'PI-102.PV')
  const last = (): { value: number; status: number } => {
    const tags = s.gateway.tags.at(-1)!
    return { value: tags.values[pv]!, status: tags.statuses[pv]! }
  }
  const good = last()
  expect(isGood(good.status)).toBe(true)
  const { port } = s.drop
  await s.drop.close()
  await step(s, 10)
  await until(() => isBad(last().status), 'a bad status')
  expect(last()).toEqual({ value: good.value, status: expect.any(Number) })
  expect(last().status & 0xfc).toBe(STATUS.badNoCommLastUsable)

  const back = keep(await dropStandIn(port))
  for (let i = 0; i < 200 && isBad(last().status); i++) {
    await step(s, 1)
    await new Promise((done) => setTimeout(done, 10))
  }
  expect(isGood(last().status)).toBe(true)
  await step(s, 3)
  expect(back.writes.length).toBeGreaterThan(0)
  expect(back.holding[REGISTER.watchdog]).toBe(50)
  for (let i = 0; i < 5; i++) {
    back.server.dropClients()
    for (let k = 0; k < 200 && back.server.clients === 0; k++) await new Promise((done) => setTimeout(done, 5))
    // Granted ticks do not wait for a device that is away: it is back at its own pace, on the wall's time.
    await step(s, 10)
    for (let k = 0; k < 200 && isBad(last().status); k++) {
      await step(s, 1)
      await new Promise((done) => setTimeout(done, 5))
    }
    expect(isGood(last().status)).toBe(true)
  }
})

test('a device that is absent at the start: the rest runs, its inputs are Bad, not connected [torture 2]', async () => {
  const s = await system(10)
  await s.drop.close()
  const link = (await s.fieldIo()).ports['link']!
  await s.controller(0, link)
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  const pv = s.artifact.control.published.findIndex((p) => p.key === 'PI-102.PV')
  const status = s.gateway.tags.at(-1)!.statuses[pv]!
  expect(isBad(status)).toBe(true)
  expect(qualityWord(status)).toBe('not connected')
})

test('a conductor that falls silent: control goes on by the own clock; when it is back, by its grants', async () => {
  const s = await system(100)
  const link = (await s.fieldIo()).ports['link']!
  await s.controller(0, link)
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  await step(s, 10)
  const writes = s.drop.writes.length
  await until(() => s.drop.writes.length > writes + 10, 'ten outputs without a grant')
  const n_before = s.gateway.tags.at(-1)!.n
  await s.conductor.step()
  expect(await step(s, 10)).toEqual(once_each(10))
  // Of the two clocks only one runs, and n went on from where it stood.
  const n = s.gateway.tags.slice(-5).map((t) => t.n)
  expect(n[0]).toBeGreaterThan(n_before)
  for (let i = 1; i < n.length; i++) expect(n[i]).toBe(n[i - 1]! + 1)
})

test('without a conductor field-io ticks by the wall, and lost ticks are missing numbers, not bunched ones', async () => {
  const s = await system(20, false)
  const link = (await s.fieldIo()).ports['link']!
  await s.controller(0, link)
  await s.controller(1, link)
  await until(() => s.drop.writes.length > 50, 'fifty outputs')
  const end = performance.now() + 200
  while (performance.now() < end);
  const seen = s.gateway.tags.length
  await until(() => s.gateway.tags.length > seen + 20, 'more scans')
  const n = s.gateway.tags.filter((t) => t.controller === 0).map((t) => t.n)
  for (let i = 1; i < n.length; i++) expect(n[i]).toBeGreaterThan(n[i - 1]!)
  expect(Math.max(...n.slice(1).map((x, i) => x - n[i]!))).toBeGreaterThanOrEqual(9)
})

test('everything is killed after an acknowledged command: the command is in the state that comes back [I4]', async () => {
  const s = await system(200)
  const fieldIo = (link_port: number): Promise<Child> =>
    startChild(FIELD_IO_MAIN, {
      artifact_path: s.path,
      endpoints: { 'plant:RIO-1': `127.0.0.1:${s.drop.port}` },
      conductor: `127.0.0.1:${s.conductor.port}`,
      link_port,
      data_dir: `${s.folder}/field-io`,
    })
  const controller = (index: 0 | 1, link_port: number): Promise<Child> =>
    startChild(CONTROLLER_MAIN, {
      artifact_path: s.path,
      index,
      field_io: `127.0.0.1:${link_port}`,
      gateway: `127.0.0.1:${s.gateway.port}`,
    })
  const first = await fieldIo(0)
  const link = first.ports['link']!
  let programs = [first, await controller(0, link), await controller(1, link)]
  clean.push(() => Promise.all(programs.map((p) => p.kill())))
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  await settle(s, 1)
  await command(s, link, 61.25)
  // A few more frames, some of them not yet on disk when the end comes.
  await step(s, 5)
  const before = s.gateway.tags.at(-1)!
  await Promise.all(programs.map((p) => p.kill()))
  await until(() => !s.conductor.connected, 'the end of field-io')

  const second = await fieldIo(link)
  programs = [second, await controller(0, link), await controller(1, link)]
  await until(() => s.conductor.connected, 'field-io again')
  await settle(s, 1)
  const after = s.gateway.tags.at(-1)!
  expect(after.epoch).toBeGreaterThan(before.epoch)
  expect(after.values[publishedAt(s, 'LIC-101.SP')]).toBe(61.25)
})

test('a command given through field-io is answered once, after it is durable, and is in the controllers', async () => {
  const s = await system(200)
  const link = (await s.fieldIo()).ports['link']!
  await s.controller(0, link)
  await s.controller(1, link)
  await until(() => s.conductor.connected, 'field-io')
  await settle(s, 0)
  await settle(s, 1)
  await command(s, link, 57.5)
  await settle(s, 1)
  for (const controller of [0, 1])
    expect(s.gateway.tags.filter((t) => t.controller === controller).at(-1)!.values[publishedAt(s, 'LIC-101.SP')]).toBe(
      57.5,
    )
})
