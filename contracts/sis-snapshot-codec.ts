/**
 * Reads a datagram of the safety system, believing nothing: a port of the own machine takes what anybody sends to it.
 *
 * Every field is checked for its type, numbers for being whole where they count or select, lists for their length. What is more than
 * the schema says is left out, so that a later version may add.
 */
import type { SisCause, SisChannel, SisEffect, SisElement, SisSnapshot, SisSoeRecord } from './sis-snapshot.ts'

/** Bytes of a datagram; longer ones are dropped unread. */
export const SIS_DATAGRAM_BYTES_MAX = 60_000
/** Entries of a list: a solver has 32 causes of 4 inputs at most. */
const LIST_MAX = 256
const SOE_MAX = 2000
const WORD_CHARS_MAX = 200

export type SisReading =
  | { readonly ok: true; readonly snapshot: SisSnapshot }
  | { readonly ok: false; readonly found: string }

export function readSisSnapshot(text: string): SisReading {
  if (text.length > SIS_DATAGRAM_BYTES_MAX) return { ok: false, found: `${text.length} characters` }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { ok: false, found: 'no JSON' }
  }
  try {
    return { ok: true, snapshot: snapshotOf(objectOf(parsed, 'datagram')) }
  } catch (cause) {
    if (cause instanceof Malformed) return { ok: false, found: cause.message }
    throw cause
  }
}

/** What the datagram has in place of what belongs there. */
class Malformed extends Error {}

type Fields = Readonly<Record<string, unknown>>

function snapshotOf(m: Fields): SisSnapshot {
  if (m['type'] !== 'sis-snapshot') throw new Malformed('another type')
  if (m['version'] !== 1) throw new Malformed(`version ${String(m['version'])}`)
  const channel = objectOf(m['channel'], 'channel')
  const executive = objectOf(m['executive'], 'executive')
  return {
    type: 'sis-snapshot',
    version: 1,
    id: word(m, 'id'),
    config_hash: word(m, 'config_hash'),
    running_hash: number(m, 'running_hash'),
    running_hash_expected: number(m, 'running_hash_expected'),
    run_id: word(m, 'run_id'),
    seq: count(m, 'seq'),
    scan: count(m, 'scan'),
    scan_ms: positive(m, 'scan_ms'),
    at: word(m, 'at'),
    key: oneOf(m, 'key', ['RUN', 'PROGRAM', 'SIMULATION'] as const),
    faults: whole(m, 'faults'),
    difference: whole(m, 'difference'),
    signed_by: list(m, 'signed_by', 16, (v) => textOf(v, 'signed_by')),
    transmitters: list(m, 'transmitters', LIST_MAX, channelOf),
    contacts: list(m, 'contacts', LIST_MAX, channelOf),
    causes: list(m, 'causes', LIST_MAX, causeOf),
    effects: list(m, 'effects', LIST_MAX, effectOf),
    elements: list(m, 'elements', LIST_MAX, elementOf),
    sequences: list(m, 'sequences', LIST_MAX, (v) => ({ step: whole(objectOf(v, 'sequence'), 'step') })),
    system_alarms: whole(m, 'system_alarms'),
    dcs_link: flag(m, 'dcs_link'),
    start_blocked: flag(m, 'start_blocked'),
    channel: {
      state: oneOf(channel, 'state', ['starting', 'sound', 'failsafe'] as const),
      errors: count(channel, 'errors'),
      late: count(channel, 'late'),
      test_mode: flag(channel, 'test_mode'),
    },
    executive: {
      last_ms: number(executive, 'last_ms'),
      worst_ms: number(executive, 'worst_ms'),
      overruns: count(executive, 'overruns'),
      restarts: count(executive, 'restarts'),
    },
    soe_count: count(m, 'soe_count'),
    soe: list(m, 'soe', SOE_MAX, soeOf),
  }
}

function channelOf(v: unknown): SisChannel {
  const m = objectOf(v, 'channel')
  return { raw: number(m, 'raw'), status: whole(m, 'status'), alarms: whole(m, 'alarms') }
}

function causeOf(v: unknown): SisCause {
  const m = objectOf(v, 'cause')
  return {
    active: flag(m, 'active'),
    vote: whole(m, 'vote'),
    votes: list(m, 'votes', 16, flagOf),
    bypass_left: list(m, 'bypass_left', 16, wholeOf),
    startup_left: whole(m, 'startup_left'),
    alarms: whole(m, 'alarms'),
  }
}

function effectOf(v: unknown): SisEffect {
  const m = objectOf(v, 'effect')
  return {
    state: whole(m, 'state'),
    first_out: whole(m, 'first_out'),
    other_reason: whole(m, 'other_reason'),
    override_left: whole(m, 'override_left'),
    alarms: whole(m, 'alarms'),
  }
}

function elementOf(v: unknown): SisElement {
  const m = objectOf(v, 'element')
  return {
    energised: flag(m, 'energised'),
    open: flag(m, 'open'),
    closed: flag(m, 'closed'),
    alarms: whole(m, 'alarms'),
    travel: whole(m, 'travel'),
    proved: word(m, 'proved'),
  }
}

function soeOf(v: unknown): SisSoeRecord {
  const m = objectOf(v, 'soe record')
  return {
    i: count(m, 'i'),
    // A record of before the number of the plant's scans was known lies before it.
    scan: whole(m, 'scan'),
    kind: whole(m, 'kind'),
    at: whole(m, 'at'),
    a: whole(m, 'a'),
    b: whole(m, 'b'),
  }
}

function objectOf(v: unknown, name: string): Fields {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) throw new Malformed(`no object for ${name}`)
  return v as Fields
}

function list<T>(m: Fields, key: string, max: number, read: (v: unknown) => T): T[] {
  const v = m[key]
  if (!Array.isArray(v)) throw new Malformed(`no list for ${key}`)
  if (v.length > max) throw new Malformed(`${v.length} entries of ${key}`)
  return v.map(read)
}

function number(m: Fields, key: string): number {
  const v = m[key]
  if (typeof v !== 'number' || !Number.isFinite(v)) throw new Malformed(`no number for ${key}`)
  return v
}

function whole(m: Fields, key: string): number {
  const v = number(m, key)
  if (!Number.isSafeInteger(v)) throw new Malformed(`no whole number for ${key}`)
  return v
}

function count(m: Fields, key: string): number {
  const v = whole(m, key)
  if (v < 0) throw new Malformed(`a negative ${key}`)
  return v
}

function positive(m: Fields, key: string): number {
  const v = number(m, key)
  if (v <= 0) throw new Malformed(`${key} not above 0`)
  return v
}

function word(m: Fields, key: string): string {
  return textOf(m[key], key)
}

function textOf(v: unknown, key: string): string {
  if (typeof v !== 'string' || v.length > WORD_CHARS_MAX) throw new Malformed(`no text for ${key}`)
  return v
}

function flag(m: Fields, key: string): boolean {
  const v = m[key]
  if (typeof v !== 'boolean') throw new Malformed(`no true or false for ${key}`)
  return v
}

function flagOf(v: unknown): boolean {
  if (typeof v !== 'boolean') throw new Malformed('no true or false in a list')
  return v
}

function wholeOf(v: unknown): number {
  if (typeof v !== 'number' || !Number.isSafeInteger(v)) throw new Malformed('no whole number in a list')
  return v
}

function oneOf<W extends string>(m: Fields, key: string, words: readonly W[]): W {
  const v = m[key]
  const found = words.find((w) => w === v)
  if (found === undefined) throw new Malformed(`another word for ${key}`)
  return found
}
