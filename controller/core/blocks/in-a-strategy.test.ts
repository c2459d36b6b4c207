// The blocks as an engineer writes them: names of parameters, lists, durations and words, and the BKCAL wires the compiler lays.
import { expect, test } from 'vitest'
import type { Artifact } from '../../../contracts/artifact.ts'
import { MODE } from '../../../contracts/mode.ts'
import { STATUS } from '../../../contracts/status.ts'
import { createController } from '../controller.ts'
import { layoutOf } from '../layout.ts'
import { changed, compileFiles } from '../strategy/testing.ts'
import { BLOCK_TYPES } from './index.ts'

const MODULES = `  - tag: TIC-1
    description: Reactor temperature on two valves
    eu: '%'
    range: [0, 100]
    scan: fast
    kind: controller
    faceplate: PID1
    blocks:
      AI1: {type: AI, in: RIO-1/AI/2}
      DT1: {type: DEAD_TIME, in: AI1.OUT, dead_time: 2.5s, dead_time_max: 1min}
      PID1: {type: PID, in: AI1.OUT, gain: 2, reset: 30s, sp: 50}
      SPLT1: {type: SPLITTER, cas_in: PID1.OUT, in_array: [0, 40, 60, 100], out_array: [0, 100, 0, 100], lockval: yes, hystval: 5%, bal_time: 1min}
      CHR1: {type: CHARACTERIZER, in_1: SPLT1.OUT_1, curve: [0, 0, 50, 20, 100, 100]}
      AO1: {type: AO, cas_in: CHR1.OUT_1, readback: RIO-1/AO/2, out: RIO-1/AO/2, fstate: hold}
      AO2: {type: AO, cas_in: SPLT1.OUT_2}
      DEV1: {type: ALARM_DEVIATION, in: AI1.OUT, sp: 50, dev_hi: 10, dev_lo: 10, inhibit_time: 30s}
  - tag: FQI-1
    description: Amount of feed
    eu: m3/h
    range: [0, 100]
    scan: fast
    kind: indicator
    faceplate: SEL1
    blocks:
      AI1: {type: AI, in: RIO-1/AI/1}
      SCA1: {type: SCALER, in: AI1.OUT, in_scale: [0, 100], out_scale: [0, 100], clamp: yes}
      SEL1: {type: INPUT_SELECTOR, in_1: AI1.OUT, in_2: SCA1.OUT, sel_type: mid, disabled: [in_3, in_8], use_uncertain: yes}
      TOT1: {type: INTEGRATOR, in_1: SEL1.OUT, time_unit_1: hour, integ_type: up_auto, total_sp: 20, pre_trip: 2}
      CMP1: {type: COMPARATOR, in: SEL1.OUT, ref_val: 60, hys: 2}
      ARI1: {type: ARITH, in: SEL1.OUT, arith_type: flow_linear, in_1: 300, bias_in: [0, 300, 0]}
      ROC1: {type: ALARM_RATE, in: SEL1.OUT, rate_up: 5, ftime: 10s}
      DIS1: {type: ALARM_DISCRETE, in: CMP1.GT, on_delay: 3s}
      PUL1: {type: PULSE_IN, in: RIO-1/QI/1, pulse_value: 0.1, window: 10s, time_unit: hour}
  - tag: TIC-2
    description: Batch temperature by program
    eu: '%'
    range: [0, 100]
    scan: fast
    kind: controller
    faceplate: PID1
    blocks:
      RMP1: {type: RAMP_PROGRAM, segments: [60, 120, 300, 20, 60, 0], pv: AI1.OUT, holdback: 5, state: running, repeat: 2}
      AI1: {type: AI, in: RIO-1/AI/2}
      PID1: {type: PID, in: AI1.OUT, cas_in: RMP1.OUT, gain: 1, reset: 60s, sp: 30, mode_target: cas, normal: cas}
`

/** The trial strategy with these modules, and a counter among its points. */
const files = (modules: string) =>
  changed(
    'loops/a.yaml',
    'cascade:\n',
    `${modules}cascade:\n`,
    changed(
      'io/rio.yaml',
      '      AI/2: {register: 1}\n',
      "      AI/2: {register: 1}\n      QI/1: {register: 8, quantity: '1', counts_per_unit: 1}\n",
    ),
  )

