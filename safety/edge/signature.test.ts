// Two people sign one revision of one configuration. Everything short of that is refused, with the code that says what.
import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { addSignature, newSigner } from './sign.ts'
import { readPublicKey, type SignatureFile, type TrustedKey, verifySignatures } from './signature.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const CONFIG = bytes('{"id": "unit-1", "revision": "3", "scan_ms": 100}')

const designer = newSigner('designer', 'D. Esigner')
const approver = newSigner('approver', 'A. Pprover')
const trust = (...texts: string[]): TrustedKey[] =>
  texts.map((text) => {
    const key = readPublicKey(text)
    if (typeof key === 'string') throw new Error(key)
    return key
  })
const KEYS = trust(designer.public_text, approver.public_text)
const HALF = addSignature(CONFIG, '', designer.private_text)
const WHOLE = addSignature(CONFIG, HALF, approver.private_text)
const fileOf = (text: string): SignatureFile => JSON.parse(text) as SignatureFile
const changed = (change: (file: { -readonly [K in keyof SignatureFile]: SignatureFile[K] }) => void): string => {
  const file = structuredClone(fileOf(WHOLE))
  change(file)
  return JSON.stringify(file)
}
const code = (text: string, config = CONFIG, keys = KEYS): string => {
  const result = verifySignatures(config, text, keys)
  return result.ok ? 'ok' : result.code
}

test('[SIG-1] designer and approver with two keys: verified, and both are named', () => {
  expect(verifySignatures(CONFIG, WHOLE, KEYS)).toEqual({
    ok: true,
    signed_by: ['designer D. Esigner', 'approver A. Pprover'],
  })
  // The order of signing is nobody's business.
  const other = addSignature(CONFIG, addSignature(CONFIG, '', approver.private_text), designer.private_text)
  expect(code(other)).toBe('ok')
})

test('[SIG-2] unsigned and half-signed', () => {
  expect(code('')).toBe('SIS_UNSIGNED')
  expect(code(changed((f) => (f.signatures = [])))).toBe('SIS_UNSIGNED')
  expect(code(HALF)).toBe('SIS_HALF_SIGNED')
  expect(code(changed((f) => (f.signatures = f.signatures.slice(1))))).toBe('SIS_HALF_SIGNED')
})

test('[SIG-3] every single byte of the configuration counts', () => {
  for (let i = 0; i < CONFIG.length; i++)
    for (const bit of [1, 16]) {
      const other = CONFIG.slice()
      other[i] = other[i]! ^ bit
      expect(code(WHOLE, other)).toMatch(/^SIS_(HASH|REVISION|SIGNATURE_FILE)$/)
    }
  expect(code(WHOLE, bytes(`${new TextDecoder().decode(CONFIG)} `))).toBe('SIS_HASH')
})

test('[SIG-4] signatures of another revision, also where the file was edited to claim this one', () => {
  const next = bytes('{"id": "unit-1", "revision": "4", "scan_ms": 100}')
  expect(code(WHOLE, next)).toBe('SIS_REVISION')
  const both = addSignature(next, addSignature(next, '', designer.private_text), approver.private_text)
  const claims = JSON.stringify({ ...fileOf(WHOLE), revision: '4', hash: fileOf(both).hash })
  expect(code(claims, next)).toBe('SIS_SIGNATURE')
})

test('[SIG-5] one key for both roles: by the file, by the trust, and by the tool', () => {
  const self = newSigner('designer', 'S. Elf')
  const asApprover = self.private_text.replace('Role: designer', 'Role: approver')
  const mine = addSignature(CONFIG, '', self.private_text)
  expect(() => addSignature(CONFIG, mine, asApprover)).toThrow('another person')
  const forged = {
    ...fileOf(mine),
    signatures: [...fileOf(mine).signatures, ...fileOf(addSignature(CONFIG, '', asApprover)).signatures],
  }
  expect(code(JSON.stringify(forged), CONFIG, trust(self.public_text, approver.public_text))).toBe('SIS_SAME_KEY')
  const twice = trust(self.public_text, self.public_text.replace('Role: designer', 'Role: approver'))
  expect(code(WHOLE, CONFIG, twice)).toBe('SIS_TRUST_KEY')
})

