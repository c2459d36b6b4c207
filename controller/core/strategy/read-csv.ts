/**
 * loops/*.csv: instances of classes as a table, one a row, for areas with hundreds of loops.
 *
 * The header names where each column goes: a field of a module (`tag`, `class`, `description`), a field below one by a dot
 * (`io.pv`, `limits.hi`, `blocks.PID1.sp`, `range.lo` and `range.hi`), or else a parameter of the class. An empty cell is
 * left out. The result is the tree that the same modules would have as YAML.
 * @see RFC 4180
 */
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

/** Rows of cells; lines that are empty or begin with # are left out. */
function cells(faults: Faults, file: string, text: string): Cell[][] | undefined {
  const rows: Cell[][] = []
  let i = text.startsWith('\uFEFF') ? 1 : 0
  let line = 1
  let start = i
  while (i < text.length) {
    const end = text.indexOf('\n', i)
    const whole = text.slice(i, end < 0 ? text.length : end).trim()
    if (whole === '' || whole.startsWith('#')) {
      i = end < 0 ? text.length : end + 1
      line++
      start = i
      continue
    }
    const row: Cell[] = []
    for (;;) {
      const at: Place = { file, line, column: i - start + 1 }
      let value = ''
      const quoted = text[i] === '"'
      if (quoted) {
        i++
        for (;;) {
          if (i >= text.length) {
            faults.add(
              'CFG_CSV_SYNTAX',
              at,
              'a quote that does not end',
              'a closing quote; a quote inside is written twice',
            )
            return undefined
          }
          if (text[i] === '"' && text[i + 1] === '"') {
            value += '"'
            i += 2
          } else if (text[i] === '"') break
          else {
            if (text[i] === '\n') {
              line++
              start = i + 1
            }
            value += text[i++]
          }
        }
        i++
        if (i < text.length && !',\r\n'.includes(text[i]!)) {
          faults.add(
            'CFG_CSV_SYNTAX',
            { file, line, column: i - start + 1 },
            `'${text[i]}' behind a quote`,
            'a comma or the end of the line',
          )
          return undefined
        }
      } else while (i < text.length && !',\r\n'.includes(text[i]!)) value += text[i++]
      row.push({ text: quoted ? value : value.trim(), quoted, at })
      if (text[i] !== ',') break
      i++
    }
    rows.push(row)
    if (text[i] === '\r') i++
    if (text[i] === '\n') i++
    line++
    start = i
  }
  return rows
}
