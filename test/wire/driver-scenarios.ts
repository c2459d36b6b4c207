/**
 * What a Modbus/TCP driver must survive: the six faults that were found in modbus-serial 8.0.25 and the torture tests of
 * the field network as far as they concern the transport. Each is run against every driver; it passes or throws.
 */
import type { Settle } from '../../protocols/core/modbus/client.ts'
import type { ModbusFault } from '../../protocols/core/modbus/modbus-fault.ts'
import type { ReplyData } from '../../protocols/core/modbus/reply.ts'
import type { ModbusRequest } from '../../protocols/core/modbus/request.ts'
import type { ModbusLink, ModbusLinkOptions } from '../../protocols/edge/modbus-link.ts'
import { type Asked, bytesOf, frame, hexOf, type RawDevice, rawDevice, registersPdu, until } from './raw.ts'

export type OpenLink = (endpoint: string, options: ModbusLinkOptions) => ModbusLink

export interface Scenario {
  readonly name: string
  /** What it takes at most on a quiet machine. */
  readonly within_ms?: number
  readonly run: (world: World) => Promise<void>
}

/** One scenario's devices and links; `end` closes them. */
export class World {
  private readonly open: OpenLink
  private readonly ends: (() => unknown)[] = []

  constructor(open: OpenLink) {
    this.open = open
  }

  async device(on_request: (asked: Asked) => void, port = 0): Promise<RawDevice> {
    const device = await rawDevice(on_request, port)
    this.ends.push(() => device.close())
    return device
  }

  link(port: number, options: Partial<ModbusLinkOptions> = {}): ModbusLink {
    const link = this.open(`127.0.0.1:${port}`, { timeout_ms: 600_000, retry_ms: 5, retry_ms_max: 20, ...options })
    this.ends.push(() => link.close())
    return link
  }

  async connected(port: number, options: Partial<ModbusLinkOptions> = {}): Promise<ModbusLink> {
    const link = this.link(port, options)
    await until(() => link.connected, 'the connection')
    return link
  }

  async end(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end()
  }
}

/** What became of a request: its data, or its fault. */
export interface Outcome {
  readonly fault: ModbusFault | undefined
  readonly data: ReplyData
}

export const ask = (link: ModbusLink, unit: number, request: ModbusRequest, timeout_ms?: number): Promise<Outcome> =>
  new Promise((resolve) => {
    const settle: Settle = (fault, data) => resolve({ fault, data })
    link.call(unit, request, settle, timeout_ms)
  })

export const read = (link: ModbusLink, unit: number, address = 0, quantity = 1, timeout_ms?: number) =>
  ask(link, unit, { function: 3, address, quantity }, timeout_ms)

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

const firstOf = (outcome: Outcome): number | undefined => (outcome.data as Uint16Array | undefined)?.[0]

async function expectValue(outcome: Promise<Outcome>, value: number, what: string): Promise<void> {
  const { fault, data } = await outcome
  demand(fault === undefined, `${what}: ${fault?.message}`)
  const found = (data as Uint16Array)[0]
  demand(found === value, `${what}: the value is ${found}, the device has ${value}`)
}

async function expectFault(outcome: Promise<Outcome>, what: string): Promise<ModbusFault> {
  const { fault, data } = await outcome
  demand(fault !== undefined, `${what}: taken for a value, ${String(data)}`)
  return fault
}

