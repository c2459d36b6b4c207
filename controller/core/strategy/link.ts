/**
 * Finds both ends of every wire, and lays the BKCAL wire beside every cascade.
 */

import { nearest } from '../../../numerics/nearest.ts'
import type { FieldDecl } from '../block.ts'
import { isWire } from '../layout.ts'
import type { Faults, Place } from './fault.ts'
import type { BlockSpec, WireSpec } from './read-block.ts'
import type { CascadeSpec } from './read-module.ts'

/** Where a wire comes from. */
export type Origin =
  | { readonly kind: 'field'; readonly block: BlockSpec; readonly field: FieldDecl }
  /** An input of the image, by its number. */
  | { readonly kind: 'input'; readonly index: number }
  /** The read-back of an output of the image, by its number. */
  | { readonly kind: 'readback'; readonly index: number }
  | { readonly kind: 'constant'; readonly value: number }

export interface Wire {
  readonly to: BlockSpec
  readonly field: FieldDecl
  readonly from: Origin
  readonly broken: boolean
  /** The engineer declared this cascade, so its ends may have different scan classes. */
  readonly declared: boolean
  readonly at: Place
}

/** An output of the image and the field that it takes its value from. */
export interface OutputWire {
  readonly index: number
  readonly block: BlockSpec
  readonly field: FieldDecl
}

export interface Linked {
  readonly wires: readonly Wire[]
  /** The wires to a block: the whole list is too long to be searched for each. */
  readonly into: WiresInto
  readonly outputs: readonly OutputWire[]
  /** A cascade could not be wired: an input that looks open may not be. */
  readonly doubtful: boolean
}

export type WiresInto = (block: BlockSpec) => readonly Wire[]

export function wiresInto(wires: readonly Wire[]): WiresInto {
  const into = new Map<BlockSpec, Wire[]>()
  for (const wire of wires) {
    const own = into.get(wire.to)
    if (own === undefined) into.set(wire.to, [wire])
    else own.push(wire)
  }
  return (block) => into.get(block) ?? []
}

/** Points of the io files: number by name. */
export interface Points {
  readonly inputs: ReadonlyMap<string, number>
  readonly outputs: ReadonlyMap<string, number>
  /** Whether a point is there but could not be read. */
  readonly isBroken: (point: string) => boolean
}

/** What could not be read, and has its own fault: a wire to it is not one more. */
export type IsBroken = (tag: string, block: string) => boolean

export function link(
  faults: Faults,
  blocks: readonly BlockSpec[],
  cascades: readonly CascadeSpec[],
  points: Points,
  isBroken: IsBroken,
): Linked {
  const byKey = new Map(blocks.map((b) => [b.key, b] as const))
  const wires: Wire[] = []
  const outputs: OutputWire[] = []
  const writers = new Map<number, string>()
  let doubtful = false

  for (const block of blocks) {
    for (const wire of block.wires) {
      if (wire.field.role === 'wire-out' || wire.field.role === 'back-out') {
        const index = outputPoint(faults, wire, points)
        if (index === undefined) continue
        const other = writers.get(index)
        if (other !== undefined) {
          faults.add(
            'CFG_TWO_WRITERS',
            wire.at,
            `${block.key} writing '${wire.from}'`,
            `one writer; ${other} writes it already`,
          )
          continue
        }
        writers.set(index, block.key)
        outputs.push({ index, block, field: wire.field })
      } else {
        const from = origin(faults, block, wire, byKey, points, isBroken)
        if (from !== undefined) {
          wires.push({ to: block, field: wire.field, from, broken: wire.broken, declared: false, at: wire.at })
        }
      }
    }
  }
  const index = new Map<string, number>(wires.map((w, i) => [`${w.to.key}.${w.field.name}`, i]))
  for (const cascade of cascades) {
    const made = cascadeWire(faults, cascade, byKey, isBroken)
    if (made === undefined) {
      doubtful = true
      continue
    }
    const key = `${made.to.key}.${made.field.name}`
    const same = index.get(key)
    if (same === undefined) index.set(key, wires.push(made) - 1)
    // Written at both ends: the same wire, now declared.
    else if (sameField(wires[same]!.from, made.from)) wires[same] = { ...wires[same]!, declared: true }
    else {
      faults.add(
        'CFG_DUPLICATE_WIRE',
        made.at,
        `a second source for ${made.to.key}.${made.field.name}`,
        'one source for an input',
      )
    }
  }
  const all = [...wires, ...backWires(faults, wires)]
  return { wires: all, into: wiresInto(all), outputs, doubtful }
}

