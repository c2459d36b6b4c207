import { expect, test } from 'vitest'
import type { DeviceRecord, InputPoint, IoSection, OutputPoint } from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import { type DeviceImage, type Grain, type PollPlan, pollPlan } from './poll-plan.ts'

const input = (register: number, more: Partial<InputPoint> = {}): InputPoint => ({
  point: `D/${register}`,
  device: 0,
  table: 'input',
  register,
  type: 'uint16',
  counts_per_unit: 1,
  quantity: 'EU',
  status_register: -1,
  ...more,
})
const outputAt = (register: number, more: Partial<OutputPoint> = {}): OutputPoint => ({
  point: `D/o${register}`,
  device: 0,
  table: 'holding',
  register,
  type: 'uint16',
  counts_per_unit: 1000,
  quantity: 'mA',
  readback_register: 100 + register,
  step_max: 20,
  min: 0,
  max: 22,
  ...more,
})
const section = (inputs: InputPoint[], outputs: OutputPoint[] = [], more: Partial<DeviceRecord> = {}): IoSection => ({
  devices: [
    { id: 'D', description: '', protocol: 'modbus-tcp', endpoint: 'x:1', unit: 1, timeout_ms: 100, ...more },
    { id: 'E', description: '', protocol: 'modbus-tcp', endpoint: 'x:2', unit: 1, timeout_ms: 100 },
  ],
  inputs,
  outputs,
})
const readsOf = (io: IoSection, grain: Grain = 'gaps', index = 0) =>
  pollPlan(io, 0, grain).classes[index]!.reads.map((r) => [r.function, r.address, r.quantity])

/** Answers every read of the fastest class from tables where register n of function f holds `content(f, n)`. */
function decoded(io: IoSection, content: (code: number, address: number) => number, plan: PollPlan): DeviceImage {
  const outputs = io.outputs.length
  const into: DeviceImage = {
    values: new Float64Array(io.inputs.length).fill(-1),
    statuses: new Uint16Array(io.inputs.length),
    readbacks: new Float64Array(outputs).fill(-1),
    readback_statuses: new Uint16Array(outputs),
    exponents: io.outputs.map(() => undefined),
    tripped: false,
  }
  plan.classes.forEach((c, i) => {
    const answers = c.reads.map((r) => Array.from({ length: r.quantity }, (_, k) => content(r.function, r.address + k)))
    plan.decode(i, answers, into)
  })
  return into
}

test('neighbours are one request, a wide gap makes two, another device none', () => {
  const io = section([input(0), input(3), input(40), input(41), input(5, { device: 1 })])
  expect(readsOf(io)).toEqual([
    [4, 0, 4],
    [4, 40, 2],
  ])
})

test('an exact plan asks for nothing but the points, a single one for each by itself', () => {
  const io = section([input(0), input(2), input(1), input(9)])
  expect(readsOf(io, 'exact')).toEqual([
    [4, 0, 3],
    [4, 9, 1],
  ])
  expect(readsOf(io, 'single')).toEqual([
    [4, 0, 1],
    [4, 1, 1],
    [4, 2, 1],
    [4, 9, 1],
  ])
})

test('no request reads more than 125 registers or 2000 bits, and none more than the device can', () => {
  const inputs = Array.from({ length: 300 }, (_, i) => input(i))
  expect(readsOf(section(inputs))).toEqual([
    [4, 0, 125],
    [4, 125, 125],
    [4, 250, 50],
  ])
  expect(readsOf(section(inputs, [], { requests: { read_registers_max: 100 } }))).toEqual([
    [4, 0, 100],
    [4, 100, 100],
    [4, 200, 100],
  ])
  const bits = Array.from({ length: 2001 }, (_, i) => input(i, { table: 'discrete', type: 'bool' }))
  expect(readsOf(section(bits))).toEqual([
    [2, 0, 2000],
    [2, 2000, 1],
  ])
})

test('a gap is what the device allows; a device of one parameter a request gets one a request', () => {
  const inputs = [input(0), input(4), input(5, { type: 'float32' })]
  expect(readsOf(section(inputs, [], { requests: { gap_max: 3 } }))).toEqual([[4, 0, 7]])
  expect(readsOf(section(inputs, [], { requests: { gap_max: 2 } }))).toEqual([
    [4, 0, 1],
    [4, 4, 3],
  ])
  expect(readsOf(section(inputs, [], { requests: { single: true } }))).toEqual([
    [4, 0, 1],
    [4, 4, 1],
    [4, 5, 2],
  ])
})

