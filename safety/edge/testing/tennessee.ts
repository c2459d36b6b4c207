/** The configuration of the simulator, and the same for a plant. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SisConfig } from '../../core/config.ts'

export const CONFIG_PATH = join(import.meta.dirname, '../../config/tennessee-eastman.json')

export const tennessee = (change: Partial<SisConfig> = {}): SisConfig => ({
  ...(JSON.parse(readFileSync(CONFIG_PATH, 'utf8')) as SisConfig),
  ...change,
})
