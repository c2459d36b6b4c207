/** The compiled strategy as the engine of a member. */
import type { Artifact } from '../../contracts/artifact.ts'
import { createController } from './controller.ts'
import type { Engine } from './member.ts'

/** A cold controller of this artifact; published values go out with every scan. */
export function createEngine(artifact: Artifact): Engine {
  const controller = createController(artifact)
  const count = artifact.control.published.length
  return {
    get state() {
      return controller.state
    },
    step: (frame) => {
      const { values, statuses, results, events } = controller.step(frame)
      const tags = { values: new Float64Array(count), statuses: new Uint16Array(count), events: events.slice() }
      controller.published(tags.values, tags.statuses)
      return { values, statuses, results: results.slice(), tags }
    },
    digest: () => controller.digest(),
    save: () => controller.save(),
    load: (bytes, at) => controller.load(bytes, at),
  }
}
