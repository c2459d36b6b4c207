/**
 * All that may reach a machine in one scan, as lists: values of its inputs, and what surrounds them.
 *
 * A surrounding is one choice in each dimension: frame, link, key and clock, contacts, switches, request. Where the machine's state
 * cannot tell two choices from each other, only the usual one is carried out: `needs` names the states that can.
 */
import { COMMAND, KEY } from '../core/codes.ts'
import { addCommand, type SisInputs } from '../core/inputs.ts'
import { SLOTS, type Tables } from '../core/tables.ts'
import type { Cut } from './prove-cut.ts'

/** What holds in a state, bits. A choice that needs some of them is usual in all other states. */
export const HOLDS = { bypass: 1, force: 2, latched: 4, forcedTrip: 8, off: 16 } as const

export interface Value {
  readonly signal: number
  readonly counts: number
  readonly line: number
  readonly word: string
}

export interface Choice {
  readonly word: string
  readonly needs: number
  apply(inputs: SisInputs): void
}

export interface Surrounding {
  readonly word: string
  /** All of them must be met: bits of `HOLDS` of which the state has one. */
  readonly needs: readonly number[]
  /** Scans since the last: 1, but for gaps and a clock that stands. */
  readonly step: number
  readonly frame: boolean
  /** Index of the request, and of the same surrounding without one: what the end of a bypass is compared with. */
  readonly request: number
  readonly usual: number
  /** May be on the way back to normal operation: nothing is wrong in it. */
  readonly healthy: boolean
  readonly choices: readonly Choice[]
}

export interface Request {
  readonly word: string
  readonly kind: number
  readonly target: number
  readonly channel: number
  readonly papers: boolean
  /** A compensating measure is recorded. */
  readonly compensated: boolean
  readonly needs: number
}

export interface Choices {
  /** Per signal of the causes: the values it takes. The last digit counts fastest. */
  readonly signals: readonly (readonly Value[])[]
  readonly combinations: number
  readonly surroundings: readonly Surrounding[]
  readonly requests: readonly Request[]
  /** Puts the values of combination `k`. */
  applyValues(k: number, inputs: SisInputs): void
  digit(k: number, signal: number): number
}

export function createChoices(cut: Cut, t: Tables): Choices {
  const signals = signalValues(cut, t)
  const divisors: number[] = []
  let combinations = 1
  for (let i = signals.length - 1; i >= 0; i--) {
    divisors[i] = combinations
    combinations *= signals[i]!.length
  }
  const digit = (k: number, i: number): number => Math.floor(k / divisors[i]!) % signals[i]!.length
  const places = Int32Array.from(signals, (values) => values[0]!.signal)
  const counts = new Int32Array(combinations * signals.length)
  const lines = new Uint8Array(combinations * signals.length)
  for (let k = 0; k < combinations; k++)
    for (const [i, values] of signals.entries()) {
      const value = values[digit(k, i)]!
      counts[k * signals.length + i] = value.counts
      lines[k * signals.length + i] = value.line
    }
  const requests = requestsOf(cut, t)
  return {
    signals,
    combinations,
    surroundings: surroundingsOf(cut, t, requests, new Set(signals.map((values) => values[0]!.signal))),
    requests,
    digit,
    applyValues(k, inputs) {
      for (let i = 0; i < signals.length; i++) {
        const signal = places[i]!
        const at = k * signals.length + i
        if (signal < t.transmitters) inputs.counts[signal] = counts[at]!
        else inputs.contacts[signal - t.transmitters] = counts[at]!
        inputs.line[signal] = lines[at]!
      }
    },
  }
}

