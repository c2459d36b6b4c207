/**
 * What the points of a safety system are in its snapshot: `effect/FEEDS` 1 normal, 0 tripped; `cause/S1` 1 clear, 0 active; `healthy`
 * 1 without a fault; `bypasses` how many inputs are bypassed. 1 is normal and energised, as on a wire.
 *
 * The lists of a snapshot are in the order of the configuration: ids are looked up in its file, and a snapshot of another
 * configuration says nothing.
 */
import { isTripped } from '../../../contracts/sis-codes.ts'
import type { SisSnapshot } from '../../../contracts/sis-snapshot.ts'

export interface SisIds {
  /** SHA-256 of the file, hex. */
  readonly hash: string
  readonly effects: readonly string[]
  readonly causes: readonly string[]
}

/** Undefined where the text is no configuration. */
export function readSisIds(text: string, hash: string): SisIds | undefined {
  let v: unknown
  try {
    v = JSON.parse(text)
  } catch {
    return undefined
  }
  const ids = (key: string): string[] | undefined => {
    const list = (v as Record<string, unknown> | null)?.[key]
    if (!Array.isArray(list)) return undefined
    const found = list.map((entry: unknown) => (entry as { id?: unknown } | null)?.id)
    return found.every((id) => typeof id === 'string') ? (found as string[]) : undefined
  }
  const effects = ids('effects')
  const causes = ids('causes')
  return effects === undefined || causes === undefined ? undefined : { hash, effects, causes }
}

/** Why a snapshot cannot be read by these ids; undefined where it can. */
export function misfit(ids: SisIds, s: SisSnapshot): string | undefined {
  if (s.config_hash !== ids.hash) return `runs another configuration (${s.config_hash.slice(0, 8)}) than its file here`
  if (s.effects.length !== ids.effects.length || s.causes.length !== ids.causes.length)
    return 'says other lists than its file has'
  return undefined
}

/** Undefined: there is no such effect or cause. */
export function signalValue(ids: SisIds, s: SisSnapshot, signal: string): number | undefined {
  // A solver that does not run has let its outputs go, whatever its lists say.
  const gone = s.faults === -1
  if (signal === 'healthy') return s.faults === 0 && s.difference < 0 ? 1 : 0
  if (signal === 'bypasses') return s.causes.reduce((n, c) => n + c.bypass_left.filter((left) => left >= 0).length, 0)
  const at = signal.indexOf('/')
  const id = signal.slice(at + 1)
  if (signal.startsWith('effect/')) {
    const i = ids.effects.indexOf(id)
    return i < 0 ? undefined : gone || isTripped(s.effects[i]!.state) ? 0 : 1
  }
  const i = ids.causes.indexOf(id)
  return i < 0 ? undefined : s.causes[i]!.active ? 0 : 1
}
