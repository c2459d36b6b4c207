/**
 * displays/*.yaml: one operator display a file.
 */
import type { DisplayRecord } from '../../../contracts/artifact.ts'
import type { Faults, Place } from './fault.ts'
import { mapsOf, readMap, type Word, wordOf } from './map-reader.ts'
import type { ListSource, MapSource } from './source.ts'

export interface DisplaySpec {
  readonly record: DisplayRecord
  /** Every tag the display names, to be checked when all tags are known. */
  readonly tags: readonly Word[]
  readonly at: Place
}

export function readDisplay(faults: Faults, source: MapSource): DisplaySpec | undefined {
  const m = readMap(faults, source, 'a display', ['id', 'title', 'kind', 'columns', 'trends', 'margins', 'economics'])
  const tags: Word[] = []
  const words = (list: ListSource | undefined): string[] => {
    const read = (list?.items ?? []).map((item) => wordOf(faults, item)).filter((word) => word !== undefined)
    tags.push(...read)
    return read.map((word) => word.text)
  }
  const id = m.word('id')
  const title = m.word('title')
  const kind = m.word('kind')
  if (kind !== undefined && kind.text !== 'overview') {
    faults.add('CFG_UNKNOWN_WORD', kind.at, `'${kind.text}'`, 'overview', 'overview')
  }
  const columns = mapsOf(faults, m.list('columns')).map((column) => {
    const c = readMap(faults, column, 'a column', ['title', 'indicators'])
    return { title: c.word('title')?.text ?? '', indicators: words(c.list('indicators')) }
  })
  const trends = mapsOf(faults, m.list('trends')).map((trend) => {
    const t = readMap(faults, trend, 'a trend', ['tag', 'span'])
    const tag = t.word('tag')
    if (tag !== undefined) tags.push(tag)
    return { tag: tag?.text ?? '', span_min: (t.duration_ms('span') ?? 60_000) / 60_000 }
  })
  const margins = words(m.list('margins'))
  const economics = words(m.list('economics'))
  if (id === undefined) return undefined
  return {
    record: { id: id.text, title: title?.text ?? '', kind: 'overview', columns, trends, margins, economics },
    tags,
    at: id.at,
  }
}
