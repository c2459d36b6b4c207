import { expect, test } from 'vitest'
import { FAULT, KEY } from '../core/codes.ts'
import { createInputs } from '../core/inputs.ts'
import { createSolver } from '../core/solver.ts'
import { chance } from '../core/testing/chance.ts'
import type { SolverEnd } from './channel.ts'
import { createRunningHash } from './running-hash.ts'
import { createScanCycle } from './scan-cycle.ts'
import { tennessee } from './testing/tennessee.ts'

/** A channel that believes everything, a wire that answers when it is told to. */
function bench() {
  const config = tennessee()
  const solver = createSolver(config, 60_000)
  const inputs = createInputs(config)
  const image = new Uint8Array(64)
  const given: number[][] = []
  let answer: ((ok: boolean) => void) | undefined
  let now_ms = 0
  const scans: { n: number; frame: number; faults: number; key: number }[] = []
  const channel = {
    inputs: image,
    state: 'sound',
    ask() {},
    takeInputs: () => 0,
    give: (outputs: Uint8Array) => void given.push([...outputs]),
    takeReceipt: () => 0,
    expire() {},
  } as unknown as SolverEnd
  const master = {
    connected: true,
    get busy() {
      return answer !== undefined
    },
    exchange(_: Uint16Array, __: Uint16Array, done: (ok: boolean) => void) {
      if (!master.connected || answer !== undefined) return false
      answer = done
      return true
    },
  }
  const cycle = createScanCycle({
    solver,
    inputs,
    channel,
    master,
    hash: createRunningHash(solver),
    wait_ms: 15,
    now_ms: () => now_ms,
    numberOf: (n) => n,
    before: () => {},
    after: (n) => void scans.push({ n, frame: inputs.frame, faults: inputs.faults, key: inputs.key }),
  })
  image.set([0, 0, 0, 0, 0, 0b000111], 0)
  for (let i = 0; i < 18; i++) image.set([0x82, 0], 20 + 2 * i)
  return {
    solver,
    cycle,
    master,
    image,
    given,
    scans,
    /** The answer to what is on the wire; the device counts on. */
    reply(ok = true, count = true) {
      if (count) image[3] = image[3]! + 1
      const tell = answer
      answer = undefined
      now_ms += 10
      tell?.(ok)
    },
  }
}
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

test('[SIS-2.1] ask, scan, give, receipt: in this order, and done once', () => {
  const b = bench()
  let done = 0
  b.cycle.begin(1, () => done++)
  expect(b.scans).toEqual([])
  b.reply()
  expect(b.scans).toEqual([{ n: 1, frame: 1, faults: 0, key: KEY.simulation }])
  expect(b.given).toHaveLength(1)
  expect(done).toBe(0)
  b.reply()
  expect(done).toBe(1)
})

test('[SIS-2.5] an answer that does not come in time: the scan is made without a frame, the late answer counts for the next', async () => {
  const b = bench()
  b.cycle.begin(1)
  await wait(40)
  expect(b.scans).toMatchObject([{ n: 1, frame: 0, faults: 0 }])
  expect(b.given).toHaveLength(0)
  b.reply()
  expect(b.scans).toHaveLength(1)
  expect(b.given).toHaveLength(1)
  b.reply()
  b.cycle.begin(2)
  b.reply(false)
  expect(b.scans[1]).toMatchObject({ n: 2, frame: 1, faults: 0 })
})

test('[SIS-2.5] no connection: every scan is made, and done is said', () => {
  const b = bench()
  b.master.connected = false
  let done = 0
  for (let n = 1; n <= 5; n++) b.cycle.begin(n, () => done++)
  expect(b.scans.map((s) => s.frame)).toEqual([0, 0, 0, 0, 0])
  expect(done).toBe(5)
})

test('[SIS-2.3] a device that repeats its number for more than two scans brings no frame, until it counts again', () => {
  const b = bench()
  for (let n = 1; n <= 8; n++) {
    b.cycle.begin(n)
    b.reply(true, n < 3 || n > 6)
    b.reply(true, false)
  }
  expect(b.scans.map((s) => s.frame)).toEqual([1, 1, 1, 1, 0, 0, 1, 1])
})

test('[SIS-2.5] a device that let its outputs go trips everything, and is re-armed only while nothing is energised', () => {
  const b = bench()
  b.image[12] = 1
  b.cycle.begin(1)
  b.reply()
  expect(b.scans[0]!.faults).toBe(FAULT.watchdog)
  expect(b.given[0]!.slice(4, 6)).toEqual([0, 0])
  expect(b.given[0]![8]).toBe(1)
})

test('[SIS-I11] a table that has changed is found in the next scan', () => {
  const b = bench()
  b.solver.tables.slotTrip[3] = b.solver.tables.slotTrip[3]! ^ 0x40
  b.cycle.begin(1)
  b.reply()
  expect(b.scans[0]!.faults).toBe(FAULT.configurationHash)
})

test('[SIS-2.11] the key switch says PROGRAM while its contact is closed', () => {
  const b = bench()
  for (const [n, contacts] of [0b000111, 0b100111, 0b000111].entries()) {
    b.image[5] = contacts
    b.cycle.begin(n + 1)
    b.reply()
    b.reply()
  }
  expect(b.scans.map((s) => s.key)).toEqual([KEY.simulation, KEY.program, KEY.simulation])
})

/** Scans over images by chance, with lost answers; everything the record of events has. */
function record(seed: number): number[] {
  const b = bench()
  const { below } = chance(seed)
  for (let n = 1; n <= 1500; n++) {
    for (let i = 0; i < 18; i++) {
      const count = below(60) === 0 ? 10_000 + below(54_000) : 33_000 + below(500)
      b.image.set([count >> 8, count & 255], 20 + 2 * i)
    }
    b.image[5] = below(40) === 0 ? below(64) : n % 50 < 5 ? 0b010111 : 0b000111
    b.cycle.begin(n)
    b.reply(below(30) !== 0)
    b.reply()
  }
  expect(b.solver.soe.count).toBeLessThan(b.solver.soe.capacity)
  return [...b.solver.soe.records.subarray(0, b.solver.soe.count * b.solver.soe.width)]
}

test('[SIS-T11] the same recorded inputs give the same record of events, word for word', () => {
  const first = record(7)
  expect(first.length).toBeGreaterThan(500)
  expect(record(7)).toEqual(first)
  expect(record(8)).not.toEqual(first)
})
