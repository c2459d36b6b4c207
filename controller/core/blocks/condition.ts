/**
 * Conditions of a device: 16 interlocks, 8 permissives and 8 forced set points, each with delays, bypass, latch and first-out.
 *                                                                                                      (function-blocks 2.9)
 *
 *   IL1..IL16   1 is a trip; any active one makes INTERLOCK 0
 *   PM1..PM8    1 is a permission; any missing one makes PERMISSIVE 0
 *   FS1..FS8    1 forces the set point FSn_SP; of several active ones the first in order
 *
 * A condition is active when it has been raised (a permission: missing) for ON, and no longer when it has been clear for
 * OFF. With LATCH it stays active until a reset, which is refused while any latched condition is still raised. A bypassed
 * condition is not active and its delays start anew; as long as one is bypassed, BYPASS is 1 and the outputs say so in
 * their status. FIRST_OUT is the first interlock of a trip, kept after all is clear until the next trip or a reset.
 *
 * An expression is a CALC in front, which the strategy's text writes in the input's place; an input that is not wired is no
 * condition. A Bad one is raised (a Bad
 * permission is missing) where BAD says so, else what it last was; a Bad forced set point is always what it last was.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { codeOf, FLAG, isBad, isGood, STATUS } from '../../../contracts/status.ts'
import type { BlockType, FieldDecl, Kernel } from '../block.ts'
import { layoutOf } from '../layout.ts'
import { DISCRETE_EVENT, elapsedS, periodMs } from './discrete.ts'

const INTERLOCKS = 16
const PERMISSIVES = 8
const FORCES = 8
const COUNT = INTERLOCKS + PERMISSIVES + FORCES
const FIRST_PM = INTERLOCKS
const FIRST_FS = INTERLOCKS + PERMISSIVES

const NAMES: readonly string[] = Array.from({ length: COUNT }, (_, i) =>
  i < FIRST_PM ? `IL${i + 1}` : i < FIRST_FS ? `PM${i - FIRST_PM + 1}` : `FS${i - FIRST_FS + 1}`,
)
const KIND = (i: number): string => (i < FIRST_PM ? 'Interlock' : i < FIRST_FS ? 'Permission' : 'Forced set point')
const wordsOf = (prefix: string, count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i + 1}`, i]))

const FIELDS: readonly FieldDecl[] = [
  ...NAMES.map((name, i): FieldDecl => ({ name, role: 'wire-in', unit: '1', doc: `${KIND(i)}.`, optional: true })),
  { name: 'RESET', role: 'wire-in', unit: '1', doc: 'Its rise resets what is latched.', optional: true },
  { name: 'INTERLOCK', role: 'wire-out', unit: '1', doc: '1 while no interlock is active: what a device needs.' },
  { name: 'PERMISSIVE', role: 'wire-out', unit: '1', doc: '1 while no permission is missing.' },
  { name: 'FORCED', role: 'wire-out', unit: '1', doc: '1 while a set point is forced.' },
  { name: 'FORCED_SP', role: 'wire-out', unit: 'out', doc: 'The forced set point, or the last one.' },
  { name: 'BYPASS', role: 'wire-out', unit: '1', doc: '1 while a condition is bypassed: for an alarm.' },
  { name: 'FIRST', role: 'wire-out', unit: '1', doc: 'FIRST_OUT as a wire.' },
  ...NAMES.map(
    (name, i): FieldDecl => ({
      name: `${name}_ON`,
      role: 'constant',
      unit: 's',
      doc: `${KIND(i)} active after so long.`,
      default: 0,
      min: 0,
    }),
  ),
  ...NAMES.map(
    (name, i): FieldDecl => ({
      name: `${name}_OFF`,
      role: 'constant',
      unit: 's',
      doc: `${KIND(i)} clear after so long.`,
      default: 0,
      min: 0,
    }),
  ),
  ...NAMES.slice(FIRST_FS).map(
    (name): FieldDecl => ({
      name: `${name}_SP`,
      role: 'constant',
      unit: 'out',
      doc: 'The set point that it forces.',
      default: 0,
    }),
  ),
  {
    name: 'LATCH_IL',
    role: 'constant',
    unit: '1',
    doc: 'Interlocks that stay until a reset.',
    default: 0,
    names: wordsOf('il', INTERLOCKS),
    mask: true,
  },
  {
    name: 'LATCH_PM',
    role: 'constant',
    unit: '1',
    doc: 'Permissions that stay missing until a reset.',
    default: 0,
    names: wordsOf('pm', PERMISSIVES),
    mask: true,
  },
  {
    name: 'LATCH_FS',
    role: 'constant',
    unit: '1',
    doc: 'Forced set points that stay until a reset.',
    default: 0,
    names: wordsOf('fs', FORCES),
    mask: true,
  },
  {
    name: 'BAD',
    role: 'constant',
    unit: '1',
    doc: 'What a Bad condition does.',
    default: 1,
    names: { hold: 0, trip: 1 },
  },
  {
    name: 'BYPASS_IL',
    role: 'tunable',
    unit: '1',
    doc: 'Bypassed interlocks, sum of 2^(n-1).',
    default: 0,
    event: DISCRETE_EVENT.bypassed,
  },
  {
    name: 'BYPASS_PM',
    role: 'tunable',
    unit: '1',
    doc: 'Bypassed permissions, sum of 2^(n-1).',
    default: 0,
    event: DISCRETE_EVENT.bypassed,
  },
  {
    name: 'BYPASS_FS',
    role: 'tunable',
    unit: '1',
    doc: 'Bypassed forced set points, sum of 2^(n-1).',
    default: 0,
    event: DISCRETE_EVENT.bypassed,
  },
  {
    name: 'ACTIVE_IL',
    role: 'state',
    unit: '1',
    doc: 'Active interlocks, sum of 2^(n-1).',
    event: DISCRETE_EVENT.conditions,
  },
  {
    name: 'MISSING_PM',
    role: 'state',
    unit: '1',
    doc: 'Missing permissions, sum of 2^(n-1).',
    event: DISCRETE_EVENT.conditions,
  },
  {
    name: 'ACTIVE_FS',
    role: 'state',
    unit: '1',
    doc: 'Active forced set points, sum of 2^(n-1).',
    event: DISCRETE_EVENT.conditions,
  },
  {
    name: 'FIRST_OUT',
    role: 'state',
    unit: '1',
    doc: 'The first interlock of the trip, 1 to 16; 0: none.',
    event: DISCRETE_EVENT.firstOut,
  },
  { name: 'RESET_D', role: 'state', unit: '1', doc: 'Reset written, taken by the next scan.' },
  { name: 'LAST_RESET', role: 'state', unit: '1', doc: 'Last usable RESET; -1: none yet.', default: -1 },
  { name: 'RAISED', role: 'state', unit: '1', doc: 'Each condition as it last was, before its delays.', count: COUNT },
  { name: 'ACTIVE', role: 'state', unit: '1', doc: 'Each condition after its delays, without latch.', count: COUNT },
  {
    name: 'SCANS',
    role: 'state',
    unit: 'scans',
    doc: 'How long each has asked for a change; -1: it does not.',
    count: COUNT,
    default: -1,
  },
  { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
]

// Plain numbers, because generated names are not known to the type system.
const { S, K } = layoutOf(FIELDS)
const IN = S['IL1']!
const IN_ST = S['IL1_ST']!
const RESET = S['RESET']!
const RESET_ST = S['RESET_ST']!
const INTERLOCK = S['INTERLOCK']!
const PERMISSIVE = S['PERMISSIVE']!
const FORCED = S['FORCED']!
const FORCED_SP = S['FORCED_SP']!
const BYPASS = S['BYPASS']!
const FIRST = S['FIRST']!
const BYPASS_IL = S['BYPASS_IL']!
const BYPASS_PM = S['BYPASS_PM']!
const BYPASS_FS = S['BYPASS_FS']!
const ACTIVE_IL = S['ACTIVE_IL']!
const MISSING_PM = S['MISSING_PM']!
const ACTIVE_FS = S['ACTIVE_FS']!
const FIRST_OUT = S['FIRST_OUT']!
const RESET_D = S['RESET_D']!
const LAST_RESET = S['LAST_RESET']!
const RAISED = S['RAISED']!
const ACTIVE = S['ACTIVE']!
const SCANS = S['SCANS']!
const ON = K['IL1_ON']!
const OFF = K['IL1_OFF']!
const FS_SP = K['FS1_SP']!
const LATCH_IL = K['LATCH_IL']!
const LATCH_PM = K['LATCH_PM']!
const LATCH_FS = K['LATCH_FS']!
const BAD = K['BAD']!
const DT_MS = K['DT_MS']!

const lowest = (mask: number): number => {
  let n = 0
  while (((mask >> n) & 1) === 0) n++
  return n
}

/** Conditions of a group that are raised now: what forbids a reset. */
function raisedIn(s: Float64Array, from: number, count: number): number {
  let mask = 0
  for (let i = 0; i < count; i++) if (s[RAISED + from + i]! !== 0 || s[ACTIVE + from + i]! !== 0) mask |= 1 << i
  return mask
}

