/**
 * The safety system's snapshot as rows and columns of the cause-and-effect matrix. Pure: numbers in, words and fractions out.
 *
 * Times left come in scans, values as counts of a 4-20 mA input.
 */
import type { SisCauseName, SisOutline, SisReply, SisText } from '../../contracts/hmi-sis.ts'
import {
  isTripped,
  SIS_CAUSE_ALARM,
  SIS_CHANNEL_ALARM,
  SIS_ELEMENT_ALARM,
  SIS_STATUS,
  SIS_VOTE,
} from '../../contracts/sis-codes.ts'
import type { SisCause, SisElement } from '../../contracts/sis-snapshot.ts'
import { formatValue } from './format.ts'
import { unitText } from './unit-text.ts'

export type SisSnapshotView = NonNullable<SisText['snapshot']>

export interface ChannelView {
  readonly tag: string
  readonly service: string
  /** "2,704" without the unit; a contact says open or closed. */
  readonly text: string
  /** Where it stands on its range, 0..1; NaN of a contact and of no value. */
  readonly frac: number
  readonly bad: boolean
  readonly votes: boolean
  /** -1: not bypassed. */
  readonly bypass_ms: number
  /** Alarms in short words. */
  readonly words: readonly string[]
}

export interface CauseView {
  readonly id: string
  readonly title: string
  readonly vote: string
  /** "> 2895 kPa g", "opens". */
  readonly trip: string
  readonly pre: string
  readonly unit: string
  /** Trip set point on the range, 0..1; NaN of a contact. */
  readonly trip_frac: number
  readonly pre_frac: number
  /** Spread between the inputs that can be read, "" where there is none. */
  readonly spread: string
  readonly spread_over: boolean
  readonly channels: readonly ChannelView[]
  readonly state: CauseState
  readonly active: boolean
  /** Which causes stand among the first-out of a tripped effect. */
  readonly first: boolean
  /** It would be a trip if its bypasses and overrides were lifted. */
  readonly would_trip: boolean
  readonly startup_ms: number
}

export type CauseState = 'clear' | 'votes' | 'delay' | 'pre-alarm' | 'active' | 'inhibited' | 'override'

export interface EffectView {
  readonly id: string
  readonly title: string
  readonly state: number
  readonly tripped: boolean
  readonly outputs: readonly ElementView[]
  readonly override_ms: number
}

export interface ElementView {
  readonly tag: string
  readonly service: string
  readonly energised: boolean
  readonly position: 'open' | 'shut' | 'moving' | 'both'
  /** Whether it stands where its output wants it. */
  readonly follows: boolean
  readonly travel_s: number
  readonly words: readonly ('failed' | 'spurious' | 'feedback' | 'stroke')[]
  readonly proved: string
}

export interface MatrixView {
  readonly causes: readonly CauseView[]
  readonly effects: readonly EffectView[]
  /** By cause, then effect: the cells there, "" none. */
  readonly cells: readonly (readonly string[])[]
}

export function matrixView(o: SisOutline, s: SisSnapshotView): MatrixView {
  return {
    causes: o.causes.map((cause, i) => causeView(o, s, cause, i)),
    effects: o.effects.map((effect, i) => {
      const { state, override_left } = s.effects[i]!
      return {
        id: effect.id,
        title: effect.title,
        state,
        tripped: isTripped(state),
        outputs: effect.outputs.map((tag) => elementView(o, s, tag)),
        override_ms: override_left < 0 ? -1 : override_left * s.scan_ms,
      }
    }),
    cells: o.causes.map((_, c) =>
      o.effects.map((__, e) =>
        o.cells
          .filter((cell) => cell.cause === c && cell.effect === e)
          .map(
            (cell) => `${cell.n > 1 ? cell.n : ''}${cell.code}${cell.delay_ms > 0 ? ` ${cell.delay_ms / 1000} s` : ''}`,
          )
          .join(' '),
      ),
    ),
  }
}

