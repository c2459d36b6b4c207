/**
 * The operator journal: append only, each row chained to the one before by SHA-256, in SQLite with a sync at every
 * commit. A command stands here before it is sent.
 *
 * The chain shows a changed, missing or inserted row; against one who rewrites the whole file only a copy of the last
 * hash elsewhere helps.
 */
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { ScanEvent } from '../../contracts/frame.ts'
import type { JournalEntry } from '../../contracts/hmi-wire.ts'
import type { OpenCommand } from '../core/command-machine.ts'
import type { JournalLine } from '../core/journal-entry.ts'
import { GatewayFault } from './gateway-fault.ts'

export interface Journal {
  /** A session number above every one used before, durable on return. */
  nextSession(now_ms: number): number
  /** Durable on return. */
  append(lines: readonly JournalLine[]): JournalEntry[]
  openCommand(line: JournalLine, command: OpenCommand): JournalEntry
  closeCommand(line: JournalLine, seq: number): JournalEntry
  openCommands(): OpenCommand[]
  /** Events of one scan; those that the journal already has (of an earlier run) are left out. */
  appendEvents(tick: EventTick, events: readonly ScanEvent[], line: (event: ScanEvent) => JournalLine): JournalEntry[]
  /** The newest entries, oldest first. */
  latest(limit: number): JournalEntry[]
  /** The first row that does not follow from the one before; undefined: the chain holds. */
  brokenAt(): number | undefined
  close(): void
}

/** `t_ms` is the frame's own stamp, equal in both controllers' copies; it tells two histories with equal numbers apart. */
export interface EventTick {
  readonly epoch: number
  readonly n: number
  readonly t_ms: number
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -512;
  PRAGMA journal_size_limit = 4194304;
  CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY, t_ms INTEGER NOT NULL, kind TEXT NOT NULL, station TEXT NOT NULL, tag TEXT NOT NULL,
    text TEXT NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE TRIGGER IF NOT EXISTS journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
  CREATE TRIGGER IF NOT EXISTS journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
  CREATE TABLE IF NOT EXISTS seen_event (epoch INTEGER, n INTEGER, t_ms INTEGER, ordinal INTEGER,
    PRIMARY KEY (epoch, n, t_ms, ordinal)) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS open_command (seq INTEGER PRIMARY KEY, command TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS session (number INTEGER PRIMARY KEY) STRICT;
`

/** Events of this many scans are remembered over a restart: more than both controllers can send again. */
const SEEN_EVENTS_KEPT = 10_000

interface Row {
  id: number
  t_ms: number
  kind: string
  station: string
  tag: string
  text: string
  data: string
  hash: string
}

export function openJournal(path: string): Journal {
  const db = openDatabase(path)
  const insert = db.prepare('INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const see = db.prepare('INSERT OR IGNORE INTO seen_event VALUES (?, ?, ?, ?)')
  const forgetSeen = db.prepare(
    'DELETE FROM seen_event WHERE t_ms < (SELECT t_ms FROM seen_event ORDER BY t_ms DESC LIMIT 1 OFFSET ?)',
  )
  const hold = db.prepare('INSERT INTO open_command VALUES (?, ?)')
  const release = db.prepare('DELETE FROM open_command WHERE seq = ?')
  const newest = db.prepare('SELECT id, t_ms, kind, station, tag, text FROM journal ORDER BY id DESC LIMIT ?')
  const last = db.prepare('SELECT id, hash FROM journal ORDER BY id DESC LIMIT 1').get() as Row | undefined
  let tail = { id: last?.id ?? 0, hash: last?.hash ?? '' }

  const put = (line: JournalLine, data: string): JournalEntry => {
    const row = { id: tail.id + 1, ...line, data }
    const hash = chained(tail.hash, row)
    insert.run(row.id, row.t_ms, row.kind, row.station, row.tag, row.text, data, hash)
    tail = { id: row.id, hash }
    return { id: row.id, ...line }
  }

  const transaction = <T>(work: () => T): T => {
    const before = tail
    try {
      db.exec('BEGIN IMMEDIATE')
      const done = work()
      db.exec('COMMIT')
      return done
    } catch (cause) {
      tail = before
      if (db.isTransaction) db.exec('ROLLBACK')
      throw new GatewayFault(
        'GW_JOURNAL',
        `the journal cannot be written: ${messageOf(cause)}`,
        'Free space on the disk or mend its rights.',
        cause,
      )
    }
  }

  return {
    nextSession: (now_ms) =>
      transaction(() => {
        const { top } = db.prepare('SELECT max(number) AS top FROM session').get() as { top: number | null }
        // Seconds since 1970 as the floor: a journal that was lost does not make the controllers see old numbers again.
        const number = Math.max((top ?? 0) + 1, Math.floor(now_ms / 1000))
        db.prepare('DELETE FROM session').run()
        db.prepare('INSERT INTO session VALUES (?)').run(number)
        return number
      }),
    append: (lines) => transaction(() => lines.map((line) => put(line, ''))),
    openCommand: (line, command) =>
      transaction(() => {
        const json = JSON.stringify(command)
        hold.run(command.seq, json)
        return put(line, json)
      }),
    closeCommand: (line, seq) =>
      transaction(() => {
        release.run(seq)
        return put(line, JSON.stringify({ seq }))
      }),
    openCommands: () =>
      (db.prepare('SELECT command FROM open_command ORDER BY seq').all() as { command: string }[]).map(
        (row) => JSON.parse(row.command) as OpenCommand,
      ),
    appendEvents: (tick, events, line) =>
      transaction(() => {
        const fresh = events.filter((e) => see.run(tick.epoch, tick.n, tick.t_ms, e.ordinal).changes === 1)
        forgetSeen.run(SEEN_EVENTS_KEPT)
        return fresh.map((e) => put(line(e), JSON.stringify({ ...tick, ...e })))
      }),
    latest: (limit) => (newest.all(limit) as unknown as JournalEntry[]).map((row) => ({ ...row })).reverse(),
    brokenAt: () => {
      let before = { id: 0, hash: '' }
      for (const raw of db.prepare('SELECT * FROM journal ORDER BY id').iterate()) {
        const row = raw as unknown as Row
        if (row.id !== before.id + 1 || row.hash !== chained(before.hash, row)) return row.id
        before = row
      }
      return undefined
    },
    close: () => db.close(),
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path)
    db.exec(SCHEMA)
    return db
  } catch (cause) {
    throw new GatewayFault(
      'GW_JOURNAL',
      `the journal ${path} cannot be opened: ${messageOf(cause)}`,
      'See that the folder can be written; a damaged file is moved away by hand, never deleted by the program.',
      cause,
    )
  }
}

const chained = (before: string, r: Omit<Row, 'hash'>): string =>
  createHash('sha256')
    .update(before)
    .update(JSON.stringify([r.id, r.t_ms, r.kind, r.station, r.tag, r.text, r.data]))
    .digest('hex')

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
