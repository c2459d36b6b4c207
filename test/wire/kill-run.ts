import { compareTicks, type TagFrame, type TickId } from '../../contracts/frame.ts'
import {
  benchArtifact,
  type Child,
  CONTROLLER_MAIN,
  conductorStandIn,
  dropStandIn,
  FIELD_IO_MAIN,
  gatewayStandIn,
  startChild,
} from './stand-in.ts'

export interface KillRunResult {
  readonly seed: number
  readonly kills: number
  readonly ticks: number
  /** Ticks in which the drop got no output, or more than one. */
  readonly missed: number
  /** Ticks in which both controllers answered. */
  readonly compared: number
  /** Of them, those in which what they published differs in a bit. */
  readonly different: number
}

/** Answers of a controller to new frames after which it has joined. */
const JOINED_AFTER = 12

/**
 * Kills one controller of a hot pair after the other (SIGKILL, real processes, real sockets) at random phases of the
 * scan, and counts the outputs that were missed: one a granted tick is right.
 */
export async function killRun(kills: number, seed: number): Promise<KillRunResult> {
  const random = mulberry32(seed)
  const { path, folder, remove } = await benchArtifact(200)
  const drop = await dropStandIn()
  const conductor = await conductorStandIn()
  const gateway = await gatewayStandIn()
  const children = new Set<Child>()
  const keep = async (starting: Promise<Child>): Promise<Child> => {
    const child = await starting
    children.add(child)
    return child
  }
  let ticks = 0
  let missed = 0
  let compared = 0
  let different = 0
  let newest: TickId = { epoch: 0, n: 0 }
  let former = new Map<number, TagFrame>()

  /** Compares what both said of a tick, and forgets it. */
  const judge = (): void => {
    for (const tags of gateway.tags.splice(0)) {
      const other = former.get(tags.n)
      if (other === undefined) former.set(tags.n, tags)
      else if (other.controller !== tags.controller && other.epoch === tags.epoch) {
        compared++
        const same = tags.values.every((v, i) => Object.is(v, other.values[i]))
        if (!same || tags.statuses.some((s, i) => s !== other.statuses[i])) different++
        former.delete(tags.n)
      }
      if (compareTicks(tags, newest) > 0) newest = { epoch: tags.epoch, n: tags.n }
    }
    if (former.size > 5000) former = new Map([...former].slice(-1000))
  }
  const step = async (): Promise<void> => {
    const before = drop.writes.length
    await conductor.step()
    ticks++
    if (drop.writes.length - before !== 1) missed++
    drop.writes.length = 0
  }
  const joined = async (index: 0 | 1): Promise<void> => {
    const from = newest
    let answers = 0
    for (let i = 0; answers < JOINED_AFTER; i++) {
      if (i > 5000) throw new Error(`controller ${'AB'[index]} does not come back`)
      if (newest.epoch === 0) await conductor.step()
      else await step()
      await new Promise((done) => setTimeout(done, 1))
      answers += gateway.tags.filter((t) => t.controller === index && compareTicks(t, from) > 0).length
      judge()
    }
  }
  try {
    const field_io = await keep(
      startChild(FIELD_IO_MAIN, {
        artifact_path: path,
        endpoints: { 'plant:RIO-1': `127.0.0.1:${drop.port}` },
        conductor: `127.0.0.1:${conductor.port}`,
        link_port: 0,
        data_dir: `${folder}/field-io`,
      }),
    )
    const controller = (index: 0 | 1): Promise<Child> =>
      keep(
        startChild(CONTROLLER_MAIN, {
          artifact_path: path,
          index,
          field_io: `127.0.0.1:${field_io.ports['link']}`,
          gateway: `127.0.0.1:${gateway.port}`,
        }),
      )
    const pair = [await controller(0), await controller(1)]
    while (!conductor.connected) await new Promise((done) => setTimeout(done, 5))
    await joined(0)
    await joined(1)
    ticks = 0
    missed = 0
    for (let k = 0; k < kills; k++) {
      const victim = random() < 0.5 ? 0 : 1
      const quiet = Math.floor(random() * 20)
      for (let i = 0; i < quiet; i++) await step()
      // The scan takes about a third of a millisecond: the kill falls anywhere into one of the next.
      const stepping = (async () => {
        for (let i = 0; i < 30; i++) await step()
      })()
      const until_ms = performance.now() + random() * 3
      while (performance.now() < until_ms) await new Promise((done) => setImmediate(done))
      await pair[victim]!.kill()
      children.delete(pair[victim]!)
      await stepping
      judge()
      pair[victim] = await controller(victim)
      await joined(victim)
    }
    return { seed, kills, ticks, missed, compared, different }
  } finally {
    for (const child of children) await child.kill()
    await gateway.close()
    await conductor.close()
    await drop.close()
    remove()
  }
}

/** A small seeded generator, [0, 1). */
function mulberry32(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
