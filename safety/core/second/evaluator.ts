/**
 * The second evaluator: the first's judgement from the same inputs, in another style and without its code.
 *
 * `view` is what both must agree on: faults, outputs, secondary trips, a word per cause, effect and sequence.
 */
import type { SisConfig } from '../config.ts'
import type { SisInputs } from '../inputs.ts'
import { assemble, type Places, WORD } from './assemble.ts'
import { type Host, IDLE, run, STEP } from './machine.ts'

export interface SecondEvaluator {
  readonly view: Int32Array
  /** Its whole memory, with `clock`. */
  readonly words: Int32Array
  /** Last scan (-1 none yet), last frame, age of the frame. */
  readonly clock: Int32Array
  /** All that it judges with and never changes: for a hash over what runs. */
  readonly constants: readonly (Int32Array | Uint8Array)[]
  evaluate(inputs: SisInputs, now: number, outside: number): void
}

/** What a request may need. */
const NEEDS = { permit: 1, program: 2, papers: 4, waiting: 8, startup: 16, bypass: 32, override: 64 } as const
/** What it does to the word of its target. */
const DOES = { one: 1, zero: 2, begin: 3, idle: 4, nothing: 5 } as const

interface Rule {
  readonly needs: number
  readonly does: number
  /** First word, and number of targets. */
  readonly at: number
  readonly count: number
}

export function createSecondEvaluator(config: SisConfig): SecondEvaluator {
  const { program, places } = assemble(config)
  const w = program.words
  const rules = rulesOf(config, places)
  const scans = (ms: number): number => Math.ceil(ms / config.scan_ms)
  const T_STALE = scans(config.stale_ms)
  const T_LINK = scans(config.link_timeout_ms)
  const T_WATCH = scans(config.watchdog_ms)
  const key = config.mode === 'RUN' ? 0 : 2
  const n = Int32Array.from(config.causes, (c) => c.inputs.length)
  const m = Int32Array.from(config.causes, (c) => (c.vote === 'AND' ? c.inputs.length : c.vote === 'OR' ? 1 : c.vote))
  const reduce = Uint8Array.from(config.causes, (c) => (c.on_bypass === 'reduce' ? 1 : 0))
  const inGroup = Int32Array.from(config.causes, (c) => (c.manual === true ? 0 : (c.mos?.max ?? 0)))
  const startup = Uint8Array.from(config.causes, (c) =>
    c.startup !== undefined && c.manual !== true && c.protects_startup !== true ? 1 : 0,
  )
  const mayOverride = Uint8Array.from(config.effects, (e) => ((e.override_ms_max ?? 0) > 0 ? 1 : 0))
  const clock = Int32Array.of(-1, -1, 0)

  const mayBypass = (commands: Int32Array, at: number): boolean => {
    const c = commands[at + 1]!
    const channel = commands[at + 2]!
    if (channel < 0 || channel >= n[c]! || inGroup[c] === 0) return false
    let here = 0
    let all = 0
    for (let i = 0; i < n.length * 4; i++) {
      if (i === 4 * c + channel || w[places.mos + i] === IDLE) continue
      all++
      if (i >> 2 === c) here++
    }
    if (here >= inGroup[c]! || all >= config.overrides.mos_per_unit_max) return false
    const channels = n[c]! - here - 1
    let votes = m[c]!
    if (reduce[c] === 1) for (let i = 0; i <= here && votes > 1; i++) votes--
    return channels >= votes || commands[at + 6] !== 0
  }

  const host: Host = {
    commands(_, inputs) {
      for (const kind of TRANSIENT) {
        const rule = rules[kind]!
        for (let i = 0; i < rule.count; i++) w[rule.at + i] = 0
      }
      const count = inputs.command_count > 16 ? 16 : inputs.command_count
      for (let i = 0; i < count; i++) {
        const at = i * 8
        const c = inputs.commands
        const kind = c[at]!
        if (kind < 1 || kind >= rules.length) continue
        const rule = rules[kind]!
        const target = c[at + 1]!
        if (kind === 1 && target === -1) {
          for (let e = 0; e < rule.count; e++) w[rule.at + e] = 1
          continue
        }
        if (target < 0 || target >= rule.count) continue
        const needs = rule.needs
        if ((needs & NEEDS.permit) !== 0 && w[places.permitted] === 0) continue
        if ((needs & NEEDS.program) !== 0 && inputs.key !== 1) continue
        if ((needs & NEEDS.papers) !== 0 && (c[at + 4] === 0 || c[at + 5] === 0)) continue
        if ((needs & NEEDS.waiting) !== 0 && w[places.latch + target] !== 5) continue
        if ((needs & NEEDS.startup) !== 0 && (startup[target] === 0 || w[rule.at + target] !== IDLE)) continue
        if ((needs & NEEDS.override) !== 0 && mayOverride[target] === 0) continue
        if ((needs & NEEDS.bypass) !== 0 && !mayBypass(c, at)) continue
        let word = rule.at + target
        if (kind === 3 || kind === 4) {
          const channel = c[at + 2]!
          if (channel < 0 || channel >= n[target]!) continue
          word = rule.at + 4 * target + channel
        }
        if (rule.does === DOES.one) w[word] = 1
        else if (rule.does === DOES.zero) w[word] = 0
        else if (rule.does === DOES.idle) w[word] = IDLE
        else if (rule.does === DOES.begin) {
          // The ageing later in this scan takes it to zero.
          w[word] = -w[STEP]!
          if (kind === 5) w[places.stable + target] = IDLE
        }
      }
    },
    sequence(_, table, at) {
      const step = w[table[at]!]!
      const rows = table[at + 2]!
      for (let i = 0; i < rows; i++) {
        const row = at + 4 + 3 * i
        const from = table[row]!
        const to = table[row + 1]!
        const fits = from === -1 ? to !== step : from === step
        if (!fits || w[table[row + 2]!] === 0) continue
        // A move to the step itself is none: its time goes on.
        if (to === step) return
        w[table[at]!] = to
        w[table[at + 1]!] = 0
        const entries = at + 4 + 3 * rows
        for (let k = 0; k < table[at + 3]!; k++) if (table[entries + 2 * k] === to) w[table[entries + 2 * k + 1]!] = 1
        return
      }
    },
  }

  return {
    view: w.subarray(places.view, places.view + places.viewLength),
    words: w,
    clock,
    constants: [program.code, program.table, n, m, reduce, inGroup, startup, mayOverride],
    evaluate(inputs, now, outside) {
      const first = clock[0] === -1
      const step = first ? 1 : now - clock[0]!
      clock[0] = now
      clock[2] = first ? T_STALE + T_LINK + 1 : clock[2]! + step
      if (inputs.frame === 1 && inputs.seq !== clock[1]) {
        clock[1] = inputs.seq
        clock[2] = 0
      }
      let faults = outside | inputs.faults
      if (step < 1) faults |= 512
      if (step > T_WATCH) faults |= 8
      if (clock[2]! > T_LINK) faults |= 128
      if (inputs.key !== 1 && inputs.key !== key) faults |= 256
      w[STEP] = step
      w[WORD.stale] = clock[2]! > T_STALE ? 1 : 0
      w[WORD.faults] = faults
      w[WORD.key] = inputs.key
      w[WORD.link] = inputs.dcs_link === 1 ? 1 : 0
      w[WORD.blocked] = inputs.start_blocked
      run(program, inputs, host)
    },
  }
}

