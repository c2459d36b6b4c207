/**
 * Remote cascade and remote out of a PID: RCas as in shed.ts, ROut with OUT from a host in place of the law [R13].
 *
 *   ROUT_IN    the host's OUT and its status, as RCAS_IN
 *   ROUT_OUT   where OUT stands, with IR, and which way the host may push
 *
 * In ROut the law is in Man, so that the way out of it is one from Man [R17]; OUT is what the host sends, within OUT_LIM.
 * What forces a mode upon an automatic block forces it upon this one too, a bad measurement included [R8].
 */
import { HOST_LOST } from '../../../contracts/events.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, isBad, isUncertain, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { goodStatus, isOpen, mustInitialise } from '../cascade.ts'
import { layout } from '../layout.ts'
import { PID_FIELDS } from './pid-fields.ts'
import { grow, isTaken, judge, type Law, local, notInvited, remoteCascade, tellHost } from './shed.ts'

const { S, K } = layout(PID_FIELDS)

/** One scan of a PID with a remote mode permitted. */
export function remote(s: Float64Array, k: Float64Array, law: Law): void {
  grow(s, k, K, S.RCAS_IN_ST, S.RCAS_AGE)
  grow(s, k, K, S.ROUT_IN_ST, S.ROUT_AGE)
  const target = s[S.MODE_TARGET]!
  const rcas = target === MODE.rcas
  if (rcas || target === MODE.rout) {
    const in_st = rcas ? S.RCAS_IN_ST : S.ROUT_IN_ST
    const out_st = rcas ? S.RCAS_OUT_ST : S.ROUT_OUT_ST
    if (judge(s, k, S, K, s[in_st]!)) {
      const taken = isTaken(s, k, S, K, target, in_st, out_st)
      const held = forced(s, k)
      if (rcas && (taken || held)) {
        remoteCascade(s, S, k, law)
        tellOut(s, false)
        return
      }
      if (taken && !held) {
        remoteOut(s, k, law)
        tellHost(s, S, false)
        return
      }
    }
  }
  local(s, k, S, K, law, forced)
  const waits = s[S.MODE_ACTUAL]! >= MODE.man && !forced(s, k)
  tellHost(s, S, waits && s[S.MODE_TARGET]! === MODE.rcas)
  tellOut(s, waits && s[S.MODE_TARGET]! === MODE.rout)
}

/** [R8] Conditions of the law itself. */
function forced(s: Float64Array, k: Float64Array): boolean {
  if (mustInitialise(s[S.BKCAL_IN_ST]!)) return true
  if (isBad(s[S.IN_ST]!) && s[S.BYPASS]! === 0) return true
  const tracks = isBad(s[S.TRK_IN_D_ST]!) ? s[S.TRACK_LATCH]! : s[S.TRK_IN_D]!
  return tracks !== 0 && k[K.TRACK_ENABLE]! !== 0
}

/** OUT from the host. While it still acknowledges, its value is this block's own, one scan old. */
function remoteOut(s: Float64Array, k: Float64Array, law: Law): void {
  const in_st = s[S.ROUT_IN_ST]!
  if (codeOf(in_st) !== STATUS.initAck && s[S.ROUT_IN]! - s[S.ROUT_IN]! === 0)
    s[S.OUT] = Math.min(Math.max(s[S.ROUT_IN]!, k[K.OUT_LO]!), k[K.OUT_HI]!)
  const sp = s[S.SP]!
  s[S.MODE_TARGET] = MODE.man
  law(s, k)
  s[S.MODE_TARGET] = MODE.rout
  // [R5] Kept in Man by an overflow.
  if (s[S.MODE_ACTUAL]! !== MODE.man || isBad(s[S.OUT_ST]!)) return
  s[S.MODE_ACTUAL] = MODE.rout
  s[S.SHED] = HOST_LOST.none
  if (s[S.BYPASS]! === 0) {
    // The option of Man is not that of ROut.
    s[S.SP] = k[K.SP_TRACK_ROUT]! !== 0 ? s[S.PV]! : sp
    s[S.SP_WRK] = s[S.SP]!
    if (k[K.USE_PV_BKCAL]! === 0) s[S.BKCAL_OUT] = s[S.SP_WRK]!
  }
  const back = s[S.BKCAL_IN_ST]!
  const out = s[S.OUT]!
  const limits = out >= k[K.OUT_HI]! ? LIMIT.high : out <= k[K.OUT_LO]! ? LIMIT.low : 0
  s[S.OUT_ST] = (isUncertain(in_st) ? STATUS.uncertain : goodStatus(back)) | limits
  s[S.ROUT_OUT] = out
  s[S.ROUT_OUT_ST] = STATUS.goodCascade | (limits !== 0 || isOpen(back) ? limits : limitOf(back))
}

/** ROUT_OUT of a block that is not in ROut. */
function tellOut(s: Float64Array, asking: boolean): void {
  s[S.ROUT_OUT] = s[S.OUT]!
  s[S.ROUT_OUT_ST] = asking ? STATUS.initRequest : notInvited(s[S.MODE_ACTUAL]!, s[S.BKCAL_OUT_ST]!)
}
