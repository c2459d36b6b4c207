/** Device control, from function-blocks 2.8 and the guide's words on devices. Values and modes; statuses are not told here. */
import { type Evaluated, inputMap, type Make, reader, type Shown } from './block.ts'
import { mayCascade, mayTarget } from './cascade.ts'
import { isBad, isOpen, type Mode, modeOf, numberOf, type Status, status } from './status.ts'

type Mask = readonly number[]
interface Kind {
  readonly commands: readonly Mask[]
  readonly confirms: readonly Mask[]
}
/** -1 in a mask: does not matter. */
const ANY = -1
const GENERAL: Kind = {
  commands: [
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [0, 1, 0, 0],
  ],
  confirms: [
    [0, 0, ANY, ANY],
    [1, 0, ANY, ANY],
    [0, 1, ANY, ANY],
  ],
}
const VALVE: Kind = {
  commands: [
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 0, 0],
  ],
  confirms: [
    [0, 1, ANY, ANY],
    [1, 0, ANY, ANY],
    [ANY, ANY, ANY, ANY],
  ],
}

type Cause = 'shutdown' | 'interlock' | 'confirm lost' | 'timeout' | 'reset'
const CAUSES: readonly Cause[] = ['shutdown', 'interlock', 'confirm lost', 'timeout', 'reset']
const bitOf = (cause: Cause): number => 2 ** CAUSES.indexOf(cause)
const NOWHERE = 3
const STATES = ['PASSIVE', 'ACTIVE1', 'ACTIVE2'] as const

