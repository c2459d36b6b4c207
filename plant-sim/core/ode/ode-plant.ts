import { type Stream, stream } from '../../../numerics/streams.ts'
import type {
  DisturbanceInfo,
  LimitInfo,
  ManipulatedInfo,
  MeasurementInfo,
  Plant,
  PlantOptions,
  PlantTrip,
} from '../plant.ts'

export interface OdeState {
  /** `h1` */
  readonly name: string
  readonly unit: string
  /** Where physics holds it: an empty tank stays empty. */
  readonly min?: number
  readonly max?: number
}

export interface OdeManipulated extends ManipulatedInfo {
  /** Transport delay between the valve and what it moves, s; absent: none. */
  readonly delay_s?: number
  /** Where the plant's own shutdown puts it, %; absent: it stays. */
  readonly trip_pct?: number
}

export interface OdeDisturbance extends DisturbanceInfo {
  /** What it is worth while on: a step's value, the standard deviation of a random one, a drift a hour; in its own unit. */
  readonly size: number
  /** Correlation time of a random one, s. */
  readonly tau_s?: number
}

/** Something that arrives later than it happens: the flow of a pipe, a path of a transfer function. */
export interface OdeDelay {
  readonly name: string
  /** The longest, s. */
  readonly delay_s: number
  /** What it is now, s, at most `delay_s`; absent: `delay_s`. As if it had been so all the way. */
  now_s?(x: Float64Array, u: Float64Array, d: Float64Array): number
  /** What goes in. */
  of(x: Float64Array, u: Float64Array, d: Float64Array): number
}

export interface OdeStart {
  readonly name: string
  /** In the order of `states`. */
  readonly states: readonly number[]
  readonly demand_pct: readonly number[]
}

/**
 * A plant as a set of ordinary differential equations, with what it is called.
 *
 * x: states. u: positions of the manipulated variables, %, delayed where they have a delay. d: disturbances, 0 while off. w: what
 * comes out of `delays`, in their order.
 */
export interface OdeModel {
  readonly name: string
  readonly states: readonly OdeState[]
  readonly manipulated: readonly OdeManipulated[]
  /** All continuous: `period_s` is 0. */
  readonly measurements: readonly MeasurementInfo[]
  readonly disturbances: readonly OdeDisturbance[]
  readonly limits: readonly LimitInfo[]
  /** The first is the default. */
  readonly starts: readonly OdeStart[]
  readonly delays?: readonly OdeDelay[]
  /** Largest step of the integration, s; delays are whole steps of it. */
  readonly step_s: number
  /** What shutdown equipment of the field does, neutral; absent: there is no way in. Held over a step, no part of the state. */
  readonly ext?: readonly number[]
  derivatives(
    x: Float64Array,
    u: Float64Array,
    d: Float64Array,
    dx: Float64Array,
    w: Float64Array,
    ext: Float64Array,
  ): void
  outputs(x: Float64Array, u: Float64Array, d: Float64Array, y: Float64Array, w: Float64Array, ext: Float64Array): void
  /** Values that `limits` bound. */
  limited(x: Float64Array, u: Float64Array, d: Float64Array, into: Float64Array, w: Float64Array): void
  /** $/h. */
  cost_per_h?(x: Float64Array, u: Float64Array, d: Float64Array): number
}

const SNAPSHOT_FORM = 7501
const NOISE_GRID_MS = 1000
const HOUR_MS = 3_600_000

/**
 * Makes a plant of a model: classical Runge-Kutta of fourth order with fixed steps, valves as first-order lags, delays as
 * queues of whole steps. Both schemes are the same here.
 *
 * When a limit is crossed the plant's own shutdown puts the manipulated variables where `trip_pct` says, and time goes on.
 * @throws RangeError for an unknown start
 */
