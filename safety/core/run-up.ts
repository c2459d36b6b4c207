/**
 * Takes a healthy solver along its sequences to where they stand while the plant runs: for the first state of a simulation.
 *
 * By scanning, never by writing the state: each step's conditions are given in turn, in the order of the shortest way there, and kept
 * from those of every other way out. The step of operation is the one in which most causes are armed.
 */
import { COMMAND } from './codes.ts'
import type { Condition, SequenceConfig, SisConfig, StepConfig } from './config.ts'
import { addCommand, type SisInputs } from './inputs.ts'
import type { Solver } from './solver.ts'
import { countsOf } from './tables.ts'

/**
 * @param inputs - those of a running plant; left as they were, with what would take a sequence out of operation kept from it
 * @param scan - one scan with these inputs; valves follow, a command is taken once
 * @param scans_max - no more than these
 * @returns whether every sequence stands in its step of operation
 */
export function runUp(solver: Solver, inputs: SisInputs, scan: () => void, scans_max: number): boolean {
  const { config } = solver
  let budget = scans_max - config.sequences.length
  for (const [q, sequence] of config.sequences.entries()) {
    const goal = operationOf(config, sequence)
    const before = sequence.steps.length * 2
    const counts = inputs.counts.slice()
    const contacts = inputs.contacts.slice()
    for (let moves = 0; moves < before && stepOf(solver, q) !== goal.id; moves++) {
      const from = sequence.steps.find((s) => s.id === stepOf(solver, q))!
      const way = nextMove(sequence, from, goal)
      if (way === undefined) return false
      while (stepOf(solver, q) === from.id && budget > 0) {
        budget--
        inputs.counts.set(counts)
        inputs.contacts.set(contacts)
        give(config, inputs, from, way, q)
        scan()
      }
      if (budget <= 0) return false
    }
    inputs.counts.set(counts)
    inputs.contacts.set(contacts)
    give(config, inputs, goal, undefined, q)
    scan()
    if (stepOf(solver, q) !== goal.id) return false
  }
  return true
}

/** Where the sequence stands while the plant runs. */
export function operationOf(config: SisConfig, sequence: SequenceConfig): StepConfig {
  const armed = (step: StepConfig): number =>
    config.causes.filter((c) => c.armed?.sequence === sequence.id && c.armed.steps.includes(step.id)).length
  return sequence.steps.reduce((best, step) => (armed(step) > armed(best) ? step : best))
}

type Move = StepConfig['go'][number]

function stepOf(solver: Solver, q: number): string {
  const first = solver.tables.firstStep[q]!
  return solver.config.sequences[q]!.steps[solver.state.step[q]! - first]!.id
}

/** First move of the shortest way. */
function nextMove(sequence: SequenceConfig, from: StepConfig, goal: StepConfig): Move | undefined {
  const seen = new Set([from.id])
  let edge: { at: StepConfig; first: Move }[] = from.go.map((first) => ({ at: find(sequence, first.to), first }))
  while (edge.length > 0) {
    const there = edge.find(({ at }) => at.id === goal.id)
    if (there !== undefined) return there.first
    for (const { at } of edge) seen.add(at.id)
    edge = edge.flatMap(({ at, first }) =>
      at.go.filter(({ to }) => !seen.has(to)).map(({ to }) => ({ at: find(sequence, to), first })),
    )
  }
  return undefined
}

const find = (sequence: SequenceConfig, id: string): StepConfig => sequence.steps.find((s) => s.id === id)!

/** Inputs that hold the conditions of one way out of a step, and break each other way at what is not needed for it. */
function give(config: SisConfig, inputs: SisInputs, step: StepConfig, way: Move | undefined, q: number): void {
  const needed = new Set((way?.when ?? []).map(inputOf))
  for (const other of step.go) {
    if (other === way) continue
    const breakable = other.when.find((c) => inputOf(c) !== undefined && !needed.has(inputOf(c)))
    if (breakable !== undefined) set(config, inputs, [opposite(breakable)])
  }
  if (way === undefined) return
  set(config, inputs, way.when)
  for (const c of way.when)
    if ('command' in c) addCommand(inputs, c.command === 'start' ? COMMAND.sequenceStart : COMMAND.sequenceStop, q)
}

const inputOf = (c: Condition): string | undefined =>
  'contact' in c ? c.contact : 'transmitter' in c ? c.transmitter : undefined

function opposite(c: Condition): Condition {
  if ('contact' in c) return { contact: c.contact, is: c.is === 'closed' ? 'open' : 'closed' }
  if ('transmitter' in c) return { transmitter: c.transmitter, is: c.is === 'above' ? 'below' : 'above', at: c.at }
  return c
}

function set(config: SisConfig, inputs: SisInputs, conditions: readonly Condition[]): void {
  for (const c of conditions) {
    if ('contact' in c)
      inputs.contacts[config.contacts.findIndex((x) => x.tag === c.contact)] = c.is === 'closed' ? 1 : 0
    if (!('transmitter' in c)) continue
    const i = config.transmitters.findIndex((t) => t.tag === c.transmitter)
    const { lo, hi } = config.transmitters[i]!
    const own = conditions.filter((x) => 'transmitter' in x && x.transmitter === c.transmitter)
    const least = Math.max(lo, ...own.map((x) => ('transmitter' in x && x.is === 'above' ? x.at : lo)))
    const most = Math.min(hi, ...own.map((x) => ('transmitter' in x && x.is === 'below' ? x.at : hi)))
    inputs.counts[i] = Math.round(countsOf((least + most) / 2, lo, hi, config.counts_per_mA))
  }
}
