/**
 * What the discrete blocks share: 0/1 on the same wires as analog values, with status, and time counted in scans.
 */
import { codeOf, FLAG, isBad, STATUS } from '../../../contracts/status.ts'

export { DISCRETE_EVENT } from '../../../contracts/events.ts'

export const NO_YES = { no: 0, yes: 1 } as const

/**
 * 1 or 0 as an input says; while it is Bad or open, what it last said.
 *
 * @param last - its last usable value; -1: none yet, which is no 0 either, so that a start makes no edge
 */
export const held = (value: number, status: number, last: number): number =>
  isBad(status) ? last : value !== 0 ? 1 : 0

const FLAGS = FLAG.simulated | FLAG.forced | FLAG.bypassed | FLAG.stale

/** [R3] The worse quality of two without limits; flags add up; an input that is not wired does not count. */
export function worse(a: number, b: number): number {
  const code = codeOf(b)
  if (code === STATUS.badNotConnected) return a
  // Logic takes part in no handshake: Good is Good.
  const clean = code >= STATUS.good ? STATUS.good : code
  return ((clean & 0xc0) < (a & 0xc0) ? clean : codeOf(a)) | ((a | b) & FLAGS)
}

/** Quality and flags of one input as the status of a result. */
export const alone = (status: number): number => {
  const code = codeOf(status)
  const clean = code >= STATUS.good ? STATUS.good : code === STATUS.badNotConnected ? STATUS.bad : code
  return clean | (status & FLAGS)
}

/**
 * Period of a scan class in ms. Periods are whole milliseconds, and whole numbers make elapsed times exact: 7 scans of
 * 0.1 s are 0.7 s to the bit, which 7 * 0.1 is not.
 */
export function periodMs(dt_s: number): number {
  const ms = Math.floor(dt_s * 1000 + 0.5)
  return Math.abs(ms - dt_s * 1000) < 1e-6 ? ms : dt_s * 1000
}

/** Time that so many scans take. */
export const elapsedS = (scans: number, period_ms: number): number => (scans * period_ms) / 1000
