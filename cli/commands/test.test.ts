// `flyball test` as its users call it: exit codes, texts, JUnit, coverage, a watch that runs again.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const FLYBALL = join(import.meta.dirname, '../flyball.mjs')
const BENCH = join(import.meta.dirname, '../../strategies/bench')

const PASSING = `plant: {model: fopdt, k: 0.9, tau: 10s, theta: 2s, from: FIC-101.AO1, to: FIC-101.AI1, seed: 5,
        at: {FIC-101.AO1: 30, FIC-101.AI1: 20}}
tests:
  - name: settles & "holds"
    steps:
      - {set: FIC-101.PID1.SP, to: 30, wait: steady, within: 2min}
`
const FAILING = `${PASSING}  - name: never > 31
    forall: {sp: 20..40}
    steps:
      - {set: FIC-101.PID1.SP, to: sp}
      - {expect: max(FIC-101.PID1.PV) < 31, during: 1min}
`

/** A copy of the bench with one test file. */
function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(BENCH, folder, { recursive: true })
  rmSync(join(folder, 'tests'), { recursive: true })
  writeFileSync(join(folder, 'loops/fic-101.test.yaml'), text)
  return folder
}

function flyball(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [FLYBALL, 'test', ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('[TEST-1] all passed: a line each and exit code 0; the coverage says what was not looked at', () => {
  const { status, stdout, stderr } = flyball(folderWith(PASSING), '--coverage')
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^ok {4}loops\/fic-101\.test\.yaml:4 settles & "holds" \([\d.]+ s of plant, [\d.]+ s\)$/m)
  expect(stdout).toMatch(/FIC-101\.PID1 +modes iman auto; never oos man; bad -; never bad IN/)
  expect(stdout).toMatch(/^1 passed, 0 failed, /m)
  expect(status).toBe(0)
})

test('[TEST-2] one failed: place, time, expected, found, smallest case, how to see it again; exit code 1', () => {
  const folder = folderWith(FAILING)
  const { status, stdout } = flyball(folder)
  expect(status).toBe(1)
  expect(stdout).toMatch(/^FAIL {2}loops\/fic-101\.test\.yaml:7 never > 31/m)
  expect(stdout).toMatch(/loops\/fic-101\.test\.yaml:11:18 at 60 s/)
  expect(stdout).toContain('expected  max(FIC-101.PID1.PV) < 31 during 60 s')
  expect(stdout).toMatch(/found {5}max\(FIC-101\.PID1\.PV\) = 3[\d.]+ \(at [\d.]+ s\)/)
  const smallest = Number(/smallest {2}sp = ([\d.]+) \(/.exec(stdout)?.[1])
  // The loop overshoots a step from 20 by 8.97 %: 30.095 is the least that reaches 31.
  expect(smallest).toBeGreaterThan(30.08)
  expect(smallest).toBeLessThan(30.25)
  expect(stdout).toContain('--filter "never > 31" --seed 5')
  // And as it says: the same case again.
  expect(flyball(folder, '--filter', 'never > 31', '--seed', '5').stdout).toContain(`smallest  sp = ${smallest} (`)
})

test('[TEST-3] faulty files: every fault with its place, nothing is run, exit code 2', () => {
  const { status, stdout, stderr } = flyball(
    folderWith(PASSING.replace('to: 30', 'too: 30').replace('steady', 'stedy')),
  )
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain("loops/fic-101.test.yaml:6:9 CFG_MISSING_FIELD found a step with 'set' without 'to'")
  expect(stderr).toContain("loops/fic-101.test.yaml:6:32 CFG_UNKNOWN_FIELD found 'too'")
  expect(stderr).toContain(
    "CFG_UNKNOWN_WORD found 'stedy', expected a time, steady, or a condition, did you mean 'steady'?",
  )
  expect(stderr).toMatch(/3 faults; nothing was run/)
  expect(flyball('no-such-strategy').status).toBe(2)
  const none = flyball(BENCH, '--filter', 'no such test')
  expect(none).toMatchObject({ status: 2, stdout: '' })
  expect(none.stderr).toContain("found no test with 'no such test'")
  expect(flyball(BENCH, '--format', 'xml', '--seed', '0')).toMatchObject({
    status: 2,
    stderr:
      "--format: found 'xml', expected text, json, junit\n--seed: found '0', expected a whole number of 1 or more\n",
  })
})

test('[TEST-4] JSON and JUnit have every test, and what failed', () => {
  const folder = folderWith(FAILING)
  const file = join(folder, 'report.xml')
  const { status, stdout } = flyball(folder, '--format', 'json', '--junit', file)
  expect(status).toBe(1)
  const { tests } = JSON.parse(stdout)
  expect(tests).toHaveLength(2)
  expect(tests[0]).toMatchObject({ file: 'loops/fic-101.test.yaml', line: 4, passed: true, seed: 5, cases: 1 })
  expect(tests[1]).toMatchObject({ passed: false, failure: { line: 11, column: 18, time_s: 60 } })
  const xml = readFileSync(file, 'utf8')
  expect(xml).toContain('<testsuite name="loops/fic-101.test.yaml" tests="2" failures="1"')
  expect(xml).toContain('<testcase name="settles &amp; &quot;holds&quot;"')
  expect(xml).toContain('<failure message="expected max(FIC-101.PID1.PV) &lt; 31 during 60 s, found')
  // Well-formed: what opens is closed, in order.
  const open: string[] = []
  for (const [, close, name, rest] of xml.replace(/<\?.*\?>/, '').matchAll(/<(\/?)(\w+)([^<>]*)>/g)) {
    if (close === '/') expect(open.pop()).toBe(name)
    else if (!rest!.endsWith('/')) open.push(name!)
  }
  expect(open).toEqual([])
  expect(flyball(folder, '--format', 'junit').stdout).toContain('<testsuites name=')
})

test('[TEST-5] --watch runs again when a file changes', async () => {
  const folder = folderWith(PASSING)
  const child = spawn(process.execPath, [FLYBALL, 'test', folder, '--watch'], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  let said = ''
  const until = (wanted: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (wanted.test(said)) resolve()
      }
      child.stdout.on('data', look)
      look()
    })
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await until(/1 passed, 0 failed/)
  writeFileSync(join(folder, 'loops/fic-101.test.yaml'), FAILING)
  await until(/1 passed, 1 failed/)
  expect(child.exitCode).toBe(null)
}, 30_000)
