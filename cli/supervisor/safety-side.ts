/**
 * What the supervisor prepares for the safety system of a simulated plant, where the plant has one: two free ports
 * for its snapshot, the key of the line for requests, and signatures.
 *
 * A configuration that is signed beside its file by keys in the data folder's `safety/trust` runs as such. Where
 * nobody has put keys there, this machine makes a pair for the demonstration and signs with both roles: the names say
 * so on every display.
 */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addSignature, newSigner } from '../../safety/edge/sign.ts'
import { readPublicKey, type TrustedKey, verifySignatures } from '../../safety/edge/signature.ts'
import { writeLiveTable } from '../sis/write-live-table.ts'

export interface SafetySide {
  /** Who signs, in a sentence for the terminal, where nobody has; "" where people have. */
  readonly notice: string
  /** Of the safety programs, at each of their starts. */
  config(ports: Readonly<Record<string, number>>, device: string, device_b: string, bench: string): object
  /** For the gateway and for field-io; `write_port` once the safety programs run. */
  readonly for_gateway: (write_port: number | undefined) => object
  readonly for_field_io: object
}

const HOST = '127.0.0.1'
const DEMONSTRATION = 'demonstration key, made by this machine: nobody has signed'

/** Undefined where no configuration belongs to the plant. */
export async function safetySide(root: string, data_dir: string, plant: string): Promise<SafetySide | undefined> {
  const config_path = join(root, 'safety/config', `${plant}.json`)
  if (!existsSync(config_path)) return undefined
  const folder = join(data_dir, 'safety')
  mkdirSync(folder, { recursive: true })
  const key_path = join(folder, 'write.key')
  if (!existsSync(key_path)) writeFileSync(key_path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  const signatures = signaturesOf(config_path, folder)
  const live_table_path = join(folder, 'live-table.json')
  writeLiveTable(config_path, join(root, 'safety/sil/examples', `${plant}.sil.yaml`), live_table_path)
  const [gateway, field_io] = await freeUdpPorts(2)
  return {
    notice: signatures.demonstration
      ? `safety: ${plant}.json is signed by a demonstration key that this machine made: nobody has checked it, nobody has signed`
      : '',
    config: (ports, device, device_b, bench) => ({
      config_path,
      signature_path: signatures.signature_path,
      trusted_keys: signatures.trusted_keys,
      data_dir: folder,
      device,
      device_b,
      bench,
      targets: [
        { host: HOST, port: gateway },
        { host: HOST, port: field_io },
      ],
      write: { host: HOST, port: ports['write'] ?? 0, key_path },
    }),
    for_gateway: (write_port) => ({
      sis: {
        udp_port: gateway,
        config_path,
        live_table_path,
        ...(write_port === undefined ? {} : { write: { host: HOST, port: write_port, key_path } }),
      },
    }),
    for_field_io: { sis_udp_port: field_io, sis_config_path: config_path },
  }
}

interface Signatures {
  readonly signature_path: string
  readonly trusted_keys: readonly string[]
  readonly demonstration: boolean
}

/** Signature file and trusted keys: those of people where there are such keys, else of the demonstration. */
function signaturesOf(config_path: string, folder: string): Signatures {
  const trust = join(folder, 'trust')
  const real = existsSync(trust) ? readdirSync(trust).filter((name) => name.endsWith('.pub')) : []
  // Once somebody has installed keys the demonstration is over: what they have not signed does not run.
  if (real.length > 0)
    return {
      signature_path: `${config_path}.sig`,
      trusted_keys: real.sort().map((name) => join(trust, name)),
      demonstration: false,
    }
  const demonstration = join(folder, 'demonstration')
  mkdirSync(demonstration, { recursive: true })
  const keys = (['designer', 'approver'] as const).map((role) => keyOf(demonstration, role))
  const signature_path = join(demonstration, 'configuration.sig')
  const bytes = readFileSync(config_path)
  const before = existsSync(signature_path) ? readFileSync(signature_path, 'utf8') : ''
  const trusted = keys
    .map(({ public_text }) => readPublicKey(public_text))
    .filter((k): k is TrustedKey => typeof k !== 'string')
  if (!verifySignatures(bytes, before, trusted).ok) {
    let text = ''
    for (const { private_text } of keys) text = addSignature(bytes, text, private_text)
    writeFileSync(signature_path, text)
  }
  return { signature_path, trusted_keys: keys.map(({ public_path }) => public_path), demonstration: true }
}

function keyOf(folder: string, role: string): { public_path: string; public_text: string; private_text: string } {
  const public_path = join(folder, `${role}.pub`)
  const private_path = join(folder, `${role}.key`)
  if (!existsSync(public_path) || !existsSync(private_path)) {
    const made = newSigner(role, DEMONSTRATION)
    writeFileSync(private_path, made.private_text, { mode: 0o600 })
    writeFileSync(public_path, made.public_text)
  }
  return {
    public_path,
    public_text: readFileSync(public_path, 'utf8'),
    private_text: readFileSync(private_path, 'utf8'),
  }
}

/** Ports that were free a moment ago, all different: taken together, then let go. */
async function freeUdpPorts(count: number): Promise<number[]> {
  const sockets = Array.from({ length: count }, () => createSocket('udp4'))
  await Promise.all(sockets.map((s) => new Promise<void>((done, fail) => s.once('error', fail).bind(0, HOST, done))))
  const ports = sockets.map((s) => s.address().port)
  await Promise.all(sockets.map((s) => new Promise<void>((done) => s.close(() => done()))))
  return ports
}
