import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import type { TagField, TagRecord } from '../../contracts/artifact.ts'
import { useStation, useTrendVersion } from '../link/use-station.ts'
import { alignTo, gapsToNull } from '../model/align.ts'
import { formatMinute } from '../model/format.ts'
import { trendRange, valueTicks } from '../model/trend-range.ts'
import { tokens } from '../theme/tokens.ts'
import { useTheme } from '../theme/use-theme.ts'

interface Props {
  readonly record: TagRecord
  readonly span_min: number
  /** Drawn on their own scale beside PV and SP. */
  readonly out?: boolean
}

const FONT = '13px "Inter Variable", sans-serif'

/** PV, SP and, on its own scale, OUT over the last minutes. Drawn once a second at most; a gap stays a gap. */
export function Trend({ record, span_min, out = false }: Props) {
  const { trends, store } = useStation()
  const theme = useTheme()
  const version = useTrendVersion()
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const newest = useRef(record)
  newest.current = record

  useEffect(() => {
    const element = host.current!
    const plotted = new uPlot(
      optionsFor(theme, () => newest.current, span_min, out, element),
      emptyData(out),
      element,
    )
    plot.current = plotted
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) plotted.setSize({ width: element.clientWidth, height: element.clientHeight })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      plotted.destroy()
      plot.current = null
    }
  }, [theme, span_min, out])

  // biome-ignore lint/correctness/useExhaustiveDependencies: version and theme say when to draw anew
  useEffect(() => {
    if (plot.current === null) return
    const span_ms = span_min * 60_000
    const now_ms = store.scan().t_ms
    const series = (field: TagField) => trends.track(record.tag, field, span_ms).read(now_ms - span_ms)
    const pv = series('PV')
    const t_s = pv.t_ms.map((t) => t / 1000)
    const pvs = gapsToNull(pv.values)
    const aligned = (field: TagField) => {
      if (record.fields[field] === undefined) return pv.t_ms.map(() => null)
      const s = series(field)
      return alignTo(pv.t_ms, s.t_ms, s.values)
    }
    const sps = aligned('SP')
    const data: uPlot.AlignedData = out ? [t_s, pvs, sps, aligned('OUT')] : [t_s, pvs, sps]
    plot.current.batch(() => {
      plot.current?.setData(data, false)
      plot.current?.setScale('x', { min: (now_ms - span_ms) / 1000, max: now_ms / 1000 })
      const [min, max] = trendRange(record, pvs, sps)
      plot.current?.setScale('y', { min, max })
      if (out) plot.current?.setScale('out', { min: record.out?.lo ?? 0, max: record.out?.hi ?? 100 })
    })
  }, [version, theme, record, span_min, out, store, trends])

  return <div className="trend-canvas" ref={host} aria-hidden="true" />
}

const emptyData = (out: boolean): uPlot.AlignedData => (out ? [[], [], [], []] : [[], [], []])

function optionsFor(
  theme: 'light' | 'dark',
  record: () => TagRecord,
  span_min: number,
  out: boolean,
  host: HTMLElement,
): uPlot.Options {
  const t = tokens[theme]
  const axis = { stroke: t.text2, font: FONT, ticks: { show: false }, grid: { show: false } }
  const series: uPlot.Series[] = [
    {},
    { scale: 'y', stroke: t.pens[0]!, width: 1.5, points: { show: false } },
    { scale: 'y', stroke: t.text, width: 1, dash: [4, 3], points: { show: false } },
  ]
  if (out) series.push({ scale: 'out', stroke: t.pens[1]!, width: 1, points: { show: false } })
  return {
    width: Math.max(host.clientWidth, 50),
    height: Math.max(host.clientHeight, 40),
    pxAlign: 0,
    cursor: { show: false },
    legend: { show: false },
    padding: [4, 4, 0, 0],
    scales: { x: { time: false, auto: false }, y: { auto: false }, out: { auto: false } },
    axes: [
      {
        ...axis,
        size: 20,
        gap: 2,
        splits: (_u, _i, min, max) => minuteTicks(min, max, span_min),
        values: (_u, splits) => splits.map((s) => formatMinute(s * 1000)),
      },
      {
        ...axis,
        scale: 'y',
        size: (_u, values) => 10 + 7.6 * Math.max(3, ...(values ?? []).map((v) => v.length)),
        gap: 4,
        splits: (u, _i, min, max) => ticksFor(u.bbox.height / devicePixelRatio, min, max),
        values: (_u, splits) => splits.map((s) => s.toFixed(axisDecimals(splits))),
      },
    ],
    series,
    hooks: { drawClear: [(u) => drawContext(u, record(), theme)] },
  }
}

/** Full quarter hours for an hour, full 5 minutes for a quarter; none so near the right edge that it would be cut. */
function minuteTicks(min_s: number, max_s: number, span_min: number): number[] {
  const step_s = span_min > 30 ? 900 : 300
  const ticks: number[] = []
  for (let s = Math.ceil(min_s / step_s) * step_s; s <= max_s - span_min * 2; s += step_s) ticks.push(s)
  return ticks
}

/** A number needs 16 px of height: two where there is little room, about one in 45 px where there is much. */
const ticksFor = (height_px: number, min: number, max: number): number[] =>
  valueTicks(min, max, height_px > 120 ? 4 : 2, Math.max(2, Math.floor(height_px / 17)))

const axisDecimals = (splits: readonly number[]): number => {
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0))
  return step >= 1 || step === 0 ? 0 : Math.min(4, Math.ceil(-Math.log10(step) - 1e-9))
}

/** Desired band and limit lines, below the curves. Limits outside the drawn range are left out. */
function drawContext(u: uPlot, record: TagRecord, theme: 'light' | 'dark'): void {
  const t = tokens[theme]
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  const y = (value: number) => u.valToPos(value, 'y', true)
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, width, height)
  ctx.clip()
  if (record.desired !== undefined) {
    ctx.fillStyle = t.desired
    ctx.globalAlpha = theme === 'light' ? 0.55 : 0.45
    ctx.fillRect(left, y(record.desired[1]), width, y(record.desired[0]) - y(record.desired[1]))
    ctx.globalAlpha = 1
  }
  for (const [name, limit] of Object.entries(record.limits)) {
    ctx.strokeStyle = name.startsWith('trip') ? t.text : t.line
    ctx.lineWidth = name.startsWith('trip') ? 2 : 1
    ctx.setLineDash(name.startsWith('trip') ? [6, 3] : [2, 3])
    ctx.beginPath()
    ctx.moveTo(left, y(limit))
    ctx.lineTo(left + width, y(limit))
    ctx.stroke()
  }
  ctx.strokeStyle = t.line
  ctx.setLineDash([])
  ctx.lineWidth = 1
  ctx.globalAlpha = 0.6
  ctx.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1)
  ctx.restore()
}
