/**
 * Frames made the long way, for tests of an end: as hexadecimal text, divided bit by bit. Shares nothing with the end.
 */
export interface FrameText {
  readonly base_id: string
  readonly sender: number
  readonly receiver: number
  readonly signature: number
  readonly version?: number
  readonly flags?: number
  readonly kind: number
  readonly mnr: number
  /** Hexadecimal, from the first byte of the data; the rest is 0. */
  readonly data?: string
}

export function frameOf(f: FrameText): Uint16Array<ArrayBuffer> {
  const sent =
    hex(f.version ?? 1, 2) + hex(f.kind | (f.flags ?? 0), 2) + hex(f.mnr, 8) + (f.data ?? '').padEnd(128, '0')
  const rest = remainder(f.base_id + hex(f.sender, 8) + hex(f.receiver, 8) + hex(f.signature, 8) + sent)
  return Uint16Array.from((sent + hex(rest === 0n ? 1 : Number(rest), 8)).match(/..../g)!, (x) =>
    Number.parseInt(x, 16),
  )
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** Of the polynomial division over 33 bits: preset 1 is added into the first 32 bits of the message, and 32 zeros follow it. */
export function remainder(message: string): bigint {
  const length = message.length * 4
  let register = (BigInt(`0x${message}`) << 32n) ^ (1n << BigInt(length))
  for (let bit = BigInt(length + 31); bit >= 32n; bit--)
    if ((register >> bit) & 1n) register ^= 0x1f4acfb13n << (bit - 32n)
  return register
}
