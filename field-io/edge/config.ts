import { readFileSync } from 'node:fs'
import type { Artifact, Protocol } from '../../contracts/artifact.ts'
import { checkArtifact } from '../../protocols/edge/artifact-check.ts'

export interface FieldIoProgramConfig {
  readonly artifact_path: string
  /** Where the endpoints that the strategy names stand in this run: `plant:RIO-1` -> `127.0.0.1:4502`. */
  readonly endpoints: Readonly<Record<string, string>>
  /** Where relative paths of certificates begin; absent: the artifact's folder. */
  readonly strategy_dir?: string
  /** `host:port` of the conductor of a simulated plant; absent: time is the wall's. */
  readonly conductor?: string
  /** Port for controllers and gateway; 0: any. */
  readonly link_port: number
  readonly data_dir: string
  /** Public key that must have signed the artifact; absent: signatures are not asked for. */
  readonly trust_path?: string
  /** UDP port of 127.0.0.1 to which the safety system sends its snapshot; absent: this run has none, its points are Bad. */
  readonly sis_udp_port?: number
  /** Configuration file of the safety system: the ids behind the numbers of a snapshot. */
  readonly sis_config_path?: string
}

/** A configuration cannot be run as it stands: all that is wrong with it at once. */
export class FieldIoConfigFault extends Error {
  override readonly name = 'FieldIoConfigFault'
  readonly code = 'CFG_FIELD_IO'
}

export interface Prepared {
  readonly artifact: Artifact
  /** Per device where it stands: network A, and network B where it has one. */
  readonly endpoints: readonly (readonly string[])[]
}

const HOST = /^[^:/\s]+(:\d{1,5})?$/
const FORMS: Readonly<Record<Protocol, { readonly form: RegExp; readonly words: string }>> = {
  'modbus-tcp': { form: HOST, words: 'host:port' },
  'modbus-tls': { form: HOST, words: 'host:port' },
  'modbus-rtu-tcp': { form: HOST, words: 'host:port' },
  'modbus-rtu': { form: /^(?!plant:)\S+$/, words: 'a serial port, such as /dev/ttyUSB0' },
  opcua: { form: /^(?!plant:)\S+$/, words: 'opc.tcp://host:port' },
  sis: { form: /^sis$/, words: 'sis' },
}

/** @throws FieldIoConfigFault, ArtifactFault */
export function prepare(config: FieldIoProgramConfig): Prepared {
  const artifact = readArtifact(config.artifact_path, config.trust_path)
  const faults: string[] = []
  const endpoints = artifact.io.devices.map((device) => {
    const { form, words } = FORMS[device.protocol]
    const named = device.endpoint_b === undefined ? [device.endpoint] : [device.endpoint, device.endpoint_b]
    const paths = named.map((name) => config.endpoints[name] ?? name)
    paths.forEach((path, i) => {
      if (!form.test(path))
        faults.push(`${device.id}: endpoint '${named[i]}' is not ${words} and this run does not say where it is`)
    })
    if (device.watchdog !== undefined && device.watchdog.time_ms < 100)
      faults.push(
        `${device.id}: an output watchdog of ${device.watchdog.time_ms} ms holds for ever; give at least 100 ms`,
      )
    return paths
  })
  for (const output of artifact.io.outputs) {
    const device = artifact.io.devices[output.device]
    if (device !== undefined && device.watchdog === undefined && device.hold_signed_off === undefined)
      faults.push(`${output.point}: device ${device.id} has outputs but no watchdog, and nobody signed that off`)
  }
  if (faults.length > 0) throw new FieldIoConfigFault(`CFG_FIELD_IO:\n${faults.map((f) => `  ${f}`).join('\n')}`)
  return { artifact, endpoints }
}

function readArtifact(path: string, trust_path: string | undefined): Artifact {
  let artifact: Artifact
  try {
    artifact = JSON.parse(readFileSync(path, 'utf8')) as Artifact
  } catch (cause) {
    throw new FieldIoConfigFault(`CFG_FIELD_IO: ${path}: no artifact; build the strategy first`, { cause })
  }
  if (artifact.format !== 1)
    throw new FieldIoConfigFault(`CFG_FIELD_IO: ${path}: format ${artifact.format}, 1 is known`)
  checkArtifact(artifact, path, trust_path)
  return artifact
}
