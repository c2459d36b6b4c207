import { EXCEPTION, EXCEPTION_FLAG, FUNCTION, MEI_DEVICE_IDENTIFICATION, QUANTITY_MAX } from './function-code.ts'
import { writeIdentification } from './identification.ts'
import { MBAP_BYTES, MbapReader, PDU_BYTES_MAX, writeMbap } from './mbap.ts'
import type { BitTable, ModbusModel, RegisterTable } from './model.ts'

export interface ServerOptions {
  /** Units that answer here; absent: any, the unit being echoed. */
  readonly units?: readonly number[]
  /**
   * What a unit that is not here gets: on a serial line silence, behind a TCP gateway exception 0x0B.
   * On a serial line unit 0 is a broadcast: executed if it is a write, never answered.
   */
  readonly line?: 'tcp' | 'serial'
}

/**
 * The server of one device: a request PDU in, the answer out, by the letter of the application protocol.
 *
 * A request is judged in the order of the specification's state diagrams: function (01), quantity, value and byte
 * count (03), address (02), execution (04). Only an admitted request touches the model.
 */
export class ModbusServerCore {
  private readonly model: ModbusModel
  private readonly units: ReadonlySet<number> | undefined
  private readonly serial: boolean
  private readonly bits = new Uint8Array(QUANTITY_MAX.readBits)
  private readonly registers = new Uint16Array(QUANTITY_MAX.readRegisters)
  /** Requests answered, exceptions among them, since the start. */
  readonly counters = { requests: 0, exceptions: 0 }

  constructor(model: ModbusModel, options: ServerOptions = {}) {
    this.model = model
    this.units = options.units === undefined ? undefined : new Set(options.units)
    this.serial = options.line === 'serial'
  }

  /** Answers the PDU bytes[from..to): writes the answer's PDU at `at` and returns where it ends; `at` itself: silence. */
  answer(unit: number, bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    const broadcast = this.serial && unit === 0
    const foreign = this.units !== undefined && !this.units.has(unit) && !broadcast
    if (foreign && this.serial) return at
    this.counters.requests++
    const exception = foreign ? EXCEPTION.gatewayTarget : this.execute(unit, bytes, from, to, into, at)
    if (broadcast) return at
    if (exception === EXCEPTION.none) return this.end
    this.counters.exceptions++
    into[at] = bytes[from]! | EXCEPTION_FLAG
    into[at + 1] = exception
    return at + 2
  }

  /** Where the last good answer ends. */
  private end = 0

  private execute(unit: number, b: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    const code = b[from]!
    into[at] = code
    switch (code) {
      case FUNCTION.readCoils:
        return this.readBits(unit, 'coil', b, from, to, into, at)
      case FUNCTION.readDiscrete:
        return this.readBits(unit, 'discrete', b, from, to, into, at)
      case FUNCTION.readHolding:
        return this.readRegisters(unit, 'holding', b, from, to, into, at)
      case FUNCTION.readInput:
        return this.readRegisters(unit, 'input', b, from, to, into, at)
      case FUNCTION.writeCoil:
        return this.writeCoil(unit, b, from, to, into, at)
      case FUNCTION.writeRegister:
        return this.writeRegister(unit, b, from, to, into, at)
      case FUNCTION.writeCoils:
        return this.writeCoils(unit, b, from, to, into, at)
      case FUNCTION.writeRegisters:
        return this.writeRegisters(unit, b, from, to, into, at)
      case FUNCTION.maskWrite:
        return this.maskWrite(unit, b, from, to, into, at)
      case FUNCTION.readWrite:
        return this.readWrite(unit, b, from, to, into, at)
      case FUNCTION.encapsulated:
        return this.identify(unit, b, from, to, into, at)
      default:
        return EXCEPTION.illegalFunction
    }
  }

  private readBits(
    unit: number,
    table: BitTable,
    b: Uint8Array,
    from: number,
    to: number,
    into: Uint8Array,
    at: number,
  ) {
    const { model, bits } = this
    if (!model.has(table)) return EXCEPTION.illegalFunction
    const quantity = get16(b, from + 3)
    if (to - from !== 5 || quantity < 1 || quantity > QUANTITY_MAX.readBits) return EXCEPTION.illegalValue
    const address = get16(b, from + 1)
    const refused = this.admits(unit, table, address, quantity, false)
    if (refused !== EXCEPTION.none) return refused
    const failed = model.readBits(unit, table, address, bits, quantity)
    if (failed !== EXCEPTION.none) return failed
    const count = (quantity + 7) >> 3
    into[at + 1] = count
    into.fill(0, at + 2, at + 2 + count)
    for (let i = 0; i < quantity; i++) if (bits[i] !== 0) into[at + 2 + (i >> 3)]! |= 1 << (i & 7)
    return this.done(at + 2 + count)
  }

