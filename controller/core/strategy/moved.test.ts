// What stays: tables give what the same text gives, renames keep ids, and a build keeps what the lock says.
import { expect, test } from 'vitest'
import type { Artifact } from '../../../contracts/artifact.ts'
import { faultText } from './fault.ts'
import { changed, compileFiles, FILES, type Files } from './testing.ts'

const L = 'loops/a.yaml'

const build = (files: Files): { artifact: Artifact; lock: string } => {
  const result = compileFiles(files)
  if ('faults' in result) throw new Error(result.faults.map(faultText).join('\n'))
  return result
}
/** Ids that stay, by name. */
const stable = (a: Artifact): Record<string, string> =>
  Object.fromEntries(a.control.blocks.map((b) => [b.id, b.stable ?? b.id]))

const INSTANCE = FILES[L]!.slice(FILES[L]!.indexOf('  - tag: FIC-101'), FILES[L]!.indexOf('  - tag: LIC-101'))
const asTable = (csv: string): Files => ({ ...changed(L, INSTANCE, ''), 'loops/b.csv': csv })

test('[CSV-1] a row of a table is the module it would be as text', () => {
  const text = build(FILES).artifact
  const table = build(
    asTable(
      '# Loops of area one\ntag,class,area,description,eu,range.lo,range.hi,sp,normal,io.pv,io.mv,gain\n' +
        'FIC-101,FlowLoop@2,A1,"Feed",m3/h,0,40,12,cas,RIO-1/AI/1,RIO-1/AO/1,\r\n',
    ),
  ).artifact
  expect(table).toEqual(text)
})

test('[CSV-2] a fault of a cell has its line and column', () => {
  const result = compileFiles(
    asTable(
      'tag,class,area,description,eu,range.lo,range.hi,sp,normal,io.pv,io.mv\n\n' +
        'FIC-101,FlowLoop@2,A1,"Feed, first",m3/h,0,40,high,cas,RIO-1/AI/9,RIO-1/AO/1\n',
    ),
  )
  const faults = 'faults' in result ? result.faults.filter((f) => f.severity === undefined) : []
  expect(faults.map((f) => `${f.file}:${f.line}:${f.column} ${f.code}`)).toEqual([
    'loops/b.csv:3:47 CFG_WRONG_TYPE',
    'loops/b.csv:3:56 CFG_UNKNOWN_POINT',
  ])
})

test('[CSV-3] a table gives blocks and alarms of an instance too', () => {
  const { artifact } = build(
    asTable(
      'tag,class,area,description,eu,range.lo,range.hi,sp,normal,io.pv,io.mv,blocks.PID1.rate,limits.hi,decimals\n' +
        'FIC-101,FlowLoop@2,A1,"say ""12""",m3/h,0,40,12,cas,RIO-1/AI/1,RIO-1/AO/1,3s,38,2\n',
    ),
  )
  expect(artifact.tags.find((t) => t.tag === 'FIC-101')).toMatchObject({
    description: 'say "12"',
    limits: { hi: 38 },
    decimals: 2,
  })
})

test('[MOVE-1] a renamed block and a renamed module keep their ids', () => {
  const renamed = changed(
    L,
    'cascade:\n',
    'moved: [{from: FIC-100, to: FIC-101}, {from: LIC-101.PIDA, to: LIC-101.PID1}]\ncascade:\n',
  )
  expect(stable(build(renamed).artifact)).toEqual({
    'FIC-101.AI1': 'FIC-100.AI1',
    'FIC-101.PID1': 'FIC-100.PID1',
    'FIC-101.AO1': 'FIC-100.AO1',
    'LIC-101.AI1': 'LIC-101.AI1',
    'LIC-101.PID1': 'LIC-101.PIDA',
  })
  const inClass = changed('classes/flow.class.yaml', 'blocks:', 'moved: [{from: TX1, to: AI1}]\nblocks:')
  expect(stable(build(inClass).artifact)['FIC-101.AI1']).toBe('FIC-101.TX1')
})

