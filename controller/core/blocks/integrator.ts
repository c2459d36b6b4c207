/**
 * Integrator (totalizer): amount from one or two flows.                                          (function-blocks 2.15)
 *
 *   increment = IN_1 T/TIME_UNIT_1 +- IN_2 FACTOR_2 T/TIME_UNIT_2, each turned round by REV_n
 *   up_auto, up_dem: from 0 to TOTAL_SP; dn_auto, dn_dem: from TOTAL_SP to 0; auto begins again by itself and carries what
 *   was beyond the trip, dem waits for the reset; periodic, demand, per_dem: without end, reset every PERIOD, on demand, both
 *
 * The sum is compensated (Kahan), so that small increments of a large total are not lost. An increment from an input that
 * is bad, or uncertain without USE_UNCERTAIN, is not added but estimated from the last usable value and put to REJECTED;
 * USE_BAD adds that estimate. PCT_INCL, the part of all since the reset that was added, makes the status: Good from
 * GOOD_LIM, Uncertain from UNCERT_LIM, else Bad; Bad while there was no usable value yet.
 *
 * OUT_TRIP stands for 5 s or one scan, whichever is longer, in dem until the reset; OUT_PTRIP from PRE_TRIP before the trip.
 * A reset (RESET_IN rising, RESET written, the period) keeps the total in LAST_TOTAL. In Man the total stands and is the
 * operator's.
 * @see Kahan, Further remarks on reducing truncation errors, CACM 8 (1965)
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { isBad, isUncertain, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { isOpen } from '../cascade.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_LOCAL, refuseMode } from '../mode-fields.ts'
import { FLAGS } from './wire-status.ts'

const TYPE = { up_auto: 0, up_dem: 1, dn_auto: 2, dn_dem: 3, periodic: 4, demand: 5, per_dem: 6 } as const
const YES = { no: 0, yes: 1 } as const
const TIME_UNITS = { second: 1, minute: 60, hour: 3600, day: 86400 } as const
/** Shortest time a trip is shown, s. */
const TRIP_S = 5

