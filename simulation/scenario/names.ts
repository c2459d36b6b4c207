/**
 * What the names of a scenario mean in an artifact: cells of the controller, blocks, points, devices.
 */
import type { Artifact, BlockRecord } from '../../contracts/artifact.ts'
import type { BlockType, FieldDecl } from '../../controller/core/block.ts'
import { BLOCK_TYPES } from '../../controller/core/blocks/index.ts'
import { type AnyLayout, inK, isWire, layoutOf } from '../../controller/core/layout.ts'
import { nearest } from '../../numerics/nearest.ts'

/** One number of a controller: a cell of S, or a constant of the strategy. */
export interface Cell {
  /** Offset in S; -1 for a constant. */
  readonly s: number
  /** Offset of the status in S; -1 where there is none. */
  readonly status: number
  readonly constant: number
  /** Words for numbers, as `auto`. */
  readonly words: Readonly<Record<string, number>>
  /** Period of the module it belongs to, ms. */
  readonly period_ms: number
}

export interface BlockRef {
  readonly index: number
  readonly record: BlockRecord
  readonly type: BlockType
  readonly layout: AnyLayout
  readonly period_ms: number
}

export interface Unknown {
  readonly found: string
  readonly expected: string
  readonly suggestion: string
  readonly code: 'CFG_UNKNOWN_TAG' | 'CFG_UNKNOWN_BLOCK' | 'CFG_UNKNOWN_FIELD' | 'CFG_UNKNOWN_POINT'
}

export interface Names {
  readonly artifact: Artifact
  readonly types: ReadonlyMap<string, BlockType>
  cell(path: string): Cell | Unknown
  /** `FIC-101.PID1`, or `FIC-101` for the block of its faceplate. */
  block(path: string): BlockRef | Unknown
  /** What can be written: index into `withAllWritable(artifact).control.writable`, and words for its values. */
  writable(path: string): { readonly target: number; readonly cell: Cell; readonly isMode: boolean } | Unknown
  /** Index into `control.inputs` and `control.outputs`; -1: none. */
  input(point: string): number
  output(point: string): number
  device(id: string): number
  /** The point a block's input comes from, or its output goes to: indices as above. */
  inputOf(block: BlockRef): number
  outputOf(block: BlockRef): number
}

export const isUnknown = (found: object): found is Unknown => 'found' in found

/** The artifact with everything that any block lets be written: a test is an operator and an engineer. */
export function withAllWritable(artifact: Artifact, types: ReadonlyMap<string, BlockType> = BLOCK_TYPES): Artifact {
  const { control } = artifact
  const own = new Set(control.writable.map((w) => w.key))
  const more = control.blocks.flatMap((record, block) => {
    const type = types.get(record.type)!
    return (type.write === undefined ? [] : (type.writable ?? []))
      .map((field) => ({
        key: `${record.id}.${field}`,
        block,
        field,
        kind: field === 'MODE' ? ('mode' as const) : ('real' as const),
      }))
      .filter((w) => !own.has(w.key))
  })
  return { ...artifact, control: { ...control, writable: [...control.writable, ...more] } }
}

