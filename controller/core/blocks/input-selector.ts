/**
 * Input selector: one measurement from up to eight, the first good, least, greatest, middle or mean of those that can be
 * used: wired, not disabled, not bad, and Uncertain only with USE_UNCERTAIN.                      (function-blocks R3)
 *
 * Middle of an even number: the mean of the middle two. OP_SELECT takes one by the operator's choice, whatever it is. Fewer
 * than MIN_GOOD of them: OUT holds, Bad; fewer than are wired and not disabled: Uncertain/SubNormal with WARN_MISSING.
 *
 * [R3] Quality: the worst of the inputs used, that is of the selected one, or of all in a mean. Limits: greatest passes
 * those of the selected input, a constant one as low, because another may rise above it; least as high; where several
 * count (mean, middle) only what all have. First good and the operator's choice pass them as they are.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { isBad, isUncertain, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { isOpen } from '../cascade.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_LOCAL, refuseMode } from '../mode-fields.ts'
import { sourceStatus, worseStatus } from './wire-status.ts'

const COUNT = 8
const FIRST_GOOD = 0
const MIN = 1
const MAX = 2
const MID = 3

const YES = { no: 0, yes: 1 } as const

const FIELDS = [
  { name: 'IN_1', role: 'wire-in', unit: 'in', doc: 'First measurement.' },
  { name: 'IN_2', role: 'wire-in', unit: 'in', doc: 'Second measurement.', optional: true },
  { name: 'IN_3', role: 'wire-in', unit: 'in', doc: 'Third measurement.', optional: true },
  { name: 'IN_4', role: 'wire-in', unit: 'in', doc: 'Fourth measurement.', optional: true },
  { name: 'IN_5', role: 'wire-in', unit: 'in', doc: 'Fifth measurement.', optional: true },
  { name: 'IN_6', role: 'wire-in', unit: 'in', doc: 'Sixth measurement.', optional: true },
  { name: 'IN_7', role: 'wire-in', unit: 'in', doc: 'Seventh measurement.', optional: true },
  { name: 'IN_8', role: 'wire-in', unit: 'in', doc: 'Eighth measurement.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'in', doc: 'The selected value.' },
  ...modeFields(PERMITTED_LOCAL, MODE.auto),
  {
    name: 'OP_SELECT',
    role: 'tunable',
    unit: '1',
    doc: "The operator's choice; 0: by SEL_TYPE.",
    default: 0,
    min: 0,
    max: COUNT,
  },
  {
    name: 'DISABLED',
    role: 'tunable',
    unit: '1',
    doc: 'Inputs that are left out.',
    default: 0,
    names: { in_1: 0, in_2: 1, in_3: 2, in_4: 3, in_5: 4, in_6: 5, in_7: 6, in_8: 7 },
    mask: true,
  },
  {
    name: 'SEL_TYPE',
    role: 'constant',
    unit: '1',
    doc: 'Which value is taken.',
    names: { first_good: FIRST_GOOD, min: MIN, max: MAX, mid: MID, avg: 4 },
  },
  {
    name: 'MIN_GOOD',
    role: 'constant',
    unit: '1',
    doc: 'Usable inputs that OUT needs.',
    default: 1,
    min: 1,
    max: COUNT,
  },
  {
    name: 'USE_UNCERTAIN',
    role: 'constant',
    unit: '1',
    doc: 'Uncertain inputs can be used.',
    default: 0,
    names: YES,
  },
  {
    name: 'WARN_MISSING',
    role: 'constant',
    unit: '1',
    doc: 'Uncertain while an input that is wired and not disabled cannot be used.',
    default: 0,
    names: YES,
  },
  {
    name: 'SELECTED',
    role: 'state',
    unit: '1',
    doc: 'Number of the selected input; of a mean 0. A change is an event where the order decides and not the value.',
    event: EVENT.selection,
    event_if: 'IN_ORDER',
  },
  { name: 'IN_ORDER', role: 'derived', unit: '1', doc: 'Selection by order: by value it turns with the noise.' },
  { name: 'USED', role: 'state', unit: '1', doc: 'How many inputs can be used.' },
  { name: 'ORDER', role: 'state', unit: '1', doc: 'Numbers of the usable inputs by value.', count: COUNT },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const target = s[S.MODE_TARGET]!
  s[S.MODE_ACTUAL] = target

  // Usable inputs in rising order; of equal ones the first stays first.
  let used = 0
  let wired = 0
  let first = 0
  for (let i = 0; i < COUNT; i++) {
    const status = s[S.IN_1_ST + 2 * i]!
    if (isOpen(status) || ((s[S.DISABLED]! >> i) & 1) !== 0) continue
    wired++
    const x = s[S.IN_1 + 2 * i]!
    if (isBad(status) || (isUncertain(status) && k[K.USE_UNCERTAIN]! === 0) || !(x - x === 0)) continue
    if (first === 0) first = i + 1
    let at = used++
    while (at > 0 && s[S.IN_1 + 2 * (s[S.ORDER + at - 1]! - 1)]! > x) {
      s[S.ORDER + at] = s[S.ORDER + at - 1]!
      at--
    }
    s[S.ORDER + at] = i + 1
  }
  for (let i = used; i < COUNT; i++) s[S.ORDER + i] = 0
  s[S.USED] = used

  const type = k[K.SEL_TYPE]!
  const choice = s[S.OP_SELECT]!
  let selected = 0
  let out = s[S.OUT]!
  let status: number = STATUS.bad
  if (choice !== 0) {
    selected = choice
    status = sourceStatus(s[S.IN_1_ST + 2 * (choice - 1)]!)
    if (!isBad(status)) out = s[S.IN_1 + 2 * (choice - 1)]!
  } else if (used > 0 && used >= k[K.MIN_GOOD]!) {
    // From and to: the places in the order that count.
    let from = 0
    let to = used - 1
    if (type === MIN) to = 0
    else if (type === MAX) from = used - 1
    else if (type === MID) {
      from = Math.floor((used - 1) / 2)
      to = used - 1 - from
    }
    if (type === FIRST_GOOD) {
      selected = first
      out = s[S.IN_1 + 2 * (first - 1)]!
      status = sourceStatus(s[S.IN_1_ST + 2 * (first - 1)]!)
    } else {
      let sum = 0
      let limits: number = LIMIT.constant
      status = STATUS.good
      for (let i = from; i <= to; i++) {
        const n = s[S.ORDER + i]! - 1
        sum += s[S.IN_1 + 2 * n]!
        status = worseStatus(status, s[S.IN_1_ST + 2 * n]!)
        limits &= limitOf(s[S.IN_1_ST + 2 * n]!)
      }
      if (from === to) selected = s[S.ORDER + from]!
      out = from === to ? s[S.IN_1 + 2 * (selected - 1)]! : sum / (to - from + 1)
      if (used > 1 && type === MAX && limits === LIMIT.constant) limits = allConstant(s, used) ? limits : LIMIT.low
      else if (used > 1 && type === MIN && limits === LIMIT.constant)
        limits = allConstant(s, used) ? limits : LIMIT.high
      else if (used > 1 && type === MID) limits = shared(s, used)
      status |= limits
    }
    if (used < wired && k[K.WARN_MISSING]! !== 0 && !isUncertain(status))
      status = STATUS.uncertainSubNormal | (status & ~0xfc)
  }
  if (!(out - out === 0)) {
    // [R5]
    out = s[S.OUT]!
    status = STATUS.bad
  }
  s[S.SELECTED] = target === MODE.auto ? selected : 0
  if (target === MODE.auto) {
    s[S.OUT] = out + 0
    s[S.OUT_ST] = status
  } else if (target === MODE.man) s[S.OUT_ST] = STATUS.uncertainSubstitute | LIMIT.constant
  else s[S.OUT_ST] = STATUS.badOutOfService | LIMIT.constant
}

const allConstant = (s: Float64Array, used: number): boolean => shared(s, used) === LIMIT.constant

/** The limit that all usable inputs have; none where they differ. */
function shared(s: Float64Array, used: number): number {
  let limits: number = LIMIT.constant
  for (let i = 0; i < used; i++) limits &= limitOf(s[S.IN_1_ST + 2 * (s[S.ORDER + i]! - 1)]!)
  return limits
}

