/**
 * Actions: what active steps do, by the qualifiers of IEC 61131-3.
 *
 *   N  while the step is active        P  in the scan in which it begins      P0 in the scan in which it is left
 *   L  for a time at most              D  after a time, while active          R  resets S, SD, DS and SL of the action
 *   S  from now on until R             SD stored, then after a time           DS after a time, then stored
 *   SL stored, for a time at most
 *
 * An action is on where any of its associations is, and off while an R of it is. Each association has its own timer, so
 * two with different times do not disturb each other. The steps of a chart that stands (held) are not active for their
 * actions; what is stored stays.
 *
 * State in R behind that of the steps, each list as long as the program has associations:
 *   0 stored, 1 scans since stored, 2 confirm (0 none, 1 pending, 2 there, 3 failed), 3 scans of it, 4 on in the last scan
 * and behind it, by actions: 0 on, 1 reset.
 */
import { isBad, STATUS } from '../../../../contracts/status.ts'
import { elapsedS } from '../discrete.ts'
import { evaluate } from './evaluate.ts'
import { BLOCKED, DT_MS, FAILED, OUT1, P, PENDING, STACK } from './fields.ts'
import { ACTION, ASSOCIATION, HEAD, QUALIFIER, STEP } from './program.ts'

const PENDS = 1
const CONFIRMED = 2
const CONFIRM_FAILED = 3

/** One scan of all actions, and the outputs. `chart`: the one that is active, -1: none. */
export function act(s: Float64Array, k: Float64Array, r: Float64Array, chart: number): void {
  const steps = k[P + HEAD.steps]!
  const count = k[P + HEAD.associations]!
  const actions = k[P + HEAD.actions]!
  const table = P + k[P + HEAD.associations_at]!
  const own = 7 * steps
  const on = own + 5 * count
  const resets = on + actions
  const period_ms = k[DT_MS]!
  for (let i = 0; i < actions; i++) {
    r[on + i] = 0
    r[resets + i] = 0
  }
  for (let i = 0; i < steps; i++) {
    r[5 * steps + i] = 0
    r[6 * steps + i] = 0
  }
  for (let i = 0; i < count; i++) {
    const at = table + i * ASSOCIATION.size
    if (k[at + ASSOCIATION.qualifier]! === QUALIFIER.R && isActive(k, r, k[at + ASSOCIATION.step]!, chart)) {
      r[resets + k[at + ASSOCIATION.action]!] = 1
    }
  }
  s[PENDING] = 0
  s[FAILED] = 0
  for (let i = 0; i < count; i++) {
    const at = table + i * ASSOCIATION.size
    const step = k[at + ASSOCIATION.step]!
    const active = isActive(k, r, step, chart)
    const reset = r[resets + k[at + ASSOCIATION.action]!]! !== 0
    const q = qualify(k, r, i, own, count, active, reset, period_ms)
    if (q) r[on + k[at + ASSOCIATION.action]!] = 1
    if (k[at + ASSOCIATION.confirm_pairs]! > 0) {
      confirm(s, k, r, i, own, count, active, q, period_ms)
      if (active && r[own + 2 * count + i]! === PENDS) {
        r[5 * steps + step]! += 1
        s[PENDING]! += 1
      }
      if (active && r[own + 2 * count + i]! === CONFIRM_FAILED) {
        r[6 * steps + step]! += 1
        s[FAILED]! += 1
      }
    }
    r[own + 4 * count + i] = q ? 1 : 0
  }
  if (s[FAILED]! > 0) s[BLOCKED] = 1
  for (let i = 0; i < actions; i++) {
    const at = P + k[P + HEAD.actions_at]! + i * ACTION.size
    const out = OUT1 + 2 * k[at + ACTION.out]!
    if (k[at + ACTION.kind]! === 0) {
      s[out] = r[on + i]!
      s[out + 1] = STATUS.good
    } else if (r[on + i]! !== 0) {
      const status = evaluate(s, k, r, k[at + ACTION.code_at]!, k[at + ACTION.pairs]!)
      if (!isBad(status)) {
        s[out] = s[STACK]! + 0
        s[out + 1] = status
      } else if (!isBad(s[out + 1]!)) s[out + 1] = STATUS.uncertainLastUsable
    }
  }
}

