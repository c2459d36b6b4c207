import { expect, test } from 'vitest'
import { createRig, type Rig, type RigOptions } from './rig.ts'
import { type ToyField, toyInstruments } from './testing/toy-instruments.ts'
import { createToyPlant, TOY_LAG_S, type ToyPlant } from './testing/toy-plant.ts'

function bench(field: ToyField = {}, options: Partial<RigOptions> = {}): { rig: Rig; plant: ToyPlant } {
  const plant = createToyPlant()
  return { plant, rig: createRig(plant, toyInstruments(field), { seed: 1, step_ms: 100, ...options }) }
}

const counts = (pct: number): number => 12_000 + 480 * pct
const OUTPUT = 0
const TRIPPED = 200
const REARM = 101

test('at power-up every register shows the starting state', () => {
  const { rig } = bench()
  expect(rig.drops.readInput(0, 0)).toBe(counts(50))
  expect(rig.drops.readInput(0, 100)).toBe(counts(40))
  expect(rig.drops.readInput(0, 150)).toBe(counts(40))
  expect(rig.drops.readHolding(0, OUTPUT)).toBe(counts(40))
  expect(rig.drops.readHolding(0, 100)).toBe(30)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(0)
})

test('what is written moves the valve of the plant with its lag, and is read back at once', () => {
  const { rig } = bench()
  expect(rig.drops.writeHolding(0, OUTPUT, counts(60))).toBe(true)
  expect(rig.drops.readInput(0, 100)).toBe(counts(60))
  rig.advance(2000)
  const position = 40 + 20 * (1 - Math.exp(-2 / TOY_LAG_S))
  // Half a count is 0.001 %.
  expect((rig.drops.readInput(0, 150) - 12_000) / 480).toBeCloseTo(position, 2)
  expect(rig.input_values[rig.inputIndex('RIO-1/ZI/0')]).toBeCloseTo(4 + 0.16 * position, 3)
})

test('writing by index is writing by register', () => {
  const { rig } = bench()
  rig.setOutput(rig.outputIndex('RIO-1/AO/0'), 4 + 0.16 * 60)
  expect(rig.drops.readHolding(0, OUTPUT)).toBe(counts(60))
  expect(rig.output_values[0]).toBeCloseTo(13.6, 12)
  expect(rig.outputAt('RIO-1', 0)).toBe(0)
  expect(rig.inputAt('RIO-2', 0)).toBe(rig.inputIndex('RIO-2/AI/0'))
})

test('reading by index gives what a master decodes: whole counts as mA', () => {
  const { rig, plant } = bench()
  plant.set(33.3333)
  rig.advance(100)
  expect(rig.input_values[0]).toBe(rig.drops.readInput(0, 0) / 3000)
})

test('an analyser posts float32 on its period, with a counter that rises though the value does not', () => {
  const { rig, plant } = bench()
  const read = (): number => {
    const words = new DataView(new ArrayBuffer(4))
    words.setUint16(0, rig.drops.readInput(1, 0))
    words.setUint16(2, rig.drops.readInput(1, 1))
    return words.getFloat32(0)
  }
  plant.set(12.34)
  rig.advance(59_900)
  expect([read(), rig.drops.readInput(1, 150)]).toEqual([50, 0])
  rig.advance(100)
  expect([read(), rig.drops.readInput(1, 150)]).toEqual([Math.fround(12.34), 1])
  rig.advance(60_000)
  expect([read(), rig.drops.readInput(1, 150)]).toEqual([Math.fround(12.34), 2])
  expect(rig.input_values[rig.inputIndex('RIO-2/AI/0')]).toBe(Math.fround(12.34))
})

test('an analyser that fails says so in its status word and keeps value and counter', () => {
  const { rig, plant } = bench()
  rig.setFault('AT-01', { kind: 'failed', end_s: 90 })
  plant.set(12)
  rig.advance(60_000)
  expect([rig.drops.readInput(1, 100), rig.drops.readInput(1, 150), rig.input_values[1]]).toEqual([1, 0, 50])
  rig.advance(60_000)
  expect([rig.drops.readInput(1, 100), rig.drops.readInput(1, 150), rig.input_values[1]]).toEqual([0, 1, 12])
})

test('the watchdog trips 3 s of plant time after the last write, and not before', () => {
  const { rig } = bench({ valve: { fail: 'open' } })
  rig.drops.writeHolding(0, OUTPUT, counts(60))
  rig.advance(2900)
  rig.drops.writeHolding(0, OUTPUT, counts(61))
  rig.advance(2900)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(0)
  rig.advance(100)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(1)
  expect(rig.drops.readInput(0, 100)).toBe(counts(100))
})

test('before the first write there is no master to lose: no trip', () => {
  const { rig } = bench()
  rig.advance(60_000)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(0)
  expect(rig.drops.readInput(0, 100)).toBe(counts(40))
})

