// Both evaluators on configurations by chance, from scan 0 on: short runs find what begins wrong, long ones what lasts too long.
import { expect, test } from 'vitest'
import { chance } from './testing/chance.ts'
import { compareFromScanZero } from './testing/edge-runs.ts'
import { randomConfig } from './testing/random-config.ts'
import { everything, oneFunction } from './testing/small-configs.ts'

test('[T6] 60 matrices by chance, 600 scans each', { timeout: 120_000 }, () => {
  const dice = chance(604)
  const wrong = Array.from({ length: 60 }, (_, i) => compareFromScanZero(randomConfig(dice), 31 + i * 7919, 600))
  expect(wrong.filter((x) => x !== undefined)).toEqual([])
})

test('[T6] 200 starts of three configurations, 24 scans each', { timeout: 120_000 }, () => {
  const configs = [
    everything,
    oneFunction({ startup: { start: 'RESET', stable_ms: 300, ms_max: 900 } }),
    randomConfig(chance(8)),
  ]
  const wrong = configs.flatMap((config) =>
    Array.from({ length: 200 }, (_, i) => compareFromScanZero(config, 17 + i * 104729, 24)),
  )
  expect(wrong.filter((x) => x !== undefined)).toEqual([])
})
