/**
 * Inputs by chance, as hard on the solver as they may be and yet alive: values move around the set points, contacts mostly
 * stand well, valves follow with faults, people ask for everything. Without the last two nothing would ever leave the tripped state.
 */
import { COMMAND } from '../codes.ts'
import { addCommand, createInputs, type SisInputs } from '../inputs.ts'
import type { Solver } from '../solver.ts'
import type { Chance } from './chance.ts'

export interface RandomPlant {
  readonly inputs: SisInputs
  /** Fills the inputs of the next scan and returns its number. */
  next(): number
}

export function randomPlant(solver: Solver, chance: Chance): RandomPlant {
  const { config } = solver
  const inputs = createInputs(config)
  let now = 0
  /** For some hundred scans things go well, then not. */
  let calm = 0
  /** No frame for so many scans. */
  let silence = 0
  const counts = (c: number, well: boolean): number => {
    if (well) return 12000 + chance.below(2000)
    const at = chance.below(40)
    if (at === 0) return [0, 10800, 10801, 62999, 63000, 65535, -1, 65536][chance.below(8)]!
    if (at < 6) return [36000, 40800, 55200][chance.below(3)]! + chance.below(5) - 2
    if (at < 14) return 12000 + chance.below(48000)
    return c
  }
  const flame = config.contacts.findIndex((c) => c.tag === 'FLAME')
  const pilot = config.elements.findIndex((e) => e.tag === 'V7')
  const demandsLow = new Set(config.causes.flatMap((c) => ('below' in c.trip ? c.inputs : [])))
  return {
    inputs,
    next() {
      now += chance.below(400) === 0 ? chance.below(8) : 1
      if (calm > 0) calm--
      else if (chance.below(60) === 0) calm = 20 + chance.below(60)
      const well = calm > 0 && chance.below(30) !== 0
      if (silence > 0) silence--
      else if (chance.below(1500) === 0) silence = chance.below(9)
      inputs.frame = silence === 0 && (well || chance.below(25) !== 0) ? 1 : 0
      if (inputs.frame === 1 && chance.below(200) !== 0) inputs.seq = (inputs.seq + 1) & 0xffff
      for (let i = 0; i < inputs.counts.length; i++) {
        const value = counts(inputs.counts[i]!, well)
        inputs.counts[i] = well && demandsLow.has(config.transmitters[i]!.tag) ? 60000 - value + 12000 : value
      }
      for (let i = 0; i < inputs.line.length; i++) inputs.line[i] = !well && chance.below(60) === 0 ? 1 : 0
      for (const [i, c] of config.contacts.entries()) {
        if (chance.below(c.tag === 'RESET' || c.tag === 'START' || c.tag === 'END' ? 4 : 12) !== 0) continue
        const rest = c.tag.startsWith('ESD') || c.tag === 'KEY' || c.tag === 'PERMIT' || c.tag === 'FOLLOW'
        inputs.contacts[i] = chance.below(40) === 0 ? 2 : chance.below(rest ? 12 : 2) === 0 ? 0 : 1
      }
      // A burner that has its pilot mostly burns, and without it mostly does not.
      if (flame >= 0 && well) inputs.contacts[flame] = solver.outputs[pilot] === 1 ? 1 : 0
      for (const [i, e] of config.elements.entries()) {
        if (chance.below(3) !== 0) continue
        const open = (solver.outputs[i] === 1) === (e.energised === 'open')
        const broken = chance.below(30)
        inputs.open[i] = broken === 0 ? 0 : open ? 1 : 0
        inputs.closed[i] = broken === 0 ? chance.below(2) : open ? 0 : 1
      }
      const key = chance.below(300)
      if (key < 6) inputs.key = [0, 0, 1, 1, 1, 2][key]!
      inputs.faults = chance.below(500) === 0 ? 2 : 0
      inputs.dcs_link = chance.below(10) === 0 ? (chance.below(4) === 0 ? 0 : 1) : inputs.dcs_link
      inputs.start_blocked = chance.below(50) === 0 ? 1 : 0
      inputs.command_count = 0
      if (calm > 0 && chance.below(4) === 0) addCommand(inputs, COMMAND.reset, -1)
      if (calm > 0 && chance.below(6) === 0) addCommand(inputs, COMMAND.sequenceStart, 0)
      for (let k = chance.below(4); k > 1; k--)
        addCommand(
          inputs,
          chance.below(16),
          chance.below(12) - 1,
          chance.below(5) - (chance.below(20) === 0 ? 1 : 0),
          1,
          chance.below(6),
          chance.below(6),
          chance.below(2),
        )
      return now
    },
  }
}
