/** Joins configuration and SIL calculation into the table by which a display says the risk of the bypasses that stand. */
import type { CauseConfig, SifConfig, SisConfig } from '../core/config.ts'
import { pfdLimit, silOfPfd } from '../sil/bands.ts'
import { type BypassState, type LiveTable, pfdWith } from '../sil/live-risk.ts'
import type { Sif, SilProject, SubsystemUse } from '../sil/sif.ts'
import { calculatedFor } from './check-sil.ts'

/** Of a snapshot of the safety system, per cause in the order of the configuration. */
export interface CauseSnapshot {
  /** Scans a bypass of each input still lasts, -1 none. */
  readonly bypass_left: readonly number[]
  /** Scans a start-up override still lasts, -1 none. */
  readonly startup_left: number
}

/** How the sensors of each function stand, for `liveRisk`. */
export function bypassStates(config: SisConfig, project: SilProject, causes: readonly CauseSnapshot[]): BypassState[] {
  return config.sifs.flatMap((s) => {
    const sif = calculatedFor(s, project)
    return sensorsOf(config, s, sif).flatMap(({ cause, use }): BypassState[] => {
      const state = causes[config.causes.indexOf(cause)]
      if (state === undefined) return []
      const bypassed = state.bypass_left.filter((left) => left >= 0).length
      return [{ sif: sif!.id, subsystem: use.subsystem.id, bypassed, overridden: state.startup_left >= 0 }]
    })
  })
}

/** Which cause reads which group of sensors. Where there are several they must name their tags to be told apart. */
function sensorsOf(config: SisConfig, s: SifConfig, sif: Sif | undefined): { cause: CauseConfig; use: SubsystemUse }[] {
  const causes = config.causes.filter((c) => s.causes.includes(c.id))
  const sensors = (sif?.subsystems ?? []).filter(({ subsystem }) => subsystem.role === 'sensor')
  return sensors.flatMap((use) => {
    const { tags } = use.subsystem
    const cause =
      causes.find((c) => tags !== undefined && c.inputs.some((tag) => tags.includes(tag))) ??
      (causes.length === 1 && sensors.length === 1 ? causes[0] : undefined)
    return cause === undefined ? [] : [{ cause, use }]
  })
}

/** Functions that the calculation does not have, or calculates for high demand, are left out. */
export function liveTable(config: SisConfig, config_hash: string, project: SilProject): LiveTable {
  return {
    type: 'sis-live-table',
    version: 1,
    id: config.id,
    config_hash,
    sifs: config.sifs.flatMap((s) => {
      const sif = calculatedFor(s, project)
      if (sif === undefined || sif.demand !== 'low' || s.sil === 0) return []
      const parts = sensorsOf(config, s, sif)
      const rest = sif.subsystems.filter((use) => !parts.some((part) => part.use === use))
      const inputs = Math.max(0, ...parts.map(({ cause }) => cause.inputs.length))
      /** With so many inputs of one cause out: of several causes the one that hurts most. */
      const figure = (bypassed: number): number => {
        const whole = sum(sif.subsystems.map((use) => pfdWith(use, 0)))
        const more = parts.map(({ use }) => pfdWith(use, bypassed) - pfdWith(use, 0))
        // A vote that comes down with its inputs may get better by a bypass: less than nothing is possible.
        return Math.min(1, whole + (more.length === 0 ? 0 : Math.max(...more)))
      }
      return [
        {
          id: s.id,
          title: s.title,
          sil: s.sil,
          limit: pfdLimit(sif.target),
          rest: sum(rest.map((use) => pfdWith(use, 0))),
          demands_per_y: sif.demands_per_y ?? null,
          sil_claimed: sif.target,
          by_bypassed: Array.from({ length: inputs + 1 }, (_, bypassed) => {
            const pfd = figure(bypassed)
            const inhibited = parts.some(({ use }) => pfdWith(use, bypassed) >= 1)
            return { bypassed, pfd_avg: inhibited ? null : pfd, sil: inhibited ? 0 : silOfPfd(pfd) }
          }),
          parts: parts.map(({ cause, use }) => ({
            cause: cause.id,
            inputs: cause.inputs,
            by_count: Array.from({ length: cause.inputs.length + 1 }, (_, k) => pfdWith(use, k)),
            allowance_h_per_y: use.subsystem.bypass_h_per_y,
          })),
        },
      ]
    }),
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
