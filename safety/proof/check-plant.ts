/** The configuration against what is installed in the field, and against what the control system uses. */
import type { SisConfig } from '../core/config.ts'
import type { Report } from './rules.ts'

/** What stands in the field of the safety system, in the order of its registers and bits. */
export interface PlantFacts {
  readonly drop: string
  readonly counts_per_mA: number
  /** Output watchdog at power-up, s. */
  readonly watchdog_s: number
  readonly transmitters: readonly {
    readonly tag: string
    readonly unit: string
    readonly lo: number
    readonly hi: number
    readonly failure_mA: number
    readonly lag_s: number
    readonly noise_std: number
    readonly register: number
  }[]
  readonly contacts: readonly { readonly tag: string; readonly description: string }[]
  readonly valves: readonly {
    readonly tag: string
    readonly energised: 'open' | 'closed'
    readonly open_s: number
    readonly close_s: number
    readonly vents?: string
  }[]
}

/** What the control system measures, moves and talks to. */
export interface ControlFacts {
  readonly instruments: readonly string[]
  readonly valves: readonly string[]
  /** Devices of its I/O, by the place they are reached at. */
  readonly devices: readonly { readonly id: string; readonly endpoint: string }[]
  /** Name of the safety system's drop. */
  readonly drop: string
}

export function checkPlant(config: SisConfig, plant: PlantFacts, report: Report): void {
  if (config.counts_per_mA !== plant.counts_per_mA)
    report(
      'SC-28',
      'error',
      'counts_per_mA',
      `${config.counts_per_mA}, the modules of ${plant.drop} give ${plant.counts_per_mA}`,
    )
  if (config.output_watchdog_ms !== plant.watchdog_s * 1000)
    report(
      'SC-28',
      'warning',
      'output_watchdog_ms',
      `${config.output_watchdog_ms} ms, ${plant.drop} has ${plant.watchdog_s * 1000} ms at power-up: it holds until the solver has written its own`,
    )
  checkTransmitters(config, plant, report)
  const order = (list: readonly { readonly tag: string }[]): string => list.map(({ tag }) => tag).join(' ')
  compareOrder('contacts', config.contacts, plant.contacts)
  compareOrder('elements', config.elements, plant.valves)
  function compareOrder(
    key: string,
    ours: readonly { readonly tag: string }[],
    theirs: readonly { readonly tag: string }[],
  ): void {
    for (const { tag } of ours)
      if (!theirs.some((x) => x.tag === tag))
        report('SC-28', 'error', `${key}/${tag}`, `is not installed on ${plant.drop}`)
    for (const { tag } of theirs)
      if (!ours.some((x) => x.tag === tag))
        report('SC-28', 'warning', key, `${tag} is installed on ${plant.drop} and not used`)
    const [a, b] = [
      ours.filter((x) => theirs.some((y) => y.tag === x.tag)),
      theirs.filter((x) => ours.some((y) => y.tag === x.tag)),
    ]
    if (order(a) !== order(b)) report('SC-28', 'error', key, `in the order ${order(a)}, the bits are ${order(b)}`)
  }
  for (const e of config.elements) {
    const valve = plant.valves.find((v) => v.tag === e.tag)
    if (valve === undefined) continue
    if (valve.energised !== e.energised)
      report(
        'SC-28',
        'error',
        `elements/${e.tag}/energised`,
        `${e.energised}, the valve installed stands ${valve.energised} while energised`,
      )
    if (valve.vents !== e.vents)
      report(
        'SC-28',
        'error',
        `elements/${e.tag}/vents`,
        `${e.vents ?? 'no control valve'}, the output takes the air from ${valve.vents ?? 'none'}`,
      )
    const stroke_ms = (valve.energised === 'open' ? valve.close_s : valve.open_s) * 1000
    if (stroke_ms > e.travel_ms)
      report(
        'SC-28',
        'error',
        `elements/${e.tag}/travel_ms`,
        `${e.travel_ms} ms, the valve installed needs ${stroke_ms} ms`,
      )
  }
}

function checkTransmitters(config: SisConfig, plant: PlantFacts, report: Report): void {
  const wired = [...plant.transmitters].sort((a, b) => a.register - b.register)
  for (const { tag } of wired)
    if (!config.transmitters.some((t) => t.tag === tag))
      report('SC-27', 'warning', 'transmitters', `${tag} is installed on ${plant.drop} and not used`)
  for (const [i, t] of config.transmitters.entries()) {
    const path = `transmitters/${t.tag}`
    const there = wired.find((x) => x.tag === t.tag)
    if (there === undefined) {
      report('SC-27', 'error', path, `is not installed on ${plant.drop}`)
      continue
    }
    if (wired.indexOf(there) !== i)
      report(
        'SC-27',
        'error',
        path,
        `number ${i} of the configuration, number ${wired.indexOf(there)} of the registers`,
      )
    if (there.lo !== t.lo || there.hi !== t.hi || there.unit !== t.unit)
      report('SC-27', 'error', path, `${t.lo} to ${t.hi} ${t.unit}, installed ${there.lo} to ${there.hi} ${there.unit}`)
    const fail = there.failure_mA >= 20 ? 'high' : 'low'
    if (fail !== t.fail)
      report('SC-27', 'error', `${path}/fail`, `${t.fail}, the one installed fails ${fail} (${there.failure_mA} mA)`)
    if (there.lag_s * 1000 > t.response_ms)
      report(
        'SC-27',
        'error',
        `${path}/response_ms`,
        `${t.response_ms} ms, the one installed has a lag of ${there.lag_s} s`,
      )
    if (t.stuck !== undefined && there.noise_std > 0 && t.stuck.noise >= there.noise_std)
      report(
        'SC-27',
        'warning',
        `${path}/stuck/noise`,
        `${t.stuck.noise} ${t.unit}, the live signal has ${there.noise_std}: a sound one would be called stuck`,
      )
  }
}

export function checkIndependence(config: SisConfig, control: ControlFacts, report: Report): void {
  for (const [key, list, theirs] of [
    ['transmitters', config.transmitters, control.instruments],
    ['contacts', config.contacts, control.instruments],
    ['elements', config.elements, control.valves],
  ] as const)
    for (const { tag } of list)
      if (theirs.includes(tag))
        report('SC-29', 'error', `${key}/${tag}`, 'the control system uses it too: one fault would take both')
  for (const { tag, vents } of config.elements)
    if (vents !== undefined && !control.valves.includes(vents))
      report('SC-29', 'error', `elements/${tag}/vents`, `${vents} is no valve of the control system`)
  for (const { id, endpoint } of control.devices)
    if (endpoint.split(/[:/]/).includes(control.drop))
      report(
        'SC-29',
        'error',
        'elements',
        `device ${id} of the control system is the safety system's drop ${control.drop}`,
      )
}
