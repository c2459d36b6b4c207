import type { TagRecord } from '../../contracts/artifact.ts'
import { texts } from '../model/texts.ts'

/** Why a set point may not be entered in the present mode; "" when it may. */
export function spReason(record: TagRecord, actual: string): string {
  if (record.writable.SP === undefined) return texts.reason.notWritable
  if (actual === 'cas' || actual === 'rcas') return texts.reason.spCascade
  return actual === 'auto' || actual === 'man' ? '' : texts.reason.spForced(actual.toUpperCase())
}

/** Why an output may not be entered in the present mode; "" when it may. */
export function outReason(record: TagRecord, actual: string): string {
  if (record.writable.OUT === undefined) return texts.reason.notWritable
  return actual === 'man' ? '' : texts.reason.outAuto
}
