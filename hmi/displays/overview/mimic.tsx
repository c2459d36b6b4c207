import { memo, useEffect, useRef, useState } from 'react'
import { useStation, useTag } from '../../link/use-station.ts'
import { place } from '../../model/scale.ts'
import { texts } from '../../model/texts.ts'
import { findByNumber, findValve } from './mimic-slots.ts'

/**
 * The process in one line of sight: what flows where, how full the vessels are, how far the valves are open. It is laid
 * out anew for its size, so that its text never shrinks.
 */
export const Mimic = memo(function Mimic() {
  const host = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ w: 0, h: 0 })
  useEffect(() => {
    const element = host.current!
    const observer = new ResizeObserver(() => setSize({ w: element.clientWidth, h: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <div className="mimic" ref={host} data-testid="mimic">
      {size.w > 0 && size.h > 60 && <Drawing w={size.w} h={size.h} />}
    </div>
  )
})

function Drawing({ w, h }: { w: number; h: number }) {
  const tags = useStation().store.tags()
  const at = (frac: number) => Math.round(w * frac)
  // Two pipes run above the vessels: stripper overhead, and recycle through the compressor.
  const overhead = 12
  const recycle = 36
  const top = 62
  const bottom = h - 26
  const mid = Math.round((top + bottom) / 2)
  const header = at(0.135)
  const headerEnd = Math.max(mid, top + Math.min(38, (bottom - top) / 3) * 2.5)
  const reactor = { x: at(0.2), w: Math.min(96, at(0.075)), y: top, h: bottom - top }
  const separator = { x: at(0.475), w: Math.min(76, at(0.06)), y: top, h: bottom - top }
  const stripper = { x: at(0.735), w: Math.min(68, at(0.055)), y: top - 8, h: bottom - top + 8 }
  const condenserX = at(0.375)
  const purgeY = top + 16
  const underflowY = bottom - 14
  const steamX = stripper.x + stripper.w
  const valve = (...places: (readonly [string, number])[]) => findValve(tags, places)?.tag
  const feeds = [
    { label: 'A', tag: valve(['F', 1]) },
    { label: 'D', tag: valve(['F', 2]) },
    { label: 'E', tag: valve(['F', 3]) },
  ]
  const feedStep = Math.min(38, (bottom - top) / 3)
  return (
    <svg width={w} height={h} role="img" aria-label={texts.mimic.label}>
      <g className="pipes">
        {/* stripper overhead and recycle back to the reactor's header */}
        <path d={`M${stripper.x + stripper.w / 2} ${stripper.y}V${overhead}H${header}V${headerEnd}`} />
        <path d={`M${separator.x + separator.w / 2} ${separator.y}V${recycle}H${header}`} />
        <path d={`M${separator.x + separator.w} ${purgeY}H${at(0.655)}`} />
        <path d={`M${steamX} ${mid + 4}H${at(0.905)}`} />
        <path d={`M${stripper.x + stripper.w / 2} ${bottom}V${h - 10}H${at(0.905)}`} />
        {feeds.map((f, i) => (
          <path key={f.label} d={`M${at(0.015)} ${top + feedStep * (i + 0.5)}H${header}`} />
        ))}
        <path d={`M${at(0.015)} ${h - 10}H${stripper.x - 22}V${underflowY + 6}H${stripper.x}`} />
        {/* cooling water of condenser and reactor */}
        <path d={`M${condenserX} ${mid + 17}V${mid + 31}`} />
        <path d={`M${reactor.x + reactor.w} ${bottom - 18}H${reactor.x + reactor.w + 21}`} />
      </g>
      <g className="pipes main">
        <path d={`M${header} ${mid}H${reactor.x}`} />
        <path d={`M${reactor.x + reactor.w} ${mid}H${separator.x}`} />
        <path d={`M${separator.x + separator.w} ${underflowY - 14}H${stripper.x}`} />
      </g>

      {feeds.map((f, i) => (
        <g key={f.label}>
          <Label x={at(0.015)} y={top + feedStep * (i + 0.5) - 6} text={f.label} />
          <Valve tag={f.tag} x={at(0.05)} y={top + feedStep * (i + 0.5)} />
        </g>
      ))}
      <Label x={at(0.015)} y={h - 16} text="A+C" />
      <Valve tag={valve(['F', 4])} x={at(0.05)} y={h - 10} />

      <Vessel {...reactor} name={texts.mimic.reactor} level={findByNumber(tags, 'L', 8)?.tag} />
      <Vessel {...separator} name={texts.mimic.separator} level={findByNumber(tags, 'L', 12)?.tag} />
      <Vessel {...stripper} name={texts.mimic.stripper} level={findByNumber(tags, 'L', 15)?.tag} />

      <circle cx={condenserX} cy={mid} r="17" className="equipment" />
      <path d={`M${condenserX - 17} ${mid}l9 0l5 -8l6 16l5 -8l9 0`} className="symbol" />
      <Label x={condenserX} y={mid - 24} text={texts.mimic.condenser} anchor="middle" />
      <Valve tag={valve(['T', 11], ['F', 11])} x={condenserX} y={mid + 36} label={texts.mimic.cooling} alone />

      <circle cx={condenserX} cy={recycle} r="15" className="equipment running" />
      <path
        d={`M${condenserX + 13} ${recycle - 7}L${condenserX - 13} ${recycle - 3}M${condenserX + 13} ${recycle + 7}L${condenserX - 13} ${recycle + 3}`}
        className="symbol"
      />
      <Label x={condenserX + 22} y={recycle - 6} text={texts.mimic.compressor} />
      <Value tag={findByNumber(tags, 'J', 20)?.tag} x={condenserX + 22} y={recycle + 17} />

      <Valve
        tag={valve(['T', 9], ['T', 21])}
        x={reactor.x + reactor.w + 30}
        y={bottom - 18}
        label={texts.mimic.cooling}
        alone
      />
      <Valve tag={valve(['F', 10], ['P', 7], ['P', 13], ['A', 30])} x={at(0.6)} y={purgeY} label={texts.mimic.purge} />
      <Valve tag={valve(['F', 14], ['L', 12])} x={at(0.635)} y={underflowY - 14} />
      <Valve tag={valve(['F', 19], ['T', 18], ['H', 19])} x={at(0.86)} y={mid + 4} label={texts.mimic.steam} />
      <Valve tag={valve(['F', 17], ['L', 15])} x={at(0.86)} y={h - 10} />
      <Label x={at(0.912)} y={h - 5} text={texts.mimic.product} />
    </svg>
  )
}

function Label({ x, y, text, anchor = 'start' }: { x: number; y: number; text: string; anchor?: 'start' | 'middle' }) {
  return (
    <text x={x} y={y} textAnchor={anchor} className="mimic-label">
      {text}
    </text>
  )
}

/** A vessel filled to its level. The fill is the level as a share of 0..100 %, or of the tag's range elsewhere. */
function Vessel({
  x,
  y,
  w,
  h,
  name,
  level,
}: {
  x: number
  y: number
  w: number
  h: number
  name: string
  level: string | undefined
}) {
  return (
    <g>
      <rect x={x} y={y} width={w} height={h} rx="16" className="equipment" />
      {level !== undefined && <Fill x={x} y={y} w={w} h={h} tag={level} />}
      <rect x={x} y={y} width={w} height={h} rx="16" className="outline" />
      <text x={x + w / 2} y={y + 20} textAnchor="middle" className="mimic-label vessel-name">
        {name}
      </text>
    </g>
  )
}

function Fill({ x, y, w, h, tag }: { x: number; y: number; w: number; h: number; tag: string }) {
  const view = useTag(tag)
  if (view === undefined) return null
  const { record } = view
  const pv = view.show('PV', record.decimals)
  const percent = record.eu === '%'
  const share = place(view.readings.PV?.value ?? Number.NaN, percent ? 0 : record.lo, percent ? 100 : record.hi)
  const frac = pv.text === '----' ? 0 : (share?.frac ?? 0)
  const id = `fill-${tag}`
  return (
    <>
      <clipPath id={id}>
        <rect x={x} y={y} width={w} height={h} rx="16" />
      </clipPath>
      <g clipPath={`url(#${id})`}>
        <rect
          x={x}
          y={y}
          width={w}
          height={h}
          className="liquid"
          style={{ transform: `translateY(${(h * (1 - frac)).toFixed(1)}px)` }}
        />
        {pv.hatch && <rect x={x} y={y} width={w} height={h} fill="url(#hatch)" />}
      </g>
      {/* A plate under the number: on the liquid itself its contrast would fall to 3.5:1 in the dark theme. */}
      <rect x={x + w / 2 - 29} y={y + h - 29} width="58" height="22" rx="3" className="plate" />
      <text x={x + w / 2} y={y + h - 13} textAnchor="middle" className={pv.hatch ? 'mimic-value doubt' : 'mimic-value'}>
        {pv.text} {record.eu}
      </text>
    </>
  )
}

/** Opening of a valve as the controller's output, %. The number stands above the pipe, or beside a valve without one. */
function Valve({ tag, x, y, label = '', alone = false }: ValveProps) {
  return (
    <g>
      <path d={`M${x - 9} ${y - 6}L${x + 9} ${y + 6}V${y - 6}L${x - 9} ${y + 6}Z`} className="valve" />
      {tag === undefined ? (
        label !== '' && <Label x={x + 14} y={alone ? y + 5 : y - 6} text={label} />
      ) : (
        <ValveText tag={tag} x={x + 14} y={alone ? y + 5 : y - 6} label={label} />
      )}
    </g>
  )
}

interface ValveProps {
  readonly tag: string | undefined
  readonly x: number
  readonly y: number
  readonly label?: string
  readonly alone?: boolean
}

function ValveText({ tag, x, y, label }: { tag: string; x: number; y: number; label: string }) {
  const view = useTag(tag)
  if (view === undefined) return null
  const out = view.show('OUT', 0)
  return (
    <text x={x} y={y} className={out.italic ? 'mimic-value doubt' : 'mimic-value'} data-testid={`valve-${tag}`}>
      {label !== '' && <tspan className="mimic-label">{`${label} `}</tspan>}
      {out.text} %
    </text>
  )
}

function Value({ tag, x, y }: { tag: string | undefined; x: number; y: number }) {
  const view = useTag(tag ?? '')
  if (view === undefined) return null
  const pv = view.show('PV', view.record.decimals)
  return (
    <text x={x} y={y} className={pv.italic ? 'mimic-value doubt' : 'mimic-value'}>
      {pv.text} {view.record.eu}
    </text>
  )
}
