/** Analog input and pulse input, from function-blocks 2.5. */
import { type Evaluated, inputMap, lagPart, type Make, reader } from './block.ts'
import { mayTarget } from './cascade.ts'
import { isBad, isOpen, type Mode, modeOf, numberOf, SIMULATED, type Status, status } from './status.ts'

/** OUT of an input by mode: PV, the operator's, nobody's. */
function station(settings: Parameters<Make>[0]) {
  const o = reader(settings)
  let target = o.mode('MODE_TARGET', 'auto')
  let actual: Mode = target
  let out = o.number('OUT', 0)
  const simulation = { on: o.flag('SIMULATE', false), value: o.number('SIM_VALUE', 0) }
  return {
    o,
    simulation,
    show(pv: number, st: Status) {
      actual = target
      if (actual === 'auto') out = pv
      const outStatus =
        actual === 'auto'
          ? st
          : actual === 'man'
            ? status('uncertain', 'substitute', 'constant')
            : status('bad', 'oos', 'constant')
      return [
        ['OUT', { value: out, status: outStatus }],
        ['MODE_ACTUAL', numberOf(actual)],
        ['BAD', isBad(st) ? 1 : 0],
      ] as const
    },
    write(field: string, to: number): boolean {
      if (field === 'MODE' && mayTarget(modeOf(to), ['oos', 'man', 'auto'])) target = modeOf(to)
      else if (field === 'OUT' && actual === 'man') out = to
      else if (field === 'SIMULATE' && (to === 0 || to === 1)) simulation.on = to === 1
      else if (field === 'SIM_VALUE') simulation.value = to
      else return false
      return true
    },
  }
}

export const ai: Make = (settings, dt): Evaluated => {
  const { inputs, value, status: statusOf } = inputMap()
  const { o, simulation, show, write } = station(settings)
  const [xd0, xd100] = o.list('XD', [4, 20]) as [number, number]
  const [out0, out100] = o.list('OUT_SCALE', [0, 100]) as [number, number]
  const linear = ['direct', 'indirect', 'sqrt'][o.number('LINEAR', 1)]
  const part = lagPart(dt, o.number('FTIME', 0))
  let pv = 0
  let filtering = false

  function scan() {
    const raw = simulation.on ? simulation.value : value('IN')
    let st = simulation.on ? status('good', 'plain', 'none', SIMULATED) : statusOf('IN')
    if (isOpen(st)) st = { ...st, sub: 'noComm', limit: 'none' }
    const fraction = (raw - xd0) / (xd100 - xd0)
    // NE 43 in mA of a 4-20 mA span, failure 0.01 mA inwards.
    const mA = 4 + 16 * fraction
    if (linear !== 'direct' && o.flag('NE43', true) && !isBad(st)) {
      if (mA < 3.61) st = status('bad', 'sensor', 'low', st.flags)
      else if (mA > 20.99) st = status('bad', 'sensor', 'high', st.flags)
      else if (mA < 3.8) st = status('uncertain', 'range', 'low', st.flags)
      else if (mA > 20.5) st = status('uncertain', 'range', 'high', st.flags)
    }
    if (isBad(st)) filtering = false
    else {
      let x = raw
      if (linear === 'indirect') x = out0 + fraction * (out100 - out0)
      if (linear === 'sqrt') {
        x = out0 + (fraction > 0 ? Math.sqrt(fraction) : 0) * (out100 - out0)
        if (fraction < 0) st = { ...st, limit: 'low' }
      }
      const cut = o.number('LOW_CUT', 0)
      if (cut > 0 && x < cut) x = 0
      pv = filtering ? pv + part * (x - pv) : x
      filtering = true
    }
    return [['PV', { value: pv, status: st }] as const, ...show(pv, st)]
  }
  return { inputs, write, scan }
}

export const pulseInput: Make = (settings, dt): Evaluated => {
  const { inputs, value, status: statusOf } = inputMap()
  const { o, simulation, show, write } = station(settings)
  const per = o.number('PULSE_VALUE', 1)
  const toRate = (pulses: number, scans: number): number => (pulses * per * o.number('TIME_UNIT', 3600)) / (scans * dt)
  const windowScans = Math.max(1, Math.round(o.number('WINDOW', 0) / dt))
  const rateMax = o.number('RATE_MAX', 0)
  const part = lagPart(dt, o.number('FTIME', 0))
  /** All increments of scans in a row since the last interruption. */
  let history: number[] = []
  let count = 0
  let counter: number | undefined
  let missing = 0
  let pv = 0
  let filtering = false

  function scan() {
    let st = statusOf('IN')
    if (isOpen(st)) st = { ...st, sub: 'noComm', limit: 'none' }
    let rate: number | undefined
    if (isBad(st)) missing += 1
    else {
      if (counter === undefined) st = status('uncertain', 'initial', 'none', st.flags)
      else {
        const scans = missing + 1
        const size = o.number('COUNTER_MAX', 65536)
        const pulses = (((value('IN') - counter) % size) + size) % size
        // One pulse more than the greatest rate: it may have come just before the sample.
        const possible = rateMax > 0 ? rateMax / toRate(1, 1) : Number.POSITIVE_INFINITY
        if (pulses > possible * scans + 1) {
          st = status('uncertain', 'plain', 'none', st.flags)
          history = []
        } else {
          count += pulses
          if (scans > 1) {
            history = []
            rate = toRate(pulses, scans)
          } else {
            history.push(pulses)
            const window = history.slice(-windowScans)
            rate = toRate(
              window.reduce((a, b) => a + b, 0),
              window.length,
            )
          }
        }
      }
      counter = value('IN')
      missing = 0
    }
    const totalStatus = st
    if (simulation.on) {
      rate = simulation.value
      st = status('good', 'plain', 'none', SIMULATED)
    }
    if (rate !== undefined) {
      const x = rate < o.number('LOW_CUT', 0) ? 0 : rate
      pv = filtering ? pv + part * (x - pv) : x
      filtering = true
    }
    if (isBad(st)) filtering = false
    return [
      ['PV', { value: pv, status: st }] as const,
      ...show(pv, st),
      ['TOTAL', { value: count * per, status: totalStatus }] as const,
    ]
  }
  return { inputs, write, scan }
}
