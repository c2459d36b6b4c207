// Deviation, rate of change and discrete alarms: from text to the block that detects them, and what is wrong with a text.
import { expect, test } from 'vitest'
import type { AlarmRecord, Artifact } from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { createController } from '../controller.ts'
import { EVENT } from '../events.ts'
import { layoutOf } from '../layout.ts'
import { faultText } from './fault.ts'
import { changed, compileFiles, type Files } from './testing.ts'

const L = 'loops/a.yaml'
const WHY = 'cause: c, consequence: k, action: a, respond_within: 10min'
const LIMITS = `HI: {${WHY}}, LO: {${WHY}}`
const MARK = '    scan: slow'
const withAlarms = (alarms: string, extra = ''): Files => changed(L, MARK, `    alarms: {${alarms}${extra}}\n${MARK}`)

const build = (files: Files): Artifact => {
  const result = compileFiles(files)
  if ('faults' in result) throw new Error(result.faults.map(faultText).join('\n'))
  return result.artifact
}
const alarmOf = (a: Artifact, kind: string): AlarmRecord =>
  a.tags.find((t) => t.tag === 'LIC-101')!.alarms!.find((r) => r.kind === kind)!

/** A run of LIC-101 (slow: every 10 s): level in %, and which alarms came or went, as `scan:mask`. */
function rigOf(files: Files) {
  const artifact = build(files)
  const controller = createController(artifact)
  let n = 0
  let scan = 0
  const seen: string[] = []
  const field = (id: string, name: string): number => {
    const block = artifact.control.blocks.find((b) => b.id === id)!
    return block.s + layoutOf(BLOCK_TYPES.get(block.type)!.fields).S[name]!
  }
  return {
    artifact,
    seen,
    set: (id: string, name: string, value: number): void => {
      controller.s[field(id, name)] = value
    },
    feed: (pct: number, scans = 1, status: number = STATUS.good): void => {
      for (let i = 0; i < scans; i++) {
        scan++
        for (let tick = 0; tick < 10; tick++) {
          for (const input of artifact.control.inputs.keys()) controller.latchInput(input, 4 + 0.16 * pct, status)
          controller.latchReadback(0, 12, STATUS.good)
          controller.state = { epoch: 1, n: n++ }
          controller.scan(n)
          for (const e of controller.events) {
            const { id } = artifact.control.blocks[e.block]!
            if (e.code === EVENT.alarms && /LIC-101\.ALM/.test(id)) seen.push(`${scan}:${e.b}`)
          }
        }
      }
    },
  }
}

test('[ALM-6] a deviation: on beyond its limit of the set point, off behind its hysteresis, both ways', () => {
  const rig = rigOf(withAlarms(`DEV_HI: {above: 10, hys: 2, ${WHY}}, DEV_LO: {below: -5, hys: 2, ${WHY}}, ${LIMITS}`))
  expect(alarmOf(rig.artifact, 'dev_hi')).toMatchObject({ bit: 32, limit: 10, hysteresis: 2, cause: 'c', action: 'a' })
  expect(alarmOf(rig.artifact, 'dev_lo')).toMatchObject({ bit: 64, limit: -5, priority: 3, respond_within_s: 600 })
  const blocks = ['dev_hi', 'dev_lo', 'hi'].map((k) => rig.artifact.control.blocks[alarmOf(rig.artifact, k).block]!)
  expect(blocks.map((b) => `${b.id} ${b.type}`)).toEqual([
    'LIC-101.ALM2 ALARM_DEVIATION',
    'LIC-101.ALM2 ALARM_DEVIATION',
    'LIC-101.ALM1 ALARM',
  ])
  // The set point is 50: limits at 60 and 45, back at 58 and 47.
  for (const pct of [50, 60, 60.1, 58.1, 57.9, 50, 45.1, 44.9, 46.9, 47.1]) rig.feed(pct)
  expect(rig.seen).toEqual(['3:32', '5:0', '8:64', '10:0'])
})

test('[ALM-6] the deviation is from where the set point is, and a step of it inhibits', () => {
  const rig = rigOf(withAlarms(`DEV_LO: {below: -5, hys: 1, inhibit: 40s, ${WHY}}, ${LIMITS}`))
  rig.feed(50, 2)
  rig.set('LIC-101.PID1', 'SP', 60)
  rig.feed(50, 10)
  // The step is seen in scan 3 or, because BKCAL_OUT may be one scan old, 4; the alarm follows four scans later.
  expect(rig.seen).toHaveLength(1)
  expect(rig.seen[0]).toMatch(/^[78]:64$/)
  rig.feed(58)
  expect(rig.seen[1]).toBe('13:0')
})

