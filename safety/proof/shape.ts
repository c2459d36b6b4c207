/**
 * The shape of a configuration file: every field with its type, unit and meaning. Both the reader, which reports what does not fit, and
 * the JSON Schema for editors come from here; the compiler holds it to `SisConfig`.
 */
import type {
  CauseConfig,
  CellConfig,
  ChannelRules,
  ContactConfig,
  EffectConfig,
  ElementConfig,
  OverrideRules,
  SequenceConfig,
  SifConfig,
  SisConfig,
  StepConfig,
  TransmitterConfig,
} from '../core/config.ts'

export type Shape = { readonly doc: string; readonly optional?: true } & (
  | { readonly kind: 'text' | 'flag' }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number; readonly whole?: true }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'list'; readonly of: Shape; readonly least?: number; readonly most?: number }
  | { readonly kind: 'map'; readonly fields: Fields }
  /** One of several mappings, told apart by which of their first fields is there. */
  | { readonly kind: 'choice'; readonly of: readonly Fields[] }
  | { readonly kind: 'either'; readonly of: readonly Shape[] }
)

export type Fields = Readonly<Record<string, Shape>>

/** All fields of the type must be there; the compiler asks for one that was added to it. */
const fields = <T>(all: { readonly [K in keyof Required<T>]: Shape } & Fields): Fields => all

const text = (doc: string): Shape => ({ kind: 'text', doc })
const word = (doc: string, ...words: string[]): Shape => ({ kind: 'word', words, doc })
const number = (doc: string, min?: number, max?: number): Shape => ({
  kind: 'number',
  doc,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
})
const whole = (doc: string, min: number, max: number): Shape => ({ kind: 'number', doc, min, max, whole: true })
const ms = (doc: string): Shape => number(`${doc}, ms`, 0, 1e9)
const flag = (doc: string): Shape => ({ kind: 'flag', doc })
const list = (of: Shape, doc: string, least?: number, most?: number): Shape => ({
  kind: 'list',
  of,
  doc,
  ...(least === undefined ? {} : { least }),
  ...(most === undefined ? {} : { most }),
})
const map = (all: Fields, doc: string): Shape => ({ kind: 'map', fields: all, doc })
const may = (shape: Shape): Shape => ({ ...shape, optional: true })
const tags = (doc: string): Shape => list(text('tag or id'), doc)

const transmitter = fields<TransmitterConfig>({
  tag: text('as on the drawing: PT-701'),
  service: text('what it measures, and which of several it is'),
  unit: text('engineering unit of lo, hi and of every limit on it'),
  lo: number('value at 4 mA'),
  hi: number('value at 20 mA'),
  fail: word('where it drives its current when it finds itself faulty', 'low', 'high'),
  response_ms: ms('dead time and lag of sensor and filter together'),
  rate_max_per_s: may(number('no process moves faster, unit/s', 0)),
  stuck: may(
    map(
      {
        noise: number('standard deviation of a live signal, in the unit', 0),
        window_ms: ms('window of the judgement'),
      },
      'calmer than this over the window, while its peers are not: stuck',
    ),
  ),
})

const contact = fields<ContactConfig>({
  tag: text('as on the drawing: HS-1'),
  service: text('what it reports, closed is normal'),
  response_ms: ms('time until a change is at the input'),
})

const element = fields<ElementConfig>({
  tag: text('as on the drawing: XV-1'),
  service: text('what it shuts or opens'),
  energised: word('where it stands while energised', 'open', 'closed'),
  confirm_ms: ms('the limit switch of the safe position must make within this time'),
  travel_ms: ms('stroke to the safe position'),
  delay_ms: may(ms('the output drops this long after its effect')),
  secondary: may(text('effect that is tripped when this element fails to')),
  partial_stroke_ms: may(ms('longest partial stroke; absent: none is made')),
  vents: may(text('control valve whose positioner the same output takes the air from: a second way to the safe state')),
  energise_to_trip: may(text('line monitoring, redundant supply, and who accepts that it trips by being energised')),
})