const FIELDS = [
  { name: 'IN_1', role: 'wire-in', unit: 'in', doc: 'The flow.' },
  { name: 'IN_2', role: 'wire-in', unit: 'in_2', doc: 'A second flow, added.', optional: true },
  { name: 'REV_1', role: 'wire-in', unit: '1', doc: 'Not 0: IN_1 flows backwards.', optional: true },
  { name: 'REV_2', role: 'wire-in', unit: '1', doc: 'Not 0: IN_2 flows backwards.', optional: true },
  { name: 'RESET_IN', role: 'wire-in', unit: '1', doc: 'Rising: reset.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'The total.' },
  { name: 'OUT_TRIP', role: 'wire-out', unit: '1', doc: '1 when TOTAL_SP, or 0 downwards, was reached.' },
  { name: 'OUT_PTRIP', role: 'wire-out', unit: '1', doc: '1 from PRE_TRIP before that.' },
  ...modeFields(PERMITTED_LOCAL, MODE.auto),
  { name: 'TOTAL_SP', role: 'tunable', unit: 'out', doc: 'Where it trips, or begins downwards.', default: 0, min: 0 },
  { name: 'PRE_TRIP', role: 'tunable', unit: 'out', doc: 'Warning so much before the trip.', default: 0, min: 0 },
  { name: 'RESET', role: 'tunable', unit: '1', doc: '1: reset with the next scan.', default: 0, names: YES },
  { name: 'INTEG_TYPE', role: 'constant', unit: '1', doc: 'Direction and reset.', default: TYPE.demand, names: TYPE },
  {
    name: 'TIME_UNIT_1',
    role: 'constant',
    unit: '1',
    doc: 'IN_1 is an amount in this.',
    names: TIME_UNITS,
    default: 3600,
  },
  {
    name: 'TIME_UNIT_2',
    role: 'constant',
    unit: '1',
    doc: 'IN_2 is an amount in this.',
    names: TIME_UNITS,
    default: 3600,
  },
  { name: 'FACTOR_1', role: 'constant', unit: '1', doc: 'Unit of OUT per amount of IN_1.', default: 1 },
  { name: 'FACTOR_2', role: 'constant', unit: '1', doc: 'Unit of OUT per amount of IN_2.', default: 1 },
  {
    name: 'FLOW',
    role: 'constant',
    unit: '1',
    doc: 'What counts of the sum of both: all, forward only, backward only.',
    default: 0,
    names: { net: 0, forward: 1, reverse: 2 },
  },
  {
    name: 'CARRY',
    role: 'constant',
    unit: '1',
    doc: 'What is beyond the trip begins the next.',
    default: 1,
    names: YES,
  },
  { name: 'USE_UNCERTAIN', role: 'constant', unit: '1', doc: 'Uncertain flow is added.', default: 1, names: YES },
  { name: 'USE_BAD', role: 'constant', unit: '1', doc: 'The last usable flow is added.', default: 0, names: YES },
  { name: 'GOOD_LIM', role: 'constant', unit: '%', doc: 'PCT_INCL of Good.', default: 99, min: 0, max: 100 },
  { name: 'UNCERT_LIM', role: 'constant', unit: '%', doc: 'PCT_INCL of Uncertain.', default: 90, min: 0, max: 100 },
  { name: 'PERIOD', role: 'constant', unit: 's', doc: 'Time between resets, periodic.', default: 0, min: 0 },
  { name: 'SUM', role: 'state', unit: 'out', doc: 'The total.' },
  { name: 'LOST', role: 'state', unit: 'out', doc: 'What rounding took from SUM, to be given back.' },
  { name: 'LAST_1', role: 'state', unit: 'in', doc: 'Last usable IN_1.' },
  { name: 'LAST_2', role: 'state', unit: 'in_2', doc: 'Last usable IN_2.' },
  { name: 'KNOWN', role: 'state', unit: '1', doc: '1 once every wired flow was usable.' },
  { name: 'ABSTOTAL', role: 'state', unit: 'out', doc: 'Amount added since the reset, without sign.' },
  { name: 'REJECTED', role: 'state', unit: 'out', doc: 'Amount not added since the reset, estimated.' },
  { name: 'PCT_INCL', role: 'state', unit: '%', doc: 'Part that was added.', default: 100 },
  { name: 'LAST_TOTAL', role: 'state', unit: 'out', doc: 'The total at the last reset.' },
  { name: 'N_RESET', role: 'state', unit: '1', doc: 'Resets since the cold load.' },
  { name: 'TRIP_SCANS', role: 'state', unit: 'scans', doc: 'How long OUT_TRIP still stands.' },
  { name: 'CLOCK', role: 'state', unit: 'scans', doc: 'Since the last reset by PERIOD.' },
  { name: 'RESET_WAS', role: 'state', unit: '1', doc: 'RESET_IN of the last scan.' },
  { name: 'RATE_1', role: 'derived', unit: '1', doc: 'Amount a scan per unit of IN_1.' },
  { name: 'RATE_2', role: 'derived', unit: '1', doc: 'Amount a scan per unit of IN_2.' },
  { name: 'TRIP_FOR', role: 'derived', unit: 'scans', doc: 'How long a trip is shown.' },
  { name: 'CLOCK_FOR', role: 'derived', unit: 'scans', doc: 'PERIOD.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const target = s[S.MODE_TARGET]!
  s[S.MODE_ACTUAL] = target
  const type = k[K.INTEG_TYPE]!
  const down = type === TYPE.dn_auto || type === TYPE.dn_dem
  const trips = type <= TYPE.dn_dem

  // Reset, by whom ever, before this scan's increment.
  const wired = !isBad(s[S.RESET_IN_ST]!) && s[S.RESET_IN]! !== 0
  let reset = (wired && s[S.RESET_WAS]! === 0) || s[S.RESET]! !== 0
  s[S.RESET_WAS] = wired ? 1 : 0
  s[S.RESET] = 0
  if (type === TYPE.periodic || type === TYPE.per_dem) {
    if (s[S.CLOCK]! >= k[K.CLOCK_FOR]!) {
      reset = true
      s[S.CLOCK] = 0
    }
    s[S.CLOCK] = s[S.CLOCK]! + 1
  }
  if (reset) {
    s[S.LAST_TOTAL] = s[S.OUT]!
    s[S.SUM] = down ? s[S.TOTAL_SP]! : 0
    s[S.LOST] = 0
    s[S.OUT] = s[S.SUM]!
    s[S.TRIP_SCANS] = 0
    count(s, 1)
  }

  // The flows: value, or the last usable one.
  let usable = true
  let known = true
  let flags = 0
  let increment = 0
  for (let i = 0; i < 2; i++) {
    const status = s[S.IN_1_ST + 2 * i]!
    if (i === 1 && isOpen(status)) continue
    const x = s[S.IN_1 + 2 * i]!
    flags |= status & FLAGS
    if (isBad(status) || !(x - x === 0)) usable = false
    else {
      s[S.LAST_1 + i] = x
      s[S.KNOWN] = s[S.KNOWN]! | (1 << i)
      if (isUncertain(status) && k[K.USE_UNCERTAIN]! === 0) usable = false
    }
    if ((s[S.KNOWN]! & (1 << i)) === 0) known = false
    const back = !isBad(s[S.REV_1_ST + 2 * i]!) && s[S.REV_1 + 2 * i]! !== 0
    const amount = s[S.LAST_1 + i]! * k[K.RATE_1 + i]!
    increment += back ? -amount : amount
  }
  if ((k[K.FLOW]! === 1 && increment < 0) || (k[K.FLOW]! === 2 && increment > 0)) increment = 0

  if (target === MODE.auto && increment - increment === 0) {
    const size = Math.abs(increment)
    if (usable || (k[K.USE_BAD]! !== 0 && known)) {
      const y = (down ? -increment : increment) - s[S.LOST]!
      const sum = s[S.SUM]! + y
      if (sum - sum === 0) {
        s[S.LOST] = sum - s[S.SUM]! - y
        s[S.SUM] = sum
        s[S.ABSTOTAL] = Math.min(s[S.ABSTOTAL]! + size, Number.MAX_VALUE)
      }
    } else s[S.REJECTED] = Math.min(s[S.REJECTED]! + size, Number.MAX_VALUE)
    if (trips) trip(s, k, type === TYPE.up_auto || type === TYPE.dn_auto, down)
    s[S.OUT] = s[S.SUM]! + 0
  }

  const all = s[S.ABSTOTAL]! + s[S.REJECTED]!
  s[S.PCT_INCL] = all > 0 ? 100 * (s[S.ABSTOTAL]! / all) : 100
  let status: number = STATUS.bad
  if (target === MODE.oos) status = STATUS.badOutOfService | LIMIT.constant
  else if (target === MODE.man) status = STATUS.uncertainSubstitute | LIMIT.constant
  else if (known && increment - increment === 0) {
    const pct = s[S.PCT_INCL]!
    status = (pct >= k[K.GOOD_LIM]! ? STATUS.good : pct >= k[K.UNCERT_LIM]! ? STATUS.uncertain : STATUS.bad) | flags
  }
  s[S.OUT_ST] = status
  s[S.OUT_TRIP] = trips && s[S.TRIP_SCANS]! > 0 ? 1 : 0
  s[S.OUT_TRIP_ST] = status
  const left = down ? s[S.OUT]! : s[S.TOTAL_SP]! - s[S.OUT]!
  s[S.OUT_PTRIP] = trips && s[S.PRE_TRIP]! > 0 && left <= s[S.PRE_TRIP]! ? 1 : 0
  s[S.OUT_PTRIP_ST] = status
}

/** Looks whether the total is beyond its end, and begins again where it does so by itself. */
function trip(s: Float64Array, k: Float64Array, auto: boolean, down: boolean): void {
  const sp = s[S.TOTAL_SP]!
  const beyond = down ? s[S.SUM]! <= 0 : s[S.SUM]! >= sp
  if (!auto) {
    s[S.TRIP_SCANS] = beyond ? 1 : 0
    return
  }
  s[S.TRIP_SCANS] = Math.max(s[S.TRIP_SCANS]! - 1, 0)
  if (!beyond || !(sp > 0)) return
  s[S.LAST_TOTAL] = s[S.SUM]!
  s[S.TRIP_SCANS] = k[K.TRIP_FOR]!
  if (k[K.CARRY]! === 0) {
    s[S.SUM] = down ? sp : 0
    s[S.LOST] = 0
    count(s, 1)
    return
  }
  // A batch smaller than one increment trips several times in a scan.
  const times = down ? Math.floor(-s[S.SUM]! / sp) + 1 : Math.floor(s[S.SUM]! / sp)
  s[S.SUM] = s[S.SUM]! + (down ? times : -times) * sp
  count(s, times)
}

function count(s: Float64Array, times: number): void {
  s[S.N_RESET] = s[S.N_RESET]! + times
  s[S.ABSTOTAL] = 0
  s[S.REJECTED] = 0
}

/** Integrator. */
export const INTEGRATOR: BlockType = {
  type: 'INTEGRATOR',
  doc: 'Integrator (totalizer): compensated sum of one or two flows, seven ways of trip and reset, status by the part that was measured.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.RATE_1] = (k[K.FACTOR_1]! * dt_s) / k[K.TIME_UNIT_1]!
    k[K.RATE_2] = (k[K.FACTOR_2]! * dt_s) / k[K.TIME_UNIT_2]!
    k[K.TRIP_FOR] = Math.max(1, Math.ceil(TRIP_S / dt_s))
    k[K.CLOCK_FOR] = Math.max(1, Math.floor(k[K.PERIOD]! / dt_s + 0.5))
  },
  check: (s, k) => {
    const faults: string[] = []
    const type = k[K.INTEG_TYPE]!
    if (type <= TYPE.dn_dem && !(s[S.TOTAL_SP]! > 0)) faults.push('TOTAL_SP: must be above 0 where the total trips')
    if ((type === TYPE.periodic || type === TYPE.per_dem) && !(k[K.PERIOD]! > 0))
      faults.push('PERIOD: must be above 0 where it resets')
    if (k[K.UNCERT_LIM]! > k[K.GOOD_LIM]!) faults.push('UNCERT_LIM: must not be above GOOD_LIM')
    return faults
  },
  start: (s, k) => {
    const type = k[K.INTEG_TYPE]!
    s[S.MODE_ACTUAL] = s[S.MODE_TARGET]!
    if (s[S.OUT]! === 0 && (type === TYPE.dn_auto || type === TYPE.dn_dem)) s[S.OUT] = s[S.TOTAL_SP]!
    s[S.SUM] = s[S.OUT]!
  },
  writable: ['MODE', 'OUT', 'RESET', 'TOTAL_SP', 'PRE_TRIP'],
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
        // At once: the way back to Auto may stand in the same frame.
        s[S.SUM] = value
        s[S.LOST] = 0
        return REFUSAL.none
      case 'RESET':
        if (value !== 0 && value !== 1) return REFUSAL.outOfRange
        s[S.RESET] = value
        return REFUSAL.none
      case 'TOTAL_SP':
        if (value < 0 || (value === 0 && k[K.INTEG_TYPE]! <= TYPE.dn_dem)) return REFUSAL.outOfRange
        s[S.TOTAL_SP] = value
        return REFUSAL.none
      case 'PRE_TRIP':
        if (value < 0) return REFUSAL.outOfRange
        s[S.PRE_TRIP] = value
        return REFUSAL.none
      default:
        return REFUSAL.unknownTarget
    }
  },
  on_bad: { REV_1: 'ignores', REV_2: 'ignores', RESET_IN: 'ignores' },
  tag_fields: { PV: 'OUT', SP: 'TOTAL_SP', OUT: 'OUT', MODE_TARGET: 'MODE_TARGET', MODE_ACTUAL: 'MODE_ACTUAL' },
  tag_writable: { SP: 'TOTAL_SP', OUT: 'OUT', MODE: 'MODE' },
}
