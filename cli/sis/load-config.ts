/** A safety configuration on disk: its bytes, its hash, and what stands in it, or every fault with line and column. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { SisConfig } from '../../safety/core/config.ts'
import type { FileFault } from '../../safety/proof/json-source.ts'
import { fileFaultText, readConfig } from '../../safety/proof/read-config.ts'
import type { SilSource } from '../../safety/sil/sil-source.ts'

export interface LoadedConfig {
  /** As the user named it. */
  readonly file: string
  readonly bytes: Uint8Array
  /** SHA-256 of the bytes, hex. */
  readonly hash: string
  readonly config: SisConfig
  readonly tree: SilSource
  /** Text of FILE.sig; '' where there is none. */
  readonly signature: string
}

/** @param file - a path, or the name of a configuration under safety/config */
export function loadConfig(file: string): LoadedConfig | { readonly faults: readonly FileFault[] } {
  const path = existsSync(file) || file.includes('/') ? file : `${FOLDER}${file.replace(/\.json$/, '')}.json`
  let bytes: Uint8Array
  let text: string
  try {
    bytes = readFileSync(path)
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const at = { file: path, line: 0, column: 0 }
    const found = (cause as Error).message
    return { faults: [{ code: 'CFG_UNREADABLE_FILE', at, found, expected: 'a readable UTF-8 text' }] }
  }
  const read = readConfig(path, text)
  if ('faults' in read) return read
  const hash = createHash('sha256').update(bytes).digest('hex')
  const signature = existsSync(`${path}.sig`) ? readFileSync(`${path}.sig`, 'utf8') : ''
  return { file: path, bytes, hash, ...read, signature }
}

const FOLDER = 'safety/config/'

/** One line a fault, and how many, on standard error. */
export function reportFileFaults(faults: readonly FileFault[]): void {
  for (const fault of faults) process.stderr.write(`${fileFaultText(fault)}\n`)
  process.stderr.write(`${faults.length} fault${faults.length === 1 ? '' : 's'}\n`)
}
