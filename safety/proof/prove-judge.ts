/**
 * The twelve invariants, each from the text of the requirements: what must hold over one scan, whatever the solver did inside it.
 *
 * The judge reads the configuration, the inputs and the outcome, and keeps its own memory of votes, delays, bypasses and demands; it
 * shares no table and no rule with the solver. Where a dead band leaves open whether an input votes, it knows two answers: `lo` counts
 * what surely votes (what must trip), `hi` what may (what may trip).
 */
import { CAUSE_ALARM, COMMAND, KEY } from '../core/codes.ts'
import type { CauseConfig, SisConfig } from '../core/config.ts'
import type { SisInputs } from '../core/inputs.ts'
import { OWN, type State } from '../core/state.ts'
import type { Request, Surrounding } from './prove-choices.ts'
import type { Slice } from './prove-cut.ts'
import { FIRST_OUT_MARK } from './prove-form.ts'

/** Numbers of the invariants and of the rules beside them, in the order of the requirements. */
export const RULES = [
  ['I1', 'a vote that is reached and not inhibited trips within its delay'],
  ['I2', 'no un-trip without clear causes, the edge of a reset and its permit'],
  ['I3', 'an input that gets worse or a bypass that ends never un-trips in the same scan'],
  ['I4', 'bypasses stay within the limits of group and unit, and leave votes'],
  ['I5', 'every bypass was asked for with its papers, has the permit, a running timer and a visible alarm'],
  ['I6', 'an inhibited vote is alarmed'],
  ['I7', 'loss of communication trips, or degrades for a limited time'],
  ['I8', 'the first-out is never empty after a trip by a cause, and stays'],
  ['I9', 'no force to normal without key, permit, papers and timer'],
  ['I10', 'a start-up override always ends'],
  ['I11', 'another configuration hash trips'],
  ['I12', 'from every state there is a way back to normal operation'],
  ['2.4', 'a fault trips and latches every effect'],
  ['2.7', 'a force to trip trips'],
  ['2.8', 'an element that is not seen safe in time has failed to trip'],
  ['2.9', 'an override of an effect was asked for, has a timer, and ends with any new cause'],
  ['2.2', 'no trip without a vote, fault or force'],
  ['5.4', 'an output of a sequence is energised in steps that release it only'],
] as const

