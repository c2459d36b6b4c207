/** Writes the table of live risk beside a run, where a calculation belongs to the configuration. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { liveTable } from '../../safety/proof/live-table.ts'
import { loadConfig } from './load-config.ts'
import { readSilFile } from './read-sil-file.ts'

/** True where it was written. A display without it says that there is none; a run never fails for it. */
export function writeLiveTable(config_path: string, sil_path: string, out: string): boolean {
  // One of another configuration would be worse than none.
  rmSync(out, { force: true })
  if (!existsSync(sil_path)) return false
  const loaded = loadConfig(config_path)
  const sil = readSilFile(sil_path)
  if ('faults' in loaded || 'faults' in sil) return false
  writeFileSync(out, `${JSON.stringify(liveTable(loaded.config, loaded.hash, sil.project), null, 1)}\n`)
  return true
}
