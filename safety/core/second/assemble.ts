/**
 * From the configuration to instructions: stages 1 to 9 of the scan, written from the requirements a second time.
 *
 * Only the types of configuration and inputs are shared with the first evaluator.
 */
import type { CauseConfig, Condition, SisConfig } from '../config.ts'
import { CODE_WIDTH, IDLE, OP, type Program, STEP } from './machine.ts'
import { latchTable, voteTable } from './tables.ts'

/** Fixed words. */
export const WORD = { no: 0, yes: 1, step: STEP, stale: 3, faults: 4, key: 5, link: 6, blocked: 7 } as const
const FIXED = 8

/** Where the rules of commands find what they act on. Words of objects stand side by side from these on. */
export interface Places {
  readonly mos: number
  readonly startup: number
  readonly stable: number
  readonly forceTrip: number
  readonly force: number
  readonly reset: number
  readonly start: number
  readonly override: number
  readonly sequenceStart: number
  readonly sequenceStop: number
  readonly latch: number
  readonly permitted: number
  readonly view: number
  readonly viewLength: number
}

export function assemble(config: SisConfig): { program: Program; places: Places } {
  const code: number[] = []
  const table: number[] = []
  const start: number[] = new Array(FIXED).fill(0)
  start[WORD.yes] = 1
  const cell = (value = 0): number => start.push(value) - 1
  const cells = (n: number, value = 0): number => {
    const first = start.length
    for (let i = 0; i < n; i++) cell(value)
    return first
  }
  const emit = (op: number, d: number, a = 0, b = 0, c = 0, e = 0): number => {
    code.push(op, d, a, b, c, e)
    return d
  }
  const make = (op: number, a = 0, b = 0, c = 0, e = 0): number => emit(op, cell(), a, b, c, e)
  const any = (list: readonly number[]): number => list.reduce((x, y) => make(OP.or, x, y), WORD.no as number)
  const set = (d: number, list: readonly number[]): void => {
    emit(OP.copy, d, WORD.no)
    for (const x of list) emit(OP.or, d, d, x)
  }
  const scans = (ms: number): number => Math.ceil(ms / config.scan_ms)
  const { transmitters, contacts, elements, causes, effects, sequences, overrides } = config
  const causeAt = (id: string): number => causes.findIndex((c) => c.id === id)
  const effectAt = (id: string): number => effects.findIndex((e) => e.id === id)

  // 2: what can be read, and what contacts say.
  const mA = config.counts_per_mA
  const good = new Map<string, number>()
  const value = new Map<string, number>()
  const closed = new Map<string, number>()
  const rose = new Map<string, number>()
  const readable = (inside: number, line: number): number =>
    make(OP.andNot, make(OP.andNot, inside, make(OP.line, line)), WORD.stale)
  for (const [i, t] of transmitters.entries()) {
    const x = make(OP.counts, i)
    value.set(t.tag, x)
    good.set(t.tag, readable(make(OP.within, x, Math.floor(3.6 * mA), Math.ceil(21 * mA)), i))
  }
  for (const [i, k] of contacts.entries()) {
    const x = make(OP.contact, i)
    const ok = readable(make(OP.within, x, -1, 2), transmitters.length + i)
    value.set(k.tag, x)
    good.set(k.tag, ok)
    closed.set(k.tag, make(OP.and, x, ok))
    rose.set(k.tag, make(OP.rise, closed.get(k.tag)!, cell(1), ok))
  }
  const isClosed = (tag: string | undefined, otherwise: number): number =>
    tag === undefined ? otherwise : (closed.get(tag) ?? WORD.no)

  // 3: comparators, four a cause.
  const vote = cells(causes.length * 4)
  for (const [c, cause] of causes.entries())
    for (const [i, tag] of cause.inputs.entries()) {
      const x = value.get(tag)!
      const { trip } = cause
      if ('contact' in trip) emit(OP.is, vote + 4 * c + i, x, trip.contact === 'opens' ? 0 : 1)
      else {
        const t = transmitters.find((other) => other.tag === tag)!
        const band = Math.round(((cause.dead_band ?? 0) / (t.hi - t.lo)) * 16 * mA)
        if ('above' in trip) emit(OP.above, vote + 4 * c + i, x, trip.counts, trip.counts - band)
        else emit(OP.below, vote + 4 * c + i, x, trip.counts, trip.counts + band)
      }
    }

  // 4: overrides.
  const raw = cells(causes.length)
  const result = cells(causes.length)
  const someBad = cells(causes.length)
  const latch = cells(effects.length, 2)
  const stored = cells(effects.length, 1)
  const places: Places = {
    mos: cells(causes.length * 4, IDLE),
    startup: cells(causes.length, IDLE),
    stable: cells(causes.length, IDLE),
    forceTrip: cells(effects.length),
    force: cells(effects.length, IDLE),
    reset: cells(effects.length),
    start: cells(effects.length),
    override: cells(effects.length),
    sequenceStart: cells(sequences.length),
    sequenceStop: cells(sequences.length),
    latch,
    permitted: isClosed(overrides.permit, WORD.no),
    view: cells(3 + causes.length + effects.length + sequences.length),
    viewLength: 3 + causes.length + effects.length + sequences.length,
  }
  emit(OP.commands, 0)
  for (const [e, effect] of effects.entries())
    if (effect.reset !== undefined) emit(OP.or, places.reset + e, places.reset + e, rose.get(effect.reset)!)
  const noPermit = make(OP.not, places.permitted)
  const lonely = make(OP.stood, make(OP.not, WORD.link), cell(IDLE), scans(overrides.link_loss_ms))
  const endMos = make(OP.or, noPermit, lonely)
  const NEVER = 0x3fffffff
  for (let i = 0; i < causes.length * 4; i++)
    emit(OP.age, places.mos + i, endMos, overrides.at_expiry === 'remove' ? scans(overrides.mos_ms) : NEVER)
  const endForce = make(OP.or, noPermit, make(OP.not, make(OP.is, WORD.key, 1)))
  for (let e = 0; e < effects.length; e++) emit(OP.age, places.force + e, endForce, scans(overrides.force_ms))
  for (const [c, cause] of causes.entries()) {
    const s = cause.startup
    if (s === undefined || cause.manual === true || cause.protects_startup === true) continue
    const timer = places.startup + c
    const stable = places.stable + c
    if (s.start !== undefined) {
      const begins = make(OP.andNot, rose.get(s.start)!, make(OP.runs, timer))
      emit(OP.begin, timer, begins)
      emit(OP.stop, stable, begins)
    }
    const running = make(OP.runs, timer)
    const clear = make(OP.is, result + c, 0)
    const calm = make(OP.andNot, make(OP.andNot, clear, raw + c), someBad + c)
    const runningCalm = make(OP.and, running, calm)
    // The timer of calm is only touched while the override runs.
    const before = make(OP.copy, stable)
    emit(OP.while, stable, runningCalm)
    const settled = make(OP.least, stable, scans(s.stable_ms))
    emit(OP.copy, stable, emit(OP.pick, cell(), running, stable, before))
    emit(OP.age, timer, make(OP.or, settled, isClosed(s.end, WORD.no)), scans(s.ms_max))
  }

  // 5 and 6: votes, time, masks.
  const active: number[] = []
  const unhealthy: number[] = []
  const steps = sequences.flatMap((s) => s.steps.map((step) => `${s.id}/${step.id}`))
  const stepWord = cells(sequences.length)
  for (const [q, s] of sequences.entries()) start[stepWord + q] = steps.indexOf(`${s.id}/${s.steps[0]!.id}`)
  for (const [c, cause] of causes.entries()) {
    const view = places.view + 3 + c
    const n = cause.inputs.length
    const m = votes(cause)
    emit(OP.copy, view, WORD.no)
    const digits = cells(n)
    const bads: number[] = []
    for (const [i, tag] of cause.inputs.entries()) {
      const channel = vote + 4 * c + i
      const ok = good.get(tag)!
      const timer = places.mos + 4 * c + i
      const by_value = cause.on_bad === 'use_value' ? 1 : 0
      emit(OP.digit, digits + i, channel, ok, timer, by_value)
      const out = make(OP.runs, timer)
      const bad = make(OP.andNot, make(OP.not, ok), out)
      bads.push(bad)
      emit(OP.put, view, make(OP.is, digits + i, 1), i)
      emit(OP.put, view, bad, 4 + i)
      emit(OP.put, view, out, 8 + i)
    }
    set(someBad + c, bads)
    const reduce = cause.on_bypass === 'reduce'
    const tableAt = (bad_votes: boolean): number => {
      const at = table.length
      table.push(...voteTable(n, m, bad_votes, reduce))
      return at
    }
    emit(OP.lookup, result + c, digits, 0, n, tableAt(cause.on_bad === 'vote_trip'))
    if (cause.on_bad === 'ignore' && cause.bad_hold_ms !== undefined) {
      const overdue = make(OP.stood, someBad + c, cell(IDLE), scans(cause.bad_hold_ms))
      const strict = make(OP.lookup, digits, 0, n, tableAt(true))
      emit(OP.pick, result + c, overdue, strict, result + c)
    }
    emit(OP.is, raw + c, result + c, 1)
    const kind = cause.time?.kind
    const time = scans(cause.time?.ms ?? 0)
    const timed =
      kind === 'on_delay'
        ? make(OP.stood, raw + c, cell(IDLE), time)
        : kind === 'off_delay'
          ? make(OP.lingers, raw + c, cell(IDLE), time)
          : kind === 'pulse'
            ? make(OP.pulse, raw + c, cell(IDLE), time, cell())
            : raw + c
    const out = [make(OP.runs, places.startup + c), isClosed(cause.inhibit, WORD.no)]
    if (cause.armed !== undefined) {
      const { armed } = cause
      const at = table.length
      for (const name of steps) {
        const [sequence, step] = name.split('/') as [string, string]
        table.push(sequence === armed.sequence && armed.steps.includes(step) ? 1 : 0)
      }
      const q = sequences.findIndex((s) => s.id === armed.sequence)
      out.push(make(OP.not, make(OP.row, stepWord + q, at)))
    }
    const masked = any(out)
    active.push(make(OP.andNot, timed, masked))
    unhealthy.push(make(OP.andNot, make(OP.or, someBad + c, make(OP.is, result + c, 2)), masked))
    emit(OP.put, view, result + c, 12)
    emit(OP.put, view, active[c]!, 14)
    emit(OP.put, view, masked, 15)
    emit(OP.put, view, timed, 16)
  }

  // 7 and 8: the matrix and its latches.
  const latches = table.length
  table.push(...latchTable())
  const sequenceTrip = cells(effects.length)
  const secondary = cells(effects.length)
  const fault = make(OP.not, make(OP.is, WORD.faults, 0))
  for (const [e, effect] of effects.entries()) {
    const own = config.matrix.filter((x) => x.effect === effect.id)
    const live = own.map((x) => active[causeAt(x.cause)]!)
    const counting = own.map((x, i) =>
      x.delay_ms === undefined ? live[i]! : make(OP.stood, live[i]!, cell(IDLE), scans(x.delay_ms)),
    )
    const groups = new Map<string, number[]>()
    for (const [i, x] of own.entries()) {
      const key = x.group === undefined ? `${x.cause} alone` : x.group
      groups.set(key, [...(groups.get(key) ?? []), i])
    }
    const reached = (codes: string, words: readonly number[]): number =>
      any(
        [...groups.values()]
          .filter((members) => codes.includes(own[members[0]!]!.code))
          .map((members) => {
            const sum = members.reduce((x, i) => make(OP.add, x, words[i]!), WORD.no as number)
            return make(OP.least, sum, own[members[0]!]!.n ?? 1)
          }),
      )
    const instant = make(OP.or, fault, places.forceTrip + e)
    const fixed = reached('NS', counting)
    const timer = cell(IDLE)
    const snaps = own.map(() => cell())
    let rested: number = WORD.no
    if (effect.override_ms_max !== undefined && effect.override_ms_max > 0) {
      const byV = reached('V', counting)
      const byR = reached('R', counting)
      const was = make(OP.runs, timer)
      const fresh = any(live.map((x, i) => make(OP.andNot, x, snaps[i]!)))
      for (const [i, x] of live.entries()) emit(OP.and, snaps[i]!, snaps[i]!, x)
      const over = any([fresh, make(OP.not, any(snaps)), instant])
      emit(OP.age, timer, over, scans(effect.override_ms_max))
      const ready = make(OP.andNot, make(OP.andNot, make(OP.is, latch + e, 2), make(OP.or, instant, fixed)), was)
      rested = make(OP.and, make(OP.and, byR, places.reset + e), ready)
      const asked = make(OP.and, make(OP.andNot, byV, byR), places.override + e)
      const begins = make(OP.or, rested, make(OP.and, asked, ready))
      for (const [i, x] of live.entries()) emit(OP.pick, snaps[i]!, begins, x, snaps[i]!)
      // Began now: nothing has passed yet.
      emit(OP.pick, timer, begins, WORD.no, timer)
      const idle = make(OP.not, make(OP.runs, timer))
      for (const snap of snaps) emit(OP.andNot, snap, snap, idle)
    }
    const open = counting.map((x, i) => make(OP.andNot, x, snaps[i]!))
    const soft = reached('VR', open)
    const others = make(OP.or, secondary + e, sequenceTrip + e)
    const keeps = any([reached('S', counting), reached('R', open), others, instant])
    emit(OP.andNot, stored + e, stored + e, rested)
    emit(OP.or, stored + e, stored + e, keeps)
    const demand = any([fixed, soft, others])
    const trouble = own.map((x, i) => make(OP.andNot, make(OP.or, live[i]!, unhealthy[causeAt(x.cause)]!), snaps[i]!))
    const clear = make(OP.not, any(trouble))
    const permit = make(OP.andNot, isClosed(effect.reset_permit, WORD.yes), WORD.blocked)
    const begin = make(OP.and, places.start + e, isClosed(effect.start_permit, WORD.yes))
    const mayStart = make(OP.andNot, begin, WORD.blocked)
    const bits = make(OP.copy, WORD.no)
    const elapsed = cell()
    const atNormal = make(OP.is, latch + e, 0)
    emit(OP.add, elapsed, elapsed, WORD.step)
    emit(OP.pick, elapsed, atNormal, WORD.no, elapsed)
    const waited = make(OP.least, elapsed, scans(effect.delay_ms ?? 0))
    const direct = effect.start === 'with_reset' ? WORD.yes : WORD.no
    const inputs = [instant, demand, stored + e, waited, clear, permit, places.reset + e, direct, mayStart]
    for (const [i, x] of inputs.entries()) emit(OP.put, bits, x, i)
    emit(OP.row2, latch + e, latch + e, bits, latches)
    emit(OP.andNot, stored + e, stored + e, make(OP.is, latch + e, 0))
    emit(OP.stop, places.force + e, make(OP.or, demand, instant))
    const view = places.view + 3 + causes.length + e
    emit(OP.copy, view, latch + e)
    emit(OP.put, view, stored + e, 3)
    emit(OP.put, view, make(OP.runs, places.force + e), 4)
    emit(OP.put, view, make(OP.runs, timer), 5)
    emit(OP.put, view, places.forceTrip + e, 6)
  }

  // 9: sequences, then outputs.
  for (let e = 0; e < effects.length; e++) emit(OP.copy, sequenceTrip + e, WORD.no)
  const switches = elements.map((_, i) => [make(OP.opened, i), make(OP.closed, i)] as const)
  const safe = elements.map((x, i) => switches[i]![x.energised === 'open' ? 1 : 0])
  const normal = elements.map((x, i) => switches[i]![x.energised === 'open' ? 0 : 1])
  for (const [q, s] of sequences.entries()) {
    const time = cell(-1)
    emit(OP.add, time, time, WORD.step)
    const holds = (x: Condition): number => {
      if ('contact' in x) {
        const ok = good.get(x.contact)!
        return x.is === 'closed' ? closed.get(x.contact)! : make(OP.andNot, ok, closed.get(x.contact)!)
      }
      if ('transmitter' in x) {
        const t = transmitters.find((other) => other.tag === x.transmitter)!
        const limit = Math.round((4 + (16 * (x.at - t.lo)) / (t.hi - t.lo)) * mA)
        const y = value.get(x.transmitter)!
        return make(OP.and, make(x.is === 'above' ? OP.least : OP.most, y, limit), good.get(x.transmitter)!)
      }
      if ('cause' in x) return x.is === 'active' ? active[causeAt(x.cause)]! : make(OP.not, active[causeAt(x.cause)]!)
      if ('effect' in x) {
        const at_normal = make(OP.is, latch + effectAt(x.effect), 0)
        return x.is === 'normal' ? at_normal : make(OP.not, at_normal)
      }
      if ('element' in x) {
        const i = elements.findIndex((other) => other.tag === x.element)
        return x.is === 'safe' ? make(OP.andNot, safe[i]!, normal[i]!) : make(OP.andNot, normal[i]!, safe[i]!)
      }
      if ('command' in x) return (x.command === 'start' ? places.sequenceStart : places.sequenceStop) + q
      return make(OP.least, time, scans(x.after_ms))
    }
    const number = (id: string): number => steps.indexOf(`${s.id}/${id}`)
    // Rows of from, to, condition; -1 is any step. Then rows of step and what is tripped on its entry.
    const tripped = any(s.on_trip.effects.map((id) => make(OP.not, make(OP.is, latch + effectAt(id), 0))))
    const rows: [number, number, number][] = [[-1, number(s.on_trip.to), tripped]]
    for (const step of s.steps) {
      for (const go of step.go) {
        const condition = go.when.map(holds).reduce((x, y) => make(OP.and, x, y), WORD.yes as number)
        rows.push([number(step.id), number(go.to), condition])
      }
      if (step.timeout !== undefined)
        rows.push([number(step.id), number(step.timeout.to), make(OP.least, time, scans(step.timeout.ms))])
    }
    const entries = s.steps.flatMap((step) =>
      (step.trips ?? []).map((id) => [number(step.id), sequenceTrip + effectAt(id)] as const),
    )
    const at = table.length
    table.push(stepWord + q, time, rows.length, entries.length, ...rows.flat(), ...entries.flat())
    emit(OP.sequence, 0, at)
    emit(OP.copy, places.view + 3 + causes.length + effects.length + q, stepWord + q)
  }

  const failedOf: number[] = []
  const out = places.view + 1
  const word = cell()
  emit(OP.copy, word, WORD.no)
  for (const [i, element] of elements.entries()) {
    const e = effects.findIndex((x) => x.outputs.includes(element.tag))
    const effect = effects[e]!
    const holding = make(OP.or, make(OP.most, latch + e, 1), make(OP.runs, places.force + e))
    let on = make(OP.and, holding, isClosed(effect.follows, WORD.yes))
    if (effect.sequence !== undefined) {
      const at = table.length
      for (const name of steps) {
        const [sequence, id] = name.split('/') as [string, string]
        const step = sequences.find((s) => s.id === sequence)!.steps.find((x) => x.id === id)!
        table.push(step.releases.includes(effect.id) ? 1 : 0)
      }
      const q = sequences.findIndex((s) => s.id === effect.sequence)
      on = make(OP.and, on, make(OP.row, stepWord + q, at))
    }
    const off = cell(IDLE)
    emit(OP.while, off, make(OP.not, on))
    const last = cell()
    const lag = scans(element.delay_ms ?? 0)
    const dropping = make(
      OP.andNot,
      make(OP.andNot, last, make(OP.least, off, lag)),
      make(OP.or, fault, places.forceTrip + e),
    )
    emit(OP.or, last, on, dropping)
    emit(OP.put, word, last, i)
    const overdue = make(OP.more, off, scans(element.confirm_ms) + lag)
    failedOf.push(make(OP.andNot, overdue, safe[i]!))
  }
  emit(OP.copy, out, word)
  emit(OP.copy, places.view + 2, WORD.no)
  for (const [e, effect] of effects.entries()) {
    set(
      secondary + e,
      elements.flatMap((x, i) => (x.secondary === effect.id ? [failedOf[i]!] : [])),
    )
    emit(OP.put, places.view + 2, secondary + e, e)
  }
  emit(OP.copy, places.view, WORD.faults)

  if (code.length % CODE_WIDTH !== 0) throw new Error('torn instruction')
  return {
    program: { code: Int32Array.from(code), table: Int32Array.from(table), words: Int32Array.from(start) },
    places,
  }
}

const votes = (cause: CauseConfig): number =>
  cause.vote === 'AND' ? cause.inputs.length : cause.vote === 'OR' ? 1 : cause.vote
