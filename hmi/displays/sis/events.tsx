import { useMemo, useState } from 'react'
import type { SisSoeEntry } from '../../../contracts/hmi-sis.ts'
import { formatClock } from '../../model/format.ts'
import { formatPlantTime } from '../../model/sis.ts'
import { texts } from '../../model/texts.ts'

type Kind = SisSoeEntry['kind']
const KINDS: readonly (Kind | 'all')[] = [
  'all',
  'trip',
  'latch',
  'alarm',
  'bypass',
  'request',
  'element',
  'fault',
  'system',
]
/** Rows drawn: more is found by a filter. */
const ROWS_MAX = 400

/** The whole sequence of events with a filter. */
export function Events({ entries }: { entries: readonly SisSoeEntry[] }) {
  const t = texts.sis.soe
  const [kind, setKind] = useState<Kind | 'all'>('all')
  const [words, setWords] = useState('')
  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    return entries.filter(
      (e) =>
        // A gap is part of every story.
        (kind === 'all' || e.kind === kind || e.kind === 'gap') &&
        (wanted === '' || `${e.tag} ${e.text}`.toLowerCase().includes(wanted)),
    )
  }, [entries, kind, words])
  return (
    <section className="panel sis-part sis-events" aria-label={t.title}>
      <div className="sis-filter">
        <fieldset aria-label={t.kindsLabel}>
          {KINDS.map((k) => (
            <button
              key={k}
              type="button"
              className="nav-button"
              aria-pressed={kind === k}
              data-testid={`sis-kind-${k}`}
              onClick={() => setKind(k)}
            >
              {t.kinds[k]}
            </button>
          ))}
        </fieldset>
        <input
          value={words}
          placeholder={t.filter}
          aria-label={t.filter}
          data-testid="sis-filter"
          onChange={(event) => setWords(event.target.value)}
        />
        <span className="quiet">{t.count(shown.length, entries.length)}</span>
      </div>
      <EventTable entries={shown.slice(-ROWS_MAX)} caption="" />
    </section>
  )
}

/** Newest first. */
export function EventTable({ entries, caption }: { entries: readonly SisSoeEntry[]; caption: string }) {
  const t = texts.sis.soe
  return (
    // Focusable, so that the keyboard can scroll it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
    <section className="sis-event-table table-view" tabIndex={0} aria-label={t.title}>
      <table data-testid="sis-soe">
        {caption !== '' && <caption>{caption}</caption>}
        <thead>
          <tr>
            {t.columns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.length === 0 && (
            <tr>
              <td colSpan={4} className="quiet">
                {t.none}
              </td>
            </tr>
          )}
          {entries.toReversed().map((e) => (
            <tr key={e.number} className={e.kind === 'trip' || e.kind === 'gap' || e.kind === 'fault' ? 'strong' : ''}>
              <td className="sis-time">{formatPlantTime(e.plant_ms)}</td>
              <td className="sis-time">{formatClock(e.heard_ms)}</td>
              <td>{e.tag}</td>
              <td>{e.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
