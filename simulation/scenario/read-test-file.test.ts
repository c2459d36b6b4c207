import { expect, test } from 'vitest'
import { steps, trialFaults, trialSuite } from './testing.ts'

/** Faults of a scenario with one step; the step stands in line 5, from column 9 on. */
const faultsOf = (step: string): string[] => trialFaults(steps([step]))

test('[SCN-1] a file without faults gives its scenarios, with times in ms and names found', () => {
  const suite = trialSuite(
    steps([
      'set: FIC-101.PID1.SP, to: 25, wait: steady, within: 2min',
      'fault: RIO-1/AI/1, as: sensor_failure, for: 30s',
      'expect: FIC-101.PID1.mode.actual == man, within: 1scan',
      'expect: max_abs_change(FIC-101.AO1.OUT) < 0.01%, during: fault',
      'clear: RIO-1/AI/1',
    ]),
  )
  const [scenario] = suite.scenarios
  expect(scenario).toMatchObject({ name: 'it', file: 'tests/a.test.yaml', at: { line: 3 }, settle_ms: 10_000 })
  expect(scenario!.steps[0]!.wait).toMatchObject({ kind: 'steady', within_ms: 120_000 })
  expect(scenario!.steps[1]!.action).toMatchObject({ do: 'fault', word: 'sensor_failure', for_ms: 30_000 })
  expect(scenario!.steps[2]!.expect).toMatchObject({ within_ms: 1000 })
})

