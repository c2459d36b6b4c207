/**
 * A block of a module: its type, its numbers, and what its wires say they come from.
 */

import { nearest } from '../../../numerics/nearest.ts'
import type { BlockType, FieldDecl } from '../block.ts'
import { type AnyLayout, isWire, layoutOf } from '../layout.ts'
import type { CompileExpression } from './compile.ts'
import type { Faults, Place } from './fault.ts'
import { type Formula, placeIn } from './formula.ts'
import { withInlineExpressions } from './inline-expression.ts'
import { inRange, isReported, readMap, type Word, wordOf } from './map-reader.ts'
import type { StableNames } from './moved.ts'
import { DURATION_UNITS, duration, parseQuantity } from './quantity.ts'
import { blockMap, type ModuleSpec } from './read-module.ts'
import { readUnit, splitUnit } from './read-unit.ts'
import { isSequence, readSequenceBlock, SEQUENCE_KEYS } from './sfc.ts'
import { kindText, type MapEntry, type MapSource, type ScalarSource, type Source } from './source.ts'

export interface BlockSpec {
  readonly module: ModuleSpec
  /** `PID1` */
  readonly name: string
  /** `FIC-01.PID1`: how wires and people call it. */
  readonly key: string
  /** `FIC-01.p1`: what stays when the name changes; orders the scan. */
  readonly stable: string
  readonly type: BlockType
  readonly layout: AnyLayout
  /** Numbers that the strategy gives, by field; modes are settled when the wires are known. */
  readonly values: Map<string, readonly number[]>
  readonly wires: readonly WireSpec[]
  /** Fields whose value could not be read: nothing is concluded from their defaults. */
  readonly faulty: ReadonlySet<string>
  /** Where each field is written. */
  readonly places: ReadonlyMap<string, Place>
  /** Unit of OUT, where the strategy says it at the block. */
  readonly unit: Word | undefined
  readonly formula: Formula | undefined
  /** Its text, with the class worked in. */
  readonly source: MapSource
  readonly at: Place
}

/** What a wire says: where it comes from is looked up when all blocks are known. */
export interface WireSpec {
  readonly field: FieldDecl
  readonly from: string | number
  /** The engineer lets this wire carry the value of the scan before, to break a loop of the data flow. */
  readonly broken: boolean
  readonly at: Place
}

export interface BlockContext {
  readonly types: ReadonlyMap<string, BlockType>
  readonly expression: CompileExpression | undefined
  readonly stable: StableNames
}

const RESERVED = ['id', 'type', 'let', 'expr', 'unit', 'empirical']
/** The field that takes a compiled expression, and the inputs its names stand for. */
const PROGRAM = 'PROGRAM'

/** All blocks of a module that could be read. */
export function readBlocks(faults: Faults, module: ModuleSpec, context: BlockContext): BlockSpec[] {
  const blocks: BlockSpec[] = []
  for (const entry of withInlineExpressions(module.blocks)) {
    const source = blockMap(faults, entry)
    const block = source === undefined ? undefined : readBlock(faults, module, entry, source, context)
    if (block === undefined) continue
    if (blocks.some((b) => b.stable === block.stable)) {
      faults.add('CFG_DUPLICATE_ID', entry.at, `the id '${block.stable}' again`, 'each id once in a module')
    } else blocks.push(block)
  }
  return blocks
}

