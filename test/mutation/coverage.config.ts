// `npm run coverage:safety`: what the tests of the safety logic reach. The million scans of the gate are not needed for it.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['safety/core/**/*.test.ts', 'test/mutation/comparison.test.ts'],
    exclude: ['safety/core/evaluators.test.ts'],
    coverage: {
      enabled: true,
      provider: 'v8',
      include: ['safety/core/**/*.ts'],
      exclude: ['safety/core/**/*.test.ts', 'safety/core/testing/**'],
      reporter: ['text', 'json'],
      reportsDirectory: '.flyball/coverage',
    },
  },
})
