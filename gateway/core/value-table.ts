/**
 * The operator's picture: every published value as the newest scan has it, and what each scan changed in it.
 *
 * A value is unchanged when value and status are equal bit for bit (NaN equals NaN, -0 differs from 0), so that
 * no deadband hides a movement from the trend.
 */
import type { TagFrame } from '../../contracts/frame.ts'
import type { ValueMessage } from '../../contracts/hmi-wire.ts'

export interface ValueTable {
  readonly values: Float64Array
  readonly statuses: Uint16Array
  epoch: number
  n: number
  t_ms: number
  /** False until the first scan: there is nothing to show. */
  filled: boolean
}

export const createValueTable = (count: number): ValueTable => ({
  values: new Float64Array(count),
  statuses: new Uint16Array(count),
  epoch: 0,
  n: -1,
  t_ms: 0,
  filled: false,
})

/**
 * Takes a scan into the table and returns what it changed; the first scan returns everything as a snapshot.
 * `undefined`: the scan has another number of values, so it is of another artifact and must not be shown.
 */
export function takeScan(table: ValueTable, frame: TagFrame): ValueMessage | undefined {
  const count = table.values.length
  if (frame.values.length !== count || frame.statuses.length !== count) return undefined
  const indices: number[] = []
  for (let i = 0; i < count; i++) {
    const same = Object.is(frame.values[i], table.values[i]) && frame.statuses[i] === table.statuses[i]
    if (table.filled && same) continue
    indices.push(i)
    table.values[i] = frame.values[i]!
    table.statuses[i] = frame.statuses[i]!
  }
  const snapshot = !table.filled
  table.filled = true
  table.epoch = frame.epoch
  table.n = frame.n
  table.t_ms = frame.t_ms
  return messageOf(table, Uint16Array.from(indices), snapshot)
}

/** All published values as they stand. */
export function snapshotOf(table: ValueTable): ValueMessage {
  return messageOf(
    table,
    Uint16Array.from(table.values, (_, i) => i),
    true,
  )
}

/** The named values as they stand now. */
export function messageOf(table: ValueTable, indices: Uint16Array, snapshot: boolean): ValueMessage {
  return {
    snapshot,
    epoch: table.epoch,
    n: table.n,
    t_ms: table.t_ms,
    indices,
    values: Float64Array.from(indices, (i) => table.values[i]!),
    statuses: Uint16Array.from(indices, (i) => table.statuses[i]!),
  }
}
