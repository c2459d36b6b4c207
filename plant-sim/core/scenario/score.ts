/**
 * The score sheet of a scenario: every line says what was judged, what came of it, and what it cost.
 */
import { expectationText, type ScenarioRun } from './scenario-run.ts'

export interface ScoreSheet {
  readonly scenario: string
  readonly plant: string
  /** Plant time of the begin, and how long it ran, s. */
  readonly started_s: number
  readonly ran_s: number
  readonly ended: boolean
  readonly from: number
  readonly score: number
  readonly lines: readonly ScoreLine[]
  readonly actions: readonly { readonly at_s: number; readonly key: string; readonly value: number }[]
}

export interface ScoreLine {
  readonly kind: 'action' | 'band' | 'limit' | 'trip'
  readonly what: string
  /** `met`, `late`, `missing`, `open`; minutes, counts, a cause. */
  readonly result: string
  /** Points taken away, not below 0. */
  readonly points: number
}

/** @param limits - names of the plant's limits, in its order */
export function scoreSheet(run: ScenarioRun, limits: readonly string[]): ScoreSheet {
  const { scenario, progress } = run
  const { score: rules } = scenario
  const lines: ScoreLine[] = []
  scenario.expectations.forEach((e, i) => {
    const met_s = progress.met_s[i]!
    const due_s = e.after_s + e.within_s
    const what = `${e.name} (${expectationText(e)}, ${minutes(e.after_s)} to ${minutes(due_s)})`
    if (met_s < 0 && !progress.ended && progress.time_s <= due_s)
      lines.push({ kind: 'action', what, result: 'open', points: 0 })
    else if (met_s < 0) lines.push({ kind: 'action', what, result: 'missing', points: rules.missing })
    else if (met_s > due_s) lines.push({ kind: 'action', what, result: `late, ${minutes(met_s)}`, points: rules.late })
    else lines.push({ kind: 'action', what, result: `met, ${minutes(met_s)}`, points: 0 })
  })
  rules.bands.forEach((band, i) => {
    const outside_min = progress.band_s[i]! / 60
    const what = `${band.tag} within ${band.lo} to ${band.hi}`
    lines.push({
      kind: 'band',
      what,
      result: `${minutes(progress.band_s[i]!)} outside`,
      points: outside_min * band.per_min,
    })
  })
  limits.forEach((name, i) => {
    const outside_s = progress.outside_s[i] ?? 0
    const left = progress.left[i] ?? 0
    if (left === 0) return
    const points = (outside_s / 60) * rules.outside_normal_per_min + left * rules.alarm
    lines.push({ kind: 'limit', what: name, result: `left its normal bounds ${left}x, ${minutes(outside_s)}`, points })
  })
  if (progress.trip_s >= 0)
    lines.push({ kind: 'trip', what: progress.trip_cause, result: minutes(progress.trip_s), points: rules.trip })
  const taken = lines.reduce((sum, line) => sum + line.points, 0)
  return {
    scenario: scenario.name,
    plant: scenario.plant,
    started_s: progress.started_s,
    ran_s: progress.time_s,
    ended: progress.ended,
    from: rules.from,
    score: Math.max(0, rules.from - taken),
    lines,
    actions: progress.actions.slice(),
  }
}

const minutes = (s: number): string => `${(s / 60).toFixed(1)} min`
