/**
 * What a safety system must do, worked out a third time: from the text of the requirements and the matrix, by another hand than both
 * evaluators, in words and sets. Slow and plain, for tests that ask of each scan whether the solver did what the matrix says.
 *
 * It knows no bypass, no force and no override: none is asked for in these tests. It sees the frames that the solver sees.
 */
import type { CauseConfig, Condition, EffectConfig, SisConfig } from '../../safety/core/config.ts'
import type { SisInputs } from '../../safety/core/inputs.ts'

export type EffectState = 'normal' | 'delayed' | 'tripped' | 'no permit' | 'ready' | 'waits for start'

export interface Expectation {
  /** One scan. `asked`: ids of effects or sequences that a person asked for over the secure path, with the verb before them. */
  scan(inputs: SisInputs, now: number, asked?: ReadonlySet<string>): void
  /** Forgets everything: as after power-up. */
  powerUp(): void
  save(): unknown
  load(saved: unknown): void
  readonly active: ReadonlySet<string>
  /** Causes that are not active but whose inputs are not all good. */
  readonly unhealthy: ReadonlySet<string>
  /** Elements whose solenoid must be without current. */
  readonly off: ReadonlySet<string>
  readonly states: ReadonlyMap<string, EffectState>
  readonly firstOut: ReadonlyMap<string, ReadonlySet<string>>
  readonly steps: ReadonlyMap<string, string>
}

interface Channel {
  readonly counts: number
  readonly closed: boolean
  readonly bad: boolean
}

const MA_DEAD = 3.6
const MA_ALARM = 21
const NOTHING: ReadonlySet<string> = new Set()

