import { serialCodec } from '../../../protocols/edge/modbus-serial-codec.ts'
import { type FuzzResult, fuzzModbus, type Surface } from './fuzz.ts'

const BATCH = 250_000

/** Runs the campaign in batches, a seed each, and prints the table; false where a frame was judged otherwise. */
export async function fuzzCampaign(frames: number, seed: number): Promise<boolean> {
  const start = performance.now()
  const serial = await serialCodec()
  const total = new Map<Surface, { frames: number; accepted: number; refused: number; unanswered: number }>()
  let longest_ms = 0
  for (let done = 0, batch = 0; done < frames; batch++) {
    const from = performance.now()
    let result: FuzzResult
    try {
      result = fuzzModbus(Math.min(BATCH, frames - done), seed + batch, serial)
    } catch (cause) {
      process.stdout.write(`${(cause as Error).stack}\n`)
      return false
    }
    longest_ms = Math.max(longest_ms, performance.now() - from)
    for (const [surface, count] of Object.entries(result) as [Surface, FuzzResult[Surface]][]) {
      const sum = total.get(surface) ?? { frames: 0, accepted: 0, refused: 0, unanswered: 0 }
      sum.frames += count.frames
      sum.accepted += count.accepted
      sum.refused += count.refused
      sum.unanswered += count.unanswered
      total.set(surface, sum)
      done += count.frames
    }
  }
  process.stdout.write(
    '| where | frames | accepted, rightly | refused, rightly | waiting or silent, rightly |\n|---|---|---|---|---|\n',
  )
  for (const [surface, { frames: n, accepted, refused, unanswered }] of total) {
    const row = [n, accepted, refused, unanswered].map((v) => v.toLocaleString('en')).join(' | ')
    process.stdout.write(`| ${surface} | ${row} |\n`)
  }
  const seconds = (performance.now() - start) / 1000
  process.stdout.write(
    `\nseeds from ${seed}, ${seconds.toFixed(0)} s, longest ${BATCH.toLocaleString('en')} frames ${(longest_ms / 1000).toFixed(1)} s; no throw, no hang, no value that was none\n`,
  )
  return true
}