test('a paused plant trips nothing: its watchdog counts plant time', () => {
  const { rig } = bench()
  rig.drops.writeHolding(0, OUTPUT, counts(60))
  rig.advance(2900)
  rig.drops.paused = true
  // Nothing advances while paused; the register tells the master so.
  expect([rig.drops.readInput(0, 201), rig.drops.readInput(0, TRIPPED)]).toEqual([1, 0])
})

test('a valve that holds keeps its output in a trip', () => {
  const { rig } = bench({ valve: { fail: 'hold' } })
  rig.drops.writeHolding(0, OUTPUT, counts(60))
  rig.advance(5000)
  expect([rig.drops.readInput(0, TRIPPED), rig.drops.readInput(0, 100)]).toEqual([1, counts(60)])
})

test('a tripped drop puts out nothing that is written, and re-arming brings none of it back', () => {
  const { rig } = bench()
  rig.drops.writeHolding(0, OUTPUT, counts(60))
  rig.advance(3000)
  rig.drops.writeHolding(0, OUTPUT, counts(70))
  rig.setOutput(0, 12)
  expect(rig.drops.readInput(0, 100)).toBe(counts(0))
  rig.drops.writeHolding(0, REARM, 1)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(0)
  expect([rig.drops.readInput(0, 100), rig.drops.readHolding(0, OUTPUT)]).toEqual([counts(0), counts(0)])
  rig.drops.writeHolding(0, OUTPUT, counts(5))
  expect(rig.drops.readInput(0, 100)).toBe(counts(5))
  // Re-armed is watching: silence trips it again.
  rig.advance(3000)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(1)
})

test('a re-armed drop watches at once, before the first write', () => {
  const { rig } = bench()
  rig.drops.writeHolding(0, OUTPUT, counts(60))
  rig.advance(3000)
  rig.drops.writeHolding(0, REARM, 1)
  rig.advance(2900)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(0)
  rig.advance(100)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(1)
})

test('only 1 re-arms, and what is not tripped is not touched by it', () => {
  const { rig } = bench()
  rig.drops.writeHolding(0, OUTPUT, counts(60))
  rig.advance(3000)
  rig.drops.writeHolding(0, REARM, 2)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(1)
})

test('the watchdog time is a register; 0 disables it', () => {
  const { rig } = bench()
  rig.drops.writeHolding(0, 100, 70)
  rig.drops.writeHolding(0, OUTPUT, counts(60))
  rig.advance(6900)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(0)
  rig.advance(100)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(1)
  rig.drops.writeHolding(0, REARM, 1)
  rig.drops.writeHolding(0, 100, 0)
  rig.advance(600_000)
  expect(rig.drops.readInput(0, TRIPPED)).toBe(0)
})

test('registers that are not in the map do not exist', () => {
  const { rig } = bench()
  const { drops } = rig
  for (const register of [1, 99, 101, 151, 202, 300, 65_535]) expect(drops.readInput(0, register)).toBe(-1)
  for (const register of [1, 102, 300]) {
    expect(drops.readHolding(0, register)).toBe(-1)
    expect(drops.writeHolding(0, register, 1)).toBe(false)
  }
  expect(drops.readHolding(1, 0)).toBe(-1)
})

test('a fault is set by tag, shown, and cleared', () => {
  const { rig } = bench()
  rig.setFault('PT-01', { kind: 'bias', value: 10 })
  rig.advance(100)
  expect(rig.drops.readInput(0, 0)).toBe(counts(60))
  expect(rig.faults()).toEqual([
    { tag: 'PT-01', kind: 'bias', value: 10, start_s: 0, end_s: null, ramp_s: 0, active: true },
  ])
  rig.clearFault('PT-01')
  rig.advance(100)
  expect(rig.drops.readInput(0, 0)).toBe(counts(50))
  expect(rig.faults()).toEqual([])
})

test('an unknown tag, or a fault that this tag cannot have, is refused', () => {
  const { rig } = bench()
  expect(() => rig.setFault('PT-99', { kind: 'stuck' })).toThrow('no instrument PT-99')
  expect(() => rig.setFault('PV-01', { kind: 'bias', value: 1 })).toThrow('PV-01 cannot have the fault bias')
  expect(() => rig.setFault('PT-01', { kind: 'air' })).toThrow('PT-01 cannot have the fault air')
})

test('an instrument on a measurement that the plant does not have is refused', () => {
  expect(() => bench({ transmitter: { measurement: 3 } })).toThrow('PT-01: toy has no measurement 3')
  expect(() => bench({ valve: { register: 0, drop: 2 } })).toThrow('PV-01: toy has no drop 2')
})

test('the macro-step meets whole seconds, and time advances by whole macro-steps', () => {
  expect(() => bench({}, { step_ms: 300 })).toThrow('300')
  const { rig } = bench()
  expect(() => rig.advance(150)).toThrow('150')
})

