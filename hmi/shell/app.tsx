import { useEffect, useState } from 'react'
import { Announcer } from '../alarm/announcer.tsx'
import { Banner } from '../alarm/banner.tsx'
import { Overview } from '../displays/overview/overview.tsx'
import { SisView } from '../displays/sis/sis.tsx'
import { SystemView } from '../displays/system/system.tsx'
import { TableView } from '../displays/table/table.tsx'
import { Dock } from '../faceplates/dock.tsx'
import { useStationState } from '../link/use-station.ts'
import { texts } from '../model/texts.ts'
import { HatchDefinition } from '../widgets/hatch.tsx'
import { address, go, useAddress } from './address.ts'
import { ConnectionBar } from './connection-bar.tsx'
import { KeyMap } from './key-map.tsx'
import { TopBar } from './top-bar.tsx'

/** Fixed zones: title and navigation, banner, workspace, faceplate. */
export function App() {
  const { view, tag } = useAddress()
  const [keys, setKeys] = useState(false)
  const config = useStationState((s) => s.config)
  const frozen = useStationState((s) => s.health === 'frozen' || (s.health !== 'connecting' && s.dataStopped))
  useEffect(() => {
    document.title = config === null ? texts.app : `${config.title} - ${texts.app}`
  }, [config])
  useGlobalKeys(() => setKeys(true))
  const display = config?.displays.find((d) => d.kind === 'overview')
  return (
    <div className={`app${tag === '' ? '' : ' with-faceplate'}${frozen ? ' frozen' : ''}`} data-testid="app">
      <HatchDefinition />
      <TopBar onKeys={() => setKeys(true)} />
      <Banner />
      <Announcer />
      <ConnectionBar />
      <div className="workspace">
        {view === 'system' ? (
          <SystemView />
        ) : view === 'sis' ? (
          <SisView />
        ) : display === undefined ? (
          <main className="waiting">
            <h2>{texts.connecting}</h2>
            <p>{texts.connectingHint}</p>
          </main>
        ) : view === 'table' ? (
          <TableView display={display} />
        ) : (
          <Overview display={display} />
        )}
        {frozen && <div className="frozen-hatch" data-testid="frozen-hatch" aria-hidden="true" />}
      </div>
      <Dock />
      {keys && <KeyMap onClose={() => setKeys(false)} />}
    </div>
  )
}

/** Letters act only outside entry fields. */
function useGlobalKeys(onKeys: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return
      if (event.key === 'F1') {
        event.preventDefault()
        return go({ view: 'overview' })
      }
      if (event.key === 'F7') {
        event.preventDefault()
        return go({ view: 'sis' })
      }
      if (document.querySelector('dialog[open]') !== null) return
      if (event.key === 'Escape') return go({ tag: '' })
      if ((event.target as HTMLElement).matches('input, textarea, select')) return
      const { view, theme } = address()
      if (event.key === 'v' || event.key === 'V') go({ view: view === 'table' ? 'overview' : 'table' })
      if (event.key === 's' || event.key === 'S') go({ view: view === 'system' ? 'overview' : 'system' })
      if (event.key === 't' || event.key === 'T') go({ theme: theme === 'light' ? 'dark' : 'light' })
      if (event.key === '?') onKeys()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onKeys])
}
