/**
 * loops/*.csv: instances of classes as a table, one a row, for areas with hundreds of loops.
 *
 * The header names where each column goes: a field of a module (`tag`, `class`, `description`), a field below one by a dot
 * (`io.pv`, `limits.hi`, `blocks.PID1.sp`, `range.lo` and `range.hi`), or else a parameter of the class. An empty cell is
 * left out. The result is the tree that the same modules would have as YAML.
 * @see RFC 4180
 */
import { type CsvCell, csvTable, OPEN_QUOTE } from '../../../protocols/core/csv-cells.ts'
import type { Faults, Place } from './fault.ts'
import { BODY_KEYS } from './read-class.ts'
import type { ListSource, MapEntry, MapSource, ScalarSource, Source } from './source.ts'

interface Cell {
  readonly text: string
  readonly quoted: boolean
  readonly at: Place
}

const MODULE_FIELDS = ['tag', 'class', ...BODY_KEYS]
const PAIRS = ['range', 'desired']

export function readCsv(faults: Faults, file: string, text: string): MapSource | undefined {
  const top: Place = { file, line: 1, column: 1 }
  const rows = cells(faults, file, text)
  if (rows === undefined) return undefined
  const [header, ...records] = rows
  if (header === undefined) {
    faults.add('CFG_EMPTY_FILE', { file, line: 0, column: 0 }, 'nothing', 'a header with tag, class and other columns')
    return undefined
  }
  const columns = header.map((cell) => cell.text.trim())
  columns.forEach((name, i) => {
    if (name === '') faults.add('CFG_MISSING_FIELD', header[i]!.at, 'a column without a name', 'a name in the header')
    else if (columns.indexOf(name) < i)
      faults.add('CFG_DUPLICATE_KEY', header[i]!.at, `'${name}' again`, 'each column once')
  })
  for (const needed of ['tag', 'class']) {
    if (!columns.includes(needed))
      faults.add('CFG_MISSING_FIELD', top, `a table without '${needed}'`, `a column '${needed}'`)
  }
  const items = records.flatMap((record): Source[] => {
    const at = record[0]!.at
    if (record.length !== columns.length) {
      faults.add('CFG_WRONG_TYPE', at, `${record.length} cells`, `${columns.length}, as in the header`)
      return []
    }
    return [moduleOf(columns, record)]
  })
  const modules: ListSource = { kind: 'list', items, at: top }
  return { kind: 'map', entries: [{ key: 'modules', at: top, value: modules }], at: top }
}

function moduleOf(columns: readonly string[], record: readonly Cell[]): MapSource {
  const at = record[0]!.at
  const root: MapEntry[] = []
  columns.forEach((column, i) => {
    const cell = record[i]!
    if (column === '' || (cell.text === '' && !cell.quoted)) return
    const path = column.split('.')
    put(root, MODULE_FIELDS.includes(path[0]!) || path[0] === 'io' ? path : ['params', ...path], cell)
  })
  return { kind: 'map', entries: root, at }
}

function put(entries: MapEntry[], path: readonly string[], cell: Cell): void {
  const [key, ...rest] = path as [string, ...string[]]
  const value = scalar(cell)
  if (rest.length === 0) {
    entries.push({ key, at: cell.at, value })
    return
  }
  const known = entries.find((e) => e.key === key)
  if (PAIRS.includes(key) && (rest[0] === 'lo' || rest[0] === 'hi')) {
    const pair: Source[] = known?.value.kind === 'list' ? [...known.value.items] : []
    pair[rest[0] === 'lo' ? 0 : 1] = value
    // A half that is not given is found as a list of the wrong length.
    replace(entries, known, { key, at: cell.at, value: { kind: 'list', items: pair.filter(Boolean), at: cell.at } })
    return
  }
  const inner = known?.value.kind === 'map' ? [...known.value.entries] : []
  put(inner, rest, cell)
  replace(entries, known, {
    key,
    at: known?.at ?? cell.at,
    value: { kind: 'map', entries: inner, at: known?.at ?? cell.at },
  })
}

function replace(entries: MapEntry[], old: MapEntry | undefined, entry: MapEntry): void {
  if (old === undefined) entries.push(entry)
  else entries[entries.indexOf(old)] = entry
}

/** A cell as YAML's core schema would read it; a quoted one is a text. */
function scalar({ text, quoted, at }: Cell): ScalarSource {
  if (!quoted) {
    if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return { kind: 'scalar', value: Number(text), at }
    if (text === 'true' || text === 'false') return { kind: 'scalar', value: text === 'true', at }
  }
  return { kind: 'scalar', value: text, at, text_at: at }
}

/** Rows of cells; a file that is no table has none, and says why. */
function cells(faults: Faults, file: string, text: string): Cell[][] | undefined {
  const { rows, broken } = csvTable(text, ',')
  const placed = ({ text: bare, quoted, line, column }: CsvCell): Cell => ({
    text: quoted ?? bare,
    quoted: quoted !== undefined,
    at: { file, line, column },
  })
  if (broken === undefined) return rows.map((row) => row.map(placed))
  const open = broken.text === OPEN_QUOTE
  const expected = open ? 'a closing quote; a quote inside is written twice' : 'a comma or the end of the line'
  faults.add('CFG_CSV_SYNTAX', placed(broken).at, broken.text, expected)
  return undefined
}
