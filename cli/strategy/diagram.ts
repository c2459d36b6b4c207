/**
 * The diagram of a module: its blocks from left to right in the order of the data flow, wires between them, what comes from
 * elsewhere at the left and what leaves at the right. Derived from the text, so that it cannot disagree with it.
 */
import type { ModelBlock, ModelModule } from '../../controller/core/strategy/model.ts'

const BLOCK_W = 150
const HEAD_H = 34
const PIN_H = 16
const COLUMN_GAP = 150
const ROW_GAP = 26
const MARGIN = 12
const PILL_W = 170

interface Placed {
  readonly block: ModelBlock
  readonly x: number
  readonly y: number
  readonly h: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** An SVG of its own size, with a title for those who cannot see it. */
export function diagram(module: ModelModule): string {
  const own = new Map(module.blocks.map((b) => [b.key, b]))
  const sourceOf = (text: string): { block: ModelBlock; field: string; before: boolean } | undefined => {
    const match = /^([^. ]+\.[^. ]+)\.([A-Z0-9_]+)( \(scan before\))?$/.exec(text)
    const block = match === null ? undefined : own.get(match[1]!)
    return block === undefined ? undefined : { block, field: match![2]!, before: match![3] !== undefined }
  }
  const isAnswer = (name: string): boolean => name.startsWith('BKCAL')
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
  const isOutput = (name: string, text: string): boolean => /^OUT/.test(name) && text.includes('/')
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
    placed.set(block.key, { block, x: left + column * (BLOCK_W + COLUMN_GAP), y, h, inputs, outputs })
    columns[column] = y + h + ROW_GAP
  }
  const parts: string[] = []
  const wires: string[] = []
  const pinY = (p: Placed, pins: readonly string[], name: string): number =>
    p.y + HEAD_H + PIN_H * pins.indexOf(name) + 8
  const last = left + Math.max(0, ...level.values()) * (BLOCK_W + COLUMN_GAP) + BLOCK_W
  let lowest = Math.max(...columns.filter((y) => y !== undefined), 60)
  for (const p of placed.values()) {
    parts.push(
      `<g><rect x="${p.x}" y="${p.y}" width="${BLOCK_W}" height="${p.h}" class="block"/>`,
      `<text x="${p.x + 8}" y="${p.y + 15}" class="name">${html(p.block.name)}</text>`,
      `<text x="${p.x + 8}" y="${p.y + 28}" class="type">${html(p.block.type)}</text>`,
    )
    for (const name of p.inputs)
      parts.push(`<text x="${p.x + 6}" y="${pinY(p, p.inputs, name) + 4}" class="pin">${name}</text>`)
    for (const name of p.outputs) {
      parts.push(`<text x="${p.x + BLOCK_W - 6}" y="${pinY(p, p.outputs, name) + 4}" class="pin end">${name}</text>`)
    }
    parts.push('</g>')
    for (const [name, text] of Object.entries(p.block.wires)) {
      if (isOutput(name, text)) {
        const y = pinY(p, p.outputs, name)
        wires.push(`<path d="M${p.x + BLOCK_W} ${y}H${last + 40}" class="wire"/>`)
        parts.push(pill(last + 40, y, text))
        continue
      }
      const y = pinY(p, p.inputs, name)
      const source = sourceOf(text)
      // A wire over other columns would run behind their blocks: it is named at its end instead.
      const far = source !== undefined && !isAnswer(name) && level.get(p.block)! - level.get(source.block)! > 1
      if (source === undefined || far) {
        // Straight to the left in the first column; further in it stands right beside its pin, so that no wire runs through a block.
        const at = level.get(p.block) === 0 ? MARGIN : p.x - COLUMN_GAP + 14
        const width = level.get(p.block) === 0 ? PILL_W : COLUMN_GAP - 26
        wires.push(`<path d="M${at + width} ${y}H${p.x}" class="wire"/>`)
        parts.push(pill(at, y, far ? text.slice(module.tag.length + 1) : text, width))
        continue
      }
      const from = placed.get(source.block.key)!
      const fromY = pinY(from, from.outputs, source.field)
      const [x1, x2] = [from.x + BLOCK_W, p.x]
      const kind = isAnswer(name) ? 'wire answer' : source.before ? 'wire before' : 'wire'
      if (x2 > x1) {
        const bend = (x1 + x2) / 2 + ((placed.size * 7 + p.inputs.indexOf(name) * 9) % 40) - 20
        wires.push(`<path d="M${x1} ${fromY}H${bend}V${y}H${x2}" class="${kind}"/>`)
      } else {
        // Against the data flow: round below both.
        const under = Math.max(from.y + from.h, p.y + p.h) + 8 + (p.inputs.indexOf(name) % 3) * 5
        lowest = Math.max(lowest, under + 8)
        wires.push(`<path d="M${x1} ${fromY}h12V${under}H${x2 - 12}V${y}H${x2}" class="${kind}"/>`)
      }
    }
  }
  const width = last + 40 + PILL_W + MARGIN
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${lowest + MARGIN}" width="${width}" role="img" aria-label="${html(`Blocks of ${module.tag}`)}"><title>${html(`Blocks of ${module.tag}`)}</title>${wires.join('')}${parts.join('')}</svg>`
}

function pill(x: number, y: number, text: string, width = PILL_W): string {
  const most = Math.floor((width - 10) / 6)
  const shown = text.length > most ? `…${text.slice(1 - most)}` : text
  return `<g><title>${html(text)}</title><rect x="${x}" y="${y - 8}" width="${width}" height="16" rx="8" class="pill"/><text x="${x + 7}" y="${y + 4}" class="pin">${html(shown)}</text></g>`
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

export function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
