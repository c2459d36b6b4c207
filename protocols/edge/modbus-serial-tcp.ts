import { connect, type Socket } from 'node:net'
import { ModbusBusCore } from '../core/modbus/bus-core.ts'
import type { ClientCore, ClientCounters, ClientLimits, Settle } from '../core/modbus/client.ts'
import { FUNCTION } from '../core/modbus/function-code.ts'
import { MbapReader } from '../core/modbus/mbap.ts'
import { ModbusFault } from '../core/modbus/modbus-fault.ts'
import { type Reply, readReply } from '../core/modbus/reply.ts'
import type { ModbusRequest } from '../core/modbus/request.ts'
import { parseEndpoint } from './back-off.ts'
import { type Dial, KEEP_ALIVE_MS } from './modbus-dial.ts'
import type { ModbusLinkOptions } from './modbus-link.ts'
import { askSerial, type SerialClient, serialReply } from './modbus-serial-codec.ts'
import type { StreamKind } from './modbus-tcp-client.ts'

/** Its transaction ids are of 8 bits, and what was sent under one is never forgotten. */
const IDS = 256
/** Its own timer is only the second: where it came first, the request's end would have two tellers. */
const TIMER_MARGIN_MS = 1000

/**
 * modbus-serial's TCP client behind the interface of a link.
 *
 * What can be mended from outside is: the socket is ours, so its end is noticed at once; its bytes are looked at on the
 * way, so that a frame that is none ends the connection; one request at a time, the unit given with each; and where a late
 * answer is still owed when its id would come again, the connection is made anew. What cannot is told in docs/decisions/0008.
 */
export function modbusSerialTcp(endpoint: string, options: ModbusLinkOptions): StreamKind {
  const { host, port } = parseEndpoint(endpoint)
  let make: (new () => SerialClient) | undefined
  let socket: Socket | undefined
  let giveUp: (fault: ModbusFault) => void = () => {}
  const dial: Dial = (events) => {
    let wanted = true
    let own: Socket | undefined
    const open = async (): Promise<void> => {
      make = (await import('modbus-serial')).default.default
      if (!wanted) return
      let up = false
      own = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
      socket = own
      giveUp = (fault) => events.down(fault)
      own.once('connect', () => {
        up = true
        if (wanted) events.up()
      })
      own.on('data', (bytes: Buffer) => {
        if (wanted) events.data(bytes, bytes.length)
      })
      own.on('error', (cause) => {
        const code = up ? 'IO_CLOSED' : 'IO_CONNECT'
        if (wanted) events.down(new ModbusFault(code, { endpoint, detail: cause.message }, cause))
      })
      const ended = (): void => {
        if (wanted) events.down(new ModbusFault('IO_CLOSED', { endpoint, detail: 'closed by the device' }))
      }
      own.once('end', ended)
      own.once('close', ended)
    }
    open().catch((cause: Error) => {
      if (wanted) events.down(new ModbusFault('IO_CONNECT', { endpoint, detail: cause.message }, cause))
    })
    return {
      write: () => {},
      writableLength: 0,
      destroy() {
        wanted = false
        // Reset, as in modbus-dial.ts: what is not delivered yet is thrown away.
        if (own?.connecting === false) own.resetAndDestroy()
        else own?.destroy()
      },
    }
  }
  return {
    dial,
    core: (_endpoint, _send, limits, counters) =>
      new ModbusSerialTcpCore(endpoint, new make!(), socket!, limits, counters, options.pause_ms, giveUp),
  }
}

class ModbusSerialTcpCore implements ClientCore {
  private readonly endpoint: string
  private readonly client: SerialClient
  /** For what modbus-serial says in a turn of its own, when nobody looks at `fault` afterwards. */
  private readonly giveUp: (fault: ModbusFault) => void
  private readonly bus: ModbusBusCore
  private readonly reader: MbapReader
  /** The id modbus-serial gives to its next request. */
  private next_id = 1
  /** Ids of requests that timed out and whose answer has not come. */
  private readonly owed = new Set<number>()
  private asked_id = -1
  private now_ms = 0

