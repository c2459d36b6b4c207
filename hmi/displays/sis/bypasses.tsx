import type { SisOutline, SisStatus } from '../../../contracts/hmi-sis.ts'
import { Chip } from '../../alarm/chip.tsx'
import { formatLeft, type SisSnapshotView } from '../../model/sis.ts'
import { texts } from '../../model/texts.ts'

/** What is bypassed or overridden, who answers for it, and how much more is allowed. */
export function Bypasses(props: { status: SisStatus; snapshot: SisSnapshotView; outline: SisOutline }) {
  const { status, snapshot, outline } = props
  const t = texts.sis.bypasses
  const mos = status.bypasses.filter((b) => b.kind === 'mos').length
  const permit = outline.contacts.findIndex((c) => c.tag === outline.permit)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
    <section className="panel sis-part table-view" tabIndex={0} aria-label={t.title}>
      <table data-testid="sis-bypasses">
        <caption>
          {t.title}
          <span className="quiet sis-beside">{t.allowed(mos, outline.mos_max)}</span>
          {permit >= 0 && (
            <span className="quiet sis-beside">
              {t.permit(outline.permit)} {snapshot.contacts[permit]?.raw === 1 ? t.permitClosed : t.permitOpen}
            </span>
          )}
        </caption>
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
          {status.bypasses.length === 0 && (
            <tr>
              <td colSpan={t.columns.length} className="quiet">
                {t.none}
              </td>
            </tr>
          )}
          {status.bypasses.map((b) => (
            <tr key={`${b.kind} ${b.target} ${b.channel}`} data-testid={`sis-bypass-${b.target}-${b.channel}`}>
              <td>
                <span className="badge">{t.kinds[b.kind]}</span>
              </td>
              <td>
                {b.target} {outline.causes.find((c) => c.id === b.target)?.title ?? ''}
              </td>
              <td>{b.channel}</td>
              <td className="right">{b.left_ms < 0 ? '' : formatLeft(b.left_ms)}</td>
              <td>
                {b.would_trip ? (
                  <span className="strong sis-with-chip">
                    <Chip rank={1} lit size={16} /> {t.wouldTrip}
                  </span>
                ) : (
                  t.quiet
                )}
              </td>
              <td>{b.who === '' ? <span className="quiet">{t.notKnown}</span> : b.who}</td>
              <td>{b.second}</td>
              <td>{b.reason}</td>
              <td>{b.work_order}</td>
              <td>{b.compensation}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>{t.possible}</caption>
        <thead>
          <tr>
            {t.possibleColumns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {outline.causes.map((c, i) =>
            c.mos_max === 0 ? null : (
              <tr key={c.id}>
                <td>
                  {c.id} {c.title}
                </td>
                <td>{c.inputs.join(', ')}</td>
                <td>{c.mos_max}</td>
                <td>{snapshot.causes[i]!.bypass_left.filter((left) => left >= 0).length}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  )
}
