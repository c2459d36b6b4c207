/** The words in which an operator and the journal read about a command. */

import type { TagRecord } from '../../contracts/artifact.ts'
import { OUTCOME, REFUSAL } from '../../contracts/frame.ts'
import type { OperatorCommand } from '../../contracts/hmi-wire.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'

/** `SP 21.30`, `MODE AUTO`: what was asked for, with the tag's own decimals. */
export function commandText(tag: TagRecord | undefined, field: OperatorCommand['field'], value: number): string {
  return `${field} ${valueText(tag, field, value)}`
}

export function valueText(tag: TagRecord | undefined, field: OperatorCommand['field'], value: number): string {
  if (field === 'MODE') return (MODE_NAMES[value] ?? String(value)).toUpperCase()
  if (field === 'SP') return unit(value.toFixed(tag?.decimals ?? 2), tag?.eu)
  if (field === 'OUT') return unit(value.toFixed(tag?.out?.decimals ?? 1), tag?.out?.eu ?? '%')
  return String(value)
}

const unit = (number: string, eu: string | undefined): string =>
  eu === undefined || eu === '' ? number : `${number} ${eu}`

/** Why the controllers did not take it, and what the operator can do. */
export function refusalText(refusal: number, field: OperatorCommand['field']): string {
  switch (refusal) {
    case REFUSAL.changed:
      return 'the value has changed meanwhile: look at the new one and enter yours again'
    case REFUSAL.mode:
      return field === 'OUT'
        ? 'the output can be set in MAN only: change the mode first'
        : field === 'SP'
          ? 'the set point is written by another block in the present mode: change the mode to AUTO first'
          : 'the present mode does not take this change'
    case REFUSAL.notPermitted:
      return 'this mode is not permitted for this loop'
    case REFUSAL.outOfRange:
      return 'the value is outside its limits'
    case REFUSAL.unknownTarget:
      return 'the controllers do not know this value: reload the page'
    case REFUSAL.notFinite:
      return 'the value is not a number'
    case REFUSAL.notRecorded:
      return 'field I/O cannot record it, and takes no commands until its disk is mended: control goes on'
    default:
      return 'field I/O takes no commands now: see the system alarms'
  }
}

/** What a result means to the one who waits for it. */
export function outcomeText(
  outcome: number,
  refusal: number,
  field: OperatorCommand['field'],
): { readonly state: 'applied' | 'refused' | 'expired'; readonly reason: string } {
  if (outcome === OUTCOME.applied) return { state: 'applied', reason: '' }
  if (outcome === OUTCOME.refused) return { state: 'refused', reason: refusalText(refusal, field) }
  if (outcome === OUTCOME.expired) {
    return { state: 'expired', reason: 'it came too late to be applied: nothing was changed, enter it again' }
  }
  return {
    state: 'expired',
    reason: 'no answer came in time and it was withdrawn: nothing was changed, enter it again',
  }
}
