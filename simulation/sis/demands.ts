/**
 * Demands on a safety system by the hundred, each with one random fault: does it ever miss one?
 *
 * A site is a plant just before an initiating event takes it over a trip point. A trial starts there, with noise of its own, a control
 * system in one of its states, and one fault of an instrument, of the way between or of the solver, at a random moment. A demand is
 * a cause (not one that the event itself has blinded) whose true process value, without noise and faults, stands beyond its trip; it is met when every element of every marked
 * effect stands in its safe position, and missed when that takes longer than the requirement allows, or equipment is damaged. The
 * noise lets many a function act a moment before that; then the process turns back before the trip, and the demand was met early:
 * without the function it would have come, since the event is there for good.
 */
import { type Stream, stream } from '../../numerics/streams.ts'
import type { FaultOrder } from '../../plant-sim/core/instruments/faults.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import type { ControlState } from './control-system.ts'
import { beginHazard, type Hazard } from './hazards.ts'
import type { SisLoop, SisLoopState } from './sis-loop.ts'
import { memoryBits, type SolverFault } from './solver-faults.ts'
import { createTruth } from './truth.ts'

export interface Site {
  readonly start: string
  readonly hazard: Hazard
  /** Index of the cause that comes. */
  readonly cause: number
  /** The plant with the event under way, so many seconds before the cause acted. */
  readonly moments: readonly { readonly lead_s: number; readonly state: SisLoopState }[]
}

export interface Trial {
  readonly seed: number
  readonly start: string
  readonly hazard: string
  readonly control: (typeof STATES)[number][0]
  /** The control system moves valves that the event has not: a second initiating event at the same time. */
  readonly second_event: boolean
  /** `PT-702 stuck`, `flip` */
  readonly fault: string
  /** Kind alone, for a table. */
  readonly fault_kind: string
  /** Causes truly demanded, and those met. */
  readonly demands: readonly { readonly cause: string; readonly response_s: number; readonly missed: boolean }[]
  /** The function acted, and the process never went beyond its trip. */
  readonly early: boolean
  /** A limit of the equipment was crossed. */
  readonly damaged: string | null
  /** The evaluators differed. */
  readonly differed: boolean
  readonly scans: number
}

/** The last two are a second initiating event themselves: they come as often together as half of each other one. */
const STATES = [
  ['running', 'running', false],
  ['dead', 'dead', false],
  ['frozen', 'frozen', false],
  ['malicious', 'malicious', false],
  ['flooding', 'flooding', true],
  ['malicious, other valves too', 'malicious', true],
] as const satisfies readonly (readonly [string, ControlState, boolean])[]
/** Drawn from 18 numbers: four for each of the first. */
const SHARES = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 5] as const

/** Snapshots are taken so often, s, and this many are kept. */
const EVERY_S = 1
const KEPT = 4
/** The shortest time from a moment to the cause, s. */
const LEAD_S = 1
/** An event that has brought no cause by now brings none, s. */
const APPROACH_S = 2400
/** Nothing more is expected so long after the lead, s. */
const GIVE_UP_S = 25

/** Runs each event once, up to its cause. Events that bring none in 40 minutes are left out. */
export function findSites(config: SisConfig, loop: SisLoop, start: string, hazards: readonly Hazard[]): Site[] {
  const calm = loop.save()
  const sites: Site[] = []
  const scans = Math.round(EVERY_S / loop.scan_s)
  for (const hazard of hazards) {
    if (hazard.cause === undefined) continue
    loop.load(calm)
    if (hazard.contacts !== undefined) {
      const cause = config.causes.findIndex((c) => c.id === hazard.cause)
      sites.push({ start, hazard, cause, moments: [{ lead_s: 1, state: calm }] })
      continue
    }
    beginHazard(hazard, loop.rig, loop.sis)
    const kept: { at_s: number; state: SisLoopState }[] = []
    const begin_s = loop.time_s
    while (active(loop) === 0 && loop.time_s < begin_s + APPROACH_S) {
      kept.push({ at_s: loop.time_s, state: loop.save() })
      if (kept.length > KEPT) kept.shift()
      for (let i = 0; i < scans && active(loop) === 0; i++) loop.advance(1)
    }
    if (active(loop) === 0) continue
    const cause = config.causes.findIndex((_, i) => ((active(loop) >>> i) & 1) === 1)
    const moments = kept.map(({ at_s, state }) => ({ lead_s: loop.time_s - at_s, state }))
    sites.push({ start, hazard, cause, moments: moments.filter(({ lead_s }) => lead_s >= LEAD_S) })
  }
  return sites.filter(({ moments }) => moments.length > 0)
}

/** Word of the active causes of the first evaluator. */
const active = (loop: SisLoop): number => loop.sis.solver.state.own[6]!

