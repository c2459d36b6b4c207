/** History of published values. */
import type { HistorySeries, ValueMessage } from '../../contracts/hmi-wire.ts'
import type { ValueTable } from '../core/value-table.ts'

export interface HistoryQuery {
  readonly keys: readonly string[]
  readonly from_ms: number
  readonly to_ms: number
  readonly points: number
}

export interface Historian {
  /** Why nothing is recorded, in words; null: it is. */
  readonly trouble: string | null
  /** Takes the changes of a scan; never waits, never throws. */
  record(changes: ValueMessage, table: ValueTable): void
  /** Scans have stopped after this time: the trend must not be drawn on. */
  gap(t_ms: number): void
  /** Another artifact: indices have another meaning from now on. */
  changeKeys(keys: readonly string[]): void
  /** @throws GatewayFault GW_HISTORY where there is none */
  query(query: HistoryQuery): Promise<HistorySeries[]>
  close(): Promise<void>
}

export async function openHistorian(_path: string, _keys: readonly string[], _retention_h: number): Promise<Historian> {
  return {
    trouble: 'not written yet',
    record() {},
    gap() {},
    changeKeys() {},
    query: async ({ keys }) => keys.map((key) => ({ key, t_ms: [], min: [], max: [], mean: [] })),
    async close() {},
  }
}
