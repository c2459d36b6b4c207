/**
 * Devices that fail for hours: field-io and a pair of controllers as processes, emulated devices that are reset, absent, mute,
 * late, torn and wrong in turn, and what the operator's tags said all the while.
 *
 * The short form stands in test/wire/torture.test.ts; `npm run campaign -- soak --minutes 60` is the long one.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TagFrame } from '../../../contracts/frame.ts'
import { isBad, isGood } from '../../../contracts/status.ts'
import { stream } from '../../../numerics/streams.ts'
import { parseWireFault, type WireFault } from '../../../plant-sim/core/emulator/wire-faults.ts'
import { type Emulator, type EmulatorWire, startEmulator } from '../../../plant-sim/edge/emulator/emulator.ts'
import { listenLinks } from '../../../protocols/edge/link-server.ts'
import { CONTROLLER_MAIN, startChild } from '../../wire/stand-in.ts'
import { SOAK_PROFILE, type SoakDevice, soakStrategy, TIMEOUT_MS } from './strategy.ts'

export interface SoakOptions {
  readonly seconds: number
  readonly tick_ms: number
  readonly seed: number
  readonly log: (line: string) => void
}

export interface Soaked {
  readonly ticks: number
  /** Faults that came and went, and of them those that nothing Good was seen in after the time allowed. */
  readonly faults: number
  /** From a fault's beginning to the first Bad value, ms, at worst; and the time allowed. */
  readonly bad_after_ms: number
  readonly bad_allowed_ms: number
  /** From a fault's end to Good values again, ms, at worst. */
  readonly good_after_ms: number
  readonly good_allowed_ms: number
  /** The slowest return: which device, and from what. */
  readonly slowest: string
  /** Good values of a device that could not answer, after the time allowed. */
  readonly falsely_good: number
  /** Bad values that did not keep the last usable number. */
  readonly zeroed: number
  /** Of the devices that nothing was done to: ticks with a Good value, share. */
  readonly healthy: number
  readonly restarts: number
  /** After the first quarter of the run, MB/h. */
  readonly heap_slope_mb_h: number
  readonly heap_mb: number
  readonly rss_mb: number
  /** Share of a core that field-io took. */
  readonly cpu: number
}

/** What is done to a device, again and again, with pauses. */
interface Plan {
  readonly device: SoakDevice
  readonly faults: readonly string[]
  /** `away`: its server is closed. */
  readonly away?: true
  /** Nothing Good can come while it lasts. */
  readonly mute: boolean
}

const tcp = (id: string, endpoint = id, unit = 1): SoakDevice => ({ id, protocol: 'modbus-tcp', endpoint, unit })
const rtu = (unit: number): SoakDevice => ({ id: `R-${unit}`, protocol: 'modbus-rtu-tcp', endpoint: 'BUS', unit })

/** Units of the bus that answer; one more is in the strategy and dead for ever. */
const BUS_UNITS = [1, 2, 3, 4, 5, 6, 7]
const DEAD_UNIT = 8

const HEALTHY: readonly SoakDevice[] = [tcp('H-1'), tcp('H-2'), tcp('G-1', 'GATEWAY', 1), ...BUS_UNITS.map(rtu)]
/** Behind the gateway of G-1, where it gets exception 11 for ever; on the bus, where it is silent for ever. */
const DEAD: readonly SoakDevice[] = [tcp('G-2', 'GATEWAY', 2), rtu(DEAD_UNIT)]

const PLANS: readonly Plan[] = [
  { device: tcp('F-1'), faults: ['reset:0.5:1s'], mute: false },
  { device: tcp('F-2'), faults: [], away: true, mute: true },
  { device: tcp('F-3'), faults: ['half-open'], mute: true },
  { device: tcp('F-4'), faults: ['late:0.3:700ms', 'torn:0.3:1ms'], mute: false },
  { device: tcp('F-5'), faults: ['silence'], mute: true },
  { device: tcp('F-6'), faults: ['transaction', 'late:0.5:400ms'], mute: true },
  { device: tcp('F-7'), faults: ['unit:0.5', 'short:0.5', 'length:0.2', 'noise:0.2', 'duplicate:0.5'], mute: false },
  { device: tcp('F-8'), faults: ['exception:1:4'], mute: true },
  { device: tcp('F-9'), faults: ['refuse'], mute: true },
]

/** Length of a fault, and of the pause before the next, ticks. */
const FAULT_TICKS = [8, 24] as const
const PAUSE_TICKS = [8, 24] as const
const MEMORY_EVERY_MS = 10_000

interface Window {
  readonly plan: Plan
  readonly from_ms: number
  to_ms: number
  bad_ms?: number
  good_ms?: number
}

