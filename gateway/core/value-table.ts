/**
 * The operator's picture: every published value as the newest scan has it, and what each scan changed in it.
 *
 * A value is unchanged when value and status are equal bit for bit (NaN equals NaN, -0 differs from 0), so that
 * no deadband hides a movement from the trend.
 */
import type { TagFrame } from '../../contracts/frame.ts'
import type { ValueMessage } from '../../contracts/hmi-wire.ts'
import { STATUS } from '../../contracts/status.ts'

export interface ValueTable {
  readonly values: Float64Array
  readonly statuses: Uint16Array
  /** 1 where the value has no status of its own (a mode, a tuning constant): it is good, whatever stands beside it. */
  readonly plain: Uint8Array
  epoch: number
  n: number
  t_ms: number
  /** False until the first scan: there is nothing to show. */
  filled: boolean
}

/** @param published - `artifact.control.published`: of each value, where its status stands; -1: it has none */
export const createValueTable = (published: readonly { readonly status: number }[]): ValueTable => ({
  values: new Float64Array(published.length),
  statuses: new Uint16Array(published.length),
  plain: Uint8Array.from(published, (p) => (p.status < 0 ? 1 : 0)),
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
  const changed = new Uint16Array(count)
  let changes = 0
  for (let i = 0; i < count; i++) {
    const status = table.plain[i] === 1 ? STATUS.good : frame.statuses[i]!
    const same = Object.is(frame.values[i], table.values[i]) && status === table.statuses[i]
    if (table.filled && same) continue
    changed[changes++] = i
    table.values[i] = frame.values[i]!
    table.statuses[i] = status
  }
  const snapshot = !table.filled
  table.filled = true
  table.epoch = frame.epoch
  table.n = frame.n
  table.t_ms = frame.t_ms
  return messageOf(table, changed.slice(0, changes), snapshot)
}

/** All published values as they stand. */
export function snapshotOf(table: ValueTable): ValueMessage {
  const indices = new Uint16Array(table.values.length)
  for (let i = 0; i < indices.length; i++) indices[i] = i
  return messageOf(table, indices, true)
}

/** The named values as they stand now. */
export function messageOf(table: ValueTable, indices: Uint16Array, snapshot: boolean): ValueMessage {
  const values = new Float64Array(indices.length)
  const statuses = new Uint16Array(indices.length)
  for (let i = 0; i < indices.length; i++) {
    values[i] = table.values[indices[i]!]!
    statuses[i] = table.statuses[indices[i]!]!
  }
  return { snapshot, epoch: table.epoch, n: table.n, t_ms: table.t_ms, indices, values, statuses }
}
