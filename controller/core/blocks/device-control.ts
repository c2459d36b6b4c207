/**
 * Device control: a motor, a valve, anything with a passive (de-energised, safe) state and one or two active ones, up to
 * four commands and four confirms.                                                                     (function-blocks 2.8)
 *
 *   each scan: shutdown -> interlock -> latches -> track -> permissive -> set point (Auto: operator, Cas: CAS_IN)
 *   then:      travel -> confirmed -> confirm lost
 *
 * INTERLOCK is 1 where the device may run; 0 forces it passive and holds it there, as SHUTDOWN at 1 does. PERMISSIVE is
 * needed to go to an active state, not to stay in it. While something holds the device, actual mode is LO; with SP_TRACK (as
 * by default) the set point goes passive with it, so that nothing restarts by itself when the cause clears.
 *
 * A move is confirmed when the confirms of its state are there within CFM_TIME; CRACK_TIME is the part of it within which
 * the old state must have been left. A confirm that is lost for TRIP_TIME is a failure, and with TRIP the device goes
 * passive until the set point has been there. With RESET_REQUIRED each of these, and interlock and shutdown, needs a
 * reset, which is refused while a cause is still there; in Auto the set point passive, written again, is one. FIRST_OUT
 * keeps what came first.
 *
 * A Bad confirm proves nothing: PV keeps its value and goes Bad, nothing trips by it, but no move is confirmed either.
 * Starts from the state that the confirms show; before they speak the commands are not written.
 */
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, isBad, LIMIT, STATUS } from '../../../contracts/status.ts'
import type { BlockType, Kernel } from '../block.ts'
import { backStatus, isOpen, slaveMode } from '../cascade.ts'
import { layout } from '../layout.ts'
import { refuseMode } from '../mode-fields.ts'
import { DEVICE_FAIL, fieldsOf, GENERAL, HELD, type Masks } from './device-fields.ts'
import { alone, elapsedS, periodMs } from './discrete.ts'

/** PV where the confirms fit no state. */
const UNDEFINED = 3
/** STATE: 0..2 confirmed there, 3..5 on the way there, 6 failed. */
const MOVING = 3
const FAILED = 6

const FIELDS = fieldsOf(GENERAL)
const { S, K } = layout(FIELDS)

const YES = 1
const NO = 0
const NONE = -1

/** Whether the confirms fit a state; NONE where it asks for none that is wired. */
function fits(s: Float64Array, k: Float64Array, state: number): number {
  let result = NONE
  for (let i = 0; i < 4; i++) {
    const want = k[K.CFM_PASSIVE + 4 * state + i]!
    if (want < 0 || isOpen(s[S.CONFIRM1_ST + 2 * i]!)) continue
    if ((s[S.CONFIRM1 + 2 * i]! !== 0 ? 1 : 0) !== want) return NO
    result = YES
  }
  return result
}

/** The state that the confirms show, where several fit the one commanded; a state without confirms is taken at its word. */
function shown(s: Float64Array, k: Float64Array): number {
  const out = s[S.OUT]!
  const own = fits(s, k, out)
  if (own === YES) return out
  for (let state = 0; state < k[K.STATES]!; state++) {
    if (state !== out && fits(s, k, state) === YES) return state
  }
  return own === NONE ? out : UNDEFINED
}

/** The worst status of the confirms that a state asks for; Good where there is none. */
function confirmStatus(s: Float64Array, k: Float64Array): number {
  let status: number = STATUS.good
  for (let i = 0; i < 4; i++) {
    const st = s[S.CONFIRM1_ST + 2 * i]!
    if (isOpen(st)) continue
    let used = false
    for (let state = 0; state < k[K.STATES]!; state++) used ||= k[K.CFM_PASSIVE + 4 * state + i]! >= 0
    if (!used) continue
    const own = alone(st)
    if ((own & 0xc0) < (status & 0xc0)) status = own
  }
  return status
}

function writeCommands(s: Float64Array, k: Float64Array, status: number): void {
  const state = k[K.PASSIVE_WHEN_CONFIRMED]! !== 0 && s[S.CONFIRMED]! !== 0 ? 0 : s[S.OUT]!
  for (let i = 0; i < 4; i++) {
    const bit = k[K.CMD_PASSIVE + 4 * state + i]!
    if (bit >= 0) s[S.CMD1 + 2 * i] = bit
    s[S.CMD1_ST + 2 * i] = status
  }
  s[S.OUT_ST] = status
}

