/** What may be asked of a cause or an effect as it stands. The safety system judges every request itself; this only spares useless ones. */
import type { SisOutline } from '../../contracts/hmi-sis.ts'
import { isTripped, SIS_CAUSE_ALARM, SIS_EFFECT_ALARM, SIS_LATCH } from '../../contracts/sis-codes.ts'
import type { SisSnapshotView } from './sis.ts'

export interface SisAction {
  readonly command:
    | 'reset'
    | 'start'
    | 'mos_on'
    | 'mos_off'
    | 'startup_override'
    | 'effect_override'
    | 'force_trip'
    | 'force_trip_off'
    | 'partial_stroke'
    | 'acknowledge'
    | 'sequence_start'
    | 'sequence_stop'
  readonly target: string
  readonly channel: string
  /** Behind the name of the action: an input, a final element, or "". */
  readonly detail: string
  /** It wants a reason and a work order. */
  readonly paper: boolean
}

export function actionsFor(
  target: { readonly kind: 'cause' | 'effect'; readonly id: string },
  o: SisOutline,
  s: SisSnapshotView,
): SisAction[] {
  return target.kind === 'cause' ? causeActions(o, s, target.id) : effectActions(o, s, target.id)
}

const action = (
  command: SisAction['command'],
  target: string,
  more: Partial<Pick<SisAction, 'channel' | 'detail' | 'paper'>> = {},
): SisAction => ({ command, target, channel: '', detail: '', paper: false, ...more })

function causeActions(o: SisOutline, s: SisSnapshotView, id: string): SisAction[] {
  const i = o.causes.findIndex((c) => c.id === id)
  const cause = o.causes[i]
  const now = s.causes[i]
  if (cause === undefined || now === undefined) return []
  const list: SisAction[] = []
  if (cause.mos_max > 0)
    cause.inputs.forEach((channel, k) => {
      const on = (now.bypass_left[k] ?? -1) >= 0
      list.push(action(on ? 'mos_off' : 'mos_on', id, { channel, detail: channel, paper: !on }))
    })
  if (cause.startup && now.startup_left < 0) list.push(action('startup_override', id, { paper: true }))
  if ((now.alarms & SIS_CAUSE_ALARM.tripped) !== 0) list.push(action('acknowledge', id))
  return list
}

function effectActions(o: SisOutline, s: SisSnapshotView, id: string): SisAction[] {
  const i = o.effects.findIndex((e) => e.id === id)
  const effect = o.effects[i]
  const now = s.effects[i]
  if (effect === undefined || now === undefined) return []
  const list: SisAction[] = []
  if (isTripped(now.state) && now.state !== SIS_LATCH.waitingStartPermit) list.push(action('reset', id))
  if (now.state === SIS_LATCH.waitingStartPermit) list.push(action('start', id))
  if (effect.override && isTripped(now.state)) list.push(action('effect_override', id, { paper: true }))
  const forced = (now.alarms & SIS_EFFECT_ALARM.forcedTrip) !== 0
  list.push(action(forced ? 'force_trip_off' : 'force_trip', id))
  if (now.state === SIS_LATCH.normal)
    for (const tag of effect.outputs)
      if (o.elements.find((e) => e.tag === tag)?.partial_stroke === true)
        list.push(action('partial_stroke', tag, { detail: tag }))
  // A sequence has no column of its own: it moves effects.
  for (const { id: sequence } of o.sequences)
    for (const command of ['sequence_start', 'sequence_stop'] as const)
      list.push(action(command, sequence, { detail: sequence }))
  return list
}
