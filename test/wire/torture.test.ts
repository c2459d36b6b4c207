// The short form of `npm run campaign -- soak`: every fault once or twice, on real sockets and real processes.
import { expect, test } from 'vitest'
import { soak } from '../campaign/soak/soak.ts'

test('[torture 1 to 6] devices are reset, absent, mute, late, torn, wrong; behind a gateway and on a bus one is dead for ever: nothing is falsely Good, zeroed, or slow to return, and the others go on', async () => {
  const s = await soak({ seconds: 27, tick_ms: 400, seed: 2, log: () => {} })
  expect(s.faults).toBeGreaterThanOrEqual(9)
  expect({ falsely_good: s.falsely_good, zeroed: s.zeroed, restarts: s.restarts }).toEqual({
    falsely_good: 0,
    zeroed: 0,
    restarts: 0,
  })
  expect(s.bad_after_ms).toBeLessThanOrEqual(s.bad_allowed_ms)
  expect(s.good_after_ms).toBeLessThanOrEqual(s.good_allowed_ms)
  expect(s.healthy).toBeGreaterThanOrEqual(0.95)
}, 90_000)
