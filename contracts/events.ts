/**
 * What a scan reports to the journal, as numbers that controller and gateway share. `a` and `b` of the record:
 *
 * - modeTarget, modeActual: old and new mode (mode.ts)
 * - alarms: old and new mask of active alarms (ALARM_BIT)
 * - badPv: old and new: 1 while the measurement is bad
 * - faultState, readbackFailed, selection: old and new value of that state
 * - hostLost: old and new HOST_LOST of a block whose target is RCas or ROut
 * - spWritten, outWritten, parameterWritten: index into `control.writable`, and the new value
 */
export const EVENT = {
  modeTarget: 1,
  modeActual: 2,
  alarms: 3,
  badPv: 4,
  faultState: 5,
  readbackFailed: 6,
  selection: 7,
  hostLost: 8,
  spWritten: 16,
  outWritten: 17,
  parameterWritten: 18,
} as const

/** Why a block is not in the remote mode that it has for its target. */
export const HOST_LOST = { none: 0, silent: 1, bad: 2 } as const

/** Events of the discrete blocks, from 32 on. `a` and `b` are old and new value of the state they stand at. */
export const DISCRETE_EVENT = {
  /** Mask of active conditions: of a CONDITION those of one kind, bit n - 1; of a device what holds it passive (HELD_BIT). */
  conditions: 32,
  /** The first of them: of a CONDITION its number, of a device its bit; 0: none. */
  firstOut: 33,
  /** Mask of bypassed conditions of one kind, bit n - 1. */
  bypassed: 34,
  deviceState: 35,
  /** DEVICE_FAILURE. */
  deviceFailure: 36,
  accepted: 37,
  /** SEQUENCE_STATE. */
  sequenceState: 38,
  sequenceBlocked: 39,
} as const

/** Bits of the mask of active alarms. */
export const ALARM_BIT = {
  hihi: 1,
  hi: 2,
  lo: 4,
  lolo: 8,
  bad_pv: 16,
  dev_hi: 32,
  dev_lo: 64,
  rate_up: 128,
  rate_dn: 256,
  discrete: 512,
} as const

/** What holds a device passive. */
export const HELD_BIT = { shutdown: 1, interlock: 2, confirmLost: 4, timeout: 8, resetRequired: 16 } as const

/** Why a device has failed. */
export const DEVICE_FAILURE = { none: 0, travel: 1, crack: 2, confirmLost: 3 } as const

/** States of a sequence's phase. */
export const SEQUENCE_STATE = {
  idle: 0,
  running: 1,
  holding: 2,
  held: 3,
  restarting: 4,
  stopping: 5,
  stopped: 6,
  aborting: 7,
  aborted: 8,
  complete: 9,
} as const
