import { useSyncExternalStore } from 'react'
import type { Station } from '../link/station.ts'
import { useStation } from '../link/use-station.ts'
import { byRank, type Excursion, excursionOf } from '../model/limits.ts'

/** Values outside their limits, kept up with each scan. One watch per station, however many widgets ask. */
interface Watch {
  list: readonly Excursion[]
  readonly of: Map<string, Excursion>
  readonly listeners: Set<() => void>
}

const watches = new WeakMap<Station, Watch>()

export function useExcursions(): readonly Excursion[] {
  const watch = watchOf(useStation())
  return useSyncExternalStore(watch.subscribe, () => watch.list)
}

export function useExcursion(tag: string): Excursion | undefined {
  const watch = watchOf(useStation())
  return useSyncExternalStore(watch.subscribe, () => watch.of.get(tag))
}

function watchOf(station: Station): Watch & { subscribe: (callback: () => void) => () => void } {
  let watch = watches.get(station)
  if (watch === undefined) {
    watch = { list: [], of: new Map(), listeners: new Set() }
    const w = watch
    station.store.subscribeAll(() => scan(station, w))
    scan(station, w)
    watches.set(station, watch)
  }
  const w = watch as Watch & { subscribe: (callback: () => void) => () => void }
  w.subscribe ??= (callback) => {
    w.listeners.add(callback)
    return () => void w.listeners.delete(callback)
  }
  return w
}

function scan({ store }: Station, watch: Watch): void {
  const { t_ms } = store.scan()
  let changed = false
  const known = new Set<string>()
  for (const tag of store.tags()) {
    known.add(tag.tag)
    const before = watch.of.get(tag.tag)
    const after = excursionOf(tag, store.readings(tag.tag).PV, before, t_ms)
    if (before === after) continue
    changed = true
    if (after === undefined) watch.of.delete(tag.tag)
    else watch.of.set(tag.tag, after)
  }
  for (const name of watch.of.keys()) if (!known.has(name)) changed = watch.of.delete(name) || changed
  if (!changed) return
  watch.list = [...watch.of.values()].sort(byRank)
  for (const callback of watch.listeners) callback()
}
