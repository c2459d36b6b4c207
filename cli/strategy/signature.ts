/**
 * Signatures of artifacts: Ed25519 over the artifact's canonical JSON, in a file beside it. An artifact that was changed by one
 * byte, or whose hash is not that of its content, does not verify.
 * @see RFC 8032
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { Artifact } from '../../contracts/artifact.ts'
import { canonicalJson } from '../../controller/core/strategy/canonical-json.ts'

export interface Signature {
  readonly algorithm: 'Ed25519'
  /** Hash of the artifact that was signed. */
  readonly artifact: string
  /** First 16 digits of the SHA-256 of the public key: which key to ask for. */
  readonly key: string
  /** Base64. */
  readonly signature: string
}

/** A new pair of keys, PEM. */
export function newKeys(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
}

/** @throws Error where the text is no Ed25519 key */
export function signArtifact(artifact: Artifact, privateKey: string): Signature {
  const key = createPrivateKey(privateKey)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`a ${key.asymmetricKeyType} key, expected an Ed25519 one`)
  const signature = sign(null, Buffer.from(canonicalJson(artifact), 'utf8'), key).toString('base64')
  return {
    algorithm: 'Ed25519',
    artifact: artifact.hash,
    key: keyId(createPublicKey(key).export({ type: 'spki', format: 'der' })),
    signature,
  }
}

/** Why a signature does not hold, in words; undefined: it does. @throws Error where the text is no Ed25519 key */
export function whyNot(artifact: Artifact, signature: Signature, publicKey: string): string | undefined {
  const key = createPublicKey(publicKey)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`a ${key.asymmetricKeyType} key, expected an Ed25519 one`)
  const { hash, ...content } = artifact
  const found = createHash('sha256').update(canonicalJson(content), 'utf8').digest('hex')
  if (found !== hash) return `its content has the hash ${found.slice(0, 12)}, not ${String(hash).slice(0, 12)}`
  if (signature.artifact !== hash)
    return `the signature is of ${String(signature.artifact).slice(0, 12)}, not of ${hash.slice(0, 12)}`
  const bytes = Buffer.from(canonicalJson(artifact), 'utf8')
  if (signature.algorithm === 'Ed25519' && verify(null, bytes, key, Buffer.from(String(signature.signature), 'base64')))
    return undefined
  const id = keyId(key.export({ type: 'spki', format: 'der' }))
  return id === signature.key
    ? 'the signature is not of this content'
    : `it was signed with the key ${signature.key}, not with ${id}`
}

const keyId = (der: Buffer): string => createHash('sha256').update(der).digest('hex').slice(0, 16)
