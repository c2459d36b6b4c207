/**
 * Remote cascade: a supervisory host in place of the master, and what a block does when the host is lost [R9, R13].
 *
 *   RCAS_IN    the host's set point and its status; by command, where each write is a refresh, or by wire
 *   RCAS_OUT   what the host starts from, with IR, and which way it may push: BKCAL_OUT, for the host
 *
 * The handshake is that of every cascade (cascade.ts). RCas is therefore the block's own Cas with RCAS_IN in place of CAS_IN;
 * the law of the block is handed that, and knows nothing of hosts. Meanwhile its master is not invited and waits in IMan.
 *
 * Until the host is in, and after it is lost, the block is where SHED_OPT says, as if that were its target: with a master
 * it goes on in Cas. Whatever forces another mode (R8) stands above, and the host then waits too (NI).
 *
 * Lost is a host whose status is Bad, or one that writes by command and has not for more than SHED_TIME. One that was
 * asked for and does not come within that time is lost too.
 */
import { HOST_LOST } from '../../../contracts/events.ts'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { FieldDecl } from '../block.ts'
import { isOpen, slaveMode } from '../cascade.ts'
import { EVENT } from '../events.ts'
import { refuseMode } from '../mode-fields.ts'

/** Fields in S of a block that can be in RCas; they stand last, because a scan without a host touches none of them. */
export const remoteStates = (unit: string) =>
  [
    { name: 'RCAS_IN', role: 'wire-in', unit, doc: 'Set point from a host, in RCas.', optional: true },
    { name: 'RCAS_OUT', role: 'back-out', unit, doc: 'What a host starts from, and which way it may push.' },
    {
      name: 'RCAS_AGE',
      role: 'state',
      unit: 'scans',
      doc: 'Scans since the host wrote RCAS_IN; -1: it comes by wire.',
    },
    {
      name: 'RETAINED',
      role: 'state',
      unit: '1',
      doc: 'Last target of Man, Auto, Cas.',
      names: MODE,
    },
    {
      name: 'SHED',
      role: 'state',
      unit: '1',
      doc: 'Why the remote mode is not held.',
      names: HOST_LOST,
      event: EVENT.hostLost,
      event_if: 'REMOTE',
    },
    {
      name: 'HOST_WAIT',
      role: 'state',
      unit: 'scans',
      doc: 'Scans the host has been waited for; -1: it is there, -2: it is lost.',
    },
  ] as const satisfies readonly FieldDecl[]

/** Their parameters. */
export const REMOTE_PARAMETERS = [
  {
    name: 'SHED_OPT',
    role: 'constant',
    unit: '1',
    doc: 'Where the block is without its host, and whether its target stays (return) or becomes that (no return).',
    default: 1,
    names: {
      normal: 1,
      normal_no_return: 2,
      auto: 3,
      auto_no_return: 4,
      man: 5,
      man_no_return: 6,
      retained: 7,
      retained_no_return: 8,
    },
    min: 1,
    max: 8,
  },
  {
    name: 'SHED_TIME',
    role: 'constant',
    unit: 's',
    doc: 'A host that has not written for longer is lost; 0: never.',
    default: 20,
    min: 0,
  },
  { name: 'SHED_AFTER', role: 'derived', unit: 'scans', doc: 'SHED_TIME; -1: never.' },
] as const satisfies readonly FieldDecl[]

/** Near what every scan reads: 1 where RCas or ROut is permitted. */
export const REMOTE_FLAG = {
  name: 'REMOTE',
  role: 'derived',
  hot: true,
  unit: '1',
  doc: '1 where a remote mode is permitted.',
} as const satisfies FieldDecl

/** Where a block has what is needed here. */
export interface RemoteS {
  readonly MODE_TARGET: number
  readonly MODE_ACTUAL: number
  readonly CAS_IN: number
  readonly CAS_IN_ST: number
  readonly BKCAL_OUT: number
  readonly BKCAL_OUT_ST: number
  readonly RCAS_IN: number
  readonly RCAS_IN_ST: number
  readonly RCAS_OUT: number
  readonly RCAS_OUT_ST: number
  readonly RCAS_AGE: number
  readonly RETAINED: number
  readonly SHED: number
  readonly HOST_WAIT: number
}
export interface RemoteK {
  readonly PERMITTED: number
  readonly REMOTE: number
  readonly SHED_OPT: number
  readonly SHED_TIME: number
  readonly SHED_AFTER: number
}

/** A block's own scan, with modes up to Cas. */
export type Law = (s: Float64Array, k: Float64Array) => void
/** Whether something other than the target decides the mode in this scan: the same conditions as the law's. */
export type Forced = (s: Float64Array, k: Float64Array) => boolean

/** What the host's status is when it has fallen silent: the value stays, and so does the kind of host it is. */
const SILENT = FLAG.stale
/** Of HOST_WAIT. */
const HERE = -1
const LOST = -2
const isSilent = (status: number): boolean => (status & SILENT) !== 0
const isThere = (status: number): boolean => !isBad(status) && !isSilent(status)

