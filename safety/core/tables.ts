/**
 * The configuration as flat tables of integers, made once. Objects are their position in the configuration's lists.
 *
 * A signal is a transmitter, or (behind those) a contact. A slot is one input of one cause: 4 * cause + input.
 * Sets of causes, effects, slots and elements are words of 32 bits: there are never more than 32 of a kind.
 */
import { CELL, ON_BAD, ON_BYPASS, TIMING } from './codes.ts'
import type { CauseConfig, Condition, SisConfig } from './config.ts'

export const SLOTS = 4

/** Kinds of conditions of a sequence; the second number is what it is about, the third its limit. */
export const TEST = {
  contactClosed: 0,
  contactOpen: 1,
  above: 2,
  below: 3,
  causeActive: 4,
  causeClear: 5,
  effectNormal: 6,
  effectTripped: 7,
  elementSafe: 8,
  elementNormal: 9,
  start: 10,
  stop: 11,
  after: 12,
} as const

export type Tables = ReturnType<typeof createTables>

/** Votes needed, of N inputs. */
export const votesOf = (cause: CauseConfig): number =>
  cause.vote === 'AND' ? cause.inputs.length : cause.vote === 'OR' ? 1 : cause.vote

/** Counts of a value of a transmitter, not rounded. */
export const countsOf = (value: number, lo: number, hi: number, counts_per_mA: number): number =>
  (4 + (16 * (value - lo)) / (hi - lo)) * counts_per_mA

