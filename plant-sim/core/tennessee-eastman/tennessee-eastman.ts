import { stream } from '../../../numerics/streams.ts'
import type { Plant, PlantOptions, PlantTrip } from '../plant.ts'
import { compatCall, compatSecond } from './compat.ts'
import { converged } from './converged.ts'
import { cost_per_h } from './cost.ts'
import { Y } from './layout.ts'
import { LIMITS, TRIP_CAUSES } from './limits.ts'
import { CLOCK, createModel, startModel } from './model.ts'
import { disturbanceList, MANIPULATED, MEASUREMENTS } from './signals.ts'
import { STARTS } from './starts.ts'

/** The published data's own seed of the first run; any other does. */
const DEFAULT_SEED = 4651207995
const NOISE = { on: 0, off: 1, none: 2 } as const
/** First numbers of a snapshot: what it is of. */
const SNAPSHOT_FORM = 7401

/**
 * The Tennessee Eastman process: reactor, condenser, separator, stripper and recycle compressor, with its disturbances.
 *
 * 50 states, 41 measurements, 12 manipulated variables. In `compat` time moves in whole seconds: smaller pieces are
 * saved up, and measurements are those of the last step's beginning, as in the original's loop.
 * @param refine - divides every sub-step of the converged scheme: for proofs that the step does not matter
 * @throws RangeError for an unknown starting state or a seed outside 1..2^53
 * @see Downs, Vogel, A plant-wide industrial process control problem, Computers & Chemical Engineering 17(3), 1993
 */
export function tennesseeEastman(options: PlantOptions = {}, refine = 1): Plant {
  const { scheme = 'converged', seed = DEFAULT_SEED, noise = 'on', start = 'base' } = options
  if (!Number.isSafeInteger(seed) || seed < 1) throw new RangeError(`seed ${seed}: a whole number from 1 on`)
  const m = createModel()
  startModel(m, start, seed)
  const compat = scheme === 'compat'
  const smooth = converged(m, seed, noise === 'on', refine)
  if (compat) compatCall(m, noise)
  else smooth.start()

  const disturbances = disturbanceList(!compat)
  const numberOf = new Map(disturbances.map(({ name }) => [name, name.startsWith('IDV') ? Number(name.slice(3)) : 0]))
  const flagOf = (name: string): number => {
    const number = numberOf.get(name)
    if (number !== undefined) return number
    throw new RangeError(`unknown disturbance ${name} (scheme ${scheme}): one of ${[...numberOf.keys()].join(', ')}`)
  }
  const head = [SNAPSHOT_FORM, compat ? 1 : 0, NOISE[noise], m.all.length]
  const streams = compat ? [] : smooth.streams
  const { clock } = m
  /** Plant time asked for in compat that makes no whole second yet, ms. */
  const asked = new Float64Array(1)

  return {
    name: 'tennessee-eastman',
    scheme,
    measurements: MEASUREMENTS,
    manipulated: MANIPULATED,
    disturbances,
    limits: LIMITS,
    starts: Object.keys(STARTS),
    demand_pct: m.demand,
    position_pct: m.y.subarray(Y.valve),
    clean: m.clean,
    measured: m.measured,
    limited: m.limited,
    ext: m.ext,
    get time_s() {
      return (clock[CLOCK.time_ms]! + asked[0]!) / 1000
    },
    get trip(): PlantTrip | null {
      const number = clock[CLOCK.trip]!
      return number === 0 ? null : { cause: TRIP_CAUSES[number]!, at_s: clock[CLOCK.trip_ms]! / 1000 }
    },
    get cost_per_h() {
      return cost_per_h(m.w)
    },
    setDisturbance(name, on) {
      m.flags[flagOf(name)] = on ? 1 : 0
    },
    isDisturbed: (name) => m.flags[flagOf(name)] === 1,
    advance(dt_s) {
      const dt_ms = Math.round(dt_s * 1000)
      if (!(dt_ms >= 0)) throw new RangeError(`time step ${dt_s} s`)
      if (!compat) {
        smooth.advance(dt_ms)
        return
      }
      asked[0]! += dt_ms
      while (asked[0]! >= 1000) {
        compatSecond(m, noise)
        asked[0]! -= 1000
        clock[CLOCK.time_ms]! += 1000
      }
    },
    reseed(seed) {
      const at_ms = clock[CLOCK.time_ms]! + asked[0]!
      for (const [i, each] of streams.entries()) each.load(stream(seed, `plant ${i} from ${at_ms}`).save())
      // The original's generator is a product modulo 2^32, and its period is longest from an odd number.
      if (compat) clock[CLOCK.generator] = stream(seed, `plant from ${at_ms}`).below(2 ** 31) * 2 + 1
    },
    save() {
      const snapshot = new Float64Array(head.length + m.all.length + 1 + 4 * streams.length)
      snapshot.set(head)
      snapshot.set(m.all, head.length)
      let at = head.length + m.all.length
      snapshot[at++] = asked[0]!
      for (const each of streams) {
        snapshot.set(each.save(), at)
        at += 4
      }
      return snapshot
    },
    load(snapshot) {
      const length = head.length + m.all.length + 1 + 4 * streams.length
      if (snapshot.length !== length || head.some((value, i) => snapshot[i] !== value)) {
        throw new RangeError('the snapshot is of another plant, scheme, noise setting or version')
      }
      let at = head.length + m.all.length
      m.all.set(snapshot.subarray(head.length, at))
      asked[0] = snapshot[at++]!
      for (const each of streams) {
        each.load([snapshot[at]!, snapshot[at + 1]!, snapshot[at + 2]!, snapshot[at + 3]!])
        at += 4
      }
    },
  }
}
