/**
 * Results of other commands (`sis prove`, `sis test`, campaigns, mutation tests) in the report: whatever JSON they wrote, as tables.
 *
 * A result names the configuration it was made with; one of another configuration is shown as what it is.
 */
import { escapeHtml } from '../../protocols/core/html.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { table } from './report-parts.ts'

export interface Evidence {
  readonly file: string
  readonly value: unknown
}

const HASHES = ['config_hash', 'configuration_hash', 'hash', 'sha256']

/** Hash of the configuration that the result states; undefined where it states none. */
export function hashOf({ value }: Evidence): string | undefined {
  if (!isMap(value)) return undefined
  for (const key of HASHES) {
    const hash = value[key]
    if (typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)) return hash
  }
  for (const part of Object.values(value))
    if (isMap(part)) {
      const inside = hashOf({ file: '', value: part })
      if (inside !== undefined) return inside
    }
  return undefined
}

/**
 * What the result says of itself: violations, deviations, failures or disagreements that are not 0, or a verdict `false`. Undefined
 * where it says nothing of the kind.
 */
export function outcomeOf({ value }: Evidence): 'passed' | 'failed' | undefined {
  const said: boolean[] = []
  const look = (x: unknown, key: string, depth: number): void => {
    if (depth > 4) return
    if (/^(ok|passed|proved|met|complete)$/.test(key) && typeof x === 'boolean') said.push(x)
    else if (key === 'verdict' && typeof x === 'string') said.push(/^(proved|passed|met|good|ok)$/.test(x))
    else if (COUNTED.test(key) && typeof x === 'number') said.push(x === 0)
    else if (COUNTED.test(key) && Array.isArray(x)) said.push(x.length === 0)
    else if (Array.isArray(x)) for (const item of x) look(item, '', depth + 1)
    else if (isMap(x)) for (const [k, v] of Object.entries(x)) look(v, k, depth + 1)
  }
  look(value, '', 0)
  if (said.length === 0) return undefined
  return said.every(Boolean) ? 'passed' : 'failed'
}

/** What of the configuration a result leaves out: functions of a proof, marked cells of a test. Empty where it covers all, or says of what it is. */
export function leftOut({ value }: Evidence, config: SisConfig): readonly string[] {
  if (!isMap(value)) return []
  const named = (key: string): readonly Record<string, unknown>[] =>
    Array.isArray(value[key]) ? value[key].filter(isMap) : []
  const parts = named('parts').filter((p) => typeof p['sif'] === 'string')
  if (parts.length > 0) return config.sifs.map((s) => s.id).filter((id) => !parts.some((p) => p['sif'] === id))
  const rows = named('rows').filter((r) => typeof r['cause'] === 'string' && typeof r['effect'] === 'string')
  if (rows.length === 0) return []
  return config.matrix
    .filter((x) => !rows.some((r) => r['cause'] === x.cause && r['effect'] === x.effect))
    .map((x) => `${x.cause}/${x.effect}`)
}

const COUNTED = /^(violations?|deviations?|failed|failures|disagreements?|missed|undetected|survived|survivors)$/

/** Beyond this a list is raw data, and its place is the file. */
const ROWS_MAX = 150

/** The value as tables: what is single as name and value, lists of mappings as rows. */
export function evidenceHtml(value: unknown, title = ''): string {
  if (!isMap(value)) return Array.isArray(value) ? listHtml(value, title) : ''
  const structured = (v: unknown): boolean =>
    isMap(v) || (Array.isArray(v) && v.some((x) => isMap(x) || Array.isArray(x)))
  const single = Object.entries(value).filter(([, v]) => !structured(v))
  const rest = Object.entries(value).filter(([, v]) => structured(v))
  return [
    title === '' ? '' : `<h3>${escapeHtml(title)}</h3>`,
    single.length === 0
      ? ''
      : table(
          ['figure', 'value'],
          single.map(([k, v]) => [words(k), shown(v)]),
        ),
    ...rest.map(([k, v]) => (Array.isArray(v) ? listHtml(v, words(k)) : evidenceHtml(v, words(k)))),
  ].join('')
}

function listHtml(list: readonly unknown[], title: string): string {
  const tuples = list.filter((x) => Array.isArray(x))
  if (tuples.length > 0 && tuples.length === list.length && tuples.length <= ROWS_MAX) {
    const width = Math.max(...tuples.map((t) => t.length))
    const body = tuples.map((t) => Array.from({ length: width }, (_, i) => shown(t[i])))
    return `${title === '' ? '' : `<h3>${escapeHtml(title)}</h3>`}${table(new Array(width).fill(''), body)}`
  }
  const rows = list.filter(isMap)
  if (rows.length > ROWS_MAX)
    return `${title === '' ? '' : `<h3>${escapeHtml(title)}</h3>`}<p class="lead">${rows.length} entries, in the file.</p>`
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 12)
  const body = rows.map((row) => columns.map((c) => shown(row[c])))
  return `${title === '' ? '' : `<h3>${escapeHtml(title)}</h3>`}${table(columns.map(words), body)}`
}

const words = (key: string): string =>
  key
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()

function shown(value: unknown): string {
  if (value === undefined || value === null) return '-'
  if (typeof value === 'number')
    return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(5)))
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ').slice(0, 400)
  return JSON.stringify(value).slice(0, 400)
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
