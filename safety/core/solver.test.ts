import { expect, test } from 'vitest'
import { CAUSE_ALARM, COMMAND, ELEMENT_ALARM, EVENT, FAULT, KEY, LATCH, REFUSED, SYSTEM_ALARM } from './codes.ts'
import type { CellConfig, EffectConfig, SisConfig } from './config.ts'
import { addCommand, createInputs } from './inputs.ts'
import { createSolver } from './solver.ts'
import { type Bench, healthy } from './testing/healthy.ts'
import { oneFunction } from './testing/small-configs.ts'

/** `one` with other cells: causes C1 (A), C2 (B), C3 (C) at 50 %, one effect. */
function matrixOf(cells: readonly Omit<CellConfig, 'effect'>[], effect: Partial<EffectConfig> = {}): SisConfig {
  const base = oneFunction()
  const cause = base.causes[0]!
  return {
    ...base,
    causes: ['A', 'B', 'C'].map((tag, i) => ({ ...cause, id: `C${i + 1}`, inputs: [tag], vote: 1 })),
    effects: [{ ...base.effects[0]!, ...effect }],
    matrix: cells.map((c) => ({ ...c, effect: 'E1' })),
  }
}
const tripped = (b: Bench): boolean => b.outputs[0] === 0
const refusals = (b: Bench): number[] => b.events(EVENT.refused).map(([, , why]) => why!)

test('[R-2.4] what starts is tripped, latched, and waits for its reset', () => {
  const bench = healthy(oneFunction(), true)
  bench.run(20)
  expect([bench.outputs[0], bench.effect('E1')]).toEqual([0, LATCH.readyToReset])
  bench.reset()
  bench.run(1)
  expect([bench.outputs[0], bench.effect('E1'), bench.difference]).toEqual([1, LATCH.normal, -1])
})

test('[I7] [R-2.4] before the first frame there is no communication, whatever the inputs say', () => {
  const solver = createSolver(oneFunction())
  const inputs = createInputs(solver.config)
  solver.scan(inputs, 1)
  expect([solver.faults, solver.outputs[0], solver.difference]).toEqual([FAULT.communication, 0, -1])
})

test('[I1] [R-2.1] two of three trip in the scan that sees them, one does not, whichever they are', () => {
  for (const [first, second] of [
    ['A', 'B'],
    ['B', 'C'],
    ['A', 'C'],
  ] as const) {
    const bench = healthy(oneFunction())
    bench.set(first, 60)
    bench.run(30)
    expect(tripped(bench)).toBe(false)
    bench.set(second, 60)
    bench.run(1)
    expect(tripped(bench)).toBe(true)
  }
})

test('[R-2.2] the dead band delays clearing only, and the set point itself trips', () => {
  const bench = healthy(oneFunction({ dead_band: 5 }, ['A'], 1))
  bench.set('A', 49.99)
  bench.run(2)
  expect(tripped(bench)).toBe(false)
  bench.set('A', 50)
  bench.run(1)
  expect(tripped(bench)).toBe(true)
  bench.set('A', 45.1)
  bench.run(3)
  expect(bench.effect('E1')).toBe(LATCH.tripped)
  bench.set('A', 44.9)
  bench.run(2)
  expect(bench.effect('E1')).toBe(LATCH.readyToReset)
})

test('[R-2.2] BAD inputs with a hold time are left out, then vote to trip', () => {
  const bench = healthy(oneFunction({ on_bad: 'ignore', bad_hold_ms: 1000 }))
  bench.inputs.line[0] = 1
  bench.inputs.line[1] = 1
  bench.run(10)
  expect(tripped(bench)).toBe(false)
  expect(bench.alarms.causes[0]! & CAUSE_ALARM.inhibited).toBe(CAUSE_ALARM.inhibited)
  bench.run(1)
  expect(tripped(bench)).toBe(true)
})

test('[R-2.5] a trip delay wants a vote without a gap', () => {
  const bench = healthy(oneFunction({ time: { kind: 'on_delay', ms: 500 } }, ['A'], 1))
  bench.set('A', 60)
  bench.run(5)
  bench.set('A', 40)
  bench.run(1)
  bench.set('A', 60)
  bench.run(5)
  expect(tripped(bench)).toBe(false)
  bench.run(1)
  expect(tripped(bench)).toBe(true)
})

