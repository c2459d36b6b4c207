/**
 * What the gateway knows of the safety system: the newest snapshot, the events gathered from all of them, and since when it is silent.
 *
 * Datagrams may be lost, doubled and overtake each other. The newest of a run wins; another run id is another start of the solver.
 * Events are numbered by the solver, so that what was lost between two datagrams stands in the list as a gap.
 */
import type { SisBypass, SisOutline, SisSoeEntry, SisStatus } from '../../contracts/hmi-sis.ts'
import { SIS_CAUSE_ALARM, SIS_EVENT } from '../../contracts/sis-codes.ts'
import type { SisSnapshot, SisSoeRecord } from '../../contracts/sis-snapshot.ts'
import { sisAlarms } from './sis-alarms.ts'
import { isJournalled, sisEventText } from './sis-events.ts'

/** Without a datagram for this long what is shown is old. */
export const SIS_SILENCE_MS = 3000
/** Entries kept for the list of events. */
export const SOE_KEPT = 5000

/** Who asked for a bypass, and why: known of those that went through this gateway. */
export interface BypassPaper {
  readonly who: string
  readonly second: string
  readonly reason: string
  readonly work_order: string
  readonly compensation: string
}

/** What outlives a restart of the gateway. */
export interface SisLedger {
  run_id: string
  /** Number of the next record of that run. */
  soe_next: number
  demands_since: string
  readonly demands: Record<string, number>
  /** By `cause/input`, cause or effect. */
  readonly papers: Record<string, BypassPaper>
}

export const emptyLedger = (since: string): SisLedger => ({
  run_id: '',
  soe_next: 0,
  demands_since: since,
  demands: {},
  papers: {},
})

export interface SisPicture {
  readonly ledger: SisLedger
  outline: SisOutline | null
  /** Why there is no outline; "" where there is one or nobody has looked. */
  outline_fault: string
  snapshot: SisSnapshot | null
  heard_ms: number
  taken: number
  malformed: number
  missed: number
  readonly soe: SisSoeEntry[]
  soe_number: number
}

export const createSisPicture = (ledger: SisLedger): SisPicture => ({
  ledger,
  outline: null,
  outline_fault: '',
  snapshot: null,
  heard_ms: Number.NEGATIVE_INFINITY,
  taken: 0,
  malformed: 0,
  missed: 0,
  soe: [],
  soe_number: 0,
})

export interface SisNews {
  /** For the journal. */
  readonly lines: readonly { readonly tag: string; readonly text: string }[]
  /** Something that an operator looks at has changed, not only counts of transmitters. */
  readonly urgent: boolean
}

const NOTHING: SisNews = { lines: [], urgent: false }

/** The outline, where it is that of what runs: titles of another configuration would name the wrong valve. */
export function trustedOutline(p: SisPicture): SisOutline | null {
  const { outline, snapshot } = p
  if (outline === null || snapshot === null) return outline
  return outline.hash === snapshot.config_hash && fits(outline, snapshot) ? outline : null
}

/** A solver that does not run has nothing to say of its lists: its watchdog speaks with empty ones. */
function fits(o: SisOutline, s: SisSnapshot): boolean {
  const same = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length
  return (
    (s.faults === -1 && s.effects.length === 0) ||
    (same(o.transmitters, s.transmitters) &&
      same(o.contacts, s.contacts) &&
      same(o.causes, s.causes) &&
      same(o.effects, s.effects) &&
      same(o.elements, s.elements))
  )
}

/** Takes one datagram that could be read. */
export function takeSnapshot(p: SisPicture, s: SisSnapshot, now_ms: number, wall_ms: number): SisNews {
  const before = p.snapshot
  const same_run = before !== null && before.run_id === s.run_id
  // One that was overtaken says nothing new.
  if (same_run && s.seq <= before.seq) return NOTHING
  if (same_run) p.missed += s.seq - before.seq - 1
  p.taken++
  p.snapshot = s
  p.heard_ms = now_ms
  const lines: { tag: string; text: string }[] = []
  if (!same_run && p.ledger.run_id !== s.run_id) {
    lines.push({ tag: 'SIS', text: before === null ? 'Safety system is heard' : 'Safety system has started anew' })
    p.ledger.run_id = s.run_id
    p.ledger.soe_next = 0
  }
  if (before !== null && before.key !== s.key) lines.push({ tag: 'SIS', text: `Key ${before.key} -> ${s.key}` })
  const urgent = gather(p, s, wall_ms, lines) || !same_run || isChanged(before, s)
  return { lines, urgent }
}

