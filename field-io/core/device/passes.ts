/** Reading a device class by class: what is due, in which order, and what becomes of the answers. */
import { STATUS } from '../../../contracts/status.ts'
import type { DeviceState, Path } from './device-state.ts'
import { isDue } from './periods.ts'
import { finer, pollPlan } from './poll-plan.ts'
import { ask, markDue } from './requests.ts'
import { comeUp, unfit } from './stages.ts'

/** Marks what is due at this tick. What is still being read when it is due again is late, and counted. */
export function takeTick(d: DeviceState, tick: number): void {
  const last = d.tick
  d.tick = tick
  if (d.stage !== 'ready') return
  d.plan.classes.forEach(({ every, phase }, i) => {
    if (!isDue(last, tick, every, phase)) return
    if (d.passes[i]!.due) d.late++
    else markDue(d, i)
  })
}

/** Asks the next read of the pass that goes first. @returns whether any is due. */
export function askRead(d: DeviceState, path: Path): boolean {
  if (d.stage === 'reading') {
    d.passes.forEach((pass, i) => {
      if (!pass.done) markDue(d, i)
    })
  }
  const index = first(d)
  if (index < 0) return false
  const pass = d.passes[index]!
  const { function: code, address, quantity } = d.plan.classes[index]!.reads[pass.at]!
  d.reading = index
  ask(d, path, 'read', { function: code, address, quantity }, pass.deadline_ms)
  return true
}

/** Earliest deadline; slowest class first where all of them are waited for: the fastest is delivered last, and fresh. */
function first(d: DeviceState): number {
  const all = d.stage === 'reading' || d.config.time === 'granted'
  let found = -1
  for (let i = 0; i < d.passes.length; i++) {
    const pass = d.passes[i]!
    if (!pass.due) continue
    if (found < 0 || all || pass.deadline_ms < d.passes[found]!.deadline_ms) found = i
  }
  return found
}

export function onReadAnswer(d: DeviceState, path: Path, data: ArrayLike<number> | undefined): void {
  const index = d.reading
  const pass = d.passes[index]!
  if (!pass.due) return
  pass.answers.push(data)
  pass.at++
  if (pass.at < d.plan.classes[index]!.reads.length) return
  d.plan.decode(index, pass.answers, d.image)
  pass.due = false
  pass.done = true
  pass.at = 0
  pass.answers = []
  pass.sampled_ms = d.now_ms
  pass.sampled_tick = d.tick
  if (index === 0) d.written_since_read = false
  if (d.stage === 'reading') {
    if (d.passes.some((p) => !p.done)) return
    if (refusesAll(d)) {
      unfit(d, path, 'refuses every register that it is asked for')
      return
    }
    comeUp(d)
    deliver(d)
  } else if (index === 0 || isFresh(d)) deliver(d)
}

/**
 * The device does not know an address that it was asked for. It is asked more finely, first without the registers between its
 * points, then item by item; an item that it refuses by itself is Bad by configuration, and the others go on.
 */
export function onReadRefused(d: DeviceState, path: Path): void {
  const grain = finer(d.plan.grain, d.record.requests)
  if (grain === undefined) {
    onReadAnswer(d, path, undefined)
    return
  }
  d.plan = pollPlan(d.config.io, d.config.index, grain)
  for (const pass of d.passes) {
    pass.at = 0
    pass.answers = []
  }
}

/**
 * Whether a slower class may be delivered by itself: the read-backs that go with it must be later than everything that was written.
 */
const isFresh = (d: DeviceState): boolean => !d.passes[0]!.due && !d.written_since_read && d.write === undefined

function refusesAll({ image }: DeviceState): boolean {
  const refused = (status: number): boolean => status === STATUS.badConfigError
  const count = image.statuses.length + image.readback_statuses.length
  return count > 0 && image.statuses.every(refused) && image.readback_statuses.every(refused)
}

function deliver(d: DeviceState): void {
  const { image, passes, plan, config } = d
  let input_ages: Float64Array | undefined
  if (passes.length > 1) {
    input_ages = new Float64Array(image.values.length)
    passes.forEach((pass, i) => {
      const age = config.time === 'granted' ? d.tick - pass.sampled_tick : (d.now_ms - pass.sampled_ms) / config.tick_ms
      for (const position of plan.classes[i]!.inputs) input_ages![position] = Math.max(0, age)
    })
  }
  d.effects.push({
    type: 'read',
    read: {
      connection: d.connection,
      inputs: image.values.slice(),
      statuses: image.statuses.slice(),
      ...(input_ages === undefined ? {} : { input_ages }),
      readbacks: image.readbacks.slice(),
      readback_statuses: image.readback_statuses.slice(),
      tripped: image.tripped,
    },
  })
}
