/**
 * The 64 bytes of the protected channel, both ways: what the device says into the inputs of a scan, what the scan
 * says to the device.
 *
 * Big endian. From the device: 0 scan number, 4 contacts, 6 and 8 limit switches open and closed, 10 solenoids as
 * they are, 12 flags, 13 and 16 line faults of transmitters and contacts, 20 counts. To it: 0 scan number, 4
 * solenoids, 6 watchdog in 0.1 s, 8 re-arm, 9 running hash.
 */
import type { SisInputs } from '../core/inputs.ts'

export const IMAGE_BYTES = 64
/** What the layout holds. */
export const IMAGE_MAX = { transmitters: 22, contacts: 16, elements: 16 } as const
/** Bits of byte 12. */
export const DEVICE_FLAG = { watchdog: 1, paused: 2 } as const

const u16 = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!
const u24 = (b: Uint8Array, at: number): number => (b[at]! << 16) | u16(b, at + 1)
const bit = (word: number, i: number): number => (word >>> i) & 1

/** The number by which the device shows that it lives, 0 to 2^32 - 1. */
export const deviceCount = (b: Uint8Array): number => ((b[0]! << 24) | (b[1]! << 16) | (b[2]! << 8) | b[3]!) >>> 0
export const deviceFlags = (b: Uint8Array): number => b[12]!
export const solenoidsAsTheyAre = (b: Uint8Array): number => u16(b, 10)

export function readImage(b: Uint8Array, inputs: SisInputs): void {
  const { counts, contacts, line, open, closed } = inputs
  const contact = u16(b, 4)
  const opened = u16(b, 6)
  const shut = u16(b, 8)
  const lineT = u24(b, 13)
  const lineC = u16(b, 16)
  for (let i = 0; i < counts.length; i++) {
    counts[i] = u16(b, 20 + 2 * i)
    line[i] = bit(lineT, i)
  }
  for (let i = 0; i < contacts.length; i++) {
    contacts[i] = bit(contact, i)
    line[counts.length + i] = bit(lineC, i)
  }
  for (let i = 0; i < open.length; i++) {
    open[i] = bit(opened, i)
    closed[i] = bit(shut, i)
  }
}

export function writeImage(
  b: Uint8Array,
  scan: number,
  outputs: Uint8Array,
  watchdog_ds: number,
  rearm: boolean,
  running_hash: number,
): void {
  let solenoids = 0
  for (let i = 0; i < outputs.length; i++) if (outputs[i] === 1) solenoids |= 1 << i
  put32(b, 0, scan)
  b[4] = solenoids >>> 8
  b[5] = solenoids
  b[6] = watchdog_ds >>> 8
  b[7] = watchdog_ds
  b[8] = rearm ? 1 : 0
  put32(b, 9, running_hash)
}

function put32(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 24
  b[at + 1] = value >>> 16
  b[at + 2] = value >>> 8
  b[at + 3] = value
}