function publish(s: Float64Array, confirms: number): void {
  s[S.PV_ST] = s[S.ACCEPT]! !== 0 ? STATUS.good | FLAG.forced : confirms
  s[S.STATE] = s[S.FAIL]! !== 0 ? FAILED : s[S.CONFIRMED]! !== 0 ? s[S.OUT]! : MOVING + s[S.OUT]!
  s[S.STATE_ST] = STATUS.good
  s[S.ALARM] = s[S.FAIL]! !== 0 ? 1 : 0
  s[S.ALARM_ST] = STATUS.good
  s[S.BKCAL_OUT] = s[S.OUT]!
}

const kernel: Kernel = (s, k) => {
  const was = s[S.MODE_ACTUAL]!
  const target = s[S.MODE_TARGET]!
  const confirms = confirmStatus(s, k)
  const blind = isBad(confirms)
  const period_ms = k[K.DT_MS]!

  const reset_was = s[S.LAST_RESET]!
  if (!isBad(s[S.RESET_ST]!)) s[S.LAST_RESET] = s[S.RESET]! !== 0 ? 1 : 0
  const reset = s[S.RESET_D]! !== 0 || (reset_was === 0 && s[S.LAST_RESET]! === 1)
  s[S.RESET_D] = 0

  // Out of service, or nothing known yet: nothing is written, and the device times out into its own safe state.
  if (target === MODE.oos || (s[S.READY]! === 0 && blind)) {
    const oos = target === MODE.oos
    s[S.READY] = 0
    s[S.MODE_ACTUAL] = oos ? MODE.oos : MODE.iman
    if (!blind) s[S.PV] = shown(s, k)
    const status = (oos ? STATUS.badOutOfService : STATUS.bad) | LIMIT.constant
    writeCommands(s, k, status)
    publish(s, confirms)
    s[S.BKCAL_OUT_ST] = backStatus(s[S.MODE_ACTUAL]!, false, 0)
    return
  }
  if (s[S.READY]! === 0) {
    s[S.READY] = 1
    const at = shown(s, k)
    s[S.OUT] = at === UNDEFINED ? 0 : at
    s[S.SP] = s[S.OUT]!
    s[S.FROM] = s[S.OUT]!
    s[S.CONFIRMED] = at === UNDEFINED ? 0 : 1
    s[S.LEFT] = 0
    s[S.MOVE_SCANS] = -1
    s[S.LOST_SCANS] = -1
  }

  // What forces it.
  if (!isBad(s[S.SHUTDOWN_ST]!)) s[S.LAST_SHUTDOWN] = s[S.SHUTDOWN]! !== 0 ? 1 : 0
  if (!isBad(s[S.INTERLOCK_ST]!)) s[S.LAST_INTERLOCK] = s[S.INTERLOCK]! !== 0 ? 1 : 0
  const trips = k[K.BAD_INTERLOCK]! !== 0
  const shutdown_bad = trips && isBad(s[S.SHUTDOWN_ST]!) && !isOpen(s[S.SHUTDOWN_ST]!)
  const interlock_bad = trips && isBad(s[S.INTERLOCK_ST]!) && !isOpen(s[S.INTERLOCK_ST]!)
  const cause =
    (shutdown_bad || s[S.LAST_SHUTDOWN]! === 1 ? HELD.shutdown : 0) |
    (interlock_bad || s[S.LAST_INTERLOCK]! === 0 ? HELD.interlock : 0)
  const may_start = isOpen(s[S.PERMISSIVE_ST]!) || (!isBad(s[S.PERMISSIVE_ST]!) && s[S.PERMISSIVE]! !== 0)
  s[S.MAY_START] = may_start ? 1 : 0

  // What is asked for.
  let actual = target
  if (target === MODE.cas) actual = slaveMode(was, s[S.BKCAL_OUT_ST]!, s[S.CAS_IN_ST]!, k[K.PERMITTED]!)
  const asking = target === MODE.cas && actual !== MODE.cas
  if (actual === MODE.cas && codeOf(s[S.CAS_IN_ST]!) !== STATUS.initAck) {
    const wish = s[S.CAS_IN]!
    if (wish === Math.floor(wish) && wish >= 0 && wish < k[K.STATES]!) s[S.SP] = wish + 0
  }
  const request = s[S.SP]!

  // Latches go when their condition is met, each for itself.
  const held_was = s[S.HELD]!
  let held = held_was & (HELD.confirmLost | HELD.timeout | HELD.resetRequired)
  if (request === 0) held &= HELD.resetRequired
  if (cause !== 0 && k[K.RESET_REQUIRED]! !== 0) held |= HELD.resetRequired
  if (reset && cause === 0) {
    held &= ~HELD.resetRequired
    s[S.FAIL] = DEVICE_FAIL.none
    s[S.FIRST_OUT] = 0
  }
  held |= cause
  if (held !== 0 && held_was === 0) s[S.FIRST_OUT] = held & -held

  const forced = held !== 0
  const tracking = !forced && !isBad(s[S.TRK_IN_ST]!) && s[S.TRK_IN]! !== 0
  if (forced || tracking) actual = MODE.lo
  let want = request
  if (forced) want = 0
  else if (tracking) {
    const at = blind ? UNDEFINED : shown(s, k)
    want = at === UNDEFINED ? s[S.OUT]! : at
  } else if (want !== s[S.OUT]! && want !== 0 && !may_start) want = s[S.OUT]!
  // A refused start in Auto must be asked for again, or it would come by itself with the permissive.
  if (k[K.SP_TRACK]! !== 0 && (forced || tracking || actual !== MODE.cas)) s[S.SP] = want
  s[S.MODE_ACTUAL] = actual

  // The move.
  if (want !== s[S.OUT]!) {
    s[S.FROM] = s[S.OUT]!
    s[S.OUT] = want
    s[S.CONFIRMED] = 0
    s[S.LEFT] = 0
    s[S.MOVE_SCANS] = 0
    s[S.LOST_SCANS] = -1
    s[S.ACCEPT] = 0
    if (!forced) {
      s[S.FAIL] = DEVICE_FAIL.none
      if (want !== 0) s[S.FIRST_OUT] = 0
    }
  } else if (s[S.CONFIRMED]! === 0) s[S.MOVE_SCANS]! += 1

  // What it does.
  const out = s[S.OUT]!
  if (s[S.ACCEPT]! !== 0) s[S.PV] = out
  else if (!blind) s[S.PV] = shown(s, k)
  const unseen = blind && s[S.ACCEPT]! === 0
  const there = s[S.PV]! === out && !unseen
  if (s[S.CONFIRMED]! === 0) {
    if (there) {
      s[S.CONFIRMED] = 1
      if (s[S.FAIL]! !== DEVICE_FAIL.confirmLost) s[S.FAIL] = DEVICE_FAIL.none
    } else {
      if (!unseen && s[S.PV]! !== s[S.FROM]!) s[S.LEFT] = 1
      const elapsed = elapsedS(s[S.MOVE_SCANS]!, period_ms)
      const limit = k[K.CFM_PASSIVE_TIME + out]!
      if (limit > 0 && elapsed >= limit) {
        s[S.FAIL] = DEVICE_FAIL.travel
        if (out !== 0 && k[K.PASSIVE_ON_TIMEOUT]! !== 0) held |= HELD.timeout
      } else if (s[S.LEFT]! === 0 && k[K.CRACK_TIME]! > 0 && elapsed >= k[K.CRACK_TIME]!) {
        s[S.FAIL] = DEVICE_FAIL.crack
      }
    }
  } else if (there) {
    s[S.LOST_SCANS] = -1
    if (s[S.FAIL]! === DEVICE_FAIL.confirmLost && !forced) s[S.FAIL] = DEVICE_FAIL.none
  } else if (!unseen) {
    s[S.LOST_SCANS]! += 1
    if (elapsedS(s[S.LOST_SCANS]!, period_ms) >= k[K.TRIP_TIME]!) {
      s[S.FAIL] = DEVICE_FAIL.confirmLost
      if (out !== 0 && k[K.TRIP]! !== 0) held |= HELD.confirmLost
    }
  } else s[S.LOST_SCANS] = -1
  if ((held & (HELD.timeout | HELD.confirmLost)) !== 0 && !forced) {
    s[S.FIRST_OUT] = held & -held
    if (k[K.RESET_REQUIRED]! !== 0) held |= HELD.resetRequired
  }
  s[S.HELD] = held

  writeCommands(s, k, STATUS.good)
  publish(s, confirms)
  s[S.BKCAL_OUT_ST] = backStatus(actual, asking && actual !== MODE.lo, 0)
}

