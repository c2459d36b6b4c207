import { createContext, useContext, useSyncExternalStore } from 'react'
import type { TagRecord } from '../../contracts/artifact.ts'
import { isStale, type Presentation, present } from '../model/quality.ts'
import type { Readings } from '../model/tag-store.ts'
import type { Station, StationState } from './station.ts'

export const StationContext = createContext<Station | null>(null)

export function useStation(): Station {
  const station = useContext(StationContext)
  if (station === null) throw new Error('StationContext is missing above this component')
  return station
}

/** One fact of the station: the component draws anew only when that fact changes. */
export function useStationState<T>(select: (state: StationState) => T): T {
  const station = useStation()
  return useSyncExternalStore(station.subscribe, () => select(station.state()))
}

/** Inputs are enabled only on live values. */
export function useOperable(): boolean {
  const station = useStation()
  return useSyncExternalStore(station.subscribe, station.operable)
}

export interface TagView {
  readonly record: TagRecord
  readonly readings: Readings
  /** The data are too old for this tag: nothing of it is current. */
  readonly stale: boolean
  readonly show: (field: keyof Readings, decimals: number) => Presentation
}

/** A tag with its newest readings; undefined where the configuration has no such tag. */
export function useTag(name: string): TagView | undefined {
  const station = useStation()
  const { store } = station
  useSyncExternalStore(
    (callback) => store.subscribe(name, callback),
    () => store.version(name),
  )
  const record = store.tag(name)
  const dataAge_ms = useStationState((s) => ageFor(s, record?.scan_ms ?? 0))
  if (record === undefined) return undefined
  const readings = store.readings(name)
  const stale = dataAge_ms > 0
  return {
    record,
    readings,
    stale,
    show: (field, decimals) => present(readings[field], { decimals, stale, dataAge_ms, scan_ms: store.scan().t_ms }),
  }
}

/**
 * Age of the data where it is too old for the scan period, else 0: a current tag is not drawn anew as time passes.
 * Once the connection or the scans are known to have stopped, no tag is current, however slow its own scan is.
 */
function ageFor(s: StationState, scan_ms: number): number {
  if (s.health === 'frozen') return Math.max(s.dataAge_ms, 3000)
  if (s.dataStopped) return Math.max(s.dataAge_ms, 1)
  return isStale(s.dataAge_ms, scan_ms) ? s.dataAge_ms : 0
}

/** Draws anew once a second of plant time. */
export function useTrendVersion(): number {
  const { trends } = useStation()
  return useSyncExternalStore(trends.subscribe, trends.version)
}
