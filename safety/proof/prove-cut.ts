/**
 * One safety function cut out of a configuration, with times of a few scans: what is small enough to be explored whole.
 *
 * Effects do not read each other, unless an element names a secondary one: each effect of the function is a machine of its
 * own with the function's causes, and effects of one make are one machine. Elements of one make under one effect are one element.
 * Other causes of the matrix only add demands. Times are only ever compared with their own limit; those that one event starts keep
 * their order (stale before T_SF, stable before the longest override). A sequence is replaced by one that may do all it does and more.
 */
import type { CauseConfig, EffectConfig, ElementConfig, SifConfig, SisConfig } from '../core/config.ts'
import { freeSequence } from './prove-sequence.ts'

/**
 * What is in a machine beside votes, bypasses and resets: forces, link, keys and faults; or dead band and limit switches; or the
 * start-up override, where a cause has one.
 */
export type Slice = 'requests' | 'band' | 'startup'

export interface Cut {
  readonly config: SisConfig
  readonly slice: Slice
  /** Effects of the original that this machine stands for. */
  readonly effects: readonly string[]
  /** Elements of the original that it stands for. */
  readonly elements: readonly string[]
  /** Equal for machines that differ in names and set points only. */
  readonly make: string
}

export function cutsOf(config: SisConfig, sif: SifConfig): Cut[] {
  const makes = new Map<string, { effect: EffectConfig; names: string[] }>()
  for (const id of sif.effects) {
    const effect = config.effects.find((e) => e.id === id)
    if (effect === undefined) continue
    const make = makeOfEffect(config, sif, effect)
    const known = makes.get(make)
    if (known === undefined) makes.set(make, { effect, names: [id] })
    else known.names.push(id)
  }
  const startup = config.causes.some((c) => sif.causes.includes(c.id) && c.startup !== undefined)
  const slices: readonly Slice[] = startup ? ['requests', 'band', 'startup'] : ['requests', 'band']
  return [...makes.values()].flatMap(({ effect, names }) =>
    slices.map((slice) => cut(config, sif, effect, names, slice)),
  )
}

function makeOfEffect(config: SisConfig, sif: SifConfig, effect: EffectConfig): string {
  const cells = config.matrix.filter((x) => x.effect === effect.id && sif.causes.includes(x.cause))
  const elements = effect.outputs.map((tag) => makeOfElement(config.elements.find((e) => e.tag === tag)!))
  return JSON.stringify([
    { ...effect, id: '', title: '', outputs: [] },
    cells.map((x) => ({ ...x, effect: '' })),
    [...new Set(elements)].sort(),
  ])
}

const makeOfElement = (e: ElementConfig): string =>
  JSON.stringify([(e.delay_ms ?? 0) > 0, e.secondary ?? '', e.energised])

function cut(config: SisConfig, sif: SifConfig, first: EffectConfig, names: readonly string[], slice: Slice): Cut {
  const { scan_ms } = config
  const effects = [first]
  const elements: ElementConfig[] = []
  for (const effect of effects) {
    const seen = new Set<string>()
    for (const tag of effect.outputs) {
      const element = config.elements.find((e) => e.tag === tag)!
      // The direction matters to the switches only, and a machine without a second way does not read them.
      const make =
        slice !== 'band' && element.secondary === undefined ? `${element.delay_ms ?? 0}` : makeOfElement(element)
      if (seen.has(make)) continue
      seen.add(make)
      elements.push(element)
      const other = config.effects.find((e) => e.id === element.secondary)
      if (other !== undefined && !effects.includes(other)) effects.push(other)
    }
  }
  const ids = effects.map((e) => e.id)
  const matrix = config.matrix.filter((x) => ids.includes(x.effect) && sif.causes.includes(x.cause))
  const causes = config.causes.filter((c) => sif.causes.includes(c.id))
  const kept = new Set(elements.map((e) => e.tag))
  const free = config.sequences
    .filter((s) => causes.some((c) => c.armed?.sequence === s.id) || effects.some((e) => e.sequence === s.id))
    .map((s) => freeSequence(s, ids, causes))
  const shortCauses = causes.map((c) => {
    const short = shortCause(c, scan_ms, slice)
    const made = free.find((f) => f.sequence.id === c.armed?.sequence)
    if (made === undefined || c.armed === undefined) return short
    return { ...short, armed: { ...c.armed, steps: [...new Set(c.armed.steps.map(made.stepOf))] } }
  })
  const tags = new Set([
    ...shortCauses.flatMap((c) => [...c.inputs, c.inhibit, c.startup?.start, c.startup?.end]),
    ...effects.flatMap((e) => [e.reset, e.reset_permit, e.start_permit, e.follows]),
    config.overrides.permit,
  ])
  const small: SisConfig = {
    ...config,
    stale_ms: scan_ms,
    link_timeout_ms: 2 * scan_ms,
    watchdog_ms: 2 * scan_ms,
    overrides: {
      ...config.overrides,
      mos_ms: 2 * scan_ms,
      reminder_ms: scan_ms,
      link_loss_ms: scan_ms,
      force_ms: 2 * scan_ms,
      shift_ms: 2 * scan_ms,
    },
    transmitters: config.transmitters.filter((t) => tags.has(t.tag)),
    contacts: config.contacts.filter((c) => tags.has(c.tag)),
    causes: shortCauses,
    effects: effects.map((e) => ({
      ...e,
      outputs: e.outputs.filter((tag) => kept.has(tag)),
      ...(e.delay_ms === undefined ? {} : { delay_ms: 2 * scan_ms }),
      ...(e.override_ms_max === undefined ? {} : { override_ms_max: 2 * scan_ms }),
    })),
    elements: elements.map((e) => ({
      ...e,
      confirm_ms: scan_ms,
      travel_ms: scan_ms,
      ...(e.delay_ms === undefined ? {} : { delay_ms: scan_ms }),
    })),
    matrix: matrix.map((x) => ({ ...x, ...(x.delay_ms === undefined ? {} : { delay_ms: 2 * scan_ms }) })),
    sifs: [sif],
    sequences: free.map((f) => f.sequence),
  }
  return {
    config: small,
    slice,
    effects: names,
    elements: names.flatMap((id) => config.effects.find((e) => e.id === id)!.outputs),
    make: makeOf(small, slice),
  }
}

