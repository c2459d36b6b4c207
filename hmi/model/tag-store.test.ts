import { expect, test } from 'vitest'
import type { TagRecord } from '../../contracts/artifact.ts'
import type { ConfigText, ValueMessage } from '../../contracts/hmi-wire.ts'
import { STATUS } from '../../contracts/status.ts'
import { createTagStore } from './tag-store.ts'

const record = (tag: string, fields: TagRecord['fields']): TagRecord => ({
  tag,
  kind: 'controller',
  description: tag,
  area: '',
  eu: '%',
  lo: 0,
  hi: 100,
  decimals: 1,
  scan_ms: 1000,
  fields,
  writable: {},
  permitted: [],
  normal: '',
  limits: {},
})
const config = (artifact = 'a'): ConfigText => ({
  type: 'config',
  artifact,
  title: 't',
  tick_ms: 1000,
  tags: [record('LIC-01', { PV: 0, SP: 1 }), record('FIC-02', { PV: 2 })],
  displays: [],
  published: 3,
  server_ms: 0,
})
const message = (
  n: number,
  entries: readonly (readonly [number, number, number])[],
  more: Partial<ValueMessage> = {},
): ValueMessage => ({
  snapshot: false,
  epoch: 1,
  n,
  t_ms: n * 1000,
  indices: Uint16Array.from(entries.map((e) => e[0])),
  values: Float64Array.from(entries.map((e) => e[1])),
  statuses: Uint16Array.from(entries.map((e) => e[2])),
  ...more,
})

function ready() {
  const store = createTagStore()
  store.configure(config())
  return store
}

test('before the first value there is none: NaN, bad, never usable', () => {
  expect(ready().readings('LIC-01').PV).toEqual({
    value: Number.NaN,
    status: STATUS.badNotConnected,
    everUsable: false,
    statusSince_ms: 0,
  })
})

test('only the tags that changed are told, once a scan, after the whole scan is in', () => {
  const store = ready()
  const told: string[] = []
  store.subscribe('LIC-01', () => told.push(`LIC-01 sees ${store.readings('FIC-02').PV?.value}`))
  store.subscribe('FIC-02', () => told.push('FIC-02'))
  store.apply(
    message(1, [
      [0, 50, STATUS.good],
      [1, 60, STATUS.good],
      [2, 7, STATUS.good],
    ]),
  )
  store.apply(message(2, [[2, 8, STATUS.good]]))
  store.apply(message(3, [[2, 8, STATUS.good]]))
  expect(told).toEqual(['LIC-01 sees 7', 'FIC-02', 'FIC-02'])
})

test('a scan that is older by (epoch, n) changes nothing', () => {
  const store = ready()
  store.apply(message(5, [[0, 50, STATUS.good]]))
  store.apply(message(4, [[0, 1, STATUS.good]]))
  expect(store.readings('LIC-01').PV?.value).toBe(50)
  store.apply(message(1, [[0, 2, STATUS.good]], { epoch: 2 }))
  expect(store.readings('LIC-01').PV?.value).toBe(2)
  expect(store.scan()).toEqual({ epoch: 2, n: 1, t_ms: 1000 })
})

test('a status change is dated by its scan, a value change is not', () => {
  const store = ready()
  store.apply(message(1, [[0, 50, STATUS.good]]))
  store.apply(message(2, [[0, 51, STATUS.good]]))
  expect(store.readings('LIC-01').PV?.statusSince_ms).toBe(1000)
  store.apply(message(9, [[0, 51, STATUS.badSensorFailure]]))
  expect(store.readings('LIC-01').PV).toMatchObject({ value: 51, statusSince_ms: 9000, everUsable: true })
})

test('the same artifact after a reconnection keeps its values, another one forgets them', () => {
  const store = ready()
  store.apply(message(1, [[0, 50, STATUS.good]]))
  store.configure(config())
  expect(store.readings('LIC-01').PV?.value).toBe(50)
  store.configure(config('b'))
  expect(store.readings('LIC-01').PV?.value).toBeNaN()
})

test('units are shown in the signs an operator reads', () => {
  const store = createTagStore()
  const tag = { ...record('TIC-09', { PV: 0 }), eu: 'degC', out: { eu: '1', lo: 0, hi: 1, decimals: 0 } }
  store.configure({ ...config('u'), tags: [tag] })
  expect(store.tag('TIC-09')).toMatchObject({ eu: '°C', out: { eu: '' } })
})

test('a subscription ends when it is given back', () => {
  const store = ready()
  let told = 0
  const leave = store.subscribe('FIC-02', () => told++)
  leave()
  store.apply(message(1, [[2, 8, STATUS.good]]))
  expect(told).toBe(0)
})
