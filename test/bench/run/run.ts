/**
 * Speed of `flyball run`: plant, instruments with noise, strategy at 1 s scans, trends. Beside it the plant alone with
 * its noise, in the same rounds: the difference is what control costs.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withStart } from '../../../cli/starts.ts'
import { buildStrategy } from '../../../cli/strategy-files.ts'
import { createFieldPlant } from '../../../plant-sim/core/plants.ts'
import { createRig, type Rig } from '../../../plant-sim/core/rig.ts'
import { parseInstruments } from '../../../plant-sim/edge/parse-instruments.ts'
import { createRun } from '../../../simulation/run/run.ts'
import type { BenchRow } from '../row.ts'

const ROUNDS = 5
const HOURS = 12
const BARS = { compat: 100_000, converged: 20_000 } as const

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

export async function benchRun(): Promise<BenchRow[]> {
  const built = await buildStrategy('tennessee-eastman')
  if ('faults' in built) throw new Error('the strategy has faults')
  const artifact = withStart(built.artifact, built.folder, 'mode1')
  const parsed = parseInstruments(
    readFileSync(join(built.folder, 'plant/instruments.yaml'), 'utf8'),
    'instruments.yaml',
  )
  if (parsed.ok === undefined) throw new Error('instruments.yaml has faults')
  const instruments = parsed.ok
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
