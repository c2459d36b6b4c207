// The response, part by part, against the sum that the solver refuses by, and against sums by hand.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { responseTime } from '../core/check-config.ts'
import type { SisConfig } from '../core/config.ts'
import { faultReaction, slowestWay } from './response.ts'

const config: SisConfig = JSON.parse(
  readFileSync(join(import.meta.dirname, '../config/tennessee-eastman.json'), 'utf8'),
)

test('[R-2.5] the parts add up to what the solver computes, for every function', () => {
  for (const s of config.sifs) expect(slowestWay(config, s)!.total_ms).toBe(responseTime(config, s.causes, s.effects))
})

test('[R-2.5] the parts of S1 and S3, by hand', () => {
  const [s1, s3] = ['SIF-S1', 'SIF-S3'].map((id) => slowestWay(config, config.sifs.find((s) => s.id === id)!))
  // Sensor 0.5 s, T_SF 1 s, two scans of 0.1 s, stroke 4 s; S3 waits 5 s for its vote to stand.
  expect(s1).toMatchObject({
    sensor_ms: 500,
    network_ms: 1000,
    scans_ms: 200,
    delay_ms: 0,
    valve_ms: 4000,
    total_ms: 5700,
  })
  expect(s3).toMatchObject({ delay_ms: 5000, total_ms: 10_700 })
})

test('[R-2.5] delays of cell, effect and output count, and the slowest element decides', () => {
  const slow = structuredClone(config) as unknown as {
    matrix: Record<string, unknown>[]
    effects: Record<string, unknown>[]
    elements: Record<string, unknown>[]
  }
  slow.matrix[1]!['delay_ms'] = 3000
  slow.effects[1]!['delay_ms'] = 2000
  slow.elements[4]!['delay_ms'] = 700
  const way = slowestWay(slow as unknown as SisConfig, config.sifs[0]!)!
  expect(way).toMatchObject({ effect: 'BLOWDOWN', element: 'BDV-9', delay_ms: 5700, total_ms: 11_400 })
  expect(responseTime(slow as unknown as SisConfig, ['S1'], config.sifs[0]!.effects)).toBe(11_400)
})

test('[R-2.5] when the solver fails, the longer of T_SF and the watchdog of the drop, and the stroke', () => {
  expect(faultReaction(config, config.sifs[0]!)).toBe(2000 + 4000)
})
