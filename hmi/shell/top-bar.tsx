import { useEffect, useState } from 'react'
import { useStation, useStationState } from '../link/use-station.ts'
import { formatClock } from '../model/format.ts'
import { texts } from '../model/texts.ts'
import { go, useAddress } from './address.ts'

/** Where am I, is the connection good, who controls, what time is it: always in the same place. */
export function TopBar({ onKeys }: { onKeys: () => void }) {
  const at = useAddress()
  const title = useStationState((s) => s.config?.title ?? texts.app)
  const sis = useStationState((s) => s.sis !== null && s.sis.status.state !== 'none')
  return (
    <header className="top-bar" data-testid="top-bar">
      <h1>{title}</h1>
      <nav aria-label={texts.app}>
        <NavButton
          keyName="F1"
          label={texts.nav.overview}
          current={at.view === 'overview'}
          onClick={() => go({ view: 'overview' })}
          testId="nav-overview"
        />
        <NavButton
          keyName="V"
          label={texts.nav.table}
          current={at.view === 'table'}
          onClick={() => go({ view: at.view === 'table' ? 'overview' : 'table' })}
          testId="nav-table"
        />
        <NavButton
          keyName="S"
          label={texts.nav.system}
          current={at.view === 'system'}
          onClick={() => go({ view: at.view === 'system' ? 'overview' : 'system' })}
          testId="nav-system"
        />
        {sis && (
          <NavButton
            keyName="F7"
            label={texts.nav.sis}
            current={at.view === 'sis'}
            onClick={() => go({ view: 'sis' })}
            testId="nav-sis"
          />
        )}
        <NavButton
          keyName="T"
          label={at.theme === 'light' ? texts.nav.theme : texts.nav.themeLight}
          current={false}
          onClick={() => go({ theme: at.theme === 'light' ? 'dark' : 'light' })}
          testId="nav-theme"
        />
        <NavButton keyName="?" label={texts.nav.keys} current={false} onClick={onKeys} testId="nav-keys" />
      </nav>
      <div className="top-state">
        <Pace />
        <Programs />
        <LinkText />
        <Clock />
      </div>
    </header>
  )
}

interface NavProps {
  readonly keyName: string
  readonly label: string
  readonly current: boolean
  readonly onClick: () => void
  readonly testId: string
}

function NavButton({ keyName, label, current, onClick, testId }: NavProps) {
  return (
    <button
      type="button"
      className="nav-button"
      aria-current={current ? 'page' : undefined}
      onClick={onClick}
      data-testid={testId}
    >
      <kbd>{keyName}</kbd> {label}
    </button>
  )
}

function Pace() {
  const text = useStationState(({ system }) => {
    const pace = system?.pace ?? null
    if (pace === null || (!pace.paused && pace.factor === 1)) return ''
    return pace.paused
      ? texts.pacePaused
      : texts.pace(pace.achieved >= 10 ? pace.achieved.toFixed(0) : pace.achieved.toFixed(1))
  })
  return text === '' ? null : <span className="badge">{text}</span>
}

function Programs() {
  const system = useStationState((s) => s.system)
  const heard = useStationState((s) => s.health === 'ok' || s.health === 'slow')
  if (system === null) return null
  if (!heard) return <span className="strong">{texts.programsUnknown}</span>
  const troubled = system.devices.filter((d) => d.state !== 'good')
  return (
    <>
      {system.controllers.map((c) => (
        <span
          key={c.name}
          data-testid={`controller-${c.name}`}
          className={c.state === 'lost' || c.state === 'out' ? 'strong' : ''}
        >
          {`${c.name} `}
          {texts.controllers[c.state]}
        </span>
      ))}
      <span data-testid="devices" className={troubled.length > 0 ? 'strong' : ''}>
        {troubled.length === 0
          ? texts.devicesGood(system.devices.length)
          : troubled.map((d) => `${d.id} ${texts.devices[d.state]}`).join(' ')}
      </span>
    </>
  )
}

function LinkText() {
  const health = useStationState((s) => s.health)
  const roundTrip_ms = useStationState((s) => s.roundTrip_ms)
  return (
    <span data-testid="link" className={health === 'ok' ? '' : 'strong'}>
      {texts.link[health]}
      {health === 'ok' && roundTrip_ms !== null && ` ${texts.link.roundTrip(roundTrip_ms)}`}
    </span>
  )
}

/** The server's clock: it stands still when nothing is heard, as the values do. */
function Clock() {
  const station = useStation()
  const frozen = useStationState((s) => (s.health === 'frozen' || s.health === 'connecting' ? s.frozenAt_ms : 0))
  const heard = useStationState((s) => s.system !== null)
  const [now_ms, setNow] = useState(() => station.serverNow_ms())
  useEffect(() => {
    const timer = window.setInterval(() => setNow(station.serverNow_ms()), 250)
    return () => window.clearInterval(timer)
  }, [station])
  const text = heard ? formatClock(frozen > 0 ? frozen : now_ms) : '--:--:--'
  return (
    <time className="clock" data-testid="clock">
      {text}
    </time>
  )
}
