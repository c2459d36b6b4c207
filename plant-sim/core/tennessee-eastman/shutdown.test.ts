import { expect, test } from 'vitest'
import { stream } from '../../../numerics/streams.ts'
import { createFaultBank } from '../instruments/faults.ts'
import { createSafetyField, SAFETY_REGISTER } from '../instruments/safety-field.ts'
import { createRig, type Rig } from '../rig.ts'
import { toyInstruments } from '../testing/toy-instruments.ts'
import { MOLAR_MASS } from './components.ts'
import { converged } from './converged.ts'
import { EXT, neutralExt, W, Y } from './layout.ts'
import { CLOCK, createModel, startModel } from './model.ts'
import { SOLENOID, TENNESSEE_EASTMAN_SHUTDOWN } from './shutdown.ts'
import { tennesseeEastman } from './tennessee-eastman.ts'

const ALL = 2 ** 11 - 1
const FT3_PER_M3 = 35.3145
const FEEDS = SOLENOID.feedA | SOLENOID.feedD | SOLENOID.feedE | SOLENOID.feedAC

/** The plant with its safety field, and a toy's drops, which it does not look at. */
function bench(withSafety = true, step_ms = 100): Rig {
  return createRig(tennesseeEastman({ noise: 'none', seed: 7 }), toyInstruments(), {
    seed: 7,
    step_ms,
    ...(withSafety ? { safety: TENNESSEE_EASTMAN_SHUTDOWN } : {}),
  })
}

const write = (rig: Rig, bits: number): void => {
  rig.safety!.writeHolding(SAFETY_REGISTER.solenoids, bits)
}

/** Goes on with a master that keeps writing the same. */
function hold(rig: Rig, bits: number, for_s: number): void {
  for (let s = 0; s < for_s; s++) {
    write(rig, bits)
    rig.advance(1000)
  }
}

test('[SHUTDOWN-1] equipment that nobody touches changes no bit of the plant or of its instruments', () => {
  const [with_it, without] = [bench(), bench(false)]
  for (const rig of [with_it, without]) {
    rig.plant.setDisturbance('IDV8', true)
    rig.plant.setDisturbance('IDV26', true)
  }
  for (let s = 0; s < 600; s++) {
    write(with_it, ALL)
    for (const rig of [with_it, without]) rig.advance(1000)
  }
  expect(with_it.plant.save()).toEqual(without.plant.save())
  expect(with_it.plant.ext).toEqual(neutralExt())
  expect(with_it.input_values).toEqual(without.input_values)
})

test('[SHUTDOWN-2] neutral ext enters as x * 1 and x + 0: the plant is what it is without any', () => {
  const [touched, alone] = [tennesseeEastman({ seed: 3 }), tennesseeEastman({ seed: 3 })]
  for (let s = 0; s < 300; s++) {
    TENNESSEE_EASTMAN_SHUTDOWN.apply(
      touched,
      Float64Array.of(1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1),
      false,
      Float64Array.of(1),
    )
    touched.advance(1)
    alone.advance(1)
  }
  expect(touched.save()).toEqual(alone.save())
})

test('[SHUTDOWN-3] a block valve travels in 4 s, its limit switches say so, its stream follows', () => {
  const rig = bench()
  const field = rig.safety!
  const [a, d] = [0, 1]
  expect(field.readInput(SAFETY_REGISTER.open) & 0b11).toBe(0b11)
  write(rig, ALL & ~SOLENOID.feedD)
  expect(field.readInput(SAFETY_REGISTER.readback)).toBe(ALL & ~SOLENOID.feedD)
  rig.advance(1000)
  expect(field.valves.opening[d]).toBeCloseTo(0.75, 9)
  expect(field.readInput(SAFETY_REGISTER.open) & 0b11).toBe(0b01)
  expect(field.readInput(SAFETY_REGISTER.closed) & 0b11).toBe(0)
  rig.advance(900)
  write(rig, ALL & ~SOLENOID.feedD)
  rig.advance(1900)
  write(rig, ALL & ~SOLENOID.feedD)
  rig.advance(300)
  expect(field.valves.opening[d]).toBe(0)
  expect(field.valves.opening[a]).toBe(1)
  expect(field.readInput(SAFETY_REGISTER.closed) & 0b11).toBe(0b10)
  expect(rig.plant.clean[1]).toBe(0)
  expect(rig.plant.clean[0]).toBeGreaterThan(0.2)
})

