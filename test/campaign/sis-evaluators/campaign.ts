/**
 * Both evaluators of the safety logic on random inputs, commands and gaps, compared after every scan.
 *
 * The configurations take turns: one function in its four settings, the one that uses every feature, the Tennessee Eastman plant's
 * with its times cut to a few scans, and matrices by chance, a new one for each piece. A seed makes a piece repeatable.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LATCH } from '../../../safety/core/codes.ts'
import { firstDifference } from '../../../safety/core/compare.ts'
import type { SisConfig } from '../../../safety/core/config.ts'
import { evaluate } from '../../../safety/core/evaluator.ts'
import { createSecondEvaluator } from '../../../safety/core/second/evaluator.ts'
import { createSoe } from '../../../safety/core/soe.ts'
import { createState } from '../../../safety/core/state.ts'
import { createTables } from '../../../safety/core/tables.ts'
import { chance } from '../../../safety/core/testing/chance.ts'
import { edgePlant } from '../../../safety/core/testing/edge-plant.ts'
import { randomConfig } from '../../../safety/core/testing/random-config.ts'
import { everything, oneFunction } from '../../../safety/core/testing/small-configs.ts'

/** Scans of one pair of evaluators: numbers of scans stay small, and a wrong turn costs little. */
const PIECE = 200_000

interface Tally {
  scans: number
  seconds: number
  energised: number
  left: number
}

/** True when the evaluators never differed. */
export function sisEvaluatorsCampaign(scans: number, seed: number, minutes: number): boolean {
  const began = performance.now()
  const tallies = new Map<string, Tally>()
  let done = 0
  for (let piece = 0; done < scans; piece++) {
    const { name, config } = configOf(piece, seed)
    const tally = tallies.get(name) ?? { scans: 0, seconds: 0, energised: 0, left: 0 }
    tallies.set(name, tally)
    const n = Math.min(PIECE, scans - done)
    const failure = compareFor(config, n, seed + piece * 7919, tally)
    done += n
    if (failure !== undefined) {
      process.stdout.write(`they differ: seed ${seed}, piece ${piece}, ${name}: ${failure}\n`)
      return false
    }
    if ((performance.now() - began) / 60_000 > minutes) break
  }
  for (const [name, t] of tallies)
    process.stdout.write(
      `${name.padEnd(28)} ${t.scans.toLocaleString('en').padStart(14)} scans, ${Math.round(t.scans / t.seconds).toLocaleString('en')}/s, ` +
        `${((100 * t.energised) / t.scans).toFixed(0)} % energised, ${t.left.toLocaleString('en')} trips\n`,
    )
  const seconds = (performance.now() - began) / 1000
  process.stdout.write(
    `${done.toLocaleString('en')} scans in ${seconds.toFixed(0)} s, seed ${seed}: the evaluators differed in none\n`,
  )
  return true
}

function configOf(piece: number, seed: number): { name: string; config: SisConfig } {
  const turn = piece % 20
  if (turn === 0) return { name: 'every feature', config: everything }
  if (turn === 10) return { name: 'Tennessee Eastman', config: shortTimes(tennesseeEastman()) }
  if (turn % 4 === 2) return { name: 'matrices by chance', config: randomConfig(chance(seed * 104729 + piece)) }
  if (turn % 4 === 1) return { name: '1oo1', config: oneFunction({ dead_band: 1 }, ['A'], 1) }
  if (turn === 7) return { name: '1oo2', config: oneFunction({ trip: { contact: 'opens' } }, ['A', 'B'], 1) }
  const on_bad = piece % 2 === 0 ? ('vote_trip' as const) : ('ignore' as const)
  const on_bypass = piece % 4 < 2 ? ('keep' as const) : ('reduce' as const)
  return { name: `2oo3 ${on_bad} ${on_bypass}`, config: oneFunction({ on_bad, on_bypass, dead_band: 1 }) }
}

/** Times of hours would never pass within a piece. */
const shortTimes = (config: SisConfig): SisConfig => ({
  ...config,
  mode: 'RUN',
  overrides: { ...config.overrides, mos_ms: 4000, link_loss_ms: 1000, force_ms: 2000 },
  causes: config.causes.map((c) => ({
    ...c,
    ...(c.time === undefined ? {} : { time: { ...c.time, ms: 500 } }),
    ...(c.startup === undefined ? {} : { startup: { ...c.startup, stable_ms: 500, ms_max: 3000 } }),
  })),
  elements: config.elements.map((e) => ({ ...e, confirm_ms: 600, travel_ms: 400 })),
})

const tennesseeEastman = (): SisConfig =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../safety/config/tennessee-eastman.json'), 'utf8'))

function compareFor(config: SisConfig, scans: number, seed: number, tally: Tally): string | undefined {
  const tables = createTables(config)
  const state = createState(tables)
  const second = createSecondEvaluator(config)
  const soe = createSoe(64)
  const plant = edgePlant(config, seed)
  const began = performance.now()
  let before = 0
  for (let i = 0; i < scans; i++) {
    const now = plant.next()
    evaluate(tables, state, plant.inputs, now, 0, soe)
    second.evaluate(plant.inputs, now, 0)
    const difference = firstDifference(state.view, second.view)
    if (difference >= 0)
      return `scan ${i}, word ${difference}: ${state.view[difference]} and ${second.view[difference]}`
    const out = state.view[1]!
    if (out !== 0) tally.energised++
    if ((before & ~out) !== 0 && state.latch.includes(LATCH.tripped)) tally.left++
    before = out
  }
  tally.scans += scans
  tally.seconds += (performance.now() - began) / 1000
  return undefined
}
