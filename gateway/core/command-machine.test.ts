import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TagRecord } from '../../contracts/artifact.ts'
import { COMMAND_KIND, type Command, type CommandResult, OUTCOME, REFUSAL } from '../../contracts/frame.ts'
import type { CommandStateText, OperatorCommand } from '../../contracts/hmi-wire.ts'
import {
  type CommandEffect,
  type CommandEvent,
  type CommandMachine,
  type CommandSite,
  createCommandMachine,
  type OpenCommand,
  onCommandEvent,
  RESEND_MS,
  renewSession,
  SESSION_SPAN,
  UNKNOWN_AFTER_MS,
  wantsSession,
} from './command-machine.ts'

const tag: TagRecord = {
  tag: 'FIC-01',
  kind: 'controller',
  description: '',
  area: '',
  eu: 'm3/h',
  lo: 0,
  hi: 100,
  decimals: 1,
  scan_ms: 1000,
  fields: { PV: 0, SP: 1 },
  writable: { SP: 7, MODE: 8 },
  permitted: ['man', 'auto'],
  normal: 'auto',
  limits: {},
}
const site = (more: Partial<CommandSite> = {}): CommandSite => ({
  tags: new Map([[tag.tag, tag]]),
  tick_ms: 1000,
  stations: 2,
  pace: null,
  ...more,
})
const command = (id: string, more: Partial<OperatorCommand> = {}): OperatorCommand => ({
  type: 'command',
  id,
  tag: 'FIC-01',
  field: 'SP',
  value: 50,
  expected: 40,
  epoch: 3,
  n: 100,
  ...more,
})
const connected = (more: Partial<CommandSite> = {}): CommandMachine => {
  const m = createCommandMachine(5, site(more))
  onCommandEvent(m, { type: 'link', now_ms: 0, up: true })
  return m
}
const submit = (
  m: CommandMachine,
  id: string,
  more: Partial<OperatorCommand> = {},
  station_name = 'OS-1',
  now_ms = 0,
) => onCommandEvent(m, { type: 'submit', now_ms, station_name, command: command(id, more) })
const told = (effects: readonly CommandEffect[]): CommandStateText[] =>
  effects.flatMap((e) => (e.type === 'tell' ? [e.text] : []))
const sent = (effects: readonly CommandEffect[]): Command[] =>
  effects.flatMap((e) => (e.type === 'send' ? [e.command] : []))

test('a command is journalled before it is sent, and carries session, expectation and life', () => {
  const effects = submit(connected(), 'a')
  expect(effects.map((e) => e.type)).toEqual(['journal-open', 'send', 'tell'])
  expect(sent(effects)[0]).toEqual({
    station: 0,
    seq: 5 * 2 ** 20 + 1,
    kind: COMMAND_KIND.set,
    epoch: 3,
    n: 100,
    ttl_ticks: 2,
    target: 7,
    value: 50,
    expected: 40,
  })
})

test('no expectation is NaN on the wire', () => {
  expect(sent(submit(connected(), 'a', { expected: null }))[0]!.expected).toBeNaN()
})

test('what the journal cannot keep is not sent, and the station is free again', () => {
  const m = connected()
  const opened = submit(m, 'a').find((e) => e.type === 'journal-open')
  const effects = onCommandEvent(m, { type: 'journal-failed', seq: (opened as { command: OpenCommand }).command.seq })
  expect(told(effects)[0]!.state).toBe('refused')
  expect(told(submit(m, 'b')).at(-1)!.state).toBe('sent')
})

test('a station has one open command; another station has its own', () => {
  const m = connected()
  submit(m, 'a')
  const second = submit(m, 'b')
  expect(sent(second)).toEqual([])
  expect(told(second)[0]).toMatchObject({ id: 'b', state: 'refused' })
  expect(sent(submit(m, 'c', {}, 'OS-2'))[0]!.station).toBe(1)
})

test('the same text twice is answered and not executed again, also after it is done', () => {
  const m = connected()
  const { seq } = sent(submit(m, 'a'))[0]!
  expect(sent(submit(m, 'a'))).toEqual([])
  onCommandEvent(m, { type: 'result', result: { station: 0, seq, outcome: OUTCOME.applied, refusal: 0 } })
  const again = submit(m, 'a')
  expect(sent(again)).toEqual([])
  expect(told(again)[0]).toMatchObject({ id: 'a', state: 'applied' })
})

