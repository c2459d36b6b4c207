/** The steps of a scenario: verbs, what stands beside them, and the places of the plant and the strategy they name. */
import { REFUSAL } from '../../contracts/frame.ts'
import type { Faults, Place } from '../../controller/core/strategy/fault.ts'
import { type MapReader, readMap } from '../../controller/core/strategy/map-reader.ts'
import type { MapSource, ScalarSource } from '../../controller/core/strategy/source.ts'
import { nearest } from '../../numerics/nearest.ts'
import { FAULT_WORDS, type FaultPlace, type FaultWord } from './field.ts'
import { isUnknown } from './names.ts'
import { readExpect, readValue, readWait } from './read-condition.ts'
import type { Before, StepContext } from './read-context.ts'
import { timeOf } from './read-time.ts'
import type { Action, Step } from './scenario.ts'

const VERBS = ['set', 'fault', 'clear', 'disturb', 'cut', 'kill'] as const
type Verb = (typeof VERBS)[number]
/** What may stand beside each verb; the rest may stand in every step. */
const BESIDE: Readonly<Record<Verb, readonly string[]>> = {
  set: ['to', 'refused'],
  fault: ['as', 'value', 'for'],
  clear: [],
  disturb: ['by', 'for'],
  cut: ['for'],
  kill: [],
}
const EVERYWHERE = ['at', 'wait', 'of', 'band', 'expect', 'within', 'during']

export function readSteps(faults: Faults, sources: readonly MapSource[], context: StepContext): Step[] {
  const before: Before = { ended: new Set(), loop: context.loop }
  return sources.map((source) => readStep(faults, source, context, before)).filter((step) => step !== undefined)
}

function readStep(faults: Faults, source: MapSource, context: StepContext, before: Before): Step | undefined {
  const verbs = VERBS.filter((verb) => source.entries.some((e) => e.key === verb))
  const verb = verbs[0]
  if (verbs.length > 1) {
    faults.add('CFG_INCONSISTENT', source.at, `a step with ${verbs.join(' and ')}`, 'one verb a step')
    return undefined
  }
  const keys = verb === undefined ? [...VERBS, ...EVERYWHERE] : [verb, ...BESIDE[verb], ...EVERYWHERE]
  const m = readMap(faults, source, verb === undefined ? 'a step' : `a step with '${verb}'`, keys)
  if (verb === undefined && m.optional('wait') === undefined && m.optional('expect') === undefined) {
    if (source.entries.every((e) => keys.includes(e.key)))
      faults.add(
        'CFG_MISSING_FIELD',
        source.at,
        'a step that does nothing',
        `one of ${[...VERBS, 'wait', 'expect'].join(', ')}`,
      )
    return undefined
  }
  const action = verb === undefined ? ({ do: 'nothing' } as const) : readAction(faults, m, verb, context, before)
  const wait = readWait(faults, m, context, before)
  const expect = readExpect(faults, m, context, before, m.optional('wait') !== undefined)
  const at = m.optional('at')
  const at_ms = at === undefined ? undefined : timeOf(faults, at, 0, context)
  if (action === undefined) return undefined
  return {
    at: source.at,
    action,
    ...(at_ms === undefined ? {} : { at_ms }),
    ...(wait === undefined ? {} : { wait }),
    ...(expect === undefined ? {} : { expect }),
  }
}

