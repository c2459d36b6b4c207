/**
 * How often a device is read, in ticks.
 *
 * Read-backs and the trip register are read with the device's fastest class: what is written is measured from them, so a device
 * whose line is too slow for a read at every tick is not written at every tick either.
 */
import type { InputPoint, IoSection } from '../../../contracts/artifact.ts'

export const everyOf = (point: Pick<InputPoint, 'every'>): number => point.every ?? 1

/** Period of the read-backs: the smallest of the device's inputs; 1 where it has none. */
export function fastestEvery(io: Pick<IoSection, 'inputs'>, device: number): number {
  let fastest = Number.POSITIVE_INFINITY
  for (const point of io.inputs) if (point.device === device) fastest = Math.min(fastest, everyOf(point))
  return fastest === Number.POSITIVE_INFINITY ? 1 : fastest
}

/**
 * In which of `every` ticks a class of a device is read: the name decides, so that a hundred devices on one class spread over
 * its period, and a device added or taken away moves none of the others.
 */
export function phaseOf(device_id: string, every: number): number {
  // FNV-1a, then mixed: names that differ in their last figure only must not be neighbours.
  let h = 0x811c9dc5
  for (let i = 0; i < device_id.length; i++) h = Math.imul(h ^ device_id.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) % every
}

/** Whether a class is due at `tick`, the one before having been `last`: what fell on a lost tick is due at the next. */
export const isDue = (last: number, tick: number, every: number, phase: number): boolean =>
  Math.floor((tick + phase) / every) > Math.floor((last + phase) / every)
