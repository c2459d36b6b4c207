/**
 * The JSON Schema of an io file. What a device may have depends on its protocol: `flyball check` says that.
 */
import { PROTOCOLS } from '../../controller/core/strategy/io-device.ts'
import { BYTE_ORDERS, REGISTER_TYPES, TABLES } from '../../protocols/core/modbus/registers.ts'
import { duration, each, list, map, number, type Schema, text } from './schema-parts.ts'

const flag = (description: string): Schema => ({ type: 'boolean', description })
const word = (words: readonly (string | number)[], description: string): Schema => ({ enum: words, description })
const range = (minimum: number, maximum: number, description: string): Schema =>
  number(description, { minimum, maximum })
const register = (description: string): Schema => range(0, 65_535, description)

const CODEC: Schema = {
  from: text('A point of the device profile; where it has the same name it need not be said.'),
  register: register('As on the wire, from 0.'),
  table: word(TABLES, 'input for inputs, holding for outputs where nothing is said.'),
  type: word(REGISTER_TYPES, 'How the number is written.'),
  order: word(BYTE_ORDERS, 'Of the bytes, A the most significant; ABCD where nothing is said.'),
  bit: range(0, 15, 'Of a bool in a register, 0 the least significant.'),
  counts_per_unit: number('quantity = (raw - offset) / counts_per_unit.'),
  offset: number('Counts.'),
  exponent_register: register('int16 in the same table, a power of ten that multiplies (SunSpec).'),
  sentinels: {
    anyOf: [{ type: 'number' }, list({ type: 'number' })],
    description: 'Raw values by which the device says that it has none.',
  },
  quantity: { enum: ['mA', 'EU', '1', 1], description: 'What it is in the device.' },
  node: text('OPC UA node id, as ns=2;s=Plant.T101.'),
  signal: text('Of a safety system: effect/ID, cause/ID, healthy or bypasses.'),
}
const INPUT: Schema = {
  ...CODEC,
  every: text('A scan class or a multiple of the tick; every tick where nothing is said.'),
  status_register: register('Input register with the status of the sample, 0 good.'),
}
const OUTPUT: Schema = {
  ...CODEC,
  readback_register: register('Input register with the read-back; its own is read where nothing is said.'),
  min: number('Least that is written, in the quantity of the device.'),
  max: number('Most that is written.'),
  step_max: number('Largest move a tick.'),
}
/** A point of a profile may be named and nothing more said of it. */
const points = (fields: Schema, description: string): Schema =>
  each({ anyOf: [map(fields), { type: 'null' }] }, description)

const DEVICE: Schema = {
  id: text('As in wires: RIO-1.'),
  description: text('For people.'),
  profile: text('A device profile, of profiles/ or of those that come along.'),
  protocol: word(PROTOCOLS, 'By the endpoint where a profile is named.'),
  endpoint: text('host:port, a serial port, opc.tcp://host:port, or a name that the run resolves.'),
  endpoint_b: text('The same by network B, or the second of a pair.'),
  unit: range(0, 255, 'Modbus unit.'),
  unit_b: range(0, 255, 'Where the second of a pair has another one.'),
  timeout: duration('How long an answer may take.'),
  driver: word(['modbus-serial'], 'In place of the client that comes along.'),
  requests: map(
    {
      read_registers_max: range(1, 125, 'In one request.'),
      read_bits_max: range(1, 2000, 'In one request.'),
      write_registers_max: range(1, 123, 'In one request.'),
      gap_max: range(0, 124, 'Registers that may be read along between two wanted ones.'),
      single: flag('One parameter a request.'),
      pause: duration('Between an answer and the next request.'),
      write_single: flag('It knows function 6 and not 16.'),
    },
    [],
    'What the device can take.',
  ),
  serial: map(
    {
      baud: range(50, 4_000_000, 'Bits a second.'),
      parity: word(['none', 'even', 'odd'], 'As the device is set.'),
      data_bits: word([7, 8], '8 where nothing is said.'),
      stop_bits: word([1, 2], 'As the device is set.'),
    },
    [],
    'Settings of the line.',
  ),
  tls: map(
    {
      ca: text('PEM file of who signs for devices.'),
      cert: text('Our certificate, PEM.'),
      key: text('Its key, PEM.'),
      server_name: text('Name in the device certificate, where it is not the host.'),
    },
    ['ca', 'cert', 'key'],
    'Paths, relative to the folder of the strategy.',
  ),
  opcua: map(
    {
      policy: word(
        ['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'],
        'Basic256Sha256 where nothing is said.',
      ),
      mode: word(['None', 'Sign', 'SignAndEncrypt'], 'SignAndEncrypt where nothing is said.'),
      security: word(['none'], 'Gives up security; with a reason.'),
      reason: text('Who allows it, and why.'),
      user: map(
        { name: text('As the server knows it.'), password_env: text('Environment variable with the password.') },
        ['name', 'password_env'],
      ),
      access: word(['subscribe', 'read'], 'subscribe where nothing is said.'),
      silence: duration('Longest silence before the data flow is taken for dead; 30s where nothing is said.'),
    },
    [],
    'Signed and encrypted where nothing is said.',
  ),
  watchdog: map(
    {
      time: duration('Outputs go to their fail values when they are not written for so long.'),
      count: duration('What one count of the time register is worth; 100ms where nothing is said.'),
      time_register: register('Holding register.'),
      tripped_register: register('Input register: 1 tripped.'),
      rearm_register: register('Holding register: writing 1 re-arms.'),
    },
    [],
    'The output watchdog of the device.',
  ),
  hold_signed_off: text('Who allows that outputs hold for ever when nobody writes them, and why.'),
  points: { anyOf: [{ const: 'all' }, list({ type: ['string', 'number'] })], description: 'Points of the profile.' },
  each_input: map(INPUT, [], 'What stands for every input that does not say otherwise.'),
  each_output: map(OUTPUT, [], 'What stands for every output that does not say otherwise.'),
  inputs: points(INPUT, 'Inputs by name.'),
  outputs: points(OUTPUT, 'Outputs by name.'),
}

export const ioSchema = (): Schema => map({ devices: list(map(DEVICE, ['id'])) }, ['devices'])
