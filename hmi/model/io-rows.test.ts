import { expect, test } from 'vitest'
import type { PathState } from '../../contracts/link.ts'
import { ioRows } from './io-rows.ts'
import { texts } from './texts.ts'

const path: PathState = {
  endpoint: '10.0.0.1:502',
  state: 'active',
  breaker: 'closed',
  rtt_p50_ms: 1.25,
  rtt_p99_ms: 8,
  requests: 12,
  timeouts: 1,
  reconnects: 2,
  exceptions: [
    { code: 2, count: 3 },
    { code: 11, count: 4 },
  ],
  good_age_ms: 1500,
}
const device = { id: 'RIO-1', connected: true, tripped: false, rtt_ms: 2, timeouts: 5, reconnects: 6 }
const rows = (devices: readonly (typeof device & { readonly paths?: readonly PathState[] })[]) =>
  ioRows(
    {
      connected: true,
      age_ms: 100,
      forces: [],
      status: {
        type: 'io-status',
        at: { epoch: 1, n: 1 },
        preferred: 0,
        controllers: [],
        devices,
        ticks_lost: 0,
        log_durable: true,
        alarms: [],
        pace: null,
      },
    },
    texts.system.io,
  )

test('each path of a device is a line with its own counts; a failed standby stands out', () => {
  const [a, b] = rows([
    { ...device, paths: [path, { ...path, state: 'failed', breaker: 'open', requests: 0, good_age_ms: -1 }] },
  ])
  expect(a).toMatchObject({ device: 'RIO-1', path: 'A 10.0.0.1:502', troubled: false, rtt: '1.3 / 8.0' })
  expect(a!.counts).toEqual(['1', '2', '2: 3, 11: 4'])
  expect([b!.path, b!.troubled, b!.rtt, b!.lastGood]).toEqual(['B 10.0.0.1:502', true, '', 'never'])
  expect(b!.state).toContain('breaker open')
})

test('a device without paths is one line, and lost or tripped stands out', () => {
  const all = rows([device, { ...device, connected: false }, { ...device, tripped: true }])
  expect(all.map((r) => [r.state, r.troubled])).toEqual([
    ['good', false],
    ['LOST', true],
    ['TRIPPED', true],
  ])
  expect(all[0]!.counts).toEqual(['5', '6', ''])
})
