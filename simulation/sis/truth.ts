/** The process behind the transmitters: whether it really is where a cause must trip, without noise and faults of instruments. */
import type { Rig } from '../../plant-sim/core/rig.ts'
import type { SisConfig } from '../../safety/core/config.ts'

export interface Truth {
  /** Looks again. */
  look(): void
  /** Bit i: the true value of cause i stands beyond its trip; contacts are what they are. */
  readonly beyond: number
  /** How far before the trip a cause stands, in standard deviations of its transmitters; 0 for contacts. */
  distance(cause: number): number
}

/** @throws RangeError where the rig has no safety equipment */
export function createTruth(config: SisConfig, rig: Rig): Truth {
  const { safety, plant } = rig
  if (safety === null) throw new RangeError(`${plant.name} has no safety equipment`)
  const { equipment } = safety
  const sensed = new Float64Array(equipment.sensed)
  const causes = config.causes.map((cause) => {
    const { trip } = cause
    if ('contact' in trip) {
      const bits = cause.inputs.map((tag) => equipment.contacts.findIndex((c) => c.tag === tag)).filter((i) => i >= 0)
      return { bits, opens: trip.contact === 'opens', at: -1, sign: 0, limit: 0, std: 1 }
    }
    const record = equipment.transmitters.find((t) => t.tag === cause.inputs[0])!
    const high = 'above' in trip
    return {
      bits: [],
      opens: false,
      at: record.measurement,
      sign: high ? 1 : -1,
      limit: high ? trip.above : trip.below,
      std: Math.max(record.noise_std, (record.hi - record.lo) * 1e-5),
    }
  })
  let beyond = 0
  const truth: Truth = {
    get beyond() {
      return beyond
    },
    look() {
      equipment.sense(plant, sensed)
      beyond = 0
      for (let i = 0; i < causes.length; i++) {
        const c = causes[i]!
        const is =
          c.at >= 0
            ? c.sign * (sensed[c.at]! - c.limit) >= 0
            : c.bits.some((bit) => (((safety.contacts >>> bit) & 1) === 0) === c.opens)
        if (is) beyond |= 1 << i
      }
    },
    distance(cause) {
      const c = causes[cause]!
      return c.at < 0 ? 0 : (c.sign * (c.limit - sensed[c.at]!)) / c.std
    },
  }
  return truth
}
