// The burner management B1 to B12 of the boiler, as the file an engineer reads.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkConfig, responseTime } from './check-config.ts'
import { COMMAND, LATCH } from './codes.ts'
import type { SisConfig } from './config.ts'
import { addCommand, createInputs } from './inputs.ts'
import { operationOf, runUp } from './run-up.ts'
import { loadSolver, type SolverSnapshot, saveSolver } from './snapshot.ts'
import { createSolver } from './solver.ts'

const config: SisConfig = JSON.parse(readFileSync(join(import.meta.dirname, '../config/boiler.json'), 'utf8'))

/** The table of the requirements, written down a second time: main, pilot, fan, and longest response, s. */
const TABLE: Record<string, readonly [main: boolean, pilot: boolean, fan: string, response_s: number]> = {
  B1: [true, true, '', 4],
  B2: [true, true, '', 10],
  B3: [true, false, '', 10],
  B4: [true, true, '', 2],
  B5: [true, true, '', 2],
  B6: [true, true, '', 2],
  B6T: [true, true, '', 4],
  B7H: [true, true, '', 2],
  B7L: [true, true, '', 2],
  B7HF: [false, false, 'JX-31', 10],
  B7LF: [false, false, 'JX-32', 10],
  B8: [true, true, '', 2],
  B9: [true, true, '', 4],
  B10: [true, true, '', 4],
  B11: [true, true, '', 1.5],
  B12: [true, true, '', 2],
}
const MAIN = ['SSV-1', 'SSV-2', 'VV-1']
const PILOT = ['PSV-1', 'PSV-2', 'VV-2']

/** Where the purge of minutes has led a solver once. */
let led: { readonly state: SolverSnapshot; readonly at: number } | undefined

/** A solver over a burner that runs: scanned there, with valves that follow. */
function running() {
  const solver = createSolver(config)
  const inputs = createInputs(config)
  const normal: Record<string, number> = { LT: 0, 'PT-60': 85, 'PT-61': 400, FT: 55, 'PT-65': -100, ZT: 60 }
  for (const [i, t] of config.transmitters.entries()) {
    const [, value] = Object.entries(normal).find(([letters]) => t.tag.startsWith(letters))!
    inputs.counts[i] = Math.round((4 + (16 * (value - t.lo)) / (t.hi - t.lo)) * config.counts_per_mA)
  }
  const open = ['HS-90', 'HS-91', 'KS-90', 'BS-40', 'BS-44', 'ZSC-50']
  for (const [i, c] of config.contacts.entries()) inputs.contacts[i] = open.includes(c.tag) ? 0 : 1
  let now = 0
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
  if (led !== undefined) {
    loadSolver(solver, led.state)
    now = led.at
    runUp(solver, inputs, scan, 10)
    return { solver, inputs, scan }
  }
  for (let i = 0; i < 20; i++) {
    if (solver.state.latch.some((latch) => latch === LATCH.readyToReset)) addCommand(inputs, COMMAND.reset, -1)
    scan()
  }
  expect(runUp(solver, inputs, scan, 10_000)).toBe(true)
  scan()
  led = { state: saveSolver(solver), at: now }
  return { solver, inputs, scan }
}

const stepOf = (solver: ReturnType<typeof createSolver>): string =>
  config.sequences[0]!.steps[solver.state.step[0]!]!.id

test('[R-5.4] the file checks without a word, and every function answers within half its process safety time', () => {
  expect(checkConfig(config)).toEqual([])
  for (const s of config.sifs)
    if (s.process_safety_ms !== undefined)
      expect(responseTime(config, s.causes, s.effects), s.id).toBeLessThanOrEqual(s.process_safety_ms / 2)
  for (const [id, [, , , response_s]] of Object.entries(TABLE)) {
    const sif = config.sifs.find((s) => s.causes.includes(id))!
    expect([id, sif.response_ms_max]).toEqual([id, response_s * 1000])
  }
})

test('[R-5.4] the matrix is the table', () => {
  expect(config.causes.map((c) => c.id)).toEqual(Object.keys(TABLE))
  for (const [id, [main, pilot, fan]] of Object.entries(TABLE)) {
    const moved = config.matrix
      .filter((x) => x.cause === id)
      .flatMap((x) => config.effects.find((e) => e.id === x.effect)!.outputs)
    for (const tag of MAIN) expect([id, tag, moved.includes(tag)]).toEqual([id, tag, main])
    for (const tag of PILOT) expect([id, tag, moved.includes(tag)]).toEqual([id, tag, pilot])
    expect([id, moved.includes('KY-96'), moved.includes('KY-97')]).toEqual([id, main, main])
    expect([id, moved.filter((tag) => tag.startsWith('JX'))]).toEqual([id, fan === '' ? [] : [fan]])
  }
})

