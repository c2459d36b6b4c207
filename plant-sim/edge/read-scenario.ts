/**
 * A scenario file -> the typed scenario, or all faults of the file at once, each with its line and column.
 *
 * Judged against the plant it shall run on: its disturbances, its tags and the faults each can have, its drops and contacts, and,
 * where the strategy is known, what an operator may write.
 */
import { MODE, type ModeName } from '../../contracts/mode.ts'
import { checkFault, suggest } from '../core/check-fault.ts'
import type { FaultKind } from '../core/instruments/faults.ts'
import { durationOf } from '../core/scenario/duration.ts'
import {
  type BandRule,
  type Expectation,
  eventText,
  type Scenario,
  type ScenarioEvent,
} from '../core/scenario/scenario.ts'
import type { ConfigFault } from './config-fault.ts'
import { type MapNode, readYaml } from './yaml-reader.ts'

export interface ScenarioContext {
  readonly plant: string
  /** Which tags there are, and which faults each can have. */
  readonly tags: ReadonlyMap<string, readonly FaultKind[]>
  readonly disturbances: readonly string[]
  /** Tags of measurements: what a band may bound. */
  readonly measured: readonly string[]
  /** Drops with cables, and contacts of the safety system's panel. */
  readonly drops: readonly string[]
  readonly contacts: readonly string[]
  /**
   * `TIC-09.SP`, `TIC-09.MODE`; absent: what is expected of the trainee is taken as written, and the scenario itself cannot write.
   */
  readonly writable?: readonly string[]
  /** Plant time now, s: a file that counts from the plant's start may not want anything before it. */
  readonly now_s: number
}

export type ReadScenario =
  | { readonly ok: Scenario; readonly faults?: undefined }
  | { readonly ok?: undefined; readonly faults: readonly ConfigFault[] }

const WHAT = [
  'disturbance',
  'fault',
  'set',
  'mode',
  'output',
  'cable',
  'contact',
  'press',
  'pause',
  'speed',
  'snapshot',
  'say',
] as const
const MODES = Object.keys(MODE) as ModeName[]
const CABLE = ['on', 'closed', 'silent'] as const
const WANTED = ['set', 'mode', 'output', 'acknowledge'] as const
const FACTOR = { min: 0.1, max: 100 }

/** @param file - how the file is called in the faults */
export function readScenario(text: string, file: string, context: ScenarioContext): ReadScenario {
  const { faults, root } = readYaml(text, file)
  if (root === undefined) return { faults }
  root.only('scenario', 'description', 'plant', 'duration', 'times', 'events', 'expect', 'score')
  const keys = keysOf(root)
  root.oneOf('plant', [context.plant], 'the plant that runs')
  const duration_s = timeOf(root, 'duration')
  const absolute = keys('times') && root.oneOf('times', ['scenario', 'plant'], 'what times count from') === 'plant'
  /** Of an event or an expectation, since the scenario's begin. */
  const since = (node: MapNode, key: string): number => {
    const at_s = timeOf(node, key) - (absolute ? context.now_s : 0)
    if (at_s < 0)
      node.fault(
        key,
        absolute ? `a time from ${context.now_s} s on: the plant stands there` : 'a time from 0 on: it is in the past',
      )
    else if (at_s >= duration_s) node.fault(key, 'a time before the end of the scenario')
    return at_s
  }
  const event_nodes = keys('events') ? root.list('events') : []
  const events = event_nodes.map((node) => eventOf(node, since, absolute ? context.now_s : 0, context))
  noteOverlaps(event_nodes, events)
  const expectations = (keys('expect') ? root.list('expect') : []).map((node) => expectationOf(node, since, context))
  const score = scoreOf(root, keys('score'), context)
  const name = root.text('scenario')
  const description = keys('description') ? root.text('description') : ''
  if (faults.length > 0) return { faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column) }
  const ordered = events.toSorted((a, b) => a.at_s - b.at_s)
  return { ok: { name, description, plant: context.plant, duration_s, events: ordered, expectations, score } }
}

type Since = (node: MapNode, key: string) => number