test('it is asked for once a second, unknown after 5 s, and from then on as VOID of the same number', () => {
  const m = connected()
  const { seq } = sent(submit(m, 'a'))[0]!
  expect(onCommandEvent(m, { type: 'tick', now_ms: RESEND_MS - 1 })).toEqual([])
  expect(sent(onCommandEvent(m, { type: 'tick', now_ms: RESEND_MS }))[0]).toMatchObject({ seq, kind: COMMAND_KIND.set })
  const late = onCommandEvent(m, { type: 'tick', now_ms: UNKNOWN_AFTER_MS })
  expect(told(late)[0]!.state).toBe('unknown')
  expect(sent(late)[0]).toMatchObject({ seq, kind: COMMAND_KIND.void })
  expect(told(onCommandEvent(m, { type: 'tick', now_ms: 2 * UNKNOWN_AFTER_MS }))).toEqual([])
  const closed = onCommandEvent(m, { type: 'result', result: { station: 0, seq, outcome: OUTCOME.voided, refusal: 0 } })
  expect(told(closed)[0]!.state).toBe('expired')
  expect(told(submit(m, 'b')).at(-1)!.state).toBe('sent')
})

test('an answer to another number changes nothing', () => {
  const m = connected()
  const { seq } = sent(submit(m, 'a'))[0]!
  const other = { station: 0, seq: seq - 1, outcome: OUTCOME.applied, refusal: 0 }
  expect(onCommandEvent(m, { type: 'result', result: other })).toEqual([])
  expect(m.open.size).toBe(1)
})

test('after a restart the command left open is voided first, as soon as field-io is there', () => {
  const before = connected()
  const opened = submit(before, 'a').find((e) => e.type === 'journal-open') as { command: OpenCommand }
  const m = createCommandMachine(6, site())
  expect(onCommandEvent(m, { type: 'resume', now_ms: 0, commands: [opened.command] })).toEqual([])
  const up = onCommandEvent(m, { type: 'link', now_ms: 0, up: true })
  expect(sent(up)).toEqual([expect.objectContaining({ seq: opened.command.seq, kind: COMMAND_KIND.void })])
  expect(told(submit(m, 'b'))[0]!.state).toBe('refused')
  const result = { station: 0, seq: opened.command.seq, outcome: OUTCOME.voided, refusal: 0 }
  onCommandEvent(m, { type: 'result', result })
  expect(sent(submit(m, 'c'))[0]!.seq).toBe(6 * SESSION_SPAN + 1)
})

test('numbers go on rising in a new session before the old one is used up', () => {
  const m = connected()
  m.k = SESSION_SPAN / 2
  expect(wantsSession(m)).toBe(false)
  const before = sent(submit(m, 'a'))[0]!
  expect(wantsSession(m)).toBe(true)
  renewSession(m, 6)
  expect(wantsSession(m)).toBe(false)
  expect(sent(submit(m, 'b', {}, 'OS-2'))[0]!.seq).toBeGreaterThan(before.seq)
  const result = { station: 0, seq: before.seq, outcome: OUTCOME.applied, refusal: 0 }
  expect(told(onCommandEvent(m, { type: 'result', result }))[0]!.state).toBe('applied')
})

test('a station number without an open command passes to another name; with one it does not', () => {
  const m = connected()
  submit(m, 'a', {}, 'one')
  const { seq } = sent(submit(m, 'b', {}, 'two'))[0]!
  expect(told(submit(m, 'c', {}, 'three'))[0]!.state).toBe('refused')
  onCommandEvent(m, { type: 'result', result: { station: 1, seq, outcome: OUTCOME.applied, refusal: 0 } })
  expect(sent(submit(m, 'd', {}, 'three'))[0]).toMatchObject({ station: 1 })
  expect(sent(submit(m, 'd', {}, 'three'))).toEqual([])
})

test.each([
  ['an unknown tag', { tag: 'XIC-99' }, {}, true],
  ['a field that cannot be changed', { field: 'OUT' as const }, {}, true],
  ['no link to field-io', {}, {}, false],
  ['a paused plant', {}, { pace: { paused: true, factor: 1, achieved: 0 } }, true],
])('%s: refused with a reason and a line in the journal, nothing is sent', (_, change, where, up) => {
  const m = createCommandMachine(5, site(where))
  onCommandEvent(m, { type: 'link', now_ms: 0, up })
  const effects = submit(m, 'a', change)
  expect(effects.map((e) => e.type)).toEqual(['journal-note', 'tell'])
  expect(told(effects)[0]).toMatchObject({ state: 'refused', reason: expect.stringMatching(/.{10}/) })
})

