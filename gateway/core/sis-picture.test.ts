import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { SisSnapshot } from '../../contracts/sis-snapshot.ts'
import { type LooseSnapshot, normalSnapshot, record, SIS_CONFIG_PATH, trip } from '../../test/hmi/sis-stand-in.ts'
import { readSisOutline } from './sis-outline.ts'
import {
  createSisPicture,
  emptyLedger,
  type SisPicture,
  sisStatus,
  takeSnapshot,
  trustedOutline,
} from './sis-picture.ts'

const bytes = readFileSync(SIS_CONFIG_PATH)
const reading = readSisOutline(bytes.toString('utf8'), createHash('sha256').update(bytes).digest('hex'))
if (!reading.ok) throw new Error(reading.found)
const { outline } = reading

const fresh = (ledger = emptyLedger('2026-01-01')): SisPicture => Object.assign(createSisPicture(ledger), { outline })
const up = { state: 'up', why: '' } as const
const alarms = (p: SisPicture, now_ms: number) => sisStatus(p, { now_ms, write: up }).alarms
const take = (p: SisPicture, s: LooseSnapshot, now_ms = 0) =>
  takeSnapshot(p, structuredClone(s) as unknown as SisSnapshot, now_ms, 1_000_000)
const next = (s: LooseSnapshot): LooseSnapshot => Object.assign(s, { seq: s.seq + 1, scan: s.scan + 1 })
const texts = (p: SisPicture): string[] => p.soe.map((e) => `${e.tag} ${e.text}`.trim())

test('[SIS-VIEW-1] the names come from the file: titles, set points, votes, cells', () => {
  expect(outline).toMatchObject({ id: 'tennessee-eastman', mode: 'SIMULATION', permit: 'HS-90', mos_max: 3 })
  expect(outline.causes[0]).toMatchObject({ id: 'S1', vote: 2, trip: 'above', trip_at: 2895, pre_alarm_at: 2850 })
  expect(outline.causes[2]).toMatchObject({ id: 'S3', trip: 'below', delay_ms: 5000, startup: true })
  expect(outline.causes[10]).toMatchObject({ id: 'S11', trip: 'opens', trip_at: null, mos_max: 0, manual: true })
  expect(outline.cells.filter((c) => c.cause === 6)).toEqual([
    { cause: 6, effect: 2, code: 'S', group: '', n: 1, delay_ms: 0 },
  ])
  expect(readSisOutline('{"id": 1}', '')).toMatchObject({ ok: false })
  expect(readSisOutline('{', '')).toEqual({ ok: false, found: 'no JSON' })
})

test('[SIS-VIEW-2] events are gathered once each, in order, whatever is sent again', () => {
  const p = fresh()
  const s = normalSnapshot()
  take(p, s)
  trip(next(s), 'S7', ['XV-10'])
  const { lines, urgent } = take(p, s)
  expect(urgent).toBe(true)
  expect(texts(p)).toEqual([
    'S7 cause active',
    'XV-10 first out: S7 Separator level low low',
    'XV-10 normal -> TRIPPED',
    'XV-10 travel 4.3 s on demand',
  ])
  expect(lines.map((l) => `${l.tag} ${l.text}`)).toContain('XV-10 SIS: first out: S7 Separator level low low')
  take(p, next(s))
  expect(p.soe).toHaveLength(4)
  expect(p.soe.map((e) => e.number)).toEqual([1, 2, 3, 4])
})

test('[SIS-VIEW-3] what was lost between two datagrams stands in the list as a gap, and is counted', () => {
  const p = fresh()
  const s = normalSnapshot()
  take(p, s)
  for (let i = 0; i < 5; i++) record(next(s), 12, i, 1, 0)
  s.soe = s.soe.slice(-2)
  const { lines } = take(p, s)
  expect(texts(p)).toEqual(['3 records lost between two datagrams', 'S4 cause active', 'S5 cause active'])
  expect(p.soe[0]!.kind).toBe('gap')
  expect(lines[0]).toEqual({ tag: 'SIS', text: 'SIS: 3 records lost between two datagrams' })
  expect(p.missed).toBe(4)
})

test('[SIS-VIEW-4] a datagram that was overtaken says nothing; a solver that starts anew does', () => {
  const p = fresh()
  const s = normalSnapshot()
  s.seq = 10
  take(p, s)
  s.seq = 9
  s.key = 'RUN'
  expect(take(p, s)).toEqual({ lines: [], urgent: false })
  expect(p.snapshot!.key).toBe('SIMULATION')
  const anew = { ...normalSnapshot(), run_id: 'run-2', seq: 1 }
  expect(take(p, anew).lines).toEqual([{ tag: 'SIS', text: 'Safety system has started anew' }])
})

test('[SIS-VIEW-5] a gateway that starts anew lists what it hears again, and journals only what it had not', () => {
  const ledger = emptyLedger('2026-01-01')
  const s = normalSnapshot()
  record(s, 12, 0, 1, 0)
  record(s, 12, 0, 0, 0)
  take(fresh(ledger), s)
  const again = fresh(JSON.parse(JSON.stringify(ledger)))
  record(next(s), 12, 1, 1, 0)
  const { lines } = take(again, s)
  expect(texts(again)).toEqual(['S1 cause active', 'S1 cause clear', 'S2 cause active'])
  expect(lines.map((l) => l.text)).toEqual(['SIS: cause active'])
  expect(again.ledger.demands).toEqual({ S1: 1, S2: 1 })
})

