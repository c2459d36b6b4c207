/** Splitter, from function-blocks 2.11. */
import { clamp, type Evaluated, inputMap, type Make, reader, type Shown } from './block.ts'
import { answer, goodTowards, mayCascade, mayTarget, slaveIsAway, standing } from './cascade.ts'
import { automatic, isBad, isOpen, isSub, type Limit, type Mode, mirrored, modeOf, numberOf, status } from './status.ts'

interface Device {
  readonly name: '1' | '2'
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
  out: number
  live: boolean
  /** Difference to its line and by how much it shrinks a scan. */
  balance: number
  step: number
}

export const splitter: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const xs = o.list('IN_ARRAY', [0, 50, 50, 100])
  const ys = o.list('OUT_ARRAY', [0, 100, 0, 100])
  const device = (name: '1' | '2', at: number): Device => ({
    name,
    x: [xs[at]!, xs[at + 1]!],
    y: [ys[at]!, ys[at + 1]!],
    out: 0,
    live: false,
    balance: 0,
    step: 0,
  })
  const devices = [device('1', 0), device('2', 2)]
  const locks = o.flag('LOCKVAL', true)
  const balTime = o.number('BAL_TIME', 30)
  let target = o.mode('MODE_TARGET', 'cas')
  let actual: Mode = 'iman'
  let sp = o.number('SP', 0)
  let wrk = sp
  let returned = false
  let asked = status('bad')
  /** SP that was made from where a device stands. */
  let pin: { of: Device; sp: number; out: number } | undefined

  const backOf = (d: Device) => statusOf(`BKCAL_IN_${d.name}`)
  const rises = (d: Device): boolean => d.y[1] > d.y[0]

  function line(d: Device, at: number, goesBack = returned): number {
    if (pin?.of === d && pin.sp === at) return pin.out
    if (d.name === '1' && goesBack) return d.y[0]
    return d.y[0] + clamp((at - d.x[0]) / (d.x[1] - d.x[0]), 0, 1) * (d.y[1] - d.y[0])
  }

  /** The device whose stand decides: one that comes into cascade, within its line, the first. */
  function leader(onlyReady: boolean): Device | undefined {
    const candidates = devices.filter((d) => {
      const back = backOf(d)
      return !isOpen(back) && !isBad(back) && !(onlyReady && slaveIsAway(back))
    })
    const within = (d: Device): boolean => {
      const y = value(`BKCAL_IN_${d.name}`)
      return y > Math.min(...d.y) && y < Math.max(...d.y)
    }
    const comes = (d: Device): boolean => isSub(backOf(d), 'cascade', 'IR') || !slaveIsAway(backOf(d))
    const coming = candidates.filter(comes)
    const among = coming.length > 0 ? coming : candidates
    const first = among.find(within) ?? among[0]
    if (first === undefined || within(first)) return first
    // At the end of its line it says little: the other one, where it is on its line and the first would stand so too.
    const other = devices.find((d) => d !== first)!
    const back = backOf(other)
    if (isOpen(back) || isBad(back) || !comes(other) || !within(other)) return first
    const at = spOf(other)
    const would = first.name === '1' && !locks && at > first.x[1] ? first.y[0] : line({ ...first }, at, false)
    const stands = clamp(value(`BKCAL_IN_${first.name}`), Math.min(...first.y), Math.max(...first.y))
    return would === stands ? other : first
  }

  /** SP at which the line of a device is where it stands. */
  function spOf(d: Device): number {
    const part = clamp((value(`BKCAL_IN_${d.name}`) - d.y[0]) / (d.y[1] - d.y[0]), 0, 1)
    return d.x[0] + part * (d.x[1] - d.x[0])
  }

  function scan(): Shown {
    const was = actual
    const cas = statusOf('CAS_IN')
    const wired = devices.filter((d) => !isOpen(backOf(d)))
    let asks = false
    if (target === 'oos') actual = 'oos'
    else if (wired.length > 0 && wired.every((d) => slaveIsAway(backOf(d)))) actual = 'iman'
    else if (target === 'cas') {
      actual = mayCascade(was, asked, cas) ? 'cas' : 'auto'
      asks = actual !== 'cas'
    } else actual = target
    const enters = automatic(actual) && !automatic(was)

    const lo = Math.min(...xs)
    const hi = Math.max(...xs)
    if (actual === 'iman' || enters) {
      const lead = leader(actual !== 'iman')
      if (lead !== undefined) {
        const y = value(`BKCAL_IN_${lead.name}`)
        sp = spOf(lead)
        pin = { of: lead, sp, out: y }
        returned = lead.name === '2' && !locks && sp > devices[0]!.x[1]
      }
      if (lead !== undefined || enters) wrk = sp
    } else if (automatic(actual)) {
      if (actual === 'cas' && !isSub(cas, 'cascade', 'IA')) sp = clamp(value('CAS_IN'), lo, hi)
      const up = o.number('SP_RATE_UP', 0)
      const down = o.number('SP_RATE_DN', 0)
      let to = sp
      if (actual === 'auto' && was === 'auto') {
        if (up > 0) to = Math.min(to, wrk + up * dt)
        if (down > 0) to = Math.max(to, wrk - down * dt)
      }
      wrk = to
    }
    if (automatic(actual) && !locks) {
      const [x11, x12] = devices[0]!.x
      if (wrk > x12) returned = true
      else if (wrk < x12 - ((x12 - x11) * o.number('HYSTVAL', 5)) / 100) returned = false
    }

    const shown = devices.map((d) => {
      const back = backOf(d)
      const live = automatic(actual) && !slaveIsAway(back)
      let st = standing(actual === 'oos' ? 'oos' : 'iman', back)
      if (live) {
        const wanted = line(d, wrk)
        if (!d.live || enters) {
          d.balance = d.out - wanted
          d.step = Math.abs(d.balance) * (balTime > dt ? dt / balTime : 1)
        } else {
          d.balance = Math.sign(d.balance) * Math.max(Math.abs(d.balance) - d.step, 0)
          d.out = wanted + d.balance
        }
        const end: Limit = wrk >= d.x[1] ? 'high' : wrk <= d.x[0] ? 'low' : 'none'
        const doubtful = actual === 'cas' && cas.quality === 'uncertain'
        st = status(doubtful ? 'uncertain' : goodTowards(back), 'plain', rises(d) ? end : mirrored(end))
      } else if (actual !== 'oos' && !isOpen(back) && !isBad(back)) d.out = value(`BKCAL_IN_${d.name}`)
      d.live = live
      return [`OUT_${d.name}`, { value: d.out, status: st }] as const
    })

    // Up is barred where nothing is left that could still go up.
    const barred = (d: Device, way: Limit): boolean => {
      const back = backOf(d)
      if (isOpen(back)) return false
      if (slaveIsAway(back)) return true
      const seen = rises(d) ? back.limit : mirrored(back.limit)
      return seen === way || seen === 'constant'
    }
    const noUp = wrk >= hi || devices.every((d) => barred(d, 'high'))
    const noDown = wrk <= lo || devices.every((d) => barred(d, 'low'))
    asked = answer(actual, asks, noUp && noDown ? 'constant' : noUp ? 'high' : noDown ? 'low' : 'none')
    return [
      ...shown,
      ['BKCAL_OUT', { value: wrk, status: asked }],
      ['MODE_ACTUAL', numberOf(actual)],
      ['SP', sp],
      ['SP_WRK', wrk],
    ]
  }

  function write(field: string, to: number): boolean {
    if (field === 'MODE' && mayTarget(modeOf(to), ['oos', 'auto', 'cas'])) target = modeOf(to)
    else if (field === 'SP' && actual === 'auto' && to >= xs[0]! && to <= xs[3]!) sp = to
    else return false
    return true
  }
  return { inputs, write, scan }
}
