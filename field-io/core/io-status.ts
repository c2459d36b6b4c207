/** What the operator's system page shows of field-io, once a second. */
import type { IoStatusMessage } from '../../contracts/link.ts'
import { tipOfChain } from './chain.ts'
import { sendForces } from './force.ts'
import type { FieldIoState } from './state.ts'

const EVERY_MS = 1000
const NAMES = ['A', 'B'] as const

export function sendStatus(state: FieldIoState): void {
  if (state.now_ms - state.status.sent_ms < EVERY_MS) return
  state.status.sent_ms = state.now_ms
  state.effects.push({ type: 'send-gateway', message: ioStatus(state) })
  // Also where there are none: a gateway that came back, or a field-io that did, must not leave an old list standing.
  sendForces(state)
}

export function ioStatus(state: FieldIoState): IoStatusMessage {
  const { epoch, n } = tipOfChain(state.chain)
  return {
    type: 'io-status',
    at: { epoch, n },
    preferred: state.preferred,
    controllers: state.members.map(({ connected, joined, answer_ms }) => ({ connected, joined, answer_ms })),
    devices: state.devices.map((device, i) => ({
      id: state.config.artifact.io.devices[i]!.id,
      connected: device.connected,
      tripped: device.tripped,
      rtt_ms: device.rtt_ms,
      timeouts: device.timeouts,
      reconnects: Math.max(0, device.connection - 1),
    })),
    ticks_lost: state.ticks_lost,
    log_durable: !state.log.failed,
    alarms: alarms(state),
    pace: state.status.pace,
  }
}

function alarms(state: FieldIoState): string[] {
  const words: string[] = []
  if (state.phase !== 'running') words.push('field-io waits for a controller: outputs hold')
  else if (state.rules.holds(state.unanswered)) words.push('no controller answers: outputs hold')
  state.members.forEach((member, i) => {
    if (!member.connected) words.push(`controller ${NAMES[i]} is not connected`)
    else if (!member.joined) words.push(`controller ${NAMES[i]} is not joined`)
  })
  if (state.dispute !== undefined) words.push('the controllers differ: commands are not confirmed until they agree')
  if (state.log.failed) words.push('the frame log cannot be written: commands are refused')
  state.devices.forEach((device, i) => {
    const { id } = state.config.artifact.io.devices[i]!
    if (!device.connected) words.push(`${id} is not connected`)
    else if (device.tripped) words.push(`${id}: outputs at their fail values`)
  })
  for (const [text, until_tick] of state.status.notes) {
    if ((state.tick ?? 0) < until_tick) words.push(text)
    else state.status.notes.delete(text)
  }
  return words
}
