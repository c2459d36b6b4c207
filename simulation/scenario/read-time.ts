/** Times of a test file: `250ms`, `8s`, `20min`, `3scans`. */
import type { Faults } from '../../controller/core/strategy/fault.ts'
import { isReported, type MapReader } from '../../controller/core/strategy/map-reader.ts'
import { duration } from '../../controller/core/strategy/quantity.ts'
import { kindText, type Source } from '../../controller/core/strategy/source.ts'
import type { StepContext } from './read-context.ts'

/** A test longer than this is a slip of the unit. */
const LONGEST_MS = 400 * 3.6e6

/** `8s`, `20min`, `3scans`; in ms. @param scan_ms - what a scan is here; 0: the tick */
export function timeOf(faults: Faults, source: Source, scan_ms: number, context: StepContext): number | undefined {
  if (isReported(source)) return undefined
  const value = source.kind === 'scalar' ? source.value : null
  const scans = /^(\d+)\s*scans?$/.exec(String(value))
  const tick_ms = context.names.artifact.tick_ms
  const ms = scans === null ? duration(value, 'ms') : Number(scans[1]) * (scan_ms > 0 ? scan_ms : tick_ms)
  if (ms === undefined || ms < 0) {
    faults.add('CFG_WRONG_TYPE', source.at, kindText(source), 'a time, as 250ms, 8s, 20min, 1h or 3scans')
    return undefined
  }
  if (ms > LONGEST_MS) {
    faults.add('CFG_OUT_OF_RANGE', source.at, kindText(source), 'at most 400h')
    return undefined
  }
  return ms
}

export function timeOr(faults: Faults, m: MapReader, key: string, fallback_ms: number): number {
  const value = m.optional(key)
  if (value === undefined || isReported(value)) return fallback_ms
  const ms = value.kind === 'scalar' ? duration(value.value, 'ms') : undefined
  if (ms !== undefined && ms >= 0 && ms <= LONGEST_MS) return ms
  faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a time, as 250ms, 8s or 20min')
  return fallback_ms
}
