/** Record of events: a ring of integers, the oldest is overwritten; who reads compares `count` to know what was lost. */
export interface Soe {
  /** Records since the start. Record i stands at (i mod `capacity`) * `width`. */
  count: number
  readonly capacity: number
  readonly width: number
  /** Scan, kind, at, a, b. */
  readonly records: Int32Array
}

export const SOE_WIDTH = 5

export const createSoe = (capacity: number): Soe => ({
  count: 0,
  capacity,
  width: SOE_WIDTH,
  records: new Int32Array(capacity * SOE_WIDTH),
})

export function note(soe: Soe, scan: number, kind: number, at: number, a: number, b: number): void {
  const i = (soe.count % soe.capacity) * SOE_WIDTH
  soe.records[i] = scan
  soe.records[i + 1] = kind
  soe.records[i + 2] = at
  soe.records[i + 3] = a
  soe.records[i + 4] = b
  soe.count++
}

/** Puts `now` in place of word `i` and notes the bits that came and went. */
export function noteBits(soe: Soe, scan: number, kind: number, words: Int32Array, i: number, now: number): void {
  const before = words[i]!
  if (before === now) return
  words[i] = now
  note(soe, scan, kind, i, now & ~before, before & ~now)
}
