/**
 * A set of states of fixed width in typed arrays: open addressing, grown by doubling. States keep the number they were found with.
 */
export interface StateSet {
  readonly width: number
  readonly size: number
  /** Number of the state, and whether it is new. The bytes are copied. */
  add(bytes: Uint8Array): number
  /** True if the last `add` found nothing. */
  readonly added: boolean
  read(index: number, into: Uint8Array): void
}

export function createStateSet(width: number): StateSet {
  let capacity = 1 << 12
  let table = new Int32Array(capacity).fill(-1)
  let store = new Uint8Array((capacity >> 1) * width)
  let hashes = new Int32Array(capacity >> 1)
  let size = 0
  let added = false

  const hashOf = (bytes: Uint8Array): number => {
    let h = 0x811c9dc5 | 0
    for (let i = 0; i < width; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
    h ^= h >>> 15
    h = Math.imul(h, 0x2c1b3c6d)
    return h ^ (h >>> 13)
  }

  const grow = (): void => {
    capacity *= 2
    table = new Int32Array(capacity).fill(-1)
    for (let i = 0; i < size; i++) {
      let at = hashes[i]! & (capacity - 1)
      while (table[at] !== -1) at = (at + 1) & (capacity - 1)
      table[at] = i
    }
    const bigger = new Uint8Array((capacity >> 1) * width)
    bigger.set(store)
    store = bigger
    const more = new Int32Array(capacity >> 1)
    more.set(hashes)
    hashes = more
  }

  const equals = (index: number, bytes: Uint8Array): boolean => {
    const from = index * width
    for (let i = 0; i < width; i++) if (store[from + i] !== bytes[i]) return false
    return true
  }

  return {
    width,
    get size() {
      return size
    },
    get added() {
      return added
    },
    add(bytes) {
      const hash = hashOf(bytes)
      let at = hash & (capacity - 1)
      for (let found = table[at]!; found !== -1; found = table[at]!) {
        if (hashes[found] === hash && equals(found, bytes)) {
          added = false
          return found
        }
        at = (at + 1) & (capacity - 1)
      }
      added = true
      table[at] = size
      hashes[size] = hash
      store.set(bytes.length === width ? bytes : bytes.subarray(0, width), size * width)
      size++
      if (size * 2 >= capacity) grow()
      return size - 1
    },
    read(index, into) {
      for (let i = 0; i < width; i++) into[i] = store[index * width + i]!
    },
  }
}