/** One value of each stretch between the limits of a signal, at its edge; then the signal that cannot be read. */
function signalValues(cut: Cut, t: Tables): Value[][] {
  const { config } = cut
  const used = [...new Set(config.causes.flatMap((c) => c.inputs))]
  return used.map((tag): Value[] => {
    const contact = config.contacts.findIndex((c) => c.tag === tag)
    if (contact >= 0) {
      const signal = t.transmitters + contact
      return [
        { signal, counts: 1, line: 0, word: `${tag} closed` },
        { signal, counts: 0, line: 0, word: `${tag} open` },
        { signal, counts: 1, line: 1, word: `${tag} BAD` },
      ]
    }
    const signal = config.transmitters.findIndex((x) => x.tag === tag)
    // The first count of each stretch, from below.
    const limits = new Set<number>([t.failLow + 1])
    let rises = true
    let byValue = false
    for (const [c, cause] of config.causes.entries())
      for (const [i, input] of cause.inputs.entries()) {
        if (input !== tag) continue
        const slot = c * SLOTS + i
        const above = t.direction[c] === 1
        rises = above
        byValue ||= cause.on_bad === 'use_value'
        limits.add(above ? t.slotTrip[slot]! : t.slotTrip[slot]! + 1)
        if (t.slotTrip[slot] !== t.slotClear[slot]) limits.add(above ? t.slotClear[slot]! : t.slotClear[slot]! + 1)
      }
    const list = [...limits].sort((a, b) => a - b)
    // Of each stretch the count nearest to its neighbour in the trip's direction: there an error of one shows.
    const values = list.map((from, i): Value => {
      const counts = rises ? (i + 1 < list.length ? list[i + 1]! - 1 : from) : i === 0 ? list[1]! - 1 : from
      return { signal, counts, line: 0, word: `${tag} ${counts}` }
    })
    if (!rises) values.reverse()
    const usual = values[0]!
    values.push({ signal, counts: usual.counts, line: 1, word: `${tag} BAD` })
    if (byValue) values.push({ ...values.at(-2)!, line: 1, word: `${tag} BAD, tripping` })
    return values
  })
}

function requestsOf(cut: Cut, t: Tables): Request[] {
  const { config } = cut
  const list: Request[] = [
    { word: '', kind: 0, target: 0, channel: 0, papers: true, compensated: false, needs: 0 },
    {
      word: 'asked: reset',
      kind: COMMAND.reset,
      target: -1,
      channel: 0,
      papers: true,
      compensated: false,
      needs: HOLDS.latched,
    },
  ]
  const add = (
    word: string,
    kind: number,
    target: number,
    channel: number,
    needs: number,
    papers = true,
    compensated = false,
  ): void => {
    list.push({ word, kind, target, channel, papers, compensated, needs })
  }
  for (const [c, cause] of config.causes.entries()) {
    for (const [i, tag] of cause.inputs.entries()) {
      if (t.mosMax[c] === 0 && i > 0) continue
      add(`asked: bypass of ${tag} in ${cause.id}`, COMMAND.mosOn, c, i, 0)
      if (i === 0) add(`asked: bypass of ${tag} in ${cause.id} without a reason`, COMMAND.mosOn, c, i, 0, false)
      if (cause.inputs.length - 1 < t.m[c]!)
        add(`asked: bypass of ${tag} in ${cause.id} with a compensating measure`, COMMAND.mosOn, c, i, 0, true, true)
      if (t.mosMax[c]! > 0) add(`asked: end of the bypass of ${tag} in ${cause.id}`, COMMAND.mosOff, c, i, HOLDS.bypass)
    }
    if (cause.startup !== undefined || (cut.slice === 'requests' && c === 0))
      add(`asked: start-up override of ${cause.id}`, COMMAND.startupOverride, c, 0, 0)
  }
  for (const [e, effect] of config.effects.entries()) {
    if (effect.start === 'command') add(`asked: start of ${effect.id}`, COMMAND.start, e, 0, HOLDS.latched)
    if (t.overrideMax[e]! > 0) add(`asked: override of ${effect.id}`, COMMAND.effectOverride, e, 0, HOLDS.latched)
    if (cut.slice !== 'requests') continue
    add(`asked: force ${effect.id} to trip`, COMMAND.forceTrip, e, 0, 0)
    add(`asked: end of the forced trip of ${effect.id}`, COMMAND.forceTripOff, e, 0, HOLDS.forcedTrip)
    add(`asked: force ${effect.id} to normal`, COMMAND.forceNormal, e, 0, 0)
    add(`asked: force ${effect.id} to normal without a reason`, COMMAND.forceNormal, e, 0, 0, false)
    add(`asked: end of the force of ${effect.id}`, COMMAND.forceNormalOff, e, 0, HOLDS.force)
  }
  return list
}

