import { expect, test } from 'vitest'
import type { BlockType } from '../../controller/core/block.ts'
import { BLOCK_TYPES } from '../../controller/core/blocks/index.ts'
import { layoutOf } from '../../controller/core/layout.ts'
import { PLANT, play, steps, trialSuite } from './testing.ts'

const MAN = 'set: FIC-101.PID1.MODE, to: man, wait: 1s'
/** The valve from 0 to 50 %: PV follows 20 (1 - e^(-t/10)). The valve moves one scan after the operator's OUT. */
const STEP = 'set: FIC-101.PID1.OUT, to: 50, wait: 1s'

const passes = (lines: readonly string[], plant = PLANT): void => {
  const { failure } = play(steps(lines, plant))
  expect(failure).toBeUndefined()
}
const fails = (lines: readonly string[], plant = PLANT) => {
  const { failure } = play(steps(lines, plant))
  expect(failure).toBeDefined()
  return failure!
}

test('[RUN-1] a plant in Man follows its closed form, tick by tick', () => {
  for (const t of [1, 5, 10, 30]) {
    const want = 20 * (1 - Math.exp(-t / 10))
    // AI quantises nothing here: signals of linear models are ideal.
    passes([MAN, STEP, `wait: ${t}s`, `expect: abs(FIC-101.PID1.PV - ${want}) < 1e-9`])
    fails([MAN, STEP, `wait: ${t}s`, `expect: abs(FIC-101.PID1.PV - ${want + 0.001}) < 1e-9`])
  }
})

test('[RUN-2] functions over a window, on a plant whose answer is known', () => {
  const gain = PLANT.replace('fopdt', 'gain').replace(', tau: 10s', '')
  // OUT 10, 30, 20: PV 4, 12, 8 m3/h.
  const moves = [10, 30, 20].map((out) => `set: FIC-101.PID1.OUT, to: ${out}, wait: 5s`)
  const judged = (condition: string): void =>
    passes(
      [MAN, `set: FIC-101.PID1.OUT, to: 0, wait: 5s`, ...moves.slice(0, 1), `${moves[1]}`, `expect: '${condition}'`],
      gain,
    )
  for (const condition of [
    'abs(max(FIC-101.PID1.PV) - 12) < 1e-9',
    'abs(min(FIC-101.PID1.PV) - 4) < 1e-9',
    'abs(max_step(FIC-101.PID1.PV) - 8) < 1e-9',
    'abs(max_abs_change(FIC-101.PID1.PV) - 8) < 1e-9',
    'abs(travel(FIC-101.PID1.PV) - 8) < 1e-9',
    'abs(first(FIC-101.PID1.PV) - 4) < 1e-9 and abs(last(FIC-101.PID1.PV) - 12) < 1e-9',
    'count(FIC-101.PID1.PV > 5) == 4',
    // The scan before, one scan on the way, four at 12: (2 x 4 + 4 x 12) / 6 and its deviation.
    'abs(mean(FIC-101.PID1.PV) - 56 / 6) < 1e-9',
    'abs(deviation(FIC-101.PID1.PV) - sqrt((2 * (4 - 56/6) * (4 - 56/6) + 4 * (12 - 56/6) * (12 - 56/6)) / 6)) < 1e-9',
  ])
    judged(condition)
  // SP 0 and PV held at 12 for four of five seconds, 4 for one.
  passes(
    [
      MAN,
      ...moves.slice(0, 2),
      'expect: abs(iae(FIC-101.PID1) - (abs(FIC-101.PID1.SP - 12) * 4 + abs(FIC-101.PID1.SP - 4))) < 1e-9',
    ],
    gain,
  )
})