test('[SIS-VIEW-6] 3 s without a datagram is an alarm, and old trips are no longer called present ones', () => {
  const p = fresh()
  expect(alarms(p, 0)).toMatchObject([{ rank: 2, text: expect.stringContaining('nothing has been heard') }])
  const s = normalSnapshot()
  trip(s, 'S1', ['FEEDS'])
  take(p, s, 1000)
  expect(sisStatus(p, { now_ms: 4000, write: up }).state).toBe('live')
  expect(alarms(p, 4000)[0]).toEqual({ rank: 1, text: 'SIS TRIP, first out S1 Reactor pressure high high: FEEDS' })
  expect(sisStatus(p, { now_ms: 4001, write: up })).toMatchObject({ state: 'lost', age_ms: 3001 })
  expect(alarms(p, 7500).map((a) => a.text)).toEqual(['SIS snapshot lost for 6 s: it is not known what stands'])
})

test('[SIS-VIEW-7] names of another configuration are never shown', () => {
  const p = fresh()
  const s = { ...normalSnapshot(), config_hash: 'f'.repeat(64) }
  record(s, 12, 0, 1, 0)
  take(p, s)
  expect(trustedOutline(p)).toBe(null)
  expect(texts(p)).toEqual(['cause 1 cause active'])
  const status = sisStatus(p, { now_ms: 0, write: up })
  expect(status).toMatchObject({ config: 'other', bypasses: [], demands: [] })
  expect(status.alarms[0]).toMatchObject({ rank: 2, text: expect.stringContaining('no names are shown') })
})

test('[SIS-VIEW-8] all effects of one first-out are one alarm; each thing that is wrong has its rank', () => {
  const p = fresh()
  const s = normalSnapshot()
  s.key = 'RUN'
  trip(s, 'S11', ['FEEDS', 'BLOWDOWN', 'XV-10'])
  s.effects[0]!.state = 4
  s.elements[4]!.alarms = 1
  s.causes[0]!.alarms = 2
  s.causes[1]!.alarms = 64 | 512
  s.transmitters[3]!.alarms = 1
  s.transmitters[6]!.alarms = 64
  take(p, s)
  expect(alarms(p, 0)).toEqual([
    { rank: 1, text: 'SIS tripped, ready to reset, first out S11 Emergency shut-down: FEEDS' },
    { rank: 1, text: 'SIS TRIP, first out S11 Emergency shut-down: BLOWDOWN, XV-10' },
    { rank: 1, text: 'SIS: BDV-9 FAILED TO TRIP (Purge to flare, opens on trip)' },
    { rank: 1, text: 'SIS: S1 Reactor pressure high high is INHIBITED, it cannot trip' },
    { rank: 2, text: 'SIS: S2: a bypassed input votes to trip' },
    { rank: 2, text: 'SIS: TT-901 line fault' },
    { rank: 3, text: 'SIS: an input of S2 is bypassed' },
    { rank: 3, text: 'SIS: FT-911 stuck' },
  ])
})

test('[SIS-VIEW-9] a key that is not in RUN, evaluators that differ, a hash that differs, a dead solver are said', () => {
  const said = (change: Partial<LooseSnapshot>): string[] => {
    const p = fresh()
    take(p, { ...normalSnapshot(), key: 'RUN', ...change })
    return alarms(p, 0).map((a) => `${a.rank} ${a.text}`)
  }
  expect(said({})).toEqual([])
  expect(said({ key: 'SIMULATION' })[0]).toMatch(/^4 SIS: SIMULATION/)
  expect(said({ key: 'PROGRAM' })[0]).toMatch(/^3 .*PROGRAM/)
  expect(said({ difference: 7, faults: 16 })).toEqual([
    '1 SIS fault: the two evaluators differ',
    '1 SIS SECURITY: the two evaluators differ, first at word 7',
  ])
  expect(said({ running_hash: 1 })[0]).toMatch(/^1 SIS SECURITY: what runs is not what was loaded/)
  expect(said({ faults: -1 })[0]).toMatch(/^1 .*does not run/)
})

test('[SIS-VIEW-10] a bypass is listed with its time, its vote and who answers for it', () => {
  const ledger = emptyLedger('2026-01-01')
  ledger.papers['S1/PT-702'] = { who: 'kim', second: 'robin', reason: 'loop check', work_order: 'W7', compensation: '' }
  const p = fresh(ledger)
  const s = normalSnapshot()
  s.causes[0]!.bypass_left = [-1, 600, -1]
  s.causes[0]!.votes = [false, true, false]
  s.causes[2]!.startup_left = 50
  take(p, s)
  expect(sisStatus(p, { now_ms: 0, write: up }).bypasses).toMatchObject([
    { kind: 'mos', target: 'S1', channel: 'PT-702', left_ms: 60_000, would_trip: true, who: 'kim', second: 'robin' },
    { kind: 'startup', target: 'S3', left_ms: 5000, who: '' },
  ])
})

test('[SIS-VIEW-11] with a bypass ends who answered for it: the next one on that input is another one', () => {
  const ledger = emptyLedger('2026-01-01')
  const paper = { who: 'kim', second: 'robin', reason: 'loop check', work_order: 'W7', compensation: '' }
  for (const key of ['S1/PT-702', 'S2/TT-903', 'S3', 'FEEDS']) ledger.papers[key] = paper
  const p = fresh(ledger)
  const s = normalSnapshot()
  record(s, 13, 1, 1, 0)
  take(p, s)
  expect(Object.keys(ledger.papers)).toHaveLength(4)
  record(next(s), 13, 1, 0, 0)
  record(s, 2, 2, 0, 8)
  record(s, 15, 0, 0, 0)
  take(p, s)
  expect(Object.keys(ledger.papers)).toEqual(['S2/TT-903'])
})
