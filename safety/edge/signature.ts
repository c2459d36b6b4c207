/**
 * Whether a configuration may be loaded: two people, with two roles and two keys, signed exactly these bytes.
 *
 * Ed25519 over a statement that names the SHA-256 of the bytes, the configuration's id and revision, and the signer's role: a signature
 * taken from another revision, or moved to the other role, does not verify. Nothing here throws; what is wrong is a code and a reason.
 * @see RFC 8032; docs/reference/errors-at-run-time.md for the codes
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'

export const SIGNATURE_VERSION = 1

/** Both are needed; a signature of any further role that is trusted is verified too. */
export const ROLES_NEEDED = ['designer', 'approver'] as const

export interface TrustedKey {
  readonly role: string
  readonly name: string
  /** SPKI, PEM. */
  readonly pem: string
}

/** The file beside the configuration, `NAME.json.sig`. */
export interface SignatureFile {
  readonly version: number
  readonly id: string
  readonly revision: string
  /** SHA-256 of the configuration's bytes, hex. */
  readonly hash: string
  readonly signatures: readonly RoleSignature[]
}

export interface RoleSignature {
  readonly role: string
  readonly name: string
  /** First 16 hex digits of the SHA-256 of the public key (DER). */
  readonly key: string
  /** Base64, 64 bytes. */
  readonly signature: string
}

export type SignatureCode =
  | 'SIS_UNSIGNED'
  | 'SIS_HALF_SIGNED'
  | 'SIS_SAME_KEY'
  | 'SIS_SAME_ROLE'
  | 'SIS_HASH'
  | 'SIS_REVISION'
  | 'SIS_SIGNATURE'
  | 'SIS_SIGNATURE_FILE'
  | 'SIS_UNTRUSTED_KEY'
  | 'SIS_TRUST_KEY'

export type Verified =
  | { readonly ok: true; readonly signed_by: readonly string[] }
  | { readonly ok: false; readonly code: SignatureCode; readonly reason: string }

/**
 * @param signature_text - content of the signature file; '' where there is none
 * @param public_keys - those whom this machine trusts, each with the one role it may sign for
 */
export function verifySignatures(
  config_bytes: Uint8Array,
  signature_text: string,
  public_keys: readonly TrustedKey[],
): Verified {
  if (signature_text.trim() === '') return refused('SIS_UNSIGNED', 'no signature file')
  const file = readSignatureFile(signature_text)
  if (typeof file === 'string') return refused('SIS_SIGNATURE_FILE', file)
  const trusted = readTrust(public_keys)
  if (typeof trusted === 'string') return refused('SIS_TRUST_KEY', trusted)
  const config = nameOf(config_bytes)
  if (typeof config === 'string') return refused('SIS_SIGNATURE_FILE', config)
  if (config.id !== file.id || config.revision !== file.revision)
    return refused(
      'SIS_REVISION',
      `the signatures are for ${file.id} revision ${file.revision}, the configuration is ${config.id} revision ${config.revision}`,
    )
  const hash = configHash(config_bytes)
  if (hash !== file.hash)
    return refused('SIS_HASH', `SHA-256 of the bytes is ${short(hash)}, ${short(file.hash)} was signed`)
  if (file.signatures.length === 0) return refused('SIS_UNSIGNED', 'the signature file holds no signature')

  const byRole = new Map<string, RoleSignature>()
  const byKey = new Map<string, RoleSignature>()
  for (const s of file.signatures) {
    const same = byKey.get(s.key)
    if (same !== undefined)
      return refused('SIS_SAME_KEY', `key ${s.key} signed as ${same.role} and as ${s.role}: two people, two keys`)
    if (byRole.has(s.role)) return refused('SIS_SAME_ROLE', `two signatures as ${s.role}: each role signs once`)
    byRole.set(s.role, s)
    byKey.set(s.key, s)
  }
  const signed_by: string[] = []
  for (const s of file.signatures) {
    const known = trusted.filter((t) => t.id === s.key)
    const key = known.find((t) => t.role === s.role)
    if (key === undefined)
      return refused(
        'SIS_UNTRUSTED_KEY',
        known.length === 0
          ? `key ${s.key} (${s.role}, ${s.name}) is not trusted here`
          : `key ${s.key} is trusted as ${known.map((t) => t.role).join(', ')}, not as ${s.role}`,
      )
    if (!holds(statement(file, s.role), s.signature, key.key))
      return refused('SIS_SIGNATURE', `the signature as ${s.role} is not one of key ${s.key} over these bytes`)
    signed_by.push(`${s.role} ${key.name}`)
  }
  const absent = ROLES_NEEDED.filter((role) => !byRole.has(role))
  if (absent.length > 0) return refused('SIS_HALF_SIGNED', `no signature as ${absent.join(', nor as ')}`)
  return { ok: true, signed_by }
}

