/**
 * Set point program: ramps and soaks in sequence, as the master of a cascade.
 *
 *   SEGMENTS = [target, ramp, soak (s)] one after the other; ramp in s, or in units of OUT per s with RAMP_BY rate
 *   ramp: OUT on the straight line from where it stood to the target; soak: OUT at the target for so long
 *
 * Each phase lasts whole scans and its OUT is computed from its first and last value, so nothing adds up; a ramp of 0 is
 * one step. The clock of the program stands still while it is held (STATE, HOLD_D), outside Auto, and, with HOLDBACK, while
 * PV is further from OUT than that or bad: a soak counts only where the process has arrived.
 *
 * In Man the operator's OUT stands, in IMan OUT follows the slave. Back in Auto the ramp goes on from where OUT stands now
 * within the time that is left, and a soak that OUT has left begins again with its ramp: no way back has a bump.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { isBad } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { goodStatus, heldStatus, isOpen, mustInitialise } from '../cascade.ts'
import { layout } from '../layout.ts'
import { modeFields, PERMITTED_LOCAL, refuseMode } from '../mode-fields.ts'

const IDLE = 0
const RUNNING = 1
const HELD = 2
const DONE = 3

const FIELDS = [
  { name: 'PV', role: 'wire-in', unit: 'out', doc: 'The controlled value, for HOLDBACK.', optional: true },
  { name: 'RUN_D', role: 'wire-in', unit: '1', doc: 'Rising: the program starts, or goes on.', optional: true },
  { name: 'HOLD_D', role: 'wire-in', unit: '1', doc: 'Not 0: the clock stands still.', optional: true },
  { name: 'RESET_D', role: 'wire-in', unit: '1', doc: 'Not 0: idle, OUT stands.', optional: true },
  { name: 'BKCAL_IN', role: 'back-in', unit: 'out', doc: "The slave's BKCAL_OUT.", optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'out', doc: 'The set point.' },
  { name: 'SEGMENT', role: 'wire-out', unit: '1', doc: 'Number of the segment, from 1; 0: none.' },
  { name: 'DONE', role: 'wire-out', unit: '1', doc: '1 when the program has come to its end.' },
  { name: 'TIME_LEFT', role: 'wire-out', unit: 's', doc: 'Of the ramp or soak of now.' },
  ...modeFields(PERMITTED_LOCAL, MODE.auto),
  {
    name: 'STATE',
    role: 'tunable',
    unit: '1',
    doc: 'What the program does; running starts it, held holds it, idle resets it.',
    default: IDLE,
    names: { idle: IDLE, running: RUNNING, held: HELD, done: DONE },
  },
  {
    name: 'RAMP_BY',
    role: 'constant',
    unit: '1',
    doc: 'What the second number of a segment is.',
    default: 0,
    names: { time: 0, rate: 1 },
  },
  { name: 'REPEAT', role: 'constant', unit: '1', doc: 'How often it runs; 0: for ever.', default: 1, min: 0 },
  {
    name: 'HOLDBACK',
    role: 'constant',
    unit: 'out',
    doc: 'Largest difference of PV and OUT at which the clock runs; 0: not watched.',
    default: 0,
    min: 0,
  },
  { name: 'OUT_SCALE', role: 'constant', unit: 'out', doc: 'OUT at 0 % and 100 %.', count: 2, defaults: [0, 100] },
  { name: 'TRACKING', role: 'state', unit: '1', doc: '1 while OUT follows BKCAL_IN.' },
  { name: 'WAITING', role: 'state', unit: '1', doc: '1 while running with the clock standing still.' },
  { name: 'SOAKING', role: 'state', unit: '1', doc: '1 in a soak, 0 in a ramp.' },
  { name: 'FROM', role: 'state', unit: 'out', doc: 'OUT at the start of the ramp.' },
  { name: 'SCANS', role: 'state', unit: 'scans', doc: 'Scans of this phase so far.' },
  { name: 'LENGTH', role: 'state', unit: 'scans', doc: 'Scans of this phase in all.' },
  { name: 'CYCLES', role: 'state', unit: '1', doc: 'How often it has run.' },
  {
    name: 'MOVED',
    role: 'state',
    unit: '1',
    doc: '1 where OUT was moved by others since the last scan of the program.',
  },
  { name: 'RUN_WAS', role: 'state', unit: '1', doc: 'RUN_D of the last scan.' },
  { name: 'DT', role: 'derived', unit: 's', doc: 'Period of the scan class.' },
  { name: 'SEGMENTS', role: 'constant', unit: '1', doc: 'target, ramp, soak (s), and so on.', count: -1 },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

/** Shorter than any period: what a division of times leaves of a scan is none. */
const ROUNDING = 1e-9