/** The host itself orders the fault state (IFS) of an output. */
export const ordersFaultState = (s: Float64Array, S: RemoteS): boolean =>
  s[S.MODE_TARGET]! === MODE.rcas && isThere(s[S.RCAS_IN_ST]!) && codeOf(s[S.RCAS_IN_ST]!) === STATUS.initiateFaultState

/** One scan of a block with a remote mode permitted and without ROut. */
export function remoteScan(s: Float64Array, k: Float64Array, S: RemoteS, K: RemoteK, law: Law, forced: Forced): void {
  grow(s, k, K, S.RCAS_IN_ST, S.RCAS_AGE)
  if (s[S.MODE_TARGET]! === MODE.rcas && judge(s, k, S, K, s[S.RCAS_IN_ST]!)) {
    if (isTaken(s, k, S, K, MODE.rcas, S.RCAS_IN_ST, S.RCAS_OUT_ST) || forced(s, k)) {
      remoteCascade(s, S, k, law)
      return
    }
  }
  local(s, k, S, K, law, forced)
  const asking = s[S.MODE_TARGET]! === MODE.rcas && !forced(s, k) && s[S.MODE_ACTUAL]! >= MODE.man
  tellHost(s, S, asking)
}

/** The law with the host as master. */
export function remoteCascade(s: Float64Array, S: RemoteS, k: Float64Array, law: Law): void {
  const cas = s[S.CAS_IN]!
  const cas_st = s[S.CAS_IN_ST]!
  s[S.CAS_IN] = s[S.RCAS_IN]!
  s[S.CAS_IN_ST] = s[S.RCAS_IN_ST]!
  s[S.BKCAL_OUT_ST] = s[S.RCAS_OUT_ST]!
  const was = s[S.MODE_ACTUAL]!
  // A block that comes from its master was automatic, but not in this cascade: its set point is what it works with.
  s[S.MODE_ACTUAL] = was === MODE.rcas ? MODE.cas : was === MODE.cas ? MODE.auto : seenBefore(was)
  s[S.MODE_TARGET] = MODE.cas
  law(s, k)
  if (s[S.MODE_TARGET]! === MODE.cas) s[S.MODE_TARGET] = MODE.rcas
  s[S.CAS_IN] = cas
  s[S.CAS_IN_ST] = cas_st
  s[S.RCAS_OUT] = s[S.BKCAL_OUT]!
  s[S.RCAS_OUT_ST] = s[S.BKCAL_OUT_ST]!
  if (s[S.MODE_ACTUAL]! !== MODE.cas) return
  s[S.MODE_ACTUAL] = MODE.rcas
  s[S.SHED] = HOST_LOST.none
  s[S.BKCAL_OUT_ST] = STATUS.notInvited | LIMIT.constant
}

/** The law without the host: the block's own target, or where SHED_OPT has it wait. */
export function local(s: Float64Array, k: Float64Array, S: RemoteS, K: RemoteK, law: Law, forced: Forced): void {
  const target = s[S.MODE_TARGET]!
  s[S.MODE_ACTUAL] = seenBefore(s[S.MODE_ACTUAL]!)
  if (target <= MODE.cas) {
    if (target >= MODE.man) s[S.RETAINED] = target
    law(s, k)
    return
  }
  let stand = shedMode(s, k, S, K)
  // The target is not Man, and what does not force a block in Man forces this one.
  if (stand === MODE.man && forced(s, k)) stand = MODE.auto
  s[S.MODE_TARGET] = stand
  law(s, k)
  if (s[S.MODE_TARGET]! === stand) s[S.MODE_TARGET] = target
}

/** The actual mode of the last scan as a law knows it: it was automatic by itself, or OUT was another's. */
const seenBefore = (was: number): number => (was === MODE.rcas ? MODE.auto : was === MODE.rout ? MODE.man : was)

/** RCAS_OUT of a block that is not in RCas. */
export function tellHost(s: Float64Array, S: RemoteS, asking: boolean): void {
  s[S.RCAS_OUT] = s[S.BKCAL_OUT]!
  s[S.RCAS_OUT_ST] = asking ? STATUS.initRequest : notInvited(s[S.MODE_ACTUAL]!, s[S.BKCAL_OUT_ST]!)
}

/** What a host hears that is not asked for: why, where BKCAL_OUT says so to the master, else that it is not invited. */
export const notInvited = (actual: number, told: number): number =>
  actual === MODE.oos || actual === MODE.lo ? told : STATUS.notInvited | LIMIT.constant

/** Whether the host's answer is taken, or still is. */
export const isTaken = (
  s: Float64Array,
  k: Float64Array,
  S: RemoteS,
  K: RemoteK,
  mode: number,
  in_st: number,
  out_st: number,
): boolean => {
  const was = s[S.MODE_ACTUAL]! === mode ? MODE.cas : MODE.auto
  return slaveMode(was, s[out_st]!, s[in_st]!, k[K.PERMITTED]!) === MODE.cas
}

