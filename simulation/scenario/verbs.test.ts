// The verbs of a property in one line: steps(3), after(saturation), tolerances by name; and what a scenario cannot measure.
import { expect, test } from 'vitest'
import { changed, FILES, type Files } from '../../controller/core/strategy/testing.ts'
import { expressionText, isProblem, parseExpression } from './expression.ts'
import { PLANT, play, steps, trialArtifact, trialFaults, trialSuite } from './testing.ts'

const C = 'classes/flow.class.yaml'

/** FIC-101 alone, by 250 ms, with this tuning; a master would move its set point. */
const tuned = (pid: string): Files => {
  const alone = FILES['loops/a.yaml']!.replace('sp: 12, normal: cas', 'sp: 0, normal: auto').replace(
    /\ncascade:[\s\S]*/,
    '\n',
  )
  const fast = changed('strategy.yaml', 'fast: 1s', 'fast: 250ms', { ...FILES, 'loops/a.yaml': alone })
  return changed(C, 'gain: $gain, reset: $reset', pid, fast)
}
/** Kc 2.5 in % per %, Ti 10 s on 1/(10 s + 1) e^(-2 s): function-blocks.md 2.4. The valve ends at 1.2 times what is needed. */
const GOOD = tuned('gain: 2.5, reset: 10s')
const NAIVE = tuned('gain: 2.5, reset: 10s, integral: form_b')
const DELAYED = PLANT.replace('tau: 10s', 'tau: 10s, theta: 2s')

test('[SCN-10] after(saturation).overshoot tells an integral that winds up from one that does not', () => {
  const text = (limit: number): string =>
    steps(['set: FIC-101.PID1.SP, to: 33.3', `expect: after(saturation).overshoot < ${limit}%, during: 3min`], DELAYED)
  expect(play(text(1.5), { artifact: trialArtifact(GOOD) }).failure).toBeUndefined()
  // 17.5 % by an independent calculation, at T 0.1 s.
  const { failure } = play(text(1.5), { artifact: trialArtifact(NAIVE) })
  const found = Number(/overshoot\(FIC-101\.PID1\) = ([\d.]+)/.exec(failure?.found ?? '')?.[1])
  expect(found).toBeGreaterThan(15)
  expect(found).toBeLessThan(20)
})

test('[SCN-10] it is measured from the end of the saturation, of the loop that is named or was set last', () => {
  const window = (what: string): string =>
    steps(['set: FIC-101.PID1.SP, to: 33.3', `expect: ${what}, during: 3min`], DELAYED)
  const of = (what: string): number => {
    const { failure } = play(window(`${what} < 0`), { artifact: trialArtifact(NAIVE) })
    return Number(/ = ([\d.]+)/.exec(failure!.found)![1])
  }
  expect(of('after(saturation).overshoot')).toBe(of('after(saturation).overshoot(FIC-101.PID1)'))
  // The whole excess lies after it, and PV was 33.3 away at the most.
  expect(of('after(saturation).overshoot')).toBeCloseTo(of('overshoot(FIC-101.PID1)'), 9)
  expect(of('after(saturation).iae')).toBeLessThan(of('iae(FIC-101.PID1)') / 2)
  expect(of('after(saturation).settling')).toBeLessThan(of('settling(FIC-101.PID1)') - 5)
})

test('[SCN-10] without a saturation there is nothing after it', () => {
  const { failure } = play(
    steps(
      [
        'set: FIC-101.PID1.SP, to: 10, wait: steady, within: 3min',
        'set: FIC-101.PID1.SP, to: 12',
        'expect: after(saturation).overshoot == 0 and after(saturation).iae == 0, during: 1min',
      ],
      DELAYED,
    ),
    { artifact: trialArtifact(tuned('gain: 0.5, reset: 10s')) },
  )
  expect(failure).toBeUndefined()
})

test('[SCN-11] steps(3): levels drawn from the range, at times within the time, in their order', () => {
  const text = `${PLANT}tests:
  - name: it
    forall: {load: 'steps(3, 5..20, 40s)'}
    runs: 6
    steps:
      - {set: FIC-101.PID1.MODE, to: man}
      - {wait: 30s}
      - {disturb: FIC-101.AO1, by: load}
      - {expect: 'max(FIC-101.AI1.OUT) < 8.01 and max(FIC-101.AI1.OUT) > 1.9', during: 3min}
      - {expect: FIC-101.AI1.OUT > 1.99}
`
  // 0.4 m3/h per %: a level of 5 to 20 % ends between 2 and 8.
  const suite = trialSuite(text)
  expect(suite.scenarios[0]!.variables.map(({ name, lo, hi }) => [name, lo, hi])).toEqual([
    ['load.1', 5, 20],
    ['load.1_s', 0, 40],
    ['load.2', 5, 20],
    ['load.2_s', 0, 40],
    ['load.3', 5, 20],
    ['load.3_s', 0, 40],
  ])
  expect(suite.run(suite.scenarios[0]!)).toMatchObject({ failure: undefined, cases: 6 })
  // What fails is found, smaller, and names sizes and times.
  const failing = trialSuite(text.replace('< 8.01', '< 7'))
  const found = failing.run(failing.scenarios[0]!)
  expect(found.failing?.size).toBe(6)
  expect(Math.max(...['load.1', 'load.2', 'load.3'].map((n) => found.failing!.get(n)!))).toBeGreaterThan(17.4)
})

