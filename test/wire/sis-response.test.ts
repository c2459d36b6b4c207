import { expect, test } from 'vitest'
import { measureResponse } from './sis-response.ts'

test('[SIS-T9] 200 demands in RUN through real Modbus: the worst waits no longer than two scans and T_SF', async () => {
  const r = await measureResponse(200, 100, 1)
  process.stdout.write(
    `sis response: p50 ${r.p50_ms.toFixed(1)}, p99 ${r.p99_ms.toFixed(1)}, worst ${r.worst_ms.toFixed(1)} ms; empty loop p99 ${r.loop_p99_ms.toFixed(1)}, worst ${r.loop_worst_ms.toFixed(1)} ms\n`,
  )
  expect(r.demands).toBe(200)
  expect(r.missed).toBe(0)
  expect(r.restarts).toBe(0)
  expect(r.worst_ms).toBeLessThanOrEqual(r.bar_ms)
  // Half a scan and the exchange on average: more would be a scan that is waited for in vain.
  expect(r.p50_ms).toBeLessThan(150)
})
