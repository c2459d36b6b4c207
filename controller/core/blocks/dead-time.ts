/**
 * Dead time: OUT is IN of DEAD_TIME ago, value and status.                                       (function-blocks 2.14)
 *
 * The ring holds one sample a scan, [value, status], for DEAD_TIME_MAX. Between two samples the value is interpolated and
 * the status is the worse of both; limits stay where both have them. A bad sample keeps the value before it, so OUT holds
 * while its status is Bad, as IN did.
 *
 * The delay in use goes to DEAD_TIME by at most one period a scan: a longer one makes OUT stand still until it is reached,
 * a shorter one makes it run through the buffer at twice the speed, as plug flow would. So a change of DEAD_TIME never puts
 * OUT more than two samples of the signal's own further. FOLLOW: OUT = IN, and the delay begins at 0 when it goes off; so
 * it does after the load.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { isBad, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { layout } from '../layout.ts'
import { commonLimits, sourceStatus, worseStatus } from './wire-status.ts'

const FIELDS = [
  { name: 'IN', role: 'wire-in', unit: 'in', doc: 'The signal.' },
  { name: 'FOLLOW', role: 'wire-in', unit: '1', doc: 'Not 0: OUT = IN without delay.', optional: true },
  { name: 'OUT', role: 'wire-out', unit: 'in', doc: 'The delayed signal.' },
  { name: 'DEAD_TIME', role: 'tunable', unit: 's', doc: 'The delay.', min: 0 },
  { name: 'DELAY', role: 'state', unit: 'scans', doc: 'The delay in use.' },
  { name: 'HEAD', role: 'state', unit: '1', doc: 'Place in the ring that is written next.' },
  { name: 'SEEN', role: 'state', unit: '1', doc: '1 once the ring holds a sample.' },
  { name: 'DEAD_TIME_MAX', role: 'constant', unit: 's', doc: 'Longest delay: the size of the ring.', min: 0 },
  { name: 'DT', role: 'derived', unit: 's', doc: 'Period of the scan class.' },
  { name: 'SIZE', role: 'derived', unit: 'scans', doc: 'Samples in the ring.' },
] as const satisfies BlockType['fields']

const { S, K } = layout(FIELDS)

const kernel: Kernel = (s, k, r) => {
  const size = k[K.SIZE]!
  const head = s[S.HEAD]!
  const seen = s[S.SEEN]! !== 0
  const before = head === 0 ? size - 1 : head - 1
  const in_st = sourceStatus(s[S.IN_ST]!)
  const x = s[S.IN]!
  const good = !isBad(in_st) && x - x === 0
  r[2 * head] = (good ? x : seen ? r[2 * before]! : s[S.OUT]!) + 0
  r[2 * head + 1] = good ? in_st : isBad(in_st) ? in_st : STATUS.bad
  s[S.HEAD] = head + 1 >= size ? 0 : head + 1
  s[S.SEEN] = 1

  const following = !isBad(s[S.FOLLOW_ST]!) && s[S.FOLLOW]! !== 0
  let delay = 0
  if (!following && seen) {
    const wish = Math.min(s[S.DEAD_TIME]! / k[K.DT]!, k[K.DEAD_TIME_MAX]! / k[K.DT]!)
    delay = Math.min(Math.max(wish, s[S.DELAY]! - 1), s[S.DELAY]! + 1)
  }
  s[S.DELAY] = delay
  const whole = Math.floor(delay)
  const part = delay - whole
  let newer = head - whole
  if (newer < 0) newer += size
  let out = r[2 * newer]!
  let status = r[2 * newer + 1]!
  if (part > 0) {
    const older = newer === 0 ? size - 1 : newer - 1
    out = out + part * (r[2 * older]! - out)
    const other = r[2 * older + 1]!
    status = worseStatus(status, other) | commonLimits(status, other)
  }
  if (out - out === 0) {
    s[S.OUT] = out + 0
    s[S.OUT_ST] = status
  } else s[S.OUT_ST] = STATUS.bad
}

/** Dead time. */
export const DEAD_TIME: BlockType = {
  type: 'DEAD_TIME',
  doc: 'Dead time: value and status delayed, with interpolation between the scans and changes of the delay without jumps.',
  fields: FIELDS,
  kernel,
  derive: (k, dt_s) => {
    k[K.DT] = dt_s
    k[K.SIZE] = samples(k[K.DEAD_TIME_MAX]!, dt_s)
  },
  check: (s, k) => (s[S.DEAD_TIME]! > k[K.DEAD_TIME_MAX]! ? ['DEAD_TIME: must not be above DEAD_TIME_MAX'] : []),
  ring_count: (k, dt_s) => 2 * samples(k[K.DEAD_TIME_MAX]!, dt_s),
  writable: ['DEAD_TIME'],
  write: (s, k, field, value) => {
    if (field !== 'DEAD_TIME') return REFUSAL.unknownTarget
    if (value < 0 || value > k[K.DEAD_TIME_MAX]!) return REFUSAL.outOfRange
    s[S.DEAD_TIME] = value
    return REFUSAL.none
  },
  on_bad: { FOLLOW: 'ignores' },
  tag_fields: { PV: 'OUT', OUT: 'OUT' },
}

/** The sample of now, those of the whole delay, and the one behind a fraction. */
const samples = (longest_s: number, dt_s: number): number => Math.ceil(longest_s / dt_s) + 2
