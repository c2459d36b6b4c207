/**
 * The JSON Schema of a strategy's files, for completion and first checks in an editor; `flyball check` says the rest. Made from
 * what the compiler itself reads by: units, block types, their fields.
 * @see JSON Schema 2020-12
 */
import type { AlarmKind } from '../../contracts/artifact.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'
import type { BlockType, FieldDecl } from '../../controller/core/block.ts'
import { QUALIFIER } from '../../controller/core/blocks/sfc/program.ts'
import { isWire } from '../../controller/core/layout.ts'
import { ALARM_KEYS, ALARM_KINDS, ALARM_SHAPES, PER } from '../../controller/core/strategy/alarm-kinds.ts'
import { PARAM_TYPES } from '../../controller/core/strategy/read-class.ts'
import { isSequence } from '../../controller/core/strategy/sfc.ts'
import { UNITS } from '../../controller/core/strategy/units.ts'
import { ioSchema } from './io-schema.ts'
import { duration, each, list, map, number, PARAMETER, pair, type Schema, text } from './schema-parts.ts'

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` })
const unit = { anyOf: [{ enum: [...UNITS.keys()] }, PARAMETER], description: 'Engineering unit.' }

const EMPIRICAL: Schema = { type: 'boolean', description: 'Its coefficients have units of their own.' }
const EXPRESSION: Schema = { type: ['string', 'number', 'boolean'], description: 'An expression.' }
const STEPS: Schema = { anyOf: [{ type: 'string' }, list({ type: 'string' })], description: 'A step or several.' }
const DOING: Schema = {
  anyOf: [
    { type: 'string', description: 'N FEED, L 5s FEED, ...' },
    map(
      {
        do: text('An action.'),
        as: { enum: [...Object.keys(QUALIFIER), 'P1'] },
        time: duration('Of L, D, SD, DS, SL.'),
        confirm: EXPRESSION,
        within: duration('How long the confirm may take.'),
      },
      ['do'],
    ),
  ],
}
const CHART = {
  steps: each(
    { anyOf: [{ type: 'null' }, list(DOING), map({ actions: list(DOING), initial: { type: 'boolean' } })] },
    'Steps by name, with what they do.',
  ),
  transitions: list(map({ from: STEPS, to: STEPS, when: EXPRESSION, empirical: EMPIRICAL }, ['from', 'to', 'when'])),
}
/** What a block of type SFC takes beside its fields. */
const SEQUENCE: Schema = {
  ...CHART,
  actions: each(
    map({ out: { type: 'string', pattern: '^out[0-9]+$' }, value: EXPRESSION, empirical: EMPIRICAL }, ['out']),
    'Actions by name.',
  ),
  ...Object.fromEntries(
    ['holding', 'restarting', 'stopping', 'aborting'].map((k) => [k, map(CHART, ['steps'], 'Logic of this state.')]),
  ),
}

export function strategySchema(types: ReadonlyMap<string, BlockType>): Schema {
  const sorted = [...types.values()].sort((a, b) => (a.type < b.type ? -1 : 1))
  const body: Schema = {
    description: text('What the operator reads beside the tag.'),
    area: text('An area of strategy.yaml.'),
    eu: unit,
    range: pair('Scale of PV, in eu.'),
    decimals: number('Digits behind the point.', { minimum: 0, maximum: 9 }),
    desired: pair('Where the process should be.'),
    limits: map(
      Object.fromEntries(['trip_hi', 'hihi', 'hi', 'lo', 'lolo', 'trip_lo'].map((k) => [k, number('In eu.')])),
    ),
    alarms: map(Object.fromEntries(ALARM_KINDS.map((k) => [k.toUpperCase(), ref(`alarm.${k}`)]))),
    scan: text('A scan class of strategy.yaml.'),
    kind: { enum: ['controller', 'indicator', 'valve', 'calculation'] },
    faceplate: text('The block an operator sees.'),
    out: map({ eu: unit, range: pair('Scale of OUT.'), decimals: number('Digits.') }, ['range']),
    fields: each({ type: 'string' }, 'What the tag shows: BLOCK.FIELD or none.'),
    point: text('The point the tag names, or none.'),
    moved: list(ref('move')),
    blocks: each(ref('block'), 'Blocks by name.'),
  }
  const project = map(
    {
      format: { const: 1 },
      name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$' },
      title: text('For people.'),
      scan: each(duration('Period, 25ms to 1h.'), 'Scan classes by name.'),
      areas: list(map({ id: text('Short.'), title: text('For people.') }, ['id', 'title'])),
      stations: number('Operator stations that may send commands.', { minimum: 1, maximum: 64 }),
    },
    ['format', 'name', 'title', 'scan', 'areas'],
  )
  const parameter = {
    anyOf: [
      { enum: PARAM_TYPES },
      map(
        { type: { enum: PARAM_TYPES }, default: {}, min: { type: 'number' }, max: { type: 'number' }, doc: text('') },
        ['type'],
      ),
    ],
  }
  const defs: Record<string, Schema> = {
    project,
    class: map(
      {
        class: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]*@[1-9][0-9]*$' },
        doc: text(''),
        params: each(parameter),
        io: each({ enum: ['in', 'out'] }),
        ...body,
      },
      ['class', 'blocks'],
    ),
    loops: map(
      {
        area: text('For every module of the file that names none.'),
        modules: list(ref('module')),
        cascade: list(ref('cascade')),
        moved: list(ref('move')),
      },
      ['modules'],
    ),
    io: ioSchema(),
    display: map(
      {
        id: text(''),
        title: text(''),
        kind: { const: 'overview' },
        columns: list({ type: 'object' }),
        trends: list({ type: 'object' }),
        margins: list({ type: 'string' }),
        economics: list({ type: 'string' }),
      },
      ['id', 'title', 'kind'],
    ),
    module: map({ tag: text('ISA-5.1.'), class: text('NAME@VERSION.'), params: each({}), io: each({}), ...body }, [
      'tag',
    ]),
    ...Object.fromEntries(ALARM_KINDS.map((k) => [`alarm.${k}`, alarmSchema(k)])),
    move: map({ from: text('The name it had.'), to: text('The name it has.') }, ['from', 'to']),
    cascade: map({ master: text('TAG.BLOCK'), slave: text('TAG.BLOCK') }, ['master', 'slave']),
    inline_expression: map({
      let: each(ref('wire'), 'Names and their wires.'),
      expr: text('The expression: a CALC of its own in front of the block.'),
      unit,
      empirical: EMPIRICAL,
    }),
    wire: {
      description: 'BLOCK.FIELD, TAG.BLOCK.FIELD, a point, a number or none.',
      anyOf: [
        { type: ['string', 'number', 'boolean'] },
        map({ from: { type: ['string', 'number'] }, break: { type: 'boolean' }, unit }, ['from']),
      ],
    },
    // Over a class a block may leave out its type.
    block: {
      type: 'object',
      properties: { type: { enum: sorted.map((t) => t.type) } },
      allOf: sorted.map((type) => ({
        if: { properties: { type: { const: type.type } }, required: ['type'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: ref(`block.${type.type}`),
      })),
    },
  }
  for (const type of sorted) defs[`block.${type.type}`] = blockSchema(type)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A file of a Flyball strategy',
    anyOf: ['project', 'class', 'loops', 'io', 'display'].map(ref),
    $defs: defs,
  }
}

/** Whatever a kind of alarm may say. */
const ALARM_WORDS: Readonly<Record<string, Schema>> = {
  on: text('The wire that is watched, BLOCK.FIELD; default: the PV of the tag.'),
  above: number('Limit of what is too high or rises; of a deviation PV - SP.'),
  below: number('Limit of what is too low or falls; of a deviation or a rate below 0.'),
  hys: {
    type: ['number', 'string'],
    description: 'Hysteresis, in the unit of the limit, or of a level in % of the range.',
  },
  sp: { type: ['number', 'string'], description: 'Set point, BLOCK.FIELD or a number; default: the SP of the tag.' },
  inhibit: duration('No alarm for so long after a step of the set point.'),
  sp_step: number('Change of the set point in one scan that is a step; default 1 % of the range.', { minimum: 0 }),
  per: { enum: Object.keys(PER), description: 'The time of the rate.' },
  filter: duration('Filter of the rate.'),
  state: { enum: ['on', 'off', 0, 1, true, false], description: 'The state that is an alarm; default on.' },
  delay_on: duration('Beyond the limit for so long.'),
  delay_off: duration('Back for so long.'),
  severity: { enum: ['severe', 'major', 'minor'] },
  priority: { enum: [1, 2, 3, 4] },
  cause: text('What brings it about.'),
  consequence: text('What comes of it if nobody acts.'),
  action: text('What the operator does.'),
  respond_within: duration('How long there is.'),
}

function alarmSchema(kind: AlarmKind): Schema {
  const { keys, side } = ALARM_SHAPES[kind]
  const wrong = side === 'above' ? 'below' : 'above'
  const own = [...ALARM_KEYS, ...keys].filter((key) => key !== wrong)
  return map(
    Object.fromEntries(own.map((key) => [key, ALARM_WORDS[key] ?? {}])),
    kind.startsWith('rate') ? ['per'] : [],
  )
}

/** The schema as text, one definition a line: a change of one block type is one line of a diff. */
export function schemaText(types: ReadonlyMap<string, BlockType>): string {
  const { $defs, ...head } = strategySchema(types) as { readonly $defs: Readonly<Record<string, Schema>> }
  const defs = Object.entries($defs).map(([name, schema]) => `  ${JSON.stringify(name)}: ${JSON.stringify(schema)}`)
  return `${JSON.stringify(head).slice(0, -1)},\n"$defs": {\n${defs.join(',\n')}\n}}\n`
}

function blockSchema(type: BlockType): Schema {
  const properties: Record<string, Schema> = {
    type: { const: type.type, description: type.doc },
    id: text('What stays when the name changes.'),
    unit,
  }
  if (type.fields.some((f) => f.name === 'PROGRAM')) {
    properties['let'] = each(ref('wire'), 'Names and their wires.')
    if (isSequence(type)) Object.assign(properties, SEQUENCE)
    else {
      properties['expr'] = text('The expression.')
      properties['empirical'] = EMPIRICAL
    }
  }
  for (const field of type.fields)
    if (field.role !== 'derived') properties[field.name.toLowerCase()] = fieldSchema(field)
  return map(properties)
}

function fieldSchema(field: FieldDecl): Schema {
  const { doc } = field
  if (field.role === 'wire-in') return { description: doc, anyOf: [ref('wire'), ref('inline_expression')] }
  if (isWire(field.role)) return { description: doc, ...ref('wire') }
  const words = field.names === undefined ? [] : Object.keys(field.names)
  if (field.mask === true)
    return { description: doc, anyOf: [list({ enum: words.length > 0 ? words : MODE_NAMES }), PARAMETER] }
  const one: Schema =
    words.length > 0
      ? { anyOf: [{ enum: words }, { type: ['boolean', 'number'] }, PARAMETER] }
      : ['ms', 's', 'min', 'h', 'd'].includes(field.unit)
        ? duration(doc)
        : {
            anyOf: [
              {
                type: 'number',
                ...(field.min === undefined ? {} : { minimum: field.min }),
                ...(field.max === undefined ? {} : { maximum: field.max }),
              },
              { type: ['string', 'boolean'] },
            ],
          }
  if (field.count === undefined) return { description: doc, ...one }
  return { description: doc, anyOf: [list(one), PARAMETER] }
}