test('[RUN-3] overshoot and settling are those of the damping: 37.2 % at 0.3, and the last way into the band', () => {
  // An open loop on a swinging plant: the set point is moved along, so that the step is from 0 to 20 m3/h.
  const plant = 'plant: {model: second_order, k: 0.4, tau: 10s, zeta: 0.3, from: FIC-101.AO1, to: FIC-101.AI1}\n'
  const moved = [MAN, 'set: FIC-101.PID1.SP, to: 20', 'set: FIC-101.PID1.OUT, to: 50', 'wait: 200s']
  const peak = 100 * Math.exp((-Math.PI * 0.3) / Math.sqrt(1 - 0.09))
  // Sampled every second, the peak is missed by at most half a second.
  passes(
    [...moved, `expect: overshoot(FIC-101.PID1) > ${peak - 0.5} and overshoot(FIC-101.PID1) < ${peak + 0.01}`],
    plant,
  )
  const y = (t: number): number => {
    const w = Math.sqrt(1 - 0.09) / 10
    return 1 - Math.exp(-0.03 * t) * (Math.cos(w * t) + (0.03 / w) * Math.sin(w * t))
  }
  let settled = 200
  while (Math.abs(y(settled - 1) - 1) <= 0.05) settled--
  // Two scans from the operator's word to the first move of PV: OUT is written one scan after.
  passes([...moved, `expect: 'abs(settling(FIC-101.PID1, 5%) - ${settled + 1}) <= 1'`], plant)
  fails([...moved, `expect: 'settling(FIC-101.PID1, 5%) < ${settled - 1}'`], plant)
})

test('[RUN-4] a failure says when, where, what was expected and found, and the seed', () => {
  const plant = PLANT.replace('}', ', seed: 9}')
  expect(fails([MAN, STEP, 'expect: FIC-101.PID1.PV < 15, during: 60s'], plant)).toEqual({
    at: { file: 'tests/a.test.yaml', line: 7, column: 18 },
    // 20 (1 - e^(-t/10)) is over 15 after 13.86 s; the valve moved at the second of the two seconds before.
    time_s: 2 + 14,
    expected: 'FIC-101.PID1.PV < 15 during 60 s',
    found: expect.stringMatching(/^FIC-101\.PID1\.PV = 15\.0\d+$/),
    seed: 9,
  })
  expect(fails([MAN, STEP, 'expect: max(FIC-101.PID1.PV) < 15, during: 20s'], plant)).toMatchObject({
    time_s: 22,
    found: expect.stringMatching(/^max\(FIC-101\.PID1\.PV\) = 17\.\d+ \(at 22 s\)$/),
  })
  expect(fails(['expect: FIC-101.PID1.mode.actual == oos, within: 5s'])).toMatchObject({
    expected: 'FIC-101.PID1.mode.actual == oos within 5 s',
    found: 'FIC-101.PID1.mode.actual = auto',
  })
  // Of two conditions only the one that does not hold is shown.
  expect(fails(['expect: FIC-101.PID1.mode.actual == auto and FIC-101.PID1.SP == 5']).found).toBe('FIC-101.PID1.SP = 0')
  expect(fails(['wait: steady, of: FIC-101.PID1, within: 3s']).expected).toContain('within 3 s')
  expect(fails(['wait: 10s', 'kill: primary, at: 5s'])).toMatchObject({
    expected: 'a step at 5 s',
    found: '10 s already',
  })
})

test('[RUN-5] every fault of a point does to the block what it does in a plant', () => {
  const at: readonly string[] = [MAN, STEP, 'wait: 60s']
  for (const as of ['sensor_failure', 'open_circuit', 'bad', 'no_comm'])
    passes([
      ...at,
      `fault: RIO-1/AI/1, as: ${as}, for: 10s`,
      'expect: bad(FIC-101.AI1.OUT), during: 5s',
      'expect: good(FIC-101.AI1.OUT), within: 7s',
    ])
  passes([
    ...at,
    'fault: FIC-101.AI1, as: stuck',
    'set: FIC-101.PID1.OUT, to: 0',
    'expect: max_abs_change(FIC-101.AI1.OUT) < 0.01, during: 30s',
  ])
  passes([...at, 'fault: RIO-1/AI/1, as: stuck, value: 7', 'expect: abs(FIC-101.AI1.OUT - 7) < 1e-9'])
  passes([...at, 'fault: RIO-1/AI/1, as: bias, value: -3', 'expect: abs(FIC-101.AI1.OUT - 17) < 0.1'])
  passes([
    ...at,
    'fault: RIO-1/AI/1, as: drift, value: 360',
    'expect: abs(max_abs_change(FIC-101.AI1.OUT) - 1) < 0.06, during: 10s',
  ])
  passes([
    ...at,
    'fault: FIC-101.AO1, as: stuck',
    'set: FIC-101.PID1.OUT, to: 0',
    'expect: max_abs_change(FIC-101.AI1.OUT) < 0.1, during: 30s',
  ])
  passes([
    ...at,
    'fault: RIO-1/AI/1, as: bias, value: 5',
    'clear: RIO-1/AI/1',
    'expect: abs(FIC-101.AI1.OUT - 20) < 0.1',
  ])
})

