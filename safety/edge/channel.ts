/**
 * The solver's end of the protected channel of a configuration. Its first number is drawn anew: nothing from before a
 * start fits.
 */
import { randomInt } from 'node:crypto'
import { channelConfigOf } from '../core/channel/channel-config.ts'
import { createSolverEnd, type SolverEnd } from '../core/channel/solver-end.ts'
import type { SisConfig } from '../core/config.ts'
import { SafetyFault } from './safety-fault.ts'

export type { SolverEnd } from '../core/channel/solver-end.ts'

/** @throws SafetyFault where the configuration has no channel */
export function openChannel(config: SisConfig): SolverEnd {
  const rules = channelConfigOf(config)
  if (rules === undefined)
    throw new SafetyFault(
      'SIS_NO_CHANNEL',
      config.id,
      'the configuration has no channel',
      'a process needs one: give base_id, ids and interval at channel',
    )
  return createSolverEnd(rules, randomInt(1, 2 ** 32 - 1))
}