  private readRegisters(
    unit: number,
    table: RegisterTable,
    b: Uint8Array,
    from: number,
    to: number,
    into: Uint8Array,
    at: number,
  ): number {
    if (!this.model.has(table)) return EXCEPTION.illegalFunction
    const quantity = get16(b, from + 3)
    if (to - from !== 5 || quantity < 1 || quantity > QUANTITY_MAX.readRegisters) return EXCEPTION.illegalValue
    const address = get16(b, from + 1)
    const refused = this.admits(unit, table, address, quantity, false)
    if (refused !== EXCEPTION.none) return refused
    return this.sendRegisters(unit, table, address, quantity, into, at)
  }

  private writeCoil(unit: number, b: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    if (!this.model.has('coil')) return EXCEPTION.illegalFunction
    const value = get16(b, from + 3)
    if (to - from !== 5 || (value !== 0 && value !== 0xff00)) return EXCEPTION.illegalValue
    const address = get16(b, from + 1)
    const refused = this.admits(unit, 'coil', address, 1, true)
    if (refused !== EXCEPTION.none) return refused
    this.bits[0] = value === 0 ? 0 : 1
    return this.echo(this.model.writeBits(unit, address, this.bits, 1), b, from, 5, into, at)
  }

  private writeRegister(unit: number, b: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    if (!this.model.has('holding')) return EXCEPTION.illegalFunction
    if (to - from !== 5) return EXCEPTION.illegalValue
    const address = get16(b, from + 1)
    const refused = this.admits(unit, 'holding', address, 1, true)
    if (refused !== EXCEPTION.none) return refused
    this.registers[0] = get16(b, from + 3)
    return this.echo(this.model.writeRegisters(unit, address, this.registers, 1), b, from, 5, into, at)
  }

  private writeCoils(unit: number, b: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    if (!this.model.has('coil')) return EXCEPTION.illegalFunction
    const quantity = get16(b, from + 3)
    const count = (quantity + 7) >> 3
    if (to - from < 6 || quantity < 1 || quantity > QUANTITY_MAX.writeBits) return EXCEPTION.illegalValue
    if (b[from + 5] !== count || to - from !== 6 + count) return EXCEPTION.illegalValue
    const address = get16(b, from + 1)
    const refused = this.admits(unit, 'coil', address, quantity, true)
    if (refused !== EXCEPTION.none) return refused
    for (let i = 0; i < quantity; i++) this.bits[i] = (b[from + 6 + (i >> 3)]! >> (i & 7)) & 1
    return this.echo(this.model.writeBits(unit, address, this.bits, quantity), b, from, 5, into, at)
  }

  private writeRegisters(unit: number, b: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    if (!this.model.has('holding')) return EXCEPTION.illegalFunction
    const quantity = get16(b, from + 3)
    if (to - from < 6 || quantity < 1 || quantity > QUANTITY_MAX.writeRegisters) return EXCEPTION.illegalValue
    if (b[from + 5] !== 2 * quantity || to - from !== 6 + 2 * quantity) return EXCEPTION.illegalValue
    const address = get16(b, from + 1)
    const refused = this.admits(unit, 'holding', address, quantity, true)
    if (refused !== EXCEPTION.none) return refused
    this.takeRegisters(b, from + 6, quantity)
    return this.echo(this.model.writeRegisters(unit, address, this.registers, quantity), b, from, 5, into, at)
  }

  private maskWrite(unit: number, b: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    const { model, registers } = this
    if (!model.has('holding')) return EXCEPTION.illegalFunction
    if (to - from !== 7) return EXCEPTION.illegalValue
    const address = get16(b, from + 1)
    const refused = this.admits(unit, 'holding', address, 1, true)
    if (refused !== EXCEPTION.none) return refused
    const failed = model.readRegisters(unit, 'holding', address, registers, 1)
    if (failed !== EXCEPTION.none) return failed
    const and_mask = get16(b, from + 3)
    registers[0] = (registers[0]! & and_mask) | (get16(b, from + 5) & ~and_mask)
    return this.echo(model.writeRegisters(unit, address, registers, 1), b, from, 7, into, at)
  }

