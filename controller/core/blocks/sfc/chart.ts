/**
 * Steps and transitions: all conditions are judged on the state at the start of the scan, and all that are enabled and true
 * fire together. Where two want the same step the first written wins (left-most). A step that is left and entered at once
 * stays active, and its time goes on. A Bad condition does not fire.
 *
 * State of the steps in R, each list as long as the program has steps:
 *   0 active, 1 leaving (within a scan), 2 entered in this scan, 3 left in this scan, 4 scans active, 5 pending, 6 failed
 */
import { isBad } from '../../../../contracts/status.ts'
import { evaluate } from './evaluate.ts'
import { BLOCKED, FORCE, P, STACK } from './fields.ts'
import { HEAD, STEP, TRANSITION } from './program.ts'

/** One scan of the chart that is active. */
export function advance(s: Float64Array, k: Float64Array, r: Float64Array, chart: number): void {
  const steps = k[P + HEAD.steps]!
  const table = P + k[P + HEAD.steps_at]!
  for (let i = 0; i < steps; i++) {
    r[steps + i] = 0
    if (r[i]! !== 0 && k[table + i * STEP.size + STEP.chart]! === chart) r[4 * steps + i]! += 1
  }
  const transitions = k[P + HEAD.transitions]!
  const force = s[FORCE]! - 1
  // Judged first, all of them, because firing changes what the others would see. Fired ones mark the steps they enter in
  // list 2, the steps they leave in list 1.
  for (let t = 0; t < transitions; t++) {
    const at = P + k[P + HEAD.transitions_at]! + t * TRANSITION.size
    if (k[at + TRANSITION.chart]! !== chart) continue
    const from = P + k[at + TRANSITION.from_at]!
    const from_end = from + k[at + TRANSITION.from_count]!
    let enabled = true
    let free = true
    for (let i = from; i < from_end; i++) {
      if (r[k[i]!]! === 0) enabled = false
      if (r[steps + k[i]!]! !== 0) free = false
    }
    if (!enabled || !free) continue
    const pairs = k[at + TRANSITION.pairs]!
    if (pairs > 0 && t !== force) {
      const status = evaluate(s, k, r, k[at + TRANSITION.code_at]!, pairs)
      if (isBad(status)) {
        s[BLOCKED] = 1
        continue
      }
      if (s[STACK]! === 0) continue
    }
    for (let i = from; i < from_end; i++) r[steps + k[i]!] = 1
    const to = P + k[at + TRANSITION.to_at]!
    const to_end = to + k[at + TRANSITION.to_count]!
    for (let i = to; i < to_end; i++) r[2 * steps + k[i]!] = 1
  }
  for (let i = 0; i < steps; i++) {
    const was = r[i]! !== 0
    const enters = r[2 * steps + i]! !== 0
    const leaves = r[steps + i]! !== 0
    if (enters && !was) {
      r[i] = 1
      r[4 * steps + i] = 0
    } else {
      r[2 * steps + i] = 0
      if (leaves && !enters) {
        r[i] = 0
        r[3 * steps + i] = 1
      }
    }
  }
}

/** All steps of a chart inactive; `leaving`: as by a transition, so that P0 actions run. */
export function clear(k: Float64Array, r: Float64Array, chart: number, leaving: boolean): void {
  const steps = k[P + HEAD.steps]!
  const table = P + k[P + HEAD.steps_at]!
  for (let i = 0; i < steps; i++) {
    if (k[table + i * STEP.size + STEP.chart]! !== chart) continue
    if (leaving && r[i]! !== 0) r[3 * steps + i] = 1
    r[i] = 0
    r[4 * steps + i] = 0
  }
}

/** The initial steps of a chart active; false where it has none. */
export function begin(k: Float64Array, r: Float64Array, chart: number): boolean {
  const steps = k[P + HEAD.steps]!
  const table = P + k[P + HEAD.steps_at]!
  let any = false
  for (let i = 0; i < steps; i++) {
    const at = table + i * STEP.size
    if (k[at + STEP.chart]! !== chart || k[at + STEP.initial]! === 0) continue
    r[i] = 1
    r[2 * steps + i] = 1
    r[4 * steps + i] = 0
    any = true
  }
  return any
}

/** A chart is done when all its active steps are final. */
export function isDone(k: Float64Array, r: Float64Array, chart: number): boolean {
  const steps = k[P + HEAD.steps]!
  const table = P + k[P + HEAD.steps_at]!
  for (let i = 0; i < steps; i++) {
    const at = table + i * STEP.size
    if (r[i]! !== 0 && k[at + STEP.chart]! === chart && k[at + STEP.final]! === 0) return false
  }
  return true
}
