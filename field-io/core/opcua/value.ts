/**
 * Values of OPC UA's numeric built-in types as numbers, and back.
 *
 * Only scalars: an array, a string, a structure is a mistake of the configuration. 64-bit integers come as [high, low] and
 * lose what a Float64 cannot hold beyond 2^53.
 * @see OPC 10000-6 5.1.2 (numbers of the built-in types)
 */

const TWO_32 = 4294967296
const RANGES: ReadonlyMap<number, readonly [number, number]> = new Map([
  [2, [-128, 127]],
  [3, [0, 255]],
  [4, [-32768, 32767]],
  [5, [0, 65535]],
  [6, [-2147483648, 2147483647]],
  [7, [0, 4294967295]],
  // The largest number below 2^63 or 2^64 that a Float64 holds.
  [8, [-2147483648 * TWO_32, 2147483648 * TWO_32 - 1024]],
  [9, [0, TWO_32 * TWO_32 - 2048]],
])
const BOOLEAN = 1
const INT64 = 8
const UINT64 = 9
const FLOAT = 10
const DOUBLE = 11

export const isNumeric = (type: number): boolean => type >= BOOLEAN && type <= DOUBLE

/** Undefined where the type is none that stands for one number. */
export function numberOf(type: number, value: unknown): number | undefined {
  if (!isNumeric(type)) return undefined
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return value
  if ((type === INT64 || type === UINT64) && Array.isArray(value) && value.length === 2) {
    const high = type === INT64 ? (value[0] as number) | 0 : (value[0] as number) >>> 0
    return high * TWO_32 + ((value[1] as number) >>> 0)
  }
  return undefined
}

/** What to write for a number; undefined where the type cannot hold it. Integers are rounded to the nearest. */
export function valueFor(type: number, number: number): boolean | number | readonly [number, number] | undefined {
  if (!Number.isFinite(number)) return undefined
  if (type === BOOLEAN) return number !== 0
  if (type === DOUBLE) return number
  if (type === FLOAT) return Number.isFinite(Math.fround(number)) ? Math.fround(number) : undefined
  const range = RANGES.get(type)
  if (range === undefined) return undefined
  const whole = Math.round(number)
  if (whole < range[0] || whole > range[1]) return undefined
  if (type !== INT64 && type !== UINT64) return whole
  const high = Math.floor(whole / TWO_32)
  return [high >>> 0, whole - high * TWO_32]
}
