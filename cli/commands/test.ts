/**
 * `flyball test`: plays the scenarios beside a strategy's modules against simulated plants, with the production engine.
 *
 * Exit code 0: all passed. 1: one failed. 2: a file or a flag was wrong; every such fault is reported and nothing is run.
 */
import { watch, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { type ConfigFault, faultText } from '../../controller/core/strategy/fault.ts'
import { createSuite } from '../../simulation/scenario/suite.ts'
import { loadSuite } from '../scenario/load.ts'
import { coverageText, jsonReport, junitReport, resultText, summaryText, type Timed } from '../scenario/report.ts'
import { loadStrategy } from '../strategy-files.ts'
import { FAULTY } from './check.ts'

const FAILED = 1
const FORMATS = ['text', 'json', 'junit']
/** An editor writes a file in several steps. */
const QUIET_MS = 200

interface TestFlags {
  readonly filter?: string
  readonly seed?: string
  readonly format: string
  readonly junit?: string
  readonly watch?: boolean
  readonly coverage?: boolean
}

export function registerTest(program: Command): void {
  program
    .command('test')
    .description("play the scenarios of a strategy's *.test.yaml files in simulated time")
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .option('--filter <text>', 'only tests whose file or name has this text')
    .option('--seed <number>', 'seed of noise and of forall, in place of those of the files')
    .option('--format <name>', 'text, json or junit, on standard output', 'text')
    .option('--junit <file>', 'the outcome as JUnit, into a file')
    .option('--coverage', 'which modes and which bad inputs the tests have seen, block by block')
    .option('--watch', 'again at each change of a file')
    .action(async (strategy: string, flags: TestFlags) => {
      const wrong = flagFaults(flags)
      for (const line of wrong) process.stderr.write(`${line}\n`)
      if (wrong.length > 0) process.exitCode = FAULTY
      else if (flags.watch === true) await watchStrategy(strategy, flags)
      else process.exitCode = await testOnce(strategy, flags)
    })
}

function flagFaults({ format, seed, watch: again }: TestFlags): string[] {
  const wrong: string[] = []
  if (!FORMATS.includes(format)) wrong.push(`--format: found '${format}', expected ${FORMATS.join(', ')}`)
  if (seed !== undefined && !(Number.isSafeInteger(Number(seed)) && Number(seed) >= 1 && seed.trim() !== ''))
    wrong.push(`--seed: found '${seed}', expected a whole number of 1 or more`)
  if (again === true && format !== 'text') wrong.push(`--watch: found --format ${format}, expected text`)
  return wrong
}

/** @returns the exit code */
async function testOnce(strategy: string, flags: TestFlags): Promise<number> {
  const loaded = await loadSuite(strategy)
  if ('lines' in loaded) return reportFaults(loaded.lines, loaded.faults, flags)
  const seed = flags.seed === undefined ? undefined : Number(flags.seed)
  const suite = createSuite({ ...loaded.options, seed, coverage: flags.coverage === true })
  if ('faults' in suite) return reportFaults(suite.faults.map(faultText), suite.faults, flags)
  const wanted = suite.scenarios.filter(
    ({ file, name }) => flags.filter === undefined || `${file} ${name}`.includes(flags.filter),
  )
  if (wanted.length === 0) {
    const all = suite.scenarios.length
    const expected = all === 0 ? 'a *.test.yaml file beside the modules' : `some of its ${all} tests`
    process.stderr.write(
      `${strategy}: found no test${flags.filter === undefined ? '' : ` with '${flags.filter}'`}, expected ${expected}\n`,
    )
    return FAULTY
  }
  const began_ms = performance.now()
  const results: Timed[] = []
  for (const scenario of wanted) {
    const start_ms = performance.now()
    const result = suite.run(scenario)
    const timed = { result, wall_s: (performance.now() - start_ms) / 1000 }
    results.push(timed)
    if (flags.format === 'text') process.stdout.write(resultText(timed, strategy))
  }
  const blocks = suite.coverage?.blocks()
  if (flags.junit !== undefined) writeFileSync(flags.junit, junitReport(results, strategy))
  if (flags.format === 'json') process.stdout.write(jsonReport(results, blocks))
  else if (flags.format === 'junit') process.stdout.write(junitReport(results, strategy))
  else {
    if (blocks !== undefined) process.stdout.write(coverageText(blocks))
    process.stdout.write(summaryText(results, (performance.now() - began_ms) / 1000))
  }
  return results.some(({ result }) => result.failure !== undefined) ? FAILED : 0
}

function reportFaults(lines: readonly string[], faults: readonly ConfigFault[], flags: TestFlags): number {
  if (flags.format === 'json') process.stdout.write(`${JSON.stringify({ faults }, null, 2)}\n`)
  for (const line of lines) process.stderr.write(`${line}\n`)
  process.stderr.write(`${lines.length} ${lines.length === 1 ? 'fault' : 'faults'}; nothing was run\n`)
  return FAULTY
}

/** Runs until the process is ended; the exit code is that of the last run. */
async function watchStrategy(strategy: string, flags: TestFlags): Promise<void> {
  let running = false
  let again = false
  const run = async (): Promise<void> => {
    if (running) {
      again = true
      return
    }
    running = true
    do {
      again = false
      process.exitCode = await testOnce(strategy, flags)
      process.stdout.write('\n')
    } while (again)
    running = false
  }
  // Before the first run, so that a file that is saved while it runs is not overlooked.
  const found = loadStrategy(strategy)
  if ('folder' in found) {
    let timer: NodeJS.Timeout | undefined
    watch(found.folder, { recursive: true }, (_event, file) => {
      if (file !== null && !/\.ya?ml$/.test(file)) return
      clearTimeout(timer)
      timer = setTimeout(() => void run(), QUIET_MS)
    })
  }
  await run()
}
