/** Blocks of one signal, from function-blocks 2.13, 2.14: lag, limit, scale, delay, curve, comparison, expression. */
import { clamp, type Evaluated, inputMap, lagPart, type Make, reader, type Shown } from './block.ts'
import {
  bothLimited,
  isBad,
  isOpen,
  isSub,
  type Limit,
  mirrored,
  plain,
  type Signal,
  type Status,
  status,
  worst,
} from './status.ts'

const never = () => false
const notOpen = (s: Status): Status => (isOpen(s) ? { ...s, sub: 'plain' } : s)

export const leadLag: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const gain = o.number('GAIN', 1)
  const lag = o.number('LAG', 0)
  const lead = lag > 0 ? o.number('LEAD', 0) / lag : 0
  let z: number | undefined
  let out = 0
  return {
    inputs,
    write: never,
    scan(): Shown {
      const st = statusOf('IN')
      if (isBad(st)) {
        z = undefined
        return [['OUT', { value: out, status: isOpen(st) ? status('bad') : st }]]
      }
      const x = value('IN')
      const follows = !isBad(statusOf('FOLLOW')) && value('FOLLOW') !== 0
      z = z === undefined || follows ? x : z + lagPart(dt, lag) * (x - z)
      out = gain * (z + lead * (x - z))
      return [['OUT', { value: out, status: gain < 0 ? { ...st, limit: mirrored(st.limit) } : st }]]
    },
  }
}

export const limiter: Make = (settings): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  let out = 0
  return {
    inputs,
    write: never,
    scan(): Shown {
      const st = statusOf('IN')
      if (isBad(st)) return [['OUT', { value: out, status: isOpen(st) ? status('bad') : st }]]
      out = clamp(value('IN'), o.number('LO', 0), o.number('HI', 0))
      const limit: Limit =
        value('IN') >= o.number('HI', 0) ? 'high' : value('IN') <= o.number('LO', 0) ? 'low' : st.limit
      return [['OUT', { value: out, status: { ...st, limit } }]]
    },
  }
}

export const scaler: Make = (settings): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const [a, b] = o.list('IN_SCALE', [0, 100]) as [number, number]
  const [c, d] = o.list('OUT_SCALE', [0, 100]) as [number, number]
  let out = 0
  return {
    inputs,
    write: never,
    scan(): Shown {
      const st = plain(statusOf('IN'))
      if (isBad(st)) return [['OUT', { value: out, status: st }]]
      let limit = (d - c) / (b - a) < 0 ? mirrored(st.limit) : st.limit
      // The two-point form, so that it is not the block's own formula.
      out = (c * (b - value('IN')) + d * (value('IN') - a)) / (b - a)
      if (o.flag('CLAMP', false)) {
        const lo = Math.min(c, d)
        const hi = Math.max(c, d)
        if (out >= hi) limit = 'high'
        else if (out <= lo) limit = 'low'
        out = clamp(out, lo, hi)
      }
      return [['OUT', { value: out, status: { ...st, limit } }]]
    },
  }
}

export const deadTime: Make = (settings, dt): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const longest = o.number('DEAD_TIME_MAX', 0)
  let wish = o.number('DEAD_TIME', 0)
  /** Everything that ever came in. */
  const history: Signal[] = []
  let delay = 0
  return {
    inputs,
    write(field, to) {
      if (field !== 'DEAD_TIME' || to < 0 || to > longest) return false
      wish = to
      return true
    },
    scan(): Shown {
      const st = plain(statusOf('IN'))
      history.push({ value: isBad(st) ? (history.at(-1)?.value ?? 0) : value('IN'), status: st })
      const follows = !isBad(statusOf('FOLLOW')) && value('FOLLOW') !== 0
      delay = follows || history.length === 1 ? 0 : clamp(wish / dt, delay - 1, delay + 1)
      const at = history.length - 1 - delay
      const older = history[Math.floor(at)]!
      const newer = history[Math.ceil(at)]!
      if (older === newer) return [['OUT', older]]
      const weight = at - Math.floor(at)
      const w = worst(older.status, newer.status)
      return [
        [
          'OUT',
          {
            value: (1 - weight) * older.value + weight * newer.value,
            // Of two equally bad ones the newer says why.
            status: {
              ...worst(newer.status, older.status),
              flags: w.flags,
              limit: bothLimited(older.status.limit, newer.status.limit),
            },
          },
        ],
      ]
    },
  }
}

