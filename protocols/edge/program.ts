/**
 * A program of the system as a child of the supervisor.
 *
 * The supervisor sends `{ type: 'configure', config }` over the IPC channel; the program starts and answers
 * `{ type: 'ready', ports }`. When the channel closes, the supervisor is gone and the program ends too:
 * a killed supervisor leaves no process behind.
 */
export interface Running {
  /** Names and numbers of the ports this program listens on. */
  readonly ports: Readonly<Record<string, number>>
  close(): Promise<void>
}

export function runAsChild<Config>(name: string, start: (config: Config) => Promise<Running>): void {
  let running: Running | undefined
  const end = async (code: number): Promise<void> => {
    // A program that cannot close in 2 s is ended anyway: outputs are guarded by the devices' watchdogs.
    setTimeout(() => process.exit(code), 2000).unref()
    await running?.close()
    process.exit(code)
  }
  process.on('disconnect', () => void end(0))
  process.on('SIGTERM', () => void end(0))
  // Ctrl-C reaches the whole process group; the supervisor decides the order of the end.
  process.on('SIGINT', () => {})
  process.on('message', (message: { type: string; config: Config }) => {
    if (message.type !== 'configure' || running !== undefined) return
    start(message.config).then(
      (r) => {
        running = r
        process.send?.({ type: 'ready', ports: r.ports })
      },
      (cause: unknown) => {
        process.stderr.write(`${name}: ${cause instanceof Error ? cause.message : String(cause)}\n`)
        process.exit(1)
      },
    )
  })
}