/** @throws RangeError where a set point in counts is not the one in engineering units, or a feature is beyond this evaluator */
export function createExpectation(config: SisConfig): Expectation {
  const scansOf = (ms: number): number => Math.ceil(ms / config.scan_ms)
  const transmitterAt = new Map(config.transmitters.map((t, i) => [t.tag, i]))
  const contactAt = new Map(config.contacts.map((c, i) => [c.tag, i]))
  const elementAt = new Map(config.elements.map((e, i) => [e.tag, i]))
  const ownerOf = new Map(config.effects.flatMap((e) => e.outputs.map((tag) => [tag, e] as const)))
  const limits = new Map(config.causes.map((c) => [c.id, limitOf(config, c)]))

  let last = Number.NaN
  let heard = Number.NaN
  let seq = -1
  let voting = new Set<string>()
  /** Since when: votes of a cause in one piece, off-delays and pulses, cells, effects' delays, bad inputs, outputs. */
  let since = new Map<string, number>()
  let wasVoted = new Set<string>()
  let pressedBefore = new Map<string, boolean>()
  let stored = new Set<string>()
  let active = new Set<string>()
  let unhealthy = new Set<string>()
  let off = new Set<string>()
  let secondary = new Set<string>()
  let entered = new Set<string>()
  let states = new Map<string, EffectState>()
  let firstOut = new Map<string, ReadonlySet<string>>()
  let steps = new Map<string, string>()
  let stepSince = new Map<string, number>()

  const powerUp = (): void => {
    last = Number.NaN
    heard = Number.NaN
    seq = -1
    voting = new Set()
    since = new Map()
    wasVoted = new Set()
    pressedBefore = new Map(config.contacts.map((c) => [c.tag, true]))
    stored = new Set(config.effects.map((e) => e.id))
    active = new Set()
    unhealthy = new Set()
    off = new Set(config.elements.map((e) => e.tag))
    secondary = new Set()
    entered = new Set()
    states = new Map(config.effects.map((e) => [e.id, 'tripped']))
    firstOut = new Map(config.effects.map((e) => [e.id, NOTHING]))
    steps = new Map(config.sequences.map((s) => [s.id, s.steps[0]!.id]))
    stepSince = new Map()
  }
  powerUp()

  /** Scans for which a thing has been so, this one being 0; the mark is taken away when it is not. */
  const lasted = (mark: string, is: boolean, now: number): number => {
    if (!is) {
      since.delete(mark)
      return -1
    }
    if (!since.has(mark)) since.set(mark, now)
    return now - since.get(mark)!
  }

  const scan = (inputs: SisInputs, now: number, asked: ReadonlySet<string> = NOTHING): void => {
    const gap = Number.isNaN(last) ? 1 : now - last
    last = now
    if (inputs.frame === 1 && inputs.seq !== seq) {
      seq = inputs.seq
      heard = now
    }
    for (const s of config.sequences) if (!stepSince.has(s.id)) stepSince.set(s.id, now)
    const silence = Number.isNaN(heard) ? Number.POSITIVE_INFINITY : now - heard
    const stale = silence > scansOf(config.stale_ms)
    // The key: in PROGRAM the logic goes on, any other position than the configuration's own trips.
    const wrongKey = inputs.key !== 1 && inputs.key !== (config.mode === 'RUN' ? 0 : 2)
    const fault =
      silence > scansOf(config.link_timeout_ms) ||
      gap < 1 ||
      gap > scansOf(config.watchdog_ms) ||
      wrongKey ||
      inputs.faults !== 0

    const channel = (tag: string): Channel => {
      const t = transmitterAt.get(tag)
      const c = contactAt.get(tag)
      const line = inputs.line[t ?? config.transmitters.length + (c ?? 0)] !== 0
      if (t !== undefined) {
        const counts = inputs.counts[t]!
        const mA = counts / config.counts_per_mA
        return { counts, closed: false, bad: stale || line || mA <= MA_DEAD || mA >= MA_ALARM }
      }
      const value = inputs.contacts[c!]!
      const bad = stale || line || (value !== 0 && value !== 1)
      return { counts: 0, closed: !bad && value === 1, bad }
    }
    const closed = (tag: string | undefined, otherwise: boolean): boolean =>
      tag === undefined ? otherwise : channel(tag).closed

    // Votes and causes.
    active = new Set()
    unhealthy = new Set()
    for (const cause of config.causes) {
      let votes = 0
      let bad = 0
      for (const tag of cause.inputs) {
        const input = channel(tag)
        const mark = `${cause.id} ${tag}`
        const raw = inputs.contacts[contactAt.get(tag) ?? -1]
        const vote =
          'contact' in cause.trip
            ? raw === (cause.trip.contact === 'opens' ? 0 : 1)
            : limits.get(cause.id)!.votes(input.counts, voting.has(mark))
        if (vote) voting.add(mark)
        else voting.delete(mark)
        if (input.bad) bad++
        else if (vote) votes++
      }
      const badFor = lasted(`${cause.id} is bad`, bad > 0, now)
      const badVotes =
        cause.on_bad === 'vote_trip' ||
        (cause.on_bad === 'ignore' && cause.bad_hold_ms !== undefined && badFor >= scansOf(cause.bad_hold_ms))
      const voted = votes + (badVotes ? bad : 0) >= votesNeeded(cause)
      const tooFew = cause.inputs.length - bad < votesNeeded(cause) && !badVotes
      const timed = timeOf(cause, voted, now)
      const armed = cause.armed === undefined || cause.armed.steps.includes(steps.get(cause.armed.sequence)!)
      const masked = !armed || closed(cause.inhibit, false)
      if (timed && !masked) active.add(cause.id)
      if (!masked && (bad > 0 || tooFew)) unhealthy.add(cause.id)
    }

    // Effects.
    const stepTrips = entered
    for (const effect of config.effects) judge(effect, now, fault, stepTrips, channel, asked, inputs)
    runSequences(now, channel, asked, inputs)
    drive(now, fault, closed, inputs)
    for (const c of config.contacts) {
      const input = channel(c.tag)
      if (!input.bad) pressedBefore.set(c.tag, input.closed)
    }
  }

  const timeOf = (cause: CauseConfig, voted: boolean, now: number): boolean => {
    const before = wasVoted.has(cause.id)
    if (voted) wasVoted.add(cause.id)
    else wasVoted.delete(cause.id)
    if (cause.time === undefined) return voted
    const span = scansOf(cause.time.ms)
    const mark = `${cause.id} time`
    if (cause.time.kind === 'on_delay') return lasted(mark, voted, now) >= span
    if (voted && (cause.time.kind === 'off_delay' || !before)) since.set(mark, now)
    const began = since.get(mark)
    if (began === undefined) return false
    return cause.time.kind === 'off_delay' ? now - began <= span : now - began < span
  }

  const judge = (
    effect: EffectConfig,
    now: number,
    fault: boolean,
    stepTrips: ReadonlySet<string>,
    channel: (tag: string) => Channel,
    asked: ReadonlySet<string>,
    inputs: SisInputs,
  ): void => {
    const cells = config.matrix.filter((cell) => cell.effect === effect.id)
    const counting = new Set<string>()
    for (const cell of cells) {
      const lastedFor = lasted(`${cell.cause} ${effect.id} cell`, active.has(cell.cause), now)
      if (lastedFor >= scansOf(cell.delay_ms ?? 0)) counting.add(cell.cause)
    }
    // Cells of one group act together, when enough of them do; a cell without a group is one of its own.
    const acting = cells.filter((cell) => {
      if (!counting.has(cell.cause)) return false
      if (cell.group === undefined) return true
      const together = cells.filter((other) => other.group === cell.group && counting.has(other.cause))
      return together.length >= Math.max(...cells.filter((o) => o.group === cell.group).map((o) => o.n ?? 1))
    })
    const forced = secondary.has(effect.id) || stepTrips.has(effect.id)
    const demand = acting.length > 0 || forced
    const mustReset = forced || fault || acting.some((cell) => cell.code === 'S' || cell.code === 'R')
    if (mustReset) stored.add(effect.id)
    const clear = !cells.some((cell) => active.has(cell.cause) || unhealthy.has(cell.cause))
    const permit =
      (effect.reset_permit === undefined || channel(effect.reset_permit).closed) && inputs.start_blocked === 0
    const button =
      effect.reset !== undefined && channel(effect.reset).closed && pressedBefore.get(effect.reset) === false
    const reset = button || asked.has(`reset ${effect.id}`)
    const begin =
      asked.has(`start ${effect.id}`) &&
      (effect.start_permit === undefined || channel(effect.start_permit).closed) &&
      inputs.start_blocked === 0
    const state = states.get(effect.id)!
    if (state === 'normal') since.set(`${effect.id} delay`, now)
    const delayed = now - (since.get(`${effect.id} delay`) ?? now) < scansOf(effect.delay_ms ?? 0)

    let next: EffectState = state
    if (fault) next = 'tripped'
    else if (state === 'normal' || state === 'delayed') {
      const goes = demand || (state === 'delayed' && stored.has(effect.id))
      next = !goes ? 'normal' : delayed ? 'delayed' : 'tripped'
    } else if (demand) next = 'tripped'
    else if (state === 'tripped' && !stored.has(effect.id)) next = 'normal'
    else if (!clear) next = 'tripped'
    else if (state === 'waits for start') next = begin ? 'normal' : state
    else if (!permit) next = 'no permit'
    else if (state === 'ready' && reset) next = effect.start === 'command' ? 'waits for start' : 'normal'
    else next = 'ready'

    if (state === 'normal' && next !== 'normal') firstOut.set(effect.id, counting)
    if (next === 'normal') {
      stored.delete(effect.id)
      firstOut.set(effect.id, NOTHING)
    }
    states.set(effect.id, next)
  }

  const runSequences = (
    now: number,
    channel: (tag: string) => Channel,
    asked: ReadonlySet<string>,
    inputs: SisInputs,
  ): void => {
    entered = new Set()
    for (const sequence of config.sequences) {
      const at = steps.get(sequence.id)!
      const step = sequence.steps.find((s) => s.id === at)!
      const age = now - stepSince.get(sequence.id)!
      const tripped = sequence.on_trip.effects.some((id) => states.get(id) !== 'normal')
      const holds = (c: Condition): boolean => conditionOf(c, sequence.id, age, channel, asked, inputs)
      let next = at
      if (tripped && at !== sequence.on_trip.to) next = sequence.on_trip.to
      else {
        const move = step.go.find((m) => m.when.every(holds))
        if (move !== undefined) next = move.to
        else if (step.timeout !== undefined && age >= scansOf(step.timeout.ms)) next = step.timeout.to
      }
      if (next === at) continue
      steps.set(sequence.id, next)
      stepSince.set(sequence.id, now)
      for (const id of sequence.steps.find((s) => s.id === next)!.trips ?? []) entered.add(id)
    }
  }

  const conditionOf = (
    c: Condition,
    sequence: string,
    age: number,
    channel: (tag: string) => Channel,
    asked: ReadonlySet<string>,
    inputs: SisInputs,
  ): boolean => {
    if ('contact' in c) {
      const input = channel(c.contact)
      return !input.bad && input.closed === (c.is === 'closed')
    }
    if ('transmitter' in c) {
      const input = channel(c.transmitter)
      const t = config.transmitters[transmitterAt.get(c.transmitter)!]!
      const limit = Math.round((4 + (16 * (c.at - t.lo)) / (t.hi - t.lo)) * config.counts_per_mA)
      return !input.bad && (c.is === 'above' ? input.counts >= limit : input.counts <= limit)
    }
    if ('cause' in c) return active.has(c.cause) === (c.is === 'active')
    if ('effect' in c) return (states.get(c.effect) === 'normal') === (c.is === 'normal')
    if ('element' in c) {
      const { safe, normal } = switchesOf(c.element, inputs)
      return c.is === 'safe' ? safe && !normal : normal && !safe
    }
    if ('command' in c) return asked.has(`${c.command} ${sequence}`)
    return age >= scansOf(c.after_ms)
  }

  const switchesOf = (tag: string, inputs: SisInputs): { safe: boolean; normal: boolean } => {
    const i = elementAt.get(tag)!
    const open = inputs.open[i] === 1
    const shut = inputs.closed[i] === 1
    return config.elements[i]!.energised === 'open' ? { safe: shut, normal: open } : { safe: open, normal: shut }
  }

  const drive = (
    now: number,
    fault: boolean,
    closed: (tag: string | undefined, otherwise: boolean) => boolean,
    inputs: SisInputs,
  ): void => {
    const before = off
    off = new Set()
    secondary = new Set()
    for (const element of config.elements) {
      const effect = ownerOf.get(element.tag)
      if (effect === undefined) continue
      const state = states.get(effect.id)
      const step =
        effect.sequence === undefined
          ? undefined
          : config.sequences
              .find((s) => s.id === effect.sequence)!
              .steps.find((s) => s.id === steps.get(effect.sequence!))!
      const wanted =
        (state === 'normal' || state === 'delayed') &&
        closed(effect.follows, true) &&
        (step === undefined || step.releases.includes(effect.id))
      const for_scans = lasted(`${element.tag} off`, !wanted, now)
      const waits = !before.has(element.tag) && !fault && for_scans < scansOf(element.delay_ms ?? 0)
      if (!wanted && !waits) off.add(element.tag)
      const late = for_scans > scansOf(element.confirm_ms) + scansOf(element.delay_ms ?? 0)
      if (late && !switchesOf(element.tag, inputs).safe && element.secondary !== undefined)
        secondary.add(element.secondary)
    }
  }

  type Memory = ReturnType<typeof memory>
  const memory = () => ({
    last,
    heard,
    seq,
    voting,
    since,
    wasVoted,
    pressedBefore,
    stored,
    active,
    unhealthy,
    off,
    secondary,
    entered,
    states,
    firstOut,
    steps,
    stepSince,
  })

  return {
    scan,
    powerUp,
    save: () => copyOf(memory()),
    load(saved) {
      const m = copyOf(saved as Memory)
      ;({ last, heard, seq, voting, since, wasVoted, pressedBefore, stored } = m)
      ;({ active, unhealthy, off, secondary, entered, states, firstOut, steps, stepSince } = m)
    },
    get active() {
      return active
    },
    get unhealthy() {
      return unhealthy
    },
    get off() {
      return off
    },
    get states() {
      return states
    },
    get firstOut() {
      return firstOut
    },
    get steps() {
      return steps
    },
  }
}

