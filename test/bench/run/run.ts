/**
 * Speed of `flyball run`: plant, instruments with noise, strategy at 1 s scans, trends. Beside it the plant alone with
 * its noise, in the same rounds: the difference is what control costs.
 */
import { readInstruments, readStart } from '../../../cli/plant-files.ts'
import { withStart } from '../../../cli/starts.ts'
import { buildStrategy } from '../../../cli/strategy-files.ts'
import { createFieldPlant } from '../../../plant-sim/core/plants.ts'
import { createRig, type Rig } from '../../../plant-sim/core/rig.ts'
import { createRun } from '../../../simulation/run/run.ts'
import type { BenchRow } from '../row.ts'

const ROUNDS = 5
const HOURS = 12
const BARS = { compat: 100_000, converged: 20_000 } as const

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

export async function benchRun(): Promise<BenchRow[]> {
  const built = await buildStrategy('tennessee-eastman')
  if ('faults' in built) throw new Error('the strategy has faults')
  const read = readInstruments(built.folder)
  const values = readStart(built.folder, 'mode1', built.artifact)
  if (!('ok' in read) || !('ok' in values)) throw new Error("the plant's files have faults: flyball build says which")
  const artifact = withStart(built.artifact, values.ok)
  const instruments = read.ok
  const rig = (scheme: 'compat' | 'converged'): Rig =>
    createRig(createFieldPlant('tennessee-eastman', { scheme, seed: 1, start: 'mode1' }), instruments, {
      seed: 1,
      step_ms: 1000,
    })
  const seconds = HOURS * 3600
  const timed = (work: () => void): number => {
    const began_ms = performance.now()
    work()
    return seconds / ((performance.now() - began_ms) / 1000)
  }

  const rows: BenchRow[] = []
  for (const scheme of ['compat', 'converged'] as const) {
    const controlled: number[] = []
    const alone: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const options = { artifact, rig: rig(scheme), hours: HOURS, start: 'mode1', seed: 1, sample_s: 60, actions: [] }
      const run = createRun(options)
      const open = rig(scheme)
      const speeds = [timed(() => run.advance(seconds)), timed(() => open.advance(seconds * 1000))] as const
      // The first round warms the machine code up.
      if (round === 0) continue
      controlled.push(speeds[0])
      alone.push(speeds[1])
    }
    const value = median(controlled)
    rows.push({
      name: `flyball run, ${scheme}: plant, noise, strategy, trends`,
      value,
      unit: 'x real time',
      bar: BARS[scheme],
      ok: value >= BARS[scheme],
    })
    rows.push({ name: `plant with noise alone, ${scheme}`, value: median(alone), unit: 'x real time' })
  }
  return rows
}