export async function soak(options: SoakOptions): Promise<Soaked> {
  const { tick_ms, seconds, seed, log } = options
  const devices = [...HEALTHY, ...DEAD, ...PLANS.map((p) => p.device)]
  const strategy = await soakStrategy(devices, tick_ms)
  const closing: (() => unknown)[] = [() => strategy.remove()]
  try {
    const emulators = new Map<string, Emulator>()
    const open = async (endpoint: string, port = 0): Promise<void> => {
      const wire: EmulatorWire = { kind: endpoint === 'BUS' ? 'rtu-tcp' : 'tcp', host: '127.0.0.1', port }
      const units = endpoint === 'BUS' ? BUS_UNITS : [1]
      emulators.set(endpoint, await startEmulator({ profile: SOAK_PROFILE, units, wire, seed }))
    }
    for (const endpoint of new Set(devices.map((d) => d.endpoint))) await open(endpoint)
    closing.push(async () => {
      for (const emulator of emulators.values()) await emulator.close()
    })

    const windows: Window[] = []
    const open_windows = new Map<string, Window>()
    const judge = judging(strategy.artifact.control.published, devices, windows, tick_ms)
    const gateway = await listenLinks({
      port: 0,
      on_message: (_link, message) => {
        if (message.type === 'tags' && message.tags.controller === 0) judge.scan(message.tags, performance.now())
      },
      on_end: () => {},
    })
    closing.push(() => gateway.close())

    let restarts = 0
    const field_io = fork(join(import.meta.dirname, 'field-io-main.ts'), {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let said = ''
    field_io.stderr!.on('data', (chunk) => {
      said = (said + String(chunk)).slice(-2000)
    })
    const ready = Promise.race([
      once(field_io, 'message'),
      once(field_io, 'exit').then(() => {
        throw new Error(`field-io did not start: ${said}`)
      }),
    ])
    field_io.send({
      type: 'configure',
      config: {
        artifact_path: strategy.path,
        endpoints: Object.fromEntries([...emulators].map(([name, e]) => [name, `127.0.0.1:${e.port}`])),
        link_port: 0,
        data_dir: join(strategy.folder, 'field-io'),
      },
    })
    const [{ ports }] = (await ready) as [{ ports: Record<string, number> }]
    let ending = false
    field_io.on('exit', () => {
      if (!ending) restarts++
    })
    closing.push(async () => {
      ending = true
      if (field_io.exitCode !== null) return
      const ended = once(field_io, 'exit')
      field_io.kill('SIGKILL')
      await ended
    })
    for (const index of [0, 1]) {
      const child = await startChild(CONTROLLER_MAIN, {
        artifact_path: strategy.path,
        index,
        field_io: `127.0.0.1:${ports['link']}`,
        gateway: `127.0.0.1:${gateway.port}`,
      })
      closing.push(() => child.kill())
    }
    await judge.settled(devices.length - DEAD.length)

    const memory: { at_h: number; mb: number }[] = []
    let rss_mb = 0
    let cpu_us = 0
    field_io.on('message', (m: { type: string; heap_bytes: number; rss_bytes: number; cpu_us: NodeJS.CpuUsage }) => {
      if (m.type !== 'memory') return
      memory.push({ at_h: performance.now() / 3_600_000, mb: m.heap_bytes / 1e6 })
      rss_mb = m.rss_bytes / 1e6
      cpu_us = m.cpu_us.user + m.cpu_us.system
    })

    const from_ms = performance.now()
    const until_ms = from_ms + seconds * 1000
    const asking = setInterval(() => field_io.send({ type: 'memory' }), Math.min(MEMORY_EVERY_MS, seconds * 50))
    closing.push(() => clearInterval(asking))
    judge.begin()
    await Promise.all(
      PLANS.map(async (plan) => {
        const chance = stream(seed, `soak.${plan.device.id}`)
        const between = ([lo, hi]: readonly [number, number]): number => (lo + (hi - lo) * chance.uniform()) * tick_ms
        const { endpoint } = plan.device
        for (;;) {
          await sleep(between(PAUSE_TICKS))
          const length_ms = between(FAULT_TICKS)
          // Every fault ends while there is time left to come back.
          if (performance.now() + length_ms + 2 * PAUSE_TICKS[0] * tick_ms > until_ms) return
          const emulator = emulators.get(endpoint)!
          const window: Window = { plan, from_ms: performance.now(), to_ms: Number.POSITIVE_INFINITY }
          windows.push(window)
          open_windows.set(plan.device.id, window)
          if (plan.away === true) await emulator.close()
          else emulator.setFaults(plan.faults.map(faultOf))
          await sleep(length_ms)
          if (plan.away === true) await open(endpoint, emulator.port)
          else emulator.setFaults([])
          window.to_ms = performance.now()
          log(
            `${((performance.now() - from_ms) / 1000).toFixed(0)} s: ${plan.device.id} back after ${plan.away === true ? 'absence' : plan.faults.join(' ')}`,
          )
        }
      }),
    )
    await sleep(Math.max(0, until_ms - performance.now()))
    clearInterval(asking)
    return { ...judge.verdict(), restarts, ...slope(memory), rss_mb, cpu: cpu_us / 1e3 / (performance.now() - from_ms) }
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

function faultOf(text: string): WireFault {
  const fault = parseWireFault(text)
  if (typeof fault === 'string') throw new Error(fault)
  return fault
}

/** Least squares over all but the first quarter, in which the program warms up. */
function slope(memory: readonly { at_h: number; mb: number }[]): { heap_slope_mb_h: number; heap_mb: number } {
  const kept = memory.slice(Math.floor(memory.length / 4))
  const mean = (of: (m: { at_h: number; mb: number }) => number): number =>
    kept.reduce((sum, m) => sum + of(m), 0) / kept.length
  const at = mean((m) => m.at_h)
  const mb = mean((m) => m.mb)
  const above = kept.reduce((sum, m) => sum + (m.at_h - at) * (m.mb - mb), 0)
  const below = kept.reduce((sum, m) => sum + (m.at_h - at) ** 2, 0)
  return { heap_slope_mb_h: above / below, heap_mb: mb }
}

/** Looks at every scan that a controller published, at the second input of each device. */
function judging(
  published: readonly { readonly key: string }[],
  devices: readonly SoakDevice[],
  windows: readonly Window[],
  tick_ms: number,
) {
  const at = devices.map(({ id }) => published.findIndex((p) => p.key === `TI-${id}-1.PV`))
  const usable = devices.map(() => Number.NaN)
  const good = devices.map(() => false)
  const healthy = HEALTHY.map(() => 0)
  let ticks = 0
  let counting = false
  let falsely_good = 0
  let zeroed = 0
  // A time-out and a scan, or two polls behind a request that is still lost; and then it takes up to two ticks to be in a frame,
  // through a controller and here.
  const bad_allowed_ms = TIMEOUT_MS + 3 * tick_ms
  const good_allowed_ms = TIMEOUT_MS + 3 * tick_ms

  return {
    begin() {
      counting = true
    },
    scan(tags: TagFrame, now_ms: number) {
      if (counting) ticks++
      devices.forEach((device, d) => {
        const status = tags.statuses[at[d]!]!
        const value = tags.values[at[d]!]!
        good[d] = isGood(status)
        if (counting && good[d] && d < HEALTHY.length) healthy[d]! += 1
        if (isBad(status) && !Number.isNaN(usable[d]!) && value !== usable[d]) zeroed++
        if (!isBad(status)) usable[d] = value
        const window = windows.findLast((w) => w.plan.device === device)
        if (window === undefined) return
        if (window.bad_ms === undefined && isBad(status)) window.bad_ms = now_ms
        const over = now_ms > window.to_ms
        if (over && window.good_ms === undefined && good[d]) window.good_ms = now_ms
        if (!over && window.plan.mute && good[d] && now_ms > window.from_ms + bad_allowed_ms) falsely_good++
      })
    },
    /** Until so many devices have a Good value. */
    async settled(count: number) {
      const give_up_ms = performance.now() + 20_000
      while (good.filter(Boolean).length < count) {
        if (performance.now() > give_up_ms)
          throw new Error(`only ${devices.filter((_, d) => good[d]).map((d) => d.id)} came into use in 20 s`)
        await sleep(50)
      }
    },
    verdict() {
      const ended = windows.filter((w) => Number.isFinite(w.to_ms))
      const mute = ended.filter((w) => w.plan.mute)
      const worst = (all: readonly number[]): number => all.reduce((a, b) => Math.max(a, b), 0)
      return {
        ticks,
        faults: ended.length,
        bad_after_ms: worst(mute.map((w) => (w.bad_ms ?? Number.POSITIVE_INFINITY) - w.from_ms)),
        bad_allowed_ms,
        good_after_ms: worst(ended.map((w) => (w.good_ms ?? Number.POSITIVE_INFINITY) - w.to_ms)),
        good_allowed_ms,
        slowest: slowestOf(ended),
        falsely_good,
        zeroed,
        healthy: Math.min(...healthy) / ticks,
      }
    },
  }
}

function slowestOf(windows: readonly Window[]): string {
  const took = (w: Window): number => (w.good_ms ?? Number.POSITIVE_INFINITY) - w.to_ms
  const slowest = windows.reduce<Window | undefined>(
    (a, b) => (a === undefined || took(b) > took(a) ? b : a),
    undefined,
  )
  if (slowest === undefined) return ''
  const { device, faults, away } = slowest.plan
  return `${device.id} after ${away === true ? 'absence' : faults.join(' ')}`
}
