import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSisOutline } from '../../gateway/core/sis-outline.ts'
import { type LooseSnapshot, normalSnapshot, SIS_CONFIG_PATH, sisConfig, trip } from '../../test/hmi/sis-stand-in.ts'
import { euOf, formatLeft, formatPlantTime, hiddenTrips, matrixView, riskViews, type SisSnapshotView } from './sis.ts'
import { actionsFor } from './sis-actions.ts'

const reading = readSisOutline(readFileSync(SIS_CONFIG_PATH, 'utf8'), sisConfig().hash)
if (!reading.ok) throw new Error(reading.found)
const o = reading.outline
const view = (s: LooseSnapshot) => matrixView(o, s as unknown as SisSnapshotView)
const actions = (kind: 'cause' | 'effect', id: string, s: LooseSnapshot): string[] =>
  actionsFor({ kind, id }, o, s as unknown as SisSnapshotView).map((a) => `${a.command} ${a.detail}`.trim())

test('[SIS-HMI-1] counts are shown in the unit of the transmitter: the trip set points of the configuration, by their counts', () => {
  // S1: 2895 kPa g of 0..3200 is 55,425 counts; S7: 15 % of 0..140 is 17,143, as the configuration has them beside each other.
  expect(euOf(55_425, 3000, 0, 3200)).toBeCloseTo(2895, 6)
  expect(euOf(17_143, 3000, 0, 140)).toBeCloseTo(15, 2)
  expect(euOf(12_000, 3000, -30, 135)).toBe(-30)
})

test('[SIS-HMI-2] the normal matrix: all clear, nothing first, every marked cell', () => {
  const m = view(normalSnapshot())
  expect(m.causes.every((c) => c.state === 'clear' && !c.first && !c.active)).toBe(true)
  expect(m.effects.every((e) => !e.tripped && e.outputs.every((out) => out.follows && out.energised))).toBe(true)
  expect(m.cells[10]).toEqual(['S', 'S', 'S', 'S', 'S', 'S', '', 'S'])
  expect(m.causes[0]).toMatchObject({ vote: '2oo3', trip: '> 2895 kPa g', pre: '2850' })
  expect(m.causes[9]).toMatchObject({ trip: 'opens', spread: '' })
  expect(m.causes[9]!.channels[0]).toMatchObject({ tag: 'JS-20', text: 'closed' })
})

test('[SIS-HMI-3] a trip: the cause is first, its effects are tripped, their valves stand where they should', () => {
  const s = normalSnapshot()
  trip(s, 'S11', ['FEEDS', 'BLOWDOWN'])
  const m = view(s)
  expect(m.causes.map((c) => c.first)).toEqual([...Array(10).fill(false), true])
  expect(m.effects.filter((e) => e.tripped).map((e) => e.id)).toEqual(['FEEDS', 'BLOWDOWN'])
  expect(m.effects[0]!.outputs[0]).toMatchObject({ tag: 'XV-1', energised: false, position: 'shut', follows: true })
  expect(m.effects[1]!.outputs[0]).toMatchObject({ tag: 'BDV-9', position: 'open', travel_s: 4.2 })
})

test('[SIS-HMI-4] what does not agree is seen: a bad input, a spread over its limit, a valve between its ends', () => {
  const s = normalSnapshot()
  s.transmitters[0] = { raw: -1, status: 2, alarms: 1 }
  s.transmitters[5]!.raw += 2000
  s.elements[0]!.open = false
  const m = view(s)
  expect(m.causes[0]!.channels[0]).toMatchObject({ text: '----', bad: true, words: ['LINE'] })
  expect(m.causes[1]).toMatchObject({ spread_over: true })
  expect(m.effects[0]!.outputs[0]).toMatchObject({ position: 'moving', follows: false })
})

test('[SIS-HMI-5] a trip that only a bypass holds back is found, and no other', () => {
  const s = normalSnapshot()
  s.causes[0]!.bypass_left = [-1, 100, -1]
  s.causes[0]!.votes = [false, true, false]
  expect(hiddenTrips(view(s))).toBe(0)
  s.causes[0]!.votes = [true, true, false]
  expect(hiddenTrips(view(s))).toBe(1)
  s.causes[0]!.bypass_left = [-1, -1, -1]
  expect(hiddenTrips(view(s))).toBe(0)
})

test('[SIS-HMI-6] times as an operator reads them', () => {
  expect(formatPlantTime(3_723_400)).toBe('1:02:03.400')
  expect(formatPlantTime(0)).toBe('0:00:00.000')
  expect(formatLeft(545_000)).toBe('9:05')
  expect(formatLeft(2_820_000)).toBe('47 min')
  expect(formatLeft(28_320_000)).toBe('7 h 52 min')
})

test('[SIS-HMI-7] the risk now is that of as many bypasses as stand, and short of the claim when its band is', () => {
  const s = normalSnapshot()
  s.causes[0]!.bypass_left = [-1, 100, -1]
  const by_bypassed = [
    { bypassed: 0, pfd_avg: 3e-3, sil: 2 },
    { bypassed: 1, pfd_avg: 2e-2, sil: 1 },
  ]
  const risk = { config_hash: o.hash, sifs: [{ id: 'SIF-S1', sil_claimed: 2, by_bypassed }] }
  const demands = o.causes.map((c) => (c.id === 'S1' ? 3 : 0))
  const rows = riskViews(o, s as unknown as SisSnapshotView, { risk, status: { demands } } as never)
  expect(rows[0]).toMatchObject({ bypassed: 1, pfd_now: 2e-2, pfd_normal: 3e-3, short: true, demands: 3, known: true })
  expect(rows[1]).toMatchObject({ known: false, short: false, pfd_now: null })
})

test('[SIS-HMI-8] only what can be asked is offered', () => {
  const s = normalSnapshot()
  expect(actions('cause', 'S1', s)).toEqual(['mos_on PT-701', 'mos_on PT-702', 'mos_on PT-703'])
  expect(actions('cause', 'S11', s)).toEqual([])
  expect(actions('effect', 'FEEDS', s)).toEqual([
    'force_trip',
    'partial_stroke XV-1',
    'partial_stroke XV-2',
    'partial_stroke XV-3',
    'partial_stroke XV-4',
  ])
  s.causes[0]!.bypass_left = [-1, 100, -1]
  expect(actions('cause', 'S1', s)).toContain('mos_off PT-702')
  trip(s, 'S11', ['FEEDS'])
  expect(actions('effect', 'FEEDS', s)).toEqual(['reset', 'force_trip'])
  s.effects[0]!.state = 5
  expect(actions('effect', 'FEEDS', s)).toContain('start')
})
