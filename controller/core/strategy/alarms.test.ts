// Alarms in a strategy: from text to the block that detects them and the record that explains them.
import { expect, test } from 'vitest'
import type { Artifact, TagRecord } from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import { createController } from '../controller.ts'
import { faultText } from './fault.ts'
import { changed, compileFiles, type Files } from './testing.ts'

const L = 'loops/a.yaml'
const WHY = 'cause: c, consequence: k, action: a, respond_within: 10min'
const withAlarms = (alarms: string): Files => changed(L, 'scan: slow', `alarms: ${alarms}\n    scan: slow`)

const build = (files: Files): Artifact => {
  const result = compileFiles(files)
  if ('faults' in result) throw new Error(result.faults.map(faultText).join('\n'))
  return result.artifact
}
const lic = (a: Artifact): TagRecord => a.tags.find((t) => t.tag === 'LIC-101')!
const blocksOf = (a: Artifact): string[] => a.control.blocks.filter((b) => b.type === 'ALARM').map((b) => b.id)

test('limits without reasons are warnings at low priority, each at its place, and keep nothing from being built', () => {
  const result = compileFiles(withAlarms(`{HI: {${WHY}}}`))
  expect('warnings' in result && result.warnings.map((f) => [f.code, f.severity, f.file, f.found])).toEqual([
    ['CFG_ALARM_RATIONALE', 'warning', L, expect.stringMatching(/alarm LO of priority 3 without cause/)],
  ])
  expect(compileFiles(withAlarms(`{HI: {${WHY}}, LO: {${WHY}}}`))).toMatchObject({ warnings: [] })
})

test.each([
  ['', '10min', 3],
  ['', '5min', 2],
  ['', '1h', 4],
  ['severity: severe, ', '1min', 1],
  ['severity: severe, ', '30min', 2],
  ['severity: minor, ', '2h', 4],
  ['priority: 1, severity: minor, ', '2h', 1],
])('[ALM-1] %s with a response in %s has priority %d', (severity, time, priority) => {
  const a = build(withAlarms(`{HI: {${severity}cause: c, consequence: k, action: a, respond_within: ${time}}}`))
  expect(lic(a).alarms?.map((r) => r.priority)).toEqual([priority])
})

test('[ALM-2] alarms of one source and timing share a block; others have their own', () => {
  const one = build(withAlarms(`{HI: {${WHY}}, LO: {${WHY}}}`))
  expect(blocksOf(one)).toEqual(['LIC-101.ALM1'])
  expect(lic(one).alarms).toMatchObject([
    { kind: 'hi', bit: 2, limit: 80, hysteresis: 0.5, on_delay_s: 0, cause: 'c', respond_within_s: 600 },
    { kind: 'lo', bit: 4, limit: 20 },
  ])
  for (const r of lic(one).alarms!) expect(one.control.blocks[r.block]!.id).toBe('LIC-101.ALM1')
  const two = build(withAlarms(`{HI: {hys: 2%, delay_on: 20s, ${WHY}}, LO: {on: AI1.OUT, ${WHY}}}`))
  expect(blocksOf(two).sort()).toEqual(['LIC-101.ALM1', 'LIC-101.ALM2'])
  expect(lic(two).alarms?.map((r) => [r.hysteresis, r.on_delay_s])).toEqual([
    [2, 20],
    [0.5, 0],
  ])
})

test('[ALM-3] the block detects what the strategy says: limit, hysteresis, delay, and a bad measurement', () => {
  const a = build(withAlarms(`{HI: {hys: 5, delay_on: 20s, ${WHY}}, BAD_PV: {hys: 5, delay_on: 20s}}`))
  const controller = createController(a)
  const { s, block } = { s: a.control.blocks, block: lic(a).alarms![0]!.block }
  const active: number[] = []
  let n = 0
  const feed = (pct: number, scans: number, status: number = STATUS.good): void => {
    for (let i = 0; i < scans * 10; i++) {
      for (const input of a.control.inputs.keys()) controller.latchInput(input, 4 + 0.16 * pct, status)
      controller.latchReadback(0, 12, STATUS.good)
      controller.state = { epoch: 1, n: n++ }
      controller.scan(n)
    }
    // OUT is 1 while any limit alarm is active.
    active.push(controller.s[s[block]!.s + 2]!)
  }
  feed(70, 2)
  feed(81, 2)
  feed(81, 2)
  feed(76, 2)
  feed(74, 2)
  feed(74, 2)
  feed(90, 4)
  feed(50, 2, STATUS.bad)
  expect(active).toEqual([0, 0, 1, 1, 0, 0, 1, 1])
})

test('[ALM-4] a class has alarms, an instance changes one word of one', () => {
  const C = 'classes/flow.class.yaml'
  const files = changed(C, 'scan: fast', `alarms: {HI: {above: 38, ${WHY}}}\nscan: fast`)
  const fic = (f: Files) => build(f).tags.find((t) => t.tag === 'FIC-101')!
  expect(fic(files)).toMatchObject({ limits: { hi: 38 }, alarms: [{ limit: 38, action: 'a' }] })
  const own = changed(L, 'params: {sp: 12', 'alarms: {HI: {above: 35, action: b}}\n    params: {sp: 12', files)
  expect(fic(own)).toMatchObject({ limits: { hi: 35 }, alarms: [{ limit: 35, action: 'b', cause: 'c' }] })
})

test('[ALM-5] a limit written twice must be one', () => {
  const result = compileFiles(withAlarms(`{HI: {above: 81, ${WHY}}, LO: {${WHY}}}`))
  expect('faults' in result && result.faults.map((f) => f.code)).toEqual(['CFG_RANGE_MISMATCH'])
})
