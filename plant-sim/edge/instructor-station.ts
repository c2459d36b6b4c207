/**
 * The instructor's station: the scenario under way, the snapshots and the way back to them, the journal of all that was done.
 *
 * It acts on the plant between ticks only. A return sets back the plant and, through field-io, the controllers, to one tick; it
 * begins a new course of the run, and the snapshots of the old one stay.
 */
import type { Command, CommandResult } from '../../contracts/frame.ts'
import type { ForceState } from '../../contracts/link.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'
import { type Problem, problem, suggest } from '../core/check-fault.ts'
import type { Rig } from '../core/rig.ts'
import { eventText, type Scenario } from '../core/scenario/scenario.ts'
import { scenarioField } from '../core/scenario/scenario-field.ts'
import {
  countScenario,
  dueOrders,
  expectationText,
  markMet,
  observeAction,
  type ScenarioOrder,
  type ScenarioRun,
  startScenario,
} from '../core/scenario/scenario-run.ts'
import { type ScoreSheet, scoreSheet } from '../core/scenario/score.ts'
import type { Conducting } from './conduct.ts'
import type { FieldNetworks } from './field-networks.ts'
import type { InstructorJournal, JournalLine } from './instructor-journal.ts'
import {
  NAME,
  type RunIdentity,
  type RunSnapshot,
  refusals,
  type SnapshotInfo,
  type SnapshotStore,
} from './instructor-snapshots.ts'
import type { RunOrigin } from './instructor-state.ts'
import { readScenario } from './read-scenario.ts'
import { scenarioOrders } from './scenario-orders.ts'

export interface StationOptions {
  readonly rig: Rig
  readonly networks: FieldNetworks
  readonly origin: RunOrigin
  readonly build: string
  readonly journal: InstructorJournal
  readonly snapshots: SnapshotStore
  /** Keys an operator may write, in the order of the strategy's list; absent where the strategy is not known. */
  readonly writable: readonly string[] | undefined
  /** Number of this start of the program in its data folder. */
  readonly session: number
  /** Period of the snapshots that are taken by themselves, ms of plant time. */
  readonly every_ms: number
  /** The state of a plant that has just begun, with this seed. */
  readonly freshPlant: (seed: number) => Float64Array
  /** The plant stands elsewhere than a tick ago. */
  readonly moved: () => void
}

export interface Station {
  /** Once the conductor is there. */
  conductedBy(conducting: Conducting): void
  /** The plant has advanced by a tick. */
  onTick(dt_s: number): void
  onCommand(command: Command): void
  /** What became of something the scenario wrote. */
  onOrder(result: CommandResult): void
  note(who: string, what: string): void
  load(text: string, file: string, who: string): readonly Problem[]
  startScenario(who: string): readonly Problem[]
  stopScenario(who: string): readonly Problem[]
  mark(index: unknown, who: string): readonly Problem[]
  snapshot(name: unknown, who: string): Promise<readonly Problem[]>
  /** Back to a snapshot, by id or name, or to the minute before `minutes` minutes of plant time. */
  restore(asked: RestoreAsked, who: string): Promise<readonly Problem[]>
  /** From the start of the plant once more. */
  repeat(seed: unknown, who: string): Promise<readonly Problem[]>
  view(): StationView
  score(): ScoreSheet | undefined
}

export interface RestoreAsked {
  readonly id?: unknown
  readonly name?: unknown
  readonly minutes?: unknown
  readonly seed?: unknown
}

export interface StationView {
  readonly course: number
  readonly seed: number
  readonly strategy: string
  readonly scenario: ScenarioView | null
  /** There is a score: a scenario runs, or has run. */
  readonly scored: boolean
  readonly snapshots: readonly SnapshotInfo[]
  readonly journal: readonly JournalLine[]
}

export interface ScenarioView {
  readonly name: string
  readonly description: string
  readonly running: boolean
  readonly time_s: number
  readonly duration_s: number
  readonly events: readonly { readonly at_s: number; readonly text: string; readonly state: 'waits' | 'on' | 'over' }[]
  readonly expectations: readonly {
    readonly name: string
    readonly text: string
    readonly after_s: number
    readonly due_s: number
    readonly met_s: number
  }[]
}

const SHOWN = 60

/** What a return sets back; `solver` "" asks for the state of a healthy plant. */
type Whereto = Pick<RunSnapshot, 'rig' | 'controllers' | 'time_s' | 'devices'> & {
  readonly solver: string
  /** Undefined: those that stand stay. */
  readonly forces: RunSnapshot['forces']
}

/** What came of a return: refused before anything moved, or done but for these. */
type Gone = { readonly refused: readonly Problem[] } | { readonly lacking: readonly Problem[] }

