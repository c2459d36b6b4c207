/** `flyball sis keygen`, `sign` and `verify`: two people answer for a configuration. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { addSignature, newSigner } from '../../safety/edge/sign.ts'
import { configHash, readPublicKey, type TrustedKey, verifySignatures } from '../../safety/edge/signature.ts'
import { FAULTY } from '../commands/check.ts'

const REFUSED = 1

export function registerSign(sis: Command): void {
  sis
    .command('keygen')
    .description(
      'make a pair of keys for one person and one role: NAME.key signs and stays secret, NAME.pub is installed',
    )
    .argument('<name>', 'path without ending')
    .requiredOption('--role <role>', 'designer or approver')
    .requiredOption('--name <name>', 'who signs with it')
    .action((name: string, flags: { readonly role: string; readonly name: string }) => {
      attempt(name, () => {
        if (!/^[a-z][a-z-]*$/.test(flags.role))
          throw new Error(`a role is one word: designer or approver, not '${flags.role}'`)
        if (!/^[^\r\n]*\S[^\r\n]*$/.test(flags.name)) throw new Error('a name of one line')
        // A key that is overwritten is lost, and with it every signature.
        const taken = [`${name}.key`, `${name}.pub`].find((path) => existsSync(path))
        if (taken !== undefined) throw new Error(`${taken} is there already`)
        const { private_text, public_text } = newSigner(flags.role, flags.name.trim())
        writeFileSync(`${name}.key`, private_text, { mode: 0o600, flag: 'wx' })
        writeFileSync(`${name}.pub`, public_text, { flag: 'wx' })
        process.stdout.write(`${name}.key, ${name}.pub\n`)
      })
    })
  sis
    .command('sign')
    .description('sign a configuration, in the role of the key; the signature goes into FILE.sig')
    .argument('<config>', 'safety configuration')
    .requiredOption('--key <file>', 'private key of `flyball sis keygen`')
    .action((config: string, flags: { readonly key: string }) => {
      attempt(config, () => {
        const bytes = readFileSync(config)
        const before = existsSync(`${config}.sig`) ? readFileSync(`${config}.sig`, 'utf8') : ''
        const text = addSignature(bytes, before, readFileSync(flags.key, 'utf8'))
        writeFileSync(`${config}.sig`, text)
        const { signatures } = JSON.parse(text) as { signatures: { role: string; name: string }[] }
        const who = signatures.map((s) => `${s.role} ${s.name}`).join(', ')
        process.stdout.write(`${config}: SHA-256 ${configHash(bytes)}, signed by ${who}\n`)
      })
    })
  sis
    .command('verify')
    .description('say whether a configuration is, byte for byte, what designer and approver signed')
    .argument('<config>', 'safety configuration; its signatures are in FILE.sig')
    .requiredOption('--trust <files...>', 'public keys of those who may sign')
    .action((config: string, flags: { readonly trust: readonly string[] }) => {
      attempt(config, () => {
        const bytes = readFileSync(config)
        const text = existsSync(`${config}.sig`) ? readFileSync(`${config}.sig`, 'utf8') : ''
        const result = verifySignatures(bytes, text, readTrusted(flags.trust))
        if (result.ok)
          process.stdout.write(`${config}: SHA-256 ${configHash(bytes)}, signed by ${result.signed_by.join(', ')}\n`)
        else {
          process.stderr.write(`${config}: ${result.code} ${result.reason}\n`)
          process.exitCode = REFUSED
        }
      })
    })
}

/** @throws Error that names the file */
export const readTrusted = (files: readonly string[]): TrustedKey[] =>
  files.map((file) => {
    const key = readPublicKey(readFileSync(file, 'utf8'))
    if (typeof key === 'string') throw new Error(`${file}: ${key}`)
    return key
  })

/** What cannot be done at all: said in words, exit code 2. */
function attempt(place: string, act: () => void): void {
  try {
    act()
  } catch (cause) {
    process.stderr.write(`${place}: ${(cause as Error).message}\n`)
    process.exitCode = FAULTY
  }
}
