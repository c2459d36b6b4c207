/** The `plant:` of a test file: a plant of plant-sim by name, or linear models between points of the strategy. */
import type { Faults } from '../../controller/core/strategy/fault.ts'
import {
  isReported,
  type MapReader,
  mapsOf,
  numberOf,
  readMap,
  type Word,
} from '../../controller/core/strategy/map-reader.ts'
import { duration, parseQuantity } from '../../controller/core/strategy/quantity.ts'
import { kindText, type MapSource } from '../../controller/core/strategy/source.ts'
import { nearest } from '../../numerics/nearest.ts'
import type { LinearSpec } from '../../plant-sim/core/linear/linear-model.ts'
import type { LinearPath } from '../../plant-sim/core/linear/linear-plant.ts'
import { WOOD_BERRY } from '../../plant-sim/core/linear/wood-berry.ts'
import type { LinearEnd, SignalScale } from './linear-field.ts'
import { isUnknown, type Names } from './names.ts'
import type { PlantSpec } from './scenario.ts'

/** Parameters of each model, and how they are called in a test; the needed ones first. */
const MODELS: Readonly<Record<string, { readonly needed: readonly string[]; readonly optional: readonly string[] }>> = {
  gain: { needed: ['k'], optional: ['theta'] },
  fopdt: { needed: ['k', 'tau'], optional: ['theta'] },
  sopdt: { needed: ['k', 'tau1', 'tau2'], optional: ['theta', 'lead'] },
  integrating: { needed: ['k'], optional: ['lag', 'theta'] },
  inverse_response: { needed: ['k', 'tau1', 'tau2', 'inverse'], optional: ['theta'] },
  second_order: { needed: ['k', 'tau', 'zeta'], optional: ['theta'] },
}
const COLUMN = 'wood_berry'
const COLUMN_ENDS = ['reflux', 'steam', 'top', 'bottom'] as const
const COMMON = ['model', 'from', 'to', 'noise']

export interface PlantContext {
  readonly names: Names
  /** Name of the plant whose instruments the strategy has, and its starts; absent: it has none. */
  readonly field?: { readonly plant: string; readonly starts: readonly string[] } | undefined
}

export function readPlant(faults: Faults, source: MapSource, context: PlantContext): PlantSpec | undefined {
  const model = source.entries.find((e) => e.key === 'model')
  const name = model?.value.kind === 'scalar' ? String(model.value.value) : undefined
  const list = source.entries.some((e) => e.key === 'models')
  if (name !== undefined && context.field?.plant === name) return readNamed(faults, source, context.field)
  const known = [...Object.keys(MODELS), COLUMN]
  if (!list && name !== undefined && !known.includes(name)) {
    const all = [...known, ...(context.field === undefined ? [] : [context.field.plant])]
    faults.add('CFG_UNKNOWN_WORD', model!.value.at, `'${name}'`, all.join(' | '), nearest(name, all))
    return undefined
  }
  return readLinear(faults, source, context.names, list)
}

function readNamed(
  faults: Faults,
  source: MapSource,
  field: { readonly starts: readonly string[] },
): PlantSpec | undefined {
  const m = readMap(faults, source, 'a plant', ['model', 'start', 'seed', 'noise'])
  const start = m.word('start')
  const seed = m.numberOr('seed', 1, { min: 1, integer: true })
  const noise = m.wordOr('noise')
  if (noise !== undefined && noise.text !== 'on' && noise.text !== 'off')
    faults.add('CFG_UNKNOWN_WORD', noise.at, `'${noise.text}'`, 'on | off')
  if (start === undefined) return undefined
  if (!field.starts.includes(start.text)) {
    faults.add(
      'CFG_UNKNOWN_WORD',
      start.at,
      `'${start.text}'`,
      field.starts.join(' | '),
      nearest(start.text, field.starts),
    )
    return undefined
  }
  return { kind: 'rig', start: start.text, seed, noise: noise?.text !== 'off' }
}

