// The requirements SRS-BO-B1 to B12 of the burner management, each against the solver: the words of the requirement a second time, with
// numbers of their own.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMAND, LATCH } from '../core/codes.ts'
import type { SisConfig } from '../core/config.ts'
import { addCommand, createInputs } from '../core/inputs.ts'
import { runUp } from '../core/run-up.ts'
import { loadSolver, type SolverSnapshot, saveSolver } from '../core/snapshot.ts'
import { createSolver } from '../core/solver.ts'
import { slowestWay } from './response.ts'

const config: SisConfig = JSON.parse(readFileSync(join(import.meta.dirname, '../config/boiler.json'), 'utf8'))

const PLANT: Readonly<Record<string, number>> = {
  'LT-62': 0,
  'PT-60': 85,
  'PT-61': 400,
  'FT-64': 75,
  'PT-65': -100,
  'ZT-24': 60,
}
/** Flames, lamps and keys that are not there while nothing burns and nobody turns anything. */
const OPEN = ['HS-90', 'HS-91', 'HS-92', 'KS-90', 'BS-41', 'BS-42', 'BS-43', 'BS-44']

function bench() {
  const solver = createSolver(config)
  const inputs = createInputs(config)
  let now = 0
  const put = (tag: string, value: number): void => {
    const i = config.transmitters.findIndex((t) => t.tag === tag)
    const t = config.transmitters[i]!
    inputs.counts[i] = Math.round((4 + (16 * (value - t.lo)) / (t.hi - t.lo)) * config.counts_per_mA)
  }
  const press = (tag: string, closed: boolean): void => {
    inputs.contacts[config.contacts.findIndex((c) => c.tag === tag)] = closed ? 1 : 0
  }
  for (const t of config.transmitters)
    put(t.tag, Object.entries(PLANT).find(([letters]) => t.tag.startsWith(letters))![1])
  for (const c of config.contacts) press(c.tag, !OPEN.includes(c.tag))
  const scan = (): void => {
    inputs.frame = 1
    inputs.seq = (inputs.seq + 1) & 0xffff
    for (const [i, e] of config.elements.entries()) {
      inputs.open[i] = (solver.outputs[i] === 1) === (e.energised === 'open') ? 1 : 0
      inputs.closed[i] = 1 - inputs.open[i]!
    }
    solver.scan(inputs, ++now)
    inputs.command_count = 0
  }
  const run = (scans: number): void => {
    for (let i = 0; i < scans; i++) scan()
  }
  const reset = (): void => {
    addCommand(inputs, COMMAND.reset, -1)
    run(5)
  }
  const step = (): string => config.sequences[0]!.steps[solver.state.step[0]!]!.id
  const on = (tag: string): boolean => solver.outputs[config.elements.findIndex((e) => e.tag === tag)] === 1
  const tripped = (id: string): boolean =>
    solver.state.latch[config.effects.findIndex((e) => e.id === id)] !== LATCH.normal
  return {
    solver,
    inputs,
    put,
    press,
    scan,
    run,
    reset,
    step,
    on,
    tripped,
    at: () => now,
    jump: (to: number): void => {
      now = to
    },
  }
}
type Bench = ReturnType<typeof bench>

/** Reset and standing in OFF, ready to purge. */
function standing(): Bench {
  const b = bench()
  for (const tag of ['FT-641', 'FT-642', 'FT-643']) b.put(tag, 30)
  b.run(20)
  b.reset()
  b.run(5)
  expect(b.step()).toBe('OFF')
  expect(config.effects.filter((e) => b.tripped(e.id))).toEqual([])
  return b
}

let led: { readonly state: SolverSnapshot; readonly at: number } | undefined

/** The burner in operation. */
function burning(): Bench {
  const b = bench()
  for (const tag of ['BS-41', 'BS-42', 'BS-43', 'HS-94']) b.press(tag, true)
  for (const tag of ['FT-641', 'FT-642', 'FT-643']) b.put(tag, 55)
  b.press('BS-40', false)
  if (led === undefined) {
    b.run(20)
    b.reset()
    expect(runUp(b.solver, b.inputs, b.scan, 10_000)).toBe(true)
    led = { state: saveSolver(b.solver), at: b.at() }
  } else {
    loadSolver(b.solver, led.state)
    b.jump(led.at)
    expect(runUp(b.solver, b.inputs, b.scan, 10)).toBe(true)
  }
  b.run(3)
  expect([b.step(), ...MAIN.map(b.on)]).toEqual(['RUN', true, true, true])
  return b
}

const MAIN = ['SSV-1', 'SSV-2', 'VV-1']
const PILOT = ['PSV-1', 'PSV-2', 'VV-2']

/** One sensor does nothing; the vote acts, after so many scans, and the rest of the time is left for the field. */
function trips(
  sif: string,
  tags: readonly string[],
  beyond: (b: Bench, tag: string) => void,
  scans: number,
  within_s: number,
  pilot = true,
): void {
  const pairs =
    tags.length === 3
      ? [
          [0, 1],
          [1, 2],
          [0, 2],
        ]
      : [[0], [1]].slice(0, tags.length)
  for (const pair of pairs) {
    const b = burning()
    const voters = pair.map((i) => tags[i]!)
    if (voters.length > 1) {
      beyond(b, voters[0]!)
      b.run(scans + 60)
      expect([voters[0], b.step()]).toEqual([voters[0], 'RUN'])
    }
    beyond(b, voters.at(-1)!)
    b.run(scans - 1)
    expect([voters, MAIN.map(b.on)]).toEqual([voters, [true, true, true]])
    b.run(1)
    expect([voters, MAIN.map(b.on)]).toEqual([voters, [false, false, false]])
    expect([b.tripped('MAIN'), b.tripped('PILOT'), b.tripped('PERMIT'), b.on('KY-97')]).toEqual([
      true,
      pilot,
      true,
      false,
    ])
    expect(PILOT.map(b.on)).toEqual([false, false, false])
    b.run(3)
    expect(b.step()).toBe('LOCKOUT')
    // The fans blow on, whatever trips the fuel.
    expect([b.on('JX-31'), b.on('JX-32')]).toEqual([true, true])
  }
  const way = slowestWay(config, config.sifs.find((s) => s.id === sif)!)!
  expect(way.total_ms).toBeLessThanOrEqual(within_s * 1000)
}
const value = (v: number) => (b: Bench, tag: string) => b.put(tag, v)
const opens = (b: Bench, tag: string): void => b.press(tag, false)
const three = (stem: string): string[] => [1, 2, 3].map((i) => `${stem}${i}`)

