import type { Artifact } from '../../contracts/artifact.ts'
import type { Controller } from '../core/controller.ts'
import { createController } from '../core/controller.ts'
import type { Engine } from '../core/member.ts'

/** The compiled strategy as what a member of the pair executes; with each scan comes what the operator's side sees of it. */
export function engineOf(artifact: Artifact): Engine {
  const controller: Controller = createController(artifact)
  const count = artifact.control.published.length
  return {
    get state() {
      return controller.state
    },
    step(frame) {
      const { values, statuses, results, events } = controller.step(frame)
      // Own arrays: a replay makes many of these before the first is sent.
      const tags = { values: new Float64Array(count), statuses: new Uint16Array(count), events }
      controller.published(tags.values, tags.statuses)
      return { values, statuses, results, tags }
    },
    digest: () => controller.digest(),
    save: () => controller.save(),
    load: (bytes, at) => controller.load(bytes, at),
  }
}
