import { type CauseView, type ChannelView, formatLeftShort } from '../../model/sis.ts'
import { texts } from '../../model/texts.ts'

const WIDTH = 84

/** One input of a cause: value, where it stands between the ends of its range and its trip set point, and what is wrong with it. */
export function Channel({ channel: c, cause }: { channel: ChannelView; cause: CauseView }) {
  const t = texts.sis.matrix
  const words = c.words.join(', ')
  const bypassed = c.bypass_ms >= 0
  return (
    <span
      className={`sis-channel${c.votes ? ' votes' : ''}${c.bad ? ' bad' : ''}`}
      title={`${c.tag} ${c.service}${words === '' ? '' : `: ${words}`}`}
      data-testid={`sis-channel-${cause.id}-${c.tag}`}
    >
      <span className="sis-channel-line">
        <span className="quiet">{c.tag}</span>
        {bypassed ? (
          <span className="badge">{t.bypassed}</span>
        ) : words !== '' ? (
          <span className="strong sis-word">{c.words[0]}</span>
        ) : null}
      </span>
      <span className="sis-channel-line">
        <span className="pv small">{c.text}</span>
        {bypassed ? (
          <span className="sis-left">{formatLeftShort(c.bypass_ms)}</span>
        ) : (
          Number.isFinite(cause.trip_frac) && (
            <svg width={WIDTH - 38} height="14" aria-hidden="true" className="sis-scale">
              <Scale frac={c.frac} trip={cause.trip_frac} pre={cause.pre_frac} width={WIDTH - 38} />
            </svg>
          )
        )}
      </span>
    </span>
  )
}

function Scale({ frac, trip, pre, width }: { frac: number; trip: number; pre: number; width: number }) {
  const x = (f: number) => 1 + f * (width - 2)
  return (
    <>
      <rect className="scale" x="1" y="6" width={width - 2} height="4" />
      {Number.isFinite(pre) && <line className="limit-line" x1={x(pre)} x2={x(pre)} y1="4" y2="12" />}
      <line className="sis-trip-line" x1={x(trip)} x2={x(trip)} y1="2" y2="14" />
      {Number.isFinite(frac) && <path className="pointer" d="M-4 0H4L0 6Z" transform={`translate(${x(frac)} 1)`} />}
    </>
  )
}
