import { useState } from 'react'
import type { ForceLine, IoReply } from '../../../contracts/hmi-wire.ts'
import { takeForceAway, useIoReport } from '../../link/io-report.ts'
import { useStation, useStationState } from '../../link/use-station.ts'
import { formatDuration } from '../../model/format.ts'
import { ioRows } from '../../model/io-rows.ts'
import { systemAlarms } from '../../model/system-alarms.ts'
import { texts } from '../../model/texts.ts'
import { go } from '../../shell/address.ts'

/** What the control system itself is doing: its alarms, who controls, the field devices by both networks, and what is forced. */
export function SystemView() {
  const { reply, failed } = useIoReport()
  const system = useStationState((s) => s.system)
  const t = texts.system
  const alarms = systemAlarms(system, texts.banner.words)
  return (
    <main className="system-view panel table-view" data-testid="system" aria-label={t.title}>
      {(failed || reply?.connected === false) && <p className="system-note strong">{t.unknown}</p>}
      <section aria-label={t.alarms}>
        <h2>{t.alarms}</h2>
        <ul data-testid="system-alarms">
          {alarms.length === 0 ? <li className="quiet">{t.noAlarms}</li> : alarms.map((a) => <li key={a}>{a}</li>)}
        </ul>
      </section>
      <Safety />
      <Forces forces={reply?.forces ?? null} />
      <Devices reply={reply} />
      <section aria-label={t.programs}>
        <h2>{t.programs}</h2>
        <ul>
          {(system?.controllers ?? []).map((c) => (
            <li key={c.name}>
              {texts.banner.words.controller(c.name)} {texts.controllers[c.state]}
            </li>
          ))}
          {reply?.status != null && (
            <li>
              {t.ticks(reply.status.at.epoch, reply.status.at.n, reply.status.ticks_lost, reply.status.log_durable)}
            </li>
          )}
        </ul>
      </section>
    </main>
  )
}

/** What the safety system's own display says at length. */
function Safety() {
  const sis = useStationState((s) => s.sis)
  const t = texts.system
  if (sis === null || sis.status.state === 'none') return null
  const { alarms } = sis.status
  return (
    <section aria-label={t.safety}>
      <h2>{t.safety}</h2>
      <ul data-testid="system-sis">
        {alarms.length === 0 ? (
          <li className="quiet">{t.safetyQuiet}</li>
        ) : (
          alarms.map((a) => (
            <li key={a.text} className={a.rank <= 2 ? 'strong' : ''}>
              {a.text}
            </li>
          ))
        )}
      </ul>
    </section>
  )
}

function Devices({ reply }: { reply: IoReply | null }) {
  const t = texts.system
  const rows = reply === null ? [] : ioRows(reply, t.io)
  return (
    <table data-testid="system-devices">
      <caption>{t.devices}</caption>
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
        {rows.map((r) => (
          <tr key={r.key} data-testid={`device-${r.key.replace(' ', '-')}`}>
            <th scope="row">{r.device}</th>
            <td>{r.path}</td>
            <td className={r.troubled ? 'strong' : ''}>{r.state}</td>
            <td>{r.rtt}</td>
            <td>{r.counts[0]}</td>
            <td>{r.counts[1]}</td>
            <td>{r.counts[2]}</td>
            <td>{r.lastGood}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Forces({ forces }: { forces: readonly ForceLine[] | null }) {
  const t = texts.system
  const [why, setWhy] = useState('')
  return (
    <section aria-label={t.forces}>
      <table data-testid="system-forces">
        <caption>{forces === null || forces.length === 0 ? t.forces : t.forcesCount(forces.length)}</caption>
        <thead>
          <tr>
            {t.forceColumns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {forces === null || forces.length === 0 ? (
            <tr>
              <td colSpan={t.forceColumns.length} className="quiet">
                {forces === null ? t.forcesUnknown : t.noForces}
              </td>
            </tr>
          ) : (
            forces.map((f) => <ForceRow key={f.point} force={f} onRefused={setWhy} />)
          )}
        </tbody>
      </table>
      <p role="status" className="system-note">
        {why}
      </p>
    </section>
  )
}

/** The first press asks, the second one does it: what it moves is not on this page. */
function ForceRow({ force: f, onRefused }: { force: ForceLine; onRefused: (why: string) => void }) {
  const { name } = useStation()
  const [asked, setAsked] = useState(false)
  const t = texts.system
  const act = async () => {
    if (!asked) {
      setAsked(true)
      return
    }
    setAsked(false)
    onRefused(await takeForceAway(f.point, name))
  }
  return (
    <tr data-testid={`force-${f.point}`}>
      <th scope="row">{f.point}</th>
      <td>
        {f.tag !== '' && (
          <button type="button" className="row" onClick={() => go({ tag: f.tag })}>
            {f.tag}
          </button>
        )}
      </td>
      <td>{`${f.value} ${f.unit}`.trimEnd()}</td>
      <td>{formatDuration(f.left_ms)}</td>
      <td>{f.who}</td>
      <td>{f.reason}</td>
      <td>
        <button type="button" className="nav-button" onClick={act} onBlur={() => setAsked(false)}>
          {asked ? t.reallyTakeAway : t.takeAway}
        </button>
      </td>
    </tr>
  )
}
