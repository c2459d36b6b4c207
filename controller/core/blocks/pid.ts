/**
 * PID with the cascade handshake, external reset and the modes of function-blocks 2.2 to 2.4.
 *
 *   e = SP_WRK - PV      Kn = +-GAIN x (OUT span / PV span), + for reverse acting
 *   standard: OUT = Kn { NL [P + E/(RESET s)] + D RATE s/(ALPHA RATE s + 1) } + FF
 *   series:   OUT = Kn { P + D' + [E + D']/(RESET s) } + FF,   D' = D (1 - ALPHA) RATE s/(ALPHA RATE s + 1)
 *   P = b SP - PV, D = c SP - PV, with b and c from STRUCTURE
 *
 * Discrete, with external reset (positive feedback through a lag of RESET):
 *
 *   f* = f + (T/Tr) Kn NL e;   u = p + d + ff + f*;   OUT = limits(u)
 *   fb = what was really accepted: OUT, or BKCAL_IN with DYNAMIC_RESET or while another loop is selected
 *   f  = f* where nothing limited, else (Tr f + T (fb - (p - Kn NL e) - d - ff)) / (Tr + T)
 *
 * INTEGRAL chooses the textbook's own recursions instead, with back-calculation over TT, for comparison with other systems:
 *
 *   form_a: u = p + d + ff + f;  f += (T/Tr) Kn NL e + (T/TT) (OUT - u)          (the error counts from the next scan on)
 *   form_b: f* as above;         f = f* + (T/TT) (OUT - u)
 *
 * D and FF stay out of the integral (ISA). The series form is 1 + (1 - ALPHA) RATE s/(...) = (RATE s + 1)/(ALPHA RATE s + 1).
 *
 * [R8] modes, [R11] limits in BKCAL_OUT, [R12] no integration further into a limit, [R15] dynamic reset, [R16] faster
 * return from beyond the ARW limits, [R17] first automatic OUT = last OUT, [R18] tuning without a bump, [R19] set point,
 * [R20] feed-forward, [R21] dead band, [R22] bypass (pid-bypass.ts), [R23] gain schedule (pid-schedule.ts), [R9, R13] remote
 * cascade and remote out (pid-remote.ts), where permitted: the law below has modes up to Cas. At its own limit f follows the lag even where [R12] BKCAL_IN has a limit too.
 * @see Åström, Hägglund, Advanced PID Control, ch. 3; function-blocks.md 2.4
 */
import * as mode from '../../../contracts/mode.ts'
import * as status_word from '../../../contracts/status.ts'
import type { BlockType, Kernel, Run } from '../block.ts'
import * as cascade from '../cascade.ts'
import { layout } from '../layout.ts'
import { passed, passedBack } from './pid-bypass.ts'
import * as fields from './pid-fields.ts'
import { check, derive } from './pid-parameters.ts'
import { remote } from './pid-remote.ts'
import { schedule } from './pid-schedule.ts'
import { signals, write } from './pid-write.ts'
import { ageAtStart, RCAS_WRITABLE, startRemote } from './shed.ts'

// Constants of this file, because the engine folds those into the kernel; an imported binding it looks up at every use.
const { MODE } = mode
const { codeOf, FLAG, isBad, LIMIT, limitOf, QUALITY, qualityOf, STATUS } = status_word
const { backStatus, goodStatus, heldStatus, isOpen, mustInitialise, slaveMode, swapLimits, waitingMode } = cascade
const { OPTION, PID_FIELDS } = fields
const { S, K } = layout(PID_FIELDS)

/** [R16] A returning integral is so many times as fast beyond the ARW limits. */
const ARW_FACTOR = 16
const FORM_A = 1

