/**
 * The matrix, tried in closed loop: each cause brought about on the running plant, alone and with each single fault, and every scan
 * of the solver compared with what an expectation of another hand says.
 *
 * A trial: from just before the trip the fault sets in, the cause comes; the solver must do scan for scan what is expected, the final
 * elements of each marked effect must stand in their safe position within the response time, nothing else may move, a reset must be
 * refused while the cause is active. Then the process is put back to where it was well, and the reset must work.
 */
import type { FaultOrder } from '../../plant-sim/core/instruments/faults.ts'
import { SAFETY_REGISTER } from '../../plant-sim/core/instruments/safety-field.ts'
import type { Plant } from '../../plant-sim/core/plant.ts'
import { CAUSE_ALARM, COMMAND, ELEMENT_ALARM, EVENT, FAULT, LATCH } from '../../safety/core/codes.ts'
import type { CauseConfig, ElementConfig, SisConfig } from '../../safety/core/config.ts'
import { operationOf } from '../../safety/core/run-up.ts'
import { type EffectState, type Expectation, votesNeeded } from './expectation.ts'
import { beginHazard, endHazard, type Hazard } from './hazards.ts'
import type { SisLoop, SisLoopState } from './sis-loop.ts'
import type { SolverFault } from './solver-faults.ts'
import { createTruth } from './truth.ts'

/** One single fault. */
export interface SingleFault {
  /** `PT-701 stuck` */
  readonly name: string
  readonly kind: 'none' | 'input' | 'element' | 'link'
  readonly tag?: string
  readonly order?: FaultOrder
  /** The module reports a line fault of this input. */
  readonly line?: boolean
  /** A contact that no longer moves. */
  readonly held?: boolean
  readonly solver?: SolverFault
}

export interface CellOutcome {
  readonly cause: string
  readonly effect: string
  /** How the cause was brought about. */
  readonly by: string
  readonly fault: SingleFault
  /** From the demand to the last healthy element of the effect in its safe position, s; null: no demand, as expected. */
  readonly response_s: number | null
  /** What the requirement allows, s; null: nothing is said. */
  readonly allowed_s: number | null
  readonly deviations: readonly string[]
}

export interface CellTestOptions {
  readonly config: SisConfig
  /** Made with `expectation` as its witness, and run until it is calm. */
  readonly loop: SisLoop
  readonly expectation: Expectation
  /** Per cause: how the process brings it about. */
  readonly drives: Readonly<Record<string, Hazard>>
}

export interface CellTest {
  /** Causes with a marked cell, in the order of the matrix. */
  readonly causes: readonly string[]
  faultsOf(cause: string): readonly SingleFault[]
  /** One outcome per marked effect. */
  trial(cause: string, fault: SingleFault): CellOutcome[]
}

/** The cause comes so long after the fault at the earliest, s. */
const LEAD_S = 12
/** A drive that brings no cause within this has failed, s. */
const DRIVE_S = 3600
/** With a fault the votes may come later, by the noise of the others, s. */
const LATE_S = 240
/** A transmitter is driven over its trip point in this time, s. */
const RAMP_S = 4
/** A button is held for so long, scans: longer than any frame is late. */
const HOLD_SCANS = 15
const MOST_DEVIATIONS = 6

