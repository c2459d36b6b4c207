// The device profiles that come along: each is sound, fits its schema, compiles into a strategy, and decodes what it should.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Artifact, InputPoint } from '../contracts/artifact.ts'
import { readQuantity, writeQuantity } from '../protocols/core/modbus/registers.ts'
import type { DeviceProfile } from '../protocols/core/profile/profile.ts'
import { readProfile } from '../protocols/core/profile/read-profile.ts'
import { profileSchema } from '../protocols/core/profile/schema.ts'
import { buildLoaded, shippedProfiles } from './strategy-files.ts'

const FILES = shippedProfiles()
const NAMES = FILES.map((f) => /([^/]+)\.yaml$/.exec(f.path)![1]!)

function profileOf(name: string): DeviceProfile {
  const result = readProfile(parse(FILES[NAMES.indexOf(name)]!.text), name)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 1))
  return result.profile
}

test('[FIO-PROF-1] the five devices and the two drops come along, with source and licence in the file', () => {
  expect(NAMES).toEqual([
    'apc_ups_nmc2',
    'eastron_sdm630',
    'flyball_drop_ai8_ao8',
    'flyball_drop_analyser',
    'pzem016_meter',
    'vacon10_drive',
    'wb_map3e_energy_meter',
  ])
  for (const name of NAMES) expect(profileOf(name).source, name).toMatch(/MIT|Apache-2\.0/)
  // Counted in the lists they are made from; the texts of the MAP3E are no points.
  const counts = NAMES.map((name) => profileOf(name).points.length + profileOf(name).strings.length)
  expect(counts).toEqual([29, 99, 25, 41, 6, 59, 95])
})

const SCHEMA_FILE = resolve(import.meta.dirname, '../field-io/profiles/profile.schema.json')

test('[FIO-PROF-2] profile.schema.json is what a profile is read by, every profile fits it, and mistakes do not', () => {
  const schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'))
  expect(schema).toEqual(JSON.parse(JSON.stringify(profileSchema())))
  const fits = new Ajv2020({ allowUnionTypes: true }).compile(schema)
  for (const [i, file] of FILES.entries())
    expect(fits(parse(file.text)), `${NAMES[i]}: ${JSON.stringify(fits.errors)}`).toBe(true)
  const text = FILES[NAMES.indexOf('pzem016_meter')]!.text
  for (const [from, to] of [
    ['register: 0', 'register: 70000'],
    ['uint32', 'uint31'],
    ['order: CDAB', 'order: CADB'],
    ['format: 1', 'format: 2'],
    ['parity: none', 'parity: no'],
    ['voltage:', 'volt age:'],
    ['timeout: 200ms', 'timeout: 200'],
    ['holes: refuse', 'hole: refuse'],
  ] as const) {
    expect(text).toContain(from)
    expect(fits(parse(text.replace(from, to))), to).toBe(false)
    expect(readProfile(parse(text.replace(from, to)), 'pzem016_meter'), to).toHaveProperty('problems')
  }
})

const STRATEGY = `format: 1
name: trial
title: Trial
scan: {fast: 1s}
areas: [{id: A, title: A}]
`

async function build(io: string, profiles: Readonly<Record<string, string>> = {}): Promise<Artifact> {
  const files = [
    { path: 'strategy.yaml', text: STRATEGY },
    { path: 'io/a.yaml', text: io },
    ...Object.entries(profiles).map(([path, text]) => ({ path, text })),
  ]
  const built = await buildLoaded({ folder: '.', files })
  if ('faults' in built) throw new Error(built.faults.map((f) => JSON.stringify(f)).join('\n'))
  return built.artifact
}

test.each(NAMES)('[FIO-PROF-3] all points of %s make a device of a strategy', async (name) => {
  const profile = profileOf(name)
  const serial = profile.protocols[0] === 'modbus-rtu'
  const artifact = await build(`devices:
  - id: D-1
    description: ${profile.title.replace(/,.*/, '')}
    profile: ${name}
    endpoint: ${serial ? '/dev/ttyUSB0' : '10.0.0.9:502'}
    ${serial ? 'unit: 3' : 'timeout: 400ms'}
    hold_signed_off: a test
    each_output: {step_max: 1}
    points: all
`)
  const device = artifact.io.devices[0]!
  expect(device.profile).toBe(name)
  expect(device.protocol).toBe(serial ? 'modbus-rtu' : 'modbus-tcp')
  expect(device.unit).toBe(serial ? 3 : 1)
  expect(device.serial).toEqual(serial ? profile.serial : undefined)
  expect(device.requests).toEqual(profile.requests)
  expect(device.timeout_ms).toBe(serial ? profile.timeout_ms : 400)
  // An output that nobody writes stays out of the image; every input is there.
  expect(artifact.io.inputs.map((p) => p.point).sort()).toEqual(
    profile.points
      .filter((p) => p.access !== 'write')
      .map((p) => `D-1/${p.name}`)
      .sort(),
  )
})