const shortCause = (cause: CauseConfig, scan_ms: number, slice: Slice): CauseConfig => {
  const { dead_band, startup, deviation: _, pre_alarm: __, ...c } = cause
  return {
    ...c,
    ...(slice === 'band' && dead_band !== undefined ? { dead_band } : {}),
    ...(c.time === undefined ? {} : { time: { ...c.time, ms: 2 * scan_ms } }),
    ...(c.bad_hold_ms === undefined ? {} : { bad_hold_ms: 2 * scan_ms }),
    ...(slice !== 'startup' || startup === undefined
      ? {}
      : { startup: { ...startup, stable_ms: scan_ms, ms_max: 2 * scan_ms } }),
  }
}

/** Names become numbers in the order they come, set points become their direction. An effect may be called as its element is. */
function makeOf(config: SisConfig, slice: Slice): string {
  const { stale_ms, link_timeout_ms, overrides, causes, mode } = config
  const names = new Map<string, string>()
  for (const list of [config.transmitters, config.contacts])
    for (const { tag } of list) names.set(tag, `input ${names.size}`)
  for (const { id } of causes) names.set(id, `cause ${names.size}`)
  const element = (tag: string): string => `element ${config.elements.findIndex((e) => e.tag === tag)}`
  const effect = (id: string | undefined): string => `effect ${config.effects.findIndex((e) => e.id === id)}`
  const plain = causes.map(({ trip, title: _, dead_band, ...c }) => ({
    ...c,
    band: dead_band !== undefined && dead_band > 0,
    trip: 'above' in trip ? 'above' : 'below' in trip ? 'below' : trip.contact,
  }))
  const effects = config.effects.map(({ title: _, id: __, outputs, ...e }) => ({ ...e, outputs: outputs.map(element) }))
  const elements = config.elements.map((e) => ({
    confirm_ms: e.confirm_ms,
    delay_ms: e.delay_ms ?? 0,
    energised: slice !== 'band' && e.secondary === undefined ? '' : e.energised,
    secondary: e.secondary === undefined ? '' : effect(e.secondary),
  }))
  const matrix = config.matrix.map((x) => ({ ...x, effect: effect(x.effect) }))
  const sequences = config.sequences.map((s) => ({
    ...s,
    on_trip: { ...s.on_trip, effects: s.on_trip.effects.map(effect) },
    steps: s.steps.map((x) => ({ ...x, releases: x.releases.map(effect), trips: (x.trips ?? []).map(effect) })),
  }))
  const whole = [slice, mode, stale_ms, link_timeout_ms, { ...overrides, waiver: '' }]
  return JSON.stringify([...whole, plain, effects, elements, matrix, sequences], (_, value) =>
    typeof value === 'string' ? (names.get(value) ?? value) : value,
  )
}
