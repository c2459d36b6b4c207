/**
 * Both controllers publish every scan; the operator sees the newest, and every event once.
 *
 * Newest is by (epoch, n), never by n alone and never by arrival. Events are keyed (epoch, n, ordinal): both
 * controllers make the same events, and n is used again in the next epoch. Events of an older scan still count
 * when its other copy was lost on the way.
 */
import { compareTicks, type ScanEvent, type TagFrame, type TickId } from '../../contracts/frame.ts'

/** Events whose keys are remembered; what is older than the oldest of them counts as seen. */
export const EVENT_KEYS_MAX = 4096

export interface ScanSelection {
  newest: TickId
  readonly keys: Set<string>
  /** Everything at or before this tick has left the memory. */
  horizon: TickId
}

export const createSelection = (): ScanSelection => ({
  newest: { epoch: 0, n: -1 },
  keys: new Set(),
  horizon: { epoch: 0, n: -1 },
})

export interface Selected {
  /** This scan is newer than all before: its values are the operator's picture. */
  readonly newest: boolean
  /** The events of this scan that were not seen before, in their order. */
  readonly events: readonly ScanEvent[]
}

export function offerScan(s: ScanSelection, frame: TagFrame): Selected {
  const newest = compareTicks(frame, s.newest) > 0
  if (newest) s.newest = { epoch: frame.epoch, n: frame.n }
  const events: ScanEvent[] = []
  if (compareTicks(frame, s.horizon) > 0) {
    for (const event of frame.events) {
      const key = `${frame.epoch}.${frame.n}.${event.ordinal}`
      if (s.keys.has(key)) continue
      s.keys.add(key)
      events.push(event)
    }
    forget(s)
  }
  return { newest, events }
}

function forget(s: ScanSelection): void {
  for (const key of s.keys) {
    if (s.keys.size <= EVENT_KEYS_MAX) return
    s.keys.delete(key)
    const [epoch, n] = key.split('.').map(Number) as [number, number, number]
    // The events of a scan come all at once, so none of the forgotten scan can still be on its way for the first time.
    const tick = { epoch, n }
    if (compareTicks(tick, s.horizon) > 0) s.horizon = tick
  }
}
