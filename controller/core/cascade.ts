/**
 * The cascade handshake of function-blocks 2.3, both ends, as functions of small integers so that kernels share them.
 *
 *   slave wants Cas:   BKCAL_OUT = IR, value = what the master shall start from
 *   master answers:    IMan, OUT := BKCAL_IN, status IA
 *   slave accepts:     Cas, BKCAL_OUT = Good cascade, set point held while CAS_IN is still IA
 *   master runs:       its own target; its first OUT is its last one, so nothing moves
 *
 * Bad/NotConnected says that an input is not wired. No output of a block ever carries it.
 */
import { MODE } from '../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, QUALITY, STATUS } from '../../contracts/status.ts'

/** The input is not wired: the block ignores it. */
export const isOpen = (status: number): boolean => codeOf(status) === STATUS.badNotConnected

/** The input is wired and usable. */
export const isUsable = (status: number): boolean => !isBad(status)

/** A read-back by which the device decides in place of its block: silent, or forced by a person. */
export const isOverruled = (readback: number): boolean =>
  !isOpen(readback) && (isBad(readback) || (readback & FLAG.forced) !== 0)

/** [R8] What comes back from the slave forces this block into IMan: Bad, or Good cascade with FSA, LO, NI or IR. */
export function mustInitialise(back: number): boolean {
  const code = codeOf(back)
  if (code === STATUS.badNotConnected) return false
  return (
    isBad(back) ||
    code === STATUS.initRequest ||
    code === STATUS.notInvited ||
    code === STATUS.localOverride ||
    code === STATUS.faultStateActive
  )
}

/** Where a block that cannot be in Cas waits: Auto if permitted, else Man. */
export const waitingMode = (permitted: number): number => ((permitted >> MODE.auto) & 1 ? MODE.auto : MODE.man)

/**
 * Actual mode of a slave whose target is Cas and that nothing else forces.
 *
 * [R2] A source that cannot handshake (Good non-cascade) is taken at once; one that can must answer this block's own
 * request, so that an answer left over from an earlier one is not taken.
 *
 * @param was - actual mode of the last scan
 * @param asked - status of BKCAL_OUT of the last scan
 */
export function slaveMode(was: number, asked: number, cas: number, permitted: number): number {
  if (isBad(cas)) return waitingMode(permitted)
  if (was === MODE.cas) return MODE.cas
  if ((cas & 0xc0) === QUALITY.goodNonCascade) return MODE.cas
  if (codeOf(cas) === STATUS.initAck && codeOf(asked) === STATUS.initRequest) return MODE.cas
  return waitingMode(permitted)
}

/**
 * Status of BKCAL_OUT.
 *
 * @param asking - target is Cas and nothing but the handshake is missing
 * @param limits - which way the master may no longer push, in Cas [R11]
 */
export function backStatus(actual: number, asking: boolean, limits: number): number {
  if (actual === MODE.cas) return STATUS.goodCascade | limits
  if (asking) return STATUS.initRequest
  if (actual === MODE.oos) return STATUS.badOutOfService | LIMIT.constant
  if (actual === MODE.lo) return STATUS.localOverride | LIMIT.constant
  return STATUS.notInvited | LIMIT.constant
}

/** Status of OUT while the block does not control: it answers a request, and otherwise says that OUT stands still. */
export function heldStatus(actual: number, back: number): number {
  if (actual === MODE.oos) return STATUS.badOutOfService | LIMIT.constant
  if (actual === MODE.iman && codeOf(back) === STATUS.initRequest) return STATUS.initAck
  return goodStatus(back) | LIMIT.constant
}

/** Good cascade where a slave answers on BKCAL_IN, else Good non-cascade. */
export const goodStatus = (back: number): number =>
  codeOf(back) === STATUS.badNotConnected ? STATUS.good : STATUS.goodCascade

/** Low and High change places: limits seen through a negative gain. */
export const swapLimits = (limits: number): number =>
  limits === LIMIT.low ? LIMIT.high : limits === LIMIT.high ? LIMIT.low : limits
