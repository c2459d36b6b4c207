/**
 * Every state that a machine can reach, and every scan from each: breadth first, on the evaluator itself.
 *
 * A state is the solver's normal form with the judge's memory. Each scan is carried out by the solver's own code and judged; outcomes
 * that differ in one input or in the end of a bypass are compared (I3); the scans in which nothing is wrong are kept as edges, and at the
 * end every state must lead along them to normal operation (I12).
 */
import { createAlarms, raiseAlarms } from '../core/alarms.ts'
import { LATCH } from '../core/codes.ts'
import { evaluate } from '../core/evaluator.ts'
import { createInputs } from '../core/inputs.ts'
import { createSoe } from '../core/soe.ts'
import { createState, OWN } from '../core/state.ts'
import { createTables, type Tables } from '../core/tables.ts'
import { type Choices, createChoices, HOLDS, type Surrounding } from './prove-choices.ts'
import type { Cut, Slice } from './prove-cut.ts'
import { createNormalForm, FIRST_OUT_MARK, NOW } from './prove-form.ts'
import { type Before, createJudge, RULES } from './prove-judge.ts'
import { createStateSet } from './state-set.ts'

/** What is explored: the solver's code, which a test may replace by one with a planted fault. */
export interface Machine {
  readonly evaluate: typeof evaluate
  readonly raiseAlarms: typeof raiseAlarms
  readonly createTables: (config: Cut['config']) => Tables
}

export const SOLVER: Machine = { evaluate, raiseAlarms, createTables }

/** One scan of a trace. */
export interface Scan {
  readonly values: number
  readonly surrounding: number
}

export interface Violation {
  readonly rule: string
  readonly text: string
  /** Scans from power-up; the last breaks the rule. */
  readonly trace: readonly Scan[]
  /** The scan that the last one is compared with, for I3. */
  readonly other?: Scan
}

export interface Exploration {
  readonly states: number
  readonly transitions: number
  /** Scans from power-up to the last new state. */
  readonly depth: number
  /** All that may reach the machine in one scan, before choices are left out that a state cannot tell apart. */
  readonly inputs: number
  readonly complete: boolean
  readonly violation?: Violation
}

export interface Limits {
  readonly states_max: number
  /** Absent: all. */
  readonly slices?: readonly Slice[]
}

const I3 = RULES.findIndex(([id]) => id === 'I3')
const I12 = RULES.findIndex(([id]) => id === 'I12')