  private readWrite(unit: number, b: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    if (!this.model.has('holding')) return EXCEPTION.illegalFunction
    const quantity = get16(b, from + 3)
    const write_quantity = get16(b, from + 7)
    if (to - from < 10 || quantity < 1 || quantity > QUANTITY_MAX.readWriteRead) return EXCEPTION.illegalValue
    if (write_quantity < 1 || write_quantity > QUANTITY_MAX.readWriteWrite) return EXCEPTION.illegalValue
    if (b[from + 9] !== 2 * write_quantity || to - from !== 10 + 2 * write_quantity) return EXCEPTION.illegalValue
    const address = get16(b, from + 1)
    const write_address = get16(b, from + 5)
    const refused =
      this.admits(unit, 'holding', address, quantity, false) ||
      this.admits(unit, 'holding', write_address, write_quantity, true)
    if (refused !== EXCEPTION.none) return refused
    this.takeRegisters(b, from + 10, write_quantity)
    const failed = this.model.writeRegisters(unit, write_address, this.registers, write_quantity)
    if (failed !== EXCEPTION.none) return failed
    return this.sendRegisters(unit, 'holding', address, quantity, into, at)
  }

  private identify(unit: number, b: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
    const objects = this.model.identification?.(unit)
    if (objects === undefined || b[from + 1] !== MEI_DEVICE_IDENTIFICATION) return EXCEPTION.illegalFunction
    if (to - from !== 4) return EXCEPTION.illegalValue
    const end = writeIdentification(objects, b[from + 2]!, b[from + 3]!, into, at, at + PDU_BYTES_MAX)
    return end < 0 ? -end : this.done(end)
  }

  private admits(
    unit: number,
    table: BitTable | RegisterTable,
    address: number,
    quantity: number,
    write: boolean,
  ): number {
    if (address + quantity > 65_536) return EXCEPTION.illegalAddress
    return this.model.admits(unit, table, address, quantity, write)
  }

  private sendRegisters(
    unit: number,
    table: RegisterTable,
    address: number,
    quantity: number,
    into: Uint8Array,
    at: number,
  ): number {
    const { registers } = this
    const failed = this.model.readRegisters(unit, table, address, registers, quantity)
    if (failed !== EXCEPTION.none) return failed
    into[at + 1] = 2 * quantity
    let end = at + 2
    for (let i = 0; i < quantity; i++, end += 2) {
      const value = registers[i]!
      into[end] = value >> 8
      into[end + 1] = value & 0xff
    }
    return this.done(end)
  }

  private takeRegisters(b: Uint8Array, from: number, quantity: number): void {
    for (let i = 0; i < quantity; i++) this.registers[i] = get16(b, from + 2 * i)
  }

  /** The answer to a write is the head of its request. */
  private echo(failed: number, b: Uint8Array, from: number, count: number, into: Uint8Array, at: number): number {
    if (failed !== EXCEPTION.none) return failed
    for (let i = 1; i < count; i++) into[at + i] = b[from + i]!
    return this.done(at + count)
  }

  private done(end: number): number {
    this.end = end
    return EXCEPTION.none
  }
}

/** One client's connection to a server: its bytes in, the answers to all requests they complete out. */
export class ModbusServerSession {
  private readonly core: ModbusServerCore
  private readonly reader: MbapReader
  private out = new Uint8Array(2048)
  private out_bytes = 0

  constructor(core: ModbusServerCore) {
    this.core = core
    this.reader = new MbapReader((transaction, unit, bytes, from, to) => {
      this.reserve()
      const at = this.out_bytes + MBAP_BYTES
      const end = this.core.answer(unit, bytes, from, to, this.out, at)
      if (end === at) return
      writeMbap(this.out, this.out_bytes, transaction, unit, end - at)
      this.out_bytes = end
    }, 'ignore')
  }

  /** Set when the client's bytes cannot be frames: the connection must be closed. */
  get fault(): string | undefined {
    return this.reader.fault
  }

  /** All answers in the order of the requests; valid until the next call, or for ever after `release`. Empty: none yet. */
  receive(chunk: Uint8Array): Uint8Array {
    this.out_bytes = 0
    this.reader.push(chunk)
    return this.out.subarray(0, this.out_bytes)
  }

  /** The answers given last are still needed: the next go elsewhere. */
  release(): void {
    this.out = new Uint8Array(2048)
  }

  private reserve(): void {
    if (this.out.length - this.out_bytes >= MBAP_BYTES + PDU_BYTES_MAX) return
    const larger = new Uint8Array(this.out.length * 2)
    larger.set(this.out)
    this.out = larger
  }
}

const get16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!
