/**
 * What a slow browser has missed: the set of changed values, never the changes themselves. When it can take bytes
 * again it gets each of them once, as it stands then; so the memory is one byte a value however long it sleeps.
 */
import type { ValueMessage } from '../../contracts/hmi-wire.ts'
import { messageOf, type ValueTable } from './value-table.ts'

export interface Backlog {
  readonly dirty: Uint8Array
  count: number
}

export const createBacklog = (published: number): Backlog => ({ dirty: new Uint8Array(published), count: 0 })

/** Notes that the receiver did not get this message. */
export function missed(backlog: Backlog, message: ValueMessage): void {
  for (const i of message.indices) {
    if (backlog.dirty[i] === 0) backlog.count++
    backlog.dirty[i] = 1
  }
}

/** Everything that was missed, as it stands now; the backlog is empty afterwards. */
export function caughtUp(backlog: Backlog, table: ValueTable): ValueMessage {
  const indices = new Uint16Array(backlog.count)
  let at = 0
  for (let i = 0; i < backlog.dirty.length; i++) if (backlog.dirty[i] === 1) indices[at++] = i
  backlog.dirty.fill(0)
  backlog.count = 0
  return messageOf(table, indices, false)
}
