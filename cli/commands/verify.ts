/**
 * `flyball keygen` and `flyball verify`: who made an artifact, and whether it is still what was made.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Artifact } from '../../contracts/artifact.ts'
import { newKeys, type Signature, whyNot } from '../strategy/signature.ts'
import { FAULTY, summary } from './check.ts'

export function registerVerify(program: Command): void {
  program
    .command('keygen')
    .description('make a pair of keys: NAME.key signs and stays secret, NAME.pub verifies')
    .argument('<name>', 'path without ending')
    .action((name: string) => {
      const taken = [`${name}.key`, `${name}.pub`].find((path) => existsSync(path))
      if (taken !== undefined) {
        // A key that is overwritten is lost, and with it every signature.
        process.stderr.write(`${taken}: is there already\n`)
        process.exitCode = FAULTY
        return
      }
      try {
        const { privateKey, publicKey } = newKeys()
        writeFileSync(`${name}.key`, privateKey, { mode: 0o600, flag: 'wx' })
        writeFileSync(`${name}.pub`, publicKey, { flag: 'wx' })
        process.stdout.write(`${name}.key, ${name}.pub\n`)
      } catch (cause) {
        process.stderr.write(`${name}: ${(cause as Error).message}\n`)
        process.exitCode = FAULTY
      }
    })
  program
    .command('verify')
    .description('say whether an artifact is what was signed')
    .argument('<file>', 'the artifact; its signature is FILE.sig')
    .requiredOption('--key <file>', 'the public key')
    .action((file: string, flags: { readonly key: string }) => {
      const problem = problemOf(file, flags.key)
      if (problem === undefined) return
      process.stderr.write(`${problem}\n`)
      process.exitCode = FAULTY
    })
}

function problemOf(file: string, keyFile: string): string | undefined {
  let reading = file
  try {
    const artifact = JSON.parse(readFileSync(file, 'utf8')) as Artifact
    reading = `${file}.sig`
    const signature = JSON.parse(readFileSync(reading, 'utf8')) as Signature
    reading = keyFile
    const why = whyNot(artifact, signature, readFileSync(keyFile, 'utf8'))
    if (why !== undefined) return `${file}: ${why}`
    process.stdout.write(`${file}: signed by ${signature.key}, ${summary(artifact)}\n`)
    return undefined
  } catch (cause) {
    return `${reading}: ${(cause as Error).message}`
  }
}
