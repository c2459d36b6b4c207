import { describe, expect, test } from 'vitest'
import type { DeviceRecord, InputPoint, IoSection, OutputPoint } from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import { reportDevice, standbyAlarm } from './device.ts'
import { inputAt, outputAt, simulatedWire, type WireOptions } from './simulated-wire.ts'

const TIMEOUT_MS = 200
const T = 1000

const section = (
  inputs: InputPoint[] = [inputAt(0)],
  outputs: OutputPoint[] = [],
  more: Partial<DeviceRecord> = {},
): IoSection => ({
  devices: [
    {
      id: 'D',
      description: '',
      protocol: 'modbus-tcp',
      endpoint: 'a',
      unit: 1,
      timeout_ms: TIMEOUT_MS,
      ...more,
    },
  ],
  inputs,
  outputs,
})
const wire = (io: IoSection = section(), more: Partial<WireOptions> = {}) => simulatedWire({ io, tick_ms: T, ...more })

describe('coming into use', () => {
  test('everything is read once, whatever its class, before the device is in use', () => {
    const w = wire(section([inputAt(0), inputAt(100, { every: 10 })]))
    w.tables.input.set([11], 0)
    w.tables.input.set([22], 100)
    w.run(100)
    expect(w.reads).toHaveLength(1)
    expect([...w.reads[0]!.inputs]).toEqual([11, 22])
    expect([...w.reads[0]!.statuses]).toEqual([STATUS.good, STATUS.good])
    expect(w.reads[0]!.connection).toBe(1)
  })

  test('a watchdog of another time is set and read back before the first read; a refused one keeps the device out', () => {
    const watchdog = { time_register: 50, time_ms: 3000, count_ms: 10, tripped_register: -1, rearm_register: -1 }
    const w = wire(section([inputAt(0)], [], { watchdog }))
    w.run(100)
    expect(w.requests.slice(0, 3).map(({ request }) => request)).toEqual([
      { function: 3, address: 50, quantity: 1 },
      { function: 6, address: 50, value: 300 },
      { function: 3, address: 50, quantity: 1 },
    ])
    expect(w.reads).toHaveLength(1)

    const stubborn = wire(section([inputAt(0)], [], { watchdog }))
    stubborn.refuse((request) => {
      if (request.function !== 6) return undefined
      stubborn.tables.holding[50] = 7
      return 3
    })
    stubborn.run(10_000)
    expect(stubborn.reads).toEqual([])
    expect(stubborn.device.why).toContain('output watchdog')
  })
})

describe('classes', () => {
  test('a slower class is read once in its period, and its age is told in between', () => {
    const w = wire(section([inputAt(0), inputAt(100, { every: 5 })]))
    w.run(100)
    const before = w.requests.length
    w.run(20 * T)
    const of = (address: number): number =>
      w.requests.slice(before).filter(({ request }) => 'address' in request && request.address === address).length
    expect(of(0)).toBe(20)
    expect(of(100)).toBe(4)
    const ages = w.reads.slice(-24).map((r) => Math.round(r.input_ages![1]!))
    expect(new Set(ages)).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    // The fast one is never older than the slow one's read took.
    expect(Math.max(...w.reads.map((r) => r.input_ages![0]!))).toBeLessThanOrEqual(5 / T)
  })

  test('a read that takes longer than its period is counted late and asked for once, not queued', () => {
    const w = wire(section(), { latency_ms: 150, tick_ms: 100 })
    w.run(3000)
    expect(w.device.late).toBeGreaterThan(5)
    let under_way = 0
    let last_ms = Number.NEGATIVE_INFINITY
    for (const { at_ms } of w.requests) {
      if (at_ms - last_ms < 150) under_way++
      last_ms = at_ms
    }
    expect(under_way).toBe(0)
  })

  test('between an answer and the next request is the pause that the device needs', () => {
    const w = wire(section([inputAt(0), inputAt(300)], [], { requests: { pause_ms: 30 } }))
    w.run(5000)
    for (let i = 1; i < w.requests.length; i++)
      expect(w.requests[i]!.at_ms - w.requests[i - 1]!.at_ms).toBeGreaterThanOrEqual(5 + 30)
    expect(w.reads.length).toBeGreaterThan(4)
  })
})