test('[I7] [R-2.4] frames that cease make inputs BAD, then everything trips; a frozen sequence number is no frame', () => {
  for (const silent of [true, false]) {
    const bench = healthy(oneFunction({ on_bad: 'ignore' }))
    let scans = 0
    let now = bench.now
    while (bench.outputs[0] === 1 && scans < 50) {
      bench.inputs.frame = silent ? 0 : 1
      bench.scan(bench.inputs, ++now)
      scans++
    }
    // T_SF is 600 ms: six scans are borne, the seventh trips.
    expect(scans).toBe(7)
    expect(bench.faults & FAULT.communication).toBe(FAULT.communication)
  }
})

test('[I11] [R-2.11] another hash, and a key that does not fit the mode, trip; PROGRAM only alarms', () => {
  const hash = healthy(oneFunction())
  hash.inputs.faults = FAULT.configurationHash
  hash.run(1)
  hash.inputs.faults = 0
  hash.run(5)
  expect([hash.outputs[0], hash.effect('E1')]).toEqual([0, LATCH.readyToReset])

  const key = healthy(oneFunction())
  key.inputs.key = KEY.program
  key.run(2)
  expect([key.outputs[0], key.alarms.system[0]! & SYSTEM_ALARM.keyNotRun]).toEqual([1, SYSTEM_ALARM.keyNotRun])
  key.inputs.key = KEY.simulation
  key.run(1)
  expect([key.outputs[0], key.faults]).toEqual([0, FAULT.keyPosition])
})

test('[R-2.4] [R-2.5] one missed scan is counted, a gap over the watchdog trips, a clock that stands trips', () => {
  const late = healthy(oneFunction())
  const run = (bench: Bench, by: number): void => {
    bench.inputs.frame = 1
    bench.inputs.seq++
    bench.scan(bench.inputs, bench.now + by)
  }
  run(late, 2)
  expect([late.outputs[0], late.alarms.system[0]! & SYSTEM_ALARM.overrun]).toEqual([1, SYSTEM_ALARM.overrun])
  const gap = healthy(oneFunction())
  run(gap, 7)
  expect([gap.outputs[0], gap.faults & FAULT.overrun]).toEqual([0, FAULT.overrun])
  const still = healthy(oneFunction())
  run(still, 0)
  expect([still.outputs[0], still.faults]).toEqual([0, FAULT.clock])
})

test('[I2] [R-2.6] a reset is an edge: a button held down resets once, and a cause that stands refuses it', () => {
  const bench = healthy(oneFunction())
  bench.set('A', 60)
  bench.set('B', 60)
  bench.run(2)
  bench.press('RESET', true)
  bench.run(5)
  expect(refusals(bench)).toEqual([REFUSED.causeActive])
  bench.set('A', 30)
  bench.set('B', 30)
  bench.run(20)
  // Still held: it was pressed while the cause stood.
  expect(bench.effect('E1')).toBe(LATCH.readyToReset)
  bench.inputs.line[bench.config.transmitters.length + 1] = 1
  bench.run(2)
  bench.inputs.line[bench.config.transmitters.length + 1] = 0
  bench.run(2)
  expect(bench.effect('E1')).toBe(LATCH.readyToReset)
  bench.press('RESET', false)
  bench.run(1)
  bench.press('RESET', true)
  bench.run(1)
  expect(bench.effect('E1')).toBe(LATCH.normal)
})

test('[I2] [R-2.6] no reset while an input is not good, while the permit is open or a start is blocked', () => {
  const config = oneFunction()
  const bench = healthy({ ...config, effects: [{ ...config.effects[0]!, reset_permit: 'KEY' }] })
  bench.ask(COMMAND.forceTrip, 0)
  bench.ask(COMMAND.forceTripOff, 0)
  bench.inputs.line[0] = 1
  bench.run(3)
  expect(bench.effect('E1')).toBe(LATCH.tripped)
  bench.inputs.line[0] = 0
  bench.press('KEY', false)
  bench.run(3)
  expect(bench.effect('E1')).toBe(LATCH.waitingResetPermit)
  bench.press('KEY', true)
  bench.inputs.start_blocked = 1
  bench.run(3)
  bench.reset()
  expect(bench.effect('E1')).toBe(LATCH.waitingResetPermit)
  bench.inputs.start_blocked = 0
  bench.run(2)
  bench.reset()
  expect(bench.effect('E1')).toBe(LATCH.normal)
})