function build(modules = MODULES): Artifact {
  const result = compileFiles(files(modules))
  if ('faults' in result) throw new Error(JSON.stringify(result.faults, null, 1))
  return result.artifact
}

test('[BLK-1] every block is written by its parameters, and a cascade through splitter and characterizer comes up', () => {
  const artifact = build()
  const controller = createController(artifact)
  controller.state = { epoch: 1, n: 0 }
  const cell = (id: string, field: string): number => {
    const block = artifact.control.blocks.find((b) => b.id === id)!
    return controller.s[block.s + layoutOf(BLOCK_TYPES.get(block.type)!.fields).S[field]!]!
  }
  for (let n = 1; n <= 20; n++) {
    artifact.control.inputs.forEach((_, i) => {
      controller.latchInput(i, 12, STATUS.good)
    })
    artifact.control.outputs.forEach((_, i) => {
      controller.latchReadback(i, n === 1 ? 8 : controller.values[i]!, STATUS.good)
    })
    controller.scan(n)
  }
  const modes = ['PID1', 'SPLT1', 'AO1', 'AO2'].map((b) => cell(`TIC-1.${b}`, 'MODE_ACTUAL'))
  expect(modes).toEqual([MODE.auto, MODE.cas, MODE.cas, MODE.cas])
  // The valve stood at 25 %: through the curve that is 53.125, through the splitter 21.25.
  expect(cell('TIC-1.AO1', 'OUT_EU')).toBe(25)
  expect(cell('TIC-1.PID1', 'OUT')).toBeCloseTo(21.25, 9)
  expect([cell('FQI-1.SEL1', 'OUT'), cell('FQI-1.SEL1', 'USED')]).toEqual([50, 2])
  expect(cell('FQI-1.TOT1', 'OUT')).toBeCloseTo((20 * 50) / 3600, 12)
  expect(cell('FQI-1.ARI1', 'OUT')).toBe(50)
  expect(cell('TIC-1.DT1', 'OUT')).toBe(50)
  expect([cell('TIC-2.PID1', 'MODE_ACTUAL'), cell('TIC-2.RMP1', 'SEGMENT')]).toEqual([MODE.cas, 1])
})

test('[BLK-2] what a block cannot run with is a located fault, all at once', () => {
  const wrong = MODULES.replace('in_array: [0, 40, 60, 100]', 'in_array: [0, 40, 30, 35]')
    .replace('curve: [0, 0, 50, 20, 100, 100]', 'curve: [0, 0, 50, 20, 50, 100]')
    .replace('dead_time: 2.5s', 'dead_time: 2min')
    .replace('total_sp: 20', 'total_sp: 0')
    .replace('segments: [60, 120, 300, 20, 60, 0]', 'segments: [60, 120]')
    .replace('bias_in: [0, 300, 0]', 'bias_in: [0, 0, 0]')
  const result = compileFiles(files(wrong))
  const faults = 'faults' in result ? result.faults : []
  const inconsistent = faults.filter((f) => f.code === 'CFG_INCONSISTENT')
  const about = inconsistent.map((f) => /: ([A-Z_0-9]+):/.exec(f.found)?.[1])
  expect(about.sort()).toEqual(['BIAS_IN', 'CURVE', 'DEAD_TIME', 'IN_ARRAY', 'SEGMENTS', 'TOTAL_SP'])
  for (const fault of inconsistent) expect(fault.line).toBeGreaterThan(20)
})

test('[BLK-3] a curve that cannot be inverted is a fault in a cascade, and none in a measurement', () => {
  const folded = (text: string): string => text.replace('[0, 0, 50, 20, 100, 100]', '[0, 0, 50, 80, 100, 60]')
  expect(() => build(folded(MODULES))).toThrow(/CURVE/)
  const measured = MODULES.replace(
    'SCA1: {type: SCALER, in: AI1.OUT, in_scale: [0, 100], out_scale: [0, 100], clamp: yes}',
    'SCA1: {type: CHARACTERIZER, in_1: AI1.OUT, curve: [0, 0, 50, 80, 100, 60]}',
  ).replace('in_2: SCA1.OUT,', 'in_2: SCA1.OUT_1,')
  expect(() => build(measured)).not.toThrow()
})
