/** Input selector, arithmetic and alarms, from function-blocks 2.16, 2.18 and rule R3. */
import { clamp, type Evaluated, inputMap, lagPart, type Make, reader, type Shown, wholeScans } from './block.ts'
import { mayTarget } from './cascade.ts'
import {
  bothLimited,
  isBad,
  isOpen,
  type Limit,
  type Mode,
  modeOf,
  numberOf,
  plain,
  type Status,
  status,
  worst,
} from './status.ts'

export const inputSelector: Make = (settings): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const type = ['first_good', 'min', 'max', 'mid', 'avg'][o.number('SEL_TYPE', 0)]!
  const op = { OP_SELECT: o.number('OP_SELECT', 0), DISABLED: o.number('DISABLED', 0) }
  let target = o.mode('MODE_TARGET', 'auto')
  let actual: Mode = target
  let out = o.number('OUT', 0)
  interface Input {
    n: number
    x: number
    st: Status
  }
  const agreed = (list: readonly Input[]): Limit => list.map((i) => i.st.limit).reduce(bothLimited, 'constant')

  function select(usable: readonly Input[]): { x: number; st: Status; n: number } {
    const rising = [...usable].sort((a, b) => a.x - b.x || a.n - b.n)
    const one = (i: Input, limit: Limit) => ({ x: i.x, n: i.n, st: { ...worst(status('good'), i.st), limit } })
    const alone = rising.length === 1
    if (type === 'first_good') return { ...one(usable[0]!, usable[0]!.st.limit), st: plain(usable[0]!.st) }
    if (type === 'min' || type === 'max') {
      const i = type === 'min' ? rising[0]! : rising.at(-1)!
      const instead: Limit = agreed(rising) === 'constant' ? 'constant' : type === 'min' ? 'high' : 'low'
      return one(i, i.st.limit === 'constant' && !alone ? instead : i.st.limit)
    }
    const middle = rising.slice(Math.ceil(rising.length / 2) - 1, Math.floor(rising.length / 2) + 1)
    const counted = type === 'avg' ? rising : middle
    const limit = agreed(rising)
    if (counted.length === 1) return one(counted[0]!, limit)
    const sum = counted.reduce((a, i) => a + i.x, 0)
    return { x: sum / counted.length, n: 0, st: { ...worst(status('good'), ...counted.map((i) => i.st)), limit } }
  }

  return {
    inputs,
    scan(): Shown {
      actual = target
      const wired: Input[] = []
      for (let n = 1; n <= 8; n++) {
        const st = statusOf(`IN_${n}`)
        if (!isOpen(st) && Math.floor(op.DISABLED / 2 ** (n - 1)) % 2 === 0) wired.push({ n, x: value(`IN_${n}`), st })
      }
      const usable = wired.filter(
        ({ st }) => !isBad(st) && (st.quality !== 'uncertain' || o.flag('USE_UNCERTAIN', false)),
      )
      let n = 0
      let x = out
      let st = status('bad')
      if (op.OP_SELECT !== 0) {
        n = op.OP_SELECT
        st = plain(statusOf(`IN_${n}`))
        if (!isBad(st)) x = value(`IN_${n}`)
      } else if (usable.length > 0 && usable.length >= o.number('MIN_GOOD', 1)) {
        const picked = select(usable)
        n = picked.n
        x = picked.x
        st = picked.st
        if (usable.length < wired.length && o.flag('WARN_MISSING', false) && st.quality === 'good')
          st = { ...st, quality: 'uncertain', sub: 'subNormal' }
      }
      if (actual === 'auto') out = x
      else if (actual === 'man') st = status('uncertain', 'substitute', 'constant')
      else st = status('bad', 'oos', 'constant')
      return [
        ['OUT', { value: out, status: st }],
        ['SELECTED', actual === 'auto' ? n : 0],
        ['USED', usable.length],
        ['MODE_ACTUAL', numberOf(actual)],
      ]
    },
    write(field, to) {
      if (field === 'MODE' && mayTarget(modeOf(to), ['oos', 'man', 'auto'])) target = modeOf(to)
      else if (field === 'OUT' && actual === 'man') out = to
      else if (field === 'OP_SELECT' && Number.isInteger(to) && to >= 0 && to <= 8) op.OP_SELECT = to
      else if (field === 'DISABLED' && Number.isInteger(to) && to >= 0 && to <= 255) op.DISABLED = to
      else return false
      return true
    },
  }
}

