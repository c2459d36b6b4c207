// What the comparison of the two evaluators catches by itself: random streams, no other expectation.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['safety/core/edge-runs.test.ts', 'test/mutation/comparison.test.ts'],
    testTimeout: 120_000,
    watch: false,
  },
})