/** Nothing stored any more, no confirm awaited. */
export function forget(k: Float64Array, r: Float64Array): void {
  const from = 7 * k[P + HEAD.steps]!
  for (let i = from; i < r.length; i++) r[i] = 0
}

const isActive = (k: Float64Array, r: Float64Array, step: number, chart: number): boolean =>
  r[step]! !== 0 && k[P + k[P + HEAD.steps_at]! + step * STEP.size + STEP.chart]! === chart

function qualify(
  k: Float64Array,
  r: Float64Array,
  i: number,
  own: number,
  count: number,
  active: boolean,
  reset: boolean,
  period_ms: number,
): boolean {
  const steps = k[P + HEAD.steps]!
  const at = P + k[P + HEAD.associations_at]! + i * ASSOCIATION.size
  const step = k[at + ASSOCIATION.step]!
  const time_s = k[at + ASSOCIATION.time_s]!
  const stored = own + i
  const scans = own + count + i
  if (reset) {
    r[stored] = 0
    r[scans] = 0
    return false
  }
  switch (k[at + ASSOCIATION.qualifier]!) {
    case QUALIFIER.N:
      return active
    case QUALIFIER.P:
      return r[2 * steps + step]! !== 0
    case QUALIFIER.P0:
      return r[3 * steps + step]! !== 0
    case QUALIFIER.L:
      return active && elapsedS(r[4 * steps + step]!, period_ms) < time_s
    case QUALIFIER.D:
      return active && elapsedS(r[4 * steps + step]!, period_ms) >= time_s
    case QUALIFIER.S:
      if (active) r[stored] = 1
      return r[stored]! !== 0
    case QUALIFIER.DS:
      if (active && elapsedS(r[4 * steps + step]!, period_ms) >= time_s) r[stored] = 1
      return r[stored]! !== 0
    case QUALIFIER.SD:
    case QUALIFIER.SL: {
      if (r[stored]! !== 0) r[scans]! += 1
      else if (active) {
        r[stored] = 1
        r[scans] = 0
      } else return false
      const over = elapsedS(r[scans]!, period_ms) >= time_s
      return over === (k[at + ASSOCIATION.qualifier]! === QUALIFIER.SD)
    }
    default:
      return false
  }
}

/** A confirm is awaited from the scan in which its action begins, while the step is active; it may come late. */
function confirm(
  s: Float64Array,
  k: Float64Array,
  r: Float64Array,
  i: number,
  own: number,
  count: number,
  active: boolean,
  q: boolean,
  period_ms: number,
): void {
  const at = P + k[P + HEAD.associations_at]! + i * ASSOCIATION.size
  const state = own + 2 * count + i
  const scans = own + 3 * count + i
  if (!active) {
    // What stands keeps its confirm; what was left does not.
    if (r[k[at + ASSOCIATION.step]!]! === 0) r[state] = 0
    return
  }
  if (q && r[state]! === 0) {
    r[state] = PENDS
    r[scans] = 0
  } else if (r[state]! === PENDS) r[scans]! += 1
  if (r[state]! !== PENDS && r[state]! !== CONFIRM_FAILED) return
  const status = evaluate(s, k, r, k[at + ASSOCIATION.confirm_at]!, k[at + ASSOCIATION.confirm_pairs]!)
  if (!isBad(status) && s[STACK]! !== 0) r[state] = CONFIRMED
  else if (k[at + ASSOCIATION.within_s]! > 0 && elapsedS(r[scans]!, period_ms) >= k[at + ASSOCIATION.within_s]!) {
    r[state] = CONFIRM_FAILED
  }
}
