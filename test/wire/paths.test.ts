// A drop on two networks, field-io and a pair of controllers on real sockets. Ticks are granted: a switch that took longer than the
// tick in which the failure was met would be a missing write or a Bad value.
import { afterEach, expect, test } from 'vitest'
import type { DeviceState, IoStatusMessage } from '../../contracts/link.ts'
import { isGood } from '../../contracts/status.ts'
import { startController } from '../../controller/edge/program.ts'
import { startFieldIo } from '../../field-io/edge/program.ts'
import { connectLink } from '../../protocols/edge/link-client.ts'
import { cable } from './cable.ts'
import { until } from './raw.ts'
import { benchArtifact, conductorStandIn, dropStandIn, gatewayStandIn, REGISTER } from './stand-in.ts'

const clean: (() => unknown)[] = []
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end()
})
const keep = <T extends { close(): unknown }>(running: T): T => {
  clean.push(() => running.close())
  return running
}

/** 4 mA, the strategy's step_max, in counts. */
const STEP_COUNTS = 10_000

async function redundant() {
  const { artifact, path, folder, remove } = await benchArtifact(500, (a) => ({
    ...a,
    io: { ...a.io, devices: a.io.devices.map((d) => ({ ...d, endpoint_b: 'plant:RIO-1/B' })) },
  }))
  clean.push(remove)
  const drop = keep(await dropStandIn())
  const a = keep(await cable(drop.port))
  const b = keep(await cable(drop.port))
  const conductor = keep(await conductorStandIn())
  const gateway = keep(await gatewayStandIn())
  const field_io = keep(
    await startFieldIo({
      artifact_path: path,
      endpoints: { 'plant:RIO-1': `127.0.0.1:${a.port}`, 'plant:RIO-1/B': `127.0.0.1:${b.port}` },
      conductor: `127.0.0.1:${conductor.port}`,
      link_port: 0,
      data_dir: `${folder}/field-io`,
    }),
  )
  const link = `127.0.0.1:${field_io.ports['link']}`
  const reports: IoStatusMessage[] = []
  keep(
    connectLink(link, {
      on_open: (l) =>
        l.send({ type: 'hello', role: 'gateway', index: 0, artifact: artifact.hash, state: { epoch: 0, n: 0 } }),
      on_message: (_l, message) => {
        if (message.type === 'io-status') reports.push(message)
      },
      on_end: () => {},
    }),
  )
  for (const index of [0, 1] as const)
    keep(
      await startController({
        artifact_path: path,
        index,
        field_io: link,
        gateway: `127.0.0.1:${gateway.port}`,
      }),
    )
  await until(() => conductor.connected, 'field-io')

  let ticks_given = 0
  /** @returns writes that each tick brought. */
  const step = async (ticks: number): Promise<number[]> => {
    const counts: number[] = []
    for (let i = 0; i < ticks; i++) {
      const before = drop.writes.length
      // A measurement that moves, so that the output does: 12 mA and up to 1 mA more, at 2500 counts per mA.
      drop.input.fill(30_000 + 250 * (ticks_given++ % 10), 0, 3)
      await conductor.step()
      counts.push(drop.writes.length - before)
    }
    return counts
  }
  const device = (): DeviceState | undefined => reports.at(-1)?.devices[0]
  /** Lets the plant go on until field-io reports this of the drop. */
  const until_report = async (holds: (d: DeviceState) => boolean, what: string): Promise<void> => {
    const end_ms = performance.now() + 20_000
    while (!(device() !== undefined && holds(device()!))) {
      if (performance.now() > end_ms) throw new Error(`${what} did not come: ${JSON.stringify(device())}`)
      await step(1)
      await new Promise((done) => setTimeout(done, 20))
    }
  }
  const states = (d: DeviceState): string => d.paths!.map((p) => p.state).join()
  // Both controllers answer, both paths are known to be good.
  await until_report(
    (d) => states(d) === 'active,standby' && reports.at(-1)!.controllers.every((c) => c.joined),
    'both networks',
  )
  const pv = artifact.control.published.findIndex((p) => p.key === 'PI-102.PV')
  return { drop, a, b, step, reports, device, states, until_report, gateway, pv }
}

type System = Awaited<ReturnType<typeof redundant>>

