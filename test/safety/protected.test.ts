// The hazard table with the safety system in service; the whole: npm run oracles -- --only shutdown-protected.
import { expect, test } from 'vitest'
import { loadSisPlant } from '../../cli/sis/test-plant.ts'
import { hazardsOf } from '../../simulation/sis/hazards.ts'
import { damaged, protectedRow, strategyRow } from '../oracles/tep-protected.ts'
import type { HazardName } from '../oracles/tep-shutdown.ts'

const plant = await loadSisPlant('tennessee-eastman')
if ('wrong' in plant) throw new Error(plant.wrong.join('\n'))
const { config } = plant

// First function and its time, from the crossing of its set point in the table of requirements 5.2 (S3: a tenth of the flow's way, and 5 s).
test.each<[HazardName, string, number, number]>([
  ['Reactor CW fails shut', 'S3', 15, 1800],
  ['A/C feed wide open', 'S1', 283, 300],
  ['Reactor CW wide open', 'S1', 272, 300],
  ['Recycle valve wide open', 'S1', 121, 300],
  ['Sep. liquid valve open', 'S7', 249, 300],
  ['Stripper product open', 'S9', 265, 300],
  ['Stripper product shut', 'S8', 325, 300],
])('[SHUTDOWN-30] %s: %s near %d s, every quantity inside its limits for %d s', (name, cause, at_s, after_s) => {
  const row = protectedRow(config, name, { after_s, never_s: 600 })
  expect(row.trips[0]!.cause).toBe(cause)
  expect(Math.abs(row.trips[0]!.at_s - at_s)).toBeLessThan(12)
  expect([damaged(row), row.events]).toEqual([false, []])
  for (const e of row.extremes) {
    expect([e.name, e.most < e.limit_hi]).toEqual([e.name, true])
    expect([e.name, e.least > e.limit_lo]).toEqual([e.name, true])
  }
})

test("[SHUTDOWN-31] the worst row of mode 1 under the product's strategy: 3000 kPa are not reached", () => {
  const recycle = hazardsOf(config.id).find((h) => h.name === 'Recycle valve wide open')!
  const row = strategyRow(plant, 'mode1', recycle, { after_s: 300, never_s: 600 })
  expect(row.trips[0]!.cause).toBe('S1')
  expect(row.extremes[0]!.most).toBeLessThan(3000)
  expect(damaged(row)).toBe(false)
})