/** [2.9] A reset only when all that is latched is clear. */
const mayReset = (s: Float64Array, k: Float64Array): boolean =>
  (raisedIn(s, 0, INTERLOCKS) & k[LATCH_IL]! & ~s[BYPASS_IL]!) === 0 &&
  (raisedIn(s, FIRST_PM, PERMISSIVES) & k[LATCH_PM]! & ~s[BYPASS_PM]!) === 0 &&
  (raisedIn(s, FIRST_FS, FORCES) & k[LATCH_FS]! & ~s[BYPASS_FS]!) === 0

/** Delays of one group; answers the mask of what is active, without latches. */
function group(s: Float64Array, k: Float64Array, from: number, count: number, bypassed: number): number {
  const period_ms = k[DT_MS]!
  let mask = 0
  for (let n = 0; n < count; n++) {
    const i = from + n
    const status = s[IN_ST + 2 * i]!
    if (codeOf(status) === STATUS.badNotConnected) continue
    const missing = from === FIRST_PM
    if (!isBad(status)) s[RAISED + i] = (s[IN + 2 * i]! !== 0) !== missing ? 1 : 0
    else if (k[BAD]! !== 0 && from !== FIRST_FS) s[RAISED + i] = 1
    if (((bypassed >> n) & 1) === 1) {
      s[ACTIVE + i] = 0
      s[SCANS + i] = -1
      continue
    }
    if (s[RAISED + i]! === s[ACTIVE + i]!) s[SCANS + i] = -1
    else {
      s[SCANS + i]! += 1
      const delay = s[ACTIVE + i]! === 0 ? k[ON + i]! : k[OFF + i]!
      if (elapsedS(s[SCANS + i]!, period_ms) >= delay) {
        s[ACTIVE + i] = s[RAISED + i]!
        s[SCANS + i] = -1
      }
    }
    if (s[ACTIVE + i]! !== 0) mask |= 1 << n
  }
  return mask
}

