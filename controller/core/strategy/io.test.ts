// What an io file may say of a device and its points, and what of it cannot be.
import { expect, test } from 'vitest'
import type { Artifact, DeviceRecord, InputPoint, OutputPoint } from '../../../contracts/artifact.ts'
import type { FaultCode } from './fault.ts'
import { changed, compileFiles, FILES, type Files } from './testing.ts'

const LOOP = 'io: {pv: RIO-1/AI/1, mv: RIO-1/AO/1}'

/** The trial strategy with one more device, whose points FIC-101 uses where it is told so. */
function build(device: string, io = LOOP, more: Files = {}): Artifact {
  const result = compileFiles({ ...changed('loops/a.yaml', LOOP, io), ...more, 'io/x.yaml': `devices:\n${device}` })
  if ('faults' in result) throw new Error(JSON.stringify(result.faults, null, 1))
  return result.artifact
}

const deviceOf = (artifact: Artifact, id: string): DeviceRecord => artifact.io.devices.find((d) => d.id === id)!
const inputOf = (artifact: Artifact, point: string): InputPoint => artifact.io.inputs.find((p) => p.point === point)!
const outputOf = (artifact: Artifact, point: string): OutputPoint => artifact.io.outputs.find((p) => p.point === point)!

const METER = `  - id: E-1
    description: Meter
    protocol: modbus-rtu
    endpoint: /dev/ttyUSB0
    endpoint_b: /dev/ttyUSB1
    unit: 3
    unit_b: 4
    timeout: 200ms
    serial: {baud: 9600, parity: even, stop_bits: 1}
    requests: {read_registers_max: 60, gap_max: 4, pause: 20ms}
    each_input: {type: uint32, order: CDAB, quantity: EU}
    inputs:
      P: {register: 0, counts_per_unit: 10, every: slow}
      E: {register: 2, type: uint64, every: 30s, sentinels: 0xFFFFFFFFFFFFFFFF}
      T: {register: 6, type: int16, order: ABCD, offset: 2731, sentinels: [0x7fff, 0x8000]}
      ON: {table: holding, register: 9, type: bool, bit: 3}
      RUN: {table: coil, register: 9}
      U: {register: 10, type: uint16, exponent_register: 20, status_register: 21}
`

test('[FIO-IO-1] a serial meter with every form of point', () => {
  const artifact = build(METER)
  expect(deviceOf(artifact, 'E-1')).toEqual({
    id: 'E-1',
    description: 'Meter',
    protocol: 'modbus-rtu',
    endpoint: '/dev/ttyUSB0',
    endpoint_b: '/dev/ttyUSB1',
    unit: 3,
    unit_b: 4,
    timeout_ms: 200,
    requests: { read_registers_max: 60, gap_max: 4, pause_ms: 20 },
    serial: { baud: 9600, parity: 'even', data_bits: 8, stop_bits: 1 },
  })
  const device = artifact.io.devices.findIndex((d) => d.id === 'E-1')
  const common = { device, status_register: -1, counts_per_unit: 1, quantity: 'EU', table: 'input' }
  // The tick is 1 s, the class slow 10 s.
  expect(inputOf(artifact, 'E-1/P')).toEqual({
    ...common,
    point: 'E-1/P',
    register: 0,
    type: 'uint32',
    order: 'CDAB',
    counts_per_unit: 10,
    every: 10,
  })
  expect(inputOf(artifact, 'E-1/E')).toEqual({
    ...common,
    point: 'E-1/E',
    register: 2,
    type: 'uint64',
    order: 'CDAB',
    sentinels: [2 ** 64],
    every: 30,
  })
  expect(inputOf(artifact, 'E-1/T')).toEqual({
    ...common,
    point: 'E-1/T',
    register: 6,
    type: 'int16',
    offset: 2731,
    sentinels: [32_767, -32_768],
  })
  expect(inputOf(artifact, 'E-1/ON')).toMatchObject({ table: 'holding', register: 9, type: 'bool', bit: 3 })
  expect(inputOf(artifact, 'E-1/U')).toMatchObject({ exponent_register: 20, status_register: 21, order: 'CDAB' })
})