export function createOdePlant(model: OdeModel, options: PlantOptions = {}): Plant {
  const { scheme = 'converged', seed = 1, noise = 'on', start: asked } = options
  const start = asked === undefined ? model.starts[0]! : model.starts.find((s) => s.name === asked)
  if (start === undefined)
    throw new RangeError(`unknown start ${asked}: one of ${model.starts.map((s) => s.name).join(', ')}`)
  const step_ms = Math.max(1, Math.floor(model.step_s * 1000))
  const queues = model.manipulated.map(({ delay_s = 0 }) => Math.round((delay_s * 1000) / step_ms))

  const x = Float64Array.from(start.states)
  const demand_pct = Float64Array.from(start.demand_pct)
  const position_pct = Float64Array.from(start.demand_pct)
  /** Positions on their way, oldest first, for all inputs one behind the other. */
  const delayed = Float64Array.from(queues.flatMap((count, i) => new Array<number>(count).fill(start.demand_pct[i]!)))
  const u = Float64Array.from(start.demand_pct)
  const delays = model.delays ?? []
  const delay_steps = delays.map(({ delay_s }) => Math.round((delay_s * 1000) / step_ms))
  const flags = new Uint8Array(model.disturbances.length)
  const d = new Float64Array(flags.length)
  const since_ms = new Float64Array(flags.length)
  const w = Float64Array.from(delays, (delay) => delay.of(x, u, d))
  /** What is on its way through each delay, oldest first; the last is what went in at the last whole step. */
  const on_way = delays.map((_, i) => new Float64Array(delay_steps[i]! + 1).fill(w[i]!))
  const ext = Float64Array.from(model.ext ?? [])
  const clean = new Float64Array(model.measurements.length)
  const measured = new Float64Array(clean.length)
  const noisy = new Float64Array(clean.length)
  const limited = new Float64Array(model.limits.length)
  /** Plant time ms; what tripped, 1 + 2 x limit + (1 for high), 0 nothing; when, ms. */
  const clock = new Float64Array(3)
  const CLOCK = { time: 0, trip: 1, trip_ms: 2 } as const
  const noise_streams: readonly Stream[] = model.measurements.map((m) => stream(seed, `${model.name} noise ${m.name}`))
  const chance: readonly Stream[] = model.disturbances.map((m) => stream(seed, `${model.name} ${m.name}`))
  const [k1, k2, k3, k4, xs] = [0, 1, 2, 3, 4].map(() => new Float64Array(x.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const parts = [x, demand_pct, position_pct, delayed, u, d, since_ms, w, ...on_way, noisy, clock]

  const lowest = Float64Array.from(model.states, (state) => state.min ?? Number.NEGATIVE_INFINITY)
  const highest = Float64Array.from(model.states, (state) => state.max ?? Number.POSITIVE_INFINITY)
  const hold = (values: Float64Array): void => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value < lowest[i]!) values[i] = lowest[i]!
      else if (value > highest[i]!) values[i] = highest[i]!
    }
  }
  const at = (slope: Float64Array, h: number): Float64Array => {
    for (let i = 0; i < x.length; i++) xs[i] = x[i]! + h * slope[i]!
    hold(xs)
    return xs
  }
  const integrate = (h: number): void => {
    model.derivatives(x, u, d, k1, w, ext)
    model.derivatives(at(k1, h / 2), u, d, k2, w, ext)
    model.derivatives(at(k2, h / 2), u, d, k3, w, ext)
    model.derivatives(at(k3, h), u, d, k4, w, ext)
    for (let i = 0; i < x.length; i++) x[i]! += (h / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!)
    hold(x)
  }
  /** What a valve goes of its way in a step of `shares_h`, s: the same for nearly every step. */
  const shares = new Float64Array(u.length)
  let shares_h = Number.NaN
  const moveValves = (h: number): void => {
    if (h !== shares_h) {
      shares_h = h
      for (let i = 0; i < u.length; i++) {
        const { lag_s } = model.manipulated[i]!
        shares[i] = lag_s > 0 ? 1 - Math.exp(-h / lag_s) : 1
      }
    }
    let queue = 0
    for (let i = 0; i < u.length; i++) {
      const to = Math.min(100, Math.max(0, demand_pct[i]!))
      position_pct[i]! += shares[i]! * (to - position_pct[i]!)
      const count = queues[i]!
      if (count === 0) u[i] = position_pct[i]!
      else if (clock[CLOCK.time]! % step_ms === 0) {
        u[i] = delayed[queue]!
        delayed.copyWithin(queue, queue + 1, queue + count)
        delayed[queue + count - 1] = position_pct[i]!
      }
      queue += count
    }
  }
  // On whole steps of plant time only, so that a delay is as long whatever steps the plant is advanced by.
  const moveDelays = (): void => {
    for (let i = 0; i < w.length; i++) {
      const way = on_way[i]!
      if (clock[CLOCK.time]! % step_ms === 0) {
        way.copyWithin(0, 1)
        way[way.length - 1] = delays[i]!.of(x, u, d)
      }
      const now_s = delays[i]!.now_s?.(x, u, d)
      const steps = now_s === undefined ? way.length - 1 : Math.round((now_s * 1000) / step_ms)
      w[i] = way[Math.max(0, way.length - 1 - steps)]!
    }
  }
  const disturb = (): void => {
    for (let i = 0; i < d.length; i++) {
      const { kind, size, tau_s = 60 } = model.disturbances[i]!
      // Drawn also while off, so that the time of switching on does not change what comes.
      const draw = kind === 'random' ? chance[i]!.normal12() : 0
      if (flags[i] === 0) d[i] = 0
      else if (kind === 'drift') d[i] = (size * (clock[CLOCK.time]! - since_ms[i]!)) / HOUR_MS
      else if (kind !== 'random') d[i] = size
      else {
        const kept = Math.exp(-NOISE_GRID_MS / 1000 / tau_s)
        d[i] = kept * d[i]! + size * Math.sqrt(1 - kept * kept) * draw
      }
    }
  }
  const observe = (): void => {
    model.outputs(x, u, d, clean, w, ext)
    model.limited(x, u, d, limited, w)
    for (let i = 0; i < measured.length; i++) measured[i] = clean[i]! + noisy[i]!
  }
  const shutDown = (): void => {
    if (clock[CLOCK.trip] === 0) {
      for (let i = 0; i < limited.length; i++) {
        const { trip_lo, trip_hi } = model.limits[i]!
        const value = limited[i]!
        if (value >= trip_lo && value <= trip_hi) continue
        clock[CLOCK.trip] = 1 + 2 * i + (value > trip_hi ? 1 : 0)
        clock[CLOCK.trip_ms] = clock[CLOCK.time]!
        break
      }
    }
    if (clock[CLOCK.trip] === 0) return
    for (let i = 0; i < u.length; i++) demand_pct[i] = model.manipulated[i]!.trip_pct ?? demand_pct[i]!
  }
  const second = (): void => {
    disturb()
    if (noise === 'none') return
    for (let i = 0; i < noisy.length; i++) {
      const draw = noise_streams[i]!.normal12()
      noisy[i] = noise === 'on' ? draw * model.measurements[i]!.noise_std : 0
    }
  }
  observe()

  const indexOf = (name: string): number => {
    const i = model.disturbances.findIndex((each) => each.name === name)
    if (i >= 0) return i
    throw new RangeError(
      `unknown disturbance ${name}: one of ${model.disturbances.map((each) => each.name).join(', ')}`,
    )
  }
  const streams = [...noise_streams, ...chance]
  const head = [SNAPSHOT_FORM, parts.reduce((sum, p) => sum + p.length, 0), hash(model.name)]

  return {
    name: model.name,
    scheme,
    measurements: model.measurements,
    manipulated: model.manipulated,
    disturbances: model.disturbances,
    limits: model.limits,
    starts: model.starts.map((s) => s.name),
    demand_pct,
    position_pct,
    clean,
    measured,
    limited,
    ext,
    get time_s() {
      return clock[CLOCK.time]! / 1000
    },
    get trip(): PlantTrip | null {
      const code = clock[CLOCK.trip]! - 1
      if (code < 0) return null
      const { name } = model.limits[Math.floor(code / 2)]!
      return { cause: `${name} ${code % 2 === 1 ? 'high' : 'low'}`, at_s: clock[CLOCK.trip_ms]! / 1000 }
    },
    get cost_per_h() {
      return model.cost_per_h?.(x, u, d) ?? 0
    },
    setDisturbance(name, on) {
      const i = indexOf(name)
      if (on && flags[i] === 0) since_ms[i] = clock[CLOCK.time]!
      flags[i] = on ? 1 : 0
      if (model.disturbances[i]!.kind !== 'random') disturbOne(i)
    },
    isDisturbed: (name) => flags[indexOf(name)] === 1,
    advance(dt_s) {
      let left_ms = Math.round(dt_s * 1000)
      if (!(left_ms >= 0)) throw new RangeError(`time step ${dt_s} s`)
      while (left_ms > 0) {
        // A step never goes over a whole second, where noise and disturbances are drawn.
        const to_second_ms = NOISE_GRID_MS - (clock[CLOCK.time]! % NOISE_GRID_MS)
        const to_step_ms = step_ms - (clock[CLOCK.time]! % step_ms)
        const h_ms = Math.min(to_step_ms, left_ms, to_second_ms)
        shutDown()
        moveValves(h_ms / 1000)
        moveDelays()
        integrate(h_ms / 1000)
        clock[CLOCK.time]! += h_ms
        left_ms -= h_ms
        if (clock[CLOCK.time]! % NOISE_GRID_MS === 0) second()
        model.limited(x, u, d, limited, w)
      }
      observe()
    },
    reseed(seed) {
      for (const [i, s] of streams.entries())
        s.load(stream(seed, `${model.name} ${i} from ${clock[CLOCK.time]!}`).save())
    },
    save() {
      const out: number[] = [...head]
      for (const part of parts) out.push(...part)
      out.push(...flags)
      for (const s of streams) out.push(...s.save())
      return Float64Array.from(out)
    },
    load(snapshot) {
      const length = head.length + head[1]! + flags.length + 4 * streams.length
      if (snapshot.length !== length || head.some((value, i) => snapshot[i] !== value))
        throw new RangeError('the snapshot is of another plant or version')
      let from = head.length
      for (const part of parts) {
        part.set(snapshot.subarray(from, from + part.length))
        from += part.length
      }
      flags.set(snapshot.subarray(from, from + flags.length))
      from += flags.length
      for (const s of streams) {
        s.load([snapshot[from]!, snapshot[from + 1]!, snapshot[from + 2]!, snapshot[from + 3]!])
        from += 4
      }
      observe()
    },
  }

  function disturbOne(i: number): void {
    const { kind, size } = model.disturbances[i]!
    d[i] = flags[i] === 1 && kind !== 'drift' ? size : 0
  }
}

/** FNV-1a: snapshots of two models differ in it. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