test('[R-2.6] a reset opens nothing where the effect waits for a start', () => {
  const bench = healthy(matrixOf([{ cause: 'C1', code: 'S' }], { start: 'command' }))
  expect([bench.outputs[0], bench.effect('E1')]).toEqual([0, LATCH.waitingStartPermit])
  bench.ask(COMMAND.start, 0)
  expect([bench.outputs[0], bench.effect('E1')]).toEqual([1, LATCH.normal])
})

test('[R-2.9] N releases itself, S is stored', () => {
  for (const code of ['N', 'S'] as const) {
    const bench = healthy(matrixOf([{ cause: 'C1', code }]))
    bench.set('A', 60)
    bench.run(2)
    expect(tripped(bench)).toBe(true)
    bench.set('A', 30)
    bench.run(5)
    expect(tripped(bench)).toBe(code === 'S')
  }
})

test('[R-2.9] V may be overridden for its time; R by its reset; any new cause ends both', () => {
  for (const code of ['V', 'R'] as const) {
    const ask = (b: Bench): void => (code === 'V' ? b.ask(COMMAND.effectOverride, 0) : b.reset())
    const cells = [
      { cause: 'C1', code },
      { cause: 'C2', code },
      { cause: 'C3', code: 'S' },
    ] as const
    const bench = healthy(matrixOf(cells, { override_ms_max: 1000 }))
    bench.set('A', 60)
    bench.run(2)
    ask(bench)
    expect([code, bench.outputs[0]]).toEqual([code, 1])
    bench.run(9)
    expect(bench.outputs[0]).toBe(1)
    bench.run(1)
    expect([code, bench.outputs[0]]).toEqual([code, 0])
    ask(bench)
    bench.run(1)
    expect(bench.outputs[0]).toBe(1)
    bench.set('B', 60)
    bench.run(1)
    expect([code, bench.outputs[0]]).toEqual([code, 0])
    // Not while an S demand stands.
    bench.set('C', 60)
    bench.run(1)
    ask(bench)
    bench.run(1)
    expect(bench.outputs[0]).toBe(0)
  }
})

test('[R-2.9] a group of n trips with n of its causes, a cell delay counts for its effect', () => {
  const two = { group: 'g', n: 2, code: 'S' } as const
  const bench = healthy(
    matrixOf([
      { cause: 'C1', ...two },
      { cause: 'C2', ...two },
      { cause: 'C3', code: 'S', delay_ms: 300 },
    ]),
  )
  bench.set('A', 60)
  bench.run(20)
  expect(tripped(bench)).toBe(false)
  bench.set('C', 60)
  bench.run(3)
  expect(tripped(bench)).toBe(false)
  bench.run(1)
  expect(tripped(bench)).toBe(true)
  const other = healthy(bench.config)
  other.set('B', 60)
  other.set('A', 60)
  other.run(1)
  expect(tripped(other)).toBe(true)
})

test('[R-2.9] a stored demand that came and went within the delay of the effect is carried out', () => {
  const bench = healthy(matrixOf([{ cause: 'C1', code: 'S' }], { delay_ms: 500 }))
  bench.set('A', 60)
  bench.run(1)
  bench.set('A', 30)
  bench.run(3)
  expect([bench.outputs[0], bench.effect('E1')]).toEqual([1, LATCH.tripInitiatedDelayed])
  bench.run(4)
  expect(bench.outputs[0]).toBe(0)
})

test('[I8] [R-2.9] first-out is the set of causes of that scan, frozen until the reset', () => {
  const cells = ['C1', 'C2', 'C3'].map((cause) => ({ cause, code: 'S' as const }))
  const bench = healthy(matrixOf(cells))
  bench.set('A', 60)
  bench.set('C', 60)
  bench.run(1)
  bench.set('B', 60)
  bench.run(3)
  expect(bench.state.firstOut[0]).toBe(0b101)
  expect(bench.events(EVENT.firstOut).at(-1)).toEqual([0, 0b101, 0])
  for (const tag of ['A', 'B', 'C']) bench.set(tag, 30)
  bench.run(2)
  bench.reset()
  expect(bench.state.firstOut[0]).toBe(0)
})

