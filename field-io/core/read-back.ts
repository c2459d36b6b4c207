/**
 * Whether outputs stand where they were put: a module in manual, a second master, a wire that was taken off.
 *
 * Compared is what was read after a write on this connection. A device may show the write before the last one; what differs from both
 * in three reads running is told, for as long as it lasts. The controllers see the read-back itself in every frame.
 */
import { isBad } from '../../contracts/status.ts'
import { type Device, type FieldIoState, note } from './state.ts'

const READS = 3
/** Of the output's range, 1; and whole counts of its register. Below it is rounding. */
const RANGE_PART = 0.005
const COUNTS = 2

export function compareReadBacks(state: FieldIoState, device: Device): void {
  const { read } = device
  if (read === undefined) return
  device.outputs.forEach((index, position) => {
    const sent = device.sent[position]
    const before = device.sent_before[position]
    if (device.tripped || sent === undefined || device.sent_on[position] !== device.connection) {
      device.differs[position] = 0
      return
    }
    if (isBad(read.readback_statuses[position]!)) return
    const { min, max, counts_per_unit, point, type } = state.config.artifact.io.outputs[index]!
    const rounding = type === 'float32' || type === 'float64' ? 0 : COUNTS / Math.abs(counts_per_unit)
    const tolerance = type === 'bool' ? 0.5 : Math.max((max - min) * RANGE_PART, rounding)
    const readback = read.readbacks[position]!
    const differs = (value: number | undefined): boolean =>
      value === undefined || Math.abs(readback - value) > tolerance
    if (!differs(sent) || !differs(before)) device.differs[position] = 0
    else if (++device.differs[position]! >= READS) note(state, `${point} reads back otherwise than it was written`)
  })
}

/** Remembers what is being sent to an output. */
export function rememberSent(device: Device, position: number, value: number): void {
  device.sent_before[position] = device.sent_on[position] === device.connection ? device.sent[position] : undefined
  device.sent[position] = value
  device.sent_on[position] = device.connection
}