export interface Demands {
  trial(seed: number): Trial
}

/**
 * @param loops - per start, the loop its sites were found with
 * @param after_s - how long the plant is watched after a demand was met: its values may still rise
 */
export function createDemands(
  config: SisConfig,
  loops: ReadonlyMap<string, SisLoop>,
  sites: readonly Site[],
  after_s = 1,
): Demands {
  const truths = new Map([...loops].map(([start, loop]) => [start, createTruth(config, loop.rig)]))
  const need = config.causes.map((cause) =>
    config.matrix
      .filter((m) => m.cause === cause.id)
      .flatMap((m) => config.effects.find((e) => e.id === m.effect)!.outputs),
  )
  const allowed_s = config.causes.map(
    (cause) =>
      Math.min(
        60_000,
        ...config.sifs
          .filter((s) => s.causes.includes(cause.id))
          .map((s) => s.response_ms_max ?? s.process_safety_ms ?? 60_000),
      ) / 1000,
  )

  const trial = (seed: number): Trial => {
    const chance = stream(seed, 'demand')
    const site = sites[chance.below(sites.length)]!
    const loop = loops.get(site.start)!
    const truth = truths.get(site.start)!
    const { rig, sis } = loop
    const field = rig.safety!
    const control = loop.control!
    const { lead_s, state } = site.moments[chance.below(site.moments.length)]!
    loop.load(state)
    rig.reseed(seed)
    control.reseed(seed)
    const [name, is, second_event] = STATES[SHARES[chance.below(SHARES.length)]!]!
    control.state = is
    control.orders = is === 'malicious' ? attack(loop, site.hazard, second_event ? chance : null) : []
    const { fault, fault_kind } = inject(config, loop, site, chance, lead_s)

    const safeOpen = config.elements.map((e) => e.energised === 'closed')
    const bitOf = new Map(field.equipment.valves.map((v, i) => [v.tag, 1 << i]))
    const openMask = config.elements.reduce((m, e, i) => (safeOpen[i] ? m | bitOf.get(e.tag)! : m), 0)
    const needs = need.map((tags) => tags.reduce((m, tag) => m | bitOf.get(tag)!, 0))
    const since = new Float64Array(config.causes.length).fill(Number.NaN)
    const judged = Uint8Array.from(config.causes, (c) =>
      c.inputs.some((tag) => site.hazard.blind?.includes(tag) === true) ? 1 : 0,
    )
    const demands: { cause: string; response_s: number; missed: boolean }[] = []
    const began_s = loop.time_s
    const contacts_at_s = began_s + chance.uniform() * 3 + 0.5
    let end_s = began_s + lead_s + GIVE_UP_S + after_s
    let scans = 0
    let pressed = site.hazard.contacts === undefined
    let acted = false
    while (loop.time_s < end_s) {
      if (!pressed && loop.time_s >= contacts_at_s) {
        beginHazard(site.hazard, rig, sis)
        pressed = true
      }
      loop.advance(1)
      scans++
      truth.look()
      const { open, closed } = field.valves.switches
      const safe = (open & openMask) | (closed & ~openMask)
      if (((active(loop) >>> site.cause) & 1) === 1) acted = true
      let waiting = false
      for (let c = 0; c < since.length; c++) {
        if (judged[c] === 1) continue
        const beyond = ((truth.beyond >>> c) & 1) === 1 && isArmed(config, loop, c)
        if (!beyond && Number.isNaN(since[c]!)) continue
        if (Number.isNaN(since[c]!)) since[c] = loop.time_s
        const took_s = loop.time_s - since[c]!
        const met = (safe & needs[c]!) === needs[c]
        // Back on the good side before it was answered: that was no demand.
        if (!met && !beyond) {
          since[c] = Number.NaN
          continue
        }
        if (!met && took_s <= allowed_s[c]!) {
          waiting = true
          continue
        }
        judged[c] = 1
        demands.push({ cause: config.causes[c]!.id, response_s: took_s, missed: !met })
        end_s = Math.min(end_s, loop.time_s + after_s)
      }
      if (waiting) end_s = Math.max(end_s, loop.time_s + 1)
      else if (acted && !truthSoon(truth, site.cause) && (safe & needs[site.cause]!) === needs[site.cause]) {
        // The function was quicker than the process.
        end_s = Math.min(end_s, loop.time_s + after_s)
      }
      if (field.crossed > 0 && rig.plant.trip !== null) break
    }
    // A level that runs low after a trip is inventory, and what a shutdown does.
    const event = field.events().find((e) => e.kind === 'equipment damaged')
    return {
      seed,
      start: site.start,
      hazard: site.hazard.name,
      control: name,
      second_event,
      fault,
      fault_kind,
      demands,
      early: demands.length === 0 && acted,
      damaged: event === undefined ? null : `${event.kind}: ${event.cause}`,
      differed: sis.solver.difference >= 0,
      scans,
    }
  }
  return { trial }
}