test('[SCN-11] with for the steps end, and during: disturbance is until then', () => {
  const text = `${PLANT}tests:
  - name: it
    forall: {load: 'steps(2, 10..20, 20s)'}
    runs: 3
    steps:
      - {set: FIC-101.PID1.MODE, to: man}
      - {disturb: FIC-101.AO1, by: load, for: 60s}
      - {expect: max(FIC-101.AI1.OUT) > 3.5, during: disturbance}
      - {wait: 2min}
      - {expect: FIC-101.AI1.OUT < 0.01}
`
  const suite = trialSuite(text)
  expect(suite.run(suite.scenarios[0]!).failure).toBeUndefined()
})

test('[SCN-12] a property in one line: the loop of the plant, its set point and its disturbance', () => {
  const text = (limit: number): string => `${DELAYED}tests:
  - name: never winds up
    forall: {sp: 0..40, disturbance: steps(3)}
    runs: 4
    expect: after(saturation).overshoot < ${limit}%
`
  const naive = trialSuite(text(5), { artifact: trialArtifact(NAIVE) })
  const [scenario] = naive.scenarios
  expect(scenario!.steps.map((s) => s.action.do)).toEqual(['set', 'disturb', 'nothing'])
  expect(scenario!.steps[2]!.expect).toMatchObject({ during_ms: 600_000, at: { line: 6 } })
  expect(naive.run(scenario!).failure).toMatchObject({ at: { line: 6 } })
})

test('[SCN-13] outputs_equal_to takes its run and a tolerance by name', () => {
  const equal = parseExpression('outputs_equal_to(run: without_kill, tol: 0.5)')
  expect(isProblem(equal) ? equal.found : expressionText(equal)).toBe('outputs_equal_to(without_kill, 0.5)')
  for (const call of ['outputs_equal_to(run: without_kill, tol: 0)', 'outputs_equal_to(without_kill, 0.1)'])
    expect(play(steps(['kill: primary, at: 30s', `expect: '${call}', during: 10s`])).failure, call).toBeUndefined()
})

test.each([
  [
    'kill: primary',
    'expect: switchover < 200ms',
    /'switchover': a scenario has both controllers in one loop.*npm run campaign/,
  ],
  [
    'wait: 1s',
    'expect: after(saturation).overshoot < 5',
    /before any loop was set.*after\(saturation\)\.overshoot\(FIC-101/,
  ],
  ['wait: 1s', 'expect: after(saturatoin).overshoot(FIC-101.PID1) < 5', /did you mean 'saturation'/],
  ['wait: 1s', 'expect: after(saturation).max(FIC-101.PID1.PV) < 5', /overshoot, settling or iae/],
  ['wait: 1s', 'expect: after(saturation) < 5', /a function of the time after it/],
  ['wait: 1s', 'expect: after(5).overshoot < 5', /what is over/],
  ['wait: 1s', 'expect: after(saturation).overshoot(FIC-101.AI1) < 5', /a block with PV and SP/],
  ['wait: 1s', "expect: 'overshoot(of: FIC-101.PID1) < 5'", /'of:' in overshoot/],
  ['kill: primary', "expect: 'outputs_equal_to(run: without_kill, tol: -1)'", /a tolerance/],
  ['kill: primary', "expect: 'outputs_equal_to(tol: 1, run: without_kill)'", /'tol:' in outputs_equal_to.*run:, tol:/],
])('[SCN-14] %s, %s: refused at its place', (first, second, message) => {
  const faults = trialFaults(steps([first, second]))
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(message)
  expect(faults[0]).toMatch(/^tests\/a\.test\.yaml:6:18 CFG_EXPRESSION/)
})

test.each([
  ["'steps()'", /CFG_WRONG_TYPE found 'steps\(\)', expected steps\(3\)/],
  ['steps(0)', /CFG_WRONG_TYPE/],
  ['steps(21)', /at most 20/],
  ["'steps(3, 5)'", /CFG_WRONG_TYPE/],
  ["'steps(3, 20..5)'", /CFG_WRONG_TYPE/],
  ["'steps(3, 0..5, soon)'", /CFG_WRONG_TYPE/],
  ["'steps(3, 0..5, 1min, 2)'", /CFG_WRONG_TYPE/],
])('[SCN-14] load: %s is refused at its place', (value, message) => {
  const text = `${PLANT}tests:\n  - name: it\n    forall: {load: ${value}}\n    steps:\n      - {wait: 1s}\n`
  const faults = trialFaults(text)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(message)
  expect(faults[0]).toMatch(/^tests\/a\.test\.yaml:4:20 /)
})

test('[SCN-14] steps of a disturbance are no number, and a plain property uses what it draws', () => {
  const text = (forall: string, rest: string): string[] =>
    trialFaults(`${PLANT}tests:\n  - name: it\n    forall: {${forall}}\n${rest}`)
  expect(text('load: steps(2)', '    steps:\n      - {set: FIC-101.PID1.SP, to: load}\n')).toEqual([
    expect.stringMatching(/6:36 CFG_EXPRESSION found 'load', which is steps of a disturbance/),
  ])
  expect(text('load: steps(2)', '    expect: FIC-101.PID1.PV < 5\n')).toEqual([
    expect.stringMatching(/4:14 CFG_UNKNOWN_FIELD found the variable 'load' of a test without 'steps'/),
  ])
  expect(text('sp: 0..5', '    steps: [{wait: 1s}]\n    expect: FIC-101.PID1.PV < 5\n')).toEqual([
    expect.stringMatching(/6:13 CFG_UNKNOWN_FIELD found 'expect' beside 'steps'/),
  ])
  const points = PLANT.replace('from: FIC-101.AO1', 'from: RIO-1/AO/1')
  expect(
    trialFaults(`${points}tests:\n  - name: it\n    forall: {sp: 0..5}\n    expect: FIC-101.PID1.PV < 5\n`),
  ).toEqual([expect.stringMatching(/CFG_MISSING_FIELD found a test without 'steps'/)])
})
