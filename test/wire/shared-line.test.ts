// Several units behind one gateway: one connection, and a unit that is dead costs the others nothing but patience.
import { afterEach, expect, test } from 'vitest'
import type { DeviceRecord, IoSection } from '../../contracts/artifact.ts'
import type { DeviceReadEvent } from '../../field-io/core/events.ts'
import type { Device } from '../../field-io/edge/device.ts'
import { type LineUser, openLinkPool } from '../../field-io/edge/link-pool.ts'
import { openModbusDevice } from '../../field-io/edge/modbus-device.ts'
import { type Asked, type RawDevice, rawDevice, registersPdu, until } from './raw.ts'

const clean: (() => unknown)[] = []
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end()
})

const TIMEOUT_MS = 100
const TICK_MS = 200

type Read = Omit<DeviceReadEvent, 'type' | 'now_ms'>

/** One device for each unit, all at this gateway. */
function units(port: number, count: number): { devices: Device[]; reads: Read[][] } {
  const io: IoSection = {
    devices: Array.from({ length: count }, (_, i): DeviceRecord => {
      const rest = { description: '', protocol: 'modbus-tcp', timeout_ms: TIMEOUT_MS } as const
      return { id: `U-${i + 1}`, endpoint: 'gateway', unit: i + 1, ...rest }
    }),
    inputs: Array.from({ length: count }, (_, device) => ({
      point: `U-${device + 1}/AI`,
      device,
      table: 'input',
      register: 0,
      type: 'uint16',
      counts_per_unit: 1,
      quantity: 'EU',
      status_register: -1,
    })),
    outputs: [],
  }
  const users = io.devices.map(
    (record): LineUser => ({ record, path: 'A', endpoint: `127.0.0.1:${port}`, period_ms: TICK_MS }),
  )
  const pool = openLinkPool(users, '.')
  clean.push(() => pool.close())
  const reads: Read[][] = io.devices.map(() => [])
  const devices = io.devices.map((_record, i) =>
    openModbusDevice(
      io,
      i,
      [users[i]!],
      pool,
      { on_read: (read) => reads[i]!.push(read), on_done: () => {}, on_down: () => {} },
      { tick_ms: TICK_MS, time: 'granted', seed: i },
    ),
  )
  clean.push(() => {
    for (const device of devices) device.close()
  })
  return { devices, reads }
}

/** Polls these and waits for all of them. */
const poll = (devices: readonly Device[], tick: number): Promise<unknown> =>
  Promise.all(devices.map((device) => new Promise<void>((done) => device.poll(done, tick))))

async function gateway(on_request: (asked: Asked) => void): Promise<RawDevice> {
  const device = await rawDevice(on_request)
  clean.push(() => device.close())
  return device
}

test.each(['silent', 'exception 11'] as const)(
  '[torture 4, 6] one unit is dead (%s): the others are read at every tick, over the same connection',
  async (how) => {
    const dead = 3
    let mended = false
    let connections = 0
    const seen = new Set<unknown>()
    const raw = await gateway((asked) => {
      if (!seen.has(asked.socket)) connections++
      seen.add(asked.socket)
      if (asked.unit !== dead || mended) asked.reply(registersPdu(4, [100 + asked.unit]))
      else if (how === 'exception 11') asked.reply('840b')
    })
    const { devices, reads } = units(raw.port, 6)
    const living = devices.filter((_d, i) => i + 1 !== dead)
    await until(() => living.every((d) => d.connected), 'the living units')
    const before = reads.map((r) => r.length)
    for (let tick = 1; tick <= 50; tick++) await poll(living, tick)
    for (const [i, device] of devices.entries()) {
      expect(device.connected).toBe(i + 1 !== dead)
      expect(reads[i]!.length - before[i]!).toBe(i + 1 === dead ? 0 : 50)
      for (const read of reads[i]!) expect([...read.inputs]).toEqual([101 + i])
    }
    expect(connections).toBe(1)
    const state = (): string => devices[dead - 1]!.report!().paths![0]!.state
    await until(() => state() === 'failed', 'the dead unit found dead')
    expect(devices[dead - 1]!.alarm).toContain(how === 'silent' ? 'IO_TIMEOUT' : 'failed to respond')
    mended = true
    await until(() => devices[dead - 1]!.connected, 'the unit that answers again')
    expect(connections).toBe(1)
  },
)

test('nobody answers any more on a connection that stands: it is made anew, and all are back', async () => {
  let mute = false
  const sockets = new Set<unknown>()
  const raw = await gateway((asked) => {
    sockets.add(asked.socket)
    // What hangs is this connection, not the gateway.
    if (mute && sockets.size === 1) return
    asked.reply(registersPdu(4, [7]))
  })
  const { devices } = units(raw.port, 4)
  await until(() => devices.every((d) => d.connected), 'all units')
  mute = true
  await poll(devices, 1)
  await until(() => devices.every((d) => d.connected) && sockets.size === 2, 'a new connection')
  expect(devices.map((d) => d.reconnects)).toEqual([1, 1, 1, 1])
})