/** Every tick had its write, none moved further than its step, no value was Bad. */
function expectNoGlitch(s: System, counts: readonly number[], from: { writes: number; tags: number }): void {
  expect(counts).toEqual(counts.map(() => 1))
  const writes = s.drop.writes.slice(from.writes - 1)
  expect(new Set(writes).size).toBeGreaterThan(writes.length / 2)
  for (let i = 1; i < writes.length; i++) expect(Math.abs(writes[i]! - writes[i - 1]!)).toBeLessThanOrEqual(STEP_COUNTS)
  const statuses = s.gateway.tags.slice(from.tags).map((t) => t.statuses[s.pv]!)
  expect(statuses.length).toBeGreaterThan(0)
  expect(statuses.every(isGood)).toBe(true)
}
const here = (s: System) => ({ writes: s.drop.writes.length, tags: s.gateway.tags.length })

test('[FIO-6] network A is cut: B takes over within the tick, no output is missed, no value is Bad; and back', async () => {
  const s = await redundant()
  const from = here(s)
  const counts = await s.step(5)
  s.a.cut()
  counts.push(...(await s.step(10)))
  expectNoGlitch(s, counts, from)
  await s.until_report((d) => s.states(d) === 'failed,active', 'the switch')
  const report = s.reports.find((r) => r.devices[0]!.switches === 1)!
  expect(report.alarms.some((words) => words.startsWith('RIO-1: network A -> B: '))).toBe(true)
  expect(s.reports.at(-1)!.alarms.some((words) => words.startsWith('RIO-1: network A does not answer'))).toBe(true)

  // Mended, A is watched and not gone back to; when B is cut after that, A takes over.
  s.a.mend()
  await s.until_report((d) => s.states(d) === 'standby,active', 'network A')
  // Long enough good to be switched to again, on the wall's time.
  await new Promise((done) => setTimeout(done, 1200))
  const second = here(s)
  const more = await s.step(3)
  s.b.cut()
  more.push(...(await s.step(10)))
  expectNoGlitch(s, more, second)
  await s.until_report((d) => d.switches === 2 && s.states(d) === 'active,failed', 'the second switch')
})

test('[FIO-6] network A falls silent: one time-out, then B, in the same tick', async () => {
  const s = await redundant()
  const from = here(s)
  s.a.hold()
  expectNoGlitch(s, await s.step(5), from)
  await s.until_report((d) => d.switches === 1 && s.states(d) === 'failed,active', 'the switch')
  expect(s.device()!.timeouts).toBeGreaterThanOrEqual(1)
})

test('[FIO-7] a write that was held back on network A and comes out later does not win', async () => {
  const s = await redundant()
  // Byte 7 of a frame is its function: the write of the next tick hangs in the cable, and what follows it.
  s.a.holdFrom((chunk) => chunk[7] === 16)
  const before = s.drop.writes.length
  const counts = await s.step(5)
  // It is not repeated; from the next tick on writes go by B.
  expect(counts).toEqual([0, 1, 1, 1, 1])
  await s.until_report((d) => s.states(d) === 'failed,active', 'the switch')
  const stale = s.drop.writes.length
  s.a.mend()
  await until(() => s.drop.writes.length > stale, 'the write that hung')
  await s.step(3)
  // What came out of the cable was executed. The next tick's write is the last word, a step from where it left the output.
  expect(s.drop.writes.length).toBeGreaterThan(stale + 3)
  expect(s.drop.input[REGISTER.readback]).toBe(s.drop.writes.at(-1))
  const all = s.drop.writes.slice(before - 1)
  for (let i = 1; i < all.length; i++) expect(Math.abs(all[i]! - all[i - 1]!)).toBeLessThanOrEqual(STEP_COUNTS)
})

test('[FIO-3] network A is reset again and again: every tick has its write, by whichever network', async () => {
  const s = await redundant()
  const from = here(s)
  const counts: number[] = []
  for (let i = 0; i < 20; i++) {
    s.a.reset()
    counts.push(...(await s.step(3)))
  }
  expectNoGlitch(s, counts, from)
})

test('both networks are cut: Bad with the last value; mended, Good by itself', async () => {
  const s = await redundant()
  s.a.cut()
  s.b.cut()
  const bad = (): boolean => !isGood(s.gateway.tags.at(-1)!.statuses[s.pv]!)
  const writes = s.drop.writes.length
  await s.step(3)
  await until(bad, 'a bad status')
  const good = s.gateway.tags.findLast((t) => isGood(t.statuses[s.pv]!))!
  expect(s.gateway.tags.at(-1)!.values[s.pv]).toBe(good.values[s.pv])
  expect(good.values[s.pv]).not.toBe(0)
  expect(s.drop.writes.length).toBe(writes)
  s.b.mend()
  await s.until_report((d) => d.connected, 'the drop')
  await s.step(2)
  await until(() => !bad(), 'a good status')
})
