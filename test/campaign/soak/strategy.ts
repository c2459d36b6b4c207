import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildStrategy } from '../../../cli/strategy-files.ts'
import type { Artifact } from '../../../contracts/artifact.ts'
import type { EmulatedPoint, EmulatedProfile } from '../../../plant-sim/core/emulator/emulated-device.ts'

/** A device of the soak: what the strategy says of it. */
export interface SoakDevice {
  readonly id: string
  readonly protocol: 'modbus-tcp' | 'modbus-rtu-tcp'
  /** Devices of one endpoint share its connection. */
  readonly endpoint: string
  readonly unit: number
}

export interface SoakStrategy {
  readonly artifact: Artifact
  readonly path: string
  readonly folder: string
  remove(): void
}

export const INPUTS = 10
export const TIMEOUT_MS = 300

/** Every device alike: ten inputs, one output with read-back and watchdog, a loop from the first input to the output. */
export async function soakStrategy(devices: readonly SoakDevice[], tick_ms: number): Promise<SoakStrategy> {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-soak-'))
  for (const part of ['classes', 'loops', 'io', 'displays']) mkdirSync(join(folder, part))
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text)
  write(
    'strategy.yaml',
    `format: 1
name: soak
title: Devices that fail
scan: {fast: ${tick_ms}ms}
areas:
  - {id: SOAK, title: Soak}
stations: 2
`,
  )
  write(
    'classes/indicator.class.yaml',
    `class: Indicator@1
doc: A transmitter that is only looked at.
io: {pv: in}
scan: fast
kind: indicator
faceplate: AI1
blocks:
  AI1: {type: AI, in: $io.pv, out_scale: [$lo, $hi]}
`,
  )
  write(
    'classes/loop.class.yaml',
    `class: Loop@1
doc: A controller on a device's own output.
io: {pv: in, mv: out}
scan: fast
kind: controller
faceplate: PID1
blocks:
  AI1: {type: AI, in: $io.pv, out_scale: [$lo, $hi]}
  PID1: {type: PID, in: AI1.OUT, pv_scale: [$lo, $hi], action: reverse, gain: 0.1, reset: 60s, sp: 50, mode_target: auto, normal: auto}
  AO1: {type: AO, cas_in: PID1.OUT, readback: $io.mv, out: $io.mv}
`,
  )
  write(
    'displays/overview.yaml',
    'id: overview\ntitle: Soak\nkind: overview\ncolumns: []\ntrends: []\nmargins: []\neconomics: []\n',
  )
  const modules: string[] = []
  const io: string[] = []
  for (const { id, protocol, endpoint, unit } of devices) {
    io.push(`  - id: ${id}
    description: A device of the soak
    protocol: ${protocol}
    endpoint: ${endpoint}
    unit: ${unit}
    timeout: ${TIMEOUT_MS}ms
    watchdog: {time: 30s, time_register: 100, tripped_register: 200, rearm_register: 101}
    each_input: {type: uint16, counts_per_unit: 3000, quantity: mA}
    each_output: {type: uint16, counts_per_unit: 3000, quantity: mA, min: 4, max: 20, step_max: 4}
    inputs:
${Array.from({ length: INPUTS }, (_, i) => `      AI/${i}: {register: ${i}}`).join('\n')}
    outputs:
      AO/0: {register: 0, readback_register: 100}
`)
    modules.push(`  - tag: FIC-${id}
    class: Loop@1
    description: Loop of ${id}
    eu: '%'
    range: [0, 100]
    out: {eu: '%', range: [0, 100]}
    io: {pv: ${id}/AI/0, mv: ${id}/AO/0}
`)
    for (let i = 1; i < INPUTS; i++)
      modules.push(`  - tag: TI-${id}-${i}
    class: Indicator@1
    description: Input ${i} of ${id}
    eu: '%'
    range: [0, 100]
    io: {pv: ${id}/AI/${i}}
`)
  }
  write('io/devices.yaml', `devices:\n${io.join('')}`)
  write('loops/soak.yaml', `area: SOAK\nmodules:\n${modules.join('')}`)
  const built = await buildStrategy(folder)
  if ('faults' in built)
    throw new Error(`the soak's strategy does not build: ${JSON.stringify(built.faults.slice(0, 3))}`)
  const path = join(folder, 'artifact.json')
  writeFileSync(path, JSON.stringify(built.artifact))
  return { artifact: built.artifact, path, folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

const point = (name: string, more: Partial<EmulatedPoint>): EmulatedPoint => ({
  name,
  unit: 'mA',
  table: 'input',
  register: 0,
  type: 'uint16',
  counts_per_unit: 3000,
  lo: 6,
  hi: 18,
  writable: false,
  counter: false,
  ...more,
})

/** What stands behind it. */
export const SOAK_PROFILE: EmulatedProfile = {
  name: 'soak',
  title: 'A device of the soak',
  points: [
    ...Array.from({ length: INPUTS }, (_, i) => point(`AI/${i}`, { register: i })),
    point('AO/0', { table: 'holding', lo: 4, hi: 20, writable: true, readback_register: 100, fail: 4 }),
  ],
  texts: [],
  identification: [],
  holes: 'refuse',
  watchdog: { time_register: 100, count_ms: 100, tripped_register: 200, rearm_register: 101 },
}
