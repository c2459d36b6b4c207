/**
 * Whether an artifact is what was built, and by whom: judged by every program before it uses one.
 *
 * The hash says that no byte has changed since the build; it protects from a torn copy, not from a hand that changes both.
 * Where a run trusts a key, the Ed25519 signature beside the file (FILE.sig) must be that key's, over the canonical JSON.
 * @see RFC 8032
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Artifact } from '../../contracts/artifact.ts'
import { canonicalJson } from '../../contracts/canonical-json.ts'

export interface Signature {
  readonly algorithm: 'Ed25519'
  /** Hash of the artifact that was signed. */
  readonly artifact: string
  /** First 16 digits of the SHA-256 of the public key: which key to ask for. */
  readonly key: string
  /** Base64. */
  readonly signature: string
}

export type ArtifactCode = 'CFG_ARTIFACT_HASH' | 'CFG_ARTIFACT_UNSIGNED' | 'CFG_ARTIFACT_SIGNATURE' | 'CFG_TRUST_KEY'

/** An artifact that may not be run. */
export class ArtifactFault extends Error {
  override readonly name = 'ArtifactFault'
  readonly code: ArtifactCode
  /** The file, and what is wrong with it. */
  readonly what: string
  readonly remedy: string

  constructor(code: ArtifactCode, what: string, remedy: string, cause?: unknown) {
    super(`${code}: ${what}; ${remedy}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.remedy = remedy
  }
}

/**
 * @param path - of the artifact, for messages and for its signature
 * @param trust_path - public key (PEM) that must have signed it; undefined: signatures are not asked for
 * @throws ArtifactFault
 */
export function checkArtifact(artifact: Artifact, path: string, trust_path?: string): void {
  const changed = hashFault(artifact)
  if (changed !== undefined)
    throw new ArtifactFault(
      'CFG_ARTIFACT_HASH',
      `${path}: ${changed}`,
      'take the file that was built, or build it again',
    )
  if (trust_path === undefined) return
  const key = trustedKey(trust_path)
  const signature = signatureBeside(path, key)
  const why = signatureFault(artifact, signature, key)
  if (why === undefined) return
  const remedy = `sign it with the key that ${trust_path} belongs to: flyball build ... --sign KEY`
  throw new ArtifactFault('CFG_ARTIFACT_SIGNATURE', `${path}: ${why}`, remedy)
}

/** SHA-256, hex, of the canonical JSON of all fields but `hash`. */
export function contentHash({ hash: _, ...content }: Artifact): string {
  return createHash('sha256').update(canonicalJson(content), 'utf8').digest('hex')
}

/** Why the hash is not that of the content, in words; undefined: it is. */
export function hashFault(artifact: Artifact): string | undefined {
  const found = contentHash(artifact)
  if (found === artifact.hash) return undefined
  return `its content has the hash ${found.slice(0, 12)}, not ${String(artifact.hash).slice(0, 12)}`
}

/** Why a signature does not hold, in words; undefined: it does. */
export function signatureFault(artifact: Artifact, signature: Signature, key: KeyObject): string | undefined {
  if (signature.artifact !== artifact.hash)
    return `the signature is of ${String(signature.artifact).slice(0, 12)}, not of ${artifact.hash.slice(0, 12)}`
  const bytes = Buffer.from(canonicalJson(artifact), 'utf8')
  if (signature.algorithm === 'Ed25519' && verify(null, bytes, key, Buffer.from(String(signature.signature), 'base64')))
    return undefined
  const id = keyId(key)
  return id === signature.key
    ? 'the signature is not of this content'
    : `it was signed with the key ${signature.key}, not with ${id}`
}

/** @throws Error where the text is no Ed25519 key */
export function publicKeyOf(pem: string): KeyObject {
  const key = createPublicKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`a ${key.asymmetricKeyType} key, expected an Ed25519 one`)
  return key
}

export const keyId = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)

function trustedKey(path: string): KeyObject {
  try {
    return publicKeyOf(readFileSync(path, 'utf8'))
  } catch (cause) {
    // Without its key a run that asks for one may not begin: an unread key trusts nobody.
    const what = `${path}: no public key: ${(cause as Error).message}`
    throw new ArtifactFault('CFG_TRUST_KEY', what, 'give NAME.pub of flyball keygen NAME', cause)
  }
}

function signatureBeside(path: string, key: KeyObject): Signature {
  const file = `${path}.sig`
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof read === 'object' && read !== null) return read as Signature
    throw new Error('no signature in it')
  } catch (cause) {
    const what = `${path}: not signed by the trusted key ${keyId(key)}: ${(cause as Error).message}`
    throw new ArtifactFault(
      'CFG_ARTIFACT_UNSIGNED',
      what,
      `put its signature into ${file}: flyball build ... --sign KEY`,
      cause,
    )
  }
}
