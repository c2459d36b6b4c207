/**
 * A trend as inline SVG: pens over time in hours, with limit lines and a scale in engineering units.
 */
import { escapeHtml } from '../../protocols/core/html.ts'

export interface Pen {
  readonly color: string
  /** Dash pattern of SVG; absent: solid. */
  readonly dash?: string
  readonly values: ArrayLike<number>
}

export interface Line {
  readonly label: string
  readonly value: number
}

export interface Chart {
  readonly title: string
  readonly unit: string
  readonly decimals: number
  readonly t_h: ArrayLike<number>
  readonly pens: readonly Pen[]
  readonly limits: readonly Line[]
  /** Vertical marks: a disturbance, a trip. */
  readonly marks: readonly { readonly t_h: number; readonly label: string }[]
}

const WIDTH = 720
const HEIGHT = 220
const LEFT = 62
const RIGHT = 12
const TOP = 26
const BOTTOM = 26
/** Points a pen is drawn with: each column of pixels gets its smallest and largest value. */
const COLUMNS = WIDTH - LEFT - RIGHT

/** Steps of 1, 2 or 5 times a power of ten, about `count` of them between lo and hi. */
export function ticks(lo: number, hi: number, count: number): number[] {
  const raw = (hi - lo) / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10)
  const result: number[] = []
  for (let v = Math.ceil(lo / step) * step; v <= hi + step * 1e-9; v += step)
    result.push(Math.abs(v) < step * 1e-9 ? 0 : v)
  return result
}

export function renderChart(chart: Chart): string {
  const end = chart.t_h.length > 0 ? chart.t_h[chart.t_h.length - 1]! : 1
  let lo = Infinity
  let hi = -Infinity
  for (const pen of chart.pens) {
    for (let i = 0; i < pen.values.length; i++) {
      const v = pen.values[i]!
      if (v < lo) lo = v
      if (v > hi) hi = v
    }
  }
  if (!(lo <= hi)) {
    lo = 0
    hi = 1
  }
  // A limit belongs on the scale when the pens come within a third of their span of it.
  const reach = Math.max(hi - lo, Math.abs(hi) * 1e-3, 1e-9)
  for (const { value } of chart.limits) {
    if (value > hi && value - hi < reach * 0.5) hi = value
    if (value < lo && lo - value < reach * 0.5) lo = value
  }
  const pad = Math.max((hi - lo) * 0.06, Math.abs(hi) * 1e-4, 1e-6)
  lo -= pad
  hi += pad

  const x = (t: number): number => LEFT + (t / (end || 1)) * (WIDTH - LEFT - RIGHT)
  const y = (v: number): number => TOP + ((hi - v) / (hi - lo)) * (HEIGHT - TOP - BOTTOM)
  const out: string[] = [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(chart.title)}">`,
    `<text x="${LEFT}" y="15" class="t">${escapeHtml(chart.title)}</text>`,
    `<text x="${WIDTH - RIGHT}" y="15" class="u" text-anchor="end">${escapeHtml(chart.unit)}</text>`,
    `<rect x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${HEIGHT - TOP - BOTTOM}" class="f"/>`,
  ]
  const marks_y = ticks(lo, hi, 4)
  // Enough decimals that two neighbours differ.
  const step = marks_y.length > 1 ? marks_y[1]! - marks_y[0]! : 1
  const decimals = Math.min(6, Math.max(chart.decimals, Math.ceil(-Math.log10(step) - 1e-9)))
  for (const v of marks_y) {
    out.push(`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(v).toFixed(1)}" y2="${y(v).toFixed(1)}" class="g"/>`)
    out.push(
      `<text x="${LEFT - 6}" y="${(y(v) + 4).toFixed(1)}" class="a" text-anchor="end">${v.toFixed(decimals)}</text>`,
    )
  }
  for (const t of ticks(0, end, 8)) {
    out.push(`<line x1="${x(t).toFixed(1)}" x2="${x(t).toFixed(1)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" class="g"/>`)
    out.push(`<text x="${x(t).toFixed(1)}" y="${HEIGHT - 9}" class="a" text-anchor="middle">${+t.toFixed(3)} h</text>`)
  }
  for (const { label, value } of chart.limits) {
    if (value < lo || value > hi) continue
    out.push(
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" class="l"/>`,
    )
    out.push(
      `<text x="${WIDTH - RIGHT - 4}" y="${(y(value) - 3).toFixed(1)}" class="a" text-anchor="end">${escapeHtml(label)}</text>`,
    )
  }
  for (const mark of chart.marks) {
    out.push(
      `<line x1="${x(mark.t_h).toFixed(1)}" x2="${x(mark.t_h).toFixed(1)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" class="m"/>`,
    )
    out.push(`<text x="${(x(mark.t_h) + 3).toFixed(1)}" y="${TOP + 11}" class="a">${escapeHtml(mark.label)}</text>`)
  }
  for (const pen of chart.pens) {
    const dash = pen.dash === undefined ? '' : ` stroke-dasharray="${pen.dash}"`
    for (const path of paths(chart.t_h, pen.values, x, y)) {
      out.push(`<polyline points="${path}" fill="none" stroke="${pen.color}" stroke-width="1.4"${dash}/>`)
    }
  }
  out.push('</svg>')
  return out.join('\n')
}

/** Runs of finite values, each thinned to the extremes per column of pixels: a gap stays a gap, a spike stays a spike. */
function paths(
  t_h: ArrayLike<number>,
  values: ArrayLike<number>,
  x: (t: number) => number,
  y: (v: number) => number,
): string[] {
  const result: string[] = []
  const per = Math.max(1, Math.ceil(values.length / COLUMNS))
  let points: string[] = []
  const flush = (): void => {
    if (points.length > 1) result.push(points.join(' '))
    points = []
  }
  for (let from = 0; from < values.length; from += per) {
    let lo = -1
    let hi = -1
    for (let i = from; i < Math.min(from + per, values.length); i++) {
      const v = values[i]!
      if (Number.isNaN(v)) continue
      if (lo < 0 || v < values[lo]!) lo = i
      if (hi < 0 || v > values[hi]!) hi = i
    }
    if (lo < 0) {
      flush()
      continue
    }
    for (const i of lo === hi ? [lo] : [Math.min(lo, hi), Math.max(lo, hi)]) {
      points.push(`${x(t_h[i]!).toFixed(1)},${y(values[i]!).toFixed(1)}`)
    }
  }
  flush()
  return result
}
