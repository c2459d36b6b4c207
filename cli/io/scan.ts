/**
 * `flyball io scan`: which units answer on a connection or a serial line, and what they say they are.
 *
 * A unit is asked for holding register 0. Any answer shows that it is there, also an exception, but for those by which a gateway says
 * that it is not. Nothing is written, and the longest time it can take is said beforehand.
 */
import type { SerialRecord } from '../../contracts/artifact.ts'
import { EXCEPTION } from '../../protocols/core/modbus/function-code.ts'
import { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import { benchLink, type Identity, identify, identityText } from './bench-link.ts'
import { IoCommandFault } from './io-fault.ts'
import { table } from './table.ts'

export interface ScanOptions {
  readonly units: readonly number[]
  readonly serial: SerialRecord | undefined
  readonly timeout_ms: number
  /** The address is a tunnel: RTU frames over TCP. */
  readonly rtu_over_tcp?: boolean
  readonly on_progress?: (asked: number, found: number) => void
}

export interface FoundUnit {
  readonly unit: number
  readonly rtt_ms: number
  /** What it answered to the question for holding register 0. */
  readonly answer: string
  readonly identification: Identity | null
}

export interface ScanReport {
  readonly address: string
  readonly found: readonly FoundUnit[]
  readonly asked: number
}

export const isSerialPort = (address: string): boolean => address.startsWith('/') || /^COM\d+$/i.test(address)

/** Each unit may keep silent, and one that is there may keep silent about what it is. */
export const longest_ms = (units: number, timeout_ms: number): number => units * 2 * timeout_ms

/** @throws ModbusFault where there is no connection */
export async function scanUnits(address: string, options: ScanOptions): Promise<ScanReport> {
  const protocol = isSerialPort(address)
    ? 'modbus-rtu'
    : options.rtu_over_tcp === true
      ? 'modbus-rtu-tcp'
      : 'modbus-tcp'
  const link = await benchLink({ address, protocol, timeout_ms: options.timeout_ms, serial: options.serial })
  const found: FoundUnit[] = []
  let asked = 0
  try {
    for (const unit of options.units) {
      options.on_progress?.(asked, found.length)
      asked++
      const answer = await probe(unit)
      if (answer === undefined) continue
      const identification = (await identify(link, unit, options.timeout_ms)) ?? null
      found.push({ unit, ...answer, identification })
    }
  } finally {
    link.close()
  }
  options.on_progress?.(asked, found.length)
  return { address, found, asked }

  async function probe(unit: number): Promise<{ rtt_ms: number; answer: string } | undefined> {
    const from_ms = performance.now()
    const said = (answer: string) => ({ rtt_ms: performance.now() - from_ms, answer })
    try {
      const { data } = await link.request(unit, { function: 3, address: 0, quantity: 1 })
      return said(`register 0 = ${(data as Uint16Array)[0]}`)
    } catch (cause) {
      if (!(cause instanceof ModbusFault)) throw cause
      const { exception } = cause.place
      if (cause.code === 'IO_EXCEPTION' && exception !== EXCEPTION.gatewayPath && exception !== EXCEPTION.gatewayTarget)
        return said(`exception ${exception}`)
      // Without a connection nothing that follows would mean anything.
      if (cause.code === 'IO_NOT_CONNECTED' || cause.code === 'IO_CLOSED') throw cause
      return undefined
    }
  }
}

export function scanText({ address, found, asked }: ScanReport): string {
  const lines = found.map((f) => [
    String(f.unit),
    `${f.rtt_ms.toFixed(1)} ms`,
    f.answer,
    f.identification === null ? 'does not say what it is' : identityText(f.identification),
  ])
  const any = found.length > 8 && found.length === asked ? 'Every unit answers: the device does not look at it.\n' : ''
  const list = lines.length === 0 ? '' : table([['unit', 'answer', '', ''], ...lines])
  return `${list}${any}${address}: ${found.length} of ${asked} units answer\n`
}

/** `1-247`, `1,5,10-12`. @throws IoCommandFault */
export function parseUnits(text: string): number[] {
  const units = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part.trim())
    const from = Number(match?.[1])
    const to = Number(match?.[2] ?? match?.[1])
    if (match === null || from > to || to > 255)
      throw new IoCommandFault('--units', `found '${text}'`, 'Expected units from 0 to 255, as 1-247 or 1,5,10-12.')
    for (let unit = from; unit <= to; unit++) units.add(unit)
  }
  return [...units]
}

const PARITY = { N: 'none', E: 'even', O: 'odd' } as const

/** `9600-8N1`. @throws IoCommandFault */
export function parseSerial(text: string): SerialRecord {
  const match = /^(\d{3,7})-([78])([NEO])([12])$/i.exec(text.trim())
  if (match === null)
    throw new IoCommandFault('--serial', `found '${text}'`, 'Expected BAUD-BITS PARITY STOP, as 9600-8N1 or 19200-8E1.')
  return {
    baud: Number(match[1]),
    data_bits: Number(match[2]) as 7 | 8,
    parity: PARITY[match[3]!.toUpperCase() as keyof typeof PARITY],
    stop_bits: Number(match[4]) as 1 | 2,
  }
}
