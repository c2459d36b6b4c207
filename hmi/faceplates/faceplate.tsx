import { useEffect, useRef, useState } from 'react'
import type { TagRecord } from '../../contracts/artifact.ts'
import type { ModeName } from '../../contracts/mode.ts'
import { statusText } from '../../contracts/status.ts'
import { LimitLine } from '../alarm/limit-line.tsx'
import { useStationState, useTag } from '../link/use-station.ts'
import { formatClock, formatDuration, formatValue } from '../model/format.ts'
import { modeName } from '../model/off-normal.ts'
import { texts } from '../model/texts.ts'
import { go } from '../shell/address.ts'
import type { Layout } from '../shell/use-layout.ts'
import { Trend } from '../widgets/trend.tsx'
import { ValueText } from '../widgets/value-text.tsx'
import { Bars } from './bars.tsx'
import { type Confirmation, ConfirmBox } from './confirm-box.tsx'
import { EntryField } from './entry-field.tsx'
import { ModeButtons } from './mode-buttons.tsx'
import { outReason, spReason } from './reasons.ts'
import { Tuning } from './tuning.tsx'

/** Everything about one tag, and every way an operator may act on it. */
export function Faceplate({ record, layout }: { record: TagRecord; layout: Layout }) {
  const view = useTag(record.tag)!
  const [draft, setDraft] = useState<{ readonly field: string; readonly value: number } | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const root = useRef<HTMLElement>(null)
  const opener = useRef(document.activeElement as HTMLElement | null)
  useEffect(() => {
    const from = opener.current
    root.current?.focus({ preventScroll: true })
    // On a tablet the sheet takes room away: what opened it is brought back into view.
    const name = CSS.escape(record.tag)
    document
      .querySelector(`[data-testid="indicator-${name}"], [data-testid="row-${name}"]`)
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    return () => from?.focus?.({ preventScroll: true })
  }, [record.tag])

  const { readings } = view
  const pv = view.show('PV', record.decimals)
  const actual = modeName(readings.MODE_ACTUAL?.value)
  const target = modeName(readings.MODE_TARGET?.value) || actual
  const out = record.out ?? { eu: '%', lo: 0, hi: 100, decimals: 1 }
  const ask = { confirmation, setConfirmation }
  return (
    <aside
      ref={root}
      tabIndex={-1}
      className={`dock faceplate ${layout}`}
      data-testid="faceplate"
      aria-label={texts.faceplate.label(record.tag)}
    >
      <header className="faceplate-title">
        <div>
          <h2>{record.tag}</h2>
          <span className="description" title={record.description}>
            {record.description}
          </span>
        </div>
        <button type="button" className="close" onClick={() => go({ tag: '' })} data-testid="faceplate-close">
          {texts.faceplate.close}
        </button>
      </header>
      <div className="faceplate-control">
        <LimitLine tag={record.tag} />
        <div className="bars-and-numbers">
          <Bars view={view} out={out} draft={draft} height={layout === 'wide' ? 300 : 232} />
          <div className="numbers">
            <span className="label">{texts.faceplate.pv}</span>
            <span className="number-row">
              <ValueText presentation={pv} testId="faceplate-pv" className="pv large" />
              <span className="unit">{record.eu}</span>
            </span>
            {record.fields.SP !== undefined && (
              <EntryField
                record={record}
                field="SP"
                label={texts.faceplate.sp}
                reading={readings.SP}
                presentation={view.show('SP', record.decimals)}
                range={{ lo: record.lo, hi: record.hi, decimals: record.decimals }}
                eu={record.eu}
                reason={spReason(record, actual)}
                onDraft={setDraft}
                {...ask}
              />
            )}
            {record.fields.OUT !== undefined && (
              <EntryField
                record={record}
                field="OUT"
                label={texts.faceplate.out}
                reading={readings.OUT}
                presentation={view.show('OUT', out.decimals)}
                range={out}
                eu={out.eu}
                reason={outReason(record, actual)}
                onDraft={setDraft}
                {...ask}
              />
            )}
            {record.fields.MODE_ACTUAL !== undefined && (
              <ModeButtons
                record={record}
                target={target as ModeName}
                actual={actual as ModeName}
                shown={readings.MODE_TARGET?.value}
                {...ask}
              />
            )}
          </div>
        </div>
      </div>
      {confirmation !== null && <ConfirmBox confirmation={confirmation} onDone={() => setConfirmation(null)} />}
      <div className="faceplate-trend">
        <h3>{texts.faceplate.trend}</h3>
        <Trend record={record} span_min={15} out={record.fields.OUT !== undefined} />
        <TrendKey
          sp={record.fields.SP !== undefined}
          out={
            record.fields.OUT === undefined
              ? ''
              : texts.faceplate.range(formatValue(out.lo, 0), formatValue(out.hi, out.hi - out.lo < 5 ? 1 : 0), out.eu)
          }
        />
      </div>
      <div className="faceplate-facts">
        <Facts record={record} view={view} />
        {record.fields.KC !== undefined && <Tuning record={record} readings={readings} {...ask} />}
        <LastChange tag={record.tag} />
      </div>
    </aside>
  )
}

