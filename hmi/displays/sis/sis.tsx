import { useEffect } from 'react'
import type { SisOutline, SisReply, SisStatus } from '../../../contracts/hmi-sis.ts'
import { Chip } from '../../alarm/chip.tsx'
import { useSisReply, useSisSoe } from '../../link/sis.ts'
import { useStationState } from '../../link/use-station.ts'
import { formatClock, formatDuration } from '../../model/format.ts'
import type { SisSnapshotView } from '../../model/sis.ts'
import { texts } from '../../model/texts.ts'
import { address, go, type SisPart, useAddress } from '../../shell/address.ts'
import { Bypasses } from './bypasses.tsx'
import { Events } from './events.tsx'
import { MatrixPart } from './matrix-part.tsx'
import { Proof } from './proof.tsx'

const PARTS: readonly SisPart[] = ['matrix', 'events', 'bypasses', 'proof']

/** What the safety system says of itself. It is looked at here and asked; it decides alone. */
export function SisView() {
  const { part } = useAddress()
  const sis = useStationState((s) => s.sis)
  const reply = useSisReply()
  const soe = useSisSoe()
  useParts()
  const t = texts.sis
  if (sis === null || sis.status.state === 'none' || sis.snapshot === null) {
    const waiting = sis?.status.state === 'waiting'
    return (
      <main className="waiting" data-testid="sis">
        <h2>{waiting ? t.waiting : t.none}</h2>
        <p>{waiting ? t.waitingHint : t.noneHint}</p>
      </main>
    )
  }
  const { status, snapshot } = sis
  const lost = status.state === 'lost'
  const outline = reply?.outline ?? null
  const named = outline !== null && outline.hash === snapshot.config_hash ? outline : null
  return (
    <main className={`sis-view${lost ? ' lost' : ''}`} data-testid="sis" aria-label={t.title}>
      <Head status={status} snapshot={snapshot} outline={named} />
      <Notice status={status} snapshot={snapshot} />
      <div className="sis-body">
        {named === null && part !== 'events' ? (
          <section className="panel sis-part">
            <h2>{t.otherConfig}</h2>
            <p className="system-note">{status.config_note}</p>
          </section>
        ) : part === 'events' || named === null ? (
          <Events entries={soe} />
        ) : part === 'bypasses' ? (
          <Bypasses status={status} snapshot={snapshot} outline={named} />
        ) : part === 'proof' ? (
          <Proof reply={{ ...(reply as SisReply), status }} snapshot={snapshot} outline={named} />
        ) : (
          <MatrixPart outline={named} snapshot={snapshot} status={status} soe={soe} />
        )}
        {lost && <div className="sis-hatch" aria-hidden="true" />}
      </div>
    </main>
  )
}

function Head({
  status,
  snapshot: s,
  outline,
}: {
  status: SisStatus
  snapshot: SisSnapshotView
  outline: SisOutline | null
}) {
  const { part } = useAddress()
  const t = texts.sis.head
  const bypasses = status.bypasses.filter((b) => b.kind === 'mos').length
  const facts: readonly (readonly [name: string, text: string, strong: boolean])[] = [
    [t.key, s.key, s.key !== 'RUN'],
    [t.scan, t.scanOf(s.scan, s.scan_ms), false],
    [
      t.hash,
      `${s.config_hash.slice(0, 8)} ${status.config === 'same' ? t.same : status.config === 'unknown' ? t.unknown : t.other}`,
      status.config !== 'same',
    ],
    [t.link, t.links[s.channel.state], s.channel.state !== 'sound'],
    ...(outline?.sequences ?? []).map((q, i) => [q.id, q.steps[s.sequences[i]?.step ?? -1] ?? '?', false] as const),
    [t.heard, t.ago(formatDuration(status.age_ms)), status.state === 'lost'],
    [t.bypasses, t.bypassesOf(bypasses, outline?.mos_max ?? 0), bypasses > 0],
    [t.demands, String(status.demands.reduce((sum, n) => sum + n, 0)), false],
    [t.requests, t.lines[status.write.state], status.write.state === 'down'],
  ]
  return (
    <header className="sis-head panel">
      <nav className="sis-parts" aria-label={texts.sis.partsLabel}>
        {PARTS.map((p, i) => (
          <button
            key={p}
            type="button"
            className="nav-button"
            aria-current={part === p ? 'page' : undefined}
            data-testid={`sis-part-${p}`}
            onClick={() => go({ part: p })}
          >
            <kbd>{i + 1}</kbd> {texts.sis.parts[p]}
            {p === 'bypasses' && status.bypasses.length > 0 && ` (${status.bypasses.length})`}
          </button>
        ))}
      </nav>
      <dl className="sis-facts" data-testid="sis-head">
        {facts.map(([name, text, strong]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={strong ? 'strong' : ''}>{text}</dd>
          </div>
        ))}
      </dl>
    </header>
  )
}

/** One line that is always there, so that nothing moves when it has something to say. */
function Notice({ status, snapshot }: { status: SisStatus; snapshot: SisSnapshotView }) {
  const heard = useStationState((s) => s.system?.server_ms ?? 0)
  const t = texts.sis
  const lost = status.state === 'lost'
  const worst = status.alarms[0]
  const text = lost
    ? t.lost(formatClock(heard - status.age_ms), formatDuration(status.age_ms))
    : worst !== undefined && worst.rank <= 2
      ? worst.text
      : snapshot.key === 'SIMULATION'
        ? t.simulation
        : snapshot.key === 'PROGRAM'
          ? t.program
          : t.run
  const rank = lost ? 2 : worst !== undefined && worst.rank <= 2 ? worst.rank : snapshot.key === 'RUN' ? undefined : 4
  return (
    <p className={`sis-notice${lost ? ' blind' : ''}`} role="status" data-testid="sis-notice">
      {rank !== undefined && <Chip rank={rank} lit size={20} />}
      <span>{text}</span>
    </p>
  )
}

/** 1 to 4 choose the part. Letters act only outside entry fields and dialogs. */
function useParts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || address().view !== 'sis') return
      if (document.querySelector('dialog[open]') !== null) return
      if ((event.target as HTMLElement).matches('input, textarea, select')) return
      const part = PARTS[Number(event.key) - 1]
      if (part !== undefined) go({ part })
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
