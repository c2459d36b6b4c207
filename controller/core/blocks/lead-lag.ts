/**
 * Lead/lag and first-order filter, exact for an input held over the scan.                    (function-blocks 2.14)
 *
 *   OUT = GAIN (LEAD s + 1)/(LAG s + 1) IN
 *   z += (1 - e^(-dt/LAG)) (IN - z);   OUT = GAIN [LEAD/LAG IN + (1 - LEAD/LAG) z];   LAG = 0: OUT = GAIN IN
 *
 * The status follows the input, with limits turned by a negative gain [R3]; while it is bad OUT holds. When it returns, the
 * filter starts from it: an old z would go on as if the time between had not been.
 * @see Franklin, Powell, Workman, Digital Control of Dynamic Systems, ch. 4
 */
import { codeOf, isBad, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { swapLimits } from '../cascade.ts'
import { layout } from '../layout.ts'
import { smoothing } from '../math.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The signal.' },
  {
    name: 'FOLLOW',
    role: 'wire-in',
    unit: '1',
    doc: 'Not 0: OUT = GAIN IN, and the filter stands at IN.',
    optional: true,
  },
  { name: 'OUT', role: 'wire-out', unit: 'in', doc: 'The compensated signal.' },
  { name: 'GAIN', role: 'constant', unit: '1', doc: 'Steady-state gain.', default: 1 },
  { name: 'LEAD', role: 'constant', unit: 's', doc: 'Lead time; needs a lag.', default: 0, min: 0 },
  { name: 'LAG', role: 'constant', unit: 's', doc: 'Lag time; 0: none.', default: 0, min: 0 },
  { name: 'Z', role: 'state', unit: 'in', doc: 'State of the lag.' },
  { name: 'RUNNING', role: 'state', unit: '1', doc: '1 once the lag holds a value.' },
  { name: 'SMOOTHING', role: 'derived', unit: '1', doc: '1 - e^(-dt/LAG).' },
  { name: 'DIRECT', role: 'derived', unit: '1', doc: 'LEAD/LAG: the part that passes at once.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k) => {
  const status = s[S.IN_ST]!
  if (isBad(status)) {
    s[S.OUT_ST] = codeOf(status) === STATUS.badNotConnected ? STATUS.bad : status
    s[S.RUNNING] = 0
    return
  }
  const x = s[S.IN]!
  const following = !isBad(s[S.FOLLOW_ST]!) && s[S.FOLLOW]! !== 0
  const z = s[S.RUNNING]! === 0 || following ? x : s[S.Z]! + k[K.SMOOTHING]! * (x - s[S.Z]!)
  const direct = k[K.DIRECT]!
  const out = k[K.GAIN]! * (direct * x + (1 - direct) * z)
  if (z - z === 0 && out - out === 0) {
    s[S.Z] = z
    s[S.RUNNING] = 1
    s[S.OUT] = out + 0
    s[S.OUT_ST] = k[K.GAIN]! < 0 ? (status & ~LIMIT.constant) | swapLimits(limitOf(status)) : status
  } else s[S.OUT_ST] = STATUS.bad
}

const derive = (k: Float64Array, dt_s: number): void => {
  k[K.SMOOTHING] = smoothing(dt_s, k[K.LAG]!)
  k[K.DIRECT] = k[K.LAG]! > 0 ? k[K.LEAD]! / k[K.LAG]! : 0
}

const check = (_s: Float64Array, k: Float64Array): readonly string[] =>
  k[K.LEAD]! > 0 && !(k[K.LAG]! > 0) ? ['LEAD: a lead without a lag would need the future; give LAG too'] : []

/** Lead/lag. */
export const LEAD_LAG: BlockType = {
  type: 'LEAD_LAG',
  doc: 'Lead/lag compensation, exact for an input held over the scan.',
  fields: FIELDS,
  kernel,
  derive,
  check,
  tag_fields: { PV: 'OUT', OUT: 'OUT' },
}

/** The same block under the name by which a filter is looked for: LAG is its time to 63 %. */
export const FILTER: BlockType = {
  type: 'FILTER',
  doc: 'First-order filter: LAG is the time to 63 % of a step.',
  fields: FIELDS,
  kernel,
  derive,
  check,
  tag_fields: { PV: 'OUT', OUT: 'OUT' },
}
