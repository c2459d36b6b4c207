/**
 * The part that RATIO and BIAS_GAIN share: a set point by mode, OUT by a law of it and IN_1, the cascade handshake on both
 * sides, and the balance that makes every way into automatic one without a bump.
 *
 * Balance: OUT = law + BAL. On the first automatic scan BAL = last OUT - law, so OUT stands; then BAL goes to 0 in equal
 * steps over BAL_TIME; 0 drops it after that one scan. While IN_1 is bad the block is in Man and OUT holds.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, isBad, isUncertain, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import type { FieldDecl } from '../block.ts'
import { backStatus, goodStatus, heldStatus, isOpen, mustInitialise, slaveMode, swapLimits } from '../cascade.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_CASCADE } from '../mode-fields.ts'
import {
  checkRemote,
  deriveRemote,
  type Law,
  RCAS_WRITABLE,
  REMOTE_FLAG,
  REMOTE_PARAMETERS,
  remoteScan,
  remoteStates,
  startRemote,
  writeHost,
  writeMode,
} from './shed.ts'

/** Must stand first among a block's fields: the offsets are shared. */
export const STATION_FIELDS = [
  { name: 'IN_1', role: 'wire-in', unit: 'in', doc: 'The wild variable.' },
  { name: 'CAS_IN', role: 'wire-in', unit: 'sp', doc: 'Set point from the master.', optional: true },
  { name: 'BKCAL_IN', role: 'back-in', unit: 'out', doc: "The slave's BKCAL_OUT.", optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'The output.' },
  { name: 'BKCAL_OUT', role: 'back-out', unit: 'sp', doc: 'What the master starts from, and which way it may push.' },
  ...modeFields(PERMITTED_CASCADE, MODE.auto),
  { name: 'SP', role: 'tunable', unit: '1', doc: 'Set point: of the operator, or of the master in Cas.', default: 0 },
  { name: 'GAIN', role: 'constant', unit: '1', doc: 'Factor of the law.', default: 1 },
  {
    name: 'SP_LIM',
    role: 'constant',
    unit: '1',
    doc: 'Limits of the set point; [0, 0]: none.',
    count: 2,
    defaults: [0, 0],
  },
  { name: 'OUT_SCALE', role: 'constant', unit: 'out', doc: 'OUT at 0 % and 100 %.', count: 2, defaults: [0, 100] },
  {
    name: 'OUT_LIM',
    role: 'constant',
    unit: 'out',
    doc: 'Limits of OUT; [0, 0]: OUT_SCALE.',
    count: 2,
    defaults: [0, 0],
  },
  { name: 'BAL_TIME', role: 'constant', unit: 's', doc: 'The balance goes to 0 over this time.', default: 30, min: 0 },
  { name: 'TRACKING', role: 'state', unit: '1', doc: '1 while OUT follows BKCAL_IN.' },
  { name: 'BAL', role: 'state', unit: 'out', doc: 'What is added to the law.' },
  { name: 'BAL_STEP', role: 'state', unit: 'out', doc: 'Step of BAL a scan.' },
  { name: 'DT', role: 'derived', unit: 's', doc: 'Period of the scan class.' },
  { name: 'SP_LO', role: 'derived', unit: '1', doc: 'Low limit of the set point.' },
  { name: 'SP_HI', role: 'derived', unit: '1', doc: 'High limit of the set point.' },
  { name: 'OUT_LO', role: 'derived', unit: 'out', doc: 'Low limit of OUT.' },
  { name: 'OUT_HI', role: 'derived', unit: 'out', doc: 'High limit of OUT.' },
  REMOTE_FLAG,
  ...remoteStates('sp'),
  ...REMOTE_PARAMETERS,
] as const satisfies readonly FieldDecl[]

const { S, K } = layout(STATION_FIELDS)

/** [R8] What decides the mode in place of the target. */
const forced = (s: Float64Array): boolean => mustInitialise(s[S.BKCAL_IN_ST]!) || isBad(s[S.IN_1_ST]!)

/** One scan by the law of the block, or where a remote mode is permitted, of the host too [R9, R13]. */
export function stationScan(s: Float64Array, k: Float64Array, law: Law): void {
  if (k[K.REMOTE]! === 0) law(s, k)
  else remoteScan(s, k, S, K, law, forced)
}

/** Actual mode of this scan [R8]; takes the master's set point in Cas. MODE_ACTUAL is left to stationOut. */
export function stationMode(s: Float64Array, k: Float64Array): number {
  const was = s[S.MODE_ACTUAL]!
  const target = s[S.MODE_TARGET]!
  let actual = target
  if (target === MODE.oos) actual = MODE.oos
  else if (mustInitialise(s[S.BKCAL_IN_ST]!)) actual = MODE.iman
  else if (isBad(s[S.IN_1_ST]!)) actual = MODE.man
  else if (target === MODE.cas) {
    actual = slaveMode(was, s[S.BKCAL_OUT_ST]!, s[S.CAS_IN_ST]!, k[K.PERMITTED]!)
    if (actual === MODE.cas && codeOf(s[S.CAS_IN_ST]!) !== STATUS.initAck) s[S.SP] = s[S.CAS_IN]!
  }
  s[S.TRACKING] = actual === MODE.iman ? 1 : 0
  return actual
}

/**
 * What the block computes from IN_1 and the limited set point, and its derivative by the set point: written by the kernel
 * just before stationOut. In memory, because a number handed to a call that is not inlined is garbage at every scan.
 */
export const STATION_LAW = new Float64Array(2)

