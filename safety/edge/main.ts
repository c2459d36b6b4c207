import './small-heap.ts'
import { readFileSync } from 'node:fs'
import type { SafetyProgramConfig } from './safety-config.ts'
import { type RunningSafety, startSafety } from './watchdog.ts'

/**
 * The watchdog. As a child of a supervisor: `configure` in, `ready` with ports out, and `processes` whenever the solver is
 * another one; when the channel closes the supervisor is gone, and both programs go too. On its own, for a plant: with a
 * file that holds the configuration of the programs, until SIGTERM.
 */
let running: RunningSafety | undefined
let begun = false
const end = async (code: number): Promise<void> => {
  setTimeout(() => process.exit(code), 2500).unref()
  await running?.close()
  process.exit(code)
}
const tell = (message: object): void => {
  if (process.connected) process.send?.(message)
}
const tellProcesses = (): void =>
  tell({ type: 'processes', processes: [{ name: 'safety solver', pid: running?.solver_pid ?? null }] })
const begin = (config: SafetyProgramConfig): void => {
  if (begun) return
  begun = true
  startSafety(config, tellProcesses).then(
    (safety) => {
      running = safety
      tell({ type: 'ready', ports: safety.ports })
      tellProcesses()
    },
    (cause: unknown) => {
      process.stderr.write(`safety: ${cause instanceof Error ? cause.message : String(cause)}\n`)
      process.exit(1)
    },
  )
}
const path = process.argv[2]
process.on('SIGTERM', () => void end(0))
if (path === undefined) {
  process.on('disconnect', () => void end(0))
  // Ctrl-C reaches the whole process group; the supervisor decides the order of the end.
  process.on('SIGINT', () => {})
  process.on('message', (message: { readonly type: string; readonly config: SafetyProgramConfig }) => {
    if (message.type === 'configure') begin(message.config)
  })
} else {
  process.on('SIGINT', () => void end(0))
  try {
    begin(JSON.parse(readFileSync(path, 'utf8')) as SafetyProgramConfig)
  } catch (cause) {
    process.stderr.write(`safety: ${path}: ${(cause as Error).message}\n`)
    process.exit(2)
  }
}
