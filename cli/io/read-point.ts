/** One point read by itself: its registers as they came, the device's own quantity, and how far it is to be trusted. */
import type { InputPoint, OutputPoint, RegisterCodec } from '../../contracts/artifact.ts'
import { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import { isBitTable, readQuantity, registersOf } from '../../protocols/core/modbus/registers.ts'
import type { ModbusRequest } from '../../protocols/core/modbus/request.ts'
import type { BenchLink } from './bench-link.ts'
import { isDirect, type PointScale, toTagUnits } from './point-scale.ts'

export interface PointReading {
  readonly point: string
  readonly direction: 'in' | 'out'
  /** As on the wire; empty where nothing came. */
  readonly raw: readonly number[]
  /** Device's own quantity; null: none. */
  readonly quantity: number | null
  readonly unit: string
  /** In the tag's units, where the strategy scales it. */
  readonly value: number | null
  readonly eu: string
  readonly tag: string
  readonly quality: 'good' | 'uncertain' | 'bad' | 'not asked'
  /** Why it is not good; empty otherwise. */
  readonly why: string
  /** Of the request for the value, ms; null: no answer. */
  readonly rtt_ms: number | null
  /** An output's: what the device says it stands at, in the same quantity. */
  readonly stands: number | null
}

const NO_NUMBER = 'no number: the device says that it has none, or type and order in io/ are wrong'

export async function readPoint(
  link: BenchLink,
  unit: number,
  point: InputPoint | OutputPoint,
  scale: PointScale | undefined,
  tag: string,
): Promise<PointReading> {
  const is_output = 'readback_register' in point
  const base = {
    point: point.point,
    direction: is_output ? ('out' as const) : ('in' as const),
    unit: unitOf(point, scale),
    eu: scale?.eu ?? '',
    tag,
  }
  let rtt_ms: number | null = null
  let raw: readonly number[] = []
  try {
    const first = await ask(link, unit, point, point.register)
    raw = first.registers
    rtt_ms = first.rtt_ms
    const quantity = await quantityOf(link, unit, point, raw, point.table)
    let stands: number | null = null
    let doubt = ''
    if (is_output && point.readback_register >= 0) {
      const codec = { ...point, table: readBackTable(point) }
      const back = await ask(link, unit, codec, point.readback_register)
      stands = usable(await quantityOf(link, unit, codec, back.registers, codec.table))
      if (stands === null) doubt = `read-back: ${point.readback_register} holds no number`
    }
    if (!is_output && point.status_register >= 0) {
      const status = await link.request(unit, { function: 4, address: point.status_register, quantity: 1 })
      const said = (status.data as Uint16Array)[0]!
      if (said !== 0) doubt = `the device says not to trust it: status register ${point.status_register} reads ${said}`
    }
    const q = usable(quantity)
    if (q === null) return { ...base, raw, quantity: null, value: null, quality: 'bad', why: NO_NUMBER, rtt_ms, stands }
    const value = scale === undefined ? null : toTagUnits(scale, q)
    const { quality, why } = doubt === '' ? judge(scale, q) : { quality: 'bad' as const, why: doubt }
    return { ...base, raw, quantity: q, value, quality, why, rtt_ms, stands }
  } catch (cause) {
    if (!(cause instanceof ModbusFault)) throw cause
    const why = `${cause.message}${remedy(cause)}`
    return { ...base, raw, quantity: null, value: null, quality: 'bad', why, rtt_ms, stands: null }
  }
}

/** The requests that a value needs, and its registers. */
export async function ask(
  link: BenchLink,
  unit: number,
  codec: Pick<RegisterCodec, 'table' | 'type'>,
  register: number,
): Promise<{ readonly registers: readonly number[]; readonly rtt_ms: number }> {
  const quantity = isBitTable(codec) ? 1 : registersOf(codec.type)
  const { data, rtt_ms } = await link.request(unit, readRequest(codec.table, register, quantity))
  return { registers: [...(data as Uint16Array | Uint8Array)], rtt_ms }
}

export const readRequest = (table: RegisterCodec['table'], address: number, quantity: number): ModbusRequest => ({
  function: table === 'input' ? 4 : table === 'holding' ? 3 : table === 'coil' ? 1 : 2,
  address,
  quantity,
})

async function quantityOf(
  link: BenchLink,
  unit: number,
  codec: RegisterCodec,
  registers: readonly number[],
  table: RegisterCodec['table'],
): Promise<number> {
  let exponent: number | undefined
  if (codec.exponent_register !== undefined) {
    const { data } = await link.request(unit, readRequest(table, codec.exponent_register, 1))
    exponent = (data as Uint16Array)[0]!
  }
  return readQuantity(codec, registers, 0, exponent)
}

/** mA; the tag's unit where the device speaks it and the block passes it on; else nothing. */
export const unitOf = (point: Pick<RegisterCodec, 'quantity'>, scale: PointScale | undefined): string =>
  point.quantity === 'mA' ? 'mA' : point.quantity === 'EU' && scale !== undefined && isDirect(scale) ? scale.eu : ''

/** Read-backs stand among the inputs of the same width. */
const readBackTable = (point: OutputPoint): RegisterCodec['table'] =>
  point.table === 'coil' || point.table === 'discrete' ? 'discrete' : 'input'

const usable = (n: number): number | null => (Number.isFinite(n) ? n : null)

/** As AI will judge it. @see NAMUR NE 43 */
function judge(
  scale: PointScale | undefined,
  q: number,
): { readonly quality: 'good' | 'uncertain' | 'bad'; readonly why: string } {
  if (scale === undefined || !scale.ne43) return { quality: 'good', why: '' }
  // In 4-20 mA, whatever the signal's own range is.
  const signal = 4 + (16 * (q - scale.q[0])) / (scale.q[1] - scale.q[0])
  if (signal < 3.61) return { quality: 'bad', why: 'NE 43: sensor failure, below 3.6 mA: wire broken or no supply?' }
  if (signal > 20.99) return { quality: 'bad', why: 'NE 43: sensor failure, above 21 mA: short circuit?' }
  if (signal < 3.8 || signal > 20.5) return { quality: 'uncertain', why: 'NE 43: outside its range' }
  return { quality: 'good', why: '' }
}

function remedy({ code, place }: ModbusFault): string {
  if (code === 'IO_TIMEOUT') return '. Raise `timeout` in io/ if the device is slow; is the unit right?'
  if (code !== 'IO_EXCEPTION') return ''
  if (place.exception === 2) return '. Compare register and table in io/ with the manual, and 0- or 1-based numbers'
  if (place.exception === 1) return '. The device does not know this function: is the table in io/ right?'
  if (place.exception === 11) return '. The gateway hears nothing from this unit: cable, unit, speed of the line?'
  return ''
}
