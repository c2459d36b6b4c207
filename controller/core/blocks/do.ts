/**
 * Discrete output: set point by mode (Auto: operator, Cas: CAS_IN) -> invert -> OUT.                   (function-blocks 2.7)
 *
 * Start without a bump, as AO: until the device has said what it stands at, nothing is written (Bad) and the block is in
 * IMan; then set point and OUT are that value. The same after a read-back that was Bad, because the device may have gone to
 * its fail value meanwhile: until it speaks again OUT holds and is still written (Uncertain). While somebody forces the output in
 * field-io (the flag of the read-back) the block follows the device in IMan.
 *
 * [R9, R13] In RCas, where permitted, the set point is a host's (shed.ts); its IFS too is the fault state, its loss is not.
 * Fault state: with target Cas and CAS_IN Bad or IFS for FSTATE_TIME the block goes to LO; OUT holds or goes to FSTATE_VAL.
 * In Man the operator writes OUT_D; in Man, IMan and LO the set point follows it, so that no way back has a bump.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { backStatus, isOpen, isOverruled, slaveMode } from '../cascade.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_CASCADE } from '../mode-fields.ts'
import { elapsedS, NO_YES, periodMs } from './discrete.ts'
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

const FIELDS = [
  { name: 'CAS_IN', role: 'wire-in', unit: '1', doc: 'Set point from logic; not 0 is on.', optional: true },
  { name: 'READBACK', role: 'wire-in', unit: '1', doc: 'What the device stands at, from the image.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: '1', doc: 'To the image, after inversion.' },
  { name: 'BKCAL_OUT', role: 'back-out', unit: '1', doc: 'What the master starts from.' },
  { name: 'PV', role: 'wire-out', unit: '1', doc: 'READBACK in the sense of SP.' },
  { name: 'OUT_D', role: 'wire-out', unit: '1', doc: 'The output in the sense of SP, before inversion.' },
  ...modeFields(PERMITTED_CASCADE, MODE.cas),
  { name: 'SP', role: 'tunable', unit: '1', doc: 'Set point: of the operator, or of the logic in Cas.', default: 0 },
  { name: 'INVERT', role: 'constant', unit: '1', doc: 'OUT is off where SP is on.', default: 0, names: NO_YES },
  { name: 'FSTATE_TIME', role: 'constant', unit: 's', doc: 'CAS_IN bad for so long: fault state.', default: 5, min: 0 },
  {
    name: 'FSTATE',
    role: 'constant',
    unit: '1',
    doc: 'What OUT does in fault state.',
    default: 0,
    names: { hold: 0, value: 1 },
  },
  { name: 'FSTATE_VAL', role: 'constant', unit: '1', doc: 'Set point in fault state.', default: 0, min: 0, max: 1 },
  {
    name: 'FSTATE_MAN',
    role: 'constant',
    unit: '1',
    doc: 'Fault state makes the target Man.',
    default: 0,
    names: NO_YES,
  },
  {
    name: 'READBACK_TIME',
    role: 'constant',
    unit: 's',
    doc: 'PV and OUT_D differ for so long before it is called failed; 0: not watched.',
    default: 0,
    min: 0,
  },
  { name: 'TRACKING', role: 'state', unit: '1', doc: '1 while OUT does not follow a set point (LO, IMan).' },
  { name: 'READY', role: 'state', unit: '1', doc: '1 once OUT has started from the read-back.' },
  { name: 'FAULT', role: 'state', unit: '1', doc: '1 in fault state.', event: EVENT.faultState },
  {
    name: 'FAULT_SCANS',
    role: 'state',
    unit: 'scans',
    doc: 'CAS_IN has been bad for so many; -1: it is not.',
    default: -1,
  },
  {
    name: 'READBACK_FAILED',
    role: 'state',
    unit: '1',
    doc: '1 while the device is not where it was sent.',
    event: EVENT.readbackFailed,
  },
  {
    name: 'MISMATCH_SCANS',
    role: 'state',
    unit: 'scans',
    doc: 'PV has been off for so many; -1: it is not.',
    default: -1,
  },
  { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
  REMOTE_FLAG,
  ...remoteStates('1'),
  ...REMOTE_PARAMETERS,
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const law = (s: Float64Array, k: Float64Array): void => {
  const was = s[S.MODE_ACTUAL]!
  const inverted = k[K.INVERT]! !== 0
  const target = s[S.MODE_TARGET]!

  // What the device stands at.
  const rb_st = s[S.READBACK_ST]!
  const has_readback = !isOpen(rb_st)
  const rb_good = has_readback && !isBad(rb_st)
  const forced = rb_good && (rb_st & FLAG.forced) !== 0
  if (rb_good) s[S.PV] = (s[S.READBACK]! !== 0) !== inverted ? 1 : 0
  else if (!has_readback) s[S.PV] = s[S.OUT_D]!
  s[S.PV_ST] = has_readback ? rb_st : STATUS.good
  if (rb_good && (forced || s[S.READY]! === 0) && target !== MODE.oos) {
    s[S.OUT_D] = s[S.PV]!
    s[S.SP] = s[S.PV]!
  }
  const blind = has_readback && !rb_good
  const written = s[S.READY]! !== 0 || codeOf(s[S.OUT_ST]!) === STATUS.uncertainLastUsable
  // Out of service nothing is written, and the device times out: the way back starts from it again.
  s[S.READY] = blind || forced || target === MODE.oos ? 0 : 1

  // Fault state.
  const cas_st = s[S.CAS_IN_ST]!
  const told = codeOf(cas_st) === STATUS.initiateFaultState
  const lost = target === MODE.cas && !isOpen(cas_st) && (isBad(cas_st) || told)
  if (!lost) s[S.FAULT_SCANS] = -1
  else if (s[S.FAULT_SCANS]! < 0 || elapsedS(s[S.FAULT_SCANS]!, k[K.DT_MS]!) < k[K.FSTATE_TIME]!) {
    s[S.FAULT_SCANS]! += 1
  }
  const fault = lost && (told || elapsedS(s[S.FAULT_SCANS]!, k[K.DT_MS]!) >= k[K.FSTATE_TIME]!)
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

  if (actual >= MODE.auto) {
    if (actual === MODE.cas && codeOf(cas_st) !== STATUS.initAck) s[S.SP] = s[S.CAS_IN]! !== 0 ? 1 : 0
    s[S.OUT_D] = s[S.SP]!
  } else {
    if (actual === MODE.lo && k[K.FSTATE]! !== 0) s[S.OUT_D] = k[K.FSTATE_VAL]! !== 0 ? 1 : 0
    s[S.SP] = s[S.OUT_D]!
  }
  s[S.OUT] = (s[S.OUT_D]! !== 0) !== inverted ? 1 : 0
  const out_st =
    actual === MODE.oos
      ? STATUS.badOutOfService | LIMIT.constant
      : blind
        ? written
          ? STATUS.uncertainLastUsable | LIMIT.constant
          : STATUS.bad | LIMIT.constant
        : forced
          ? STATUS.good | LIMIT.constant | FLAG.forced
          : STATUS.good
  s[S.OUT_ST] = out_st
  s[S.OUT_D_ST] = out_st

  // The device is not where it was sent.
  const watched = k[K.READBACK_TIME]! > 0 && rb_good && actual !== MODE.oos
  if (watched && s[S.PV]! !== s[S.OUT_D]!) {
    if (s[S.READBACK_FAILED]! === 0) s[S.MISMATCH_SCANS]! += 1
    if (elapsedS(s[S.MISMATCH_SCANS]!, k[K.DT_MS]!) >= k[K.READBACK_TIME]!) s[S.READBACK_FAILED] = 1
  } else {
    s[S.MISMATCH_SCANS] = -1
    s[S.READBACK_FAILED] = 0
  }

  s[S.BKCAL_OUT] = s[S.SP]!
  s[S.BKCAL_OUT_ST] =
    fault && actual === MODE.lo ? STATUS.faultStateActive | LIMIT.constant : backStatus(actual, asking, 0)
  // The operator looks at the master, whose read-back this is.
  if (forced) s[S.BKCAL_OUT_ST]! |= FLAG.forced
}

/** [R8] What decides the mode in place of the target: a device that is silent or forced, and a host's order. */
const forced = (s: Float64Array): boolean => isOverruled(s[S.READBACK_ST]!) || ordersFaultState(s, S)