/** @param artifact - as `withAllWritable` makes it */
export function createNames(artifact: Artifact, types: ReadonlyMap<string, BlockType> = BLOCK_TYPES): Names {
  const { control, io } = artifact
  const blocks = new Map(control.blocks.map((b, i) => [b.id, i] as const))
  const tags = new Map(artifact.tags.map((t) => [t.tag, t] as const))
  const inputs = new Map(control.inputs.map((p, i) => [p.point, i] as const))
  const outputs = new Map(control.outputs.map((p, i) => [p.point, i] as const))
  const layouts = new Map<string, AnyLayout>()
  const layoutFor = (type: string): AnyLayout => {
    const known = layouts.get(type) ?? layoutOf(types.get(type)!.fields)
    layouts.set(type, known)
    return known
  }
  const writables = new Map(control.writable.map((w, i) => [w.key, i] as const))
  const periods = new Float64Array(control.blocks.length)
  for (const c of control.classes)
    for (const step of c.steps) for (const b of step.blocks) periods[b] = c.every * artifact.tick_ms
  /** Cell in S from which a block's input is copied, and to which its output is. */
  const copied = control.classes.flatMap((c) => c.steps.flatMap((step) => step.copies))

  const refOf = (index: number): BlockRef => {
    const record = control.blocks[index]!
    return { index, record, type: types.get(record.type)!, layout: layoutFor(record.type), period_ms: periods[index]! }
  }
  const unknownTag = (tag: string): Unknown => ({
    code: 'CFG_UNKNOWN_TAG',
    found: `the tag '${tag}'`,
    expected: 'a tag of the strategy',
    suggestion: nearest(tag, tags.keys()),
  })
  const namesOf = (tag: string): string[] =>
    control.blocks.filter((b) => b.id.startsWith(`${tag}.`)).map((b) => b.id.slice(tag.length + 1))
  const face = (tag: string): number => {
    const { fields } = tags.get(tag)!
    const at = fields.MODE_ACTUAL ?? fields.OUT ?? fields.PV ?? Object.values(fields)[0]
    if (at === undefined) return -1
    const { s } = control.published[at]!
    return control.blocks.findIndex((b) => s >= b.s && s < b.s + layoutFor(b.type).s_count)
  }
  const block = (path: string): BlockRef | Unknown => {
    const dot = path.indexOf('.')
    const tag = dot < 0 ? path : path.slice(0, dot)
    if (!tags.has(tag)) return unknownTag(tag)
    const index = dot < 0 ? face(tag) : (blocks.get(path) ?? -1)
    if (index >= 0) return refOf(index)
    const name = path.slice(dot + 1)
    return {
      code: 'CFG_UNKNOWN_BLOCK',
      found: `'${path}'`,
      expected: `a block of ${tag} (${namesOf(tag).join(', ')})`,
      suggestion: dot < 0 ? '' : nearest(name, namesOf(tag)),
    }
  }
  const cellOf = (ref: BlockRef, decl: FieldDecl): Cell => {
    const base = { words: decl.names ?? {}, period_ms: ref.period_ms }
    if (inK(decl.role))
      return { ...base, s: -1, status: -1, constant: control.k_init[ref.record.k + ref.layout.K[decl.name]!] ?? 0 }
    const s = ref.record.s + ref.layout.S[decl.name]!
    return { ...base, s, status: isWire(decl.role) ? s + 1 : -1, constant: 0 }
  }
  const fieldOf = (ref: BlockRef, rest: string): Cell | Unknown => {
    const name = rest === 'mode.actual' ? 'MODE_ACTUAL' : rest === 'mode.target' ? 'MODE_TARGET' : rest
    const status = name.endsWith('.status')
    const decl = ref.type.fields.find((f) => f.name === (status ? name.slice(0, -'.status'.length) : name))
    if (decl !== undefined && (!status || isWire(decl.role))) {
      const cell = cellOf(ref, decl)
      return status ? { ...cell, s: cell.status, status: -1, words: {} } : cell
    }
    const all = ref.type.fields.map((f) => f.name)
    return {
      code: 'CFG_UNKNOWN_FIELD',
      found: `'${rest}'`,
      expected: `a field of ${ref.record.id} (${all.slice(0, 12).join(', ')}${all.length > 12 ? ', ...' : ''})`,
      suggestion: nearest(rest, all),
    }
  }
  const cell = (path: string): Cell | Unknown => {
    if (path.includes('/')) {
      const i = inputs.get(path)
      const o = outputs.get(path)
      const base = { constant: 0, words: {}, period_ms: artifact.tick_ms }
      if (i !== undefined) return { ...base, s: control.inputs[i]!.s, status: control.inputs[i]!.s + 1 }
      if (o !== undefined) return { ...base, s: control.outputs[o]!.s, status: control.outputs[o]!.s + 1 }
      return {
        code: 'CFG_UNKNOWN_POINT',
        found: `'${path}'`,
        expected: 'a point that the strategy uses',
        suggestion: nearest(path, [...inputs.keys(), ...outputs.keys()]),
      }
    }
    const [tag, second, ...rest] = path.split('.') as [string, string | undefined, ...string[]]
    const record = tags.get(tag)
    if (record === undefined) return unknownTag(tag)
    if (second === undefined) return { ...unknownTag(tag), found: `'${path}'`, expected: 'a value, as TAG.BLOCK.FIELD' }
    const index = blocks.get(`${tag}.${second}`)
    if (index !== undefined && rest.length > 0) return fieldOf(refOf(index), rest.join('.'))
    const face_index = face(tag)
    const short = second === 'mode' ? `MODE_${(rest[0] ?? '').toUpperCase()}` : second
    const at = (record.fields as Readonly<Record<string, number | undefined>>)[short]
    if (at !== undefined) {
      const p = control.published[at]!
      const base = { constant: 0, period_ms: record.scan_ms }
      if (rest.at(-1) === 'status' && p.status >= 0) return { ...base, s: p.status, status: -1, words: {} }
      if (rest.length === 0 || second === 'mode') {
        const words = face_index < 0 ? {} : (refOf(face_index).type.fields.find((f) => f.name === short)?.names ?? {})
        return { ...base, s: p.s, status: p.status, words }
      }
    }
    const known = [...namesOf(tag), ...Object.keys(record.fields)]
    return {
      code: index === undefined ? 'CFG_UNKNOWN_BLOCK' : 'CFG_UNKNOWN_FIELD',
      found: `'${path}'`,
      expected:
        index === undefined
          ? `a block or a value of ${tag} (${known.join(', ')})`
          : `a field behind it, as ${tag}.${second}.OUT`,
      suggestion: index === undefined ? nearest(second, known) : '',
    }
  }

  return {
    artifact,
    types,
    cell,
    block,
    writable(path) {
      const target = writables.get(path)
      if (target === undefined) {
        const owner = path.slice(0, path.lastIndexOf('.'))
        const there = [...writables.keys()].filter((key) => key.startsWith(`${owner}.`))
        if (there.length === 0) {
          const ref = cell(path)
          if (isUnknown(ref)) return ref
        }
        return {
          code: 'CFG_UNKNOWN_FIELD',
          found: `'${path}'`,
          expected: `something that can be written (${there.join(', ') || 'nothing at this place'})`,
          suggestion: nearest(path, there),
        }
      }
      const w = control.writable[target]!
      const ref = refOf(w.block)
      const shown = ref.type.fields.find((f) => f.name === (w.field === 'MODE' ? 'MODE_TARGET' : w.field))!
      return { target, cell: cellOf(ref, shown), isMode: w.kind === 'mode' }
    },
    input: (point) => inputs.get(point) ?? -1,
    output: (point) => outputs.get(point) ?? -1,
    device: (id) => io.devices.findIndex((d) => d.id === id),
    inputOf(ref) {
      for (let i = 0; i < copied.length; i += 2) {
        const to = copied[i + 1]!
        if (to < ref.record.s || to >= ref.record.s + ref.layout.s_count) continue
        const index = control.inputs.findIndex((p) => p.s === copied[i])
        if (index >= 0) return index
      }
      return -1
    },
    outputOf(ref) {
      for (let i = 0; i < copied.length; i += 2) {
        const from = copied[i]!
        if (from < ref.record.s || from >= ref.record.s + ref.layout.s_count) continue
        const index = control.outputs.findIndex((p) => p.s === copied[i + 1])
        if (index >= 0) return index
      }
      return -1
    },
  }
}
