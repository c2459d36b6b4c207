// The report: everything in one page, nothing from elsewhere, and what was not done is said to be missing.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addSignature, newSigner } from '../../safety/edge/sign.ts'
import { registerReport } from './report.ts'
import { evidenceHtml, hashOf, leftOut, outcomeOf } from './report-evidence.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function report(...args: string[]): Promise<string> {
  const out = join(folder, 'report.html')
  rmSync(out, { force: true })
  const program = new Command('sis').exitOverride()
  registerReport(program)
  const write = process.stdout.write
  process.stdout.write = () => true
  try {
    await program.parseAsync(['report', ...args, '--out', out], { from: 'user' })
  } finally {
    process.stdout.write = write
  }
  return readFileSync(out, 'utf8')
}

/** Ids of the sections, and every opened element closed in order. */
function structure(page: string): string[] {
  const open: string[] = []
  for (const [, end, name, rest] of page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
    if (['meta', 'br', 'rect', 'line'].includes(name!) || rest!.endsWith('/')) continue
    if (end === '') open.push(name!)
    else expect(open.pop()).toBe(name)
  }
  expect(open).toEqual([])
  return [...page.matchAll(/<section id="([a-z-]+)"/g)].map((m) => m[1]!)
}

test('[REPORT-1] one page without script, link or picture from elsewhere, with hash, matrix, all functions and the word on certification', async () => {
  const page = await report('tennessee-eastman', '--plant', 'tennessee-eastman')
  expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import/)
  expect(structure(page)).toEqual([
    'verdict',
    'matrix',
    'set-points',
    'response',
    'sil',
    'functions',
    'system',
    'trace',
    'proof',
    'tests',
    'quality',
    'open',
  ])
  expect(page).toMatch(/SHA-256<\/th><td><code>[0-9a-f]{64}</)
  expect(page).toContain('Engineered after IEC 61511, not certified')
  // 44 intersections are marked in the table of the requirements.
  expect(page.match(/class="cell mark"/g)?.length).toBe(44)
  for (let i = 1; i <= 11; i++) expect(page).toContain(`<strong>SRS-TE-S${i}</strong>`)
  expect(page).toContain('The state space was not proved')
  expect(page.match(/not signed/g)?.length).toBe(2)
})

test('[REPORT-2] text of the files is text in the page', async () => {
  const file = join(folder, 'evil.json')
  const text = readFileSync('safety/config/tennessee-eastman.json', 'utf8')
  writeFileSync(
    file,
    text.replaceAll('Reactor pressure high high', 'Reactor <script>alert(1)</script> & \\"pressure\\"'),
  )
  const page = await report(file, '--sil', 'safety/sil/examples/tennessee-eastman.sil.yaml')
  expect(page).not.toContain('<script')
  expect(page).toContain('Reactor &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;pressure&quot;')
  structure(page)
})

test('[REPORT-3] signatures: verified, of other bytes, or not verified here', async () => {
  const file = join(folder, 'signed.json')
  writeFileSync(file, readFileSync('safety/config/tennessee-eastman.json'))
  const people = [newSigner('designer', 'D. Esigner'), newSigner('approver', 'A. Pprover')]
  const trust = people.map((_, i) => join(folder, `${i}.pub`))
  for (const [i, p] of people.entries()) writeFileSync(trust[i]!, p.public_text)
  const bytes = readFileSync(file)
  writeFileSync(
    `${file}.sig`,
    people.reduce((text, p) => addSignature(bytes, text, p.private_text), ''),
  )
  expect((await report(file)).match(/not verified here/g)?.length).toBe(2)
  const good = await report(file, '--trust', ...trust)
  expect(good).toContain('Verified over these bytes: designer D. Esigner, approver A. Pprover')
  writeFileSync(file, `${bytes.toString('utf8')} `)
  const bad = await report(file, '--trust', ...trust)
  expect(bad).toContain('SIS_HASH')
  expect(bad.match(/does not hold/g)?.length).toBe(2)
})

test('[REPORT-4] results of other commands: shown, and judged by the configuration they were made with', async () => {
  const { createHash } = await import('node:crypto')
  const hash = createHash('sha256').update(readFileSync('safety/config/tennessee-eastman.json')).digest('hex')
  const give = async (value: object): Promise<string> => {
    const file = join(folder, 'proof.json')
    writeFileSync(file, JSON.stringify(value))
    return await report('tennessee-eastman', '--proof', file)
  }
  const proof = {
    config_hash: hash,
    transitions: 2.4e8,
    violations: 0,
    sifs: [{ id: 'SIF-S1', states: 123456, violations: 0 }],
  }
  const good = await give(proof)
  expect(good).toContain('made with this configuration')
  expect(good).toContain('240,000,000')
  expect(good).toContain('123,456')
  expect(good).toMatch(/State-space proof<\/td><td><span class="good">passed/)
  expect(await give({ ...proof, sifs: [{ id: 'SIF-S1', violations: 2 }] })).toMatch(
    /State-space proof<\/td><td><span class="bad">failed/,
  )
  const other = await give({ ...proof, config_hash: 'a'.repeat(64) })
  expect(other).toContain('made with another configuration, aaaaaaaaaaaa')
  expect(other).toMatch(/State-space proof<\/td><td><span class="warn">of another configuration/)
  expect(await give({ transitions: 1 })).toContain('does not say with which configuration')
}, 30_000)

test('[REPORT-6] a proof of some functions, or a test of some cells, is no proof of all: the report says what is left out', () => {
  const config = {
    sifs: [{ id: 'SIF-A' }, { id: 'SIF-B' }],
    matrix: [
      { cause: 'A', effect: 'X' },
      { cause: 'B', effect: 'Y' },
    ],
  } as never
  const of = (value: unknown) => leftOut({ file: '', value }, config)
  expect(of({ verdict: 'proved', parts: [{ sif: 'SIF-A' }, { sif: 'SIF-A' }] })).toEqual(['SIF-B'])
  expect(of({ parts: [{ sif: 'SIF-A' }, { sif: 'SIF-B' }] })).toEqual([])
  expect(of({ rows: [{ cause: 'A', effect: 'X', deviations: [] }] })).toEqual(['B/Y'])
  expect(of({ figures: 3 })).toEqual([])
})

test('[REPORT-5] what a result says of itself', () => {
  const of = (value: unknown) => outcomeOf({ file: '', value })
  expect(of({ states: 5 })).toBeUndefined()
  expect(of({ a: { deviations: [] } })).toBe('passed')
  expect(of({ a: [{ deviations: [] }, { deviations: ['x'] }] })).toBe('failed')
  expect(of({ ok: true, missed: 1 })).toBe('failed')
  expect(of({ proved: false })).toBe('failed')
  expect(hashOf({ file: '', value: { run: { configuration_hash: 'b'.repeat(64) } } })).toBe('b'.repeat(64))
  expect(hashOf({ file: '', value: { hash: 'short' } })).toBeUndefined()
  expect(evidenceHtml({ rows: [{ a: '<b>', b: [] }] })).toContain('&lt;b&gt;')
})
