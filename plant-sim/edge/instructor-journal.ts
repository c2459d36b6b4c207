/**
 * What was done to the plant and by whom: one JSON object a line in `instructor.jsonl` of the data folder, and the latest in
 * memory for the page. A journal that cannot be written says so once and is kept in memory: training goes on.
 */
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface JournalLine {
  /** Wall time, ISO 8601. */
  readonly at: string
  /** Plant time, s, and the tick the plant stood at. */
  readonly time_s: number
  readonly tick: number
  /** `instructor`, `scenario`, `station 1`. */
  readonly who: string
  readonly what: string
}

export interface InstructorJournal {
  write(line: Omit<JournalLine, 'at'>): void
  /** Newest first. */
  latest(limit: number): JournalLine[]
  close(): Promise<void>
}

const KEPT = 500

/** @param data_dir - absent: in memory only */
export function openInstructorJournal(data_dir: string | undefined): InstructorJournal {
  const kept: JournalLine[] = []
  const path = data_dir === undefined ? undefined : join(data_dir, 'instructor.jsonl')
  let failed = false
  let last: Promise<unknown> = data_dir === undefined ? Promise.resolve() : mkdir(data_dir, { recursive: true })
  return {
    write(entry) {
      const line: JournalLine = { at: new Date().toISOString(), ...entry }
      kept.push(line)
      if (kept.length > KEPT) kept.shift()
      if (path === undefined) return
      last = last
        .then(() => appendFile(path, `${JSON.stringify(line)}\n`))
        .catch((cause: Error) => {
          if (!failed) process.stderr.write(`plant-sim: instructor's journal ${path}: ${cause.message}\n`)
          failed = true
        })
    },
    latest: (limit) => kept.slice(-limit).reverse(),
    async close() {
      await last
    },
  }
}
