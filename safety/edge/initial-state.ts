/**
 * The state of a safety system that stands guard over a running plant, for the start of a simulation: healthy inputs,
 * reset, all effects NORMAL.
 *
 * It is reached by scanning, never written down: a solver of its own sees inputs in the middle of what its causes
 * allow, valves that follow, the reset button and the starts; then its sequences are led to where they stand in
 * operation. @returns undefined where that does not lead to NORMAL: then a run begins tripped.
 */
import { COMMAND, FAULT, LATCH } from '../core/codes.ts'
import type { SisConfig } from '../core/config.ts'
import { addCommand, createInputs, type SisInputs } from '../core/inputs.ts'
import { runUp } from '../core/run-up.ts'
import { type SolverSnapshot, saveSolver } from '../core/snapshot.ts'
import { createSolver, type Solver } from '../core/solver.ts'

const SCANS_MAX = 4200
/** Until every effect is NORMAL; the rest is for sequences, which have their times. */
const RESET_SCANS = 400

/** A purge of minutes is a second of computing: whether there is a state and the state itself are one question. */
let kept: { readonly config: SisConfig; readonly last: number; readonly state: SolverSnapshot | undefined } | undefined

/** @param last - number of the last scan of the preparation, SCANS_MAX at least; the next scan is last + 1 */
export function initialState(config: SisConfig, last: number): SolverSnapshot | undefined {
  if (kept?.config !== config || kept.last !== last) kept = { config, last, state: prepare(config, last) }
  return kept.state
}

function prepare(config: SisConfig, last: number): SolverSnapshot | undefined {
  const solver = createSolver(config, 64)
  const inputs = createInputs(config)
  healthyInputs(config, inputs)
  inputs.dcs_link = 0
  let quiet = 0
  let n = last - (config.sequences.length === 0 ? RESET_SCANS : SCANS_MAX)
  const scan = (): void => {
    n++
    inputs.frame = 1
    inputs.seq = (inputs.seq + 1) & 0xffff
    follow(config, solver, inputs)
    if (solver.state.latch.some((latch) => latch === LATCH.readyToReset)) addCommand(inputs, COMMAND.reset, -1)
    for (const [e, latch] of solver.state.latch.entries())
      if (latch === LATCH.waitingStartPermit) addCommand(inputs, COMMAND.start, e)
    solver.scan(inputs, n)
    inputs.command_count = 0
    quiet = solver.state.latch.every((latch) => latch === LATCH.normal) ? quiet + 1 : 0
  }
  for (let i = 0; i < RESET_SCANS; i++) scan()
  if (!runUp(solver, inputs, scan, SCANS_MAX - RESET_SCANS)) return undefined
  while (n < last) scan()
  if (quiet < 2 || (solver.faults & ~FAULT.powerUp) !== 0) return undefined
  // The plant's own values are no impossible jump from the ones assumed here.
  solver.diagnostics.last.fill(-1)
  solver.diagnostics.variance.fill(-1)
  for (let i = 0; i < config.transmitters.length; i++) solver.diagnostics.window[3 * i + 1] = 0
  return saveSolver(solver)
}

/** In the middle between the limits of the causes, or of the span where there is none. */
function healthyInputs(config: SisConfig, inputs: SisInputs): void {
  const zero = 4 * config.counts_per_mA
  const full = 20 * config.counts_per_mA
  for (const [i, t] of config.transmitters.entries()) {
    let low = zero
    let high = full
    for (const c of config.causes) {
      if (!c.inputs.includes(t.tag)) continue
      if ('above' in c.trip) high = Math.min(high, c.trip.counts, c.pre_alarm?.counts ?? high)
      if ('below' in c.trip) low = Math.max(low, c.trip.counts, c.pre_alarm?.counts ?? low)
    }
    inputs.counts[i] = Math.round((low + high) / 2)
  }
  const place = (tag: string | undefined): number => config.contacts.findIndex((c) => c.tag === tag)
  const set = (tag: string | undefined, closed: number): void => {
    const at = place(tag)
    if (at >= 0) inputs.contacts[at] = closed
  }
  inputs.contacts.fill(0)
  for (const e of config.effects) for (const tag of [e.reset_permit, e.start_permit, e.follows]) set(tag, 1)
  for (const c of config.causes)
    if ('contact' in c.trip) for (const tag of c.inputs) set(tag, c.trip.contact === 'opens' ? 1 : 0)
}

function follow(config: SisConfig, solver: Solver, inputs: SisInputs): void {
  for (const [i, e] of config.elements.entries()) {
    const open = (solver.outputs[i] === 1) === (e.energised === 'open')
    inputs.open[i] = open ? 1 : 0
    inputs.closed[i] = open ? 0 : 1
  }
}

export { SCANS_MAX as PREPARATION_SCANS }