export const characterizer: Make = (settings): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const list = o.list('CURVE', [])
  const points = list.flatMap((x, i) => (i % 2 === 0 ? [{ x, y: list[i + 1]! }] : []))
  const swapped = points.map(({ x, y }) => ({ x: y, y: x })).sort((a, b) => a.x - b.x)
  const falls = points.at(-1)!.y < points[0]!.y
  const through = (curve: typeof points, x: number): number => {
    const after = curve.find((p) => p.x >= x)
    const before = curve.findLast((p) => p.x < x)
    if (after === undefined) return curve.at(-1)!.y
    if (before === undefined) return after.y
    return (before.y * (after.x - x) + after.y * (x - before.x)) / (after.x - before.x)
  }
  const limited = (st: Status, curve: typeof points, x: number): Status => {
    if (isSub(st, 'cascade', 'IA')) return { ...st, limit: falls ? mirrored(st.limit) : st.limit }
    const limit: Limit = x >= curve.at(-1)!.x ? 'high' : x <= curve[0]!.x ? 'low' : st.limit
    return { ...st, limit: falls ? mirrored(limit) : limit }
  }
  let out1 = 0
  let out2 = 0
  let back = { value: 0, status: status('cascade', 'NI', 'constant') }
  let start: { x: number; y: number } | undefined
  function scan(): Shown {
    const bk = statusOf('BKCAL_IN_1')
    const cascade = !isOpen(bk)
    if (!cascade) back = { ...back, status: status('cascade', 'NI', 'constant') }
    else if (isBad(bk)) back = { ...back, status: bk }
    else {
      start = { x: through(swapped, value('BKCAL_IN_1')), y: value('BKCAL_IN_1') }
      back = { value: start.x, status: falls ? { ...bk, limit: mirrored(bk.limit) } : bk }
    }
    const st1 = cascade
      ? notOpen(statusOf('IN_1'))
      : isBad(statusOf('IN_1'))
        ? notOpen(statusOf('IN_1'))
        : plain(statusOf('IN_1'))
    let say1 = st1
    if (!isBad(st1)) {
      const x = value('IN_1')
      out1 = cascade && start?.x === x ? start.y : through(points, x)
      say1 = limited(st1, points, x)
    }
    const st2 = plain(statusOf('IN_2'))
    let say2 = st2
    if (!isBad(st2)) {
      const curve = o.flag('SWAP_2', false) ? swapped : points
      out2 = through(curve, value('IN_2'))
      say2 = limited(st2, curve, value('IN_2'))
    }
    return [
      ['OUT_1', { value: out1, status: say1 }],
      ['OUT_2', { value: out2, status: say2 }],
      ['BKCAL_OUT_1', back],
    ]
  }
  return { inputs, write: never, scan }
}

export const comparator: Make = (settings): Evaluated => {
  const o = reader(settings)
  const { inputs, value, status: statusOf } = inputMap()
  const own = { REF_VAL: o.number('REF_VAL', 0), REF_HI_VAL: o.number('REF_HI_VAL', 0) }
  const hys = o.number('HYS', 0)
  const is = { GT: false, LT: false, EQ: false, NEQ: false, IN_RANGE: false }
  return {
    inputs,
    write(field, to) {
      if (field !== 'REF_VAL' && field !== 'REF_HI_VAL') return false
      own[field] = to
      return true
    },
    scan(): Shown {
      const used = ['IN', 'REF', 'REF_HI'].filter((n) => n === 'IN' || !isOpen(statusOf(n)))
      const st = worst(status('good'), ...used.map(statusOf))
      if (!isBad(st)) {
        const x = value('IN')
        const ref = used.includes('REF') ? value('REF') : own.REF_VAL
        const hi = used.includes('REF_HI') ? value('REF_HI') : own.REF_HI_VAL
        const way = (on: boolean): number => (on ? hys : 0)
        is.GT = is.GT ? x + hys > ref : x > ref
        is.LT = is.LT ? x - hys < ref : x < ref
        is.EQ = Math.abs(x - ref) <= o.number('TOL', 0)
        is.NEQ = !is.EQ
        is.IN_RANGE = x >= ref - way(is.IN_RANGE) && x <= hi + way(is.IN_RANGE)
      }
      return Object.entries(is).map(([name, on]) => [name, { value: on ? 1 : 0, status: st }] as const)
    },
  }
}

/** Opcodes of a CALC program, by number. */
const OPERATIONS: readonly (readonly [operands: number, of: (...a: number[]) => number])[] = [
  [0, () => 0],
  [0, () => 0],
  [2, (a, b) => a! + b!],
  [2, (a, b) => a! - b!],
  [2, (a, b) => a! * b!],
  [2, (a, b) => (b === 0 ? Number.NaN : a! / b!)],
  [1, (a) => -a!],
  [2, (a, b) => Math.min(a!, b!)],
  [2, (a, b) => Math.max(a!, b!)],
  [1, (a) => Math.abs(a!)],
  [1, (a) => Math.sqrt(a!)],
  [2, (a, b) => Number(a! < b!)],
  [2, (a, b) => Number(a! <= b!)],
  [2, (a, b) => Number(a! > b!)],
  [2, (a, b) => Number(a! >= b!)],
  [2, (a, b) => Number(a === b)],
  [2, (a, b) => Number(a !== b)],
  [2, (a, b) => Number(a !== 0 && b !== 0)],
  [2, (a, b) => Number(a !== 0 || b !== 0)],
  [1, (a) => Number(a === 0)],
  [3, (c, a, b) => (c !== 0 ? a! : b!)],
]

export const calc: Make = (settings): Evaluated => {
  const program = reader(settings).list('PROGRAM', [])
  const { inputs, value, status: statusOf } = inputMap()
  let out = 0
  return {
    inputs,
    write: never,
    scan(): Shown {
      const stack: number[] = []
      const used: Status[] = [status('good')]
      let broken = false
      for (let i = 0; i < program.length; i += 2) {
        const code = program[i]!
        const arg = program[i + 1]!
        if (code === 0) stack.push(arg)
        else if (code === 1) {
          stack.push(value(`IN${arg + 1}`))
          used.push(statusOf(`IN${arg + 1}`))
        } else {
          const [operands, of] = OPERATIONS[code]!
          const y = of(...stack.splice(stack.length - operands, operands))
          if (!Number.isFinite(y)) broken = true
          stack.push(Number.isFinite(y) ? y : 0)
        }
      }
      const st = broken ? status('bad') : worst(...used)
      if (!isBad(st)) out = stack[0]!
      return [['OUT', { value: out, status: st }]]
    },
  }
}
