// The tests that judge a mutant: those that are fast. The million scans of the gate stand back for the shorter comparison
// beside this file; the tests of the plant's file and of power cycles run the same code at greater length.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['safety/core/{overrides,scan-zero,solver,edge-runs,sequence,guards}.test.ts'],
    exclude: ['evaluators', 'tennessee-eastman', 'snapshot'].map((name) => `safety/core/${name}.test.ts`),
    testTimeout: 60_000,
    watch: false,
  },
})
