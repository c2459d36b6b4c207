/** Stages 5 and 6: the vote of each cause, its time function, and what takes it out of service. */
import { ON_BAD, STATUS, TIMING, VOTE } from './codes.ts'
import { isClosed } from './overrides.ts'
import { OWN, type State } from './state.ts'
import { SLOTS, type Tables } from './tables.ts'
import { voteOf } from './voter.ts'

/** Offset of the words of causes in the view. */
export const VIEW_CAUSES = 3

export function judgeCauses(t: Tables, s: State, now: number): void {
  let activeSet = 0
  let unhealthySet = 0
  let maskedSet = 0
  for (let c = 0; c < t.causes; c++) {
    let bypassed = 0
    let bad = 0
    let tripping = 0
    let word = 0
    for (let i = 0; i < t.n[c]!; i++) {
      const slot = c * SLOTS + i
      if (s.mosSince[slot]! >= 0) {
        bypassed++
        word |= 256 << i
        continue
      }
      const isBad = s.status[t.slotSignal[slot]!] === STATUS.bad
      if (isBad) {
        bad++
        word |= 16 << i
      }
      if (s.vote[slot] === 1 && (!isBad || t.onBad[c] === ON_BAD.useValue)) {
        tripping++
        word |= 1 << i
      }
    }
    if (bad === 0) s.badSince[c] = -1
    else if (s.badSince[c]! < 0) s.badSince[c] = now
    let onBad = t.onBad[c]!
    if (onBad === ON_BAD.ignore && bad > 0 && t.badHold[c]! >= 0 && now - s.badSince[c]! >= t.badHold[c]!)
      onBad = ON_BAD.voteTrip
    const result = voteOf(t.n[c]!, t.m[c]!, bypassed, bad, tripping, onBad, t.onBypass[c]!)
    s.result[c] = result
    const raw = result === VOTE.trip
    const timed = delay(t, s, c, raw, now)
    s.rawWas[c] = raw ? 1 : 0
    // The timer runs on under an override: when that ends, nothing is waited for again.
    const masked = s.startupSince[c]! >= 0 || isClosed(s, t.inhibit[c]!, false) || !isArmed(t, s, c)
    const active = timed && !masked
    const unhealthy = !masked && (bad > 0 || result === VOTE.inhibited)
    if (active) activeSet |= 1 << c
    if (unhealthy) unhealthySet |= 1 << c
    if (masked) maskedSet |= 1 << c
    s.view[VIEW_CAUSES + c] =
      word | (result << 12) | (active ? 1 << 14 : 0) | (masked ? 1 << 15 : 0) | (timed ? 1 << 16 : 0)
  }
  s.own[OWN.active] = activeSet
  s.own[OWN.unhealthy] = unhealthySet
  s.own[OWN.masked] = maskedSet
}

const isArmed = (t: Tables, s: State, c: number): boolean => {
  const q = t.armedSequence[c]!
  return q < 0 || t.armedSteps[c]![s.step[q]!] === 1
}

function delay(t: Tables, s: State, c: number, raw: boolean, now: number): boolean {
  const time = t.time[c]!
  switch (t.timing[c]) {
    case TIMING.onDelay:
      if (!raw) {
        s.timeSince[c] = -1
        return false
      }
      if (s.timeSince[c]! < 0) s.timeSince[c] = now
      return now - s.timeSince[c]! >= time
    case TIMING.offDelay:
      if (raw) {
        s.timeSince[c] = now
        return true
      }
      return s.timeSince[c]! >= 0 && now - s.timeSince[c]! <= time
    case TIMING.pulse:
      if (raw && s.rawWas[c] === 0) s.timeSince[c] = now
      return s.timeSince[c]! >= 0 && now - s.timeSince[c]! < time
    default:
      return raw
  }
}