function readBlock(
  faults: Faults,
  module: ModuleSpec,
  entry: MapEntry,
  source: MapSource,
  { types, expression, stable }: BlockContext,
): BlockSpec | undefined {
  const find = (key: string): Source | undefined => source.entries.find((e) => e.key === key)?.value
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(entry.key)) {
    faults.add('CFG_WRONG_TYPE', entry.at, `'${entry.key}'`, 'a block name of letters, digits and _')
    return undefined
  }
  const typeSource = find('type')
  if (typeSource === undefined) {
    faults.add('CFG_MISSING_FIELD', entry.at, `'${entry.key}' without 'type'`, "the field 'type'")
    return undefined
  }
  const typeName = wordOf(faults, typeSource)
  if (typeName === undefined) return undefined
  const type = types.get(typeName.text)
  if (type === undefined) {
    faults.add(
      'CFG_UNKNOWN_BLOCK_TYPE',
      typeName.at,
      `'${typeName.text}'`,
      'a block type',
      nearest(typeName.text, types.keys()),
    )
    return undefined
  }
  const idSource = find('id')
  const was = stable.block(module.tag.text, entry.key)
  if (was !== undefined && idSource !== undefined) {
    faults.add('CFG_MOVED', idSource.at, `'${entry.key}' with an id and moved`, 'one of both: the id stays by itself')
  }
  const id = idSource === undefined ? entry.key : (wordOf(faults, idSource)?.text ?? entry.key)
  const given = givenFields(type)
  const values = new Map<string, readonly number[]>()
  const wires: WireSpec[] = []
  const said = new Set<string>()
  const faulty = new Set<string>()
  const places = new Map<string, Place>()

  for (const { key, at, value } of source.entries) {
    if (RESERVED.includes(key) || (isSequence(type) && SEQUENCE_KEYS.includes(key))) continue
    const field = given.get(key)
    if (field === undefined) {
      faults.add('CFG_UNKNOWN_PARAMETER', at, `'${key}'`, `a parameter of ${type.type}`, nearest(key, given.keys()))
      continue
    }
    said.add(field.name)
    places.set(field.name, value.at)
    if (isReported(value)) {
      faulty.add(field.name)
      continue
    }
    if (isWire(field.role)) {
      const out = field.role === 'wire-out' || field.role === 'back-out'
      const start = out ? startValue(value) : undefined
      if (start !== undefined) values.set(field.name, [start])
      const wire = out && start !== undefined ? undefined : readWire(faults, field, value)
      if (wire !== undefined) wires.push(wire)
    } else {
      const numbers = readNumbers(faults, field, value)
      if (numbers === undefined) faulty.add(field.name)
      else values.set(field.name, numbers)
    }
  }
  const into = { values, wires, said }
  const formula = isSequence(type)
    ? readSequenceBlock(faults, module, type, entry, source, expression, (f, v) => readWire(faults, f, v), into)
    : readExpression(faults, module, type, source, expression, into)
  const unitSource = find('unit')
  const unit = unitSource === undefined ? undefined : readUnit(faults, unitSource)
  if (unit !== undefined && !type.fields.some((f) => f.name === 'OUT')) {
    faults.add('CFG_UNKNOWN_PARAMETER', unit.at, "'unit'", `a parameter of ${type.type}, which has no OUT`)
  }

  for (const field of type.fields) {
    if (said.has(field.name)) continue
    const parameter = field.role === 'constant' || field.role === 'tunable'
    if (parameter && field.default === undefined && field.defaults === undefined && field.count !== -1) {
      faults.add(
        'CFG_MISSING_PARAMETER',
        entry.at,
        `'${entry.key}' without '${field.name.toLowerCase()}'`,
        `the parameter '${field.name.toLowerCase()}' of ${type.type}: ${field.doc}`,
      )
    }
    if (field.name === PROGRAM && field.count === -1) {
      faults.add('CFG_MISSING_PARAMETER', entry.at, `'${entry.key}' without 'expr'`, `an expression for ${type.type}`)
    }
  }
  return {
    module,
    name: entry.key,
    key: `${module.tag.text}.${entry.key}`,
    stable: was ?? `${stable.tag(module.tag.text)}.${id}`,
    type,
    layout: layoutFor(type),
    values,
    wires,
    faulty,
    places,
    unit,
    formula,
    source,
    at: entry.at,
  }
}

const givenByType = new WeakMap<BlockType, ReadonlyMap<string, FieldDecl>>()

/** What a strategy may give, by its name there. */
function givenFields(type: BlockType): ReadonlyMap<string, FieldDecl> {
  const known = givenByType.get(type)
  if (known !== undefined) return known
  const made = new Map(type.fields.filter((f) => f.role !== 'derived').map((f) => [f.name.toLowerCase(), f] as const))
  givenByType.set(type, made)
  return made
}

const layouts = new WeakMap<BlockType, AnyLayout>()

/** One layout a type, because a strategy has hundreds of blocks of few types. */
function layoutFor(type: BlockType): AnyLayout {
  const known = layouts.get(type)
  if (known !== undefined) return known
  const made = layoutOf(type.fields)
  layouts.set(type, made)
  return made
}

// ---------------------------------------------------------------- wires

/** `out: 63.05`: what an output holds before its block has executed. */
const startValue = (value: Source): number | undefined =>
  value.kind === 'scalar' && typeof value.value === 'number' ? value.value : undefined

