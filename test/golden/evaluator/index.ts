/**
 * The second evaluator: every block once more, in plain objects and words, written from the text of the rules. It shares no
 * code with the engine, and its only purpose is to say what the blocks must answer.
 */
import type { Make } from './block.ts'
import { ai, pulseInput } from './inputs.ts'
import { biasGain, controlSelector, rateLimit, ratio } from './masters.ts'
import { alarm, alarmDeviation, alarmDiscrete, alarmRate, arith, inputSelector } from './measurements.ts'
import { ao, manualLoader } from './outputs.ts'
import { pid } from './pid.ts'
import { integrator, rampProgram } from './programs.ts'
import { calc, characterizer, comparator, deadTime, leadLag, limiter, scaler } from './signals.ts'
import { splitter } from './splitter.ts'

export const EVALUATORS: Readonly<Record<string, Make>> = {
  AI: ai,
  ALARM: alarm,
  ALARM_DEVIATION: alarmDeviation,
  ALARM_DISCRETE: alarmDiscrete,
  ALARM_RATE: alarmRate,
  AO: ao,
  ARITH: arith,
  BIAS_GAIN: biasGain,
  CALC: calc,
  CHARACTERIZER: characterizer,
  COMPARATOR: comparator,
  CONTROL_SELECTOR: controlSelector,
  DEAD_TIME: deadTime,
  FILTER: leadLag,
  INPUT_SELECTOR: inputSelector,
  INTEGRATOR: integrator,
  LEAD_LAG: leadLag,
  LIMIT: limiter,
  MANUAL_LOADER: manualLoader,
  PID: pid,
  PULSE_IN: pulseInput,
  RAMP_PROGRAM: rampProgram,
  RATE_LIMIT: rateLimit,
  RATIO: ratio,
  SCALER: scaler,
  SPLITTER: splitter,
}
