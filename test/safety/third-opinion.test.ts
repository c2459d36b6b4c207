// The expectation of the closed-loop tests against the solver, on inputs by chance: whoever is wrong, it is found here first.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stream } from '../../numerics/streams.ts'
import type { SisConfig } from '../../safety/core/config.ts'
import { createInputs } from '../../safety/core/inputs.ts'
import { createSolver } from '../../safety/core/solver.ts'
import { createExpectation } from '../../simulation/sis/expectation.ts'

const STATES = ['normal', 'delayed', 'tripped', 'no permit', 'ready', 'waits for start']

test.each([
  ['tennessee-eastman', 1],
  ['tennessee-eastman', 2],
  ['boiler', 3],
])('[T6] %s, seed %d: 6,000 scans of chance, three evaluators say the same', (name, seed) => {
  const config: SisConfig = JSON.parse(
    readFileSync(join(import.meta.dirname, `../../safety/config/${name}.json`), 'utf8'),
  )
  const solver = createSolver(config)
  const expected = createExpectation(config)
  const inputs = createInputs(config)
  const chance = stream(seed, 'third opinion')
  const limits = config.transmitters.map((t) =>
    config.causes.flatMap((c) => (!('contact' in c.trip) && c.inputs.includes(t.tag) ? [c.trip.counts] : [])),
  )
  // Half way between the set points, or well away from a single one, is well.
  const well = config.transmitters.map((t, i) => {
    const [a, b] = limits[i]!
    const high = config.causes.some((c) => 'above' in c.trip && c.inputs.includes(t.tag))
    return a === undefined ? 36000 : b !== undefined ? (a + b) / 2 : a + (high ? -6000 : 6000)
  })
  const rest = new Map(config.contacts.map((c) => [c.tag, 0]))
  for (const c of config.causes)
    if ('contact' in c.trip) for (const tag of c.inputs) rest.set(tag, c.trip.contact === 'opens' ? 1 : 0)
  let [now, calm, normal] = [0, 0, 0]
  for (let scan = 0; scan < 6000; scan++) {
    now += chance.below(500) === 0 ? 1 + chance.below(14) : 1
    calm = calm > 0 ? calm - 1 : chance.below(40) === 0 ? 30 + chance.below(120) : 0
    const wild = calm === 0 || chance.below(25) === 0
    inputs.frame = wild && chance.below(12) === 0 ? 0 : 1
    if (inputs.frame === 1 && chance.below(60) !== 0) inputs.seq = (inputs.seq + 1) & 0xffff
    for (let i = 0; i < inputs.counts.length; i++) {
      if (chance.below(3) === 0 && calm === 0) continue
      const around = limits[i]![chance.below(Math.max(1, limits[i]!.length))] ?? 36000
      inputs.counts[i] = !wild
        ? Math.round(well[i]!) + chance.below(200)
        : [around + chance.below(5) - 2, around + chance.below(8001) - 4000, 10800, 10801, 62999, 63000, 0][
            chance.below(7)
          ]!
      inputs.line[i] = wild && chance.below(80) === 0 ? 1 : 0
    }
    for (const [i, c] of config.contacts.entries()) {
      const pressed = chance.below(c.tag === 'HS-91' ? 5 : wild ? 9 : 200) === 0
      inputs.contacts[i] = pressed ? 1 - rest.get(c.tag)! : rest.get(c.tag)!
    }
    for (const [i, e] of config.elements.entries()) {
      const open = (solver.outputs[i] === 1) === (e.energised === 'open')
      if (chance.below(4) !== 0) {
        inputs.open[i] = open ? 1 : 0
        inputs.closed[i] = open ? 0 : 1
      }
    }
    solver.scan(inputs, now)
    expected.scan(inputs, now)
    const at = `scan ${scan}`
    const off = config.elements.filter((_, i) => solver.outputs[i] === 0).map((e) => e.tag)
    expect([at, off]).toEqual([at, config.elements.map((e) => e.tag).filter((tag) => expected.off.has(tag))])
    const states = config.effects.map((_, e) => STATES[solver.state.latch[e]!])
    expect([at, states]).toEqual([at, config.effects.map((e) => expected.states.get(e.id))])
    const first = config.effects.map((_, e) =>
      config.causes.filter((__, c) => ((solver.state.firstOut[e]! >>> c) & 1) === 1).map((c) => c.id),
    )
    expect([at, first]).toEqual([at, config.effects.map((e) => [...expected.firstOut.get(e.id)!])])
    if (states.includes('normal')) normal++
  }
  // It was not all one long trip.
  expect(normal).toBeGreaterThan(200)
  expect(solver.difference).toBe(-1)
})