test('[ALM-7] a rate: in the unit of the tag and the time that is said', () => {
  // 3 % a minute are 0.5 % in a scan of 10 s.
  const rig = rigOf(
    withAlarms(`RATE_UP: {above: 3, per: min, hys: 1, ${WHY}}, RATE_DN: {below: -6, per: min, ${WHY}}, ${LIMITS}`),
  )
  expect(alarmOf(rig.artifact, 'rate_up')).toMatchObject({ bit: 128, limit: 3, hysteresis: 1, per: 'min' })
  expect(alarmOf(rig.artifact, 'rate_dn')).toMatchObject({ bit: 256, limit: -6, per: 'min' })
  expect(alarmOf(rig.artifact, 'rate_dn').hysteresis).toBeCloseTo(0.6, 12)
  for (const pct of [50, 50.49, 51, 51.35, 51.65, 51.65, 50.66, 49.6, 49.6]) rig.feed(pct)
  // Steps: .49, .51 on, .35 holds (2.1/min > 2), .30 off (1.8/min), 0, -.99, -1.06 on, 0 off.
  expect(rig.seen).toEqual(['3:128', '5:0', '8:256', '9:0'])
})

test('[ALM-8] a discrete alarm: the state said, with its delays', () => {
  const files = (alarm: string): Files =>
    changed(
      L,
      '      PID1: {type: PID, in: AI1.OUT, gain: 2',
      `      D1: {type: COMPARATOR, in: AI1.OUT, ref: 70}\n      PID1: {type: PID, in: AI1.OUT, gain: 2`,
      withAlarms(`DISCRETE: {on: D1.GT, ${alarm}${WHY}}, ${LIMITS}`),
    )
  const rig = rigOf(files('delay_on: 20s, '))
  expect(alarmOf(rig.artifact, 'discrete')).toMatchObject({ bit: 512, limit: 1, hysteresis: 0, on_delay_s: 20 })
  rig.feed(60, 2)
  rig.feed(75, 4)
  rig.feed(60, 1)
  expect(rig.seen).toEqual(['5:512', '7:0'])
  const off = rigOf(files('state: off, delay_off: 10s, '))
  expect(alarmOf(off.artifact, 'discrete')).toMatchObject({ limit: 0, off_delay_s: 10 })
  for (const pct of [75, 75, 60, 75, 75]) off.feed(pct)
  expect(off.seen).toEqual(['3:512', '5:0'])
  // A broken wire neither raises nor clears it.
  off.feed(60, 2, STATUS.bad)
  expect(off.seen.at(-1)).not.toMatch(/:512$/)
})

test('[ALM-9] alarms of one kind with one source share a block, and a bad measurement raises bad PV once a block', () => {
  const a = build(withAlarms(`DEV_HI: {above: 10, ${WHY}}, DEV_LO: {below: -5, delay_on: 20s, ${WHY}}, ${LIMITS}`))
  expect(alarmOf(a, 'dev_hi').block).not.toBe(alarmOf(a, 'dev_lo').block)
})

const placed = (files: Files, piece: string): string => {
  const lines = files[L]!.split('\n')
  const line = lines.findIndex((l) => l.includes(piece))
  return `${L}:${line + 1}`
}

