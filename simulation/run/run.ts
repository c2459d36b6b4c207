/**
 * Plant and controller in one loop, in simulated time: composition 1 of the execution model.
 *
 * Each scan: plant to t(n), inputs latched, the scan, outputs to the drops. The frame is built in place; there is no
 * field-io, no second controller and no digest. The same cores as in the processes, on the same numbers.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import type { TickId } from '../../contracts/frame.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'
import { isBad } from '../../contracts/status.ts'
import { type Controller, createController } from '../../controller/core/controller.ts'
import { EVENT } from '../../controller/core/events.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import { couple } from './couple.ts'
import type { RunColumn, RunEvent, RunRecord } from './record.ts'
import { createTally } from './tally.ts'

/** Something that happens to the plant or is done by the operator at a time. */
export interface RunAction {
  readonly at_s: number
  readonly event: Omit<RunEvent, 'at_s'>
  readonly act: (run: { readonly rig: Rig; readonly controller: Controller }) => void
}

export interface RunOptions {
  readonly artifact: Artifact
  readonly rig: Rig
  readonly hours: number
  readonly start: string
  readonly seed: number
  /** Period of the trends, s; a multiple of the tick. */
  readonly sample_s: number
  readonly actions: readonly RunAction[]
  /** The controller's state to go on from; the rig stands there already. Times stay those of the plant. */
  readonly from?: TickId & { readonly state: Uint8Array }
  /** After the plant's step of each tick, before its scan: what is written then is in that scan, as in the frame of a running system. */
  readonly on_tick?: (dt_s: number) => void
  /** Before the first tick; `note` adds to what happened, `write` is an operator's write and answers a code of REFUSAL. */
  readonly on_begin?: (note: (event: RunEvent) => void, write: (target: number, value: number) => number) => void
}

export interface Run {
  readonly rig: Rig
  readonly controller: Controller
  readonly done: boolean
  readonly time_s: number
  /** Goes on by at most so many scans, to the end or the plant's shutdown. */
  advance(scans: number): void
  record(): RunRecord
}

/** Events kept of one run: a strategy that hunts must not fill the memory. */
const EVENTS_MAX = 5000

export function createRun(options: RunOptions): Run {
  const { artifact, rig, sample_s } = options
  const { plant } = rig
  const controller = createController(artifact)
  const coupling = couple(artifact, rig, controller)
  const tick_s = artifact.tick_ms / 1000
  const first = options.from?.n ?? 0
  const ticks = first + Math.round((options.hours * 3600) / tick_s)
  const sample_every = Math.max(1, Math.round(sample_s / tick_s))
  const actions = [...options.actions].sort((a, b) => a.at_s - b.at_s)
  const tally = createTally(plant)
  const { columns, sources } = columnsOf(artifact, rig)
  const samples = Math.floor((ticks - first) / sample_every) + 3
  const t_s = new Float64Array(samples)
  const series = columns.map(() => new Float64Array(samples))
  const events: RunEvent[] = []
  let sampled = 0
  let n = first
  /** Plant time of tick 0. */
  const zero_s = rig.time_ms / 1000 - first * tick_s
  let next = 0
  let trip: RunRecord['trip'] = null

  const note = (at_s: number, event: Omit<RunEvent, 'at_s'>): void => {
    if (events.length < EVENTS_MAX) events.push({ at_s, ...event })
  }
  const sample = (): void => {
    t_s[sampled] = plant.time_s
    for (let c = 0; c < sources.length; c++) series[c]![sampled] = sources[c]!(controller)
    sampled++
  }
  const scan = (): void => {
    coupling.latch()
    controller.scan(n)
    coupling.write()
    if (controller.events.length > 0) {
      for (const event of controller.events) {
        const text = eventText(artifact, event.code, event.block, event.b)
        if (text !== undefined) note(plant.time_s, text)
      }
    }
  }

  if (options.from === undefined) controller.state = { epoch: 1, n: 0 }
  else controller.load(options.from.state, options.from)
  options.on_begin?.(
    (event) => note(event.at_s, event),
    (target, value) => controller.write(target, value),
  )

  return {
    rig,
    controller,
    get done() {
      return n >= ticks || trip !== null
    },
    get time_s() {
      return (n - first) * tick_s
    },
    advance(scans) {
      for (let i = 0; i < scans && n < ticks && trip === null; i++) {
        while (next < actions.length && actions[next]!.at_s <= zero_s + n * tick_s) {
          const action = actions[next++]!
          action.act({ rig, controller })
          note(zero_s + n * tick_s, action.event)
        }
        n++
        rig.advance(artifact.tick_ms)
        tally.add(tick_s)
        if (plant.trip !== null) {
          trip = plant.trip
          note(trip.at_s, { kind: 'trip', text: `plant shut down: ${trip.cause}` })
        }
        options.on_tick?.(tick_s)
        scan()
        if (n === first + 1 || n % sample_every === 0 || trip !== null) sample()
      }
    },
    record: () => ({
      strategy: artifact.title,
      artifact: artifact.hash,
      plant: plant.name,
      scheme: plant.scheme,
      start: options.start,
      seed: options.seed,
      hours: options.hours,
      ran_s: (n - first) * tick_s,
      scans: n - first,
      sample_s,
      columns,
      t_s: t_s.slice(0, sampled),
      values: series.map((values) => values.slice(0, sampled)),
      events,
      trip,
      cost: tally.cost(),
      margins: tally.margins(),
      valves: tally.valves(rig.instruments.valves),
    }),
  }
}

