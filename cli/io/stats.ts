/** `flyball io stats`: what field-io counts of its devices and their paths. */

import type { IoReply } from '../../contracts/hmi-wire.ts'
import type { DeviceState, PathState } from '../../contracts/link.ts'
import { table } from './table.ts'

export function statsText({ connected, age_ms, status, forces }: IoReply): string {
  if (status === null) return 'field I/O has not reported yet\n'
  const old = age_ms === null || !connected ? ', NOT CONNECTED NOW' : ''
  const head = `field I/O at epoch ${status.at.epoch} frame ${status.at.n}, report ${((age_ms ?? 0) / 1000).toFixed(1)} s old${old}\n`
  const rows = status.devices.flatMap((d) =>
    d.paths === undefined || d.paths.length === 0 ? [deviceRow(d)] : d.paths.map((p, i) => pathRow(d, p, 'AB'[i]!)),
  )
  const header = [
    'device',
    'path',
    'state',
    'p50',
    'p99',
    'requests',
    'timeouts',
    'reconnects',
    'exceptions',
    'last good',
  ]
  const lines = [
    head,
    table([header, ...rows]),
    `ticks lost ${status.ticks_lost}, log ${status.log_durable ? 'durable' : 'NOT WRITTEN'}, forces ${forces?.length ?? 0}\n`,
    ...status.alarms.map((words) => `alarm  ${words}\n`),
  ]
  return lines.join('')
}

const ms = (value: number): string => `${value.toFixed(1)} ms`

const deviceRow = (d: DeviceState): string[] => [
  d.id,
  '',
  !d.connected ? 'LOST' : d.tripped ? 'TRIPPED' : 'good',
  ms(d.rtt_ms),
  '',
  '',
  String(d.timeouts),
  String(d.reconnects),
  '',
  '',
]

function pathRow(d: DeviceState, p: PathState, name: string): string[] {
  const breaker = p.breaker === 'closed' ? '' : `, breaker ${p.breaker}`
  const tripped = d.tripped && p.state === 'active' ? ', TRIPPED' : ''
  const exceptions = p.exceptions.map((e) => `${e.code}: ${e.count}`).join(', ')
  const good = p.good_age_ms < 0 ? 'never' : `${(p.good_age_ms / 1000).toFixed(1)} s ago`
  return [
    `${d.id}${(d.switches ?? 0) > 0 ? ` (${d.switches} switches)` : ''}`,
    `${name} ${p.endpoint}`,
    `${p.state}${breaker}${tripped}`,
    p.requests === 0 ? '' : ms(p.rtt_p50_ms),
    p.requests === 0 ? '' : ms(p.rtt_p99_ms),
    String(p.requests),
    String(p.timeouts),
    String(p.reconnects),
    exceptions,
    good,
  ]
}
