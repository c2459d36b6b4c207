/**
 * Manual loader: an output that the operator sets, as the master of a cascade. While the slave is not in cascade OUT
 * follows it (IMan), so that taking it back has no bump.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { isBad } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { goodStatus, heldStatus, mustInitialise } from '../cascade.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_MANUAL, refuseMode } from '../mode-fields.ts'

const FIELDS = [
  { name: 'BKCAL_IN', role: 'back-in', unit: 'out', doc: "The slave's BKCAL_OUT.", optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'What the operator set.' },
  ...modeFields(PERMITTED_MANUAL, MODE.man),
  { name: 'START', role: 'constant', unit: 'out', doc: 'OUT after a cold load.', default: 0 },
  { name: 'OUT_SCALE', role: 'constant', unit: 'out', doc: 'OUT at 0 % and 100 %.', count: 2, defaults: [0, 100] },
  {
    name: 'OUT_LIM',
    role: 'constant',
    unit: 'out',
    doc: 'Limits of OUT; [0, 0]: OUT_SCALE.',
    count: 2,
    defaults: [0, 0],
  },
  { name: 'TRACKING', role: 'state', unit: '1', doc: '1 while OUT follows BKCAL_IN.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s) => {
  const back = s[S.BKCAL_IN_ST]!
  let actual = s[S.MODE_TARGET]!
  if (actual !== MODE.oos && mustInitialise(back)) actual = MODE.iman
  s[S.MODE_ACTUAL] = actual
  s[S.TRACKING] = actual === MODE.iman ? 1 : 0
  if (actual === MODE.iman && !isBad(back)) s[S.OUT] = s[S.BKCAL_IN]!
  // Not constant in Man: the operator moves it at any time.
  s[S.OUT_ST] = actual === MODE.man ? goodStatus(back) : heldStatus(actual, back)
}

/** Manual loader. */
export const MANUAL_LOADER: BlockType = {
  type: 'MANUAL_LOADER',
  doc: "Manual loader: the operator's output to a slave, with the cascade handshake.",
  fields: FIELDS,
  kernel,
  start: (s, k) => {
    s[S.MODE_ACTUAL] = MODE.man
    if (s[S.OUT]! === 0) s[S.OUT] = k[K.START]!
  },
  writable: ['MODE', 'OUT'],
  write: (s, k, field, value) => {
    switch (field) {
      case 'MODE': {
        const refusal = refuseMode(value, k[K.PERMITTED]!)
        if (refusal === REFUSAL.none) s[S.MODE_TARGET] = value
        return refusal
      }
      case 'OUT': {
        if (s[S.MODE_ACTUAL]! !== MODE.man) return REFUSAL.mode
        const at = k[K.OUT_LIM]! !== 0 || k[K.OUT_LIM + 1]! !== 0 ? K.OUT_LIM : K.OUT_SCALE
        if (value < k[at]! || value > k[at + 1]!) return REFUSAL.outOfRange
        s[S.OUT] = value
        return REFUSAL.none
      }
      default:
        return REFUSAL.unknownTarget
    }
  },
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
