import { expect, test } from 'vitest'
import type { Plant } from '../plant.ts'
import { createRig } from '../rig.ts'
import { toyInstruments } from '../testing/toy-instruments.ts'
import { BOILER, boiler } from './boiler.ts'
import { U } from './layout.ts'
import { BOILER_SHUTDOWN } from './shutdown.ts'

const read = (plant: Plant, name: string): number => plant.clean[BOILER.measurements.findIndex((m) => m.name === name)]!

/** Burner lit from hot standby with 25 % of air, vanes fixed. */
function lit(): Plant {
  const plant = boiler({ start: 'standby', noise: 'none' })
  plant.demand_pct.set([100, 30, 100, 30, 100], U.fd)
  plant.advance(60)
  plant.demand_pct[U.pv1] = 100
  plant.demand_pct[U.pv2] = 100
  plant.demand_pct[U.igniter] = 100
  plant.demand_pct[U.vent] = 0
  plant.advance(5)
  return plant
}
function openFuel(plant: Plant): void {
  plant.demand_pct[U.fuel] = 12
  plant.demand_pct[U.ssv1] = 100
  plant.demand_pct[U.ssv2] = 100
}

test.each(['half', 'full'])('%s stands still', (start) => {
  const plant = boiler({ start, noise: 'none' })
  const before = [...plant.clean]
  plant.advance(1800)
  plant.clean.forEach((value, i) => {
    expect(Math.abs(value - before[i]!)).toBeLessThan(1e-6 * (1 + Math.abs(before[i]!)))
  })
  // Excess air of 15 % with methane is 3.0 vol% of oxygen in dry gas, by the reaction: 0.3/(1 + 0.3 + 8.65).
  expect(read(plant, 'O2')).toBeCloseTo(3, 1)
})

test('a step twice as fine moves a load change by less than 0.5 % of it', () => {
  const run = (dt: number): number[] => {
    const plant = boiler({ start: 'half', noise: 'none' })
    plant.demand_pct[U.turbine]! += 10
    for (let t = 0; t < 120; t += dt) plant.advance(dt)
    return [read(plant, 'PDRUM') - 85.09, read(plant, 'LDRUM')]
  }
  const [coarse, fine] = [run(0.1), run(0.05)]
  for (let i = 0; i < 2; i++) expect(Math.abs(coarse[i]! / fine[i]! - 1)).toBeLessThan(0.005)
})

test('the pilot lights the main flame, and the puff is small', () => {
  const plant = lit()
  expect(read(plant, 'FLAMEP')).toBeGreaterThan(95)
  openFuel(plant)
  let puff = 0
  for (let i = 0; i < 300; i++) {
    plant.advance(0.1)
    puff = Math.max(puff, plant.limited[2]!)
  }
  expect(read(plant, 'FLAME1')).toBeGreaterThan(95)
  expect(read(plant, 'ZSO1')).toBe(1)
  expect(puff).toBeLessThan(1000)
  plant.demand_pct.fill(0, U.pv1, U.igniter + 1)
  plant.advance(10)
  expect(read(plant, 'FLAME1')).toBeGreaterThan(95)
  expect(read(plant, 'FLAMEP')).toBeLessThan(1)
})

test('without pilot there is no flame, and what flows in is not burnt', () => {
  const plant = lit()
  plant.demand_pct.fill(0, U.pv1, U.igniter + 1)
  plant.advance(5)
  openFuel(plant)
  plant.advance(5)
  expect(read(plant, 'FLAME1')).toBe(0)
  expect(read(plant, 'CO')).toBeGreaterThan(300)
  expect(plant.trip).toBeNull()
})

test.each([
  [2, null],
  [15, 'equipment damaged: furnace pressure high'],
])('gas lit %i s late: %s', (late_s, cause) => {
  const plant = lit()
  plant.demand_pct.fill(0, U.pv1, U.igniter + 1)
  plant.advance(5)
  openFuel(plant)
  plant.advance(late_s)
  plant.demand_pct.fill(100, U.pv1, U.igniter + 1)
  plant.advance(20)
  expect(plant.trip?.cause ?? null).toBe(cause)
})

test('a purge takes the gas out before it can explode', () => {
  const plant = lit()
  plant.demand_pct.fill(0, U.pv1, U.igniter + 1)
  plant.advance(5)
  openFuel(plant)
  plant.advance(15)
  plant.demand_pct[U.ssv1] = 0
  plant.demand_pct[U.ssv2] = 0
  plant.demand_pct[U.fd_vane] = 75
  plant.demand_pct[U.id_vane] = 66
  plant.advance(300)
  plant.demand_pct.fill(100, U.pv1, U.igniter + 1)
  plant.advance(20)
  expect(plant.trip).toBeNull()
})