  constructor(
    endpoint: string,
    client: SerialClient,
    socket: Socket,
    limits: ClientLimits,
    counters: ClientCounters,
    pause_ms: ((unit: number) => number) | undefined,
    giveUp: (fault: ModbusFault) => void,
  ) {
    this.giveUp = giveUp
    this.endpoint = endpoint
    this.client = client
    client.linkTCP(socket, { port: parseEndpoint(endpoint).port }, () => {})
    this.bus = new ModbusBusCore(
      endpoint,
      (unit, request) => this.ask(unit, request),
      limits,
      {
        gap_ms: 0,
        turnaround_ms: 0,
        late: 'ids',
        broadcast: false,
        ...(pause_ms === undefined ? {} : { pause_ms }),
      },
      counters,
    )
    this.reader = new MbapReader((transaction, unit, bytes, from, to) => {
      const request = transaction === this.asked_id ? this.bus.awaited(unit) : undefined
      if (request !== undefined) {
        // What modbus-serial does not keep (which value a coil's echo had) cannot be compared after it.
        const reply = readReply(request, bytes, from, to)
        if (reply.kind === 'mismatch') this.close(this.bus.faultHere('IO_MISMATCH', reply.detail))
      } else if (transaction === this.asked_id) this.close(this.bus.faultHere('IO_MISMATCH', `unit ${unit} answers`))
      else if (this.owed.delete(transaction)) counters.late++
      else counters.unsolicited++
    }, 'fault')
  }

  get fault(): ModbusFault | undefined {
    return this.bus.fault
  }

  get outstanding(): number {
    return this.bus.outstanding
  }

  get wake_ms(): number {
    return this.bus.wake_ms
  }

  request(unit: number, request: ModbusRequest, timeout_ms: number, now_ms: number, settle: Settle): void {
    this.now_ms = now_ms
    if (request.function === FUNCTION.encapsulated) {
      const detail = 'function 43 is not offered by driver modbus-serial: leave driver out'
      settle(
        new ModbusFault('IO_EXCEPTION', { endpoint: this.endpoint, unit, function: 43, exception: 1, detail }),
        undefined,
      )
      return
    }
    this.client.setTimeout(timeout_ms + TIMER_MARGIN_MS)
    this.bus.request(unit, request, timeout_ms, now_ms, settle)
  }

  /** Sees the bytes before modbus-serial does. */
  receive(chunk: Uint8Array, now_ms: number): void {
    this.now_ms = now_ms
    if (this.bus.fault !== undefined) return
    this.reader.push(chunk)
    if (this.reader.fault !== undefined) this.close(this.bus.faultHere('IO_FRAMING', this.reader.fault))
  }

  expire(now_ms: number): void {
    this.now_ms = now_ms
    if (this.bus.outstanding > 0 && this.bus.wake_ms <= now_ms) this.owed.add(this.asked_id)
    this.bus.expire(now_ms)
  }

  close(fault: ModbusFault): void {
    if (this.bus.fault !== undefined) return
    this.bus.close(fault)
    // Ends its timers too; its own close would wait for the device to say goodbye.
    this.client.destroy(() => {})
  }

  private ask(unit: number, request: ModbusRequest): void {
    const id = this.next_id
    if (this.owed.has(id)) {
      this.giveUp(this.bus.faultHere('IO_CLOSED', `request ${id} was never answered and its id comes round`))
      return
    }
    this.asked_id = id
    this.next_id = (id + 1) % IDS
    askSerial(this.client, unit, request, (fault, answer) => {
      // It calls again for an answer that comes twice, and for late ones.
      if (this.asked_id !== id || this.bus.fault !== undefined || this.bus.outstanding === 0) return
      let reply: Reply
      if (fault === null || fault === undefined) reply = serialReply(request, answer)
      else if (fault.modbusCode !== undefined) reply = { kind: 'exception', exception: fault.modbusCode }
      else reply = { kind: 'mismatch', detail: fault.message }
      if (reply.kind === 'mismatch') this.giveUp(this.bus.faultHere('IO_MISMATCH', reply.detail))
      else {
        this.asked_id = -1
        this.bus.take(unit, reply, this.now_ms)
      }
    })
  }
}
