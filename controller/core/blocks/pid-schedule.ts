/**
 * [R23] Gain schedule of a PID: factors of GAIN, RESET and RATE in three regions of SCHED_IN.
 *
 *   v        SCHED_IN behind a play of SCHED_HYST: it follows only when pushed from either side, so that a variable that
 *            swings by less than that changes nothing
 *   place    0 in the low, 1 in the middle, 2 in the high region; a straight line over SCHED_BAND about each limit
 *   factor   a straight line between the neighbouring factors of the place
 *
 * A band of 0 is a step at the limit, up at limit + SCHED_HYST/2 and down at limit - SCHED_HYST/2. While SCHED_IN is bad
 * the factors stay. Each change is one without a bump [R18]: f takes up what it makes of the signals of the last scan.
 */
import { isBad } from '../../../contracts/status.ts'
import { layout } from '../layout.ts'
import { PID_FIELDS } from './pid-fields.ts'

const { S, K } = layout(PID_FIELDS)

/**
 * Takes SCHED_IN, which is wired, into the factors.
 *
 * @param signals - proportional and derivative signal of the last scan, before the gain
 */
export function schedule(s: Float64Array, k: Float64Array, signals: number): void {
  const v = s[S.SCHED_IN]!
  if (isBad(s[S.SCHED_IN_ST]!) || !(v - v === 0)) return
  const play = 0.5 * k[K.SCHED_HYST]!
  const held = s[S.SCHED_ON]! !== 0 ? Math.min(Math.max(s[S.SCHED_AT]!, v - play), v + play) : v
  s[S.SCHED_AT] = held + 0
  s[S.SCHED_ON] = 1
  const place = above(k, held, 0) + above(k, held, 1)
  const gain = factor(k, K.SCHED_GAIN, place)
  s[S.SCHED_RESET_X] = factor(k, K.SCHED_RESET, place)
  s[S.SCHED_RATE_X] = factor(k, K.SCHED_RATE, place)
  const was = s[S.SCHED_GAIN_X]!
  if (gain === was) return
  s[S.SCHED_GAIN_X] = gain
  s[S.F] = s[S.F]! + k[K.K_SPAN]! * s[S.GAIN]! * (was - gain) * signals
  // Without integral action nothing else would bring the balance back to BIAS.
  if (k[K.HAS_I]! === 0 && k[K.BAL_TIME]! > 0)
    s[S.BAL_STEP] = (k[K.BIAS]! - s[S.F]!) * Math.min(k[K.DT]! / k[K.BAL_TIME]!, 1)
}

/** How far v is above a limit: 0, 1, or between within the band. */
function above(k: Float64Array, v: number, i: number): number {
  const limit = k[K.SCHED_LIM + i]!
  const band = k[K.SCHED_BAND]!
  if (!(band > 0)) return v >= limit ? 1 : 0
  return Math.min(Math.max((v - limit) / band + 0.5, 0), 1)
}

function factor(k: Float64Array, at: number, place: number): number {
  const low = place >= 1 ? 1 : 0
  const part = place - low
  const from = k[at + low]!
  return part === 0 ? from : from + part * (k[at + low + 1]! - from)
}

/** Whether any factor is another than 1. */
export function hasSchedule(k: Float64Array): boolean {
  for (const at of [K.SCHED_GAIN, K.SCHED_RESET, K.SCHED_RATE])
    for (let i = 0; i < 3; i++) if (k[at + i]! !== 1) return true
  return false
}

/** Faults of its parameters. */
export function checkSchedule(k: Float64Array): string[] {
  const faults: string[] = []
  if (k[K.SCHED_LIM + 1]! < k[K.SCHED_LIM]!) faults.push('SCHED_LIM: the high limit is below the low one')
  else if (k[K.SCHED_LIM + 1]! - k[K.SCHED_LIM]! < k[K.SCHED_BAND]!)
    faults.push('SCHED_BAND: the bands about the two limits must not overlap')
  for (const name of ['SCHED_GAIN', 'SCHED_RESET', 'SCHED_RATE'] as const) {
    for (let i = 0; i < 3; i++)
      if (!(k[K[name] + i]! > 0)) {
        faults.push(`${name}: factors must be above 0`)
        break
      }
  }
  return faults
}