test('a refusal that does not close the number is final only while no other copy is on its way', () => {
  const full = { outcome: OUTCOME.refused, refusal: REFUSAL.notRecorded }
  const one = connected()
  const first = sent(submit(one, 'a'))[0]!
  expect(told(onCommandEvent(one, { type: 'result', result: { station: 0, seq: first.seq, ...full } }))[0]!.state).toBe(
    'refused',
  )
  const two = connected()
  const { seq } = sent(submit(two, 'a'))[0]!
  onCommandEvent(two, { type: 'tick', now_ms: RESEND_MS })
  expect(onCommandEvent(two, { type: 'result', result: { station: 0, seq, ...full } })).toEqual([])
  const asked = sent(onCommandEvent(two, { type: 'tick', now_ms: 2 * RESEND_MS }))
  expect(asked).toEqual([expect.objectContaining({ seq, kind: COMMAND_KIND.void })])
})

test('every refusal of the controllers has its own words', () => {
  const reasons = Object.values(REFUSAL).map((refusal) => {
    const m = connected()
    const { seq } = sent(submit(m, 'a'))[0]!
    const result = { station: 0, seq, outcome: OUTCOME.refused, refusal }
    return told(onCommandEvent(m, { type: 'result', result }))[0]!.reason
  })
  expect(new Set(reasons).size).toBe(Object.keys(REFUSAL).length)
})

// ---------------------------------------------------------------- exactly once, under every fault that the wire and restarts make

/** field-io and controllers of the model: one number a station is remembered with its answer, older ones are dead. */
interface Model {
  readonly last: Map<number, CommandResult>
  readonly applied: number[]
  n: number
  /** The disk of field-io is full: it refuses, and remembers nothing of it. */
  full: boolean
}

function execute(model: Model, c: Command): CommandResult | undefined {
  const last = model.last.get(c.station)
  if (last !== undefined && c.seq === last.seq) return last
  if (last !== undefined && c.seq < last.seq) return undefined
  if (model.full) return { station: c.station, seq: c.seq, outcome: OUTCOME.refused, refusal: REFUSAL.notRecorded }
  const late = model.n > c.n + c.ttl_ticks
  const outcome = c.kind === COMMAND_KIND.void ? OUTCOME.voided : late ? OUTCOME.expired : OUTCOME.applied
  if (outcome === OUTCOME.applied) model.applied.push(c.seq)
  const result = { station: c.station, seq: c.seq, outcome, refusal: 0 }
  model.last.set(c.station, result)
  return result
}

interface World {
  machine: CommandMachine
  now_ms: number
  session: number
  readonly model: Model
  /** The disk of field-io fills up in this run. */
  readonly disk_fails: boolean
  readonly toField: Command[]
  readonly toGateway: CommandResult[]
  /** The journal: survives a restart. */
  readonly open: Map<number, OpenCommand>
  readonly everOpened: Map<number, string>
  readonly closed: Map<number, CommandStateText['state'][]>
  readonly texts: Map<string, CommandStateText['state'][]>
}

type Action =
  | { readonly do: 'submit'; readonly station: number; readonly effects: number; readonly journal: boolean }
  | { readonly do: 'field' | 'gateway'; readonly at: number; readonly fate: 'deliver' | 'double' | 'lose' }
  | { readonly do: 'time'; readonly ms: number }
  | { readonly do: 'scan'; readonly ticks: number }
  | { readonly do: 'restart' }
  | { readonly do: 'disk'; readonly full: boolean }
  | { readonly do: 'link'; readonly up: boolean }

