/**
 * What a browser may say, read with closed objects: an unknown property is a fault as much as a missing one,
 * because a misspelt `expected` would silently be a command without expectation.
 */
import type { WritableField } from '../../contracts/artifact.ts'
import type { BrowserText } from '../../contracts/hmi-wire.ts'

export const BROWSER_TEXT_CHARS_MAX = 4096

export type Reading = { readonly ok: true; readonly text: BrowserText } | { readonly ok: false; readonly found: string }

const FIELDS: readonly string[] = [
  'SP',
  'OUT',
  'MODE',
  'KC',
  'TI',
  'TD',
  'RCAS_IN',
  'RCAS_IN_ST',
  'ROUT_IN',
  'ROUT_IN_ST',
] satisfies WritableField[]

type Check = (v: unknown) => boolean
const word: Check = (v) => typeof v === 'string' && /^[\w.:%-]{1,64}$/.test(v)
const finite: Check = (v) => typeof v === 'number' && Number.isFinite(v)
const count: Check = (v) => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0

const SHAPES: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  open: { type: () => true, station: word },
  ping: { type: () => true, t: finite },
  command: {
    type: () => true,
    id: word,
    tag: word,
    field: (v) => typeof v === 'string' && FIELDS.includes(v),
    value: finite,
    expected: (v) => v === null || finite(v),
    epoch: (v) => count(v) && (v as number) <= 0xffffffff,
    n: count,
  },
}

export function readBrowserText(raw: string): Reading {
  if (raw.length > BROWSER_TEXT_CHARS_MAX) return bad(`${raw.length} characters`)
  let parsed: unknown
  try {
    parsed = JSON.parse(raw)
  } catch {
    return bad('no JSON')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return bad('no object')
  const object = parsed as Record<string, unknown>
  const type = object['type']
  const shape = typeof type === 'string' && Object.hasOwn(SHAPES, type) ? SHAPES[type] : undefined
  if (shape === undefined) return bad('an unknown type')
  for (const key of Object.keys(object)) if (!Object.hasOwn(shape, key)) return bad(`unknown property in ${type}`)
  for (const [key, check] of Object.entries(shape)) {
    if (!Object.hasOwn(object, key)) return bad(`${type} without ${key}`)
    if (!check(object[key])) return bad(`${type} with a bad ${key}`)
  }
  return { ok: true, text: parsed as BrowserText }
}

const bad = (found: string): Reading => ({ ok: false, found })
