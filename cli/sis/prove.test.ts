// flyball sis prove on files on disk: what is printed, and with which exit code.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { registerProve } from './prove.ts'

const PLANT = resolve(import.meta.dirname, '../../safety/config/tennessee-eastman.json')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-'))
})
afterEach(() => {
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function run(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const program = new Command('flyball').exitOverride()
  registerProve(program)
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
    await program.parseAsync(['prove', ...args], { from: 'user' })
  } finally {
    to.mockRestore()
    wrong.mockRestore()
  }
  return { out, err, code: Number(process.exitCode ?? 0) }
}

test('[T2] the emergency shut-down S11 is proved: counts for each machine, and all of it as JSON', {
  timeout: 120_000,
}, async () => {
  const file = join(folder, 'proof.json')
  const { out, code } = await run(PLANT, '--sif', 'SIF-S11', '--out', file)
  expect(code).toBe(0)
  expect(out).toMatch(/SIF-S11 on FEEDS.*requests and faults: [\d,]+ states, [\d,]+ transitions/)
  expect(out).toContain('the machine of SIF-S11')
  expect(out).toMatch(/proved: 1 of 11 functions/)
  const written = JSON.parse(readFileSync(file, 'utf8'))
  expect([written.id, written.verdict, written.parts.length]).toEqual(['tennessee-eastman', 'proved', 4])
})

test('[T2] no such function, no such file, and a configuration that may not be loaded: exit code 2 and the reason', async () => {
  const unknown = await run(PLANT, '--sif', 'SIF-X')
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("no safety function 'SIF-X'; found SIF-S1")])
  const missing = await run(join(folder, 'none.json'))
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('CFG_UNREADABLE_FILE')])
  const config = JSON.parse(readFileSync(PLANT, 'utf8'))
  config.matrix[0].effect = 'NOWHERE'
  const faulty = join(folder, 'faulty.json')
  writeFileSync(faulty, JSON.stringify(config))
  const refused = await run(faulty)
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('SIS_UNKNOWN_TAG')])
})
