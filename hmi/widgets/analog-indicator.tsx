import { memo } from 'react'
import { LimitChip } from '../alarm/limit-chip.tsx'
import { useStation, useTag, useTrendVersion } from '../link/use-station.ts'
import { formatValue } from '../model/format.ts'
import { driftOf, SLOPE_WINDOW_MS } from '../model/margins.ts'
import { place, rateArrow, taskRange } from '../model/scale.ts'
import { shortName } from '../model/short-name.ts'
import { texts } from '../model/texts.ts'
import { ValueText } from './value-text.tsx'

const WIDTH = 62
const BAR_X = 19
const BAR_W = 14
const PAD = 8

interface Props {
  readonly tag: string
  readonly column: string
  readonly height: number
  readonly selected: boolean
  readonly onSelect: (tag: string) => void
}

/**
 * A value in its context: whole scale, desired band, zones beyond the limits, trip as a dashed line, set point as a
 * hollow diamond at the left, value as a solid pointer at the right. The pointer moves by transform only.
 */
export const AnalogIndicator = memo(function AnalogIndicator({ tag, column, height, selected, onSelect }: Props) {
  const view = useTag(tag)
  if (view === undefined)
    return (
      <div className="indicator missing" data-testid={`indicator-${tag}`}>
        <span className="indicator-tag">{tag}</span>
        <span className="unit">{texts.indicator.empty}</span>
      </div>
    )
  const { record, readings } = view
  const { limits, desired } = record
  const [lo, hi] = taskRange(record)
  const span = height - 2 * PAD
  const chip = height > 150 ? 20 : 17
  const y = (value: number) => PAD + span * (1 - (place(value, lo, hi)?.frac ?? 0))
  const pv = view.show('PV', record.decimals)
  const at = place(readings.PV?.value ?? Number.NaN, lo, hi)
  const sp = place(readings.SP?.value ?? Number.NaN, lo, hi)
  const known = pv.text !== '' && pv.text !== '----'
  return (
    <button
      type="button"
      className={selected ? 'indicator selected' : 'indicator'}
      data-testid={`indicator-${tag}`}
      data-nav={tag}
      title={`${tag} ${record.description}`}
      aria-pressed={selected}
      onClick={() => onSelect(tag)}
    >
      <span className="indicator-name">{shortName(record.description, column)}</span>
      <span className="indicator-tag">{tag}</span>
      <svg width={WIDTH} height={height} aria-hidden="true">
        <rect x={BAR_X} y={PAD} width={BAR_W} height={span} className="scale" />
        {desired !== undefined && <Zone className="desired" from={y(desired[1])} to={y(desired[0])} />}
        {limits.hi !== undefined && <Zone className="zone" from={PAD} to={y(limits.hi)} />}
        {limits.lo !== undefined && <Zone className="zone" from={y(limits.lo)} to={PAD + span} />}
        {limits.hihi !== undefined && <Zone className="zone-2" from={PAD} to={y(limits.hihi)} />}
        {limits.lolo !== undefined && <Zone className="zone-2" from={y(limits.lolo)} to={PAD + span} />}
        <rect x={BAR_X} y={PAD} width={BAR_W} height={span} className="scale-frame" />
        {[limits.hi, limits.lo, limits.hihi, limits.lolo].map(
          (limit, i) =>
            limit !== undefined &&
            limit > lo &&
            limit < hi && (
              // biome-ignore lint/suspicious/noArrayIndexKey: the four limits keep their order
              <line key={i} x1={BAR_X} x2={BAR_X + BAR_W} y1={y(limit)} y2={y(limit)} className="limit-line" />
            ),
        )}
        {[limits.trip_hi, limits.trip_lo].map(
          (trip, i) =>
            trip !== undefined && (
              // biome-ignore lint/suspicious/noArrayIndexKey: high and low trip keep their order
              <line key={i} x1={BAR_X - 5} x2={BAR_X + BAR_W + 5} y1={y(trip)} y2={y(trip)} className="trip-line" />
            ),
        )}
        <Recent tag={tag} y={y} />
        {pv.hatch && <rect x={BAR_X - 8} y={PAD} width={BAR_W + 16} height={span} fill="url(#hatch)" />}
        {sp !== undefined && (
          <path d="M-6 0L0 -5L6 0L0 5Z" className="sp-mark" style={moved(BAR_X - 9, PAD + span * (1 - sp.frac))} />
        )}
        {known && at !== undefined && (
          <g style={moved(BAR_X + BAR_W + 2, PAD + span * (1 - at.frac))}>
            <path d="M0 0L11 -6V6Z" className={pv.hatch ? 'pointer doubtful' : 'pointer'} />
            {at.outside === 'above' && <path d="M14 3L18 -5L22 3Z" className="pointer" />}
            {at.outside === 'below' && <path d="M14 -3L18 5L22 -3Z" className="pointer" />}
            <LimitChip tag={tag} x={11} y={-chip / 2} size={chip} />
          </g>
        )}
      </svg>
      <ValueText presentation={pv} testId={`pv-${tag}`} />
      <span className="unit">{pv.age === '' ? record.eu : pv.age}</span>
      {sp !== undefined && (
        <span className="sr-only">{`${texts.indicator.sp} ${formatValue(readings.SP?.value ?? 0, record.decimals)}`}</span>
      )}
    </button>
  )
})

function Zone({ className, from, to }: { className: string; from: number; to: number }) {
  return to > from ? <rect x={BAR_X} y={from} width={BAR_W} height={to - from} className={className} /> : null
}

/** Lowest and highest value of the last 10 min as a hairline beside the bar, and an arrow while it moves fast. */
function Recent({ tag, y }: { tag: string; y: (value: number) => number }) {
  const { trends, store } = useStation()
  useTrendVersion()
  const record = store.tag(tag)
  const { t_ms, values } = trends.track(tag, 'PV', RECENT_MS).read(store.scan().t_ms - RECENT_MS)
  let lo = Number.POSITIVE_INFINITY
  let hi = Number.NEGATIVE_INFINITY
  for (const v of values) {
    if (v < lo) lo = v
    if (v > hi) hi = v
  }
  if (record === undefined || lo > hi) return null
  const from = t_ms.findIndex((t) => t >= store.scan().t_ms - SLOPE_WINDOW_MS)
  const drift = driftOf(t_ms.slice(from), values.slice(from))
  return (
    <>
      <line x1={BAR_X + BAR_W + 1.5} x2={BAR_X + BAR_W + 1.5} y1={y(lo)} y2={y(hi)} className="recent" />
      {drift.clear && (
        <text x={BAR_X + BAR_W + 6} y={PAD + 8} className="rate-arrow">
          {rateArrow(drift.slope_per_min, record.lo, record.hi)}
        </text>
      )}
    </>
  )
}

const RECENT_MS = 10 * 60_000

const moved = (x: number, y: number) => ({ transform: `translate(${x}px, ${y.toFixed(1)}px)` })
