/**
 * Discrete input: simulate -> invert -> debounce -> PV -> mode -> OUT.                                 (function-blocks 2.7)
 *
 * A change is taken when it has lasted for DEBOUNCE, rise and fall alike. While IN is Bad, PV holds its last value [R6]; the
 * first usable value is taken at once. Simulated or in Man the value cannot move: its limits say constant.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_LOCAL, refuseMode } from '../mode-fields.ts'
import { elapsedS, NO_YES, periodMs } from './discrete.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: 'Not 0 is on; from the image.' },
  { name: 'PV', role: 'wire-out', unit: '1', doc: 'The input after inversion and debounce, in any mode.' },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: 'PV in Auto; in Man what the operator wrote.' },
  ...modeFields(PERMITTED_LOCAL, MODE.auto),
  { name: 'INVERT', role: 'constant', unit: '1', doc: 'PV is on where IN is off.', default: 0, names: NO_YES },
  { name: 'DEBOUNCE', role: 'constant', unit: 's', doc: 'A change is taken after so long.', default: 0, min: 0 },
  {
    name: 'SIMULATE',
    role: 'tunable',
    unit: '1',
    doc: 'Take SIM_VALUE in place of IN; shown as simulated on every wire behind it.',
    default: 0,
    names: NO_YES,
  },
  { name: 'SIM_VALUE', role: 'tunable', unit: '1', doc: 'Value in place of IN.', default: 0 },
  { name: 'BAD', role: 'state', unit: '1', doc: '1 while the input is bad.', event: EVENT.badPv },
  { name: 'RUNNING', role: 'state', unit: '1', doc: '1 once PV holds a value.' },
  {
    name: 'SCANS',
    role: 'state',
    unit: 'scans',
    doc: 'How long IN has differed from PV; -1: it does not.',
    default: -1,
  },
  { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  let raw = s[S.IN]!
  let status = s[S.IN_ST]!
  if (s[S.SIMULATE]! !== 0) {
    raw = s[S.SIM_VALUE]!
    status = STATUS.good | FLAG.simulated | LIMIT.constant
  }
  // Not connected would tell the next block that its input is not wired.
  if (codeOf(status) === STATUS.badNotConnected) status = STATUS.badNoComm | (status & 0x1f00)
  if (isBad(status)) s[S.SCANS] = -1
  else {
    const on = (raw !== 0) !== (k[K.INVERT]! !== 0) ? 1 : 0
    if (on === s[S.PV]!) s[S.SCANS] = -1
    else {
      s[S.SCANS]! += 1
      if (s[S.RUNNING]! === 0 || elapsedS(s[S.SCANS]!, k[K.DT_MS]!) >= k[K.DEBOUNCE]!) {
        s[S.PV] = on
        s[S.SCANS] = -1
      }
    }
    s[S.RUNNING] = 1
  }
  s[S.BAD] = isBad(status) ? 1 : 0
  s[S.PV_ST] = status

  const target = s[S.MODE_TARGET]!
  s[S.MODE_ACTUAL] = target
  if (target === MODE.auto) {
    s[S.OUT] = s[S.PV]!
    s[S.OUT_ST] = status
  } else if (target === MODE.man) s[S.OUT_ST] = STATUS.uncertainSubstitute | LIMIT.constant
  else s[S.OUT_ST] = STATUS.badOutOfService | LIMIT.constant
}

/** Discrete input. */
export const DI: BlockType = {
  type: 'DI',
  doc: 'Discrete input: inversion, debounce of both edges, simulation. Modes OOS, Man, Auto.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.DT_MS] = periodMs(dt_s)
  },
  start: (s) => {
    s[S.MODE_ACTUAL] = s[S.MODE_TARGET]!
  },
  writable: ['MODE', 'OUT', 'SIMULATE', 'SIM_VALUE'],
  write: (s, k, field, value) => {
    if (field === 'MODE') {
      const refusal = refuseMode(value, k[K.PERMITTED]!)
      if (refusal === REFUSAL.none) s[S.MODE_TARGET] = value
      return refusal
    }
    if (field !== 'OUT' && field !== 'SIMULATE' && field !== 'SIM_VALUE') return REFUSAL.unknownTarget
    if (field === 'OUT' && s[S.MODE_ACTUAL]! !== MODE.man) return REFUSAL.mode
    if (value !== 0 && value !== 1) return REFUSAL.outOfRange
    s[S[field]] = value
    return REFUSAL.none
  },
  tag_fields: { PV: 'OUT', OUT: 'OUT', MODE_TARGET: 'MODE_TARGET', MODE_ACTUAL: 'MODE_ACTUAL' },
  tag_writable: { OUT: 'OUT', MODE: 'MODE' },
}