test('[I4] [R-2.7] a bypass wants permit, reason, work order, room in its group and in the unit, and votes left', () => {
  const bench = healthy(oneFunction())
  bench.ask(COMMAND.mosOn, 0, 0, 0, 1)
  bench.ask(COMMAND.mosOn, 0, 0, 1, 0)
  bench.press('KEY', false)
  bench.run(1)
  bench.ask(COMMAND.mosOn, 0, 0)
  bench.press('KEY', true)
  bench.run(1)
  bench.ask(COMMAND.mosOn, 0, 3)
  bench.ask(COMMAND.mosOn, 0, 0)
  bench.ask(COMMAND.mosOn, 0, 1)
  expect(refusals(bench)).toEqual([
    REFUSED.noReason,
    REFUSED.noReason,
    REFUSED.noPermit,
    REFUSED.unknown,
    REFUSED.groupLimit,
  ])
  expect(Array.from(bench.state.mosSince, (s) => s >= 0)).toEqual([true, false, false, false])

  const last = healthy(oneFunction({}, ['A'], 1))
  last.ask(COMMAND.mosOn, 0, 0)
  expect(refusals(last)).toEqual([REFUSED.lastVote])
  last.ask(COMMAND.mosOn, 0, 0, 1, 1, 1)
  expect(last.alarms.causes[0]! & CAUSE_ALARM.inhibited).toBe(CAUSE_ALARM.inhibited)

  // The first of two leaves 2oo2, the second would leave one input for two votes.
  const second = healthy(oneFunction({ mos: { max: 2 } }))
  second.ask(COMMAND.mosOn, 0, 0)
  second.ask(COMMAND.mosOn, 0, 1)
  expect(refusals(second)).toEqual([REFUSED.lastVote])

  const config = matrixOf([{ cause: 'C1', code: 'S' }])
  const unit = healthy(config)
  // C2 first: what is bypassed there takes no room in C1.
  for (const c of [1, 0, 2]) unit.ask(COMMAND.mosOn, c, 0, 1, 1, 1)
  expect(refusals(unit)).toEqual([REFUSED.unitLimit])
})

test('[R-2.7] push-buttons have no bypass, and trip under every other override', () => {
  const bench = healthy(oneFunction({ trip: { contact: 'opens' }, manual: true }, ['ESD'], 1))
  bench.ask(COMMAND.mosOn, 0, 0, 1, 1, 1)
  bench.ask(COMMAND.startupOverride, 0)
  expect(refusals(bench)).toEqual([REFUSED.notAllowed, REFUSED.notAllowed])
  bench.press('ESD', false)
  bench.run(1)
  expect(tripped(bench)).toBe(true)
})

test('[I5] [R-2.7] a bypass alarms, reminds, tells each shift and when it would trip, and ends with its timer', () => {
  const bench = healthy(oneFunction())
  bench.ask(COMMAND.mosOn, 0, 0)
  const has = (bit: number): boolean => (bench.alarms.causes[0]! & bit) !== 0
  expect([has(CAUSE_ALARM.mos), has(CAUSE_ALARM.degraded), has(CAUSE_ALARM.mosReminder)]).toEqual([true, true, false])
  bench.set('A', 60)
  bench.run(1)
  expect(has(CAUSE_ALARM.bypassedInputTripped)).toBe(true)
  bench.run(28)
  expect([has(CAUSE_ALARM.mosReminder), bench.events(EVENT.shift).length]).toEqual([false, 1])
  bench.run(1)
  expect(has(CAUSE_ALARM.mosReminder)).toBe(true)
  bench.run(9)
  expect(has(CAUSE_ALARM.mos)).toBe(true)
  bench.run(1)
  expect(has(CAUSE_ALARM.mos)).toBe(false)
  expect(tripped(bench)).toBe(false)
})

test('[R-2.7] the key, or the loss of the control system, removes all bypasses', () => {
  const key = healthy(oneFunction())
  key.ask(COMMAND.mosOn, 0, 0)
  key.press('KEY', false)
  key.run(1)
  expect(key.state.mosSince[0]).toBe(-1)
  const link = healthy(oneFunction())
  link.ask(COMMAND.mosOn, 0, 0)
  link.inputs.dcs_link = 0
  link.run(10)
  expect(link.state.mosSince[0]).toBeGreaterThan(0)
  link.run(1)
  expect(link.state.mosSince[0]).toBe(-1)
})

