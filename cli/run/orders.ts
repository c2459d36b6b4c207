/**
 * The orders of a run as actions on plant and controller, or all that is wrong with them.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import { REFUSAL } from '../../contracts/frame.ts'
import { MODE } from '../../contracts/mode.ts'
import { nearest } from '../../numerics/nearest.ts'
import { checkFault } from '../../plant-sim/core/check-fault.ts'
import type { FaultKind } from '../../plant-sim/core/instruments/faults.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import type { RunAction } from '../../simulation/run/run.ts'
import { OrderFault, parseDisturbance, parseFault, parseSet } from './schedule.ts'

export interface OrderTexts {
  readonly disturbance: readonly string[]
  readonly fault: readonly string[]
  readonly set: readonly string[]
}

export interface Orders {
  readonly actions: readonly RunAction[]
  readonly faults: readonly string[]
}

const NAME_OF_REFUSAL = Object.fromEntries(Object.entries(REFUSAL).map(([name, code]) => [code, name]))

/** @param observe - told of each write that the controller has taken */
export function readOrders(
  texts: OrderTexts,
  artifact: Artifact,
  rig: Rig,
  observe: (key: string, value: number) => void = () => {},
): Orders {
  const actions: RunAction[] = []
  const faults: string[] = []
  const each = (option: string, list: readonly string[], read: (text: string) => void): void => {
    for (const text of list) {
      try {
        read(text)
      } catch (cause) {
        if (!(cause instanceof OrderFault)) throw cause
        faults.push(`${option} ${text}: ${cause.message}`)
      }
    }
  }
  const known = (name: string, names: Iterable<string>, what: string): void => {
    const all = [...names]
    if (all.includes(name)) return
    const near = nearest(name, all)
    throw new OrderFault(`found '${name}', expected ${what}${near === '' ? '' : `, did you mean ${near}?`}`)
  }

  each('--disturbance', texts.disturbance, (text) => {
    const order = parseDisturbance(text)
    const names = rig.plant.disturbances.map((d) => d.name)
    known(order.name, names, `a disturbance of the plant, ${names[0]} to ${names.at(-1)}`)
    const switchAt = (at_s: number, on: boolean): void => {
      actions.push({
        at_s,
        event: { kind: 'disturbance', text: `${order.name} ${on ? 'on' : 'off'}` },
        act: ({ rig: r }) => r.plant.setDisturbance(order.name, on),
      })
    }
    switchAt(order.at_s, true)
    if (Number.isFinite(order.until_s)) switchAt(order.until_s, false)
  })

  each('--fault', texts.fault, (text) => {
    const order = parseFault(text)
    known(order.tag, rig.tags.keys(), 'an instrument or valve of the plant')
    const kinds = rig.tags.get(order.tag)!
    known(order.kind, kinds, `a fault of ${order.tag}: ${kinds.join(', ')}`)
    const kind = order.kind as FaultKind
    const { value, jump, ramp_s } = order
    const sizes = {
      ...(Number.isNaN(value) ? {} : { value }),
      ...(jump === undefined ? {} : { jump }),
      ...(ramp_s === undefined ? {} : { ramp_s }),
    }
    const problem = checkFault({ tag: order.tag, kind, ...sizes }, rig.tags)[0]
    if (problem !== undefined)
      throw new OrderFault(`${problem.place}: found ${problem.found}, expected ${problem.expected}`)
    actions.push({
      at_s: order.at_s,
      event: { kind: 'fault', text: `${order.tag} ${order.kind}` },
      act: ({ rig: r }) => r.setFault(order.tag, { kind, ...sizes }),
    })
    if (Number.isFinite(order.until_s)) {
      actions.push({
        at_s: order.until_s,
        event: { kind: 'fault', text: `${order.tag} ${order.kind} over` },
        act: ({ rig: r }) => r.clearFault(order.tag, kind),
      })
    }
  })

  each('--set', texts.set, (text) => {
    const order = parseSet(text)
    const key = `${order.tag}.${order.field}`
    known(
      order.tag,
      artifact.tags.map((t) => t.tag),
      'a tag of the strategy',
    )
    const writable = artifact.control.writable
    known(
      key,
      writable.map((w) => w.key),
      'something an operator may write',
    )
    const target = writable.findIndex((w) => w.key === key)
    const isMode = writable[target]!.kind === 'mode'
    if (isMode) known(order.value, Object.keys(MODE), 'a mode')
    const value = isMode ? MODE[order.value as keyof typeof MODE] : Number(order.value)
    if (Number.isNaN(value)) throw new OrderFault(`found '${order.value}', expected a number`)
    const event = { kind: 'command' as const, text: `${key} = ${order.value}` }
    actions.push({
      at_s: order.at_s,
      event,
      act: ({ controller }) => {
        const refusal = controller.write(target, value)
        // The run goes on, as a plant does when an operator is refused; the event's text is what the report shows.
        if (refusal === REFUSAL.none) observe(key, value)
        else event.text += ` refused: ${NAME_OF_REFUSAL[refusal]}`
      },
    })
  })
  return { actions, faults }
}
