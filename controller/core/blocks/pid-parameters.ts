/** What a load makes of a PID's parameters: derived constants, and the faults that no single field shows. */
import { layout } from '../layout.ts'
import { smoothing } from '../math.ts'
import { OPTION, PID_FIELDS } from './pid-fields.ts'
import { checkSchedule, hasSchedule } from './pid-schedule.ts'
import { checkRemote, deriveRemote } from './shed.ts'

const { S, K } = layout(PID_FIELDS)

/** Fills the derived constants; dt_s is the period of the scan class. */
export function derive(k: Float64Array, dt_s: number): void {
  const pair = (at: number, or: number, lo: number, hi: number): void => {
    const given = k[at]! !== 0 || k[at + 1]! !== 0
    k[lo] = given ? k[at]! : k[or]!
    k[hi] = given ? k[at + 1]! : k[or + 1]!
  }
  const pv_span = k[K.PV_SCALE + 1]! - k[K.PV_SCALE]!
  const out_span = k[K.OUT_SCALE + 1]! - k[K.OUT_SCALE]!
  const structure = k[K.STRUCTURE]!
  k[K.DT] = dt_s
  k[K.K_SPAN] = (k[K.ACTION]! !== 0 ? out_span : -out_span) / pv_span
  k[K.B] = structure === 7 ? k[K.BETA]! : structure === 2 ? 0 : 1
  k[K.C] = structure === 7 ? k[K.GAMMA]! : structure === 0 || structure === 3 || structure === 5 ? 1 : 0
  k[K.HAS_P] = structure === 5 || structure === 6 ? 0 : 1
  k[K.HAS_I] = structure === 3 || structure === 4 ? 0 : 1
  k[K.SERIES] = k[K.FORM]! !== 0 && !(k[K.NL_GAP]! > 0) ? 1 : 0
  k[K.SMOOTHING] = smoothing(dt_s, k[K.PV_FTIME]!)
  k[K.FF_FACTOR] = (k[K.FF_GAIN]! * out_span) / (k[K.FF_SCALE + 1]! - k[K.FF_SCALE]!)
  pair(K.SP_LIM, K.PV_SCALE, K.SP_LO, K.SP_HI)
  pair(K.OUT_LIM, K.OUT_SCALE, K.OUT_LO, K.OUT_HI)
  pair(K.ARW, K.OUT_LO, K.ARW_LO, K.ARW_HI)
  deriveRemote(k, K, dt_s)
  k[K.OPTIONS] = options(k)
}

/** What it has of the things that most PIDs do without. */
function options(k: Float64Array): number {
  let word = 0
  if (k[K.SP_RATE_UP]! > 0 || k[K.SP_RATE_DN]! > 0) word |= OPTION.sp_rated
  if (k[K.OUT_RATE_UP]! > 0 || k[K.OUT_RATE_DN]! > 0) word |= OPTION.out_rated
  if (hasSchedule(k)) word |= OPTION.scheduled
  if (k[K.NL_GAP]! > 0) word |= OPTION.gap
  if (k[K.SERIES]! !== 0) word |= OPTION.series
  if (k[K.HAS_I]! !== 0) word |= OPTION.has_i
  if (k[K.INTEGRAL]! !== 0) word |= OPTION.textbook
  if (k[K.IDEADBAND]! > 0) word |= OPTION.dead_band
  if (k[K.DYNAMIC_RESET]! !== 0) word |= OPTION.dynamic_reset
  if (!(k[K.K_SPAN]! > 0)) word |= OPTION.direct
  if (k[K.USE_PV_BKCAL]! !== 0) word |= OPTION.pv_bkcal
  return word
}

/** Faults of the parameters, in words that begin with the field's name. */
export function check(s: Float64Array, k: Float64Array): string[] {
  const faults: string[] = []
  // [R14]
  if (k[K.STRUCTURE]! !== 3 && k[K.STRUCTURE]! !== 4 && !(s[S.RESET]! > 0))
    faults.push('RESET: must be above 0 in a structure with integral action')
  for (const name of ['PV_SCALE', 'OUT_SCALE', 'FF_SCALE'] as const) {
    if (!(k[K[name] + 1]! > k[K[name]]!)) faults.push(`${name}: 100 % must be above 0 %`)
  }
  for (const name of ['SP_LIM', 'OUT_LIM', 'ARW'] as const) {
    if (k[K[name] + 1]! < k[K[name]]!) faults.push(`${name}: the high limit is below the low one`)
  }
  if (s[S.BYPASS]! !== 0 && k[K.BYPASS_ENABLE]! === 0) faults.push('BYPASS: needs bypass_enable')
  return [...faults, ...checkSchedule(k), ...checkRemote(k, K)]
}