/** Sets and maps are changed in place, what stands in them never is. */
const copyOf = <T extends object>(memory: T): T =>
  Object.fromEntries(
    Object.entries(memory).map(([name, value]) => [
      name,
      value instanceof Map ? new Map(value) : value instanceof Set ? new Set(value) : value,
    ]),
  ) as T

export const votesNeeded = (cause: CauseConfig): number =>
  cause.vote === 'AND' ? cause.inputs.length : cause.vote === 'OR' ? 1 : cause.vote

/** The comparator of an analog cause, in counts; the dead band delays clearing only. */
function limitOf(
  config: SisConfig,
  cause: CauseConfig,
): { readonly votes: (counts: number, before: boolean) => boolean } {
  const { trip } = cause
  if ('contact' in trip) return { votes: () => false }
  const high = 'above' in trip
  for (const tag of cause.inputs) {
    const t = config.transmitters.find((x) => x.tag === tag)!
    const share = ((high ? trip.above : trip.below) - t.lo) / (t.hi - t.lo)
    const counts = config.counts_per_mA * 4 + share * config.counts_per_mA * 16
    if (Math.abs(counts - trip.counts) > 1)
      throw new RangeError(`${cause.id}: the set point is ${counts} counts of ${tag}, not ${trip.counts}`)
  }
  const { lo, hi } = config.transmitters.find((x) => x.tag === cause.inputs[0])!
  const band = Math.round(((cause.dead_band ?? 0) / (hi - lo)) * 16 * config.counts_per_mA)
  return {
    votes: (counts, before) =>
      high
        ? counts >= trip.counts || (before && counts >= trip.counts - band)
        : counts <= trip.counts || (before && counts <= trip.counts + band),
  }
}