test('[I10] [R-2.7] a start-up override ends by time even if the process never settles, and earlier when it does', () => {
  const startup = { stable_ms: 500, ms_max: 2000 }
  const never = healthy(oneFunction({ startup }, ['A'], 1))
  never.ask(COMMAND.startupOverride, 0)
  never.set('A', 60)
  never.run(5)
  never.ask(COMMAND.startupOverride, 0)
  expect(refusals(never)).toEqual([REFUSED.running])
  expect([never.outputs[0], never.alarms.causes[0]! & CAUSE_ALARM.wouldTrip]).toEqual([1, CAUSE_ALARM.wouldTrip])
  never.run(13)
  expect(never.outputs[0]).toBe(1)
  never.run(1)
  expect(never.outputs[0]).toBe(0)
  const settled = healthy(oneFunction({ startup }, ['A'], 1))
  settled.ask(COMMAND.startupOverride, 0)
  settled.run(5)
  expect(settled.state.startupSince[0]).toBe(-1)
})

test('[I9] [R-2.7] a force to normal needs the key in PROGRAM, permit and papers; demand, key and time end it', () => {
  const bench = healthy(oneFunction())
  bench.ask(COMMAND.forceTrip, 0)
  bench.ask(COMMAND.forceTripOff, 0)
  bench.run(2)
  bench.ask(COMMAND.forceNormal, 0)
  expect([bench.outputs[0], refusals(bench)]).toEqual([0, [REFUSED.key]])
  bench.inputs.key = KEY.program
  bench.ask(COMMAND.forceNormal, 0)
  expect(bench.outputs[0]).toBe(1)
  bench.run(19)
  expect(bench.outputs[0]).toBe(1)
  bench.run(1)
  expect(bench.outputs[0]).toBe(0)
  bench.ask(COMMAND.forceNormal, 0)
  bench.inputs.key = KEY.run
  bench.run(1)
  expect(bench.outputs[0]).toBe(0)
  bench.inputs.key = KEY.program
  bench.ask(COMMAND.forceNormal, 0)
  bench.set('A', 60)
  bench.set('B', 60)
  bench.run(1)
  expect(bench.outputs[0]).toBe(0)
})

test('[I6] an inhibited vote is alarmed in the scan that inhibits it', () => {
  const bench = healthy(oneFunction({ on_bad: 'ignore' }))
  bench.inputs.line[0] = 1
  bench.run(1)
  expect(bench.alarms.causes[0]! & CAUSE_ALARM.inhibited).toBe(0)
  bench.inputs.line[1] = 1
  bench.run(1)
  expect(bench.alarms.causes[0]! & CAUSE_ALARM.inhibited).toBe(CAUSE_ALARM.inhibited)
})

test('[R-2.8] a valve that stays is failed to trip after its time, and trips what stands in for it', () => {
  const config = oneFunction()
  const bench = healthy({
    ...config,
    elements: [
      { ...config.elements[0]!, secondary: 'E2' },
      { ...config.elements[0]!, tag: 'XV2' },
    ],
    effects: [...config.effects, { ...config.effects[0]!, id: 'E2', outputs: ['XV2'] }],
  })
  bench.stuck.add(0)
  bench.ask(COMMAND.forceTrip, 0)
  expect(Array.from(bench.outputs)).toEqual([0, 1])
  bench.run(5)
  expect(bench.elements.alarms[0]! & ELEMENT_ALARM.failedToTrip).toBe(0)
  bench.run(1)
  expect(bench.elements.alarms[0]! & ELEMENT_ALARM.failedToTrip).toBe(ELEMENT_ALARM.failedToTrip)
  bench.run(1)
  expect(Array.from(bench.outputs)).toEqual([0, 0])
})

test('[R-2.8] travel is recorded; a normal position that is lost is spurious; switches that disagree are a fault', () => {
  const bench = healthy(oneFunction())
  bench.ask(COMMAND.forceTrip, 0)
  bench.run(3)
  expect([bench.elements.travel[0], bench.elements.trips[0]]).toEqual([1, 1])
  const lost = healthy(oneFunction())
  lost.run(10)
  lost.stuck.add(0)
  lost.inputs.open[0] = 0
  lost.run(5)
  expect(lost.elements.alarms[0]).toBe(ELEMENT_ALARM.spurious | ELEMENT_ALARM.feedback)
  expect(lost.elements.spurious[0]).toBe(1)
})

