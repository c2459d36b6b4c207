import type { TagField } from '../../contracts/artifact.ts'
import type { ConfigText, HistoryReply } from '../../contracts/hmi-wire.ts'
import { isBad } from '../../contracts/status.ts'
import { createRing, type Ring } from '../model/ring.ts'
import type { TagStore } from '../model/tag-store.ts'

export type SeriesKey = `${string}.${TagField}`

/** The series that this page draws: recorded live, filled from history at first use and after a gap. */
export interface Trends {
  configure(config: ConfigText): void
  /** Starts recording a series if it is not yet. The series then stays: their number is bounded by what can be opened. */
  track(tag: string, field: TagField, span_ms: number): Ring
  /** The values stop being known here: no line may be drawn across. */
  gap(): void
  backfill(): void
  /** Rises once a second when something may have to be drawn anew. */
  readonly version: () => number
  subscribe(callback: () => void): () => void
}

interface Series {
  readonly tag: string
  readonly field: TagField
  readonly span_ms: number
  readonly ring: Ring
  filled: boolean
  /** Own samples older than this lie before a gap and are replaced by history; -Infinity: there was none. */
  own_from_ms: number
}

/** Points over a span: twice the pixels of the widest trend. */
const POINTS = 720
/** Series kept when faceplates are opened one after another: the oldest of them go first. */
const SERIES_MAX = 120
const KEYS_MAX = 16

export function createTrends(store: TagStore): Trends {
  let series = new Map<string, Series>()
  let version = 0
  let lastSample_ms = 0
  let drawn_ms = Number.NEGATIVE_INFINITY
  let artifact = ''
  let fetchTimer = 0
  const listeners = new Set<() => void>()
  const changed = () => {
    version++
    for (const callback of listeners) callback()
  }

  /** Once a second of plant time: unchanged values do not come again, so the store is read, not the message. */
  const sample = () => {
    const { t_ms } = store.scan()
    if (t_ms === 0 || (t_ms - lastSample_ms < 950 && t_ms >= lastSample_ms)) return
    lastSample_ms = t_ms
    for (const s of series.values()) {
      const reading = store.readings(s.tag)[s.field]
      const good =
        reading !== undefined && Number.isFinite(reading.value) && (!isBad(reading.status) || !hasQuality(s.field))
      s.ring.push(t_ms, good ? reading.value : Number.NaN)
    }
    // In scaled time a second of the plant is shorter: what is drawn keeps to the second of the viewer.
    if (performance.now() - drawn_ms < 900) return
    drawn_ms = performance.now()
    changed()
  }
  store.subscribeAll(sample)

  const backfill = () => {
    window.clearTimeout(fetchTimer)
    fetchTimer = window.setTimeout(() => void fill(), 150)
  }

  const fill = async () => {
    const now_ms = store.scan().t_ms
    const wanted = [...series.values()].filter((s) => !s.filled)
    if (now_ms === 0 || wanted.length === 0) return
    for (const group of batches(wanted)) {
      const { span_ms } = group[0]!
      const keys = group.map((s) => `${s.tag}.${s.field}`).join(',')
      const query = new URLSearchParams({
        tags: keys,
        from: String(Math.floor(now_ms - span_ms)),
        to: String(Math.ceil(now_ms)),
        points: String(POINTS),
      })
      try {
        const response = await fetch(`api/history?${query}`)
        if (!response.ok) continue
        const reply = (await response.json()) as HistoryReply
        for (const s of group) {
          const found = reply.series.find((r) => r.key === `${s.tag}.${s.field}`)
          if (found === undefined) continue
          const own = s.ring.read(s.own_from_ms)
          s.ring.clear()
          for (const [k, t_ms] of own.t_ms.entries()) s.ring.push(t_ms, own.values[k]!)
          s.ring.prepend(found.t_ms, found.mean)
          s.filled = true
        }
        changed()
      } catch {
        // No history is no fault of the live values: the trend shows what was seen since the page opened.
      }
    }
  }

  return {
    configure: (config) => {
      if (config.artifact === artifact) return
      artifact = config.artifact
      series = new Map()
      lastSample_ms = 0
      for (const display of config.displays) {
        for (const t of display.trends) for (const f of ['PV', 'SP'] as const) add(t.tag, f, t.span_min * 60_000)
        for (const tag of display.margins) add(tag, 'PV', 10 * 60_000)
      }
      changed()
    },
    track: add,
    gap: () => {
      for (const s of series.values()) {
        s.ring.push(store.scan().t_ms, Number.NaN)
        s.filled = false
        s.own_from_ms = store.scan().t_ms + 1
      }
      changed()
    },
    backfill,
    version: () => version,
    subscribe: (callback) => {
      listeners.add(callback)
      return () => void listeners.delete(callback)
    },
  }

  function add(tag: string, field: TagField, span_ms: number): Ring {
    const key = `${tag}.${field}/${span_ms}`
    const known = series.get(key)
    if (known !== undefined) return known.ring
    if (series.size >= SERIES_MAX) series.delete([...series.keys()][series.size >> 1]!)
    const s: Series = {
      tag,
      field,
      span_ms,
      ring: createRing(span_ms / POINTS, POINTS + 16),
      filled: false,
      own_from_ms: Number.NEGATIVE_INFINITY,
    }
    series.set(key, s)
    backfill()
    return s.ring
  }
}

/** One request asks for at most 16 series, all over the same span. */
function batches(wanted: readonly Series[]): Series[][] {
  const result: Series[][] = []
  for (const span_ms of new Set(wanted.map((s) => s.span_ms))) {
    const group = wanted.filter((s) => s.span_ms === span_ms)
    for (let k = 0; k < group.length; k += KEYS_MAX) result.push(group.slice(k, k + KEYS_MAX))
  }
  return result
}

/** Modes and tuning constants carry no status. */
const hasQuality = (field: TagField): boolean =>
  field === 'PV' || field === 'SP' || field === 'OUT' || field === 'READBACK'
