/** The history's file. One table of changes, one of names; DuckDB with one thread and little memory. */
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { type BucketSum, bucketWidth_ms, type Sample, type Span } from '../core/decimation.ts'
import { GAP_STATUS, type HistoryRows, KEYFRAME_MS } from '../core/history-queue.ts'

export interface KeyHistory {
  /** What held when the span began. */
  readonly before: Sample | undefined
  readonly sums: readonly BucketSum[]
}

export interface HistoryStore {
  /** Time of the newest row; 0: there is none. */
  readonly newest_ms: number
  /** Durable on return. `rows.index` is into `keys`. */
  write(keys: readonly string[], rows: HistoryRows): Promise<void>
  read(keys: readonly string[], span: Span): Promise<Map<string, KeyHistory>>
  /** Removes what is older. */
  forget(before_ms: number): Promise<void>
  close(): void
}

const MEMORY_LIMIT = '64MB'
/** Rows of one DuckDB vector. */
const CHUNK_ROWS = 2048
/** A value stands in each full set, so the one that held is found within this time; a little more for a slow scan. */
const LOOK_BACK_MS = KEYFRAME_MS * 1.5

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS key_name (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS sample (key INTEGER NOT NULL, t_ms BIGINT NOT NULL, value DOUBLE NOT NULL, status USMALLINT NOT NULL);
`

export async function openHistoryStore(path: string): Promise<HistoryStore> {
  // Imported late: it is the heaviest part of this program, and a gateway without it still shows the plant.
  const duckdb = await import('@duckdb/node-api')
  const instance = await duckdb.DuckDBInstance.create(path, {
    memory_limit: MEMORY_LIMIT,
    threads: '1',
    preserve_insertion_order: 'false',
  })
  try {
    return await storeOver(duckdb, instance)
  } catch (cause) {
    instance.closeSync()
    throw cause
  }
}

async function storeOver(duckdb: typeof import('@duckdb/node-api'), instance: DuckDBInstance): Promise<HistoryStore> {
  const writer = await instance.connect()
  const reader = await instance.connect()
  await writer.run(SCHEMA)
  const ids = new Map<string, number>()
  for (const [id, name] of await rowsOf(writer, 'SELECT id, name FROM key_name')) ids.set(String(name), Number(id))
  const newest_ms = Number((await rowsOf(writer, 'SELECT max(t_ms) FROM sample'))[0]?.[0] ?? 0)
  // Whatever ended the last run, nothing is known from its last row on.
  if (newest_ms > 0) {
    await writer.run(`INSERT INTO sample SELECT id, ${newest_ms + 1}, 'NaN'::DOUBLE, ${GAP_STATUS} FROM key_name`)
  }
  const types = [duckdb.INTEGER, duckdb.BIGINT, duckdb.DOUBLE, duckdb.USMALLINT]

  const nameKeys = async (keys: readonly string[]): Promise<number[]> => {
    for (const name of keys) {
      if (ids.has(name)) continue
      const id = ids.size + 1
      await writer.run('INSERT INTO key_name VALUES ($1, $2)', [id, name])
      ids.set(name, id)
    }
    return keys.map((name) => ids.get(name)!)
  }

  return {
    newest_ms,
    async write(keys, rows) {
      const idOf = await nameKeys(keys)
      await writer.run('BEGIN')
      try {
        const appender = await writer.createAppender('sample')
        for (let at = 0; at < rows.index.length; at += CHUNK_ROWS) {
          const end = Math.min(rows.index.length, at + CHUNK_ROWS)
          const chunk = duckdb.DuckDBDataChunk.create(types, end - at)
          chunk.setColumns([
            rows.index.slice(at, end).map((i) => idOf[i]!),
            rows.t_ms.slice(at, end).map((t) => BigInt(Math.round(t))),
            rows.value.slice(at, end),
            rows.status.slice(at, end),
          ])
          appender.appendDataChunk(chunk)
        }
        appender.closeSync()
        // The sync to the disk happens here, on another thread.
        await writer.run('COMMIT')
      } catch (cause) {
        await writer.run('ROLLBACK').catch(() => {})
        throw cause
      }
    },
    async read(keys, span) {
      const known = keys.flatMap((name) => ids.get(name) ?? [])
      const found = new Map<string, { before: Sample | undefined; sums: BucketSum[] }>()
      if (known.length === 0) return found
      const nameOf = new Map(keys.map((name) => [ids.get(name), name]))
      const of = (id: DuckDBValue): { before: Sample | undefined; sums: BucketSum[] } => {
        const name = nameOf.get(Number(id))!
        const entry = found.get(name) ?? { before: undefined, sums: [] }
        found.set(name, entry)
        return entry
      }
      for (const [id, t_ms, value, status] of await rowsOf(reader, beforeSql(known, span))) {
        of(id!).before = { t_ms: Number(t_ms), value: Number(value), status: Number(status) }
      }
      for (const row of await rowsOf(reader, sumsSql(known, span))) {
        const [id, bucket, first_ms, min, max, area, good_ms, last_value, last_status] = row
        of(id!).sums.push({
          bucket: Number(bucket),
          first_ms: Number(first_ms),
          min: min === null ? null : Number(min),
          max: max === null ? null : Number(max),
          area: Number(area ?? 0),
          good_ms: Number(good_ms ?? 0),
          last_value: Number(last_value),
          last_status: Number(last_status),
        })
      }
      return found
    },
    async forget(before_ms) {
      await writer.run(`DELETE FROM sample WHERE t_ms < ${Math.floor(before_ms)}`)
      await writer.run('CHECKPOINT')
    },
    close() {
      reader.closeSync()
      writer.closeSync()
      instance.closeSync()
    },
  }
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  return (await connection.runAndReadAll(sql)).getRows()
}

// Only numbers of this program go into the texts below: ids, times and widths.

const beforeSql = (ids: readonly number[], s: Span): string => `
  SELECT key, max(t_ms), arg_max(value, t_ms), arg_max(status, t_ms) FROM sample
  WHERE key IN (${ids.join(',')}) AND t_ms < ${s.from_ms} AND t_ms >= ${s.from_ms - LOOK_BACK_MS}
  GROUP BY key`

const sumsSql = (ids: readonly number[], s: Span): string => {
  const width_ms = bucketWidth_ms(s)
  return `
  WITH change AS (
    SELECT key, t_ms, value, status,
      least(${s.points - 1}, floor((t_ms - ${s.from_ms}) / ${width_ms}))::INTEGER AS bucket,
      CASE WHEN (status & 192) = 0 OR NOT isfinite(value) THEN NULL ELSE value END AS good,
      lead(t_ms) OVER (PARTITION BY key ORDER BY t_ms) AS next_ms
    FROM sample WHERE key IN (${ids.join(',')}) AND t_ms >= ${s.from_ms} AND t_ms < ${s.to_ms}),
  held AS (
    SELECT *, greatest(0, least(coalesce(next_ms, 1e18), ${s.from_ms} + (bucket + 1) * ${width_ms}, ${s.known_ms}) - t_ms) AS held_ms
    FROM change)
  SELECT key, bucket, min(t_ms), min(good), max(good), sum(good * held_ms),
    sum(CASE WHEN good IS NULL THEN 0 ELSE held_ms END), arg_max(value, t_ms), arg_max(status, t_ms)
  FROM held GROUP BY key, bucket ORDER BY key, bucket`
}
