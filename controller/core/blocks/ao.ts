/**
 * Analog output: set point in engineering units (a valve's %) to the device's own quantity, the last slave of a cascade.
 *
 *   SP by mode (Auto: operator, Cas: CAS_IN) -> limits -> rate (Auto only) -> OUT_EU -> increase to close -> OUT
 *   PV = READBACK in the units of SP                                                     (function-blocks 2.6)
 *
 * Start without a bump: until the device has said what it stands at, nothing is written (Bad) and the block is in IMan;
 * then set point and OUT are that value, so the first write changes nothing, and the master starts from it. The same
 * after a read-back that was bad, because the device may have gone to its fail value meanwhile: until it speaks again OUT
 * holds, is still written (Uncertain), and the master waits in IMan.
 *
 * While somebody forces the output in field-io the read-back says so (the flag). The block then follows the device in IMan
 * with OUT flagged, so that the end of the force moves nothing.
 *
 * Fault state: with target Cas and CAS_IN bad or IFS for FSTATE_TIME the block goes to LO; OUT holds or goes to FSTATE_VAL.
 * [R9, R13] In RCas, where permitted, the set point is a host's (shed.ts); its IFS too is the fault state, its loss is not.
 * In Man, IMan, LO the set point follows OUT_EU, so that no way back has a bump.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel, Run } from '../block.ts'
import { backStatus, isOpen, isOverruled, slaveMode } from '../cascade.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_CASCADE } from '../mode-fields.ts'
import {
  checkRemote,
  deriveRemote,
  ordersFaultState,
  RCAS_WRITABLE,
  REMOTE_FLAG,
  REMOTE_PARAMETERS,
  remoteScan,
  remoteStates,
  startRemote,
  writeHost,
  writeMode,
} from './shed.ts'

const YES = { no: 0, yes: 1 } as const

const FIELDS = [
  { name: 'CAS_IN', role: 'wire-in', unit: 'EU', doc: 'Set point from the controller.', optional: true },
  { name: 'READBACK', role: 'wire-in', unit: 'out', doc: 'What the device stands at, from the image.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: "The device's own quantity, to the image." },
  {
    name: 'BKCAL_OUT',
    role: 'back-out',
    unit: 'EU',
    doc: 'What the controller starts from, and which way it may push.',
  },
  { name: 'PV', role: 'wire-out', unit: 'EU', doc: 'READBACK in the units of SP.' },
  { name: 'OUT_EU', role: 'wire-out', unit: 'EU', doc: 'The output in the units of SP, before increase to close.' },
  ...modeFields(PERMITTED_CASCADE, MODE.cas),
  {
    name: 'SP',
    role: 'tunable',
    unit: 'EU',
    doc: 'Set point: of the operator, or of the controller in Cas.',
    default: 0,
  },
  { name: 'PV_SCALE', role: 'constant', unit: 'EU', doc: 'SP at 0 % and 100 %.', count: 2, defaults: [0, 100] },
  { name: 'XD', role: 'constant', unit: 'out', doc: 'OUT at 0 % and 100 %.', count: 2, defaults: [4, 20] },
  {
    name: 'INCREASE_TO_CLOSE',
    role: 'constant',
    unit: '1',
    doc: 'The device is at XD_100 when SP is at 0 %.',
    default: 0,
    names: YES,
  },
  {
    name: 'SP_LIM',
    role: 'constant',
    unit: 'EU',
    doc: 'Limits of the set point; [0, 0]: PV_SCALE and 10 % beyond.',
    count: 2,
    defaults: [0, 0],
  },
  { name: 'SP_RATE_UP', role: 'constant', unit: 'EU/s', doc: 'Fastest rise in Auto; 0: none.', default: 0, min: 0 },
  { name: 'SP_RATE_DN', role: 'constant', unit: 'EU/s', doc: 'Fastest fall in Auto; 0: none.', default: 0, min: 0 },
  {
    name: 'USE_PV_BKCAL',
    role: 'constant',
    unit: '1',
    doc: 'BKCAL_OUT carries PV in place of SP.',
    default: 0,
    names: YES,
  },
  { name: 'FSTATE_TIME', role: 'constant', unit: 's', doc: 'CAS_IN bad for so long: fault state.', default: 5, min: 0 },
  {
    name: 'FSTATE',
    role: 'constant',
    unit: '1',
    doc: 'What OUT does in fault state.',
    default: 0,
    names: { hold: 0, value: 1 },
  },
  { name: 'FSTATE_VAL', role: 'constant', unit: 'EU', doc: 'OUT in fault state.', default: 0 },
  { name: 'FSTATE_MAN', role: 'constant', unit: '1', doc: 'Fault state makes the target Man.', default: 0, names: YES },
  {
    name: 'READBACK_TOL',
    role: 'constant',
    unit: 'EU',
    doc: 'Largest difference of PV and OUT_EU; 0: not watched.',
    default: 0,
    min: 0,
  },
  {
    name: 'READBACK_TIME',
    role: 'constant',
    unit: 's',
    doc: 'For so long before it is called failed.',
    default: 10,
    min: 0,
  },
  { name: 'TRACKING', role: 'state', unit: '1', doc: '1 while OUT does not follow a set point (LO, IMan).' },
  { name: 'READY', role: 'state', unit: '1', doc: '1 once OUT has started from the read-back.' },
  { name: 'FAULT', role: 'state', unit: '1', doc: '1 in fault state.', event: EVENT.faultState },
  { name: 'FAULT_SCANS', role: 'state', unit: 'scans', doc: 'CAS_IN has been bad for so many.' },
  {
    name: 'READBACK_FAILED',
    role: 'state',
    unit: '1',
    doc: '1 while the device is not where it was sent.',
    event: EVENT.readbackFailed,
  },
  { name: 'MISMATCH_SCANS', role: 'state', unit: 'scans', doc: 'PV has been off for so many.' },
  { name: 'DT', role: 'derived', unit: 's', doc: 'Period of the scan class.' },
  { name: 'SP_LO', role: 'derived', unit: 'EU', doc: 'Low limit of the set point.' },
  { name: 'SP_HI', role: 'derived', unit: 'EU', doc: 'High limit of the set point.' },
  { name: 'FAULT_AFTER', role: 'derived', unit: 'scans', doc: 'FSTATE_TIME.' },
  { name: 'MISMATCH_AFTER', role: 'derived', unit: 'scans', doc: 'READBACK_TIME.' },
  REMOTE_FLAG,
  ...remoteStates('EU'),
  ...REMOTE_PARAMETERS,
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const law = (s: Float64Array, k: Float64Array): void => {
  const was = s[S.MODE_ACTUAL]!
  const lo_eu = k[K.PV_SCALE]!
  const span_eu = k[K.PV_SCALE + 1]! - lo_eu
  const from = k[K.INCREASE_TO_CLOSE]! !== 0 ? k[K.XD + 1]! : k[K.XD]!
  const span = (k[K.INCREASE_TO_CLOSE]! !== 0 ? k[K.XD]! : k[K.XD + 1]!) - from

  // What the device stands at.
  const rb_st = s[S.READBACK_ST]!
  const has_readback = !isOpen(rb_st)
  const rb_good = has_readback && !isBad(rb_st)
  const forced = rb_good && (rb_st & FLAG.forced) !== 0
  if (rb_good) s[S.PV] = lo_eu + ((s[S.READBACK]! - from) / span) * span_eu + 0
  else if (!has_readback) s[S.PV] = s[S.OUT_EU]!
  s[S.PV_ST] = has_readback ? rb_st : STATUS.good
  let exact = false
  const target = s[S.MODE_TARGET]!
  if (rb_good && (forced || s[S.READY]! === 0) && target !== MODE.oos) {
    s[S.OUT_EU] = s[S.PV]!
    s[S.SP] = s[S.PV]!
    exact = true
  }
  // Without one the output holds what was last written, and there is nothing to start from at all before the first.
  const blind = has_readback && !rb_good
  const written = s[S.READY]! !== 0 || codeOf(s[S.OUT_ST]!) === STATUS.uncertainLastUsable
  // Out of service nothing is written either, and the device times out: the way back starts from it again.
  s[S.READY] = blind || forced || target === MODE.oos ? 0 : 1

  // Fault state.
  const cas_st = s[S.CAS_IN_ST]!
  const lost = target === MODE.cas && !isOpen(cas_st) && (isBad(cas_st) || codeOf(cas_st) === STATUS.initiateFaultState)
  s[S.FAULT_SCANS] = lost ? Math.min(s[S.FAULT_SCANS]! + 1, k[K.FAULT_AFTER]! + 1) : 0
  const fault = lost && (s[S.FAULT_SCANS]! > k[K.FAULT_AFTER]! || codeOf(cas_st) === STATUS.initiateFaultState)
  s[S.FAULT] = fault ? 1 : 0

  // [R8]
  let actual = target
  let asking = false
  if (target === MODE.oos) actual = MODE.oos
  else if (blind || forced) actual = MODE.iman
  else if (fault) {
    actual = MODE.lo
    if (k[K.FSTATE_MAN]! !== 0) s[S.MODE_TARGET] = MODE.man
  } else if (target === MODE.cas) {
    actual = slaveMode(was, s[S.BKCAL_OUT_ST]!, cas_st, k[K.PERMITTED]!)
    asking = actual !== MODE.cas
  }
  s[S.MODE_ACTUAL] = actual
  s[S.TRACKING] = actual === MODE.iman || actual === MODE.lo ? 1 : 0

  // Set point.
  const prev = s[S.OUT_EU]!
  let out = prev
  let limits = 0
  if (actual >= MODE.auto) {
    if (actual === MODE.cas && codeOf(cas_st) !== STATUS.initAck) s[S.SP] = s[S.CAS_IN]! + 0
    out = s[S.SP]!
    // A device may stand outside the limits at the start; it is not moved for that alone.
    if (out > k[K.SP_HI]! && out > prev) out = Math.max(k[K.SP_HI]!, prev)
    else if (out < k[K.SP_LO]! && out < prev) out = Math.min(k[K.SP_LO]!, prev)
    if (out >= k[K.SP_HI]!) limits = LIMIT.high
    else if (out <= k[K.SP_LO]!) limits = LIMIT.low
    if (actual === MODE.auto && was >= MODE.auto) {
      const dt = k[K.DT]!
      if (k[K.SP_RATE_UP]! > 0) out = Math.min(out, prev + k[K.SP_RATE_UP]! * dt)
      if (k[K.SP_RATE_DN]! > 0) out = Math.max(out, prev - k[K.SP_RATE_DN]! * dt)
    }
    if (actual === MODE.cas) s[S.SP] = out
  } else {
    if (actual === MODE.lo && k[K.FSTATE]! !== 0) out = Math.min(Math.max(k[K.FSTATE_VAL]!, k[K.SP_LO]!), k[K.SP_HI]!)
    s[S.SP] = out
    limits = LIMIT.constant
  }
  if (!(out - out === 0)) out = prev
  s[S.OUT_EU] = out + 0

  let status: number = STATUS.good | limits
  if (actual === MODE.oos) status = STATUS.badOutOfService | LIMIT.constant
  else if (blind) status = (written ? STATUS.uncertainLastUsable : STATUS.bad) | LIMIT.constant
  else if (forced) status = STATUS.good | LIMIT.constant | FLAG.forced
  if (!blind && actual !== MODE.oos) {
    // On the scan that starts from the read-back the device's own number goes back unrounded.
    s[S.OUT] = (exact && out === s[S.PV]! ? s[S.READBACK]! : from + ((out - lo_eu) / span_eu) * span) + 0
  }
  s[S.OUT_ST] = status
  s[S.OUT_EU_ST] = status

  // Is the device where it was sent?
  const off = rb_good && !forced && k[K.READBACK_TOL]! > 0 && Math.abs(s[S.PV]! - prev) > k[K.READBACK_TOL]!
  s[S.MISMATCH_SCANS] = off ? Math.min(s[S.MISMATCH_SCANS]! + 1, k[K.MISMATCH_AFTER]! + 1) : 0
  s[S.READBACK_FAILED] = s[S.MISMATCH_SCANS]! > k[K.MISMATCH_AFTER]! ? 1 : 0

  s[S.BKCAL_OUT] = k[K.USE_PV_BKCAL]! !== 0 && actual === MODE.cas ? s[S.PV]! : s[S.OUT_EU]!
  s[S.BKCAL_OUT_ST] =
    fault && actual === MODE.lo ? STATUS.faultStateActive | LIMIT.constant : backStatus(actual, asking, limits)
  // The operator looks at the master, whose read-back this is.
  if (forced) s[S.BKCAL_OUT_ST]! |= FLAG.forced
}

/** [R8] What decides the mode in place of the target: a device that is silent or forced, and a host's order. */
const forced = (s: Float64Array): boolean => isOverruled(s[S.READBACK_ST]!) || ordersFaultState(s, S)

