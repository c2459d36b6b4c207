import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const HMI = resolve(import.meta.dirname, '../../hmi')

/** The built pages, built anew when a source is younger: a test of yesterday's bundle would prove nothing. */
export async function builtPages(): Promise<string> {
  const dist = join(HMI, 'dist')
  const index = join(dist, 'index.html')
  const built_ms = existsSync(index) ? statSync(index).mtimeMs : 0
  if (newest_ms(HMI) > built_ms) await build({ root: HMI, configFile: join(HMI, 'vite.config.ts'), logLevel: 'error' })
  return dist
}

function newest_ms(directory: string): number {
  let newest = 0
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name.endsWith('.test.ts')) continue
    const path = join(directory, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newest_ms(path) : statSync(path).mtimeMs)
  }
  return newest
}
