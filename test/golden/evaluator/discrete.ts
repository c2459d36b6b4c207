/** Logic, flip-flops, edges, timers and counters, from function-blocks 2.17 and IEC 61131-3. */
import { type Evaluated, inputMap, type Make, reader, type Shown } from './block.ts'
import { isBad, isOpen, plain, type Status, status, worst } from './status.ts'

/** A contact with memory: while it cannot be read it says what it last said; nothing before that. */
function contact(read: () => boolean | undefined) {
  let now: boolean | undefined
  let before: boolean | undefined
  return {
    look(): void {
      before = now
      now = read() ?? now
    },
    isOn: (): boolean => now === true,
    wasOn: (): boolean => before === true,
    isKnown: (): boolean => now !== undefined,
    rises: (): boolean => before === false && now === true,
    falls: (): boolean => before === true && now === false,
  }
}

function wires() {
  const { inputs, value, status: statusOf } = inputMap()
  return {
    inputs,
    value,
    statusOf,
    contact: (name: string) => contact(() => (isBad(statusOf(name)) ? undefined : value(name) !== 0)),
    /** [R3] The worst of those that are wired. */
    worstOf: (...names: string[]): Status => worst(status('good'), ...names.map(statusOf).filter((s) => !isOpen(s))),
  }
}

const never = () => false
const bit = (on: boolean): number => (on ? 1 : 0)

const logic =
  (kind: 'and' | 'or' | 'xor'): Make =>
  (settings): Evaluated => {
    const { inputs, value, statusOf } = wires()
    const invert = reader(settings).number('INVERT', 0)
    let out = false
    return {
      inputs,
      write: never,
      scan(): Shown {
        const used = [0, 1, 2, 3, 4, 5, 6, 7]
          .map((i) => ({
            st: statusOf(`IN${i + 1}`),
            on: (value(`IN${i + 1}`) !== 0) !== (Math.floor(invert / 2 ** i) % 2 === 1),
          }))
          .filter(({ st }) => !isOpen(st))
        if (used.length === 0) return [['OUT', { value: bit(out), status: status('bad', 'config') }]]
        // A usable 0 of an and, a usable 1 of an or decides alone; the surest of them says how sure.
        const deciding = kind === 'xor' ? [] : used.filter(({ st, on }) => !isBad(st) && on === (kind === 'or'))
        if (deciding.length > 0) {
          out = kind === 'or'
          const sure = deciding.find(({ st }) => plain(st).quality === 'good') ?? deciding[0]!
          return [['OUT', { value: bit(out), status: { ...plain(sure.st), limit: 'none' } }]]
        }
        const st = worst(status('good'), ...used.map((u) => u.st))
        if (!isBad(st)) out = kind === 'xor' ? used.filter((u) => u.on).length % 2 === 1 : kind === 'and'
        return [['OUT', { value: bit(out), status: st }]]
      },
    }
  }

export const and = logic('and')
export const or = logic('or')
export const xor = logic('xor')

export const not: Make = (): Evaluated => {
  const { inputs, value, statusOf } = wires()
  let out = false
  return {
    inputs,
    write: never,
    scan(): Shown {
      if (!isBad(statusOf('IN'))) out = value('IN') === 0
      return [['OUT', { value: bit(out), status: { ...plain(statusOf('IN')), limit: 'none' } }]]
    },
  }
}

const flipFlop =
  (setName: string, resetName: string, dominant: 'set' | 'reset'): Make =>
  (): Evaluated => {
    const w = wires()
    const set = w.contact(setName)
    const reset = w.contact(resetName)
    const name = dominant === 'set' ? setName : resetName
    let out = false
    return {
      inputs: w.inputs,
      write: never,
      scan(): Shown {
        set.look()
        reset.look()
        out = dominant === 'set' ? set.isOn() || (out && !reset.isOn()) : !reset.isOn() && (set.isOn() || out)
        const own = w.statusOf(name)
        const decides = (dominant === 'set' ? set : reset).isOn() && plain(own).quality === 'good'
        const st = decides ? { ...plain(own), limit: 'none' as const } : w.worstOf(setName, resetName)
        return [['OUT', { value: bit(out), status: st }]]
      },
    }
  }

export const sr = flipFlop('S1', 'R', 'set')
export const rs = flipFlop('S', 'R1', 'reset')

const edge =
  (way: 'rises' | 'falls'): Make =>
  (): Evaluated => {
    const w = wires()
    const input = w.contact('IN')
    return {
      inputs: w.inputs,
      write: never,
      scan(): Shown {
        input.look()
        return [['OUT', { value: bit(input[way]()), status: w.worstOf('IN') }]]
      },
    }
  }

export const rTrig = edge('rises')
export const fTrig = edge('falls')