describe('loss and return', () => {
  test('[FIO-3] no answer: out of use after the time-out, the value kept; back without an operator', () => {
    const w = wire()
    w.tables.input[0] = 42
    w.run(2 * T)
    w.cut(0, 'silent')
    w.run(1000)
    const asked_ms = w.requests.find(({ at_ms }) => at_ms >= 2 * T)!.at_ms
    expect(w.downs).toEqual([{ at_ms: asked_ms + TIMEOUT_MS, connection: 1 }])
    expect(w.device.image.values[0]).toBe(42)
    w.run(60_000)
    w.cut(0, 'on')
    const from_ms = w.now_ms
    w.run(2 * T)
    const back = w.reads.find((r) => r.at_ms > from_ms)!
    expect(back.connection).toBe(2)
    expect(back.at_ms - from_ms).toBeLessThanOrEqual(2 * T)
    expect(w.downs).toHaveLength(1)
  })

  test('a connection that is reset is asked again as soon as it stands', () => {
    const w = wire()
    w.run(2 * T)
    const from_ms = w.now_ms
    w.reset(0)
    w.run(100)
    expect(w.downs).toHaveLength(1)
    expect(w.reads.at(-1)!.connection).toBe(2)
    expect(w.reads.at(-1)!.at_ms - from_ms).toBeLessThan(60)
  })

  test('[FIO-4] the gateway says for ten minutes that the unit is not there: one probe at a time, waits that stay below the period', () => {
    const w = wire(section(), { alone: false })
    w.run(2 * T)
    w.cut(0, 11)
    const before = w.requests.length
    w.run(600_000)
    const probes = w.requests.slice(before)
    // Full jitter: half a period on average, never more than a whole one and the answer.
    expect(probes.length).toBeGreaterThan(600)
    expect(probes.length).toBeLessThan(600 * 3)
    const gaps = probes.slice(10).map((p, i) => p.at_ms - probes[i + 9]!.at_ms)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(T + 5)
    expect(probes.slice(3).every((p) => p.probe)).toBe(true)
    expect(w.device.paths[0]!.counters.exceptions.get(11)).toBe(probes.length)
    expect(JSON.stringify(w.device).length).toBeLessThan(20_000)
    w.cut(0, 'on')
    w.run(2 * T)
    expect(w.reads.at(-1)!.connection).toBe(2)
  })

  test('exception 2 in a gap: the plan loses its gaps, then its neighbours; only what is really not there is Bad', () => {
    const w = wire(section([inputAt(0), inputAt(1), inputAt(5), inputAt(6)]))
    // Registers 2 to 4 and 6 do not exist.
    const there = new Set([0, 1, 5])
    w.tables.input.set([10, 11, 0, 0, 0, 15], 0)
    w.refuse((r) => {
      if (r.function !== 4) return undefined
      for (let i = 0; i < r.quantity; i++) if (!there.has(r.address + i)) return 2
      return undefined
    })
    w.run(2 * T)
    expect([...w.reads.at(-1)!.inputs]).toEqual([10, 11, 15, 0])
    expect([...w.reads.at(-1)!.statuses]).toEqual([STATUS.good, STATUS.good, STATUS.good, STATUS.badConfigError])
    expect(w.downs).toEqual([])
  })

  test('a device that refuses everything is not in use, and is asked again once a second', () => {
    const w = wire(section([inputAt(0), inputAt(1)]))
    w.refuse(() => 2)
    w.run(10_000)
    expect(w.reads).toEqual([])
    expect(w.device.why).toContain('refuses every register')
    expect(w.requests.length).toBeLessThan(40)
  })
})

