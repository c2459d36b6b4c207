/**
 * The diagram of a module: its blocks from left to right in the order of the data flow, wires between them, what comes from
 * elsewhere at the left and what leaves at the right.
 */
import type { ModelModule } from '../../controller/core/strategy/model.ts'
import {
  BLOCK_W,
  COLUMN_GAP,
  HEAD_H,
  isAnswer,
  isOutput,
  layoutOf,
  MARGIN,
  PILL_W,
  PIN_H,
  type Placed,
} from './diagram-layout.ts'

/** An SVG of its own size, with a title for those who cannot see it. */
export function diagram(module: ModelModule): string {
  const { placed, right: last, bottom, sourceOf } = layoutOf(module)
  const parts: string[] = []
  const wires: string[] = []
  const pinY = (p: Placed, pins: readonly string[], name: string): number =>
    p.y + HEAD_H + PIN_H * pins.indexOf(name) + 8
  let lowest = bottom
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
      const from = source === undefined ? undefined : placed.get(source.block.key)!
      // A wire over other columns would run behind their blocks: it is named at its end instead.
      const far = source !== undefined && !isAnswer(name) && p.level - from!.level > 1
      if (source === undefined || from === undefined || far) {
        // Straight to the left in the first column; further in it stands right beside its pin, so that no wire runs through a block.
        const at = p.level === 0 ? MARGIN : p.x - COLUMN_GAP + 14
        const width = p.level === 0 ? PILL_W : COLUMN_GAP - 26
        wires.push(`<path d="M${at + width} ${y}H${p.x}" class="wire"/>`)
        parts.push(pill(at, y, far ? text.slice(module.tag.length + 1) : text, width))
        continue
      }
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

export function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
