import { expect, test } from 'vitest'
import type { IoStatusMessage } from '../../contracts/link.ts'
import { type SystemView, systemChanges, systemText } from './system-state.ts'

const device = { id: 'RIO-1', connected: true, tripped: false, rtt_ms: 1, timeouts: 0, reconnects: 0 }
const io: IoStatusMessage = {
  type: 'io-status',
  at: { epoch: 2, n: 9 },
  preferred: 1,
  controllers: [
    { connected: true, joined: true, answer_ms: 1 },
    { connected: true, joined: true, answer_ms: 1 },
  ],
  devices: [device],
  ticks_lost: 0,
  log_durable: true,
  alarms: [],
  pace: null,
}
const view: SystemView = {
  tick_ms: 1000,
  pace: null,
  age_ms: 300,
  newest: { epoch: 2, n: 9 },
  io_age_ms: 500,
  io_at: io.at,
  io,
  io_connected: true,
  controller_age_ms: [300, 300],
  troubles: [],
}
const states = (v: SystemView) => systemText(v, 0).controllers.map((c) => c.state)

test('the preferred controller is active, the other stands by, out or lost', () => {
  expect(states(view)).toEqual(['standby', 'active'])
  const controllers = [
    { connected: true, joined: false, answer_ms: 1 },
    { connected: false, joined: false, answer_ms: 1 },
  ]
  expect(states({ ...view, io: { ...io, controllers } })).toEqual(['out', 'lost'])
})

test('while field-io is silent nothing of it is claimed', () => {
  for (const silent of [{ io_age_ms: 4000 }, { io_connected: false }]) {
    const text = systemText({ ...view, ...silent, controller_age_ms: [300, Infinity] }, 0)
    expect(text.devices[0]!.state).toBe('lost')
    expect(text.controllers.map((c) => c.state)).toEqual(['standby', 'lost'])
    expect(text.alarms.join()).toMatch(/field i\/o/i)
  }
})

test('a tripped device, a stopped scan and a trouble of the gateway stand in words', () => {
  const text = systemText(
    { ...view, io: { ...io, devices: [{ ...device, tripped: true }] }, age_ms: 7000, troubles: ['disk full'] },
    0,
  )
  expect([text.live, text.devices[0]!.state]).toEqual([false, 'tripped'])
  expect(text.alarms).toEqual(['No new scan for 7 s', 'disk full'])
})

test('changes are news once: an age that counts on is not', () => {
  const before = systemText(view, 0)
  const stopped = systemText({ ...view, age_ms: 7000 }, 1000)
  expect(systemChanges(before, stopped).map((c) => c.text)).toEqual(['Scans have stopped'])
  expect(systemChanges(stopped, systemText({ ...view, age_ms: 8000 }, 2000))).toEqual([])
  const lost = systemText({ ...view, io: { ...io, devices: [{ ...device, connected: false }] } }, 1000)
  expect(systemChanges(before, lost)).toEqual([{ tag: 'RIO-1', text: 'Device RIO-1: good -> lost' }])
})

test('the same alarm of two devices is news twice, one whose time goes on is not', () => {
  const alarm = (text: string) => systemText({ ...view, io: { ...io, alarms: [text] } }, 0)
  const one = alarm('RIO-1: network A -> B: no answer in 300 ms')
  expect(systemChanges(one, alarm('RIO-2: network A -> B: no answer in 300 ms')).map((c) => c.text)).toEqual([
    'Alarm: RIO-2: network A -> B: no answer in 300 ms',
    'Gone: RIO-1: network A -> B: no answer in 300 ms',
  ])
  expect(systemChanges(alarm('AN-1 silent for 4 s'), alarm('AN-1 silent for 5 s'))).toEqual([])
})