/** SHA-256 of the exact bytes, hex: shown on every display, compared in every scan. */
export const configHash = (config_bytes: Uint8Array): string => createHash('sha256').update(config_bytes).digest('hex')

/** What is signed, byte for byte. */
export const statement = (
  { id, revision, hash }: Pick<SignatureFile, 'id' | 'revision' | 'hash'>,
  role: string,
): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(['flyball sis configuration', SIGNATURE_VERSION, role, id, revision, hash]))

/** @throws Error where the text is no key */
export const keyIdOf = (pem: string): string => keyId(createPublicKey(pem))

/**
 * A public key as `flyball sis keygen` writes it: `Role:` and `Name:` before the PEM block, which is text that PEM readers skip.
 * @returns why not, in words, where it is none
 * @see RFC 7468, 2
 */
export function readPublicKey(text: string): TrustedKey | string {
  const role = /^Role: *(\S+) *$/m.exec(text)?.[1]
  const name = /^Name: *(.*\S) *$/m.exec(text)?.[1]
  const pem = /-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/.exec(text)?.[0]
  if (pem === undefined) return 'no PEM block of a public key'
  if (role === undefined || name === undefined) return 'no lines Role: and Name: before the key'
  const trusted = readTrust([{ role, name, pem }])
  return typeof trusted === 'string' ? trusted : { role, name, pem }
}

/** The signature file, or why it is none. */
export function readSignatureFile(text: string): SignatureFile | string {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    return 'the signature file is no JSON'
  }
  if (!isRecord(file)) return 'the signature file is no mapping'
  const { version, id, revision, hash, signatures } = file
  if (version !== SIGNATURE_VERSION)
    return `version ${String(version)} of the signature file, ${SIGNATURE_VERSION} is read`
  if (typeof id !== 'string' || typeof revision !== 'string') return 'id and revision are no texts'
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return 'hash is no SHA-256'
  if (!Array.isArray(signatures) || signatures.length > 16) return 'signatures is no list of at most 16'
  const list: RoleSignature[] = []
  for (const s of signatures as unknown[]) {
    if (!isRecord(s)) return 'a signature is no mapping'
    const { role, name, key, signature } = s
    if (
      typeof role !== 'string' ||
      typeof name !== 'string' ||
      typeof key !== 'string' ||
      typeof signature !== 'string'
    )
      return 'a signature without role, name, key or signature'
    list.push({ role, name, key, signature })
  }
  return { version, id, revision, hash, signatures: list }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Id and revision that the bytes themselves state. */
export function nameOf(config_bytes: Uint8Array): { readonly id: string; readonly revision: string } | string {
  let config: unknown
  try {
    config = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(config_bytes))
  } catch {
    return 'the configuration is no JSON'
  }
  if (!isRecord(config)) return 'the configuration is no mapping'
  const { id, revision } = config
  return typeof id === 'string' && typeof revision === 'string'
    ? { id, revision }
    : 'the configuration states no id or no revision'
}

interface Trusted {
  readonly role: string
  readonly name: string
  readonly id: string
  readonly key: KeyObject
}

function readTrust(public_keys: readonly TrustedKey[]): readonly Trusted[] | string {
  const trusted: Trusted[] = []
  for (const { role, name, pem } of public_keys) {
    let key: KeyObject
    try {
      key = createPublicKey(pem)
    } catch {
      return `the key of ${role} ${name} is no public key (PEM)`
    }
    // createPublicKey takes a private key too and would hide that a secret was handed out.
    if (pem.includes('PRIVATE KEY')) return `the key of ${role} ${name} is a private one`
    if (key.asymmetricKeyType !== 'ed25519')
      return `the key of ${role} ${name} is ${key.asymmetricKeyType}, not Ed25519`
    const id = keyId(key)
    const twice = trusted.find((t) => t.id === id && t.role !== role)
    // One key for two roles would let one person sign alone.
    if (twice !== undefined) return `key ${id} is given for ${twice.role} and for ${role}`
    trusted.push({ role, name, id, key })
  }
  return trusted
}

const keyId = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)

function holds(message: Uint8Array, signature: string, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64')
  // The one spelling of 64 bytes: what decodes to the same is not the same file.
  if (bytes.length !== 64 || bytes.toString('base64') !== signature) return false
  return verify(null, message, key, bytes)
}

const refused = (code: SignatureCode, reason: string): Verified => ({ ok: false, code, reason })
const short = (hash: string): string => hash.slice(0, 12)
