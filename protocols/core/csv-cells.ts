/**
 * The cells of a table as spreadsheets write it: commas, semicolons or tabs, quotes, empty lines and lines that begin with #.
 * @see RFC 4180
 */
export interface CsvCell {
  /** Without the spaces around it. */
  readonly text: string
  /** What stands between the quotes, spaces and all; absent: it has none. */
  readonly quoted?: string
  /** Counted from 1. */
  readonly line: number
  readonly column: number
}

export interface CsvTable {
  readonly rows: readonly (readonly CsvCell[])[]
  readonly delimiter: string
  /** Where a quote does not end, or something stands behind one. */
  readonly broken?: CsvCell
}

/** What `broken` says of a quote without its end. */
export const OPEN_QUOTE = 'a quote that does not end'

/** @param delimiter - absent: the one of commas, semicolons and tabs that the first line has most of */
export function csvTable(text: string, delimiter = delimiterOf(text)): CsvTable {
  const ends = `${delimiter}\r\n`
  const rows: CsvCell[][] = []
  let i = text.startsWith('\uFEFF') ? 1 : 0
  let line = 1
  let start = i
  const place = (found: string): CsvCell => ({ text: found, line, column: i - start + 1 })
  while (i < text.length) {
    const end = text.indexOf('\n', i)
    const whole = text.slice(i, end < 0 ? text.length : end).trim()
    if (whole === '' || whole.startsWith('#')) {
      i = end < 0 ? text.length : end + 1
      line++
      start = i
      continue
    }
    const row: CsvCell[] = []
    for (;;) {
      const at = place('')
      let value = ''
      const quoted = text[i] === '"'
      if (quoted) {
        for (i++; text[i] !== '"' || text[i + 1] === '"'; i++) {
          if (i >= text.length) return { rows, delimiter, broken: { ...at, text: OPEN_QUOTE } }
          if (text[i] === '"') i++
          if (text[i] === '\n') {
            line++
            start = i + 1
          }
          value += text[i]
        }
        i++
        if (i < text.length && !ends.includes(text[i]!))
          return { rows, delimiter, broken: place(`'${text[i]}' behind a quote`) }
      } else while (i < text.length && !ends.includes(text[i]!)) value += text[i++]
      row.push({ ...at, text: value.trim(), ...(quoted ? { quoted: value } : {}) })
      if (text[i] !== delimiter) break
      i++
    }
    rows.push(row)
    if (text[i] === '\r') i++
    if (text[i] === '\n') i++
    line++
    start = i
  }
  return { rows, delimiter }
}

/** Of the first line that says something: the one that it has most of. */
function delimiterOf(text: string): string {
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.trim().startsWith('#')) ?? ''
  const count = (d: string): number => first.split(d).length
  return [',', ';', '\t'].reduce((best, d) => (count(d) > count(best) ? d : best))
}