test('[SCN-2] every fault has its line and column, what was found, what was expected, and what may have been meant', () => {
  const cases: readonly [string, string][] = [
    ['sett: FIC-101.PID1.SP, to: 25', "5:10 CFG_UNKNOWN_FIELD found 'sett', expected a field of a step"],
    [
      'set: FIC-11.PID1.SP, to: 25',
      "5:15 CFG_UNKNOWN_TAG found the tag 'FIC-11', expected a tag of the strategy, did you mean 'FIC-101'?",
    ],
    [
      'set: FIC-101.PID2.SP, to: 25',
      "5:15 CFG_UNKNOWN_BLOCK found 'FIC-101.PID2.SP', expected a block or a value of FIC-101 (AI1, PID1, AO1,",
    ],
    ['set: FIC-101.PID1.SPP, to: 25', "did you mean 'FIC-101.PID1.SP'?"],
    [
      'set: FIC-101.PID1.PV, to: 25',
      "5:15 CFG_UNKNOWN_FIELD found 'FIC-101.PID1.PV', expected something that can be written",
    ],
    ['set: FIC-101.PID1.SP', "5:9 CFG_MISSING_FIELD found a step with 'set' without 'to'"],
    ['set: FIC-101.PID1.SP, to: [1]', '5:36 CFG_WRONG_TYPE found a list, expected a number or a word'],
    ['set: FIC-101.PID1.SP, to: fast', "5:36 CFG_EXPRESSION found the name 'fast'"],
    [
      'set: FIC-101.PID1.SP, to: 1, refused: modes',
      "CFG_UNKNOWN_WORD found 'modes', expected changed | mode | notPermitted",
    ],
    ['set: RIO-1/AI/1, to: 12', "5:15 CFG_INCONSISTENT found 'RIO-1/AI/1', expected an input that no model drives"],
    [
      'set: FIC-101.PID1.SP, to: 1, kill: primary',
      '5:9 CFG_INCONSISTENT found a step with set and kill, expected one verb a step',
    ],
    ['wait: 5', "5:16 CFG_WRONG_TYPE found '5', expected a time, steady, or a condition"],
    ['wait: -5s', "5:16 CFG_WRONG_TYPE found '-5s', expected a time"],
    ['wait: 500h', "5:16 CFG_OUT_OF_RANGE found '500h', expected at most 400h"],
    [
      'wait: steady, within: 10s',
      "5:16 CFG_MISSING_FIELD found 'wait: steady' before any loop was set, expected the field 'of'",
    ],
    ['wait: steady, of: FIC-101.PID1', "5:9 CFG_MISSING_FIELD found a step without 'within'"],
    [
      'wait: steady, of: FIC-101.AI1, within: 1s',
      "5:28 CFG_UNKNOWN_BLOCK found 'FIC-101.AI1', expected a block with PV and SP",
    ],
    [
      'fault: RIO-1/AI/9, as: stuck',
      "5:17 CFG_UNKNOWN_POINT found 'RIO-1/AI/9', expected a point that the strategy uses, did you mean 'RIO-1/AI/1'?",
    ],
    [
      'fault: RIO-1/AI/1, as: stuk',
      "5:33 CFG_UNKNOWN_WORD found 'stuk', expected sensor_failure | open_circuit | stuck | bias | drift | bad | no_comm, did you mean 'stuck'?",
    ],
    ['fault: RIO-1/AO/1, as: bias', "5:33 CFG_UNKNOWN_WORD found 'bias', expected stuck"],
    ['disturb: FIC-101.AO1', "5:9 CFG_MISSING_FIELD found 'disturb' without 'by'"],
    ['disturb: IDV6, by: 1', "5:19 CFG_UNKNOWN_WORD found 'IDV6', expected a disturbance (FIC-101.AO1)"],
    ['cut: RIO-2', "5:15 CFG_UNKNOWN_POINT found 'RIO-2', expected a device of io/ (RIO-1), did you mean 'RIO-1'?"],
    ['kill: primry', "5:16 CFG_UNKNOWN_WORD found 'primry', expected primary | standby, did you mean 'primary'?"],
    ['expect: FIC-101.PID1.PV', "5:18 CFG_EXPRESSION found 'FIC-101.PID1.PV', expected a condition"],
    ['expect: FIC-101.PID1.PV >', '5:18 CFG_EXPRESSION found the end, expected a name, a number or ('],
    ['expect: maxx(FIC-101.PID1.PV) > 1', "5:18 CFG_EXPRESSION found the function 'maxx', expected one of abs"],
    ['expect: max_step(max(FIC-101.PID1.PV)) > 1', 'expected no window inside a window'],
    ['expect: overshoot(FIC-101.AI1) > 1', "5:18 CFG_EXPRESSION found 'FIC-101.AI1', expected a block with PV and SP"],
    ['expect: bad(FIC-101.PID1.SP)', "5:18 CFG_EXPRESSION found 'FIC-101.PID1.SP', expected a value that has a status"],
    ['expect: FIC-101.PID1.mode.actual == automatic', "5:18 CFG_EXPRESSION found the name 'automatic'"],
    ['expect: outputs_equal_to(without_kill)', "expected a test with a 'kill'"],
    [
      'expect: FIC-101.PID1.PV > 1, during: fault',
      "CFG_INCONSISTENT found 'during: fault', expected a fault with 'for' before it",
    ],
    [
      'expect: FIC-101.PID1.PV > 1, during: 5s, within: 5s',
      "CFG_INCONSISTENT found 'within' and 'during', expected one of them",
    ],
    ['of: FIC-101.PID1', '5:9 CFG_MISSING_FIELD found a step that does nothing'],
  ]
  for (const [step, expected] of cases) {
    const found = faultsOf(step)
    expect(found.join('\n'), step).toContain(expected)
    expect(found[0], step).toMatch(/^tests\/a\.test\.yaml:\d+:\d+ CFG_/)
  }
})

