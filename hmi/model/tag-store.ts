import type { TagField, TagRecord } from '../../contracts/artifact.ts'
import type { ConfigText, ValueMessage } from '../../contracts/hmi-wire.ts'
import { isBad, STATUS } from '../../contracts/status.ts'
import { unitText } from './unit-text.ts'

/** One published value as it stands in the store. */
export interface Reading {
  /** NaN: never received. */
  readonly value: number
  readonly status: number
  /** False while this page has never seen a usable value: then there is nothing to show in italics either. */
  readonly everUsable: boolean
  /** Time of the scan at which the status last changed, ms since 1970. */
  readonly statusSince_ms: number
}

export type Readings = Readonly<Partial<Record<TagField, Reading>>>

/**
 * The newest values of the plant, one subscription per tag.
 *
 * A message of one scan is applied whole before anybody is told, so that no widget draws half a scan. `version` of a
 * tag rises only when one of its fields changes: that is what a widget watches.
 */
export interface TagStore {
  configure(config: ConfigText): void
  apply(message: ValueMessage): void
  readonly tags: () => readonly TagRecord[]
  readonly tag: (name: string) => TagRecord | undefined
  readonly readings: (name: string) => Readings
  readonly version: (name: string) => number
  /** (epoch, n) and time of the newest scan on this screen. */
  readonly scan: () => { readonly epoch: number; readonly n: number; readonly t_ms: number }
  /** Calls back after each scan that touched the tag. Returns the way out. */
  subscribe(name: string, callback: () => void): () => void
  /** Calls back after each scan, and after a configuration. */
  subscribeAll(callback: () => void): () => void
}

export function createTagStore(): TagStore {
  let tags: readonly TagRecord[] = []
  let byName = new Map<string, TagRecord>()
  /** Tags that show published value i. */
  let users: string[][] = []
  let values = new Float64Array(0)
  let statuses = new Uint16Array(0)
  let usable = new Uint8Array(0)
  let since_ms = new Float64Array(0)
  let scan = { epoch: 0, n: 0, t_ms: 0 }
  let artifact = ''
  const versions = new Map<string, number>()
  const cached = new Map<string, { version: number; readings: Readings }>()
  const listeners = new Map<string, Set<() => void>>()
  const all = new Set<() => void>()

  const tell = (names: Iterable<string>) => {
    for (const name of names) {
      versions.set(name, (versions.get(name) ?? 0) + 1)
      for (const callback of listeners.get(name) ?? []) callback()
    }
    for (const callback of all) callback()
  }

  const configure = (config: ConfigText) => {
    // The same artifact after a reconnection keeps its values: they are frozen, not forgotten.
    if (config.artifact === artifact && config.published === values.length) return
    artifact = config.artifact
    tags = config.tags.map(readable)
    byName = new Map(tags.map((t) => [t.tag, t]))
    values = new Float64Array(config.published).fill(Number.NaN)
    statuses = new Uint16Array(config.published).fill(STATUS.badNotConnected)
    usable = new Uint8Array(config.published)
    since_ms = new Float64Array(config.published)
    users = Array.from({ length: config.published }, () => [])
    for (const t of tags) for (const i of Object.values(t.fields)) users[i]?.push(t.tag)
    scan = { epoch: 0, n: 0, t_ms: 0 }
    tell(byName.keys())
  }

  const apply = (m: ValueMessage) => {
    // Order is (epoch, n): a late message of an older scan must not overwrite a newer one.
    const older = m.epoch < scan.epoch || (m.epoch === scan.epoch && m.n < scan.n)
    if (older && !m.snapshot) return
    const touched = new Set<string>()
    for (let k = 0; k < m.indices.length; k++) {
      const i = m.indices[k]!
      if (i >= values.length) continue
      const status = m.statuses[k]!
      if (Object.is(values[i], m.values[k]) && statuses[i] === status && since_ms[i] !== 0) continue
      if (statuses[i] !== status || since_ms[i] === 0) since_ms[i] = m.t_ms
      values[i] = m.values[k]!
      statuses[i] = status
      if (Number.isFinite(m.values[k]!) && (!isBad(status) || lastUsable(status))) usable[i] = 1
      for (const name of users[i]!) touched.add(name)
    }
    scan = { epoch: m.epoch, n: m.n, t_ms: m.t_ms }
    tell(touched)
  }

  const readings = (name: string): Readings => {
    const version = versions.get(name) ?? 0
    const hit = cached.get(name)
    if (hit !== undefined && hit.version === version) return hit.readings
    const result: Partial<Record<TagField, Reading>> = {}
    for (const [field, i] of Object.entries(byName.get(name)?.fields ?? {}) as [TagField, number][])
      result[field] = {
        value: values[i] ?? Number.NaN,
        status: statuses[i] ?? STATUS.badNotConnected,
        everUsable: usable[i] === 1,
        statusSince_ms: since_ms[i] ?? 0,
      }
    cached.set(name, { version, readings: result })
    return result
  }

  const subscribe = (name: string, callback: () => void) => {
    let set = listeners.get(name)
    if (set === undefined) {
      set = new Set()
      listeners.set(name, set)
    }
    set.add(callback)
    return () => void set.delete(callback)
  }
  const subscribeAll = (callback: () => void) => {
    all.add(callback)
    return () => void all.delete(callback)
  }

  return {
    configure,
    apply,
    tags: () => tags,
    tag: (name) => byName.get(name),
    readings,
    version: (name) => versions.get(name) ?? 0,
    scan: () => scan,
    subscribe,
    subscribeAll,
  }
}

/** The same tag with units in the signs an operator reads: once here, so that no widget shows another. */
const readable = (t: TagRecord): TagRecord => ({
  ...t,
  eu: unitText(t.eu),
  ...(t.out === undefined ? {} : { out: { ...t.out, eu: unitText(t.out.eu) } }),
})

const lastUsable = (status: number): boolean => (status & 0xfc) === STATUS.badNoCommLastUsable
