/**
 * A device profile from a vendor's list of registers as a table: one point a row, a header that says what the columns are.
 */
import { nearest } from '../../../numerics/nearest.ts'
import { type CsvCell, csvTable } from '../csv-cells.ts'
import { BYTE_ORDERS, REGISTER_TYPES } from '../modbus/registers.ts'
import { ADDRESS_STYLES, type AddressStyle, addressOf, styleOf } from './address-style.ts'
import { countsPerUnit, type ProfileCode } from './profile.ts'
import { readProfile } from './read-profile.ts'
import { ACCESS_WORDS, bare, COLUMNS, type Column, TABLE_WORDS, TYPE_WORDS } from './table-words.ts'

export interface TableFault {
  readonly code: TableCode
  readonly line: number
  readonly column: number
  readonly found: string
  readonly expected: string
  readonly suggestion: string
}

export type TableCode = 'CFG_ADDRESS_STYLE' | 'CFG_CSV_SYNTAX' | 'CFG_DUPLICATE_KEY' | 'CFG_EMPTY_FILE' | ProfileCode

export interface TableOptions {
  readonly name: string
  readonly title: string
  readonly source: string
  readonly protocols: readonly string[]
  /** Absent: found out where that can be done. */
  readonly addresses?: AddressStyle
}

export type FromTable =
  | {
      /** What the file of the profile holds, as a plain value; sound. */
      readonly value: Readonly<Record<string, unknown>>
      readonly addresses: AddressStyle
      /** It was found out, not told. */
      readonly detected: boolean
      /** Columns of the table that say nothing to us. */
      readonly unused: readonly string[]
      /** Names that had to be changed: as in the table, and as in the profile. */
      readonly renamed: readonly (readonly [string, string])[]
      readonly points: number
    }
  | { readonly faults: readonly TableFault[] }

type Point = Record<string, unknown>

interface Row {
  readonly cell: (column: Column) => CsvCell | undefined
  readonly first: CsvCell
}

export function profileFromTable(text: string, options: TableOptions): FromTable {
  const faults: TableFault[] = []
  const add = (
    code: TableCode,
    at: { line: number; column: number },
    found: string,
    expected: string,
    suggestion = '',
  ) => faults.push({ code, line: at.line, column: at.column, found, expected, suggestion })
  const table = csvTable(text)
  if (table.broken !== undefined) {
    add(
      'CFG_CSV_SYNTAX',
      table.broken,
      table.broken.text,
      'a closing quote and then the next cell; a quote inside is written twice',
    )
    return { faults }
  }
  const [header, ...records] = table.rows
  if (header === undefined || records.length === 0) {
    add(
      'CFG_EMPTY_FILE',
      { line: 0, column: 0 },
      header === undefined ? 'nothing' : 'a header alone',
      'a header and one row a point',
    )
    return { faults }
  }
  const columns = readHeader(header, add)
  const rows = records.flatMap((record): Row[] => {
    if (record.length === header.length)
      return [{ first: record[0]!, cell: (column) => filled(record[columns.index.get(column) ?? -1]) }]
    add('CFG_WRONG_TYPE', record[0]!, `${record.length} cells`, `${header.length}, as in the header`)
    return []
  })
  if (faults.length > 0) return { faults }

  const texts = rows.map((row) => row.cell('register')?.text ?? '').filter((t) => t !== '')
  const style = options.addresses ?? styleOf(texts)
  if (style === undefined) {
    const at = header[columns.index.get('register')!]!
    const expected = `--addresses ${ADDRESS_STYLES.join(', ')}: this list does not say whether it counts from 0 or from 1`
    add('CFG_ADDRESS_STYLE', at, `addresses from ${least(texts)} on`, expected)
    return { faults }
  }
  const points: Record<string, Point> = {}
  const places = new Map<string, Row>()
  const renamed: [string, string][] = []
  for (const row of rows) {
    const name = readName(row, add)
    if (name === undefined) continue
    const [given, own] = name
    const other = places.get(own)
    if (other !== undefined) {
      add(
        'CFG_DUPLICATE_KEY',
        row.cell('name') ?? row.first,
        `'${own}' again`,
        `each name once; it stands in line ${other.first.line} already`,
      )
      continue
    }
    places.set(own, row)
    if (given !== own) renamed.push([given, own])
    const point = readRow(row, style, table.delimiter === ';', add)
    if (point !== undefined) points[own] = point
  }
  if (faults.length > 0) return { faults: inOrder(faults) }
  const value = {
    format: 1,
    name: options.name,
    title: options.title,
    source: options.source,
    protocols: options.protocols,
    points,
  }
  for (const { code, path, found, expected, suggestion } of problemsOf(value, options.name)) {
    const row = path[0] === 'points' ? places.get(String(path[1])) : undefined
    const column = path[2] === 'range' ? 'min' : (path[2] as Column | undefined)
    const at =
      row === undefined ? { line: 0, column: 0 } : ((column === undefined ? undefined : row.cell(column)) ?? row.first)
    add(code, at, found, expected, suggestion)
  }
  if (faults.length > 0) return { faults: inOrder(faults) }
  return {
    value,
    addresses: style,
    detected: options.addresses === undefined,
    unused: columns.unused,
    renamed,
    points: Object.keys(points).length,
  }
}

