/**
 * The normal form of the solver's state: what a later scan can depend on, and nothing else, a byte a word.
 *
 * Scan numbers become ages, which end at the first age that no comparison tells from the next. Words that each scan writes
 * before it reads them are left out, and so are memories that nothing reads in this configuration; a test scrambles what is left out
 * and sees no difference. First-outs are read by nothing: they hold a mark instead, by which the judge sees that they stay.
 */
import { LATCH, TIMING } from '../core/codes.ts'
import { createState, OWN, type State } from '../core/state.ts'
import { SLOTS, type Tables, TEST } from '../core/tables.ts'

/** The scan that comes next, for a state taken out of its normal form. */
export const NOW = 1000
/** Stands in the first-out of an effect that is not normal. */
export const FIRST_OUT_MARK = 0x40000000

export interface NormalForm {
  readonly width: number
  /** @param now - number of the scan that led to the state */
  pack(state: State, now: number, into: Uint8Array): void
  unpack(bytes: Uint8Array, into: State): void
}

const WHEN = { always: 0, delayed: 1, startup: 2 } as const

interface Word {
  readonly at: number
  /** -1 a plain word, else the age at which it stands still. */
  readonly cap: number
  /** The word is told apart only in this condition of effect or cause `of`. */
  readonly when: number
  readonly of: number
}

/** @param switches - the switches of elements are explored though nothing but an alarm reads them */
export function createNormalForm(t: Tables, switches: boolean): NormalForm {
  const probe = createState(t)
  const words: Word[] = []
  const place = (view: Int32Array, i: number): number => (view.byteOffset - probe.all.byteOffset) / 4 + i
  const plain = (view: Int32Array, i: number): void => {
    words.push({ at: place(view, i), cap: -1, when: WHEN.always, of: 0 })
  }
  const age = (view: Int32Array, i: number, cap: number, when: number = WHEN.always, of = 0): void => {
    words.push({ at: place(view, i), cap, when, of })
  }
  const range = (n: number, each: (i: number) => void): void => {
    for (let i = 0; i < n; i++) each(i)
  }
  const bypasses = t.mosMax.some((max) => max > 0)

  for (const word of [OWN.forceTrip, OWN.sequenceTrip, OWN.secondary, OWN.out]) plain(probe.own, word)
  age(probe.own, OWN.fresh, t.link + 1)
  if (bypasses) age(probe.own, OWN.linkSince, t.linkLoss)
  range(t.contacts, (i) => {
    if (t.resetContact.includes(i) || t.startupStart.includes(i)) plain(probe.contactWas, i)
  })
  range(t.causes, (c) => {
    const startup = t.startupMax[c]! > 0
    range(t.n[c]!, (i) => {
      const slot = c * SLOTS + i
      if (t.slotTrip[slot] !== t.slotClear[slot]) plain(probe.vote, slot)
      if (t.mosMax[c]! > 0) age(probe.mosSince, slot, t.mosTime)
    })
    if (t.badHold[c]! >= 0) age(probe.badSince, c, t.badHold[c]!)
    else if (startup) age(probe.badSince, c, 0)
    if (t.timing[c] !== TIMING.none) age(probe.timeSince, c, t.time[c]! + 1)
    if (startup || t.timing[c] === TIMING.pulse) plain(probe.rawWas, c)
    if (!startup) return
    plain(probe.result, c)
    age(probe.startupSince, c, t.startupMax[c]!)
    age(probe.stableSince, c, t.startupStable[c]!, WHEN.startup, c)
  })
  range(t.delayedCause.length, (i) => age(probe.cellSince, i, t.delayedScans[i]!))
  range(t.effects, (e) => {
    plain(probe.latch, e)
    plain(probe.stored, e)
    if (t.effectDelay[e]! > 0) age(probe.delaySince, e, t.effectDelay[e]!, WHEN.delayed, e)
    if (t.overrideMax[e]! > 0) {
      age(probe.overrideSince, e, t.overrideMax[e]!)
      plain(probe.overrideSnap, e)
    }
    age(probe.forceSince, e, t.forceTime)
  })
  range(t.sequences, (q) => {
    plain(probe.step, q)
    let longest = 0
    range(t.steps, (i) => {
      longest = Math.max(longest, t.stepTimeout[i]!)
    })
    range(t.testKind.length, (i) => {
      if (t.testKind[i] === TEST.after) longest = Math.max(longest, t.testLimit[i]!)
    })
    age(probe.stepSince, q, longest)
  })
  range(t.elements, (i) => {
    const read = switches || t.secondary[i]! >= 0
    if (read) age(probe.offSince, i, t.elementDelay[i]! + t.confirm[i]! + 1)
    else if (t.elementDelay[i]! > 0) age(probe.offSince, i, t.elementDelay[i]!)
  })

  const blank = createState(t)
  blank.own[OWN.started] = 1
  blank.own[OWN.last] = NOW - 1
  blank.own[OWN.seq] = 0
  blank.stepSince.fill(NOW - 1)
  blank.delaySince.fill(NOW - 1)
  const told = (word: Word, state: State): boolean =>
    word.when === WHEN.always ||
    (word.when === WHEN.delayed
      ? state.latch[word.of] === LATCH.tripInitiatedDelayed
      : state.startupSince[word.of]! >= 0)

  return {
    width: words.length,
    pack(state, now, into) {
      const { all } = state
      for (let i = 0; i < words.length; i++) {
        const word = words[i]!
        const value = all[word.at]!
        if (word.cap < 0) into[i] = value
        else if (value < 0 || !told(word, state)) into[i] = 0
        else into[i] = Math.min(now - value, word.cap) + 1
      }
    },
    unpack(bytes, into) {
      const { all } = into
      all.set(blank.all)
      for (let i = 0; i < words.length; i++) {
        const word = words[i]!
        const value = bytes[i]!
        if (word.cap < 0) all[word.at] = value
        else if (value > 0) all[word.at] = NOW - value
        else if (word.when !== WHEN.delayed) all[word.at] = -1
      }
      for (let e = 0; e < t.effects; e++) {
        const normal = into.latch[e] === LATCH.normal
        into.firstOut[e] = normal ? 0 : FIRST_OUT_MARK
        into.otherReason[e] = normal ? 0 : FIRST_OUT_MARK
      }
    },
  }
}
