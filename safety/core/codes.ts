/**
 * The small integers of the safety module: they stand in typed arrays, in the record of events and in snapshots.
 *
 * Numbers are never reused, because old records are read with them.
 */

/** Status of a channel. UNCERTAIN votes like GOOD, with an alarm. */
export const STATUS = { good: 0, uncertain: 1, bad: 2 } as const

/** The six states of an effect's latch. Outputs are energised in the first two only. */
export const LATCH = {
  normal: 0,
  tripInitiatedDelayed: 1,
  tripped: 2,
  waitingResetPermit: 3,
  readyToReset: 4,
  waitingStartPermit: 5,
} as const

/** What a voter says. Inhibited: too few inputs are left to reach the vote. */
export const VOTE = { clear: 0, trip: 1, inhibited: 2 } as const

export const ON_BAD = { voteTrip: 0, ignore: 1, useValue: 2 } as const
export const ON_BYPASS = { keep: 0, reduce: 1 } as const
export const TIMING = { none: 0, onDelay: 1, offDelay: 2, pulse: 3 } as const

/** Kinds of an intersection of the matrix. */
export const CELL = { N: 0, S: 1, V: 2, R: 3 } as const

/** Position of the key switch. */
export const KEY = { run: 0, program: 1, simulation: 2 } as const

/** Reasons for which every effect is tripped and latched, one bit each. */
export const FAULT = {
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

/** Why an effect left NORMAL where no cause did it, one bit each, beside the causes of the first-out. */
export const OTHER_REASON = { fault: 1, forceTrip: 2, secondary: 4, sequence: 8 } as const

/** What a person may ask. Each is executed once, in the scan that carries it. */
export const COMMAND = {
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

/** Fields of a command's record: kind, target, channel, who, why, work order, compensating measure, spare. */
export const COMMAND_WIDTH = 8
export const COMMANDS_MAX = 16

/** Why a command was refused: the second number of its event. */
export const REFUSED = {
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

/** Alarms of a transmitter or contact. */
export const CHANNEL_ALARM = {
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

/** Alarms of a cause. */
export const CAUSE_ALARM = {
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

/** Alarms of an effect. */
export const EFFECT_ALARM = { tripped: 1, override: 2, forcedTrip: 4, forcedNormal: 8 } as const

/** Alarms of a final element. */
export const ELEMENT_ALARM = { failedToTrip: 1, spurious: 2, feedback: 4, strokeFailed: 8 } as const

/** Alarms of the module itself. */
export const SYSTEM_ALARM = { keyNotRun: 1, overrun: 2, dcsLink: 4, startBlocked: 8, fault: 16 } as const

/** Kinds of the events in the record. `a` and `b` are the numbers that go with them. */
export const EVENT = {
  /** a: bits that came, b: bits that went; at = channel, cause, effect, element, 0. */
  channelAlarm: 1,
  causeAlarm: 2,
  effectAlarm: 3,
  elementAlarm: 4,
  systemAlarm: 5,
  /** at: effect; a: old state, b: new state. */
  latch: 10,
  /** at: effect; a: causes, b: other reasons. */
  firstOut: 11,
  /** at: cause; a: active. */
  cause: 12,
  /** at: channel of a cause (16 * cause + channel); a: 1 on, 0 off; b: who, or -1 when the solver removed it. */
  mos: 13,
  startupOverride: 14,
  effectOverride: 15,
  forceTrip: 16,
  forceNormal: 17,
  /** at: sequence; a: old step, b: new step. */
  step: 18,
  /** at: element; a: travel in scans, -1 when it never came. b: 1 a demand, 2 a partial stroke, 3 spurious. */
  travel: 19,
  /** at: command kind; a: target, b: reason. */
  refused: 20,
  accepted: 21,
  /** a: faults, b: index of the first difference of the evaluators, -1. */
  fault: 22,
  /** An override that goes on into the next shift. */
  shift: 23,
  /** at: command kind; a: who; b: why. Follows an accepted request that must say so. */
  authority: 24,
} as const
