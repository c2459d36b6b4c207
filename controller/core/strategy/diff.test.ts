// What the semantic diff says of what a text means: alarms of all kinds, units that convert.
import { expect, test } from 'vitest'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { compile } from './compile.ts'
import { changeText, diffStrategies } from './diff.ts'
import { compileExpression } from './expression.ts'
import { faultText } from './fault.ts'
import { changed, type Files, fakeHash, filesOf } from './testing.ts'

const L = 'loops/a.yaml'
const WHY = 'cause: c, consequence: k, action: a, respond_within: 10min'

const MODULES = `  - tag: TIC-1
    description: Temperature
    eu: degC
    range: [0, 200]
    scan: fast
    kind: controller
    faceplate: PID1
    alarms:
      DEV_HI: {above: 5, inhibit: 1min, ${WHY}}
      RATE_UP: {above: 3, per: min, ${WHY}}
      DISCRETE: {on: C2.OUT, state: off, ${WHY}}
    blocks:
      AI1: {type: AI, in: RIO-1/AI/1, out_scale: [0, 200], unit: degC}
      C1: {type: CALC, let: {t: {from: AI1.OUT, unit: degC}}, expr: 't', unit: degC, empirical: true}
      C2: {type: CALC, let: {t: AI1.OUT}, expr: 'bad(t) ? 0 : t > 50'}
      S1:
        type: SFC
        let: {t1: AI1.OUT, hot: 363 K}
        steps: {A: [], B: []}
        transitions: [{from: A, to: B, when: t > 5}]
      PID1: {type: PID, in: C1.OUT, pv_scale: [0, 200], gain: 1, reset: 5s, sp: 50, mode_target: auto, normal: auto}
cascade:`
const BASE: Files = changed(L, 'cascade:', MODULES)

function modelOf(files: Files) {
  const result = compile(filesOf(files), { types: BLOCK_TYPES, hash: fakeHash, expression: compileExpression })
  if ('faults' in result) throw new Error(result.faults.map(faultText).join('\n'))
  return result.model()
}
const diff = (from: string, to: string): string[] =>
  diffStrategies(modelOf(BASE), modelOf(changed(L, from, to, BASE))).map(changeText)

test.each([
  ['above: 5, inhibit', 'above: 6, inhibit', 'TIC-1 alarm DEV_HI limit 5 -> 6'],
  ['inhibit: 1min', 'inhibit: 2min', 'TIC-1 alarm DEV_HI inhibit 60 s -> 120 s'],
  ['above: 3, per: min', 'above: 3, per: h', 'TIC-1 alarm RATE_UP limit 3 per min -> 3 per h'],
  ['state: off', 'state: on', 'TIC-1 alarm DISCRETE state off -> on'],
  ['{from: AI1.OUT, unit: degC}', '{from: AI1.OUT, unit: K}', 'TIC-1.C1 let.t.unit degC -> K'],
  ['hot: 363 K', 'hot: 363 degC', 'TIC-1.S1 let.hot.unit K -> degC'],
])('[DIFF-7] %s to %s', (from, to, text) => {
  expect(diff(from, to)).toEqual([text])
})

test('[DIFF-7] an alarm that comes or goes says at what', () => {
  const without = (line: string): string[] => diff(line, '')
  expect(without(`      DISCRETE: {on: C2.OUT, state: off, ${WHY}}\n`)).toContain('- TIC-1 alarm DISCRETE at off')
  expect(without(`      RATE_UP: {above: 3, per: min, ${WHY}}\n`)).toContain('- TIC-1 alarm RATE_UP at 3 per min')
})