export function createCellTest(options: CellTestOptions): CellTest {
  const { config, loop, expectation, drives } = options
  const { rig } = loop
  const field = rig.safety!
  const { plant } = rig
  const truth = createTruth(config, rig)
  const calm = take(loop, expectation)
  const wellProcess = plant.save()
  const near = new Map<string, Approach>()
  // The plant runs: what a sequence arms in other steps only has tests of its own, with the plant in those steps.
  const operation = new Set(config.sequences.map((s) => operationOf(config, s).id))
  const causes = [...new Set(config.matrix.map((cell) => cell.cause))].filter((id) => {
    const armed = config.causes.find((c) => c.id === id)?.armed
    return armed === undefined || armed.steps.some((step) => operation.has(step))
  })

  /** Where the drive needs at least `LEAD_S` more; one that is quicker than that is begun in the trial. */
  const approach = (cause: CauseConfig): Approach => {
    const known = near.get(cause.id)
    if (known !== undefined) return known
    put(loop, expectation, calm)
    const drive = drives[cause.id]
    let found: Approach = { ...calm, begun: false }
    if (drive !== undefined) {
      beginHazard(drive, rig, loop.sis)
      const every = Math.round(LEAD_S / loop.scan_s)
      let before = take(loop, expectation)
      let now = before
      for (let scan = 1; !voted(cause.id); scan++) {
        if (scan * loop.scan_s > DRIVE_S) throw new RangeError(`${drive.name} does not bring ${cause.id} about`)
        loop.advance(1)
        if (scan % every !== 0) continue
        found = { ...before, begun: true }
        before = now
        now = take(loop, expectation)
      }
      if (found.begun) found = { ...before, begun: true }
    }
    near.set(cause.id, found)
    return found
  }

  const index = new Map(config.causes.map((c, i) => [c.id, i]))
  const causeOf = (id: string): CauseConfig => config.causes[index.get(id)!]!
  const voted = (id: string): boolean =>
    expectation.active.has(id) || ((loop.sis.solver.state.own[OWN_ACTIVE]! >>> index.get(id)!) & 1) === 1

  const trial = (id: string, fault: SingleFault): CellOutcome[] => {
    const cause = causeOf(id)
    const marked = config.effects.filter((e) => config.matrix.some((m) => m.cause === id && m.effect === e.id))
    const deviations: string[] = []
    const say = (text: string): void => {
      if (deviations.length < MOST_DEVIATIONS) deviations.push(`${loop.time_s.toFixed(1)} s: ${text}`)
    }
    const from = approach(cause)
    put(loop, expectation, from)
    const drive = drives[id]
    const { sis } = loop
    const begin_s = loop.time_s
    inject(fault)
    const contacts = drive === undefined && 'contact' in cause.trip ? heldFree(cause, fault) : undefined

    const responses = new Map<string, number>()
    let came = false
    let demand_s = Number.NaN
    const step = (): void => {
      loop.advance(1)
      if (sis.scanned) compare(config, loop, expectation, say)
      truth.look()
      if (!came) return
      for (const e of marked)
        if (
          !responses.has(e.id) &&
          e.outputs.every((tag) => isSafe(tag) || (fault.kind === 'element' && fault.tag === tag))
        )
          responses.set(e.id, loop.time_s - demand_s)
    }

    // The demand: of the process, at the transmitters, or by a contact.
    if (!from.begun) {
      for (let t = 0; t < 3 / loop.scan_s; t++) step()
      if (drive !== undefined) beginHazard(drive, rig, sis)
      else if ('contact' in cause.trip) {
        for (const tag of contacts ?? []) sis.press(tag, cause.trip.contact === 'closes')
      } else driveTransmitters(cause)
    }
    const trippedAlready = (): boolean =>
      marked.every((e) => sis.solver.state.latch[config.effects.indexOf(e)] !== LATCH.normal)
    const allSafe = (): boolean =>
      everything(sis.solver.state.latch) || field.isTripped() || (cause.armed !== undefined && trippedAlready())
    const votedAt = (): boolean => expectation.active.has(id)
    const bit = 1 << index.get(id)!
    const mustCome = drive !== undefined || !('contact' in cause.trip) || contacts !== undefined
    while (!votedAt() && loop.time_s < begin_s + LEAD_S * 2 + LATE_S) {
      step()
      if (Number.isNaN(demand_s) && (truth.beyond & bit) !== 0) demand_s = loop.time_s
      if (!mustCome && loop.time_s > begin_s + 2 * LEAD_S) break
      // A fault that trips everything may keep the demand from ever coming.
      if (allSafe() && loop.time_s > begin_s + 2 * LEAD_S) break
    }
    came = votedAt()
    const delay_s = cause.time?.kind === 'on_delay' ? cause.time.ms / 1000 : 0
    if (came) demand_s = Math.min(Number.isNaN(demand_s) ? loop.time_s : demand_s, loop.time_s - delay_s)
    if (!came && mustCome && !allSafe()) say('the cause did not become active')
    if (came && marked.every((e) => expectation.firstOut.get(e.id)!.size > 0)) {
      const others = [...expectation.active].filter((other) => other !== id && !comesBefore(causeOf(other), cause))
      if (fault.kind === 'none' && others.length > 0) say(`not alone: ${others.join(', ')} active too`)
    }

    // A reset while the cause stands.
    for (let i = 0; i < 2; i++) step()
    const refused_from = sis.solver.soe.count
    const wasActive = votedAt()
    // Of a cause that a sequence arms the trip itself may end the arming: then there is nothing to refuse.
    if (!came || wasActive) sis.reset(HOLD_SCANS)
    for (let i = 0; i < HOLD_SCANS; i++) step()
    const hears = (sis.solver.faults & FAULT.communication) === 0
    if (wasActive && votedAt() && sis.scanned && hears) {
      for (const e of marked)
        if (!refusedReset(loop, refused_from, config.effects.indexOf(e))) say(`no refusal of the reset of ${e.id}`)
    }

    // Until every element that can is in its safe position, and those that cannot are alarmed.
    const allowed_s = allowedOf(config, id)
    const confirm_s = Math.max(...config.elements.map((e) => e.confirm_ms + (e.delay_ms ?? 0))) / 1000
    const tripped_s = loop.time_s
    const until_s = tripped_s + Math.min(allowed_s ?? 60, 30) + confirm_s
    while (loop.time_s < until_s) {
      if (loop.time_s > tripped_s + confirm_s + 1 && responses.size === marked.length) break
      step()
    }
    if (came)
      for (const e of marked) {
        const took = responses.get(e.id)
        if (took === undefined) say(`${e.id} is not in its safe position`)
        else if (allowed_s !== null && took > allowed_s)
          say(`${e.id} took ${took.toFixed(1)} s, ${allowed_s} s are allowed`)
      }
    checkField(say)
    checkAlarms(cause, fault, say)

    // Back to a process that is well; the trip stays until it is reset, and then is over.
    recover(drive, cause, fault)
    const reset_from_s = loop.time_s
    const waits = (): boolean => config.effects.some((e) => !AT_REST.has(expectation.states.get(e.id)!))
    while (waits() && loop.time_s < reset_from_s + 60) step()
    if (came)
      for (const e of marked)
        if (latched(e.id) && sis.solver.state.latch[config.effects.indexOf(e)] === LATCH.normal)
          say(`${e.id} came back without a reset`)
    for (const e of config.effects)
      if (expectation.states.get(e.id) !== 'normal' && expectation.states.get(e.id) !== 'ready')
        say(`${e.id} cannot be reset: ${expectation.states.get(e.id)}`)
    sis.reset(HOLD_SCANS)
    for (let i = 0; i < HOLD_SCANS; i++) step()
    for (const e of config.effects) {
      if (expectation.states.get(e.id) === 'waits for start') sis.ask('start', e.id)
      else if (sis.solver.state.latch[config.effects.indexOf(e)] !== LATCH.normal) say(`${e.id} stays after a reset`)
    }
    const back_s = loop.time_s + 2 * confirm_s
    while (loop.time_s < back_s) step()
    for (const e of config.elements) if (expectation.off.has(e.tag) !== isSafe(e.tag)) say(`${e.tag} did not come back`)

    return marked.map((e) => ({
      cause: id,
      effect: e.id,
      by: drive?.name ?? ('contact' in cause.trip ? 'contact' : 'transmitters'),
      fault,
      response_s: came ? (responses.get(e.id) ?? null) : null,
      allowed_s,
      deviations,
    }))
  }

  const inject = (fault: SingleFault): void => {
    if (fault.order !== undefined) rig.setFault(fault.tag!, fault.order)
    if (fault.line === true) loop.sis.inputs.line[signalOf(config, fault.tag!)] = 1
    if (fault.solver !== undefined) loop.sis.trouble(fault.solver)
  }

  /** Over the trip by 3 % of the span in a few seconds, all transmitters of the cause. */
  const driveTransmitters = (cause: CauseConfig): void => {
    const { trip } = cause
    if ('contact' in trip) return
    for (const tag of cause.inputs) {
      const t = config.transmitters.find((x) => x.tag === tag)!
      const i = config.transmitters.indexOf(t)
      const mA = loop.sis.inputs.counts[i]! / config.counts_per_mA
      const value = t.lo + ((mA - 4) / 16) * (t.hi - t.lo)
      const goal = 'above' in trip ? trip.above + 0.03 * (t.hi - t.lo) : trip.below - 0.03 * (t.hi - t.lo)
      if (mA > 3.6 && mA < 21) rig.setFault(tag, { kind: 'bias', value: goal - value, ramp_s: RAMP_S })
      else rig.setFault(tag, { kind: 'bias', value: 0 })
    }
  }

  const isSafe = (tag: string): boolean => {
    const i = field.equipment.valves.findIndex((v) => v.tag === tag)
    const bit = 1 << i
    const safe = config.elements.find((e) => e.tag === tag)!.energised === 'open' ? 'closed' : 'open'
    return (field.valves.switches[safe] & bit) !== 0
  }

  /** After the trip: an element is in its safe position exactly where its solenoid has let go, unless it is the faulty one. */
  const checkField = (say: (text: string) => void): void => {
    for (const e of config.elements) {
      const off = expectation.off.has(e.tag) || field.isTripped()
      const i = field.equipment.valves.findIndex((v) => v.tag === e.tag)
      const powered = ((field.readInput(SAFETY_REGISTER.readback) >>> i) & 1) === 1
      if (powered === off && loop.sis.scanned) say(`the solenoid of ${e.tag} is ${powered ? 'on' : 'off'}`)
    }
  }

  const checkAlarms = (cause: CauseConfig, fault: SingleFault, say: (text: string) => void): void => {
    const { solver } = loop.sis
    if (!loop.sis.scanned) return
    for (const [i, e] of config.elements.entries()) {
      const failed = (solver.elements.alarms[i]! & ELEMENT_ALARM.failedToTrip) !== 0
      const seen = e.energised === 'open' ? loop.sis.inputs.closed[i] : loop.sis.inputs.open[i]
      const should = expectation.off.has(e.tag) && seen === 0
      if (failed !== should) say(`${e.tag}: ${failed ? 'an alarm without cause' : 'failed to trip without an alarm'}`)
    }
    const dead = fault.kind === 'input' && (fault.line === true || fault.order?.kind === 'open')
    if (!dead) return
    if ((solver.alarms.causes[index.get(cause.id)!]! & CAUSE_ALARM.degraded) === 0)
      say(`${cause.id} is degraded without an alarm`)
  }

  const recover = (drive: Hazard | undefined, cause: CauseConfig, fault: SingleFault): void => {
    if (drive !== undefined) endHazard(drive, rig, loop.sis)
    for (const { tag } of rig.faults()) rig.clearFault(tag)
    if ('contact' in cause.trip && drive === undefined)
      for (const tag of cause.inputs) loop.sis.press(tag, cause.trip.contact === 'opens')
    loop.sis.inputs.line.fill(0)
    if (fault.solver !== undefined) loop.sis.trouble(null)
    putBack(plant, wellProcess)
    if (field.isTripped()) field.writeHolding(SAFETY_REGISTER.rearm, 1)
  }

  /** An effect that a stored cell has tripped. */
  const latched = (effect: string): boolean =>
    config.matrix.some(
      (m) =>
        m.effect === effect && (m.code === 'S' || m.code === 'R') && expectation.firstOut.get(effect)!.has(m.cause),
    )

  return { causes, faultsOf: (id) => singleFaults(config, causeOf(id)), trial }
}

