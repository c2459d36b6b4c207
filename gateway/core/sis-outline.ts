/**
 * The names of a safety configuration, from its file. Whether the file is a good configuration is judged by the safety system alone;
 * here it is only read, and what cannot be read is said.
 */
import type {
  SisCauseName,
  SisCell,
  SisEffectName,
  SisElementName,
  SisOutline,
  SisSifName,
} from '../../contracts/hmi-sis.ts'

export type OutlineReading =
  | { readonly ok: true; readonly outline: SisOutline }
  | { readonly ok: false; readonly found: string }

/** @param hash - SHA-256 of the file's bytes, hex */
export function readSisOutline(text: string, hash: string): OutlineReading {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { ok: false, found: 'no JSON' }
  }
  try {
    return { ok: true, outline: outlineOf(map(parsed, 'the configuration'), hash) }
  } catch (cause) {
    if (cause instanceof RangeError) return { ok: false, found: cause.message }
    throw cause
  }
}

type Fields = Readonly<Record<string, unknown>>

function outlineOf(m: Fields, hash: string): SisOutline {
  const overrides = m['overrides'] === undefined ? {} : map(m['overrides'], 'overrides')
  const causes = list(m, 'causes', causeOf)
  const effects = list(m, 'effects', effectOf)
  const mode = word(m, 'mode')
  if (mode !== 'RUN' && mode !== 'SIMULATION') throw new RangeError(`mode ${mode}`)
  return {
    id: word(m, 'id'),
    revision: String(m['revision'] ?? ''),
    hash,
    mode,
    scan_ms: number(m, 'scan_ms'),
    counts_per_mA: number(m, 'counts_per_mA'),
    permit: wordOr(overrides, 'permit'),
    mos_max: numberOr(overrides, 'mos_per_unit_max') ?? 0,
    transmitters: list(m, 'transmitters', (t) => ({
      tag: word(t, 'tag'),
      service: wordOr(t, 'service'),
      unit: wordOr(t, 'unit'),
      lo: number(t, 'lo'),
      hi: number(t, 'hi'),
    })),
    contacts: list(m, 'contacts', (c) => ({ tag: word(c, 'tag'), service: wordOr(c, 'service') })),
    elements: list(m, 'elements', elementOf),
    causes,
    effects,
    cells: list(m, 'matrix', (cell) => cellOf(cell, causes, effects)),
    sifs: list(m, 'sifs', sifOf),
    sequences: list(m, 'sequences', (q) => ({
      id: word(q, 'id'),
      steps: list(q, 'steps', (step) => word(step, 'id')),
    })),
  }
}

function causeOf(m: Fields): SisCauseName {
  const inputs = words(m, 'inputs')
  const trip = map(m['trip'], 'trip')
  const kind = 'above' in trip ? 'above' : 'below' in trip ? 'below' : trip['contact'] === 'closes' ? 'closes' : 'opens'
  const vote = m['vote'] === 'AND' ? inputs.length : m['vote'] === 'OR' ? 1 : number(m, 'vote')
  const part = (key: string): Fields => (m[key] === undefined ? {} : map(m[key], key))
  return {
    id: word(m, 'id'),
    title: wordOr(m, 'title'),
    inputs,
    vote,
    trip: kind,
    trip_at: kind === 'above' || kind === 'below' ? number(trip, kind) : null,
    pre_alarm_at: numberOr(part('pre_alarm'), 'at') ?? null,
    deviation: numberOr(part('deviation'), 'limit') ?? null,
    delay_ms: part('time')['kind'] === 'on_delay' ? number(part('time'), 'ms') : 0,
    mos_max: m['manual'] === true ? 0 : (numberOr(part('mos'), 'max') ?? 0),
    startup: m['startup'] !== undefined,
    manual: m['manual'] === true,
  }
}

const effectOf = (m: Fields): SisEffectName => ({
  id: word(m, 'id'),
  title: wordOr(m, 'title'),
  outputs: words(m, 'outputs'),
  start: m['start'] === 'command' ? 'command' : 'with_reset',
  override: m['override_ms_max'] !== undefined,
})

const elementOf = (m: Fields): SisElementName => ({
  tag: word(m, 'tag'),
  service: wordOr(m, 'service'),
  energised: m['energised'] === 'closed' ? 'closed' : 'open',
  travel_ms: numberOr(m, 'travel_ms') ?? 0,
  confirm_ms: numberOr(m, 'confirm_ms') ?? 0,
  partial_stroke: m['partial_stroke_ms'] !== undefined,
})

function cellOf(m: Fields, causes: readonly SisCauseName[], effects: readonly SisEffectName[]): SisCell {
  const at = (names: readonly { readonly id: string }[], key: string): number => {
    const i = names.findIndex((n) => n.id === m[key])
    if (i < 0) throw new RangeError(`a cell of an unknown ${key}`)
    return i
  }
  const code = word(m, 'code')
  if (code !== 'N' && code !== 'S' && code !== 'V' && code !== 'R') throw new RangeError(`a cell with code ${code}`)
  return {
    cause: at(causes, 'cause'),
    effect: at(effects, 'effect'),
    code,
    group: wordOr(m, 'group'),
    n: numberOr(m, 'n') ?? 1,
    delay_ms: numberOr(m, 'delay_ms') ?? 0,
  }
}

const sifOf = (m: Fields): SisSifName => ({
  id: word(m, 'id'),
  title: wordOr(m, 'title'),
  causes: words(m, 'causes'),
  effects: words(m, 'effects'),
  sil: numberOr(m, 'sil') ?? 0,
  process_safety_ms: numberOr(m, 'process_safety_ms') ?? null,
  response_ms_max: numberOr(m, 'response_ms_max') ?? null,
})

function map(v: unknown, name: string): Fields {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) throw new RangeError(`no object for ${name}`)
  return v as Fields
}

function list<T>(m: Fields, key: string, read: (entry: Fields) => T): T[] {
  const v = m[key] ?? []
  if (!Array.isArray(v)) throw new RangeError(`no list for ${key}`)
  return v.map((entry) => read(map(entry, `an entry of ${key}`)))
}

function words(m: Fields, key: string): string[] {
  const v = m[key]
  if (!Array.isArray(v) || v.some((w) => typeof w !== 'string')) throw new RangeError(`no list of words for ${key}`)
  return v as string[]
}

function word(m: Fields, key: string): string {
  const v = m[key]
  if (typeof v !== 'string') throw new RangeError(`no text for ${key}`)
  return v
}

const wordOr = (m: Fields, key: string): string => (typeof m[key] === 'string' ? (m[key] as string) : '')

function number(m: Fields, key: string): number {
  const v = m[key]
  if (typeof v !== 'number' || !Number.isFinite(v)) throw new RangeError(`no number for ${key}`)
  return v
}

const numberOr = (m: Fields, key: string): number | undefined => (m[key] === undefined ? undefined : number(m, key))
