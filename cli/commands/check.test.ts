// flyball check and build on folders on disk: what is printed, where, and with which exit code.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FAULT_CODES } from '../../controller/core/strategy/fault.ts'
import { UNITS } from '../../controller/core/strategy/units.ts'
import { buildStrategy, loadStrategy } from '../strategy-files.ts'
import { registerBuild } from './build.ts'
import { registerCheck } from './check.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const BENCH = join(ROOT, 'strategies/bench-loop')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-'))
  cpSync(BENCH, folder, { recursive: true })
})
afterEach(() => {
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command in this process and catches what it says. */
async function flyball(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const program = new Command('flyball').exitOverride()
  registerCheck(program)
  registerBuild(program)
  let out = ''
  let err = ''
  const to = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  const wrong = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
  process.exitCode = undefined
  try {
    await program.parseAsync(args, { from: 'user' })
  } finally {
    to.mockRestore()
    wrong.mockRestore()
  }
  return { out, err, code: Number(process.exitCode ?? 0) }
}

const spoil = (path: string, from: string, to: string): void => {
  const file = join(folder, path)
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(from)
  writeFileSync(file, text.replace(from, to))
}

test('a good strategy has no faults, by its path and by its name', async () => {
  for (const name of [folder, 'bench-loop']) {
    const { out, err, code } = await flyball('check', name)
    expect([err, code]).toEqual(['', 0])
    expect(out).toContain('3 tags, 7 blocks, 3 inputs, 1 outputs')
  }
})

test('all faults of all files are printed at once with file, line and column, and the exit code is 2', async () => {
  spoil('loops/bench.yaml', 'RIO-1/AI/3}', 'RIO-1/AI/33}')
  spoil('strategy.yaml', 'stations: 2', 'station: 2')
  const { out, err, code } = await flyball('check', folder)
  expect([out, code]).toEqual(['', 2])
  expect(err.split('\n')).toEqual([
    "loops/bench.yaml:54:14 CFG_UNKNOWN_POINT found 'RIO-1/AI/33', expected a point of io/, did you mean 'RIO-1/AI/3'?",
    expect.stringMatching(/^strategy\.yaml:9:1 CFG_UNKNOWN_FIELD found 'station', .*did you mean 'stations'\?$/),
    '2 faults',
    '',
  ])
})

test('faults as JSON', async () => {
  spoil('loops/bench.yaml', 'RIO-1/AI/3}', 'RIO-1/AI/33}')
  const { out, code } = await flyball('check', folder, '--format', 'json')
  expect(code).toBe(2)
  expect(JSON.parse(out)).toEqual({
    faults: [
      {
        code: 'CFG_UNKNOWN_POINT',
        file: 'loops/bench.yaml',
        line: 54,
        column: 14,
        found: "'RIO-1/AI/33'",
        expected: 'a point of io/',
        suggestion: 'RIO-1/AI/3',
      },
    ],
  })
  expect((await flyball('check', folder, '--format', 'xml')).code).toBe(2)
})

test('a folder that is not there is a fault that names those that are', async () => {
  const { err, code } = await flyball('check', 'no-such-strategy')
  expect(code).toBe(2)
  expect(err).toMatch(/^no-such-strategy CFG_NO_STRATEGY .*bench-loop/)
})

test('build writes the same bytes each time, and the order beside the strategy', async () => {
  const [one, two] = [join(folder, 'one.json'), join(folder, 'two.json')]
  expect((await flyball('build', folder, '-o', one)).code).toBe(0)
  expect((await flyball('build', folder, '-o', two)).code).toBe(0)
  expect(readFileSync(one, 'utf8')).toBe(readFileSync(two, 'utf8'))
  expect(JSON.parse(readFileSync(one, 'utf8'))).toMatchObject({
    format: 1,
    name: 'bench-loop',
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(readFileSync(join(folder, 'strategy.lock'), 'utf8')).toMatch(/PID +FIC-101\.PID1\n/)
})

test('a faulty strategy builds nothing', async () => {
  spoil('strategy.yaml', 'format: 1', 'format: 7')
  const path = join(folder, 'one.json')
  const { err, code } = await flyball('build', folder, '-o', path)
  expect([err.includes('CFG_WRONG_VERSION'), code]).toEqual([true, 2])
  expect(() => readFileSync(path)).toThrow()
})

test('an artifact that cannot be written is said so', async () => {
  const { err, code } = await flyball('build', folder, '-o', join(folder, 'no/such/folder.json'))
  expect(code).toBe(2)
  expect(err).toContain('folder.json')
})

test('bytes that are no UTF-8 are a fault of the file', () => {
  writeFileSync(join(folder, 'loops/other.yaml'), Buffer.from([0x61, 0x3a, 0xff, 0xfe]))
  const loaded = loadStrategy(folder)
  expect('faults' in loaded && loaded.faults.map((f) => `${f.file} ${f.code}`)).toEqual([
    'loops/other.yaml CFG_UNREADABLE_FILE',
  ])
})

test('a file that cannot be read is a fault of the file', () => {
  // A link to itself: unreadable for every user, the superuser included.
  rmSync(join(folder, 'loops/bench.yaml'))
  symlinkSync('bench.yaml', join(folder, 'loops/bench.yaml'))
  const loaded = loadStrategy(folder)
  expect('faults' in loaded && loaded.faults.map((f) => `${f.file} ${f.code}`)).toEqual([
    'loops/bench.yaml CFG_UNREADABLE_FILE',
  ])
})

test('an expression is compiled, and a fault in it has its place', async () => {
  const calc =
    "FX-1, description: x, eu: '%', range: [0, 100], scan: fast, kind: calculation, faceplate: C1, fields: {PV: C1.OUT}"
  const module = (expr: string) =>
    `area: BENCH\nmodules:\n  - {tag: ${calc}, blocks: {C1: {type: CALC, let: {a: LIC-101.AI1.OUT}, expr: '${expr}'}}}\n`
  writeFileSync(join(folder, 'loops/calc.yaml'), module('a * 2'))
  expect(await buildStrategy(folder)).toHaveProperty('artifact')
  writeFileSync(join(folder, 'loops/calc.yaml'), module('a * aa'))
  const built = await buildStrategy(folder)
  expect('faults' in built && built.faults).toMatchObject([
    { code: 'CFG_EXPRESSION', file: 'loops/calc.yaml', line: 3, found: "the name 'aa'", suggestion: 'a' },
  ])
})

test('docs/reference/errors.md has every code once, and no other', () => {
  const text = readFileSync(join(ROOT, 'docs/reference/errors.md'), 'utf8')
  const codes = [...text.matchAll(/^\| `(CFG_[A-Z_]+)` \|/gm)].map((m) => m[1])
  expect([...codes].sort()).toEqual([...FAULT_CODES].sort())
})

test('docs/reference/strategy-format.md lists every unit with what it measures', () => {
  const text = readFileSync(join(ROOT, 'docs/reference/strategy-format.md'), 'utf8')
  const rows = [...text.slice(text.indexOf('## Units')).matchAll(/^\| ([a-z ]+) \| (`.*`) \|$/gm)]
  const listed = rows.flatMap(([, kind, units]) => [...units!.matchAll(/`([^`]+)`/g)].map((m) => [m[1], kind]))
  expect(new Map(listed as [string, string][])).toEqual(UNITS)
})

test('an artifact that cannot take its place leaves nothing behind', async () => {
  const { code } = await flyball('build', folder, '-o', join(folder, 'loops'))
  expect(code).toBe(2)
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
})