function readAction(
  faults: Faults,
  m: MapReader,
  verb: Verb,
  context: StepContext,
  before: Before,
): Action | undefined {
  const word = m.word(verb)
  const ending = m.optional('for')
  const for_ms = ending === undefined ? undefined : timeOf(faults, ending, 0, context)
  const spans = { fault: 'fault', cut: 'cut', disturb: 'disturbance' } as Readonly<Record<string, string>>
  if (for_ms !== undefined) before.ended.add(spans[verb] ?? '')
  if (word === undefined) return undefined
  const span = for_ms === undefined ? {} : { for_ms }
  switch (verb) {
    case 'set':
      return readSet(faults, m, word.text, word.at, context, before)
    case 'fault': {
      const place = placeOf(faults, word.text, word.at, context)
      const as = wordOf(faults, m, place, context)
      const value = m.optional('value') === undefined ? undefined : readValue(faults, m.optional('value')!, context)
      if (place === undefined || as === undefined) return undefined
      return { do: 'fault', place, word: as, ...(value === undefined ? {} : { value }), ...span }
    }
    case 'disturb': {
      const by = m.optional('by')
      const known = disturbances(context)
      if (!known.includes(word.text)) {
        faults.add(
          'CFG_UNKNOWN_WORD',
          word.at,
          `'${word.text}'`,
          `a disturbance (${known.join(', ') || 'none here'})`,
          nearest(word.text, known),
        )
        return undefined
      }
      const linear = context.plant?.kind === 'linear'
      if (linear !== (by !== undefined))
        faults.add(
          'CFG_MISSING_FIELD',
          m.at,
          linear ? "'disturb' without 'by'" : "'by' at an on-off disturbance",
          linear ? "the field 'by'" : "no 'by'",
        )
      const steps = by?.kind === 'scalar' ? context.profiles.get(String(by.value)) : undefined
      if (steps !== undefined)
        return {
          do: 'disturb',
          name: word.text,
          profile: { name: String((by as ScalarSource).value), count: steps },
          ...span,
        }
      const value = by === undefined ? undefined : readValue(faults, by, context)
      return { do: 'disturb', name: word.text, ...(value === undefined ? {} : { value }), ...span }
    }
    case 'cut': {
      const device = deviceOf(faults, word.text, word.at, context)
      return device === undefined ? undefined : { do: 'cut', device, ...span }
    }
    case 'kill':
      if (word.text === 'primary' || word.text === 'standby') return { do: 'kill', which: word.text }
      faults.add(
        'CFG_UNKNOWN_WORD',
        word.at,
        `'${word.text}'`,
        'primary | standby',
        nearest(word.text, ['primary', 'standby']),
      )
      return undefined
    case 'clear': {
      if (context.names.device(word.text) >= 0) return { do: 'mend', device: context.names.device(word.text) }
      if (disturbances(context).includes(word.text)) return { do: 'calm', name: word.text }
      const place = placeOf(faults, word.text, word.at, context)
      return place === undefined ? undefined : { do: 'clear', place }
    }
  }
}

const disturbances = ({ plant, field }: StepContext): readonly string[] =>
  plant?.kind === 'linear' ? plant.from.map((end) => end.name) : (field?.disturbances ?? [])

function deviceOf(faults: Faults, text: string, at: Place, { names }: StepContext): number | undefined {
  const device = names.device(text)
  if (device >= 0) return device
  const ids = names.artifact.io.devices.map((d) => d.id)
  faults.add('CFG_UNKNOWN_POINT', at, `'${text}'`, `a device of io/ (${ids.join(', ')})`, nearest(text, ids))
  return undefined
}

function readSet(
  faults: Faults,
  m: MapReader,
  path: string,
  at: Place,
  context: StepContext,
  before: Before,
): Action | undefined {
  const { names } = context
  const to = m.required('to')
  const refused = m.wordOr('refused')
  const refusals = Object.keys(REFUSAL).filter((name) => name !== 'none')
  if (refused !== undefined && !refusals.includes(refused.text))
    faults.add(
      'CFG_UNKNOWN_WORD',
      refused.at,
      `'${refused.text}'`,
      refusals.join(' | '),
      nearest(refused.text, refusals),
    )
  if (path.includes('/')) {
    const input = names.input(path)
    const all = names.artifact.control.inputs.map((p) => p.point)
    const driven = context.plant?.kind === 'linear' && context.plant.to.some((end) => end.index === input)
    const rig = context.plant?.kind === 'rig' && context.field?.tagAt({ kind: 'input', index: input }) !== undefined
    if (input < 0)
      faults.add('CFG_UNKNOWN_POINT', at, `'${path}'`, 'an input point that the strategy uses', nearest(path, all))
    else if (driven || rig)
      faults.add('CFG_INCONSISTENT', at, `'${path}'`, "an input that no model drives; a 'fault' changes the others")
    const value = to === undefined ? undefined : readValue(faults, to, context)
    return value === undefined || input < 0 ? undefined : { do: 'drive', input, value }
  }
  const found = names.writable(path)
  if (isUnknown(found)) {
    faults.add(found.code, at, found.found, found.expected, found.suggestion)
    return undefined
  }
  const owner = names.artifact.control.writable[found.target]!
  const block = names.block(names.artifact.control.blocks[owner.block]!.id)
  if (!isUnknown(block) && block.layout.S['SP'] !== undefined && block.layout.S['PV'] !== undefined) before.loop = block
  const value = to === undefined ? undefined : readValue(faults, to, context, found.cell.words)
  if (value === undefined) return undefined
  return { do: 'set', target: found.target, path, value, ...(refused === undefined ? {} : { refused: refused.text }) }
}

