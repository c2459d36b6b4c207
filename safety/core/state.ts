/** Everything the first evaluator remembers: views of one array, so that a state file is a copy. */
import { LATCH, OTHER_REASON } from './codes.ts'
import type { Tables } from './tables.ts'

/** Single numbers of the state. */
export const OWN = {
  started: 0,
  last: 1,
  seq: 2,
  fresh: 3,
  faults: 4,
  overruns: 5,
  active: 6,
  unhealthy: 7,
  masked: 8,
  forceTrip: 9,
  sequenceTrip: 10,
  secondary: 11,
  out: 12,
  linkSince: 13,
  acknowledged: 14,
  /** Asked for in this scan, sets of effects, sequences, elements. */
  reset: 15,
  start: 16,
  overrideAsked: 17,
  sequenceStart: 18,
  sequenceStop: 19,
  strokeAsked: 20,
  systemAlarm: 21,
} as const
const OWN_COUNT = 24

export type State = ReturnType<typeof createState>

export function createState(t: Tables) {
  let length = 0
  const sizes: number[] = []
  const size = (n: number): number => {
    sizes.push(n)
    length += n
    return sizes.length - 1
  }
  const at = {
    own: size(OWN_COUNT),
    status: size(t.signals),
    closed: size(t.contacts),
    contactWas: size(t.contacts),
    vote: size(t.slots),
    mosSince: size(t.slots),
    badSince: size(t.causes),
    timeSince: size(t.causes),
    rawWas: size(t.causes),
    result: size(t.causes),
    startupSince: size(t.causes),
    stableSince: size(t.causes),
    cellSince: size(t.delayedCause.length),
    latch: size(t.effects),
    stored: size(t.effects),
    delaySince: size(t.effects),
    firstOut: size(t.effects),
    otherReason: size(t.effects),
    overrideSince: size(t.effects),
    overrideSnap: size(t.effects),
    forceSince: size(t.effects),
    step: size(t.sequences),
    stepSince: size(t.sequences),
    offSince: size(t.elements),
    failed: size(t.elements),
    view: size(viewLength(t)),
  }
  const all = new Int32Array(length)
  let from = 0
  const views = sizes.map((n) => {
    from += n
    return all.subarray(from - n, from)
  })
  const view = (i: number): Int32Array => views[i]!
  const state = {
    all,
    own: view(at.own),
    status: view(at.status),
    /** Per contact: 1 closed and good. */
    closed: view(at.closed),
    contactWas: view(at.contactWas),
    vote: view(at.vote),
    mosSince: view(at.mosSince),
    badSince: view(at.badSince),
    timeSince: view(at.timeSince),
    rawWas: view(at.rawWas),
    result: view(at.result),
    startupSince: view(at.startupSince),
    stableSince: view(at.stableSince),
    cellSince: view(at.cellSince),
    latch: view(at.latch),
    stored: view(at.stored),
    delaySince: view(at.delaySince),
    firstOut: view(at.firstOut),
    otherReason: view(at.otherReason),
    overrideSince: view(at.overrideSince),
    overrideSnap: view(at.overrideSnap),
    forceSince: view(at.forceSince),
    step: view(at.step),
    stepSince: view(at.stepSince),
    offSince: view(at.offSince),
    failed: view(at.failed),
    view: view(at.view),
  }
  for (const timer of [
    state.mosSince,
    state.badSince,
    state.timeSince,
    state.startupSince,
    state.stableSince,
    state.cellSince,
    state.overrideSince,
    state.forceSince,
    state.offSince,
  ])
    timer.fill(-1)
  state.own[OWN.linkSince] = -1
  // A contact that is closed from the start has not been pressed.
  state.contactWas.fill(1)
  // De-energised to trip: what starts, starts tripped, and wants its reset.
  state.latch.fill(LATCH.tripped)
  state.stored.fill(1)
  state.otherReason.fill(OTHER_REASON.fault)
  state.step.set(t.firstStep)
  return state
}

/** Faults, outputs, secondary trips; then a word per cause, effect and sequence: what the two evaluators must agree on. */
export const viewLength = (t: { causes: number; effects: number; sequences: number }): number =>
  3 + t.causes + t.effects + t.sequences
