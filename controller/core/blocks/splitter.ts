/**
 * Splitter: one controller on two devices, each by its own straight line over a part of the range.   (function-blocks 2.11)
 *
 *   OUT_1 from Y11 to Y12 while SP goes from X11 to X12, OUT_2 from Y21 to Y22 over X21 to X22; beyond its part the end value
 *   LOCKVAL no: above X12 OUT_1 goes back to Y11, and returns only HYSTVAL % of its part below X12
 *
 * Modes OOS, Auto, Cas; Man is not one of them. It waits in IMan while neither device is in cascade; one alone keeps the
 * upstream cascade. The first that comes in decides SP, so that the line gives exactly where it stands; BKCAL_OUT carries
 * that SP to the master. Come both at once, it is the one that stands within its line. And where the first stands at the end
 * of its line, SP could be anything beyond: then it is where the other stands, if that one is asking to come in too. A device
 * that comes later keeps where it stands: the difference is added to its line and goes to 0 in equal steps over BAL_TIME.
 *
 * [R11] The master may not push up where SP is at X22, or where both devices are at a limit in that direction, or one is
 * and the other is not in cascade; down mirrored. The direction of a device follows the slope of its line.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, isBad, isUncertain, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { backStatus, goodStatus, heldStatus, isOpen, mustInitialise, slaveMode, swapLimits } from '../cascade.ts'
import { layout } from '../layout.ts'
import { modeFields, refuseMode } from '../mode-fields.ts'

const PERMITTED = (1 << MODE.oos) | (1 << MODE.auto) | (1 << MODE.cas)

const FIELDS = [
  { name: 'CAS_IN', role: 'wire-in', unit: 'in', doc: 'Set point from the controller.', optional: true },
  { name: 'BKCAL_IN_1', role: 'back-in', unit: 'out_1', doc: "The first slave's BKCAL_OUT.", optional: true },
  { name: 'BKCAL_IN_2', role: 'back-in', unit: 'out_2', doc: "The second slave's BKCAL_OUT.", optional: true },
  { name: 'OUT_1', role: 'wire-out', unit: 'out_1', doc: 'To the first slave.' },
  { name: 'OUT_2', role: 'wire-out', unit: 'out_2', doc: 'To the second slave.' },
  {
    name: 'BKCAL_OUT',
    role: 'back-out',
    unit: 'in',
    doc: 'What the controller starts from, and which way it may push.',
  },
  ...modeFields(PERMITTED, MODE.cas),
  {
    name: 'SP',
    role: 'tunable',
    unit: 'in',
    doc: 'Set point: of the operator, or of the controller in Cas.',
    default: 0,
  },
  {
    name: 'IN_ARRAY',
    role: 'constant',
    unit: 'in',
    doc: 'X11, X12, X21, X22: parts of the range of SP.',
    count: 4,
    defaults: [0, 50, 50, 100],
  },
  {
    name: 'OUT_ARRAY',
    role: 'constant',
    unit: 'out',
    doc: 'Y11, Y12, Y21, Y22: the outputs at their ends.',
    count: 4,
    defaults: [0, 100, 0, 100],
  },
  {
    name: 'LOCKVAL',
    role: 'constant',
    unit: '1',
    doc: 'Above X12 OUT_1 stays at Y12; no: it goes back to Y11.',
    default: 1,
    names: { no: 0, yes: 1 },
  },
  {
    name: 'HYSTVAL',
    role: 'constant',
    unit: '%',
    doc: 'LOCKVAL no: way back below X12, % of X12 - X11.',
    default: 5,
    min: 0,
    max: 100,
  },
  {
    name: 'BAL_TIME',
    role: 'constant',
    unit: 's',
    doc: 'A device that came later goes to its line over this time; twice the reset of the controller or more.',
    default: 30,
    min: 0,
  },
  { name: 'SP_RATE_UP', role: 'constant', unit: 'in/s', doc: 'Fastest rise in Auto; 0: none.', default: 0, min: 0 },
  { name: 'SP_RATE_DN', role: 'constant', unit: 'in/s', doc: 'Fastest fall in Auto; 0: none.', default: 0, min: 0 },
  { name: 'SP_WRK', role: 'state', unit: 'in', doc: 'The set point after limits and rate.' },
  { name: 'TRACKING', role: 'state', unit: '1', doc: '1 while neither device is in cascade.' },
  { name: 'LIVE', role: 'state', unit: '1', doc: '1 while the device is in cascade, of each.', count: 2 },
  { name: 'BAL', role: 'state', unit: 'out', doc: 'What is added to the line, of each.', count: 2 },
  { name: 'BAL_STEP', role: 'state', unit: 'out', doc: 'Step of BAL a scan, of each.', count: 2 },
  { name: 'RETURNED', role: 'state', unit: '1', doc: 'LOCKVAL no: 1 while OUT_1 is back at Y11.' },
  { name: 'PIN', role: 'state', unit: '1', doc: 'The device whose stand made SP_WRK; 0: none.' },
  { name: 'PIN_SP', role: 'state', unit: 'in', doc: 'The SP_WRK that was made.' },
  { name: 'PIN_OUT', role: 'state', unit: 'out', doc: 'Where that device stood.' },
  { name: 'DT', role: 'derived', unit: 's', doc: 'Period of the scan class.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const was = s[S.MODE_ACTUAL]!
  const back_1 = s[S.BKCAL_IN_1_ST]!
  const back_2 = s[S.BKCAL_IN_2_ST]!
  const cas_st = s[S.CAS_IN_ST]!
  const target = s[S.MODE_TARGET]!
  const open_1 = isOpen(back_1)
  const open_2 = isOpen(back_2)
  const ready_1 = !mustInitialise(back_1)
  const ready_2 = !mustInitialise(back_2)
  // A slave without a way back cannot be waited for, and cannot keep the cascade either where the other one has one.
  const none = !(open_1 && open_2) && (open_1 || !ready_1) && (open_2 || !ready_2)

  // [R8]
  let actual = target
  let asking = false
  if (target === MODE.oos) actual = MODE.oos
  else if (none) actual = MODE.iman
  else if (target === MODE.cas) {
    actual = slaveMode(was, s[S.BKCAL_OUT_ST]!, cas_st, k[K.PERMITTED]!)
    asking = actual !== MODE.cas
  }
  const starts = actual >= MODE.auto && was < MODE.auto

  // Set point.
  // The second part lies nowhere below the first: `check` has seen to it.
  const x_lo = k[K.IN_ARRAY]!
  const x_hi = k[K.IN_ARRAY + 3]!
  if (actual === MODE.iman || starts) {
    const lead = unambiguous(s, k, leader(s, k, actual === MODE.iman))
    if (lead !== 0) {
      const y = s[S.BKCAL_IN_1 + 2 * (lead - 1)]!
      const sp = inverse(k, lead, y)
      s[S.SP] = sp + 0
      s[S.SP_WRK] = sp + 0
      s[S.PIN] = lead
      s[S.PIN_SP] = sp + 0
      s[S.PIN_OUT] = y + 0
      s[S.RETURNED] = lead === 2 && k[K.LOCKVAL]! === 0 && sp > k[K.IN_ARRAY + 1]! ? 1 : 0
    } else if (starts) s[S.SP_WRK] = s[S.SP]!
  } else if (actual >= MODE.auto) {
    if (actual === MODE.cas && codeOf(cas_st) !== STATUS.initAck && s[S.CAS_IN]! - s[S.CAS_IN]! === 0)
      s[S.SP] = Math.min(Math.max(s[S.CAS_IN]!, x_lo), x_hi) + 0
    let wrk = s[S.SP]!
    if (actual === MODE.auto && was === MODE.auto) {
      const last = s[S.SP_WRK]!
      if (k[K.SP_RATE_UP]! > 0) wrk = Math.min(wrk, Math.max(last + k[K.SP_RATE_UP]! * k[K.DT]!, Math.min(last, wrk)))
      if (k[K.SP_RATE_DN]! > 0) wrk = Math.max(wrk, Math.min(last - k[K.SP_RATE_DN]! * k[K.DT]!, Math.max(last, wrk)))
    }
    s[S.SP_WRK] = wrk
  }
  const sp = s[S.SP_WRK]!
  if (actual >= MODE.auto && k[K.LOCKVAL]! === 0) {
    const x12 = k[K.IN_ARRAY + 1]!
    if (sp > x12) s[S.RETURNED] = 1
    else if (sp < x12 - (k[K.HYSTVAL]! / 100) * (x12 - k[K.IN_ARRAY]!)) s[S.RETURNED] = 0
  }

  // Outputs.
  const uncertain = actual === MODE.cas && isUncertain(cas_st)
  for (let i = 0; i < 2; i++) {
    const back = i === 0 ? back_1 : back_2
    const ready = i === 0 ? ready_1 : ready_2
    const live = actual >= MODE.auto && ready
    let out = s[S.OUT_1 + 2 * i]!
    let status = heldStatus(actual === MODE.oos ? MODE.oos : MODE.iman, back)
    if (live) {
      const line = lineAt(s, k, i, sp)
      if (s[S.LIVE + i]! === 0 || starts) {
        const bal = out - line
        s[S.BAL + i] = bal
        s[S.BAL_STEP + i] = Math.abs(bal) * (k[K.BAL_TIME]! > k[K.DT]! ? k[K.DT]! / k[K.BAL_TIME]! : 1)
      } else {
        const bal = s[S.BAL + i]!
        s[S.BAL + i] = bal > 0 ? Math.max(bal - s[S.BAL_STEP + i]!, 0) : Math.min(bal + s[S.BAL_STEP + i]!, 0)
        out = line + s[S.BAL + i]!
      }
      const up = k[K.OUT_ARRAY + 2 * i + 1]! > k[K.OUT_ARRAY + 2 * i]!
      let limits = 0
      if (sp >= k[K.IN_ARRAY + 2 * i + 1]!) limits = up ? LIMIT.high : LIMIT.low
      else if (sp <= k[K.IN_ARRAY + 2 * i]!) limits = up ? LIMIT.low : LIMIT.high
      status = (uncertain ? STATUS.uncertain : goodStatus(back)) | limits
    } else if (actual !== MODE.oos && !isOpen(back) && !isBad(back)) out = s[S.BKCAL_IN_1 + 2 * i]!
    if (out - out === 0) s[S.OUT_1 + 2 * i] = out + 0
    else {
      // [R5]
      s[S.BAL + i] = 0
      status = STATUS.bad
    }
    s[S.OUT_1_ST + 2 * i] = status
    s[S.LIVE + i] = live ? 1 : 0
  }
  s[S.MODE_ACTUAL] = actual
  s[S.TRACKING] = actual === MODE.iman ? 1 : 0

  // [R11]
  const seen_1 = ready_1 && !open_1 ? towardsSp(k, 0, limitOf(back_1)) : open_1 ? 0 : LIMIT.constant
  const seen_2 = ready_2 && !open_2 ? towardsSp(k, 1, limitOf(back_2)) : open_2 ? 0 : LIMIT.constant
  let limits = seen_1 & seen_2
  if (sp >= x_hi) limits |= LIMIT.high
  if (sp <= x_lo) limits |= LIMIT.low
  s[S.BKCAL_OUT] = sp + 0
  s[S.BKCAL_OUT_ST] = backStatus(actual, asking, limits)
}

/** The device whose stand decides SP, 1 or 2; 0: none. Before one is in cascade, whoever can say where it stands. */
function leader(s: Float64Array, k: Float64Array, waiting: boolean): number {
  let best = 0
  let best_rank = 0
  for (let i = 0; i < 2; i++) {
    const back = s[S.BKCAL_IN_1_ST + 2 * i]!
    const y = s[S.BKCAL_IN_1 + 2 * i]!
    if (isOpen(back) || isBad(back) || !(y - y === 0)) continue
    if (!waiting && mustInitialise(back)) continue
    const lo = Math.min(k[K.OUT_ARRAY + 2 * i]!, k[K.OUT_ARRAY + 2 * i + 1]!)
    const hi = Math.max(k[K.OUT_ARRAY + 2 * i]!, k[K.OUT_ARRAY + 2 * i + 1]!)
    const asks = codeOf(back) === STATUS.initRequest || !mustInitialise(back)
    const rank = 1 + (y > lo && y < hi ? 1 : 0) + (asks ? 2 : 0)
    if (rank > best_rank) {
      best = i + 1
      best_rank = rank
    }
  }
  return best
}