function device(type: string, doc: string, masks: Masks): BlockType {
  return {
    type,
    doc,
    fields: fieldsOf(masks),
    kernel,
    derive: (k, dt_s) => {
      k[K.DT_MS] = periodMs(dt_s)
    },
    check: (s, k) => {
      const faults: string[] = []
      const states = k[K.STATES]!
      if (states !== 2 && states !== 3) faults.push('STATES: 2 or 3')
      if (s[S.SP]! !== Math.floor(s[S.SP]!) || s[S.SP]! >= states) faults.push('SP: a state of the device')
      const names = ['CFM_PASSIVE', 'CFM_ACTIVE1', 'CFM_ACTIVE2']
      for (let a = 0; a < states; a++) {
        for (let b = 0; b < a; b++) {
          let differ = false
          let asks = false
          for (let i = 0; i < 4; i++) {
            const [x, y] = [k[K.CFM_PASSIVE + 4 * a + i]!, k[K.CFM_PASSIVE + 4 * b + i]!]
            differ ||= x >= 0 && y >= 0 && x !== y
            asks ||= x >= 0 && y >= 0
          }
          if (asks && !differ) faults.push(`${names[a]}: cannot be told from ${names[b]}`)
        }
      }
      return faults
    },
    start: (s) => {
      s[S.MODE_ACTUAL] = MODE.iman
      s[S.OUT] = s[S.SP]!
    },
    writable: ['MODE', 'SP', 'RESET_D', 'ACCEPT'],
    write: (s, k, field, value) => {
      switch (field) {
        case 'MODE': {
          const refusal = refuseMode(value, k[K.PERMITTED]!)
          if (refusal === REFUSAL.none) s[S.MODE_TARGET] = value
          return refusal
        }
        case 'SP':
          // Passive may be asked for of a held device too: without SP_TRACK nothing else lets a trip go, or keeps it from
          // starting by itself. Of one that is asked to be passive already and only waits for its reset, it is that reset. Not
          // in Cas, where the sequence may still ask for an active state: a wish for passive must never start anything.
          if (value === 0 && s[S.MODE_TARGET]! === MODE.auto && s[S.MODE_ACTUAL]! === MODE.lo) {
            if (s[S.SP]! !== 0) s[S.SP] = 0
            else if (s[S.HELD]! === HELD.resetRequired) s[S.RESET_D] = 1
            else return REFUSAL.mode
            return REFUSAL.none
          }
          if (s[S.MODE_ACTUAL]! !== MODE.auto) return REFUSAL.mode
          if (value !== Math.floor(value) || value < 0 || value >= k[K.STATES]!) return REFUSAL.outOfRange
          if (value !== 0 && value !== s[S.OUT]! && s[S.MAY_START]! === 0) return REFUSAL.notPermitted
          s[S.SP] = value
          return REFUSAL.none
        case 'RESET_D':
          if (value !== 1) return REFUSAL.outOfRange
          if ((s[S.HELD]! & (HELD.shutdown | HELD.interlock)) !== 0) return REFUSAL.notPermitted
          s[S.RESET_D] = 1
          return REFUSAL.none
        case 'ACCEPT':
          if (value !== 0 && value !== 1) return REFUSAL.outOfRange
          if (s[S.MODE_ACTUAL]! === MODE.oos) return REFUSAL.mode
          s[S.ACCEPT] = value
          return REFUSAL.none
        default:
          return REFUSAL.unknownTarget
      }
    },
    tag_fields: {
      PV: 'PV',
      SP: 'SP',
      OUT: 'OUT',
      MODE_TARGET: 'MODE_TARGET',
      MODE_ACTUAL: 'MODE_ACTUAL',
      READBACK: 'STATE',
    },
    tag_writable: { SP: 'SP', MODE: 'MODE' },
  }
}

/** Device control with masks of one's own. */
export const DEVICE_CONTROL = device(
  'DEVICE_CONTROL',
  'Device control: commands and confirms by masks, travel, crack and trip timers, interlock, permissive, first-out, reset.',
  GENERAL,
)

/** A motor: CMD1 runs it, CONFIRM1 says that it runs. With STATES 3, CMD2 and CONFIRM2 are the other direction. */
export const MOTOR = device('MOTOR', 'Motor: device control with one command and one running confirm.', GENERAL)

/** A valve: CMD1 opens it; CONFIRM1 is the limit switch open, CONFIRM2 the one closed. */
export const VALVE = device('VALVE', 'On-off valve: device control with one solenoid and two limit switches.', {
  states: 2,
  cmd: [
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 0, 0],
  ],
  cfm: [
    [0, 1, -1, -1],
    [1, 0, -1, -1],
    [-1, -1, -1, -1],
  ],
})
