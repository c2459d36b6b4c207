/** Set point program and totalizer, from function-blocks 2.15 and their rule sheets. */
import { type Evaluated, inputMap, type Make, reader, type Shown } from './block.ts'
import { goodTowards, mayTarget, slaveIsAway, standing } from './cascade.ts'
import { isBad, isOpen, type Mode, modeOf, numberOf, type Status, status } from './status.ts'

/** A ramp or a soak: OUT at its start and end, whole length and what has gone of it, in scans. */
interface Phase {
  readonly segment: number
  readonly soak: boolean
  readonly from: number
  readonly to: number
  readonly scans: number
  gone: number
}

export const rampProgram: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const list = o.list('SEGMENTS', [])
  const segments = list.flatMap((to, i) => (i % 3 === 0 ? [{ to, ramp: list[i + 1]!, soak: list[i + 2]! }] : []))
  const byRate = o.flag('RAMP_BY', false)
  const repeat = o.number('REPEAT', 1)
  const holdback = o.number('HOLDBACK', 0)
  const [lo, hi] = o.list('OUT_SCALE', [0, 100]) as [number, number]
  let target = o.mode('MODE_TARGET', 'auto')
  let actual: Mode = 'man'
  let out = o.number('OUT', 0)
  let state = ['idle', 'running'][o.number('STATE', 0)] ?? 'idle'
  let phase: Phase | undefined
  let cycles = 0
  let moved = true
  let runWas = false

  const isOn = (name: string): boolean => !isBad(statusOf(name)) && value(name) !== 0
  function ramp(segment: number): Phase {
    const { to, ramp: r } = segments[segment]!
    const scans = byRate ? (r > 0 ? Math.abs(to - out) / (r * dt) : 0) : r / dt
    return { segment, soak: false, from: out, to, scans, gone: 0 }
  }
  function start(): void {
    if (state !== 'held') {
      phase = undefined
      cycles = 0
    }
    state = 'running'
  }
  /** After the last scan of a phase. */
  function follow(p: Phase): Phase | undefined {
    const { soak } = segments[p.segment]!
    if (!p.soak && soak / dt > 1e-9) return { ...p, soak: true, scans: soak / dt, gone: 0 }
    if (p.segment + 1 < segments.length) return ramp(p.segment + 1)
    cycles += 1
    if (repeat === 0 || cycles < repeat) return ramp(0)
    state = 'done'
    return { ...p, soak: true }
  }
  function advance(): void {
    phase ??= ramp(0)
    if (moved) {
      if (!phase.soak) {
        const scans = byRate ? ramp(phase.segment).scans : phase.scans - phase.gone
        phase = { ...phase, from: out, scans, gone: 0 }
      } else if (out !== phase.to) phase = ramp(phase.segment)
      moved = false
    }
    phase.gone += 1
    const over = phase.gone > phase.scans - 1e-9
    if (!phase.soak) {
      const part = phase.gone / phase.scans
      out = over ? phase.to : (1 - part) * phase.from + part * phase.to
    }
    if (over) phase = follow(phase)
  }
  function scan(): Shown {
    const back = statusOf('BKCAL_IN')
    actual = target !== 'oos' && slaveIsAway(back) ? 'iman' : target
    if (actual === 'iman' && !isBad(back)) out = value('BKCAL_IN')
    if (isOn('RUN_D') && !runWas) start()
    runWas = isOn('RUN_D')
    if (isOn('RESET_D')) state = 'idle'
    if (state === 'idle') phase = undefined
    const pv = statusOf('PV')
    const late =
      holdback > 0 && !isOpen(pv) && phase !== undefined && (isBad(pv) || Math.abs(value('PV') - out) > holdback)
    if (actual !== 'auto') moved = true
    else if (state === 'running' && !isOn('HOLD_D') && !late) advance()
    const st: Status = actual === 'auto' || actual === 'man' ? status(goodTowards(back)) : standing(actual, back)
    const left = phase === undefined || state === 'done' ? 0 : (phase.scans - phase.gone) * dt
    return [
      ['OUT', { value: out, status: st }],
      ['SEGMENT', { value: phase === undefined ? 0 : phase.segment + 1, status: st }],
      ['DONE', { value: state === 'done' ? 1 : 0, status: st }],
      ['TIME_LEFT', { value: left, status: st }],
      ['MODE_ACTUAL', numberOf(actual)],
      ['STATE', ['idle', 'running', 'held', 'done'].indexOf(state)],
    ]
  }
  function write(field: string, to: number): boolean {
    if (field === 'MODE' && mayTarget(modeOf(to), ['oos', 'man', 'auto'])) target = modeOf(to)
    else if (field === 'OUT' && actual === 'man' && to >= lo && to <= hi) out = to
    else if (field === 'STATE' && to === 1) start()
    else if (field === 'STATE' && to === 2 && state === 'running') state = 'held'
    else if (field === 'STATE' && to === 0) state = 'idle'
    else return false
    return true
  }
  return { inputs, write, scan }
}