function readWire(faults: Faults, field: FieldDecl, value: Source): WireSpec | undefined {
  if (value.kind === 'map') {
    const m = readMap(faults, value, 'a wire', ['from', 'break'])
    const from = m.required('from')
    const broken = m.optional('break')
    if (broken !== undefined && !(broken.kind === 'scalar' && typeof broken.value === 'boolean')) {
      faults.add('CFG_WRONG_TYPE', broken.at, kindText(broken), 'true or false')
    }
    const wire = from === undefined ? undefined : readWire(faults, field, from)
    return wire === undefined ? undefined : { ...wire, broken: broken?.kind === 'scalar' && broken.value === true }
  }
  if (value.kind === 'scalar') {
    if (value.value === 'none' || value.reported) return undefined
    if (typeof value.value === 'boolean') return { field, from: value.value ? 1 : 0, broken: false, at: value.at }
    if (typeof value.value === 'string' || typeof value.value === 'number') {
      return { field, from: value.value, broken: false, at: value.at }
    }
  }
  faults.add(
    'CFG_WRONG_TYPE',
    value.at,
    kindText(value),
    'a wire, as AI1.OUT, TIC-100.PID1.OUT, a point, a number or none',
  )
  return undefined
}

// ---------------------------------------------------------------- numbers

function readNumbers(faults: Faults, field: FieldDecl, value: Source): readonly number[] | undefined {
  if (field.mask === true) return readMask(faults, field, value)
  if (field.count === undefined) {
    const number = readNumber(faults, field, value)
    return number === undefined ? undefined : [number]
  }
  const expected = field.count === -1 ? 'a list of numbers' : `a list of ${field.count} numbers`
  if (value.kind !== 'list' || (field.count !== -1 && value.items.length !== field.count)) {
    const found = value.kind === 'list' ? `a list of ${value.items.length}` : kindText(value)
    faults.add('CFG_WRONG_TYPE', value.at, found, expected)
    return undefined
  }
  const numbers = value.items.map((item) => readNumber(faults, field, item))
  return numbers.includes(undefined) ? undefined : (numbers as number[])
}

/** A list of names, as one number: the sum of 2^n. */
function readMask(faults: Faults, field: FieldDecl, value: Source): readonly number[] | undefined {
  if (value.kind !== 'list') {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), `a list of ${Object.keys(field.names ?? {}).join(', ')}`)
    return undefined
  }
  const bits = value.items.map((item) => readNumber(faults, field, item))
  if (bits.includes(undefined)) return undefined
  return [[...new Set(bits as number[])].reduce((sum, n) => sum + (1 << n), 0)]
}

function readNumber(faults: Faults, field: FieldDecl, value: Source): number | undefined {
  if (isReported(value)) return undefined
  if (value.kind !== 'scalar') {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), expectedOf(field))
    return undefined
  }
  if (field.names !== undefined) return readName(faults, field, field.names, value)
  const number = toUnit(value, field.unit)
  if (number === undefined || !Number.isFinite(number)) {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), expectedOf(field))
    return undefined
  }
  const { min, max } = field
  const range = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
  return inRange(faults, value, number, range) ? number : undefined
}

function readName(
  faults: Faults,
  field: FieldDecl,
  names: Readonly<Record<string, number>>,
  value: ScalarSource,
): number | undefined {
  const text = String(value.value)
  // Words that are there for yes and no may be written as YAML's own.
  const yesNo = value.value === true ? ['true', 'yes', 'on'] : value.value === false ? ['false', 'no', 'off'] : [text]
  const name = yesNo.find((n) => Object.hasOwn(names, n))
  if (name !== undefined) return names[name]
  const words = Object.keys(names)
  const isMode = words.includes('man') && words.includes('auto')
  faults.add(
    isMode ? 'CFG_UNKNOWN_MODE' : 'CFG_UNKNOWN_WORD',
    value.at,
    kindText(value),
    `${words.join(' | ')} for '${field.name.toLowerCase()}'`,
    nearest(text, words),
  )
  return undefined
}

/** The number in the field's unit: durations need theirs, percentages may have theirs. */
function toUnit(value: ScalarSource, unit: string): number | undefined {
  if (DURATION_UNITS.includes(unit)) return duration(value.value, unit)
  if (typeof value.value === 'number') return value.value
  if (typeof value.value === 'boolean') return value.value ? 1 : 0
  const quantity = typeof value.value === 'string' ? parseQuantity(value.value) : undefined
  return quantity !== undefined && quantity.unit === unit ? quantity.value : undefined
}

function expectedOf(field: FieldDecl): string {
  if (DURATION_UNITS.includes(field.unit)) return `a duration for '${field.name.toLowerCase()}', as 8s, 20min or 1h`
  if (field.unit === '%') return `a percentage for '${field.name.toLowerCase()}', as 1%`
  return `a number for '${field.name.toLowerCase()}'`
}