export function createTables(config: SisConfig) {
  const scans = (ms: number | undefined): number => (ms === undefined ? 0 : Math.ceil(ms / config.scan_ms))
  const { transmitters, contacts, elements, causes, effects, sequences } = config
  const signal = new Map<string, number>()
  for (const [i, t] of transmitters.entries()) signal.set(t.tag, i)
  for (const [i, c] of contacts.entries()) signal.set(c.tag, transmitters.length + i)
  const contact = new Map(contacts.map((c, i) => [c.tag, i]))
  const cause = new Map(causes.map((c, i) => [c.id, i]))
  const effect = new Map(effects.map((e, i) => [e.id, i]))
  const element = new Map(elements.map((e, i) => [e.tag, i]))
  const sequence = new Map(sequences.map((s, i) => [s.id, i]))
  const of = (map: Map<string, number>, name: string | undefined): number =>
    name === undefined ? -1 : (map.get(name) ?? -1)
  const bits = (map: Map<string, number>, names: readonly string[]): number =>
    names.reduce((set, name) => set | (1 << of(map, name)), 0)
  const ints = <T>(list: readonly T[], value: (item: T, at: number) => number): Int32Array =>
    Int32Array.from(list, (item, at) => value(item, at))

  const slots = causes.length * SLOTS
  const slotSignal = new Int32Array(slots).fill(-1)
  const slotTrip = new Int32Array(slots)
  const slotClear = new Int32Array(slots)
  const slotPre = new Int32Array(slots)
  /** 1 trips above, -1 below; 2 when the contact opens, -2 when it closes. */
  const direction = new Int32Array(causes.length)
  for (const [c, config_c] of causes.entries()) {
    const trip = config_c.trip
    direction[c] = 'above' in trip ? 1 : 'below' in trip ? -1 : trip.contact === 'opens' ? 2 : -2
    for (const [i, tag] of config_c.inputs.entries()) {
      const at = c * SLOTS + i
      const s = of(signal, tag)
      slotSignal[at] = s
      if ('contact' in trip) continue
      const t = transmitters[s]
      const span = t === undefined ? 1 : t.hi - t.lo
      const band = Math.round(((config_c.dead_band ?? 0) / span) * 16 * config.counts_per_mA)
      slotTrip[at] = trip.counts
      slotClear[at] = trip.counts - direction[c]! * band
      slotPre[at] = config_c.pre_alarm?.counts ?? 0
    }
  }

  const groups: { effect: number; key: string; n: number; code: number; mask: number }[] = []
  const delayed: { cause: number; effect: number; scans: number }[] = []
  const cells = new Int32Array(effects.length)
  for (const cell of config.matrix) {
    const c = of(cause, cell.cause)
    const e = of(effect, cell.effect)
    cells[e] = cells[e]! | (1 << c)
    if (cell.delay_ms !== undefined) delayed.push({ cause: c, effect: e, scans: scans(cell.delay_ms) })
    // Cells without a group are groups of one.
    const key = cell.group ?? `${cell.cause} alone`
    const group = groups.find((g) => g.effect === e && g.key === key)
    if (group !== undefined) group.mask |= 1 << c
    else groups.push({ effect: e, key, n: cell.n ?? 1, code: CELL[cell.code], mask: 1 << c })
  }

  const steps: { sequence: number; releases: number; trips: number; timeout: number; timeoutTo: number }[] = []
  const moves: { step: number; to: number; tests: number; from: number }[] = []
  const tests: { kind: number; at: number; limit: number }[] = []
  const firstStep = new Int32Array(sequences.length)
  const stepOf = new Map<string, number>()
  let count = 0
  for (const [q, s] of sequences.entries()) {
    firstStep[q] = count
    for (const step of s.steps) stepOf.set(`${s.id}/${step.id}`, count++)
  }
  const testOf = (c: Condition): { kind: number; at: number; limit: number } => {
    if ('contact' in c)
      return { kind: c.is === 'closed' ? TEST.contactClosed : TEST.contactOpen, at: of(contact, c.contact), limit: 0 }
    if ('transmitter' in c) {
      const at = of(signal, c.transmitter)
      const t = transmitters[at]
      const counts = t === undefined ? 0 : countsOf(c.at, t.lo, t.hi, config.counts_per_mA)
      return { kind: c.is === 'above' ? TEST.above : TEST.below, at, limit: Math.round(counts) }
    }
    if ('cause' in c)
      return { kind: c.is === 'active' ? TEST.causeActive : TEST.causeClear, at: of(cause, c.cause), limit: 0 }
    if ('effect' in c)
      return { kind: c.is === 'normal' ? TEST.effectNormal : TEST.effectTripped, at: of(effect, c.effect), limit: 0 }
    if ('element' in c)
      return { kind: c.is === 'safe' ? TEST.elementSafe : TEST.elementNormal, at: of(element, c.element), limit: 0 }
    if ('command' in c) return { kind: c.command === 'start' ? TEST.start : TEST.stop, at: 0, limit: 0 }
    return { kind: TEST.after, at: 0, limit: scans(c.after_ms) }
  }
  for (const [q, s] of sequences.entries()) {
    for (const step of s.steps) {
      const number = steps.length
      steps.push({
        sequence: q,
        releases: bits(effect, step.releases),
        trips: bits(effect, step.trips ?? []),
        timeout: step.timeout === undefined ? 0 : scans(step.timeout.ms),
        timeoutTo: step.timeout === undefined ? -1 : (stepOf.get(`${s.id}/${step.timeout.to}`) ?? -1),
      })
      for (const go of step.go) {
        moves.push({
          step: number,
          to: stepOf.get(`${s.id}/${go.to}`) ?? -1,
          tests: go.when.length,
          from: tests.length,
        })
        for (const condition of go.when) tests.push(testOf(condition))
      }
    }
  }

  const sample = transmitters.map((t) => ({
    rate:
      t.rate_max_per_s === undefined
        ? 0
        : Math.ceil((t.rate_max_per_s / (t.hi - t.lo)) * 16 * config.counts_per_mA * (config.scan_ms / 1000)),
    window: scans(t.stuck?.window_ms),
    noise: t.stuck === undefined ? 0 : (t.stuck.noise / (t.hi - t.lo)) * 16 * config.counts_per_mA,
  }))

  return {
    config,
    transmitters: transmitters.length,
    contacts: contacts.length,
    signals: transmitters.length + contacts.length,
    elements: elements.length,
    causes: causes.length,
    effects: effects.length,
    slots,
    counts_per_mA: config.counts_per_mA,
    /** NE 43 in counts: at and beyond these a signal is a failure report, within the next two a measurement. */
    failLow: Math.floor(3.6 * config.counts_per_mA),
    failHigh: Math.ceil(21 * config.counts_per_mA),
    saturatedLow: Math.floor(3.8 * config.counts_per_mA),
    saturatedHigh: Math.ceil(20.5 * config.counts_per_mA),
    stale: scans(config.stale_ms),
    link: scans(config.link_timeout_ms),
    watchdog: scans(config.watchdog_ms),
    key: config.mode === 'RUN' ? 0 : 2,
    lo: Float64Array.from(transmitters, (t) => t.lo),
    hi: Float64Array.from(transmitters, (t) => t.hi),
    rateMax: Int32Array.from(sample, (s) => s.rate),
    stuckWindow: Int32Array.from(sample, (s) => s.window),
    stuckVariance: Float64Array.from(sample, (s) => s.noise * s.noise),

    n: ints(causes, (c) => c.inputs.length),
    m: ints(causes, votesOf),
    direction,
    slotSignal,
    slotTrip,
    slotClear,
    slotPre,
    preAlarm: ints(causes, (c) => (c.pre_alarm === undefined ? 0 : 1)),
    onBad: ints(causes, (c) =>
      c.on_bad === 'vote_trip' ? ON_BAD.voteTrip : c.on_bad === 'ignore' ? ON_BAD.ignore : ON_BAD.useValue,
    ),
    badHold: ints(causes, (c) => (c.bad_hold_ms === undefined ? -1 : scans(c.bad_hold_ms))),
    onBypass: ints(causes, (c) => (c.on_bypass === 'keep' ? ON_BYPASS.keep : ON_BYPASS.reduce)),
    timing: ints(causes, (c) =>
      c.time === undefined
        ? TIMING.none
        : c.time.kind === 'on_delay'
          ? TIMING.onDelay
          : c.time.kind === 'off_delay'
            ? TIMING.offDelay
            : TIMING.pulse,
    ),
    time: ints(causes, (c) => scans(c.time?.ms)),
    deviation: ints(causes, (c) => {
      const t = transmitters[of(signal, c.inputs[0])]
      if (c.deviation === undefined || t === undefined) return 0
      return Math.round((c.deviation.limit / (t.hi - t.lo)) * 16 * config.counts_per_mA)
    }),
    deviationTime: ints(causes, (c) => scans(c.deviation?.ms)),
    inhibit: ints(causes, (c) => of(contact, c.inhibit)),
    armedSequence: ints(causes, (c) => of(sequence, c.armed?.sequence)),
    armedSteps: causes.map((c) => {
      const set = new Uint8Array(count)
      for (const step of c.armed?.steps ?? []) set[stepOf.get(`${c.armed!.sequence}/${step}`) ?? 0] = 1
      return set
    }),
    mosMax: ints(causes, (c) => (c.manual === true ? 0 : (c.mos?.max ?? 0))),
    startupMax: ints(causes, (c) => (c.manual === true || c.protects_startup === true ? 0 : scans(c.startup?.ms_max))),
    startupStable: ints(causes, (c) => scans(c.startup?.stable_ms)),
    startupStart: ints(causes, (c) => of(contact, c.startup?.start)),
    startupEnd: ints(causes, (c) => of(contact, c.startup?.end)),

    permit: of(contact, config.overrides.permit),
    mosUnitMax: config.overrides.mos_per_unit_max,
    mosTime: scans(config.overrides.mos_ms),
    mosReminder: scans(config.overrides.reminder_ms),
    mosRemove: config.overrides.at_expiry === 'remove' ? 1 : 0,
    shift: scans(config.overrides.shift_ms),
    linkLoss: scans(config.overrides.link_loss_ms),
    forceTime: scans(config.overrides.force_ms),

    /** Causes with a cell on the effect. */
    cells,
    groupEffect: ints(groups, (g) => g.effect),
    groupNeeds: ints(groups, (g) => g.n),
    groupCode: ints(groups, (g) => g.code),
    groupMask: ints(groups, (g) => g.mask),
    delayedCause: ints(delayed, (d) => d.cause),
    delayedEffect: ints(delayed, (d) => d.effect),
    delayedScans: ints(delayed, (d) => d.scans),
    effectDelay: ints(effects, (e) => scans(e.delay_ms)),
    resetContact: ints(effects, (e) => of(contact, e.reset)),
    resetPermit: ints(effects, (e) => of(contact, e.reset_permit)),
    withReset: ints(effects, (e) => (e.start === 'with_reset' ? 1 : 0)),
    startPermit: ints(effects, (e) => of(contact, e.start_permit)),
    overrideMax: ints(effects, (e) => scans(e.override_ms_max)),
    follows: ints(effects, (e) => of(contact, e.follows)),
    effectSequence: ints(effects, (e) => of(sequence, e.sequence)),
    /** Effect of an element. */
    elementEffect: ints(elements, (e) => effects.findIndex((x) => x.outputs.includes(e.tag))),
    elementDelay: ints(elements, (e) => scans(e.delay_ms)),
    normalOpen: ints(elements, (e) => (e.energised === 'open' ? 1 : 0)),
    confirm: ints(elements, (e) => scans(e.confirm_ms)),
    travel: ints(elements, (e) => scans(e.travel_ms)),
    stroke: ints(elements, (e) => scans(e.partial_stroke_ms)),
    secondary: ints(elements, (e) => of(effect, e.secondary)),

    sequences: sequences.length,
    steps: steps.length,
    firstStep,
    stepSequence: ints(steps, (s) => s.sequence),
    stepReleases: ints(steps, (s) => s.releases),
    stepTrips: ints(steps, (s) => s.trips),
    stepTimeout: ints(steps, (s) => s.timeout),
    stepTimeoutTo: ints(steps, (s) => s.timeoutTo),
    moveStep: ints(moves, (m) => m.step),
    moveTo: ints(moves, (m) => m.to),
    moveTests: ints(moves, (m) => m.tests),
    moveFrom: ints(moves, (m) => m.from),
    testKind: ints(tests, (t) => t.kind),
    testAt: ints(tests, (t) => t.at),
    testLimit: ints(tests, (t) => t.limit),
    onTripEffects: ints(sequences, (s) => bits(effect, s.on_trip.effects)),
    onTripStep: ints(sequences, (s) => stepOf.get(`${s.id}/${s.on_trip.to}`) ?? -1),
  }
}