type Add = (
  code: TableCode,
  at: { line: number; column: number },
  found: string,
  expected: string,
  suggestion?: string,
) => void

function problemsOf(value: unknown, name: string) {
  const read = readProfile(value, name)
  return 'problems' in read ? read.problems : []
}

const inOrder = (faults: readonly TableFault[]): TableFault[] =>
  [...faults].sort((a, b) => a.line - b.line || a.column - b.column)

const filled = (cell: CsvCell | undefined): CsvCell | undefined =>
  cell === undefined || cell.text === '' ? undefined : cell

const least = (texts: readonly string[]): number => Math.min(...texts.map(Number).filter((n) => Number.isFinite(n)))

function readHeader(header: readonly CsvCell[], add: Add): { index: Map<Column, number>; unused: string[] } {
  const index = new Map<Column, number>()
  const unused: string[] = []
  header.forEach((cell, i) => {
    const column = (Object.keys(COLUMNS) as Column[]).find((c) => COLUMNS[c].includes(bare(cell.text)))
    if (column === undefined) unused.push(cell.text)
    else if (index.has(column)) {
      const first = header[index.get(column)!]!.text
      add('CFG_DUPLICATE_KEY', cell, `'${cell.text}' beside '${first}'`, `one column for ${column}`)
    } else index.set(column, i)
  })
  for (const needed of ['name', 'register', 'type'] as const) {
    if (index.has(needed)) continue
    const near = nearest(needed, unused)
    add(
      'CFG_MISSING_FIELD',
      header[0]!,
      `a table without '${needed}'`,
      `a column '${needed}' (${COLUMNS[needed].join(', ')})`,
      near,
    )
  }
  return { index, unused: unused.filter((name) => name !== '') }
}

/** As in the table, and as in the profile: what a name of a point may not have becomes _. */
function readName(row: Row, add: Add): readonly [string, string] | undefined {
  const cell = row.cell('name')
  if (cell === undefined) {
    add('CFG_MISSING_FIELD', row.first, 'a row without a name', 'a name for the point')
    return undefined
  }
  const own = cell.text
    .replace(/[^A-Za-z0-9_./-]+/g, '_')
    .replace(/^[^A-Za-z0-9]+|[_./-]+$/g, '')
    .replace(/\/{2,}/g, '/')
  if (own !== '') return [cell.text, own]
  add('CFG_WRONG_TYPE', cell, `'${cell.text}'`, 'a name with letters or digits')
  return undefined
}

