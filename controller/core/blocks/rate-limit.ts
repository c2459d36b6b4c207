/**
 * Ramp: OUT goes to the target SP no faster than RATE_UP and RATE_DN. An operator gives the plant a new production rate or
 * grade once; the set points below it move at the speed the plant can follow.
 *
 * Modes: Auto ramps to the operator's SP, Cas to CAS_IN, Man holds. Every way into automatic starts at the last OUT, so
 * none has a bump; after IMan (the slave was taken out of cascade) OUT ramps from where the slave stood.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, isBad, isUncertain, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { backStatus, goodStatus, heldStatus, isOpen, mustInitialise, slaveMode } from '../cascade.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_CASCADE, refuseMode } from '../mode-fields.ts'

const FIELDS = [
  { name: 'CAS_IN', role: 'wire-in', unit: 'out', doc: 'Target from a master.', optional: true },
  { name: 'BKCAL_IN', role: 'back-in', unit: 'out', doc: "The slave's BKCAL_OUT.", optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'The ramp.' },
  { name: 'BKCAL_OUT', role: 'back-out', unit: 'out', doc: 'What the master starts from.' },
  ...modeFields(PERMITTED_CASCADE, MODE.auto),
  { name: 'SP', role: 'tunable', unit: 'out', doc: 'Where the ramp goes; OUT starts there.' },
  { name: 'RATE_UP', role: 'tunable', unit: 'out/s', doc: 'Fastest rise; 0: none allowed.', min: 0 },
  { name: 'RATE_DN', role: 'tunable', unit: 'out/s', doc: 'Fastest fall; 0: none allowed.', min: 0 },
  { name: 'OUT_SCALE', role: 'constant', unit: 'out', doc: 'OUT at 0 % and 100 %.', count: 2, defaults: [0, 100] },
  {
    name: 'SP_LIM',
    role: 'constant',
    unit: 'out',
    doc: 'Limits of the target; [0, 0]: OUT_SCALE.',
    count: 2,
    defaults: [0, 0],
  },
  { name: 'TRACKING', role: 'state', unit: '1', doc: '1 while OUT follows BKCAL_IN.' },
  { name: 'RAMPING', role: 'state', unit: '1', doc: '1 while OUT is not yet at the target.' },
  { name: 'DT', role: 'derived', unit: 's', doc: 'Period of the scan class.' },
  { name: 'SP_LO', role: 'derived', unit: 'out', doc: 'Low limit of the target.' },
  { name: 'SP_HI', role: 'derived', unit: 'out', doc: 'High limit of the target.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const back = s[S.BKCAL_IN_ST]!
  const cas_st = s[S.CAS_IN_ST]!
  const target = s[S.MODE_TARGET]!
  let actual = target
  let asking = false
  if (target === MODE.oos) actual = MODE.oos
  else if (mustInitialise(back)) actual = MODE.iman
  else if (target === MODE.cas) {
    actual = slaveMode(s[S.MODE_ACTUAL]!, s[S.BKCAL_OUT_ST]!, cas_st, k[K.PERMITTED]!)
    asking = actual !== MODE.cas
    if (actual === MODE.cas && codeOf(cas_st) !== STATUS.initAck) {
      s[S.SP] = Math.min(Math.max(s[S.CAS_IN]!, k[K.SP_LO]!), k[K.SP_HI]!) + 0
    }
  }
  s[S.MODE_ACTUAL] = actual
  s[S.TRACKING] = actual === MODE.iman ? 1 : 0

  const prev = s[S.OUT]!
  const sp = s[S.SP]!
  let out = prev
  let status = heldStatus(actual, back)
  let limits = isOpen(back) ? 0 : limitOf(back)
  if (actual === MODE.iman) {
    if (!isBad(back)) out = s[S.BKCAL_IN]!
  } else if (actual >= MODE.auto) {
    if (sp > prev) out = Math.min(sp, prev + s[S.RATE_UP]! * k[K.DT]!)
    else out = Math.max(sp, prev - s[S.RATE_DN]! * k[K.DT]!)
    status = actual === MODE.cas && isUncertain(cas_st) ? STATUS.uncertain : goodStatus(back)
    // A master that pushes faster than the ramp goes is told to wait.
    if (sp > out) limits = LIMIT.high
    else if (sp < out) limits = LIMIT.low
  }
  if (!(out - out === 0)) {
    out = prev
    status = STATUS.bad
  }
  s[S.OUT] = out + 0
  s[S.OUT_ST] = status
  s[S.RAMPING] = actual >= MODE.auto && out !== sp ? 1 : 0
  s[S.BKCAL_OUT] = out + 0
  s[S.BKCAL_OUT_ST] = backStatus(actual, asking, limits)
}

/** Ramp of a set point. */
export const RATE_LIMIT: BlockType = {
  type: 'RATE_LIMIT',
  doc: 'Ramp: OUT follows an operator-writable target no faster than its rates, with the cascade handshake.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    const at = k[K.SP_LIM]! !== 0 || k[K.SP_LIM + 1]! !== 0 ? K.SP_LIM : K.OUT_SCALE
    k[K.DT] = dt_s
    k[K.SP_LO] = k[at]!
    k[K.SP_HI] = k[at + 1]!
  },
  start: (s) => {
    s[S.MODE_ACTUAL] = MODE.man
    s[S.OUT] = s[S.SP]!
  },
  writable: ['MODE', 'SP', 'OUT', 'RATE_UP', 'RATE_DN'],
  write: (s, k, field, value) => {
    const actual = s[S.MODE_ACTUAL]!
    switch (field) {
      case 'MODE': {
        const refusal = refuseMode(value, k[K.PERMITTED]!)
        if (refusal === REFUSAL.none) s[S.MODE_TARGET] = value
        return refusal
      }
      case 'SP':
        if (actual === MODE.cas) return REFUSAL.mode
        if (value < k[K.SP_LO]! || value > k[K.SP_HI]!) return REFUSAL.outOfRange
        s[S.SP] = value
        return REFUSAL.none
      case 'OUT':
        if (actual !== MODE.man) return REFUSAL.mode
        if (value < k[K.SP_LO]! || value > k[K.SP_HI]!) return REFUSAL.outOfRange
        s[S.OUT] = value
        return REFUSAL.none
      case 'RATE_UP':
      case 'RATE_DN':
        if (value < 0) return REFUSAL.outOfRange
        s[field === 'RATE_UP' ? S.RATE_UP : S.RATE_DN] = value
        return REFUSAL.none
      default:
        return REFUSAL.unknownTarget
    }
  },
  on_bad: { CAS_IN: 'sheds' },
  tag_fields: {
    PV: 'OUT',
    SP: 'SP',
    OUT: 'OUT',
    MODE_TARGET: 'MODE_TARGET',
    MODE_ACTUAL: 'MODE_ACTUAL',
    READBACK: 'BKCAL_IN',
    TRACKING: 'TRACKING',
  },
  tag_writable: { SP: 'SP', OUT: 'OUT', MODE: 'MODE' },
}
