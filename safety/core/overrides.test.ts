// Requests, one by one: who is refused and why, what is told of it, and the corners of the limits.
import { expect, test } from 'vitest'
import { CAUSE_ALARM, COMMAND, EVENT, FAULT, LATCH, OTHER_REASON, REFUSED } from './codes.ts'
import type { SisConfig } from './config.ts'
import { addCommand } from './inputs.ts'
import { type Bench, healthy } from './testing/healthy.ts'
import { everything, oneFunction } from './testing/small-configs.ts'

const refusals = (b: Bench): number[][] => b.events(EVENT.refused)
const has = (b: Bench, bit: number): boolean => (b.alarms.causes[0]! & bit) !== 0

test('[R-2.7] a request for what is not there is refused as unknown, one below and one above alike', () => {
  const counts = [
    [COMMAND.reset, 6, -2],
    [COMMAND.start, 6, -1],
    [COMMAND.mosOn, 10, -1],
    [COMMAND.mosOff, 10, -1],
    [COMMAND.startupOverride, 10, -1],
    [COMMAND.effectOverride, 6, -1],
    [COMMAND.forceTrip, 6, -1],
    [COMMAND.forceTripOff, 6, -1],
    [COMMAND.forceNormal, 6, -1],
    [COMMAND.forceNormalOff, 6, -1],
    [COMMAND.partialStroke, 7, -1],
    [COMMAND.acknowledge, 10, -1],
    [COMMAND.sequenceStart, 1, -1],
    [COMMAND.sequenceStop, 1, -1],
  ] as const
  for (const [kind, above, below] of counts)
    for (const target of [above, below]) {
      const bench = healthy(everything, true)
      bench.ask(kind, target)
      expect(refusals(bench)).toEqual([[kind, target, REFUSED.unknown]])
      expect(bench.difference).toBe(-1)
    }
  for (const kind of [COMMAND.mosOn, COMMAND.mosOff])
    for (const channel of [-1, 3]) {
      const bench = healthy(everything, true)
      bench.ask(kind, 0, channel)
      expect(refusals(bench)).toEqual([[kind, 0, REFUSED.unknown]])
    }
})

test('[R-2.7] the end of a bypass on no channel ends nobody else’s', () => {
  const bench = healthy(everything)
  bench.ask(COMMAND.mosOn, 1, 3)
  bench.ask(COMMAND.mosOff, 2, -1)
  expect(bench.state.mosSince[7]).toBeGreaterThan(0)
  expect([refusals(bench).at(-1)!.at(2), bench.difference]).toEqual([REFUSED.unknown, -1])
})

test('[R-2.7] what is asked is told with its target, work order, who and why', () => {
  const bench = healthy(oneFunction())
  addCommand(bench.inputs, COMMAND.forceTripOff, 0)
  addCommand(bench.inputs, COMMAND.mosOn, 0, 2, 41, 42, 43)
  bench.run(1)
  expect(bench.events(EVENT.accepted).slice(-1)).toEqual([[COMMAND.mosOn, 0, 43]])
  expect(bench.events(EVENT.authority).slice(-1)).toEqual([[COMMAND.mosOn, 41, 42]])
})

test('[R-2.7] refusals name their reason: no start to wait for, no override, no stroke, no permit key at all', () => {
  const bench = healthy(oneFunction())
  bench.ask(COMMAND.start, 0)
  bench.ask(COMMAND.effectOverride, 0)
  bench.ask(COMMAND.partialStroke, 0)
  expect(refusals(bench).map((r) => r[2])).toEqual([REFUSED.state, REFUSED.notAllowed, REFUSED.notAllowed])

  const { permit: _, ...overrides } = oneFunction().overrides
  const none = healthy({ ...oneFunction(), overrides })
  none.inputs.key = 1
  none.ask(COMMAND.mosOn, 0, 0)
  none.ask(COMMAND.forceNormal, 0)
  expect(refusals(none).map((r) => r[2])).toEqual([REFUSED.noPermit, REFUSED.noPermit])

  const open = healthy(oneFunction())
  open.inputs.key = 1
  open.press('KEY', false)
  open.ask(COMMAND.forceNormal, 0)
  expect(refusals(open).map((r) => r[2])).toEqual([REFUSED.noPermit])
})

test('[R-2.6] a refused reset says why: cause, health, state; in NORMAL nothing is said', () => {
  const bench = healthy(oneFunction())
  const last = (): number => refusals(bench).at(-1)![2]!
  bench.reset()
  expect(refusals(bench)).toEqual([])
  bench.set('A', 60)
  bench.set('B', 60)
  bench.run(1)
  bench.reset()
  expect(last()).toBe(REFUSED.causeActive)
  bench.set('B', 30)
  bench.set('A', 30)
  bench.inputs.line[2] = 1
  bench.run(1)
  bench.reset()
  expect(last()).toBe(REFUSED.notHealthy)
  bench.inputs.line[2] = 0
  bench.reset()
  expect(last()).toBe(REFUSED.state)
})

test('[R-2.6] no start while starts are blocked', () => {
  const config = oneFunction()
  const bench = healthy({ ...config, effects: [{ ...config.effects[0]!, start: 'command' }] })
  bench.inputs.start_blocked = 1
  bench.ask(COMMAND.start, 0)
  expect(bench.effect('E1')).toBe(LATCH.waitingStartPermit)
  bench.inputs.start_blocked = 0
  bench.ask(COMMAND.start, 0)
  expect([bench.effect('E1'), bench.difference]).toEqual([LATCH.normal, -1])
})

