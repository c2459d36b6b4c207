/**
 * `npm run campaign -- sis-spurious`: a month of plant time with noise, and one transmitter after the other faulty in every way it can
 * be: how often does the safety system trip for nothing?
 */
import { loadSisPlant } from '../../cli/sis/test-plant.ts'
import { stream } from '../../numerics/streams.ts'
import { FAULTS_OF, type FaultOrder } from '../../plant-sim/core/instruments/faults.ts'
import { LATCH } from '../../safety/core/codes.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { createTruth } from '../../simulation/sis/truth.ts'

export interface SpuriousResult {
  readonly days: number
  readonly faults: number
  /** Effects that left NORMAL, with the fault and the time. */
  readonly trips: readonly string[]
  /** The process itself went beyond a trip point: then a trip is none for nothing. */
  readonly true_demands: number
  /** Spread over the run: how near the true values came to a trip, in standard deviations of their noise. */
  readonly nearest_sigma: number
}

export interface SpuriousOptions {
  readonly plant: string
  readonly start?: string
  readonly days: number
  readonly seed: number
  /** Each fault stands for so long, and there is none for a quarter of it, h. */
  readonly fault_h: number
  /**
   * Scan of the solver and step of the plant, ms; absent: the configuration's. Noise is new on each whole second: with 1000 each value
   * is seen once in place of ten times, and a month takes a tenth of the time.
   */
  readonly scan_ms?: number
  readonly note?: (text: string) => void
}

/** The same logic at another scan: what is given in scans at least keeps that many. */
const atScan = (config: SisConfig, scan_ms: number): SisConfig => ({
  ...config,
  scan_ms,
  stale_ms: Math.max(config.stale_ms, 2 * scan_ms),
  link_timeout_ms: Math.max(config.link_timeout_ms, 3 * scan_ms),
  watchdog_ms: Math.max(config.watchdog_ms, 3 * scan_ms),
  output_watchdog_ms: Math.max(config.output_watchdog_ms, 4 * scan_ms),
})

export async function spuriousRun(options: SpuriousOptions): Promise<SpuriousResult> {
  const { days, seed, fault_h, start } = options
  const plant = await loadSisPlant(options.plant, (c) =>
    options.scan_ms === undefined ? c : atScan(c, options.scan_ms),
  )
  if ('wrong' in plant) throw new Error(plant.wrong.join('\n'))
  const { config } = plant
  const loop = plant.loop({ seed, ...(start === undefined ? {} : { start }) })
  const truth = createTruth(config, loop.rig)
  const chance = stream(seed, 'spurious')
  // 1oo1 and 1oo2 trip on one fault by design: only what outvotes one is asked.
  const voted = config.causes.filter((c) => c.inputs.length >= 3 && !('contact' in c.trip))
  const tags = [...new Set(voted.flatMap((c) => c.inputs))]
  const plan = shuffled(
    tags.flatMap((tag) => FAULTS_OF.transmitter.map((kind) => ({ tag, kind }))),
    chance.below,
  )
  const trips: string[] = []
  const scans_h = Math.round(3600 / loop.scan_s)
  const total = days * 24 * scans_h
  const on = Math.round(fault_h * scans_h)
  const off = Math.round((fault_h / 4) * scans_h)
  let [faults, true_demands, nearest, at, was] = [0, 0, Number.POSITIVE_INFINITY, 0, 0]
  let now = 'no fault'
  for (let scan = 0; scan < total && trips.length < 20; scan++) {
    const phase = scan % (on + off)
    if (phase === 0) {
      const { tag, kind } = plan[at++ % plan.length]!
      const t = config.transmitters.find((x) => x.tag === tag)!
      loop.rig.setFault(tag, order(kind, t.hi - t.lo, chance.uniform()))
      now = `${tag} ${kind}`
      faults++
    } else if (phase === on) {
      for (const { tag } of loop.rig.faults()) loop.rig.clearFault(tag)
      now = 'no fault'
    }
    loop.advance(1)
    if (scan % Math.max(1, Math.round(1 / loop.scan_s)) === 0) {
      truth.look()
      if (truth.beyond !== 0) true_demands++
      for (const c of voted) nearest = Math.min(nearest, truth.distance(config.causes.indexOf(c)))
    }
    let tripped = 0
    for (let e = 0; e < config.effects.length; e++)
      if (loop.sis.solver.state.latch[e] !== LATCH.normal) tripped |= 1 << e
    if (tripped !== 0 && was === 0) {
      const effects = config.effects.filter((_, e) => ((tripped >>> e) & 1) === 1).map((e) => e.id)
      trips.push(`${(loop.time_s / 3600).toFixed(2)} h, ${now}: ${effects.join(' ')}`)
    }
    was = tripped
    if (scan > 0 && scan % (24 * scans_h) === 0)
      options.note?.(`${scan / (24 * scans_h)} days, ${faults} faults, ${trips.length} trips\n`)
  }
  return { days, faults, trips, true_demands, nearest_sigma: nearest }
}

function order(kind: FaultOrder['kind'], span: number, size: number): FaultOrder {
  switch (kind) {
    case 'bias':
      return { kind, value: (size - 0.5) * span, ramp_s: 600 }
    case 'drift':
      return { kind, value: (size - 0.5) * span }
    case 'noise':
    case 'spikes':
      return { kind, value: 0.3 * span * size }
    case 'scaling':
      return { kind, value: 0.5 + size }
    case 'slow':
      return { kind, value: 10 + 600 * size }
    default:
      return { kind }
  }
}

function shuffled<T>(list: readonly T[], below: (count: number) => number): T[] {
  const out = [...list]
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[out[i], out[j]] = [out[j]!, out[i]!]
  }
  return out
}

/** @returns true where nothing tripped for nothing */
export async function spuriousCampaign(plant: string, days: number, seed: number, scan_ms?: number): Promise<boolean> {
  const began_ms = performance.now()
  const note = (text: string): void => void process.stdout.write(text)
  const result = await spuriousRun({
    plant,
    days,
    seed,
    fault_h: 2.5,
    note,
    ...(scan_ms === undefined ? {} : { scan_ms }),
  })
  const wall_s = (performance.now() - began_ms) / 1000
  note(
    `${result.days} days, ${result.faults} single faults, ${result.trips.length} spurious trips, ${result.true_demands} scans with the process beyond a trip; nearest ${result.nearest_sigma.toFixed(1)} sigma; ${wall_s.toFixed(0)} s\n`,
  )
  for (const trip of result.trips) note(`${trip}\n`)
  return result.trips.length === 0
}
