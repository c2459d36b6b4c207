/**
 * Where the blocks of a module stand in its diagram: from left to right in the order of the data flow. Derived from the text,
 * so that it cannot disagree with it; `flyball docs` writes it beside the sheets for tools that draw themselves.
 */
import type { ModelBlock, ModelModule } from '../../controller/core/strategy/model.ts'

export const BLOCK_W = 150
export const HEAD_H = 34
export const PIN_H = 16
export const COLUMN_GAP = 150
export const MARGIN = 12
export const PILL_W = 170
const ROW_GAP = 26

export interface Placed {
  readonly block: ModelBlock
  /** Longest way from a source: the column. */
  readonly level: number
  readonly x: number
  readonly y: number
  readonly h: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export interface WireSource {
  readonly block: ModelBlock
  readonly field: string
  /** The wire carries the value of the scan before. */
  readonly before: boolean
}

export interface ModuleLayout {
  /** By the block's key. */
  readonly placed: ReadonlyMap<string, Placed>
  readonly right: number
  readonly bottom: number
  /** The block of this module that a wire's text names; undefined for a point, a constant or another module. */
  sourceOf(text: string): WireSource | undefined
}

/** BKCAL runs against the data flow and places nothing. */
export const isAnswer = (name: string): boolean => name.startsWith('BKCAL')
/** An output that writes a point. */
export const isOutput = (name: string, text: string): boolean => /^OUT/.test(name) && text.includes('/')

export function layoutOf(module: ModelModule): ModuleLayout {
  const own = new Map(module.blocks.map((b) => [b.key, b]))
  const sourceOf = (text: string): WireSource | undefined => {
    const match = /^([^. ]+\.[^. ]+)\.([A-Z0-9_]+)( \(scan before\))?$/.exec(text)
    const block = match === null ? undefined : own.get(match[1]!)
    return block === undefined ? undefined : { block, field: match![2]!, before: match![3] !== undefined }
  }
  const level = levelsOf(module.blocks, (block) =>
    Object.entries(block.wires).flatMap(([name, text]) => {
      const source = isAnswer(name) ? undefined : sourceOf(text)
      return source === undefined || source.before ? [] : [source.block]
    }),
  )
  const used = new Map<string, Set<string>>()
  for (const block of module.blocks) {
    for (const text of Object.values(block.wires)) {
      const source = sourceOf(text)
      if (source === undefined) continue
      const set = used.get(source.block.key) ?? new Set()
      used.set(source.block.key, set.add(source.field))
    }
  }
  const placed = new Map<string, Placed>()
  const columns: number[] = []
  const left = MARGIN + PILL_W + 40
  for (const block of module.blocks) {
    const column = level.get(block)!
    const inputs = Object.entries(block.wires).flatMap(([n, t]) => (isOutput(n, t) ? [] : [n]))
    const written = Object.entries(block.wires).flatMap(([n, t]) => (isOutput(n, t) ? [n] : []))
    const outputs = [...new Set([...(used.get(block.key) ?? []), ...written])]
    const h = HEAD_H + PIN_H * Math.max(1, inputs.length, outputs.length) + 6
    const y = columns[column] ?? MARGIN
    placed.set(block.key, { block, level: column, x: left + column * (BLOCK_W + COLUMN_GAP), y, h, inputs, outputs })
    columns[column] = y + h + ROW_GAP
  }
  return {
    placed,
    right: left + Math.max(0, ...level.values()) * (BLOCK_W + COLUMN_GAP) + BLOCK_W,
    bottom: Math.max(...columns.filter((y) => y !== undefined), 60),
    sourceOf,
  }
}

/** The layout of all modules as JSON: column and place of each block, wires by their ends. */
export function layoutText(modules: readonly ModelModule[]): string {
  const all = modules.map((module) => {
    const { placed } = layoutOf(module)
    const blocks = [...placed.values()].map(({ block, level, x, y, h }) => ({
      block: block.key,
      type: block.type,
      column: level,
      x,
      y,
      width: BLOCK_W,
      height: h,
      wires: block.wires,
    }))
    return { module: module.tag, blocks }
  })
  return `${JSON.stringify(all, null, 1)}\n`
}

/** Longest way from a source; a ring counts once. */
function levelsOf(
  blocks: readonly ModelBlock[],
  sources: (block: ModelBlock) => readonly ModelBlock[],
): ReadonlyMap<ModelBlock, number> {
  const levels = new Map<ModelBlock, number>()
  const visit = (block: ModelBlock, above: ReadonlySet<ModelBlock>): number => {
    const known = levels.get(block)
    if (known !== undefined) return known
    const next = new Set(above).add(block)
    const level = Math.max(-1, ...sources(block).map((s) => (next.has(s) ? -1 : visit(s, next)))) + 1
    levels.set(block, level)
    return level
  }
  for (const block of blocks) visit(block, new Set())
  return levels
}