function causeView(o: SisOutline, s: SisSnapshotView, cause: SisCauseName, index: number): CauseView {
  const c = s.causes[index]!
  const transmitter = o.transmitters.find((t) => t.tag === cause.inputs[0])
  const decimals = transmitter === undefined ? 0 : decimalsOf(transmitter.hi - transmitter.lo)
  const span = transmitter === undefined ? Number.NaN : transmitter.hi - transmitter.lo
  const frac = (at: number | null): number =>
    at === null || transmitter === undefined ? Number.NaN : (at - transmitter.lo) / span
  const values: number[] = []
  const channels = cause.inputs.map((tag, k): ChannelView => {
    const bypass = c.bypass_left[k] ?? -1
    const shared = { tag, votes: c.votes[k] === true, bypass_ms: bypass < 0 ? -1 : bypass * s.scan_ms }
    const t = o.transmitters.findIndex((known) => known.tag === tag)
    if (t < 0) {
      const at = o.contacts.findIndex((known) => known.tag === tag)
      const raw = s.contacts[at]
      const text = raw === undefined || raw.raw < 0 ? '?' : raw.raw === 1 ? 'closed' : 'open'
      return {
        ...shared,
        service: o.contacts[at]?.service ?? '',
        text,
        frac: Number.NaN,
        bad: raw?.status === SIS_STATUS.bad,
        words: channelWords(raw?.alarms ?? 0),
      }
    }
    const { raw, status, alarms } = s.transmitters[t]!
    const { lo, hi, service } = o.transmitters[t]!
    const value = raw < 0 ? Number.NaN : euOf(raw, o.counts_per_mA, lo, hi)
    if (Number.isFinite(value) && status !== SIS_STATUS.bad) values.push(value)
    return {
      ...shared,
      service,
      text: Number.isFinite(value) ? formatValue(value, decimals) : '----',
      frac: Number.isFinite(value) ? Math.min(1, Math.max(0, (value - lo) / (hi - lo))) : Number.NaN,
      bad: status === SIS_STATUS.bad,
      words: channelWords(alarms),
    }
  })
  const spread = values.length > 1 ? Math.max(...values) - Math.min(...values) : Number.NaN
  const eu = transmitter === undefined ? '' : unitText(transmitter.unit)
  const limit = (at: number): string => formatValue(at, Number.isInteger(at) ? 0 : 1)
  return {
    id: cause.id,
    title: cause.title,
    vote: `${cause.vote}oo${cause.inputs.length}`,
    trip:
      cause.trip_at === null
        ? cause.trip
        : `${cause.trip === 'above' ? '>' : '<'} ${limit(cause.trip_at)} ${eu}`.trimEnd(),
    pre: cause.pre_alarm_at === null ? '' : limit(cause.pre_alarm_at),
    unit: eu,
    trip_frac: frac(cause.trip_at),
    pre_frac: frac(cause.pre_alarm_at),
    spread: Number.isFinite(spread) ? formatValue(spread, decimals) : '',
    spread_over: cause.deviation !== null && spread > cause.deviation,
    channels,
    state: causeState(c),
    active: c.active,
    first: s.effects.some((e) => isTripped(e.state) && ((e.first_out >>> index) & 1) === 1),
    would_trip: wouldTrip(cause, c),
    startup_ms: c.startup_left < 0 ? -1 : c.startup_left * s.scan_ms,
  }
}

function causeState(c: SisCause): CauseState {
  if (c.active) return 'active'
  if (c.vote === SIS_VOTE.inhibited) return 'inhibited'
  if (c.startup_left >= 0 || (c.alarms & SIS_CAUSE_ALARM.inhibitTag) !== 0) return 'override'
  if (c.vote === SIS_VOTE.trip) return 'delay'
  if ((c.alarms & SIS_CAUSE_ALARM.preAlarm) !== 0) return 'pre-alarm'
  return c.votes.includes(true) ? 'votes' : 'clear'
}

/** Whether the votes, those of bypassed inputs counted, reach the trip although the cause is not active. */
const wouldTrip = (cause: SisCauseName, c: SisCause): boolean =>
  !c.active &&
  (c.bypass_left.some((left) => left >= 0) || c.startup_left >= 0 || (c.alarms & SIS_CAUSE_ALARM.inhibitTag) !== 0) &&
  c.votes.filter((v) => v).length >= cause.vote

function elementView(o: SisOutline, s: SisSnapshotView, tag: string): ElementView {
  const at = o.elements.findIndex((e) => e.tag === tag)
  const e = s.elements[at]!
  const { energised, service } = o.elements[at]!
  const position = positionOf(e)
  const wanted = e.energised ? energised : energised === 'open' ? 'closed' : 'open'
  const has = (bit: number): boolean => (e.alarms & bit) !== 0
  return {
    tag,
    service,
    energised: e.energised,
    position,
    follows: position === (wanted === 'open' ? 'open' : 'shut'),
    travel_s: e.travel < 0 ? Number.NaN : (e.travel * s.scan_ms) / 1000,
    words: [
      ...(has(SIS_ELEMENT_ALARM.failedToTrip) ? (['failed'] as const) : []),
      ...(has(SIS_ELEMENT_ALARM.spurious) ? (['spurious'] as const) : []),
      ...(has(SIS_ELEMENT_ALARM.feedback) ? (['feedback'] as const) : []),
      ...(has(SIS_ELEMENT_ALARM.strokeFailed) ? (['stroke'] as const) : []),
    ],
    proved: e.proved,
  }
}

