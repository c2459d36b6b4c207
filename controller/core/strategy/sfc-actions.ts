/** The actions of a sequence, and which step does which of them how. */

import { nearest } from '../../../numerics/nearest.ts'
import { OP } from '../blocks/calc.ts'
import { QUALIFIER, type Qualifier, SFC_OUTPUTS, TIMED } from '../blocks/sfc/program.ts'
import type { Faults, Place } from './fault.ts'
import { isReported, readMap } from './map-reader.ts'
import { duration } from './quantity.ts'
import type { Action, Association, Step } from './sfc-encode.ts'
import { kindText, type MapEntry, type MapSource, type Source } from './source.ts'

/**
 * Compiles an expression.
 *
 * @param own - the step that `t`, `pending` and `failed` are about
 * @param out - number of the output that takes the result; undefined for a condition
 * @param empirical - as written: whether its numbers have units of their own
 */
export type Compile = (value: Source, own: number | undefined, out?: number, empirical?: Source) => readonly number[]

/** A name of a step or an action. */
export const NAME = /^[A-Za-z][A-Za-z0-9_]*$/

export const valueAt = (source: MapSource, key: string): Source | undefined =>
  source.entries.find((e) => e.key === key)?.value

export function readActions(faults: Faults, source: MapSource, compile: Compile): Action[] {
  const value = valueAt(source, 'actions')
  if (value === undefined || isReported(value)) return []
  if (value.kind !== 'map') {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'actions by name, {FEED: {out: out1}}')
    return []
  }
  const actions: Action[] = []
  for (const entry of value.entries) {
    if (!NAME.test(entry.key)) {
      faults.add('CFG_WRONG_TYPE', entry.at, `'${entry.key}'`, 'an action name of letters, digits and _')
    }
    if (entry.value.kind !== 'map') {
      if (!isReported(entry.value)) {
        faults.add(
          'CFG_WRONG_TYPE',
          entry.value.at,
          kindText(entry.value),
          "an action, {out: out1} or {out: out2, value: '40'}",
        )
      }
      continue
    }
    const m = readMap(faults, entry.value, 'an action', ['out', 'value', 'empirical'])
    const word = m.word('out')
    const given = m.optional('value')
    const number = Number(/^out(\d+)$/.exec(word?.text ?? '')?.[1] ?? Number.NaN)
    const isOutput = number >= 1 && number <= SFC_OUTPUTS
    const code =
      given === undefined
        ? undefined
        : valueCode(given, compile, isOutput ? number - 1 : undefined, m.optional('empirical'))
    if (word === undefined) continue
    if (!isOutput) {
      faults.add('CFG_UNKNOWN_WORD', word.at, `'${word.text}'`, `out1 to out${SFC_OUTPUTS}`)
      continue
    }
    // Values may take turns on one output, because the last one stays; of two states the block could show only one.
    const other = actions.find((a) => a.out === number - 1 && (a.code === undefined || code === undefined))
    if (other !== undefined) {
      faults.add(
        'CFG_OUTPUT_USED_TWICE',
        word.at,
        `'${word.text}' again`,
        `one action without value an output; '${other.name}' has it`,
      )
    }
    actions.push({ name: entry.key, at: word.at, out: number - 1, code })
  }
  return actions
}

/** A plain number, true or false as a value, else an expression. */
function valueCode(
  value: Source,
  compile: Compile,
  out: number | undefined,
  empirical: Source | undefined,
): readonly number[] {
  if (value.kind === 'scalar' && typeof value.value === 'number') return [OP.push, value.value]
  if (value.kind === 'scalar' && value.value === true) return [OP.push, 1]
  return compile(value, undefined, out, empirical)
}

export function readDoings(
  faults: Faults,
  chart: number,
  body: MapSource,
  steps: readonly Step[],
  actions: readonly Action[],
  compile: Compile,
): Association[] {
  const value = valueAt(body, 'steps')
  if (value?.kind !== 'map') return []
  return value.entries.flatMap((entry) => {
    const step = steps.findIndex((s) => s.name === entry.key && s.chart === chart)
    const list = doingsOf(faults, entry)
    return list.flatMap((item) => readDoing(faults, item, step, actions, compile) ?? [])
  })
}

