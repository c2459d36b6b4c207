/**
 * What a scan of two exchanges allocates at one end, in a process of its own whose young generation is so large that nothing is collected in between.
 *
 * `node exchange-allocation.ts END SCANS`: a line of JSON. The other end's frames are made before. `+object` makes the loop keep an object a
 * scan, which must show.
 */
import { spawnSync } from 'node:child_process'
import { createDeviceEnd } from '../../../plant-sim/core/safety-channel/device-end.ts'
import { structureSignature } from '../../../safety/core/channel/channel-config.ts'
import { createSolverEnd } from '../../../safety/core/channel/solver-end.ts'

export type ChannelEndName = 'solver' | 'device' | 'solver+object'

export interface ExchangeAllocation {
  readonly bytes_per_scan: number
  readonly collections: number
}

/** @throws Error with what the measuring process wrote, where it fails */
export function exchangeAllocation(end: ChannelEndName, scans: number): ExchangeAllocation {
  const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256', '--single-threaded-gc']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, import.meta.filename, end, `${scans}`], {
    encoding: 'utf8',
    timeout: 100_000,
  })
  if (status !== 0) throw new Error(`allocation of ${end}: ${stderr}`)
  return JSON.parse(stdout) as ExchangeAllocation
}

async function measure(name: string, scans: number): Promise<ExchangeAllocation> {
  const { PerformanceObserver } = await import('node:perf_hooks')
  const { setTimeout: pause } = await import('node:timers/promises')
  const planted = name.endsWith('+object')
  const warm = 50_000
  const recorded = record(warm + scans)
  const measured = name === 'device' ? deviceOf() : solverOf()
  let kept: object | undefined
  let n = 0
  const go = (count: number): void => {
    for (let i = 0; i < count; i++) {
      if (name === 'device') deviceScan(measured as ReturnType<typeof deviceOf>, recorded, n)
      else solverScan(measured as ReturnType<typeof solverOf>, recorded, n)
      n++
      if (planted) kept = { n, kept: n + 1 }
    }
  }
  for (let i = 0; i < 10; i++) {
    go(warm / 10)
    // Until the compiler is done with it: what it makes stands on the heap too.
    await pause(20)
  }
  let collections = 0
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length
  })
  globalThis.gc!()
  await pause(50)
  observer.observe({ entryTypes: ['gc'] })
  const before = process.memoryUsage().heapUsed
  go(scans)
  const after = process.memoryUsage().heapUsed
  await pause(20)
  observer.disconnect()
  if (planted && kept === undefined) throw new Error('nothing was kept')
  if (measured.sound() !== warm + scans) throw new Error(`${measured.sound()} sound scans`)
  return { bytes_per_scan: (after - before) / scans, collections }
}

const RULES = {
  ...{ base_id: '5a0f6c3d2b1e49788796a5b4c3d2e1f0', solver_id: 0x80000011, device_id: 0x90000012, test_mode: true },
  ...{ t_sf_ms: 1000, error_interval_min: 60 as const },
}
// Beyond 2^31, where numbers no longer are small integers to the machine.
const FIRST = 0xa0000000
const REGISTERS = 37

/** Every frame of every scan, four after each other, as the other end would send them. */
function record(scans: number): Uint16Array {
  const all = new Uint16Array(scans * 4 * REGISTERS)
  const solver = solverOf()
  const device = deviceOf()
  for (let n = 0; n < scans; n++) {
    const at = (i: number): Uint16Array => all.subarray((4 * n + i) * REGISTERS, (4 * n + i + 1) * REGISTERS)
    solver.end.expire(n * 100)
    device.end.advance(n * 100)
    solver.end.ask(at(0))
    device.end.exchange(at(0))
    at(1).set(device.end.answer)
    solver.end.takeInputs(at(1), n * 100)
    solver.end.give(solver.data, at(2))
    device.end.exchange(at(2))
    at(3).set(device.end.answer)
    solver.end.takeReceipt(at(3), n * 100)
  }
  return all
}

function solverOf() {
  const end = createSolverEnd({ ...RULES, signature: structureSignature(18, 6, 11) }, FIRST)
  let sound = 0
  return {
    end,
    frame: new Uint16Array(REGISTERS),
    data: new Uint8Array(64).fill(3),
    took: () => sound++,
    sound: () => sound,
  }
}

function deviceOf() {
  let sound = 0
  const end = createDeviceEnd(
    { ...RULES, scan_ms: 100, start: 'running' },
    {
      ...{ transmitters: 18, contact_count: 6, elements: 11 },
      count: (i) => 30_000 + i,
      lineFault: () => false,
      contacts: () => 63,
      open: () => 0x4ef,
      closed: () => 0x310,
      solenoids: () => 0x7ff,
      isTripped: () => false,
      isPaused: () => false,
      write() {
        sound++
      },
      setWatchdog() {},
      trip() {},
      rearm() {},
    },
  )
  return { end, frame: new Uint16Array(REGISTERS), sound: () => sound }
}

function copy(from: Uint16Array, index: number, into: Uint16Array): void {
  for (let i = 0; i < REGISTERS; i++) into[i] = from[index * REGISTERS + i]!
}

function solverScan(s: ReturnType<typeof solverOf>, recorded: Uint16Array, n: number): void {
  s.end.expire(n * 100)
  s.end.ask(s.frame)
  copy(recorded, 4 * n + 1, s.frame)
  const found = s.end.takeInputs(s.frame, n * 100)
  s.end.give(s.data, s.frame)
  copy(recorded, 4 * n + 3, s.frame)
  if ((found | s.end.takeReceipt(s.frame, n * 100)) === 0) s.took()
}

function deviceScan(d: ReturnType<typeof deviceOf>, recorded: Uint16Array, n: number): void {
  d.end.advance(n * 100)
  copy(recorded, 4 * n, d.frame)
  d.end.exchange(d.frame)
  copy(recorded, 4 * n + 2, d.frame)
  d.end.exchange(d.frame)
}

if (process.argv[1] === import.meta.filename) {
  const [, , name = '', scans = ''] = process.argv
  process.stdout.write(`${JSON.stringify(await measure(name, Number(scans)))}\n`)
}
