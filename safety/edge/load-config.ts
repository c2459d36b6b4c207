/**
 * The configuration as it stands in the files at this moment: read once, judged, signed by two roles, and frozen.
 *
 * There is no other way in: a running solver takes no configuration. What is not in order is refused with every
 * reason at once.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { checkConfig } from '../core/check-config.ts'
import type { SisConfig } from '../core/config.ts'
import { SafetyFault } from './safety-fault.ts'
import { readPublicKey, type TrustedKey, verifySignatures } from './signature.ts'

export interface ConfigFiles {
  readonly config_path: string
  /** Absent: the configuration's path with `.sig`. */
  readonly signature_path?: string
  /** Public keys whose signatures count here, as files. */
  readonly trusted_keys: readonly string[]
}

export interface LoadedConfig {
  readonly config: SisConfig
  /** SHA-256 of the bytes, hex. */
  readonly hash: string
  readonly signed_by: readonly string[]
  /** What the check warned of. */
  readonly warnings: readonly string[]
}

/** @throws SafetyFault with the code of the first fault; all stand in the message */
export function loadConfig(files: ConfigFiles): LoadedConfig {
  const { config_path } = files
  const bytes = readBytes(config_path)
  const keys: TrustedKey[] = files.trusted_keys.map((path) => {
    const key = readPublicKey(readBytes(path).toString('utf8'))
    if (typeof key === 'string') throw new SafetyFault('SIS_TRUST_KEY', path, key, 'give a file of flyball sis keygen')
    return key
  })
  // Who signed is asked before what was signed: nothing of an unsigned file is looked at.
  const signed = verifySignatures(bytes, readSignatures(files.signature_path ?? `${config_path}.sig`), keys)
  if (!signed.ok) throw new SafetyFault(signed.code, config_path, signed.reason, 'have it signed by both roles')
  const config = parse(bytes, config_path)
  let faults: ReturnType<typeof checkConfig>
  try {
    faults = checkConfig(config)
  } catch (cause) {
    throw new SafetyFault(
      'SIS_CONFIG',
      config_path,
      `not the shape of one (${(cause as Error).message})`,
      'flyball sis check',
    )
  }
  const errors = faults.filter((f) => f.severity === 'error')
  if (errors.length > 0)
    throw new SafetyFault(
      errors[0]!.code,
      config_path,
      errors.map((f) => `${f.code} ${f.path}: ${f.message}`).join('\n'),
      'flyball sis check says where each of them stands',
    )
  return {
    config: freeze(config),
    hash: createHash('sha256').update(bytes).digest('hex'),
    signed_by: signed.signed_by,
    warnings: faults.map((f) => `${f.code} ${f.path}: ${f.message}`),
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new SafetyFault('SIS_FILE', path, (cause as Error).message, 'the file must be there and readable')
  }
}

/** No file is no signature; a file that cannot be read is none either. */
function readSignatures(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function parse(bytes: Buffer, path: string): SisConfig {
  try {
    return JSON.parse(bytes.toString('utf8')) as SisConfig
  } catch (cause) {
    throw new SafetyFault('SIS_CONFIG', path, (cause as Error).message, 'flyball sis check')
  }
}

/** What is judged with is not changed by mistake: frozen all the way down. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const each of Object.values(value)) freeze(each)
  }
  return value
}
