/** Analog output and manual loader, from function-blocks 2.6 and the handshake. */
import { clamp, type Evaluated, inputMap, type Make, reader, wholeScans } from './block.ts'
import { answer, goodTowards, mayCascade, mayTarget, slaveIsAway, standing } from './cascade.ts'
import { permittedModes, remoteSide } from './remote.ts'
import { automatic, isBad, isOpen, isSub, type Limit, type Mode, modeOf, numberOf, status } from './status.ts'

export const ao: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const permitted = permittedModes(o)
  const host = remoteSide(o, inputs, dt, ['rcas'])
  const [eu0, eu100] = o.list('PV_SCALE', [0, 100]) as [number, number]
  const xd = o.list('XD', [4, 20])
  const [at0, at100] = (o.flag('INCREASE_TO_CLOSE', false) ? [xd[1], xd[0]] : [xd[0], xd[1]]) as [number, number]
  const tenth = 0.1 * (eu100 - eu0)
  const [lo, hi] = o.limits('SP_LIM', [eu0 - tenth, eu100 + tenth])
  const toEu = (device: number): number => eu0 + ((device - at0) * (eu100 - eu0)) / (at100 - at0)
  const toDevice = (eu: number): number => at0 + ((eu - eu0) * (at100 - at0)) / (eu100 - eu0)

  let target = o.mode('MODE_TARGET', 'cas')
  let actual: Mode = 'man'
  let sp = o.number('SP', 0)
  let eu = sp
  let pv = 0
  let device = 0
  let started = false
  let everWritten = false
  let asked = status('bad')
  let lostFor = 0
  let offFor = 0

  function scan() {
    const was = actual
    const readback = statusOf('READBACK')
    const own = statusOf('CAS_IN')
    const stand = host.look(target, was)
    target = stand.target
    const wish = stand.target
    // Whoever would write the set point: a loss of the host is no fault state, its order is one.
    const byHost =
      wish === 'rcas' && stand.there && (stand.goal === 'rcas' || isSub(host.said('rcas'), 'cascade', 'IFS'))
    const cas = byHost ? host.said('rcas') : own
    const cascaded = byHost || (wish === 'rcas' ? stand.waits : wish) === 'cas'
    const hears = !isOpen(readback)
    const blind = hears && isBad(readback)
    if (!hears) pv = eu
    else if (!blind) pv = toEu(value('READBACK'))
    let unrounded = Number.NaN
    if (hears && !blind && !started && wish !== 'oos') {
      // It starts from where the device stands.
      eu = pv
      sp = pv
      unrounded = value('READBACK')
    }
    // Out of service nothing is written, and the device goes its own way.
    if (started) everWritten = true
    if (actual === 'oos') everWritten = false
    started = !(blind || wish === 'oos')

    const orders = isSub(cas, 'cascade', 'IFS')
    const lost = cascaded && !isOpen(cas) && (isBad(cas) || orders)
    lostFor = lost ? lostFor + 1 : 0
    const fault = lost && (orders || lostFor > wholeScans(o.number('FSTATE_TIME', 5), dt))

    let asks = false
    if (wish === 'oos') actual = 'oos'
    else if (blind) actual = 'iman'
    else if (fault) {
      actual = 'lo'
      if (o.flag('FSTATE_MAN', false)) target = 'man'
    } else if (stand.goal === 'cas') {
      const ok = mayCascade(was, asked, cas)
      actual = ok ? 'cas' : 'auto'
      asks = !ok
    } else actual = stand.goal

    const last = eu
    let limit: Limit = 'none'
    if (automatic(actual)) {
      if (actual === 'cas' && !isSub(cas, 'cascade', 'IA')) sp = value('CAS_IN')
      if (actual === 'rcas' && !isSub(cas, 'cascade', 'IA')) sp = host.value('rcas')
      let to = sp
      // A device that stands beyond a limit is not moved for that.
      if (to > hi && to > last) to = Math.max(hi, last)
      if (to < lo && to < last) to = Math.min(lo, last)
      if (to >= hi) limit = 'high'
      else if (to <= lo) limit = 'low'
      if (actual === 'auto' && automatic(was)) {
        const up = o.number('SP_RATE_UP', 0)
        const down = o.number('SP_RATE_DN', 0)
        if (up > 0) to = Math.min(to, last + up * dt)
        if (down > 0) to = Math.max(to, last - down * dt)
      }
      eu = to
      if (actual === 'cas' || actual === 'rcas') sp = to
    } else {
      if (actual === 'lo' && o.flag('FSTATE', false)) eu = clamp(o.number('FSTATE_VAL', 0), lo, hi)
      sp = eu
      limit = 'constant'
    }
    let outStatus = status('good', 'plain', limit)
    if (actual === 'oos') outStatus = status('bad', 'oos', 'constant')
    else if (blind)
      outStatus = everWritten ? status('uncertain', 'lastUsable', 'constant') : status('bad', 'plain', 'constant')
    if (!blind && actual !== 'oos') device = eu === pv && !Number.isNaN(unrounded) ? unrounded : toDevice(eu)

    const tolerance = o.number('READBACK_TOL', 0)
    offFor = hears && !blind && tolerance > 0 && Math.abs(pv - last) > tolerance ? offFor + 1 : 0

    asked = fault && actual === 'lo' ? status('cascade', 'FSA', 'constant') : answer(actual, asks, limit)
    const back = o.flag('USE_PV_BKCAL', false) && (actual === 'cas' || actual === 'rcas') ? pv : eu
    const told = host.tell(target, actual, actual === 'iman' || actual === 'lo', { rcas: limit }, { rcas: back }, asked)
    return [
      ['OUT', { value: device, status: outStatus }],
      ['BKCAL_OUT', { value: back, status: asked }],
      ['PV', { value: pv, status: hears ? readback : status('good') }],
      ['OUT_EU', { value: eu, status: outStatus }],
      ['MODE_TARGET', numberOf(target)],
      ['MODE_ACTUAL', numberOf(actual)],
      ['SP', sp],
      ['FAULT', fault ? 1 : 0],
      ['READBACK_FAILED', offFor > wholeScans(o.number('READBACK_TIME', 10), dt) ? 1 : 0],
      ...told,
    ] as const
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
    if (to < lo || to > hi) return false
    if (field === 'SP' && actual === 'auto') sp = to
    else if ((field === 'OUT' || field === 'OUT_EU') && actual === 'man') eu = to
    else return false
    return true
  }
  return { inputs, write, scan }
}

export const manualLoader: Make = (settings): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const [lo, hi] = o.limits('OUT_LIM', o.list('OUT_SCALE', [0, 100]))
  let target = o.mode('MODE_TARGET', 'man')
  let actual: Mode = 'man'
  let out = o.number('OUT', 0) === 0 ? o.number('START', 0) : o.number('OUT', 0)
  return {
    inputs,
    scan() {
      const back = statusOf('BKCAL_IN')
      actual = target !== 'oos' && slaveIsAway(back) ? 'iman' : target
      if (actual === 'iman' && !isBad(back)) out = value('BKCAL_IN')
      const st = actual === 'man' ? status(goodTowards(back)) : standing(actual, back)
      return [
        ['OUT', { value: out, status: st }],
        ['MODE_ACTUAL', numberOf(actual)],
      ]
    },
    write(field, to) {
      if (field === 'MODE') {
        if (!mayTarget(modeOf(to), ['oos', 'man'])) return false
        target = modeOf(to)
        return true
      }
      if (field !== 'OUT' || actual !== 'man' || to < lo || to > hi) return false
      out = to
      return true
    },
  }
}
