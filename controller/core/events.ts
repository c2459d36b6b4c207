/**
 * Codes of what a scan reports to the journal. `a` and `b` of the record:
 *
 * - modeTarget, modeActual: old and new mode (contracts/mode.ts)
 * - alarms: old and new mask of active alarms (blocks/alarm.ts)
 * - badPv: old and new: 1 while the measurement is bad
 * - faultState, readbackFailed, selection: old and new value of that state
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
  spWritten: 16,
  outWritten: 17,
  parameterWritten: 18,
} as const

/** A scan reports at most so many events; the rest is counted. */
export const EVENTS_PER_SCAN_MAX = 1000
