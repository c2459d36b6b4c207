/**
 * strategy.yaml: what the strategy is called, its scan classes, its areas, its operator stations.
 */
import type { Faults, Place } from './fault.ts'
import { mapsOf, readMap } from './map-reader.ts'
import { duration } from './quantity.ts'
import { kindText, type MapSource } from './source.ts'

export interface Project {
  readonly name: string
  readonly title: string
  /** Period by name of the scan class, ms, whole. */
  readonly scan_ms: ReadonlyMap<string, number>
  readonly areas: ReadonlyMap<string, string>
  readonly stations: number
  /** Names of scan classes that have faults of their own. */
  readonly broken_scans: readonly string[]
  readonly at: Place
}

export const FORMAT_VERSION = 1

export function readProject(faults: Faults, source: MapSource): Project {
  const m = readMap(faults, source, 'a strategy', ['format', 'name', 'title', 'scan', 'areas', 'stations'])
  const version = m.required('format')
  if (version !== undefined && !(version.kind === 'scalar' && version.value === FORMAT_VERSION)) {
    faults.add('CFG_WRONG_VERSION', version.at, kindText(version), `the format version ${FORMAT_VERSION}`)
  }
  const name = m.word('name')
  if (name !== undefined && !/^[a-z0-9][a-z0-9-]*$/.test(name.text)) {
    faults.add('CFG_WRONG_TYPE', name.at, `'${name.text}'`, 'lower-case letters, digits and hyphens')
  }
  const title = m.word('title')
  const scan_ms = new Map<string, number>()
  const broken_scans: string[] = []
  m.required('scan')
  for (const entry of m.map('scan')?.entries ?? []) {
    const ms = entry.value.kind === 'scalar' ? duration(entry.value.value, 'ms') : undefined
    if (ms !== undefined && Number.isInteger(ms) && ms >= 25 && ms <= 3_600_000) {
      scan_ms.set(entry.key, ms)
      continue
    }
    broken_scans.push(entry.key)
    if (ms === undefined || !Number.isInteger(ms)) {
      faults.add('CFG_WRONG_TYPE', entry.value.at, kindText(entry.value), 'a duration in whole ms, as 250ms or 1s')
    } else faults.add('CFG_OUT_OF_RANGE', entry.value.at, kindText(entry.value), '25ms to 1h')
  }
  const areas = new Map<string, string>()
  m.required('areas')
  for (const area of mapsOf(faults, m.list('areas'))) {
    const a = readMap(faults, area, 'an area', ['id', 'title'])
    const id = a.word('id')
    const areaTitle = a.word('title')
    if (id === undefined) continue
    if (areas.has(id.text)) faults.add('CFG_DUPLICATE_AREA', id.at, `'${id.text}' again`, 'each area once')
    areas.set(id.text, areaTitle?.text ?? '')
  }
  return {
    name: name?.text ?? '',
    title: title?.text ?? '',
    scan_ms,
    areas,
    broken_scans,
    stations: m.numberOr('stations', 4, { min: 1, max: 64, integer: true }),
    at: m.at,
  }
}
