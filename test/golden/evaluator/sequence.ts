/** Sequences on objects and names, from docs/reference/sequences.md and IEC 61131-3: no tables, no numbers for steps. */

export const COMMANDS = ['none', 'start', 'stop', 'reset', 'hold', 'restart', 'abort'] as const
export type Command = (typeof COMMANDS)[number]

export interface Doing {
  readonly action: string
  readonly as: string
  readonly time: number
  readonly confirm?: { readonly input: number; readonly within: number }
}
export type Condition =
  | { readonly kind: 'input'; readonly input: number; readonly negated: boolean }
  | { readonly kind: 'time'; readonly least: number }
  | { readonly kind: 'active'; readonly step: string; readonly input: number }
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'true' }
export interface ChartSpec {
  readonly steps: readonly { readonly name: string; readonly doings: readonly Doing[] }[]
  readonly transitions: readonly {
    readonly from: readonly string[]
    readonly to: readonly string[]
    readonly when: Condition
  }[]
}
export type Charts = { run: ChartSpec } & Partial<Record<'holding' | 'restarting' | 'stopping' | 'aborting', ChartSpec>>
export interface Spec {
  readonly charts: Charts
  /** Value: what the action puts out; undefined: 0 or 1. */
  readonly actions: readonly { readonly name: string; readonly out: number; readonly value: number | undefined }[]
}
export type Input = 0 | 1 | 'bad'

export const CHART_IN: Readonly<Record<string, keyof Charts>> = {
  running: 'run',
  holding: 'holding',
  restarting: 'restarting',
  stopping: 'stopping',
  aborting: 'aborting',
}
const NEXT: Readonly<Record<string, string>> = {
  running: 'complete',
  holding: 'held',
  restarting: 'running',
  stopping: 'stopped',
  aborting: 'aborted',
}
/** Commands, the states in which they are taken, where they lead. */
export const TAKEN: readonly (readonly [Command, readonly string[], string])[] = [
  ['start', ['idle'], 'running'],
  ['stop', ['running', 'holding', 'held', 'restarting'], 'stopping'],
  ['reset', ['stopped', 'aborted', 'complete'], 'idle'],
  ['hold', ['running', 'restarting'], 'holding'],
  ['restart', ['held'], 'restarting'],
  ['abort', ['running', 'holding', 'held', 'restarting', 'stopping'], 'aborting'],
]