function outputPoint(faults: Faults, wire: WireSpec, points: Points): number | undefined {
  // Numbers on outputs are start values and never become wires.
  if (typeof wire.from === 'number') return undefined
  const index = points.outputs.get(wire.from)
  if (index !== undefined || points.isBroken(wire.from)) return index
  if (points.inputs.has(wire.from)) {
    faults.add('CFG_POINT_DIRECTION', wire.at, `the input point '${wire.from}'`, 'an output point of io/')
  } else {
    faults.add(
      'CFG_UNKNOWN_POINT',
      wire.at,
      `'${wire.from}'`,
      'an output point of io/',
      nearest(wire.from, points.outputs.keys()),
    )
  }
  return undefined
}

function origin(
  faults: Faults,
  block: BlockSpec,
  wire: WireSpec,
  byKey: ReadonlyMap<string, BlockSpec>,
  points: Points,
  isBroken: IsBroken,
): Origin | undefined {
  if (typeof wire.from === 'number') return { kind: 'constant', value: wire.from }
  if (wire.from.includes('/')) {
    const input = points.inputs.get(wire.from)
    if (input !== undefined) return { kind: 'input', index: input }
    const output = points.outputs.get(wire.from)
    if (output !== undefined) return { kind: 'readback', index: output }
    if (points.isBroken(wire.from)) return undefined
    const all = [...points.inputs.keys(), ...points.outputs.keys()]
    faults.add('CFG_UNKNOWN_POINT', wire.at, `'${wire.from}'`, 'a point of io/', nearest(wire.from, all))
    return undefined
  }
  const parts = wire.from.split('.')
  const [blockKey, fieldName] =
    parts.length === 2
      ? [`${block.module.tag.text}.${parts[0]}`, parts[1]!]
      : [`${parts[0]}.${parts[1]}`, parts[2] ?? '']
  const source = parts.length === 2 || parts.length === 3 ? byKey.get(blockKey) : undefined
  if (source === undefined) {
    if (isBroken(...(blockKey.split('.') as [string, string]))) return undefined
    const own = [...byKey.values()].filter((b) => b.module === block.module).map((b) => b.name)
    const candidates = parts.length === 2 ? own : [...byKey.keys()]
    const near = nearest(parts.length === 2 ? parts[0]! : blockKey, candidates)
    const expected = 'BLOCK.FIELD of this module, TAG.BLOCK.FIELD, a point of io/, a number or none'
    faults.add('CFG_UNKNOWN_WIRE', wire.at, `'${wire.from}'`, expected, near === '' ? '' : `${near}.${fieldName}`)
    return undefined
  }
  const field = source.type.fields.find((f) => f.name === fieldName)
  if (field !== undefined && isWire(field.role)) return { kind: 'field', block: source, field }
  const names = source.type.fields.filter((f) => isWire(f.role)).map((f) => f.name)
  const near = nearest(fieldName, names)
  const hint = near === '' ? '' : [...parts.slice(0, -1), near].join('.')
  faults.add('CFG_UNKNOWN_WIRE', wire.at, `'${wire.from}'`, `a wire of ${source.type.type} (${names.join(', ')})`, hint)
  return undefined
}

const sameField = (a: Origin, b: Origin): boolean =>
  a.kind === 'field' && b.kind === 'field' && a.block === b.block && a.field === b.field

/** `{master: TIC-100.PID1, slave: FIC-101.PID1}`: the master's OUT to the slave's CAS_IN. */
function cascadeWire(
  faults: Faults,
  cascade: CascadeSpec,
  byKey: ReadonlyMap<string, BlockSpec>,
  isBroken: IsBroken,
): Wire | undefined {
  const end = (word: { text: string; at: Place }, fallback: string) => {
    const parts = word.text.split('.')
    const block = byKey.get(parts.slice(0, 2).join('.'))
    if (block === undefined && isBroken(parts[0]!, parts[1] ?? '')) return undefined
    if (block === undefined || parts.length < 2 || parts.length > 3) {
      faults.add(
        'CFG_UNKNOWN_BLOCK',
        word.at,
        `'${word.text}'`,
        'TAG.BLOCK of a module',
        nearest(word.text, byKey.keys()),
      )
      return undefined
    }
    const name = parts[2] ?? fallback
    const field = block.type.fields.find((f) => f.name === name && (f.role === 'wire-in' || f.role === 'wire-out'))
    if (field === undefined) {
      faults.add('CFG_UNKNOWN_WIRE', word.at, `'${word.text}' without ${name}`, `a block with a wire ${name}`)
      return undefined
    }
    return { block, field }
  }
  const master = end(cascade.master, 'OUT')
  const slave = end(cascade.slave, 'CAS_IN')
  if (master === undefined || slave === undefined) return undefined
  if (backPair(master.field, slave.field, master.block, slave.block) === undefined) {
    const less = backInOf(master.block, master.field) === undefined ? master.block : slave.block
    faults.add(
      'CFG_CASCADE_NO_BKCAL',
      cascade.master.at,
      `${less.key} (${less.type.type}) without BKCAL`,
      'two blocks that can shake hands',
    )
    return undefined
  }
  return {
    to: slave.block,
    field: slave.field,
    from: { kind: 'field', block: master.block, field: master.field },
    broken: false,
    declared: true,
    at: cascade.slave.at,
  }
}

