import type { TagRecord } from '../../contracts/artifact.ts'
import type { TagView } from '../link/use-station.ts'
import { formatValue } from '../model/format.ts'
import { place } from '../model/scale.ts'
import { texts } from '../model/texts.ts'

const PAD = 12

interface Props {
  readonly view: TagView
  readonly out: NonNullable<TagRecord['out']>
  readonly height: number
  readonly draft: { readonly field: string; readonly value: number } | null
}

/** PV and SP on one scale, OUT beside it; what is being typed stands there as a ghost before it is sent. */
export function Bars({ view, out, draft, height: H }: Props) {
  const { record, readings } = view
  const { lo, hi, limits, desired, decimals } = record
  const span = H - 2 * PAD
  const yOf = (value: number, a: number, b: number) => PAD + span * (1 - (place(value, a, b)?.frac ?? 0))
  const y = (value: number) => yOf(value, lo, hi)
  const pv = view.show('PV', decimals)
  const outShown = view.show('OUT', out.decimals)
  const pvKnown = pv.text !== '----' && pv.text !== ''
  const pvValue = readings.PV?.value ?? Number.NaN
  const outValue = readings.OUT?.value ?? Number.NaN
  const sp = readings.SP?.value
  const hasOut = record.fields.OUT !== undefined
  return (
    <svg width={hasOut ? 178 : 112} height={H + 22} className="bars" aria-hidden="true">
      <text x="2" y={PAD + 4} className="mimic-label">
        {formatValue(hi, decimals)}
      </text>
      <text x="2" y={PAD + span + 4} className="mimic-label">
        {formatValue(lo, decimals)}
      </text>
      <g transform="translate(62 0)">
        <rect x="0" y={PAD} width="30" height={span} className="scale" />
        {desired !== undefined && (
          <rect x="24" y={y(desired[1])} width="6" height={y(desired[0]) - y(desired[1])} className="desired" />
        )}
        {pvKnown && (
          <rect
            x="0"
            y={PAD}
            width="22"
            height={span}
            className="pv-bar"
            style={grown(H, place(pvValue, lo, hi)?.frac ?? 0)}
          />
        )}
        {pv.hatch && <rect x="0" y={PAD} width="30" height={span} fill="url(#hatch)" />}
        <rect x="0" y={PAD} width="30" height={span} className="scale-frame" />
        {[limits.hihi, limits.hi, limits.lo, limits.lolo].map(
          (limit) =>
            limit !== undefined && (
              <line key={limit} x1="22" x2="34" y1={y(limit)} y2={y(limit)} className="limit-line" />
            ),
        )}
        {[limits.trip_hi, limits.trip_lo].map(
          (trip) =>
            trip !== undefined && <line key={trip} x1="-5" x2="35" y1={y(trip)} y2={y(trip)} className="trip-line" />,
        )}
        {sp !== undefined && Number.isFinite(sp) && <path d={`M-15 ${y(sp)}l7 -6l7 6l-7 6Z`} className="sp-mark" />}
        {draft?.field === 'SP' && <path d={`M-15 ${y(draft.value)}l7 -6l7 6l-7 6Z`} className="ghost" />}
        <text x="15" y={H + 14} textAnchor="middle" className="mimic-label">
          {texts.faceplate.pv}
        </text>
      </g>
      {hasOut && (
        <g transform="translate(134 0)">
          <rect x="0" y={PAD} width="30" height={span} className="scale" />
          {outShown.text !== '----' && (
            <rect
              x="0"
              y={PAD}
              width="30"
              height={span}
              className="pv-bar"
              style={grown(H, place(outValue, out.lo, out.hi)?.frac ?? 0)}
            />
          )}
          {outShown.hatch && <rect x="0" y={PAD} width="30" height={span} fill="url(#hatch)" />}
          <rect x="0" y={PAD} width="30" height={span} className="scale-frame" />
          {draft?.field === 'OUT' && (
            <path d={`M-13 ${yOf(draft.value, out.lo, out.hi) - 6}l11 6l-11 6Z`} className="ghost" />
          )}
          <text x="15" y={H + 14} textAnchor="middle" className="mimic-label">
            {texts.faceplate.out}
          </text>
        </g>
      )}
    </svg>
  )
}

/** Grows from the lower end of the bar, by transform only. */
const grown = (H: number, frac: number) => ({
  transform: `scaleY(${frac.toFixed(4)})`,
  transformOrigin: `0 ${H - PAD}px`,
})
