/** What the safety programs are started with: files and places, nothing that the logic judges with. */
import type { ConfigFiles } from './load-config.ts'
import type { Target } from './snapshot-sender.ts'

export interface SafetyProgramConfig extends ConfigFiles {
  /** Journal, proof tests, lock: the safety system's own folder. */
  readonly data_dir: string
  /** `host:port` of the I/O device. */
  readonly device: string
  /** The same device by another network; taken when the connection by the first fails, and the other way round. */
  readonly device_b?: string
  readonly unit?: number
  /** `host:port` of the simulated plant's line; needed in SIMULATION, refused in RUN. */
  readonly bench?: string
  /** Who gets the snapshot. */
  readonly targets: readonly Target[]
  /** The line for requests; absent: nothing listens. The file holds the secret of the link. */
  readonly write?: { readonly host: string; readonly port: number; readonly key_path: string }
  /** Set by the watchdog at a start of the solver: how often it was started again, and why the last time. */
  readonly restarts?: number
  readonly why?: string
}

/** `host:port`. */
export function placeOf(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) }
}