// 2,500 m3 of air at 300 K and one atmosphere, 98 kg/s at the rating: what the sequence waits for and for how long.
test('[R-5.4] the purge is eight volumes at 70 % of the air, trials are 10 s, a flame lost is answered within 4 s', () => {
  const step = (id: string) => config.sequences[0]!.steps.find((s) => s.id === id)!
  const purge = step('PRE-PURGE').go.find((g) => g.to === 'PURGE-COMPLETE')!
  const wait = purge.when.find((c) => 'after_ms' in c)
  const air = purge.when.flatMap((c) => ('transmitter' in c && c.transmitter.startsWith('FT') ? [c.at] : []))
  expect(air).toEqual([68.6, 68.6, 68.6])
  expect(68.6 / 98).toBeCloseTo(0.7, 12)
  const volumes = ((wait as { after_ms: number }).after_ms / 1000) * (68.6 / ((2500 * 101_325) / (287 * 300)))
  expect(volumes).toBeGreaterThanOrEqual(8)
  expect(volumes).toBeLessThan(8.1)
  expect([step('PILOT-TRIAL').timeout, step('MAIN-TRIAL').timeout]).toEqual([
    { ms: 10_000, to: 'LOCKOUT' },
    { ms: 10_000, to: 'LOCKOUT' },
  ])
  expect(operationOf(config, config.sequences[0]!).id).toBe('RUN')
})

test('[R-5.4] nothing but the purge leads to the pilot, nothing but the pilot to the main fuel', () => {
  const { steps } = config.sequences[0]!
  const into = (id: string): string[] =>
    steps.filter((s) => [...s.go.map((g) => g.to), s.timeout?.to].includes(id)).map((s) => s.id)
  expect(into('PURGE-COMPLETE')).toEqual(['PRE-PURGE'])
  expect(into('PILOT-TRIAL')).toEqual(['PURGE-COMPLETE'])
  expect(into('MAIN-TRIAL')).toEqual(['PILOT-TRIAL'])
  expect(into('RUN')).toEqual(['MAIN-TRIAL'])
  const releases = (effect: string): string[] => steps.filter((s) => s.releases.includes(effect)).map((s) => s.id)
  expect(releases('MAIN')).toEqual(['MAIN-TRIAL', 'RUN'])
  expect(releases('PILOT')).toEqual(['PILOT-TRIAL', 'MAIN-TRIAL'])
  expect(releases('IGN')).toEqual(['PILOT-TRIAL'])
  expect(config.sequences[0]!.on_trip).toEqual({ effects: ['MFT', 'MAIN', 'PILOT'], to: 'LOCKOUT' })
})

test.each(['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7H', 'B7L', 'B8', 'B11', 'B12'])(
  '[T3] [R-5.4] %s in operation: main fuel off after its delay, lock-out, and a reset lights nothing',
  (id) => {
    const { solver, inputs, scan } = running()
    expect(stepOf(solver)).toBe('RUN')
    const cause = config.causes.find((c) => c.id === id)!
    const votes = cause.inputs.length === 3 ? 2 : 1
    const before = [inputs.counts.slice(), inputs.contacts.slice()] as const
    for (const tag of cause.inputs.slice(0, votes)) {
      const { trip } = cause
      if ('contact' in trip) inputs.contacts[config.contacts.findIndex((c) => c.tag === tag)] = 0
      else inputs.counts[config.transmitters.findIndex((t) => t.tag === tag)] = trip.counts + ('above' in trip ? 1 : -1)
    }
    const main = config.elements.findIndex((e) => e.tag === 'SSV-1')
    let scans = 0
    for (; scans < 100 && solver.outputs[main] === 1; scans++) scan()
    expect(scans).toBe(1 + (cause.time?.ms ?? 0) / 100)
    expect(stepOf(solver)).toBe('LOCKOUT')
    inputs.counts.set(before[0])
    inputs.contacts.set(before[1])
    for (const tag of ['BS-41', 'BS-42', 'BS-43']) inputs.contacts[config.contacts.findIndex((c) => c.tag === tag)] = 0
    inputs.contacts[config.contacts.findIndex((c) => c.tag === 'BS-40')] = 1
    for (let i = 0; i < 5; i++) scan()
    inputs.contacts[config.contacts.findIndex((c) => c.tag === 'HS-91')] = 1
    for (let i = 0; i < 50; i++) scan()
    expect(solver.state.latch.every((latch) => latch === LATCH.normal)).toBe(true)
    expect([...solver.outputs].slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
    expect([solver.difference, stepOf(solver)]).toEqual([-1, 'OFF'])
  },
)