test('[SRS-BO-B1] two of three scanners see no flame for 0.4 s: fuel off, within 4 s', () => {
  trips('SIF-B1', three('BS-4'), opens, 5, 4)
})
test('[SRS-BO-B2] two of three drum levels below -200 mm for 5 s: fuel off, within 10 s', () => {
  trips('SIF-B2', three('LT-62'), value(-205), 51, 10)
})
test('[SRS-BO-B3] two of three drum pressures above 97 bara: main fuel off, the pilot is not asked for, within 10 s', () => {
  trips('SIF-B3', three('PT-60'), value(97.2), 1, 10, false)
})
test('[SRS-BO-B4] two of three fuel gas pressures above 520 kPa g: fuel off, within 2 s', () => {
  trips('SIF-B4', three('PT-61'), value(522), 1, 2)
})
test('[SRS-BO-B5] two of three fuel gas pressures below 220 kPa g: fuel off, within 2 s', () => {
  trips('SIF-B5', three('PT-61'), value(218), 1, 2)
})
test('[SRS-BO-B6] two of three air flows below 24.5 kg/s in operation: fuel off, within 2 s', () => {
  trips('SIF-B6', three('FT-64'), value(24.2), 1, 2)
})
test('[SRS-BO-B7] two of three furnace pressures beyond 2000 Pa g, either way: fuel off, within 2 s', () => {
  trips('SIF-B7', three('PT-65'), value(2020), 1, 2)
  trips('SIF-B7', three('PT-65'), value(-2020), 1, 2)
})
test('[SRS-BO-B7HF] [SRS-BO-B7LF] beyond for 5 s: the fan that presses on, or draws on, is tripped, and the other is not', () => {
  for (const [pa, off, on] of [
    [2020, 'JX-31', 'JX-32'],
    [-2020, 'JX-32', 'JX-31'],
  ] as const) {
    const b = burning()
    b.put('PT-651', pa)
    b.put('PT-653', pa)
    b.run(50)
    expect([b.on(off), b.on(on)]).toEqual([true, true])
    b.run(1)
    expect([b.on(off), b.on(on)]).toEqual([false, true])
  }
})
test('[SRS-BO-B8] either fan stops in operation: fuel off, within 2 s', () => {
  trips('SIF-B8', ['JS-31', 'JS-32'], opens, 1, 2)
})
test('[SRS-BO-B11] control power or instrument air lost: fuel off, within 1.5 s', () => {
  trips('SIF-B11', ['PS-95'], opens, 1, 1.5)
})
test('[SRS-BO-B12] either button: fuel off, within 2 s', () => {
  trips('SIF-B12', ['HS-1', 'HS-2'], opens, 1, 2)
})

test('[SRS-BO-B10] a flame seen while nothing is commanded: lock-out after 1 s, and no purge begins', () => {
  const b = standing()
  b.press('BS-40', false)
  b.run(10)
  expect(b.step()).toBe('OFF')
  b.run(3)
  expect([b.step(), b.tripped('MFT')]).toEqual(['LOCKOUT', true])
  for (const tag of three('FT-64')) b.put(tag, 75)
  b.run(50)
  expect(b.step()).toBe('LOCKOUT')
})

function purging(): Bench {
  const b = standing()
  for (const tag of three('FT-64')) b.put(tag, 75)
  b.run(3)
  expect(b.step()).toBe('PRE-PURGE')
  return b
}

test('[SRS-BO-B9] a main valve not proved closed during the purge: lock-out after 0.5 s, no light-off', () => {
  const b = purging()
  b.press('ZSC-50', false)
  b.run(5)
  expect(b.step()).toBe('PRE-PURGE')
  b.run(3)
  expect([b.step(), b.tripped('PILOT')]).toEqual(['LOCKOUT', true])
})

test('[SRS-BO-B6T] two of three air flows below 12 kg/s for 2 s in the pilot trial: lock-out; in the trial 30 kg/s are enough', () => {
  const b = purging()
  b.run(3460)
  expect(b.step()).toBe('PURGE-COMPLETE')
  for (const tag of three('FT-64')) b.put(tag, 30)
  b.press('HS-92', true)
  b.press('HS-94', true)
  b.run(3)
  expect([b.step(), ...PILOT.map(b.on)]).toEqual(['PILOT-TRIAL', true, true, true])
  b.put('FT-641', 11.5)
  b.run(25)
  expect(b.step()).toBe('PILOT-TRIAL')
  b.put('FT-642', 11.5)
  b.run(20)
  expect(PILOT.map(b.on)).toEqual([true, true, true])
  b.run(1)
  expect(PILOT.map(b.on)).toEqual([false, false, false])
  b.run(2)
  expect(b.step()).toBe('LOCKOUT')
})
