/** Wake-ups at absolute times of the monotonic clock, any number of them on one timer. */
export interface Deadlines {
  add(at_ms: number): void
  stop(): void
}

export function deadlines(on_due: () => void): Deadlines {
  /** Rising. */
  const due: number[] = []
  let timer: NodeJS.Timeout | undefined
  let armed_ms = Number.POSITIVE_INFINITY

  const arm = (): void => {
    const first = due[0]
    if (first === undefined || first >= armed_ms) return
    clearTimeout(timer)
    armed_ms = first
    timer = setTimeout(fire, Math.max(0, Math.ceil(first - performance.now())))
  }
  const fire = (): void => {
    armed_ms = Number.POSITIVE_INFINITY
    const now_ms = performance.now()
    let passed = 0
    while (passed < due.length && due[passed]! <= now_ms) passed++
    due.splice(0, passed)
    arm()
    if (passed > 0) on_due()
  }
  return {
    add(at_ms) {
      let i = due.length
      while (i > 0 && due[i - 1]! > at_ms) i--
      if (due[i - 1] === at_ms) return
      due.splice(i, 0, at_ms)
      arm()
    },
    stop() {
      due.length = 0
      clearTimeout(timer)
    },
  }
}
