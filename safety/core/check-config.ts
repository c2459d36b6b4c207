/**
 * All that is wrong with a configuration, at once, before it may be loaded.
 *
 * `SIS_UNKNOWN_TAG` and the like are in docs/reference/errors.md. Response time: sensor + two scans + trip delay + delays of cell,
 * effect and output + link + stroke, against the process safety time (refused from the whole, warned of from the half) and against
 * what the requirement allows.
 */
import { checkChannel } from './channel/check-channel.ts'
import type { CauseConfig, Condition, SisConfig } from './config.ts'
import { countsOf, votesOf } from './tables.ts'

export interface SisFault {
  readonly code: string
  /** `causes/S1/trip` */
  readonly path: string
  readonly message: string
  /** A warning does not keep the configuration from being loaded. */
  readonly severity: 'error' | 'warning'
}

export function checkConfig(config: SisConfig): SisFault[] {
  const faults: SisFault[] = []
  const fault = (code: string, path: string, message: string): void => {
    faults.push({ code, path, message, severity: 'error' })
  }
  const warn = (code: string, path: string, message: string): void => {
    faults.push({ code, path, message, severity: 'warning' })
  }
  const { transmitters, contacts, elements, causes, effects, matrix, sifs, sequences, overrides } = config
  const transmitter = new Map(transmitters.map((t) => [t.tag, t]))
  const contact = new Map(contacts.map((c) => [c.tag, c]))
  const element = new Map(elements.map((e) => [e.tag, e]))
  const cause = new Map(causes.map((c) => [c.id, c]))
  const effect = new Map(effects.map((e) => [e.id, e]))
  const sequence = new Map(sequences.map((s) => [s.id, s]))
  const known = (map: ReadonlyMap<string, unknown>, name: string | undefined, path: string, what: string): boolean => {
    if (name === undefined || map.has(name)) return true
    fault('SIS_UNKNOWN_TAG', path, `no ${what} '${name}'`)
    return false
  }
  const once = (names: readonly string[], path: string, code: string): void => {
    for (const [i, name] of names.entries())
      if (names.indexOf(name) !== i) fault(code, `${path}/${name}`, `'${name}' stands twice`)
  }
  const few = (list: readonly unknown[], path: string): void => {
    if (list.length > 32) fault('SIS_TOO_MANY', path, `${list.length}, at most 32: a set of them is one word`)
  }
  const time = (ms: number | undefined, path: string, least: number): void => {
    if (ms === undefined) return
    if (!(Number.isFinite(ms) && ms >= least && ms <= 1e9))
      fault('SIS_RANGE', path, `${ms} ms, ${least} to 1e9 are allowed`)
  }
  const whole = (value: number, least: number, most: number, path: string): void => {
    if (!(Number.isInteger(value) && value >= least && value <= most))
      fault('SIS_RANGE', path, `${value}, a whole number from ${least} to ${most} is allowed`)
  }

  // The scan and its watchdogs.
  for (const [key, least] of [
    ['scan_ms', 1],
    ['stale_ms', 1],
    ['link_timeout_ms', 1],
    ['watchdog_ms', 1],
    ['output_watchdog_ms', 1],
  ] as const)
    time(config[key], key, least)
  if (!(config.counts_per_mA > 0 && 21 * config.counts_per_mA < 65535))
    fault('SIS_RANGE', 'counts_per_mA', 'the failure current of 21 mA must fit into 16 bits')
  if (config.mode !== 'RUN' && config.mode !== 'SIMULATION') fault('SIS_RANGE', 'mode', 'RUN or SIMULATION')
  if (config.stale_ms > config.link_timeout_ms)
    fault('SIS_INCONSISTENT', 'stale_ms', 'inputs must be stale before the link is lost')
  if (config.watchdog_ms < 2 * config.scan_ms)
    fault('SIS_INCONSISTENT', 'watchdog_ms', 'a watchdog shorter than two scans trips for nothing')
  const shortest = Math.min(...sifs.map((s) => s.process_safety_ms ?? Number.POSITIVE_INFINITY))
  if (2 * Math.max(config.watchdog_ms, config.output_watchdog_ms) > shortest)
    fault('SIS_WATCHDOG', 'watchdog_ms', `more than half the shortest process safety time, ${shortest} ms`)
  checkChannel(config, fault)
  for (const key of ['mos_ms', 'reminder_ms', 'shift_ms', 'link_loss_ms', 'force_ms'] as const)
    time(overrides[key], `overrides/${key}`, config.scan_ms)
  whole(overrides.mos_per_unit_max, 0, 32, 'overrides/mos_per_unit_max')
  known(contact, overrides.permit, 'overrides/permit', 'contact')
  known(contact, config.key_switch, 'key_switch', 'contact')
  if (overrides.at_expiry === 'alarm' && overrides.waiver === undefined)
    fault('SIS_NO_WAIVER', 'overrides/at_expiry', 'a bypass that outlives its timer needs a waiver: who allowed it')

  // Names.
  once([...transmitters.map((t) => t.tag), ...contacts.map((c) => c.tag)], 'inputs', 'SIS_DUPLICATE_TAG')
  once(
    elements.map((e) => e.tag),
    'elements',
    'SIS_DUPLICATE_TAG',
  )
  once(
    causes.map((c) => c.id),
    'causes',
    'SIS_DUPLICATE_TAG',
  )
  once(
    effects.map((e) => e.id),
    'effects',
    'SIS_DUPLICATE_TAG',
  )
  once(
    sequences.map((s) => s.id),
    'sequences',
    'SIS_DUPLICATE_TAG',
  )
  once(
    sifs.map((s) => s.id),
    'sifs',
    'SIS_DUPLICATE_SIF',
  )
  once(
    matrix.map((c) => `${c.cause} ${c.effect}`),
    'matrix',
    'SIS_DUPLICATE_CELL',
  )
  few(elements, 'elements')
  few(causes, 'causes')
  few(effects, 'effects')
  few(sequences, 'sequences')
  if (contacts.length === 0 && transmitters.length === 0) fault('SIS_INCONSISTENT', 'transmitters', 'no input at all')

  // Inputs and outputs.
  for (const t of transmitters) {
    const path = `transmitters/${t.tag}`
    if (!(Number.isFinite(t.lo) && Number.isFinite(t.hi) && t.hi > t.lo))
      fault('SIS_RANGE', path, 'a span with hi over lo')
    time(t.response_ms, `${path}/response_ms`, 0)
    time(t.stuck?.window_ms, `${path}/stuck/window_ms`, config.scan_ms)
    if (t.rate_max_per_s !== undefined && !(t.rate_max_per_s > 0))
      fault('SIS_RANGE', `${path}/rate_max_per_s`, 'above 0')
  }
  const used = new Map<string, string>()
  for (const e of effects) {
    const path = `effects/${e.id}`
    if (e.outputs.length < 1 || e.outputs.length > 4) fault('SIS_RANGE', `${path}/outputs`, '1 to 4 final elements')
    for (const tag of e.outputs) {
      known(element, tag, `${path}/outputs`, 'final element')
      if (used.has(tag)) fault('SIS_OUTPUT_USED_TWICE', `${path}/outputs`, `'${tag}' belongs to ${used.get(tag)}`)
      used.set(tag, e.id)
    }
    for (const key of ['reset', 'reset_permit', 'start_permit', 'follows'] as const)
      known(contact, e[key], `${path}/${key}`, 'contact')
    known(sequence, e.sequence, `${path}/sequence`, 'sequence')
    time(e.delay_ms, `${path}/delay_ms`, 0)
    time(e.override_ms_max, `${path}/override_ms_max`, config.scan_ms)
    if (e.start === 'with_reset' && e.start_permit !== undefined)
      fault('SIS_INCONSISTENT', `${path}/start_permit`, 'an effect that starts with its reset asks for no start permit')
    if (!matrix.some((c) => c.effect === e.id)) warn('SIS_NO_CAUSE', path, 'no cause acts on it')
  }
  for (const e of elements) {
    const path = `elements/${e.tag}`
    if (!used.has(e.tag)) fault('SIS_NO_EFFECT', path, 'belongs to no effect: nothing would ever trip it')
    known(effect, e.secondary, `${path}/secondary`, 'effect')
    if (e.secondary !== undefined && used.get(e.tag) === e.secondary)
      fault('SIS_INCONSISTENT', `${path}/secondary`, 'its own effect is no second way')
    time(e.confirm_ms, `${path}/confirm_ms`, config.scan_ms)
    time(e.travel_ms, `${path}/travel_ms`, 0)
    time(e.delay_ms, `${path}/delay_ms`, 0)
    time(e.partial_stroke_ms, `${path}/partial_stroke_ms`, config.scan_ms)
    if (e.confirm_ms < e.travel_ms)
      fault('SIS_INCONSISTENT', `${path}/confirm_ms`, 'shorter than the stroke: every trip would be reported as failed')
  }

  // Causes.
  for (const c of causes) checkCause(c)
  function checkCause(c: CauseConfig): void {
    const path = `causes/${c.id}`
    const { trip } = c
    if (c.inputs.length < 1 || c.inputs.length > 4) fault('SIS_RANGE', `${path}/inputs`, '1 to 4 inputs')
    once(c.inputs, `${path}/inputs`, 'SIS_DUPLICATE_TAG')
    const m = votesOf(c)
    if (!(Number.isInteger(m) && m >= 1 && m <= c.inputs.length))
      fault('SIS_VOTE', `${path}/vote`, `${m} of ${c.inputs.length} inputs cannot vote`)
    const sil = Math.max(0, ...sifs.filter((s) => s.causes.includes(c.id)).map((s) => s.sil))
    for (const tag of c.inputs) {
      const t = transmitter.get(tag)
      if ('contact' in trip) {
        known(contact, tag, `${path}/inputs`, 'contact')
        continue
      }
      if (!known(transmitter, tag, `${path}/inputs`, 'transmitter') || t === undefined) continue
      const value = 'above' in trip ? trip.above : trip.below
      if (!(value > t.lo && value < t.hi))
        fault(
          'SIS_SET_POINT',
          `${path}/trip`,
          `${value} ${t.unit} is not inside the span of ${tag}, ${t.lo} to ${t.hi}`,
        )
      const counts = countsOf(value, t.lo, t.hi, config.counts_per_mA)
      if (!Number.isInteger(trip.counts) || Math.abs(trip.counts - counts) > 1)
        fault(
          'SIS_COUNTS',
          `${path}/trip/counts`,
          `${trip.counts}, but ${value} ${t.unit} are ${counts.toFixed(1)} on ${tag}`,
        )
      const away = 'above' in trip === (t.fail === 'low')
      if (away && c.on_bad !== 'vote_trip')
        fault(
          'SIS_FAIL_DIRECTION',
          `${path}/on_bad`,
          `${tag} fails ${t.fail}, away from the trip, and BAD does not vote`,
        )
      if (c.pre_alarm === undefined) continue
      const { at } = c.pre_alarm
      if ('above' in trip ? at >= value : at <= value)
        fault('SIS_PRE_ALARM', `${path}/pre_alarm`, `${at} comes after the trip at ${value}`)
      if (!(Math.abs(c.pre_alarm.counts - countsOf(at, t.lo, t.hi, config.counts_per_mA)) <= 1))
        fault('SIS_COUNTS', `${path}/pre_alarm/counts`, `are not those of ${at} ${t.unit} on ${tag}`)
    }
    const spans = new Set(c.inputs.map((tag) => `${transmitter.get(tag)?.lo} ${transmitter.get(tag)?.hi}`))
    if (spans.size > 1)
      fault('SIS_SPAN', `${path}/inputs`, 'inputs of one vote must have one span: they share set point and comparison')
    if (c.dead_band !== undefined && !(c.dead_band >= 0)) fault('SIS_RANGE', `${path}/dead_band`, '0 or more')
    if (c.on_bad === 'use_value' && sil > 0)
      fault('SIS_USE_VALUE', `${path}/on_bad`, `a SIF of SIL ${sil} may not vote with values that are BAD`)
    const accepted = sifs.filter((s) => s.causes.includes(c.id)).every((s) => s.inhibition_accepted !== undefined)
    if (c.on_bad === 'ignore' && c.bad_hold_ms === undefined && !accepted)
      fault(
        'SIS_INHIBITION',
        `${path}/on_bad`,
        'BAD inputs could inhibit the trip for ever: give bad_hold_ms, or have the SIF accept it',
      )
    time(c.bad_hold_ms, `${path}/bad_hold_ms`, 0)
    if (c.bad_hold_ms !== undefined && c.on_bad !== 'ignore')
      fault('SIS_INCONSISTENT', `${path}/bad_hold_ms`, 'only with on_bad: ignore')
    time(c.time?.ms, `${path}/time/ms`, config.scan_ms)
    time(c.deviation?.ms, `${path}/deviation/ms`, 0)
    if (c.time?.kind === 'pulse' && matrix.some((x) => x.cause === c.id && (x.code === 'N' || x.code === 'V')))
      fault(
        'SIS_PULSE',
        `${path}/time`,
        'a pulse on a cell that is not stored releases the effect while the danger stands',
      )
    known(contact, c.inhibit, `${path}/inhibit`, 'contact')
    if (c.manual === true && (c.mos !== undefined || c.startup !== undefined || c.inhibit !== undefined))
      fault('SIS_MANUAL', path, 'nothing bypasses a push-button, nor fire and gas')
    if (c.startup !== undefined) {
      time(c.startup.ms_max, `${path}/startup/ms_max`, config.scan_ms)
      time(c.startup.stable_ms, `${path}/startup/stable_ms`, config.scan_ms)
      known(contact, c.startup.start, `${path}/startup/start`, 'contact')
      known(contact, c.startup.end, `${path}/startup/end`, 'contact')
      if (c.protects_startup === true)
        fault('SIS_STARTUP', `${path}/startup`, 'it protects the start-up: no start-up override')
    }
    if (c.mos !== undefined) checkBypass(c, m, c.mos.max, path)
    if (c.armed !== undefined && known(sequence, c.armed.sequence, `${path}/armed`, 'sequence')) {
      const steps = new Map(sequence.get(c.armed.sequence)!.steps.map((s) => [s.id, s]))
      for (const step of c.armed.steps) known(steps, step, `${path}/armed/steps`, 'step')
    }
    if (!matrix.some((x) => x.cause === c.id)) fault('SIS_NO_EFFECT', path, 'a demand without effect')
    if (!sifs.some((s) => s.causes.includes(c.id))) fault('SIS_NO_SIF', path, 'belongs to no SIF: nobody requires it')
  }
  function checkBypass(c: CauseConfig, m: number, max: number, path: string): void {
    whole(max, 1, 4, `${path}/mos/max`)
    if (overrides.permit === undefined)
      fault('SIS_NO_PERMIT', `${path}/mos`, 'a bypass without a permit key: name its contact at overrides/permit')
    const needed = c.on_bypass === 'reduce' ? Math.max(1, m - max) : m
    if (c.inputs.length - max >= needed) return
    if (max > 1)
      fault('SIS_LAST_VOTE', `${path}/mos`, `${max} bypasses leave ${c.inputs.length - max} inputs for ${needed} votes`)
    else warn('SIS_LAST_VOTE', `${path}/mos`, 'a bypass removes the last vote: taken only with a compensating measure')
  }

  // Cells.
  const groups = new Map<string, { n: number | undefined; code: string; count: number; path: string }>()
  for (const x of matrix) {
    const path = `matrix/${x.cause} ${x.effect}`
    known(cause, x.cause, path, 'cause')
    known(effect, x.effect, path, 'effect')
    time(x.delay_ms, `${path}/delay_ms`, 0)
    if ((x.code === 'V' || x.code === 'R') && effect.get(x.effect)?.override_ms_max === undefined)
      fault('SIS_CELL', path, `${x.code} allows an override, and the effect has no override_ms_max`)
    if (x.code === 'R' && effect.get(x.effect)?.start === 'command')
      fault('SIS_CELL', path, 'R is released by its reset; an effect that waits for a start cannot be')
    if (cause.get(x.cause)?.manual === true && (x.code === 'V' || x.code === 'R'))
      fault('SIS_MANUAL', path, 'nothing overrides a push-button, nor fire and gas')
    if (x.group === undefined) {
      if (x.n !== undefined) fault('SIS_CELL', path, 'n without a group')
      continue
    }
    const key = `${x.effect} ${x.group}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { n: x.n, code: x.code, count: 1, path })
    else {
      group.count++
      if (group.n !== x.n || group.code !== x.code)
        fault('SIS_CELL', path, `the cells of group ${x.group} differ in n or code`)
    }
  }
  for (const [key, { n, count, path }] of groups)
    if (n !== undefined && !(Number.isInteger(n) && n >= 1 && n <= count))
      fault('SIS_CELL', path, `${n} of the ${count} causes of group ${key} cannot be active`)

  // Safety functions.
  for (const s of sifs) {
    const path = `sifs/${s.id}`
    for (const id of s.causes) known(cause, id, `${path}/causes`, 'cause')
    for (const id of s.effects) known(effect, id, `${path}/effects`, 'effect')
    for (const id of s.causes)
      for (const e of s.effects)
        if (!matrix.some((x) => x.cause === id && x.effect === e))
          fault('SIS_NO_EFFECT', path, `requires ${e} of ${id}, and the matrix has no such intersection`)
    const response_ms = responseTime(config, s.causes, s.effects)
    if (s.process_safety_ms !== undefined) {
      if (response_ms >= s.process_safety_ms)
        fault('SIS_RESPONSE_TIME', path, `${response_ms} ms, process safety time ${s.process_safety_ms} ms`)
      else if (response_ms > s.process_safety_ms / 2)
        warn(
          'SIS_RESPONSE_TIME',
          path,
          `${response_ms} ms, more than half the process safety time ${s.process_safety_ms} ms`,
        )
    }
    if (s.response_ms_max !== undefined && response_ms > s.response_ms_max)
      fault('SIS_RESPONSE_TIME', path, `${response_ms} ms, the requirement allows ${s.response_ms_max} ms`)
  }

  // Sequences.
  for (const s of sequences) {
    const path = `sequences/${s.id}`
    const steps = new Map(s.steps.map((step) => [step.id, step]))
    once(
      s.steps.map((step) => step.id),
      path,
      'SIS_DUPLICATE_TAG',
    )
    if (s.steps.length === 0) fault('SIS_RANGE', path, 'at least one step')
    for (const id of s.on_trip.effects) known(effect, id, `${path}/on_trip`, 'effect')
    known(steps, s.on_trip.to, `${path}/on_trip/to`, 'step')
    for (const step of s.steps) {
      const at = `${path}/${step.id}`
      for (const id of [...step.releases, ...(step.trips ?? [])]) known(effect, id, at, 'effect')
      known(steps, step.timeout?.to, `${at}/timeout`, 'step')
      time(step.timeout?.ms, `${at}/timeout`, config.scan_ms)
      for (const go of step.go) {
        known(steps, go.to, `${at}/go`, 'step')
        if (go.to === step.id) fault('SIS_INCONSISTENT', `${at}/go`, 'a move to the step itself')
        for (const condition of go.when) checkCondition(condition, `${at}/go`)
      }
    }
  }
  function checkCondition(x: Condition, path: string): void {
    if ('contact' in x) known(contact, x.contact, path, 'contact')
    else if ('transmitter' in x) known(transmitter, x.transmitter, path, 'transmitter')
    else if ('cause' in x) known(cause, x.cause, path, 'cause')
    else if ('effect' in x) known(effect, x.effect, path, 'effect')
    else if ('element' in x) known(element, x.element, path, 'final element')
    else if ('after_ms' in x) time(x.after_ms, path, 0)
  }
  return faults
}

/** Longest time from the process crossing the set point to the final element in its safe position, ms. */
export function responseTime(config: SisConfig, causes: readonly string[], effects: readonly string[]): number {
  let longest = 0
  for (const cell of config.matrix) {
    const cause = config.causes.find((c) => c.id === cell.cause)
    const effect = config.effects.find((e) => e.id === cell.effect)
    if (cause === undefined || effect === undefined) continue
    if (!causes.includes(cause.id) || !effects.includes(effect.id)) continue
    const sensors = [...config.transmitters, ...config.contacts].filter((s) => cause.inputs.includes(s.tag))
    const sensor = Math.max(0, ...sensors.map((s) => s.response_ms))
    const delay = (cause.time?.kind === 'on_delay' ? cause.time.ms : 0) + (cell.delay_ms ?? 0) + (effect.delay_ms ?? 0)
    const valves = config.elements.filter((e) => effect.outputs.includes(e.tag))
    const valve = Math.max(0, ...valves.map((e) => (e.delay_ms ?? 0) + e.travel_ms))
    // T_SF stands for the network there and back: a frame that needs longer is a trip.
    longest = Math.max(longest, sensor + 2 * config.scan_ms + config.link_timeout_ms + delay + valve)
  }
  return longest
}
