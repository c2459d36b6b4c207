/**
 * The safety system at its drop, in one process: registers in, one scan, solenoids out.
 *
 * What stands between the two on a plant (the protected channel, the edge) is not here; what can go wrong there is, as faults of
 * the input frames, of the scan's number, of the solver's memory and of its process (`solver-faults.ts`).
 */
import type { SafetyField } from '../../plant-sim/core/instruments/safety-field.ts'
import { SAFETY_REGISTER } from '../../plant-sim/core/instruments/safety-field.ts'
import { COMMAND, FAULT, KEY, LATCH } from '../../safety/core/codes.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { addCommand, createInputs, type SisInputs } from '../../safety/core/inputs.ts'
import { runUp } from '../../safety/core/run-up.ts'
import { loadSolver, type SolverSnapshot, saveSolver } from '../../safety/core/snapshot.ts'
import { createSolver, type Solver } from '../../safety/core/solver.ts'
import { contactsAtRest } from './contacts-at-rest.ts'
import type { SolverFault } from './solver-faults.ts'
import { createTrouble } from './solver-faults.ts'

export interface SafetySystem {
  readonly config: SisConfig
  readonly field: SafetyField
  /** Another object after `restart`. */
  readonly solver: Solver
  /** What the last scan was given. */
  readonly inputs: SisInputs
  /** Scans of plant time; the solver's own number is `ORIGIN` more. */
  readonly n: number
  /** The number that the last scan had. */
  readonly number: number
  /** New processes so far. */
  readonly restarts: number
  /** True where the last `scan` was carried out: a paused or dead solver does nothing. */
  readonly scanned: boolean
  /** One scan of the plant's time: read, judge, write. */
  scan(): void
  /** @throws RangeError for a contact that is not in the configuration */
  press(tag: string, closed: boolean): void
  isClosed(tag: string): boolean
  /** A request that came over the secure path: `start BURNER`; taken into the next scan. @throws RangeError for one that is none */
  ask(verb: 'reset' | 'start' | 'stop', id: string): void
  /** Presses every reset button for so many scans, or asks for the reset where there is none. */
  reset(scans?: number): void
  /** A new process: tripped, latched. */
  restart(): void
  /** The only fault there is from now on; null: none. Its times are scans from the next one on. */
  trouble(fault: SolverFault | null): void
  /** Solenoids that the solver has written last, bit i is element i of the drop. */
  readonly solenoids: number
  save(): SafetySystemState
  load(saved: SafetySystemState): void
}

export interface SafetySystemState {
  readonly solver: SolverSnapshot
  readonly n: number
  readonly seq: number
  readonly solenoids: number
  readonly contacts: readonly number[]
}

/** Sees every scan of the solver, those before plant time zero too: what it was given, its number, and what was asked. */
export interface Witness {
  scan(inputs: SisInputs, now: number, asked: ReadonlySet<string>): void
  powerUp(): void
}

/** Scan numbers before plant time zero, in which a healthy system is brought to NORMAL, and its sequences into operation. */
export const ORIGIN = 5000
/** Of these, what it takes where there are no sequences. */
const RESET_SCANS = 1000

/**
 * @param start - `normal`: every effect stands NORMAL at once, as a state file made on healthy inputs has it; `tripped`: as after power-up
 * @throws RangeError where the drop lacks what the configuration names, or the effects do not come to NORMAL
 */