/** What a step lists: nothing, a list, or a mapping with `actions`. */
function doingsOf(faults: Faults, { value }: MapEntry): readonly Source[] {
  if (isReported(value) || (value.kind === 'scalar' && value.value === null)) return []
  if (value.kind === 'list') return value.items
  if (value.kind === 'map') return readMap(faults, value, 'a step', ['actions', 'initial']).list('actions')?.items ?? []
  faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a step, {actions: [N FEED]}')
  return []
}

function readDoing(
  faults: Faults,
  item: Source,
  step: number,
  actions: readonly Action[],
  compile: Compile,
): Association | undefined {
  if (isReported(item)) return undefined
  if (item.kind === 'list') {
    faults.add('CFG_WRONG_TYPE', item.at, kindText(item), "an action, as 'N FEED', 'L 5s FEED' or {do: FEED, as: N}")
    return undefined
  }
  if (item.kind === 'scalar') {
    const parts = String(item.value).trim().split(/\s+/)
    const name = parts.pop() ?? ''
    return associate(faults, item.at, name, parts[0] ?? 'N', parts.slice(1).join(' '), step, actions)
  }
  const m = readMap(faults, item, 'an action of a step', ['do', 'as', 'time', 'confirm', 'within'])
  const name = m.word('do')
  const as = m.wordOr('as')
  const time = m.wordOr('time')
  const confirm = m.optional('confirm')
  const within = m.wordOr('within')
  if (name === undefined) return undefined
  const made = associate(faults, name.at, name.text, as?.text ?? 'N', time?.text ?? '', step, actions)
  const code = confirm === undefined ? [] : compile(confirm, step)
  const within_s = within === undefined ? 0 : duration(within.text === '0' ? 0 : within.text, 's')
  if (within_s === undefined || within_s < 0) {
    faults.add('CFG_WRONG_TYPE', within!.at, `'${within!.text}'`, 'a duration, as 10s')
  } else if (within !== undefined && confirm === undefined) {
    faults.add('CFG_MISSING_FIELD', within.at, "'within' without 'confirm'", 'an expression that confirms the action')
  }
  return made === undefined ? undefined : { ...made, confirm: code, within_s: within_s ?? 0 }
}

function associate(
  faults: Faults,
  at: Place,
  name: string,
  as: string,
  time: string,
  step: number,
  actions: readonly Action[],
): Association | undefined {
  const action = actions.findIndex((a) => a.name === name)
  if (action < 0) {
    const names = actions.map((a) => a.name)
    faults.add('CFG_UNKNOWN_WORD', at, `the action '${name}'`, "an action of 'actions'", nearest(name, names))
  }
  // IEC calls the pulse of a step's beginning P1 beside P.
  const qualifier = (as === 'P1' ? 'P' : as) as Qualifier
  if (!Object.hasOwn(QUALIFIER, qualifier)) {
    const names = Object.keys(QUALIFIER)
    faults.add('CFG_UNKNOWN_WORD', at, `the qualifier '${as}'`, names.join(' | '), nearest(as, names))
    return undefined
  }
  const timed = TIMED.includes(qualifier)
  const time_s = time === '' ? undefined : duration(time, 's')
  if (timed && time === '')
    faults.add('CFG_MISSING_FIELD', at, `'${as} ${name}' without time`, `a duration, '${as} 5s ${name}'`)
  else if (timed && !(time_s !== undefined && time_s >= 0))
    faults.add('CFG_WRONG_TYPE', at, `'${time}'`, 'a duration, as 5s')
  else if (!timed && time !== '')
    faults.add('CFG_UNKNOWN_FIELD', at, `a time with '${as}'`, `a time with ${TIMED.join(', ')} only`)
  return { step, action, qualifier, time_s: time_s ?? 0, confirm: [], within_s: 0 }
}