const kernel: Kernel = (s, k) => {
  if (k[K.REMOTE]! === 0) law(s, k)
  else remoteScan(s, k, S, K, law, forced)
}

/** Discrete output. */
export const DO: BlockType = {
  type: 'DO',
  doc:
    'Discrete output: fault state, inversion, read-back watched; starts from what the device stands at. ' +
    'Modes OOS, IMan, LO, Man, Auto, Cas, and where permitted RCas with shedding.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.DT_MS] = periodMs(dt_s)
    deriveRemote(k, K, dt_s)
  },
  check: (_s, k) => checkRemote(k, K),
  start: (s) => {
    s[S.MODE_ACTUAL] = MODE.man
    s[S.SP] = s[S.SP]! !== 0 ? 1 : 0
    s[S.OUT_D] = s[S.SP]!
    startRemote(s, S)
  },
  writable: ['MODE', 'SP', 'OUT', 'OUT_D', ...RCAS_WRITABLE],
  write: (s, k, field, value) => {
    const actual = s[S.MODE_ACTUAL]!
    if (field === 'MODE') return writeMode(s, k, S, K, value)
    if (field === 'RCAS_IN' || field === 'RCAS_IN_ST')
      return writeHost(s, k, K, MODE.rcas, S.RCAS_IN, S.RCAS_AGE, field === 'RCAS_IN_ST', value)
    if (field !== 'SP' && field !== 'OUT' && field !== 'OUT_D') return REFUSAL.unknownTarget
    if (field === 'SP' ? actual !== MODE.auto : actual !== MODE.man) return REFUSAL.mode
    if (value !== 0 && value !== 1) return REFUSAL.outOfRange
    s[field === 'SP' ? S.SP : S.OUT_D] = value
    return REFUSAL.none
  },
  on_bad: { CAS_IN: 'fault_state', RCAS_IN: 'sheds', READBACK: 'holds' },
  tag_fields: {
    PV: 'PV',
    SP: 'SP',
    OUT: 'OUT_D',
    MODE_TARGET: 'MODE_TARGET',
    MODE_ACTUAL: 'MODE_ACTUAL',
    READBACK: 'PV',
    TRACKING: 'TRACKING',
  },
  tag_writable: { SP: 'SP', OUT: 'OUT_D', MODE: 'MODE' },
}