function placeOf(
  faults: Faults,
  text: string,
  at: Place,
  { names, plant, field }: StepContext,
): FaultPlace | undefined {
  if (plant?.kind === 'rig' && field?.instruments.has(text) === true) {
    // By its point where the strategy reads it, because the device can have faults of its own there.
    const index = names.artifact.control.inputs.findIndex((_, i) => field.tagAt({ kind: 'input', index: i }) === text)
    return index < 0 ? { kind: 'instrument', tag: text } : { kind: 'input', index }
  }
  if (text.includes('/')) {
    const [input, output] = [names.input(text), names.output(text)]
    if (input >= 0) return { kind: 'input', index: input }
    if (output >= 0) return { kind: 'output', index: output }
    const { inputs, outputs } = names.artifact.control
    const all = [...inputs, ...outputs].map((p) => p.point)
    faults.add('CFG_UNKNOWN_POINT', at, `'${text}'`, 'a point that the strategy uses', nearest(text, all))
    return undefined
  }
  if (!text.includes('.')) {
    const all = [
      ...(plant?.kind === 'rig' ? (field?.instruments.keys() ?? []) : []),
      ...names.artifact.control.inputs.map((p) => p.point),
    ]
    faults.add(
      'CFG_UNKNOWN_POINT',
      at,
      `'${text}'`,
      plant?.kind === 'rig'
        ? 'an instrument of the plant, or a point'
        : 'a point, as RIO-1/AI/3, or a block that reads one',
      nearest(text, all),
    )
    return undefined
  }
  const block = names.block(text)
  if (isUnknown(block)) {
    faults.add(block.code, at, block.found, block.expected, block.suggestion)
    return undefined
  }
  const [input, output] = [names.inputOf(block), names.outputOf(block)]
  if (input >= 0) return { kind: 'input', index: input }
  if (output >= 0) return { kind: 'output', index: output }
  faults.add('CFG_UNKNOWN_POINT', at, `'${text}'`, 'a block that reads or writes a point of io/')
  return undefined
}

/** The kind of a fault, as far as the place can have it. */
function wordOf(
  faults: Faults,
  m: MapReader,
  place: FaultPlace | undefined,
  { plant, field }: StepContext,
): FaultWord | undefined {
  const as = m.word('as')
  if (as === undefined) return undefined
  const device: readonly FaultWord[] = place?.kind === 'input' ? ['bad', 'no_comm'] : []
  const tag = place === undefined ? undefined : field?.tagAt(place)
  const own: readonly FaultWord[] =
    place === undefined
      ? FAULT_WORDS
      : plant?.kind === 'rig'
        ? tag === undefined
          ? []
          : (field?.instruments.get(tag) ?? [])
        : place.kind === 'output'
          ? ['stuck']
          : ['sensor_failure', 'open_circuit', 'stuck', 'bias', 'drift']
  const known = [...own, ...device]
  const found = known.find((word) => word === as.text)
  if (found === undefined)
    faults.add('CFG_UNKNOWN_WORD', as.at, `'${as.text}'`, known.join(' | '), nearest(as.text, known))
  return found
}