const law = (s: Float64Array, k: Float64Array): void => {
  // Statuses and modes as the integers that they are: each is compared many times.
  const was = s[S.MODE_ACTUAL]! | 0
  const back = s[S.BKCAL_IN_ST]! | 0
  const options = k[K.OPTIONS]! | 0

  // Measurement. It holds while bad, and the filter starts anew from the first good value.
  const in_st = s[S.IN_ST]! | 0
  const pv_bad = isBad(in_st)
  if (pv_bad) s[S.RUNNING] = 0
  else {
    const filtered = s[S.PV]! + k[K.SMOOTHING]! * (s[S.IN]! - s[S.PV]!)
    s[S.PV] = (s[S.RUNNING]! !== 0 && filtered - filtered === 0 ? filtered : s[S.IN]!) + 0
    s[S.RUNNING] = 1
  }
  s[S.PV_ST] = isOpen(in_st) ? STATUS.bad : in_st
  const pv = s[S.PV]!

  // [R8] The highest of the target and all that is forced.
  const trk_st = s[S.TRK_IN_D_ST]! | 0
  if (!isBad(trk_st)) s[S.TRACK_LATCH] = s[S.TRK_IN_D]! !== 0 ? 1 : 0
  const target = s[S.MODE_TARGET]! | 0
  const bypass = s[S.BYPASS]! !== 0
  let actual: number = target
  let asking = false
  if (target === MODE.oos) actual = MODE.oos
  else if (mustInitialise(back)) actual = MODE.iman
  else if (s[S.TRACK_LATCH]! !== 0 && k[K.TRACK_ENABLE]! !== 0 && (target !== MODE.man || k[K.TRACK_IN_MAN]! !== 0))
    actual = MODE.lo
  else if (pv_bad && !bypass) {
    actual = MODE.man
    if (k[K.ON_BAD_IN]! !== 0) s[S.MODE_TARGET] = MODE.man
  } else if (target === MODE.cas) {
    const cas_st = s[S.CAS_IN_ST]!
    actual = slaveMode(was, s[S.BKCAL_OUT_ST]!, cas_st, k[K.PERMITTED]!)
    asking = actual !== MODE.cas
    if (asking && was === MODE.cas && k[K.ON_BAD_CAS]! !== 0) {
      s[S.MODE_TARGET] = waitingMode(k[K.PERMITTED]!)
      asking = false
    }
  }
  s[S.MODE_ACTUAL] = actual
  s[S.TRACKING] = actual === MODE.iman || actual === MODE.lo ? 1 : 0

  // [R19] Set point.
  let sp = s[S.SP]!
  let sp_limit = 0
  if (actual === MODE.cas) {
    // Held while the master still acknowledges: its value is this block's own, one scan old.
    if (codeOf(s[S.CAS_IN_ST]!) === STATUS.initAck) sp = was === MODE.cas ? sp : s[S.SP_WRK]!
    else {
      sp = s[S.CAS_IN]!
      if (k[K.OBEY_SP_LIM]! !== 0) {
        if (sp >= k[K.SP_HI]!) {
          sp = k[K.SP_HI]!
          sp_limit = LIMIT.high
        } else if (sp <= k[K.SP_LO]!) {
          sp = k[K.SP_LO]!
          sp_limit = LIMIT.low
        }
      }
    }
  } else if (actual < MODE.auto && actual > MODE.oos) {
    const retained = target === MODE.cas && actual !== MODE.man
    if (k[K.SP_TRACK_RETAINED]! !== 0 && target === MODE.cas && !isBad(s[S.CAS_IN_ST]!)) sp = s[S.CAS_IN]!
    // With target Cas the set point is the master's: while the slave cannot follow, it is where the process stands, so
    // that neither the start nor the way back moves OUT.
    else if (!pv_bad && (k[actual === MODE.man ? K.SP_TRACK_MAN : K.SP_TRACK_LO_IMAN]! !== 0 || retained)) sp = pv
  }
  s[S.SP] = sp
  const dt = k[K.DT]!
  let wrk = sp
  if ((options & OPTION.sp_rated) !== 0 && actual >= MODE.auto && was >= MODE.auto) {
    const last = s[S.SP_WRK]!
    if (k[K.SP_RATE_UP]! > 0) wrk = Math.min(wrk, Math.max(last + k[K.SP_RATE_UP]! * dt, Math.min(last, wrk)))
    if (k[K.SP_RATE_DN]! > 0) wrk = Math.max(wrk, Math.min(last - k[K.SP_RATE_DN]! * dt, Math.max(last, wrk)))
  }
  s[S.SP_WRK] = wrk

  // Signals before the gain.
  const e = wrk - pv
  let gain = s[S.GAIN]!
  let rate = s[S.RATE]!
  let tr = s[S.RESET]!
  if ((options & OPTION.scheduled) !== 0) {
    if (!isOpen(s[S.SCHED_IN_ST]!)) schedule(s, k, signals(s, k))
    gain *= s[S.SCHED_GAIN_X]!
    rate *= s[S.SCHED_RATE_X]!
    tr *= s[S.SCHED_RESET_X]!
  }
  const kn = k[K.K_SPAN]! * gain
  const nl = (options & OPTION.gap) !== 0 ? gapGain(s, k, e) : 1
  const x = k[K.C]! * wrk - pv
  let dn = 0
  if (rate > 0) {
    const a = k[K.ALPHA]! * rate
    if (actual >= MODE.auto && was >= MODE.auto) dn = (a * s[S.DN]! + rate * (x - s[S.DX]!)) / (a + dt)
  }
  s[S.DX] = x + 0
  s[S.DN] = dn + 0
  const series = (options & OPTION.series) !== 0
  const ds = series ? (1 - k[K.ALPHA]!) * dn : dn
  const pn = k[K.HAS_P]! * nl * (k[K.B]! * wrk - pv)
  s[S.PN] = pn + 0
  const pd = kn * (pn + ds)
  const ei = series ? e + ds : nl * e

  // [R20] Feed-forward: held while bad, and its coming and going is taken up by f.
  const ff_st = s[S.FF_VAL_ST]! | 0
  let ff_uncertain = false
  if (!isOpen(ff_st)) {
    const scaled = k[K.FF_FACTOR]! * (s[S.FF_VAL]! - k[K.FF_SCALE]!)
    const ff_bad = isBad(ff_st) || !(scaled - scaled === 0)
    const on = s[S.FF_ENABLE]! !== 0 && (!ff_bad || s[S.FF_ON]! !== 0)
    const value = on ? (ff_bad ? s[S.FF]! : scaled) : 0
    ff_uncertain = on && ff_bad
    if (on !== (s[S.FF_ON]! !== 0)) {
      s[S.F] = s[S.F]! + s[S.FF]! - value
      s[S.FF_ON] = on ? 1 : 0
    }
    s[S.FF] = value + 0
  }
  const ff = s[S.FF]!

  const has_i = (options & OPTION.has_i) !== 0
  const prev = s[S.OUT]!
  let out = prev
  let limits = 0
  let status = 0
  if (actual < MODE.auto) {
    if (actual === MODE.iman) {
      if (!isBad(back)) out = s[S.BKCAL_IN]!
    } else if (actual === MODE.lo && !isBad(s[S.TRK_VAL_ST]!))
      out = Math.min(Math.max(s[S.TRK_VAL]!, k[K.OUT_LO]!), k[K.OUT_HI]!)
    status = heldStatus(actual, back)
    if (bypass) {
      s[S.SP] = passedBack(k, out) + 0
      s[S.SP_WRK] = s[S.SP]!
    }
  } else if (bypass) {
    out = passed(k, wrk, prev)
    if (out >= k[K.OUT_HI]!) {
      out = k[K.OUT_HI]!
      limits = LIMIT.high
    } else if (out <= k[K.OUT_LO]!) {
      out = k[K.OUT_LO]!
      limits = LIMIT.low
    }
    if ((options & OPTION.out_rated) !== 0) out = rated(k, prev, out)
    status = goodStatus(back) | limits | FLAG.bypassed
  } else {
    const f = s[S.F]!
    if (was < MODE.auto) {
      // [R17] The first automatic OUT is the last one; f becomes what makes it so.
      out = !has_i && k[K.BAL_TIME]! <= 0 ? pd + ff + k[K.BIAS]! : prev
      out = Math.min(Math.max(out, k[K.OUT_LO]!), k[K.OUT_HI]!)
      s[S.F] = out - pd - ff + 0
      s[S.BAL_STEP] = k[K.BAL_TIME]! > 0 ? (k[K.BIAS]! - s[S.F]!) * Math.min(dt / k[K.BAL_TIME]!, 1) : 0
    } else {
      let fs = f
      let hold = true
      let blocked = false
      let after = 0
      const textbook = (options & OPTION.textbook) !== 0
      if (has_i) {
        const push = kn * ei
        if ((prev > k[K.ARW_HI]! && push < 0) || (prev < k[K.ARW_LO]! && push > 0)) tr = tr / ARW_FACTOR
        const back_limit = limitOf(back)
        // [R12, R21] Standing still: a constant measurement, an error in the dead band, a limit downstream in the way.
        hold =
          limitOf(in_st) === LIMIT.constant || ((options & OPTION.dead_band) !== 0 && Math.abs(e) <= k[K.IDEADBAND]!)
        blocked =
          !isOpen(back) &&
          back_limit !== 0 &&
          (back_limit === LIMIT.constant || (back_limit === LIMIT.high ? push > 0 : push < 0))
        if (!hold && !blocked) {
          if (textbook && k[K.INTEGRAL]! === FORM_A) after = (dt / tr) * push
          else fs = f + (dt / tr) * push
        }
      } else if (s[S.BAL_STEP]! !== 0) {
        // Towards BIAS in equal steps, and exactly there.
        const step = s[S.BAL_STEP]!
        fs = step > 0 ? Math.min(f + step, k[K.BIAS]!) : Math.max(f + step, k[K.BIAS]!)
        s[S.F] = fs
      }
      const u = pd + ff + fs
      out = u
      if (out >= k[K.OUT_HI]!) {
        out = k[K.OUT_HI]!
        limits = LIMIT.high
      } else if (out <= k[K.OUT_LO]!) {
        out = k[K.OUT_LO]!
        limits = LIMIT.low
      }
      if ((options & OPTION.out_rated) !== 0) out = rated(k, prev, out)
      if (has_i) {
        const external =
          codeOf(back) === STATUS.notSelected ||
          ((options & OPTION.dynamic_reset) !== 0 && !isOpen(back) && !isBad(back))
        // At this block's own limit external reset goes on behind one downstream: f settles where OUT leaves the limit as
        // soon as the error turns. Stopped there, it would keep the proportional part of a lasting error, and the way
        // back would undershoot by it.
        if (external || (!textbook && !hold && out !== u && (!blocked || limits !== 0))) {
          const fb = external ? s[S.BKCAL_IN]! : out
          s[S.F] = (tr * f + dt * (fb - (pd - kn * ei) - ff)) / (tr + dt)
        } else s[S.F] = !textbook || !(k[K.TT]! > 0) ? fs + after : fs + after + (dt / k[K.TT]!) * (out - u)
      }
    }
    status = qualityOf(in_st) === QUALITY.uncertain || ff_uncertain ? STATUS.uncertain : goodStatus(back)
    status |= limits
  }
  const f = s[S.F]!
  if (!(out - out === 0) || !(f - f === 0)) {
    // [R5] Overflow. The output stays, and the next good scan starts from it.
    out = prev
    s[S.F] = 0
    s[S.FF] = 0
    s[S.FF_ON] = 0
    s[S.DN] = 0
    actual = MODE.man
    s[S.MODE_ACTUAL] = actual
    status = STATUS.bad
  }
  s[S.OUT] = out + 0
  s[S.OUT_ST] = status

  // [R11] Which way the master may no longer push, seen through the sign of the action.
  const down = isOpen(back) ? 0 : limitOf(back)
  const out_limits = limits !== 0 ? limits : down
  const seen = bypass || (options & OPTION.direct) === 0 ? out_limits : swapLimits(out_limits)
  s[S.BKCAL_OUT] = (bypass ? passedBack(k, s[S.OUT]!) : (options & OPTION.pv_bkcal) !== 0 ? pv : wrk) + 0
  s[S.BKCAL_OUT_ST] = backStatus(actual, asking, sp_limit !== 0 ? sp_limit : seen)
}