test('[R-2.8] a partial stroke drops the solenoid until the valve has left, fails where it does not, and yields to a demand', () => {
  const config = oneFunction()
  const stroke: SisConfig = { ...config, elements: [{ ...config.elements[0]!, partial_stroke_ms: 400 }] }
  const good = healthy(stroke)
  good.run(10)
  good.ask(COMMAND.partialStroke, 0)
  expect(good.outputs[0]).toBe(0)
  good.run(1)
  expect([good.outputs[0], good.elements.strokes[0], good.elements.stroke[0]]).toEqual([1, 1, 1])
  expect(good.effect('E1')).toBe(LATCH.normal)
  const bad = healthy(stroke)
  bad.run(10)
  bad.stuck.add(0)
  bad.ask(COMMAND.partialStroke, 0)
  bad.run(3)
  expect(bad.outputs[0]).toBe(0)
  bad.run(1)
  expect([bad.outputs[0], bad.elements.alarms[0]]).toEqual([1, ELEMENT_ALARM.strokeFailed])
  const demand = healthy(stroke)
  demand.run(10)
  demand.stuck.add(0)
  demand.ask(COMMAND.partialStroke, 0)
  demand.set('A', 60)
  demand.set('B', 60)
  demand.run(10)
  expect([demand.outputs[0], demand.effect('E1')]).toEqual([0, LATCH.tripped])
  const bypassed = healthy(stroke)
  bypassed.run(10)
  bypassed.ask(COMMAND.mosOn, 0, 0)
  bypassed.ask(COMMAND.partialStroke, 0)
  expect([bypassed.outputs[0], refusals(bypassed)]).toEqual([1, [REFUSED.running]])
})

test('[R-2.2] the pre-alarm is voted like the trip, at its own limit', () => {
  const bench = healthy(oneFunction({ pre_alarm: { at: 40, counts: 31_200 } }))
  const alarmed = (): boolean => (bench.alarms.causes[0]! & CAUSE_ALARM.preAlarm) !== 0
  bench.set('A', 45)
  bench.run(1)
  expect(alarmed()).toBe(false)
  bench.set('B', 40)
  bench.run(1)
  expect([alarmed(), bench.outputs[0]]).toEqual([true, 1])
})

test('[R-2.9] an inhibit takes the cause out while closed, shown as such, and its delay runs on meanwhile', () => {
  const bench = healthy(oneFunction({ inhibit: 'RESET', time: { kind: 'on_delay', ms: 1000 } }, ['A'], 1))
  bench.press('RESET', true)
  bench.set('A', 60)
  bench.run(20)
  expect([bench.outputs[0], bench.alarms.causes[0]! & CAUSE_ALARM.inhibitTag]).toEqual([1, CAUSE_ALARM.inhibitTag])
  expect(bench.alarms.causes[0]! & CAUSE_ALARM.wouldTrip).toBe(CAUSE_ALARM.wouldTrip)
  bench.press('RESET', false)
  bench.run(1)
  expect(bench.outputs[0]).toBe(0)
})

test('[R-2.9] the alarm of a trip stays until it is acknowledged, or goes by itself where that is configured', () => {
  for (const auto_acknowledge of [false, true]) {
    const bench = healthy(oneFunction({ auto_acknowledge }, ['A'], 1))
    const alarmed = (): boolean => (bench.alarms.causes[0]! & CAUSE_ALARM.tripped) !== 0
    bench.set('A', 60)
    bench.run(2)
    bench.set('A', 30)
    bench.run(2)
    expect(alarmed()).toBe(!auto_acknowledge)
    bench.ask(COMMAND.acknowledge, 0)
    expect(alarmed()).toBe(false)
  }
})

test('[R-2.7] requests that make no sense are refused and recorded, and no more than 16 are taken in a scan', () => {
  const bench = healthy(oneFunction())
  for (const kind of Object.values(COMMAND)) bench.ask(kind, 99)
  bench.ask(77, 0)
  bench.ask(COMMAND.mosOff, 0, 9)
  expect(refusals(bench)).toEqual(new Array(Object.keys(COMMAND).length + 2).fill(REFUSED.unknown))
  expect([bench.outputs[0], bench.difference]).toEqual([1, -1])
  const taken = Array.from({ length: 18 }, () => addCommand(bench.inputs, COMMAND.forceTripOff, 0))
  expect(taken.filter((t) => t).length).toBe(16)
})

test('[R-2.1] the record keeps the newest events and counts all', () => {
  const solver = createSolver(oneFunction(), 4)
  const inputs = createInputs(solver.config)
  for (let scan = 1; scan < 20; scan++) {
    inputs.dcs_link = scan % 2
    solver.scan(inputs, scan)
  }
  expect(solver.soe.count).toBeGreaterThan(18)
  expect(solver.soe.records.length).toBe(4 * solver.soe.width)
  expect(Math.max(...Array.from({ length: 4 }, (_, i) => solver.soe.records[i * solver.soe.width]!))).toBe(19)
})
