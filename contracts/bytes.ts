/**
 * Reading and writing little-endian fields, bounds checked: the floor under every binary codec of the contracts.
 *
 * A reader trusts nothing: each field is checked against what is left, each count against the bytes its items need, so that
 * damaged bytes cost a RangeError and never a large allocation.
 */
export interface ByteWriter {
  u8(value: number): void
  u16(value: number): void
  u32(value: number): void
  /** A safe integer >= 0, as f64: ticks, digests, sequence numbers. */
  integer(value: number): void
  f64(value: number): void
  bool(value: boolean): void
  /** u32 length, then the bytes. */
  blob(value: Uint8Array): void
  /** UTF-8 behind a u32 length. */
  text(value: string): void
  /** What was written, as an array of its own. */
  finish(): Uint8Array
}

export function byteWriter(): ByteWriter {
  let bytes = new Uint8Array(256)
  let view = new DataView(bytes.buffer)
  let at = 0
  const room = (count: number): number => {
    const from = at
    at += count
    if (at > bytes.length) {
      const grown = new Uint8Array(Math.max(at, bytes.length * 2))
      grown.set(bytes)
      bytes = grown
      view = new DataView(bytes.buffer)
    }
    return from
  }
  const blob = (value: Uint8Array): void => {
    // Room first, then `bytes` and `view`: growing replaces both.
    const from = room(4 + value.length)
    view.setUint32(from, unsigned(value.length, 0xffffffff), true)
    bytes.set(value, from + 4)
  }
  return {
    u8: (value) => {
      const from = room(1)
      view.setUint8(from, unsigned(value, 0xff))
    },
    u16: (value) => {
      const from = room(2)
      view.setUint16(from, unsigned(value, 0xffff), true)
    },
    u32: (value) => {
      const from = room(4)
      view.setUint32(from, unsigned(value, 0xffffffff), true)
    },
    integer: (value) => {
      const from = room(8)
      view.setFloat64(from, unsigned(value, Number.MAX_SAFE_INTEGER), true)
    },
    f64: (value) => {
      const from = room(8)
      view.setFloat64(from, value, true)
    },
    bool: (value) => {
      const from = room(1)
      view.setUint8(from, value ? 1 : 0)
    },
    blob,
    text: (value) => blob(encodeUtf8(value)),
    finish: () => bytes.slice(0, at),
  }
}

/** A field that does not fit is a fault of ours: silently wrapped it would become another number at the receiver. */
function unsigned(value: number, max: number): number {
  if (!(Number.isInteger(value) && value >= 0 && value <= max)) throw new RangeError(`${value} is not in 0..${max}`)
  return value
}

export interface ByteReader {
  u8(): number
  u16(): number
  u32(): number
  integer(): number
  f64(): number
  bool(): boolean
  /** A u32 count of items that take at least `bytes_each` (>= 1) bytes each. */
  count(bytes_each: number): number
  /** A copy of its own. */
  blob(): Uint8Array
  text(): string
  /** @throws RangeError when bytes are left: a longer message is another message. */
  end(): void
}

export function byteReader(bytes: Uint8Array): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  const take = (count: number): number => {
    if (count > bytes.length - at) throw new RangeError(`message ends at byte ${bytes.length}`)
    at += count
    return at - count
  }
  const count = (bytes_each: number): number => {
    const value = view.getUint32(take(4), true)
    if (value * bytes_each > bytes.length - at) throw new RangeError(`count ${value} exceeds the message`)
    return value
  }
  const blob = (): Uint8Array => {
    const length = count(1)
    const from = take(length)
    return bytes.slice(from, from + length)
  }
  return {
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2), true),
    u32: () => view.getUint32(take(4), true),
    integer: () => {
      const value = view.getFloat64(take(8), true)
      if (!(Number.isSafeInteger(value) && value >= 0)) throw new RangeError(`${value} is not an integer >= 0`)
      // -0 would be unequal to the 0 that was meant, bit for bit.
      return value + 0
    },
    f64: () => view.getFloat64(take(8), true),
    bool: () => {
      const value = view.getUint8(take(1))
      if (value > 1) throw new RangeError(`${value} is neither true nor false`)
      return value === 1
    },
    count,
    blob,
    text: () => decodeUtf8(blob()),
    end: () => {
      if (at !== bytes.length) throw new RangeError(`${bytes.length - at} bytes too many`)
    },
  }
}

/** A lone surrogate becomes U+FFFD, as in the Encoding standard. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    const c = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
    if (c < 0x80) out.push(c)
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63))
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
  }
  return Uint8Array.from(out)
}

/** @throws RangeError on anything that is not well-formed UTF-8 (RFC 3629: no overlong form, no surrogate). */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = ''
  let i = 0
  while (i < bytes.length) {
    const lead = bytes[i++]!
    if (lead < 0x80) {
      text += String.fromCharCode(lead)
      continue
    }
    const following =
      lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xc2 && lead < 0xe0 ? 1 : 0
    if (following === 0 || i + following > bytes.length) throw new RangeError('text is not UTF-8')
    let code = lead & (0x3f >> following)
    for (let k = 0; k < following; k++) {
      const next = bytes[i++]!
      if ((next & 0xc0) !== 0x80) throw new RangeError('text is not UTF-8')
      code = (code << 6) | (next & 63)
    }
    const least = following === 3 ? 0x10000 : following === 2 ? 0x800 : 0x80
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new RangeError('text is not UTF-8')
    text += String.fromCodePoint(code)
  }
  return text
}