/** OUT no faster than its rates. */
function rated(k: Float64Array, prev: number, out: number): number {
  const dt = k[K.DT]!
  let to = out
  if (k[K.OUT_RATE_UP]! > 0) to = Math.min(to, Math.max(prev + k[K.OUT_RATE_UP]! * dt, Math.min(prev, to)))
  if (k[K.OUT_RATE_DN]! > 0) to = Math.max(to, Math.min(prev - k[K.OUT_RATE_DN]! * dt, Math.max(prev, to)))
  return to
}

/** Gap gain: NL_MINMOD in the gap, 1 beyond the band beside it, a straight line between. */
function gapGain(s: Float64Array, k: Float64Array, e: number): number {
  const size = Math.abs(e)
  const gap = k[K.NL_GAP]!
  if (s[S.IN_GAP]! !== 0) {
    if (size > gap + k[K.NL_HYST]!) s[S.IN_GAP] = 0
  } else if (size <= gap) s[S.IN_GAP] = 1
  if (s[S.IN_GAP]! !== 0) return k[K.NL_MINMOD]!
  const band = k[K.NL_TBAND]!
  return band > 0 && size < gap + band ? k[K.NL_MINMOD]! + (1 - k[K.NL_MINMOD]!) * ((size - gap) / band) : 1
}