test('a plant that brings its own noise gets none from the instruments', () => {
  const plant = createToyPlant('compat')
  const rig = createRig(plant, toyInstruments({ transmitter: { noise_std: 5 } }), { seed: 1, step_ms: 1000 })
  rig.advance(10_000)
  expect(rig.drops.readInput(0, 0)).toBe(counts(50))
})

const NOISY: ToyField = {
  transmitter: { noise_std: 0.5, lag_s: 4 },
  analyser: { noise_std: 0.3 },
  valve: { travel_pct_s: 3, lag_s: 2 },
}

/** A history with writes, faults and a trip in it; every register of every step as text. */
function history(rig: Rig, plant: ToyPlant, from: number, to: number): string {
  const lines: string[] = []
  for (let n = from; n < to; n++) {
    if (n % 7 === 0 && n < 150) rig.drops.writeHolding(0, OUTPUT, counts((n * 13) % 100))
    if (n === 20) rig.setFault('PT-01', { kind: 'drift', value: 900, end_s: 14 })
    if (n === 60) rig.setFault('PT-01', { kind: 'stuck', value: 20, ramp_s: 5, end_s: 17 })
    if (n === 70) rig.setFault('PV-01', { kind: 'air', start_s: 12, end_s: 16 })
    plant.set(50 + 30 * Math.sin(n / 9))
    rig.advance(100)
    lines.push(
      [...rig.input_values, ...rig.output_values, rig.drops.readInput(0, TRIPPED), rig.drops.readInput(1, 150)].join(),
    )
  }
  return lines.join('\n')
}

test('a snapshot, loaded into another rig, continues bit for bit: noise, lags, faults, watchdogs', () => {
  const END = 1400
  const a = bench(NOISY)
  const whole = history(a.rig, a.plant, 0, END).split('\n')
  for (const at of [0, 1, 65, 125, 181, 900]) {
    const b = bench(NOISY)
    history(b.rig, b.plant, 0, at)
    const c = bench(NOISY, { seed: 99 })
    c.rig.load(b.rig.save())
    expect(history(c.rig, c.plant, at, END).split('\n')).toEqual(whole.slice(at))
    // The states themselves, as bits: Object.is tells NaN and -0 apart.
    const [left, right] = [c.rig.save(), a.rig.save()]
    expect(left.length).toBe(right.length)
    expect(left.findIndex((x, i) => !Object.is(x, right[i]))).toBe(-1)
  }
})

// Every fault that can be, in overlapping spans, with ramps: what each needs to remember must be in the snapshot.
test('a snapshot in the middle of any fault continues bit for bit', () => {
  const spoil = (rig: Rig): void => {
    for (const [tag, kinds] of rig.tags)
      for (const [i, kind] of kinds.entries()) {
        const sized = !['failed', 'air', 'frozen'].includes(kind)
        const start_s = 3 + 7 * i
        const end_s = start_s + (kind === 'stuck' || kind === 'open' || kind === 'failed' ? 3 : 25)
        rig.setFault(tag, {
          kind,
          ...(sized ? { value: kind === 'open' ? 1 : 3 } : {}),
          jump: 2,
          start_s,
          end_s,
          ramp_s: 5,
        })
      }
  }
  const drive = (rig: Rig, plant: ToyPlant, from: number, to: number): string[] => {
    const lines: string[] = []
    for (let n = from; n < to; n++) {
      rig.drops.writeHolding(0, OUTPUT, counts(50 + 20 * Math.sin(n / 25)))
      plant.set(50 + 30 * Math.sin(n / 40))
      rig.advance(100)
      lines.push([...rig.input_values, ...rig.output_values, ...rig.plant.demand_pct].join())
    }
    return lines
  }
  const field: ToyField = { ...NOISY, analyser: { noise_std: 0.3, period_s: 2 } }
  const END = 1200
  const a = bench(field)
  spoil(a.rig)
  const whole = drive(a.rig, a.plant, 0, END)
  for (const at of [50, 140, 290, 420, 610, 900]) {
    const b = bench(field)
    spoil(b.rig)
    drive(b.rig, b.plant, 0, at)
    const c = bench(field, { seed: 99 })
    c.rig.load(b.rig.save())
    expect(drive(c.rig, c.plant, at, END)).toEqual(whole.slice(at))
  }
  expect(a.rig.faults()).toEqual([])
})

test('a snapshot of something else is refused and changes nothing', () => {
  const { rig } = bench()
  const other = createRig(createToyPlant(), toyInstruments({ transmitter: { tag: 'PT-02' } }), {
    seed: 1,
    step_ms: 100,
  })
  expect(() => rig.load(other.save())).toThrow('other instruments')
  expect(() => rig.load(new Float64Array(5))).toThrow('not a snapshot')
})
