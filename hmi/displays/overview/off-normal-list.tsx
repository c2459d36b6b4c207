import { useRef } from 'react'
import { useStation, useTrendVersion } from '../../link/use-station.ts'
import { formatClock } from '../../model/format.ts'
import { offNormal } from '../../model/off-normal.ts'
import { texts } from '../../model/texts.ts'
import { go } from '../../shell/address.ts'

const ROWS_MAX = 4

/** Loops that a person or a fault took out of their normal mode, with the time where this page saw it happen. */
export function OffNormalList() {
  const { store } = useStation()
  useTrendVersion()
  const list = offNormal(store.tags(), store.readings)
  const seen = useRef(new Map<string, number>())
  const first = useRef(true)
  const now_ms = store.scan().t_ms
  for (const row of list) if (!seen.current.has(row.tag)) seen.current.set(row.tag, first.current ? 0 : now_ms)
  for (const tag of [...seen.current.keys()]) if (!list.some((row) => row.tag === tag)) seen.current.delete(tag)
  if (now_ms > 0) first.current = false
  return (
    <section className="strip-part" data-testid="off-normal">
      <h2>{texts.overview.offNormal(list.length)}</h2>
      {list.length === 0 && <p className="quiet">{texts.overview.allNormal}</p>}
      <ul>
        {list.slice(0, ROWS_MAX).map((row) => {
          const since_ms = seen.current.get(row.tag) ?? 0
          return (
            <li key={row.tag}>
              <button type="button" className="row" data-nav={row.tag} onClick={() => go({ tag: row.tag })}>
                {texts.overview.offNormalRow(row.tag, row.actual.toUpperCase(), row.normal.toUpperCase())}
                {row.target !== row.actual && texts.overview.held(row.target.toUpperCase())}
                {since_ms > 0 && <span className="quiet">{` ${texts.overview.since(formatClock(since_ms))}`}</span>}
              </button>
            </li>
          )
        })}
      </ul>
      {list.length > ROWS_MAX && <p className="quiet">{texts.banner.more(list.length - ROWS_MAX)}</p>}
    </section>
  )
}