/** OUT and both statuses of this scan; by the sign of the slope limits of OUT become limits of the set point. */
export function stationOut(s: Float64Array, k: Float64Array, actual: number): void {
  const law = STATION_LAW[0]!
  const slope = STATION_LAW[1]!
  const asking = s[S.MODE_TARGET]! === MODE.cas && actual !== MODE.cas && actual !== MODE.iman && !isBad(s[S.IN_1_ST]!)
  const was = s[S.MODE_ACTUAL]!
  const back = s[S.BKCAL_IN_ST]!
  const prev = s[S.OUT]!
  let out = prev
  let limits = 0
  let status = heldStatus(actual, back)
  if (actual === MODE.iman) {
    if (!isBad(back)) out = s[S.BKCAL_IN]!
  } else if (actual >= MODE.auto) {
    if (was < MODE.auto) {
      s[S.BAL] = prev - law
      s[S.BAL_STEP] = Math.abs(s[S.BAL]!) * (k[K.BAL_TIME]! > k[K.DT]! ? k[K.DT]! / k[K.BAL_TIME]! : 1)
    } else {
      const bal = s[S.BAL]!
      s[S.BAL] = bal > 0 ? Math.max(bal - s[S.BAL_STEP]!, 0) : Math.min(bal + s[S.BAL_STEP]!, 0)
      out = law + s[S.BAL]!
    }
    if (out >= k[K.OUT_HI]!) {
      out = k[K.OUT_HI]!
      limits = LIMIT.high
    } else if (out <= k[K.OUT_LO]!) {
      out = k[K.OUT_LO]!
      limits = LIMIT.low
    }
    status = (isUncertain(s[S.IN_1_ST]!) ? STATUS.uncertain : goodStatus(back)) | limits
  }
  s[S.MODE_ACTUAL] = actual
  if (!(out - out === 0)) {
    // [R5]
    out = prev
    s[S.BAL] = 0
    s[S.MODE_ACTUAL] = MODE.man
    status = STATUS.bad
  }
  s[S.OUT] = out + 0
  s[S.OUT_ST] = status
  let seen = limits !== 0 ? limits : isOpen(back) ? 0 : limitOf(back)
  if (slope < 0) seen = swapLimits(seen)
  if (s[S.SP]! >= k[K.SP_HI]!) seen = LIMIT.high
  else if (s[S.SP]! <= k[K.SP_LO]!) seen = LIMIT.low
  s[S.BKCAL_OUT] = s[S.SP]! + 0
  s[S.BKCAL_OUT_ST] = backStatus(s[S.MODE_ACTUAL]!, asking, seen)
}

/** The set point within its limits. */
export function stationSetPoint(s: Float64Array, k: Float64Array): number {
  return Math.min(Math.max(s[S.SP]!, k[K.SP_LO]!), k[K.SP_HI]!)
}

export function deriveStation(k: Float64Array, dt_s: number): void {
  const sp_given = k[K.SP_LIM]! !== 0 || k[K.SP_LIM + 1]! !== 0
  const out_at = k[K.OUT_LIM]! !== 0 || k[K.OUT_LIM + 1]! !== 0 ? K.OUT_LIM : K.OUT_SCALE
  k[K.DT] = dt_s
  k[K.SP_LO] = sp_given ? k[K.SP_LIM]! : -Number.MAX_VALUE
  k[K.SP_HI] = sp_given ? k[K.SP_LIM + 1]! : Number.MAX_VALUE
  k[K.OUT_LO] = k[out_at]!
  k[K.OUT_HI] = k[out_at + 1]!
  deriveRemote(k, K, dt_s)
}

/** The climb to the target begins in Man, so that the first automatic OUT is the start value. */
export function startStation(s: Float64Array): void {
  s[S.MODE_ACTUAL] = MODE.man
  startRemote(s, S)
}

export const checkStation = (_s: Float64Array, k: Float64Array): string[] => checkRemote(k, K)

export const STATION_WRITABLE = ['MODE', 'SP', 'OUT', ...RCAS_WRITABLE] as const

export function writeStation(s: Float64Array, k: Float64Array, field: string, value: number): number {
  switch (field) {
    case 'MODE':
      return writeMode(s, k, S, K, value)
    case 'RCAS_IN':
    case 'RCAS_IN_ST':
      return writeHost(s, k, K, MODE.rcas, S.RCAS_IN, S.RCAS_AGE, field === 'RCAS_IN_ST', value)
    case 'SP':
      if (s[S.MODE_ACTUAL]! === MODE.cas || s[S.MODE_ACTUAL]! === MODE.rcas) return REFUSAL.mode
      if (value < k[K.SP_LO]! || value > k[K.SP_HI]!) return REFUSAL.outOfRange
      s[S.SP] = value
      return REFUSAL.none
    case 'OUT':
      if (s[S.MODE_ACTUAL]! !== MODE.man) return REFUSAL.mode
      if (value < k[K.OUT_LO]! || value > k[K.OUT_HI]!) return REFUSAL.outOfRange
      s[S.OUT] = value
      return REFUSAL.none
    default:
      return REFUSAL.unknownTarget
  }
}

/** What Bad inputs do to a station. */
export const STATION_ON_BAD = { IN_1: 'holds', CAS_IN: 'sheds', RCAS_IN: 'sheds' } as const

/** What a tag shows of a station. */
export const STATION_TAG = {
  PV: 'OUT',
  SP: 'SP',
  OUT: 'OUT',
  MODE_TARGET: 'MODE_TARGET',
  MODE_ACTUAL: 'MODE_ACTUAL',
  READBACK: 'BKCAL_IN',
  TRACKING: 'TRACKING',
} as const
export const STATION_TAG_WRITABLE = { SP: 'SP', OUT: 'OUT', MODE: 'MODE' } as const