function eventOf(node: MapNode, since: Since, zero_s: number, context: ScenarioContext): ScenarioEvent {
  node.only('at', 'until', 'kind', 'value', 'jump', 'ramp', 'to', 'drop', 'for', ...WHAT)
  const has = keysOf(node)
  const at_s = since(node, 'at')
  let until_s = Number.POSITIVE_INFINITY
  if (has('until')) {
    until_s = timeOf(node, 'until') - zero_s
    if (until_s <= at_s) node.fault('until', 'a time after its start')
  }
  const kinds = WHAT.filter((key) => has(key))
  if (kinds.length !== 1) {
    node.fault(kinds[1] ?? 'at', `one of ${WHAT.join(', ')} in each event`)
    return { at_s, until_s, what: { type: 'say', text: '' } }
  }
  const type = kinds[0]!
  const refuse = (key: string, why: string): void => {
    if (has(key)) node.fault(key, `none: ${why}`)
  }
  if (type !== 'fault') for (const key of ['kind', 'value', 'jump', 'ramp']) refuse(key, `a ${type} has none`)
  if (type !== 'cable') refuse('drop', `a ${type} has none`)
  if (type !== 'press') refuse('for', `a ${type} has none`)
  if (!TO.includes(type)) refuse('to', `a ${type} has none`)
  if (!LASTING.includes(type)) refuse('until', `a ${type} happens once`)
  switch (type) {
    case 'disturbance':
      return {
        at_s,
        until_s,
        what: { type, name: node.oneOf(type, context.disturbances, 'a disturbance of the plant') },
      }
    case 'fault':
      return { at_s, until_s, what: faultOf(node, context) }
    case 'set':
    case 'mode':
    case 'output':
      return { at_s, until_s, what: writeOf(node, type, context) }
    case 'cable':
      return { at_s, until_s, what: cableOf(node, context) }
    case 'contact': {
      const tag = contactOf(node, type, context)
      return { at_s, until_s, what: { type, tag, state: node.oneOf('to', ['open', 'closed'], 'a side') } }
    }
    case 'press': {
      const for_s = has('for') ? timeOf(node, 'for') : 1
      if (!(for_s > 0)) node.fault('for', 'a time above 0')
      return { at_s, until_s, what: { type, tag: contactOf(node, type, context), for_s } }
    }
    case 'speed':
      return { at_s, until_s, what: { type, factor: node.number(type, FACTOR) } }
    case 'pause':
      return { at_s, until_s, what: { type } }
    case 'snapshot':
      return { at_s, until_s, what: { type, name: node.text(type) } }
    case 'say':
      return { at_s, until_s, what: { type, text: node.text(type) } }
  }
}

/** Which events lead `to` something, and which may end. */
const TO: readonly string[] = ['set', 'mode', 'output', 'cable', 'contact']
const LASTING: readonly string[] = ['fault', 'disturbance', 'cable', 'contact']

function writeOf(
  node: MapNode,
  type: 'set' | 'mode' | 'output',
  { writable }: ScenarioContext,
): Extract<ScenarioEvent['what'], { type: 'write' }> {
  const key = writtenKey(node, type)
  if (writable === undefined) node.fault(type, 'nothing: the strategy that would take it is not known here')
  else if (!writable.includes(key)) node.fault(type, `something an operator may write (${key})`, suggest(key, writable))
  // A field called MODE is a mode, by whatever word it is written.
  if (type === 'mode' || key.endsWith('.MODE'))
    return { type: 'write', key, value: MODE[node.oneOf('to', MODES, 'a mode')] }
  return { type: 'write', key, value: node.number('to', {}) }
}

/** What an operator writes, by its word: `set` names the field itself. */
function writtenKey(node: MapNode, type: 'set' | 'mode' | 'output'): string {
  const asked = node.text(type)
  return type === 'set' ? asked : `${asked}.${type === 'mode' ? 'MODE' : 'OUT'}`
}

function cableOf(node: MapNode, { drops }: ScenarioContext): Extract<ScenarioEvent['what'], { type: 'cable' }> {
  const has = keysOf(node)
  return {
    type: 'cable',
    network: node.oneOf('cable', ['A', 'B'], 'a network'),
    drop: has('drop') ? node.oneOf('drop', drops, 'a drop of the plant') : undefined,
    mode: has('to') ? node.oneOf('to', CABLE, 'a state of the cable') : 'closed',
  }
}

function contactOf(node: MapNode, type: 'contact' | 'press', { contacts }: ScenarioContext): string {
  if (contacts.length > 0) return node.oneOf(type, contacts, "a contact of the safety system's panel")
  node.fault(type, 'none: this plant has no safety equipment with contacts')
  return ''
}

function faultOf(node: MapNode, { tags }: ScenarioContext): Extract<ScenarioEvent['what'], { type: 'fault' }> {
  const has = keysOf(node)
  const names = [...tags.keys()]
  const tag = node.oneOf('fault', names, 'the tag of an instrument or valve')
  const value = has('value') ? node.number('value', {}) : undefined
  const jump = has('jump') ? node.number('jump', {}) : undefined
  const ramp_s = has('ramp') ? timeOf(node, 'ramp') : undefined
  const kind = node.oneOf('kind', tags.get(tag)!, `a fault of ${tag}: ${tags.get(tag)!.join(', ')}`)
  for (const { place, expected, suggestion } of checkFault({ tag, kind, value, jump, ramp_s }, tags)) {
    const key = place === 'ramp_s' ? 'ramp' : place
    node.fault(key, expected, suggestion)
  }
  return { type: 'fault', tag, kind, value, jump, ramp_s }
}