export const arith: Make = (settings): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const bias = o.list('BIAS_IN', [0, 0, 0])
  const gain = o.list('GAIN_IN', [1, 1, 1])
  const [compLo, compHi] = [o.number('COMP_LO', -1e6), o.number('COMP_HI', 1e6)]
  const within = (f: number): number => clamp(f, compLo, compHi)
  const atZero = (numerator: number): number => (numerator < 0 ? compLo : compHi)
  const signedRoot = (x: number): number => Math.sign(x) * Math.sqrt(Math.abs(x))
  const forms: readonly ((pv: number, t: readonly number[], wired: readonly number[]) => number)[] = [
    (pv, [a, b]) => pv * (b === 0 ? atZero(a!) : within(a! / b!)),
    (pv, [a, b, c]) => pv * (b! * c! === 0 ? atZero(a!) : within(signedRoot(a! / (b! * c!)))),
    (pv, [a, b, c]) => pv * within(signedRoot(a! * b! * c! * c!)),
    (pv, [a, b]) => pv * within(a! - b!),
    (pv, [a, b, c]) => pv * (b === 0 ? atZero(a!) : within(a! / b! + c!)),
    (pv, _t, wired) => (pv + wired.reduce((x, y) => x + y, 0)) / (1 + wired.length),
    (pv, t) => t.reduce((x, y) => x + y, pv),
    (pv, [a, b, c]) => pv + a! ** 2 + b! ** 3 + c! ** 4,
    (pv, [a, b]) => (pv === b ? atZero(pv - a!) : (pv - a!) / (pv - b!)),
  ]
  const form = forms[o.number('ARITH_TYPE', 0)]!
  const last: (number | undefined)[] = [undefined, undefined, undefined]
  let pv = 0
  let out = 0

  function measure(): Status {
    const high = plain(statusOf('IN'))
    const low = plain(statusOf('IN_LO'))
    if (isOpen(statusOf('IN_LO'))) {
      if (!isBad(high)) pv = value('IN')
      return high
    }
    const [a, b] = [o.number('RANGE_LO', 0), o.number('RANGE_HI', 0)]
    if (!isBad(high) && !isBad(low)) {
      const g = clamp((value('IN') - a) / (b - a), 0, 1)
      pv = g * value('IN') + (1 - g) * value('IN_LO')
      if (g === 1) return high
      if (g === 0) return low
      return { ...worst(high, low), limit: bothLimited(high.limit, low.limit) }
    }
    if (!isBad(high) && value('IN') > a) {
      pv = value('IN')
      return high
    }
    if (!isBad(low) && value('IN_LO') < b) {
      pv = value('IN_LO')
      return low
    }
    return isBad(high) ? high : status('bad')
  }

  return {
    inputs,
    write: () => false,
    scan(): Shown {
      const measured = measure()
      let st = measured
      if (!isBad(measured)) {
        const used: Status[] = [measured]
        const wired: number[] = []
        const t = [0, 1, 2].map((i) => {
          const of = statusOf(`IN_${i + 1}`)
          if (isOpen(of)) return bias[i]! * gain[i]!
          if (!isBad(of)) last[i] = (value(`IN_${i + 1}`) + bias[i]!) * gain[i]!
          used.push(isBad(of) ? (last[i] === undefined ? status('bad') : status('uncertain', 'lastUsable')) : of)
          wired.push(last[i] ?? 0)
          return last[i] ?? 0
        })
        const y = form(pv, t, wired) * o.number('GAIN', 1) + o.number('BIAS', 0)
        const w = worst(...used)
        st = isBad(w) ? status('bad') : w
        if (used.length === 1) st = { ...measured, limit: measured.limit === 'constant' ? 'constant' : 'none' }
        if (!isBad(st)) out = y
      }
      return [
        ['OUT', { value: out, status: st }],
        ['PV', { value: pv, status: measured }],
      ]
    },
  }
}

/** One alarm of several in a mask: on and off by delays in whole scans. */
function alarmBit(bit: number, onScans: number, offScans: number) {
  let on = false
  let asked = 0
  return {
    bit,
    isOn: () => on,
    /** @param wantsOn - beyond its limit; @param wantsOff - back behind its hysteresis */
    judge(wantsOn: boolean, wantsOff: boolean): void {
      const asks = on ? wantsOff : wantsOn
      asked = asks ? asked + 1 : 0
      if (asked > (on ? offScans : onScans)) {
        on = !on
        asked = 0
      }
    },
  }
}

function alarmShown(bits: readonly { bit: number; isOn(): boolean }[], badPv: boolean, unknown: boolean, held: number) {
  const limits = bits.reduce((sum, b) => sum + (b.isOn() ? b.bit : 0), 0)
  const out = unknown ? held : limits > 0 ? 1 : 0
  return {
    out,
    shown: [
      ['OUT', { value: out, status: unknown ? status('uncertain', 'lastUsable') : status('good') }],
      ['ACTIVE', limits + (badPv ? 16 : 0)],
    ] as Shown,
  }
}