const limit: Shape = {
  kind: 'choice',
  doc: 'the trip: above or below a value, given in engineering units and in counts; or a contact',
  of: [
    { above: number('trips above, unit of the inputs'), counts: number('the same in counts', 0, 65535) },
    { below: number('trips below, unit of the inputs'), counts: number('the same in counts', 0, 65535) },
    { contact: word('trips when a contact', 'opens', 'closes') },
  ],
}

const cause = fields<CauseConfig>({
  id: text('S1'),
  title: text('what is wrong with the process'),
  inputs: list(text('tag'), 'transmitters or contacts, 1 to 4', 1, 4),
  vote: {
    kind: 'either',
    doc: 'inputs that must ask for the trip',
    of: [whole('so many', 1, 4), word('all, or one', 'AND', 'OR')],
  },
  trip: limit,
  dead_band: may(number('delays clearing only, unit of the inputs', 0)),
  pre_alarm: may(
    map(
      { at: number('limit, unit of the inputs'), counts: number('the same in counts', 0, 65535) },
      'alarm before the trip',
    ),
  ),
  deviation: may(
    map({ limit: number('unit of the inputs', 0), ms: ms('for this long') }, 'largest spread between the inputs'),
  ),
  on_bad: word('what a BAD input does', 'vote_trip', 'ignore', 'use_value'),
  bad_hold_ms: may(ms('with ignore: then it votes to trip')),
  on_bypass: word('with an input bypassed M stays, or comes down with N', 'keep', 'reduce'),
  time: may(
    map({ kind: word('kind', 'on_delay', 'off_delay', 'pulse'), ms: ms('duration') }, 'time between vote and cause'),
  ),
  inhibit: may(text('contact that takes the cause out of service while closed')),
  armed: may(map({ sequence: text('id'), steps: tags('ids of its steps') }, 'the cause counts in these steps only')),
  auto_acknowledge: may(flag('the trip needs no acknowledgement of its alarm')),
  mos: may(map({ max: whole('inputs bypassed at a time', 1, 4) }, 'maintenance bypass; absent: none')),
  startup: may(
    map(
      {
        start: may(text('contact whose closing starts the override; absent: by command')),
        end: may(text('contact whose closing ends it')),
        stable_ms: ms('all inputs good and clear for so long: it ends'),
        ms_max: ms('it ends at the latest'),
      },
      'start-up override; absent: none',
    ),
  ),
  manual: may(flag('push-button, fire and gas: nothing bypasses it')),
  protects_startup: may(flag('it protects the start-up itself: no start-up override')),
})

const effect = fields<EffectConfig>({
  id: text('FEEDS'),
  title: text('what is done to the plant'),
  outputs: list(text('tag'), 'final elements, 1 to 4', 1, 4),
  delay_ms: may(ms('between demand and trip')),
  reset: may(text('contact of the reset button')),
  reset_permit: may(text('contact that must be closed for a reset')),
  start: word('what follows a reset', 'with_reset', 'command'),
  start_permit: may(text('contact that must be closed for a start')),
  override_ms_max: may(ms('longest override for V and R')),
  follows: may(text('contact whose state is passed to the outputs while the effect is normal')),
  sequence: may(text('the outputs are energised only in steps of it that release the effect')),
})

const cell = fields<CellConfig>({
  cause: text('id'),
  effect: text('id'),
  code: word('N not stored, S stored, V not stored with override, R stored with override', 'N', 'S', 'V', 'R'),
  group: may(text('cells of one effect and one group act together')),
  n: may(whole('so many of the group', 1, 32)),
  delay_ms: may(ms('for this effect only')),
})

const sif = fields<SifConfig>({
  id: text('SIF-S1'),
  title: text('the function in words'),
  causes: tags('ids'),
  effects: tags('ids: what must act'),
  sil: whole('target; 0: no safety function', 0, 3),
  process_safety_ms: may(ms('process safety time')),
  response_ms_max: may(ms('longest response that the requirement allows')),
  inhibition_accepted: may(text('who accepts that a vote may be lost to BAD inputs for ever, and why')),
  requirement: text('id in the requirements file'),
})

