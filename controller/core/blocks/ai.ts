/**
 * Analog input: from the device's own quantity (mA, or the EU of a smart device) to the tag's engineering units.
 *
 *   simulate -> NE 43 -> convert -> cut-off -> filter -> PV -> mode -> OUT              (function-blocks 2.5)
 *   FIELD_VAL = (IN - XD_0) / (XD_100 - XD_0)
 *   direct: PV = IN; indirect: PV = OUT_0 + FIELD_VAL (OUT_100 - OUT_0); sqrt: the same with sqrt(FIELD_VAL)
 *
 * NAMUR NE 43 as fractions of the 4-20 mA span, so that it holds for 1-5 V too: below 3.6 mA or above 21 mA the sensor
 * has failed (Bad), outside 3.8-20.5 mA the value is at the end of its range (Uncertain, limited). While Bad, PV holds
 * its last value [R6]; when the signal returns the filter starts from it, not from the old value.
 * @see NAMUR NE 43; IEC 61804-2 analog input
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel, Run } from '../block.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { smoothing } from '../math.ts'
import { modeFields, PERMITTED_LOCAL, refuseMode } from '../mode-fields.ts'

const DIRECT = 0
const SQRT = 2

/**
 * NE 43 in parts of the span: 3.6, 3.8, 20.5 and 21 mA of 4-20 mA, the two of failure 0.01 mA inwards: a transmitter set
 * to fail at exactly 3.6 or 21 mA must be seen through the rounding of the input module.
 */
const NE43 = { failLow: -0.39 / 16, low: -0.2 / 16, high: 16.5 / 16, failHigh: 16.99 / 16 } as const

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: "The device's own quantity, from the image." },
  { name: 'PV', role: 'wire-out', unit: 'EU', doc: 'The measurement after conversion and filter, in any mode.' },
  { name: 'OUT', role: 'wire-out', unit: 'EU', doc: 'PV in Auto; in Man what the operator wrote.' },
  ...modeFields(PERMITTED_LOCAL, MODE.auto),
  { name: 'XD', role: 'constant', unit: 'in', doc: 'IN at 0 % and 100 %.', count: 2, defaults: [4, 20] },
  { name: 'OUT_SCALE', role: 'constant', unit: 'EU', doc: 'PV at 0 % and 100 %.', count: 2, defaults: [0, 100] },
  {
    name: 'LINEAR',
    role: 'constant',
    unit: '1',
    doc: 'How IN becomes PV.',
    default: 1,
    names: { direct: 0, indirect: 1, sqrt: 2 },
  },
  { name: 'LOW_CUT', role: 'constant', unit: 'EU', doc: 'Below it PV is 0; 0 switches it off.', default: 0, min: 0 },
  { name: 'FTIME', role: 'constant', unit: 's', doc: 'Time to 63 % of a step; 0: no filter.', default: 0, min: 0 },
  {
    name: 'NE43',
    role: 'constant',
    unit: '1',
    doc: 'Judge IN by NAMUR NE 43; not for direct inputs.',
    default: 1,
    names: { no: 0, yes: 1 },
  },
  {
    name: 'SIMULATE',
    role: 'tunable',
    unit: '1',
    doc: 'Take SIM_VALUE in place of IN; shown as simulated on every wire behind it.',
    default: 0,
    names: { no: 0, yes: 1 },
  },
  { name: 'SIM_VALUE', role: 'tunable', unit: 'in', doc: 'Value in place of IN.', default: 0 },
  { name: 'BAD', role: 'state', unit: '1', doc: '1 while the measurement is bad.', event: EVENT.badPv },
  { name: 'RUNNING', role: 'state', unit: '1', doc: '1 once the filter holds a value.' },
  { name: 'SMOOTHING', role: 'derived', unit: '1', doc: '1 - e^(-dt/FTIME).' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  let raw = s[S.IN]!
  let status = s[S.IN_ST]!
  if (s[S.SIMULATE]! !== 0) {
    raw = s[S.SIM_VALUE]!
    status = STATUS.good | FLAG.simulated
  }
  // Not connected would tell the next block that its input is not wired.
  if (codeOf(status) === STATUS.badNotConnected) status = STATUS.badNoComm | (status & 0x1f00)
  const linear = k[K.LINEAR]!
  const out_0 = k[K.OUT_SCALE]!
  const out_span = k[K.OUT_SCALE + 1]! - out_0
  const field = (raw - k[K.XD]!) / (k[K.XD + 1]! - k[K.XD]!)
  if (linear !== DIRECT && k[K.NE43]! !== 0 && !isBad(status)) {
    const flags = status & 0x1f00
    if (field < NE43.failLow) status = STATUS.badSensorFailure | LIMIT.low | flags
    else if (field > NE43.failHigh) status = STATUS.badSensorFailure | LIMIT.high | flags
    else if (field < NE43.low) status = STATUS.uncertainRangeViolation | LIMIT.low | flags
    else if (field > NE43.high) status = STATUS.uncertainRangeViolation | LIMIT.high | flags
  }
  if (!isBad(status)) {
    let value = raw
    if (linear === SQRT) {
      value = out_0 + Math.sqrt(Math.max(field, 0)) * out_span
      // The root has no value below zero flow: the true one is at or below it.
      if (field < 0) status = (status & ~3) | LIMIT.low
    } else if (linear !== DIRECT) value = out_0 + field * out_span
    if (value < k[K.LOW_CUT]! && k[K.LOW_CUT]! > 0) value = 0
    const pv = s[S.RUNNING]! === 0 ? value : s[S.PV]! + k[K.SMOOTHING]! * (value - s[S.PV]!)
    if (pv - pv === 0) {
      s[S.PV] = pv + 0
      s[S.RUNNING] = 1
    } else status = STATUS.bad
  }
  const bad = isBad(status)
  if (bad) s[S.RUNNING] = 0
  s[S.BAD] = bad ? 1 : 0
  s[S.PV_ST] = status

  const target = s[S.MODE_TARGET]!
  s[S.MODE_ACTUAL] = target
  if (target === MODE.auto) {
    s[S.OUT] = s[S.PV]!
    s[S.OUT_ST] = status
  } else if (target === MODE.man) s[S.OUT_ST] = STATUS.uncertainSubstitute | LIMIT.constant
  else s[S.OUT_ST] = STATUS.badOutOfService | LIMIT.constant
}

