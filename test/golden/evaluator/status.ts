/**
 * Status and modes as words, from the tables of rules R1 and R7, for the second evaluator: the blocks compute with numbers.
 */
export type Quality = 'bad' | 'uncertain' | 'good' | 'cascade'
export type Limit = 'none' | 'low' | 'high' | 'constant'

export interface Status {
  readonly quality: Quality
  /** Name of the substatus of R1; 'plain' where there is nothing to say. */
  readonly sub: string
  readonly limit: Limit
  /** Simulated, forced and so on, as the number above the byte. */
  readonly flags: number
}

/** A value on a wire. */
export interface Signal {
  value: number
  status: Status
}

const QUALITIES: readonly Quality[] = ['bad', 'uncertain', 'good', 'cascade']
const LIMITS: readonly Limit[] = ['none', 'low', 'high', 'constant']
const SUBS: Readonly<Record<Quality, readonly string[]>> = {
  bad: ['plain', 'config', 'open', 'device', 'sensor', 'noCommLast', 'noComm', 'oos'],
  uncertain: ['plain', 'lastUsable', 'substitute', 'initial', 'inaccurate', 'range', 'subNormal'],
  good: ['plain', 'activeBlock', 'activeAdvisory', 'activeCritical', 'unackBlock', 'unackAdvisory', 'unackCritical'],
  cascade: ['plain', 'IA', 'IR', 'NI', 'NS', 'DNS', 'LO', 'FSA', 'IFS'],
}

export function decode(word: number): Status {
  const byte = word % 256
  const quality = QUALITIES[Math.floor(byte / 64)]!
  return {
    quality,
    sub: SUBS[quality][Math.floor((byte % 64) / 4)] ?? 'plain',
    limit: LIMITS[byte % 4]!,
    flags: word - byte,
  }
}

export const encode = (s: Status): number =>
  s.flags + 64 * QUALITIES.indexOf(s.quality) + 4 * SUBS[s.quality].indexOf(s.sub) + LIMITS.indexOf(s.limit)

export const status = (quality: Quality, sub = 'plain', limit: Limit = 'none', flags = 0): Status => ({
  quality,
  sub,
  limit,
  flags,
})

export const OPEN: Status = status('bad', 'open')
export const SIMULATED = 256

export const isOpen = (s: Status): boolean => s.quality === 'bad' && s.sub === 'open'
export const isBad = (s: Status): boolean => s.quality === 'bad'
export const isSub = (s: Status, quality: Quality, sub: string): boolean => s.quality === quality && s.sub === sub

/** Seen through a falling function. */
export const mirrored = (limit: Limit): Limit => (limit === 'low' ? 'high' : limit === 'high' ? 'low' : limit)

/** What a computation says of an input: no part in a handshake, and an open input is only bad. */
export const plain = (s: Status): Status =>
  s.quality === 'cascade' ? { ...s, quality: 'good', sub: 'plain' } : isOpen(s) ? { ...s, sub: 'plain' } : s

/** [R3] The worst of several, without limits, with all flags. */
export function worst(...all: readonly Status[]): Status {
  const rank = (s: Status): number => ['bad', 'uncertain', 'good'].indexOf(plain(s).quality)
  let result = all[0]!
  for (const s of all) if (rank(s) < rank(result)) result = s
  const p = plain(result)
  const sub = p.quality === 'good' ? 'plain' : p.sub
  // Flags are one bit each.
  const flags = [256, 512, 1024, 2048, 4096].filter((f) => all.some((s) => Math.floor(s.flags / f) % 2 === 1))
  return status(
    p.quality,
    sub,
    'none',
    flags.reduce((a, b) => a + b, 0),
  )
}

/** What both are limited to: constant is both low and high. */
export function bothLimited(a: Limit, b: Limit): Limit {
  const low = (l: Limit): boolean => l === 'low' || l === 'constant'
  const high = (l: Limit): boolean => l === 'high' || l === 'constant'
  const isLow = low(a) && low(b)
  const isHigh = high(a) && high(b)
  return isLow && isHigh ? 'constant' : isLow ? 'low' : isHigh ? 'high' : 'none'
}

export const MODES = ['oos', 'iman', 'lo', 'man', 'auto', 'cas', 'rcas', 'rout'] as const
export type Mode = (typeof MODES)[number]
export const modeOf = (n: number): Mode => MODES[n]!
export const numberOf = (m: Mode): number => MODES.indexOf(m)
/** Not held by anything: Auto or higher. */
export const automatic = (m: Mode): boolean => MODES.indexOf(m) >= MODES.indexOf('auto')