/** Which of the forces do not stand now. */
function lackingForces(wanted: readonly ForceState[], standing: readonly ForceState[] | undefined): Problem[] {
  if (standing === undefined && wanted.length > 0)
    return [problem('forces', 'no answer of field-io', `${wanted.map((f) => f.point).join(', ')} forced again`)]
  return wanted
    .filter((f) => standing?.some((s) => s.point === f.point && s.value === f.value) === false)
    .map((f) => problem('forces', 'not taken by field-io', `${f.point} forced to ${f.value} by ${f.who}`))
}

export function createStation(options: StationOptions): Station {
  const { rig, networks, build, journal, snapshots, writable } = options
  const { plant } = rig
  let conducting: Conducting | undefined
  let loaded: Scenario | undefined
  let run: ScenarioRun | undefined
  let course = 1
  let seed = options.origin.seed
  /** Why the last snapshot could not be taken. */
  let failing = ''
  const field = scenarioField(rig)
  const limits = plant.limits.map((l) => l.name)

  const note = (who: string, what: string): void =>
    journal.write({ time_s: rig.time_ms / 1000, tick: conducting?.state.tick ?? 0, who, what })
  const identity = (): RunIdentity => ({
    build,
    plant: plant.name,
    scheme: plant.scheme,
    strategy: conducting?.strategy ?? '',
    safety: conducting?.sis?.solver?.config_hash ?? '',
  })

  const paceWords = (): string => {
    const { paused, factor } = conducting!.state
    return `, ${paused ? 'paused' : factor === 0 ? 'as fast as it goes' : `${factor} x`}`
  }
  const orders =
    writable === undefined
      ? undefined
      : scenarioOrders({
          writable,
          session: options.session,
          ticks: () => Math.round(rig.time_ms / (conducting?.state.tick_ms ?? 1)),
          order: (target, value, seq) => conducting?.order(target, value, seq) ?? false,
          note: (what) => note('scenario', what),
        })

  const perform = (order: ScenarioOrder): void => {
    const { event, begins } = order
    const { what } = event
    note('scenario', `${eventText(event)}${begins ? '' : ' over'}`)
    switch (what.type) {
      case 'disturbance':
      case 'fault':
      case 'contact':
      case 'press':
        field.act(order)
        return
      case 'write':
        orders?.write(what.key, what.value, eventText(event))
        return
      case 'cable':
        networks.set(what.network, what.drop, begins ? what.mode : 'on')
        return
      case 'pause':
        conducting?.setPaused(true)
        return
      case 'speed':
        conducting?.setFactor(what.factor)
        return
      case 'snapshot':
        void capture(what.name)
        return
      case 'say':
        return
    }
  }
  const performDue = (): void => {
    if (run !== undefined) for (const order of dueOrders(run)) perform(order)
  }

  const capture = (name: string): Promise<RunSnapshot | undefined> =>
    conducting!.atRest(async () => {
      const began_ms = performance.now()
      const whole = identity()
      const controllers = whole.strategy === '' ? undefined : await conducting!.controllers()
      const solver = await conducting!.solverState()
      // Half a state is none: controllers or safety system would go on from elsewhere than the plant.
      const missing =
        whole.strategy !== '' && controllers === undefined
          ? 'the controllers do not give their state'
          : 'reason' in solver
            ? `no state of the safety system, ${solver.reason}`
            : ''
      if (missing !== '' || 'reason' in solver) {
        // Said once: a pair that is down for an hour would fill the journal.
        if (missing !== failing) note('plant-sim', `no snapshots: ${missing}`)
        failing = missing
        return undefined
      }
      failing = ''
      return snapshots.add({
        ...whole,
        name,
        start: options.origin.start,
        seed,
        time_s: rig.time_ms / 1000,
        course,
        at: new Date().toISOString(),
        rig: rig.save(),
        controllers,
        solver: solver.state,
        cables: field.drops.flatMap((drop) =>
          (['A', 'B'] as const).map((network) => ({ drop, network, mode: networks.modeOf(drop, network) })),
        ),
        scenario: run === undefined ? undefined : structuredClone(run),
        forces: whole.strategy === '' ? undefined : conducting!.forces,
        ...(controllers === undefined || conducting!.device_memory === undefined
          ? {}
          : { devices: Buffer.from(conducting!.device_memory).toString('base64') }),
        pace: { paused: conducting!.state.paused, factor: conducting!.state.factor },
        took_ms: performance.now() - began_ms,
      })
    })

  /** All programs at one tick, or none: the plant is set back only when controllers and safety solver have been. */
  const goBack = ({ rig: state, controllers, solver, time_s, forces, devices }: Whereto, what: string): Promise<Gone> =>
    conducting!.atRest(async () => {
      const before = await conducting!.solverState()
      const refused = await conducting!.restoreSolver(time_s * 1000, solver)
      if (refused !== '') return { refused: [problem(what, refused, 'a safety system that goes on from there')] }
      if (controllers !== undefined && !(await conducting!.restoreControllers(controllers))) {
        if ('state' in before && before.state !== '') await conducting!.restoreSolver(rig.time_ms, before.state)
        return { refused: [problem(what, 'no answer of field-io', 'a field-io that goes on from there')] }
      }
      rig.load(state)
      conducting!.moved(rig.time_ms)
      course++
      orders?.forget()
      options.moved()
      if (controllers !== undefined && devices !== undefined)
        conducting!.restoreDevices(new Uint8Array(Buffer.from(devices, 'base64')))
      if (controllers === undefined || forces === undefined) return { lacking: [] }
      const standing = await conducting!.restoreForces(forces)
      return { lacking: lackingForces(forces, standing) }
    })
  /** The return is done; what of the forces could not be brought back is said. */
  const tellLacking = (lacking: readonly Problem[]): readonly Problem[] => {
    for (const { found, expected } of lacking) note('plant-sim', `force not brought back: ${expected}, found ${found}`)
    return lacking
  }

  const station: Station = {
    conductedBy(given) {
      conducting = given
    },
    note,
    onTick(dt_s) {
      if (run !== undefined && !run.progress.ended) {
        countScenario(run, field.view(dt_s))
        performDue()
        if (run.progress.ended) note('scenario', `${run.scenario.name} has ended`)
      }
      if (rig.time_ms % options.every_ms === 0) void capture('')
    },
    onOrder: (result) => orders?.onResult(result),
    onCommand({ station: number, target, value }) {
      const key = writable?.[target] ?? `value ${target}`
      const text = key.endsWith('.MODE') ? (MODE_NAMES[value] ?? String(value)) : String(value)
      note(`station ${number}`, `${key} = ${text}`)
      if (run !== undefined) observeAction(run, key, value)
    },
    load(text, file, who) {
      const { ok, faults } = readScenario(text, file, {
        plant: plant.name,
        tags: rig.tags,
        disturbances: plant.disturbances.map((d) => d.name),
        measured: field.measured,
        drops: field.drops,
        contacts: field.contacts,
        ...(writable === undefined ? {} : { writable }),
        now_s: rig.time_ms / 1000,
      })
      if (ok === undefined)
        return faults.map((f) => ({
          place: `${f.file}:${f.line}:${f.column} ${f.place}`.trimEnd(),
          found: f.found,
          expected: f.expected,
          ...(f.suggestion === undefined ? {} : { suggestion: f.suggestion }),
        }))
      if (run !== undefined && !run.progress.ended)
        return [problem('scenario', run.scenario.name, 'no scenario under way: stop this one first')]
      loaded = ok
      run = undefined
      note(who, `scenario ${ok.name} loaded`)
      return []
    },
    startScenario(who) {
      if (loaded === undefined) return [problem('scenario', undefined, 'a scenario, loaded before')]
      if (run !== undefined && !run.progress.ended)
        return [problem('scenario', run.scenario.name, 'no scenario under way: stop this one first')]
      run = startScenario(loaded, field.view(0))
      note(who, `scenario ${loaded.name} started`)
      performDue()
      return []
    },
    stopScenario(who) {
      if (run === undefined || run.progress.ended) return [problem('scenario', undefined, 'a scenario under way')]
      run.progress.ended = true
      note(who, `scenario ${run.scenario.name} stopped`)
      return []
    },
    mark(index, who) {
      const expectation = run?.scenario.expectations[index as number]
      if (run === undefined || expectation === undefined || !markMet(run, index as number))
        return [problem('index', index, 'an expected action that is not met yet')]
      note(who, `${expectation.name} marked as done`)
      return []
    },
    async snapshot(name, who) {
      if (typeof name !== 'string' || !NAME.test(name))
        return [problem('name', name, 'letters, digits, blanks and . _ -, at most 64')]
      if ((await capture(name)) === undefined)
        return [
          problem('name', name, `a whole state of the run: ${failing}; controllers may not be joined, or not agree`),
        ]
      note(who, `snapshot ${name}`)
      return []
    },
    async restore({ id, name, minutes, seed: asked_seed }, who) {
      const snapshot = find({ id, name, minutes })
      if ('problems' in snapshot) return snapshot.problems
      if (asked_seed !== undefined && !isSeed(asked_seed)) return [problem('seed', asked_seed, SEED)]
      const refused = refusals(snapshot, identity())
      if (refused.length > 0)
        return refused.map(({ what, found, expected }) => problem(`snapshot of another ${what}`, found, expected))
      let gone: Gone
      try {
        gone = await goBack({ solver: '', forces: undefined, ...snapshot }, 'snapshot')
        if ('refused' in gone) return gone.refused
      } catch (cause) {
        if (cause instanceof RangeError) return [problem('snapshot', cause.message, 'one of this plant')]
        throw cause
      }
      for (const { network, drop, mode } of snapshot.cables)
        if (networks.modeOf(drop, network) !== mode) networks.set(network, drop, mode)
      run = snapshot.scenario === undefined ? undefined : structuredClone(snapshot.scenario)
      loaded = run?.scenario ?? loaded
      seed = snapshot.seed
      if (isSeed(asked_seed)) {
        seed = asked_seed
        rig.reseed(seed)
      }
      const words = snapshot.name === '' ? '' : `, ${snapshot.name}`
      note(
        who,
        `back to ${(snapshot.time_s / 60).toFixed(1)} min${words}; course ${course}, seed ${seed}${paceWords()}`,
      )
      return tellLacking(gone.lacking)
    },
    async repeat(asked, who) {
      const again = asked ?? seed
      if (!isSeed(again)) return [problem('seed', asked, SEED)]
      const { strategy } = identity()
      const cold = {
        type: 'snapshot',
        epoch: 0,
        n: 0,
        digest: 0,
        artifact: strategy,
        state: new Uint8Array(0),
      } as const
      const controllers = strategy === '' ? undefined : cold
      const fresh = { rig: options.freshPlant(again), controllers, solver: '', time_s: 0, forces: [], devices: '' }
      const gone = await goBack(fresh, 'repeat')
      if ('refused' in gone) return gone.refused
      seed = again
      run = undefined
      note(who, `from the start again; course ${course}, seed ${seed}${paceWords()}`)
      return tellLacking(gone.lacking)
    },
    view: () => ({
      course,
      seed,
      strategy: identity().strategy,
      scenario: scenarioView(run, loaded),
      scored: run !== undefined,
      snapshots: snapshots.list(),
      journal: journal.latest(SHOWN),
    }),
    score: () => (run === undefined ? undefined : scoreSheet(run, limits)),
  }
  return station

  function find({ id, name, minutes }: RestoreAsked): RunSnapshot | { readonly problems: readonly Problem[] } {
    if ([id, name, minutes].filter((given) => given !== undefined).length !== 1)
      return { problems: [problem('id', id, 'one of id, name and minutes')] }
    const list = snapshots.list()
    if (name !== undefined) {
      const found = typeof name === 'string' ? snapshots.byName(name) : undefined
      const names = list.map((s) => s.name).filter((n) => n !== '')
      return found ?? { problems: [problem('name', name, 'the name of a snapshot', suggest(name, names))] }
    }
    if (id !== undefined)
      return snapshots.byId(id as number) ?? { problems: [problem('id', id, 'the number of a snapshot')] }
    if (typeof minutes !== 'number' || !(minutes > 0))
      return { problems: [problem('minutes', minutes, 'minutes of plant time to go back, above 0')] }
    // Of the present course first: those of an abandoned one are not what was a minute ago.
    const until_s = rig.time_ms / 1000 - minutes * 60
    const here = identity()
    const usable = list.filter((s) => s.time_s <= until_s && refusals(snapshots.byId(s.id)!, here).length === 0)
    const near = usable.find((s) => s.course === course) ?? usable[0]
    return near === undefined
      ? { problems: [problem('minutes', minutes, 'a time that a snapshot was taken before')] }
      : snapshots.byId(near.id)!
  }
}

const SEED = 'a whole number from 1'
const isSeed = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1
const STATES = ['waits', 'on', 'over'] as const

function scenarioView(run: ScenarioRun | undefined, loaded: Scenario | undefined): ScenarioView | null {
  const scenario = run?.scenario ?? loaded
  if (scenario === undefined) return null
  return {
    name: scenario.name,
    description: scenario.description,
    running: run !== undefined && !run.progress.ended,
    time_s: run?.progress.time_s ?? 0,
    duration_s: scenario.duration_s,
    events: scenario.events.map((event, i) => ({
      at_s: event.at_s,
      text: eventText(event),
      state: STATES[run?.progress.events[i] ?? 0]!,
    })),
    expectations: scenario.expectations.map((e, i) => ({
      name: e.name,
      text: expectationText(e),
      after_s: e.after_s,
      due_s: e.after_s + e.within_s,
      met_s: run?.progress.met_s[i] ?? -1,
    })),
  }
}
