/** Simulated time: events in order of their time, those of one time in the order they were asked for. */
export interface Loop {
  /** True time, ms. No program of the world sees it. */
  readonly now: number
  at(time_ms: number, action: () => void): void
  after(delay_ms: number, action: () => void): void
  run(until_ms: number): void
  readonly count: number
}

export function createLoop(): Loop {
  // A binary heap over three parallel arrays: the world lives here.
  const times: number[] = []
  const orders: number[] = []
  const actions: (() => void)[] = []
  let now = 0
  let order = 0
  let count = 0
  const before = (a: number, b: number): boolean =>
    times[a]! < times[b]! || (times[a] === times[b] && orders[a]! < orders[b]!)
  const swap = (a: number, b: number): void => {
    const t = times[a]!
    times[a] = times[b]!
    times[b] = t
    const o = orders[a]!
    orders[a] = orders[b]!
    orders[b] = o
    const f = actions[a]!
    actions[a] = actions[b]!
    actions[b] = f
  }
  const at = (time_ms: number, action: () => void): void => {
    let i = times.length
    times.push(Math.max(time_ms, now))
    orders.push(order++)
    actions.push(action)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!before(i, parent)) break
      swap(i, parent)
      i = parent
    }
  }
  const pop = (): (() => void) => {
    const last = times.length - 1
    swap(0, last)
    now = times.pop()!
    orders.pop()
    const action = actions.pop()!
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      if (left >= last) break
      const child = left + 1 < last && before(left + 1, left) ? left + 1 : left
      if (!before(child, i)) break
      swap(i, child)
      i = child
    }
    return action
  }
  return {
    get now() {
      return now
    },
    get count() {
      return count
    },
    at,
    after: (delay_ms, action) => at(now + delay_ms, action),
    run: (until_ms) => {
      while (times.length > 0 && times[0]! <= until_ms) {
        const action = pop()
        count++
        action()
      }
      now = until_ms
    },
  }
}
