/** Putting a request on a path, and a class on the list of what is to be read. */
import type { ModbusRequest } from '../../../protocols/core/modbus/request.ts'
import type { DeviceState, Path, Purpose } from './device-state.ts'

export function ask(d: DeviceState, path: Path, purpose: Purpose, request: ModbusRequest, deadline_ms: number): void {
  const id = d.next_id++
  path.asked = { id, purpose, at_ms: d.now_ms }
  path.counters.requests++
  const probe = path.failures > 1
  const { unit } = path
  d.effects.push({ type: 'ask', path: d.paths.indexOf(path), id, unit, request, deadline_ms, probe })
}

export function markDue(d: DeviceState, index: number): void {
  const pass = d.passes[index]!
  if (pass.due) return
  pass.due = true
  pass.at = 0
  pass.answers = []
  pass.deadline_ms = d.now_ms + d.plan.classes[index]!.every * d.config.tick_ms
}