test('[FIO-IO-2] a watchdog that counts seconds and neither tells its trip nor wants a re-arm', () => {
  const artifact = build(
    `  - id: V-1
    description: Valve
    protocol: modbus-tcp
    driver: modbus-serial
    endpoint: 10.0.0.5:502
    unit: 1
    timeout: 1s
    watchdog: {time: 30s, time_register: 900, count: 1s}
    outputs:
      AO: {register: 4, type: float32, order: DCBA, quantity: mA, min: 4, max: 20, step_max: 2}
`,
    'io: {pv: RIO-1/AI/1, mv: V-1/AO}',
  )
  expect(deviceOf(artifact, 'V-1')).toMatchObject({
    driver: 'modbus-serial',
    watchdog: { time_register: 900, time_ms: 30_000, count_ms: 1000, tripped_register: -1, rearm_register: -1 },
  })
  expect(outputOf(artifact, 'V-1/AO')).toMatchObject({ table: 'holding', order: 'DCBA', readback_register: -1 })
})

test('[FIO-IO-3] outputs that hold for ever are built when somebody signs for them', () => {
  const artifact = build(
    `  - id: V-1
    description: Valve
    protocol: modbus-tls
    tls: {ca: pki/ca.pem, cert: pki/own.pem, key: pki/own.key, server_name: valve-1}
    endpoint: 10.0.0.5:802
    unit: 1
    timeout: 1s
    hold_signed_off: J. Maier 2026-02-01, the valve is only a lamp
    watchdog: {time: 0, time_register: 9}
    outputs:
      AO: {register: 4, type: int16, quantity: mA, min: 4, max: 20, step_max: 2}
`,
    'io: {pv: RIO-1/AI/1, mv: V-1/AO}',
  )
  const device = deviceOf(artifact, 'V-1')
  expect(device.hold_signed_off).toBe('J. Maier 2026-02-01, the valve is only a lamp')
  expect(device.watchdog).toBeUndefined()
  expect(device.tls).toEqual({ ca: 'pki/ca.pem', cert: 'pki/own.pem', key: 'pki/own.key', server_name: 'valve-1' })
})

const SERVER = `  - id: S-1
    description: Analysers
    protocol: opcua
    endpoint: opc.tcp://10.0.0.7:4840
    endpoint_b: opc.tcp://10.0.0.8:4840
    timeout: 2s
    inputs:
      A: {node: ns=2;s=Plant.AT-1, every: 5s}
`

test('[FIO-IO-4] OPC UA is signed and encrypted where nothing is said', () => {
  const artifact = build(SERVER)
  expect(deviceOf(artifact, 'S-1').opcua).toEqual({
    policy: 'Basic256Sha256',
    mode: 'SignAndEncrypt',
    access: 'subscribe',
    silence_ms: 30_000,
  })
  expect(inputOf(artifact, 'S-1/A')).toMatchObject({ node: 'ns=2;s=Plant.AT-1', every: 5, type: 'float64' })
})

test('[FIO-IO-5] OPC UA without security is built only when asked for by name and reason', () => {
  const with_ = (opcua: string): string => SERVER.replace('    timeout', `    opcua: ${opcua}\n    timeout`)
  const open = build(with_('{security: none, reason: a wire of two metres in one cabinet, access: read}'))
  expect(deviceOf(open, 'S-1').opcua).toMatchObject({ policy: 'None', mode: 'None', access: 'read' })
  const user = build(with_('{policy: Aes256_Sha256_RsaPss, user: {name: dcs, password_env: DCS_PW}, silence: 8s}'))
  expect(deviceOf(user, 'S-1').opcua).toMatchObject({
    policy: 'Aes256_Sha256_RsaPss',
    mode: 'SignAndEncrypt',
    user: { name: 'dcs', password_env: 'DCS_PW' },
    silence_ms: 8000,
  })
})