test('[RUN-5b] a fault with a time lasts that time, and a jump at the action itself counts as a step', () => {
  const plant = PLANT.replace('fopdt', 'gain').replace(', tau: 10s', '')
  passes([MAN, 'fault: RIO-1/AI/1, as: bad, for: 10s', 'wait: 20s', 'expect: count(bad(FIC-101.AI1.OUT)) == 10'], plant)
  passes([MAN, 'fault: RIO-1/AI/1, as: bias, value: 5', 'expect: abs(max_step(FIC-101.AI1.OUT) - 5) < 1e-9'], plant)
  // A current stays within 20.5 mA, 41.25 m3/h of 40, as that of a sound transmitter does.
  const strong = plant.replace('k: 0.4', 'k: 0.6')
  passes(
    [
      MAN,
      'set: FIC-101.PID1.OUT, to: 100',
      'wait: 3s',
      'expect: abs(FIC-101.AI1.OUT - 41.25) < 1e-9 and not bad(FIC-101.AI1.OUT)',
    ],
    strong,
  )
})

test('[RUN-6] a cut drop is bad with its last value, its outputs stand; after it the loop starts from there', () => {
  passes([
    'set: FIC-101.PID1.SP, to: 20, wait: steady, within: 5min',
    'cut: RIO-1, for: 30s',
    'expect: bad(FIC-101.AI1.OUT) and FIC-101.AO1.mode.actual == iman, within: 1scan',
    'expect: max_abs_change(FIC-101.AI1.PV) == 0 and max_abs_change(RIO-1/AO/1) == 0, during: cut',
    'expect: FIC-101.PID1.mode.actual == auto and FIC-101.AO1.mode.actual == cas, within: 10scans',
  ])
  fails(['cut: RIO-1', 'expect: good(FIC-101.AI1.OUT)'])
  passes(['cut: RIO-1', 'wait: 5s', 'clear: RIO-1', 'expect: good(FIC-101.AI1.OUT)'])
})

test('[RUN-7] of two controllers on the same inputs one is killed, and no output differs from the run without', () => {
  const noisy = PLANT.replace('}', ', noise: 0.5%}')
  for (const which of ['primary', 'standby'])
    passes(
      [
        'set: FIC-101.PID1.SP, to: 30',
        `kill: ${which}, at: 7s`,
        'expect: outputs_equal_to(without_kill) and output_difference(without_kill) == 0, during: 2min',
      ],
      noisy,
    )
})

test('[RUN-8] a block that does not do the same twice is found by the kill, whatever the test expects', () => {
  // A lag whose result hangs on how often it was called in this process.
  const ai = BLOCK_TYPES.get('AI')!
  const { S } = layoutOf(ai.fields)
  let calls = 0
  const kernel: BlockType['kernel'] = (s, k, r) => {
    ai.kernel(s, k, r)
    s[S['OUT']!] = s[S['OUT']!]! + 1e-9 * (++calls % 2)
  }
  const { run: _, ...rest } = ai
  const types = new Map([...BLOCK_TYPES, ['AI', { ...rest, kernel }]])
  const text = steps(['set: FIC-101.PID1.SP, to: 30', 'kill: primary, at: 7s', 'wait: 1min'])
  expect(play(text).failure).toBeUndefined()
  // The engine itself is the production one: the faulty type is put into its table for the length of this test.
  const table = BLOCK_TYPES as Map<string, BlockType>
  table.set('AI', types.get('AI')!)
  try {
    expect(play(text, { types }).failure?.found).toMatch(/the states of the two controllers differ|is .* and not/)
  } finally {
    table.set('AI', ai)
  }
})

test('[RUN-9] writes go the operator way: a refusal fails the test, unless it is what the test wants', () => {
  expect(fails(['set: FIC-101.PID1.OUT, to: 10'])).toMatchObject({ found: 'FIC-101.PID1.OUT refused 10: mode' })
  passes(['set: FIC-101.PID1.OUT, to: 10, refused: mode'])
  expect(fails(['set: FIC-101.PID1.SP, to: 10, refused: mode'])).toMatchObject({ found: 'FIC-101.PID1.SP took 10' })
})

