/**
 * Spikes on a signal: in one second of ten, for that second, up or down, by chance.
 *
 * A pure function of seed, tag and plant second: it needs no state, and looking at it changes nothing.
 */
export function spikeOf(seed: number, time_s: number): -1 | 0 | 1 {
  const bits = mixed((seed + Math.imul(Math.floor(time_s), 0x9e3779b9)) >>> 0)
  if (bits >= SHARE) return 0
  return (bits & 1) === 0 ? 1 : -1
}

/** Share of the seconds that have one. */
export const SPIKE_SHARE = 0.1
const SHARE = SPIKE_SHARE * 4294967296

/** What makes the spikes of one instrument its own: FNV-1a of the tag over the run's seed. */
export function spikeSeed(seed: number, tag: string): number {
  let h = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < tag.length; i++) h = Math.imul(h ^ tag.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** The finaliser of MurmurHash3: neighbouring seconds have nothing in common. */
function mixed(value: number): number {
  let z = value
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
  return (z ^ (z >>> 16)) >>> 0
}
