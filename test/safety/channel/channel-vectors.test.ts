/** Both ends of the protected channel against frames of a third evaluator, which knows neither: `vectors.py` makes `vectors.json`. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layoutSignature } from '../../../plant-sim/core/safety-channel/check-sum.ts'
import type { ChannelDevice } from '../../../plant-sim/core/safety-channel/device-end.ts'
import { createDeviceEnd } from '../../../plant-sim/core/safety-channel/device-end.ts'
import { structureSignature } from '../../../safety/core/channel/channel-config.ts'
import { CHANNEL_ERROR } from '../../../safety/core/channel/frame.ts'
import { createSolverEnd } from '../../../safety/core/channel/solver-end.ts'

interface Case {
  readonly base_id: string
  readonly solver_id: number
  readonly device_id: number
  readonly layout: readonly [transmitters: number, contacts: number, elements: number]
  readonly signature: number
  readonly test_mode: boolean
  readonly mnr: number
  readonly ask: string
  readonly inputs: string
  readonly outputs: string
  readonly receipt: string
}

const FILE = join(import.meta.dirname, 'vectors.json')
const CASES = JSON.parse(readFileSync(FILE, 'utf8')) as Case[]
const SCAN_MS = 100

const registers = (hex: string): Uint16Array<ArrayBuffer> =>
  Uint16Array.from(hex.match(/..../g)!, (x) => Number.parseInt(x, 16))
const text = (frame: Uint16Array): string => [...frame].map((x) => x.toString(16).padStart(4, '0')).join('')
const dataOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.slice(12, 140).match(/../g)!, (x) => Number.parseInt(x, 16))

const solverOf = (c: Case) =>
  createSolverEnd({ ...c, t_sf_ms: 1000, error_interval_min: 60 }, c.mnr === 1 ? 0xffffffff : c.mnr - 1)

/** A device in which stands what an answer of the vectors says. */
function deviceOf(c: Case) {
  const shown = { data: new DataView(dataOf(c.inputs).buffer), written: [] as number[] }
  const device: ChannelDevice = {
    transmitters: c.layout[0],
    contact_count: c.layout[1],
    elements: c.layout[2],
    count: (i) => shown.data.getUint16(20 + 2 * i),
    lineFault: (i) => ((((shown.data.getUint32(12) & 0xffffff) >>> i) & 1) as number) === 1,
    contacts: () => shown.data.getUint16(4),
    open: () => shown.data.getUint16(6),
    closed: () => shown.data.getUint16(8),
    solenoids: () => shown.data.getUint16(10),
    isTripped: () => (shown.data.getUint8(12) & 1) === 1,
    isPaused: () => (shown.data.getUint8(12) & 2) === 2,
    write: (bits) => shown.written.push(bits),
    setWatchdog: (tenths) => shown.written.push(tenths),
    trip: () => shown.written.push(-1),
    rearm: () => shown.written.push(-2),
  }
  const end = createDeviceEnd(
    { ...c, t_sf_ms: 1000, error_interval_min: 60, scan_ms: SCAN_MS, start: 'running' },
    device,
  )
  end.advance(shown.data.getUint32(0) * SCAN_MS)
  return { end, shown }
}

test('[SIS-CH-30] the vectors are what the third evaluator says today', () => {
  const made = execFileSync('/usr/bin/python3', [join(import.meta.dirname, 'vectors.py')], { encoding: 'utf8' })
  expect(JSON.parse(made)).toEqual(CASES)
})

test('[SIS-CH-30] the signature of the layout is the same to all three', () => {
  for (const { layout, signature } of CASES)
    expect([structureSignature(...layout), layoutSignature(...layout)]).toEqual([signature, signature])
})

test('[SIS-CH-30] the solver writes the questions and outputs of the vectors, and takes their answers', () => {
  for (const c of CASES) {
    const end = solverOf(c)
    const frame = new Uint16Array(37)
    end.ask(frame)
    expect(text(frame)).toBe(c.ask)
    expect(end.takeInputs(registers(c.inputs), 0)).toBe(0)
    expect(end.inputs).toEqual(dataOf(c.inputs))
    end.give(dataOf(c.outputs), frame)
    expect(text(frame)).toBe(c.outputs)
    expect(end.takeReceipt(registers(c.receipt), 0)).toBe(0)
    expect(end.receipt).toEqual(dataOf(c.receipt))
  }
})

test('[SIS-CH-30] the device takes the questions and outputs of the vectors, and writes their answers', () => {
  for (const c of CASES) {
    const { end, shown } = deviceOf(c)
    end.exchange(registers(c.ask))
    expect(text(end.answer)).toBe(c.inputs)
    shown.data = new DataView(dataOf(c.receipt).buffer)
    end.exchange(registers(c.outputs))
    expect(text(end.answer)).toBe(c.receipt)
    const [solenoids, watchdog] = [c.outputs.slice(20, 24), c.outputs.slice(24, 28)].map((x) => Number.parseInt(x, 16))
    expect(shown.written).toEqual(watchdog === 0 ? [solenoids] : [watchdog, solenoids])
  }
})

test('[SIS-CH-30] remainders of 0, 1 and the sign bit stand in the vectors, and a 0 is never sent nor taken', () => {
  const sums = CASES.flatMap((c) => [c.inputs, c.outputs, c.receipt].map((f) => f.slice(140)))
  expect(sums.filter((s) => s === '00000001').length).toBe(72)
  expect(sums.filter((s) => s === '80000000').length).toBe(36)
  for (const c of CASES.filter((c) => c.inputs.endsWith('00000001'))) {
    const end = solverOf(c)
    end.ask(new Uint16Array(37))
    expect(end.takeInputs(registers(`${c.inputs.slice(0, 140)}00000000`), 0)).toBe(CHANNEL_ERROR.crc)
    const { end: device } = deviceOf(c)
    device.exchange(registers(c.ask))
    device.exchange(registers(`${c.outputs.slice(0, 140)}00000000`))
    expect(device.counts.check_sum).toBe(1)
  }
})