/** One scan more since the last write; too many make what it wrote stale. */
export function grow(s: Float64Array, k: Float64Array, K: RemoteK, in_st: number, age: number): void {
  const after = k[K.SHED_AFTER]!
  if (s[age]! < 0 || after < 0) return
  if (s[age]! > after) {
    if (!isOpen(s[in_st]!)) s[in_st] = s[in_st]! | SILENT
  } else s[age]! += 1
}

/** Whether the host is there. Where it is lost the block sheds: without return the target is another from now on. */
export function judge(s: Float64Array, k: Float64Array, S: RemoteS, K: RemoteK, status: number): boolean {
  if (isThere(status)) {
    s[S.HOST_WAIT] = HERE
    return true
  }
  const after = k[K.SHED_AFTER]!
  const lost = s[S.HOST_WAIT]! < 0 || (after >= 0 && s[S.HOST_WAIT]! > after)
  if (lost) {
    s[S.HOST_WAIT] = LOST
    s[S.SHED] = isSilent(status) || isOpen(status) ? HOST_LOST.silent : HOST_LOST.bad
    if (k[K.SHED_OPT]! % 2 === 0) s[S.MODE_TARGET] = shedMode(s, k, S, K)
  } else if (after >= 0) s[S.HOST_WAIT]! += 1
  return false
}

/** [R9] Normal is the highest permitted of Cas and Auto, else Man; a target that is not permitted gives way to Man. */
function shedMode(s: Float64Array, k: Float64Array, S: RemoteS, K: RemoteK): number {
  const permitted = k[K.PERMITTED]!
  const has = (mode: number): boolean => ((permitted >> mode) & 1) !== 0
  const normal = has(MODE.cas) ? MODE.cas : has(MODE.auto) ? MODE.auto : MODE.man
  switch (Math.floor((k[K.SHED_OPT]! - 1) / 2)) {
    case 1:
      return has(MODE.auto) ? MODE.auto : MODE.man
    case 2:
      return MODE.man
    case 3:
      return s[S.RETAINED]! === 0 ? normal : s[S.RETAINED]!
    default:
      return normal
  }
}

/** SHED_AFTER and REMOTE. */
export function deriveRemote(k: Float64Array, K: RemoteK, dt_s: number): void {
  k[K.REMOTE] = k[K.PERMITTED]! >= 1 << MODE.rcas ? 1 : 0
  // 0.3 s of 0.1 s are three scans, whatever the quotient.
  k[K.SHED_AFTER] = k[K.SHED_TIME]! > 0 ? Math.floor(k[K.SHED_TIME]! / dt_s + 1e-9) : -1
}

/** Only a host that comes by command can fall silent; nothing is wired where the input is open at the start. */
export const ageAtStart = (status: number): number => (isOpen(status) ? 0 : -1)

export function startRemote(s: Float64Array, S: RemoteS): void {
  s[S.RCAS_AGE] = ageAtStart(s[S.RCAS_IN_ST]!)
  const target = s[S.MODE_TARGET]!
  s[S.RETAINED] = target >= MODE.man && target <= MODE.cas ? target : 0
}

/** The operator's wish for a mode, which is also his order to wait for the host anew. */
export function writeMode(s: Float64Array, k: Float64Array, S: RemoteS, K: RemoteK, value: number): number {
  const refusal = refuseMode(value, k[K.PERMITTED]!)
  if (refusal !== REFUSAL.none) return refusal
  s[S.MODE_TARGET] = value
  if (k[K.REMOTE]! !== 0) {
    s[S.SHED] = HOST_LOST.none
    s[S.HOST_WAIT] = 0
  }
  return REFUSAL.none
}

/**
 * A host's write of value or status. A value alone acknowledges nothing: from a host that has not shaken hands it is Good,
 * non-cascade [R2].
 *
 * @param mode - RCas or ROut
 * @param at - of the value; its status follows
 */
export function writeHost(
  s: Float64Array,
  k: Float64Array,
  K: RemoteK,
  mode: number,
  at: number,
  age: number,
  is_status: boolean,
  value: number,
): number {
  if (((k[K.PERMITTED]! >> mode) & 1) === 0 || s[age]! < 0) return REFUSAL.notPermitted
  if (is_status) {
    const known = value === Math.floor(value) && value >= 0 && value <= 0xff && codeOf(value) !== STATUS.badNotConnected
    if (!known) return REFUSAL.outOfRange
    s[at + 1] = value
  } else {
    const status = s[at + 1]!
    s[at] = value
    if (isBad(status)) s[at + 1] = STATUS.good
    else if (codeOf(status) === STATUS.initAck) s[at + 1] = STATUS.goodCascade
    else s[at + 1] = status & ~SILENT
  }
  s[age] = 0
  return REFUSAL.none
}

/** Faults of the parameters. */
export function checkRemote(k: Float64Array, K: RemoteK): string[] {
  if (k[K.REMOTE]! === 0 || ((k[K.PERMITTED]! >> MODE.man) & 1) !== 0) return []
  return ['PERMITTED: man too, because that is where a block without its host can always go']
}

export const RCAS_WRITABLE = ['RCAS_IN', 'RCAS_IN_ST'] as const