const rubbish = (name: string, bytes: (asked: Asked) => string): Scenario => ({
  name,
  async run(world) {
    let bad = true
    const device = await world.device((asked) => {
      if (bad) asked.socket.write(bytesOf(bytes(asked)))
      else asked.reply(registersPdu(3, [5]))
      bad = false
    })
    const link = await world.connected(device.port)
    await expectFault(read(link, 1), 'the bytes')
    await until(() => link.connected, 'the next connection')
    await expectValue(read(link, 1), 5, 'the next request')
  },
})

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'fault 1: a late answer is never the value of a later request, also when ids of 8 bits come round [torture 5]',
    async run(world) {
      let late: Asked | undefined
      let count = 0
      const device = await world.device((asked) => {
        if (late === undefined) {
          late = asked
          return
        }
        if (++count % 256 === 0) late.reply(registersPdu(3, [11_111]))
        asked.reply(registersPdu(3, [222]))
      })
      const link = await world.connected(device.port)
      const first = await read(link, 1, 0, 1, 30)
      demand(first.fault?.code === 'IO_TIMEOUT', 'the first request must time out')
      let values = 0
      for (let i = 0; values < 520; i++) {
        demand(i < 3000, 'no values come')
        const outcome = await read(link, 1, 0, 1, 2000)
        if (outcome.fault !== undefined) {
          await until(() => link.connected, 'the next connection')
          continue
        }
        demand(firstOf(outcome) === 222, `request ${i} got ${firstOf(outcome)}, the answer to the first`)
        values++
      }
    },
  },
  {
    name: 'fault 2: the device closes: the request fails at that moment',
    async run(world) {
      const device = await world.device((asked) => asked.socket.end())
      const link = await world.connected(device.port)
      await expectFault(read(link, 1), 'the request')
    },
  },
  {
    name: 'fault 2: the device resets: everything under way and waiting fails at that moment',
    async run(world) {
      const device = await world.device((asked) => asked.socket.resetAndDestroy())
      const link = await world.connected(device.port)
      await Promise.all([0, 1, 2].map((i) => expectFault(read(link, 1, i), `request ${i}`)))
    },
  },
  rubbish(
    'fault 3: a bogus length costs one request, the next is answered',
    (asked) => `${frame(asked.transaction, 1, '03').slice(0, 8)}ea600103`,
  ),
  rubbish('fault 4: a frame of another protocol is no answer', (asked) => {
    const reply = bytesOf(frame(asked.transaction, 1, registersPdu(3, [5])))
    reply.writeUInt16BE(0x1234, 2)
    return hexOf(reply)
  }),
  {
    name: 'fault 5: two concurrent requests go to the units they are for',
    async run(world) {
      const device = await world.device((asked) => asked.reply(registersPdu(3, [asked.unit])))
      const link = await world.connected(device.port, { limits: { outstanding_max: 4 } })
      const both = await Promise.all([read(link, 1), read(link, 2)])
      demand(firstOf(both[0]!) === 1 && firstOf(both[1]!) === 2, `units ${both.map(firstOf).join(' and ')} answered`)
    },
  },
  rubbish('an answer of another unit is no answer', (asked) => frame(asked.transaction, 9, registersPdu(3, [5]))),
  rubbish('an answer with another byte count is no answer', (asked) => frame(asked.transaction, 1, '03020005ffff')),
  rubbish('an answer whose byte count lies is no answer', (asked) => frame(asked.transaction, 1, '03040005')),
  {
    name: 'the echo of another write is no answer',
    async run(world) {
      const device = await world.device((asked) => asked.reply('0600070064'))
      const link = await world.connected(device.port)
      await expectFault(ask(link, 1, { function: 6, address: 0, value: 7 }), 'the echo')
    },
  },
  {
    name: 'a reset every 150 ms: every request settles, every value is right, it always comes back [torture 1]',
    within_ms: 2500,
    async run(world) {
      const device = await world.device((asked) => asked.reply(registersPdu(3, [asked.pdu.readUInt16BE(1)])))
      const resetting = setInterval(() => {
        for (const socket of device.sockets) socket.resetAndDestroy()
      }, 150)
      try {
        const link = await world.connected(device.port)
        const end_ms = performance.now() + 1600
        let last_good_ms = performance.now()
        let faults = 0
        for (let i = 0; performance.now() < end_ms; i = (i + 1) % 1000) {
          const outcome = await read(link, 1, i, 1, 300)
          if (outcome.fault === undefined) {
            demand(firstOf(outcome) === i, `register ${i} is ${firstOf(outcome)}`)
            last_good_ms = performance.now()
          } else {
            faults++
            await new Promise((done) => setTimeout(done, 2))
          }
        }
        demand(faults > 0, 'no reset was noticed')
        demand(end_ms - last_good_ms < 1000, 'it did not come back')
      } finally {
        clearInterval(resetting)
      }
    },
  },
  {
    name: 'absent at the start, requests fail at once; it is found when it comes [torture 2, 3]',
    within_ms: 2500,
    async run(world) {
      const reserved = await rawDevice(() => {})
      const { port } = reserved
      await reserved.close()
      const link = world.link(port)
      for (let i = 0; i < 20; i++) {
        await expectFault(read(link, 1), 'a request without a device')
        await new Promise((done) => setTimeout(done, 5))
      }
      await world.device((asked) => asked.reply(registersPdu(3, [9])), port)
      await until(() => link.connected, 'the connection', 2500)
      await expectValue(read(link, 1), 9, 'the device that came')
    },
  },
  {
    name: 'exception 11 for ever: memory stays flat, the other unit is unaffected [torture 4]',
    within_ms: 2500,
    async run(world) {
      const device = await world.device((asked) => {
        if (asked.unit === 9) asked.reply('830b')
        else asked.reply(registersPdu(3, [asked.unit]))
      })
      const link = await world.connected(device.port)
      const rounds = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i++) {
          const dead = await expectFault(read(link, 9), 'the dead unit')
          demand(dead.place.exception === 11, `the dead unit's fault is ${dead.message}`)
          await expectValue(read(link, 1), 1, 'the living unit')
        }
      }
      const heap = async (): Promise<number> => {
        await rounds(200)
        let least = Number.POSITIVE_INFINITY
        for (let i = 0; i < 6; i++) {
          await rounds(150)
          least = Math.min(least, process.memoryUsage().heapUsed)
        }
        return least
      }
      const before = await heap()
      await rounds(2000)
      const grown = (await heap()) - before
      demand(grown < 4_000_000, `the heap grew by ${Math.round(grown / 1000)} kB in 2000 rounds`)
    },
  },
  {
    name: 'one dead unit behind a gateway: the others are answered while it is waited for',
    async run(world) {
      const device = await world.device((asked) => {
        if (asked.unit !== 9) asked.reply(registersPdu(3, [asked.unit]))
      })
      const limits = { outstanding_max: 4, outstanding_per_unit_max: 1 }
      const link = await world.connected(device.port, { limits })
      let dead = false
      void read(link, 9, 0, 1, 1500).then(() => {
        dead = true
      })
      for (let i = 0; i < 200; i++) await expectValue(read(link, 1 + (i % 3)), 1 + (i % 3), 'a living unit')
      demand(!dead, 'the living units were answered only after the dead one had timed out')
    },
  },
  {
    name: '16 requests are under way at once',
    async run(world) {
      const asked: Asked[] = []
      const device = await world.device((a) => {
        asked.push(a)
        if (asked.length === 16) for (const one of asked) one.reply(registersPdu(3, [one.pdu.readUInt16BE(1)]))
      })
      const link = await world.connected(device.port, { limits: { outstanding_max: 16 } })
      const all = await Promise.all(Array.from({ length: 16 }, (_, i) => read(link, 1, i, 1, 1500)))
      all.forEach((outcome, i) => {
        demand(outcome.fault === undefined && firstOf(outcome) === i, `request ${i}: ${outcome.fault?.message}`)
      })
    },
  },
  {
    name: 'no write made before an interruption reaches the device after it',
    async run(world) {
      const writes: string[] = []
      let drop = true
      const device = await world.device((asked) => {
        if (drop) {
          drop = false
          asked.socket.resetAndDestroy()
          return
        }
        writes.push(hexOf(asked.pdu))
        asked.reply(hexOf(asked.pdu.subarray(0, 5)))
      })
      const link = await world.connected(device.port)
      const write = (value: number): Promise<Outcome> => ask(link, 1, { function: 6, address: 0, value })
      const lost = [1, 2].map(write)
      await until(() => !link.connected, 'the loss')
      lost.push(write(3))
      for (const outcome of lost) await expectFault(outcome, 'a write over the interruption')
      await until(() => link.connected, 'the next connection')
      const last = await write(4)
      demand(last.fault === undefined, `the write after it: ${last.fault?.message}`)
      demand(writes.join() === '0600000004', `the device got ${writes.join()}`)
    },
  },
  {
    name: 'function 43: the identification is read, one request each',
    async run(world) {
      let asked = 0
      const device = await world.device((a) => {
        asked++
        // More follows: whether to ask for it is for who asked.
        a.reply('2b0e0101ff01010001 41'.replace(' ', ''))
      })
      const link = await world.connected(device.port)
      const outcome = await ask(link, 1, { function: 43, category: 1, object: 0 }, 500)
      demand(outcome.fault === undefined, `the identification: ${outcome.fault?.message}`)
      demand(asked === 1, `${asked} requests were made`)
    },
  },
  {
    name: 'closed: no socket and no timer is left, with requests under way',
    async run(world) {
      const handles = (): number =>
        process.getActiveResourcesInfo().filter((r) => r === 'Timeout' || r === 'TCPSocketWrap').length
      const device = await world.device(() => {})
      const before = handles()
      const link = await world.connected(device.port)
      const lost = [0, 1, 2].map((i) => read(link, 1, i))
      await until(() => handles() > before, 'the connection')
      link.close()
      for (const outcome of lost) await expectFault(outcome, 'a request under way')
      await until(() => handles() <= before, 'the end of sockets and timers', 1500)
    },
  },
]
