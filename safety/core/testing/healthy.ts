/** A solver whose inputs are all well, started and reset: what a test then disturbs. Valves follow their solenoids. */
import { COMMAND } from '../codes.ts'
import type { SisConfig } from '../config.ts'
import { addCommand, createInputs, type SisInputs } from '../inputs.ts'
import { createSolver, type Solver } from '../solver.ts'

export interface Bench extends Solver {
  readonly inputs: SisInputs
  readonly now: number
  /** Elements that no longer move, by position. */
  readonly stuck: Set<number>
  run(scans: number): void
  /** Value of a transmitter, in % of its span. */
  set(tag: string, pct: number): void
  press(tag: string, closed: boolean): void
  /** Asks, and takes the request into one scan. */
  ask(kind: number, target: number, channel?: number, why?: number, work_order?: number, compensation?: number): void
  reset(): void
  effect(id: string): number
  /** Events of a kind: at, a, b. */
  events(kind: number): number[][]
}

/** Everything well, and reset. Inputs of a cause stand 10 % on the good side of it, others at the zero. */
export function healthy(config: SisConfig, quiet = false): Bench {
  const bench = benchOf(config)
  const { inputs } = bench
  for (const [i, t] of config.transmitters.entries()) {
    const low = config.causes.some((c) => 'below' in c.trip && c.inputs.includes(t.tag))
    inputs.counts[i] = Math.round((4 + 16 * (low ? 0.6 : 0.3)) * config.counts_per_mA)
  }
  inputs.contacts.fill(1)
  for (const c of config.causes)
    if ('contact' in c.trip && c.trip.contact === 'closes') for (const tag of c.inputs) bench.press(tag, false)
  for (const tag of ['RESET', 'START', 'END', 'INHIBIT', 'FLAME']) bench.press(tag, false)
  bench.run(3)
  if (quiet) return bench
  bench.run(10)
  bench.reset()
  bench.run(3)
  return bench
}

function benchOf(config: SisConfig): Bench {
  const solver = createSolver(config)
  const inputs = createInputs(config)
  const stuck = new Set<number>()
  let now = 0
  const step = (): void => {
    inputs.frame = 1
    inputs.seq = (inputs.seq + 1) & 0xffff
    for (const [i, e] of config.elements.entries()) {
      if (stuck.has(i)) continue
      const open = (solver.outputs[i] === 1) === (e.energised === 'open')
      inputs.open[i] = open ? 1 : 0
      inputs.closed[i] = open ? 0 : 1
    }
    solver.scan(inputs, ++now)
    inputs.command_count = 0
  }
  const bench: Omit<Bench, keyof Solver> = {
    inputs,
    stuck,
    get now() {
      return now
    },
    run(scans) {
      for (let i = 0; i < scans; i++) step()
    },
    set(tag, pct) {
      const i = config.transmitters.findIndex((t) => t.tag === tag)
      inputs.counts[i] = Math.round((4 + (16 * pct) / 100) * config.counts_per_mA)
    },
    press(tag, closed) {
      const i = config.contacts.findIndex((c) => c.tag === tag)
      if (i >= 0) inputs.contacts[i] = closed ? 1 : 0
    },
    ask(kind, target, channel = 0, why = 1, work_order = 1, compensation = 0) {
      addCommand(inputs, kind, target, channel, 7, why, work_order, compensation)
      step()
    },
    reset() {
      addCommand(inputs, COMMAND.reset, -1)
      step()
    },
    effect: (id) => solver.state.latch[config.effects.findIndex((e) => e.id === id)]!,
    events(kind) {
      const { soe } = solver
      const found: number[][] = []
      for (let i = Math.max(0, soe.count - soe.capacity); i < soe.count; i++) {
        const at = (i % soe.capacity) * soe.width
        if (soe.records[at + 1] === kind) found.push([...soe.records.subarray(at + 2, at + 5)])
      }
      return found
    },
  }
  return Object.defineProperties(solver, Object.getOwnPropertyDescriptors(bench)) as Bench
}
