/**
 * PID, from function-blocks 2.4: the equations with their states by name, external reset as a lag.
 */
import { clamp, type Evaluated, inputMap, lagPart, type Make, reader } from './block.ts'
import { answer, goodTowards, mayCascade, mayTarget, slaveIsAway, standing } from './cascade.ts'
import { permittedModes, remoteSide } from './remote.ts'
import { automatic, isBad, isOpen, isSub, type Limit, type Mode, mirrored, modeOf, numberOf, status } from './status.ts'

/** STRUCTURE: weights of the set point in P and D, and which actions there are. */
const STRUCTURES = [
  { b: 1, c: 1, p: true, i: true },
  { b: 1, c: 0, p: true, i: true },
  { b: 0, c: 0, p: true, i: true },
  { b: 1, c: 1, p: true, i: false },
  { b: 1, c: 0, p: true, i: false },
  { b: 1, c: 1, p: false, i: true },
  { b: 1, c: 0, p: false, i: true },
] as const

/** The law has OUT: not so in ROut. */
const controls = (m: Mode): boolean => automatic(m) && m !== 'rout'

export const pid: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const permitted = permittedModes(o)
  const host = remoteSide(o, inputs, dt, ['rcas', 'rout'])
  const pvScale = o.list('PV_SCALE', [0, 100])
  const outScale = o.list('OUT_SCALE', [0, 100])
  const ffScale = o.list('FF_SCALE', [0, 100])
  const [spLo, spHi] = o.limits('SP_LIM', pvScale)
  const [outLo, outHi] = o.limits('OUT_LIM', outScale)
  const [arwLo, arwHi] = o.limits('ARW', [outLo, outHi])
  const outSpan = outScale[1]! - outScale[0]!
  const perSpan = ((o.number('ACTION', 1) !== 0 ? 1 : -1) * outSpan) / (pvScale[1]! - pvScale[0]!)
  const code = o.number('STRUCTURE', 1)
  const structure = STRUCTURES[code] ?? { b: o.number('BETA', 1), c: o.number('GAMMA', 0), p: true, i: true }
  const gap = o.number('NL_GAP', 0)
  // Non-linear gain forces the standard form.
  const series = o.flag('FORM', false) && !(gap > 0)
  const alpha = o.number('ALPHA', 0.125)
  const bias = o.number('BIAS', 0)
  const recursion = ['external', 'a', 'b'][o.number('INTEGRAL', 0)]!
  const tracking = o.number('TT', 0)
  const balTime = o.number('BAL_TIME', 30)
  const filter = lagPart(dt, o.number('PV_FTIME', 0))
  const ffGain = (o.number('FF_GAIN', 1) * outSpan) / (ffScale[1]! - ffScale[0]!)

  const tuning = { gain: o.number('GAIN', 0), reset: o.number('RESET', 0), rate: o.number('RATE', 0) }
  // [R23] The operator's tuning times what the region says.
  const regions = {
    edges: o.list('SCHED_LIM', [0, 0]),
    width: o.number('SCHED_BAND', 0),
    play: o.number('SCHED_HYST', 0),
    gain: o.list('SCHED_GAIN', [1, 1, 1]),
    reset: o.list('SCHED_RESET', [1, 1, 1]),
    rate: o.list('SCHED_RATE', [1, 1, 1]),
  }
  const by = { gain: 1, reset: 1, rate: 1 }
  let scheduledAt: number | undefined
  // [R22]
  let bypassed = o.flag('BYPASS', false)
  const percentOf = (x: number, scale: readonly number[]): number => (100 * (x - scale[0]!)) / (scale[1]! - scale[0]!)
  const atPercent = (p: number, scale: readonly number[]): number => scale[0]! + (p / 100) * (scale[1]! - scale[0]!)
  const asSetPoint = (x: number): number => atPercent(percentOf(x, outScale), pvScale)
  let ffEnabled = o.flag('FF_ENABLE', true)
  let target = o.mode('MODE_TARGET', 'auto')
  let actual: Mode = 'man'
  let out = o.number('OUT', 0)
  let outStatus = status('bad')
  let sp = o.number('SP', 0)
  let wrk = sp
  let pv = 0
  let filtering = false
  let trackLatch = false
  let integral = structure.i ? out : bias
  let balanceStep = 0
  let feed = 0
  let feeding = false
  let pSignal = 0
  let dSignal = 0
  let dInput = 0
  let inGap = false
  let asked = status('bad')

  /** P and D before the gain; the series form has D only where its numerator goes beyond its lag. */
  const proportionalAndD = (): number => pSignal + (series ? 1 - alpha : 1) * dSignal

  function nonlinear(e: number): number {
    if (!(gap > 0)) return 1
    const size = Math.abs(e)
    if (inGap) inGap = size <= gap + o.number('NL_HYST', 0)
    else inGap = size <= gap
    const least = o.number('NL_MINMOD', 1)
    if (inGap) return least
    const band = o.number('NL_TBAND', 0)
    if (!(band > 0) || size >= gap + band) return 1
    return least + (1 - least) * ((size - gap) / band)
  }

  /** Interpolates a table whose corners are the ends of the two bands. */
  function inRegion(factors: readonly number[], x: number): number {
    const [low, high] = [regions.edges[0]!, regions.edges[1]!]
    const half = regions.width / 2
    if (half === 0) return factors[x < low ? 0 : x < high ? 1 : 2]!
    if (x <= low - half) return factors[0]!
    if (x >= high + half) return factors[2]!
    if (x < low + half) return factors[0]! + ((factors[1]! - factors[0]!) * (x - (low - half))) / regions.width
    if (x > high - half) return factors[1]! + ((factors[2]! - factors[1]!) * (x - (high - half))) / regions.width
    return factors[1]!
  }

  function reschedule(): void {
    const from = statusOf('SCHED_IN')
    if (isOpen(from) || isBad(from)) return
    const x = value('SCHED_IN')
    if (scheduledAt === undefined) scheduledAt = x
    else if (x > scheduledAt + regions.play / 2) scheduledAt = x - regions.play / 2
    else if (x < scheduledAt - regions.play / 2) scheduledAt = x + regions.play / 2
    const before = by.gain
    by.gain = inRegion(regions.gain, scheduledAt)
    by.reset = inRegion(regions.reset, scheduledAt)
    by.rate = inRegion(regions.rate, scheduledAt)
    if (before === by.gain) return
    integral += perSpan * tuning.gain * (before - by.gain) * proportionalAndD()
    if (!structure.i && balTime > 0) balanceStep = (bias - integral) * Math.min(dt / balTime, 1)
  }

  function limitedStep(from: number, to: number, up: number, down: number): number {
    if (to > from && up > 0) return Math.min(to, from + up * dt)
    if (to < from && down > 0) return Math.max(to, from - down * dt)
    return to
  }

  function scan() {
    const was = actual
    const back = statusOf('BKCAL_IN')
    const inStatus = statusOf('IN')
    const bad = isBad(inStatus)
    if (bad) filtering = false
    else {
      pv = filtering ? pv + filter * (value('IN') - pv) : value('IN')
      filtering = true
    }

    // Mode.
    const trk = statusOf('TRK_IN_D')
    if (!isBad(trk)) trackLatch = value('TRK_IN_D') !== 0
    const cas = statusOf('CAS_IN')
    const stand = host.look(target, was)
    const wish = stand.target
    target = wish
    // Without its host the block behaves as if it were to be where it waits; but nobody has asked for Man.
    const own = wish === 'rcas' || wish === 'rout' ? stand.waits : wish
    let asks = false
    let held = true
    if (wish === 'oos') actual = 'oos'
    else if (slaveIsAway(back)) actual = 'iman'
    else if (trackLatch && o.flag('TRACK_ENABLE', true) && (wish !== 'man' || o.flag('TRACK_IN_MAN', false)))
      actual = 'lo'
    else if (bad && !bypassed) {
      actual = 'man'
      if (o.flag('ON_BAD_IN', false)) target = 'man'
    } else if (stand.goal === 'cas') {
      held = false
      if (mayCascade(was, asked, cas)) actual = 'cas'
      else {
        actual = 'auto'
        asks = true
        if (was === 'cas' && o.flag('ON_BAD_CAS', false)) {
          target = 'auto'
          asks = false
        }
      }
    } else {
      held = false
      actual = stand.goal
    }
    const toHost = wish === 'rcas' && stand.there && (held || actual === 'rcas')
    const master = toHost ? host.said('rcas') : cas
    const fromMaster = toHost ? host.value('rcas') : value('CAS_IN')

    // Set point.
    let spLimit: Limit = 'none'
    if (actual === 'cas' || actual === 'rcas') {
      if (isSub(master, 'cascade', 'IA')) {
        if (was !== actual) sp = wrk
      } else {
        sp = fromMaster
        if (o.flag('OBEY_SP_LIM', true)) {
          if (sp >= spHi) spLimit = 'high'
          else if (sp <= spLo) spLimit = 'low'
          sp = clamp(sp, spLo, spHi)
        }
      }
    } else if (actual === 'man' || actual === 'iman' || actual === 'lo') {
      const follows = actual === 'man' ? o.flag('SP_TRACK_MAN', false) : o.flag('SP_TRACK_LO_IMAN', false)
      const cascaded = own === 'cas' || (held && toHost)
      if (cascaded && o.flag('SP_TRACK_RETAINED', false) && !isBad(master)) sp = fromMaster
      else if (!bad && (follows || (cascaded && actual !== 'man'))) sp = pv
    } else if (actual === 'rout') {
      if (o.flag('SP_TRACK_ROUT', false)) sp = pv
    }
    const going = controls(actual) && controls(was)
    wrk = going ? limitedStep(wrk, sp, o.number('SP_RATE_UP', 0), o.number('SP_RATE_DN', 0)) : sp

    // The terms.
    const e = wrk - pv
    reschedule()
    const kn = perSpan * tuning.gain * by.gain
    const rate = tuning.rate * by.rate
    const nl = nonlinear(e)
    const x = structure.c * wrk - pv
    const lag = alpha * rate
    dSignal = rate > 0 && going ? (lag * dSignal + rate * (x - dInput)) / (lag + dt) : 0
    dInput = x
    pSignal = structure.p ? nl * (structure.b * wrk - pv) : 0
    const pd = kn * proportionalAndD()
    const toIntegrate = series ? e + (1 - alpha) * dSignal : nl * e

    // Feed-forward: what comes or goes with it is taken up by the integral.
    const ffStatus = statusOf('FF_VAL')
    let ffHeld = false
    if (!isOpen(ffStatus)) {
      const usable = !isBad(ffStatus)
      const on = ffEnabled && (usable || feeding)
      const next = !on ? 0 : usable ? ffGain * (value('FF_VAL') - ffScale[0]!) : feed
      ffHeld = on && !usable
      if (on !== feeding) integral += feed - next
      feeding = on
      feed = next
    }

    const last = out
    let limit: Limit = 'none'
    if (actual === 'rout') {
      // What the host still acknowledges is where OUT stands.
      if (!isSub(host.said('rout'), 'cascade', 'IA')) out = clamp(host.value('rout'), outLo, outHi)
      limit = out >= outHi ? 'high' : out <= outLo ? 'low' : 'none'
      const doubtful = host.said('rout').quality === 'uncertain'
      outStatus = status(doubtful ? 'uncertain' : goodTowards(back), 'plain', limit)
      if (bypassed) {
        sp = asSetPoint(out)
        wrk = sp
      }
    } else if (!automatic(actual)) {
      if (actual === 'iman' && !isBad(back)) out = value('BKCAL_IN')
      if (actual === 'lo' && !isBad(statusOf('TRK_VAL'))) out = clamp(value('TRK_VAL'), outLo, outHi)
      outStatus = standing(actual, back)
      if (bypassed) {
        sp = asSetPoint(out)
        wrk = sp
      }
    } else if (bypassed) {
      const through = atPercent(percentOf(wrk, pvScale), outScale)
      if (through >= outHi) limit = 'high'
      else if (through <= outLo) limit = 'low'
      out = limitedStep(last, clamp(through, outLo, outHi), o.number('OUT_RATE_UP', 0), o.number('OUT_RATE_DN', 0))
      outStatus = status(goodTowards(back), 'plain', limit, 1024)
    } else {
      if (!controls(was)) {
        // [R17]
        const jumps = !structure.i && !(balTime > 0)
        out = clamp(jumps ? pd + feed + bias : last, outLo, outHi)
        integral = out - pd - feed
        balanceStep = balTime > 0 ? (bias - integral) * Math.min(dt / balTime, 1) : 0
      } else {
        let reset = tuning.reset * by.reset
        let next = integral
        let grows = 0
        let stands = true
        let stopped = false
        if (structure.i) {
          const push = kn * toIntegrate
          if ((last > arwHi && push < 0) || (last < arwLo && push > 0)) reset /= 16
          const inTheWay =
            !isOpen(back) &&
            (back.limit === 'constant' || (back.limit === 'high' && push > 0) || (back.limit === 'low' && push < 0))
          const dead = o.number('IDEADBAND', 0)
          stands = inStatus.limit === 'constant' || (dead > 0 && Math.abs(e) <= dead)
          stopped = inTheWay
          if (!stands && !stopped) grows = (dt / reset) * push
          // In form a the error counts from the next scan on.
          if (recursion !== 'a') next = integral + grows
        } else if (balanceStep !== 0) {
          next = balanceStep > 0 ? Math.min(integral + balanceStep, bias) : Math.max(integral + balanceStep, bias)
          integral = next
        }
        const free = pd + feed + next
        if (free >= outHi) limit = 'high'
        else if (free <= outLo) limit = 'low'
        out = limitedStep(last, clamp(free, outLo, outHi), o.number('OUT_RATE_UP', 0), o.number('OUT_RATE_DN', 0))
        if (structure.i) {
          const external =
            isSub(back, 'cascade', 'NS') || (o.flag('DYNAMIC_RESET', false) && !isOpen(back) && !isBad(back))
          if (external || (recursion === 'external' && out !== free && !stands && !(stopped && limit === 'none'))) {
            const accepted = external ? value('BKCAL_IN') : out
            const rest = accepted - (pd - kn * toIntegrate) - feed
            integral = (reset * integral + dt * rest) / (reset + dt)
          } else if (recursion === 'external') integral = next
          else integral += grows + (tracking > 0 ? (dt / tracking) * (out - free) : 0)
        }
      }
      const doubtful = inStatus.quality === 'uncertain' || ffHeld
      outStatus = status(doubtful ? 'uncertain' : goodTowards(back), 'plain', limit)
    }

    // [R11]
    const below = limit !== 'none' ? limit : isOpen(back) ? 'none' : back.limit
    const seen = spLimit !== 'none' ? spLimit : bypassed || perSpan > 0 ? below : mirrored(below)
    asked = answer(actual, asks, seen)
    const toMaster = bypassed ? asSetPoint(out) : o.flag('USE_PV_BKCAL', false) ? pv : wrk
    const told = host.tell(target, actual, held, { rcas: seen, rout: below }, { rcas: toMaster, rout: out })
    return [
      ['OUT', { value: out, status: outStatus }],
      ['BKCAL_OUT', { value: toMaster, status: asked }],
      ['PV', { value: pv, status: isOpen(inStatus) ? status('bad') : inStatus }],
      ['MODE_TARGET', numberOf(target)],
      ['MODE_ACTUAL', numberOf(actual)],
      ['SP', sp],
      ['SP_WRK', wrk],
      ...told,
    ] as const
  }

  function write(field: string, to: number): boolean {
    const follows = target === 'cas' || target === 'rcas'
    const tracks = (actual === 'lo' || actual === 'iman') && (follows || o.flag('SP_TRACK_LO_IMAN', false))
    switch (field) {
      case 'MODE':
        if (!mayTarget(modeOf(to), permitted)) return false
        target = modeOf(to)
        host.wished()
        return true
      case 'SP':
        if (actual === 'cas' || actual === 'rcas' || tracks) return false
        if (actual === 'rout' && (bypassed || o.flag('SP_TRACK_ROUT', false))) return false
        if (actual === 'man' && o.flag('SP_TRACK_MAN', false)) return false
        if (bypassed && !automatic(actual)) return false
        if (to < spLo || to > spHi) return false
        sp = to
        return true
      case 'OUT': {
        const more = o.flag('NO_OUT_LIM_IN_MAN', false) ? 0.1 * outSpan : Number.NaN
        const lo = Number.isNaN(more) ? outLo : outScale[0]! - more
        const hi = Number.isNaN(more) ? outHi : outScale[1]! + more
        if (actual !== 'man' || to < lo || to > hi) return false
        out = to
        return true
      }
      case 'GAIN':
        if (to < 0) return false
        // [R18]
        integral += perSpan * (tuning.gain - to) * by.gain * proportionalAndD()
        tuning.gain = to
        return true
      case 'RESET':
        if (to <= 0) return false
        tuning.reset = to
        return true
      case 'RATE':
        if (to < 0) return false
        if (to === 0) {
          const before = proportionalAndD()
          dSignal = 0
          integral += perSpan * tuning.gain * by.gain * (before - proportionalAndD())
        }
        tuning.rate = to
        return true
      case 'BYPASS':
        if ((to !== 0 && to !== 1) || !o.flag('BYPASS_ENABLE', false)) return false
        if (actual !== 'man' && actual !== 'oos') return false
        if (bypassed && to === 0 && filtering) {
          sp = pv
          wrk = pv
        }
        bypassed = to === 1
        return true
      case 'FF_ENABLE':
        if (to !== 0 && to !== 1) return false
        ffEnabled = to === 1
        return true
    }
    return host.write(field, to) ?? false
  }
  return { inputs, write, scan }
}
