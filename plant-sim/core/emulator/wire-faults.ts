/**
 * What a bad network or a bad device does to an answer: pure decisions, so that the same seed gives the same trouble.
 *
 * A fault is written `kind[:chance[:size]]`: `late:0.1:800ms`, `exception:1:11`, `silence`. Chance is 0 to 1, 1 if absent.
 */

import { nearest } from '../../../numerics/nearest.ts'
import type { Stream } from '../../../numerics/streams.ts'
import { endRtu } from '../../../protocols/core/modbus/rtu.ts'

/** Faults of one answer, in the order in which they are applied. */
const OF_ANSWER = {
  silence: 'no answer',
  exception: 'an exception in place of the answer; size: its code (4)',
  function: 'the function of another request',
  'byte-count': 'a byte count one too high',
  short: 'the last byte missing, header and all',
  unit: 'the answer of the next unit',
  transaction: 'the transaction id of an earlier request (TCP)',
  protocol: 'protocol id 1 (TCP)',
  length: 'a header that promises 60 kB (TCP)',
  crc: 'a wrong CRC (RTU)',
  noise: 'three bytes of noise before it',
  duplicate: 'the answer twice',
  torn: 'in pieces of one to four bytes; size: the pause between them (2ms)',
  late: 'the answer after a while; size: how long (1s)',
} as const

/** Faults of the connection. */
const OF_CONNECTION = {
  reset: 'the connection is reset; size: every so long (3s)',
  'half-open': 'connections are accepted and nothing is ever answered',
  refuse: 'connections are refused',
} as const

export type AnswerFaultKind = keyof typeof OF_ANSWER
export type ConnectionFaultKind = keyof typeof OF_CONNECTION
export type WireFaultKind = AnswerFaultKind | ConnectionFaultKind

export const WIRE_FAULTS: Readonly<Record<WireFaultKind, string>> = { ...OF_ANSWER, ...OF_CONNECTION }

export interface WireFault {
  readonly kind: WireFaultKind
  readonly chance: number
  /** ms, or an exception code. */
  readonly size: number
}

const SIZE: Readonly<Partial<Record<WireFaultKind, number>>> = { exception: 4, torn: 2, late: 1000, reset: 3000 }

/** The fault that a text asks for, or what is wrong with it, in words. */
export function parseWireFault(text: string): WireFault | string {
  const [kind = '', chance_text = '', size_text = '', ...rest] = text.split(':')
  const kinds = Object.keys(WIRE_FAULTS)
  if (!kinds.includes(kind)) {
    const near = nearest(kind, kinds)
    return `found '${kind}', expected one of ${kinds.join(', ')}${near === '' ? '' : `; did you mean ${near}?`}`
  }
  const known = kind as WireFaultKind
  if (rest.length > 0) return `found '${text}', expected kind[:chance[:size]]`
  const chance = chance_text === '' ? 1 : Number(chance_text)
  if (!(chance >= 0 && chance <= 1)) return `found '${chance_text}' as chance of ${kind}, expected 0 to 1`
  const standard = SIZE[known]
  if (size_text === '') return { kind: known, chance, size: standard ?? 0 }
  if (standard === undefined) return `found '${size_text}', but ${kind} has no size`
  const size = known === 'exception' ? Number(size_text) : durationOf(size_text)
  const most = known === 'exception' ? 255 : 3_600_000
  if (!(size >= 1 && size <= most))
    return `found '${size_text}' as size of ${kind}, expected ${known === 'exception' ? 'a code of 1 to 255' : '800ms, 3s, 2min'}`
  return { kind: known, chance, size }
}

function durationOf(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|min)$/.exec(text)
  return found === null
    ? Number.NaN
    : Number(found[1]) * { ms: 1, s: 1000, min: 60_000 }[found[2] as 'ms' | 's' | 'min']
}

export type Framing = 'tcp' | 'rtu'

/** Bytes to send, and how long after the piece before it. */
export interface Piece {
  readonly after_ms: number
  readonly bytes: Uint8Array
}

const MBAP_UNIT = 6
const MBAP_FUNCTION = 7

/**
 * What is sent in place of an answer.
 *
 * @param answer - the frame: MBAP header and PDU (TCP), or address and PDU without the CRC (RTU)
 * @returns empty where nothing is sent
 */
export function spoil(answer: Uint8Array, framing: Framing, faults: readonly WireFault[], chance: Stream): Piece[] {
  const at_function = framing === 'tcp' ? MBAP_FUNCTION : 1
  const hit = new Map<WireFaultKind, number>()
  // One draw a fault, whatever comes of the others: what is taken away does not shift the rest.
  for (const { kind, chance: p, size } of faults) if (chance.uniform() < p) hit.set(kind, size)
  if (hit.has('silence')) return []

  let frame: Uint8Array = answer.slice()
  const code = hit.get('exception')
  if (code !== undefined) {
    frame = frame.slice(0, at_function + 2)
    frame[at_function]! |= 0x80
    frame[at_function + 1] = code
  }
  if (hit.has('function')) frame[at_function] = (frame[at_function]! & 0x80) | (((frame[at_function]! & 0x7f) % 4) + 1)
  if (hit.has('byte-count')) frame[at_function + 1]! += 1
  if (hit.has('short')) frame = frame.slice(0, -1)
  if (hit.has('unit')) frame[at_function - 1]! += 1
  frame = framing === 'tcp' ? sealTcp(frame, hit) : sealRtu(frame, hit)

  const noise = hit.has('noise') ? Uint8Array.from([0, 0, 0], () => chance.below(256)) : new Uint8Array(0)
  const bytes = Uint8Array.from([...noise, ...frame, ...(hit.has('duplicate') ? frame : [])])
  const late_ms = hit.get('late') ?? 0
  const pause_ms = hit.get('torn')
  if (pause_ms === undefined) return [{ after_ms: late_ms, bytes }]
  const pieces: Piece[] = []
  for (let at = 0; at < bytes.length; ) {
    const count = 1 + chance.below(4)
    pieces.push({ after_ms: at === 0 ? late_ms : pause_ms, bytes: bytes.slice(at, at + count) })
    at += count
  }
  return pieces
}

function sealTcp(frame: Uint8Array, hit: ReadonlyMap<WireFaultKind, number>): Uint8Array {
  if (hit.has('transaction')) put16(frame, 0, get16(frame, 0) - 1)
  if (hit.has('protocol')) put16(frame, 2, 1)
  put16(frame, 4, hit.has('length') ? 60_000 : frame.length - MBAP_UNIT)
  return frame
}

function sealRtu(body: Uint8Array, hit: ReadonlyMap<WireFaultKind, number>): Uint8Array {
  const frame = new Uint8Array(body.length + 2)
  frame.set(body)
  const end = endRtu(frame, 0, body.length)
  if (hit.has('crc')) for (let i = body.length; i < end; i++) frame[i]! ^= 0x55
  return frame
}

const get16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >> 8) & 0xff
  bytes[at + 1] = value & 0xff
}