const put =
  (field: 'frame' | 'dcs_link' | 'start_blocked', value: number) =>
  (x: SisInputs): void => {
    x[field] = value
  }

/** With a request in the scan the state may tell them apart through it. */
const READS_PERMIT: readonly number[] = [COMMAND.mosOn, COMMAND.forceNormal]

function surroundingsOf(cut: Cut, t: Tables, requests: readonly Request[], inputs: ReadonlySet<number>): Surrounding[] {
  const found: Surrounding[] = []
  const whole = cut.slice === 'requests'
  const frames: Choice[] = [
    { word: '', needs: 0, apply: put('frame', 1) },
    { word: 'no frame', needs: 0, apply: put('frame', 0) },
  ]
  const bypasses = t.mosMax.some((max) => max > 0)
  const links: Choice[] = [
    { word: '', needs: 0, apply: put('dcs_link', 1) },
    ...(whole && bypasses ? [{ word: "control system's link lost", needs: 0, apply: put('dcs_link', 0) }] : []),
  ]
  const station = (word: string, needs: number, key: number, faults: number): Choice => ({
    word,
    needs,
    apply(x) {
      x.key = key
      x.faults = faults
    },
  })
  const keys = (kind: number): Choice[] => [
    station('', 0, t.key, 0),
    ...(whole ? [station('key in PROGRAM', kind === COMMAND.forceNormal ? 0 : HOLDS.force, KEY.program, 0)] : []),
  ]
  /** What a fault must beat: nothing, a reset, a bypass and a force. */
  const beaten: readonly number[] = [0, COMMAND.reset, COMMAND.mosOn, COMMAND.forceNormal]
  const wrong: readonly (readonly [Choice, step: number])[] = [
    [station('another configuration hash', 0, t.key, 2), 1],
    [station('key in a position of another mode', 0, t.key === 0 ? KEY.simulation : KEY.run, 0), 1],
    [station('key in PROGRAM, another configuration hash', 0, KEY.program, 2), 1],
    [station('one scan missed', 0, t.key, 0), 2],
    [station('two scans missed', 0, t.key, 0), 3],
    [station('clock stands', 0, t.key, 0), 0],
  ]
  const contacts = (kind: number): Choice[][] =>
    cut.config.contacts.flatMap((_, i) => (inputs.has(t.transmitters + i) ? [] : [contactChoices(cut, t, i, kind)]))
  const blocks: Choice[] = [
    { word: '', needs: 0, apply: put('start_blocked', 0) },
    ...(whole ? [{ word: 'starts blocked', needs: HOLDS.latched, apply: put('start_blocked', 1) }] : []),
  ]
  // A sequence of the cut goes where these say, or stays.
  const moves = cut.config.sequences.map((sequence, q): Choice[] => {
    const ways = Math.max(0, ...sequence.steps.map((step) => step.go.length))
    const said: readonly (readonly number[])[] = [
      [COMMAND.sequenceStart, COMMAND.sequenceStop],
      [COMMAND.sequenceStart],
      [COMMAND.sequenceStop],
    ]
    return [[], ...said.slice(0, ways)].map((kinds, n) => ({
      word: n === 0 ? '' : `${sequence.id} may take way ${n}`,
      needs: 0,
      apply(x) {
        for (const kind of kinds) addCommand(x, kind, q)
      },
    }))
  })
  const switches = cut.config.elements.map((_, i): Choice[] => switchChoices(cut, t, i))

  const add = (request: number, choices: readonly Choice[], step: number): void => {
    const { kind, target, channel, papers, compensated, needs, word } = requests[request]!
    const asked: Choice = {
      word,
      needs,
      apply(x) {
        x.command_count = 0
        if (kind !== 0) addCommand(x, kind, target, channel, 1, papers ? 1 : 0, papers ? 1 : 0, compensated ? 1 : 0)
      },
    }
    // The request first: it empties the list.
    const all = [asked, ...choices]
    const words = all.map((choice) => choice.word).filter((w) => w !== '')
    const key = choices.map((choice) => choice.word).join('|') + step
    const usual = kind === 0 ? found.length : (unasked.get(key) ?? -1)
    if (kind === 0) unasked.set(key, found.length)
    found.push({
      word: words.join(', '),
      needs: all.map((choice) => choice.needs).filter((n) => n !== 0),
      step,
      frame: !words.includes('no frame'),
      request,
      usual,
      healthy:
        step === 1 &&
        choices.every((c) => c.word === '' || c.word.endsWith('pressed') || c.word.includes('may take way')) &&
        (kind === 0 || HEALTHY_REQUESTS.includes(kind)),
      choices: all,
    })
  }
  const unasked = new Map<string, number>()
  for (const [request, { kind }] of requests.entries()) {
    const around = [...contacts(kind), blocks, ...switches, ...moves]
    for (const choices of product([frames, links, keys(kind), ...around])) add(request, choices, 1)
    if (!whole || !beaten.includes(kind)) continue
    const link = links.slice(0, 1)
    for (const [choice, step] of wrong)
      for (const choices of product([frames.slice(0, 1), link, [choice], ...around])) add(request, choices, step)
  }
  return found
}