/** The other device in place of the leading one, where both agree and only the other says what SP is. */
function unambiguous(s: Float64Array, k: Float64Array, lead: number): number {
  if (lead === 0) return 0
  const back = s[S.BKCAL_IN_1_ST + 2 * (2 - lead)]!
  const coming = codeOf(back) === STATUS.initRequest || !mustInitialise(back)
  if (isOpen(back) || isBad(back) || !coming) return lead
  const other = 3 - lead
  const part = partOf(k, other, s[S.BKCAL_IN_1 + 2 * (other - 1)]!)
  if (!(part > 0 && part < 1)) return lead
  const sp = inverse(k, other, s[S.BKCAL_IN_1 + 2 * (other - 1)]!)
  const stands = partOf(k, lead, s[S.BKCAL_IN_1 + 2 * (lead - 1)]!)
  const returns = lead === 1 && k[K.LOCKVAL]! === 0 && sp > k[K.IN_ARRAY + 1]!
  const agree =
    (stands <= 0 && (sp <= k[K.IN_ARRAY + 2 * (lead - 1)]! || returns)) ||
    (stands >= 1 && sp >= k[K.IN_ARRAY + 2 * (lead - 1) + 1]! && !returns)
  return agree ? other : lead
}

/** OUT of a device by its line; exactly where it stood while SP is the number made from that. */
function lineAt(s: Float64Array, k: Float64Array, i: number, sp: number): number {
  if (s[S.PIN]! === i + 1 && sp === s[S.PIN_SP]!) return s[S.PIN_OUT]!
  const x1 = k[K.IN_ARRAY + 2 * i]!
  const x2 = k[K.IN_ARRAY + 2 * i + 1]!
  const y1 = k[K.OUT_ARRAY + 2 * i]!
  const y2 = k[K.OUT_ARRAY + 2 * i + 1]!
  if (i === 0 && k[K.LOCKVAL]! === 0 && s[S.RETURNED]! !== 0) return y1
  return sp <= x1 ? y1 : sp >= x2 ? y2 : y1 + ((sp - x1) / (x2 - x1)) * (y2 - y1)
}