const action: fc.Arbitrary<Action> = fc.oneof(
  // effects 1: the gateway is killed between journal and wire.
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      station: fc.nat(1),
      effects: fc.constantFrom(1, 9, 9, 9),
      journal: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('field' as const, 'gateway' as const),
      at: fc.nat(20),
      fate: fc.constantFrom('deliver' as const, 'deliver' as const, 'double' as const, 'lose' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.constantFrom(250, 1000, 6000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('scan' as const), ticks: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disk' as const), full: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('link' as const), up: fc.boolean() }) },
)

function feed(w: World, event: CommandEvent, effects_max = Infinity, journal_works = true): void {
  let count = 0
  for (const e of onCommandEvent(w.machine, event)) {
    if (count++ >= effects_max) {
      restart(w)
      return
    }
    if (e.type === 'journal-open') {
      if (!journal_works) {
        feed(w, { type: 'journal-failed', seq: e.command.seq })
        return
      }
      w.open.set(e.command.seq, e.command)
      w.everOpened.set(e.command.seq, e.command.id)
    } else if (e.type === 'send') {
      if (!w.everOpened.has(e.command.seq)) throw new Error('sent before it was journalled')
      w.toField.push(e.command)
    } else if (e.type === 'journal-closed') {
      w.open.delete(e.command.seq)
      w.closed.set(e.command.seq, [...(w.closed.get(e.command.seq) ?? []), e.state])
    } else if (e.type === 'tell') {
      w.texts.set(e.text.id, [...(w.texts.get(e.text.id) ?? []), e.text.state])
    }
  }
}

function restart(w: World): void {
  w.session++
  w.machine = createCommandMachine(w.session, site())
  feed(w, { type: 'resume', now_ms: w.now_ms, commands: [...w.open.values()] })
  feed(w, { type: 'link', now_ms: w.now_ms, up: true })
}

function toField(w: World, c: Command): void {
  const result = execute(w.model, c)
  if (result !== undefined) w.toGateway.push(result)
}

function act(w: World, a: Action, id: string): void {
  if (a.do === 'submit') {
    const text = command(id, { n: w.model.n })
    feed(w, { type: 'submit', now_ms: w.now_ms, station_name: `OS-${a.station}`, command: text }, a.effects, a.journal)
  } else if (a.do === 'time') {
    w.now_ms += a.ms
    feed(w, { type: 'tick', now_ms: w.now_ms })
  } else if (a.do === 'scan') w.model.n += a.ticks
  else if (a.do === 'restart') restart(w)
  else if (a.do === 'disk') w.model.full = a.full
  else if (a.do === 'link') feed(w, { type: 'link', now_ms: w.now_ms, up: a.up })
  else if (a.do === 'field' && w.toField.length > 0) {
    const at = a.at % w.toField.length
    const c = w.toField[at]!
    // A stream of bytes doubles nothing by itself: a copy that outlives a refusal comes from asking again only.
    if (a.fate !== 'double' || w.disk_fails) w.toField.splice(at, 1)
    if (a.fate !== 'lose') toField(w, c)
  } else if (a.do === 'gateway' && w.toGateway.length > 0) {
    const at = a.at % w.toGateway.length
    const result = w.toGateway[at]!
    if (a.fate !== 'double') w.toGateway.splice(at, 1)
    if (a.fate !== 'lose') feed(w, { type: 'result', result })
  }
}

test('[R2-1] whatever is lost, doubled, late or restarted: each command is closed once, with what really happened', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 150 }), (actions) => {
      const w: World = {
        machine: createCommandMachine(1, site()),
        now_ms: 0,
        session: 1,
        model: { last: new Map(), applied: [], n: 100, full: false },
        disk_fails: actions.some((a) => a.do === 'disk'),
        toField: [],
        toGateway: [],
        open: new Map(),
        everOpened: new Map(),
        closed: new Map(),
        texts: new Map(),
      }
      feed(w, { type: 'link', now_ms: 0, up: true })
      actions.forEach((a, i) => {
        act(w, a, `c${i}`)
      })
      // The faults end; a few seconds later everything is answered.
      w.model.full = false
      feed(w, { type: 'link', now_ms: w.now_ms, up: true })
      for (let round = 0; round < 8; round++) {
        for (const c of w.toField.splice(0)) toField(w, c)
        for (const result of w.toGateway.splice(0)) feed(w, { type: 'result', result })
        w.now_ms += RESEND_MS
        feed(w, { type: 'tick', now_ms: w.now_ms })
      }
      expect(new Set(w.model.applied).size).toBe(w.model.applied.length)
      for (const [seq, id] of w.everOpened) {
        const said = w.closed.get(seq) ?? []
        expect([seq, said.length]).toEqual([seq, 1])
        expect(said[0] === 'applied').toBe(w.model.applied.includes(seq))
        expect(w.texts.get(id)?.at(-1)).toBe(said[0])
      }
      expect(w.model.applied.filter((seq) => !w.everOpened.has(seq))).toEqual([])
      expect(w.machine.open.size).toBe(0)
    }),
    { numRuns: 500 },
  )
})
