/** Adds a person's signature to a configuration. The other side of signature.ts; the solver never loads this. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  configHash,
  keyIdOf,
  nameOf,
  type RoleSignature,
  readSignatureFile,
  SIGNATURE_VERSION,
  statement,
} from './signature.ts'

/** A new pair of keys. The public text opens with who it is and for what, as `readPublicKey` wants it. */
export function newSigner(role: string, name: string): { readonly private_text: string; readonly public_text: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const who = `Role: ${role}\nName: ${name}\n`
  return { private_text: who + privateKey, public_text: who + publicKey }
}

/**
 * The text of the signature file with one more signature. Signatures over other bytes are dropped: they are worth nothing any more.
 *
 * @param signature_text - the file as it is; '' where there is none
 * @param private_text - as `newSigner` makes it
 * @throws Error in words where the key, the configuration or the file is none, or this key or role signed already
 */
export function addSignature(config_bytes: Uint8Array, signature_text: string, private_text: string): string {
  const config = nameOf(config_bytes)
  if (typeof config === 'string') throw new Error(config)
  const role = /^Role: *(\S+) *$/m.exec(private_text)?.[1]
  const name = /^Name: *(.*\S) *$/m.exec(private_text)?.[1]
  if (role === undefined || name === undefined) throw new Error('no lines Role: and Name: before the private key')
  let key: KeyObject
  try {
    key = createPrivateKey(private_text)
  } catch {
    throw new Error('no private key (PEM)')
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`a ${key.asymmetricKeyType} key, expected an Ed25519 one`)
  const id = keyIdOf(createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string)
  const file = { version: SIGNATURE_VERSION, ...config, hash: configHash(config_bytes) }
  const before = signature_text.trim() === '' ? undefined : readSignatureFile(signature_text)
  if (typeof before === 'string') throw new Error(before)
  const kept: readonly RoleSignature[] =
    before !== undefined && before.hash === file.hash && before.id === file.id && before.revision === file.revision
      ? before.signatures
      : []
  const same = kept.find((s) => s.key === id)
  if (same !== undefined)
    throw new Error(`key ${id} signed already, as ${same.role}: another person signs with another key`)
  if (kept.some((s) => s.role === role)) throw new Error(`signed already as ${role}`)
  const signature = sign(null, statement(file, role), key).toString('base64')
  return `${JSON.stringify({ ...file, signatures: [...kept, { role, name, key: id, signature }] }, null, 2)}\n`
}
