/** What passes between field-io and its OPC UA thread. */
import type { OpcuaRecord } from '../../contracts/artifact.ts'
import type { LinkNode } from './opcua-link.ts'

export interface OpenMessage {
  readonly type: 'open'
  readonly key: number
  readonly device: string
  readonly urls: readonly string[]
  readonly record: OpcuaRecord
  readonly timeout_ms: number
  readonly pki_dir: string
  readonly nodes: readonly LinkNode[]
}

export type ToThread =
  | OpenMessage
  | { readonly type: 'read'; readonly key: number; readonly id: number; readonly nodes: readonly number[] }
  | {
      readonly type: 'write'
      readonly key: number
      readonly id: number
      /** Only by this server: another one has another state. */
      readonly server: 0 | 1
      readonly nodes: readonly number[]
      readonly values: Float64Array
      /** Wall clock of the monotonic kind: timeOrigin + now. */
      readonly until_ms: number
    }
  | { readonly type: 'close'; readonly key: number }

/** Parallel arrays: what the used server last said of `nodes`. */
export interface ReadingsPart {
  readonly nodes: readonly number[]
  readonly values: Float64Array
  readonly statuses: Uint16Array
  readonly source_ms: Float64Array
}

/** One server, A or B. */
export interface ServerHealth {
  readonly up: boolean
  /** ServiceLevel; -1 while it is not connected. */
  readonly level: number
  /** Why it is not connected, in words. */
  readonly why: string
  readonly requests: number
  readonly timeouts: number
  readonly connects: number
  readonly rtt_p50_ms: number
  readonly rtt_p99_ms: number
  /** Since the last good answer; -1: none yet. */
  readonly good_age_ms: number
}

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'up'; readonly key: number; readonly server: 0 | 1; readonly readings: ReadingsPart }
  | { readonly type: 'down'; readonly key: number; readonly why: string; readonly servers: readonly ServerHealth[] }
  | { readonly type: 'readings'; readonly key: number; readonly readings: ReadingsPart }
  | { readonly type: 'alive'; readonly key: number; readonly servers: readonly ServerHealth[] }
  | { readonly type: 'read'; readonly key: number; readonly id: number; readonly readings: ReadingsPart | undefined }
  | {
      readonly type: 'written'
      readonly key: number
      readonly id: number
      readonly ok: boolean
      readonly refusals: readonly string[]
      readonly readings: ReadingsPart | undefined
    }
  | { readonly type: 'note'; readonly key: number; readonly text: string }