describe('writes', () => {
  const outputs = [outputAt(10), outputAt(11)]

  test('a write is done once, and the next only after the read-back was read', () => {
    const w = wire(section([inputAt(0)], outputs))
    w.run(T)
    w.write([0, 1], [5, 6])
    w.run(20)
    expect([...w.tables.holding.slice(10, 12)]).toEqual([5, 6])
    expect(w.dones).toEqual([{ at_ms: T + 5, connection: 1, ok: true }])
    const before = w.requests.length
    w.write([0], [7])
    w.run(20)
    expect(w.requests.slice(before).map(({ request }) => request.function)).toEqual([3, 4, 16])
    expect(w.tables.holding[10]).toBe(7)
  })

  test('[FIO-5] what was to be written when the connection ended is never sent, nor after its time', () => {
    const w = wire(section([inputAt(0)], outputs))
    w.run(T)
    w.reset(0)
    w.write([0], [5])
    w.run(5 * T)
    expect(w.dones).toMatchObject([{ ok: false }])
    w.write([0], [5], { until_ms: w.now_ms - 1 })
    w.write([0], [5], { connection: 1 })
    w.run(5 * T)
    expect(w.dones).toMatchObject([{ ok: false }, { ok: false }, { ok: false }])
    expect(w.tables.holding[10]).toBe(0)
    expect(w.requests.some(({ request }) => request.function === 16)).toBe(false)
  })

  test('a write under way when the answers stop is not done again; the device goes out of use', () => {
    const w = wire(section([inputAt(0)], outputs))
    w.run(T)
    w.refuse((r) => (r.function === 16 ? 'silent' : undefined))
    w.write([0], [5])
    w.run(10 * T)
    expect(w.requests.filter(({ request }) => request.function === 16)).toHaveLength(1)
    expect(w.dones).toMatchObject([{ ok: false, connection: 1 }])
    expect(w.reads.at(-1)!.connection).toBe(2)
  })

  test('busy: asked again while it is the newest, and given up with its time', () => {
    const w = wire(section([inputAt(0)], outputs))
    w.run(T)
    let busy = 3
    w.refuse((r) => (r.function === 16 && busy-- > 0 ? 6 : undefined))
    w.write([0], [5])
    w.run(T / 2)
    expect(w.tables.holding[10]).toBe(5)
    expect(w.dones).toMatchObject([{ ok: true }])
    busy = Number.POSITIVE_INFINITY
    w.write([0], [6])
    w.run(3 * T)
    expect(w.dones).toMatchObject([{ ok: true }, { ok: false }])
    expect(w.tables.holding[10]).toBe(5)
    expect(w.downs).toEqual([])
  })

  test('bits of a register by function 22; where the device has none, by read, change and write', () => {
    const bits = [outputAt(20, { type: 'bool', bit: 0, max: 1 }), outputAt(20, { type: 'bool', bit: 4, max: 1 })]
    const w = wire(section([inputAt(0)], bits))
    w.tables.holding[20] = 0xff00
    w.run(T)
    expect([...w.reads.at(-1)!.readbacks]).toEqual([0, 0])
    w.write([0, 1], [1, 0])
    w.run(100)
    expect(w.tables.holding[20]).toBe(0xff01)
    w.refuse((r) => (r.function === 22 ? 1 : undefined))
    w.run(T)
    w.write([0, 1], [0, 1])
    w.run(100)
    expect(w.tables.holding[20]).toBe(0xff10)
    expect(w.dones.map((d) => d.ok)).toEqual([true, true])
    expect(w.requests.map(({ request }) => request.function).filter((f) => f === 22)).toHaveLength(2)
  })

  test('a tripped device is re-armed by its register, or by nothing where the next write does it', () => {
    const watchdog = { time_register: 50, time_ms: 3000, tripped_register: 200, rearm_register: 51 }
    const w = wire(section([inputAt(0)], outputs, { watchdog }))
    w.tables.input[200] = 1
    w.run(T)
    expect(w.reads.at(-1)!.tripped).toBe(true)
    w.rearm()
    w.run(10)
    expect(w.tables.holding[51]).toBe(1)
    expect(w.dones).toMatchObject([{ ok: true }])

    const silent = wire(section([inputAt(0)], outputs, { watchdog: { ...watchdog, rearm_register: -1 } }))
    silent.run(T)
    const before = silent.requests.filter(({ request }) => request.function === 6).length
    silent.rearm()
    silent.run(10)
    expect(silent.dones).toMatchObject([{ ok: true }])
    expect(silent.requests.filter(({ request }) => request.function === 6)).toHaveLength(before)
  })
})