test('[SIG-6] one role twice, although by two keys', () => {
  const second = newSigner('designer', 'Second')
  const two = [...fileOf(HALF).signatures, ...fileOf(addSignature(CONFIG, '', second.private_text)).signatures]
  expect(
    code(JSON.stringify({ ...fileOf(HALF), signatures: two }), CONFIG, [...KEYS, ...trust(second.public_text)]),
  ).toBe('SIS_SAME_ROLE')
  expect(() => addSignature(CONFIG, HALF, second.private_text)).toThrow('already as designer')
})

test('[SIG-7] a key that is not trusted, and one that is trusted for the other role', () => {
  expect(code(WHOLE, CONFIG, KEYS.slice(0, 1))).toBe('SIS_UNTRUSTED_KEY')
  expect(code(WHOLE, CONFIG, [])).toBe('SIS_UNTRUSTED_KEY')
  const swapped = changed((f) => {
    f.signatures = f.signatures.map((s) => ({ ...s, role: s.role === 'designer' ? 'approver' : 'designer' }))
  })
  expect(code(swapped)).toBe('SIS_UNTRUSTED_KEY')
  // Even where each key may sign for both: the role is part of what was signed. (Such a trust is refused as a whole.)
  const roles = trust(
    designer.public_text.replace('designer', 'approver'),
    approver.public_text.replace('approver', 'designer'),
  )
  expect(code(swapped, CONFIG, roles)).toBe('SIS_SIGNATURE')
})

test('[SIG-8] a signature with one bit changed, too short, empty, or spelled otherwise', () => {
  const withSignature = (edit: (text: string) => string): string =>
    changed((f) => (f.signatures = f.signatures.map((s, i) => (i === 1 ? { ...s, signature: edit(s.signature) } : s))))
  for (let bit = 0; bit < 512; bit += 7) {
    const flip = withSignature((text) => {
      const raw = Buffer.from(text, 'base64')
      raw[bit >> 3] = raw[bit >> 3]! ^ (1 << (bit & 7))
      return raw.toString('base64')
    })
    expect(code(flip)).toBe('SIS_SIGNATURE')
  }
  expect(code(withSignature((s) => s.slice(0, 40)))).toBe('SIS_SIGNATURE')
  expect(code(withSignature(() => ''))).toBe('SIS_SIGNATURE')
  expect(code(withSignature((s) => `${s}\n`))).toBe('SIS_SIGNATURE')
})

test('[SIG-9] signature files that are none', () => {
  for (const text of ['{', '[]', 'null', '3', JSON.stringify({ ...fileOf(WHOLE), version: 2 })])
    expect(code(text)).toBe('SIS_SIGNATURE_FILE')
  expect(code(changed((f) => (f.hash = 'abc')))).toBe('SIS_SIGNATURE_FILE')
  expect(code(JSON.stringify({ ...fileOf(WHOLE), signatures: [{ role: 'designer' }] }))).toBe('SIS_SIGNATURE_FILE')
  expect(code(changed((f) => (f.hash = '0'.repeat(64))))).toBe('SIS_HASH')
})

test('[SIG-10] trust that is none: no key, another kind of key, a private one', () => {
  const rsa = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  for (const pem of ['', rsa.publicKey, designer.private_text])
    expect(code(WHOLE, CONFIG, [{ role: 'designer', name: 'x', pem }, KEYS[1]!])).toBe('SIS_TRUST_KEY')
  expect(readPublicKey(designer.private_text)).toContain('no PEM block')
  expect(readPublicKey(designer.public_text.replace(/^Role.*\n/, ''))).toContain('Role:')
})

test('[SIG-11] bytes that were signed by hand, with the statement as it is documented', () => {
  const keys = generateKeyPairSync('ed25519')
  const pem = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const mine = fileOf(WHOLE)
  const said = `["flyball sis configuration",1,"approver","unit-1","3","${mine.hash}"]`
  const trusted = { role: 'approver', name: 'By hand', pem }
  const key = fileOf(
    addSignature(CONFIG, '', `Role: approver\nName: x\n${keys.privateKey.export({ type: 'pkcs8', format: 'pem' })}`),
  ).signatures[0]!.key
  const signature = sign(null, Buffer.from(said), keys.privateKey).toString('base64')
  const text = JSON.stringify({
    ...mine,
    signatures: [mine.signatures[0], { role: 'approver', name: 'x', key, signature }],
  })
  expect(verifySignatures(CONFIG, text, [KEYS[0]!, trusted])).toEqual({
    ok: true,
    signed_by: ['designer D. Esigner', 'approver By hand'],
  })
})