/** Appends the records that are new; what lies between is a gap. */
function gather(p: SisPicture, s: SisSnapshot, wall_ms: number, lines: { tag: string; text: string }[]): boolean {
  const { ledger } = p
  const outline = trustedOutline(p)
  const add = (scan: number, entry: Pick<SisSoeEntry, 'kind' | 'tag' | 'text'>): void => {
    p.soe.push({ number: ++p.soe_number, scan, plant_ms: scan * s.scan_ms, heard_ms: wall_ms, ...entry })
  }
  // What the journal has from before a restart of this program is listed once more, and not journalled again.
  const anew = p.taken === 1
  let grew = false
  const records = [...s.soe].sort((x, y) => x.i - y.i)
  for (const r of records) {
    const known = r.i < ledger.soe_next
    if (known && !anew) continue
    if (!known && r.i > ledger.soe_next) {
      const text = `${r.i - ledger.soe_next} records lost between two datagrams`
      add(r.scan, { kind: 'gap', tag: '', text })
      lines.push({ tag: 'SIS', text: `SIS: ${text}` })
    }
    const said = sisEventText(outline, r)
    add(r.scan, said)
    grew = true
    if (known) continue
    ledger.soe_next = r.i + 1
    count(ledger, outline, r)
    if (isJournalled(r)) lines.push({ tag: said.tag === '' ? 'SIS' : said.tag, text: `SIS: ${said.text}` })
  }
  if (ledger.soe_next < s.soe_count && records.length === 0) {
    const text = `${s.soe_count - ledger.soe_next} records lost`
    add(s.scan, { kind: 'gap', tag: '', text })
    lines.push({ tag: 'SIS', text: `SIS: ${text}` })
    ledger.soe_next = s.soe_count
    grew = true
  }
  if (p.soe.length > SOE_KEPT) p.soe.splice(0, p.soe.length - SOE_KEPT)
  return grew
}

/** Counts demands, and takes away the papers of bypasses that have ended: the next one on that input is another one's. */
function count(ledger: SisLedger, outline: SisOutline | null, r: SisSoeRecord): void {
  if (outline === null) return
  const cause = outline.causes[r.kind === SIS_EVENT.mos ? Math.floor(r.at / 16) : r.at]?.id ?? ''
  if (r.kind === SIS_EVENT.cause && r.a !== 0) ledger.demands[cause] = (ledger.demands[cause] ?? 0) + 1
  else if (r.kind === SIS_EVENT.mos && r.a === 0) {
    const input = outline.causes[Math.floor(r.at / 16)]?.inputs[r.at % 16]
    delete ledger.papers[`${cause}/${input}`]
  } else if (r.kind === SIS_EVENT.causeAlarm && (r.b & SIS_CAUSE_ALARM.startupOverride) !== 0)
    delete ledger.papers[cause]
  else if (r.kind === SIS_EVENT.effectOverride && r.a === 0) delete ledger.papers[outline.effects[r.at]?.id ?? '']
}

/** Anything but the numbers that move by themselves: counts, times left, durations. */
function isChanged(before: SisSnapshot | null, after: SisSnapshot): boolean {
  return before === null || signature(before) !== signature(after)
}

const signature = (s: SisSnapshot): string =>
  JSON.stringify([
    s.config_hash,
    s.key,
    s.faults,
    s.difference,
    s.system_alarms,
    s.channel.state,
    s.dcs_link,
    s.transmitters.map((c) => [c.status, c.alarms]),
    s.contacts,
    s.causes.map((c) => [
      c.active,
      c.vote,
      c.votes,
      c.alarms,
      c.bypass_left.map((left) => left >= 0),
      c.startup_left >= 0,
    ]),
    s.effects.map((e) => [e.state, e.first_out, e.other_reason, e.alarms, e.override_left >= 0]),
    s.elements,
    s.sequences,
  ])

