/**
 * The second evaluator: every block once more, in plain objects and words, written from the text of the rules. It shares no
 * code with the engine, and its only purpose is to say what the blocks must answer.
 */
import type { Make } from './block.ts'
import { condition } from './condition.ts'
import { deviceControl, motor, valve } from './device.ts'
import { and, ctd, ctu, ctud, fTrig, not, or, rs, rTrig, sr, tof, ton, tonr, tp, xor } from './discrete.ts'
import { di, discreteOutput } from './discrete-io.ts'
import { ai, pulseInput } from './inputs.ts'
import { biasGain, controlSelector, rateLimit, ratio } from './masters.ts'
import { alarm, alarmDeviation, alarmDiscrete, alarmRate, arith, inputSelector } from './measurements.ts'
import { ao, manualLoader } from './outputs.ts'
import { pid } from './pid.ts'
import { integrator, rampProgram } from './programs.ts'
import { sfc } from './sfc.ts'
import { calc, characterizer, comparator, deadTime, leadLag, limiter, scaler } from './signals.ts'
import { splitter } from './splitter.ts'

export const EVALUATORS: Readonly<Record<string, Make>> = {
  AI: ai,
  ALARM: alarm,
  ALARM_DEVIATION: alarmDeviation,
  ALARM_DISCRETE: alarmDiscrete,
  ALARM_RATE: alarmRate,
  AND: and,
  AO: ao,
  ARITH: arith,
  BIAS_GAIN: biasGain,
  CALC: calc,
  CHARACTERIZER: characterizer,
  COMPARATOR: comparator,
  CONDITION: condition,
  CONTROL_SELECTOR: controlSelector,
  CTD: ctd,
  CTU: ctu,
  CTUD: ctud,
  DEAD_TIME: deadTime,
  DEVICE_CONTROL: deviceControl,
  DI: di,
  DO: discreteOutput,
  FILTER: leadLag,
  F_TRIG: fTrig,
  INPUT_SELECTOR: inputSelector,
  INTEGRATOR: integrator,
  LEAD_LAG: leadLag,
  LIMIT: limiter,
  MANUAL_LOADER: manualLoader,
  MOTOR: motor,
  NOT: not,
  OR: or,
  PID: pid,
  PULSE_IN: pulseInput,
  RAMP_PROGRAM: rampProgram,
  RATE_LIMIT: rateLimit,
  RATIO: ratio,
  RS: rs,
  R_TRIG: rTrig,
  SCALER: scaler,
  SFC: sfc,
  SPLITTER: splitter,
  SR: sr,
  TOF: tof,
  TON: ton,
  TONR: tonr,
  TP: tp,
  VALVE: valve,
  XOR: xor,
}
