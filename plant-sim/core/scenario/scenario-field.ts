import { workContact } from '../panel.ts'
import type { Rig } from '../rig.ts'
import type { PlantView, ScenarioOrder } from './scenario-run.ts'

/** A rig as a scenario sees it and acts on it: the same in a run of one loop and under the instructor's station. */
export interface ScenarioField {
  /** Tags that have a true value. */
  readonly measured: readonly string[]
  view(dt_s: number): PlantView
  /** Contacts of the safety system's panel. */
  readonly contacts: readonly string[]
  /** Drops with cables, that of the safety system among them. */
  readonly drops: readonly string[]
  /** Does what an order does to plant, instruments and panel; writes, cables, pace, snapshots and words are the caller's. */
  act(order: ScenarioOrder): void
}

export function scenarioField(rig: Rig): ScenarioField {
  const { plant, instruments } = rig
  const measurement = new Map(
    [...instruments.transmitters, ...instruments.analysers].map((t) => [t.tag, t.measurement]),
  )
  return {
    measured: [...measurement.keys()],
    contacts: rig.safety?.equipment.contacts.map((c) => c.tag) ?? [],
    drops: [...rig.drops.ids, ...(rig.safety === null ? [] : [rig.safety.equipment.drop])],
    view: (dt_s) => ({
      time_s: rig.time_ms / 1000,
      dt_s,
      valueOf: (tag) => plant.clean[measurement.get(tag) ?? -1] ?? Number.NaN,
      limited: plant.limited,
      limits: plant.limits,
      trip: plant.trip,
    }),
    act({ event: { what }, begins }) {
      if (what.type === 'disturbance') plant.setDisturbance(what.name, begins)
      if (what.type === 'press') workContact(rig, { tag: what.tag, for_s: what.for_s })
      if (what.type === 'contact') {
        const normal = rig.safety?.equipment.contacts.find((c) => c.tag === what.tag)?.normal
        workContact(rig, { tag: what.tag, state: begins ? what.state : normal })
      }
      if (what.type !== 'fault') return
      const { tag, kind, value, jump, ramp_s } = what
      if (begins) rig.setFault(tag, { kind, value, jump, ramp_s, start_s: rig.time_ms / 1000 })
      else rig.clearFault(tag, kind)
    },
  }
}
