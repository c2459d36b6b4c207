/** Something that waits for the bus, by unit. */
export interface BusItem {
  readonly unit: number
}

/**
 * Who may speak next where only one may speak at a time.
 *
 * Units take turns, whatever the number of requests each has waiting: the one that has not spoken for longest is next. A
 * unit that needs a pause holds up nobody.
 */
export class BusQueue<T extends BusItem> {
  private readonly per_unit_max: number
  private readonly queues = new Map<number, T[]>()
  /** When each unit spoke last, counted in turns: whose turn is longest ago goes first. */
  private readonly turns = new Map<number, number>()
  private turn = 0
  private readonly unit_free_ms = new Map<number, number>()
  private bus_free_ms = Number.NEGATIVE_INFINITY

  constructor(per_unit_max: number) {
    this.per_unit_max = per_unit_max
  }

  /** False: too many of this unit are waiting already. */
  push(item: T): boolean {
    const queue = this.queues.get(item.unit)
    if (queue === undefined) this.queues.set(item.unit, [item])
    else if (queue.length >= this.per_unit_max) return false
    else queue.push(item)
    return true
  }

  /** Who may speak at this moment; undefined: nobody. */
  take(now_ms: number): T | undefined {
    if (now_ms < this.bus_free_ms) return undefined
    let next: number | undefined
    let least = Number.POSITIVE_INFINITY
    for (const unit of this.queues.keys()) {
      const turn = this.turns.get(unit) ?? -1
      if (turn >= least || (this.unit_free_ms.get(unit) ?? now_ms) > now_ms) continue
      next = unit
      least = turn
    }
    if (next === undefined) return undefined
    const queue = this.queues.get(next)!
    const item = queue.shift()!
    if (queue.length === 0) this.queues.delete(next)
    this.unit_free_ms.delete(next)
    this.turns.set(next, this.turn++)
    return item
  }

  /** When `take` gives something at the earliest, ms; infinite: nothing is waiting. */
  get ready_ms(): number {
    let least = Number.POSITIVE_INFINITY
    for (const unit of this.queues.keys()) {
      const free_ms = this.unit_free_ms.get(unit) ?? Number.NEGATIVE_INFINITY
      if (free_ms < least) least = free_ms
    }
    return least === Number.POSITIVE_INFINITY ? least : Math.max(least, this.bus_free_ms)
  }

  /** Nobody may speak before this time. */
  holdBus(until_ms: number): void {
    if (until_ms > this.bus_free_ms) this.bus_free_ms = until_ms
  }

  /** This unit may not be asked before this time. */
  holdUnit(unit: number, until_ms: number): void {
    if (until_ms > (this.unit_free_ms.get(unit) ?? Number.NEGATIVE_INFINITY)) this.unit_free_ms.set(unit, until_ms)
  }

  releaseUnit(unit: number): void {
    this.unit_free_ms.delete(unit)
  }

  /** Everything that waits; nothing does afterwards. */
  drain(): T[] {
    const all = [...this.queues.values()].flat()
    this.queues.clear()
    return all
  }
}