const kernel: Kernel = (s, k) => {
  if (k[K.REMOTE]! === 0) law(s, k)
  else remoteScan(s, k, S, K, law, forced)
}

const run: Run = (s, k) => {
  for (let i = 0; i < s.length; i++) {
    if (k[i]![K.REMOTE]! === 0) law(s[i]!, k[i]!)
    else remoteScan(s[i]!, k[i]!, S, K, law, forced)
  }
}

/** Analog output. */
export const AO: BlockType = {
  type: 'AO',
  doc:
    'Analog output: limits, rate, fault state, increase to close, conversion to the device quantity; starts from what ' +
    'the device stands at. Modes OOS, IMan, LO, Man, Auto, Cas, and where permitted RCas with shedding.',
  fields: FIELDS,
  kernel,
  run,
  derive: (k, dt_s) => {
    const tenth = 0.1 * (k[K.PV_SCALE + 1]! - k[K.PV_SCALE]!)
    const given = k[K.SP_LIM]! !== 0 || k[K.SP_LIM + 1]! !== 0
    k[K.DT] = dt_s
    k[K.SP_LO] = given ? k[K.SP_LIM]! : k[K.PV_SCALE]! - tenth
    k[K.SP_HI] = given ? k[K.SP_LIM + 1]! : k[K.PV_SCALE + 1]! + tenth
    k[K.FAULT_AFTER] = Math.floor(k[K.FSTATE_TIME]! / dt_s)
    k[K.MISMATCH_AFTER] = Math.floor(k[K.READBACK_TIME]! / dt_s)
    deriveRemote(k, K, dt_s)
  },
  check: (_s, k) => {
    const faults: string[] = []
    if (k[K.PV_SCALE]! === k[K.PV_SCALE + 1]!) faults.push('PV_SCALE: two different numbers')
    if (k[K.XD]! === k[K.XD + 1]!) faults.push('XD: two different numbers')
    if (k[K.SP_LIM + 1]! < k[K.SP_LIM]!) faults.push('SP_LIM: the high limit is below the low one')
    return [...faults, ...checkRemote(k, K)]
  },
  start: (s) => {
    s[S.MODE_ACTUAL] = MODE.man
    s[S.OUT_EU] = s[S.SP]!
    startRemote(s, S)
  },
  writable: ['MODE', 'SP', 'OUT', 'OUT_EU', ...RCAS_WRITABLE],
  write: (s, k, field, value) => {
    const actual = s[S.MODE_ACTUAL]!
    switch (field) {
      case 'MODE':
        return writeMode(s, k, S, K, value)
      case 'SP':
        if (actual !== MODE.auto) return REFUSAL.mode
        if (value < k[K.SP_LO]! || value > k[K.SP_HI]!) return REFUSAL.outOfRange
        s[S.SP] = value
        return REFUSAL.none
      case 'OUT':
      case 'OUT_EU':
        if (actual !== MODE.man) return REFUSAL.mode
        if (value < k[K.SP_LO]! || value > k[K.SP_HI]!) return REFUSAL.outOfRange
        s[S.OUT_EU] = value
        return REFUSAL.none
      case 'RCAS_IN':
      case 'RCAS_IN_ST':
        return writeHost(s, k, K, MODE.rcas, S.RCAS_IN, S.RCAS_AGE, field === 'RCAS_IN_ST', value)
      default:
        return REFUSAL.unknownTarget
    }
  },
  on_bad: { CAS_IN: 'fault_state', RCAS_IN: 'sheds', READBACK: 'holds' },
  tag_fields: {
    PV: 'PV',
    SP: 'SP',
    OUT: 'OUT_EU',
    MODE_TARGET: 'MODE_TARGET',
    MODE_ACTUAL: 'MODE_ACTUAL',
    READBACK: 'PV',
    TRACKING: 'TRACKING',
  },
  tag_writable: { SP: 'SP', OUT: 'OUT_EU', MODE: 'MODE' },
}
