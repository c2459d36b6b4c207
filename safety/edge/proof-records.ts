/**
 * The proof tests that stand in the records of this installation: one JSON object a line, written by hand or by a
 * tool.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SisConfig } from '../core/config.ts'
import { type ProofTest, proofStatus } from '../core/proof-tests.ts'

export interface ProofRecords {
  /** ISO 8601 of the last valid full test, by final element; "" none. */
  readonly proved: readonly string[]
  /** Tags whose test is overdue: no start while there is one. */
  readonly overdue: readonly string[]
  /** Lines that are no record. */
  readonly wrong: readonly string[]
}

const FILE = 'proof-tests.jsonl'
const DAY_MS = 86_400_000

/** A line of the file: a record, with the interval that applies to its tag. */
interface ProofLine extends ProofTest {
  readonly interval_days: number
}

export function readProofRecords(folder: string, config: SisConfig, hash: string, now_ms: number): ProofRecords {
  const lines: ProofLine[] = []
  const wrong: string[] = []
  for (const [i, line] of textOf(join(folder, FILE)).split('\n').entries()) {
    if (line.trim() === '') continue
    const record = read(line)
    if (record === undefined) wrong.push(`${FILE}:${i + 1}`)
    else lines.push(record)
  }
  const today = Math.floor(now_ms / DAY_MS)
  const statusOf = (tag: string) => {
    const interval = Math.min(...lines.filter((l) => l.tag === tag).map((l) => l.interval_days))
    return proofStatus(lines, tag, interval, today, hash)
  }
  const tags = [...new Set(lines.map((l) => l.tag))]
  return {
    proved: config.elements.map(({ tag }) => {
      const status = statusOf(tag)
      return status.state === 'valid' ? new Date(status.day * DAY_MS).toISOString() : ''
    }),
    overdue: tags.filter((tag) => statusOf(tag).state === 'overdue'),
    wrong,
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function read(line: string): ProofLine | undefined {
  let r: Partial<Record<keyof ProofLine, unknown>>
  try {
    r = JSON.parse(line) as typeof r
  } catch {
    return undefined
  }
  const number = (v: unknown): boolean => typeof v === 'number' && Number.isFinite(v)
  const ok =
    typeof r === 'object' &&
    r !== null &&
    typeof r.tag === 'string' &&
    number(r.day) &&
    number(r.coverage) &&
    number(r.interval_days) &&
    typeof r.configuration_hash === 'string' &&
    typeof r.passed === 'boolean' &&
    typeof r.returned_to_service === 'boolean' &&
    Array.isArray(r.signed_by) &&
    r.signed_by.every((s) => typeof s === 'string')
  return ok ? (r as ProofLine) : undefined
}
