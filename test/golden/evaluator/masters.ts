/** RATIO, BIAS_GAIN, RATE_LIMIT, CONTROL_SELECTOR, from function-blocks 2.10 and 2.12. */
import { clamp, type Evaluated, inputMap, type Make, reader } from './block.ts'
import { answer, goodTowards, mayCascade, mayTarget, slaveIsAway, standing } from './cascade.ts'
import { permittedModes, remoteSide } from './remote.ts'
import {
  automatic,
  isBad,
  isOpen,
  isSub,
  type Limit,
  type Mode,
  mirrored,
  modeOf,
  numberOf,
  type Signal,
  type Status,
  status,
} from './status.ts'

type Law = (wild: number, sp: number, gain: number) => { readonly out: number; readonly slope: number }

const station =
  (law: Law, ratio: boolean): Make =>
  (settings, dt): Evaluated => {
    const o = reader(settings)
    const { inputs, value, status: statusOf } = inputMap()
    const [spLo, spHi] = o.limits('SP_LIM', [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    const [lo, hi] = o.limits('OUT_LIM', o.list('OUT_SCALE', [0, 100]))
    const permitted = permittedModes(o)
    const host = remoteSide(o, inputs, dt, ['rcas'])
    const gain = o.number('GAIN', 1)
    const balTime = o.number('BAL_TIME', 30)
    let target = o.mode('MODE_TARGET', 'auto')
    let actual: Mode = 'man'
    let sp = o.number('SP', 0)
    let out = o.number('OUT', 0)
    let balance = 0
    let step = 0
    let asked = status('bad')
    let pv = 0

    function scan() {
      const was = actual
      const back = statusOf('BKCAL_IN')
      const cas = statusOf('CAS_IN')
      const wild = statusOf('IN_1')
      const stand = host.look(target, was)
      target = stand.target
      let held = true
      let asks = false
      if (target === 'oos') actual = 'oos'
      else if (slaveIsAway(back)) actual = 'iman'
      else if (isBad(wild)) actual = 'man'
      else if (stand.goal === 'cas') {
        held = false
        actual = mayCascade(was, asked, cas) ? 'cas' : 'auto'
        asks = actual !== 'cas'
        if (actual === 'cas' && !isSub(cas, 'cascade', 'IA')) sp = value('CAS_IN')
      } else {
        held = false
        actual = stand.goal
        if (actual === 'rcas' && !isSub(host.said('rcas'), 'cascade', 'IA')) sp = host.value('rcas')
      }

      const used = clamp(sp, spLo, spHi)
      const wanted = law(value('IN_1'), used, gain)
      let limit: Limit = 'none'
      let st = standing(actual, back)
      if (actual === 'iman' && !isBad(back)) out = value('BKCAL_IN')
      if (automatic(actual)) {
        if (!automatic(was)) {
          balance = out - wanted.out
          step = Math.abs(balance) * (balTime > dt ? dt / balTime : 1)
        } else {
          balance = Math.sign(balance) * Math.max(Math.abs(balance) - step, 0)
          out = wanted.out + balance
        }
        limit = out >= hi ? 'high' : out <= lo ? 'low' : 'none'
        out = clamp(out, lo, hi)
        st = status(wild.quality === 'uncertain' ? 'uncertain' : goodTowards(back), 'plain', limit)
      }
      let seen: Limit = limit !== 'none' ? limit : isOpen(back) ? 'none' : back.limit
      if (wanted.slope < 0) seen = mirrored(seen)
      if (sp >= spHi) seen = 'high'
      else if (sp <= spLo) seen = 'low'
      asked = answer(actual, asks, seen)
      const told = host.tell(target, actual, held, { rcas: seen }, { rcas: sp })

      const flow = statusOf('IN')
      let pvStatus: Status = status('bad')
      if (isOpen(flow)) {
        pv = used
        pvStatus = status('good')
      } else if (!isBad(flow) && !isBad(wild) && wanted.slope !== 0) {
        pv = value('IN') / wanted.slope
        pvStatus = flow
      }
      const common = [
        ['OUT', { value: out, status: st }],
        ['BKCAL_OUT', { value: sp, status: asked }],
        ['MODE_ACTUAL', numberOf(actual)],
        ['SP', sp],
        ...told,
      ] as const
      return ratio ? [...common, ['PV', { value: pv, status: pvStatus }] as const] : common
    }

    function write(field: string, to: number): boolean {
      const hosts = host.write(field, to)
      if (hosts !== undefined) return hosts
      if (field === 'MODE' && mayTarget(modeOf(to), permitted)) {
        target = modeOf(to)
        host.wished()
      } else if (field === 'SP' && actual !== 'cas' && actual !== 'rcas' && to >= spLo && to <= spHi) sp = to
      else if (field === 'OUT' && actual === 'man' && to >= lo && to <= hi) out = to
      else return false
      return true
    }
    return { inputs, write, scan }
  }

export const ratio = station((wild, sp, gain) => ({ out: wild * sp * gain, slope: wild * gain }), true)
export const biasGain = station((wild, sp, gain) => ({ out: (wild + sp) * gain, slope: gain }), false)

export const rateLimit: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const [lo, hi] = o.limits('SP_LIM', o.list('OUT_SCALE', [0, 100]))
  let target = o.mode('MODE_TARGET', 'auto')
  let actual: Mode = 'man'
  let sp = o.number('SP', 0)
  let out = sp
  const rates = { RATE_UP: o.number('RATE_UP', 0), RATE_DN: o.number('RATE_DN', 0) }
  let asked = status('bad')
  function scan() {
    const was = actual
    const back = statusOf('BKCAL_IN')
    const cas = statusOf('CAS_IN')
    let asks = false
    if (target === 'oos') actual = 'oos'
    else if (slaveIsAway(back)) actual = 'iman'
    else if (target === 'cas') {
      actual = mayCascade(was, asked, cas) ? 'cas' : 'auto'
      asks = actual !== 'cas'
      if (actual === 'cas' && !isSub(cas, 'cascade', 'IA')) sp = clamp(value('CAS_IN'), lo, hi)
    } else actual = target
    let st = standing(actual, back)
    let limit: Limit = isOpen(back) ? 'none' : back.limit
    if (actual === 'iman' && !isBad(back)) out = value('BKCAL_IN')
    if (automatic(actual)) {
      out = clamp(sp, out - rates.RATE_DN * dt, out + rates.RATE_UP * dt)
      st = status(actual === 'cas' && cas.quality === 'uncertain' ? 'uncertain' : goodTowards(back))
      if (sp > out) limit = 'high'
      else if (sp < out) limit = 'low'
    }
    asked = answer(actual, asks, limit)
    return [
      ['OUT', { value: out, status: st }],
      ['BKCAL_OUT', { value: out, status: asked }],
      ['MODE_ACTUAL', numberOf(actual)],
      ['SP', sp],
      ['RAMPING', automatic(actual) && out !== sp ? 1 : 0],
    ] as const
  }
  function write(field: string, to: number): boolean {
    if (field === 'MODE' && mayTarget(modeOf(to), ['oos', 'man', 'auto', 'cas'])) target = modeOf(to)
    else if (field === 'SP' && actual !== 'cas' && to >= lo && to <= hi) sp = to
    else if (field === 'OUT' && actual === 'man' && to >= lo && to <= hi) out = to
    else if ((field === 'RATE_UP' || field === 'RATE_DN') && to >= 0) rates[field] = to
    else return false
    return true
  }
  return { inputs, write, scan }
}

export const controlSelector: Make = (settings): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const type = ['high', 'low', 'mid'][o.number('SEL_TYPE', 0)]
  const [lo, hi] = o.list('OUT_LIM', [0, 100]) as [number, number]
  let target = o.mode('MODE_TARGET', 'auto')
  let actual: Mode = 'man'
  let choice = o.number('OP_SELECT', 0)
  let out = o.number('OUT', 0)
  function pick(wired: readonly number[]): number {
    const of = (n: number): number => value(`SEL_${n}`)
    const rising = [...wired].sort((a, b) => of(a) - of(b) || a - b)
    // Of equal ones the first counts as highest too.
    const highest = wired.find((n) => of(n) === of(rising.at(-1)!))!
    if (type === 'low') return rising[0]!
    if (type === 'high' || wired.length < 3) return highest
    if (highest === rising[0]) return highest
    return wired.find((n) => n !== highest && n !== rising[0])!
  }
  function scan() {
    const back = statusOf('BKCAL_IN')
    const wired = [1, 2, 3].filter((n) => !isOpen(statusOf(`SEL_${n}`)))
    actual = target
    if (target !== 'oos') {
      if (slaveIsAway(back)) actual = 'iman'
      else if (wired.some((n) => isBad(statusOf(`SEL_${n}`)))) actual = 'man'
    }
    let selected = 0
    let st = standing(actual, back)
    if (actual === 'iman' && !isBad(back)) out = value('BKCAL_IN')
    if (actual === 'auto' && wired.length > 0) {
      selected = choice !== 0 && wired.includes(choice) ? choice : pick(wired)
      const from = statusOf(`SEL_${selected}`)
      out = value(`SEL_${selected}`)
      st = status(from.quality === 'uncertain' ? 'uncertain' : goodTowards(back), 'plain', from.limit)
    }
    const told = [1, 2, 3].map((n): readonly [string, Signal] => {
      let said = status('cascade', 'NI', 'constant')
      if (n === selected) said = status('cascade', 'plain', isOpen(back) ? 'none' : back.limit)
      else if (selected !== 0 && choice === 0) said = status('cascade', 'NS')
      return [`BKCAL_SEL_${n}`, { value: out, status: said }]
    })
    return [
      ['OUT', { value: out, status: st }] as const,
      ...told,
      ['MODE_ACTUAL', numberOf(actual)] as const,
      ['SELECTED', selected] as const,
    ]
  }
  function write(field: string, to: number): boolean {
    if (field === 'MODE' && mayTarget(modeOf(to), ['oos', 'man', 'auto'])) target = modeOf(to)
    else if (field === 'OUT' && actual === 'man' && to >= lo && to <= hi) out = to
    else if (field === 'OP_SELECT' && [0, 1, 2, 3].includes(to)) choice = to
    else return false
    return true
  }
  return { inputs, write, scan }
}
