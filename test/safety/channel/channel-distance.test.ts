/** T8 of the protected channel: every error of one to five bits in the longest frame, and how the check sum does against chance. */
import { expect, test } from 'vitest'
import { checkSum } from '../../../plant-sim/core/safety-channel/check-sum.ts'
import { crcOverRegisters } from '../../../safety/core/channel/crc.ts'
import { corruptFrames } from '../../campaign/sis-channel.ts'
import { LAST, pairOf, pairsOf, SENT_BITS, syndromes, triplesAgainst, UNSENT_BITS } from './weights.ts'

const ALL = syndromes()

/** Registers with these bits of the frame set, counted from the first that is sent. */
function withBits(bits: readonly number[]): Uint16Array<ArrayBuffer> {
  const registers = new Uint16Array(37)
  for (const bit of bits) registers[bit >> 4]! ^= 0x8000 >> (bit & 15)
  return registers
}

/** What each end makes of a pattern: its remainder beside that of nothing, with the CRC field. */
function ofSolver(error: Uint16Array): number {
  return (crcOverRegisters(0, error, 0, 35) ^ ((error[35]! << 16) | error[36]!)) >>> 0
}
function ofDevice(error: Uint16Array): number {
  // Any constant will do but one that makes a 0, which reads as 1.
  const constant = 0x5a5a5a5a
  const none = checkSum(constant, new Uint16Array(37))
  return (checkSum(constant, error) ^ none ^ ((error[35]! << 16) | error[36]!)) >>> 0
}

test('[T8] the syndromes are those of both ends, bit by bit', () => {
  for (let bit = 0; bit < SENT_BITS; bit++) {
    const error = withBits([bit])
    expect([ofSolver(error), ofDevice(error)]).toEqual([ALL[UNSENT_BITS + bit], ALL[UNSENT_BITS + bit]])
  }
})

test('[T8] no error of one to five bits in the longest frame goes unseen', () => {
  const pairs = pairsOf(ALL)
  // One bit and two: no syndrome is 0, no two are alike.
  expect(ALL.includes(0)).toBe(false)
  expect(new Set(ALL).size).toBe(ALL.length)
  // Three: no syndrome is the sum of a pair. Four: no two pairs have one sum.
  expect(ALL.filter((s) => pairOf(pairs, s) !== 0)).toEqual(new Uint32Array())
  expect([pairs.count, pairs.twice]).toEqual([332_520, 0])
  let unseen = 0
  const triples = triplesAgainst(ALL, pairs, 0, () => unseen++)
  expect([triples, unseen]).toEqual([(816 * 815 * 814) / 6, 0])
  const errors = [1, 2, 3, 4, 5].map((k) => choose(816, k))
  process.stdout.write(
    `T8: ${ALL.length} bits, ${pairs.count} pairs, ${triples} triples: none of ${errors.reduce((a, b) => a + b)} errors of 1 to 5 bits unseen\n`,
  )
})

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

// The rule that a remainder of 0 is sent as 1 makes two remainders look alike. The price: patterns of five bits whose syndromes add to 1 are
// unseen in a frame whose remainder was 0, one in 2^32. Four bits are seen in every frame.
test('[T8] [RQ5.5] what the replacement of 0 by 1 costs', () => {
  const sent = ALL.slice(UNSENT_BITS, LAST)
  const pairs = pairsOf(sent)
  expect(sent.includes(1)).toBe(false)
  expect(pairOf(pairs, 1)).toBe(0)
  let three = 0
  for (const s of sent) if (pairOf(pairs, (s ^ 1) >>> 0) !== 0) three++
  let four = 0
  for (let at = 0; at < pairs.pair.length; at++)
    if (pairs.pair[at] !== 0 && pairOf(pairs, (pairs.sum[at]! ^ 1) >>> 0) !== 0) four++
  expect([three, four]).toEqual([0, 0])
  const seen = new Set<string>()
  let example: number[] = []
  triplesAgainst(sent, pairs, 1, (i, j, k, pair) => {
    example = [i, j, k, (pair - 1) >> 10, (pair - 1) & 1023].sort((a, b) => a - b)
    seen.add(example.join())
  })
  expect(seen.size).toBeGreaterThan(0)
  expect([ofSolver(withBits(example)), ofDevice(withBits(example))]).toEqual([1, 1])
  // With the last bit of the CRC it is an error of six bits that nobody ever sees: the search above ends where it must.
  const six = withBits([...example, SENT_BITS - 1])
  expect([ofSolver(six), ofDevice(six)]).toEqual([0, 0])
  process.stdout.write(`T8: ${seen.size} of ${choose(591, 5)} patterns of five bits are unseen in one frame of 2^32\n`)
})

test('[T8] the CRC cut to 16 bits lets one random corruption in 2^16 through, the whole none', () => {
  const { low, high, whole } = corruptFrames(1_500_000, 7)
  const expected = 1_500_000 / 65_536
  for (const count of [low, high]) expect(Math.abs(count - expected)).toBeLessThan(3 * Math.sqrt(expected))
  expect(whole).toBe(0)
})
