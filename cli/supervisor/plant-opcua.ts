/**
 * The OPC UA server of the simulated plant, where the strategy has a device at `plant:opcua`: its configuration, and the
 * introduction of plant and field-io to each other, which on a real site an engineer does (`flyball opcua trust`).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Artifact } from '../../contracts/artifact.ts'
import { addCertificate, listCertificates } from '../../field-io/edge/opcua-trust-store.ts'
import { OPCUA_RESOURCE } from '../../plant-sim/edge/opcua-board.ts'
import { makePlantPassword, PLANT_OPCUA } from './plant-password.ts'

export interface PlantOpcuaSide {
  /** Of plant-sim, at each of its starts. */
  config(ports: Readonly<Record<string, number>>): object
  /** For field-io, once the plant runs: where it is; its certificate is trusted from then on. */
  introduce(host: string, ports: Readonly<Record<string, number>>): Record<string, string>
}

/** Undefined where the strategy does not ask for it: then nothing of it is loaded. */
export function plantOpcua(artifact: Pick<Artifact, 'io'>, data_dir: string): PlantOpcuaSide | undefined {
  const device = artifact.io.devices.find((d) => d.protocol === 'opcua' && d.endpoint === PLANT_OPCUA)
  if (device === undefined) return undefined
  const user = device.opcua?.user
  // Both programs inherit it. Who wants to look with a client of their own sets it before the start.
  if (user !== undefined) process.env[user.password_env] ||= makePlantPassword(data_dir)
  const pki_dir = join(data_dir, 'plant-sim/pki')
  return {
    config: (ports) => ({
      opcua_port: ports['opcua'] ?? 0,
      opcua: { pki_dir, ...(user === undefined ? {} : { user }) },
    }),
    introduce(host, ports) {
      for (const { place, path } of listCertificates(join(pki_dir, 'server')))
        if (place === 'own') addCertificate(join(data_dir, 'field-io/pki'), 'trusted', readFileSync(path))
      return { [PLANT_OPCUA]: `opc.tcp://${host}:${ports['opcua']}${OPCUA_RESOURCE}` }
    },
  }
}
