// flyball sis sil on files on disk: what is printed, where, and with which exit code.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { registerSis } from './sis.ts'

const EXAMPLE = resolve(import.meta.dirname, '../../safety/sil/examples/tennessee-eastman.sil.yaml')
const TEXT = readFileSync(EXAMPLE, 'utf8')

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-'))
  file = join(folder, 'a.sil.yaml')
  writeFileSync(file, TEXT)
})
afterEach(() => {
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the command in this process and catches what it says. */
async function sil(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const program = new Command('flyball').exitOverride()
  registerSis(program)
  let [out, err] = ['', '']
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
    await program.parseAsync(['sis', 'sil', file, ...args], { from: 'user' })
  } finally {
    to.mockRestore()
    wrong.mockRestore()
  }
  return { out, err, code: Number(process.exitCode ?? 0) }
}

const spoil = (from: string, to: string): void => {
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(from)
  writeFileSync(file, text.replace(from, to))
}

test('[SIL-5.3] the functions S1 to S11 of the Tennessee Eastman plant with generic rates: every target met, exit code 0', async () => {
  const { out, err, code } = await sil('--summary')
  expect(err).toBe('')
  expect(code).toBe(0)
  expect([...out.matchAll(/^ {2}(S\d+) .* met$/gm)].map((m) => m[1])).toEqual(
    Array.from({ length: 11 }, (_, i) => `S${i + 1}`),
  )
})

test('[SIL-3.1] a target that is not met is exit code 1, and the reason stands beside it', async () => {
  spoil('demand: low\n    sil: 2', 'demand: low\n    sil: 3')
  const { out, code } = await sil()
  expect(code).toBe(1)
  expect(out).toMatch(/NOT MET: PFDavg 5\.\d+e-3, SIL 3 needs less than 1e-3; architecture permits SIL 2; systematic/)
  expect(out).toContain('10 of 11 met')
})

test('--json has every figure, and the subsystems sum to that of the function', async () => {
  const { out, code } = await sil('--json')
  expect(code).toBe(0)
  const { sifs } = JSON.parse(out) as {
    sifs: { closedForm: number; markov: number; subsystems: { closedTotal: number; markovTotal: number }[] }[]
  }
  expect(sifs).toHaveLength(11)
  for (const { closedForm, markov, subsystems } of sifs) {
    const sum = (key: 'closedTotal' | 'markovTotal') => subsystems.reduce((total, s) => total + s[key], 0)
    expect(sum('closedTotal') / closedForm).toBeCloseTo(1, 12)
    expect(sum('markovTotal') / markov).toBeCloseTo(1, 12)
  }
})

test('--report is one page without script, with the hash of the file, and text of the file is text in it', async () => {
  spoil('name: reactor pressure high', 'name: reactor <b>pressure</b> high')
  const report = join(folder, 'r.html')
  expect((await sil('--summary', '--report', report)).code).toBe(0)
  const page = readFileSync(report, 'utf8')
  expect(page).toMatch(/SHA-256 <code>[0-9a-f]{64}</)
  expect(page).toContain('reactor &lt;b&gt;pressure&lt;/b&gt; high')
  expect(page).not.toContain('<script')
  const nowhere = await sil('--report', join(folder, 'none/r.html'))
  expect(nowhere.code).toBe(2)
  expect(nowhere.err).toContain('none/r.html')
})

test('every fault at once, with file, line and column, exit code 2', async () => {
  spoil('DU_fit: 150', 'DU_fit: -150')
  spoil('    type: A', '    type: C')
  spoil('vote: 2oo3', 'vote: 3oo2')
  spoil('role: sensor', 'role: sensors')
  spoil('elements: [flow_transmitter]', 'elements: [flow_meter]')
  spoil('partial_stroke_coverage_pct: 44', 'partial_stroke_coverage_pct: 95')
  spoil('partial_stroke_interval: 1 mo', 'partial_stroke_interval: 1 week')
  spoil('id: S11', 'id: S1')
  spoil('mission: 8 y', 'mission: 8 y\ncolour: red')
  const { out, err, code } = await sil()
  expect(out).toBe('')
  expect(code).toBe(2)
  const found = err.split('\n').map((line) => /^.*a\.sil\.yaml:(\d+):(\d+) (CFG_\w+)/.exec(line)?.slice(1))
  const codes = found.flatMap((f) => (f === undefined ? [] : [f[2]]))
  expect([...codes].sort()).toEqual(
    [
      'CFG_DUPLICATE_ID',
      'CFG_INCONSISTENT',
      'CFG_OUT_OF_RANGE',
      'CFG_UNKNOWN_FIELD',
      'CFG_UNKNOWN_WORD',
      'CFG_UNKNOWN_WORD',
      'CFG_UNKNOWN_WORD',
      'CFG_UNKNOWN_WORD',
      'CFG_WRONG_TYPE',
    ].sort(),
  )
  const lines = readFileSync(file, 'utf8').split('\n')
  const range = found.find((f) => f?.[2] === 'CFG_OUT_OF_RANGE')!
  expect(lines[Number(range[0]) - 1]!.slice(Number(range[1]) - 1)).toBe('-150')
  expect(JSON.parse((await sil('--json')).out).faults).toHaveLength(codes.length)
})

test('a function without one of its three parts is refused, as a sum that forgets a valve promises too much', async () => {
  spoil(
    '      - stripper_level\n      - logic_solver\n      - product_outlet',
    '      - stripper_level\n      - logic_solver',
  )
  const { err, code } = await sil()
  expect(code).toBe(2)
  expect(err).toContain('no subsystem with role final')
})

test('no such file, no YAML', async () => {
  writeFileSync(file, 'title: [')
  expect((await sil()).err).toContain('CFG_YAML_SYNTAX')
  rmSync(file)
  expect(await sil()).toMatchObject({ code: 2, err: expect.stringContaining('CFG_UNREADABLE_FILE') })
})