function positionOf(e: SisElement): ElementView['position'] {
  if (e.open && e.closed) return 'both'
  if (e.open) return 'open'
  return e.closed ? 'shut' : 'moving'
}

const CHANNEL_WORDS: readonly (readonly [number, string])[] = [
  [SIS_CHANNEL_ALARM.line, 'LINE'],
  [SIS_CHANNEL_ALARM.range, 'RANGE'],
  [SIS_CHANNEL_ALARM.stale, 'STALE'],
  [SIS_CHANNEL_ALARM.saturatedLow, 'LOW'],
  [SIS_CHANNEL_ALARM.saturatedHigh, 'HIGH'],
  [SIS_CHANNEL_ALARM.rate, 'RATE'],
  [SIS_CHANNEL_ALARM.stuck, 'STUCK'],
  [SIS_CHANNEL_ALARM.suspect, 'SUSP'],
  [SIS_CHANNEL_ALARM.deviation, 'DEV'],
]

const channelWords = (alarms: number): string[] =>
  CHANNEL_WORDS.filter(([bit]) => (alarms & bit) !== 0).map(([, word]) => word)

/** 4 to 20 mA is the range. */
export const euOf = (counts: number, counts_per_mA: number, lo: number, hi: number): number =>
  lo + ((counts / counts_per_mA - 4) / 16) * (hi - lo)

const decimalsOf = (span: number): number => (span >= 1000 ? 0 : span >= 20 ? 1 : 2)

/** What the key of the overlay shows: cells of causes that only an override keeps from tripping. */
export const hiddenTrips = (m: MatrixView): number => m.causes.filter((c) => c.would_trip).length

/** Plant time: "1:02:03.400". */
export function formatPlantTime(ms: number): string {
  if (ms < 0) return `-${formatPlantTime(-ms)}`
  const whole = Math.floor(ms / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`
  return `${hours}:${rest}`
}

/** A time left, to the minute above ten: "7 h 52 min", "9:05". */
export function formatLeft(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000))
  if (s < 600) return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`
  const min = Math.ceil(s / 60)
  return min < 60 ? `${min} min` : `${Math.floor(min / 60)} h ${min % 60} min`
}

/** The same where there is little room: "7.8 h", "47 min", "9:05". */
export function formatLeftShort(ms: number): string {
  const min = ms / 60_000
  return min >= 60 ? `${(min / 60).toFixed(1)} h` : formatLeft(ms)
}

/** Risk of a function now: by how many of its inputs are bypassed, the worst of its causes. */
export interface RiskView {
  readonly id: string
  readonly title: string
  readonly sil: number
  readonly demands: number
  readonly bypassed: number
  readonly pfd_now: number | null
  readonly pfd_normal: number | null
  readonly known: boolean
  /** Does what stands still reach the claim? */
  readonly short: boolean
}

export function riskViews(o: SisOutline, s: SisSnapshotView, r: Pick<SisReply, 'risk' | 'status'>): RiskView[] {
  return o.sifs.map((sif) => {
    const causes = sif.causes.map((id) => o.causes.findIndex((c) => c.id === id)).filter((i) => i >= 0)
    const bypassed = Math.max(0, ...causes.map((i) => s.causes[i]!.bypass_left.filter((left) => left >= 0).length))
    const table = r.risk?.sifs.find((row) => row.id === sif.id)
    const row = (n: number) => table?.by_bypassed.find((b) => b.bypassed === n)
    return {
      id: sif.id,
      title: sif.title,
      sil: sif.sil,
      demands: causes.reduce((sum, i) => sum + (r.status.demands[i] ?? 0), 0),
      bypassed,
      pfd_now: row(bypassed)?.pfd_avg ?? null,
      pfd_normal: row(0)?.pfd_avg ?? null,
      known: row(bypassed) !== undefined,
      short: row(bypassed) !== undefined && row(bypassed)!.sil < sif.sil,
    }
  })
}