export function explore(cut: Cut, machine: Machine = SOLVER, limits: Limits = { states_max: 20_000_000 }): Exploration {
  const { config } = cut
  const t = machine.createTables(config)
  // Of the tables as they are: a machine with a planted fault is given the same inputs as one without.
  const choices = createChoices(cut, createTables(config))
  const form = createNormalForm(t, cut.slice === 'band')
  const judge = createJudge(config, cut.slice)
  const state = createState(t)
  const powerUp = createState(t)
  const inputs = createInputs(config)
  powerUp.firstOut.fill(FIRST_OUT_MARK)
  const soe = createSoe(16)
  const alarms = createAlarms(t)
  const set = createStateSet(form.width + judge.width)
  const bytes = new Uint8Array(set.width)
  const found = new Uint8Array(set.width)
  const memory = new Uint8Array(Math.max(1, judge.width))
  const nextMemory = new Uint8Array(Math.max(1, judge.width))
  const template = new Int32Array(state.all.length)
  const before: Before = {
    latch: new Int32Array(t.effects),
    step: new Int32Array(t.sequences),
    out: 0,
    sequenceTrip: 0,
  }
  const parents = list()
  const by = list()
  const depths = list()
  const edgeFrom = list()
  const edgeTo = list()
  const goals = list()
  const { combinations, surroundings } = choices
  const pairs = worsePairs(choices, cut)
  const outcomes = surroundings.map((x) => (x.usual >= 0 ? x.usual : -1))
  const kept = new Map<number, Int32Array>()
  for (const usual of new Set(outcomes)) kept.set(usual, new Int32Array(combinations))
  const bypassEnds = surroundings.map((x) => endsBypass(choices, cut, x))
  let transitions = 0
  let depth = 0

  const traceTo = (index: number, last: Scan): Scan[] => {
    const scans = [last]
    for (let i = index; i >= 0; i = parents.at(i))
      scans.unshift({ values: by.at(i) % combinations, surrounding: Math.floor(by.at(i) / combinations) })
    return scans
  }
  const result = (complete: boolean, violation?: Violation): Exploration => ({
    states: set.size,
    transitions,
    depth,
    inputs: combinations * surroundings.length,
    complete,
    ...(violation === undefined ? {} : { violation }),
  })
  const broken = (rule: number, index: number, last: Scan, other?: Scan): Exploration =>
    result(false, {
      rule: RULES[rule]![0],
      text: RULES[rule]![1],
      trace: traceTo(index, last),
      ...(other === undefined ? {} : { other }),
    })

  for (let index = -1; index < set.size; index++) {
    const starts = index < 0
    if (starts) {
      template.set(powerUp.all)
      judge.begin(memory)
    } else {
      set.read(index, bytes)
      form.unpack(bytes, state)
      template.set(state.all)
      for (let i = 0; i < judge.width; i++) memory[i] = bytes[form.width + i]!
    }
    state.all.set(template)
    before.latch.set(state.latch)
    before.step.set(state.step)
    before.out = state.own[OWN.out]!
    before.sequenceTrip = state.own[OWN.sequenceTrip]!
    const holds = starts ? -1 : holdsOf(t, state)
    const level = starts ? 0 : depths.at(index) + 1

    for (let v = 0; v < surroundings.length; v++) {
      const around = surroundings[v]!
      if (starts && around.step !== 1) continue
      let met = true
      for (let i = 0; i < around.needs.length; i++) if ((around.needs[i]! & holds) === 0) met = false
      if (!met) continue
      for (let i = 0; i < around.choices.length; i++) around.choices[i]!.apply(inputs)
      inputs.seq = around.frame ? 1 : 0
      const request = choices.requests[around.request]!
      const out = around.usual === v ? kept.get(v)! : undefined
      const now = NOW - 1 + around.step
      for (let k = 0; k < combinations; k++) {
        choices.applyValues(k, inputs)
        state.all.set(template)
        machine.evaluate(t, state, inputs, now, 0, soe)
        alarms.causes.fill(0)
        machine.raiseAlarms(t, state, alarms, inputs, now, around.step, 0, soe)
        transitions++
        const rule = judge.judge(before, state, alarms.causes, inputs, around, request, memory, nextMemory)
        if (rule !== 0) return broken(rule - 1, index, { values: k, surrounding: v })
        scratch[k] = state.own[OWN.out]!
        form.pack(state, now, found)
        for (let i = 0; i < judge.width; i++) found[form.width + i] = nextMemory[i]!
        const target = set.add(found)
        if (set.added) {
          parents.push(index)
          by.push(v * combinations + k)
          depths.push(level)
          if (level > depth) depth = level
          if (isNormal(t, state)) goals.push(target)
        }
        if (around.healthy && k === 0 && index >= 0 && target !== index) {
          edgeFrom.push(index)
          edgeTo.push(target)
        }
      }
      for (let i = 0; i < pairs.length; i += 2)
        if ((scratch[pairs[i]!]! & ~scratch[pairs[i + 1]!]!) !== 0)
          return broken(I3, index, { values: pairs[i]!, surrounding: v }, { values: pairs[i + 1]!, surrounding: v })
      if (out !== undefined) for (let k = 0; k < combinations; k++) out[k] = scratch[k]!
      else if (bypassEnds[v] && around.usual >= 0) {
        const with_bypass = kept.get(around.usual)!
        for (let k = 0; k < combinations; k++)
          if ((scratch[k]! & ~with_bypass[k]!) !== 0)
            return broken(I3, index, { values: k, surrounding: v }, { values: k, surrounding: around.usual })
      }
      if (set.size > limits.states_max) return result(false)
    }
  }

  const dead = deadState(set.size, edgeFrom, edgeTo, goals)
  if (dead >= 0) {
    const scans = traceTo(parents.at(dead), {
      values: by.at(dead) % combinations,
      surrounding: Math.floor(by.at(dead) / combinations),
    })
    return result(false, { rule: RULES[I12]![0], text: RULES[I12]![1], trace: scans })
  }
  return result(true)
}

/** Outcomes of the scans of one surrounding: there are never more combinations. */
const scratch = new Int32Array(1 << 16)

function holdsOf(t: Tables, s: ReturnType<typeof createState>): number {
  let holds = 0
  if (s.mosSince.some((x) => x >= 0)) holds |= HOLDS.bypass
  if (s.forceSince.some((x) => x >= 0)) holds |= HOLDS.force
  if (s.latch.some((x) => x !== LATCH.normal)) holds |= HOLDS.latched
  if (s.own[OWN.forceTrip] !== 0) holds |= HOLDS.forcedTrip
  if (s.own[OWN.out] !== (1 << t.elements) - 1) holds |= HOLDS.off
  return holds
}

