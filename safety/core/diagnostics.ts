/**
 * What is wrong with a signal that still counts: saturated, too fast, stuck, away from its peers. Alarms only.
 *
 * Stuck: over a window of fixed length the variance is below the noise of a living transmitter, while that of a peer (another
 * input of the same cause) is not. Deviation: the spread of the inputs of a cause stands over its limit for its time; the one
 * farthest from the middle is marked as suspect, and never excluded.
 */
import { CHANNEL_ALARM, EVENT, STATUS } from './codes.ts'
import type { SisInputs } from './inputs.ts'
import { noteBits, type Soe } from './soe.ts'
import { OWN, type State } from './state.ts'
import { SLOTS, type Tables } from './tables.ts'

export interface Diagnostics {
  /** Bits of `CHANNEL_ALARM`, per signal. */
  readonly alarms: Int32Array
  /** Value in engineering units, per transmitter; NaN while BAD. */
  readonly values: Float64Array
  readonly last: Int32Array
  readonly lastScan: Int32Array
  /** Window of the stuck check: begin, samples, first counts; sum and sum of squares of the distance from the first. */
  readonly window: Int32Array
  readonly sums: Float64Array
  /** Variance of the last full window, counts squared; -1 none yet. */
  readonly variance: Float64Array
  readonly deviationSince: Int32Array
  readonly next: Int32Array
}

export const createDiagnostics = (t: Tables): Diagnostics => ({
  alarms: new Int32Array(t.signals),
  values: new Float64Array(t.transmitters).fill(Number.NaN),
  last: new Int32Array(t.transmitters).fill(-1),
  lastScan: new Int32Array(t.transmitters),
  window: new Int32Array(t.transmitters * 3),
  sums: new Float64Array(t.transmitters * 2),
  variance: new Float64Array(t.transmitters).fill(-1),
  deviationSince: new Int32Array(t.causes).fill(-1),
  next: new Int32Array(t.signals),
})

export function diagnose(t: Tables, s: State, d: Diagnostics, inputs: SisInputs, now: number, soe: Soe): void {
  const stale = now - s.own[OWN.fresh]! > t.stale
  for (let i = 0; i < t.signals; i++) {
    const line = inputs.line[i] !== 0 ? CHANNEL_ALARM.line : 0
    const bad = s.status[i] === STATUS.bad
    const range = bad && !stale && line === 0 ? CHANNEL_ALARM.range : 0
    d.next[i] = line | (stale ? CHANNEL_ALARM.stale : range)
    if (i < t.transmitters) judge(t, d, inputs, now, i, bad)
  }
  for (let c = 0; c < t.causes; c++) comparePeers(t, s, d, inputs, now, c)
  for (let i = 0; i < t.signals; i++) {
    if (d.next[i] !== 0 && s.status[i] === STATUS.good) s.status[i] = STATUS.uncertain
    noteBits(soe, now, EVENT.channelAlarm, d.alarms, i, d.next[i]!)
  }
}

function judge(t: Tables, d: Diagnostics, inputs: SisInputs, now: number, i: number, bad: boolean): void {
  const counts = inputs.counts[i]!
  if (bad) {
    d.values[i] = Number.NaN
    d.last[i] = -1
    d.window[3 * i + 1] = 0
    d.variance[i] = -1
    return
  }
  d.values[i] = t.lo[i]! + ((counts / t.counts_per_mA - 4) / 16) * (t.hi[i]! - t.lo[i]!)
  let alarm = 0
  if (counts <= t.saturatedLow) alarm |= CHANNEL_ALARM.saturatedLow
  if (counts >= t.saturatedHigh) alarm |= CHANNEL_ALARM.saturatedHigh
  const scans = Math.max(1, now - d.lastScan[i]!)
  if (t.rateMax[i]! > 0 && d.last[i]! >= 0 && Math.abs(counts - d.last[i]!) > t.rateMax[i]! * scans)
    alarm |= CHANNEL_ALARM.rate
  d.last[i] = counts
  d.lastScan[i] = now
  d.next[i] = d.next[i]! | alarm
  if (t.stuckWindow[i] === 0) return
  if (d.window[3 * i + 1] === 0) {
    d.window[3 * i] = now
    d.window[3 * i + 2] = counts
    d.sums[2 * i] = 0
    d.sums[2 * i + 1] = 0
  }
  // Distances from the first sample of the window are small integers: the sums stay exact.
  const away = counts - d.window[3 * i + 2]!
  const n = d.window[3 * i + 1]! + 1
  d.window[3 * i + 1] = n
  d.sums[2 * i] = d.sums[2 * i]! + away
  d.sums[2 * i + 1] = d.sums[2 * i + 1]! + away * away
  if (now - d.window[3 * i]! < t.stuckWindow[i]!) return
  const mean = d.sums[2 * i]! / n
  d.variance[i] = d.sums[2 * i + 1]! / n - mean * mean
  d.window[3 * i + 1] = 0
}

function comparePeers(t: Tables, s: State, d: Diagnostics, inputs: SisInputs, now: number, c: number): void {
  if (t.n[c]! < 2 || t.slotSignal[c * SLOTS]! >= t.transmitters) return
  let lowest = -1
  let highest = -1
  let moves = false
  for (let k = 0; k < t.n[c]!; k++) {
    const i = t.slotSignal[c * SLOTS + k]!
    if (s.status[i] === STATUS.bad) continue
    if (lowest < 0 || inputs.counts[i]! < inputs.counts[lowest]!) lowest = i
    if (highest < 0 || inputs.counts[i]! > inputs.counts[highest]!) highest = i
    if (d.variance[i]! >= 0 && d.variance[i]! >= t.stuckVariance[i]!) moves = true
  }
  if (moves)
    for (let k = 0; k < t.n[c]!; k++) {
      const i = t.slotSignal[c * SLOTS + k]!
      if (t.stuckWindow[i]! > 0 && d.variance[i]! >= 0 && d.variance[i]! < t.stuckVariance[i]!)
        d.next[i] = d.next[i]! | CHANNEL_ALARM.stuck
    }
  if (t.deviation[c] === 0) return
  if (lowest < 0 || inputs.counts[highest]! - inputs.counts[lowest]! <= t.deviation[c]!) {
    d.deviationSince[c] = -1
    return
  }
  if (d.deviationSince[c]! < 0) d.deviationSince[c] = now
  if (now - d.deviationSince[c]! < t.deviationTime[c]!) return
  let suspect = -1
  let farthest = -1
  let good = 0
  for (let k = 0; k < t.n[c]!; k++) {
    const i = t.slotSignal[c * SLOTS + k]!
    if (s.status[i] === STATUS.bad) continue
    d.next[i] = d.next[i]! | CHANNEL_ALARM.deviation
    good++
    // Of three, the median is where the distances to both others are smallest; their sum finds the outlier.
    let away = 0
    for (let j = 0; j < t.n[c]!; j++) {
      const other = t.slotSignal[c * SLOTS + j]!
      if (s.status[other] !== STATUS.bad) away += Math.abs(inputs.counts[i]! - inputs.counts[other]!)
    }
    if (away > farthest) {
      farthest = away
      suspect = i
    }
  }
  // Of two that differ nobody can say which is wrong, also where they are what is left of three.
  if (good > 2) d.next[suspect] = d.next[suspect]! | CHANNEL_ALARM.suspect
}
