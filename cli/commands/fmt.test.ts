// flyball fmt: one form, nothing lost, nothing changed in meaning.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ALARM_KEYS, ALARM_SHAPES } from '../../controller/core/strategy/alarm-kinds.ts'
import { isStrategyFile } from '../../controller/core/strategy/compile.ts'
import { ALARM, formatFile } from '../strategy/format.ts'
import { buildStrategy } from '../strategy-files.ts'

const STRATEGIES = resolve(import.meta.dirname, '../../strategies')

const files = readdirSync(STRATEGIES, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => isStrategyFile(path.slice(path.indexOf('/') + 1)) && path.endsWith('.yaml'))

test.each(files)('[FMT-1] %s: twice is once, and every comment stays', (path) => {
  const text = readFileSync(join(STRATEGIES, path), 'utf8')
  const name = path.slice(path.indexOf('/') + 1)
  const once = formatFile(name, text)!
  expect(formatFile(name, once)).toBe(once)
  const comments = (t: string): string[] => [...t.matchAll(/(?:^|\s)#.*$/gm)].map((m) => m[0].trim()).sort()
  expect(comments(once)).toEqual(comments(text))
})

test('[FMT-2] keys come into one order, whatever it was; a long block gets a line for each entry', () => {
  const made = formatFile(
    'loops/a.yaml',
    `modules:
  - scan: fast   # quick
    # which
    tag: "A-1"
    blocks:
      P: {gain:   2, in: A.OUT, type: PID}
      Q: {type: PID, in: A.OUT, gain: 2, reset: 10s, sp_lim: [0, 100], out_lim: [0, 100], pv_ftime: 3s, beta: 0.5}
area: X
`,
  )
  expect(made).toBe(`area: X
modules:
  - # which
    tag: "A-1"
    scan: fast # quick
    blocks:
      P: {type: PID, in: A.OUT, gain: 2}
      Q:
        type: PID
        in: A.OUT
        gain: 2
        reset: 10s
        beta: 0.5
        pv_ftime: 3s
        sp_lim: [0, 100]
        out_lim: [0, 100]
`)
})

test('[FMT-4] alarms of every kind have their keys in one order', () => {
  const keys = Object.values(ALARM_SHAPES).flatMap((shape) => shape.keys)
  expect([...new Set([...ALARM_KEYS, ...keys])].sort()).toEqual([...ALARM].sort())
  const made = formatFile(
    'loops/a.yaml',
    'modules:\n  - tag: A-1\n    alarms:\n      RATE_UP: {cause: c, per: min, filter: 5s, above: 3, on: AI1.OUT}\n',
  )
  expect(made).toContain('RATE_UP: {on: AI1.OUT, above: 3, per: min, filter: 5s, cause: c}')
})

test('[FMT-3] what is no YAML is left alone', () => {
  expect(formatFile('loops/a.yaml', 'a: [1, 2')).toBeUndefined()
  expect(formatFile('loops/a.yaml', '- 1\n')).toBeUndefined()
})

test('[FMT-4] the artifact of a formatted strategy is the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-'))
  try {
    cpSync(join(STRATEGIES, 'tennessee-eastman'), folder, { recursive: true })
    const before = await buildStrategy(folder)
    const { writeFileSync } = await import('node:fs')
    for (const path of files.filter((f) => f.startsWith('tennessee-eastman/'))) {
      const name = path.slice(path.indexOf('/') + 1)
      writeFileSync(join(folder, name), formatFile(name, readFileSync(join(folder, name), 'utf8'))!)
    }
    const after = await buildStrategy(folder)
    expect('artifact' in after && after.artifact.hash).toBe('artifact' in before && before.artifact.hash)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