const HEALTHY_REQUESTS: readonly number[] = [COMMAND.reset, COMMAND.start, COMMAND.forceTripOff, COMMAND.mosOff]

/** A contact takes both positions where what it does can be seen; one whose closing counts can also be unreadable. */
function contactChoices(cut: Cut, t: Tables, i: number, kind: number): Choice[] {
  const { tag } = cut.config.contacts[i]!
  const stands =
    (value: number, line: number) =>
    (x: SisInputs): void => {
      x.contacts[i] = value
      x.line[t.transmitters + i] = line
    }
  const edge = t.resetContact.includes(i) || t.startupStart.includes(i)
  const opens = t.inhibit.includes(i) || t.startupEnd.includes(i)
  if (edge)
    return [
      { word: '', needs: 0, apply: stands(0, 0) },
      { word: `${tag} pressed`, needs: 0, apply: stands(1, 0) },
      ...(cut.slice === 'requests' ? [{ word: `${tag} BAD`, needs: 0, apply: stands(1, 1) }] : []),
    ]
  if (opens)
    return [
      { word: '', needs: 0, apply: stands(0, 0) },
      { word: `${tag} closed`, needs: 0, apply: stands(1, 0) },
    ]
  const permit = t.permit === i
  const gate = t.resetPermit.includes(i) || t.startPermit.includes(i)
  const always = t.follows.includes(i)
  const asked = permit && READS_PERMIT.includes(kind)
  const needs = always || asked ? 0 : (permit ? HOLDS.bypass | HOLDS.force : 0) | (gate ? HOLDS.latched : 0)
  return [
    { word: '', needs: 0, apply: stands(1, 0) },
    { word: `${tag} open`, needs, apply: stands(0, 0) },
  ]
}

/** Limit switches: the safe position is seen or not. They are read where the element has a second way, and in the slice of the band. */
function switchChoices(cut: Cut, t: Tables, i: number): Choice[] {
  const element = cut.config.elements[i]!
  const seen =
    (safe: number) =>
    (x: SisInputs): void => {
      const open = t.normalOpen[i] === 1 ? 1 - safe : safe
      x.open[i] = open
      x.closed[i] = 1 - open
    }
  const read = cut.slice === 'band' || element.secondary !== undefined
  return [
    { word: '', needs: 0, apply: seen(1) },
    ...(read ? [{ word: `${element.tag} not seen safe`, needs: HOLDS.off, apply: seen(0) }] : []),
  ]
}

function product(lists: readonly (readonly Choice[])[]): Choice[][] {
  return lists.reduce<Choice[][]>((rows, list) => rows.flatMap((row) => list.map((choice) => [...row, choice])), [[]])
}