const truthSoon = (truth: { readonly beyond: number }, cause: number): boolean => ((truth.beyond >>> cause) & 1) === 1

/** In a step that does not arm a cause it is no demand: without fire no drum level is too low. */
function isArmed(config: SisConfig, loop: SisLoop, c: number): boolean {
  const armed = config.causes[c]!.armed
  if (armed === undefined) return true
  const q = config.sequences.findIndex((s) => s.id === armed.sequence)
  let first = 0
  for (let i = 0; i < q; i++) first += config.sequences[i]!.steps.length
  return armed.steps.includes(config.sequences[q]!.steps[loop.sis.solver.state.step[q]! - first]!.id)
}

/** The event's own valves driven on; with chance others anywhere. */
function attack(loop: SisLoop, hazard: Hazard, chance: Stream | null): (readonly [number, number])[] {
  return loop.rig.outputs.flatMap((point, i): (readonly [number, number])[] => {
    const own = hazard.valves?.[point.tag]
    if (own !== undefined) return [[i, 4 + 0.16 * own]]
    return chance !== null && chance.below(3) === 0 ? [[i, chance.below(2) === 0 ? 4 : 20]] : []
  })
}

const INSTRUMENT = ['stuck', 'drift', 'open', 'short', 'failed', 'bias', 'slow', 'frozen', 'noise'] as const
const SOLVER = [
  'lost',
  'late',
  'duplicated',
  'swapped',
  'frozen',
  'clock',
  'flip',
  'pause',
  'restart',
  'unheard',
] as const

function inject(
  config: SisConfig,
  loop: SisLoop,
  site: Site,
  chance: Stream,
  lead_s: number,
): { readonly fault: string; readonly fault_kind: string } {
  const within_s = chance.uniform() * (lead_s + 3)
  if (chance.below(2) === 0) {
    const kind = INSTRUMENT[chance.below(INSTRUMENT.length)]!
    const cause = config.causes[site.cause]!
    const own = cause.inputs.filter((tag) => config.transmitters.some((t) => t.tag === tag))
    const all = config.transmitters.map((t) => t.tag)
    // A common cause that the event brings with it has taken its instruments already.
    const free = (own.length > 0 && chance.below(4) !== 0 ? own : all).filter(
      (tag) => site.hazard.blind?.includes(tag) !== true,
    )
    const tag = free[chance.below(free.length)]!
    const t = config.transmitters.find((x) => x.tag === tag)!
    const span = t.hi - t.lo
    const order = instrumentFault(kind, span, chance)
    loop.rig.setFault(tag, { ...order, start_s: loop.time_s + within_s })
    return { fault: `${tag} ${kind}`, fault_kind: kind }
  }
  const kind = SOLVER[chance.below(SOLVER.length)]!
  const fault = solverFault(kind, config, loop, chance, Math.round(within_s / loop.scan_s))
  loop.sis.trouble(fault)
  return { fault: `${kind} ${fault.scans} scans, ${fault.value ?? 0}`, fault_kind: `solver ${kind}` }
}

function instrumentFault(kind: (typeof INSTRUMENT)[number], span: number, chance: Stream): FaultOrder {
  const sign = chance.below(2) === 0 ? -1 : 1
  switch (kind) {
    case 'drift':
      return { kind, value: sign * span * 36 * chance.uniform() }
    case 'short':
      return { kind: 'open', value: 21.8 }
    case 'bias':
      return { kind, value: sign * 0.3 * span * chance.uniform(), ramp_s: 5 * chance.uniform() }
    case 'slow':
      return { kind, value: 1 + 60 * chance.uniform() }
    case 'noise':
      return { kind, value: 0.05 * span * chance.uniform() }
    default:
      return { kind }
  }
}

function solverFault(
  kind: (typeof SOLVER)[number],
  config: SisConfig,
  loop: SisLoop,
  chance: Stream,
  after: number,
): SolverFault {
  const scans = 1 + chance.below(30)
  const late = Math.max(1, Math.ceil(config.link_timeout_ms / config.scan_ms) - 1)
  switch (kind) {
    case 'late':
      return { kind, after, scans: 1 + chance.below(300), value: 1 + chance.below(late) }
    case 'duplicated':
    case 'swapped':
      return { kind, after, scans: 1 + chance.below(300) }
    case 'clock':
      return { kind, after, scans: 1, value: chance.below(60) - 20 }
    case 'flip':
      return { kind, after, scans: 1, value: chance.below(memoryBits(loop.sis.solver)) }
    default:
      return { kind, after, scans }
  }
}