/** A sequence of one scan a second. Each call is a scan; `ages`, `outs` and `assigned` of the answer live on with the next. */
export function interpreter(spec: Spec) {
  let state = 'idle'
  /** Scans that each active step has been active, by name. */
  const ages = new Map<string, number>()
  interface Own {
    doing: Doing
    step: string
    chart: keyof Charts
    stored_at: number | undefined
    confirm: { state: 'pending' | 'there' | 'failed'; since: number } | undefined
  }
  const owns: Own[] = Object.entries(spec.charts).flatMap(([chart, c]) =>
    c.steps.flatMap((s) =>
      s.doings.map(
        (doing): Own => ({
          doing,
          step: s.name,
          chart: chart as keyof Charts,
          stored_at: undefined,
          confirm: undefined,
        }),
      ),
    ),
  )
  const outs = new Map<number, number>()
  const assigned = new Set<number>()
  let now = 0
  const stepsOf = (chart: keyof Charts): string[] => (spec.charts[chart]?.steps ?? []).map((s) => s.name)

  return (inputs: readonly Input[], command: Command) => {
    now++
    const entered = new Set<string>()
    const left = new Set<string>()
    let blocked = false
    const drop = (chart: keyof Charts | undefined, asLeft: boolean): void => {
      for (const s of chart === undefined ? [] : stepsOf(chart)) {
        if (ages.delete(s) && asLeft) left.add(s)
      }
    }
    const go = (to: string, done: boolean): void => {
      const was = state
      const chart = CHART_IN[was]
      if (!(was === 'running' && to === 'holding')) drop(chart, done)
      if (to === 'stopping' || to === 'aborting') drop('run', false)
      state = to
      if (to === 'idle' || to === 'stopped' || to === 'aborted') {
        for (const o of owns) {
          o.stored_at = undefined
          o.confirm = undefined
        }
      }
      const next = CHART_IN[to]
      if (next === undefined || (to === 'running' && was === 'restarting')) return
      const first = stepsOf(next)[0]
      if (first === undefined) go(NEXT[to]!, false)
      else {
        ages.set(first, 0)
        entered.add(first)
      }
    }
    const count = (step: string, which: 'pending' | 'failed'): number =>
      owns.filter((o) => o.step === step && o.chart === CHART_IN[state] && o.confirm?.state === which).length
    const evaluate = (c: Condition, step: string): boolean | 'bad' => {
      switch (c.kind) {
        case 'input': {
          const i = inputs[c.input]!
          return i === 'bad' ? 'bad' : (i === 1) !== c.negated
        }
        case 'time':
          return ages.get(step)! >= c.least
        case 'active': {
          const i = inputs[c.input]!
          return i === 'bad' ? 'bad' : ages.has(c.step) && i === 1
        }
        case 'confirmed':
          return count(step, 'pending') === 0
        case 'failed':
          return count(step, 'failed') > 0
        case 'true':
          return true
      }
    }

    const taken = TAKEN.find(([name, from]) => name === command && from.includes(state))
    const chart = CHART_IN[state]
    if (taken !== undefined) go(taken[2], false)
    else if (chart !== undefined) {
      const { steps, transitions } = spec.charts[chart]!
      const active = steps.map((s) => s.name).filter((s) => ages.has(s))
      const isFinal = (s: string): boolean => !transitions.some((t) => t.from.includes(s))
      if (active.every(isFinal)) go(NEXT[state]!, true)
      else {
        for (const s of active) ages.set(s, ages.get(s)! + 1)
        const used = new Set<string>()
        const fired = transitions.filter((t) => {
          if (!t.from.every((s) => active.includes(s)) || t.from.some((s) => used.has(s))) return false
          const result = evaluate(t.when, t.from[0]!)
          if (result === 'bad') blocked = true
          if (result !== true) return false
          for (const s of t.from) used.add(s)
          return true
        })
        const to = new Set(fired.flatMap((t) => t.to))
        for (const s of used) {
          if (to.has(s)) continue
          ages.delete(s)
          left.add(s)
        }
        for (const s of to) {
          if (ages.has(s)) continue
          ages.set(s, 0)
          entered.add(s)
        }
      }
    }

    // What the active steps do.
    const works = (o: Own): boolean => ages.has(o.step) && o.chart === CHART_IN[state]
    const resets = new Set(owns.filter((o) => o.doing.as === 'R' && works(o)).map((o) => o.doing.action))
    const on = new Set<string>()
    let failed = 0
    let pending = 0
    for (const o of owns) {
      const { as, time, action } = o.doing
      const age = ages.get(o.step) ?? 0
      let q = false
      if (resets.has(action)) o.stored_at = undefined
      else {
        if (works(o) && (as === 'S' || as === 'SD' || as === 'SL' || (as === 'DS' && age >= time))) o.stored_at ??= now
        const stored = o.stored_at !== undefined
        const stored_for = now - (o.stored_at ?? now)
        q =
          (as === 'N' && works(o)) ||
          (as === 'P' && entered.has(o.step)) ||
          (as === 'P0' && left.has(o.step)) ||
          (as === 'L' && works(o) && age < time) ||
          (as === 'D' && works(o) && age >= time) ||
          ((as === 'S' || as === 'DS') && stored) ||
          (as === 'SD' && stored && stored_for >= time) ||
          (as === 'SL' && stored && stored_for < time)
      }
      if (q) on.add(action)
      if (!ages.has(o.step) || entered.has(o.step)) o.confirm = undefined
      const wants = o.doing.confirm
      if (wants === undefined || !works(o)) continue
      if (q && o.confirm === undefined) o.confirm = { state: 'pending', since: now }
      else if (o.confirm?.state === 'pending' && state === 'held') o.confirm.since++
      if (o.confirm !== undefined && o.confirm.state !== 'there') {
        if (inputs[wants.input] === 1) o.confirm.state = 'there'
        else if (wants.within > 0 && now - o.confirm.since >= wants.within) o.confirm.state = 'failed'
      }
      if (o.confirm?.state === 'failed') failed++
      if (o.confirm?.state === 'pending') pending++
    }
    // A confirm that stands with its chart does not grow older.
    for (const o of owns) if (o.confirm !== undefined && ages.has(o.step) && !works(o)) o.confirm.since++
    for (const a of spec.actions) {
      if (a.value === undefined) outs.set(a.out, on.has(a.name) ? 1 : 0)
      else if (on.has(a.name)) {
        outs.set(a.out, a.value)
        assigned.add(a.out)
      }
    }
    return {
      state,
      active: new Set(ages.keys()),
      ages,
      outs,
      assigned,
      failed,
      pending,
      blocked: blocked || failed > 0,
    }
  }
}