// What each solenoid does to the plant alone, by sign: closed form where there is one.
test('[SHUTDOWN-4] each valve moves what it stands in', () => {
  const after = (bits: number, for_s: number): Rig => {
    const rig = bench()
    hold(rig, ALL & ~bits, for_s)
    return rig
  }
  const calm = after(0, 60)
  expect(after(FEEDS, 60).plant.clean.slice(0, 4)).toEqual(Float64Array.of(0, 0, 0, 0))
  expect(after(SOLENOID.separatorLiquid, 60).plant.clean[13]).toBe(0)
  expect(after(SOLENOID.product, 60).plant.clean[16]).toBe(0)
  expect(after(SOLENOID.steam, 60).plant.clean[18]).toBe(0)
  const blown = after(SOLENOID.blowdown, 60)
  expect(blown.plant.clean[12]! - calm.plant.clean[12]!).toBeLessThan(-5)
  // The blow-down is no purge: the purge meter sees the lower pressure and nothing of what goes to the flare.
  expect(blown.plant.clean[9]! / calm.plant.clean[9]!).toBeGreaterThan(0.97)
  expect(after(SOLENOID.reactorCooling, 60).plant.clean[8]! - calm.plant.clean[8]!).toBeLessThan(-1)
  expect(after(SOLENOID.condenserOpen, 60).plant.clean[21]! - calm.plant.clean[21]!).toBeLessThan(-5)
  expect(after(SOLENOID.condenserShut, 60).plant.clean[21]! - calm.plant.clean[21]!).toBeGreaterThan(5)
  // The condenser's block valve stands before its bypass.
  const both = after(SOLENOID.condenserOpen | SOLENOID.condenserShut, 60)
  expect(both.plant.ext[EXT.condenserWater_pct]).toBe(0)
})

test('[SHUTDOWN-5] the independent cooling takes UA (T - 35 degC), nothing below the bundle', () => {
  const rig = bench()
  hold(rig, ALL & ~SOLENOID.reactorCooling, 10)
  const before = rig.plant.limited[2]!
  write(rig, ALL & ~SOLENOID.reactorCooling)
  rig.advance(100)
  expect(rig.plant.ext[EXT.reactorHeat]).toBeCloseTo(-0.25 * (before - 35), 9)
})

test('[SHUTDOWN-6] three transmitters of each see the process with noise of their own', () => {
  const rig = bench()
  hold(rig, ALL, 5)
  const counts = (register: number): number => rig.safety!.readInput(register)
  const kPa = [0, 1, 2].map((i) => ((counts(i) / 3000 - 4) / 16) * 3200)
  for (const each of kPa) expect(Math.abs(each - rig.plant.clean[6]!)).toBeLessThan(6 * 0.3 + 0.1)
  expect(new Set(kPa).size).toBe(3)
  expect(((counts(6) / 3000 - 4) / 16) * 100).toBeCloseTo(rig.plant.position_pct[9]!, -1)
  // A fault of one is its own.
  rig.setFault('PT-701', { kind: 'open' })
  rig.advance(100)
  expect(counts(0)).toBe(0)
  expect(counts(1)).toBeGreaterThan(12_000)
})

test('[SHUTDOWN-7] registers that are not in the map do not exist', () => {
  const field = bench().safety!
  for (const register of [18, 49, 53, 99, 101, 202, -1]) expect(field.readInput(register)).toBe(-1)
  for (const register of [1, 99, 102]) {
    expect(field.isHolding(register)).toBe(false)
    expect(field.writeHolding(register, 1)).toBe(false)
  }
})

