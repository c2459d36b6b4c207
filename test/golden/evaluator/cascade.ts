/** The handshake of function-blocks 2.3, told in words. */
import { isBad, isOpen, isSub, type Limit, type Mode, type Status, status } from './status.ts'

/** [R8] The slave cannot take the output: it follows. */
export const slaveIsAway = (back: Status): boolean =>
  !isOpen(back) && (isBad(back) || (back.quality === 'cascade' && ['FSA', 'LO', 'NI', 'IR'].includes(back.sub)))

/** [R2] and steps 1 to 3: whether a block with target Cas is in it, given where it was and what it asked for. */
export function mayCascade(was: Mode, asked: Status, cas: Status): boolean {
  if (isBad(cas)) return false
  if (was === 'cas') return true
  if (cas.quality === 'good') return true
  return isSub(cas, 'cascade', 'IA') && isSub(asked, 'cascade', 'IR')
}

/** BKCAL_OUT by mode. */
export function answer(actual: Mode, asks: boolean, limit: Limit): Status {
  if (actual === 'cas') return status('cascade', 'plain', limit)
  if (asks) return status('cascade', 'IR')
  if (actual === 'oos') return status('bad', 'oos', 'constant')
  if (actual === 'lo') return status('cascade', 'LO', 'constant')
  return status('cascade', 'NI', 'constant')
}

/** OUT of a block that controls nothing at the moment. */
export function standing(actual: Mode, back: Status): Status {
  if (actual === 'oos') return status('bad', 'oos', 'constant')
  if (actual === 'iman' && isSub(back, 'cascade', 'IR')) return status('cascade', 'IA')
  return status(isOpen(back) ? 'good' : 'cascade', 'plain', 'constant')
}

/** Good towards a slave that answers, or towards nobody. */
export const goodTowards = (back: Status): 'good' | 'cascade' => (isOpen(back) ? 'good' : 'cascade')

/** Whether a mode may be asked for; IMan and LO never. */
export const mayTarget = (mode: Mode | undefined, permitted: readonly Mode[]): mode is Mode =>
  mode !== undefined && mode !== 'iman' && mode !== 'lo' && permitted.includes(mode)
