// `npm run coverage:safety`: what the tests of the safety logic reach.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['safety/core/**/*.test.ts', 'test/mutation/comparison.test.ts'],
    testTimeout: 300_000,
    coverage: {
      enabled: true,
      provider: 'v8',
      include: ['safety/core/**/*.ts'],
      exclude: ['safety/core/**/*.test.ts', 'safety/core/testing/**', 'safety/core/channel/testing/**'],
      reporter: ['text', 'json'],
      reportsDirectory: '.flyball/coverage',
    },
  },
})