function readLinear(faults: Faults, source: MapSource, names: Names, list: boolean): PlantSpec | undefined {
  const own = ['seed', 'at', ...(list ? ['models'] : [])]
  const keysOf = (model: MapSource): string[] => {
    const name = model.entries.find((e) => e.key === 'model')?.value
    const text = name?.kind === 'scalar' ? String(name.value) : ''
    const decl = MODELS[text]
    if (text === COLUMN) return ['model', ...COLUMN_ENDS, 'noise']
    return [...COMMON, ...(decl === undefined ? [] : [...decl.needed, ...decl.optional])]
  }
  const m = readMap(faults, source, 'a plant', [...own, ...(list ? [] : keysOf(source))])
  const models = list ? mapsOf(faults, m.list('models')) : [source]
  const seed = m.numberOr('seed', 1, { min: 1, integer: true })
  const from = new Map<string, LinearEnd>()
  const to = new Map<string, LinearEnd>()
  const paths: LinearPath[] = []
  const before = faults.list.length
  for (const model of models) {
    const r = list ? readMap(faults, model, 'a model', keysOf(model)) : m
    const name = r.word('model')
    if (name === undefined) continue
    const ends = (key: string, side: Map<string, LinearEnd>, isInput: boolean): string | undefined => {
      const word = r.word(key)
      const end = word === undefined ? undefined : endOf(faults, word, names, isInput, isInput ? 0 : noiseOf(faults, r))
      if (end === undefined) return undefined
      if (!side.has(end.name)) side.set(end.name, end)
      return end.name
    }
    if (name.text === COLUMN) {
      const [reflux, steam] = [ends('reflux', from, true), ends('steam', from, true)]
      const [top, bottom] = [ends('top', to, false), ends('bottom', to, false)]
      const by = { reflux, steam, top, bottom } as Readonly<Record<string, string | undefined>>
      for (const p of WOOD_BERRY) {
        const [a, b] = [by[p.from], by[p.to]]
        if (a !== undefined && b !== undefined) paths.push({ from: a, to: b, spec: p.spec })
      }
      continue
    }
    const spec = specOf(faults, r, name)
    const [a, b] = [ends('from', from, true), ends('to', to, false)]
    if (spec !== undefined && a !== undefined && b !== undefined) paths.push({ from: a, to: b, spec })
  }
  if (list && models.length === 0) faults.add('CFG_MISSING_FIELD', m.at, "a plant without 'models'", 'a list of models')
  const at = operatingPoint(faults, m.map('at'), from, to)
  if (faults.list.length > before) return undefined
  const place = (end: LinearEnd): LinearEnd => ({ ...end, at: at.get(end.name) ?? end.at })
  return { kind: 'linear', seed, from: [...from.values()].map(place), to: [...to.values()].map(place), paths }
}

/** The noise of one model's output: a number in its unit, or a percentage of its span (negative here: to be scaled). */
function noiseOf(faults: Faults, r: MapReader): number {
  const value = r.optional('noise')
  if (value === undefined || isReported(value)) return 0
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    const q = parseQuantity(value.value)
    if (q?.unit === '%' && q.value >= 0) return -q.value
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a deviation as 0.2% of the span, or a number in its unit')
    return 0
  }
  return numberOf(faults, value, { min: 0 }) ?? 0
}

function specOf(faults: Faults, r: MapReader, name: Word): LinearSpec | undefined {
  const decl = MODELS[name.text]
  if (decl === undefined) {
    const known = [...Object.keys(MODELS), COLUMN]
    faults.add('CFG_UNKNOWN_WORD', name.at, `'${name.text}'`, known.join(' | '), nearest(name.text, known))
    return undefined
  }
  const before = faults.list.length
  const read = (key: string, needed: boolean): number => {
    if (key === 'k') return r.number('k') ?? 1
    if (key === 'zeta') return r.number('zeta', { min: 0.001 }) ?? 1
    const value = needed ? r.required(key) : r.optional(key)
    if (value === undefined) return 0
    const seconds = value.kind === 'scalar' ? duration(value.value, 's') : undefined
    const positive = needed || key === 'theta' || key === 'lag'
    if (seconds === undefined || (positive && seconds < 0) || (needed && seconds === 0)) {
      if (!isReported(value)) faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a time, as 8s or 2min')
      return 1
    }
    return seconds
  }
  const p = Object.fromEntries([
    ...decl.needed.map((key) => [key, read(key, true)] as const),
    ...decl.optional.map((key) => [key, read(key, false)] as const),
  ]) as Readonly<Record<string, number>>
  if (faults.list.length > before) return undefined
  const [k, theta_s, tau_s] = [p['k']!, p['theta'] ?? 0, p['tau'] ?? 0]
  switch (name.text) {
    case 'gain':
      return { model: 'gain', k, theta_s }
    case 'fopdt':
      return { model: 'first_order', k, tau_s, theta_s }
    case 'integrating':
      return { model: 'integrating', k, lag_s: p['lag'] ?? 0, theta_s }
    case 'second_order':
      return { model: 'second_order', k, tau_s, zeta: p['zeta']!, theta_s }
    default: {
      const lead_s = name.text === 'inverse_response' ? -p['inverse']! : (p['lead'] ?? 0)
      return { model: 'two_lags', k, tau1_s: p['tau1']!, tau2_s: p['tau2']!, lead_s, theta_s }
    }
  }
}