export type RuleId = (typeof RULES)[number][0]
const ids = new Map<string, number>(RULES.map(([id], i) => [id, i + 1]))
const rule = (id: RuleId): number => ids.get(id)!
const [I1, I2, I4, I5, I6, I7, I8, I9, I10, I11] = (
  ['I1', 'I2', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11'] as const
).map(rule) as [number, number, number, number, number, number, number, number, number, number]
const R24 = rule('2.4')
const R27 = rule('2.7')
const R28 = rule('2.8')
const R29 = rule('2.9')
const R22 = rule('2.2')
const R54 = rule('5.4')

export interface Judge {
  /** Bytes of its memory. */
  readonly width: number
  begin(memory: Uint8Array): void
  /** 0, or the number of the rule that was broken. `now` is the number of the scan. */
  judge(
    before: Before,
    s: State,
    alarms: Int32Array,
    inputs: SisInputs,
    around: Surrounding,
    request: Request,
    memory: Uint8Array,
    next: Uint8Array,
  ): number
}

/** Of the state before the scan. */
export interface Before {
  readonly latch: Int32Array
  readonly step: Int32Array
  out: number
  sequenceTrip: number
}

const CLEAR = 0
const VOTES = 1
const BAND = 2
const BAD = 3

interface CauseRule {
  readonly n: number
  readonly need: number
  readonly input: readonly { readonly contact: number; readonly at: number; readonly line: number }[]
  readonly classOf: (value: number) => number
  readonly hold: number
  readonly delay: number
}

export function createJudge(config: SisConfig, slice: Slice): Judge {
  const scans = (ms: number | undefined): number => (ms === undefined ? 0 : Math.ceil(ms / config.scan_ms))
  const { causes, effects, elements, contacts, overrides, sequences } = config
  const contactAt = (tag: string | undefined): number => contacts.findIndex((c) => c.tag === tag)
  const causeRules = causes.map((c) => causeRule(config, c, scans))
  const permitAt = contactAt(overrides.permit)
  const inhibitAt = causes.map((c) => contactAt(c.inhibit))
  const armed = causes.map((c) => {
    const q = sequences.findIndex((s) => s.id === c.armed?.sequence)
    const first = sequences.slice(0, Math.max(0, q)).reduce((sum, s) => sum + s.steps.length, 0)
    return q < 0 ? undefined : { q, on: sequences[q]!.steps.map((s) => c.armed!.steps.includes(s.id)), first }
  })
  const effectRules = effects.map((effect) => {
    const cells = config.matrix.filter((x) => x.effect === effect.id)
    const groups = new Map<string, { n: number; code: string; mask: number }>()
    for (const x of cells) {
      const key = x.group ?? `only ${x.cause}`
      const group = groups.get(key) ?? { n: x.n ?? 1, code: x.code, mask: 0 }
      group.mask |= 1 << causes.findIndex((c) => c.id === x.cause)
      groups.set(key, group)
    }
    return {
      all: cells.reduce((mask, x) => mask | (1 << causes.findIndex((c) => c.id === x.cause)), 0),
      groups: [...groups.values()],
      delayed: cells.flatMap((x) =>
        x.delay_ms === undefined
          ? []
          : [{ bit: 1 << causes.findIndex((c) => c.id === x.cause), scans: scans(x.delay_ms), lo: 0, hi: 0 }],
      ),
      delay: scans(effect.delay_ms),
      reset: contactAt(effect.reset),
      permit: contactAt(effect.reset_permit),
      startPermit: contactAt(effect.start_permit),
      command: effect.start === 'command',
      overrideMax: scans(effect.override_ms_max),
      own: elements.reduce((mask, x, i) => (effect.outputs.includes(x.tag) ? mask | (1 << i) : mask), 0),
      lags: elements.some((x) => effect.outputs.includes(x.tag) && (x.delay_ms ?? 0) > 0),
      pure: effect.follows === undefined && effect.sequence === undefined,
      released: releasing(config, effect.id, effect.sequence),
    }
  })
  const stale = scans(config.stale_ms)
  const link = scans(config.link_timeout_ms)
  const watchdog = scans(config.watchdog_ms)
  const linkLoss = scans(overrides.link_loss_ms)
  const mosTime = scans(overrides.mos_ms)
  const forceTime = scans(overrides.force_ms)
  const bypasses = causes.some((c) => c.mos !== undefined)
  const goodKey = config.mode === 'RUN' ? KEY.run : KEY.simulation
  const watched = elements.map((x) => slice === 'band' || x.secondary !== undefined)

  // Memory, a byte each. Ages are 0 idle, else age + 1.
  let width = 0
  const bytes = (n: number): number => {
    width += n
    return width - n
  }
  const AT_FRAME = bytes(1)
  const AT_LINK = bypasses ? bytes(1) : -1
  const AT_PRESSED = bytes(contacts.length)
  const atCause = causes.map((c) => ({
    bad: c.bad_hold_ms === undefined ? -1 : bytes(1),
    lo: c.time === undefined ? -1 : bytes(1),
    hi: c.time === undefined ? -1 : bytes(1),
    was: c.time?.kind === 'pulse' ? bytes(1) : -1,
    startup: c.startup === undefined ? -1 : bytes(1),
    mos: c.mos === undefined ? -1 : bytes(c.inputs.length),
  }))
  for (const e of effectRules)
    for (const x of e.delayed) {
      x.lo = bytes(1)
      x.hi = bytes(1)
    }
  const atEffect = effectRules.map((e) => ({
    mustReset: bytes(1),
    forced: bytes(1),
    force: bytes(1),
    due: bytes(1),
    delay: e.delay > 0 ? bytes(1) : -1,
    override: e.overrideMax > 0 ? bytes(1) : -1,
    snap: e.overrideMax > 0 ? bytes(1) : -1,
  }))
  const atElement = elements.map((_, i) => (watched[i] ? bytes(1) : -1))
  const edges = contacts.map(
    (c) => effects.some((e) => e.reset === c.tag) || causes.some((x) => x.startup?.start === c.tag),
  )

  const older = (age: number, step: number, cap: number): number => (age === 0 ? 1 : Math.min(age - 1 + step, cap) + 1)
  const reached = (groups: (typeof effectRules)[number]['groups'], codes: string, set: number): boolean => {
    for (const g of groups) {
      if (!codes.includes(g.code)) continue
      let count = 0
      for (let rest = set & g.mask; rest !== 0; rest &= rest - 1) count++
      if (count >= g.n) return true
    }
    return false
  }

  return {
    width,
    begin(m) {
      m.fill(0, 0, width)
      m[AT_FRAME] = link + 2
      for (let i = 0; i < contacts.length; i++) m[AT_PRESSED + i] = edges[i] ? 1 : 0
      for (const at of atEffect) m[at.mustReset] = 1
    },
    judge(before, s, alarms, inputs, around, request, m, next) {
      const { step } = around
      next.set(m)
      const silent = around.frame ? 0 : Math.min(m[AT_FRAME]! - 1 + step, link + 1)
      next[AT_FRAME] = silent + 1
      const isStale = silent > stale
      const read = (i: number): boolean => !isStale && inputs.line[config.transmitters.length + i] === 0
      const closed = (i: number, otherwise: boolean): boolean =>
        i < 0 ? otherwise : read(i) && inputs.contacts[i] === 1
      const hash = (inputs.faults & 2) !== 0
      const fault =
        inputs.faults !== 0 ||
        silent > link ||
        step > watchdog ||
        step < 1 ||
        (inputs.key !== KEY.program && inputs.key !== goodKey)
      const permitted = closed(permitAt, false)

      // The control system's link.
      if (AT_LINK >= 0) next[AT_LINK] = inputs.dcs_link === 1 ? 0 : older(m[AT_LINK]!, step, linkLoss)
      const lonely = AT_LINK >= 0 && next[AT_LINK]! > linkLoss

      // Votes, and what takes inputs and causes out of them.
      let activeLo = 0
      let activeHi = 0
      let unhealthy = 0
      let unit = 0
      for (let c = 0; c < causes.length; c++) {
        const cause = causes[c]!
        const r = causeRules[c]!
        const at = atCause[c]!
        let bypassed = 0
        let bad = 0
        let lo = 0
        let hi = 0
        for (let i = 0; i < r.n; i++) {
          const on = s.mosSince[4 * c + i]! >= 0
          if (on) {
            if (at.mos < 0) return I4
            bypassed++
            unit++
            const asked = request.kind === COMMAND.mosOn && request.target === c && request.channel === i
            const was = m[at.mos + i]!
            if (was === 0 && !(asked && request.papers)) return I5
            const age = asked && request.papers ? 1 : older(was, step, mosTime)
            next[at.mos + i] = age
            if (overrides.at_expiry === 'remove' && age > mosTime) return I5
            if (!permitted || (alarms[c]! & CAUSE_ALARM.mos) === 0) return I5
            if (lonely) return I7
          } else if (at.mos >= 0) next[at.mos + i] = 0
          if (on) continue
          const input = r.input[i]!
          const value = input.contact >= 0 ? inputs.contacts[input.contact]! : inputs.counts[input.at]!
          const sort = isStale || inputs.line[input.line] !== 0 ? BAD : r.classOf(value)
          if (sort === BAD) bad++
          else if (sort === VOTES) lo++
          if (sort === VOTES || sort === BAND) hi++
        }
        if (bypassed > (cause.manual === true ? 0 : (cause.mos?.max ?? 0))) return I4
        const left = r.n - bypassed
        const need = cause.on_bypass === 'reduce' ? Math.max(1, r.need - bypassed) : r.need
        if (left < need && request.kind === COMMAND.mosOn && request.target === c && !request.compensated) {
          const began = at.mos >= 0 && m[at.mos + request.channel] === 0 && next[at.mos + request.channel]! > 0
          if (began) return I4
        }
        let holds = false
        if (at.bad >= 0) {
          next[at.bad] = bad === 0 ? 0 : older(m[at.bad]!, step, r.hold)
          holds = bad > 0 && next[at.bad]! > r.hold
        }
        const votes = cause.on_bad === 'vote_trip' || holds
        const inhibited = left < need || (!votes && cause.on_bad === 'ignore' && left - bad < need)
        if (inhibited && (alarms[c]! & CAUSE_ALARM.inhibited) === 0) return I6
        const extra = votes ? bad : 0
        const spare = cause.on_bad === 'use_value' ? bad : extra
        const voteLo = !inhibited && lo + extra >= need
        const voteHi = !inhibited && hi + spare >= need
        let nowLo = voteLo
        let nowHi = voteHi
        switch (cause.time?.kind) {
          case 'on_delay':
            next[at.lo] = voteLo ? older(m[at.lo]!, step, r.delay) : 0
            next[at.hi] = voteHi ? older(m[at.hi]!, step, r.delay) : 0
            nowLo = next[at.lo]! > r.delay
            nowHi = next[at.hi]! > r.delay
            break
          case 'off_delay':
            next[at.lo] = voteLo ? 1 : m[at.lo] === 0 ? 0 : older(m[at.lo]!, step, r.delay + 1)
            next[at.hi] = voteHi ? 1 : m[at.hi] === 0 ? 0 : older(m[at.hi]!, step, r.delay + 1)
            nowLo = next[at.lo]! > 0 && next[at.lo]! <= r.delay + 1
            nowHi = next[at.hi]! > 0 && next[at.hi]! <= r.delay + 1
            break
          case 'pulse':
            next[at.was] = (voteLo ? 1 : 0) | (voteHi ? 2 : 0)
            next[at.lo] = voteLo && (m[at.was]! & 1) === 0 ? 1 : m[at.lo] === 0 ? 0 : older(m[at.lo]!, step, r.delay)
            next[at.hi] = voteHi ? 1 : m[at.hi] === 0 ? 0 : older(m[at.hi]!, step, r.delay)
            // Surely active only where there is no doubt about the votes.
            nowLo = slice !== 'band' && cause.on_bad !== 'use_value' && next[at.lo]! > 0 && next[at.lo]! <= r.delay
            nowHi = voteHi || (next[at.hi]! > 0 && next[at.hi]! <= r.delay)
            break
          default:
        }
        let masked = closed(inhibitAt[c]!, false)
        if (s.startupSince[c]! >= 0) {
          masked = true
          const { startup } = cause
          if (startup === undefined || cause.manual === true || cause.protects_startup === true) return I10
          const contact = contactAt(startup.start)
          const rose = contact >= 0 && closed(contact, false) && m[AT_PRESSED + contact] === 0
          const asked = request.kind === COMMAND.startupOverride && request.target === c
          if (m[at.startup] === 0 && !rose && !asked) return I10
          // From its beginning, whatever was asked since: it is never prolonged.
          next[at.startup] = older(m[at.startup]!, step, scans(startup.ms_max))
          if (next[at.startup]! > scans(startup.ms_max) || closed(contactAt(startup.end), false)) return I10
        } else if (at.startup >= 0) next[at.startup] = 0
        const arming = armed[c]
        if (arming !== undefined && !arming.on[before.step[arming.q]! - arming.first]) masked = true
        if (masked) continue
        if (nowLo) activeLo |= 1 << c
        if (nowHi) activeHi |= 1 << c
        if (bad > 0 || inhibited) unhealthy |= 1 << c
      }
      if (unit > overrides.mos_per_unit_max) return I4

      // Effects.
      const out = s.own[OWN.out]!
      for (let e = 0; e < effects.length; e++) {
        const r = effectRules[e]!
        const at = atEffect[e]!
        const was = before.latch[e]!
        const is = s.latch[e]!
        const energised = (out & r.own) !== 0
        if (request.target === e && request.kind === COMMAND.forceTrip) next[at.forced] = 1
        if (request.target === e && request.kind === COMMAND.forceTripOff) next[at.forced] = 0
        const forced = next[at.forced] === 1
        const instant = fault || forced
        const offNow = is === 2 && !energised && s.stored[e] === 1
        if (hash && !offNow) return I11
        if (silent > link && !offNow) return I7
        if (fault && !offNow) return R24
        if (forced && !offNow) return R27
        if (is < 0 || is > 5) return I1

        let countLo = activeLo & r.all
        let countHi = activeHi & r.all
        for (const x of r.delayed) {
          next[x.lo] = (activeLo & x.bit) === 0 ? 0 : older(m[x.lo]!, step, x.scans)
          next[x.hi] = (activeHi & x.bit) === 0 ? 0 : older(m[x.hi]!, step, x.scans)
          if (next[x.lo]! <= x.scans) countLo &= ~x.bit
          if (next[x.hi]! <= x.scans) countHi &= ~x.bit
        }
        const edge =
          (request.kind === COMMAND.reset && (request.target === -1 || request.target === e)) ||
          (r.reset >= 0 && closed(r.reset, false) && m[AT_PRESSED + r.reset] === 0)

        // An override of V and R cells.
        let spared = 0
        let rested = false
        if (at.override >= 0) {
          const ran = m[at.override]! > 0
          if (s.overrideSince[e]! >= 0) {
            if (instant) return R29
            // Begun anew in the scan that ended the last one would be a new one: it needs the same.
            if (ran) {
              next[at.override] = older(m[at.override]!, step, r.overrideMax)
              next[at.snap] = m[at.snap]! & activeHi
              if (next[at.override]! > r.overrideMax || (activeLo & r.all & ~m[at.snap]!) !== 0) return R29
            } else {
              const byReset = edge && reached(r.groups, 'R', countHi)
              const asked = request.kind === COMMAND.effectOverride && request.target === e
              if (was !== 2 || !(byReset || (asked && reached(r.groups, 'V', countHi)))) return R29
              if (reached(r.groups, 'NS', countLo)) return R29
              rested = byReset
              next[at.override] = 1
              next[at.snap] = activeHi & r.all
            }
            spared = next[at.snap]!
          } else {
            next[at.override] = 0
            next[at.snap] = 0
          }
        } else if (s.overrideSince[e]! >= 0) return R29

        const due = m[at.due]!
        const bySequence = ((before.sequenceTrip >>> e) & 1) === 1
        const storedLo =
          reached(r.groups, 'S', countLo) ||
          reached(r.groups, 'R', countLo & ~spared) ||
          (due & 1) !== 0 ||
          bySequence ||
          instant
        const demandLo = storedLo || reached(r.groups, 'N', countLo) || reached(r.groups, 'V', countLo & ~spared)
        const demandHi = reached(r.groups, 'NSVR', countHi) || (due & 2) !== 0 || bySequence || instant

        // Force to normal.
        if (s.forceSince[e]! >= 0) {
          const asked = request.kind === COMMAND.forceNormal && request.target === e && request.papers
          if (m[at.force] === 0 && !asked) return I9
          next[at.force] = asked ? 1 : older(m[at.force]!, step, forceTime)
          if (next[at.force]! > forceTime || inputs.key !== KEY.program || !permitted) return I9
          if (demandLo) return I1
        } else next[at.force] = 0
        const forceRuns = s.forceSince[e]! >= 0

        // A demand trips within its delay.
        const tripped = is >= 2
        const wasOn = was <= 1
        let waited = r.delay === 0
        if (at.delay >= 0) {
          const age = was === 0 ? 0 : Math.min(m[at.delay]! + step, r.delay)
          next[at.delay] = is === 1 ? age : 0
          waited = age >= r.delay
        }
        if (demandLo && (waited || instant || !wasOn) && is !== 2) return I1
        if (demandLo && !tripped && is !== 1) return I1
        if (was === 1 && m[at.mustReset] === 1 && waited && !tripped) return I1
        if (was === 1 && m[at.mustReset] === 1 && !tripped && is !== 1) return I1
        if (tripped && energised && !forceRuns && (!r.lags || instant || (before.out & out & r.own) !== (out & r.own)))
          return I1
        if (!tripped && !energised && r.pure) return R22
        if (
          energised &&
          !r.lags &&
          r.released !== undefined &&
          !r.released.on[s.step[r.released.q]! - r.released.first]
        )
          return R54
        if (was === 0 && is !== 0 && !demandHi) return R22

        // No un-trip.
        const trouble = (activeLo & r.all & ~spared) !== 0 || (unhealthy & r.all & ~spared) !== 0
        const allowed = closed(r.permit, true) && inputs.start_blocked === 0
        const cleared = !trouble && edge && allowed
        if (is === 5 && was !== 5 && !(cleared && r.command)) return I2
        if (!wasOn && !tripped) {
          if (is === 1 || demandLo) return I2
          if (m[at.mustReset] === 1 && !rested) {
            const started =
              request.kind === COMMAND.start &&
              request.target === e &&
              closed(r.startPermit, true) &&
              inputs.start_blocked === 0
            if (was === 5 ? !(started && !trouble) : !(cleared && !r.command)) return I2
          }
        }
        next[at.mustReset] = is !== 0 && (storedLo || (m[at.mustReset] === 1 && !rested)) ? 1 : 0

        // First-out.
        if (was === 0 && is !== 0) {
          const first = s.firstOut[e]!
          if ((countLo & ~spared & ~first) !== 0 || (first & ~countHi) !== 0) return I8
          if (first === 0 && due === 0 && !bySequence && !instant) return I8
        } else if (is !== 0 && s.firstOut[e] !== FIRST_OUT_MARK) return I8
      }

      // Elements that do not reach their safe position, and the effects that answer to it.
      for (const at of atEffect) next[at.due] = 0
      for (let i = 0; i < elements.length; i++) {
        const x = elements[i]!
        const at = atElement[i]!
        if (at < 0) continue
        const confirm = scans(x.confirm_ms)
        const lag = scans(x.delay_ms)
        next[at] = ((out >>> i) & 1) === 1 ? 0 : older(m[at]!, step, confirm + lag + 1)
        const safe = (x.energised === 'open' ? inputs.closed[i] : inputs.open[i]) === 1
        const surely = !safe && next[at]! - 1 > confirm + lag
        const perhaps = !safe && next[at]! - 1 > confirm
        if ((surely && s.failed[i] !== 1) || (!perhaps && s.failed[i] === 1)) return R28
        const other = effects.findIndex((e) => e.id === x.secondary)
        if (other < 0) continue
        const due = atEffect[other]!.due
        next[due] = next[due]! | (surely ? 1 : 0) | (perhaps ? 2 : 0)
      }
      for (let i = 0; i < contacts.length; i++)
        if (edges[i] && read(i)) next[AT_PRESSED + i] = inputs.contacts[i] === 1 ? 1 : 0
      return 0
    },
  }
}

/** Of a sequence: in which of its steps the effect may be energised. */
function releasing(config: SisConfig, effect: string, id: string | undefined) {
  const q = config.sequences.findIndex((s) => s.id === id)
  if (q < 0) return undefined
  const first = config.sequences.slice(0, q).reduce((sum, s) => sum + s.steps.length, 0)
  return { q, first, on: config.sequences[q]!.steps.map((s) => s.releases.includes(effect)) }
}

function causeRule(config: SisConfig, cause: CauseConfig, scans: (ms: number | undefined) => number): CauseRule {
  const { trip } = cause
  const first = config.transmitters.find((t) => t.tag === cause.inputs[0])
  const band =
    cause.dead_band === undefined || first === undefined
      ? 0
      : (cause.dead_band / (first.hi - first.lo)) * 16 * config.counts_per_mA
  return {
    n: cause.inputs.length,
    need: cause.vote === 'AND' ? cause.inputs.length : cause.vote === 'OR' ? 1 : cause.vote,
    input: cause.inputs.map((tag) => {
      const contact = config.contacts.findIndex((c) => c.tag === tag)
      const at = config.transmitters.findIndex((t) => t.tag === tag)
      return { contact, at, line: contact >= 0 ? config.transmitters.length + contact : at }
    }),
    // Within a count of the band's end it is open on which side the rounding fell.
    classOf:
      'above' in trip
        ? (value) => (value >= trip.counts ? VOTES : band > 0 && value > trip.counts - band - 1 ? BAND : CLEAR)
        : 'below' in trip
          ? (value) => (value <= trip.counts ? VOTES : band > 0 && value < trip.counts + band + 1 ? BAND : CLEAR)
          : (value) => ((value === 0) === (trip.contact === 'opens') ? VOTES : CLEAR),
    hold: scans(cause.bad_hold_ms),
    delay: scans(cause.time?.ms),
  }
}
