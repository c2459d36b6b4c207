/** Speed of the Tennessee Eastman model, beside the same equations in C in the same run. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plant, PlantOptions } from '../../../plant-sim/core/plant.ts'
import { tennesseeEastman } from '../../../plant-sim/core/tennessee-eastman/tennessee-eastman.ts'
import type { BenchRow } from '../row.ts'

/** The base case without control stays inside its limits for 12,900 s. */
const STEPS = 10_000
/** Each round runs every candidate once, so that a busy moment of the machine meets all of them. */
const ROUNDS = 25
const UNIT = 'x real time'
const BAR_OF_C = 0.5

const CANDIDATES: readonly { readonly name: string; readonly options: PlantOptions }[] = [
  { name: 'plant, compat (Euler 1 s), no noise', options: { scheme: 'compat', noise: 'none' } },
  { name: 'plant, compat (Euler 1 s), original noise', options: { scheme: 'compat', noise: 'on' } },
  { name: 'plant, converged, no noise', options: { scheme: 'converged', noise: 'none' } },
  { name: 'plant, converged, noise', options: { scheme: 'converged', noise: 'on' } },
]

/** Medians over interleaved rounds, in processor time of the thread. Without a C compiler the ratio is missing. */
export async function benchPlant(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-bench-'))
  try {
    const program = compile(folder)
    const plants = CANDIDATES.map(({ options }) => tennesseeEastman(options))
    const bases = plants.map((plant) => plant.save())
    // The engine compiles hot code in the background: some seconds of warming, then a moment for it to finish.
    for (const [i, plant] of plants.entries()) for (let k = 0; k < 3; k++) timed(plant, bases[i]!)
    await new Promise((resolve) => setTimeout(resolve, 300))

    const times: number[][] = plants.map(() => [])
    const reference: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      if (program !== null) reference.push(timedReference(program, round === 0 ? plants[0]! : null))
      for (const [i, plant] of plants.entries()) times[i]!.push(timed(plant, bases[i]!))
    }
    const speeds = times.map((each) => STEPS / median(each))
    const rows: BenchRow[] = CANDIDATES.map(({ name }, i) => ({ name, value: speeds[i]!, unit: UNIT }))
    if (program === null) return rows
    // The median of the rounds' own ratios: both were measured within a few hundredths of a second.
    const ratio = median(reference.map((c_s, round) => c_s / times[0]![round]!))
    rows[0] = { ...rows[0]!, reference: STEPS / median(reference), ratio, bar: BAR_OF_C, ok: ratio >= BAR_OF_C }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Seconds of this thread's own time, so that other programs on the machine do not count, for STEPS seconds of plant time. */
function timed(plant: Plant, base: Float64Array): number {
  plant.load(base)
  const from = process.threadCpuUsage()
  for (let i = 0; i < STEPS; i++) plant.advance(1)
  return process.threadCpuUsage(from).user / 1e6
}

/** Path of the reference program, or null without a compiler. */
function compile(folder: string): string | null {
  const program = join(folder, 'tep')
  const source = join(import.meta.dirname, 'tep.c')
  const flags = ['-O2', '-std=c11', '-D_POSIX_C_SOURCE=200809L']
  const { error, status, stderr } = spawnSync('cc', [...flags, '-o', program, source, '-lm'], { encoding: 'utf8' })
  if (error !== undefined) return null
  if (status !== 0) throw new Error(`the C reference does not compile:\n${stderr}`)
  return program
}

/** Seconds of one run in C. With `same` given, throws where its measurements are not those of that plant after the same time. */
function timedReference(program: string, same: Plant | null): number {
  const { stdout, status } = spawnSync(program, [String(STEPS)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the C reference ended with ${status}`)
  const [ns, ...xmeas] = stdout.trim().split(' ').map(Number)
  for (const [i, value] of same === null ? [] : xmeas.entries()) {
    const ours = same!.clean[i]!
    if (!(Math.abs(ours - value) <= 1e-8 * Math.max(1, Math.abs(value)))) {
      throw new Error(`measurement ${i + 1} is ${value} in C and ${ours} here: not the same model`)
    }
  }
  return ns! / 1e9
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