const condition: Shape = {
  kind: 'choice',
  doc: 'holds or not; what cannot be read does not',
  of: [
    { contact: text('tag'), is: word('state', 'closed', 'open') },
    { transmitter: text('tag'), is: word('side', 'above', 'below'), at: number('limit, its unit') },
    { cause: text('id'), is: word('state', 'active', 'clear') },
    { effect: text('id'), is: word('state', 'normal', 'tripped') },
    { element: text('tag'), is: word('position', 'safe', 'normal') },
    { command: word('asked by a person', 'start', 'stop') },
    { after_ms: ms('in this step for so long') },
  ],
}

const step = fields<StepConfig>({
  id: text('PURGE'),
  releases: tags('effects whose outputs may be energised here'),
  trips: may(tags('effects that are tripped on entry')),
  go: list(
    map({ to: text('step'), when: list(condition, 'all must hold') }, 'a move'),
    'in this order; the first whose conditions hold is taken',
  ),
  timeout: may(map({ ms: ms('longest stay'), to: text('step') }, 'what happens then')),
})

const sequence = fields<SequenceConfig>({
  id: text('BMS'),
  steps: list(map(step, 'a step'), 'begins with the first', 1),
  on_trip: map(
    { effects: tags('ids'), to: text('step') },
    'when one of the effects is not normal it stands in this step',
  ),
})

const overrides = fields<OverrideRules>({
  permit: may(text('contact of the bypass key; absent: no bypass is allowed')),
  mos_per_unit_max: whole('maintenance bypasses at a time in the unit', 0, 32),
  mos_ms: ms('longest maintenance bypass'),
  reminder_ms: ms('reminder before its end'),
  at_expiry: word('what happens at its end', 'remove', 'alarm'),
  waiver: may(text('who allowed bypasses to outlive their timer')),
  shift_ms: ms('a bypass that lives on is alarmed again after each of these'),
  link_loss_ms: ms("bypasses end this long after the control system's link was lost"),
  force_ms: ms('longest force'),
})

const channel = fields<ChannelRules>({
  base_id: text('32 hexadecimal digits, drawn once for the installation'),
  solver_id: whole('of the solver, once in the installation', 1, 0xffffffff),
  device_id: whole('of the device, once in the installation', 1, 0xffffffff),
  error_interval_min: {
    kind: 'number',
    doc: 'two errors closer than this lead into the fail-safe state, min: 6 to SIL 2, 60 to SIL 3, 600 to SIL 4',
    min: 6,
    max: 600,
    whole: true,
  },
})

export const CONFIG_SHAPE: Shape = map(
  {
    $schema: may(text('the JSON Schema, for editors')),
    ...fields<SisConfig>({
      id: text('name of the configuration'),
      revision: text('raised with every change'),
      mode: word('position the key must have', 'RUN', 'SIMULATION'),
      scan_ms: number('scan period, ms', 1, 1e6),
      counts_per_mA: number('counts of the input module per mA', 0, 3120),
      stale_ms: ms('inputs older than this are BAD'),
      link_timeout_ms: ms('T_SF: without a sound frame for so long everything trips'),
      watchdog_ms: ms('of the process that watches the solver'),
      output_watchdog_ms: ms('of the drop: outputs that are not refreshed for so long drop out'),
      channel: may(map(channel, 'the protected channel to the drop')),
      key_switch: may(text('contact that is closed while the key stands in PROGRAM')),
      overrides: map(overrides, 'rules for bypasses and forces'),
      transmitters: list(map(transmitter, 'a 4-20 mA transmitter'), 'in the order of the registers'),
      contacts: list(map(contact, 'a contact: closed is 1 is normal'), 'in the order of the bits'),
      elements: list(map(element, 'a final element'), 'in the order of the solenoids'),
      causes: list(map(cause, 'one vote with one set point'), 'rows of the matrix'),
      effects: list(map(effect, 'what is done'), 'columns of the matrix'),
      matrix: list(map(cell, 'an intersection'), 'cause and effect'),
      sifs: list(map(sif, 'a safety function'), 'what is required'),
      sequences: list(map(sequence, 'a sequence'), 'may be empty'),
    }),
  },
  'A safety configuration',
)
