import { beforeEach, expect, test } from 'vitest'
import { COMMAND, EVENT, REFUSED } from '../core/codes.ts'
import { createInputs } from '../core/inputs.ts'
import { createSoe, note } from '../core/soe.ts'
import { createRequestDesk, type Order, readRequest } from './requests.ts'
import { createWriteSession, macOf, type WriteSession } from './secure-write.ts'
import { tennessee } from './testing/tennessee.ts'

const config = tennessee()
const key = Buffer.from('k'.repeat(32))
let now_ms = 0
let orders: Order[] = []
let answers: Record<string, unknown>[] = []
let heard = 0
let room = true
let session: WriteSession
const open = (): WriteSession =>
  createWriteSession(
    {
      config,
      key,
      desk: {
        submit(order) {
          if (room) orders.push(order)
          return room
        },
      },
      now_ms: () => now_ms,
      nonce: () => `nonce ${answers.length}`,
      heard: () => void heard++,
      note: () => {},
    },
    (message) => void answers.push(message as Record<string, unknown>),
  )
beforeEach(() => {
  now_ms = 0
  orders = []
  answers = []
  heard = 0
  room = true
  session = open()
})
const send = (message: object): boolean => session.take(JSON.stringify({ ...message, mac: macOf(message, key) }))
const WORDS = { target: 'FEEDS', channel: '', who: 'Ada', reason: 'r', work_order: 'w', compensation: '' }
const MOS = { ...WORDS, command: 'mos_on', target: 'S1', channel: 'PT-702' }
const ask = (id: number, words: object): Record<string, unknown> => {
  send({ type: 'request', id, ...words })
  return answers.at(-1)!
}
const confirm = (id: number, nonce: unknown, second = ''): Record<string, unknown> | undefined => {
  const before = answers.length
  send({ type: 'confirm', id, nonce, second })
  return answers[before]
}

test('[SIS-2.11] request, echo, confirm, and only then an order', () => {
  const echo = ask(1, { ...WORDS, command: 'reset' })
  expect(echo).toMatchObject({ type: 'echo', id: 1, expires_ms: 30_000, second_person: false })
  expect(echo['meaning']).toBe('Reset FEEDS, Feeds shut (XV-1, XV-2, XV-3, XV-4)')
  expect(orders).toHaveLength(0)
  expect(confirm(1, echo['nonce'])).toBeUndefined()
  expect(orders.map((o) => [o.request.kind, o.request.target])).toEqual([[COMMAND.reset, 0]])
  orders[0]!.done({ outcome: 'executed', code: '', reason: '' })
  expect(answers.at(-1)).toEqual({ type: 'result', id: 1, outcome: 'executed', code: '', reason: '' })
})

test('[SIS-2.11] the mac of the contract: HMAC-SHA-256 over the JSON text without it, reference value', () => {
  // echo -n '{"type":"alive","id":7}' | openssl dgst -sha256 -hmac kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
  expect(macOf({ type: 'alive', id: 7, mac: 'x' }, key)).toBe(
    'a31ae4a0ba001811089ce9cfc37b2c974e8fdd862f602183cca5069242293c5f',
  )
})

test.each([
  ['another key', (m: object) => ({ ...m, mac: macOf(m, Buffer.from('x'.repeat(32))) }), 'SIS_WRITE_MAC'],
  ['a changed word', (m: object) => ({ ...m, target: 'XV-10', mac: macOf(m, key) }), 'SIS_WRITE_MAC'],
  ['no mac', (m: object) => m, 'SIS_WRITE_MAC'],
  ['a mac of another length', (m: object) => ({ ...m, mac: '' }), 'SIS_WRITE_MAC'],
])('[SIS-2.11] a line with %s is refused', (_, change, code) => {
  session.take(JSON.stringify(change({ type: 'request', id: 1, ...WORDS, command: 'reset' })))
  expect(answers).toMatchObject([{ outcome: 'refused', code }])
  expect(heard).toBe(0)
})

test('[SIS-2.11] a nonce is worth one confirmation, also a wrong one', () => {
  const echo = ask(1, { ...WORDS, command: 'reset' })
  expect(confirm(1, 'guess')).toMatchObject({ code: 'SIS_WRITE_NONCE' })
  expect(confirm(1, echo['nonce'])).toMatchObject({ code: 'SIS_WRITE_ORDER' })
  const again = ask(2, { ...WORDS, command: 'reset' })
  confirm(2, again['nonce'])
  expect(confirm(2, again['nonce'])).toMatchObject({ code: 'SIS_WRITE_ORDER' })
  expect(orders).toHaveLength(1)
})

test('[SIS-2.11] a request replaces the one that was not confirmed; its nonce is of no use for the other', () => {
  const first = ask(1, { ...WORDS, command: 'reset' })
  ask(2, { ...WORDS, command: 'reset', target: 'XV-11' })
  expect(confirm(1, first['nonce'])).toMatchObject({ code: 'SIS_WRITE_NONCE' })
  expect(orders).toHaveLength(0)
})

test('[SIS-2.11] an echo lives for 30 s', () => {
  let echo = ask(1, { ...WORDS, command: 'reset' })
  now_ms = 30_000
  expect(confirm(1, echo['nonce'])).toBeUndefined()
  echo = ask(2, { ...WORDS, command: 'reset' })
  now_ms = 60_001
  expect(confirm(2, echo['nonce'])).toMatchObject({ outcome: 'expired', code: 'SIS_WRITE_EXPIRED' })
})

