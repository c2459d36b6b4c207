// flyball diff, keygen, build --sign, verify and check --format sarif, on folders on disk and on revisions of git.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { registerBuild } from './build.ts'
import { registerCheck } from './check.ts'
import { registerDiff } from './diff.ts'
import { registerVerify } from './verify.ts'

const BENCH = resolve(import.meta.dirname, '../../strategies/bench-loop')

let folder: string
let other: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-'))
  other = join(folder, 'other')
  cpSync(BENCH, other, { recursive: true })
})
afterEach(() => {
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function flyball(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const program = new Command('flyball').exitOverride()
  for (const register of [registerBuild, registerCheck, registerDiff, registerVerify]) register(program)
  const text = { out: '', err: '' }
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      text[name === 'stdout' ? 'out' : 'err'] += chunk
      return true
    }),
  )
  process.exitCode = undefined
  try {
    await program.parseAsync(args, { from: 'user' })
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return { ...text, code: Number(process.exitCode ?? 0) }
}

const change = (path: string, from: string | RegExp, to: string): void => {
  const file = join(other, path)
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(from)
  writeFileSync(file, text.replace(from, to))
}
const lines = (out: string): string[] => out.trim().split('\n').slice(0, -1)

test('[DIFF-1] a parameter, an alarm, a wire and a module: each one line, in an engineer s words', async () => {
  change('loops/bench.yaml', 'reset: 5min', 'reset: 6min')
  change('loops/bench.yaml', 'hys: 1%', 'hys: 2%')
  change('loops/bench.yaml', 'pv: RIO-1/AI/2', 'pv: RIO-1/AI/3')
  change('loops/bench.yaml', /io: \{pv: RIO-1\/AI\/3\}/, 'io: {pv: RIO-1/AI/2}')
  change('loops/bench.yaml', 'tag: PI-102', 'tag: PI-103')
  change('displays/overview.yaml', /PI-102/g, 'PI-103')
  const { out, code } = await flyball('diff', 'bench-loop', other)
  expect(code).toBe(0)
  expect(lines(out)).toEqual([
    'FIC-101.AI1 in RIO-1/AI/2 -> RIO-1/AI/3',
    'LIC-101 alarm HI hysteresis 1 -> 2',
    'LIC-101.PID1 reset 300 s -> 360 s',
    '- PI-102 indicator, 1 blocks: Pressure behind the pump',
    '+ PI-103 indicator, 1 blocks: Pressure behind the pump',
    'display overview columns.1.indicators LIC-101, FIC-101, PI-102 -> LIC-101, FIC-101, PI-103',
  ])
})

test('[DIFF-2] a rename that is declared is one line; white space and comments are none', async () => {
  change('loops/bench.yaml', 'cascade:', 'moved: [{from: PI-102, to: PI-103}]\ncascade:')
  change('loops/bench.yaml', 'tag: PI-102', 'tag:   PI-103   # behind P-1')
  change('displays/overview.yaml', /PI-102/g, 'PI-103')
  const { out } = await flyball('diff', 'bench-loop', other)
  expect(lines(out)).toEqual([
    'PI-103 renamed from PI-102',
    'display overview columns.1.indicators LIC-101, FIC-101, PI-102 -> LIC-101, FIC-101, PI-103',
  ])
  expect((await flyball('diff', 'bench-loop', 'bench-loop')).out).toMatch(/^no difference/)
})

