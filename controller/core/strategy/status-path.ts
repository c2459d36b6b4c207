/**
 * Status paths: from each final element back to the measurements, so that no Bad reaches a valve for which nobody has said what
 * it then does.
 *
 * What a block does with a Bad input is in its type (`on_bad`). A path ends where a block holds or sheds: a controller goes to
 * Man and its output stays. It ends too in an expression that leaves the input alone while that is Bad, as `good(a) ? a : b` does
 * with a, and with a alone: whoever wrote that has thought of it. Where Bad passes all the way to an output block, that block's fault state must be written out.
 */
import type { BlockType, FieldDecl, OnBad } from '../block.ts'
import type { Faults } from './fault.ts'
import { readsWhileBad } from './guard.ts'
import type { Linked, Origin, OutputWire, Wire } from './link.ts'
import type { BlockSpec } from './read-block.ts'

/** The parameter that declares a fault state. */
const FAULT_STATE = 'FSTATE'

export const onBad = (type: BlockType, input: string): OnBad => type.on_bad?.[input] ?? 'passes'

/** Whether all expressions of a block leave this input alone while it is Bad. */
function isGuarded({ formula }: BlockSpec, field: FieldDecl): boolean {
  const input = formula?.inputs.findIndex((i) => i.field === field) ?? -1
  if (formula === undefined || input < 0) return false
  return !formula.expressions.some((e) => e.uses.includes(input) && readsWhileBad(e.program, input))
}

export function checkStatusPaths(
  faults: Faults,
  { wires, outputs }: Linked,
  points: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): void {
  const into = new Map<BlockSpec, Wire[]>()
  const outOf = new Map<BlockSpec, Wire[]>()
  const put = (map: Map<BlockSpec, Wire[]>, block: BlockSpec, wire: Wire): void => {
    const list = map.get(block)
    if (list === undefined) map.set(block, [wire])
    else list.push(wire)
  }
  /** The shortest way by which Bad comes out of a block, from its source on: by PV, and by any other output. */
  const ways = { pv: new Map<BlockSpec, readonly string[]>(), out: new Map<BlockSpec, readonly string[]>() }
  /** The way by which Bad comes to a wire; undefined where something stops it. */
  const wayTo = ({ from }: Wire): readonly string[] | undefined => {
    if (from.kind === 'constant') return undefined
    if (from.kind === 'input') return [points.inputs[from.index]!]
    if (from.kind === 'readback') return [`the read-back of ${points.outputs[from.index]!}`]
    const way = ways[isPv(from) ? 'pv' : 'out'].get(from.block)
    return way === undefined ? undefined : [...way, `${from.block.key}.${from.field.name}`]
  }
  let front: Wire[] = []
  for (const wire of wires) {
    if (wire.field.role !== 'wire-in') continue
    put(into, wire.to, wire)
    if (wire.from.kind === 'field') put(outOf, wire.from.block, wire)
    else front.push(wire)
  }
  // Step by step from the measurements on, so that the first way found is a shortest one and a ring of wires ends.
  while (front.length > 0) {
    const next: Wire[] = []
    for (const wire of front) {
      const way = wayTo(wire)
      if (way === undefined) continue
      const passes = onBad(wire.to.type, wire.field.name) === 'passes' && !isGuarded(wire.to, wire.field)
      for (const kind of ['pv', 'out'] as const) {
        if (ways[kind].has(wire.to) || (kind === 'out' && !passes)) continue
        ways[kind].set(wire.to, way)
        next.push(...(outOf.get(wire.to) ?? []).filter((w) => isPv(w.from) === (kind === 'pv')))
      }
    }
    front = next
  }

  for (const { block, field, index } of outputs) {
    for (const wire of into.get(block) ?? []) {
      const reaction = onBad(block.type, wire.field.name)
      if (reaction !== 'passes' && reaction !== 'fault_state') continue
      if (isGuarded(block, wire.field)) continue
      if (reaction === 'fault_state' && block.places.has(FAULT_STATE)) continue
      const way = wayTo(wire)
      if (way === undefined) continue
      faults.add(
        'CFG_STATUS_PATH',
        reaction === 'fault_state' ? block.at : (block.places.get(field.name) ?? block.at),
        `Bad of ${[...way, `${block.key}.${wire.field.name}`].join(' -> ')} with no reaction to it`,
        reaction === 'fault_state'
          ? `'fstate: hold' or 'fstate: value' of ${block.name}, written out`
          : `an output block with a fault state between ${block.key} and ${points.outputs[index]!}`,
      )
    }
  }
}

/** A PV is a measurement: it is as bad as what it shows, whatever the block itself does. */
const isPv = (from: Origin): boolean => from.kind === 'field' && from.field.name === 'PV'

/** For documentation: the final elements with what each does when its input is Bad. */
export function reactionOf({ block }: OutputWire): string {
  const states = Object.entries(block.type.fields.find((f) => f.name === FAULT_STATE)?.names ?? {})
  const chosen = block.values.get(FAULT_STATE)?.[0] ?? 0
  return states.find(([, n]) => n === chosen)?.[0] ?? ''
}