/** One mistake, the code it must have, the text that stands at its place. */
type Seed = readonly [what: string, from: string, to: string, code: FaultCode, mark?: string]

function check(device: string, seeds: readonly Seed[]): void {
  for (const [what, from, to, code, mark] of seeds) {
    if (!device.includes(from)) throw new Error(`'${from}' is not in the device`)
    const text = `devices:\n${device.replace(from, () => to)}`
    const result = compileFiles({ ...FILES, 'io/x.yaml': text })
    const faults = 'faults' in result ? result.faults.filter((f) => f.severity === undefined) : []
    expect(
      faults.map((f) => f.code),
      `${what}: ${JSON.stringify(faults)}`,
    ).toEqual([code])
    const { line, column, file } = faults[0]!
    const rest = text.split('\n')[line - 1]!.slice(column - 1)
    expect(file).toBe('io/x.yaml')
    expect(rest.startsWith(mark ?? to), `${what}: at '${rest}'`).toBe(true)
  }
}

test('[FIO-BAD-1] each mistake of a Modbus device is one fault at its place', () => {
  check(METER, [
    ['two points in one register', 'register: 6', 'register: 5', 'CFG_REGISTER_OVERLAP', 'T:'],
    [
      'one bit twice',
      'RUN: {table: coil, register: 9}',
      'B: {table: holding, register: 9, type: bool, bit: 3}',
      'CFG_REGISTER_OVERLAP',
      'B:',
    ],
    [
      'a number in the register of a bit',
      'RUN: {table: coil, register: 9}',
      'B: {table: holding, register: 8, type: uint32}',
      'CFG_REGISTER_OVERLAP',
      'B:',
    ],
    ['more than the device answers', 'read_registers_max: 60', 'read_registers_max: 3', 'CFG_REQUEST_LIMIT', 'uint64'],
    [
      'beyond the last register',
      'register: 2, type: uint64',
      'register: 65533, type: uint64',
      'CFG_OUT_OF_RANGE',
      '65533',
    ],
    ['no such register', 'register: 2, type: uint64', 'register: 65536, type: uint64', 'CFG_OUT_OF_RANGE', '65536'],
    ['a number in a coil', 'RUN: {table: coil', 'RUN: {type: uint16, table: coil', 'CFG_POINT_TYPE', 'uint16'],
    ['a bit of a number', 'type: int16, order: ABCD', 'type: int16, order: ABCD, bit: 2', 'CFG_POINT_TYPE', '2,'],
    ['no such bit', 'bit: 3', 'bit: 16', 'CFG_OUT_OF_RANGE', '16'],
    ['a power of ten of a bit', 'bit: 3', 'bit: 3, exponent_register: 1', 'CFG_POINT_TYPE', '1}'],
    ['a sentinel it cannot send', '[0x7fff, 0x8000]', '[70000]', 'CFG_OUT_OF_RANGE'],
    ['no order at all', 'order: CDAB', 'order: ABDC', 'CFG_UNKNOWN_WORD', 'ABDC'],
    ['a factor of 0', 'counts_per_unit: 10', 'counts_per_unit: 0', 'CFG_OUT_OF_RANGE', '0'],
    ['half a tick', 'every: 30s', 'every: 500ms', 'CFG_POLL_PERIOD', '500ms'],
    ['no scan class', 'every: slow', 'every: slwo', 'CFG_POLL_PERIOD', 'slwo'],
    [
      'no serial settings',
      '    serial: {baud: 9600, parity: even, stop_bits: 1}\n',
      '',
      'CFG_MISSING_FIELD',
      'id: E-1',
    ],
    ['a parity of its own', 'parity: even', 'parity: evn', 'CFG_UNKNOWN_WORD', 'evn'],
    ['a network address', 'endpoint: /dev/ttyUSB0', 'endpoint: 10.0.0.1:502', 'CFG_ENDPOINT', '10.0'],
    [
      'one way twice',
      'endpoint_b: /dev/ttyUSB1\n    unit: 3\n    unit_b: 4',
      'endpoint_b: /dev/ttyUSB0\n    unit: 3',
      'CFG_ENDPOINT',
      '/dev/ttyUSB0',
    ],
    ['a unit by nowhere', '    endpoint_b: /dev/ttyUSB1\n', '', 'CFG_MISSING_FIELD', '4'],
    [
      'certificates of a serial line',
      'unit: 3',
      'unit: 3\n    tls: {ca: a, cert: b, key: c}',
      'CFG_UNKNOWN_FIELD',
      'tls',
    ],
    ['points of nothing', 'unit: 3', 'unit: 3\n    points: [a]', 'CFG_MISSING_FIELD', 'points'],
  ])
})

