/**
 * The frame of the protected channel as the solver reads and writes it: 74 bytes in 37 registers, big endian.
 *
 *   byte 0 version, 1 flags and kind, 2..5 monitoring number, 6..69 data, 70..73 CRC
 *
 * The text is docs/reference/safety-channel.md. The device has its own account of it and shares nothing with this one.
 */
export const FRAME_REGISTERS = 37
export const DATA_BYTES = 64
export const DATA_REGISTER = 3
export const CRC_REGISTER = 35
export const VERSION = 1

/** Low half of byte 1. */
export const FLAG = {
  /** The sender runs a simulation. */
  testMode: 1,
  /** The sender gives fail-safe values. */
  failSafe: 2,
  /** The sender wants an operator's acknowledgement. */
  acknowledge: 4,
} as const

/** High half of byte 1. */
export const KIND = { ask: 0x10, inputs: 0x20, outputs: 0x30, receipt: 0x40 } as const

/**
 * What was wrong with an answer, one bit each; 0 is a sound one. Up to `kind` they count towards the error interval.
 * `empty`, `late` and `failSafe` say that there is nothing to use, not that something was wrong on the way.
 */
export const CHANNEL_ERROR = {
  /** Corruption, masquerade, or not for this pair: base id, ids, direction, structure. */
  crc: 1,
  version: 2,
  /** A simulation speaks to a plant, or a plant to a simulation. */
  testMode: 4,
  /** Not the answer to the number last sent: repeated, out of order, inserted. */
  sequence: 8,
  /** Flags that mean nothing, or an answer to another question. */
  kind: 16,
  /** All zero: nothing was said. Not counted. */
  empty: 32,
  /** Older than T_SF. Not counted. */
  late: 64,
  /** The end is in its fail-safe state. Not counted. */
  failSafe: 128,
} as const