test.each([
  [`DEV_HI: {above: -5, ${WHY}}`, 'CFG_OUT_OF_RANGE', /above 0/],
  [`DEV_LO: {below: 5, ${WHY}}`, 'CFG_OUT_OF_RANGE', /below 0/],
  [`RATE_DN: {below: 5, per: s, ${WHY}}`, 'CFG_OUT_OF_RANGE', /below 0/],
  [`RATE_UP: {above: 0, per: s, ${WHY}}`, 'CFG_OUT_OF_RANGE', /above 0/],
  [`DEV_HI: {below: 5, ${WHY}}`, 'CFG_UNKNOWN_FIELD', /'below' of DEV_HI/],
  [`DEV_HI: {${WHY}}`, 'CFG_MISSING_FIELD', /without a limit/],
  [`DEV_HI: {above: 101, ${WHY}}`, 'CFG_OUT_OF_RANGE', /span of the tag, 100/],
  [`RATE_UP: {above: 5, ${WHY}}`, 'CFG_MISSING_FIELD', /'per'/],
  [`RATE_UP: {above: 5, per: minute, ${WHY}}`, 'CFG_UNKNOWN_WORD', /s \| min \| h/],
  [`RATE_UP: {above: 5, per: min, hys: 6, ${WHY}}`, 'CFG_OUT_OF_RANGE', /0 to 5/],
  [`DISCRETE: {on: AI1.OUT, state: maybe, ${WHY}}`, 'CFG_UNKNOWN_WORD', /on \| off/],
  [`DISCRETE: {on: AI1.OUT, above: 5, ${WHY}}`, 'CFG_UNKNOWN_FIELD', /'above'.*the alarm DISCRETE/],
  [`HI: {per: min, ${WHY}}`, 'CFG_UNKNOWN_FIELD', /'per'.*the alarm HI/],
  [`DEV_HI: {above: 5, sp: PID1.SPP, ${WHY}}`, 'CFG_UNKNOWN_WIRE', /'PID1.SPP'/],
  [`DEV_HI: {above: 5, sp: AI1.SCALE, ${WHY}}`, 'CFG_UNKNOWN_WIRE', /no wire/],
  [`DEVHI: {above: 5, ${WHY}}`, 'CFG_UNKNOWN_FIELD', /did you mean 'DEV_HI'/],
  [`DEV_HI: {above: 5, inhibit: 30, ${WHY}}`, 'CFG_WRONG_TYPE', /a duration/],
])('[ALM-10] %s is %s, in its line', (alarm, code, message) => {
  const files = withAlarms(alarm, alarm.startsWith('HI:') ? '' : `, ${LIMITS}`)
  const result = compileFiles(files)
  const faults = 'faults' in result ? result.faults.filter((f) => f.severity !== 'warning').map(faultText) : []
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(message)
  expect(faults[0]).toMatch(new RegExp(`^${placed(files, 'alarms: {')}:\\d+ ${code}`))
})

test('[ALM-10] an alarm of the new kinds without its reason is a fault at high priority, a warning at low', () => {
  const at = (priority: number) => {
    const result = compileFiles(withAlarms(`DEV_HI: {above: 5, priority: ${priority}}, ${LIMITS}`))
    return 'faults' in result
      ? result.faults.map((f) => [f.code, f.severity])
      : result.warnings.map((f) => [f.code, f.severity])
  }
  expect(at(2)).toEqual([['CFG_ALARM_RATIONALE', undefined]])
  expect(at(3)).toEqual([['CFG_ALARM_RATIONALE', 'warning']])
})

test('[ALM-10] a flow is no state, and a deviation has one unit', () => {
  const C = 'classes/flow.class.yaml'
  const flow = (alarm: string) => {
    const result = compileFiles(changed(C, 'scan: fast', `alarms: {${alarm}}\nscan: fast`))
    return 'faults' in result ? result.faults.filter((f) => f.severity !== 'warning').map(faultText) : []
  }
  expect(flow(`DISCRETE: {${WHY}}`)).toEqual([
    expect.stringMatching(/^classes\/flow.class.yaml:\d+:\d+ CFG_UNIT_MISMATCH found FIC-101.PID1.PV in m3\/h/),
  ])
  expect(flow(`DEV_HI: {above: 5, sp: AO1.BKCAL_OUT, ${WHY}}`)).toEqual([expect.stringMatching(/CFG_UNIT_MISMATCH/)])
  expect(flow(`DEV_HI: {above: 5, ${WHY}}`)).toEqual([])
})

test('[ALM-10] a deviation of a tag without a set point, and of a PID that hands back its PV', () => {
  const indicator = changed(
    L,
    'faceplate: PID1\n    out',
    'faceplate: AI1\n    out',
    withAlarms(`DEV_HI: {above: 5, ${WHY}}, ${LIMITS}`),
  )
  const text = (files: Files): string[] => {
    const result = compileFiles(files)
    return 'faults' in result ? result.faults.map(faultText) : []
  }
  expect(text(indicator).join('\n')).toMatch(/CFG_UNKNOWN_WIRE found a deviation without a set point/)
  const handsBack = changed(
    L,
    'gain: 2,',
    'gain: 2, use_pv_bkcal: true,',
    withAlarms(`DEV_HI: {above: 5, ${WHY}}, ${LIMITS}`),
  )
  expect(text(handsBack)).toEqual([
    expect.stringMatching(/CFG_UNKNOWN_WIRE found the set point of PID1, whose BKCAL_OUT carries PV/),
  ])
  const number = changed(
    L,
    'faceplate: PID1\n    out',
    'faceplate: PID1\n    out',
    withAlarms(`DEV_HI: {above: 5, sp: 40, ${WHY}}, ${LIMITS}`),
  )
  expect(text(number)).toEqual([])
})