test('[SHUTDOWN-8] 2 s of plant time after the last write every solenoid drops out, until re-armed and written', () => {
  const rig = bench()
  rig.advance(10_000)
  const field = rig.safety!
  expect(field.isTripped()).toBe(false)
  write(rig, ALL)
  rig.advance(1900)
  expect(field.readInput(SAFETY_REGISTER.tripped)).toBe(0)
  rig.advance(100)
  expect([field.readInput(SAFETY_REGISTER.tripped), field.readInput(SAFETY_REGISTER.readback)]).toEqual([1, 0])
  write(rig, ALL)
  expect(field.readInput(SAFETY_REGISTER.readback)).toBe(0)
  field.writeHolding(SAFETY_REGISTER.rearm, 1)
  expect(field.readHolding(SAFETY_REGISTER.solenoids)).toBe(0)
  write(rig, ALL)
  expect(field.readInput(SAFETY_REGISTER.readback)).toBe(ALL)
})

test('[SHUTDOWN-9] a limit crossed without a trip is damage; a level low after one is inventory lost, and time goes on', () => {
  const damaged = bench(true, 1000)
  damaged.plant.position_pct[9] = 0
  damaged.plant.demand_pct[9] = 0
  hold(damaged, ALL, 600)
  expect(damaged.plant.trip?.cause).toBe('reactor pressure high')
  const [event] = damaged.safety!.events()
  expect(event).toMatchObject({ kind: 'equipment damaged', cause: 'reactor pressure high' })
  // The converged time is 411.3 s; steps here are 1 s.
  expect(Math.abs(event!.at_s - 412)).toBeLessThanOrEqual(1)

  const lost = bench(true, 1000)
  // More leaves the stripper than the separator can give it: both run empty.
  lost.plant.demand_pct[6] = 60
  lost.plant.demand_pct[7] = 100
  hold(lost, ALL & ~(FEEDS | SOLENOID.blowdown), 1800)
  expect(lost.plant.trip).toBe(null)
  const kinds = lost.safety!.events().map(({ kind, cause }) => `${kind}: ${cause}`)
  expect(kinds.toSorted()).toEqual(['inventory lost: separator level low', 'inventory lost: stripper level low'])
  expect(lost.plant.time_s).toBe(1800)
  expect(lost.plant.limited[3]).toBeGreaterThan(0)
})

test('[SHUTDOWN-10] an emptied reactor, separator and stripper stay finite for hours, and nothing is made of nothing', () => {
  const rig = bench(true, 1000)
  rig.plant.demand_pct[9] = 0
  rig.plant.demand_pct[6] = 60
  rig.plant.demand_pct[7] = 100
  hold(rig, ALL, 200)
  hold(rig, ALL & ~(FEEDS | SOLENOID.blowdown | SOLENOID.steam), 3 * 3600)
  expect(rig.plant.trip).toBe(null)
  expect(rig.plant.clean.every((x) => Number.isFinite(x))).toBe(true)
  for (const volume of [1, 3, 4]) {
    expect(rig.plant.limited[volume]).toBeGreaterThan(0)
    expect(rig.plant.limited[volume]).toBeLessThan(rig.plant.limits[volume]!.trip_lo)
  }
})

// Every reaction keeps mass, so that in a plant with all its ends shut the whole does, whatever moves inside.
// With D and E it heats up to its limit, without them it goes on for the hour.
test.each([
  ['until it is too hot', 1, 20],
  ['for an hour without reactants', 0, 3600],
])('[SHUTDOWN-10] with all its ends shut a nearly empty plant keeps its mass, %s', (_, reactants, seconds) => {
  const m = createModel()
  startModel(m, 'base', 1)
  const scheme = converged(m, 1, false)
  scheme.start()
  const mass_lb = (): number =>
    [Y.reactor, Y.separator, Y.sump, Y.header].reduce<number>(
      (sum, at) => sum + MOLAR_MASS.reduce<number>((part, each, i) => part + each * m.y[at + i]!, 0),
      0,
    )
  // Nearly empty vessels at their temperatures: less liquid, and of its energy as much less.
  for (let i = 3; i <= 8; i++) {
    m.y[Y.reactor + i]! *= 0.1
    m.y[Y.separator + i]! *= 0.15
  }
  for (let i = 0; i <= 8; i++) m.y[Y.sump + i]! *= 0.2
  m.demand[5] = 0
  m.y[Y.valve + 5] = 0
  for (const valve of [EXT.feedA, EXT.feedD, EXT.feedE, EXT.feedAC, EXT.product]) m.ext[valve] = 0
  m.ext[EXT.runOn] = 1
  for (const at of [3, 4]) {
    m.y[Y.reactor + at]! *= reactants
    m.y[Y.separator + at]! *= reactants
    m.y[Y.header + at]! *= reactants
    m.y[Y.sump + at]! *= reactants
  }
  const volumes = (): number[] => [W.V_reactor, W.V_separator, W.V_sump].map((v) => m.w[v]! / FT3_PER_M3)
  const before_lb = mass_lb()
  scheme.advance(1000)
  const first = volumes()
  for (const [i, low] of [2, 1, 1].entries()) expect(first[i]).toBeLessThan(low)
  for (let s = 0; s < seconds; s++) {
    scheme.advance(1000)
    expect(Math.abs(mass_lb() / before_lb - 1)).toBeLessThan(1e-11)
  }
  expect(m.clock[CLOCK.trip]).toBe(0)
  // It did move.
  expect(Math.abs(volumes()[1]! / first[1]! - 1)).toBeGreaterThan(0.01)
})

