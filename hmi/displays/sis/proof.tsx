import type { SisOutline, SisReply } from '../../../contracts/hmi-sis.ts'
import { matrixView, riskViews, type SisSnapshotView } from '../../model/sis.ts'
import { texts } from '../../model/texts.ts'

/** The figures by which one can believe the system, with the hash that they hold for. */
export function Proof(props: { reply: SisReply; snapshot: SisSnapshotView; outline: SisOutline }) {
  const { reply, snapshot, outline } = props
  const t = texts.sis.proof
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
    <section className="sis-part sis-proof" tabIndex={0} aria-label={texts.sis.parts.proof}>
      <section className="panel" aria-label={t.integrity}>
        <h2>{t.integrity}</h2>
        <Integrity reply={reply} snapshot={snapshot} />
        <p className="system-note quiet">{t.notCertified}</p>
      </section>
      <Functions {...props} />
      <Elements outline={outline} snapshot={snapshot} />
    </section>
  )
}

function Integrity({ reply, snapshot: s }: { reply: SisReply; snapshot: SisSnapshotView }) {
  const t = texts.sis.proof.rows
  const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0')
  const equal = s.running_hash === s.running_hash_expected
  const { taken, malformed, missed } = reply.status.datagrams
  const rows: readonly (readonly [string, string, boolean])[] = [
    [t.config, s.config_hash, reply.status.config !== 'same'],
    [t.running, `${hex(s.running_hash)}, ${hex(s.running_hash_expected)}: ${equal ? t.equal : t.differ}`, !equal],
    [t.signed, s.signed_by.length === 0 ? t.nobody : s.signed_by.join(', '), s.signed_by.length === 0],
    [t.evaluators, s.difference < 0 ? t.agree : t.disagree(s.difference), s.difference >= 0],
    [t.faults, s.faults === 0 ? t.noFault : t.faultBits(s.faults), s.faults !== 0],
    [
      t.link,
      t.linkText(s.channel.state, s.channel.errors, s.channel.late) + (s.channel.test_mode ? t.testMode : ''),
      s.channel.state !== 'sound',
    ],
    [t.scan, t.scanText(s.executive.last_ms.toFixed(1), s.executive.worst_ms.toFixed(1)), false],
    [t.overruns, t.overrunsText(s.executive.overruns, s.executive.restarts), s.executive.overruns > 0],
    [t.start, s.start_blocked ? t.startBlocked : t.startFree, s.start_blocked],
    [t.datagrams, `${taken}, ${malformed}, ${missed}`, malformed > 0],
  ]
  return (
    <dl className="sis-integrity" data-testid="sis-integrity">
      {rows.map(([name, text, strong]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={strong ? 'strong' : ''}>{text}</dd>
        </div>
      ))}
    </dl>
  )
}

const pfd = (value: number | null, none: string): string => (value === null ? none : value.toExponential(1))

function Functions({ reply, snapshot, outline }: { reply: SisReply; snapshot: SisSnapshotView; outline: SisOutline }) {
  const t = texts.sis.proof
  const rows = riskViews(outline, snapshot, reply)
  const { risk } = reply
  return (
    <section className="panel table-view" aria-label={t.sifs}>
      <table data-testid="sis-functions">
        <caption>
          {t.sifs}
          <span className="quiet sis-beside">{t.since(reply.status.demands_since.slice(0, 10))}</span>
          {risk === null && <span className="quiet sis-beside">{t.noRisk}</span>}
          {risk !== null && risk.config_hash !== '' && risk.config_hash !== outline.hash && (
            <span className="strong sis-beside">{t.riskOfOther}</span>
          )}
        </caption>
        <thead>
          <tr>
            {t.sifColumns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.id} data-testid={`sis-sif-${r.id}`}>
              <th scope="row">{r.id}</th>
              <td>{r.title}</td>
              <td className="right">{r.sil}</td>
              <td className="right">{r.demands}</td>
              <td className={`right${r.bypassed > 0 ? ' strong' : ''}`}>{r.bypassed}</td>
              <td className="right">{risk === null ? '' : pfd(r.pfd_normal, '')}</td>
              <td className="right">{r.known ? pfd(r.pfd_now, t.noProtection) : ''}</td>
              <td className={r.short ? 'strong' : ''}>{!r.known ? '' : r.short ? t.short : t.reached}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Elements({ outline, snapshot }: { outline: SisOutline; snapshot: SisSnapshotView }) {
  const t = texts.sis.proof
  const m = texts.sis.matrix
  const views = matrixView(outline, snapshot).effects.flatMap((e) => e.outputs)
  return (
    <section className="panel table-view" aria-label={t.elements}>
      <table data-testid="sis-elements">
        <caption>{t.elements}</caption>
        <thead>
          <tr>
            {t.elementColumns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {outline.elements.map((e) => {
            const v = views.find((view) => view.tag === e.tag)
            if (v === undefined) return null
            return (
              <tr key={e.tag}>
                <th scope="row">{e.tag}</th>
                <td>{e.service}</td>
                <td>{v.energised ? m.energised : m.off}</td>
                <td className={v.follows ? '' : 'strong'}>
                  {m.positions[v.position]} {v.words.map((w) => m.elementWords[w]).join(' ')}
                </td>
                <td className="right">{Number.isFinite(v.travel_s) ? v.travel_s.toFixed(1) : m.noTravel}</td>
                <td className="right">{(e.confirm_ms / 1000).toFixed(1)}</td>
                <td>{v.proved === '' ? t.never : v.proved.slice(0, 10)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
