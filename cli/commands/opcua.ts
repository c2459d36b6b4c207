/**
 * `flyball opcua`: which OPC UA servers field-io trusts.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import {
  addCertificate,
  findCertificates,
  listCertificates,
  moveCertificate,
  type StoredCertificate,
} from '../../field-io/edge/opcua-trust-store.ts'
import { IoCommandFault } from '../io/io-fault.ts'
import { endpointMap, runPlace } from '../io/run-place.ts'
import { buildStrategy } from '../strategy-files.ts'
import { lendPlantPassword } from '../supervisor/plant-password.ts'
import { FAULTY, reportFaults } from './check.ts'

interface Flags {
  readonly data: string
  readonly pki?: string
}

export function registerOpcua(program: Command): void {
  const group = program.command('opcua').description('which OPC UA servers are trusted')
  const add = (usage: string, description: string, act: (pki_dir: string, what: string) => string): void => {
    group
      .command(usage)
      .description(description)
      .option('--pki <folder>', 'folder of the certificates, as an alarm names it')
      .option('--data <folder>', 'data folder of the system', process.env['FLYBALL_DATA'] ?? '.flyball')
      .action((...given: unknown[]) => {
        const command = given.pop() as Command
        const pki_dir = pkiOf(command.opts<Flags>())
        try {
          process.stdout.write(act(pki_dir, command.args[0] ?? ''))
        } catch (cause) {
          if (!(cause instanceof Error)) throw cause
          process.stderr.write(`${cause.message}\n`)
          process.exitCode = FAULTY
        }
      })
  }
  group
    .command('read')
    .description('read every OPC UA point of a strategy once, with the time of its sample; as field-io, and only reads')
    .argument('<strategy>', 'a folder, or a name under strategies/')
    .option('--pki <folder>', 'folder of the certificates, as an alarm names it')
    .option('--data <folder>', 'data folder of the running system', process.env['FLYBALL_DATA'] ?? '.flyball')
    .option('--endpoint <name=url>', 'where an endpoint stands; may be given more than once', several, [])
    .action(read)
  add('list', 'own certificate, trusted and rejected servers', list)
  add('trust <thumbprint>', 'accept a server that was rejected, or the certificate in a file', trust)
  add('reject <thumbprint>', 'accept a server no longer; it is left within seconds', reject)
  add('remove <thumbprint>', 'forget a rejected server', remove)
  add('own', 'the certificate to accept on the server', own)
}

const several = (text: string, before: readonly string[]): string[] => [...before, text]

async function read(strategy: string, flags: Flags & { readonly endpoint: readonly string[] }): Promise<void> {
  const built = await buildStrategy(strategy)
  if ('faults' in built) {
    reportFaults(built.faults)
    process.exitCode = FAULTY
    return
  }
  // The library of OPC UA takes half a second to load: not for the commands on files. Its own messages are for its makers.
  process.env['NODEOPCUA_LOG_LEVEL'] ??= '0'
  const { isWrong, readDevices, readText } = await import('../opcua/read-devices.ts')
  try {
    const endpoints = endpointMap(runPlace(flags.data), flags.endpoint, built.artifact)
    lendPlantPassword(built.artifact, flags.data)
    const reports = await readDevices(built.artifact, endpoints, pkiOf(flags))
    process.stdout.write(readText(reports, Date.now()))
    process.exit(reports.some(isWrong) ? 1 : 0)
  } catch (cause) {
    if (!(cause instanceof IoCommandFault)) throw cause
    process.stderr.write(`${cause.message}\n`)
    process.exitCode = FAULTY
  }
}

const pkiOf = (flags: Flags): string => resolve(flags.pki ?? join(flags.data, 'field-io/pki'))

function list(pki_dir: string): string {
  const all = listCertificates(pki_dir)
  if (all.length === 0) return `No certificates in ${pki_dir}: field-io makes its own at the first connection.\n`
  const now = new Date()
  return `${all.map((c) => `${c.place.padEnd(9)} ${c.thumbprint}  until ${day(c.valid_to)}${c.valid_to < now ? ' EXPIRED' : ''}  ${c.subject}  ${c.application_uri}`).join('\n')}\n`
}

function trust(pki_dir: string, what: string): string {
  if (existsSync(what)) {
    const added = addCertificate(pki_dir, 'trusted', readFileSync(what))
    return `trusted: ${added.thumbprint} ${added.subject}\n`
  }
  const found = one(pki_dir, 'rejected', what)
  moveCertificate(pki_dir, found, 'trusted')
  return `trusted: ${found.thumbprint} ${found.subject}\nfield-io connects to it within seconds.\n`
}

function reject(pki_dir: string, what: string): string {
  const found = one(pki_dir, 'trusted', what)
  moveCertificate(pki_dir, found, 'rejected')
  return `rejected: ${found.thumbprint} ${found.subject}\n`
}

function remove(pki_dir: string, what: string): string {
  const found = one(pki_dir, 'rejected', what)
  rmSync(found.path)
  return `removed: ${found.thumbprint} ${found.subject}\n`
}

function own(pki_dir: string): string {
  const found = listCertificates(pki_dir).find((c) => c.place === 'own')
  if (found === undefined)
    throw new Error(`No own certificate in ${pki_dir}: field-io makes it at the first connection.`)
  return `${found.path}\nthumbprint ${found.thumbprint}, ${found.application_uri}, valid until ${day(found.valid_to)}\n`
}

/** @throws Error in words where the beginning of the thumbprint fits none, or more than one. */
function one(pki_dir: string, place: 'trusted' | 'rejected', thumbprint: string): StoredCertificate {
  const found = findCertificates(pki_dir, place, thumbprint)
  if (found.length === 1) return found[0]!
  const known = listCertificates(pki_dir).filter((c) => c.place === place)
  const words = known.length === 0 ? 'none' : known.map((c) => `${c.thumbprint.slice(0, 12)} ${c.subject}`).join('; ')
  if (found.length === 0)
    throw new Error(`No ${place} certificate begins with '${thumbprint}' in ${pki_dir}. There are: ${words}`)
  throw new Error(`'${thumbprint}' fits ${found.length} certificates: give more of the thumbprint. There are: ${words}`)
}

const day = (date: Date): string => date.toISOString().slice(0, 10)