// ---------------------------------------------------------------- expressions

/** `let` names the inputs IN1, IN2, ... in its order; `expr` is compiled into PROGRAM. */
function readExpression(
  faults: Faults,
  module: ModuleSpec,
  type: BlockType,
  source: MapSource,
  compile: CompileExpression | undefined,
  into: { values: Map<string, readonly number[]>; wires: WireSpec[]; said: Set<string> },
): Formula | undefined {
  const entries = source.entries.filter((e) => e.key === 'let' || e.key === 'expr' || e.key === 'empirical')
  if (entries.length === 0) return undefined
  const inputs = type.fields.filter((f) => f.role === 'wire-in' && /^IN_?\d+$/.test(f.name))
  const program = type.fields.find((f) => f.name === PROGRAM && f.count === -1)
  if (program === undefined) {
    for (const e of entries) {
      faults.add('CFG_UNKNOWN_PARAMETER', e.at, `'${e.key}'`, `a parameter of ${type.type}, which takes no expression`)
    }
    return undefined
  }
  const names = new Map<string, number>()
  const units: (Word | undefined)[] = []
  const letEntry = entries.find((e) => e.key === 'let')
  if (letEntry !== undefined && letEntry.value.kind !== 'map') {
    faults.add('CFG_WRONG_TYPE', letEntry.value.at, kindText(letEntry.value), 'names with their wires, {a: AI1.OUT}')
  }
  for (const [i, e] of (letEntry?.value.kind === 'map' ? letEntry.value.entries : []).entries()) {
    const field = inputs[i]
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(e.key)) {
      faults.add('CFG_EXPRESSION', e.at, `'${e.key}'`, 'a name of letters, digits and _')
    } else if (field === undefined) {
      faults.add(
        'CFG_EXPRESSION',
        e.at,
        `'${e.key}' as input ${i + 1}`,
        `at most ${inputs.length} inputs of ${type.type}`,
      )
    } else {
      names.set(e.key, i)
      into.said.add(field.name)
      const { value, unit } = splitUnit(faults, e.value)
      units[i] = unit
      const wire = readWire(faults, field, value)
      if (wire !== undefined) into.wires.push(wire)
      else if (!isReported(value))
        faults.add('CFG_MISSING_WIRE', e.value.at, `'${e.key}' without a wire`, 'a wire or a number')
    }
  }
  const empirical = entries.find((e) => e.key === 'empirical')?.value
  if (empirical !== undefined && !(empirical.kind === 'scalar' && typeof empirical.value === 'boolean')) {
    faults.add('CFG_WRONG_TYPE', empirical.at, kindText(empirical), 'true or false')
  }
  const expr = entries.find((e) => e.key === 'expr')
  into.said.add(PROGRAM)
  if (expr === undefined) {
    const first = letEntry ?? entries[0]!
    faults.add('CFG_MISSING_PARAMETER', first.at, `'${first.key}' without 'expr'`, `an expression for ${type.type}`)
    return undefined
  }
  const text: Word | undefined = wordOf(faults, expr.value)
  if (text === undefined || compile === undefined) return undefined
  const constants = new Map<string, number>()
  for (const [name, value] of module.values) {
    const number =
      value.kind === 'scalar' ? (typeof value.value === 'number' ? value.value : duration(value.value, 's')) : undefined
    if (number !== undefined) constants.set(`$${name}`, number)
  }
  const result = compile(text.text, names, constants)
  const text_at = expr.value.kind === 'scalar' ? expr.value.text_at : undefined
  if ('program' in result) {
    into.values.set(PROGRAM, result.program)
    return {
      inputs: [...names].map(([name, i]) => ({ name, field: inputs[i]!, unit: units[i] })),
      expressions: [
        {
          uses: [...names.values()],
          program: result.program,
          measure: result.measure,
          empirical: empirical?.kind === 'scalar' && empirical.value === true,
          out: type.fields.find((f) => f.name === 'OUT'),
          at: text.at,
          text_at,
        },
      ],
      compile: (conversions) => {
        const again = compile(text.text, names, constants, conversions)
        return 'program' in again ? again.program : undefined
      },
      text: text.text,
      at: text.at,
    }
  }
  const place = placeIn(text.at, text_at, result.offset)
  const near = nearest(result.name ?? '', [...names.keys(), ...constants.keys()])
  faults.add('CFG_EXPRESSION', place, result.found, result.expected, near)
  return undefined
}
