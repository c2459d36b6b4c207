import './small-heap.ts'
import { flushCompileCache } from 'node:module'
import { type RunningSolver, startSolver } from './solver-program.ts'
import type { FromSolver, ToSolver } from './watchdog.ts'

/** Child of the watchdog: configured by it, told on by it, and gone with it. */
const tell = (message: FromSolver): void => void process.send?.(message)

let running: RunningSolver | undefined
let started = false
process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('message', (message: ToSolver) => {
  if (message.type === 'stop') {
    // What is not on the disk in this time will not be.
    setTimeout(() => process.exit(0), 1000)
    void (running?.close() ?? Promise.resolve()).then(() => process.exit(0))
    return
  }
  if (started) return
  started = true
  startSolver(message.config, () => tell({ type: 'alive' })).then(
    (solver) => {
      running = solver
      tell({ type: 'ready', ...solver.ready })
      // It is killed rather than ended: what was compiled is kept now.
      flushCompileCache()
    },
    (cause: unknown) => {
      tell({ type: 'refused', reason: cause instanceof Error ? cause.message : String(cause) })
      process.disconnect()
    },
  )
})
