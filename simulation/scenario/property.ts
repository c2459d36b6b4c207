/**
 * A scenario for many cases drawn from ranges, and the smallest case that fails.
 */
import { type Stream, stream } from '../../numerics/streams.ts'
import type { RunResult } from './run-scenario.ts'
import type { Variable } from './scenario.ts'

export type Case = ReadonlyMap<string, number>

export interface PropertyResult {
  readonly result: RunResult
  /** The smallest case that was found to fail; absent: none failed. */
  readonly failing?: Case
  readonly cases: number
}

/** Runs spent on making a failing case smaller. */
const SHRINK_RUNS = 40

/** @param name - names the stream of chance: one property's cases do not change with another's */
export function tryCases(
  variables: readonly Variable[],
  count: number,
  seed: number,
  name: string,
  run: (variables: Case) => RunResult,
): PropertyResult {
  const chance = stream(seed, `forall ${name}`)
  let simulated_s = 0
  let scans = 0
  const once = (values: Case): RunResult => {
    const result = run(values)
    simulated_s += result.simulated_s
    scans += result.scans
    return result
  }
  for (let i = 0; i < count; i++) {
    const values = draw(variables, chance, i)
    const result = once(values)
    if (result.failure === undefined) continue
    const smallest = shrink(variables, values, result, once)
    return { result: { ...smallest.result, simulated_s, scans }, failing: smallest.values, cases: i + 1 }
  }
  return { result: { failure: undefined, simulated_s, scans }, cases: count }
}

/** The first two cases are the corners where all variables are at their ends: where most faults are. */
function draw(variables: readonly Variable[], chance: Stream, i: number): Case {
  return new Map(
    variables.map((v) => {
      if (v.choices !== undefined)
        return [v.name, v.choices[i < v.choices.length ? i : chance.below(v.choices.length)]!]
      if (i < 2) return [v.name, i === 0 ? v.lo : v.hi]
      if (v.integer) return [v.name, v.lo + chance.below(v.hi - v.lo + 1)]
      return [v.name, v.lo + chance.uniform() * (v.hi - v.lo)]
    }),
  )
}

/** What a variable is smallest at: 0 where that is in its range, else the end next to it; the first choice. */
const simplest = (v: Variable): number => v.choices?.[0] ?? Math.min(Math.max(0, v.lo), v.hi)

/** One variable after the other towards its simplest value, by halves, in numbers as short as they may be. */
function shrink(
  variables: readonly Variable[],
  failing: Case,
  first: RunResult,
  run: (variables: Case) => RunResult,
): { readonly values: Case; readonly result: RunResult } {
  let values = failing
  let result = first
  let left = SHRINK_RUNS
  const fails = (v: Variable, value: number): boolean => {
    if (left <= 0 || value === values.get(v.name)) return false
    left--
    const candidate = new Map([...values, [v.name, value]])
    const tried = run(candidate)
    if (tried.failure === undefined) return false
    values = candidate
    result = tried
    return true
  }
  for (let pass = 0; pass < 2; pass++) {
    for (const v of variables) {
      const goal = simplest(v)
      if (fails(v, goal)) continue
      if (v.choices !== undefined) {
        for (const choice of v.choices.slice(0, v.choices.indexOf(values.get(v.name)!))) if (fails(v, choice)) break
        continue
      }
      let good = goal
      for (let i = 0; i < 8; i++) {
        const middle = (good + values.get(v.name)!) / 2
        const value = v.integer ? Math.round(middle) : middle
        if (value === good || value === values.get(v.name)) break
        if (!fails(v, value)) good = value
      }
      if (v.integer) continue
      for (const digits of [1, 2, 3]) {
        const short = Number(values.get(v.name)!.toPrecision(digits))
        if (short >= v.lo && short <= v.hi && fails(v, short)) break
      }
    }
  }
  return { values, result }
}
