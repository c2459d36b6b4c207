import type { IoReply } from '../../contracts/hmi-wire.ts'
import type { DeviceState, PathState } from '../../contracts/link.ts'

/** One line of the table of devices: a path of a device, or the device where its protocol says nothing of paths. */
export interface IoRow {
  readonly key: string
  readonly device: string
  readonly path: string
  readonly state: string
  /** Lost, tripped or failed: the eye shall find it. */
  readonly troubled: boolean
  readonly rtt: string
  readonly counts: readonly [timeouts: string, reconnects: string, exceptions: string]
  readonly lastGood: string
}

export interface IoWords {
  readonly lost: string
  readonly tripped: string
  readonly good: string
  readonly never: string
  readonly ago: (seconds: string) => string
  readonly paths: Readonly<Record<PathState['state'], string>>
  readonly breaker: (state: string) => string
}

/** A path that waits is as important as the one in use: when it is gone there is no second chance. */
export function ioRows(reply: IoReply, words: IoWords): IoRow[] {
  return (reply.status?.devices ?? []).flatMap((d) => {
    const paths = d.paths ?? []
    return paths.length === 0 ? [deviceRow(d, words)] : paths.map((p, i) => pathRow(d, p, i, words))
  })
}

function deviceRow(d: DeviceState, words: IoWords): IoRow {
  return {
    key: d.id,
    device: d.id,
    path: '',
    state: !d.connected ? words.lost : d.tripped ? words.tripped : words.good,
    troubled: !d.connected || d.tripped,
    rtt: d.connected ? ms(d.rtt_ms) : '',
    counts: [String(d.timeouts), String(d.reconnects), ''],
    lastGood: '',
  }
}

function pathRow(d: DeviceState, p: PathState, i: number, words: IoWords): IoRow {
  const tripped = d.tripped && p.state === 'active'
  const breaker = p.breaker === 'closed' ? '' : ` ${words.breaker(p.breaker)}`
  return {
    key: `${d.id} ${i}`,
    device: d.id,
    path: `${'AB'[i] ?? i + 1} ${p.endpoint}`,
    state: `${words.paths[p.state]}${breaker}${tripped ? ` ${words.tripped}` : ''}`,
    troubled: tripped || p.state === 'failed' || !d.connected,
    rtt: p.requests === 0 ? '' : `${ms(p.rtt_p50_ms)} / ${ms(p.rtt_p99_ms)}`,
    counts: [
      String(p.timeouts),
      String(p.reconnects),
      p.exceptions.map(({ code, count }) => `${code}: ${count}`).join(', '),
    ],
    lastGood: p.good_age_ms < 0 ? words.never : words.ago((p.good_age_ms / 1000).toFixed(1)),
  }
}

const ms = (value: number): string => value.toFixed(1)
