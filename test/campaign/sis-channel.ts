/**
 * The protected channel's check sum against chance: sound frames, corrupted at random, judged by the arithmetic of both ends in turn.
 *
 * The whole CRC lets one in 2^32 through, too few to count in any run. Cut to 16 bits it must let one in 2^16 through if its bits are as good as
 * chance, and that can be counted; the same run counts what the whole CRC let through.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkSum, constantOf } from '../../plant-sim/core/safety-channel/check-sum.ts'
import { crcOver, crcOverRegisters } from '../../safety/core/channel/crc.ts'

export interface CorruptionCount {
  readonly corruptions: number
  /** Let through by the low 16 bits of the CRC alone, by the high ones, and by all 32. */
  readonly low: number
  readonly high: number
  readonly whole: number
}

/** Figures of a run, and whether both halves lie within 3 sigma of 2^-16 and the whole CRC within what 2^-32 makes likely. */
export function channelCampaign(corruptions: number, seed: number): boolean {
  const begin = performance.now()
  const { low, high, whole } = corruptFrames(corruptions, seed)
  const expected = corruptions / 65_536
  const sigma = Math.sqrt(expected * (1 - 1 / 65_536))
  const line = (name: string, count: number): string =>
    `${name}: ${count}, rate 2^${Math.log2(count / corruptions).toFixed(4)}, ${((count - expected) / sigma).toFixed(2)} sigma from 2^-16 (${expected.toFixed(1)} +- ${(3 * sigma).toFixed(1)})\n`
  process.stdout.write(
    `sis-channel: ${corruptions} corruptions of 74 B frames, seed ${seed}, ${((performance.now() - begin) / 1000).toFixed(0)} s\n` +
      line('low 16 bits', low) +
      line('high 16 bits', high) +
      `whole CRC: ${whole} undetected (${(corruptions / 2 ** 32).toFixed(2)} expected of chance)\n`,
  )
  const fair = (count: number): boolean => Math.abs(count - expected) <= 3 * sigma
  return fair(low) && fair(high) && whole <= 3 + (3 * corruptions) / 2 ** 32
}

export function corruptFrames(corruptions: number, seed: number): CorruptionCount {
  const frames = soundFrames()
  const random = generator(seed)
  const frame = new Uint16Array(37)
  let [low, high, whole] = [0, 0, 0]
  for (let n = 0; n < corruptions; n++) {
    const { registers, preset, constant } = frames[n % frames.length]!
    frame.set(registers)
    if (!corrupt(frame, registers, random)) {
      n--
      continue
    }
    const crc = (n & 3) === 0 ? checkSum(constant, frame) | 0 : crcOverRegisters(preset, frame, 0, 35) || 1
    const wrong = crc ^ ((frame[35]! << 16) | frame[36]!)
    if ((wrong & 0xffff) === 0) low++
    if (wrong >>> 16 === 0) high++
    if (wrong === 0) whole++
  }
  return { corruptions, low, high, whole }
}

/** A burst, some registers, scattered bits, or everything. False: by chance nothing has changed. */
function corrupt(frame: Uint16Array, sound: Uint16Array, random: () => number): boolean {
  const how = random()
  switch (how & 3) {
    case 0: {
      // At least 48 bits: bursts up to 32 are always seen, and would not be chance.
      const length = 3 + ((how >>> 2) % 35)
      const from = (how >>> 10) % (38 - length)
      for (let i = from; i < from + length; i++) frame[i]! ^= random()
      break
    }
    case 1:
      for (let i = 3 + ((how >>> 2) % 30); i > 0; i--) {
        const r = random()
        frame[(r >>> 16) % 37] = r
      }
      break
    case 2:
      for (let i = 12 + ((how >>> 2) % 50); i > 0; i--) {
        const r = random()
        frame[(r >>> 8) % 37]! ^= 1 << (r & 15)
      }
      break
    default:
      for (let i = 0; i < 37; i++) frame[i] = random()
  }
  for (let i = 0; i < 37; i++) if (frame[i] !== sound[i]) return true
  return false
}

interface SoundFrame {
  readonly registers: Uint16Array
  /** What the unsent part makes of the CRC, as each end has it. */
  readonly preset: number
  readonly constant: number
}

/** The frames of the shared vectors. */
function soundFrames(): SoundFrame[] {
  const file = join(import.meta.dirname, '../safety/channel/vectors.json')
  const cases = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string | number>[]
  return cases.flatMap((c) =>
    ['ask', 'inputs', 'outputs', 'receipt'].map((kind, i): SoundFrame => {
      const ids = i % 2 === 0 ? [c['solver_id'], c['device_id']] : [c['device_id'], c['solver_id']]
      const hex = `${c['base_id']}${[...ids, c['signature']].map((x) => Number(x).toString(16).padStart(8, '0')).join('')}`
      const unsent = Uint8Array.from(hex.match(/../g)!, (x) => Number.parseInt(x, 16))
      return {
        registers: Uint16Array.from(String(c[kind]).match(/..../g)!, (x) => Number.parseInt(x, 16)),
        preset: crcOver(1, unsent, 0, 28),
        constant: constantOf(new DataView(unsent.buffer)),
      }
    }),
  )
}

/** Doty-Humphrey's sfc32: 32 bits a call. */
function generator(seed: number): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum
  }
  for (let i = 0; i < 20; i++) next()
  return next
}
