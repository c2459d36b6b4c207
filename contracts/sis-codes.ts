/**
 * The small integers in a snapshot of the safety system, as its readers know them. The safety programs have their own list
 * (they import nothing); test/wire holds both to each other.
 */

export const SIS_LATCH = {
  normal: 0,
  tripInitiatedDelayed: 1,
  tripped: 2,
  waitingResetPermit: 3,
  readyToReset: 4,
  waitingStartPermit: 5,
} as const

export const SIS_VOTE = { clear: 0, trip: 1, inhibited: 2 } as const
export const SIS_STATUS = { good: 0, uncertain: 1, bad: 2 } as const

export const SIS_FAULT = {
  powerUp: 1,
  configurationHash: 2,
  watchdog: 4,
  overrun: 8,
  disagreement: 16,
  exception: 32,
  storage: 64,
  communication: 128,
  keyPosition: 256,
  clock: 512,
} as const

export const SIS_OTHER_REASON = { fault: 1, forceTrip: 2, secondary: 4, sequence: 8 } as const

export const SIS_COMMAND = {
  reset: 1,
  start: 2,
  mosOn: 3,
  mosOff: 4,
  startupOverride: 5,
  effectOverride: 6,
  forceTrip: 7,
  forceTripOff: 8,
  forceNormal: 9,
  forceNormalOff: 10,
  partialStroke: 11,
  acknowledge: 12,
  sequenceStart: 13,
  sequenceStop: 14,
} as const

export const SIS_REFUSED = {
  unknown: 1,
  notAllowed: 2,
  noPermit: 3,
  noReason: 4,
  groupLimit: 5,
  unitLimit: 6,
  lastVote: 7,
  running: 8,
  causeActive: 9,
  notHealthy: 10,
  state: 11,
  key: 12,
  startBlocked: 13,
} as const

export const SIS_CHANNEL_ALARM = {
  line: 1,
  range: 2,
  stale: 4,
  saturatedLow: 8,
  saturatedHigh: 16,
  rate: 32,
  stuck: 64,
  deviation: 128,
  suspect: 256,
} as const

export const SIS_CAUSE_ALARM = {
  preAlarm: 1,
  inhibited: 2,
  degraded: 4,
  startupOverride: 8,
  inhibitTag: 16,
  wouldTrip: 32,
  mos: 64,
  mosReminder: 128,
  mosExpired: 256,
  bypassedInputTripped: 512,
  tripped: 1024,
} as const

export const SIS_EFFECT_ALARM = { tripped: 1, override: 2, forcedTrip: 4, forcedNormal: 8 } as const
export const SIS_ELEMENT_ALARM = { failedToTrip: 1, spurious: 2, feedback: 4, strokeFailed: 8 } as const
export const SIS_SYSTEM_ALARM = { keyNotRun: 1, overrun: 2, dcsLink: 4, startBlocked: 8, fault: 16 } as const

export const SIS_EVENT = {
  channelAlarm: 1,
  causeAlarm: 2,
  effectAlarm: 3,
  elementAlarm: 4,
  systemAlarm: 5,
  latch: 10,
  firstOut: 11,
  cause: 12,
  mos: 13,
  startupOverride: 14,
  effectOverride: 15,
  forceTrip: 16,
  forceNormal: 17,
  step: 18,
  travel: 19,
  refused: 20,
  accepted: 21,
  fault: 22,
  shift: 23,
  authority: 24,
} as const

/** The outputs of an effect are energised in the first two states of its latch. */
export const isTripped = (state: number): boolean => state >= SIS_LATCH.tripped
