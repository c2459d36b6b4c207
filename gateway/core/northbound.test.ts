import { expect, test } from 'vitest'
import { STATUS } from '../../contracts/status.ts'
import { ModbusServerCore } from '../../protocols/core/modbus/server.ts'
import { extendNorthbound, type NorthboundView, northboundModel, parseNorthbound, SYSTEM } from './northbound.ts'
import { createValueTable } from './value-table.ts'

const published = [
  { key: 'TI-1.PV', status: 0 },
  { key: 'FIC-2.PV', status: 0 },
]
function view(more: Partial<NorthboundView> = {}): NorthboundView {
  const table = createValueTable(published)
  table.filled = true
  table.n = 65_536 + 7
  // 230.5 = 0x43668000, -1.5 = 0xBFC00000
  table.values.set([230.5, -1.5])
  table.statuses.set([STATUS.good, STATUS.badSensorFailure])
  return { published, table, live: true, age_ms: 1200, ...more }
}
const MAP = parseNorthbound('register,key\n0,FIC-2.PV\n8,TI-1.PV\n12,GONE.PV\n').entries
/** The answer's PDU, hex. */
function ask(v: NorthboundView, pdu: string): string {
  const core = new ModbusServerCore(northboundModel(MAP, () => v))
  const request = Uint8Array.from(pdu.match(/../g)!, (h) => Number.parseInt(h, 16))
  const into = new Uint8Array(256)
  const end = core.answer(1, request, 0, request.length, into, 0)
  return [...into.subarray(0, end)].map((b) => b.toString(16).padStart(2, '0')).join('')
}
const SYSTEM_HEX = SYSTEM.toString(16).padStart(4, '0')

test('a value is a float32, high word first, then its status', () => {
  expect(ask(view(), '0400080004')).toBe('0408436680000080' + '0000')
  expect(ask(view(), '0400000003')).toBe('0406bfc000000010')
})

test('the system words: live, age in seconds, number of the scan', () => {
  expect(ask(view(), `04${SYSTEM_HEX}0003`)).toBe('0406000100010007')
  expect(ask(view({ live: false, age_ms: 1e9 }), `04${SYSTEM_HEX}0003`)).toBe('04060000ffff0007')
})

test('what is not live keeps its number and says so; a Bad status keeps its reason', () => {
  expect(ask(view({ live: false }), '0400080003')).toBe('0406436680000814')
  expect(ask(view({ live: false }), '0400000003')).toBe('0406bfc000000810')
})

test('a line whose tag is gone reads Bad, configuration error, and its neighbours go on', () => {
  expect(ask(view(), '0400080008')).toBe(`0410${'436680000080'}0000${'000000000004'}0000`)
})

test('exceptions: a register of no line 02, before the first scan 04, any write or other table 01', () => {
  expect(ask(view(), '0400040001')).toBe('8402')
  expect(ask(view(), '0400000005')).toBe('8402')
  const empty = view()
  empty.table.filled = false
  expect(ask(empty, '0400000003')).toBe('8404')
  expect(ask(view(), '0300000001')).toBe('8301')
  expect(ask(view(), '0600000001')).toBe('8601')
  expect(ask(view(), '100000000102000 1'.replace(' ', ''))).toBe('9001')
})

test('a new key gets the next register behind all that were ever given', () => {
  const entries = extendNorthbound(MAP, ['TI-1.PV', 'NEW.PV', 'FIC-2.PV', 'NEWER.PV'])
  expect(entries).toEqual([...MAP, { register: 16, key: 'NEW.PV' }, { register: 20, key: 'NEWER.PV' }])
})

test.each([
  ['x,A.PV', "line 2: found register 'x'"],
  [',A.PV', "line 2: found register ''"],
  ['3,A.PV', 'expected a multiple of 4'],
  ['60000,A.PV', 'line 2: register 60000'],
  ['0,', 'line 2: no key'],
  ['0,A.PV\n0,B.PV', 'line 3: register 0 is taken'],
  ['0,A.PV\n4,A.PV', 'line 3: A.PV has a register already'],
])('the map %j is refused with its line', (text, words) => {
  expect(parseNorthbound(`register,key\n${text}`).faults.join()).toContain(words)
})
