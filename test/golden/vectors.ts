/**
 * The golden vectors as text, computed by the second evaluator: one file a block type, a line a scan.
 *
 *   {"case", "dt_s", "set", "columns"} begins a case; then [wires set, writes and whether they are taken, columns]
 */
import { BLOCK_CASES } from './block-cases.ts'
import { DEVICE_CASES } from './device-cases.ts'
import { columns, row, signal } from './evaluator/block.ts'
import { EVALUATORS } from './evaluator/index.ts'
import { PID_CASES } from './pid-cases.ts'
import { REMOTE_CASES } from './remote-cases.ts'
import type { Case, Step } from './script.ts'
import { SEQUENCE_CASES } from './sequence-cases.ts'
import { textOf } from './sequence-text.ts'

const CASES: readonly Case[] = [...PID_CASES, ...BLOCK_CASES, ...DEVICE_CASES, ...SEQUENCE_CASES, ...REMOTE_CASES]

/** Block types that have vectors. */
export const GOLDEN_TYPES: readonly string[] = [...new Set(CASES.map((c) => c.type))].sort()

export const fileOf = (type: string): string => `${type.toLowerCase().replaceAll('_', '-')}.jsonl`

/** The file of a block type. */
export const vectorsOf = (type: string): string =>
  CASES.filter((c) => c.type === type)
    .flatMap(linesOf)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')

export interface Header {
  readonly case: string
  readonly dt_s: number
  readonly set: Case['set']
  /** The text of a sequence, whose program is a constant of the block. */
  readonly sequence?: unknown
  readonly columns: readonly string[]
}
export type Line = readonly [
  drive: Step['drive'],
  writes: readonly (readonly [field: string, value: number, taken: 0 | 1])[],
  values: readonly number[],
]

function linesOf(c: Case): (Header | Line)[] {
  const block = EVALUATORS[c.type]!(c.set, c.dt_s, c.sequence)
  let names: readonly string[] = []
  const lines = c.steps.map((step): Line => {
    const writes = step.write.map(
      ([field, value]) => [field, value, block.write(field, value) ? 1 : 0] as readonly [string, number, 0 | 1],
    )
    for (const [name, [value, word]] of Object.entries(step.drive)) block.inputs.set(name, signal(value, word))
    const shown = block.scan()
    names = columns(shown)
    return [step.drive, writes, row(shown).map((x) => x + 0)]
  })
  const sequence = c.sequence === undefined ? {} : { sequence: JSON.parse(textOf(c.sequence)) as unknown }
  return [{ case: c.name, dt_s: c.dt_s, set: c.set, ...sequence, columns: names }, ...lines]
}

/** A file read back: cases with their lines. */
export function parseVectors(text: string): { header: Header; lines: Line[] }[] {
  const cases: { header: Header; lines: Line[] }[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const parsed = JSON.parse(line) as Header | Line
    if ('case' in parsed) cases.push({ header: parsed, lines: [] })
    else cases.at(-1)!.lines.push(parsed)
  }
  return cases
}
