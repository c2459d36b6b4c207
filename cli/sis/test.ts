/**
 * `flyball sis test`: every marked cell of the matrix in closed loop on the plant model, alone and with each single fault.
 *
 * Exit code 0: nothing deviates from what the matrix says. 1: something does. 2: a file or an order is wrong.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { type CellOutcome, type CellTest, createCellTest } from '../../simulation/sis/cell-test.ts'
import { createExpectation } from '../../simulation/sis/expectation.ts'
import { drivesOf } from '../../simulation/sis/hazards.ts'
import { createProgress } from '../run/progress.ts'
import { loadSisPlant, type SisPlant } from './test-plant.ts'
import { rowsOf, testTable } from './test-table.ts'

const DEVIATES = 1
const FAULTY = 2
/** The plant runs so long before the first trial, s. */
const SETTLE_S = 60

export interface TestFlags {
  readonly cell?: string
  readonly seed: string
  readonly alone?: true
  readonly json?: true
  readonly out?: string
}

export function registerTest(sis: Command): void {
  sis
    .command('test')
    .description('every cell of the matrix in closed loop on the plant model, alone and with each single fault')
    .argument('<plant>', 'a plant with a configuration under safety/config, or a configuration file')
    .option('--cell <cause/effect>', 'this cell, or every cell of a cause: S1/FEEDS, S1')
    .option('--alone', 'without the single faults')
    .option('--seed <number>', 'seed of noise', '1')
    .option('--json', 'every trial as JSON')
    .option('--out <file>', 'write the table, or with --json the JSON, to a file')
    .action(async (plant: string, flags: TestFlags) => {
      process.exitCode = await test(plant, flags)
    })
}

async function test(name: string, flags: TestFlags): Promise<number> {
  const wrong: string[] = []
  const seed = Number(flags.seed)
  if (!Number.isSafeInteger(seed) || seed < 1)
    wrong.push(`--seed: found '${flags.seed}', expected a whole number from 1`)
  if (flags.out !== undefined && !existsSync(dirname(resolve(flags.out))))
    wrong.push(`${flags.out}: found no folder ${dirname(flags.out)}, expected one that exists`)
  const plant = await loadSisPlant(name)
  if ('wrong' in plant) wrong.push(...plant.wrong)
  const [cause, effect] = flags.cell?.split('/') ?? []
  if (!('wrong' in plant) && cause !== undefined) {
    const { matrix } = plant.config
    const there = matrix.some((m) => m.cause === cause && (effect === undefined || m.effect === effect))
    if (!there) {
      const cells = matrix.filter((m) => m.cause === cause).map((m) => `${m.cause}/${m.effect}`)
      const causes = [...new Set(matrix.map((m) => m.cause))]
      wrong.push(`--cell: found '${flags.cell}', expected one of ${(cells.length > 0 ? cells : causes).join(', ')}`)
    }
  }
  if ('wrong' in plant || wrong.length > 0) {
    for (const line of wrong) process.stderr.write(`${line}\n`)
    return FAULTY
  }
  const trials = runTrials(plant, seed, cause, flags.alone === true)
  const outcomes = effect === undefined ? trials : trials.filter((o) => o.effect === effect)
  const rows = rowsOf(plant.config, outcomes)
  const head = {
    id: plant.config.id,
    revision: plant.config.revision,
    sha256: plant.hash,
    seed,
  }
  const text = flags.json ? `${JSON.stringify({ ...head, rows, trials: outcomes }, null, 2)}\n` : testTable(head, rows)
  if (flags.out === undefined) process.stdout.write(text)
  else writeFileSync(flags.out, text)
  return rows.some((row) => row.deviations.length > 0) ? DEVIATES : 0
}

/** A plant of its own with its expectation, run until it is calm. */
export function openCellTest(plant: SisPlant, seed: number): CellTest {
  const expectation = createExpectation(plant.config)
  const loop = plant.loop({ seed, witness: expectation })
  loop.advance(Math.round(SETTLE_S / loop.scan_s))
  return createCellTest({ config: plant.config, loop, expectation, drives: drivesOf(plant.config.id) })
}

function runTrials(plant: SisPlant, seed: number, cause: string | undefined, alone: boolean): CellOutcome[] {
  const cells = openCellTest(plant, seed)
  const causes = cells.causes.filter((id) => cause === undefined || id === cause)
  const outcomes: CellOutcome[] = []
  const progress = createProgress(process.stderr)
  for (const [i, id] of causes.entries()) {
    progress.report(i / causes.length, id)
    for (const fault of cells.faultsOf(id))
      if (!alone || fault.kind === 'none') outcomes.push(...cells.trial(id, fault))
  }
  progress.end()
  return outcomes
}