const TYPES = ['up_auto', 'up_dem', 'dn_auto', 'dn_dem', 'periodic', 'demand', 'per_dem'] as const

export const integrator: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const type = TYPES[o.number('INTEG_TYPE', 5)]!
  const down = type.startsWith('dn')
  const trips = type.startsWith('up') || down
  const auto = type.endsWith('auto')
  const clocked = type === 'periodic' || type === 'per_dem'
  let batch = o.number('TOTAL_SP', 0)
  let preTrip = o.number('PRE_TRIP', 0)
  let target = o.mode('MODE_TARGET', 'auto')
  let actual: Mode = target
  let total = o.number('OUT', 0)
  if (down && total === 0) total = batch
  let wanted = false
  let resetWas = false
  let clock = 0
  let tripFor = 0
  let added = 0
  let rejected = 0
  let lastTotal = 0
  let resets = 0
  const lastGood = new Map<string, number>()

  function reset(times: number): void {
    resets += times
    added = 0
    rejected = 0
  }
  function scan(): Shown {
    actual = target
    const wire = !isBad(statusOf('RESET_IN')) && value('RESET_IN') !== 0
    let resetting = wanted || (wire && !resetWas)
    resetWas = wire
    wanted = false
    if (clocked) {
      if (clock === Math.max(1, Math.round(o.number('PERIOD', 0) / dt))) {
        clock = 0
        resetting = true
      }
      clock += 1
    }
    if (resetting) {
      lastTotal = total
      total = down ? batch : 0
      tripFor = 0
      reset(1)
    }

    const flows = ['1', '2'].filter((n) => n === '1' || !isOpen(statusOf(`IN_${n}`)))
    let usable = true
    let increment = 0
    let flags = 0
    for (const n of flows) {
      const st = statusOf(`IN_${n}`)
      flags = Math.max(flags, st.flags)
      if (isBad(st)) usable = false
      else {
        lastGood.set(n, value(`IN_${n}`))
        if (st.quality === 'uncertain' && !o.flag('USE_UNCERTAIN', true)) usable = false
      }
      const backwards = !isBad(statusOf(`REV_${n}`)) && value(`REV_${n}`) !== 0
      const per = (o.number(`FACTOR_${n}`, 1) * dt) / o.number(`TIME_UNIT_${n}`, 3600)
      increment += (backwards ? -1 : 1) * (lastGood.get(n) ?? 0) * per
    }
    const known = flows.every((n) => lastGood.has(n))
    const counts = ['net', 'forward', 'reverse'][o.number('FLOW', 0)]
    if (counts === 'forward') increment = Math.max(increment, 0)
    if (counts === 'reverse') increment = Math.min(increment, 0)

    if (actual === 'auto') {
      if (usable || (o.flag('USE_BAD', false) && known)) {
        total += down ? -increment : increment
        added += Math.abs(increment)
      } else rejected += Math.abs(increment)
      const beyond = down ? total <= 0 : total >= batch
      if (trips && !auto) tripFor = beyond ? 1 : 0
      if (trips && auto) {
        tripFor = Math.max(tripFor - 1, 0)
        if (beyond) {
          lastTotal = total
          tripFor = Math.max(1, Math.ceil(5 / dt))
          if (o.flag('CARRY', true)) {
            let times = 0
            while (down ? total <= 0 : total >= batch) {
              total += down ? batch : -batch
              times += 1
            }
            reset(times)
          } else {
            total = down ? batch : 0
            reset(1)
          }
        }
      }
    }
    const all = added + rejected
    const part = all > 0 ? (100 * added) / all : 100
    let st: Status = status('bad')
    if (actual === 'oos') st = status('bad', 'oos', 'constant')
    else if (actual === 'man') st = status('uncertain', 'substitute', 'constant')
    else if (known) {
      const quality =
        part >= o.number('GOOD_LIM', 99) ? 'good' : part >= o.number('UNCERT_LIM', 90) ? 'uncertain' : 'bad'
      st = status(quality, 'plain', 'none', flags)
    }
    const left = down ? total : batch - total
    return [
      ['OUT', { value: total, status: st }],
      ['OUT_TRIP', { value: trips && tripFor > 0 ? 1 : 0, status: st }],
      ['OUT_PTRIP', { value: trips && preTrip > 0 && left <= preTrip ? 1 : 0, status: st }],
      ['PCT_INCL', part],
      ['LAST_TOTAL', lastTotal],
      ['N_RESET', resets],
      ['REJECTED', rejected],
    ]
  }
  function write(field: string, to: number): boolean {
    if (field === 'MODE' && mayTarget(modeOf(to), ['oos', 'man', 'auto'])) target = modeOf(to)
    else if (field === 'OUT' && actual === 'man') total = to
    else if (field === 'RESET' && (to === 0 || to === 1)) wanted = to === 1
    else if (field === 'TOTAL_SP' && (to > 0 || (to === 0 && !trips))) batch = to
    else if (field === 'PRE_TRIP' && to >= 0) preTrip = to
    else return false
    return true
  }
  return { inputs, write, scan }
}