const kernel: Kernel = (s, k) => {
  if (k[K.REMOTE]! === 0) law(s, k)
  else remote(s, k, law)
}

const run: Run = (s, k) => {
  let changed = false
  for (let i = 0; i < s.length; i++) {
    const block = s[i]!
    const target = block[S.MODE_TARGET]!
    const actual = block[S.MODE_ACTUAL]!
    if (k[i]![K.REMOTE]! === 0) law(block, k[i]!)
    else {
      remote(block, k[i]!, law)
      changed = true
    }
    if (block[S.MODE_TARGET]! !== target || block[S.MODE_ACTUAL]! !== actual) changed = true
  }
  return changed
}

/** PID controller. */
export const PID: BlockType = {
  type: 'PID',
  doc:
    'PID controller, standard or series, structures 0 to 7, external reset, cascade handshake, tracking, feed-forward, ' +
    'gap gain, gain schedule, bypass, limits of output, set point and their rates. Modes OOS, IMan, LO, Man, Auto, Cas, and where permitted RCas, ROut with shedding.',
  fields: PID_FIELDS,
  kernel,
  run,
  derive,
  check,
  start: (s, k) => {
    s[S.SP_WRK] = s[S.SP]!
    s[S.F] = k[K.HAS_I]! === 0 ? k[K.BIAS]! : s[S.OUT]!
    // The climb from Man to the target is a first automatic scan, and so without a bump.
    s[S.MODE_ACTUAL] = MODE.man
    startRemote(s, S)
    s[S.ROUT_AGE] = ageAtStart(s[S.ROUT_IN_ST]!)
  },
  writable: [
    'MODE',
    'SP',
    'OUT',
    'GAIN',
    'RESET',
    'RATE',
    'FF_ENABLE',
    'BYPASS',
    ...RCAS_WRITABLE,
    'ROUT_IN',
    'ROUT_IN_ST',
  ],
  write,
  on_bad: {
    IN: 'holds',
    CAS_IN: 'sheds',
    RCAS_IN: 'sheds',
    ROUT_IN: 'sheds',
    FF_VAL: 'holds',
    SCHED_IN: 'holds',
    TRK_IN_D: 'holds',
    TRK_VAL: 'holds',
  },
  tag_fields: {
    PV: 'PV',
    SP: 'SP',
    OUT: 'OUT',
    MODE_TARGET: 'MODE_TARGET',
    MODE_ACTUAL: 'MODE_ACTUAL',
    READBACK: 'BKCAL_IN',
    KC: 'GAIN',
    TI: 'RESET',
    TD: 'RATE',
    TRACKING: 'TRACKING',
  },
  tag_writable: { SP: 'SP', OUT: 'OUT', MODE: 'MODE', KC: 'GAIN', TI: 'RESET', TD: 'RATE' },
}
