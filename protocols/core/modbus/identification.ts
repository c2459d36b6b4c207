import { EXCEPTION, MEI_DEVICE_IDENTIFICATION } from './function-code.ts'
import type { IdentificationObject } from './reply.ts'

/** Last object of the categories basic, regular and extended; each contains those before it. */
const LAST_OBJECT: Readonly<Record<number, number>> = { 1: 0x02, 2: 0x7f, 3: 0xff }
const INDIVIDUAL = 4

/**
 * Writes the PDU of a device identification (function 43, MEI 14) at `at`, as many objects as fit before `limit`.
 *
 * Categories 1 to 3 stream objects from `object` on, starting over where that id does not exist; 4 gives one object.
 * Answers where the PDU ends, or an exception code negated.
 * @see MODBUS Application Protocol Specification V1.1b3, 6.21
 */
export function writeIdentification(
  objects: readonly IdentificationObject[],
  category: number,
  object: number,
  into: Uint8Array,
  at: number,
  limit: number,
): number {
  const last = category === INDIVIDUAL ? object : LAST_OBJECT[category]
  if (last === undefined) return -EXCEPTION.illegalValue
  const exists = objects.some((o) => o.id === object)
  if (category === INDIVIDUAL && !exists) return -EXCEPTION.illegalAddress
  const first = exists ? object : 0
  let count = 0
  let next = 0
  let end = at + 7
  for (const { id, text } of objects) {
    if (id < first || id > last) continue
    if (end + 2 + text.length > limit) {
      next = id
      break
    }
    into[end] = id
    into[end + 1] = text.length
    for (let i = 0; i < text.length; i++) into[end + 2 + i] = text.charCodeAt(i) & 0xff
    end += 2 + text.length
    count++
  }
  into[at] = 43
  into[at + 1] = MEI_DEVICE_IDENTIFICATION
  into[at + 2] = category
  into[at + 3] = conformity(objects)
  into[at + 4] = next === 0 ? 0 : 0xff
  into[at + 5] = next
  into[at + 6] = count
  return end
}

/** The highest category the objects fill, with bit 7: single objects can be asked for. */
function conformity(objects: readonly IdentificationObject[]): number {
  const highest = objects.at(-1)?.id ?? 0
  return 0x80 | (highest > 0x7f ? 3 : highest > 0x02 ? 2 : 1)
}