/** Decodes one point of a compiled device from registers as they come over the wire, by hand. */
async function decode(profile: string, point: string, registers: readonly number[], more = ''): Promise<number> {
  const artifact = await build(`devices:
  - {id: D, description: d, profile: ${profile}, endpoint: /dev/ttyS0, protocol: modbus-rtu, unit: 2, points: [${point}]${more}}
`)
  return readQuantity(artifact.io.inputs[0]!, registers, 0)
}

test('[FIO-PROF-4] the traps of the five devices: words, factors, bits, sentinels', async () => {
  // 230.0 V is 0x43660000, most significant word first.
  expect(await decode('eastron_sdm630', 'l1_voltage', [0x4366, 0x0000])).toBe(230)
  // 123456 mA = 0x0001E240, least significant word first.
  expect(await decode('pzem016_meter', 'current', [0xe240, 0x0001])).toBe(123.456)
  expect(await decode('pzem016_meter', 'frequency', [501])).toBe(50.1)
  // One device, two orders: -100000 counts of 5.12 mW first word first, 0xFFFE7960; 32550 of 10 mV last word first.
  expect(await decode('wb_map3e_energy_meter', 'p_l1', [0xfffe, 0x7960])).toBeCloseTo(-512, 9)
  expect(await decode('wb_map3e_energy_meter', 'upeak_l1', [32_550, 0])).toBe(325.5)
  // 0x0000_0001_0000_0002 counts of 1e-5 kWh, the four words from the last to the first.
  expect(await decode('wb_map3e_energy_meter', 'total_ap_energy', [2, 0, 1, 0])).toBe(42_949.67298)
  expect(await decode('wb_map3e_energy_meter', 'urms_l1', [0xffff, 0xffff])).toBeNaN()
  expect(await decode('wb_map3e_energy_meter', 'voltage_angle_l1', [0x7fff])).toBeNaN()
  expect(await decode('wb_map3e_energy_meter', 'serial', [0xfe00, 0x0102])).toBe(0x0102)
  // Run is bit 1 of the status word, fault bit 3.
  expect(await decode('vacon10_drive', 'status_run', [0b0011])).toBe(1)
  expect(await decode('vacon10_drive', 'status_fault_active', [0b0011])).toBe(0)
  expect(
    await decode('apc_ups_nmc2', 'powered_by_battery', [0x0010], ', serial: {baud: 9600, parity: none, stop_bits: 1}'),
  ).toBe(1)
})

const LOOP = `area: A
modules:
  - tag: SC-1
    description: Speed
    eu: '%'
    range: [0, 100]
    scan: fast
    kind: controller
    faceplate: PID1
    out: {eu: '%', range: [0, 100]}
    blocks:
      AI1: {type: AI, in: M-1/F, xd: [0, 50], out_scale: [0, 100]}
      PID1: {type: PID, in: AI1.OUT, gain: 2, reset: 5min, sp: 50}
      AO1: {type: AO, cas_in: PID1.OUT, readback: M-1/speed_reference, out: M-1/speed_reference}
`
const DRIVE = `devices:
  - id: M-1
    description: Drive
    profile: vacon10_drive
    protocol: modbus-tcp
    endpoint: 10.0.0.9:502
    endpoint_b: 10.0.1.9:502
    unit: 7
    requests: {pause: 10ms}
    hold_signed_off: trial, the drive stops by its own time-out
    each_output: {step_max: 5}
    inputs:
      F: {from: fb_output_frequency, quantity: EU}
      motor_current:
    outputs:
      speed_reference: {max: 80}
      RUN: {from: control_run}
`

test('[FIO-PROF-5] an instance takes points by name, gives them its own, and says otherwise where it likes', async () => {
  const files: Record<string, string> = { 'loops/a.yaml': LOOP }
  const artifact = await build(DRIVE, files)
  expect(artifact.io.devices[0]).toMatchObject({
    protocol: 'modbus-tcp',
    endpoint: '10.0.0.9:502',
    endpoint_b: '10.0.1.9:502',
    unit: 7,
    requests: { read_registers_max: 1, single: true, write_single: true, pause_ms: 10 },
  })
  expect(artifact.io.inputs.map((p) => [p.point, p.register, p.counts_per_unit])).toEqual([
    ['M-1/motor_current', 2, 100],
    ['M-1/F', 2103, 100],
  ])
  const out = artifact.io.outputs[0]!
  expect(out).toMatchObject({ register: 2002, table: 'holding', min: 0, max: 80, step_max: 5, readback_register: -1 })
  const registers = new Uint16Array(1)
  expect(writeQuantity(out, registers, 0, 12.34)).toBe(true)
  expect(registers[0]).toBe(1234)
})

async function faultsOf(io: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const files = [
    { path: 'strategy.yaml', text: STRATEGY },
    { path: 'io/a.yaml', text: io },
    ...Object.entries(more).map(([path, text]) => ({ path, text })),
  ]
  const built = await buildLoaded({ folder: '.', files })
  return 'faults' in built
    ? built.faults.map((f) => `${f.file}:${f.line}:${f.column} ${f.code} ${f.suggestion}`.trim())
    : []
}

