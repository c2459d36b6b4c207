/**
 * Control selector: one of up to three controllers has the slave, the highest, lowest or middle, or the operator's choice.
 *
 * The selected one gets BKCAL_SEL = OUT with the limits from downstream. The others get the selected value with
 * NotSelected, and go on controlling with that value as their external reset, so that they do not wind up; where the
 * operator selects they get NotInvited and wait in IMan. While the slave is not in cascade OUT follows it and all wait.
 * A connected input that is bad, in Auto: Man, OUT holds, nobody is invited.                (function-blocks 2.12)
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { isBad, isUncertain, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { goodStatus, heldStatus, isOpen, mustInitialise } from '../cascade.ts'
import { EVENT } from '../events.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_LOCAL, refuseMode } from '../mode-fields.ts'

const HIGH = 0
const LOW = 1

const FIELDS = [
  { name: 'SEL_1', role: 'wire-in', unit: 'out', doc: 'OUT of the first controller.' },
  { name: 'SEL_2', role: 'wire-in', unit: 'out', doc: 'OUT of the second.', optional: true },
  { name: 'SEL_3', role: 'wire-in', unit: 'out', doc: 'OUT of the third.', optional: true },
  { name: 'BKCAL_IN', role: 'back-in', unit: 'out', doc: "The slave's BKCAL_OUT.", optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'The selected value.' },
  { name: 'BKCAL_SEL_1', role: 'back-out', unit: 'out', doc: 'To BKCAL_IN of the first controller.' },
  { name: 'BKCAL_SEL_2', role: 'back-out', unit: 'out', doc: 'To BKCAL_IN of the second.' },
  { name: 'BKCAL_SEL_3', role: 'back-out', unit: 'out', doc: 'To BKCAL_IN of the third.' },
  ...modeFields(PERMITTED_LOCAL, MODE.auto),
  {
    name: 'OP_SELECT',
    role: 'tunable',
    unit: '1',
    doc: "The operator's choice; automatic: by SEL_TYPE.",
    default: 0,
    names: { automatic: 0, sel_1: 1, sel_2: 2, sel_3: 3 },
  },
  {
    name: 'SEL_TYPE',
    role: 'constant',
    unit: '1',
    doc: 'Which value is taken. With two inputs the middle is the higher.',
    names: { high: 0, low: 1, mid: 2 },
  },
  {
    name: 'OUT_LIM',
    role: 'constant',
    unit: 'out',
    doc: "Limits of the operator's OUT.",
    count: 2,
    defaults: [0, 100],
  },
  { name: 'SELECTED', role: 'state', unit: '1', doc: 'Number of the selected input; 0: none.', event: EVENT.selection },
  { name: 'TRACKING', role: 'state', unit: '1', doc: '1 while OUT follows BKCAL_IN.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const back = s[S.BKCAL_IN_ST]!
  const target = s[S.MODE_TARGET]!
  let faulty = false
  for (let i = 0; i < 3; i++) {
    const status = s[S.SEL_1_ST + 2 * i]!
    if (!isOpen(status) && isBad(status)) faulty = true
  }
  let actual = target
  if (target === MODE.oos) actual = MODE.oos
  else if (mustInitialise(back)) actual = MODE.iman
  else if (faulty) actual = MODE.man
  s[S.MODE_ACTUAL] = actual
  s[S.TRACKING] = actual === MODE.iman ? 1 : 0

  let out = s[S.OUT]!
  let selected = 0
  let status = heldStatus(actual, back)
  const choice = s[S.OP_SELECT]!
  if (actual === MODE.iman) {
    if (!isBad(back)) out = s[S.BKCAL_IN]!
  } else if (actual === MODE.auto) {
    selected = choice !== 0 && !isOpen(s[S.SEL_1_ST + 2 * (choice - 1)]!) ? choice : select(s, k[K.SEL_TYPE]!)
    if (selected !== 0) {
      out = s[S.SEL_1 + 2 * (selected - 1)]!
      const from = s[S.SEL_1_ST + 2 * (selected - 1)]!
      status = (isUncertain(from) ? STATUS.uncertain : goodStatus(back)) | limitOf(from)
    }
  }
  s[S.SELECTED] = selected
  s[S.OUT] = out + 0
  s[S.OUT_ST] = status

  const down = isOpen(back) ? 0 : limitOf(back)
  for (let i = 0; i < 3; i++) {
    let answer: number = STATUS.notInvited | LIMIT.constant
    if (selected === i + 1) answer = STATUS.goodCascade | down
    else if (selected !== 0 && choice === 0) answer = STATUS.notSelected
    s[S.BKCAL_SEL_1 + 2 * i] = s[S.OUT]!
    s[S.BKCAL_SEL_1_ST + 2 * i] = answer
  }
}

/** Number of the highest, lowest or middle of the connected inputs; of equal ones the first. */
function select(s: Float64Array, type: number): number {
  let high = 0
  let low = 0
  let count = 0
  for (let i = 1; i <= 3; i++) {
    if (isOpen(s[S.SEL_1_ST + 2 * (i - 1)]!)) continue
    const value = s[S.SEL_1 + 2 * (i - 1)]!
    if (high === 0 || value > s[S.SEL_1 + 2 * (high - 1)]!) high = i
    if (low === 0 || value < s[S.SEL_1 + 2 * (low - 1)]!) low = i
    count++
  }
  if (type === HIGH || count < 3) return type === LOW ? low : high
  if (type === LOW) return low
  // Three are connected: all equal, or the one that is neither highest nor lowest.
  return high === low ? high : 6 - high - low
}

/** Control selector. */
export const CONTROL_SELECTOR: BlockType = {
  type: 'CONTROL_SELECTOR',
  doc: 'Control selector, high, low, middle or by the operator; the controllers not selected do not wind up.',
  fields: FIELDS,
  kernel,
  start: (s) => {
    s[S.MODE_ACTUAL] = MODE.man
  },
  writable: ['MODE', 'OUT', 'OP_SELECT'],
  write: (s, k, field, value) => {
    switch (field) {
      case 'MODE': {
        const refusal = refuseMode(value, k[K.PERMITTED]!)
        if (refusal === REFUSAL.none) s[S.MODE_TARGET] = value
        return refusal
      }
      case 'OUT':
        if (s[S.MODE_ACTUAL]! !== MODE.man) return REFUSAL.mode
        if (value < k[K.OUT_LIM]! || value > k[K.OUT_LIM + 1]!) return REFUSAL.outOfRange
        s[S.OUT] = value
        return REFUSAL.none
      case 'OP_SELECT':
        if (value !== 0 && value !== 1 && value !== 2 && value !== 3) return REFUSAL.outOfRange
        s[S.OP_SELECT] = value
        return REFUSAL.none
      default:
        return REFUSAL.unknownTarget
    }
  },
  on_bad: { SEL_1: 'holds', SEL_2: 'holds', SEL_3: 'holds' },
  tag_fields: {
    PV: 'OUT',
    OUT: 'OUT',
    MODE_TARGET: 'MODE_TARGET',
    MODE_ACTUAL: 'MODE_ACTUAL',
    READBACK: 'BKCAL_IN',
    TRACKING: 'TRACKING',
  },
  tag_writable: { OUT: 'OUT', MODE: 'MODE' },
}