test('[DIFF-5] what is not in a module: a register, a watchdog, a scan class, a display', async () => {
  const yaml = readFileSync(join(other, 'io/rio-1.yaml'), 'utf8')
  writeFileSync(
    join(other, 'io/rio-1.yaml'),
    yaml.replace(/timeout: \S+/, 'timeout: 350ms').replace(/(AI\/3: \{register: )\d+/, '$177'),
  )
  change('strategy.yaml', 'slow: 10s', 'slow: 5s')
  change('displays/overview.yaml', 'title: ', 'title: New ')
  const out = lines((await flyball('diff', 'bench-loop', other)).out)
  expect(out.filter((l) => !l.startsWith('order:')).map((l) => l.split(' ').slice(0, 3).join(' '))).toEqual([
    'RIO-1 timeout_ms 300',
    'RIO-1/AI/3 register 2',
    'display overview title',
    'scan slow period',
  ])
})

test('[DIFF-6] a sequence: a transition by its ends', async () => {
  cpSync(resolve(BENCH, '../bench-sequence'), other, { recursive: true })
  rmSync(join(other, 'loops/bench.yaml'))
  for (const path of [
    'classes/flow-loop.class.yaml',
    'classes/indicator.class.yaml',
    'io/rio-1.yaml',
    'displays/overview.yaml',
  ]) {
    if (!existsSync(resolve(BENCH, '../bench-sequence', path))) rmSync(join(other, path), { force: true })
  }
  const before = join(folder, 'before')
  cpSync(other, before, { recursive: true })
  change('loops/batch.yaml', 'to: START, when: level > 60', 'to: START, when: level > 55')
  const { out, err } = await flyball('diff', before, other)
  expect(err).toBe('')
  expect(lines(out)).toEqual(['US-100.SEQ1 transitions.FILL-START.when level > 60 -> level > 55'])
})

test('[DIFF-3] as JSON, and a faulty side is said so', async () => {
  change('loops/bench.yaml', 'reset: 5min', 'reset: 6min')
  const { out } = await flyball('diff', 'bench-loop', other, '--format', 'json')
  expect(JSON.parse(out)).toMatchObject({
    changes: [{ kind: 'changed', where: 'LIC-101.PID1', what: 'reset', from: '300 s', to: '360 s' }],
  })
  change('loops/bench.yaml', 'reset: 6min', 'rest: 6min')
  const { err, code } = await flyball('diff', 'bench-loop', other)
  expect([code, err]).toEqual([2, expect.stringMatching(/other:\n(.*\n)*.*CFG_UNKNOWN_PARAMETER/)])
})

test('[DIFF-4] a revision of git against the folder', async () => {
  const git = (...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' })
  git('init', '-q')
  git('add', '.')
  git('-c', 'user.name=x', '-c', 'user.email=x@y', '-c', 'commit.gpgsign=false', 'commit', '-qm', 'first')
  change('loops/bench.yaml', 'reset: 5min', 'reset: 6min')
  const here = process.cwd()
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  const before = process.env['GIT_DIR']
  process.env['GIT_DIR'] = join(folder, '.git')
  try {
    const { out } = await flyball('diff', 'HEAD:other', other)
    expect(lines(out)).toEqual(['LIC-101.PID1 reset 300 s -> 360 s'])
    expect((await flyball('diff', 'HEAD:nothing', other)).err).toMatch(/CFG_NO_STRATEGY found no 'nothing' at HEAD/)
    expect((await flyball('diff', 'no-such-revision:other', other)).err).toMatch(/CFG_NO_STRATEGY/)
  } finally {
    if (before === undefined) delete process.env['GIT_DIR']
    else process.env['GIT_DIR'] = before
    vi.restoreAllMocks()
    expect(process.cwd()).toBe(here)
  }
})

test('[SIGN-1] what was signed verifies; one changed byte, another key or no signature does not', async () => {
  const path = (name: string): string => join(folder, name)
  await flyball('keygen', path('plant'))
  expect(statSync(path('plant.key')).mode & 0o077).toBe(0)
  expect((await flyball('keygen', path('plant'))).code).toBe(2)
  await flyball('keygen', path('thief'))
  const art = path('a.json')
  expect((await flyball('build', other, '-o', art, '--sign', path('plant.key'))).code).toBe(0)
  const good = await flyball('verify', art, '--key', path('plant.pub'))
  expect([good.code, good.err]).toEqual([0, ''])
  expect((await flyball('verify', art, '--key', path('thief.pub'))).err).toMatch(/signed with the key/)
  const text = readFileSync(art, 'utf8')
  writeFileSync(art, text.replace('Level of T-101', 'Level of T-102'))
  expect((await flyball('verify', art, '--key', path('plant.pub'))).err).toMatch(/content has the hash/)
  // White space is not content: the file may have been printed otherwise.
  writeFileSync(art, JSON.stringify(JSON.parse(text), null, 2))
  expect((await flyball('verify', art, '--key', path('plant.pub'))).code).toBe(0)
  expect((await flyball('build', other, '-o', art)).code).toBe(0)
  expect((await flyball('verify', art, '--key', path('plant.pub'))).err).toMatch(/a\.json\.sig/)
  expect((await flyball('build', other, '-o', art, '--sign', path('plant.pub'))).code).toBe(2)
})

test('[SARIF-1] faults and warnings with place and level, and the codes as rules', async () => {
  change('loops/bench.yaml', 'RIO-1/AI/3}', 'RIO-1/AI/33}')
  change('loops/bench.yaml', '        cause: The drain is blocked, or FIC-101 does not close\n', '')
  const { out, code } = await flyball('check', other, '--format', 'sarif')
  expect(code).toBe(2)
  const log = JSON.parse(out)
  expect(log.version).toBe('2.1.0')
  const { results, tool } = log.runs[0]
  expect(results.map((r: { ruleId: string; level: string }) => [r.ruleId, r.level])).toEqual([
    ['CFG_ALARM_RATIONALE', 'warning'],
    ['CFG_UNKNOWN_POINT', 'error'],
  ])
  for (const r of results) expect(tool.driver.rules[r.ruleIndex].id).toBe(r.ruleId)
  const place = results[1].locations[0].physicalLocation
  expect(place.artifactLocation.uri).toMatch(/other\/loops\/bench\.yaml$/)
  expect(place.region).toEqual({ startLine: 53, startColumn: 14 })
})
