import type { BlockType } from '../block.ts'
import { AI } from './ai.ts'
import { ALARM } from './alarm.ts'
import { ALARM_DEVIATION } from './alarm-deviation.ts'
import { ALARM_DISCRETE } from './alarm-discrete.ts'
import { ALARM_RATE } from './alarm-rate.ts'
import { AND } from './and.ts'
import { AO } from './ao.ts'
import { ARITH } from './arith.ts'
import { BIAS_GAIN } from './bias-gain.ts'
import { CALC } from './calc.ts'
import { CHARACTERIZER } from './characterizer.ts'
import { COMPARATOR } from './comparator.ts'
import { CONDITION } from './condition.ts'
import { CONTROL_SELECTOR } from './control-selector.ts'
import { CTD } from './ctd.ts'
import { CTU } from './ctu.ts'
import { CTUD } from './ctud.ts'
import { DEAD_TIME } from './dead-time.ts'
import { DEVICE_CONTROL, MOTOR, VALVE } from './device-control.ts'
import { DI } from './di.ts'
import { DO } from './do.ts'
import { F_TRIG } from './f-trig.ts'
import { INPUT_SELECTOR } from './input-selector.ts'
import { INTEGRATOR } from './integrator.ts'
import { FILTER, LEAD_LAG } from './lead-lag.ts'
import { CLAMP } from './limit.ts'
import { MANUAL_LOADER } from './manual-loader.ts'
import { NOT } from './not.ts'
import { OR } from './or.ts'
import { PID } from './pid.ts'
import { PULSE_IN } from './pulse-input.ts'
import { R_TRIG } from './r-trig.ts'
import { RAMP_PROGRAM } from './ramp-program.ts'
import { RATE_LIMIT } from './rate-limit.ts'
import { RATIO } from './ratio.ts'
import { RS } from './rs.ts'
import { SCALER } from './scaler.ts'
import { SFC } from './sfc.ts'
import { SPLITTER } from './splitter.ts'
import { SR } from './sr.ts'
import { TOF } from './tof.ts'
import { TON } from './ton.ts'
import { TONR } from './tonr.ts'
import { TP } from './tp.ts'
import { XOR } from './xor.ts'

const ALL: readonly BlockType[] = [
  AI,
  ALARM,
  ALARM_DEVIATION,
  ALARM_DISCRETE,
  ALARM_RATE,
  AND,
  AO,
  ARITH,
  BIAS_GAIN,
  CALC,
  CHARACTERIZER,
  CLAMP,
  COMPARATOR,
  CONDITION,
  CONTROL_SELECTOR,
  CTD,
  CTU,
  CTUD,
  DEAD_TIME,
  DEVICE_CONTROL,
  DI,
  DO,
  FILTER,
  F_TRIG,
  INPUT_SELECTOR,
  INTEGRATOR,
  LEAD_LAG,
  MANUAL_LOADER,
  MOTOR,
  NOT,
  OR,
  PID,
  PULSE_IN,
  RAMP_PROGRAM,
  RATE_LIMIT,
  RATIO,
  RS,
  R_TRIG,
  SCALER,
  SFC,
  SPLITTER,
  SR,
  TOF,
  TON,
  TONR,
  TP,
  VALVE,
  XOR,
]

/** Every block type of the engine, by name. */
export const BLOCK_TYPES: ReadonlyMap<string, BlockType> = new Map(ALL.map((type) => [type.type, type]))