function inverse(k: Float64Array, lead: number, y: number): number {
  const x1 = k[K.IN_ARRAY + 2 * (lead - 1)]!
  const x2 = k[K.IN_ARRAY + 2 * (lead - 1) + 1]!
  const part = partOf(k, lead, y)
  return part <= 0 ? x1 : part >= 1 ? x2 : x1 + part * (x2 - x1)
}

/** How far along its line a device stands: 0 to 1 on it. */
function partOf(k: Float64Array, device: number, y: number): number {
  const y1 = k[K.OUT_ARRAY + 2 * (device - 1)]!
  return (y - y1) / (k[K.OUT_ARRAY + 2 * (device - 1) + 1]! - y1)
}

const towardsSp = (k: Float64Array, i: number, limits: number): number =>
  k[K.OUT_ARRAY + 2 * i + 1]! < k[K.OUT_ARRAY + 2 * i]! ? swapLimits(limits) : limits

/** Splitter. */
export const SPLITTER: BlockType = {
  type: 'SPLITTER',
  doc: 'Splitter: one controller on two devices in split range or sequence, with the cascade handshake to both.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.DT] = dt_s
  },
  check: (_s, k) => {
    const x = k.subarray(K.IN_ARRAY, K.IN_ARRAY + 4)
    const y = k.subarray(K.OUT_ARRAY, K.OUT_ARRAY + 4)
    const faults: string[] = []
    if (!(x[1]! > x[0]! && x[3]! > x[2]!)) faults.push('IN_ARRAY: X12 must be above X11, and X22 above X21')
    else if (x[2]! < x[0]! || x[3]! < x[1]!) faults.push('IN_ARRAY: the second part must not lie below the first')
    if (y[0]! === y[1]! || y[2]! === y[3]!) faults.push('OUT_ARRAY: each line needs two different numbers')
    return faults
  },
  start: (s) => {
    // The climb to the target begins where OUT and the devices stand.
    s[S.MODE_ACTUAL] = MODE.iman
    s[S.SP_WRK] = s[S.SP]!
  },
  writable: ['MODE', 'SP'],
  write: (s, k, field, value) => {
    switch (field) {
      case 'MODE': {
        const refusal = refuseMode(value, k[K.PERMITTED]!)
        if (refusal === REFUSAL.none) s[S.MODE_TARGET] = value
        return refusal
      }
      case 'SP':
        if (s[S.MODE_ACTUAL]! !== MODE.auto) return REFUSAL.mode
        if (value < k[K.IN_ARRAY]! || value > k[K.IN_ARRAY + 3]!) return REFUSAL.outOfRange
        s[S.SP] = value
        return REFUSAL.none
      default:
        return REFUSAL.unknownTarget
    }
  },
  on_bad: { CAS_IN: 'sheds' },
  tag_fields: {
    PV: 'SP_WRK',
    SP: 'SP',
    OUT: 'OUT_1',
    MODE_TARGET: 'MODE_TARGET',
    MODE_ACTUAL: 'MODE_ACTUAL',
    READBACK: 'BKCAL_IN_1',
    TRACKING: 'TRACKING',
  },
  tag_writable: { SP: 'SP', MODE: 'MODE' },
}
