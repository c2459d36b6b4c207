import { useStation, useStationState } from '../link/use-station.ts'
import { formatClock } from '../model/format.ts'
import { texts } from '../model/texts.ts'
import { useAddress } from '../shell/address.ts'
import { useLayout } from '../shell/use-layout.ts'
import { Faceplate } from './faceplate.tsx'

/** The fixed place of the faceplate. On a desk screen it is always there, so that opening one moves nothing. */
export function Dock() {
  const { tag } = useAddress()
  const { store } = useStation()
  const layout = useLayout()
  useStationState((s) => s.config)
  const record = tag === '' ? undefined : store.tag(tag)
  if (record !== undefined) return <Faceplate key={tag} record={record} layout={layout} />
  return layout === 'wide' ? <RestingDock /> : null
}

const ROWS = 14

function RestingDock() {
  const journal = useStationState((s) => s.journal)
  return (
    <aside className="dock resting" data-testid="dock" aria-label={texts.dock.title}>
      <h2>{texts.dock.title}</h2>
      <p className="quiet">{texts.dock.hint}</p>
      <h2>{texts.dock.journal}</h2>
      {journal.length === 0 && <p className="quiet">{texts.dock.noJournal}</p>}
      <ul className="journal" data-testid="journal">
        {journal
          .slice(-ROWS)
          .reverse()
          .map((e) => (
            <li key={e.id}>
              <span className="quiet">{formatClock(e.t_ms)}</span>
              <span>
                {e.tag !== '' && <strong>{`${e.tag} `}</strong>}
                {e.text}
                {e.station !== '' && <span className="quiet">{` ${e.station}`}</span>}
              </span>
            </li>
          ))}
      </ul>
    </aside>
  )
}
