/**
 * Bias and gain: OUT = (IN_1 + SP) x GAIN.                                                   (function-blocks 2.10)
 *
 * Limits, modes, balance: station.ts.
 */
import type { BlockType, Kernel } from '../block.ts'
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

const { S, K } = layout(STATION_FIELDS)

const law = (s: Float64Array, k: Float64Array): void => {
  const actual = stationMode(s, k)
  const gain = k[K.GAIN]!
  STATION_LAW[0] = (s[S.IN_1]! + stationSetPoint(s, k)) * gain
  STATION_LAW[1] = gain
  stationOut(s, k, actual)
}

const kernel: Kernel = (s, k) => stationScan(s, k, law)

/** Bias and gain station. */
export const BIAS_GAIN: BlockType = {
  type: 'BIAS_GAIN',
  doc: 'Bias and gain: OUT = (IN_1 + SP) x GAIN, with set point by operator or master, cascade handshake and balance.',
  fields: STATION_FIELDS,
  kernel,
  derive: deriveStation,
  check: checkStation,
  start: startStation,
  writable: STATION_WRITABLE,
  write: writeStation,
  on_bad: STATION_ON_BAD,
  tag_fields: STATION_TAG,
  tag_writable: STATION_TAG_WRITABLE,
}