/** What an engineer wants to read of a scan's events; the rest is detail. */
function eventText(artifact: Artifact, code: number, block: number, b: number): Omit<RunEvent, 'at_s'> | undefined {
  const id = artifact.control.blocks[block]!.id
  if (code === EVENT.modeActual) return { kind: 'mode', text: `${id} is in ${MODE_NAMES[b] ?? b}` }
  if (code === EVENT.badPv) return { kind: 'alarm', text: `${id} measurement ${b === 1 ? 'bad' : 'good again'}` }
  if (code === EVENT.faultState) return { kind: 'alarm', text: `${id} fault state ${b === 1 ? 'on' : 'off'}` }
  if (code === EVENT.alarms) return { kind: 'alarm', text: `${id} alarms ${b}` }
  return undefined
}

type Source = (controller: Controller) => number

/** Trends of a run: PV and set point of each tag, position of each valve, cost. */
function columnsOf(artifact: Artifact, rig: Rig): { columns: RunColumn[]; sources: Source[] } {
  const columns: RunColumn[] = []
  const sources: Source[] = []
  const published = artifact.control.published
  const shown = new Set(artifact.displays.flatMap((d) => [...d.margins, ...d.economics, ...d.trends.map((t) => t.tag)]))
  for (const tag of artifact.tags) {
    if (tag.kind === 'valve') continue
    const limits = Object.entries(tag.limits).map(([name, value]) => ({ name: name.replace('_', ' '), value }))
    for (const field of ['PV', 'SP'] as const) {
      const at = tag.fields[field]
      if (at === undefined) continue
      const { s, status } = published[at]!
      columns.push({
        key: `${tag.tag}.${field}`,
        label: `${tag.tag} ${tag.description}`,
        unit: tag.eu,
        decimals: tag.decimals,
        lo: tag.lo,
        hi: tag.hi,
        limits,
        main: shown.has(tag.tag),
      })
      sources.push((c) => (status >= 0 && isBad(c.s[status]!) ? Number.NaN : c.s[s]!))
    }
  }
  for (const valve of rig.instruments.valves) {
    columns.push({
      key: valve.tag,
      label: `${valve.tag} ${valve.description}`,
      unit: '%',
      decimals: 1,
      lo: 0,
      hi: 100,
      limits: [],
      main: false,
    })
    sources.push(() => rig.plant.position_pct[valve.manipulated]!)
  }
  columns.push({
    key: 'cost',
    label: 'Operating cost',
    unit: '$/h',
    decimals: 1,
    lo: 0,
    hi: 500,
    limits: [],
    main: true,
  })
  sources.push(() => rig.plant.cost_per_h)
  return { columns, sources }
}