const AT_REST: ReadonlySet<EffectState> = new Set(['normal', 'ready'])
/** Word of the active causes among the single numbers of the first evaluator's state. */
const OWN_ACTIVE = 6

/** `begun`: the drive is under way. */
type Approach = Moment & { readonly begun: boolean }

interface Moment {
  readonly loop: SisLoopState
  readonly expected: unknown
}

const take = (loop: SisLoop, expectation: Expectation): Moment => ({ loop: loop.save(), expected: expectation.save() })

function put(loop: SisLoop, expectation: Expectation, moment: Moment): void {
  loop.sis.inputs.line.fill(0)
  loop.load(moment.loop)
  expectation.load(moment.expected)
}

/** The process as it was, with the safety equipment as it is now. */
function putBack(plant: Plant, well: Float64Array): void {
  const ext = plant.ext.slice()
  plant.load(well)
  plant.ext.set(ext)
}

const everything = (latch: Int32Array): boolean =>
  latch.every((state) => state !== LATCH.normal && state !== LATCH.tripInitiatedDelayed)

/** What the functions of a cause allow at the least, s. */
function allowedOf(config: SisConfig, cause: string): number | null {
  const limits = config.sifs
    .filter((s) => s.causes.includes(cause))
    .map((s) => s.response_ms_max ?? s.process_safety_ms ?? Number.POSITIVE_INFINITY)
  const least = Math.min(...limits)
  return Number.isFinite(least) ? least / 1000 : null
}