test('[R-2.12] the record has each change of the latch, and first-outs only where an effect left NORMAL', () => {
  const bench = healthy(oneFunction())
  bench.run(5)
  const before = bench.events(EVENT.latch).length
  expect(bench.events(EVENT.firstOut)).toEqual([])
  bench.inputs.faults = FAULT.configurationHash
  bench.run(1)
  bench.inputs.faults = 0
  expect(bench.events(EVENT.firstOut)).toEqual([[0, 0, OTHER_REASON.fault]])
  bench.run(4)
  bench.reset()
  bench.run(3)
  expect(bench.events(EVENT.latch).slice(before)).toEqual([
    [0, LATCH.normal, LATCH.tripped],
    [0, LATCH.tripped, LATCH.readyToReset],
    [0, LATCH.readyToReset, LATCH.normal],
  ])
})

test('[R-2.12] the record has the beginning and the end of an override', () => {
  const config = oneFunction({}, ['A'], 1)
  const bench = healthy({
    ...config,
    effects: [{ ...config.effects[0]!, override_ms_max: 500 }],
    matrix: [{ ...config.matrix[0]!, code: 'V' }],
  })
  bench.set('A', 60)
  bench.run(2)
  bench.ask(COMMAND.effectOverride, 0)
  bench.run(6)
  expect(bench.events(EVENT.effectOverride)).toEqual([
    [0, 1, 0],
    [0, 0, 0],
  ])
})

test('[R-2.7] a trip that counts is no trip under an override', () => {
  const bench = healthy(oneFunction())
  bench.set('A', 60)
  bench.set('B', 60)
  bench.run(1)
  expect([has(bench, CAUSE_ALARM.tripped), has(bench, CAUSE_ALARM.wouldTrip)]).toEqual([true, false])
})

test('[R-2.6] [R-2.7] buttons that are the first contact work like any other', () => {
  const base = oneFunction({ startup: { start: 'RESET', stable_ms: 2000, ms_max: 3000 } })
  const config: SisConfig = { ...base, contacts: [...base.contacts].reverse() }
  expect(config.contacts[0]!.tag).toBe('RESET')
  const bench = healthy(config, true)
  bench.run(5)
  bench.press('RESET', true)
  bench.run(1)
  expect([bench.effect('E1'), bench.state.startupSince[0]! > 0, bench.difference]).toEqual([LATCH.normal, true, -1])
})

test('[I5] [R-2.7] asked for again by the same channel, a bypass has its time anew', () => {
  const bench = healthy(oneFunction())
  bench.ask(COMMAND.mosOn, 0, 1)
  bench.run(30)
  bench.ask(COMMAND.mosOn, 0, 1)
  expect([refusals(bench).length, bench.state.mosSince[1]]).toEqual([0, bench.now])
  bench.run(39)
  expect(bench.state.mosSince[1]).toBeGreaterThan(0)
  bench.run(1)
  expect([bench.state.mosSince[1], bench.difference]).toEqual([-1, -1])
})

test('[I4] [R-2.7] the limit of a group counts the inputs of its cause, whichever cause and input', () => {
  const base = oneFunction()
  const config: SisConfig = {
    ...base,
    overrides: { ...base.overrides, mos_per_unit_max: 4 },
    causes: ['C1', 'C2', 'C3'].map((id) => ({ ...base.causes[0]!, id })),
    matrix: ['C1', 'C2', 'C3'].map((cause) => ({ ...base.matrix[0]!, cause })),
  }
  const bench = healthy(config)
  for (const c of [0, 1, 2]) {
    bench.ask(COMMAND.mosOn, c, 1)
    bench.ask(COMMAND.mosOn, c, 2)
  }
  expect(refusals(bench)).toEqual([0, 1, 2].map((c) => [COMMAND.mosOn, c, REFUSED.groupLimit]))
  expect(bench.difference).toBe(-1)
})

test('[I4] [R-2.2] with M reduced a second bypass of 2oo3 leaves 1oo1; the only input of 1oo1 stays', () => {
  const both = healthy(oneFunction({ on_bypass: 'reduce', mos: { max: 2 } }))
  both.ask(COMMAND.mosOn, 0, 0)
  both.ask(COMMAND.mosOn, 0, 1)
  expect([refusals(both).length, both.difference]).toEqual([0, -1])
  both.set('C', 60)
  both.run(1)
  expect(both.outputs[0]).toBe(0)
  const only = healthy(oneFunction({ on_bypass: 'reduce' }, ['A'], 1))
  only.ask(COMMAND.mosOn, 0, 0)
  expect(refusals(only).map((r) => r[2])).toEqual([REFUSED.lastVote])
})

test('[R-2.7] with a waiver a bypass outlives its timer, and says so', () => {
  const config = oneFunction()
  const bench = healthy({ ...config, overrides: { ...config.overrides, at_expiry: 'alarm', waiver: 'a test' } })
  bench.ask(COMMAND.mosOn, 0, 0)
  bench.run(60)
  expect([bench.state.mosSince[0]! > 0, has(bench, CAUSE_ALARM.mosExpired), bench.difference]).toEqual([true, true, -1])
})
