import { expect, test } from 'vitest'
import { createEmulatedDevice, type EmulatedPoint, type EmulatedProfile } from './emulated-device.ts'

const point = (name: string, more: Partial<EmulatedPoint>): EmulatedPoint => ({
  name,
  unit: 'V',
  table: 'input',
  register: 0,
  type: 'float32',
  counts_per_unit: 1,
  lo: 220,
  hi: 240,
  writable: false,
  counter: false,
  ...more,
})
const profile = (more: Partial<EmulatedProfile> = {}): EmulatedProfile => ({
  name: 'meter',
  title: 'A meter',
  points: [
    point('volts', {}),
    point('energy', {
      register: 4,
      type: 'uint32',
      order: 'CDAB',
      counts_per_unit: 100,
      lo: 0,
      hi: 86_400,
      counter: true,
    }),
    point('demand', { table: 'holding', register: 0, lo: 0, hi: 60, writable: true }),
    point('ratio', { table: 'holding', register: 2, type: 'uint16', lo: 0, hi: 3, writable: true, fail: 1 }),
  ],
  texts: [{ name: 'model', table: 'holding', register: 10, registers: 3, text: 'ABCDE', chars_per_register: 2 }],
  identification: [],
  holes: 'zero',
  ...more,
})
const read = (p: EmulatedProfile, table: 'input' | 'holding', address: number, quantity: number, t_s = 0): number[] => {
  const device = createEmulatedDevice(p, 1, 'm')
  device.advance(t_s)
  const into = new Uint16Array(quantity)
  device.model.readRegisters(1, table, address, into, quantity)
  return [...into]
}

test('a set value stands in the registers as the description says', () => {
  const device = createEmulatedDevice(profile(), 1, 'm')
  expect(device.set('volts', 230.5)).toBe(true)
  device.advance(100)
  const into = new Uint16Array(2)
  device.model.readRegisters(1, 'input', 0, into, 2)
  // 230.5 = 0x43668000
  expect([...into]).toEqual([0x4366, 0x8000])
  expect(device.value('volts')).toBe(230.5)
  expect(device.set('nothing', 1)).toBe(false)
})

test('a counter rises by its span a day, low word first where the description says so', () => {
  // 86,400 a day: one a second, 100 counts each; 1000 s are 100,000 counts = 0x000186A0.
  expect(read(profile(), 'input', 4, 2, 1000)).toEqual([0x86a0, 0x0001])
})

test('what lives stays within its range, moves, and is the same for the same seed', () => {
  const run = (seed: number): number[] => {
    const device = createEmulatedDevice(profile(), seed, 'm')
    return Array.from({ length: 300 }, (_, t) => {
      device.advance(t)
      return device.value('volts')!
    })
  }
  const values = run(1)
  expect(Math.min(...values)).toBeGreaterThanOrEqual(220)
  expect(Math.max(...values)).toBeLessThanOrEqual(240)
  expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(5)
  expect(run(1)).toEqual(values)
  expect(run(2)).not.toEqual(values)
})

test('holes read 0 or are refused, what lies wholly outside is always refused', () => {
  const zero = createEmulatedDevice(profile(), 1, 'm').model
  expect(zero.admits(1, 'input', 0, 6, false)).toBe(0)
  expect(read(profile(), 'input', 2, 2)).toEqual([0, 0])
  expect(zero.admits(1, 'input', 2, 2, false)).toBe(2)
  expect(zero.admits(1, 'input', 500, 1, false)).toBe(2)
  const refuse = createEmulatedDevice(profile({ holes: 'refuse' }), 1, 'm').model
  expect(refuse.admits(1, 'input', 0, 6, false)).toBe(2)
  expect(refuse.admits(1, 'input', 0, 2, false)).toBe(0)
})

test('the limits of the device: quantity, whole numbers only, one parameter a request, read only', () => {
  const small = createEmulatedDevice(profile({ read_registers_max: 4, write_registers_max: 2 }), 1, 'm').model
  expect(small.admits(1, 'input', 0, 5, false)).toBe(3)
  expect(small.admits(1, 'holding', 0, 3, true)).toBe(3)
  const whole = createEmulatedDevice(profile({ whole: true }), 1, 'm').model
  expect(whole.admits(1, 'input', 1, 1, false)).toBe(2)
  expect(whole.admits(1, 'holding', 0, 1, true)).toBe(2)
  expect(whole.admits(1, 'holding', 0, 2, true)).toBe(0)
  const single = createEmulatedDevice(profile({ single: true }), 1, 'm').model
  expect(single.admits(1, 'holding', 2, 1, false)).toBe(0)
  expect(single.admits(1, 'holding', 0, 3, false)).toBe(3)
  expect(single.admits(1, 'holding', 10, 3, true)).toBe(2)
})

test('text stands two characters a register, the rest zero', () => {
  expect(read(profile(), 'holding', 10, 3)).toEqual([0x4142, 0x4344, 0x4500])
})

test('the output watchdog: to the fail values when nobody writes, and there until re-armed', () => {
  const watchdog = { time_register: 100, count_ms: 100, tripped_register: 200, rearm_register: 101 }
  const device = createEmulatedDevice(profile({ watchdog }), 1, 'm')
  const write = (address: number, value: number): void => {
    device.model.writeRegisters(1, address, Uint16Array.of(value), 1)
  }
  write(100, 20)
  write(2, 3)
  device.advance(1.9)
  expect([device.tripped, device.value('ratio')]).toEqual([false, 3])
  device.advance(2)
  expect([device.tripped, device.value('ratio')]).toEqual([true, 1])
  write(2, 3)
  expect(device.value('ratio')).toBe(1)
  write(101, 1)
  write(2, 2)
  expect([device.tripped, device.value('ratio')]).toEqual([false, 2])
})

test('what is written is read back where the description says, and a status register says good', () => {
  const p = profile({
    points: [
      point('out', {
        table: 'holding',
        register: 0,
        type: 'int16',
        writable: true,
        lo: -5,
        hi: 5,
        readback_register: 100,
      }),
      point('in', { register: 1, type: 'uint16', status_register: 50 }),
    ],
  })
  const { model } = createEmulatedDevice(p, 1, 'm')
  model.writeRegisters(1, 0, Uint16Array.of(0xfffe), 1)
  const into = new Uint16Array(2)
  model.readRegisters(1, 'input', 100, into, 1)
  expect(into[0]).toBe(0xfffe)
  model.readRegisters(1, 'input', 50, into, 1)
  expect(into[0]).toBe(0)
})
