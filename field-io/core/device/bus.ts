/**
 * Who speaks next where several devices share one connection or bus.
 *
 * The earliest deadline goes first, and of one unit one request at a time. Probes of devices that have failed give way: each may
 * cost a time-out in which nobody else is heard. On a line for one request at a time one of them runs, then none for a while: two
 * time-outs where the line has time to spare, nineteen where others came late, so that all dead units of a bus together cost the
 * living ones at most a twentieth of their rate.
 */
export interface BusOptions {
  /** Requests under way at once. */
  readonly places: number
  readonly timeout_ms: number
  /** Frames carry no number: a unit that timed out is not asked before a late answer would have come. */
  readonly rests: boolean
}

export interface BusAsk {
  readonly unit: number
  readonly deadline_ms: number
  readonly probe: boolean
}

export interface Bus<T extends BusAsk> {
  readonly options: BusOptions
  readonly waiting: T[]
  readonly running: Set<T>
  /** Units that may not be asked before this time. */
  readonly resting: Map<number, number>
  /** No probe before. */
  probe_ms: number
  /** Others were late until then, at the least. */
  late_until_ms: number
  /** Units that did not answer since anyone last did. */
  readonly silent: Set<number>
  timeouts: number
}

const SPARE = 2
const FULL = 19
/** So many time-outs in a row, of more than one unit, and the connection itself is taken for dead. */
const DEAD_AFTER = 3

export const createBus = <T extends BusAsk>(options: BusOptions): Bus<T> => ({
  options,
  waiting: [],
  running: new Set(),
  resting: new Map(),
  probe_ms: 0,
  late_until_ms: 0,
  silent: new Set(),
  timeouts: 0,
})

/** What is to be sent now, in order. */
export function takeNext<T extends BusAsk>(bus: Bus<T>, now_ms: number): T[] {
  const taken: T[] = []
  while (bus.running.size < bus.options.places) {
    const item = choose(bus, now_ms)
    if (item === undefined) break
    bus.waiting.splice(bus.waiting.indexOf(item), 1)
    bus.running.add(item)
    taken.push(item)
    if (!item.probe && now_ms > item.deadline_ms)
      bus.late_until_ms = Math.max(bus.late_until_ms, now_ms + (FULL + 1) * bus.options.timeout_ms)
  }
  return taken
}

/** When `takeNext` may give something that it does not give now; infinite: only after something has ended. */
export function busWakeAt<T extends BusAsk>(bus: Bus<T>, now_ms: number): number {
  let wake_ms = Number.POSITIVE_INFINITY
  if (bus.running.size >= bus.options.places) return wake_ms
  for (const item of bus.waiting) {
    const at_ms = Math.max(item.probe ? bus.probe_ms : 0, bus.resting.get(item.unit) ?? 0)
    if (at_ms > now_ms && at_ms < wake_ms) wake_ms = at_ms
  }
  return wake_ms
}

function choose<T extends BusAsk>(bus: Bus<T>, now_ms: number): T | undefined {
  let found: T | undefined
  let found_ms = 0
  for (const item of bus.waiting) {
    if (isRunning(bus, item) || now_ms < (bus.resting.get(item.unit) ?? 0)) continue
    if (item.probe && !mayProbe(bus, now_ms)) continue
    // Behind everybody, but not for ever: its turn comes when others have been served as long as its rest took.
    const due_ms = item.probe ? bus.probe_ms + FULL * bus.options.timeout_ms : item.deadline_ms
    if (found === undefined || due_ms < found_ms) {
      found = item
      found_ms = due_ms
    }
  }
  return found
}

function isRunning<T extends BusAsk>(bus: Bus<T>, item: T): boolean {
  for (const running of bus.running) if (running.unit === item.unit) return true
  return false
}

function mayProbe<T extends BusAsk>(bus: Bus<T>, now_ms: number): boolean {
  if (now_ms < bus.probe_ms) return false
  for (const running of bus.running) if (running.probe) return false
  return true
}

/**
 * A request has ended.
 * @param how - answered: also by an exception. silent: it timed out. lost: the connection did.
 * @returns whether the connection is to be given up: it stands, but nobody answers on it any more.
 */
export function settled<T extends BusAsk>(
  bus: Bus<T>,
  item: T,
  how: 'answered' | 'silent' | 'lost',
  now_ms: number,
): boolean {
  bus.running.delete(item)
  if (how !== 'silent') {
    bus.silent.clear()
    bus.timeouts = 0
    bus.resting.delete(item.unit)
    return false
  }
  const { places, timeout_ms } = bus.options
  if (item.probe && places === 1) bus.probe_ms = now_ms + (now_ms < bus.late_until_ms ? FULL : SPARE) * timeout_ms
  if (bus.options.rests) bus.resting.set(item.unit, now_ms + timeout_ms)
  bus.silent.add(item.unit)
  bus.timeouts++
  if (bus.timeouts < DEAD_AFTER || bus.silent.size < 2) return false
  bus.silent.clear()
  bus.timeouts = 0
  return true
}