const DROP = `  - id: V-1
    description: Valve
    protocol: modbus-tcp
    endpoint: plant:V-1
    unit: 1
    timeout: 1s
    watchdog: {time: 30s, time_register: 900}
    outputs:
      AO: {register: 4, type: float32, quantity: mA, min: 4, max: 20, step_max: 2}
`

test('[FIO-BAD-2] each mistake of an output is one fault at its place', () => {
  const WD = '    watchdog: {time: 30s, time_register: 900}\n'
  check(DROP, [
    ['no watchdog', WD, '', 'CFG_NO_WATCHDOG', 'V-1'],
    ['a watchdog of 0', 'time: 30s', 'time: 0', 'CFG_NO_WATCHDOG', '0,'],
    ['a watchdog of 0 s', 'time: 30s', 'time: 0s', 'CFG_NO_WATCHDOG', '0s'],
    ['a sign-off of nobody', WD, "    hold_signed_off: ' '\n", 'CFG_NO_WATCHDOG', "' '"],
    ['a time that the device cannot hold', 'time: 30s', 'time: 2h', 'CFG_WRONG_TYPE', '2h'],
    ['a time between its counts', 'time: 30s,', 'time: 1500ms, count: 1s,', 'CFG_WRONG_TYPE', '1500ms'],
    ['a table that is read only', 'AO: {', 'AO: {table: input, ', 'CFG_POINT_TYPE', 'input'],
    [
      'a number in two halves',
      'unit: 1',
      'unit: 1\n    requests: {write_single: true}',
      'CFG_REQUEST_LIMIT',
      'float32',
    ],
    [
      'a number longer than a write',
      'unit: 1',
      'unit: 1\n    requests: {write_registers_max: 1}',
      'CFG_REQUEST_LIMIT',
      'float32',
    ],
    [
      'the read-back of a coil',
      'register: 4, type: float32',
      'register: 4, table: coil, type: bool, readback_register: 3',
      'CFG_POINT_TYPE',
      '3,',
    ],
    ['the register of the watchdog', 'register: 4', 'register: 899', 'CFG_REGISTER_OVERLAP', '{time: 30s'],
    ['a driver of nobody', 'unit: 1', 'unit: 1\n    driver: modbus-sreial', 'CFG_UNKNOWN_WORD', 'modbus-sreial'],
    ['no certificates', 'modbus-tcp', 'modbus-tls', 'CFG_MISSING_FIELD', 'id: V-1'],
  ])
})

