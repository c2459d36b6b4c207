import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvTable } from '../csv-cells.ts'
import { codecProblems, sentinelsOf } from './check-codec.ts'
import { profileFromTable } from './from-table.ts'
import { countsPerUnit } from './profile.ts'
import { readProfile } from './read-profile.ts'

const METER = {
  format: 1,
  name: 'm',
  title: 'M',
  source: 'nobody',
  protocols: ['modbus-rtu'],
  serial: { baud: 9600, parity: 'none', stop_bits: 1 },
  timeout: '250ms',
  requests: { read_registers_max: 4, pause: '5ms' },
  watchdog: { time: '10s', count: '1s', time_register: 900 },
  each_point: { type: 'int32', order: 'CDAB', scale: 0.01, unit: 'V', range: [0, 10] },
  points: {
    a: { register: 0 },
    b: { register: 2, scale: 1e-5, order: 'ABCD', unit: 'kWh', counter: true },
    c: { register: 4, counts_per_unit: 3 },
    on: { register: 6, type: 'bool', bit: 2 },
    pump: { register: 6, table: 'coil', values: { 0: 'Off', 1: 'On' } },
    ma: { register: 20, type: 'uint16', unit: 'mA', table: 'holding', access: 'write', range: [4, 20] },
  },
}
type Profile = { [K in keyof typeof METER]: unknown }

test('[FIO-PROF-8] what stands for all points stands for each that does not say otherwise, and not for bits', () => {
  const read = readProfile(METER, 'm')
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const { profile } = read
  const plain = { status_register: -1, readback_register: -1, counter: false, values: [], description: '' }
  expect(profile.points).toEqual([
    {
      ...plain,
      name: 'a',
      table: 'input',
      register: 0,
      type: 'int32',
      order: 'CDAB',
      counts_per_unit: 100,
      quantity: 'EU',
      unit: 'V',
      access: 'read',
      range: [0, 10],
    },
    {
      ...plain,
      name: 'b',
      table: 'input',
      register: 2,
      type: 'int32',
      counts_per_unit: 100_000,
      quantity: 'EU',
      unit: 'kWh',
      access: 'read',
      range: [0, 10],
      counter: true,
    },
    {
      ...plain,
      name: 'c',
      table: 'input',
      register: 4,
      type: 'int32',
      order: 'CDAB',
      counts_per_unit: 3,
      quantity: 'EU',
      unit: 'V',
      access: 'read',
      range: [0, 10],
    },
    {
      ...plain,
      name: 'on',
      table: 'input',
      register: 6,
      type: 'bool',
      bit: 2,
      counts_per_unit: 1,
      quantity: '1',
      unit: '',
      access: 'read',
    },
    {
      ...plain,
      name: 'pump',
      table: 'coil',
      register: 6,
      type: 'bool',
      counts_per_unit: 1,
      quantity: '1',
      unit: '',
      access: 'read-write',
      values: [
        { value: 0, text: 'Off' },
        { value: 1, text: 'On' },
      ],
    },
    {
      ...plain,
      name: 'ma',
      table: 'holding',
      register: 20,
      type: 'uint16',
      order: 'CDAB',
      counts_per_unit: 100,
      quantity: 'mA',
      unit: 'mA',
      access: 'write',
      range: [4, 20],
    },
  ])
  expect(profile).toMatchObject({
    timeout_ms: 250,
    requests: { read_registers_max: 4, pause_ms: 5 },
    serial: { baud: 9600, parity: 'none', data_bits: 8, stop_bits: 1 },
    watchdog: { time_ms: 10_000, count_ms: 1000, time_register: 900, tripped_register: -1, rearm_register: -1 },
    holes: 'refuse',
    whole_points: false,
  })
})

/** A copy with one thing put at a path. */
function with_(path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(METER) as Record<string | number, unknown>
  let node = copy
  for (const step of path.slice(0, -1)) node = node[step] as Record<string | number, unknown>
  node[path.at(-1)!] = value
  return copy as Profile
}