const kernel: Kernel = (s, k) => {
  const il = group(s, k, 0, INTERLOCKS, s[BYPASS_IL]!)
  const pm = group(s, k, FIRST_PM, PERMISSIVES, s[BYPASS_PM]!)
  const fs = group(s, k, FIRST_FS, FORCES, s[BYPASS_FS]!)

  const reset_was = s[LAST_RESET]!
  if (!isBad(s[RESET_ST]!)) s[LAST_RESET] = s[RESET]! !== 0 ? 1 : 0
  const reset = (s[RESET_D]! !== 0 || (reset_was === 0 && s[LAST_RESET]! === 1)) && mayReset(s, k)
  s[RESET_D] = 0

  // What was active stays where it is latched, unless reset or bypassed.
  const il_was = s[ACTIVE_IL]!
  const kept_il = reset ? 0 : il_was & k[LATCH_IL]! & ~s[BYPASS_IL]!
  const kept_pm = reset ? 0 : s[MISSING_PM]! & k[LATCH_PM]! & ~s[BYPASS_PM]!
  const kept_fs = reset ? 0 : s[ACTIVE_FS]! & k[LATCH_FS]! & ~s[BYPASS_FS]!
  s[ACTIVE_IL] = il | kept_il
  s[MISSING_PM] = pm | kept_pm
  s[ACTIVE_FS] = fs | kept_fs
  if (il_was === 0 && s[ACTIVE_IL]! !== 0) s[FIRST_OUT] = 1 + lowest(s[ACTIVE_IL]!)
  else if (reset && s[ACTIVE_IL]! === 0) s[FIRST_OUT] = 0

  let status: number = STATUS.good
  for (let i = 0; i < COUNT; i++) {
    const st = s[IN_ST + 2 * i]!
    if (codeOf(st) !== STATUS.badNotConnected && !isGood(st)) status = STATUS.uncertain
  }
  const bypassed = s[BYPASS_IL]! !== 0 || s[BYPASS_PM]! !== 0 || s[BYPASS_FS]! !== 0
  if (bypassed) status |= FLAG.bypassed
  s[INTERLOCK] = s[ACTIVE_IL]! === 0 ? 1 : 0
  s[PERMISSIVE] = s[MISSING_PM]! === 0 ? 1 : 0
  s[FORCED] = s[ACTIVE_FS]! === 0 ? 0 : 1
  if (s[ACTIVE_FS]! !== 0) s[FORCED_SP] = k[FS_SP + lowest(s[ACTIVE_FS]!)]! + 0
  s[BYPASS] = bypassed ? 1 : 0
  s[FIRST] = s[FIRST_OUT]!
  s[INTERLOCK + 1] = status
  s[PERMISSIVE + 1] = status
  s[FORCED + 1] = status
  s[FORCED_SP + 1] = status
  s[BYPASS + 1] = STATUS.good
  s[FIRST + 1] = STATUS.good
}

const WIDTH: Readonly<Record<string, number>> = { BYPASS_IL: INTERLOCKS, BYPASS_PM: PERMISSIVES, BYPASS_FS: FORCES }

/** Conditions of a device. */
export const CONDITION: BlockType = {
  type: 'CONDITION',
  doc: 'Conditions of a device: interlocks, permissives and forced set points with delays, bypass, latch and first-out.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[DT_MS] = periodMs(dt_s)
  },
  writable: ['BYPASS_IL', 'BYPASS_PM', 'BYPASS_FS', 'RESET_D'],
  write: (s, k, field, value) => {
    if (field === 'RESET_D') {
      if (value !== 1) return REFUSAL.outOfRange
      if (!mayReset(s, k)) return REFUSAL.notPermitted
      s[RESET_D] = 1
      return REFUSAL.none
    }
    const width = WIDTH[field]
    if (width === undefined) return REFUSAL.unknownTarget
    if (value !== Math.floor(value) || value < 0 || value >= 1 << width) return REFUSAL.outOfRange
    s[S[field]!] = value
    return REFUSAL.none
  },
  tag_fields: { PV: 'INTERLOCK', READBACK: 'FIRST' },
}
