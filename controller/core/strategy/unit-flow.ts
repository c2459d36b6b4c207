/**
 * Units along the wires: what the strategy says of a few ends is carried to all others, and compared where two meet.
 *
 * Said are: the unit of a tag (its PV) and of its `out`, the `unit` of a block (its OUT), the quantity of a point, and what a
 * block type fixes itself. Where nothing is known nothing is checked. A wire copies, so its ends must have one unit; a name of
 * an expression may be declared in another unit of the same dimension, and is converted.
 */
import type { FieldDecl } from '../block.ts'
import type { Conversion } from './compile.ts'
import {
  conversion,
  LITERAL,
  type Measure,
  measureOf,
  measureText,
  misfit,
  type Quantity,
  UNKNOWN,
} from './dimension.ts'
import type { Faults } from './fault.ts'
import { type Formula, type FormulaExpression, placeIn } from './formula.ts'
import type { Linked, Origin, Wire } from './link.ts'
import type { BlockSpec } from './read-block.ts'
import type { TagSpec } from './tags.ts'
import { UNITS } from './units.ts'

/** Quantities of the points by their numbers, as the io files give them: 'mA', 'EU' or '1'. */
export interface PointQuantities {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** All wires of one block that share a unit. */
interface Node {
  measure: Quantity | undefined
  readonly peers: Node[]
}

/** What the units came to: of any wire of any block, for documentation; '' where it is not known. */
export type UnitOf = (block: BlockSpec, field: FieldDecl) => string

export function checkUnits(
  faults: Faults,
  blocks: readonly BlockSpec[],
  { wires, outputs }: Linked,
  tags: readonly TagSpec[],
  points: PointQuantities,
): UnitOf {
  const nodes = new Map<BlockSpec, Map<string, Node>>()
  const nodeOf = (block: BlockSpec, field: FieldDecl): Node => {
    let own = nodes.get(block)
    if (own === undefined) {
      own = new Map()
      nodes.set(block, own)
    }
    const symbol = symbolOf(block, field)
    let node = own.get(symbol)
    if (node === undefined) {
      node = { measure: measureOf(symbol), peers: [] }
      own.set(symbol, node)
    }
    return node
  }
  const queue: Node[] = []
  const settle = (node: Node, measure: Quantity | undefined): void => {
    if (measure === undefined || node.measure !== undefined) return
    node.measure = measure
    queue.push(node)
  }
  const spread = (): void => {
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      for (const peer of node.peers) settle(peer, node.measure)
    }
  }
  const measureAt = (from: Origin): Measure => {
    if (from.kind === 'constant') return LITERAL
    if (from.kind === 'field') return nodeOf(from.block, from.field).measure ?? UNKNOWN
    const quantity = (from.kind === 'input' ? points.inputs : points.outputs)[from.index] ?? ''
    return measureOf(quantity) ?? UNKNOWN
  }

  const into = new Map<BlockSpec, Map<FieldDecl, Wire>>()
  for (const wire of wires) {
    const own = into.get(wire.to) ?? new Map<FieldDecl, Wire>()
    into.set(wire.to, own.set(wire.field, wire))
    if (wire.field.role !== 'wire-in') continue
    const to = nodeOf(wire.to, wire.field)
    const declared = wire.to.formula?.inputs.find((i) => i.field === wire.field)?.unit
    if (declared !== undefined) continue
    if (wire.from.kind === 'field') {
      const from = nodeOf(wire.from.block, wire.from.field)
      // A plain number that a block type fixes says nothing of what is wired to it.
      if (!isFixed(wire.field)) to.peers.push(from)
      if (!isFixed(wire.from.field)) from.peers.push(to)
    }
  }

  // What is said, the nearest to the block first.
  for (const block of blocks) {
    if (block.unit === undefined) continue
    const field = block.type.fields.find((f) => f.name === 'OUT')
    if (!UNITS.has(block.unit.text) || field === undefined) continue
    settle(nodeOf(block, field), measureOf(block.unit.text))
  }
  for (const tag of tags) {
    for (const [name, eu] of [
      ['PV', tag.module.eu?.text],
      ['OUT', tag.out?.eu],
    ] as const) {
      const shown = tag.fields.get(name)
      if (shown === undefined || eu === undefined) continue
      const node = nodeOf(shown.block, shown.field)
      const said = shown.block.unit
      if (name === 'PV' && said !== undefined && shown.field.name === 'OUT' && said.text !== eu && UNITS.has(eu)) {
        faults.add('CFG_UNIT_MISMATCH', said.at, `unit ${said.text}`, `${eu}, the unit of ${tag.module.tag.text}`)
      }
      settle(node, measureOf(eu))
    }
  }
  for (const { index, block, field } of outputs) settle(nodeOf(block, field), measureOf(points.outputs[index] ?? ''))
  for (const wire of wires) {
    if (wire.field.role !== 'wire-in' || (wire.from.kind !== 'input' && wire.from.kind !== 'readback')) continue
    const measure = measureAt(wire.from)
    if (measure.kind === 'quantity' && !isFixed(wire.field)) settle(nodeOf(wire.to, wire.field), measure)
  }
  spread()

