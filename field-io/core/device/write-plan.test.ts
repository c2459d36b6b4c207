import { expect, test } from 'vitest'
import type { OutputPoint, RequestLimits } from '../../../contracts/artifact.ts'
import { writeSteps } from './write-plan.ts'

const outputAt = (register: number, more: Partial<OutputPoint> = {}): OutputPoint => ({
  point: `D/o${register}`,
  device: 0,
  table: 'holding',
  register,
  type: 'uint16',
  counts_per_unit: 1000,
  quantity: 'mA',
  readback_register: -1,
  step_max: 20,
  min: 0,
  max: 22,
  ...more,
})
const bool = (register: number, more: Partial<OutputPoint> = {}): OutputPoint =>
  outputAt(register, { type: 'bool', counts_per_unit: 1, quantity: '1', min: 0, max: 1, ...more })

/** Requests as [function, address, content]; bits as [22, register, AND mask, OR mask]. */
const steps = (outputs: readonly (readonly [OutputPoint, number])[], limits?: RequestLimits) =>
  writeSteps(
    outputs.map(([point, value]) => ({ point, value })),
    limits,
  ).map((step) => {
    if (step.kind === 'bits') return [22, step.register, step.and_mask, step.or_mask]
    const { request } = step
    if (request.function === 16) return [16, request.address, ...Array.from(request.registers)]
    if (request.function === 6) return [6, request.address, request.value]
    if (request.function === 5) return [5, request.address, request.on]
    if (request.function === 15) return [15, request.address, ...Array.from(request.bits)]
    throw new Error(`function ${request.function}`)
  })

test('outputs that are neighbours leave in one request, in register order, held to their range', () => {
  expect(
    steps([
      [outputAt(1), 4],
      [outputAt(0), 30],
      [outputAt(5), 12.3456],
      [outputAt(2), -5],
    ]),
  ).toEqual([
    [16, 0, 22_000, 4000, 0],
    [16, 5, 12_346],
  ])
})

test('an output that is no number, or whose count means something else to the device, is not written', () => {
  expect(
    steps([
      [outputAt(0), 4],
      [outputAt(1), Number.NaN],
      [outputAt(2, { sentinels: [5000] }), 5],
    ]),
  ).toEqual([[16, 0, 4000]])
})

test('a device without function 16 gets its registers one by one, one of short telegrams in short ones', () => {
  const float = outputAt(2, { type: 'float32', counts_per_unit: 1, max: 1000 })
  const two: [OutputPoint, number][] = [
    [outputAt(1), 4],
    [float, 123.456],
  ]
  expect(steps(two, { write_single: true })).toEqual([
    [6, 1, 4000],
    [6, 2, 0x42f6],
    [6, 3, 0xe979],
  ])
  expect(steps(two, { write_registers_max: 2 })).toEqual([
    [16, 1, 4000],
    [16, 2, 0x42f6, 0xe979],
  ])
  expect(steps(two, { single: true })).toEqual([
    [16, 1, 4000],
    [16, 2, 0x42f6, 0xe979],
  ])
})

test('coils go by function 5 alone, by function 15 in a row', () => {
  const coil = (register: number): OutputPoint => bool(register, { table: 'coil' })
  const three: [OutputPoint, number][] = [
    [coil(4), 1],
    [coil(8), 1],
    [coil(9), 0],
  ]
  expect(steps(three)).toEqual([
    [5, 4, true],
    [15, 8, 1, 0],
  ])
  expect(steps(three, { write_single: true })).toEqual([
    [5, 4, true],
    [5, 8, true],
    [5, 9, false],
  ])
})

// MODBUS Application Protocol V1.1b3, 6.16: result = (present AND and_mask) OR (or_mask AND NOT and_mask).
test('bits of one register leave together and touch no other bit of it', () => {
  const three: [OutputPoint, number][] = [
    [bool(7, { bit: 0 }), 1],
    [bool(7, { bit: 15 }), 0],
    [bool(8, { bit: 2 }), 1],
  ]
  const [first, second] = steps(three) as number[][]
  expect([first, second]).toEqual([
    [22, 7, 0x7ffe, 0x0001],
    [22, 8, 0xfffb, 0x0004],
  ])
  const present = 0xff00
  expect((present & first![2]!) | (first![3]! & ~first![2]! & 0xffff)).toBe(0x7f01)
})
