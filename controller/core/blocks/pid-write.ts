/** What an operator or an engineer may write to a PID, between scans and without a bump [R18]. */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { layout } from '../layout.ts'
import { writeBypass } from './pid-bypass.ts'
import { PID_FIELDS } from './pid-fields.ts'
import { writeHost, writeMode } from './shed.ts'

const { S, K } = layout(PID_FIELDS)

/** Checks mode, range and right, applies the value; a REFUSAL code. */
export function write(s: Float64Array, k: Float64Array, field: string, value: number): number {
  const actual = s[S.MODE_ACTUAL]!
  switch (field) {
    case 'MODE':
      return writeMode(s, k, S, K, value)
    case 'SP':
      if (actual === MODE.cas || actual === MODE.rcas) return REFUSAL.mode
      if (actual === MODE.lo || actual === MODE.iman) {
        // It would follow PV again in the next scan.
        const target = s[S.MODE_TARGET]!
        if (target === MODE.cas || target === MODE.rcas) return REFUSAL.mode
      }
      if (actual === MODE.rout && k[K.SP_TRACK_ROUT]! !== 0) return REFUSAL.mode
      if (actual === MODE.rout && s[S.BYPASS]! !== 0) return REFUSAL.mode
      if (s[S.BYPASS]! !== 0 && actual < MODE.auto) return REFUSAL.mode
      if (actual === MODE.man && k[K.SP_TRACK_MAN]! !== 0) return REFUSAL.mode
      if ((actual === MODE.lo || actual === MODE.iman) && k[K.SP_TRACK_LO_IMAN]! !== 0) return REFUSAL.mode
      if (value < k[K.SP_LO]! || value > k[K.SP_HI]!) return REFUSAL.outOfRange
      s[S.SP] = value
      return REFUSAL.none
    case 'OUT': {
      if (actual !== MODE.man) return REFUSAL.mode
      const beyond = k[K.NO_OUT_LIM_IN_MAN]! !== 0
      const tenth = 0.1 * (k[K.OUT_SCALE + 1]! - k[K.OUT_SCALE]!)
      const lo = beyond ? k[K.OUT_SCALE]! - tenth : k[K.OUT_LO]!
      const hi = beyond ? k[K.OUT_SCALE + 1]! + tenth : k[K.OUT_HI]!
      if (value < lo || value > hi) return REFUSAL.outOfRange
      s[S.OUT] = value
      return REFUSAL.none
    }
    case 'GAIN':
      if (value < 0) return REFUSAL.outOfRange
      // [R18] f takes up what the new gain makes of the standing proportional and derivative signals.
      s[S.F] = s[S.F]! + k[K.K_SPAN]! * (s[S.GAIN]! - value) * s[S.SCHED_GAIN_X]! * signals(s, k)
      s[S.GAIN] = value
      return REFUSAL.none
    case 'RESET':
      // [R14] A reset of 0 is no integral action at all, and not an infinitely fast one.
      if (value <= 0) return REFUSAL.outOfRange
      s[S.RESET] = value
      return REFUSAL.none
    case 'RATE': {
      if (value < 0) return REFUSAL.outOfRange
      // [R18] Without derivative its signal is gone; f keeps what it was.
      if (value === 0) {
        const with_d = signals(s, k)
        s[S.DN] = 0
        s[S.F] = s[S.F]! + k[K.K_SPAN]! * s[S.GAIN]! * s[S.SCHED_GAIN_X]! * (with_d - signals(s, k))
      }
      s[S.RATE] = value
      return REFUSAL.none
    }
    case 'FF_ENABLE':
      if (value !== 0 && value !== 1) return REFUSAL.outOfRange
      s[S.FF_ENABLE] = value
      return REFUSAL.none
    case 'BYPASS':
      return writeBypass(s, k, value)
    case 'RCAS_IN':
    case 'RCAS_IN_ST':
      return writeHost(s, k, K, MODE.rcas, S.RCAS_IN, S.RCAS_AGE, field === 'RCAS_IN_ST', value)
    case 'ROUT_IN':
    case 'ROUT_IN_ST':
      return writeHost(s, k, K, MODE.rout, S.ROUT_IN, S.ROUT_AGE, field === 'ROUT_IN_ST', value)
    default:
      return REFUSAL.unknownTarget
  }
}

/** Proportional and derivative signal of the last scan, before the gain. */
export const signals = (s: Float64Array, k: Float64Array): number =>
  s[S.PN]! + (k[K.SERIES]! !== 0 ? 1 - k[K.ALPHA]! : 1) * s[S.DN]!
