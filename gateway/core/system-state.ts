/**
 * What the operator's system line says of the programs and devices. It is made from field-io's report; while
 * that is silent nothing is claimed: controllers are known only by the scans that they publish themselves.
 */

import type { SystemText } from '../../contracts/hmi-wire.ts'
import type { IoStatusMessage } from '../../contracts/link.ts'
import { type Freshness, IO_SILENCE_MS, isLive } from './staleness.ts'

export interface SystemView extends Freshness {
  readonly io: IoStatusMessage | null
  readonly io_connected: boolean
  /** Since each controller's own last scan, ms; Infinity: none, or its link is down. */
  readonly controller_age_ms: readonly [number, number]
  /** The gateway's own troubles in words. */
  readonly troubles: readonly string[]
}

type Controller = SystemText['controllers'][number]
type Device = SystemText['devices'][number]

const NAMES = ['A', 'B'] as const

export function systemText(v: SystemView, server_ms: number): SystemText {
  const live = isLive(v)
  const io = v.io !== null && v.io_age_ms <= IO_SILENCE_MS && v.io_connected ? v.io : null
  const preferred = v.io?.preferred ?? 0
  const alarms: string[] = []
  if (!v.io_connected) alarms.push('No connection to field I/O: commands are refused')
  else if (io === null) alarms.push('Field I/O is silent')
  if (!live)
    alarms.push(v.age_ms === Infinity ? 'No scan has come yet' : `No new scan for ${Math.floor(v.age_ms / 1000)} s`)
  if (io !== null) alarms.push(...io.alarms)
  alarms.push(...v.troubles)
  return {
    type: 'system',
    server_ms,
    live,
    age_ms: v.age_ms === Infinity ? -1 : Math.round(v.age_ms),
    epoch: Math.max(0, v.newest.epoch),
    n: Math.max(0, v.newest.n),
    preferred,
    controllers: NAMES.map((name, i) => ({ name, state: controllerState(v, io, i as 0 | 1, preferred) })),
    devices: (v.io?.devices ?? []).map((d) => ({ id: d.id, state: deviceState(d, io !== null) })),
    alarms,
    pace: io?.pace ?? null,
  }
}

function controllerState(
  v: SystemView,
  io: IoStatusMessage | null,
  index: 0 | 1,
  preferred: number,
): Controller['state'] {
  const known = io?.controllers[index]
  if (known !== undefined) {
    if (!known.connected) return 'lost'
    if (!known.joined) return 'out'
    return preferred === index ? 'active' : 'standby'
  }
  if (v.controller_age_ms[index] === Infinity) return 'lost'
  return preferred === index ? 'active' : 'standby'
}

function deviceState(d: IoStatusMessage['devices'][number], known: boolean): Device['state'] {
  if (!known || !d.connected) return 'lost'
  return d.tripped ? 'tripped' : 'good'
}

/** What changed between two system texts, in words for the journal. */
export function systemChanges(before: SystemText | null, after: SystemText): { tag: string; text: string }[] {
  const changes: { tag: string; text: string }[] = []
  if (before === null) return changes
  for (const c of after.controllers) {
    const was = before.controllers.find((b) => b.name === c.name)?.state
    if (was !== undefined && was !== c.state)
      changes.push({ tag: '', text: `Controller ${c.name}: ${was} -> ${c.state}` })
  }
  for (const d of after.devices) {
    const was = before.devices.find((b) => b.id === d.id)?.state
    if (was !== undefined && was !== d.state) changes.push({ tag: d.id, text: `Device ${d.id}: ${was} -> ${d.state}` })
  }
  if (before.live !== after.live)
    changes.push({ tag: '', text: after.live ? 'Scans come again' : 'Scans have stopped' })
  const paused = after.pace?.paused ?? false
  if ((before.pace?.paused ?? false) !== paused) changes.push({ tag: '', text: paused ? 'Plant paused' : 'Plant runs' })
  // A time inside an alarm's words changes every second without being news; other numbers are part of a name.
  const kind = (alarm: string): string => alarm.replace(/[\d.]+(?= (?:ms|s|min|h)\b)/g, '#')
  const stood = new Set(before.alarms.map(kind))
  const stands = new Set(after.alarms.map(kind))
  for (const alarm of after.alarms)
    if (!stood.has(kind(alarm)) && !alarm.startsWith('No ')) changes.push({ tag: '', text: `Alarm: ${alarm}` })
  for (const alarm of before.alarms)
    if (!stands.has(kind(alarm)) && !alarm.startsWith('No ')) changes.push({ tag: '', text: `Gone: ${alarm}` })
  return changes
}