test.each([
  ['points.a.register', 65_535, 'CFG_OUT_OF_RANGE'],
  ['points.a.register', 1, 'CFG_REGISTER_OVERLAP'],
  ['points.a.type', 'string', 'CFG_UNKNOWN_WORD'],
  ['points.a.scale', 0, 'CFG_OUT_OF_RANGE'],
  ['points.b.counts_per_unit', 2, 'CFG_INCONSISTENT'],
  ['points.a.range', [1, 0], 'CFG_WRONG_TYPE'],
  ['points.a.sentinels', 'none', 'CFG_OUT_OF_RANGE'],
  ['points.on.bit', 16, 'CFG_OUT_OF_RANGE'],
  ['points.a.bit', 1, 'CFG_POINT_TYPE'],
  ['points.pump.type', 'uint16', 'CFG_POINT_TYPE'],
  ['points.pump.values.x', 'y', 'CFG_WRONG_TYPE'],
  ['points.ma.table', 'input', 'CFG_POINT_TYPE'],
  ['points.a b', { register: 30 }, 'CFG_WRONG_TYPE'],
  ['requests.read_registers_max', 126, 'CFG_OUT_OF_RANGE'],
  ['requests.single', 'yes', 'CFG_WRONG_TYPE'],
  ['watchdog.time', 0, 'CFG_WRONG_TYPE'],
  ['watchdog.time', '1500ms', 'CFG_WRONG_TYPE'],
  ['watchdog.time_register', 20, 'CFG_REGISTER_OVERLAP'],
  ['serial.parity', 'no', 'CFG_UNKNOWN_WORD'],
  ['protocols', [], 'CFG_WRONG_TYPE'],
  ['format', 2, 'CFG_WRONG_VERSION'],
  ['name', 'n', 'CFG_INCONSISTENT'],
  ['colour', 'red', 'CFG_UNKNOWN_FIELD'],
  ['strings', { s: { register: 5, registers: 8 } }, 'CFG_REGISTER_OVERLAP'],
  ['identification', { vendor: 'V' }, 'CFG_MISSING_FIELD'],
])('[FIO-PROF-BAD] %s = %j is %s', (path, value, code) => {
  const keys = path.split('.')
  const read = readProfile(with_(keys, value), 'm')
  const problems = 'problems' in read ? read.problems : []
  expect(problems.map((p) => p.code)).toContain(code)
  expect(new Set(problems.map((p) => p.code)).size).toBe(1)
})

test('[FIO-PROF-9] whatever stands in the file, it is a profile or a list of problems, never a throw', () => {
  const keys = Object.keys(METER)
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.anything(), (key, value) => {
      const read = readProfile({ ...METER, [key]: value }, 'm')
      expect('profile' in read || read.problems.length > 0).toBe(true)
    }),
  )
  fc.assert(
    fc.property(
      fc.constantFrom('register', 'type', 'scale', 'range', 'values', 'sentinels', 'bit'),
      fc.anything(),
      (key, value) => {
        const read = readProfile({ ...METER, points: { a: { register: 0, [key]: value } } }, 'm')
        expect('profile' in read || read.problems.length > 0).toBe(true)
      },
    ),
  )
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const read = readProfile({ ...METER, points: { a: { register: 0, type: { toString: value } } } }, 'm')
      expect(read).toHaveProperty('problems')
    }),
  )
})

test('[FIO-IMP-6] a table comes back cell by cell, and no text at all brings the reader down', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', '"', ',', ';', '\n', 'ä') })
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 }), (rows) => {
      const head = 'x,y,z'
      const text = [head, ...rows.map((r) => r.map((c) => `"${c.replaceAll('"', '""')}"`).join(','))].join('\r\n')
      const table = csvTable(text)
      expect(table.broken).toBeUndefined()
      expect(table.rows.slice(1).map((r) => r.map((c) => c.text))).toEqual(rows.map((r) => r.map((c) => c.trim())))
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(cell), (start, cells) => {
      const text = `name,register,type\n${start}${cells.join(',')}`
      const made = profileFromTable(text, {
        name: 'x',
        title: 'x',
        source: 'x',
        protocols: ['modbus-tcp'],
        addresses: '0',
      })
      expect('value' in made || made.faults.length > 0).toBe(true)
    }),
  )
})

test('a factor is the number of counts that its author meant', () => {
  // 1 / 1e-5 is 99999.99999999999 in Float64.
  expect([0.1, 0.01, 0.001, 1e-5, 0.5, 10, 0.00512].map(countsPerUnit)).toEqual([
    10, 100, 1000, 100_000, 2, 0.1, 195.3125,
  ])
  expect(countsPerUnit(1.52588e-7)).toBeCloseTo(6_553_595.3, 1)
})

test('sentinels are as the type reads them', () => {
  expect(sentinelsOf('int16', [0x8000, 0x7fff, -1])).toEqual([-32_768, 32_767, -1])
  expect(sentinelsOf('int32', [0x8000_0000])).toEqual([-2_147_483_648])
  expect(sentinelsOf('int64', [0x8000_0000_0000_0000, 5])).toEqual([-(2 ** 63), 2 ** 63, 5])
  expect(sentinelsOf('uint16', [65_536])).toBeUndefined()
  expect(sentinelsOf('int16', [70_000])).toBeUndefined()
  expect(sentinelsOf('uint16', [0.5])).toBeUndefined()
  expect(sentinelsOf('float32', [-9999.9])).toEqual([-9999.9])
})

test('what is written must fit one write: 2 registers not with function 6', () => {
  const codec = { table: 'holding', register: 0, type: 'float32', counts_per_unit: 1, quantity: 'EU' } as const
  expect(codecProblems(codec, { write_single: true }, true).map((p) => p.code)).toEqual(['CFG_REQUEST_LIMIT'])
  expect(codecProblems(codec, { write_single: true }, false)).toEqual([])
  expect(codecProblems(codec, { write_registers_max: 2 }, true)).toEqual([])
})