const isNormal = (t: Tables, s: ReturnType<typeof createState>): boolean => {
  for (let e = 0; e < t.effects; e++) if (s.latch[e] !== LATCH.normal || s.forceSince[e]! >= 0) return false
  for (let i = 0; i < t.elements; i++) {
    const sequenced = t.effectSequence[t.elementEffect[i]!]! >= 0
    if (!sequenced && ((s.own[OWN.out]! >>> i) & 1) === 0) return false
  }
  return true
}

/**
 * Pairs of combinations, the worse first, that differ in one input: from clear over the dead band to a vote, and from each of them to
 * BAD where BAD votes. An input that serves two causes in two directions has no worse side.
 */
function worsePairs(choices: Choices, cut: Cut): Int32Array {
  const pairs: number[] = []
  const { causes, transmitters, contacts } = cut.config
  const multiples = choices.signals.map((_, i) =>
    choices.signals.slice(i + 1).reduce((product, values) => product * values.length, 1),
  )
  for (const [i, values] of choices.signals.entries()) {
    const signal = values[0]!.signal
    const tag = signal < transmitters.length ? transmitters[signal]!.tag : contacts[signal - transmitters.length]!.tag
    const using = causes.filter((c) => c.inputs.includes(tag))
    if (using.length !== 1 || using[0]!.on_bad === 'use_value') continue
    const cause = using[0]!
    // Of a contact that trips by closing, the first value is the vote.
    const order = values.map((_, at) => at)
    if ('contact' in cause.trip && cause.trip.contact === 'closes') order.splice(0, 2, 1, 0)
    for (let k = 0; k < choices.combinations; k++)
      for (let a = 0; a < order.length; a++)
        for (let b = a + 1; b < order.length; b++) {
          if (choices.digit(k, i) !== order[a]) continue
          if (order[b] === values.length - 1 && cause.on_bad !== 'vote_trip') continue
          pairs.push(k + (order[b]! - order[a]!) * multiples[i]!, k)
        }
  }
  return Int32Array.from(pairs)
}

/**
 * The end of a bypass releases nothing, but where M fell with the bypass. A reset in the same scan is another matter: a vote that
 * was inhibited by the bypass refuses it, and is whole again without; whether the reset may be taken is for I2 to say.
 */
function endsBypass(choices: Choices, cut: Cut, around: Surrounding): boolean {
  const request = choices.requests[around.request]!
  if (!request.word.includes('end of the bypass') || around.choices.some((c) => c.word.endsWith('pressed')))
    return false
  const cause = cut.config.causes[request.target]!
  return cause.on_bypass === 'keep' && cause.on_bad === 'vote_trip'
}

/** A state from which no healthy scans lead to normal operation, -1 none. */
function deadState(states: number, from: List, to: List, goals: List): number {
  const count = new Int32Array(states + 1)
  for (let i = 0; i < to.length; i++) count[to.at(i) + 1] = count[to.at(i) + 1]! + 1
  for (let i = 0; i < states; i++) count[i + 1] = count[i + 1]! + count[i]!
  const fill = count.slice()
  const sources = new Int32Array(from.length)
  for (let i = 0; i < to.length; i++) {
    const target = to.at(i)
    sources[fill[target]!] = from.at(i)
    fill[target] = fill[target]! + 1
  }
  const alive = new Uint8Array(states)
  const queue: number[] = []
  for (let i = 0; i < goals.length; i++) {
    alive[goals.at(i)] = 1
    queue.push(goals.at(i))
  }
  while (queue.length > 0) {
    const target = queue.pop()!
    for (let i = count[target]!; i < count[target + 1]!; i++) {
      const source = sources[i]!
      if (alive[source] === 1) continue
      alive[source] = 1
      queue.push(source)
    }
  }
  return alive.indexOf(0)
}

interface List {
  readonly length: number
  push(value: number): void
  at(i: number): number
}

/** Numbers in one growing array. */
function list(): List {
  let room = new Int32Array(1024)
  let length = 0
  return {
    get length() {
      return length
    },
    push(value) {
      if (length === room.length) {
        const more = new Int32Array(length * 2)
        more.set(room)
        room = more
      }
      room[length++] = value
    },
    at: (i) => room[i]!,
  }
}