// Chance as the operator: any of the equipment, any valve, any disturbance, after the feeds have been shut.
test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  '[SHUTDOWN-10] whatever is done after a trip, all stays finite (seed %d)',
  (seed) => {
    const chance = stream(seed, 'operator')
    const plant = tennesseeEastman({ noise: 'none', seed })
    const field = createSafetyField(TENNESSEE_EASTMAN_SHUTDOWN, plant, createFaultBank(29), 0, seed, false)
    let bits = ALL & ~(FEEDS | SOLENOID.blowdown)
    let next_s = 0
    for (let s = 0; s < 2 * 3600 && plant.trip === null; s++) {
      if (s >= next_s) {
        next_s = s + 60 + chance.below(900)
        for (let i = 0; i < 12; i++) if (chance.uniform() < 0.25) plant.demand_pct[i] = 100 * chance.uniform()
        bits = chance.below(ALL + 1) & ~(FEEDS | SOLENOID.blowdown)
        plant.setDisturbance(`IDV${1 + chance.below(28)}`, chance.uniform() < 0.5)
      }
      field.writeSolenoids(bits)
      field.act(plant, 1, s)
      plant.advance(1)
      field.watch(plant, 1000, (s + 1) * 1000, false)
    }
    expect(plant.clean.every((x) => Number.isFinite(x))).toBe(true)
    for (const volume of [1, 3, 4]) expect(plant.limited[volume]).toBeGreaterThan(0)
  },
)

test('[SHUTDOWN-11] a stuck block valve stays open, a slow one is slow, a leaking one passes, one with dead switches says nothing', () => {
  const rig = bench()
  const field = rig.safety!
  rig.setFault('XV-1', { kind: 'stuck' })
  rig.setFault('XV-2', { kind: 'slow', value: 5 })
  rig.setFault('XV-3', { kind: 'leak', value: 10 })
  rig.setFault('XV-4', { kind: 'failed' })
  hold(rig, ALL & ~FEEDS, 10)
  expect(field.valves.opening[0]).toBe(1)
  expect(field.valves.opening[1]).toBeCloseTo(0.5, 9)
  expect(field.valves.opening[2]).toBeCloseTo(0.1, 9)
  expect(rig.plant.clean[2]! / bench().plant.clean[2]!).toBeCloseTo(0.1, 2)
  expect(field.readInput(SAFETY_REGISTER.open) & 0b1111).toBe(0b0001)
  expect(field.readInput(SAFETY_REGISTER.closed) & 0b1111).toBe(0b0100)
  // Air lost at one valve shuts it, whatever its solenoid does.
  rig.clearFault('XV-1')
  hold(rig, ALL, 10)
  rig.setFault('XV-1', { kind: 'air' })
  hold(rig, ALL, 5)
  expect(field.valves.opening[0]).toBe(0)
})