const run: Run = (s, k, r) => {
  for (let i = 0; i < s.length; i++) kernel(s[i]!, k[i]!, r[i]!)
}

/** Analog input. */
export const AI: BlockType = {
  type: 'AI',
  doc: 'Analog input: conversion of the device quantity to engineering units, NE 43, root, cut-off, filter, simulation.',
  fields: FIELDS,
  kernel,
  run,
  derive: (k, dt_s) => {
    k[K.SMOOTHING] = smoothing(dt_s, k[K.FTIME]!)
  },
  start: (s) => {
    s[S.MODE_ACTUAL] = s[S.MODE_TARGET]!
  },
  writable: ['MODE', 'OUT', 'SIMULATE', 'SIM_VALUE'],
  write: (s, k, field, value) => {
    switch (field) {
      case 'MODE': {
        const refusal = refuseMode(value, k[K.PERMITTED]!)
        if (refusal === REFUSAL.none) s[S.MODE_TARGET] = value
        return refusal
      }
      case 'OUT':
        if (s[S.MODE_ACTUAL]! !== MODE.man) return REFUSAL.mode
        s[S.OUT] = value
        return REFUSAL.none
      case 'SIMULATE':
        if (value !== 0 && value !== 1) return REFUSAL.outOfRange
        s[S.SIMULATE] = value
        return REFUSAL.none
      case 'SIM_VALUE':
        s[S.SIM_VALUE] = value
        return REFUSAL.none
      default:
        return REFUSAL.unknownTarget
    }
  },
  tag_fields: { PV: 'OUT', OUT: 'OUT', MODE_TARGET: 'MODE_TARGET', MODE_ACTUAL: 'MODE_ACTUAL' },
  tag_writable: { OUT: 'OUT', MODE: 'MODE' },
}
