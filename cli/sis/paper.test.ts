// The commands of the paper on files on disk: what is printed, where, with which exit code.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readRiskTable } from '../../gateway/core/sis-risk.ts'
import { registerCheck } from './check.ts'
import { registerLiveTable } from './live-table.ts'
import { registerRecords } from './records.ts'
import { registerReport } from './report.ts'
import { registerSign } from './sign.ts'
import { registerSrs } from './srs.ts'
import { writeLiveTable } from './write-live-table.ts'

const SIL = 'safety/sil/examples/tennessee-eastman.sil.yaml'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-'))
  file = join(folder, 'unit.json')
  cpSync('safety/config/tennessee-eastman.json', file)
  cpSync('safety/config/tennessee-eastman.requirements.yaml', join(folder, 'unit.requirements.yaml'))
})
afterEach(() => {
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a subcommand in this process and catches what it says. */
async function sis(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const program = new Command('sis').exitOverride()
  for (const register of [registerCheck, registerSign, registerSrs, registerReport, registerLiveTable, registerRecords])
    register(program)
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
    await program.parseAsync(args, { from: 'user' })
  } finally {
    to.mockRestore()
    wrong.mockRestore()
  }
  return { out, err, code: Number(process.exitCode ?? 0) }
}

const spoil = (from: string | RegExp, to: string): void => {
  const text = readFileSync(file, 'utf8')
  const other = text.replace(from, to)
  expect(other).not.toBe(text)
  writeFileSync(file, other)
}
/** What stands in the file at line and column. */
const textAt = (line: number, column: number): string =>
  readFileSync(file, 'utf8')
    .split('\n')
    [line - 1]!.slice(column - 1)

test('[PAPER-10] [SC-27] [SC-28] [SC-29] the example has neither error nor warning against calculation, plant and control system', async () => {
  const { out, err, code } = await sis('check', 'tennessee-eastman', '--sil', SIL, '--plant', 'tennessee-eastman')
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(out).toContain(' 0 errors, ')
  expect(out).toContain('accepted by')
  expect(out).not.toMatch(/ (SC-27|SC-29) /)
  expect(out).not.toContain('not held against')
  expect(out).toContain(' 0 warnings, ')
  const alone = await sis('check', 'tennessee-eastman', '--sil', SIL, '--strict')
  // What was not looked at must not look like no finding.
  expect(alone.out).toContain('not held against: equipment installed, control system')
})

test('[PAPER-10] [SC-27] [SC-28] [SC-29] the boiler has neither error nor open warning against calculation, plant and control system', async () => {
  const { out, code } = await sis(
    'check',
    'boiler',
    '--sil',
    'safety/sil/examples/boiler.sil.yaml',
    '--plant',
    'boiler',
    '--strict',
  )
  expect(out).toContain(' 0 errors, 0 warnings, ')
  expect(code).toBe(0)
})

test('[PAPER-11] a finding has file, line and column of what is wrong, and the exit code is 1', async () => {
  spoil('"counts": 55425', '"counts": 55000')
  const { out, code } = await sis('check', file)
  expect(code).toBe(1)
  const [, line, column] = /unit\.json:(\d+):(\d+) error SC-8 causes\/S1\/trip\/counts: 55000, but 2895/.exec(out)!
  expect(textAt(Number(line), Number(column))).toMatch(/^55000/)
})

test('[PAPER-12] a faulty file: all faults with line and column, exit code 2, nothing on standard output', async () => {
  spoil('"scan_ms": 100', '"scan_ms": 100,\n  "colour": "red"')
  spoil('"vote": 2', '"vote": "most"')
  const { out, err, code } = await sis('check', file)
  expect([out, code]).toEqual(['', 2])
  const places = [...err.matchAll(/unit\.json:(\d+):(\d+) (CFG_\w+)/g)]
  expect(places.map((m) => m[3])).toEqual(['CFG_UNKNOWN_FIELD', 'CFG_UNKNOWN_WORD'])
  expect(places.map((m) => textAt(Number(m[1]), Number(m[2])).slice(0, 6))).toEqual(['"colou', '"most"'])
  expect(err).toContain('2 faults')
  writeFileSync(file, '{ "id": ')
  expect((await sis('check', file)).err).toContain('SIS_JSON_SYNTAX')
  expect(await sis('check', join(folder, 'none.json'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('CFG_UNREADABLE_FILE'),
  })
})

test('[PAPER-13] --json and --sarif carry the same findings as the text', async () => {
  spoil('"counts": 55425', '"counts": 55000')
  const text = (await sis('check', file)).out.split('\n').filter((line) => / (SC-\d+) /.test(line))
  const json = JSON.parse((await sis('check', file, '--json')).out)
  const sarif = JSON.parse((await sis('check', file, '--sarif')).out)
  expect(json.findings.length).toBe(text.length)
  expect(json.hash).toMatch(/^[0-9a-f]{64}$/)
  const results = sarif.runs[0].results
  expect(results.length).toBe(text.length)
  for (const [i, f] of json.findings.entries()) {
    expect(text[i]).toContain(`:${f.line}:${f.column} ${f.severity} ${f.rule} `)
    expect(results[i].ruleId).toBe(f.rule)
    expect(results[i].level).toBe(f.severity)
    expect(sarif.runs[0].tool.driver.rules[results[i].ruleIndex].id).toBe(f.rule)
    expect(results[i].locations[0].physicalLocation.region).toEqual({ startLine: f.line, startColumn: f.column })
  }
  spoil('"scan_ms"', '"scan"')
  const faulty = await sis('check', file, '--sarif')
  expect(faulty.code).toBe(2)
  expect(JSON.parse(faulty.out).runs[0].results.map((r: { ruleId: string }) => r.ruleId)).toEqual([
    'CFG_UNKNOWN_FIELD',
    'CFG_MISSING_FIELD',
  ])
})

test('[PAPER-14] another file that cannot be held against it: said, exit code 2', async () => {
  expect(await sis('check', file, '--plant', 'cstr')).toMatchObject({ code: 2, err: expect.stringContaining("'cstr'") })
  expect(await sis('check', file, '--requirements', join(folder, 'no.yaml'))).toMatchObject({ code: 2 })
  writeFileSync(join(folder, 'unit.requirements.yaml'), 'config: unit\ncolour: red\n')
  const { code, err } = await sis('check', file)
  expect(code).toBe(2)
  expect(err).toContain('CFG_UNKNOWN_FIELD')
  expect(err).toContain('unit.requirements.yaml:2:1')
})

test('[SIG-12] keygen, sign, verify: both signatures hold, and one byte more does not', async () => {
  const key = (name: string): string => join(folder, name)
  const verify = () => sis('verify', file, '--trust', key('d.pub'), key('a.pub'))
  expect(await verify()).toMatchObject({ code: 2 })
  for (const [name, role] of [
    ['d', 'designer'],
    ['a', 'approver'],
  ])
    expect((await sis('keygen', key(name!), '--role', role!, '--name', `Person ${name}`)).code).toBe(0)
  expect(await sis('keygen', key('d'), '--role', 'designer', '--name', 'x')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is there already'),
  })
  expect(await verify()).toMatchObject({ code: 1, err: expect.stringContaining('SIS_UNSIGNED') })
  expect((await sis('sign', file, '--key', key('d.key'))).code).toBe(0)
  expect(await verify()).toMatchObject({ code: 1, err: expect.stringContaining('SIS_HALF_SIGNED') })
  expect(await sis('sign', file, '--key', key('d.key'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('another person'),
  })
  expect((await sis('sign', file, '--key', key('a.key'))).code).toBe(0)
  expect(await verify()).toMatchObject({
    code: 0,
    out: expect.stringContaining('designer Person d, approver Person a'),
  })
  writeFileSync(file, `${readFileSync(file, 'utf8')} `)
  expect(await verify()).toMatchObject({ code: 1, err: expect.stringContaining('SIS_HASH') })
  // A new signature over changed bytes begins anew: the old ones are of other bytes.
  await sis('sign', file, '--key', key('a.key'))
  expect(await verify()).toMatchObject({ code: 1, err: expect.stringContaining('SIS_HALF_SIGNED') })
  expect(await sis('sign', file, '--key', key('d.pub'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('private key'),
  })
})

test('[PAPER-15] srs --write writes what srs prints', async () => {
  const path = join(folder, 'srs.md')
  const { out } = await sis('srs', file, '--sil', SIL)
  expect((await sis('srs', file, '--sil', SIL, '--write', path)).code).toBe(0)
  expect(readFileSync(path, 'utf8')).toBe(out)
  expect(out).toContain('### SIF-S7 Separator level low low')
  spoil('"mode"', '"modus"')
  expect(await sis('srs', file)).toMatchObject({ code: 2, out: '' })
})

test('[PAPER-16] live-table: a row for each function, for this configuration', async () => {
  const { out, code } = await sis('live-table', file, '--sil', SIL)
  expect(code).toBe(0)
  const table = JSON.parse(out)
  expect(table.sifs.length).toBe(11)
  expect(table.config_hash).toMatch(/^[0-9a-f]{64}$/)
  // The gateway reads it as it stands.
  const read = readRiskTable(out)!
  expect(read.config_hash).toBe(table.config_hash)
  expect(read.sifs.map((s) => s.by_bypassed)).toEqual(table.sifs.map((s: { by_bypassed: unknown }) => s.by_bypassed))
  expect(read.sifs[0]!.by_bypassed.map((r) => r.sil)).toEqual([2, 2, 0, 0])
  const [path, none] = [join(folder, 'live.json'), join(folder, 'no.sil.yaml')]
  expect(writeLiveTable(file, SIL, path)).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe(out)
  // One of another configuration would be worse than none.
  expect(writeLiveTable(file, none, path)).toBe(false)
  expect(existsSync(path)).toBe(false)
})

test('[PAPER-17] records: demands and bypass hours of the journal, its torn end passed over; tests that never were', async () => {
  const soe = (scan: number, kind: number, at: number, a: number): string =>
    JSON.stringify({ t: '2026-01-01T00:00:00Z', event: 'soe', run: 'r1', i: 0, scan, kind, at, a, b: 0 })
  // One year of scans of 0.1 s; cause S1 became active four times, one input of S7 was bypassed for 12 h.
  const year = 365 * 24 * 36_000
  const lines = [
    soe(0, 5, 0, 0),
    ...[1, 2, 3, 4].flatMap((k) => [soe(k * 1000, 12, 0, 1), soe(k * 1000 + 500, 12, 0, 0)]),
  ]
  lines.push(soe(10_000, 13, 16 * 6 + 2, 1), soe(10_000 + 12 * 36_000, 13, 16 * 6 + 2, 0), soe(year, 5, 0, 0))
  const journal = join(folder, 'journal.jsonl')
  writeFileSync(journal, `${lines.join('\n')}\n{"event":"soe","run":"r1","sc`)
  const { out, code } = await sis('records', journal, '--config', file, '--sil', SIL, '--json')
  expect(code).toBe(1)
  const { covered_h, sifs, proof_tests } = JSON.parse(out)
  expect(covered_h).toBeCloseTo(8760, 6)
  const of = (id: string) => sifs.find((s: { sif: string }) => s.sif === id)
  // P(N >= 4) for a mean of 0.2: 1 - e^-0.2 (1 + 0.2 + 0.02 + 0.00133) = 5.68e-5.
  expect(of('SIF-S1')).toMatchObject({ demands: 4, more_than_assumed: true, bypassed_h: 0 })
  expect(of('SIF-S1').by_chance).toBeCloseTo(5.68e-5, 7)
  expect(of('SIF-S7')).toMatchObject({
    demands: 0,
    more_than_assumed: false,
    bypassed_h: 12,
    assumed_bypass_h_per_y: 8,
    bypassed_beyond: true,
  })
  expect(of('SIF-S7').allowance_used).toBeCloseTo(1.5, 12)
  expect(proof_tests.find((p: { tag: string }) => p.tag === 'XV-10')).toMatchObject({ state: 'never', interval_d: 365 })
  expect((await sis('records', journal, '--config', file, '--sil', SIL)).out).toContain('MORE DEMANDS THAN ASSUMED')
})