/** Kinds whose word lives for one scan. */
const TRANSIENT = [1, 2, 6, 13, 14]

/** By kind of command; the numbers are those of the requirements' table of commands. */
function rulesOf(config: SisConfig, p: Places): Rule[] {
  const E = config.effects.length
  const C = config.causes.length
  const Q = config.sequences.length
  const rule = (at: number, count: number, does: number, needs = 0): Rule => ({ at, count, does, needs })
  return [
    rule(0, 0, DOES.nothing),
    rule(p.reset, E, DOES.one),
    rule(p.start, E, DOES.one, NEEDS.waiting),
    rule(p.mos, C, DOES.begin, NEEDS.permit | NEEDS.papers | NEEDS.bypass),
    rule(p.mos, C, DOES.idle),
    rule(p.startup, C, DOES.begin, NEEDS.startup),
    rule(p.override, E, DOES.one, NEEDS.override),
    rule(p.forceTrip, E, DOES.one),
    rule(p.forceTrip, E, DOES.zero),
    rule(p.force, E, DOES.begin, NEEDS.permit | NEEDS.program | NEEDS.papers),
    rule(p.force, E, DOES.idle),
    rule(0, 0, DOES.nothing),
    rule(0, 0, DOES.nothing),
    rule(p.sequenceStart, Q, DOES.one),
    rule(p.sequenceStop, Q, DOES.one),
  ]
}