test('[SHUTDOWN-12] snapshot in mid-travel, with faults: what follows is bit-equal', () => {
  const drive = (rig: Rig, from: number, to: number): void => {
    for (let s = from; s < to; s++) {
      write(rig, s < 20 ? ALL : ALL & ~(FEEDS | SOLENOID.reactorCooling))
      rig.advance(1000)
    }
  }
  const whole = bench()
  const arm = (rig: Rig): void => {
    rig.setFault('XV-2', { kind: 'slow', value: 7 })
    rig.setFault('PT-702', { kind: 'noise', value: 20, ramp_s: 60 })
    rig.setFault('LT-801', { kind: 'spikes', value: 5 })
    rig.setFault('PV-01', { kind: 'stiction', value: 5, jump: 2 })
  }
  arm(whole)
  drive(whole, 0, 22)
  const snapshot = whole.save()
  drive(whole, 22, 60)
  const restored = bench()
  restored.load(snapshot)
  expect(restored.save()).toEqual(snapshot)
  drive(restored, 22, 60)
  expect(restored.save()).toEqual(whole.save())
  expect(restored.faults()).toEqual(whole.faults())
  expect(() => bench(false).load(snapshot)).toThrow(RangeError)
})

test('[SHUTDOWN-13] every device of the field is a tag with its faults', () => {
  const { tags } = bench()
  expect(tags.get('TT-902')).toContain('frozen')
  expect(tags.get('CWC-2')).toEqual(['stuck', 'air', 'failed', 'slow', 'leak'])
  expect(bench(false).tags.has('XV-1')).toBe(false)
})

test('a field with more valves than a word has bits is refused', () => {
  const many = {
    ...TENNESSEE_EASTMAN_SHUTDOWN,
    valves: Array.from({ length: 17 }, () => TENNESSEE_EASTMAN_SHUTDOWN.valves[0]!),
  }
  expect(() => createSafetyField(many, tennesseeEastman(), createFaultBank(40), 0, 1, true)).toThrow(RangeError)
})

test('[SHUTDOWN-13] a compressor that trips runs down in 5 s, moves nothing and takes no work; its contact opens at once', () => {
  const rig = bench()
  const [recycle, work] = [4, 19]
  const { plant } = rig
  const before = plant.clean[recycle]!
  const running = (): boolean => (rig.safety!.readInput(SAFETY_REGISTER.contacts) & (1 << 2)) !== 0
  expect(running()).toBe(true)
  rig.setFault('K-20', { kind: 'trip', start_s: 0, end_s: 20, value: 10 })
  rig.advance(1000)
  expect(running()).toBe(false)
  expect(rig.safety!.machines.speed[0]).toBeCloseTo(0.8, 9)
  rig.advance(4000)
  expect(plant.ext[EXT.compressor]).toBe(0)
  expect([plant.clean[recycle], plant.clean[work]].map((v) => v! < 1e-3)).toEqual([true, true])
  // The check valve keeps what is behind it: nothing goes the other way.
  expect(plant.clean[recycle]).toBeGreaterThanOrEqual(0)
  // A second of the standstill in the pressure: the gas of the loop stays where it is made.
  expect(plant.limited[0]).toBeGreaterThan(2705)
  rig.advance(24_000)
  expect(rig.safety!.machines.speed[0]).toBe(0)
  // The trip ends at 20 s, the start waits for 10 s, and takes 30 s.
  rig.advance(16_000)
  expect(rig.safety!.machines.speed[0]).toBeCloseTo(0.5, 2)
  expect(running()).toBe(false)
  rig.advance(16_000)
  expect(running()).toBe(true)
  expect(plant.ext).toEqual(neutralExt())
  expect(plant.clean[recycle]! / before).toBeGreaterThan(0.8)
})

test("[SHUTDOWN-13] the contact is in series with the instructor's, and a stop in a snapshot goes on", () => {
  const rig = bench()
  rig.setFault('K-20', { kind: 'trip' })
  rig.advance(2000)
  const kept = rig.save()
  rig.advance(2000)
  const later = rig.save()
  const other = bench()
  other.load(kept)
  expect(other.safety!.readInput(SAFETY_REGISTER.contacts) & (1 << 2)).toBe(0)
  other.advance(2000)
  expect(other.save()).toEqual(later)
  // A broken wire looks the same to the solver, and stops nothing.
  const wire = bench()
  wire.safety!.setContact(2, false)
  wire.advance(2000)
  expect(wire.safety!.readInput(SAFETY_REGISTER.contacts) & (1 << 2)).toBe(0)
  expect(wire.plant.ext).toEqual(neutralExt())
})