const kernel: Kernel = (s, k) => {
  const back = s[S.BKCAL_IN_ST]!
  let actual = s[S.MODE_TARGET]!
  if (actual !== MODE.oos && mustInitialise(back)) actual = MODE.iman
  s[S.MODE_ACTUAL] = actual
  s[S.TRACKING] = actual === MODE.iman ? 1 : 0
  if (actual === MODE.iman && !isBad(back) && s[S.BKCAL_IN]! - s[S.BKCAL_IN]! === 0) s[S.OUT] = s[S.BKCAL_IN]! + 0

  const run = !isBad(s[S.RUN_D_ST]!) && s[S.RUN_D]! !== 0
  if (run && s[S.RUN_WAS]! === 0) begin(s)
  s[S.RUN_WAS] = run ? 1 : 0
  if (!isBad(s[S.RESET_D_ST]!) && s[S.RESET_D]! !== 0) s[S.STATE] = IDLE
  if (s[S.STATE]! === IDLE) s[S.SEGMENT] = 0

  const running = s[S.STATE]! === RUNNING
  const waits = running && (actual !== MODE.auto || holding(s, k))
  s[S.WAITING] = waits ? 1 : 0
  if (actual !== MODE.auto) s[S.MOVED] = 1
  if (running && !waits) advance(s, k)

  s[S.OUT_ST] = actual === MODE.auto || actual === MODE.man ? goodStatus(back) : heldStatus(actual, back)
  s[S.SEGMENT_ST] = s[S.OUT_ST]!
  s[S.DONE] = s[S.STATE]! === DONE ? 1 : 0
  s[S.DONE_ST] = s[S.OUT_ST]!
  s[S.TIME_LEFT] = s[S.SEGMENT]! > 0 && s[S.STATE]! !== DONE ? (s[S.LENGTH]! - s[S.SCANS]!) * k[K.DT]! + 0 : 0
  s[S.TIME_LEFT_ST] = s[S.OUT_ST]!
}

/** From the beginning, or on where it was held. */
function begin(s: Float64Array): void {
  if (s[S.STATE]! !== HELD) {
    s[S.SEGMENT] = 0
    s[S.CYCLES] = 0
  }
  s[S.STATE] = RUNNING
}

/** The clock stands still in this scan. */
function holding(s: Float64Array, k: Float64Array): boolean {
  if (!isBad(s[S.HOLD_D_ST]!) && s[S.HOLD_D]! !== 0) return true
  if (!(k[K.HOLDBACK]! > 0) || isOpen(s[S.PV_ST]!) || s[S.SEGMENT]! === 0) return false
  return isBad(s[S.PV_ST]!) || !(Math.abs(s[S.PV]! - s[S.OUT]!) <= k[K.HOLDBACK]!)
}