test('[RUN-10] inputs that no model drives are lost until they are set', () => {
  passes([
    'expect: bad(LIC-101.AI1.OUT)',
    'set: RIO-1/AI/2, to: 12',
    'expect: LIC-101.AI1.OUT == 50 and good(LIC-101.AI1.OUT)',
  ])
})

test('[RUN-11] a run is a function of its seed', () => {
  const noisy = (seed: number) => {
    const suite = trialSuite(
      steps(['expect: FIC-101.PID1.PV > 1000, during: 30s'], PLANT.replace('}', ', noise: 1%}')),
      { seed },
    )
    return suite.run(suite.scenarios[0]!).failure!.found
  }
  expect(noisy(5)).toBe(noisy(5))
  expect(noisy(6)).not.toBe(noisy(5))
})

test('[RUN-12] a property finds a failing case, makes it small, and finds the same again with the same seed', () => {
  const text = (limit: number): string =>
    steps([MAN, 'set: FIC-101.PID1.OUT, to: out', 'wait: 100s', `expect: FIC-101.PID1.PV < ${limit}`]).replace(
      '    steps:',
      '    forall: {out: 0..100, n: {int: 3..9}}\n    runs: 10\n    steps:',
    )
  expect(play(text(50))).toMatchObject({ cases: 10, failing: undefined, failure: undefined })
  // PV reaches 0.4 of OUT: at 20 m3/h the smallest failing case is 50, what does not matter at its simplest.
  const found = play(text(19.99))
  expect(found.failing?.get('n')).toBe(3)
  expect(found.failing?.get('out')).toBeGreaterThanOrEqual(49.9)
  expect(found.failing?.get('out')).toBeLessThan(52)
  expect(play(text(19.99)).failing).toEqual(found.failing)
})

test('[RUN-12b] the ends of the ranges are tried first', () => {
  const text = steps([MAN, 'set: FIC-101.PID1.OUT, to: out', 'expect: FIC-101.PID1.OUT < 99.999']).replace(
    '    steps:',
    '    forall: {out: 0..100}\n    runs: 2\n    steps:',
  )
  expect(play(text).failing?.get('out')).toBe(100)
})

test('[RUN-13] coverage names the modes that were seen, and the inputs that were seen bad', () => {
  const suite = trialSuite(
    steps([
      MAN,
      STEP,
      'fault: RIO-1/AI/1, as: bad, for: 5s',
      'wait: 10s',
      'set: FIC-101.PID1.MODE, to: auto',
      'wait: 5s',
    ]),
    {
      coverage: true,
    },
  )
  suite.run(suite.scenarios[0]!)
  const of = (id: string) => suite.coverage!.blocks().find((b) => b.id === id)!
  expect(of('FIC-101.PID1').seen).toEqual(['iman', 'man', 'auto'])
  expect(of('FIC-101.PID1').permitted).toEqual(['oos', 'man', 'auto'])
  expect(of('FIC-101.PID1').bad).toContain('IN')
  expect(of('FIC-101.AO1').bad).not.toContain('CAS_IN')
})

test('[RUN-14] several models add up, and the operating point is where the plant stands still', () => {
  const plant = `plant:
  at: {FIC-101.AO1: 25, FIC-101.AI1: 10}
  models:
    - {model: gain, k: 0.1, from: FIC-101.AO1, to: FIC-101.AI1}
    - {model: gain, k: 0.3, from: FIC-101.AO1, to: FIC-101.AI1}
`
  passes(['set: FIC-101.PID1.MODE, to: man', 'expect: abs(FIC-101.AI1.OUT - 10) < 3, within: 1scan'], plant)
  passes([MAN, 'set: FIC-101.PID1.OUT, to: 25', 'wait: 3s', 'expect: abs(FIC-101.AI1.OUT - 10) < 1e-9'], plant)
  passes([MAN, 'set: FIC-101.PID1.OUT, to: 50', 'wait: 3s', 'expect: abs(FIC-101.AI1.OUT - 20) < 1e-9'], plant)
  passes(
    [
      MAN,
      'set: FIC-101.PID1.OUT, to: 50',
      'disturb: FIC-101.AO1, by: 10',
      'wait: 3s',
      'expect: abs(FIC-101.AI1.OUT - 24) < 1e-9',
    ],
    plant,
  )
})
