/** Pieces of the safety report: tables, verdicts, and the two drawings that say more than a number. */
import { escapeHtml } from '../../protocols/core/html.ts'
import type { CauseConfig, SisConfig } from '../../safety/core/config.ts'
import type { Response } from '../../safety/proof/response.ts'
import { seconds } from '../../safety/proof/srs.ts'

/** A piece of page, already escaped. */
export interface Html {
  readonly html: string
}

export const raw = (html: string): Html => ({ html })
export type Cell = string | Html
export const cellHtml = (cell: Cell): string => (typeof cell === 'string' ? escapeHtml(cell) : cell.html)

export type Verdict = 'good' | 'warn' | 'bad' | 'none'
export const verdict = (kind: Verdict, text: string): Html => raw(`<span class="${kind}">${escapeHtml(text)}</span>`)

/** Short and of one piece: never broken over two lines. */
export const short = (text: string): Html => raw(`<span class="short">${escapeHtml(text)}</span>`)

/** @param numbers - columns to be set flush right */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  numbers: readonly number[] = [],
): string {
  const style = (i: number): string => (numbers.includes(i) ? ' class="num"' : '')
  const names = head.map((h, i) => `<th${style(i)}>${escapeHtml(h)}</th>`).join('')
  const top = head.every((h) => h === '') ? '' : `<thead><tr>${names}</tr></thead>`
  const body = rows.map((row) => `<tr>${row.map((cell, i) => `<td${style(i)}>${cellHtml(cell)}</td>`).join('')}</tr>`)
  return `<div class="wide"><table class="full">${top}<tbody>${body.join('')}</tbody></table></div>`
}

/** Name and value. */
export const facts = (rows: readonly (readonly [string, Cell])[]): string =>
  `<table class="full facts"><tbody>${rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${cellHtml(value)}</td></tr>`).join('')}</tbody></table>`

const WIDTH = 260

/** The span of a transmitter with pre-alarm and trip; what trips is filled. */
export function spanDrawing(config: SisConfig, c: CauseConfig): Html {
  const t = config.transmitters.find((x) => x.tag === c.inputs[0])
  if ('contact' in c.trip || t === undefined) return raw('')
  const at = (value: number): number => Math.round(((value - t.lo) / (t.hi - t.lo)) * WIDTH * 10) / 10
  const above = 'above' in c.trip
  const trip = at('above' in c.trip ? c.trip.above : c.trip.below)
  const pre = c.pre_alarm === undefined ? undefined : at(c.pre_alarm.at)
  const [from, to] = above ? [trip, WIDTH] : [0, trip]
  const amber =
    pre === undefined
      ? ''
      : `<rect x="${Math.min(pre, trip)}" y="3" width="${Math.abs(trip - pre)}" height="10" fill="#f3dfb3"/>`
  const title = escapeHtml(`${t.lo} to ${t.hi} ${t.unit}`)
  return raw(
    `<svg class="bar" width="${WIDTH + 2}" height="16" viewBox="-1 0 ${WIDTH + 2} 16" role="img" aria-label="${title}"><rect x="0" y="3" width="${WIDTH}" height="10" fill="#f4f6f8" stroke="#9aa3ad"/>${amber}<rect x="${from}" y="3" width="${to - from}" height="10" fill="#d9a5a1"/><line x1="${trip}" x2="${trip}" y1="0" y2="16" stroke="#b3261e" stroke-width="2"/></svg>`,
  )
}

const PARTS = [
  ['sensor_ms', '#1f4e79', 'sensor'],
  ['network_ms', '#5b8db8', 'T_SF'],
  ['scans_ms', '#2f7f79', 'scans'],
  ['delay_ms', '#c08a2d', 'delays'],
  ['valve_ms', '#7a7f87', 'stroke'],
] as const

/** The parts of a response, one beside the other, on a scale that ends with what is allowed. */
export function responseDrawing(way: Response, allowed_ms: number): Html {
  const scale = WIDTH / Math.max(allowed_ms, way.total_ms)
  let x = 0
  const bars = PARTS.map(([key, colour, name]) => {
    const width = way[key] * scale
    const bar = `<rect x="${x.toFixed(1)}" y="3" width="${width.toFixed(1)}" height="10" fill="${colour}"><title>${name} ${seconds(way[key])}</title></rect>`
    x += width
    return bar
  }).join('')
  const half = (allowed_ms / 2) * scale
  return raw(
    `<svg class="bar" width="${WIDTH + 2}" height="16" viewBox="-1 0 ${WIDTH + 2} 16" role="img" aria-label="${seconds(way.total_ms)} of ${seconds(allowed_ms)}"><rect x="0" y="3" width="${WIDTH}" height="10" fill="#f4f6f8" stroke="#9aa3ad"/>${bars}<line x1="${half.toFixed(1)}" x2="${half.toFixed(1)}" y1="0" y2="16" stroke="#16191d" stroke-dasharray="2 2"/></svg>`,
  )
}

export const responseLegend = (): string =>
  `<p class="lead">${PARTS.map(([, colour, name]) => `<svg width="10" height="10" style="display:inline"><rect width="10" height="10" fill="${colour}"/></svg> ${name}`).join(' &#160; ')} &#160; dashed: half of the time allowed.</p>`