const device =
  (kind: Kind): Make =>
  (settings, dt): Evaluated => {
    const o = reader(settings)
    const { inputs, value, status: statusOf } = inputMap()
    const commands = STATES.map((name, i) => o.list(`CMD_${name}`, kind.commands[i]!))
    const confirms = STATES.map((name, i) => o.list(`CFM_${name}`, kind.confirms[i]!)).slice(0, o.number('STATES', 2))
    const travel_s = STATES.map((name) => o.number(`CFM_${name}_TIME`, 10))
    const period_ms = Math.round(dt * 1000)
    let target = o.mode('MODE_TARGET', 'cas')
    let actual: Mode = 'oos'
    let asked: Status = status('bad')
    let sp = 0
    let out = 0
    let pv = 0
    let ready = false
    let failure = 0
    let firstOut = 0
    let accepted = false
    let resetWritten = false
    let permitted = false
    let resetWas: boolean | undefined
    const causes = new Set<Cause>()
    /** Of the last move: where it began, how long it is on, whether it has left and arrived. */
    let move = { from: 0, ms: 0, left: true, arrived: true }
    let lost_ms: number | undefined
    const command = [0, 0, 0, 0]

    /** [2.8] What a shutdown or an interlock last said while it was usable. */
    const lastSaid = new Map<string, boolean>()
    const trips = (name: string, means: (on: boolean) => boolean): boolean => {
      const st = statusOf(name)
      if (isOpen(st)) return false
      if (!isBad(st)) lastSaid.set(name, means(value(name) !== 0))
      else if (o.flag('BAD_INTERLOCK', true)) return true
      return lastSaid.get(name) ?? false
    }
    const tracks = (): boolean => !isBad(statusOf('TRK_IN')) && value('TRK_IN') !== 0
    /** The state that the confirms show; undefined where one is Bad. */
    function shown(): number | undefined {
      const seen = [1, 2, 3, 4].map((n) => ({ on: value(`CONFIRM${n}`) !== 0 ? 1 : 0, st: statusOf(`CONFIRM${n}`) }))
      if (seen.some(({ st }) => isBad(st) && !isOpen(st))) return undefined
      if (seen.every(({ st }) => isOpen(st))) return out
      const at = confirms.findIndex((mask) =>
        mask.every((want, i) => want === ANY || isOpen(seen[i]!.st) || seen[i]!.on === want),
      )
      return at < 0 ? NOWHERE : at
    }
    /** A failure that made it passive is told until the device is let go. */
    const gaveUp = (): boolean => causes.has('confirm lost') || causes.has('timeout')
    function go(to: number): void {
      if (to === out) return
      move = { from: out, ms: -period_ms, left: false, arrived: false }
      if (out === 0) firstOut = 0
      out = to
      if (!gaveUp()) failure = 0
      accepted = false
      lost_ms = undefined
    }

    function scan(): Shown {
      const seen = shown()
      if (accepted) pv = out
      else if (seen !== undefined) pv = seen
      if (!ready && seen !== undefined) {
        ready = true
        out = pv === NOWHERE ? 0 : pv
        sp = out
        move = { from: out, ms: 0, left: pv === out, arrived: pv === out }
        if (pv === NOWHERE) move = { from: out, ms: -period_ms, left: false, arrived: false }
      }
      const set = (cause: Cause, on: boolean): void => {
        if (on) causes.add(cause)
        else causes.delete(cause)
      }
      const before = causes.size
      set(
        'shutdown',
        trips('SHUTDOWN', (on) => on),
      )
      set(
        'interlock',
        trips('INTERLOCK', (on) => !on),
      )
      const rise = value('RESET') !== 0 && resetWas === false
      if (!isBad(statusOf('RESET'))) resetWas = value('RESET') !== 0
      const live = causes.has('shutdown') || causes.has('interlock')
      if (o.flag('RESET_REQUIRED', false) && live) causes.add('reset')
      if ((rise || resetWritten) && !live) {
        causes.clear()
        firstOut = 0
        if (failure !== 0) failure = 0
      }
      resetWritten = false
      // The set point has been passive: what is left is the reset, where one is required.
      if (sp === 0) {
        causes.delete('confirm lost')
        causes.delete('timeout')
      }
      if (before === 0 && causes.size > 0 && firstOut === 0) firstOut = bitOf(CAUSES.find((c) => causes.has(c))!)

      const permissive = statusOf('PERMISSIVE')
      permitted = isOpen(permissive) || (!isBad(permissive) && value('PERMISSIVE') !== 0)
      const was = actual
      if (target === 'oos') actual = 'oos'
      else if (causes.size > 0 || tracks()) actual = 'lo'
      else if (target === 'cas') actual = mayCascade(was, asked, statusOf('CAS_IN')) ? 'cas' : 'auto'
      else actual = target
      asked = target === 'cas' && actual === 'auto' ? status('cascade', 'IR') : status('cascade', 'NI')
      if (actual === 'lo' && causes.size === 0) {
        if (seen !== undefined && pv !== NOWHERE) go(pv)
        if (o.flag('SP_TRACK', true)) sp = out
      } else if (actual === 'lo') {
        go(0)
        if (o.flag('SP_TRACK', true)) sp = 0
      } else if (actual !== 'oos') {
        if (actual === 'cas') sp = value('CAS_IN')
        if (sp === 0 || sp === out || permitted) go(sp)
        else if (actual === 'auto') sp = out
      }
      // What was accepted ends with the move, and the confirms speak again.
      if (!accepted && seen !== undefined) pv = seen
      if (seen !== undefined && [1, 2, 3, 4].every((n) => isOpen(statusOf(`CONFIRM${n}`)))) pv = out
      watch()
      // A pulse ends once the state is confirmed.
      commands[o.flag('PASSIVE_WHEN_CONFIRMED', false) && move.arrived ? 0 : out]!.forEach((to, i) => {
        if (to !== ANY) command[i] = to
      })
      return [
        ...command.map((on, i) => [`CMD${i + 1}`, on] as const),
        ['OUT', out],
        ['PV', pv],
        ['STATE', failure !== 0 ? 6 : move.arrived ? out : 3 + out],
        ['ALARM', failure !== 0 ? 1 : 0],
        ['MODE_ACTUAL', numberOf(actual)],
        ['SP', sp],
        ['HELD', [...causes].reduce((sum, c) => sum + bitOf(c), 0)],
        ['FIRST_OUT', firstOut],
        ['FAIL', failure],
        ['ACCEPT', accepted ? 1 : 0],
      ]
    }

    /** Travel, then what is confirmed and lost again. */
    function watch(): void {
      const hold = (cause: Cause): void => {
        if (firstOut === 0 && causes.size === 0) firstOut = bitOf(cause)
        causes.add(cause)
        if (o.flag('RESET_REQUIRED', false)) causes.add('reset')
      }
      if (!move.arrived) {
        move.ms += period_ms
        if (pv !== move.from) move.left = true
        if (pv === out) {
          move.arrived = true
          if (!gaveUp()) failure = 0
          lost_ms = undefined
          return
        }
        const crack_s = o.number('CRACK_TIME', 0)
        const late = travel_s[out]! > 0 && move.ms / 1000 >= travel_s[out]!
        if (late && failure !== 1 && !gaveUp()) failure = 1
        else if (failure === 0 && crack_s > 0 && !move.left && move.ms / 1000 >= crack_s) failure = 2
        else return
        if (failure === 1 && out !== 0 && o.flag('PASSIVE_ON_TIMEOUT', false)) hold('timeout')
        return
      }
      if (pv === out) {
        lost_ms = undefined
        if (!gaveUp()) failure = 0
        return
      }
      lost_ms = lost_ms === undefined ? 0 : lost_ms + period_ms
      if (lost_ms / 1000 < o.number('TRIP_TIME', 0) || failure === 3) return
      failure = 3
      if (out !== 0 && o.flag('TRIP', true)) hold('confirm lost')
    }

    function write(field: string, to: number): boolean {
      if (field === 'MODE') {
        if (!mayTarget(modeOf(to), ['oos', 'auto', 'cas'])) return false
        target = modeOf(to)
        return true
      }
      if (field === 'RESET_D') {
        if (to !== 1 || causes.has('shutdown') || causes.has('interlock')) return false
        resetWritten = true
        return true
      }
      if (field === 'ACCEPT') {
        if (to !== 1) return false
        accepted = true
        return true
      }
      if (field !== 'SP' || actual !== 'auto' || ![0, 1, 2].slice(0, confirms.length).includes(to)) return false
      if (to !== 0 && to !== out && !permitted) return false
      sp = to
      return true
    }
    return { inputs, write, scan }
  }

export const deviceControl = device(GENERAL)
export const motor = device(GENERAL)
export const valve = device(VALVE)
