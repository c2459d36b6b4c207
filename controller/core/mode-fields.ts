import { REFUSAL } from '../../contracts/frame.ts'
import { MODE } from '../../contracts/mode.ts'
import { EVENT } from './events.ts'

const bit = (mode: number): number => 1 << mode

/** Masks of permitted modes. */
export const PERMITTED_CASCADE = bit(MODE.oos) | bit(MODE.man) | bit(MODE.auto) | bit(MODE.cas)
export const PERMITTED_LOCAL = bit(MODE.oos) | bit(MODE.man) | bit(MODE.auto)
export const PERMITTED_MANUAL = bit(MODE.oos) | bit(MODE.man)

/** MODE = {target, actual, permitted, normal}: the fields of every block that has modes. */
export const modeFields = (permitted: number, target: number) =>
  [
    {
      name: 'MODE_TARGET',
      role: 'tunable',
      hot: true,
      unit: '1',
      doc: 'The mode asked for.',
      default: target,
      names: MODE,
      event: EVENT.modeTarget,
    },
    {
      name: 'MODE_ACTUAL',
      role: 'state',
      hot: true,
      unit: '1',
      doc: 'The mode the block is in: the highest of the target and all that is forced.',
      default: MODE.oos,
      names: MODE,
      event: EVENT.modeActual,
    },
    {
      name: 'PERMITTED',
      role: 'constant',
      unit: '1',
      doc: 'Modes that may be asked for.',
      default: permitted,
      names: MODE,
      mask: true,
    },
    {
      name: 'NORMAL',
      role: 'constant',
      unit: '1',
      doc: 'The mode the block is meant to run in; any other is counted as wrong mode.',
      default: target,
      names: MODE,
    },
  ] as const

/** [R7] A REFUSAL code for a wish to change the target mode; IMan and LO cannot be asked for. */
export function refuseMode(mode: number, permitted: number): number {
  if (mode !== Math.floor(mode) || mode < MODE.oos || mode > MODE.rout) return REFUSAL.outOfRange
  if (mode === MODE.iman || mode === MODE.lo || ((permitted >> mode) & 1) === 0) return REFUSAL.notPermitted
  return REFUSAL.none
}
