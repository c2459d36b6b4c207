import type { BlockType } from '../block.ts'
import { AI } from './ai.ts'
import { ALARM } from './alarm.ts'
import { AO } from './ao.ts'
import { BIAS_GAIN } from './bias-gain.ts'
import { CALC } from './calc.ts'
import { CONTROL_SELECTOR } from './control-selector.ts'
import { FILTER, LEAD_LAG } from './lead-lag.ts'
import { CLAMP } from './limit.ts'
import { MANUAL_LOADER } from './manual-loader.ts'
import { PID } from './pid.ts'
import { RATE_LIMIT } from './rate-limit.ts'
import { RATIO } from './ratio.ts'

const ALL: readonly BlockType[] = [
  AI,
  ALARM,
  AO,
  BIAS_GAIN,
  CALC,
  CLAMP,
  CONTROL_SELECTOR,
  FILTER,
  LEAD_LAG,
  MANUAL_LOADER,
  PID,
  RATE_LIMIT,
  RATIO,
]

/** Every block type of the engine, by name. */
export const BLOCK_TYPES: ReadonlyMap<string, BlockType> = new Map(ALL.map((type) => [type.type, type]))