/** The master's input for the handshake: OUT has BKCAL_IN, OUT_1 has BKCAL_IN_1. */
function backInOf(master: BlockSpec, out: FieldDecl): FieldDecl | undefined {
  if (!/^OUT(_?\d+)?$/.test(out.name)) return undefined
  const name = `BKCAL_IN${out.name.slice(3)}`
  return master.type.fields.find((f) => f.role === 'back-in' && f.name === name)
}

/** The slave's output for the handshake: CAS_IN has BKCAL_OUT, SEL_1 has BKCAL_SEL_1, IN_1 has BKCAL_OUT_1. */
function backOutOf(slave: BlockSpec, input: FieldDecl): FieldDecl | undefined {
  const names =
    input.name === 'CAS_IN' ? ['BKCAL_OUT'] : [`BKCAL_${input.name}`, input.name.replace(/^IN(?=_?\d)/, 'BKCAL_OUT')]
  return slave.type.fields.find((f) => f.role === 'back-out' && names.includes(f.name))
}

function backPair(out: FieldDecl, input: FieldDecl, master: BlockSpec, slave: BlockSpec) {
  const backIn = backInOf(master, out)
  const backOut = backOutOf(slave, input)
  return backIn === undefined || backOut === undefined ? undefined : { backIn, backOut }
}

/**
 * Beside each wire from a block that hears BKCAL to an input that answers it runs the answer. Sources without BKCAL
 * (calculations) need none: their slave goes straight to Cas [R2].
 */
function backWires(faults: Faults, wires: readonly Wire[]): Wire[] {
  const made: Wire[] = []
  const slaves = new Map<string, Wire>()
  const into = wiresInto(wires)
  for (const wire of wires) {
    if (wire.from.kind !== 'field' || wire.field.role !== 'wire-in' || wire.from.field.role !== 'wire-out') continue
    const master = wire.from.block
    const pair = backPair(wire.from.field, wire.field, master, wire.to)
    if (pair === undefined) {
      if (wire.field.name === 'CAS_IN' && backInOf(master, wire.from.field) !== undefined) {
        faults.add(
          'CFG_CASCADE_NO_BKCAL',
          wire.at,
          `${wire.to.key} (${wire.to.type.type}) without BKCAL_OUT`,
          `a block that answers ${master.key}`,
        )
      }
      continue
    }
    const out = `${master.key}.${wire.from.field.name}`
    const other = slaves.get(out)
    if (other !== undefined) {
      faults.add(
        'CFG_OUTPUT_USED_TWICE',
        wire.at,
        `'${out}' with a second slave ${wire.to.key}`,
        `one slave an output; ${other.to.key} has it already: use a splitter`,
      )
      continue
    }
    slaves.set(out, wire)
    const written = into(master).find((w) => w.field === pair.backIn)
    if (written !== undefined) {
      if (!(written.from.kind === 'field' && written.from.block === wire.to && written.from.field === pair.backOut)) {
        faults.add(
          'CFG_CASCADE_NO_BKCAL',
          written.at,
          `${master.key}.${pair.backIn.name} from elsewhere`,
          `${wire.to.key}.${pair.backOut.name}, the answer of its slave`,
        )
      }
    } else {
      made.push({
        to: master,
        field: pair.backIn,
        from: { kind: 'field', block: wire.to, field: pair.backOut },
        broken: false,
        declared: wire.declared,
        at: wire.at,
      })
    }
    if (!wire.declared && master.module !== wire.to.module && master.module.scan?.text !== wire.to.module.scan?.text) {
      faults.add(
        'CFG_CASCADE_SCAN_CLASS',
        wire.at,
        `a cascade from scan class '${master.module.scan?.text}' to '${wire.to.module.scan?.text}'`,
        `a line in 'cascade:', {master: ${master.key}, slave: ${wire.to.key}}, that says it is meant`,
      )
    }
  }
  return made
}

/** Inputs that must have a wire and have none. */
export function checkOpenInputs(faults: Faults, blocks: readonly BlockSpec[], into: WiresInto): void {
  for (const block of blocks) {
    for (const field of block.type.fields) {
      if (field.role !== 'wire-in' || field.optional === true) continue
      if (into(block).some((w) => w.field === field)) continue
      // A wire that was written but leads nowhere has been reported there.
      if (block.wires.some((w) => w.field === field)) continue
      const name = field.name.toLowerCase()
      faults.add(
        'CFG_MISSING_WIRE',
        block.at,
        `'${block.name}' without '${name}'`,
        `a wire for '${name}' of ${block.type.type}`,
      )
    }
  }
}
