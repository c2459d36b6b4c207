import { defineConfig } from 'vitest/config'

// Real-time projects run after the others, so that they have the machine to themselves.
const project = (name: string, include: string[], order: number, extra: object = {}) => ({
  test: {
    name,
    include,
    setupFiles: ['./test/setup.ts'],
    sequence: { groupOrder: order },
    expect: { requireAssertions: true },
    ...extra,
  },
})

const BY_THE_CLOCK = ['test/wire/{pair,kill,paths,torture,shared-line,sis-response}.test.ts']

export default defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    // Both cores: the default leaves one to the runner, which has nothing to do. Real-time projects take their files one by one.
    maxWorkers: 2,
    projects: [
      project(
        'unit',
        ['{contracts,numerics,protocols,controller,field-io,plant-sim,gateway,hmi,simulation,cli,safety}/**/*.test.ts'],
        0,
      ),
      project('tidy', ['test/tidy/**/*.test.ts'], 0, { testTimeout: 60_000 }),
      project('loops', ['test/loops/**/*.test.ts'], 0, { testTimeout: 120_000 }),
      project('world', ['test/world/**/*.test.ts'], 0, { testTimeout: 240_000 }),
      project('safety', ['test/safety/**/*.test.ts'], 0, { testTimeout: 120_000 }),
      // What waits for a peer shares the machine; what is judged by the clock has it to itself.
      project('wire', ['test/wire/**/*.test.ts'], 1, { testTimeout: 60_000, exclude: BY_THE_CLOCK }),
      project('wire-clock', BY_THE_CLOCK, 2, { testTimeout: 60_000, fileParallelism: false }),
      project('hmi', ['test/hmi/**/*.test.ts'], 3, {
        testTimeout: 120_000,
        hookTimeout: 60_000,
        fileParallelism: false,
      }),
      // The whole system with real processes: alone, so that its figures are its own.
      project('system', ['test/system/**/*.test.ts'], 4, {
        testTimeout: 120_000,
        hookTimeout: 60_000,
        fileParallelism: false,
      }),
    ],
  },
})