test('[FIO-BAD-3] each mistake of an OPC UA server is one fault at its place', () => {
  const device = SERVER.replace('    timeout', '    opcua: {mode: SignAndEncrypt}\n    timeout')
  const M = 'mode: SignAndEncrypt'
  check(device, [
    ['policy None', M, 'policy: None', 'CFG_OPCUA_SECURITY', 'None'],
    ['policy None with a mode', M, 'mode: Sign, policy: None', 'CFG_OPCUA_SECURITY', 'None'],
    ['mode None with a policy', M, 'mode: None, policy: Basic256Sha256', 'CFG_OPCUA_SECURITY', 'None,'],
    ['both None and not asked for', M, 'mode: None, policy: None', 'CFG_OPCUA_SECURITY', 'None}'],
    ['no reason', M, 'security: none', 'CFG_OPCUA_SECURITY', 'none}'],
    ['none and Sign', M, 'security: none, reason: test, mode: Sign', 'CFG_OPCUA_SECURITY', 'none,'],
    ['a password in the file', M, 'user: {name: a, password_env: pa$$word}', 'CFG_WRONG_TYPE', 'pa$$word'],
    ['no node id', 'node: ns=2;s=Plant.AT-1', 'node: Plant.AT-1', 'CFG_WRONG_TYPE', 'Plant'],
    ['a register', 'node: ns=2;s=Plant.AT-1', 'node: i=1, register: 4', 'CFG_UNKNOWN_FIELD', 'register'],
    ['a unit', 'timeout: 2s', 'timeout: 2s\n    unit: 1', 'CFG_UNKNOWN_FIELD', 'unit'],
    ['another address', 'opc.tcp://10.0.0.7:4840', '10.0.0.7:4840', 'CFG_ENDPOINT'],
    [
      'outputs without sign-off',
      'inputs:\n      A: {node: ns=2;s=Plant.AT-1, every: 5s}',
      'outputs:\n      A: {node: i=1, min: 0, max: 1, step_max: 1}',
      'CFG_NO_WATCHDOG',
      'S-1',
    ],
  ])
})

test('[FIO-IO-6] a status word may be read as a whole and bit by bit, but not written twice', () => {
  const text = `  - id: D-1
    description: Drive
    protocol: modbus-tcp
    endpoint: plant:D-1
    unit: 1
    timeout: 1s
    hold_signed_off: K. Ito, only a trial
    inputs:
      WORD: {register: 7, type: uint16, quantity: '1'}
      READY: {register: 7, type: bool, bit: 0}
      RUN: {register: 7, type: bool, bit: 1}
    outputs:
      START: {register: 20, type: bool, bit: 0}
      LEFT: {register: 20, type: bool, bit: 1}
`
  const artifact = build(text)
  expect(inputOf(artifact, 'D-1/RUN')).toMatchObject({ register: 7, bit: 1 })
  check(text, [
    [
      'the whole word as well',
      'LEFT: {register: 20, type: bool, bit: 1}',
      "LEFT: {register: 20, type: uint16, quantity: '1', min: 0, max: 9, step_max: 9}",
      'CFG_REGISTER_OVERLAP',
      'LEFT',
    ],
  ])
})

test('[FIO-BAD-4] the devices of one line have one setting, and each a unit of its own', () => {
  const second = (more: string): string =>
    METER.replace('E-1', 'E-2')
      .replace('    endpoint_b: /dev/ttyUSB1\n', '')
      .replace('    unit_b: 4\n', '')
      .replace('unit: 3', more)
  expect(deviceOf(build(METER + second('unit: 5')), 'E-2').unit).toBe(5)
  const codes = (device: string): string[] => {
    const result = compileFiles({ ...FILES, 'io/x.yaml': `devices:\n${METER}${device}` })
    const faults = 'faults' in result ? result.faults.filter((f) => f.severity === undefined) : []
    return faults.map((f) => `${f.line} ${f.code} ${f.found}`)
  }
  const line = METER.split('\n').length + 1
  expect(codes(second('unit: 3'))).toEqual([`${line} CFG_ENDPOINT unit 3 of /dev/ttyUSB0 again`])
  expect(codes(second('unit: 4').replace('ttyUSB0', 'ttyUSB1'))).toEqual([
    `${line} CFG_ENDPOINT unit 4 of /dev/ttyUSB1 again`,
  ])
  expect(codes(second('unit: 6').replace('parity: even', 'parity: none'))).toEqual([
    `${line} CFG_ENDPOINT 'E-2' at /dev/ttyUSB0 with 9600 8N1`,
  ])
})
