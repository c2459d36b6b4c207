import { memo } from 'react'
import { Chip } from '../../alarm/chip.tsx'
import { type CauseView, type EffectView, formatLeft, hiddenTrips, type MatrixView } from '../../model/sis.ts'
import { texts } from '../../model/texts.ts'
import { Channel } from './channel.tsx'
import type { RequestTarget } from './request-dialog.tsx'

/** Causes as rows, effects as columns. Grey while all is normal; what is not normal says so in words, shape and brightness. */
export const Matrix = memo(function Matrix(props: {
  matrix: MatrixView
  overlay: boolean
  onOverlay: () => void
  onOpen: (target: RequestTarget) => void
}) {
  const { matrix, overlay, onOverlay, onOpen } = props
  const t = texts.sis.matrix
  const hidden = hiddenTrips(matrix)
  return (
    <table className="sis-matrix" data-testid="sis-matrix">
      <colgroup>
        <col className="col-first" />
        <col className="col-cause" />
        <col className="col-trip" />
        <col className="col-channels" />
        <col className="col-state" />
        {matrix.effects.map((e) => (
          <col key={e.id} className="col-effect" />
        ))}
      </colgroup>
      <thead>
        <tr>
          <td />
          <th scope="col">
            <button
              type="button"
              className="nav-button sis-overlay"
              aria-pressed={overlay}
              data-testid="sis-overlay"
              onClick={onOverlay}
            >
              {t.overlay}
            </button>
            {t.cause}
          </th>
          <th scope="col">{t.trip}</th>
          <th scope="col">
            <span className="sis-overlay-note" role="status">
              {overlay ? (hidden === 0 ? t.overlayNone : t.overlaySome(hidden)) : ''}
            </span>
            {t.channels}
          </th>
          <th scope="col">{t.state}</th>
          {matrix.effects.map((e) => (
            <EffectHead key={e.id} effect={e} onOpen={onOpen} />
          ))}
        </tr>
      </thead>
      <tbody>
        {matrix.causes.map((c, i) => (
          <CauseRow key={c.id} cause={c} cells={matrix.cells[i]!} effects={matrix.effects} {...{ overlay, onOpen }} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={5} className="sis-foot-name">
            {t.output}
            <br />
            {t.travel}
          </td>
          {matrix.effects.map((e) => (
            <td key={e.id} className={`sis-outputs${e.outputs.length > 1 ? ' several' : ''}`}>
              {e.outputs.map((o) => (
                <span
                  key={o.tag}
                  className={`sis-output${o.energised ? '' : ' off'}`}
                  title={`${o.tag} ${o.service}: ${o.energised ? t.energised : t.off}, ${t.positions[o.position]}`}
                  data-testid={`sis-element-${o.tag}`}
                >
                  {o.words.length > 0 && <Chip rank={o.words.includes('failed') ? 1 : 3} lit size={14} />}
                  {o.tag} {t.positions[o.position]}
                </span>
              ))}
              <span className="sis-travel">{travelText(e.outputs.map((o) => o.travel_s))}</span>
            </td>
          ))}
        </tr>
      </tfoot>
    </table>
  )
})

/** One number, or the ends of several. */
function travelText(travels_s: readonly number[]): string {
  const known = travels_s.filter((t) => Number.isFinite(t))
  if (known.length === 0) return texts.sis.matrix.noTravel
  const [least, most] = [Math.min(...known).toFixed(1), Math.max(...known).toFixed(1)]
  return least === most ? most : `${least} - ${most}`
}

function EffectHead({ effect: e, onOpen }: { effect: EffectView; onOpen: (target: RequestTarget) => void }) {
  const t = texts.sis.matrix
  return (
    <th scope="col" className={`sis-effect${e.tripped ? ' tripped' : ''}`}>
      <button
        type="button"
        title={e.title}
        data-testid={`sis-effect-${e.id}`}
        onClick={() => onOpen({ kind: 'effect', id: e.id })}
      >
        {e.tripped && <Chip rank={1} lit size={16} />}
        <span className="sis-effect-id">{e.id}</span>
        <span className="sis-effect-title">{e.title}</span>
        <span className="sis-effect-state" data-testid={`sis-effect-state-${e.id}`}>
          {t.effects[e.state] ?? e.state}
        </span>
        {e.override_ms >= 0 && <span className="badge">{t.override(formatLeft(e.override_ms))}</span>}
      </button>
    </th>
  )
}

function CauseRow(props: {
  cause: CauseView
  cells: readonly string[]
  effects: readonly EffectView[]
  overlay: boolean
  onOpen: (target: RequestTarget) => void
}) {
  const { cause: c, cells, effects, overlay, onOpen } = props
  const t = texts.sis.matrix
  const rank =
    c.state === 'active' || c.state === 'inhibited' ? 1 : c.state === 'pre-alarm' || c.state === 'delay' ? 2 : 0
  return (
    <tr className={c.active ? 'active' : ''} data-testid={`sis-cause-${c.id}`}>
      <td className="sis-first">
        {c.first && (
          <span title={t.firstLabel} data-testid={`sis-first-${c.id}`}>
            {t.first}
          </span>
        )}
      </td>
      <th scope="row">
        <button type="button" className="sis-cause" onClick={() => onOpen({ kind: 'cause', id: c.id })} title={t.open}>
          <strong>{c.id}</strong> {c.title}
        </button>
      </th>
      <td className="sis-trip">
        <span className="strong">{c.trip}</span>
        <span className="quiet">
          {c.pre !== '' && t.pre(c.pre)}
          {c.spread !== '' && <span className={c.spread_over ? 'strong' : ''}> {t.spread(c.spread)}</span>}
        </span>
      </td>
      <td className="sis-channels">
        <div>
          {c.channels.map((channel) => (
            <Channel key={channel.tag} channel={channel} cause={c} />
          ))}
        </div>
      </td>
      <td className="sis-state" data-testid={`sis-state-${c.id}`}>
        <span className="sis-state-line">
          <span className="quiet">{c.vote}</span>
          {c.startup_ms >= 0 && <span className="badge">{t.override(formatLeft(c.startup_ms))}</span>}
        </span>
        <span className={`sis-state-line${c.state === 'clear' ? '' : ' strong'}`}>
          {rank !== 0 && <Chip rank={rank} lit size={16} />}
          {t.states[c.state]}
        </span>
      </td>
      {cells.map((cell, i) => {
        const held = overlay && c.would_trip && cell !== ''
        const drives = c.active && cell !== ''
        return (
          <td
            key={effects[i]!.id}
            className={`sis-cell${drives ? ' drives' : ''}${effects[i]!.tripped ? ' column-tripped' : ''}`}
          >
            {held ? (
              <span className="sis-held" title={t.wouldTrip}>
                {cell}
              </span>
            ) : (
              cell
            )}
          </td>
        )
      })}
    </tr>
  )
}