test('air above the burner limit blows the flame off: 75 kg/s of air with light-off fuel', () => {
  const plant = lit()
  plant.demand_pct[U.fd_vane] = 75
  plant.demand_pct[U.id_vane] = 66
  plant.advance(15)
  openFuel(plant)
  plant.advance(10)
  expect(read(plant, 'FLAME1')).toBeLessThan(5)
})

test('shutoff valves close within a second, the switches say so, and the flame is out', () => {
  const plant = boiler({ start: 'half', noise: 'none' })
  plant.demand_pct[U.ssv1] = 0
  plant.demand_pct[U.ssv2] = 0
  plant.demand_pct[U.vent] = 100
  plant.advance(0.4)
  expect([read(plant, 'ZSO1'), read(plant, 'ZSC1')]).toEqual([0, 0])
  plant.advance(0.6)
  expect([read(plant, 'ZSC1'), read(plant, 'ZSC2'), read(plant, 'ZSOV')]).toEqual([1, 1, 1])
  expect(read(plant, 'QFUEL')).toBe(0)
  plant.advance(1)
  expect(read(plant, 'FLAME1')).toBeLessThan(5)
  expect(read(plant, 'PBETWEEN')).toBeLessThan(5)
})

test('a leaking first valve shows between the valves when the vent is shut; a tight one does not', () => {
  const between = (leak: boolean): number => {
    const plant = boiler({ start: 'standby', noise: 'none' })
    plant.setDisturbance('SSV1LEAK', leak)
    plant.demand_pct[U.vent] = 0
    plant.advance(60)
    return read(plant, 'PBETWEEN')
  }
  expect(between(false)).toBe(0)
  expect(between(true)).toBeGreaterThan(200)
})

test('a scanner that fails to danger sees a flame where there is none; the others do not', () => {
  const plant = boiler({ start: 'standby', noise: 'none' })
  plant.setDisturbance('SCANNER1', true)
  plant.advance(1)
  expect([read(plant, 'FLAME1'), read(plant, 'FLAME2'), read(plant, 'FLAME3')]).toEqual([100, 0, 0])
})

test('a loss of feedwater at half load boils the drum down to damage in minutes', () => {
  const plant = boiler({ start: 'half', noise: 'none' })
  plant.setDisturbance('PUMPTRIP', true)
  plant.advance(600)
  expect(plant.trip?.cause).toBe('equipment damaged: drum level low')
  // 50 kg/s out of 713 kg/m3 and 20 m2 is 3.5 mm/s: 600 mm in about 170 s, less the feed while the pump runs down.
  expect(plant.trip!.at_s).toBeGreaterThan(120)
  expect(plant.trip!.at_s).toBeLessThan(260)
})

test('a full load rejection lifts the safety valve, and it holds the drum', () => {
  const plant = boiler({ start: 'full', noise: 'none' })
  plant.demand_pct[U.turbine] = 0
  plant.advance(60)
  expect(read(plant, 'PDRUM')).toBeGreaterThan(102)
  plant.demand_pct[U.ssv1] = 0
  plant.demand_pct[U.ssv2] = 0
  plant.advance(60)
  expect(plant.trip).toBeNull()
})

test('a snapshot in mid puff goes on bit for bit', () => {
  const plant = lit()
  openFuel(plant)
  plant.advance(2.3)
  const snapshot = plant.save()
  plant.advance(30)
  const other = boiler({ start: 'half', seed: 9, noise: 'none' })
  other.load(snapshot)
  other.advance(30)
  expect([...other.clean]).toEqual([...plant.clean])
})

test('[BMS-11] a drum that runs dry is damage although the safety system has shut the pilot before', () => {
  const rig = createRig(boiler({ start: 'half', noise: 'none' }), toyInstruments(), {
    seed: 1,
    step_ms: 100,
    safety: BOILER_SHUTDOWN,
  })
  rig.plant.setDisturbance('PUMPTRIP', true)
  for (let i = 0; i < 2400; i++) {
    rig.safety!.writeSolenoids(2 ** 11 - 1 - (1 << 3) - (1 << 4))
    rig.advance(100)
  }
  expect(rig.safety!.events().map((e) => [e.kind, e.cause])).toEqual([
    ['equipment damaged', 'equipment damaged: drum level low'],
  ])
})
