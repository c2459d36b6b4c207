import type { BlockType } from '../block.ts'
import { AI } from './ai.ts'
import { ALARM } from './alarm.ts'
import { AND } from './and.ts'
import { AO } from './ao.ts'
import { BIAS_GAIN } from './bias-gain.ts'
import { CALC } from './calc.ts'
import { CONTROL_SELECTOR } from './control-selector.ts'
import { CTD } from './ctd.ts'
import { CTU } from './ctu.ts'
import { CTUD } from './ctud.ts'
import { DI } from './di.ts'
import { DO } from './do.ts'
import { F_TRIG } from './f-trig.ts'
import { FILTER, LEAD_LAG } from './lead-lag.ts'
import { CLAMP } from './limit.ts'
import { MANUAL_LOADER } from './manual-loader.ts'
import { NOT } from './not.ts'
import { OR } from './or.ts'
import { PID } from './pid.ts'
import { R_TRIG } from './r-trig.ts'
import { RATE_LIMIT } from './rate-limit.ts'
import { RATIO } from './ratio.ts'
import { RS } from './rs.ts'
import { SR } from './sr.ts'
import { TOF } from './tof.ts'
import { TON } from './ton.ts'
import { TONR } from './tonr.ts'
import { TP } from './tp.ts'
import { XOR } from './xor.ts'

const ALL: readonly BlockType[] = [
  AI,
  ALARM,
  AND,
  AO,
  BIAS_GAIN,
  CALC,
  CLAMP,
  CONTROL_SELECTOR,
  CTD,
  CTU,
  CTUD,
  DI,
  DO,
  FILTER,
  F_TRIG,
  LEAD_LAG,
  MANUAL_LOADER,
  NOT,
  OR,
  PID,
  RATE_LIMIT,
  RATIO,
  RS,
  R_TRIG,
  SR,
  TOF,
  TON,
  TONR,
  TP,
  XOR,
]

/** Every block type of the engine, by name. */
export const BLOCK_TYPES: ReadonlyMap<string, BlockType> = new Map(ALL.map((type) => [type.type, type]))
