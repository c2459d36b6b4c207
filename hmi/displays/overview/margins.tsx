import { isBad } from '../../../contracts/status.ts'
import { useOperable, useStation, useTrendVersion } from '../../link/use-station.ts'
import { formatValue } from '../../model/format.ts'
import { byUrgency, type Margin, marginOf, SLOPE_WINDOW_MS } from '../../model/margins.ts'
import { texts } from '../../model/texts.ts'
import { go } from '../../shell/address.ts'

const TRACK_MS = 10 * 60_000

/** How far from a trip and how long at the present rate, the most urgent first. */
export function Margins({ tags }: { tags: readonly string[] }) {
  const { store, trends } = useStation()
  useTrendVersion()
  const current = useOperable()
  const rows: Margin[] = []
  const unknown: string[] = []
  for (const name of tags) {
    const record = store.tag(name)
    if (record === undefined) continue
    const { PV, SP } = store.readings(name)
    const { t_ms, values } = trends.track(name, 'PV', TRACK_MS).read(store.scan().t_ms - SLOPE_WINDOW_MS)
    const usable = PV !== undefined && !isBad(PV.status)
    const margin = marginOf(record, usable ? PV.value : Number.NaN, SP?.value, t_ms, values)
    if (margin !== undefined) rows.push(margin)
    else if (!usable) unknown.push(name)
  }
  rows.sort(byUrgency)
  return (
    <section className={current ? 'strip-part margins' : 'strip-part margins not-current'} data-testid="margins">
      <h2>{texts.overview.margins}</h2>
      {rows.length + unknown.length === 0 && <p className="quiet">{texts.overview.noMargins}</p>}
      <ul>
        {rows.slice(0, 5).map((m) => (
          <MarginRow key={m.tag} margin={m} />
        ))}
        {unknown.slice(0, 5 - Math.min(5, rows.length)).map((name) => (
          <li key={name}>
            <button type="button" className="row margin-row" data-nav={name} onClick={() => go({ tag: name })}>
              <span>{name}</span>
              <span />
              <span className="margin-left">{texts.overview.marginUnknown}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function MarginRow({ margin: m }: { margin: Margin }) {
  const { store } = useStation()
  const record = store.tag(m.tag)!
  const approaching = Number.isFinite(m.minutes)
  return (
    <li>
      <button type="button" className="row margin-row" data-nav={m.tag} onClick={() => go({ tag: m.tag })}>
        <span className="margin-name">
          {texts.overview.marginTrip(m.tag, formatValue(m.trip, record.decimals), record.eu)}
        </span>
        <span className="margin-bar" aria-hidden="true">
          <span className={approaching ? 'near' : ''} style={{ transform: `scaleX(${m.used.toFixed(3)})` }} />
        </span>
        <span className="margin-left">
          {texts.overview.marginLeft(formatValue(m.distance, record.decimals), record.eu)}
        </span>
        <span className="margin-time">
          {m.distance <= 0
            ? texts.overview.marginBeyond
            : approaching
              ? texts.overview.marginTime(minutesText(m.minutes))
              : texts.overview.marginSteady}
        </span>
      </button>
    </li>
  )
}

const minutesText = (minutes: number): string => minutes.toFixed(minutes < 10 ? 1 : 0)
