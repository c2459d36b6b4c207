/** Two meanings of one register, or of one node, are a wiring fault; status words and powers of ten may be shared. */
import type { DeviceRecord } from '../../../contracts/artifact.ts'
import { isBitTable, registersOf } from '../../../protocols/core/modbus/registers.ts'
import { type Claim, overlaps } from '../../../protocols/core/profile/overlap.ts'
import type { Faults, Place } from './fault.ts'
import type { InputSpec, OutputSpec } from './io-points.ts'

export function checkOverlap(
  faults: Faults,
  device: DeviceRecord,
  inputs: readonly InputSpec[],
  outputs: readonly OutputSpec[],
  watchdogAt: Place,
): void {
  if (device.protocol === 'opcua' || device.protocol === 'sis') {
    checkNodes(faults, inputs)
    checkNodes(faults, outputs)
    return
  }
  const claims: (Claim & { readonly at: Place })[] = []
  const own = (p: InputSpec | OutputSpec, read: boolean): void => {
    claims.push({
      table: p.table,
      register: p.register,
      count: isBitTable(p) ? 1 : registersOf(p.type),
      ...(p.bit === undefined ? {} : { bit: p.bit }),
      read,
      owner: `'${p.point}'`,
      at: p.at,
    })
  }
  const shared = (table: Claim['table'], register: number, what: string, p: InputSpec | OutputSpec): void => {
    claims.push({ table, register, count: 1, shared: true, owner: `the ${what} of '${p.point}'`, at: p.at })
  }
  for (const p of inputs) own(p, true)
  for (const p of outputs) {
    own(p, false)
    if (p.readback_register < 0) continue
    const owner = `the read-back of '${p.point}'`
    const bit = p.bit === undefined ? {} : { bit: p.bit }
    claims.push({ table: 'input', register: p.readback_register, count: registersOf(p.type), ...bit, owner, at: p.at })
  }
  for (const p of inputs) if (p.status_register >= 0) shared('input', p.status_register, 'status', p)
  for (const p of [...inputs, ...outputs])
    if (p.exponent_register !== undefined) shared(p.table, p.exponent_register, 'power of ten', p)
  const w = device.watchdog
  if (w !== undefined) {
    const claim = (table: Claim['table'], register: number, owner: string): void => {
      if (register >= 0) claims.push({ table, register, count: 1, owner, at: watchdogAt })
    }
    claim('holding', w.time_register, 'the watchdog time')
    claim('input', w.tripped_register, 'the watchdog trip')
    claim('holding', w.rearm_register, 'the watchdog re-arm')
  }
  for (const { claim, other, register } of overlaps(claims)) {
    faults.add(
      'CFG_REGISTER_OVERLAP',
      claim.at,
      `${claim.owner} at ${claim.table} register ${register}`,
      `a register that ${other.owner} does not use`,
    )
  }
}

function checkNodes(faults: Faults, points: readonly (InputSpec | OutputSpec)[]): void {
  const owners = new Map<string, string>()
  for (const p of points) {
    const other = owners.get(p.node!)
    if (other === undefined) owners.set(p.node!, p.point)
    else faults.add('CFG_DUPLICATE_NODE', p.at, `'${p.point}' at ${p.node}`, `a node that '${other}' does not have`)
  }
}

/** What the devices of one serial line must have in common, and what each must have alone. */
export function checkBuses(
  faults: Faults,
  devices: readonly { readonly record: DeviceRecord; readonly at: Place }[],
): void {
  const first = new Map<string, DeviceRecord>()
  const units = new Map<string, DeviceRecord>()
  for (const { record, at } of devices) {
    if (record.protocol !== 'modbus-rtu') continue
    const ways = [
      [record.endpoint, record.unit],
      [record.endpoint_b, record.unit_b ?? record.unit],
    ] as const
    for (const [line, unit] of ways) {
      if (line === undefined || line === '') continue
      const same = first.get(line)
      if (same === undefined) first.set(line, record)
      else if (lineText(same) !== lineText(record))
        faults.add(
          'CFG_ENDPOINT',
          at,
          `'${record.id}' at ${line} with ${lineText(record)}`,
          `${lineText(same)}, as '${same.id}' has it: one line, one setting`,
        )
      const key = `${line} ${unit}`
      const other = units.get(key)
      if (other === undefined) units.set(key, record)
      else if (other !== record)
        faults.add('CFG_ENDPOINT', at, `unit ${unit} of ${line} again`, `a unit that '${other.id}' does not have`)
    }
  }
}

const lineText = ({ serial }: DeviceRecord): string =>
  serial === undefined
    ? 'no settings'
    : `${serial.baud} ${serial.data_bits}${serial.parity[0]!.toUpperCase()}${serial.stop_bits}`
