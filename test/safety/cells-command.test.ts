import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { registerTest } from '../../cli/sis/test.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
  const program = new Command()
  registerTest(program)
  await program.parseAsync(['node', 'sis', 'test', ...args])
  const code = Number(process.exitCode ?? 0)
  process.exitCode = 0
  return { code, out, err }
}

test('[T3] flyball sis test: one cell alone as a table, exit code 0', async () => {
  const { code, out } = await run('tennessee-eastman', '--cell', 'S10/FEEDS', '--alone')
  expect(code).toBe(0)
  expect(out).toMatch(/^S10\/FEEDS S +contact +1 +4\.\d +4\.\d +alone +12 +ok$/m)
  expect(out).toContain('1 cells, 1 trials, 0 cells deviate')
})

test('[T3] flyball sis test --json --out: every trial, with the hash of the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-sis-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'cells.json')
  const { code } = await run('tennessee-eastman', '--cell', 'S10', '--json', '--out', file)
  expect(code).toBe(0)
  const { sha256, rows, trials } = JSON.parse(readFileSync(file, 'utf8'))
  expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(rows.map((r: { effect: string }) => r.effect)).toEqual(['FEEDS', 'BLOWDOWN', 'XV-19'])
  expect(trials.length).toBe(rows.reduce((sum: number, r: { trials: number }) => sum + r.trials, 0))
})

test('[T3] flyball sis test: what is wrong with the order is said, exit code 2', async () => {
  const { code, err } = await run('tennessee-eastman', '--cell', 'S10/XV-11', '--seed', 'x')
  expect(code).toBe(2)
  expect(err).toContain("--seed: found 'x'")
  expect(err).toContain('expected one of S10/FEEDS, S10/BLOWDOWN, S10/XV-19')
  expect((await run('nothing-there')).code).toBe(2)
})