/** `out`: the scale of the output's curve, which is not that of the axis; "" without one. */
function TrendKey({ sp, out }: { sp: boolean; out: string }) {
  return (
    <p className="trend-key" aria-hidden="true">
      <span className="key-pv">{texts.faceplate.pv}</span>
      {sp && <span className="key-sp">{texts.faceplate.sp}</span>}
      {out !== '' && <span className="key-out">{`${texts.faceplate.out} ${out}`}</span>}
    </p>
  )
}

function Facts({ record, view }: { record: TagRecord; view: NonNullable<ReturnType<typeof useTag>> }) {
  const age_ms = useStationState((s) => Math.max(s.dataAge_ms, 0))
  const reading = view.readings.PV
  const tracking = view.readings.TRACKING?.value
  const limits = Object.entries(record.limits).map(
    ([name, v]) => `${name.replace('_', ' ').toUpperCase()} ${formatValue(v, record.decimals)}`,
  )
  const quality =
    reading === undefined
      ? ''
      : view.stale
        ? `${texts.quality.stale}, ${statusText(reading.status)}`
        : statusText(reading.status)
  const p = view.show('PV', record.decimals)
  return (
    <dl className="facts">
      <dt>{texts.faceplate.quality}</dt>
      <dd data-testid="faceplate-quality">
        {quality}
        {p.badge !== '' && `, ${texts.badge[p.badge]}`}
      </dd>
      <dt>{texts.faceplate.age}</dt>
      <dd data-testid="faceplate-age">
        {p.age === '' ? (age_ms > 0 ? formatDuration(age_ms) : texts.faceplate.current) : p.age}
        {`, ${texts.faceplate.scan.toLowerCase()} ${formatDuration(record.scan_ms)}`}
        {record.point !== undefined && `, ${record.point}`}
      </dd>
      {record.fields.READBACK !== undefined && (
        <>
          <dt>{texts.faceplate.readback}</dt>
          <dd data-testid="faceplate-readback">
            <ValueText presentation={view.show('READBACK', record.out?.decimals ?? 1)} className="" /> {record.out?.eu}
          </dd>
        </>
      )}
      {tracking !== undefined && (
        <>
          <dt>{texts.faceplate.tracking}</dt>
          <dd>
            {tracking !== 0 ? texts.faceplate.trackingOn : texts.faceplate.trackingOff}
            {record.master !== undefined && `, ${texts.faceplate.master.toLowerCase()} ${record.master}`}
          </dd>
        </>
      )}
      {limits.length > 0 && (
        <>
          <dt>{texts.faceplate.limits}</dt>
          <dd>{limits.join(', ')}</dd>
        </>
      )}
    </dl>
  )
}

function LastChange({ tag }: { tag: string }) {
  const last = useStationState((s) => s.journal.findLast((e) => e.kind === 'command' && e.tag === tag))
  return (
    <p className="last-change" data-testid="last-change">
      <span className="label">{`${texts.faceplate.lastChange}: `}</span>
      {last === undefined ? texts.faceplate.noChange : `${formatClock(last.t_ms)} ${last.station} ${last.text}`}
    </p>
  )
}
