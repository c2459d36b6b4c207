/**
 * Ratio: OUT = IN_1 x SP x GAIN, the set point of a slave in proportion to a wild flow.      (function-blocks 2.10)
 *
 * PV is the actual ratio, IN / (IN_1 x GAIN), where IN is wired; else the asked one. Limits, modes, balance: station.ts.
 */
import { isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { isOpen } from '../cascade.ts'
import { layout } from '../layout.ts'
import {
  checkStation,
  deriveStation,
  STATION_FIELDS,
  STATION_LAW,
  STATION_ON_BAD,
  STATION_TAG,
  STATION_TAG_WRITABLE,
  STATION_WRITABLE,
  startStation,
  stationMode,
  stationOut,
  stationScan,
  stationSetPoint,
  writeStation,
} from './station.ts'

const FIELDS = [
  ...STATION_FIELDS,
  { name: 'IN', role: 'wire-in', unit: 'out', doc: 'The controlled flow, for the actual ratio.', optional: true },
  { name: 'PV', role: 'wire-out', unit: 'sp', doc: 'The actual ratio.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const law = (s: Float64Array, k: Float64Array): void => {
  const actual = stationMode(s, k)
  const slope = s[S.IN_1]! * k[K.GAIN]!
  STATION_LAW[0] = slope * stationSetPoint(s, k)
  STATION_LAW[1] = slope
  stationOut(s, k, actual)
}

const kernel: Kernel = (s, k) => {
  stationScan(s, k, law)
  if (isOpen(s[S.IN_ST]!)) {
    s[S.PV] = stationSetPoint(s, k) + 0
    s[S.PV_ST] = STATUS.good
  } else if (isBad(s[S.IN_ST]!) || isBad(s[S.IN_1_ST]!)) s[S.PV_ST] = STATUS.bad
  else {
    const pv = s[S.IN]! / (s[S.IN_1]! * k[K.GAIN]!)
    // [R5] No ratio to a flow of zero: the last one stays, and says that it is not to be used.
    if (pv - pv === 0) s[S.PV] = pv + 0
    s[S.PV_ST] = pv - pv === 0 ? s[S.IN_ST]! : STATUS.bad
  }
}

/** Ratio station. */
export const RATIO: BlockType = {
  type: 'RATIO',
  doc: 'Ratio: OUT = IN_1 x SP x GAIN, with set point by operator or master, cascade handshake and balance.',
  fields: FIELDS,
  kernel,
  derive: deriveStation,
  check: checkStation,
  start: startStation,
  writable: STATION_WRITABLE,
  write: writeStation,
  on_bad: { ...STATION_ON_BAD, IN: 'ignores' },
  tag_fields: { ...STATION_TAG, PV: 'PV' },
  tag_writable: STATION_TAG_WRITABLE,
}
