import { expect, test } from 'vitest'
import { powerRun } from './sis-power-run.ts'

test('[SIS-T11] 10 power cuts at random instants: outputs off each time, and off until somebody resets', async () => {
  const r = await powerRun(10, 1)
  process.stdout.write(
    `sis power: ${r.kills} cuts, ${r.energised} of them energised, longest to off ${r.worst_ms.toFixed(0)} ms\n`,
  )
  expect(r).toMatchObject({ kills: 10, wrong: 0 })
  expect(r.energised).toBeGreaterThan(1)
}, 180_000)