const signalOf = (config: SisConfig, tag: string): number => {
  const t = config.transmitters.findIndex((x) => x.tag === tag)
  return t >= 0 ? t : config.transmitters.length + config.contacts.findIndex((c) => c.tag === tag)
}

/** The contacts to move, as many as vote: not the one that is held by a fault; undefined where too few are left. */
function heldFree(cause: CauseConfig, fault: SingleFault): readonly string[] | undefined {
  const free = cause.inputs.filter((tag) => !(fault.held === true && fault.tag === tag))
  const needed = votesNeeded(cause)
  return free.length < needed ? undefined : free.slice(0, needed)
}

/** The same inputs reach the other's limit on the way to this one's. */
function comesBefore(other: CauseConfig, cause: CauseConfig): boolean {
  if (other.inputs.join() !== cause.inputs.join()) return false
  if ('above' in other.trip && 'above' in cause.trip) return other.trip.above <= cause.trip.above
  return 'below' in other.trip && 'below' in cause.trip && other.trip.below >= cause.trip.below
}

function refusedReset(loop: SisLoop, from: number, effect: number): boolean {
  const { soe } = loop.sis.solver
  for (let i = Math.max(from, soe.count - soe.capacity); i < soe.count; i++) {
    const at = (i % soe.capacity) * soe.width
    const [kind, verb, target] = [soe.records[at + 1], soe.records[at + 2], soe.records[at + 3]]
    if (kind === EVENT.refused && verb === COMMAND.reset && target === effect) return true
  }
  return false
}