/** One scan of the program. */
function advance(s: Float64Array, k: Float64Array): void {
  if (s[S.SEGMENT]! === 0) enterRamp(s, k, 1)
  const at = K.SEGMENTS + 3 * (s[S.SEGMENT]! - 1)
  const target = k[at]!
  if (s[S.MOVED]! !== 0) {
    if (s[S.SOAKING]! !== 0) {
      if (s[S.OUT]! !== target) enterRamp(s, k, s[S.SEGMENT]!)
    } else {
      const left = s[S.LENGTH]! - s[S.SCANS]!
      s[S.FROM] = s[S.OUT]!
      s[S.SCANS] = 0
      s[S.LENGTH] = k[K.RAMP_BY]! !== 0 ? rampScans(k, at, s[S.OUT]!) : left
    }
    s[S.MOVED] = 0
  }
  s[S.SCANS] = s[S.SCANS]! + 1
  const over = s[S.SCANS]! >= s[S.LENGTH]! - ROUNDING
  if (s[S.SOAKING]! === 0) {
    if (!over) {
      s[S.OUT] = s[S.FROM]! + (target - s[S.FROM]!) * (s[S.SCANS]! / s[S.LENGTH]!) + 0
      return
    }
    s[S.OUT] = target + 0
    s[S.SCANS] = 0
    s[S.LENGTH] = k[at + 2]! / k[K.DT]!
    s[S.SOAKING] = 1
    if (s[S.LENGTH]! > ROUNDING) return
  } else if (!over) return

  // The segment is over; the next one begins with the next scan.
  if (at + 3 < k.length) {
    enterRamp(s, k, s[S.SEGMENT]! + 1)
    return
  }
  s[S.CYCLES] = s[S.CYCLES]! + 1
  if (k[K.REPEAT]! === 0 || s[S.CYCLES]! < k[K.REPEAT]!) enterRamp(s, k, 1)
  else s[S.STATE] = DONE
}

function enterRamp(s: Float64Array, k: Float64Array, segment: number): void {
  s[S.SEGMENT] = segment
  s[S.SOAKING] = 0
  s[S.FROM] = s[S.OUT]!
  s[S.SCANS] = 0
  s[S.LENGTH] = rampScans(k, K.SEGMENTS + 3 * (segment - 1), s[S.OUT]!)
}

function rampScans(k: Float64Array, at: number, from: number): number {
  const ramp = k[at + 1]!
  if (k[K.RAMP_BY]! === 0) return ramp / k[K.DT]!
  return ramp > 0 ? Math.abs(k[at]! - from) / (ramp * k[K.DT]!) : 0
}

/** Set point program. */
export const RAMP_PROGRAM: BlockType = {
  type: 'RAMP_PROGRAM',
  doc: 'Set point program: ramps by time or rate and soaks, with hold, guaranteed soak, repetition and the cascade handshake.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.DT] = dt_s
  },
  check: (_s, k) => {
    const list = k.subarray(K.SEGMENTS)
    if (list.length === 0 || list.length % 3 !== 0) return ['SEGMENTS: one or more times target, ramp, soak']
    for (let i = 0; i < list.length; i += 3) {
      if (!(list[i + 1]! >= 0 && list[i + 2]! >= 0)) return ['SEGMENTS: a ramp or soak must not be below 0']
    }
    return []
  },
  start: (s) => {
    s[S.MODE_ACTUAL] = MODE.man
    s[S.MOVED] = 1
    if (s[S.STATE]! !== RUNNING) s[S.STATE] = IDLE
  },
  writable: ['MODE', 'OUT', 'STATE'],
  write: (s, k, field, value) => {
    switch (field) {
      case 'MODE': {
        const refusal = refuseMode(value, k[K.PERMITTED]!)
        if (refusal === REFUSAL.none) s[S.MODE_TARGET] = value
        return refusal
      }
      case 'OUT':
        if (s[S.MODE_ACTUAL]! !== MODE.man) return REFUSAL.mode
        if (value < k[K.OUT_SCALE]! || value > k[K.OUT_SCALE + 1]!) return REFUSAL.outOfRange
        s[S.OUT] = value
        return REFUSAL.none
      case 'STATE':
        if (value !== IDLE && value !== RUNNING && value !== HELD) return REFUSAL.outOfRange
        if (value === RUNNING) begin(s)
        else if (value === HELD && s[S.STATE]! !== RUNNING) return REFUSAL.mode
        else s[S.STATE] = value
        return REFUSAL.none
      default:
        return REFUSAL.unknownTarget
    }
  },
  on_bad: { PV: 'ignores', RUN_D: 'holds', HOLD_D: 'holds', RESET_D: 'holds' },
  tag_fields: {
    PV: 'OUT',
    OUT: 'OUT',
    MODE_TARGET: 'MODE_TARGET',
    MODE_ACTUAL: 'MODE_ACTUAL',
    READBACK: 'BKCAL_IN',
    TRACKING: 'TRACKING',
  },
  tag_writable: { OUT: 'OUT', MODE: 'MODE' },
}