describe('two paths', () => {
  const io = section([inputAt(0)], [outputAt(10)])
  const two = (more: Partial<WireOptions> = {}) => wire(io, { paths: 2, ...more })

  test('[FIO-6] A is used, B is asked for something cheap once a second', () => {
    const w = two()
    w.run(30_000)
    const b = w.requests.filter(({ path }) => path === 1)
    expect(b.length).toBeGreaterThanOrEqual(28)
    expect(b.length).toBeLessThanOrEqual(32)
    expect(new Set(b.map(({ request }) => JSON.stringify(request)))).toEqual(
      new Set(['{"function":4,"address":0,"quantity":1}']),
    )
    expect(reportDevice(w.device, w.now_ms).paths!.map((p) => [p.state, p.breaker])).toEqual([
      ['active', 'closed'],
      ['standby', 'closed'],
    ])
  })

  test.each(['closed', 'silent', 11] as const)('[FIO-6] A fails (%s): B within one period, and stays', (mode) => {
    const w = two()
    w.run(5 * T)
    w.cut(0, mode)
    const cut_ms = w.now_ms
    w.run(2 * T)
    const failed_ms = w.downs[0]!.at_ms
    const good = w.reads.find((r) => r.at_ms >= failed_ms)!
    expect(good.connection).toBe(2)
    expect(good.at_ms - failed_ms).toBeLessThanOrEqual(T)
    expect(w.notes).toHaveLength(1)
    expect(w.notes[0]!.text).toMatch(/^D: network A -> B: /)
    expect(standbyAlarm(w.device, w.now_ms)).toMatch(/^D: network A does not answer/)
    w.cut(0, 'on')
    w.run(60_000)
    expect(w.notes).toHaveLength(1)
    expect(standbyAlarm(w.device, w.now_ms)).toBeUndefined()
    expect(reportDevice(w.device, w.now_ms)).toMatchObject({
      switches: 1,
      paths: [{ state: 'standby' }, { state: 'active' }],
    })
    expect(w.downs).toHaveLength(1)
    expect(failed_ms - cut_ms).toBeLessThanOrEqual(T + TIMEOUT_MS)
  })

  test('A is absent at the start: B is used as soon as A had its time', () => {
    const w = two()
    w.cut(0, 'closed')
    w.run(T)
    expect(w.reads[0]!.at_ms).toBeLessThanOrEqual(TIMEOUT_MS + 50)
    expect(w.device.active).toBe(1)
  })

  test('two bad paths: changes come farther and farther apart', () => {
    const w = two()
    w.run(5 * T)
    // Whichever path is used fails at its third poll.
    let polls = 0
    let used = 0
    w.refuse((r, path) => {
      if (path !== w.device.active) return undefined
      if (path !== used) polls = 0
      used = path
      if (r.function === 4 && ++polls > 2) return 11
      return undefined
    })
    w.run(120_000)
    // A path must first have been good for up to ten seconds: not more than a dozen changes a minute.
    expect(w.notes.length).toBeGreaterThan(2)
    expect(w.notes.length).toBeLessThan(30)
    const gaps = w.notes.slice(4).map((n, i) => n.at_ms - w.notes[i + 3]!.at_ms)
    expect(Math.min(...gaps)).toBeGreaterThan(2000)
  })

  test('[FIO-7] a write without an answer: on a shared connection the other path waits until it can no longer be executed', () => {
    for (const alone of [true, false]) {
      const w = two({ alone })
      w.run(5 * T)
      w.refuse((_r, path) => (path === 0 ? 'silent' : undefined))
      w.write([0], [5])
      w.run(TIMEOUT_MS + 30)
      expect(w.device.active).toBe(1)
      expect(w.device.stage).toBe('ready')
      const { connection } = w.device
      expect(connection).toBe(2)
      w.write([0], [6])
      w.run(50)
      expect(w.tables.holding[10]).toBe(alone ? 6 : 0)
      w.run(TIMEOUT_MS)
      w.write([0], [7])
      w.run(50)
      expect(w.tables.holding[10]).toBe(7)
      // Each of them was preceded by a read on the new path.
      const b = w.requests.filter(({ path }) => path === 1).map(({ request }) => request.function)
      expect(b.indexOf(16)).toBeGreaterThan(b.indexOf(3))
    }
  })

  test('granted time: a tick whose read meets the failure of A still ends with a read by B', () => {
    const w = two({ time: 'granted' })
    w.run(2 * T)
    w.poll(1, 1)
    w.run(50)
    expect(w.ends).toHaveLength(1)
    w.cut(0, 'silent')
    const before = w.reads.length
    w.poll(2, 2)
    w.run(T)
    expect(w.ends).toHaveLength(2)
    expect(w.reads.slice(before)).toMatchObject([{ connection: 2 }])
    expect(w.ends[1]!.at_ms).toBe(w.reads.at(-1)!.at_ms)
    // Both gone: nobody waits.
    w.cut(1, 'closed')
    w.run(10_000)
    w.poll(3, 3)
    expect(w.ends).toHaveLength(3)
  })

  test('granted time: a slower class is read before the fast one of its tick, and ages in ticks', () => {
    const w = wire(section([inputAt(0), inputAt(100, { every: 3 })]), { time: 'granted' })
    w.run(50)
    const ages: number[] = []
    for (let tick = 1; tick <= 12; tick++) {
      const before = w.requests.length
      w.poll(tick, tick)
      w.run(50)
      expect(w.ends.at(-1)!.token).toBe(tick)
      const asked = w.requests.slice(before).map(({ request }) => ('address' in request ? request.address : -1))
      const { input_ages } = w.reads.at(-1)!
      ages.push(input_ages![1]!)
      expect(asked).toEqual(input_ages![1] === 0 ? [100, 0] : [0])
      expect(input_ages![0]).toBe(0)
    }
    const first = ages.indexOf(0)
    expect(ages.slice(first, first + 9)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2])
  })
})
