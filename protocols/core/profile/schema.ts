/**
 * The JSON Schema of a device profile, for completion and first checks in an editor; `flyball check` says the rest.
 * @see JSON Schema 2020-12
 */

import { BYTE_ORDERS, REGISTER_TYPES, TABLES } from '../modbus/registers.ts'
import { PROFILE_FORMAT, PROFILE_PROTOCOLS } from './read-profile.ts'
import { POINT_NAME, PROFILE_ACCESS } from './read-profile-points.ts'

type Schema = Readonly<Record<string, unknown>>

const text = (description: string): Schema => ({ type: ['string', 'number'], description })
const number = (description: string): Schema => ({ type: 'number', description })
const whole = (minimum: number, maximum: number, description: string): Schema => ({
  type: 'integer',
  minimum,
  maximum,
  description,
})
const flag = (description: string): Schema => ({ type: 'boolean', description })
const word = (words: readonly (string | number)[], description: string): Schema => ({ enum: words, description })
const duration = (description: string): Schema => ({
  type: 'string',
  pattern: '^[0-9.]+ *(ms|s|min|h)$',
  description,
})
const register = (description: string): Schema => whole(0, 65_535, description)
const map = (properties: Schema, required: readonly string[], description: string): Schema => ({
  type: 'object',
  description,
  properties,
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
})

const EACH: Schema = {
  table: word(TABLES, 'Where it stands; input where nothing is said.'),
  type: word(REGISTER_TYPES, 'How the number is written.'),
  order: word(BYTE_ORDERS, 'Of the bytes, A the most significant; ABCD where nothing is said.'),
  scale: number('Units a count.'),
  counts_per_unit: number('Counts a unit, in place of scale.'),
  unit: { type: 'string', description: 'As people write it: V, kWh.' },
  access: word(PROFILE_ACCESS, 'read: an input. write: an output. read-write: a parameter.'),
  range: {
    type: 'array',
    items: { type: 'number' },
    minItems: 2,
    maxItems: 2,
    description: 'Where the quantity is, in its unit; of an output, what may be written.',
  },
  sentinels: {
    anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' } }],
    description: 'Raw values by which the device says that it has none.',
  },
  quantity: word(['mA', 'EU', '1'], 'What a controller takes it for; by the unit where nothing is said.'),
}

const POINT: Schema = {
  ...EACH,
  register: register('As on the wire, from 0.'),
  bit: whole(0, 15, 'Of a bool in a register, 0 the least significant.'),
  offset: number('Counts: quantity = (raw - offset) / counts_per_unit.'),
  exponent_register: register('int16 in the same table, a power of ten that multiplies (SunSpec).'),
  description: text('For people.'),
  counter: flag('Only rises.'),
  values: { type: 'object', additionalProperties: { type: 'string' }, description: 'Meaning of single values.' },
  status_register: register('Input register with the status of the sample, 0 good.'),
  readback_register: register('Input register where an output is read back.'),
  fail: number('Where the output goes when the watchdog trips.'),
}

export function profileSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A device profile of Flyball',
    ...map(
      {
        format: { const: PROFILE_FORMAT },
        name: { type: 'string', description: 'As the file is called, without .yaml.' },
        title: text('For people.'),
        source: text('Where the figures come from, with licence.'),
        protocols: {
          type: 'array',
          items: { enum: PROFILE_PROTOCOLS },
          minItems: 1,
          description: 'What it speaks itself, the usual one first.',
        },
        serial: map(
          {
            baud: whole(50, 4_000_000, 'Bits a second.'),
            parity: word(['none', 'even', 'odd'], 'As it leaves the factory.'),
            data_bits: word([7, 8], '8 where nothing is said.'),
            stop_bits: word([1, 2], 'As it leaves the factory.'),
          },
          ['baud', 'parity', 'stop_bits'],
          'Settings of its serial line.',
        ),
        unit: whole(0, 255, 'As it leaves the factory.'),
        timeout: duration('How long an answer may take; 500ms where nothing is said.'),
        requests: map(
          {
            read_registers_max: whole(1, 125, 'In one request.'),
            read_bits_max: whole(1, 2000, 'In one request.'),
            write_registers_max: whole(1, 123, 'In one request.'),
            gap_max: whole(0, 124, 'Registers that may be read along between two wanted ones.'),
            single: flag('One parameter a request.'),
            pause: duration('Between an answer and the next request.'),
            write_single: flag('It knows function 6 and not 16.'),
          },
          [],
          'What it can take; what MODBUS allows where nothing is said.',
        ),
        holes: word(['zero', 'refuse'], 'What a register that is not described reads: 0, or exception 02.'),
        whole_points: flag('Parts of a number can neither be read nor written.'),
        identification: map(
          { vendor: text('Object 0.'), product: text('Object 1.'), revision: text('Object 2.') },
          ['vendor', 'product', 'revision'],
          'What function 43/14 answers.',
        ),
        watchdog: map(
          {
            time: duration('Proposal; a strategy may give another.'),
            count: duration('What one count of the time register is worth; 100ms where nothing is said.'),
            time_register: register('Holding register.'),
            tripped_register: register('Input register: 1 tripped.'),
            rearm_register: register('Holding register: writing 1 re-arms.'),
          },
          ['time', 'time_register'],
          'Outputs go to their fail values when they are not written for so long.',
        ),
        each_point: map(EACH, [], 'What stands for every point that does not say otherwise.'),
        points: {
          type: 'object',
          propertyNames: { pattern: POINT_NAME.source },
          additionalProperties: map(POINT, ['register'], 'A point.'),
          description: 'Points by name.',
        },
        strings: {
          type: 'object',
          additionalProperties: map(
            {
              table: word(['input', 'holding'], 'Where it stands.'),
              register: register('The first one.'),
              registers: whole(1, 125, 'How many.'),
              chars_per_register: word([1, 2], '2: high byte first.'),
              description: text('For people.'),
            },
            ['register', 'registers'],
            'A text.',
          ),
          description: 'Texts by name; no points of a strategy.',
        },
      },
      ['format', 'name', 'title', 'source', 'protocols', 'points'],
      'A type of device: docs/reference/device-profiles.md.',
    ),
  }
}
