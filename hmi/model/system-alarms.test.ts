import { expect, test } from 'vitest'
import type { SystemText } from '../../contracts/hmi-wire.ts'
import { systemAlarms } from './system-alarms.ts'

const words = { controller: (n: string) => `Controller ${n}`, states: { lost: 'lost', out: 'out', tripped: 'tripped' } }
const system = (more: Partial<SystemText>): SystemText => ({
  type: 'system',
  server_ms: 0,
  live: true,
  age_ms: 0,
  epoch: 1,
  n: 1,
  preferred: 0,
  controllers: [
    { name: 'A', state: 'active' },
    { name: 'B', state: 'standby' },
  ],
  devices: [{ id: 'RIO-1', state: 'good' }],
  alarms: [],
  pace: null,
  ...more,
})

test('a lost part is listed even when no alarm names it, and only once when one does', () => {
  const lost = {
    controllers: [
      { name: 'A', state: 'active' },
      { name: 'B', state: 'lost' },
    ],
    devices: [{ id: 'RIO-1', state: 'tripped' }],
  } as const
  expect(systemAlarms(system({}), words)).toEqual([])
  expect(systemAlarms(system(lost), words)).toEqual(['Controller B lost', 'RIO-1 tripped'])
  expect(
    systemAlarms(system({ ...lost, alarms: ['controller B lost 12 s ago', 'RIO-1 has tripped'] }), words),
  ).toHaveLength(2)
})
