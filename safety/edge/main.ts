import './small-heap.ts'
import type { SafetyProgramConfig } from './safety-config.ts'
import { type RunningSafety, startSafety } from './watchdog.ts'

/**
 * The watchdog as a child of whoever supervises: `configure` in, `ready` with ports out, and `processes` whenever the
 * solver is another one. When the channel closes the supervisor is gone, and both programs go too.
 */
let running: RunningSafety | undefined
let begun = false
const end = async (code: number): Promise<void> => {
  setTimeout(() => process.exit(code), 2500).unref()
  await running?.close()
  process.exit(code)
}
process.on('disconnect', () => void end(0))
process.on('SIGTERM', () => void end(0))
// Ctrl-C reaches the whole process group; the supervisor decides the order of the end.
process.on('SIGINT', () => {})
const tellProcesses = (): void => {
  const pid = running?.solver_pid
  if (process.connected) process.send?.({ type: 'processes', processes: [{ name: 'safety solver', pid: pid ?? null }] })
}
process.on('message', (message: { readonly type: string; readonly config: SafetyProgramConfig }) => {
  if (message.type !== 'configure' || begun) return
  begun = true
  startSafety(message.config, tellProcesses).then(
    (safety) => {
      running = safety
      process.send?.({ type: 'ready', ports: safety.ports })
      tellProcesses()
    },
    (cause: unknown) => {
      process.stderr.write(`safety: ${cause instanceof Error ? cause.message : String(cause)}\n`)
      process.exit(1)
    },
  )
})
