import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** A CSV file of numbers, columns by name. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/** The cells of one row as text; `#` lines and empty lines do not count. */
export interface Row {
  /** Line in the file, 1-based, for messages. */
  readonly line: number
  readonly cells: readonly string[]
}

/** What is wrong with a file of reference numbers. */
export class TableFault extends Error {}

/** Reads a CSV file, plain or gzip. @throws TableFault where it is no table: no heading, no row, a row of another length */
export function readTable(path: string): Table {
  const bytes = readFileSync(path)
  let text: string
  try {
    text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (cause) {
    throw new TableFault(`not a gzip file, or cut short (${(cause as Error).message})`)
  }
  const lines: Row[] = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    lines.push({ line: i + 1, cells: split(line) })
  }
  const [head, ...rows] = lines
  if (head === undefined) throw new TableFault('empty file')
  if (rows.length === 0) throw new TableFault('a heading and no rows')
  for (const row of rows) {
    if (row.cells.length !== head.cells.length) {
      throw new TableFault(`line ${row.line} has ${row.cells.length} cells, the heading ${head.cells.length}`)
    }
  }
  return { columns: head.cells, rows }
}

/** Index of a column. @throws TableFault if it is missing */
export function columnOf(table: Table, name: string): number {
  const at = table.columns.indexOf(name)
  if (at < 0) throw new TableFault(`no column ${name}`)
  return at
}

/** Indices of `name1` .. `nameN`. @throws TableFault if one is missing */
export function columnsOf(table: Table, name: string, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => columnOf(table, `${name}${i + 1}`))
}

export function hasColumn(table: Table, name: string): boolean {
  return table.columns.includes(name)
}

/** A cell as a number; `T` and `F` are 1 and 0. @throws TableFault if it is none */
export function numberAt(table: Table, row: Row, column: number): number {
  const cell = row.cells[column]!.trim()
  if (cell === 'T' || cell === 'True') return 1
  if (cell === 'F' || cell === 'False') return 0
  const value = cell === '' ? Number.NaN : Number(cell)
  if (Number.isNaN(value) && cell.toLowerCase() !== 'nan') {
    throw new TableFault(`line ${row.line}, column ${table.columns[column]}: "${cell}" is no number`)
  }
  return value
}

/** Says which columns nobody reads, or nothing: a comparison that overlooks one proves less than it seems to. */
export function unreadColumns(table: Table, known: readonly RegExp[]): string {
  const strange = table.columns.filter((name) => !known.some((pattern) => pattern.test(name)))
  return strange.length === 0 ? '' : `unknown columns, not compared: ${strange.join(', ')}`
}

/** Mean magnitude of a column: what errors of trajectories are divided by; 1 for a column of zeros. */
export function meanMagnitude(table: Table, column: number): number {
  let sum = 0
  for (const row of table.rows) sum += Math.abs(numberAt(table, row, column))
  const mean = sum / table.rows.length
  return mean === 0 ? 1 : mean
}

/** Cells of a line; a quoted cell may hold commas. */
function split(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    (m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? '',
  )
}
