/**
 * Status of what is computed from wires, without part in a cascade: [R3] the worst of the inputs used, flags added up.
 * Good is Good here, in a cascade or not, because such a block answers no handshake.
 */
import { codeOf, isBad, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { swapLimits } from '../cascade.ts'

/** All flags of a status word. */
export const FLAGS = 0x1f00

/** What a block may say of a value it took from this wire: an open input is simply Bad, limits are kept. */
export function sourceStatus(status: number): number {
  const code = codeOf(status)
  const clean = code === STATUS.badNotConnected ? STATUS.bad : code >= STATUS.good ? STATUS.good : code
  return clean | limitOf(status) | (status & FLAGS)
}

/** The worse quality of two, without limits; of equal ones the first. */
export function worseStatus(a: number, b: number): number {
  const first = sourceStatus(a)
  const second = sourceStatus(b)
  const code = (second & 0xc0) < (first & 0xc0) ? codeOf(second) : codeOf(first)
  return code | ((a | b) & FLAGS)
}

/** Limits of a value that rises with both: it cannot move only where neither can. */
export const commonLimits = (a: number, b: number): number => limitOf(a) & limitOf(b)

/** The same status seen through a function with this slope. */
export const throughSlope = (status: number, slope: number): number =>
  slope < 0 ? (status & ~LIMIT.constant) | swapLimits(limitOf(status)) : status

/** The input can be used: wired and not bad. */
export const usable = (status: number): boolean => !isBad(status)
