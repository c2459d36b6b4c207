/**
 * Signatures of artifacts: Ed25519 over the artifact's canonical JSON, in a file beside it. An artifact that was changed by one
 * byte, or whose hash is not that of its content, does not verify.
 * @see RFC 8032
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { Artifact } from '../../contracts/artifact.ts'
import { canonicalJson } from '../../contracts/canonical-json.ts'
import { hashFault, keyId, publicKeyOf, type Signature, signatureFault } from '../../protocols/edge/artifact-check.ts'

export type { Signature } from '../../protocols/edge/artifact-check.ts'

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
    key: keyId(createPublicKey(key)),
    signature,
  }
}

/** Why a signature does not hold, in words; undefined: it does. @throws Error where the text is no Ed25519 key */
export function whyNot(artifact: Artifact, signature: Signature, publicKey: string): string | undefined {
  const key = publicKeyOf(publicKey)
  return hashFault(artifact) ?? signatureFault(artifact, signature, key)
}
