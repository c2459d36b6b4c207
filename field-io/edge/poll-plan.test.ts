import { expect, test } from 'vitest'
import type { InputPoint, IoSection, OutputPoint } from '../../contracts/artifact.ts'
import { pollPlan } from './poll-plan.ts'

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
const section = (inputs: InputPoint[], outputs: OutputPoint[] = []): IoSection => ({
  devices: [
    { id: 'D', description: '', protocol: 'modbus-tcp', endpoint: 'x:1', unit: 1, timeout_ms: 100 },
    { id: 'E', description: '', protocol: 'modbus-tcp', endpoint: 'x:2', unit: 1, timeout_ms: 100 },
  ],
  inputs,
  outputs,
})

test('neighbours are one request, a wide gap makes two, another device none', () => {
  const io = section([input(0), input(3), input(40), input(41), input(5, { device: 1 })])
  expect(pollPlan(io, 0, 16).blocks).toEqual([
    { function: 4, address: 0, quantity: 4 },
    { function: 4, address: 40, quantity: 2 },
  ])
})

test('a plan without gaps asks for nothing but the points', () => {
  expect(pollPlan(section([input(0), input(2), input(1), input(9)]), 0, 0).blocks).toEqual([
    { function: 4, address: 0, quantity: 3 },
    { function: 4, address: 9, quantity: 1 },
  ])
})

test('no request reads more than 125 registers', () => {
  const { blocks } = pollPlan(section(Array.from({ length: 300 }, (_, i) => input(i))), 0, 16)
  expect(blocks.map((b) => [b.address, b.quantity])).toEqual([
    [0, 125],
    [125, 125],
    [250, 50],
  ])
})

test('a float32 is never cut by the limit of a request', () => {
  const inputs = Array.from({ length: 100 }, (_, i) => input(2 * i + 1, { type: 'float32' }))
  const { blocks } = pollPlan(section([input(0), ...inputs]), 0, 16)
  expect(blocks.map((b) => [b.address, b.quantity])).toEqual([
    [0, 125],
    [125, 76],
  ])
})

test('holding and input registers are asked for separately, and every value finds its place', () => {
  const io = section(
    [
      input(7, { counts_per_unit: 1000, quantity: 'mA', status_register: 9 }),
      input(3, { table: 'holding', type: 'int16', counts_per_unit: 10 }),
      input(20, { type: 'float32' }),
    ],
    [outputAt(0)],
  )
  const plan = pollPlan(io, 0, 0)
  const answers = plan.blocks.map((b) => {
    const registers = new Uint16Array(b.quantity)
    const put = (code: number, register: number, value: number): void => {
      if (b.function === code && register >= b.address && register < b.address + b.quantity)
        registers[register - b.address] = value
    }
    put(4, 7, 12_345)
    put(4, 9, 1)
    put(3, 3, 0xfff6)
    // IEEE 754 single 123.456 is 0x42F6E979.
    put(4, 20, 0x42f6)
    put(4, 21, 0xe979)
    put(4, 100, 8000)
    return registers
  })
  const values = plan.decode(answers)
  expect([...values.inputs]).toEqual([12.345, -1, Math.fround(123.456)])
  expect(values.trusted).toEqual([false, true, true])
  expect([...values.readbacks]).toEqual([8])
  expect(values.tripped).toBe(false)
})

test('outputs that are neighbours leave in one request, in register order, held to their range', () => {
  const io = section([], [outputAt(1), outputAt(0), outputAt(5), outputAt(2)])
  const runs = pollPlan(io, 0, 16).encode([0, 1, 2, 3], Float64Array.of(4, 30, 12.3456, -5))
  expect(runs.map((r) => [r.address, [...r.registers]])).toEqual([
    [0, [22_000, 4000, 0]],
    [5, [12_346]],
  ])
})

test('an output that is not named, or is no number, is not written', () => {
  const io = section([], [outputAt(0), outputAt(1), outputAt(2)])
  const runs = pollPlan(io, 0, 16).encode([0, 1], Float64Array.of(4, Number.NaN))
  expect(runs.map((r) => [r.address, [...r.registers]])).toEqual([[0, [4000]]])
})