test('[SIS-2.11] numbers of requests rise: a repeated line is refused', () => {
  ask(5, { ...WORDS, command: 'reset' })
  expect(ask(5, { ...WORDS, command: 'reset' })).toMatchObject({ code: 'SIS_WRITE_REPLAY' })
  expect(ask(4, { ...WORDS, command: 'reset' })).toMatchObject({ code: 'SIS_WRITE_REPLAY' })
})

test('[SIS-2.7] what takes protection away wants a second person, another than the first', () => {
  for (const [id, second] of [
    [1, ''],
    [2, 'ADA'],
    [3, ' ada  '],
  ] as const)
    expect(confirm(id, ask(id, MOS)['nonce'], second)).toMatchObject({ code: 'SIS_WRITE_SECOND' })
  const echo = ask(4, MOS)
  expect(echo).toMatchObject({ second_person: true })
  expect(echo['meaning']).toBe(
    'Bypass for maintenance PT-702 of S1, Reactor pressure high high; at most 480 min; reason: r; work order: w',
  )
  expect(confirm(4, echo['nonce'], 'Grace')).toBeUndefined()
  expect(orders[0]!.request).toMatchObject({ kind: COMMAND.mosOn, target: 0, channel: 1 })
})

test('[SIS-2.11] unknown words, a full desk, endless fields', () => {
  expect(ask(1, { ...WORDS, command: 'force_normal' })).toMatchObject({ code: 'SIS_WRITE_UNKNOWN' })
  expect(ask(2, { ...WORDS, command: 'constructor' })).toMatchObject({ code: 'SIS_WRITE_UNKNOWN' })
  expect(ask(3, { ...WORDS, command: 'reset', target: 'NONE' })).toMatchObject({ code: 'SIS_WRITE_UNKNOWN' })
  expect(ask(4, { ...MOS, channel: 'TT-901' })).toMatchObject({ code: 'SIS_WRITE_UNKNOWN' })
  expect(ask(5, { ...WORDS, command: 'reset', who: '  ' })).toMatchObject({ code: 'SIS_WRITE_WHO' })
  expect(ask(6, { ...WORDS, command: 'reset', reason: 'x'.repeat(201) })).toMatchObject({ code: 'SIS_WRITE_MALFORMED' })
  room = false
  expect(confirm(7, ask(7, { ...WORDS, command: 'reset' })['nonce'])).toMatchObject({ code: 'SIS_WRITE_BUSY' })
})

test('the eighth line that no honest client sends ends the connection', () => {
  const kept = Array.from({ length: 8 }, () => session.take('{'))
  expect(kept).toEqual([true, true, true, true, true, true, true, false])
})

test('every command of the contract is understood', () => {
  const targets: Record<string, string> = { S: 'S3', E: 'FEEDS', V: 'XV-1' }
  const of: Record<string, string> = {
    reset: 'E',
    start: 'E',
    mos_on: 'S',
    mos_off: 'S',
    startup_override: 'S',
    effect_override: 'E',
    force_trip: 'E',
    force_trip_off: 'E',
    partial_stroke: 'V',
    acknowledge: 'S',
  }
  for (const [command, kind] of Object.entries(of))
    expect(
      readRequest(config, { ...WORDS, channel: 'FT-912', command, target: targets[kind]! }),
      command,
    ).toHaveProperty('meaning')
})

test('[SIS-2.6] the desk gives each order to one scan, and says what the scan said', () => {
  const notes: object[] = []
  const desk = createRequestDesk(
    () => false,
    (entry) => void notes.push(entry),
  )
  const inputs = createInputs(config)
  const soe = createSoe(64)
  const outcomes: unknown[] = []
  const order = (words: object, expires_ms = 100): void => {
    const full = { ...WORDS, ...words } as never
    const request = readRequest(config, full)
    if ('code' in request) throw new Error(request.code)
    desk.submit({
      request,
      words: full,
      second: '',
      expires_ms,
      done: (o) => void outcomes.push([o.outcome, o.code, o.reason]),
    })
  }
  // Of an earlier scan: the panel's button.
  note(soe, 1, EVENT.refused, COMMAND.reset, 0, REFUSED.causeActive)
  desk.judge(soe)
  order({ command: 'reset' })
  order({ command: 'start', target: 'XV-10' })
  order({ command: 'reset', target: 'XV-11' }, 40)
  order({ command: 'acknowledge', target: 'CHANNEL' })
  desk.into(inputs, 50)
  expect(inputs.command_count).toBe(2)
  expect([...inputs.commands.subarray(0, 16)]).toEqual([1, 0, 0, 1, 1, 1, 0, 0, 2, 2, 0, 2, 2, 2, 0, 0])
  note(soe, 2, EVENT.refused, COMMAND.start, 2, REFUSED.state)
  desk.judge(soe)
  expect(outcomes).toEqual([
    ['expired', 'SIS_WRITE_EXPIRED', 'no scan came in time'],
    ['refused', 'SIS_WRITE_REFUSED', 'the channel asks for no acknowledgement'],
    ['executed', '', ''],
    ['refused', 'SIS_WRITE_REFUSED', 'not in the state for it'],
  ])
  inputs.command_count = 0
  desk.into(inputs, 60)
  expect(inputs.command_count).toBe(0)
  expect(notes).toHaveLength(3)
})
