/**
 * `flyball io read` and `io write`: one device on the bench, by the strategy's points or by bare registers.
 *
 * Writing is for the bench only. Where a field-io runs on the device it is its only master, and the write is refused: field-io
 * would take the output back at once, and both would fight over it. In the running system `flyball io force` does it.
 */
import type { Artifact, DeviceRecord, OutputPoint, RegisterCodec } from '../../contracts/artifact.ts'
import { nearest } from '../../numerics/nearest.ts'
import { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import { bitMask, isBitTable, readQuantity, registersOf, writeQuantity } from '../../protocols/core/modbus/registers.ts'
import type { ModbusRequest } from '../../protocols/core/modbus/request.ts'
import { type BenchLink, benchLink, type LinkTarget } from './bench-link.ts'
import { groupBy } from './group-by.ts'
import { IoCommandFault } from './io-fault.ts'
import { fromTagUnits, type PointScale, pointScales, tagOfPoint } from './point-scale.ts'
import { ask, type PointReading, readPoint } from './read-point.ts'

/** A point of a strategy, and how to get at it. */
export interface BenchPoint {
  readonly target: LinkTarget
  readonly device: DeviceRecord
  readonly point: Artifact['io']['inputs'][number] | OutputPoint
  readonly scale: PointScale | undefined
  readonly tag: string
}

export function benchPoint(
  artifact: Artifact,
  endpoints: ReadonlyMap<string, string>,
  folder: string,
  name: string,
): BenchPoint {
  const points = [...artifact.io.inputs, ...artifact.io.outputs]
  const point =
    points.find((p) => p.point === name) ??
    points.find((p) => p.point === artifact.tags.find((t) => t.tag === name)?.point)
  if (point === undefined) {
    const near = nearest(
      name,
      points.map((p) => p.point),
    )
    const remedy = near === '' ? '`flyball io check` lists the points.' : `Did you mean ${near}?`
    throw new IoCommandFault(name, `no point of ${artifact.name} has this name`, remedy)
  }
  const device = artifact.io.devices[point.device]!
  const address = endpoints.get(device.endpoint) ?? device.endpoint
  const scales = pointScales(artifact)
  return {
    target: { ...device, address, folder },
    device,
    point,
    scale: scales.get(point.point),
    tag: tagOfPoint(artifact, point.point, scales),
  }
}

/** @throws ModbusFault without a connection */
export async function readBench(wanted: readonly BenchPoint[]): Promise<PointReading[]> {
  const readings: PointReading[] = []
  for (const [, group] of groupBy(wanted, (w) => w.target.address)) {
    const link = await benchLink(group[0]!.target)
    try {
      for (const w of group) readings.push(await readPoint(link, w.device.unit, w.point, w.scale, w.tag))
    } finally {
      link.close()
    }
  }
  return readings
}

/** @param given - in the device's own quantity, or with `eu` in the tag's units */
export async function writeBench(w: BenchPoint, given: number, eu: boolean): Promise<PointReading> {
  const { point, device, scale } = w
  if (!('readback_register' in point))
    throw new IoCommandFault(point.point, 'is an input', 'In the running system `flyball io force` replaces its value.')
  if (eu && scale === undefined)
    throw new IoCommandFault(point.point, 'no block of the strategy scales it', "Give the device's own quantity.")
  const value = eu && scale !== undefined ? fromTagUnits(scale, given) : given
  if (value < point.min || value > point.max)
    throw new IoCommandFault(
      point.point,
      `${value} is outside its range`,
      `Expected ${point.min} to ${point.max}, the min and max of io/.`,
    )
  const link = await benchLink(w.target)
  try {
    await writeValue(link, device.unit, point, value, device.requests?.write_single === true)
    return await readPoint(link, device.unit, point, scale, w.tag)
  } finally {
    link.close()
  }
}

/** Registers of any device, without a strategy. */
export interface BareRegisters {
  readonly target: LinkTarget
  readonly unit: number
  readonly codec: RegisterCodec
}

export interface BareReading {
  readonly register: number
  readonly raw: readonly number[]
  readonly quantity: number | null
  readonly rtt_ms: number
}

/** `count` values, one behind the other. @throws ModbusFault */
export async function readBare({ target, unit, codec }: BareRegisters, count: number): Promise<BareReading[]> {
  const link = await benchLink(target)
  const step = isBitTable(codec) ? 1 : registersOf(codec.type)
  try {
    const readings: BareReading[] = []
    for (let i = 0; i < count; i++) {
      const register = codec.register + i * step
      const { registers, rtt_ms } = await ask(link, unit, codec, register)
      const quantity = readQuantity(codec, registers, 0)
      readings.push({ register, raw: registers, quantity: Number.isFinite(quantity) ? quantity : null, rtt_ms })
    }
    return readings
  } finally {
    link.close()
  }
}

/** Writes and reads back. @throws ModbusFault */
export async function writeBare(bare: BareRegisters, value: number): Promise<BareReading> {
  const { target, unit, codec } = bare
  const link = await benchLink(target)
  try {
    await writeValue(link, unit, codec, value, false)
    const { registers, rtt_ms } = await ask(link, unit, codec, codec.register)
    const quantity = readQuantity(codec, registers, 0)
    return { register: codec.register, raw: registers, quantity: Number.isFinite(quantity) ? quantity : null, rtt_ms }
  } finally {
    link.close()
  }
}

async function writeValue(
  link: BenchLink,
  unit: number,
  codec: RegisterCodec,
  value: number,
  single: boolean,
): Promise<void> {
  if (codec.table === 'input' || codec.table === 'discrete')
    throw new IoCommandFault(
      `${codec.table} ${codec.register}`,
      'can only be read',
      'Outputs stand in holding or coil.',
    )
  const registers = new Uint16Array(registersOf(codec.type))
  const exponent =
    codec.exponent_register === undefined
      ? undefined
      : (await ask(link, unit, { table: codec.table, type: 'uint16' }, codec.exponent_register)).registers[0]
  if (!writeQuantity(codec, registers, 0, value, exponent))
    throw new IoCommandFault(
      `register ${codec.register}`,
      `${value} has no count there`,
      'Is it a sentinel of the device?',
    )
  for (const request of requests(codec, registers, single)) await link.request(unit, request)
}

function requests(codec: RegisterCodec, registers: Uint16Array, single: boolean): ModbusRequest[] {
  const address = codec.register
  if (codec.table === 'coil') return [{ function: 5, address, on: registers[0] !== 0 }]
  if (codec.bit !== undefined) {
    const mask = bitMask(codec)
    // The other fifteen bits belong to others: the device itself changes this one.
    return [{ function: 22, address, and_mask: ~mask & 0xffff, or_mask: registers[0]! & mask }]
  }
  if (single) return [...registers].map((value, i) => ({ function: 6, address: address + i, value }))
  return [{ function: 16, address, registers }]
}

export const isModbusFault = (cause: unknown): cause is ModbusFault => cause instanceof ModbusFault
