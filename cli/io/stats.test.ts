import { expect, test } from 'vitest'
import type { IoReply } from '../../contracts/hmi-wire.ts'
import { statsText } from './stats.ts'

const path = {
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
} as const
const reply: IoReply = {
  connected: true,
  age_ms: 400,
  forces: [],
  status: {
    type: 'io-status',
    at: { epoch: 2, n: 77 },
    preferred: 0,
    controllers: [],
    devices: [
      {
        id: 'RIO-1',
        connected: true,
        tripped: true,
        rtt_ms: 1,
        timeouts: 1,
        reconnects: 2,
        switches: 3,
        paths: [path, { ...path, state: 'failed', breaker: 'open', requests: 0, good_age_ms: -1 }],
      },
      { id: 'RIO-2', connected: false, tripped: false, rtt_ms: 0, timeouts: 5, reconnects: 6 },
    ],
    ticks_lost: 4,
    log_durable: false,
    alarms: ['RIO-2 is not connected'],
    pace: null,
  },
}

test('each path has its round trips, counts and last good answer; what is wrong is in capitals', () => {
  const lines = statsText(reply).split('\n')
  expect(lines[0]).toBe('field I/O at epoch 2 frame 77, report 0.4 s old')
  const words = lines.slice(2, 5).map((line) => line.split(/ {2,}/))
  expect(words[0]).toEqual([
    'RIO-1 (3 switches)',
    'A 10.0.0.1:502',
    'active, TRIPPED',
    '1.3 ms',
    '8.0 ms',
    '12',
    '1',
    '2',
    '2: 3, 11: 4',
    '1.5 s ago',
  ])
  expect(words[1]).toContain('failed, breaker open')
  expect(words[1]!.at(-1)).toBe('never')
  expect(words[2]).toContain('LOST')
  expect(lines[5]).toBe('ticks lost 4, log NOT WRITTEN, forces 0')
  expect(lines[6]).toBe('alarm  RIO-2 is not connected')
})

test('what is old or has not come is said', () => {
  expect(statsText({ ...reply, connected: false })).toMatch(/NOT CONNECTED NOW/)
  expect(statsText({ connected: true, age_ms: null, status: null, forces: null })).toBe(
    'field I/O has not reported yet\n',
  )
})
