import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Artifact } from '../../contracts/artifact.ts'

/** Where the simulated plant's OPC UA server stands, in the words of a strategy. */
export const PLANT_OPCUA = 'plant:opcua'

const pathIn = (data_dir: string): string => join(data_dir, 'plant-sim', 'opcua-password')

/** The simulated plant's password, made at its first start and kept for its owner alone. */
export function makePlantPassword(data_dir: string): string {
  const known = readPlantPassword(data_dir)
  if (known !== undefined) return known
  const made = randomBytes(18).toString('base64url')
  mkdirSync(join(data_dir, 'plant-sim'), { recursive: true })
  writeFileSync(pathIn(data_dir), made, { mode: 0o600 })
  return made
}

/** For a command that looks at the simulated plant beside field-io: its password, where the environment says none. */
export function lendPlantPassword({ io }: Pick<Artifact, 'io'>, data_dir: string): void {
  const user = io.devices.find((d) => d.protocol === 'opcua' && d.endpoint === PLANT_OPCUA)?.opcua?.user
  if (user === undefined || (process.env[user.password_env] ?? '') !== '') return
  const password = readPlantPassword(data_dir)
  if (password !== undefined) process.env[user.password_env] = password
}

function readPlantPassword(data_dir: string): string | undefined {
  try {
    return readFileSync(pathIn(data_dir), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}