function expectationOf(node: MapNode, since: Since, { writable }: ScenarioContext): Expectation {
  node.only('name', 'after', 'within', 'to', ...WANTED)
  const has = keysOf(node)
  const after_s = since(node, 'after')
  const within_s = timeOf(node, 'within')
  const name = node.text('name')
  const wanted = WANTED.filter((key) => has(key))
  if (wanted.length !== 1) {
    node.fault(wanted[1] ?? 'name', `one of ${WANTED.join(', ')} in each expected action`)
    return { name, after_s, within_s, key: '', lo: 0, hi: 0 }
  }
  const type = wanted[0]!
  // Alarms are acknowledged by people among themselves: the instructor marks it.
  if (type === 'acknowledge') {
    node.text(type)
    return { name, after_s, within_s, key: '', lo: 0, hi: 0 }
  }
  const key = writtenKey(node, type)
  if (writable !== undefined && !writable.includes(key))
    node.fault(type, `something an operator may write (${key})`, suggest(key, writable))
  if (type === 'mode') {
    const mode = node.oneOf('to', MODES, 'a mode')
    return { name, after_s, within_s, key, lo: MODE[mode], hi: MODE[mode] }
  }
  const [lo, hi] = has('to', 'list') ? node.range('to') : [node.number('to', {}), Number.NaN]
  return { name, after_s, within_s, key, lo, hi: Number.isNaN(hi) ? lo : hi }
}

function scoreOf(root: MapNode, there: boolean, context: ScenarioContext): Scenario['score'] {
  const none = { from: 100, bands: [], outside_normal_per_min: 0, alarm: 0, trip: 0, late: 0, missing: 0 }
  if (!there) return none
  const node = root.map('score')
  node.only('from', 'bands', 'outside_normal_per_min', 'alarm', 'trip', 'late', 'missing')
  const points = (key: string): number => node.number(key, { min: 0, absent: 0 })
  const bands = keysOf(node)('bands') ? node.list('bands') : []
  return {
    from: node.number('from', { min: 1, absent: 100 }),
    bands: bands.map((band): BandRule => {
      band.only('tag', 'range', 'per_min')
      const tag = band.oneOf('tag', context.measured, 'the tag of a measurement')
      const [lo, hi] = band.range('range')
      return { tag, lo, hi, per_min: band.number('per_min', { min: 0, absent: 0 }) }
    }),
    outside_normal_per_min: points('outside_normal_per_min'),
    alarm: points('alarm'),
    trip: points('trip'),
    late: points('late'),
    missing: points('missing'),
  }
}

/** Two spans of one disturbance, of one fault of a tag, of one cable or contact would end each other. */
function noteOverlaps(nodes: readonly MapNode[], events: readonly ScenarioEvent[]): void {
  const thing = ({ what }: ScenarioEvent): string => {
    if (what.type === 'disturbance') return what.name
    if (what.type === 'fault') return `${what.tag} ${what.kind}`
    if (what.type === 'contact') return what.tag
    return what.type === 'cable' ? `cable ${what.network} ${what.drop ?? ''}` : ''
  }
  events.forEach((event, i) => {
    if (thing(event) === '') return
    const other = events.findIndex(
      (e, k) =>
        k < i &&
        thing(e) === thing(event) &&
        e.at_s < event.until_s &&
        event.at_s < e.until_s &&
        // What stays where it was put may be put elsewhere later.
        !(
          ['cable', 'contact'].includes(event.what.type) &&
          (e.at_s < event.at_s ? e : event).until_s === Number.POSITIVE_INFINITY
        ),
    )
    if (other >= 0)
      nodes[i]!.fault('at', `a time apart from ${nodes[other]!.place}: ${eventText(events[other]!)} still lasts then`)
  })
}

function timeOf(node: MapNode, key: string): number {
  const found = node.scalar(key)
  const seconds = typeof found === 'number' ? found : durationOf(String(found ?? ''))
  if (Number.isNaN(seconds)) node.fault(key, 'a time like 30s, 90min or 8h')
  return Number.isNaN(seconds) ? 0 : seconds
}

const keysOf =
  (node: MapNode) =>
  (key: string, form?: 'list'): boolean =>
    node.has(key, form)
