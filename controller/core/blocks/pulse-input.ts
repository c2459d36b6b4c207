/**
 * Pulse input: a device's counter to a rate and to an amount.
 *
 *   d = counter - last counter, modulo COUNTER_MAX;   COUNT += d;   TOTAL = COUNT x PULSE_VALUE
 *   rate = pulses in the last WINDOW / its length x PULSE_VALUE x TIME_UNIT;   cut-off -> filter -> PV -> mode -> OUT
 *
 * A slow meter gives none or one pulse a scan: the window makes that a rate; it holds whole pulses, so the sum does not
 * drift. COUNT is an integer, exact to 2^53 pulses. While IN is bad PV and COUNT hold [R6]; the pulses that came meanwhile
 * stand in the device's counter, and are counted when it returns. More pulses than RATE_MAX allows since the last good
 * sample are no flow but a counter that was set back: not counted, the rate holds, Uncertain for that scan.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { smoothing } from '../math.ts'
import { modeFields, PERMITTED_LOCAL, refuseMode } from '../mode-fields.ts'
import { FLAGS } from './wire-status.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: '1', doc: "The device's counter, from the image." },
  { name: 'PV', role: 'wire-out', unit: 'EU', doc: 'The rate after cut-off and filter, in any mode.' },
  { name: 'OUT', role: 'wire-out', unit: 'EU', doc: 'PV in Auto; in Man what the operator wrote.' },
  { name: 'TOTAL', role: 'wire-out', unit: 'amount', doc: 'Amount since the cold load: COUNT x PULSE_VALUE.' },
  ...modeFields(PERMITTED_LOCAL, MODE.auto),
  { name: 'PULSE_VALUE', role: 'constant', unit: 'amount', doc: 'Amount of one pulse.', default: 1 },
  {
    name: 'TIME_UNIT',
    role: 'constant',
    unit: '1',
    doc: 'The rate is an amount in this time.',
    default: 3600,
    names: { second: 1, minute: 60, hour: 3600, day: 86400 },
  },
  { name: 'COUNTER_MAX', role: 'constant', unit: '1', doc: 'Numbers the counter has: 65536.', default: 65536, min: 2 },
  { name: 'RATE_MAX', role: 'constant', unit: 'EU', doc: 'Greatest rate that can be; 0: any.', default: 0, min: 0 },
  { name: 'WINDOW', role: 'constant', unit: 's', doc: 'Time over which pulses make a rate.', default: 0, min: 0 },
  { name: 'LOW_CUT', role: 'constant', unit: 'EU', doc: 'Below it the rate is 0; 0: off.', default: 0, min: 0 },
  { name: 'FTIME', role: 'constant', unit: 's', doc: 'Time to 63 % of a step; 0: no filter.', default: 0, min: 0 },
  {
    name: 'SIMULATE',
    role: 'tunable',
    unit: '1',
    doc: 'Take SIM_VALUE in place of the rate; shown as simulated. The counter is counted on.',
    default: 0,
    names: { no: 0, yes: 1 },
  },
  { name: 'SIM_VALUE', role: 'tunable', unit: 'EU', doc: 'Rate in place of the measured one.', default: 0 },
  { name: 'BAD', role: 'state', unit: '1', doc: '1 while the measurement is bad.', event: EVENT.badPv },
  { name: 'COUNT', role: 'state', unit: '1', doc: 'Pulses since the cold load.' },
  { name: 'LAST', role: 'state', unit: '1', doc: 'The counter at the last good sample.' },
  { name: 'SEEN', role: 'state', unit: '1', doc: '1 once there was a good sample.' },
  { name: 'GAP', role: 'state', unit: 'scans', doc: 'Scans without a good sample since the last one.' },
  { name: 'HEAD', role: 'state', unit: '1', doc: 'Place in the window that is written next.' },
  { name: 'FILL', role: 'state', unit: 'scans', doc: 'Scans in the window.' },
  { name: 'SUM', role: 'state', unit: '1', doc: 'Pulses in the window.' },
  { name: 'RUNNING', role: 'state', unit: '1', doc: '1 once the filter holds a value.' },
  { name: 'SMOOTHING', role: 'derived', unit: '1', doc: '1 - e^(-dt/FTIME).' },
  { name: 'PER_PULSE', role: 'derived', unit: 'EU', doc: 'Rate of one pulse a scan.' },
  { name: 'PULSES_MAX', role: 'derived', unit: '1', doc: 'Pulses a scan at RATE_MAX.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k, r) => {
  const raw = s[S.IN]!
  let status = s[S.IN_ST]!
  // Not connected would tell the next block that its input is not wired.
  if (codeOf(status) === STATUS.badNotConnected) status = STATUS.badNoComm | (status & FLAGS)
  if (!isBad(status) && !(raw - raw === 0)) status = STATUS.bad
  let rate = 0
  let measured = false
  if (isBad(status)) s[S.GAP] = s[S.GAP]! + 1
  else if (s[S.SEEN]! === 0) {
    s[S.SEEN] = 1
    s[S.GAP] = 0
    status = STATUS.uncertainInitialValue | (status & FLAGS)
  } else {
    const scans = s[S.GAP]! + 1
    s[S.GAP] = 0
    let d = raw - s[S.LAST]!
    if (d < 0) d += k[K.COUNTER_MAX]!
    if (d < 0 || (k[K.PULSES_MAX]! > 0 && d > k[K.PULSES_MAX]! * scans + 1)) {
      status = STATUS.uncertain | (status & FLAGS)
      s[S.FILL] = 0
      s[S.SUM] = 0
    } else {
      s[S.COUNT] = s[S.COUNT]! + d
      measured = true
      if (scans > 1) {
        // The pulses of a gap cannot be told apart by scan: their mean is the rate, and the window starts anew.
        rate = (d / scans) * k[K.PER_PULSE]!
        s[S.FILL] = 0
        s[S.SUM] = 0
      } else {
        const size = r.length
        const head = s[S.HEAD]!
        const full = s[S.FILL]! >= size
        s[S.SUM] = s[S.SUM]! + d - (full ? r[head]! : 0)
        s[S.FILL] = full ? size : s[S.FILL]! + 1
        r[head] = d
        s[S.HEAD] = head + 1 >= size ? 0 : head + 1
        rate = (s[S.SUM]! / s[S.FILL]!) * k[K.PER_PULSE]!
      }
    }
  }
  if (!isBad(status)) s[S.LAST] = raw + 0
  const total = s[S.COUNT]! * k[K.PULSE_VALUE]!
  if (total - total === 0) s[S.TOTAL] = total + 0
  s[S.TOTAL_ST] = status

  if (s[S.SIMULATE]! !== 0) {
    rate = s[S.SIM_VALUE]!
    measured = true
    status = STATUS.good | FLAG.simulated
  }
  if (measured) {
    const value = rate < k[K.LOW_CUT]! ? 0 : rate
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

/** Pulse input. */
export const PULSE_IN: BlockType = {
  type: 'PULSE_IN',
  doc: "Pulse input: a device's counter to a rate over a window and to an exact amount; counter overflow, cut-off, filter.",
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.SMOOTHING] = smoothing(dt_s, k[K.FTIME]!)
    k[K.PER_PULSE] = (k[K.PULSE_VALUE]! * k[K.TIME_UNIT]!) / dt_s
    k[K.PULSES_MAX] = k[K.RATE_MAX]! > 0 ? k[K.RATE_MAX]! / k[K.PER_PULSE]! : 0
  },
  check: (_s, k) => (k[K.PULSE_VALUE]! > 0 ? [] : ['PULSE_VALUE: must be above 0']),
  start: (s) => {
    s[S.MODE_ACTUAL] = s[S.MODE_TARGET]!
  },
  ring_count: (k, dt_s) => Math.max(1, Math.floor(k[K.WINDOW]! / dt_s + 0.5)),
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
