/** Discrete input and output, from function-blocks 2.7. */
import { type Evaluated, inputMap, type Make, reader, type Shown } from './block.ts'
import { answer, mayCascade, mayTarget } from './cascade.ts'
import { permittedModes, remoteSide } from './remote.ts'
import { automatic, isBad, isOpen, isSub, type Mode, modeOf, numberOf, SIMULATED, status } from './status.ts'

export const di: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const simulation = { SIMULATE: o.number('SIMULATE', 0), SIM_VALUE: o.number('SIM_VALUE', 0) }
  const debounce_ms = o.number('DEBOUNCE', 0) * 1000
  let target = o.mode('MODE_TARGET', 'auto')
  let actual: Mode = target
  let pv: boolean | undefined
  let out = o.number('OUT', 0)
  /** How long the input has said otherwise. */
  let otherwise_ms: number | undefined
  return {
    inputs,
    scan(): Shown {
      const simulated = simulation.SIMULATE !== 0
      let st = simulated ? status('good', 'plain', 'constant', SIMULATED) : statusOf('IN')
      if (isOpen(st)) st = { ...st, sub: 'noComm', limit: 'none' }
      if (isBad(st)) otherwise_ms = undefined
      else {
        const on = ((simulated ? simulation.SIM_VALUE : value('IN')) !== 0) !== o.flag('INVERT', false)
        if (on === (pv ?? false)) otherwise_ms = undefined
        else {
          otherwise_ms = otherwise_ms === undefined ? 0 : otherwise_ms + Math.round(dt * 1000)
          if (pv === undefined || otherwise_ms >= debounce_ms) {
            pv = on
            otherwise_ms = undefined
          }
        }
        pv ??= on
      }
      actual = target
      const shown = pv === true ? 1 : 0
      if (actual === 'auto') out = shown
      const outStatus =
        actual === 'auto'
          ? st
          : actual === 'man'
            ? status('uncertain', 'substitute', 'constant')
            : status('bad', 'oos', 'constant')
      return [
        ['PV', { value: shown, status: st }],
        ['OUT', { value: out, status: outStatus }],
        ['MODE_ACTUAL', numberOf(actual)],
        ['BAD', isBad(st) ? 1 : 0],
      ]
    },
    write(field, to) {
      if (field === 'MODE') {
        if (!mayTarget(modeOf(to), ['oos', 'man', 'auto'])) return false
        target = modeOf(to)
        return true
      }
      if (to !== 0 && to !== 1) return false
      if (field === 'OUT' && actual === 'man') out = to
      else if (field === 'SIMULATE' || field === 'SIM_VALUE') simulation[field] = to
      else return false
      return true
    },
  }
}

export const discreteOutput: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const inverted = o.flag('INVERT', false)
  const period_ms = Math.round(dt * 1000)
  const permitted = permittedModes(o)
  const host = remoteSide(o, inputs, dt, ['rcas'])
  let target = o.mode('MODE_TARGET', 'cas')
  let actual: Mode = 'man'
  let sp = o.number('SP', 0) !== 0
  let position = sp
  let pv = false
  let started = false
  let written = false
  let asked = status('bad')
  let lost_ms: number | undefined
  let off_ms: number | undefined
  function scan(): Shown {
    const was = actual
    const stand = host.look(target, was)
    target = stand.target
    const wish = target
    const byHost =
      wish === 'rcas' && stand.there && (stand.goal === 'rcas' || isSub(host.said('rcas'), 'cascade', 'IFS'))
    const cascaded = byHost || (wish === 'rcas' ? stand.waits : wish) === 'cas'
    const readback = statusOf('READBACK')
    const cas = byHost ? host.said('rcas') : statusOf('CAS_IN')
    const hears = !isOpen(readback)
    const blind = hears && isBad(readback)
    if (!hears) pv = position
    else if (!blind) pv = (value('READBACK') !== 0) !== inverted
    if (hears && !blind && !started && wish !== 'oos') {
      position = pv
      sp = pv
    }
    if (started) written = true
    if (was === 'oos') written = false
    started = !(blind || wish === 'oos')

    const orders = isSub(cas, 'cascade', 'IFS')
    const lost = cascaded && !isOpen(cas) && (isBad(cas) || orders)
    lost_ms = !lost ? undefined : lost_ms === undefined ? 0 : lost_ms + period_ms
    const fault = lost_ms !== undefined && (orders || lost_ms >= 1000 * o.number('FSTATE_TIME', 5))
    let asks = false
    if (wish === 'oos') actual = 'oos'
    else if (blind) actual = 'iman'
    else if (fault) {
      actual = 'lo'
      if (o.flag('FSTATE_MAN', false)) target = 'man'
    } else if (stand.goal === 'cas') {
      actual = mayCascade(was, asked, cas) ? 'cas' : 'auto'
      asks = actual !== 'cas'
    } else actual = stand.goal

    if (automatic(actual)) {
      if (actual === 'rcas' && !isSub(cas, 'cascade', 'IA')) sp = host.value('rcas') !== 0
      if (actual === 'cas' && !isSub(cas, 'cascade', 'IA')) sp = value('CAS_IN') !== 0
      position = sp
    } else {
      if (actual === 'lo' && o.flag('FSTATE', false)) position = o.flag('FSTATE_VAL', false)
      sp = position
    }
    let st = status('good')
    if (actual === 'oos') st = status('bad', 'oos', 'constant')
    else if (blind) st = written ? status('uncertain', 'lastUsable', 'constant') : status('bad', 'plain', 'constant')
    const time_ms = 1000 * o.number('READBACK_TIME', 0)
    const off = time_ms > 0 && hears && !blind && actual !== 'oos' && pv !== position
    off_ms = !off ? undefined : off_ms === undefined ? 0 : off_ms + period_ms
    asked = fault && actual === 'lo' ? status('cascade', 'FSA', 'constant') : answer(actual, asks, 'none')
    const bit = (on: boolean): number => (on ? 1 : 0)
    const told = host.tell(target, actual, actual === 'iman' || actual === 'lo', {}, { rcas: bit(sp) }, asked)
    return [
      ['OUT', { value: bit(position !== inverted), status: st }],
      ['BKCAL_OUT', { value: bit(sp), status: asked }],
      ['PV', { value: bit(pv), status: hears ? readback : status('good') }],
      ['OUT_D', { value: bit(position), status: st }],
      ['MODE_ACTUAL', numberOf(actual)],
      ['SP', bit(sp)],
      ['FAULT', bit(fault)],
      ['READBACK_FAILED', bit(off_ms !== undefined && off_ms >= time_ms)],
      ...told,
    ]
  }
  function write(field: string, to: number): boolean {
    if (field === 'MODE') {
      if (!mayTarget(modeOf(to), permitted)) return false
      target = modeOf(to)
      host.wished()
      return true
    }
    const hosts = host.write(field, to)
    if (hosts !== undefined) return hosts
    if (to !== 0 && to !== 1) return false
    if (field === 'SP' && actual === 'auto') sp = to === 1
    else if ((field === 'OUT' || field === 'OUT_D') && actual === 'man') position = to === 1
    else return false
    return true
  }
  return { inputs, write, scan }
}
