/**
 * The probability of failure on demand as it is now, with the bypasses that stand: not the average that the claim is made with, but
 * what the plant lives with while somebody works on a transmitter.
 *
 *   PFD_now = sum over subsystems of count PFD(vote with k channels out); an inhibited vote counts 1
 *
 * by the closed forms, without the assumed bypass time in it, since the real one is known here.
 */
import { pfdLimit, type Sil, silOfPfd } from './bands.ts'
import { whileBypassed } from './bypass.ts'
import { pfdClosedForm } from './closed-form.ts'
import { ratesOf } from './rates-of.ts'
import type { Sif, SilProject, Subsystem, SubsystemUse } from './sif.ts'

/** How a sensor subsystem stands: by its id. What is not named stands as it should. */
export interface BypassState {
  readonly subsystem: string
  /** In this function only: two causes may share their transmitters, and each has its own bypass. Absent: in all. */
  readonly sif?: string
  /** Channels that are bypassed now. */
  readonly bypassed: number
  /** The whole vote is taken out: start-up override, inhibit. */
  readonly overridden?: boolean
  /** Hours with a channel bypassed, within the last year; the one that stands is in it. */
  readonly bypassed_h?: number
}

export interface LiveRisk {
  readonly id: string
  /** With no bypass at all. */
  readonly pfd_normal: number
  /** As it stands now; 1 while inhibited. */
  readonly pfd_now: number
  /** pfd_now / pfd_normal. */
  readonly times: number
  readonly target: Sil
  /** Band of the figure now, and whether it still is that of the target. */
  readonly sil_now: Sil
  readonly within_target: boolean
  readonly inhibited: boolean
  /** Share of the bypass hours that the calculation assumes for a year, the fullest of its subsystems; 0 where none is assumed and none was. */
  readonly allowance_used: number
}

/** Functions of low demand; those of high demand have no PFDavg and are left out. */
export function liveRisk(project: SilProject, states: readonly BypassState[]): readonly LiveRisk[] {
  return project.sifs.filter((sif) => sif.demand === 'low').map((sif) => riskOf(sif, states))
}

function riskOf(sif: Sif, states: readonly BypassState[]): LiveRisk {
  const stateOf = (s: Subsystem): BypassState | undefined =>
    states.find((state) => state.subsystem === s.id && (state.sif === undefined || state.sif === sif.id))
  const pfd_normal = Math.min(1, sum(sif.subsystems.map((use) => pfdWith(use, 0))))
  const parts = sif.subsystems.map((use) => {
    const state = stateOf(use.subsystem)
    return state?.overridden ? 1 : pfdWith(use, state?.bypassed ?? 0)
  })
  const pfd_now = Math.min(1, sum(parts))
  const used = sif.subsystems.map(({ subsystem }) => {
    const hours = stateOf(subsystem)?.bypassed_h ?? 0
    return hours === 0 ? 0 : hours / subsystem.bypass_h_per_y
  })
  const sil_now = silOfPfd(pfd_now)
  return {
    id: sif.id,
    pfd_normal,
    pfd_now,
    times: pfd_normal === 0 ? 1 : pfd_now / pfd_normal,
    target: sif.target,
    sil_now,
    within_target: pfd_now < pfdLimit(sif.target),
    inhibited: parts.some((pfd) => pfd >= 1),
    allowance_used: Math.max(0, ...used),
  }
}

/** PFDavg of all alike, with so many channels of each bypassed. */
export function pfdWith({ subsystem, count }: SubsystemUse, bypassed: number): number {
  const figure = (rates: ReturnType<typeof ratesOf>): number => pfdClosedForm(rates).total
  const rates = ratesOf(subsystem)
  const one = bypassed === 0 ? figure(rates) : whileBypassed(rates, subsystem.bypassVote, figure, bypassed)
  return Math.min(1, count * one)
}

/** The same, worked out beforehand for a display that knows nothing of failure rates: see docs/reference/safety-proof.md. */
export interface LiveTable {
  readonly type: 'sis-live-table'
  readonly version: 1
  /** `id` of the configuration, and SHA-256 of its bytes. */
  readonly id: string
  readonly config_hash: string
  readonly sifs: readonly {
    readonly id: string
    readonly title: string
    readonly sil: number
    /** The figure must stay below this, PFDavg. */
    readonly limit: number
    /** Of all that is not listed below: never bypassed. */
    readonly rest: number
    readonly demands_per_y: number | null
    /** For a short line on a display: the target, and the figure with so many inputs of one cause bypassed; null: inhibited. */
    readonly sil_claimed: number
    readonly by_bypassed: readonly {
      readonly bypassed: number
      readonly pfd_avg: number | null
      readonly sil: number
    }[]
    readonly parts: readonly {
      /** Cause whose inputs these are. */
      readonly cause: string
      readonly inputs: readonly string[]
      /** PFDavg with 0, 1, .. all inputs bypassed; the last, and any override of the cause, is 1. */
      readonly by_count: readonly number[]
      readonly allowance_h_per_y: number
    }[]
  }[]
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
