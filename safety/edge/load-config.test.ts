import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'
import { addSignature, newSigner } from './sign.ts'
import { tennessee } from './testing/tennessee.ts'

let folder = ''
const keys = ['designer', 'approver'].map((role) => ({ role, ...newSigner(role, `${role} A`) }))
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-load-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A configuration, signed by some, with the keys of both trusted. */
function files(text: string, roles: readonly string[] = ['designer', 'approver'], later = text) {
  const config_path = join(folder, 'c.json')
  let signatures = ''
  for (const { role, private_text } of keys)
    if (roles.includes(role)) signatures = addSignature(Buffer.from(text), signatures, private_text)
  writeFileSync(config_path, later)
  if (signatures !== '') writeFileSync(`${config_path}.sig`, signatures)
  const trusted_keys = keys.map(({ role, public_text }) => {
    writeFileSync(join(folder, `${role}.pub`), public_text)
    return join(folder, `${role}.pub`)
  })
  return { config_path, trusted_keys }
}

test('[SIS-2.11] what both roles signed is loaded, and cannot be changed afterwards', () => {
  const { config, signed_by, hash } = loadConfig(files(JSON.stringify(tennessee())))
  expect(signed_by).toEqual(['designer designer A', 'approver approver A'])
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(() => {
    ;(config.causes[0] as { vote: number }).vote = 3
  }).toThrow(TypeError)
})

test.each([
  ['nobody signed', [], 'SIS_UNSIGNED'],
  ['only the designer signed', ['designer'], 'SIS_HALF_SIGNED'],
  ['only the approver signed', ['approver'], 'SIS_HALF_SIGNED'],
])('[SIS-2.11] what %s is refused', (_, roles, code) => {
  expect(() => loadConfig(files(JSON.stringify(tennessee()), roles as string[]))).toThrow(code as string)
})

test('[SIS-2.11] one byte more than was signed is refused', () => {
  const text = JSON.stringify(tennessee())
  expect(() => loadConfig(files(text, undefined, `${text} `))).toThrow('SIS_HASH')
})

test('a signed configuration with faults is refused with all of them', () => {
  const config = tennessee()
  const causes = config.causes.map((c) => (c.id === 'S1' ? { ...c, inputs: ['PT-701', 'PT-702', 'PT-709'] } : c))
  const text = JSON.stringify({ ...config, causes, stale_ms: 5000 })
  expect(() => loadConfig(files(text))).toThrow(
    /SIS_UNKNOWN_TAG[\s\S]*SIS_INCONSISTENT|SIS_INCONSISTENT[\s\S]*SIS_UNKNOWN_TAG/,
  )
})

test('a signed file that is no configuration is refused in words', () => {
  expect(() => loadConfig(files('{"id":"a","revision":"1"}'))).toThrow('SIS_CONFIG')
})

test('a missing file and a key that is none are refused in words', () => {
  const all = files(JSON.stringify(tennessee()))
  expect(() => loadConfig({ ...all, config_path: join(folder, 'none.json') })).toThrow('SIS_FILE')
  expect(() => loadConfig({ ...all, trusted_keys: [all.config_path] })).toThrow('SIS_TRUST_KEY')
})