/** Input selector. */
export const INPUT_SELECTOR: BlockType = {
  type: 'INPUT_SELECTOR',
  doc: 'Input selector: first good, least, greatest, middle or mean of up to eight measurements, with status and limits.',
  fields: FIELDS,
  kernel,
  derive: (k) => {
    k[K.IN_ORDER] = k[K.SEL_TYPE] === FIRST_GOOD ? 1 : 0
  },
  start: (s) => {
    s[S.MODE_ACTUAL] = s[S.MODE_TARGET]!
  },
  writable: ['MODE', 'OUT', 'OP_SELECT', 'DISABLED'],
  write: (s, k, field, value) => {
    const whole = value === Math.floor(value) && value >= 0
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
      case 'OP_SELECT':
        if (!whole || value > COUNT) return REFUSAL.outOfRange
        s[S.OP_SELECT] = value
        return REFUSAL.none
      case 'DISABLED':
        if (!whole || value >= 1 << COUNT) return REFUSAL.outOfRange
        s[S.DISABLED] = value
        return REFUSAL.none
      default:
        return REFUSAL.unknownTarget
    }
  },
  tag_fields: { PV: 'OUT', OUT: 'OUT', MODE_TARGET: 'MODE_TARGET', MODE_ACTUAL: 'MODE_ACTUAL' },
  tag_writable: { OUT: 'OUT', MODE: 'MODE' },
}
