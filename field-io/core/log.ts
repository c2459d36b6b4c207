/**
 * Writing the frame log: marks in order, group commit, files that open with a base.
 *
 * A hole (disk full, an error) breaks the chain: nothing more goes into that file, and the next accepted snapshot opens a new
 * one beyond the hole. A file becomes valid when its base and what came with it are durable; only then may older ones go.
 */
import { compareTicks } from '../../contracts/frame.ts'
import type { Chain, Entry } from './chain.ts'
import { encodeLogEntry, type LogEntry, type Snapshot } from './log-records.ts'
import { LIMITS } from './rules.ts'
import type { FieldIoState } from './state.ts'

/** Opens a file with the newest snapshot of the chain and the frames since, in one sync. */
export function beginLog(state: FieldIoState, epoch: number, chain: Chain): void {
  const { log } = state
  log.number++
  log.begin_mark = log.next_mark
  log.failed = false
  log.frames = 0
  log.snapshots = []
  state.effects.push({ type: 'log-begin', log: log.number })
  const snapshot = chain.snapshots.at(-1)!
  const mark = append(state, { kind: 'base', epoch, snapshot })
  if (mark !== undefined) log.snapshots.push({ at: snapshot, mark })
  for (const entry of chain.entries) if (compareTicks(entry.frame, snapshot) > 0) appendFrame(state, entry)
  log.drop_at = log.next_mark - 1
  log.sync_wanted = true
}

export function appendFrame(state: FieldIoState, entry: Entry): void {
  const { log } = state
  entry.mark = append(state, { kind: 'frame', frame: entry.frame })
  log.frames++
  log.frames_unsynced++
  if (entry.frame.commands.length > 0 || log.frames_unsynced >= LIMITS.sync_every) log.sync_wanted = true
}

/** The snapshot has been accepted; it stands in the chain already. Opens a new file after a hole or when this one is long. */
export function appendSnapshot(state: FieldIoState, snapshot: Snapshot): void {
  const { log, config } = state
  if (log.failed || log.frames >= (config.log_frames_max ?? 3000)) {
    beginLog(state, state.epoch, state.chain)
    return
  }
  const mark = append(state, { kind: 'snapshot', snapshot })
  if (mark === undefined) return
  log.snapshots.push({ at: snapshot, mark })
  log.sync_wanted = true
}

/** One sync for all that this event appended. */
export function flushLog(state: FieldIoState): void {
  const { log } = state
  if (!log.sync_wanted || log.failed) return
  log.sync_wanted = false
  log.frames_unsynced = 0
  state.effects.push({ type: 'log-sync', log: log.number, mark: log.next_mark - 1 })
}

export function onLogDurable(state: FieldIoState, mark: number): void {
  const { log, rules } = state
  const covered = rules.covered(mark, log.next_mark - 1)
  // A mark of the file with the hole says nothing about what follows in it.
  if (covered <= log.durable_mark || (log.failed && covered >= log.begin_mark)) return
  log.durable_mark = covered
  while (log.snapshots.length > 0 && log.snapshots[0]!.mark <= covered) {
    log.snapshot_durable = log.snapshots.shift()!.at
  }
  if (log.drop_at !== undefined && log.drop_at <= covered) {
    log.drop_at = undefined
    state.effects.push({ type: 'log-drop', before: log.number })
  }
}

export function onLogFailed(state: FieldIoState, mark: number): void {
  const { log } = state
  if (mark < log.begin_mark) return
  log.failed = state.rules.chainBroken(true)
  log.drop_at = undefined
  log.snapshots = log.snapshots.filter((s) => s.mark < mark)
  for (const entry of state.chain.entries) {
    if (log.failed && entry.mark !== undefined && entry.mark >= mark) entry.mark = undefined
  }
}

/** On disk, in a chain without a hole: by its own record or by a later snapshot. */
export function isDurable(state: FieldIoState, entry: Entry): boolean {
  const { log } = state
  if (entry.mark !== undefined && entry.mark <= log.durable_mark) return true
  return compareTicks(entry.frame, log.snapshot_durable) <= 0
}

function append(state: FieldIoState, entry: LogEntry): number | undefined {
  const { log } = state
  if (log.failed) return undefined
  const mark = log.next_mark++
  state.effects.push({ type: 'log-append', log: log.number, mark, record: encodeLogEntry(entry) })
  return mark
}