/** The part that timers share: PT, the contact IN, time in whole milliseconds. */
function timer(settings: Parameters<Make>[0], dt_s: number, step: (t: Timer) => void, reset?: string): Evaluated {
  const w = wires()
  const t: Timer = {
    input: w.contact('IN'),
    reset: reset === undefined ? undefined : w.contact(reset),
    pt_s: reader(settings).number('PT', 0),
    out: false,
    elapsed_ms: 0,
    shown_s: 0,
    period_ms: Math.round(dt_s * 1000),
  }
  return {
    inputs: w.inputs,
    write(field, to) {
      if (field !== 'PT' || to < 0) return false
      t.pt_s = to
      return true
    },
    scan(): Shown {
      t.input.look()
      t.reset?.look()
      step(t)
      const st = reset === undefined ? w.worstOf('IN') : w.worstOf('IN', reset)
      return [
        ['OUT', { value: bit(t.out), status: st }],
        ['ET', { value: t.shown_s, status: st }],
      ]
    },
  }
}

interface Timer {
  readonly input: ReturnType<typeof contact>
  readonly reset: ReturnType<typeof contact> | undefined
  readonly period_ms: number
  pt_s: number
  out: boolean
  elapsed_ms: number
  /** ET. */
  shown_s: number
}

const reached = (t: Timer): boolean => t.elapsed_ms / 1000 >= t.pt_s
const show = (t: Timer): void => {
  t.shown_s = Math.min(t.elapsed_ms / 1000, t.pt_s)
}

export const ton: Make = (settings, dt) =>
  timer(settings, dt, (t) => {
    if (!t.input.isOn()) {
      t.out = false
      t.elapsed_ms = 0
      t.shown_s = 0
      return
    }
    if (!t.input.wasOn()) t.elapsed_ms = 0
    else if (!t.out) t.elapsed_ms += t.period_ms
    t.out ||= reached(t)
    show(t)
  })

export const tof: Make = (settings, dt) =>
  timer(settings, dt, (t) => {
    if (t.input.isOn()) {
      t.out = true
      t.elapsed_ms = 0
      t.shown_s = 0
    } else if (t.out) {
      t.elapsed_ms += t.input.wasOn() ? 0 : t.period_ms
      if (reached(t)) t.out = false
      show(t)
    } else if (t.elapsed_ms > 0) show(t)
  })

export const tp: Make = (settings, dt) =>
  timer(settings, dt, (t) => {
    if (t.out) {
      t.elapsed_ms += t.period_ms
      if (reached(t)) t.out = false
      show(t)
    } else if (t.input.rises()) {
      t.elapsed_ms = 0
      t.shown_s = 0
      t.out = t.pt_s > 0
    }
    if (!t.out && !t.input.isOn()) t.shown_s = 0
  })

export const tonr: Make = (settings, dt) =>
  timer(
    settings,
    dt,
    (t) => {
      if (t.reset!.isOn()) {
        t.out = false
        t.elapsed_ms = 0
      } else {
        if (t.input.isOn() && t.input.wasOn() && !t.out) t.elapsed_ms += t.period_ms
        // A preset of 0 is not reached by standing still.
        if (reached(t) && (t.input.isOn() || t.elapsed_ms > 0)) t.out = true
      }
      show(t)
    },
    'R',
  )

const counter =
  (names: { up?: string; down?: string; zero?: string; load?: string }, shown: readonly string[]): Make =>
  (settings): Evaluated => {
    const w = wires()
    const contacts = Object.fromEntries(Object.entries(names).map(([role, name]) => [role, w.contact(name)])) as Record<
      string,
      ReturnType<typeof contact> | undefined
    >
    let preset = reader(settings).number('PRESET', 0)
    let count = 0
    return {
      inputs: w.inputs,
      write(field, to) {
        if (field !== 'PRESET' || !Number.isInteger(to) || Math.abs(to) > 999_999_999) return false
        preset = to
        return true
      },
      scan(): Shown {
        for (const c of Object.values(contacts)) c?.look()
        if (contacts['zero']?.isOn()) count = 0
        else if (contacts['load']?.isOn()) count = preset
        else {
          if (contacts['up']?.rises()) count += 1
          if (contacts['down']?.rises()) count -= 1
        }
        const st = w.worstOf(...Object.values(names))
        const of: Record<string, number> = { CV: count, FULL: bit(count >= preset), EMPTY: bit(count <= 0) }
        return shown.map((s) => {
          const [name, what] = s.split('=') as [string, string]
          return [name, { value: of[what]!, status: st }] as const
        })
      },
    }
  }

export const ctu = counter({ up: 'CU', zero: 'R' }, ['OUT=FULL', 'CV=CV'])
export const ctd = counter({ down: 'CD', load: 'LD' }, ['OUT=EMPTY', 'CV=CV'])
export const ctud = counter({ up: 'CU', down: 'CD', zero: 'R', load: 'LD' }, ['QU=FULL', 'QD=EMPTY', 'CV=CV'])
