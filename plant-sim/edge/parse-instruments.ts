/**
 * plant/instruments.yaml -> the typed records of the core, or all faults of the file at once.
 *
 * Pure: text in, data out. Judges what can be judged without the strategy: form, references to the plant model and the drops,
 * registers that collide, tags that appear twice, noise and failure currents that cannot be.
 */
import type { AnalyserRecord, Instruments, TransmitterRecord, ValveRecord } from '../core/instruments/records.ts'
import { MA_FAILURE_HI, MA_FAILURE_LO } from '../core/instruments/signal.ts'
import { plantNames, plantNamesOf } from '../core/plants.ts'
import type { ConfigFault } from './config-fault.ts'
import { type MapNode, readYaml } from './yaml-reader.ts'

export type ParsedInstruments =
  | { readonly ok: Instruments; readonly faults?: undefined }
  | { readonly ok?: undefined; readonly faults: readonly ConfigFault[] }

/** Registers per block of the drops' map: a block ends where the next begins. */
const CHANNELS_MAX = 50
const TAG = /^[A-Z]{2,4}-[0-9]{2,4}[A-Z]?$/

/** @param path - how the file is called in the faults */
export function parseInstruments(text: string, path: string): ParsedInstruments {
  const { faults, root } = readYaml(text, path)
  if (root === undefined) return { faults }
  root.only('plant', 'counts_per_mA', 'drops', 'transmitters', 'analysers', 'valves')
  const plant = root.oneOf('plant', plantNames, 'the name of a plant model')
  const { measurements, manipulated } = plantNamesOf(plant)
  // 21 mA must fit a 16-bit register, or a failure current could not be told from saturation.
  const counts_per_mA = root.number('counts_per_mA', { min: 1, max: 3000, integer: true })
  const drop_nodes = root.list('drops')
  const drops = drop_nodes.map((node) => {
    node.only('id', 'description', 'watchdog_s')
    return {
      id: node.text('id'),
      description: node.text('description'),
      watchdog_s: node.number('watchdog_s', { min: 0, max: 6553.5 }),
    }
  })
  const ids = drops.map((d) => d.id)
  noteRepeated(drop_nodes, 'id', ids)

  const tags: string[] = []
  const tag_nodes: MapNode[] = []
  const taken = new Map<string, string>()
  const tagOf = (node: MapNode): string => {
    const tag = node.text('tag')
    if (tag !== '' && !TAG.test(tag)) node.fault('tag', 'a tag like FT-01')
    tags.push(tag)
    tag_nodes.push(node)
    return tag
  }
  const place = (node: MapNode, tag: string, table: 'input' | 'holding', width: number) => {
    const before = faults.length
    const drop = Math.max(0, ids.indexOf(node.oneOf('drop', ids, 'the id of a drop')))
    const register = node.number('register', { min: 0, max: CHANNELS_MAX * width - width, integer: true })
    if (register % width !== 0) node.fault('register', 'an even register: a float32 takes two')
    // In a drop that could not be read the register collides with nothing.
    if (faults.length > before) return { drop, register }
    const key = `${ids[drop]} ${table} ${register}`
    const holder = taken.get(key)
    if (holder !== undefined) node.fault('register', `a free register: ${holder} has this one`)
    else taken.set(key, tag)
    return { drop, register }
  }

  const transmitter_nodes = root.list('transmitters')
  const valve_nodes = root.list('valves')
  const transmitters = transmitter_nodes.map((node): TransmitterRecord => {
    node.only('tag', 'description', 'measurement', 'drop', 'register', 'range', 'unit', 'noise', 'lag_s', 'failure_mA')
    const tag = tagOf(node)
    const [lo, hi] = node.range('range')
    const failure_mA = node.number('failure_mA', { min: 0, max: 21.8 })
    if (failure_mA > MA_FAILURE_LO && failure_mA < MA_FAILURE_HI)
      node.fault('failure_mA', `a failure current: ${MA_FAILURE_LO} or less, ${MA_FAILURE_HI} or more`)
    return {
      tag,
      description: node.text('description'),
      measurement: indexIn(node, 'measurement', measurements, plant),
      ...place(node, tag, 'input', 1),
      unit: node.text('unit'),
      lo,
      hi,
      lag_s: node.number('lag_s', { min: 0, absent: 0 }),
      noise_std: node.number('noise', { min: 0 }),
      failure_mA,
    }
  })
  const analysers = root.list('analysers').map((node): AnalyserRecord => {
    node.only('tag', 'description', 'measurement', 'drop', 'register', 'range', 'unit', 'noise', 'period_s')
    const tag = tagOf(node)
    const [lo, hi] = node.range('range')
    return {
      tag,
      description: node.text('description'),
      measurement: indexIn(node, 'measurement', measurements, plant),
      ...place(node, tag, 'input', 2),
      unit: node.text('unit'),
      lo,
      hi,
      noise_std: node.number('noise', { min: 0 }),
      period_s: node.number('period_s', { min: 1 }),
    }
  })
  const valves = valve_nodes.map((node): ValveRecord => {
    node.only(
      'tag',
      'description',
      'manipulated',
      'drop',
      'register',
      'fail',
      'fail_reason',
      'travel_pct_s',
      'fail_travel_pct_s',
      'lag_s',
    )
    const tag = tagOf(node)
    return {
      tag,
      description: node.text('description'),
      manipulated: indexIn(node, 'manipulated', manipulated, plant),
      ...place(node, tag, 'holding', 1),
      fail: node.oneOf('fail', ['closed', 'open', 'hold'], 'a fail position'),
      fail_reason: node.text('fail_reason'),
      travel_pct_s: node.number('travel_pct_s', { min: 0, absent: 0 }),
      fail_travel_pct_s: node.number('fail_travel_pct_s', { min: 0.1 }),
      lag_s: node.number('lag_s', { min: 0, absent: 0 }),
    }
  })
  noteRepeated(tag_nodes, 'tag', tags)
  // An analyser's status word and counter stand where another drop has its outputs' read-backs.
  const analyser_drops = new Set(analysers.map((a) => a.drop))
  for (const [i, node] of transmitter_nodes.entries())
    if (analyser_drops.has(transmitters[i]!.drop)) node.fault('drop', 'a drop without analysers')
  for (const [i, node] of valve_nodes.entries()) {
    if (analyser_drops.has(valves[i]!.drop)) node.fault('drop', 'a drop without analysers')
    const first = valves.findIndex((v) => v.manipulated === valves[i]!.manipulated)
    if (first < i) node.fault('manipulated', `a variable of its own: ${valves[first]!.tag} has this one`)
  }
  // A model's valve without a demand would stay at its start for ever.
  for (const [i, name] of manipulated.entries())
    if (valves.length > 0 && !valves.some((v) => v.manipulated === i)) root.fault('valves', `a valve for ${name} too`)

  if (faults.length > 0) return { faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column) }
  return { ok: { plant, counts_per_mA, drops, transmitters, analysers, valves } }
}

function indexIn(node: MapNode, key: string, names: readonly string[], plant: string): number {
  return Math.max(
    0,
    names.indexOf(node.oneOf(key, names, `a name of the plant model ${plant}, ${names[0]} to ${names.at(-1)}`)),
  )
}

function noteRepeated(nodes: readonly MapNode[], key: string, values: readonly string[]): void {
  for (const [i, value] of values.entries()) {
    const first = values.indexOf(value)
    if (value !== '' && first < i) nodes[i]!.fault(key, `a name of its own: ${nodes[first]!.place} has this one`)
  }
}