/** The end of a model: a block that reads or writes a point, in the block's units, or the point itself in % of 4-20 mA. */
function endOf(faults: Faults, word: Word, names: Names, isInput: boolean, noise: number): LinearEnd | undefined {
  const { text, at } = word
  const side = isInput ? 'output' : 'input'
  const no = (found: string, expected: string, suggestion = ''): undefined => {
    faults.add('CFG_UNKNOWN_POINT', at, found, expected, suggestion)
    return undefined
  }
  const made = (index: number, scale: SignalScale): LinearEnd => ({
    name: text,
    index,
    scale,
    at: scale.kind === 'direct' ? 0 : scale.lo,
    noise_std: noise >= 0 ? noise : (-noise / 100) * Math.abs(scale.hi - scale.lo),
  })
  if (text.includes('/')) {
    const index = isInput ? names.output(text) : names.input(text)
    const all = names.artifact.control[isInput ? 'outputs' : 'inputs'].map((p) => p.point)
    if (index < 0) return no(`'${text}'`, `an ${side} point that the strategy uses`, nearest(text, all))
    const record = (isInput ? names.artifact.io.outputs : names.artifact.io.inputs).find((p) => p.point === text)!
    const current = record.quantity === 'mA'
    return made(index, { lo: 0, hi: 100, raw_lo: 4, raw_hi: 20, kind: current ? 'linear' : 'direct' })
  }
  const block = names.block(text)
  if (isUnknown(block)) {
    faults.add(block.code, at, block.found, block.expected, block.suggestion)
    return undefined
  }
  const index = isInput ? names.outputOf(block) : names.inputOf(block)
  if (index < 0) return no(`'${text}'`, `a block whose ${side} is a point of io/`)
  const { k_init } = names.artifact.control
  const k = (field: string, i = 0): number | undefined => {
    const offset = block.layout.K[field]
    return offset === undefined ? undefined : k_init[block.record.k + offset + i]
  }
  const field = isInput ? 'PV_SCALE' : 'OUT_SCALE'
  const [lo, hi] = [k(field), k(field, 1)]
  let [raw_lo, raw_hi] = [k('XD'), k('XD', 1)]
  const linear = isInput ? 1 : k('LINEAR')
  if (lo === undefined || hi === undefined || raw_lo === undefined || raw_hi === undefined)
    return made(index, { lo: 0, hi: 100, raw_lo: 4, raw_hi: 20, kind: 'linear' })
  if (isInput && k('INCREASE_TO_CLOSE') === 1) [raw_lo, raw_hi] = [raw_hi, raw_lo]
  return made(index, { lo, hi, raw_lo, raw_hi, kind: linear === 0 ? 'direct' : linear === 2 ? 'sqrt' : 'linear' })
}

function operatingPoint(
  faults: Faults,
  source: MapSource | undefined,
  from: ReadonlyMap<string, LinearEnd>,
  to: ReadonlyMap<string, LinearEnd>,
): ReadonlyMap<string, number> {
  const known = [...from.keys(), ...to.keys()]
  const at = new Map<string, number>()
  for (const entry of source?.entries ?? []) {
    if (!known.includes(entry.key)) {
      faults.add(
        'CFG_UNKNOWN_FIELD',
        entry.at,
        `'${entry.key}'`,
        `an end of a model (${known.join(', ')})`,
        nearest(entry.key, known),
      )
      continue
    }
    const value = numberOf(faults, entry.value)
    if (value !== undefined) at.set(entry.key, value)
  }
  return at
}