function readRow(row: Row, style: AddressStyle, comma: boolean, add: Add): Point | undefined {
  const at = (column: Column): CsvCell => row.cell(column) ?? row.first
  const number = (column: Column): number | undefined => {
    const cell = row.cell(column)
    if (cell === undefined) return undefined
    const found = numberOf(comma ? cell.text.replace(',', '.') : cell.text)
    if (found === undefined) add('CFG_WRONG_TYPE', cell, `'${cell.text}'`, 'a number')
    return found
  }
  const among = (column: Column, words: Readonly<Record<string, string>>): string | undefined => {
    const cell = row.cell(column)
    if (cell === undefined) return undefined
    const found = words[bare(cell.text)] ?? words[cell.text.toLowerCase()]
    const all = [...new Set(Object.values(words))]
    if (found === undefined)
      add('CFG_UNKNOWN_WORD', cell, `'${cell.text}'`, all.join(' | '), nearest(bare(cell.text), Object.keys(words)))
    return found
  }
  const addressCell = row.cell('register')
  if (addressCell === undefined) {
    add('CFG_MISSING_FIELD', row.first, 'a row without an address', 'the register of the point')
    return undefined
  }
  const address = addressOf(addressCell.text, style)
  if (address === undefined) {
    const what = { '0': '0 to 65535', '1': '1 to 65536', modicon: '00001, 10001, 30001 or 40001 and on' }[style]
    add('CFG_OUT_OF_RANGE', addressCell, `'${addressCell.text}'`, what)
    return undefined
  }
  const said = among('table', TABLE_WORDS)
  if (said !== undefined && address.table !== undefined && said !== address.table)
    add('CFG_WRONG_TYPE', at('table'), `'${said}' at ${addressCell.text}`, `${address.table}, by the first digit`)
  const table = address.table ?? said
  const bits = table === 'coil' || table === 'discrete'
  const type = among(
    'type',
    Object.fromEntries([...REGISTER_TYPES.map((t) => [t, t] as const), ...Object.entries(TYPE_WORDS)]),
  )
  if (type === undefined && !bits && row.cell('type') === undefined)
    add('CFG_MISSING_FIELD', row.first, 'a row without a type', 'the type of the number')
  const order = among('order', {
    ...Object.fromEntries(BYTE_ORDERS.map((o) => [bare(o), o])),
    big: 'ABCD',
    bigendian: 'ABCD',
  })
  const [min, max, scale] = [number('min'), number('max'), readScale(row, comma, add)]
  const offset = number('offset')
  const sentinels = row
    .cell('sentinels')
    ?.text.split(/[;|\s]+/)
    .map(numberOf)
  if (sentinels?.includes(undefined)) add('CFG_WRONG_TYPE', at('sentinels'), `'${at('sentinels').text}'`, 'numbers')
  const counter = row.cell('counter')?.text
  const further = (column: Column): number | undefined => {
    const cell = row.cell(column)
    const found = cell === undefined ? undefined : addressOf(cell.text, style)
    if (cell !== undefined && found === undefined)
      add('CFG_WRONG_TYPE', cell, `'${cell.text}'`, 'an address like the others')
    return found?.register
  }
  const fields = {
    table,
    register: address.register,
    type: bits && type === 'bool' ? undefined : type,
    order: order === 'ABCD' ? undefined : order,
    bit: number('bit'),
    scale,
    counts_per_unit: scale === undefined ? number('counts_per_unit') : undefined,
    offset,
    exponent_register: further('exponent_register'),
    unit: row.cell('unit')?.text,
    access: among('access', ACCESS_WORDS),
    range: min !== undefined && max !== undefined ? [min, max] : undefined,
    sentinels,
    status_register: further('status_register'),
    readback_register: further('readback_register'),
    counter: counter !== undefined && /^(1|x|y|yes|true)$/i.test(counter) ? true : undefined,
    quantity: row.cell('quantity')?.text,
    description: row.cell('description')?.text,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined))
}

function readScale(row: Row, comma: boolean, add: Add): number | undefined {
  const cell = row.cell('scale')
  if (cell === undefined) return undefined
  const text = comma ? cell.text.replace(',', '.') : cell.text
  const fraction = /^(\d+)\s*\/\s*(\d+)$/.exec(text)
  const scale = fraction === null ? numberOf(text.replace(/^[x*]\s*/, '')) : Number(fraction[1]) / Number(fraction[2])
  if (scale !== undefined && Number.isFinite(1 / scale) && Number.isFinite(countsPerUnit(scale))) return scale
  add('CFG_WRONG_TYPE', cell, `'${cell.text}'`, 'a factor that is not 0, as 0.1 or 1/10')
  return undefined
}

function numberOf(text: string): number | undefined {
  if (/^0[xX][0-9A-Fa-f]+$/.test(text)) return Number(text)
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined
}