export function createSafetySystem(
  config: SisConfig,
  field: SafetyField,
  start: 'normal' | 'tripped' = 'normal',
  witness: Witness | null = null,
): SafetySystem {
  const { equipment } = field
  const missing: string[] = []
  const places = <T extends { readonly tag: string }>(list: readonly T[], tags: readonly string[]): Int32Array =>
    Int32Array.from(tags, (tag) => {
      const at = list.findIndex((e) => e.tag === tag)
      if (at < 0) missing.push(tag)
      return at
    })
  const register = places(
    equipment.transmitters,
    config.transmitters.map((t) => t.tag),
  ).map((i) => equipment.transmitters[i]?.register ?? -1)
  const valve = places(
    equipment.valves,
    config.elements.map((e) => e.tag),
  )
  if (missing.length > 0) throw new RangeError(`${equipment.drop} has no ${missing.join(', ')}`)
  const rest = contactsAtRest(config)
  /** Bit in the drop; -1: a contact of the panel that the drop does not have, held here. */
  const contact_bit = Int32Array.from(config.contacts, (c) => equipment.contacts.findIndex((e) => e.tag === c.tag))
  const panel = Int32Array.from(config.contacts, (c) => (rest.get(c.tag) === true ? 1 : 0))
  const key = config.contacts.findIndex((c) => c.tag === keySwitchOf(config))
  const resets = [...new Set(config.effects.flatMap((e) => (e.reset === undefined ? [] : [e.reset])))]
  const inputs = createInputs(config)
  const trouble = createTrouble(config)
  let solver = createSolver(config)
  let n = 0
  let last = 0
  let restarts = 0
  const asked = new Set<string>()
  let seq = 0
  let solenoids = 2 ** equipment.valves.length - 1
  let scanned = false
  /** The reset buttons are let go after so many scans. */
  let pressed_scans = 0

  const indexOf = (tag: string): number => {
    const i = config.contacts.findIndex((c) => c.tag === tag)
    if (i < 0) throw new RangeError(`no contact ${tag}`)
    return i
  }
  const isClosed = (tag: string): boolean => {
    const i = indexOf(tag)
    return contact_bit[i]! < 0 ? panel[i] === 1 : ((field.contacts >>> contact_bit[i]!) & 1) === 1
  }
  const press = (tag: string, closed: boolean): void => {
    const i = indexOf(tag)
    panel[i] = closed ? 1 : 0
    if (contact_bit[i]! < 0) return
    const bit = 1 << contact_bit[i]!
    field.contacts = closed ? field.contacts | bit : field.contacts & ~bit
  }
  const readField = (): void => {
    for (let i = 0; i < register.length; i++) trouble.counts[i] = field.readInput(register[i]!)
    const contacts = field.readInput(SAFETY_REGISTER.contacts)
    for (let i = 0; i < contact_bit.length; i++)
      trouble.contacts[i] = contact_bit[i]! < 0 ? panel[i]! : (contacts >>> contact_bit[i]!) & 1
    const open = field.readInput(SAFETY_REGISTER.open)
    const closed = field.readInput(SAFETY_REGISTER.closed)
    for (let i = 0; i < valve.length; i++) {
      trouble.open[i] = (open >>> valve[i]!) & 1
      trouble.closed[i] = (closed >>> valve[i]!) & 1
    }
    seq = (seq + 1) & 0xffff
    trouble.seq = seq
  }
  const judge = (number: number): void => {
    if (key >= 0)
      inputs.key = inputs.contacts[key] === 1 ? KEY.program : config.mode === 'RUN' ? KEY.run : KEY.simulation
    last = number
    solver.scan(inputs, number)
    witness?.scan(inputs, number, asked)
    inputs.command_count = 0
    asked.clear()
  }
  const restart = (): void => {
    solver = createSolver(config)
    restarts++
    inputs.command_count = 0
    asked.clear()
    witness?.powerUp()
  }
  const ask = (verb: 'reset' | 'start' | 'stop', id: string): void => {
    const effect = config.effects.findIndex((e) => e.id === id)
    const sequence = config.sequences.findIndex((q) => q.id === id)
    if (sequence >= 0 && verb !== 'reset')
      addCommand(inputs, verb === 'start' ? COMMAND.sequenceStart : COMMAND.sequenceStop, sequence)
    else if (effect >= 0 && verb !== 'stop')
      addCommand(inputs, verb === 'reset' ? COMMAND.reset : COMMAND.start, effect)
    else throw new RangeError(`no ${verb} of ${id}`)
    asked.add(`${verb} ${id}`)
  }
  const letGo = (): void => {
    if (pressed_scans === 0 || --pressed_scans > 0) return
    for (const tag of resets) press(tag, false)
  }
  const reset = (scans = 1): void => {
    pressed_scans = scans
    for (const tag of resets) press(tag, true)
    for (const effect of config.effects) if (effect.reset === undefined) ask('reset', effect.id)
  }
  const startWaiting = (): void => {
    for (const [e, effect] of config.effects.entries())
      if (solver.state.latch[e] === LATCH.waitingStartPermit) ask('start', effect.id)
  }

  const judgeField = (number: number): void => {
    readField()
    trouble.deliver(inputs, 0)
    judge(number)
  }

  if (start === 'normal') {
    // Healthy inputs, held, until the effects are ready; then the button; then a little more.
    const first = config.sequences.length === 0 ? ORIGIN - RESET_SCANS : 0
    let scan = first + 1
    for (; scan < first + RESET_SCANS; scan++) {
      readField()
      trouble.deliver(inputs, 0)
      if (scan === first + RESET_SCANS / 2) {
        reset()
        readField()
        trouble.deliver(inputs, 0)
      }
      if (scan > first + RESET_SCANS / 2) startWaiting()
      judge(scan)
      letGo()
    }
    // Sequences are led by inputs of their own, valves that follow; the field's are those of a plant that runs already.
    const lead = (): void => {
      seq = (seq + 1) & 0xffff
      inputs.frame = 1
      inputs.seq = seq
      for (const [i, e] of config.elements.entries()) {
        const open = (solver.outputs[i] === 1) === (e.energised === 'open')
        inputs.open[i] = open ? 1 : 0
        inputs.closed[i] = open ? 0 : 1
      }
      judge(scan++)
    }
    // A plant that stands still keeps them from it: then they stand where that takes them.
    if (config.sequences.length > 0) {
      runUp(solver, inputs, lead, ORIGIN - 10 - scan)
      while (scan < ORIGIN) judgeField(scan++)
    }
    const stuck = config.effects.filter((_, e) => solver.state.latch[e] !== LATCH.normal)
    if (stuck.length > 0 && config.sequences.length === 0)
      throw new RangeError(`healthy inputs leave ${stuck.map((e) => e.id).join(', ')} tripped`)
  }

  return {
    config,
    field,
    inputs,
    get solver() {
      return solver
    },
    get n() {
      return n
    },
    get scanned() {
      return scanned
    },
    get solenoids() {
      return solenoids
    },
    scan() {
      n++
      scanned = false
      readField()
      letGo()
      const order = trouble.next(solver)
      if (order.restart) restart()
      if (!order.runs) return
      trouble.deliver(inputs, order.frame)
      judge(ORIGIN + n + order.clock)
      scanned = true
      solenoids = 0
      for (let i = 0; i < valve.length; i++) if (solver.outputs[i] === 1) solenoids |= 1 << valve[i]!
      if (order.writes) field.writeSolenoids(solenoids)
    },
    press,
    isClosed,
    ask,
    get number() {
      return last
    },
    get restarts() {
      return restarts
    },
    reset,
    restart,
    trouble: trouble.set,
    save: () => ({ solver: saveSolver(solver), n, seq, solenoids, contacts: [...panel] }),
    load(saved) {
      if (solver.difference >= 0 || (solver.faults & FAULT.exception) !== 0) solver = createSolver(config)
      loadSolver(solver, saved.solver)
      n = saved.n
      seq = saved.seq - 1
      solenoids = saved.solenoids
      panel.set(saved.contacts)
      pressed_scans = 0
      inputs.command_count = 0
      asked.clear()
      // The frame of the last scan, with its number: no frame of another run is ever late.
      readField()
      trouble.clear()
      // And where the next one is lost, what stands in the image is this run's too.
      trouble.deliver(inputs, 0)
    },
  }
}

/** Contact that puts the solver into PROGRAM while closed. */
const keySwitchOf = (config: SisConfig & { readonly key_switch?: string }): string | undefined => config.key_switch
