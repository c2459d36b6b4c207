/**
 * `npm run mutation:comparison`: how many mutants of the first evaluator the comparison with the second catches by itself.
 *
 * The mutants are those of `npm run mutation`, all in one instrumented copy whose switch is thrown for one after the other; each runs
 * the same streams until the evaluators differ or a scan throws, since on line both trip. `--every 4` tries each fourth.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Instrumenter } from '@stryker-mutator/instrumenter'

const ROOT = resolve(import.meta.dirname, '../..')
const COPY = join(ROOT, '.flyball/mutation/comparison')
const FILES = ['voter', 'latch', 'overrides', 'causes', 'effects'].map((name) => `safety/core/${name}.ts`)

const { values } = parseArgs({ options: { every: { type: 'string', default: '1' } } })

const silent = () => undefined
const logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
}

rmSync(COPY, { recursive: true, force: true })
mkdirSync(COPY, { recursive: true })
cpSync(join(ROOT, 'safety/core'), join(COPY, 'safety/core'), { recursive: true })
const { files, mutants } = await new Instrumenter(logger).instrument(
  FILES.map((name) => ({ name, content: readFileSync(join(ROOT, name), 'utf8'), mutate: true })),
  { plugins: null, excludedMutations: [], ignorers: [] },
)
for (const { name, content } of files) writeFileSync(join(COPY, name), content)

interface Switch {
  activeMutant?: string
  hitCount?: number
  hitLimit?: number
}
const globals = globalThis as typeof globalThis & { __stryker__?: Switch }
globals.__stryker__ ??= {}
const mutantSwitch: Switch = globals.__stryker__
const from = <T>(name: string): Promise<T> => import(join(COPY, 'safety/core', name)) as Promise<T>
const { createSolver } = await from<typeof import('../../safety/core/solver.ts')>('solver.ts')
const { FAULT } = await from<typeof import('../../safety/core/codes.ts')>('codes.ts')
const { chance } = await from<typeof import('../../safety/core/testing/chance.ts')>('testing/chance.ts')
const { randomPlant } =
  await from<typeof import('../../safety/core/testing/random-plant.ts')>('testing/random-plant.ts')
const { edgePlant } = await from<typeof import('../../safety/core/testing/edge-plant.ts')>('testing/edge-plant.ts')
const { randomConfig } =
  await from<typeof import('../../safety/core/testing/random-config.ts')>('testing/random-config.ts')
const { everything, oneFunction } =
  await from<typeof import('../../safety/core/testing/small-configs.ts')>('testing/small-configs.ts')

const dice = chance(2024)
const matrices = Array.from({ length: 30 }, () => randomConfig(dice))
const functions = [
  oneFunction({ dead_band: 1 }),
  oneFunction({ on_bad: 'ignore', on_bypass: 'reduce', mos: { max: 2 } }),
]
const started = [everything, oneFunction({ startup: { start: 'RESET', stable_ms: 300, ms_max: 900 } })]

/** Scans until the mutant was seen, -1 not seen. */
function caughtAfter(): number {
  let scans = 0
  const run = (
    config: (typeof matrices)[number],
    limit: number,
    seed: number,
    edges: boolean,
    first: number,
  ): boolean => {
    const solver = createSolver(config, 64)
    const plant = edges ? edgePlant(config, seed) : randomPlant(solver, chance(seed))
    for (let i = 0; i < limit; i++) {
      mutantSwitch.hitCount = 0
      solver.scan(plant.inputs, plant.next() + first)
      scans++
      if (solver.difference >= 0 || (solver.faults & FAULT.exception) !== 0) return true
    }
    return false
  }
  for (const [i, config] of matrices.entries()) if (run(config, 250, 31 + i, true, 0)) return scans
  for (const [i, config] of functions.entries()) if (run(config, 3000, 7 + i, false, 0)) return scans
  if (run(everything, 6000, 5, false, 0)) return scans
  for (let seed = 1; seed <= 40; seed++)
    for (const config of started) if (run(config, 24, seed * 104729, true, -1)) return scans
  return -1
}

mutantSwitch.hitLimit = 100_000
if (caughtAfter() !== -1) throw new Error('the evaluators differ without a mutant')
let caught = 0
let scans = 0
const missed: string[] = []
const tried = mutants.filter((_, i) => i % Number(values.every) === 0)
for (const mutant of tried) {
  mutantSwitch.activeMutant = mutant.id
  const after = caughtAfter()
  if (after >= 0) {
    caught++
    scans += after
  } else {
    const { line, column } = mutant.location.start
    missed.push(`${mutant.fileName}:${line + 1}:${column + 1} ${mutant.mutatorName} => ${mutant.replacement}`)
  }
}
for (const line of missed) process.stdout.write(`${line}\n`)
process.stdout.write(
  `${caught} of ${tried.length} mutants of the first evaluator caught by the second, ${((100 * caught) / tried.length).toFixed(1)} %, ` +
    `after ${Math.round(scans / Math.max(1, caught))} scans on average\n`,
)