  const inputsOf = (block: BlockSpec, formula: Formula): Measure[] =>
    formula.inputs.map(({ field, unit }) => {
      const declared = unit === undefined ? undefined : measureOf(unit.text)
      if (declared !== undefined) return declared
      const wire = into.get(block)?.get(field)
      return wire === undefined ? UNKNOWN : measureAt(wire.from)
    })
  let waiting = blocks.flatMap((block) =>
    (block.formula?.expressions ?? []).map((expression) => ({ block, formula: block.formula!, expression })),
  )
  for (let last = false; waiting.length > 0; ) {
    const later: typeof waiting = []
    // The wires of a block with many expressions are looked at once a round.
    let known: readonly Measure[] = []
    let of: BlockSpec | undefined
    for (const work of waiting) {
      const { block, formula, expression } = work
      if (of !== block) known = inputsOf(block, formula)
      of = block
      if (!last && expression.uses.some((i) => known[i]?.kind === 'unknown')) {
        later.push(work)
        continue
      }
      const node = expression.out === undefined ? undefined : nodeOf(block, expression.out)
      const result = checkExpression(faults, expression, known, node?.measure)
      if (result?.kind !== 'quantity' || node === undefined) continue
      settle(node, result.name === '' ? measureOf(measureText(result)) : result)
      spread()
      of = undefined
    }
    last = later.length === waiting.length
    waiting = later
  }

  for (const block of blocks) convertInputs(faults, block, into.get(block), measureAt)
  for (const wire of wires) {
    if (wire.field.role !== 'wire-in') continue
    if (wire.to.formula?.inputs.some((i) => i.field === wire.field) === true) continue
    const [from, to] = [measureAt(wire.from), nodeOf(wire.to, wire.field).measure ?? UNKNOWN]
    const problem = misfit(from, to)
    if (problem === undefined) continue
    const source = wire.from.kind === 'field' ? `${wire.from.block.key}.${wire.from.field.name}` : 'the point'
    faults.add(
      'CFG_UNIT_MISMATCH',
      wire.at,
      `${source} in ${measureText(from)} for ${wire.to.key}.${wire.field.name} in ${measureText(to)}`,
      problem === 'scale'
        ? `one unit at both ends, or a CALC between with 'let: {x: {from: ..., unit: ${measureText(to)}}}'`
        : 'one dimension at both ends',
    )
  }
  for (const { index, block, field } of outputs) {
    const from = nodeOf(block, field).measure ?? UNKNOWN
    const to = measureOf(points.outputs[index] ?? '') ?? UNKNOWN
    if (misfit(from, to) === undefined) continue
    const found = `${block.key}.${field.name} in ${measureText(from)} for a point in ${measureText(to)}`
    faults.add('CFG_UNIT_MISMATCH', block.places.get(field.name) ?? block.at, found, 'an output block between')
  }
  return (block, field) => nodeOf(block, field).measure?.name ?? ''
}

/** Inputs and outputs of a program each stand for themselves; all else shares by the word in the declaration. */
function symbolOf(block: BlockSpec, field: FieldDecl): string {
  const own = /^(IN|OUT)_?\d+$/.test(field.name) && field.unit !== '1' && isProgrammed(block)
  return own ? ` ${field.name}` : field.unit
}

const isProgrammed = (block: BlockSpec): boolean => block.type.fields.some((f) => f.name === 'PROGRAM')

const isFixed = (field: FieldDecl): boolean => measureOf(field.unit) !== undefined

/** The measure of the result; undefined after a fault. */
function checkExpression(
  faults: Faults,
  { measure, empirical, at, text_at }: FormulaExpression,
  measures: readonly Measure[],
  expected: Quantity | undefined,
): Measure | undefined {
  if (measure === undefined || empirical) return undefined
  const checked = measure(measures)
  if ('found' in checked) {
    faults.add('CFG_UNIT_MISMATCH', placeIn(at, text_at, checked.offset), checked.found, checked.expected)
    return undefined
  }
  const { result } = checked
  if (expected === undefined || misfit(result, expected) === undefined) return result
  const scale = misfit(result, expected) === 'scale'
  faults.add(
    'CFG_UNIT_MISMATCH',
    at,
    `a result in ${measureText(result)} where ${measureText(expected)} is meant`,
    scale
      ? `names declared in units that give ${measureText(expected)}, as 'let: {x: {from: ..., unit: ...}}'`
      : "one dimension, or 'empirical: true' where the coefficients have units of their own",
  )
  return undefined
}

/** Works conversions of declared names into the block's program. */
function convertInputs(
  faults: Faults,
  block: BlockSpec,
  into: ReadonlyMap<FieldDecl, Wire> | undefined,
  measureAt: (from: Origin) => Measure,
): void {
  const { formula } = block
  if (formula === undefined) return
  const conversions = new Map<number, Conversion>()
  formula.inputs.forEach(({ name, field, unit }, i) => {
    const to = unit === undefined ? undefined : measureOf(unit.text)
    const wire = into?.get(field)
    if (unit === undefined || to === undefined || wire === undefined || wire.from.kind === 'constant') return
    const from = measureAt(wire.from)
    if (from.kind !== 'quantity') {
      const source = wire.from.kind === 'field' ? `${wire.from.block.key}.${wire.from.field.name}` : 'the point'
      const found = `'${name}' in ${unit.text} from ${source} of unknown unit`
      faults.add('CFG_UNIT_MISMATCH', unit.at, found, "a source whose unit is known: give its block a 'unit'")
      return
    }
    const made = conversion(from, to)
    if (made === undefined) {
      faults.add(
        'CFG_UNIT_MISMATCH',
        unit.at,
        `'${name}' in ${unit.text} from ${measureText(from)}`,
        `a unit of the dimension of ${measureText(from)}`,
      )
    } else if (made.factor !== 1 || made.offset !== 0) conversions.set(i, made)
  })
  if (conversions.size === 0) return
  const program = formula.compile(conversions)
  if (program !== undefined) block.values.set('PROGRAM', program)
  else
    faults.add(
      'CFG_EXPRESSION',
      formula.at,
      'an expression too long with its conversions',
      'a shorter one, or two blocks',
    )
}
