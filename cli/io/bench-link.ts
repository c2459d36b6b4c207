/**
 * A connection to one device for the commands of the bench: made once, asked in order, closed.
 *
 * A request that runs into its time-out does not end the connection: the next point may be answered.
 */
import type { DeviceRecord, SerialRecord } from '../../contracts/artifact.ts'
import { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import type { DeviceIdentification, ReplyData } from '../../protocols/core/modbus/reply.ts'
import type { ModbusRequest } from '../../protocols/core/modbus/request.ts'
import { openLink } from './open-link.ts'

export interface BenchLink {
  readonly address: string
  request(unit: number, request: ModbusRequest, timeout_ms?: number): Promise<Timed>
  close(): void
}

export interface Timed {
  readonly data: ReplyData
  readonly rtt_ms: number
}

export type LinkTarget = Pick<DeviceRecord, 'protocol' | 'timeout_ms' | 'driver' | 'tls' | 'requests'> & {
  readonly address: string
  readonly serial?: SerialRecord | undefined
  /** Where relative paths of certificates begin. */
  readonly folder?: string
}

const CONNECT_MS_MIN = 1500
const REFUSED_MS = 300

/** Connects, once. @throws ModbusFault where that takes longer than the device's time-out and at least 1.5 s. */
export async function benchLink(target: LinkTarget): Promise<BenchLink> {
  const { address } = target
  let done: (fault?: ModbusFault) => void = () => {}
  const stands = new Promise<ModbusFault | undefined>((resolve) => {
    done = resolve
  })
  const open = await openLink(target, (connected, fault) => {
    if (connected || fault !== undefined) done(connected ? undefined : fault)
  })
  const from_ms = performance.now()
  const wait_ms = Math.max(CONNECT_MS_MIN, target.timeout_ms)
  const look = setInterval(() => {
    const waited_ms = performance.now() - from_ms
    // A link that is refused goes on trying: a device that is just starting has a moment, a dead address the whole time.
    if (open.last_fault !== undefined && waited_ms > REFUSED_MS) done(open.last_fault)
    else if (waited_ms > wait_ms) done(new ModbusFault('IO_CONNECT', { endpoint: address, detail: 'no answer' }))
  }, 20)
  const fault = open.connected ? undefined : await stands
  clearInterval(look)
  if (fault !== undefined) {
    open.close()
    throw fault
  }
  const pause_ms = target.requests?.pause_ms ?? 0
  let last: Promise<unknown> = Promise.resolve()
  return {
    address: target.address,
    request(unit, request, timeout_ms = target.timeout_ms) {
      const now = last.then(async () => {
        const from_ms = performance.now()
        const data = await new Promise<ReplyData>((resolve, reject) => {
          open.call(unit, request, (fault, data) => (fault === undefined ? resolve(data) : reject(fault)), timeout_ms)
        })
        return { data, rtt_ms: performance.now() - from_ms }
      })
      // One request outstanding, and the pause that the device wants after each.
      last = now.then(rest, rest)
      return now
    },
    close: () => open.close(),
  }
  function rest(): Promise<void> | undefined {
    return pause_ms > 0 ? new Promise((wake) => setTimeout(wake, pause_ms)) : undefined
  }
}

/** What a device says it is, all objects of the basic category; undefined where it does not answer to function 43/14. */
export async function identify(link: BenchLink, unit: number, timeout_ms?: number): Promise<Identity | undefined> {
  const texts = new Map<number, string>()
  let object = 0
  try {
    // A device that always has more is asked no longer than this.
    for (let i = 0; i < 8; i++) {
      const { data } = await link.request(unit, { function: 43, category: 1, object }, timeout_ms)
      const said = data as DeviceIdentification
      for (const { id, text } of said.objects) texts.set(id, text)
      if (!said.more || said.next <= object) break
      object = said.next
    }
  } catch (cause) {
    if (!(cause instanceof ModbusFault)) throw cause
    if (texts.size === 0) return undefined
  }
  return { vendor: texts.get(0) ?? '', product: texts.get(1) ?? '', revision: texts.get(2) ?? '' }
}

export interface Identity {
  readonly vendor: string
  readonly product: string
  readonly revision: string
}

export const identityText = ({ vendor, product, revision }: Identity): string =>
  [vendor, product, revision].filter((text) => text !== '').join(', ')