test('[FIO-PROF-6] what is wrong with an instance has its place and the nearest name', async () => {
  const meter = (line: string): string =>
    `devices:\n  - id: E-1\n    description: d\n    profile: eastron_sdm630\n    endpoint: /dev/ttyS0\n    unit: 1\n    ${line}\n`
  expect(await faultsOf(meter('points: [l1_voltage, l4_voltage]'))).toEqual([
    'io/a.yaml:7:26 CFG_UNKNOWN_POINT l1_voltage',
  ])
  expect(await faultsOf(meter('points: [l1_voltage, l1_voltage]'))).toEqual(['io/a.yaml:7:26 CFG_DUPLICATE_POINT'])
  expect(await faultsOf(meter('inputs: {U: {from: l1_votlage}}'))).toEqual([
    'io/a.yaml:7:24 CFG_UNKNOWN_POINT l1_voltage',
  ])
  expect(await faultsOf(meter('hold_signed_off: me\n    outputs: {U: {from: l1_voltage}}'))).toEqual([
    'io/a.yaml:8:25 CFG_POINT_DIRECTION',
  ])
  expect(await faultsOf(meter('requests: {read_registers_max: 1}\n    points: [l1_voltage]'))).toEqual([
    'io/a.yaml:8:14 CFG_REQUEST_LIMIT',
  ])
  expect(await faultsOf(meter('points: [l1_voltage]').replace('sdm630', 'sdm360'))).toEqual([
    'io/a.yaml:4:14 CFG_UNKNOWN_PROFILE eastron_sdm630',
  ])
  expect(await faultsOf(meter('points: [l1_voltage]').replace('/dev/ttyS0', '10.0.0.1:502'))).toEqual([
    'io/a.yaml:2:5 CFG_MISSING_FIELD',
  ])
})

const OWN = `format: 1
name: own_meter
title: Own
source: own
protocols: [modbus-tcp]
unit: 9
requests: {read_registers_max: 2}
points:
  a: {register: 0, type: uint32, scale: 0.1, unit: V}
  b: {register: 2}
`

test('[FIO-PROF-7] a strategy has profiles of its own, with faults at their place in the file', async () => {
  const io = `devices:\n  - {id: O-1, description: d, profile: own_meter, endpoint: '10.0.0.1:502', points: all}\n`
  const path = 'profiles/own_meter.yaml'
  const sound = OWN.replace('b: {register: 2}', 'b: {register: 2, type: uint16}')
  const artifact = await build(io, { [path]: sound })
  expect(artifact.io.inputs.map((p: InputPoint) => [p.point, p.counts_per_unit, p.quantity])).toEqual([
    ['O-1/a', 10, 'EU'],
    ['O-1/b', 1, '1'],
  ])
  const faults = (text: string): Promise<string[]> => faultsOf(io, { [path]: text })
  expect(await faults(OWN)).toEqual([`${path}:10:3 CFG_MISSING_FIELD`])
  expect(await faults(sound.replace('register: 2,', 'register: 1,'))).toEqual([`${path}:10:3 CFG_REGISTER_OVERLAP`])
  expect(await faults(sound.replace('register: 2,', 'register: 65536,'))).toEqual([`${path}:10:17 CFG_OUT_OF_RANGE`])
  expect(await faults(sound.replace('uint32', 'uint64'))).toEqual([
    `${path}:9:26 CFG_REQUEST_LIMIT`,
    `${path}:10:3 CFG_REGISTER_OVERLAP`,
  ])
  expect(await faults(sound.replace('unit: V', 'unti: V'))).toEqual([`${path}:9:46 CFG_UNKNOWN_FIELD unit`])
  expect(await faults(sound.replace('name: own_meter', 'name: meter'))).toEqual([
    `${path}:2:7 CFG_INCONSISTENT own_meter`,
  ])
  expect(await faults(sound.replace('modbus-tcp', 'modbus-tpc'))).toEqual([`${path}:5:13 CFG_UNKNOWN_WORD`])
})

test('[FIO-PROF-10] the examples of device-profiles.md are sound', async () => {
  const page = readFileSync(resolve(import.meta.dirname, '../docs/reference/device-profiles.md'), 'utf8')
  const [io, profile] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((m) => m[1]!)
  const artifact = await build(io!)
  expect(artifact.io.inputs.map((p) => p.point)).toContain('E-01/KWH')
  expect(artifact.io.inputs.find((p) => p.point === 'E-01/KWH')).toMatchObject({ every: 60, register: 72 })
  expect(artifact.io.devices.map((d) => [d.id, d.protocol, d.unit])).toEqual([
    ['E-01', 'modbus-rtu', 3],
    ['M-01', 'modbus-tcp', 7],
  ])
  const read = readProfile(parse(profile!), 'tank_gauge')
  expect(read).toHaveProperty('profile')
  // Every profile that comes along is in the table, with as many points as it has.
  for (const name of NAMES)
    expect(page).toMatch(new RegExp(`\`${name}\` \\|.*\\| ${profileOf(name).points.length}[ ,]`))
})