/** The solver against the expectation, after one scan. */
function compare(config: SisConfig, loop: SisLoop, expected: Expectation, say: (text: string) => void): void {
  const { solver } = loop.sis
  for (const [i, e] of config.elements.entries()) {
    const off = solver.outputs[i] === 0
    if (off !== expected.off.has(e.tag)) say(`${e.tag} ${off ? 'off' : 'on'}, expected ${off ? 'on' : 'off'}`)
  }
  for (const [i, e] of config.effects.entries()) {
    const state = STATES[solver.state.latch[i]!]
    if (state !== expected.states.get(e.id)) say(`${e.id} is ${state}, expected ${expected.states.get(e.id)}`)
    const first = config.causes.filter((_, c) => ((solver.state.firstOut[i]! >>> c) & 1) === 1).map((c) => c.id)
    const should = [...expected.firstOut.get(e.id)!]
    if (first.length !== should.length || first.some((id) => !should.includes(id)))
      say(`first-out of ${e.id} is ${first.join(' ') || 'none'}, expected ${should.join(' ') || 'none'}`)
  }
}

/** In the order of the solver's numbers. */
const STATES: readonly EffectState[] = ['normal', 'delayed', 'tripped', 'no permit', 'ready', 'waits for start']

/** Each input of the cause, each element of its effects, and the way between solver and drop: one fault at a time. */
export function singleFaults(config: SisConfig, cause: CauseConfig): SingleFault[] {
  const faults: SingleFault[] = [{ name: 'alone', kind: 'none' }]
  for (const tag of cause.inputs) {
    const t = config.transmitters.find((x) => x.tag === tag)
    const input = (name: string, more: Partial<SingleFault>): void => {
      faults.push({ name: `${tag} ${name}`, kind: 'input', tag, ...more })
    }
    input('line fault', { line: true })
    if (t === undefined) {
      input('held', { held: true })
      continue
    }
    const span = t.hi - t.lo
    const away = 'above' in cause.trip ? -1 : 1
    input('stuck', { order: { kind: 'stuck' } })
    input('open', { order: { kind: 'open' } })
    input('short', { order: { kind: 'open', value: 21.8 } })
    input('failed', { order: { kind: 'failed' } })
    // A percent of the span a second, away from the trip.
    input('drift', { order: { kind: 'drift', value: away * span * 36 } })
    input('bad', { order: { kind: 'bias', value: away * 0.2 * span } })
  }
  const tags = new Set(
    config.matrix
      .filter((m) => m.cause === cause.id)
      .flatMap((m) => config.effects.find((e) => e.id === m.effect)!.outputs),
  )
  for (const e of config.elements.filter(({ tag }) => tags.has(tag))) {
    faults.push({ name: `${e.tag} stuck`, kind: 'element', tag: e.tag, order: { kind: 'stuck' } })
    faults.push({ name: `${e.tag} slow`, kind: 'element', tag: e.tag, order: { kind: 'slow', value: slowSpeed(e) } })
  }
  const link = (name: string, solver: SolverFault): void => {
    faults.push({ name, kind: 'link', solver })
  }
  const scans = (ms: number): number => Math.ceil(ms / config.scan_ms)
  const long = 1e6
  link('three frames lost', { kind: 'lost', after: 20, scans: Math.min(3, scans(config.stale_ms)) })
  link('link lost', { kind: 'lost', after: 20, scans: long })
  // A delay that sets in leaves so many scans without a frame: the longest that is not yet stale.
  link('frames late', { kind: 'late', after: 0, scans: long, value: Math.max(1, scans(config.stale_ms)) })
  link('frames doubled', { kind: 'duplicated', after: 0, scans: long })
  link('frames swapped', { kind: 'swapped', after: 0, scans: long })
  link('drop hangs', { kind: 'frozen', after: 20, scans: 60 })
  link('writes lost', { kind: 'unheard', after: 20, scans: long })
  link('pause', { kind: 'pause', after: 20, scans: Math.max(1, scans(config.watchdog_ms) - 2) })
  link('long pause', { kind: 'pause', after: 20, scans: 2 * scans(config.output_watchdog_ms) })
  link('killed and started again', { kind: 'restart', after: 20, scans: scans(config.watchdog_ms) })
  link('clock jumps', { kind: 'clock', after: 20, scans: 1, value: 3 })
  link('clock jumps far', { kind: 'clock', after: 20, scans: 1, value: 2 * scans(config.watchdog_ms) })
  link('clock jumps back', { kind: 'clock', after: 20, scans: 1, value: -5 })
  return faults
}

/** One and a half times what the confirmation allows, %/s. */
const slowSpeed = (e: ElementConfig): number => 100 / ((1.5 * e.confirm_ms) / 1000)
