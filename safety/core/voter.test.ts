import { expect, test } from 'vitest'
import { ON_BAD, ON_BYPASS, VOTE } from './codes.ts'
import { voteTable } from './second/tables.ts'
import { voteOf } from './voter.ts'

/** A channel as it is: clear, votes, BAD, bypassed. */
const KINDS = ['clear', 'trip', 'bad', 'bypassed'] as const
type Kind = (typeof KINDS)[number]

/** The oracle says it with the channels themselves: who sits at the table, who raises a hand, how many hands are wanted. */
function oracle(channels: readonly Kind[], m: number, bad: string, bypass: string): number {
  const seated = channels.filter((c) => c !== 'bypassed')
  const gone = channels.length - seated.length
  const wanted = bypass === 'reduce' ? (m - gone < 1 ? 1 : m - gone) : m
  const present = bad === 'ignore' ? seated.filter((c) => c !== 'bad') : seated
  if (present.length < wanted) return VOTE.inhibited
  const hands = present.map((c) => c === 'trip' || (c === 'bad' && bad === 'vote_trip'))
  return hands.filter((h) => h).length >= wanted ? VOTE.trip : VOTE.clear
}

const combinations = (n: number): Kind[][] =>
  n === 0 ? [[]] : combinations(n - 1).flatMap((rest) => KINDS.map((k) => [...rest, k]))

test('[T1] [R-2.2] every voter, every combination, every option, in both evaluators, against an independent truth table', () => {
  let count = 0
  const wrong: string[] = []
  for (let n = 1; n <= 4; n++)
    for (let m = 1; m <= n; m++)
      for (const bad of ['vote_trip', 'ignore'] as const)
        for (const bypass of ['keep', 'reduce'] as const) {
          const table = voteTable(n, m, bad === 'vote_trip', bypass === 'reduce')
          for (const channels of combinations(n)) {
            const of = (kind: Kind): number => channels.filter((c) => c === kind).length
            const expected = oracle(channels, m, bad, bypass)
            const first = voteOf(
              n,
              m,
              of('bypassed'),
              of('bad'),
              of('trip'),
              bad === 'ignore' ? ON_BAD.ignore : ON_BAD.voteTrip,
              bypass === 'reduce' ? ON_BYPASS.reduce : ON_BYPASS.keep,
            )
            const at = channels.reduce((sum, c, i) => sum + KINDS.indexOf(c) * 4 ** i, 0)
            if (first !== expected || table[at] !== expected)
              wrong.push(`${m}oo${n} ${bad} ${bypass} ${channels}: ${first} ${table[at]}, not ${expected}`)
            count++
          }
        }
  expect(wrong).toEqual([])
  // Sum over n of n (values of m) * 4^n (channels) * 4 (options).
  expect(count).toBe(4 * (4 + 2 * 16 + 3 * 64 + 4 * 256))
})

test('[T1] [R-2.2] values of BAD inputs vote like good ones where that is configured', () => {
  expect(voteOf(3, 2, 0, 1, 2, ON_BAD.useValue, ON_BYPASS.keep)).toBe(VOTE.trip)
  expect(voteOf(3, 2, 0, 3, 1, ON_BAD.useValue, ON_BYPASS.keep)).toBe(VOTE.clear)
  expect(voteOf(3, 2, 2, 1, 1, ON_BAD.useValue, ON_BYPASS.keep)).toBe(VOTE.inhibited)
})

// The published table: scheme, 1 bad ignored, 1 bad voting, 1 bypassed, 1 bypassed with M reduced. i inhibited, t tripped.
const PUBLISHED = [
  ['1oo1', 'i', 't', 'i', 'i'],
  ['1oo2', '1oo1', 't', '1oo1', '1oo1'],
  ['2oo2', 'i', '1oo1', 'i', '1oo1'],
  ['2oo3', '2oo2', '1oo2', '2oo2', '1oo2'],
  ['1oo3', '1oo2', 't', '1oo2', '1oo2'],
  ['2oo4', '2oo3', '1oo3', '2oo3', '1oo3'],
  ['3oo4', '3oo3', '2oo3', '3oo3', '2oo3'],
] as const

test('[T1] [R-2.2] one BAD or bypassed input degrades each scheme as the published table says', () => {
  for (const [scheme, ...degraded] of PUBLISHED) {
    const [m, n] = scheme.split('oo').map(Number) as [number, number]
    const cases = [
      [0, 1, ON_BAD.ignore, ON_BYPASS.keep],
      [0, 1, ON_BAD.voteTrip, ON_BYPASS.keep],
      [1, 0, ON_BAD.voteTrip, ON_BYPASS.keep],
      [1, 0, ON_BAD.voteTrip, ON_BYPASS.reduce],
    ] as const
    for (const [i, [bypassed, bad, on_bad, on_bypass]] of cases.entries()) {
      const seen = Array.from({ length: n }, (_, v) => voteOf(n, m, bypassed, bad, v, on_bad, on_bypass))
      const want = degraded[i]!
      const expected =
        want === 'i'
          ? seen.map(() => VOTE.inhibited)
          : want === 't'
            ? seen.map(() => VOTE.trip)
            : seen.map((_, v) => (v >= Number(want[0]) ? VOTE.trip : VOTE.clear))
      expect([scheme, i, seen]).toEqual([scheme, i, expected])
    }
  }
})

test('[I3] [R-2.9] a channel that gets worse, or a bypass that ends, never takes a trip back', () => {
  const wrong: string[] = []
  for (let n = 1; n <= 4; n++)
    for (let m = 1; m <= n; m++)
      for (const bypass of ['keep', 'reduce'] as const) {
        const table = voteTable(n, m, true, bypass === 'reduce')
        const of = (channels: readonly Kind[]): number =>
          table[channels.reduce((sum, c, i) => sum + KINDS.indexOf(c) * 4 ** i, 0)]!
        for (const channels of combinations(n)) {
          if (of(channels) !== VOTE.trip) continue
          for (let i = 0; i < n; i++) {
            // With `reduce` the vote is stricter under a bypass than without: its end may release what is not stored.
            const worse: Kind[] =
              channels[i] === 'clear'
                ? ['trip', 'bad']
                : channels[i] === 'trip'
                  ? ['bad']
                  : channels[i] === 'bypassed' && bypass === 'keep'
                    ? ['clear', 'trip', 'bad']
                    : []
            for (const kind of worse) {
              const then = channels.map((c, k) => (k === i ? kind : c))
              if (of(then) !== VOTE.trip) wrong.push(`${m}oo${n} ${bypass} ${channels} -> ${then}`)
            }
          }
        }
      }
  expect(wrong).toEqual([])
})
