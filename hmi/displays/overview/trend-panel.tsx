import { memo } from 'react'
import { LimitChip } from '../../alarm/limit-chip.tsx'
import { useStation, useTag, useTrendVersion } from '../../link/use-station.ts'
import { formatValue } from '../../model/format.ts'
import { driftOf, SLOPE_WINDOW_MS } from '../../model/margins.ts'
import { texts } from '../../model/texts.ts'
import { Trend } from '../../widgets/trend.tsx'
import { ValueText } from '../../widgets/value-text.tsx'

interface Props {
  readonly tag: string
  readonly span_min: number
  readonly onSelect: (tag: string) => void
}

/** One of the key trends, with the value and its rate at the end of the curve. */
export const TrendPanel = memo(function TrendPanel({ tag, span_min, onSelect }: Props) {
  const view = useTag(tag)
  if (view === undefined) return <div className="trend-panel panel">{tag}</div>
  const { record } = view
  const pv = view.show('PV', record.decimals)
  return (
    <button
      type="button"
      className="trend-panel panel"
      data-nav={tag}
      data-testid={`trend-${tag}`}
      title={`${tag} ${record.description}`}
      onClick={() => onSelect(tag)}
    >
      <span className="trend-title">{texts.overview.trend(tag, record.description, span_min)}</span>
      <svg className="trend-chip" width="18" height="18" aria-hidden="true">
        <LimitChip tag={tag} x={0} y={0} size={18} />
      </svg>
      <Trend record={record} span_min={span_min} />
      <span className="trend-value">
        <ValueText presentation={pv} />
        <span className="unit">{pv.age === '' ? record.eu : pv.age}</span>
        <Rate tag={tag} span_min={span_min} decimals={record.decimals} span={record.hi - record.lo} />
      </span>
    </button>
  )
})

/** Shown only when it stands out of the scatter and is above 0.2 % of the span a minute. */
function Rate({ tag, span_min, decimals, span }: { tag: string; span_min: number; decimals: number; span: number }) {
  const { trends, store } = useStation()
  useTrendVersion()
  const { t_ms, values } = trends.track(tag, 'PV', span_min * 60_000).read(store.scan().t_ms - SLOPE_WINDOW_MS)
  const { slope_per_min: slope, clear } = driftOf(t_ms, values)
  const shown = clear && Math.abs(slope) > 0.002 * span
  return (
    <span className="rate">
      {shown ? `${slope > 0 ? '+' : '-'}${formatValue(Math.abs(slope), Math.max(decimals, 1))}/min` : ''}
    </span>
  )
}