export const alarm: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const [a, b] = o.list('SCALE', [0, 100]) as [number, number]
  const hys = ((b - a) * o.number('HYS_PCT', 0.5)) / 100
  const names = ['HIHI', 'HI', 'LO', 'LOLO'] as const
  const limits = new Map<string, number>(
    names.map((n) => [n, o.number(n, n.startsWith('H') ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)]),
  )
  const bits = names.map((_n, i) =>
    alarmBit(2 ** i, wholeScans(o.number('ON_DELAY', 0), dt), wholeScans(o.number('OFF_DELAY', 0), dt)),
  )
  let out = 0
  return {
    inputs,
    write(field, to) {
      if (!limits.has(field)) return false
      limits.set(field, to)
      return true
    },
    scan(): Shown {
      const bad = isBad(statusOf('IN'))
      const x = value('IN')
      if (!bad)
        names.forEach((n, i) => {
          const limit = limits.get(n)!
          if (i < 2) bits[i]!.judge(x > limit, x < limit - hys)
          else bits[i]!.judge(x < limit, x > limit + hys)
        })
      const result = alarmShown(bits, bad, bad, out)
      out = result.out
      return result.shown
    },
  }
}

export const alarmDeviation: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const [a, b] = o.list('SCALE', [0, 100]) as [number, number]
  const hys = ((b - a) * o.number('HYS_PCT', 0.5)) / 100
  const limits = {
    DEV_HI: o.number('DEV_HI', Number.POSITIVE_INFINITY),
    DEV_LO: o.number('DEV_LO', Number.POSITIVE_INFINITY),
  }
  const delays = [wholeScans(o.number('ON_DELAY', 0), dt), wholeScans(o.number('OFF_DELAY', 0), dt)] as const
  const high = alarmBit(32, ...delays)
  const low = alarmBit(64, ...delays)
  let silentFor = 0
  let before: number | undefined
  let out = 0
  return {
    inputs,
    write(field, to) {
      if ((field !== 'DEV_HI' && field !== 'DEV_LO') || to < 0) return false
      limits[field] = to
      return true
    },
    scan(): Shown {
      const badPv = isBad(statusOf('IN'))
      const unknown = badPv || isBad(statusOf('SP'))
      if (!unknown) {
        const sp = value('SP')
        const deviation = value('IN') - sp
        const stepped = before !== undefined && Math.abs(sp - before) > o.number('SP_STEP', 0)
        silentFor = stepped ? wholeScans(o.number('INHIBIT_TIME', 0), dt) : Math.max(silentFor - 1, 0)
        before = sp
        if (deviation <= limits.DEV_HI && -deviation <= limits.DEV_LO) silentFor = 0
        high.judge(deviation > limits.DEV_HI && silentFor === 0, deviation < limits.DEV_HI - hys)
        low.judge(-deviation > limits.DEV_LO && silentFor === 0, -deviation < limits.DEV_LO - hys)
      }
      const result = alarmShown([high, low], badPv, unknown, out)
      out = result.out
      return result.shown
    },
  }
}

export const alarmRate: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const limits = {
    RATE_UP: o.number('RATE_UP', Number.POSITIVE_INFINITY),
    RATE_DN: o.number('RATE_DN', Number.POSITIVE_INFINITY),
  }
  const delays = [wholeScans(o.number('ON_DELAY', 0), dt), wholeScans(o.number('OFF_DELAY', 0), dt)] as const
  const hys = o.number('HYS', 0)
  const up = alarmBit(128, ...delays)
  const down = alarmBit(256, ...delays)
  let before: number | undefined
  let slope = 0
  let out = 0
  return {
    inputs,
    write(field, to) {
      if ((field !== 'RATE_UP' && field !== 'RATE_DN') || to < 0) return false
      limits[field] = to
      return true
    },
    scan(): Shown {
      const st = plain(statusOf('IN'))
      const bad = isBad(st)
      if (bad) before = undefined
      else {
        if (before !== undefined) {
          slope += lagPart(dt, o.number('FTIME', 0)) * ((value('IN') - before) / dt - slope)
          up.judge(slope > limits.RATE_UP, slope < limits.RATE_UP - hys)
          down.judge(-slope > limits.RATE_DN, -slope < limits.RATE_DN - hys)
        }
        before = value('IN')
      }
      const result = alarmShown([up, down], bad, bad, out)
      out = result.out
      return [...result.shown, ['SLOPE', { value: slope, status: bad ? st : { ...st, limit: 'none' } }]]
    },
  }
}

export const alarmDiscrete: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const bit = alarmBit(512, wholeScans(o.number('ON_DELAY', 0), dt), wholeScans(o.number('OFF_DELAY', 0), dt))
  let out = 0
  return {
    inputs,
    write: () => false,
    scan(): Shown {
      const bad = isBad(statusOf('IN'))
      const isAlarm = (value('IN') !== 0) === (o.number('ALARM_STATE', 1) !== 0)
      if (!bad) bit.judge(isAlarm, !isAlarm)
      const result = alarmShown([bit], bad, bad, out)
      out = result.out
      return result.shown
    },
  }
}
