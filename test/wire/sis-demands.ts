/**
 * Demands at random moments, each on a function of its own, and how long the device waited for its solenoid: measured
 * where both edges are, in the device.
 */
import type { Field } from './sis-device.ts'

export interface DemandPlan {
  readonly demands: number
  readonly functions: number
  readonly high: number
  readonly low: number
  readonly scan_ms: number
  readonly seed: number
  /** A demand that is not answered in this time is missed. */
  readonly patience_ms: number
}

export interface DemandResult {
  /** Input edge to output edge, ms, in the order of the answers. */
  readonly response_ms: number[]
  readonly missed: number
  /** How late an empty loop of the same period ran in this process meanwhile, ms. */
  readonly loop_late_ms: number[]
}

/** Function i: current i above its set point drops solenoid i, which comes back when the current is well again. */
export function runDemands(field: Field, plan: DemandPlan): Promise<DemandResult> {
  const { functions, scan_ms } = plan
  const random = generator(plan.seed)
  const response_ms: number[] = []
  const loop_late_ms: number[] = []
  let missed = 0
  let begun = 0
  /** When the demand was made, NaN: none under way. */
  const since = new Float64Array(functions).fill(Number.NaN)
  const loop_start = performance.now()
  let loops = 0
  let looping = true
  const loop = (): void => {
    const now = performance.now()
    loop_late_ms.push(now - loop_start - loops * scan_ms)
    loops = Math.floor((now - loop_start) / scan_ms) + 1
    if (looping) setTimeout(loop, Math.max(0, loop_start + loops * scan_ms - performance.now()))
  }
  loop()
  return new Promise((resolve) => {
    const finished = (): void => {
      if (response_ms.length + missed < plan.demands) return
      looping = false
      field.on_write = () => {}
      resolve({ response_ms, missed, loop_late_ms })
    }
    const later = (i: number): void => {
      if (begun >= plan.demands) return
      // Long enough for the function to stand ready again, and at any phase of the scan.
      setTimeout(() => demand(i), 3 * scan_ms + random() * 2 * scan_ms)
    }
    const demand = (i: number): void => {
      if (((field.solenoids >> i) & 1) === 0) {
        setTimeout(() => demand(i), scan_ms / 3)
        return
      }
      if (begun >= plan.demands) return
      begun++
      field.counts[i] = plan.high
      const mine = performance.now()
      since[i] = mine
      setTimeout(() => {
        if (since[i] !== mine) return
        missed++
        end(i)
      }, plan.patience_ms)
    }
    const end = (i: number): void => {
      since[i] = Number.NaN
      field.counts[i] = plan.low
      finished()
      later(i)
    }
    field.on_write = () => {
      const now = performance.now()
      for (let i = 0; i < functions; i++) {
        if (Number.isNaN(since[i]!) || ((field.solenoids >> i) & 1) === 1) continue
        response_ms.push(now - since[i]!)
        end(i)
      }
    }
    for (let i = 0; i < functions; i++) later(i)
  })
}

/** mulberry32 */
function generator(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