test('a value of several registers is never cut by the limit of a request', () => {
  const inputs = Array.from({ length: 100 }, (_, i) => input(2 * i + 1, { type: 'float32' }))
  expect(readsOf(section([input(0), ...inputs]))).toEqual([
    [4, 0, 125],
    [4, 125, 76],
  ])
})

test('each class has its own reads, fastest first; read-backs and the trip register go with the fastest', () => {
  const io = section(
    [input(0, { every: 10 }), input(1, { every: 2 }), input(2, { every: 10 })],
    [outputAt(0, { readback_register: 50 })],
    { watchdog: { time_register: 0, time_ms: 1000, tripped_register: 90, rearm_register: -1 } },
  )
  const plan = pollPlan(io, 0, 'exact')
  expect(plan.classes.map((c) => [c.every, c.inputs, c.reads.map((r) => [r.function, r.address, r.quantity])])).toEqual(
    [
      [
        2,
        [1],
        [
          [4, 1, 1],
          [4, 50, 1],
          [4, 90, 1],
        ],
      ],
      [
        10,
        [0, 2],
        [
          [4, 0, 1],
          [4, 2, 1],
        ],
      ],
    ],
  )
})

test('all four tables are asked for separately, and every value finds its place', () => {
  const io = section(
    [
      input(7, { counts_per_unit: 1000, quantity: 'mA', status_register: 9 }),
      input(3, { table: 'holding', type: 'int16', counts_per_unit: 10 }),
      input(20, { type: 'float32' }),
      input(5, { table: 'discrete', type: 'bool' }),
      input(6, { table: 'coil', type: 'bool' }),
      input(30, { type: 'bool', bit: 3 }),
      input(31, { exponent_register: 33 }),
    ],
    [outputAt(0), outputAt(8, { table: 'coil', type: 'bool', counts_per_unit: 1, readback_register: -1 })],
  )
  // IEEE 754 single 123.456 is 0x42F6E979. 12345 x 10^-2 with an exponent of 0xFFFE.
  const content: Record<string, number> = {
    '4/7': 12_345,
    '4/9': 1,
    '3/3': 0xfff6,
    '4/20': 0x42f6,
    '4/21': 0xe979,
    '2/5': 1,
    '1/6': 0,
    '1/8': 1,
    '4/30': 0b1000,
    '4/31': 12_345,
    '4/33': 0xfffe,
    '4/100': 8000,
  }
  const image = decoded(io, (code, address) => content[`${code}/${address}`] ?? 0, pollPlan(io, 0, 'gaps'))
  expect([...image.values]).toEqual([12.345, -1, Math.fround(123.456), 1, 0, 1, 123.45])
  expect([...image.statuses]).toEqual([STATUS.badSensorFailure, ...new Array(6).fill(STATUS.good)])
  expect([...image.readbacks]).toEqual([8, 1])
  expect(image.tripped).toBe(false)
})

test('[FIO-2] a sentinel is Bad with the last usable value; what the device refuses is Bad by configuration', () => {
  const io = section([input(0, { sentinels: [0x8000] }), input(40)], [outputAt(0, { type: 'float32' })])
  const plan = pollPlan(io, 0, 'gaps')
  // 0x41000041 is a single of 8.0000620: whatever it is, it stays.
  const image = decoded(io, (_code, address) => (address === 100 ? 0x4100 : 0x41), plan)
  const readback = image.readbacks[0]!
  expect(readback).toBeGreaterThan(0)
  // The read-back is the quiet NaN of IEEE 754.
  plan.decode(0, [[0x8000], undefined, [0x7fc0, 0]], image)
  expect([...image.values]).toEqual([0x41, 0x41])
  expect([...image.statuses]).toEqual([STATUS.badSensorFailure, STATUS.badConfigError])
  expect([...image.readbacks]).toEqual([readback])
  expect([...image.readback_statuses]).toEqual([STATUS.badDeviceFailure])
})