export interface SisSide {
  readonly now_ms: number
  readonly write: SisStatus['write']
}

export function sisStatus(p: SisPicture, side: SisSide): SisStatus {
  const { snapshot, ledger } = p
  const age_ms = snapshot === null ? -1 : Math.max(0, Math.round(side.now_ms - p.heard_ms))
  const state = snapshot === null ? 'waiting' : age_ms > SIS_SILENCE_MS ? 'lost' : 'live'
  const outline = trustedOutline(p)
  const config = configOf(p, outline)
  const shell = {
    state,
    age_ms,
    ...config,
    datagrams: { taken: p.taken, malformed: p.malformed, missed: p.missed },
    write: side.write,
  } as const
  return {
    ...shell,
    alarms: sisAlarms({ ...shell, outline, snapshot }),
    bypasses: snapshot === null || outline === null ? [] : bypassesOf(snapshot, outline, ledger),
    demands: (outline?.causes ?? []).map((c) => ledger.demands[c.id] ?? 0),
    demands_since: ledger.demands_since,
    soe_known: p.soe_number,
  }
}

export const noSis: SisStatus = {
  state: 'none',
  age_ms: -1,
  config: 'unknown',
  config_note: '',
  datagrams: { taken: 0, malformed: 0, missed: 0 },
  write: { state: 'none', why: '' },
  alarms: [],
  bypasses: [],
  demands: [],
  demands_since: '',
  soe_known: 0,
}

function configOf(p: SisPicture, trusted: SisOutline | null): Pick<SisStatus, 'config' | 'config_note'> {
  const { outline, snapshot } = p
  if (outline === null) {
    if (p.outline_fault === '') return { config: 'unknown', config_note: '' }
    return { config: 'unreadable', config_note: `The configuration file cannot be read: ${p.outline_fault}` }
  }
  if (snapshot === null) return { config: 'unknown', config_note: '' }
  if (trusted !== null) return { config: 'same', config_note: '' }
  const note =
    outline.hash === snapshot.config_hash
      ? 'What runs has other lists than its file'
      : `The safety system runs ${snapshot.id} ${snapshot.config_hash.slice(0, 8)}, the file here is ${outline.hash.slice(0, 8)}`
  return { config: 'other', config_note: `${note}: no names are shown` }
}

/** Everything that masks or overrides, with the paper of who asked for it. */
function bypassesOf(s: SisSnapshot, o: SisOutline, ledger: SisLedger): SisBypass[] {
  const paper = (key: string): BypassPaper => ledger.papers[key] ?? NO_PAPER
  const list: SisBypass[] = []
  s.causes.forEach((c, i) => {
    const cause = o.causes[i]!
    c.bypass_left.forEach((left, k) => {
      if (left < 0) return
      const channel = cause.inputs[k] ?? ''
      const would_trip = c.votes[k] === true
      list.push({
        kind: 'mos',
        target: cause.id,
        channel,
        left_ms: left * s.scan_ms,
        would_trip,
        ...paper(`${cause.id}/${channel}`),
      })
    })
    if (c.startup_left >= 0)
      list.push({
        kind: 'startup',
        target: cause.id,
        channel: '',
        left_ms: c.startup_left * s.scan_ms,
        would_trip: c.vote === 1,
        ...paper(cause.id),
      })
  })
  s.effects.forEach((e, i) => {
    if (e.override_left < 0) return
    const { id } = o.effects[i]!
    list.push({
      kind: 'effect_override',
      target: id,
      channel: '',
      left_ms: e.override_left * s.scan_ms,
      would_trip: true,
      ...paper(id),
    })
  })
  return list
}

const NO_PAPER: BypassPaper = { who: '', second: '', reason: '', work_order: '', compensation: '' }
