/**
 * Forces: a person's value in the place of a point's own, for a limited time.
 *
 * An input's is put into the frame as Good with the flag `forced`, so that both controllers see the same and the recording shows it.
 * An output's takes the place of what the controllers decided; range and largest step bind it as they bind them. Its read-back
 * carries the flag meanwhile, by which the output block knows that it follows the device and starts from there when the force ends.
 *
 * Time is counted in ticks: a plant that is paused or runs faster takes its forces with it. They are kept in memory only: a
 * restart of field-io ends them, which is the safe side, and the next list says so. A return of a simulated run sets them back with it.
 */
import {
  FORCE_MS_MAX,
  FORCE_REFUSAL,
  type ForceMessage,
  type ForceState,
  type ForcesMessage,
  type UnforceMessage,
} from '../../contracts/link.ts'
import { FLAG, isBad, STATUS } from '../../contracts/status.ts'
import { tipOfChain } from './chain.ts'
import type { FieldIoConfig } from './events.ts'
import type { FieldIoState } from './state.ts'

/** Those that stand, by index into `artifact.control.inputs` and `.outputs`. */
export interface Forces {
  readonly inputs: Map<number, Force>
  readonly outputs: Map<number, Force>
}

export interface Force {
  readonly point: string
  readonly value: number
  readonly who: string
  readonly reason: string
  readonly since_ms: number
  readonly until_tick: number
}

export function onForce(state: FieldIoState, m: ForceMessage): void {
  const place = placeOf(state, m.point)
  const refusal = judge(state.config, m, place !== undefined)
  if (place !== undefined && refusal === FORCE_REFUSAL.none) {
    place.among.set(place.index, {
      point: m.point,
      value: m.value,
      who: m.who,
      reason: m.reason,
      since_ms: state.t_ms,
      until_tick: (state.tick ?? 0) + Math.ceil(m.for_ms / state.tick_ms),
    })
    sendForces(state)
  }
  state.effects.push({ type: 'send-gateway', message: { type: 'force-result', id: m.id, refusal } })
}

export function onUnforce(state: FieldIoState, m: UnforceMessage): void {
  const place = placeOf(state, m.point)
  let refusal: number = FORCE_REFUSAL.unknownPoint
  if (place !== undefined) {
    refusal = place.among.delete(place.index) ? FORCE_REFUSAL.none : FORCE_REFUSAL.notForced
    if (refusal === FORCE_REFUSAL.none) sendForces(state)
  }
  state.effects.push({ type: 'send-gateway', message: { type: 'force-result', id: m.id, refusal } })
}

/** At each tick, before its frame is made: the last frame of a force is the one before. */
export function expireForces(state: FieldIoState): void {
  let ended = false
  for (const among of [state.forces.inputs, state.forces.outputs]) {
    for (const [index, force] of among) {
      if ((state.tick ?? 0) < force.until_tick) continue
      among.delete(index)
      ended = true
    }
  }
  if (ended) sendForces(state)
}

export function sendForces(state: FieldIoState): void {
  state.effects.push({ type: 'send-gateway', message: forcesOf(state) })
}

/** To the conductor, beside the controllers' state: a snapshot of the whole run holds the forces too. */
export function tellForces(state: FieldIoState): void {
  state.effects.push({ type: 'send-conductor', message: forcesOf(state) })
}

/** A return of the whole run: those that stood then stand again, for what was left of their time, and no others. Answered with what stands. */
export function onForcesGiven(state: FieldIoState, { forces }: ForcesMessage): void {
  state.forces.inputs.clear()
  state.forces.outputs.clear()
  for (const { point, value, who, reason, since_ms, left_ms } of forces) {
    const place = placeOf(state, point)
    const refusal = judge(state.config, { point, value, for_ms: left_ms }, place !== undefined)
    if (place === undefined || refusal !== FORCE_REFUSAL.none) continue
    const until_tick = (state.tick ?? 0) + Math.ceil(left_ms / state.tick_ms)
    place.among.set(place.index, { point, value, who, reason, since_ms, until_tick })
  }
  sendForces(state)
  tellForces(state)
}

function forcesOf(state: FieldIoState): ForcesMessage {
  const { epoch, n } = tipOfChain(state.chain)
  const tick = state.tick ?? 0
  const forces = [...state.forces.inputs.values(), ...state.forces.outputs.values()].map(
    ({ point, value, who, reason, since_ms, until_tick }): ForceState => ({
      point,
      value,
      who,
      reason,
      since_ms,
      left_ms: Math.max(0, until_tick - tick) * state.tick_ms,
    }),
  )
  return { type: 'forces', at: { epoch, n }, forces }
}

/** Status of a forced input in the frame. */
export const FORCED_INPUT = STATUS.good | FLAG.forced

/** Status of a forced output's read-back: what the device says, with the flag. A read-back that is Bad stays Bad. */
export const forcedReadBack = (status: number): number => (isBad(status) ? status : status | FLAG.forced)

export const noForces = (): Forces => ({ inputs: new Map(), outputs: new Map() })

function placeOf(
  state: FieldIoState,
  point: string,
): { readonly among: Map<number, Force>; readonly index: number } | undefined {
  const { inputs, outputs } = state.config.artifact.control
  const input = inputs.findIndex((p) => p.point === point)
  if (input >= 0) return { among: state.forces.inputs, index: input }
  const output = outputs.findIndex((p) => p.point === point)
  return output < 0 ? undefined : { among: state.forces.outputs, index: output }
}

function judge(config: FieldIoConfig, m: Pick<ForceMessage, 'point' | 'value' | 'for_ms'>, known: boolean): number {
  const { inputs, outputs } = config.artifact.io
  if (!known) return FORCE_REFUSAL.unknownPoint
  if (!Number.isFinite(m.value)) return FORCE_REFUSAL.notFinite
  if (!(m.for_ms > 0 && m.for_ms <= FORCE_MS_MAX)) return FORCE_REFUSAL.duration
  const output = outputs.find((p) => p.point === m.point)
  const { type } = (output ?? inputs.find((p) => p.point === m.point))!
  if (type === 'bool' && m.value !== 0 && m.value !== 1) return FORCE_REFUSAL.outOfRange
  if (output !== undefined && (m.value < output.min || m.value > output.max)) return FORCE_REFUSAL.outOfRange
  return FORCE_REFUSAL.none
}
