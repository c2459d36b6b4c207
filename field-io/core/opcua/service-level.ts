/**
 * Which of two redundant servers is used, by their ServiceLevel: 0 maintenance, 1 no data, 2-199 degraded, 200-255 healthy.
 *
 * A server that is down or has no data is left at once. Of two healthy ones the used one stays; a degraded one is left
 * for a better one, but not before it has been used for the hold-off, so that two degraded servers do not swing.
 * @see OPC 10000-4 6.6.2.4.2
 */
export const HEALTHY_LEVEL = 200
const NO_DATA_LEVEL = 1

/** Undefined: not connected. */
export type ServiceLevel = number | undefined

export function chooseServer(
  used: 0 | 1,
  levels: readonly [ServiceLevel, ServiceLevel],
  used_for_ms: number,
  hold_off_ms: number,
): 0 | 1 {
  const other = used === 0 ? 1 : 0
  const here = levels[used]
  const there = levels[other]
  if (there === undefined) return used
  if (here === undefined) return other
  if (there <= here || here >= HEALTHY_LEVEL) return used
  if (here <= NO_DATA_LEVEL) return other
  return used_for_ms >= hold_off_ms ? other : used
}
