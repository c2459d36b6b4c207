import { expect, test } from 'vitest'
import { COMMAND, LATCH } from './codes.ts'
import type { SisConfig } from './config.ts'
import { type Bench, healthy } from './testing/healthy.ts'
import { oneFunction } from './testing/small-configs.ts'

/** A burner as small as can be: purge, pilot trial, main trial, run, and lock-out. Scans of 100 ms. */
function burner(): SisConfig {
  const base = oneFunction()
  const cause = base.causes[0]!
  const flame = { ...cause, inputs: ['FLAME'], vote: 1 }
  const contact = (tag: string) => ({ tag, service: tag, response_ms: 0 })
  const element = base.elements[0]!
  const effect = base.effects[0]!
  const both = ['PILOT', 'MAIN']
  return {
    ...base,
    contacts: ['KEY', 'RESET', 'FLAME', 'AIR'].map(contact),
    elements: both.map((tag) => ({ ...element, tag: `${tag}-SSV` })),
    causes: [
      { ...flame, id: 'LOST', trip: { contact: 'opens' }, armed: { sequence: 'BMS', steps: ['RUN'] } },
      { ...flame, id: 'STRAY', trip: { contact: 'closes' }, armed: { sequence: 'BMS', steps: ['OFF', 'PURGE'] } },
    ],
    effects: both.map((id) => ({ ...effect, id, outputs: [`${id}-SSV`], sequence: 'BMS' })),
    matrix: ['LOST', 'STRAY'].flatMap((c) => both.map((e) => ({ cause: c, effect: e, code: 'S' as const }))),
    sifs: [{ ...base.sifs[0]!, causes: ['LOST', 'STRAY'], effects: both }],
    sequences: [
      {
        id: 'BMS',
        on_trip: { effects: both, to: 'LOCKOUT' },
        steps: [
          {
            id: 'OFF',
            releases: [],
            go: [
              {
                to: 'PURGE',
                when: [{ command: 'start' }, { element: 'PILOT-SSV', is: 'safe' }, { element: 'MAIN-SSV', is: 'safe' }],
              },
            ],
          },
          {
            id: 'PURGE',
            releases: [],
            go: [
              { to: 'OFF', when: [{ contact: 'AIR', is: 'open' }] },
              { to: 'PILOT', when: [{ after_ms: 1000 }] },
            ],
          },
          {
            id: 'PILOT',
            releases: ['PILOT'],
            go: [{ to: 'MAIN', when: [{ after_ms: 300 }, { contact: 'FLAME', is: 'closed' }] }],
            timeout: { ms: 1000, to: 'LOCKOUT' },
          },
          {
            id: 'MAIN',
            releases: both,
            go: [
              {
                to: 'RUN',
                when: [
                  { element: 'MAIN-SSV', is: 'normal' },
                  { contact: 'FLAME', is: 'closed' },
                ],
              },
            ],
            timeout: { ms: 1000, to: 'LOCKOUT' },
          },
          { id: 'RUN', releases: both, go: [{ to: 'OFF', when: [{ command: 'stop' }] }] },
          {
            id: 'LOCKOUT',
            releases: [],
            trips: both,
            go: [
              {
                to: 'OFF',
                when: [
                  { effect: 'PILOT', is: 'normal' },
                  { effect: 'MAIN', is: 'normal' },
                ],
              },
            ],
          },
        ],
      },
    ],
  }
}

const [OFF, PURGE, PILOT, , RUN, LOCKOUT] = [0, 1, 2, 3, 4, 5]
const step = (b: Bench): number => b.state.step[0]!

function lit(): Bench {
  const bench = healthy(burner())
  // Starts in lock-out, since it starts tripped; the reset takes it to OFF.
  bench.run(3)
  bench.ask(COMMAND.sequenceStart, 0)
  bench.run(11)
  bench.press('FLAME', true)
  bench.run(5)
  return bench
}

test('[R-2.1] the burner is lit by purge, pilot and main trial, and no valve opens before its step', () => {
  const bench = healthy(burner())
  bench.run(3)
  expect([step(bench), ...bench.outputs]).toEqual([OFF, 0, 0])
  bench.ask(COMMAND.sequenceStart, 0)
  expect([step(bench), ...bench.outputs]).toEqual([PURGE, 0, 0])
  bench.run(9)
  expect(step(bench)).toBe(PURGE)
  bench.run(1)
  expect([step(bench), ...bench.outputs]).toEqual([PILOT, 1, 0])
  bench.press('FLAME', true)
  bench.run(5)
  expect([step(bench), ...bench.outputs, bench.difference]).toEqual([RUN, 1, 1, -1])
})

test('[R-2.1] a trial without flame locks out, trips what it has, and goes on by reset only', () => {
  const bench = healthy(burner())
  bench.run(3)
  bench.ask(COMMAND.sequenceStart, 0)
  bench.run(10)
  expect(step(bench)).toBe(PILOT)
  bench.run(10)
  expect([step(bench), ...bench.outputs]).toEqual([LOCKOUT, 0, 0])
  bench.ask(COMMAND.sequenceStart, 0)
  bench.run(20)
  expect([step(bench), bench.effect('MAIN')]).toEqual([LOCKOUT, LATCH.readyToReset])
  bench.reset()
  bench.run(2)
  expect([step(bench), ...bench.outputs]).toEqual([OFF, 0, 0])
})

test('[I1] flame lost in RUN shuts both valves in the scan that sees it, and nothing lights again by itself', () => {
  const bench = lit()
  expect(step(bench)).toBe(RUN)
  bench.press('FLAME', false)
  bench.run(1)
  expect([...bench.outputs]).toEqual([0, 0])
  bench.press('FLAME', true)
  bench.run(30)
  expect([step(bench), ...bench.outputs]).toEqual([LOCKOUT, 0, 0])
})

test('[I1] a flame where none was lit locks out; lost air takes the purge back', () => {
  const stray = healthy(burner())
  stray.run(3)
  stray.press('FLAME', true)
  stray.run(2)
  expect(step(stray)).toBe(LOCKOUT)
  const air = healthy(burner())
  air.run(3)
  air.ask(COMMAND.sequenceStart, 0)
  air.press('AIR', false)
  air.run(1)
  expect(step(air)).toBe(OFF)
})

test('[R-2.9] a contact that cannot be read fulfils no condition, open or closed', () => {
  const bench = healthy(burner())
  bench.run(3)
  bench.ask(COMMAND.sequenceStart, 0)
  bench.inputs.line[bench.config.transmitters.length + 3] = 1
  bench.press('AIR', false)
  bench.run(3)
  expect(step(bench)).toBe(PURGE)
})
