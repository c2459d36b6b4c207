// Starts the comparisons under the pinned Node, through the same small launcher as every program.
process.argv.splice(2, 0, new URL('main.ts', import.meta.url).pathname)
await import('../../cli/launch.mjs')