test('[SCN-3] faults of the plant', () => {
  const cases: readonly [string, string][] = [
    [
      'plant: {model: fopdtt, k: 1, tau: 1s, from: FIC-101.AO1, to: FIC-101.AI1}',
      "1:16 CFG_UNKNOWN_WORD found 'fopdtt'",
    ],
    [
      'plant: {model: fopdt, k: 1, from: FIC-101.AO1, to: FIC-101.AI1}',
      "CFG_MISSING_FIELD found a plant without 'tau'",
    ],
    [
      'plant: {model: fopdt, k: 1, tau: 5, from: FIC-101.AO1, to: FIC-101.AI1}',
      "1:34 CFG_WRONG_TYPE found '5', expected a time, as 8s or 2min",
    ],
    ['plant: {model: fopdt, k: 1, tau: 0s, from: FIC-101.AO1, to: FIC-101.AI1}', "CFG_WRONG_TYPE found '0s'"],
    ['plant: {model: gain, k: 1, tau: 5s, from: FIC-101.AO1, to: FIC-101.AI1}', "1:28 CFG_UNKNOWN_FIELD found 'tau'"],
    [
      'plant: {model: gain, k: 1, from: FIC-101.AI1, to: FIC-101.AO1}',
      'expected a block whose output is a point of io/',
    ],
    [
      'plant: {model: gain, k: 1, from: FIC-101.AO1, to: FIC-101.AI1, at: {FIC-101.PID1: 3}}',
      'expected an end of a model (FIC-101.AO1, FIC-101.AI1)',
    ],
    [
      'plant: {model: gain, k: 1, from: FIC-101.AO1, to: FIC-101.AI1, noise: 5mA}',
      "CFG_WRONG_TYPE found '5mA', expected a deviation",
    ],
    [
      'plant: {model: gain, k: 1, from: FIC-101.AO1, to: FIC-101.AI1, seed: 0}',
      "CFG_OUT_OF_RANGE found '0', expected 1 or more",
    ],
    ['plant: {models: []}', "CFG_MISSING_FIELD found a plant without 'models'"],
    ['plant: {model: tennessee-eastman, start: mode1}', "CFG_UNKNOWN_WORD found 'tennessee-eastman'"],
  ]
  for (const [plant, expected] of cases)
    expect(trialFaults(steps(['wait: 1s'], `${plant}\n`)).join('\n'), plant).toContain(expected)
  expect(trialFaults(steps(['wait: 1s'], '')).join('\n')).toContain("CFG_MISSING_FIELD found a test without 'plant'")
})

test('[SCN-4] all faults of a file come at once, in the order of the file', () => {
  const found = trialFaults(steps(['set: FIC-9.PID1.SP, to: 1', 'wait: 5', 'kill: both']))
  expect(found.map((line) => line.split(' ')[0])).toEqual([
    'tests/a.test.yaml:5:15',
    'tests/a.test.yaml:6:16',
    'tests/a.test.yaml:7:16',
  ])
})

test('[SCN-5] YAML that is broken, doubled or hostile is a located fault', () => {
  expect(trialFaults('tests: [')[0]).toContain('CFG_YAML_SYNTAX')
  expect(trialFaults('')[0]).toContain('CFG_EMPTY_FILE')
  expect(trialFaults('tests: 5')[0]).toContain("a.test.yaml:1:8 CFG_WRONG_TYPE found '5', expected a list")
  expect(trialFaults(`${steps(['wait: 1s'])}tests: []\n`).join()).toContain('CFG_DUPLICATE_KEY')
  const twice = `${steps(['wait: 1s'])}  - name: it\n    steps: []\n`
  expect(trialFaults(twice)[0]).toContain("CFG_DUPLICATE_ID found the test 'it' again")
  const unquoted = steps(['expect: max(FIC-101.PID1.PV, FIC-101.PID1.SP) > 5'])
  expect(trialFaults(unquoted)[0]).toContain('an expression with a comma stands in quotes')
})

test('[SCN-6] variables of forall: ranges, whole numbers, choices; anything else is a fault', () => {
  const file = (forall: string): string =>
    steps(['wait: 1s']).replace('    steps:', `    forall: {${forall}}\n    steps:`)
  expect(trialSuite(file('sp: 0..40, n: {int: 1..9}, k: [2, 1, 5]')).scenarios[0]!.variables).toEqual([
    { name: 'sp', lo: 0, hi: 40, integer: false },
    { name: 'n', lo: 1, hi: 9, integer: true },
    { name: 'k', lo: 1, hi: 5, integer: false, choices: [2, 1, 5] },
  ])
  for (const bad of ['sp: 40..0', 'sp: 5', 'sp: {int: 0.5..2}', 'sp: {real: 0..1}', 'sp: a..b'])
    expect(trialFaults(file(bad)).join(), bad).toContain('CFG_WRONG_TYPE')
})