test('[MOVE-2] a renamed strategy scans in the order and the phases it had', () => {
  const before = build(FILES)
  const names: Files = Object.fromEntries(
    Object.entries(FILES).map(([path, text]) => [path, text.replaceAll('LIC-101', 'ZIC-900')]),
  )
  const after = build(changed(L, 'cascade:\n', 'moved: [{from: LIC-101, to: ZIC-900}]\ncascade:\n', names))
  expect(after.lock).toBe(before.lock)
  expect(build(names).lock).not.toBe(before.lock)
})

const SLOW = `  - {tag: TAG, description: x, eu: '%', range: [0, 100], scan: slow, kind: indicator, faceplate: F1, blocks: {F1: {type: FILTER, in: IN}}}\n`
const slow = (tag: string, input: string): string => SLOW.replace('TAG', tag).replace('IN}', `${input}}`)
const withSlow = (...modules: string[]): Files => changed(L, 'cascade:', `${modules.join('')}cascade:`)
const phaseOf = (lock: string, id: string): string => {
  const lines = lock.split('\n')
  const at = lines.findIndex((l) => l.endsWith(` ${id}`))
  return lines.slice(0, at).findLast((l) => l.startsWith('- scan'))!
}

test('[LOCK-1] a module that is wired to an older one takes its phase, not the reverse', () => {
  const before = build(withSlow(slow('MI-5', '50')))
  const both = withSlow(slow('MI-5', 'AC-1.F1.OUT'), slow('AC-1', '50'))
  const anew = build(both)
  const kept = build({ ...both, 'strategy.lock': before.lock })
  expect(phaseOf(anew.lock, 'MI-5.F1')).not.toBe(phaseOf(before.lock, 'MI-5.F1'))
  expect(phaseOf(kept.lock, 'MI-5.F1')).toBe(phaseOf(before.lock, 'MI-5.F1'))
  expect(phaseOf(kept.lock, 'AC-1.F1')).toBe(phaseOf(before.lock, 'MI-5.F1'))
})

test('[LOCK-2] a build with its own lock is the same build', () => {
  for (const files of [FILES, withSlow(slow('MI-5', 'AC-1.F1.OUT'), slow('AC-1', '50'))]) {
    const once = build(files)
    const twice = build({ ...files, 'strategy.lock': once.lock })
    expect([twice.artifact, twice.lock]).toEqual([once.artifact, once.lock])
  }
})

test('[LOCK-3] what a cut wire carries stays as old as it was: the order of its ends is kept', () => {
  const ring = (more: string): Files =>
    changed(
      L,
      '      AI1: {type: AI, in: RIO-1/AI/2}\n',
      `      AI1: {type: AI, in: RIO-1/AI/2}\n      B1: {type: FILTER, in: {from: C1.OUT, break: true}}\n      C1: {type: FILTER, in: AI1.OUT}\n${more}`,
    )
  const before = build(ring(''))
  const rank = (lock: string, id: string): number => lock.split('\n').findIndex((l) => l.endsWith(` ${id}`))
  // B1 waits for nothing and runs first. A new input puts it two levels further on, behind C1.
  expect(rank(before.lock, 'LIC-101.B1')).toBeLessThan(rank(before.lock, 'LIC-101.C1'))
  const longer = (files: Files): Files =>
    changed(
      L,
      'B1: {type: FILTER, in:',
      'D1: {type: FILTER, in: AI1.OUT}\n      E1: {type: FILTER, in: D1.OUT}\n      B1: {type: FILTER, follow: E1.OUT, in:',
      files,
    )
  const anew = build(longer(ring('')))
  const kept = build({ ...longer(ring('')), 'strategy.lock': before.lock })
  expect(rank(anew.lock, 'LIC-101.B1')).toBeGreaterThan(rank(anew.lock, 'LIC-101.C1'))
  expect(rank(kept.lock, 'LIC-101.B1')).toBeLessThan(rank(kept.lock, 'LIC-101.C1'))
  expect(build({ ...longer(ring('')), 'strategy.lock': kept.lock }).artifact).toEqual(kept.artifact)
})
