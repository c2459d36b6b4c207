/**
 * What really happened against what was assumed: demands and bypass hours from the record of events.
 *
 * Time is counted in scans of each run, so that a simulated year is a year. A demand is a cause that became active; hours of bypass are
 * those in which at least one input of the cause was bypassed, or its start-up override stood. More demands than assumed: so many,
 * or more, would come by chance in fewer than 5 of 100 such periods (Poisson).
 */
import { CAUSE_ALARM, EVENT } from '../core/codes.ts'
import type { SisConfig } from '../core/config.ts'
import type { SilProject } from '../sil/sif.ts'
import { calculatedFor } from './check-sil.ts'

/** A record of events of one run of the solver; kind 0: nothing but that the run stood at this scan. */
export interface EventRecord {
  readonly run: string
  readonly scan: number
  readonly kind: number
  readonly at: number
  readonly a: number
  readonly b: number
}

export interface CauseTally {
  readonly cause: string
  readonly demands: number
  readonly bypassed_h: number
  /** Start-up override or inhibit: the whole cause was out. */
  readonly overridden_h: number
}

export interface Tally {
  /** Time that the records cover, h. */
  readonly covered_h: number
  readonly runs: number
  readonly causes: readonly CauseTally[]
}

/** @param records - of a run in the order in which they were made */
export function tally(config: SisConfig, records: readonly EventRecord[]): Tally {
  const runs = new Map<string, EventRecord[]>()
  for (const r of records) runs.set(r.run, [...(runs.get(r.run) ?? []), r])
  const hours = (scans: number): number => (scans * config.scan_ms) / 3_600_000
  const demands = new Array<number>(config.causes.length).fill(0)
  const bypassed = new Array<number>(config.causes.length).fill(0)
  const overridden = new Array<number>(config.causes.length).fill(0)
  let covered = 0
  for (const run of runs.values()) {
    covered += hours(elapsed(run, () => true))
    for (const [c] of config.causes.entries()) {
      for (const r of run) if (r.kind === EVENT.cause && r.at === c && r.a === 1) demands[c]!++
      const inputs = new Set<number>()
      bypassed[c]! += hours(
        elapsed(run, (r) => {
          if (r.kind === EVENT.mos && r.at >> 4 === c) {
            if (r.a === 1) inputs.add(r.at)
            else inputs.delete(r.at)
          }
          return inputs.size > 0
        }),
      )
      let out = 0
      overridden[c]! += hours(
        elapsed(run, (r) => {
          if (r.kind === EVENT.causeAlarm && r.at === c) out = (out | (r.a & OUT)) & ~(r.b & OUT)
          return out !== 0
        }),
      )
    }
  }
  return {
    covered_h: covered,
    runs: runs.size,
    causes: config.causes.map(({ id }, c) => ({
      cause: id,
      demands: demands[c]!,
      bypassed_h: bypassed[c]!,
      overridden_h: overridden[c]!,
    })),
  }
}

/** The whole cause is out of service: start-up override, inhibit. Both are alarmed while they stand. */
const OUT = CAUSE_ALARM.startupOverride | CAUSE_ALARM.inhibitTag

/**
 * Scans from each record to the next while `holds` says so of the first. An instructor who takes a run back does not take back what
 * happened: scans that are run again count again.
 */
function elapsed(run: readonly EventRecord[], holds: (record: EventRecord) => boolean): number {
  let sum = 0
  for (const [i, record] of run.entries()) {
    const next = run[i + 1]
    if (holds(record) && next !== undefined && next.scan > record.scan) sum += next.scan - record.scan
  }
  return sum
}

export interface RecordLine {
  readonly sif: string
  readonly demands: number
  readonly demands_per_y: number
  /** Undefined: nothing was assumed. */
  readonly assumed_per_y?: number
  /** Probability of so many demands or more, were the assumption right. */
  readonly by_chance?: number
  readonly more_than_assumed: boolean
  readonly bypassed_h: number
  readonly bypassed_h_per_y: number
  readonly assumed_bypass_h_per_y?: number
  /** Share of the year's allowance that is used up; the allowance is for a year also where less is covered. */
  readonly allowance_used?: number
  readonly bypassed_beyond: boolean
}

const YEAR_H = 8760
const BY_CHANCE = 0.05

export function judgeRecords(config: SisConfig, project: SilProject, counted: Tally): readonly RecordLine[] {
  const years = counted.covered_h / YEAR_H
  return config.sifs.map((s): RecordLine => {
    const causes = counted.causes.filter((c) => s.causes.includes(c.cause))
    const sif = calculatedFor(s, project)
    const sum = (pick: (c: CauseTally) => number): number => causes.reduce((total, c) => total + pick(c), 0)
    const demands = sum((c) => c.demands)
    const bypassed_h = sum((c) => c.bypassed_h + c.overridden_h)
    const allowed = sif?.subsystems
      .filter(({ subsystem }) => subsystem.role === 'sensor')
      .map((x) => x.subsystem.bypass_h_per_y)
    const assumed_bypass = allowed === undefined || allowed.length === 0 ? undefined : Math.max(...allowed)
    const by_chance = sif?.demands_per_y === undefined ? undefined : atLeast(demands, sif.demands_per_y * years)
    return {
      sif: s.id,
      demands,
      demands_per_y: years > 0 ? demands / years : 0,
      ...(sif?.demands_per_y === undefined ? {} : { assumed_per_y: sif.demands_per_y }),
      ...(by_chance === undefined ? {} : { by_chance }),
      more_than_assumed: by_chance !== undefined && by_chance < BY_CHANCE,
      bypassed_h,
      bypassed_h_per_y: years > 0 ? bypassed_h / years : 0,
      ...(assumed_bypass === undefined ? {} : { assumed_bypass_h_per_y: assumed_bypass }),
      ...(assumed_bypass === undefined || assumed_bypass === 0 ? {} : { allowance_used: bypassed_h / assumed_bypass }),
      // The hours of a year are used up when they are used up, however short the time was.
      bypassed_beyond: assumed_bypass !== undefined && bypassed_h > assumed_bypass * Math.max(1, years),
    }
  })
}

/** P(N >= n) of a Poisson count with this mean. */
export function atLeast(n: number, mean: number): number {
  let term = Math.exp(-mean)
  let below = 0
  for (let k = 0; k < n; k++) {
    below += term
    term *= mean / (k + 1)
  }
  return Math.max(0, 1 - below)
}
