// The tests a mutant must survive. The million scans of the gate stand back for the shorter comparison beside this file.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['safety/core/**/*.test.ts', 'test/mutation/comparison.test.ts'],
    exclude: ['safety/core/evaluators.test.ts'],
    watch: false,
  },
})
