/**
 * Stage 4: what people asked for, and the end of what they were given.
 *
 * A maintenance bypass needs the permit key, a reason, a work order, room in its group and in the unit, and enough votes left;
 * it ends by request, timer, key or loss of the control system's link. A start-up override ends with the first of process stable,
 * timer, end contact, and is never prolonged. A force to normal needs the key in PROGRAM as well.
 */
import { COMMAND, COMMAND_WIDTH, COMMANDS_MAX, EVENT, KEY, LATCH, ON_BYPASS, REFUSED, VOTE } from './codes.ts'
import type { SisInputs } from './inputs.ts'
import { note, type Soe } from './soe.ts'
import { OWN, type State } from './state.ts'
import { SLOTS, type Tables } from './tables.ts'

/** Closed and good; a contact that is not configured is `otherwise`. */
export const isClosed = (s: State, contact: number, otherwise: boolean): boolean =>
  contact < 0 ? otherwise : s.closed[contact] === 1

export function takeCommands(t: Tables, s: State, inputs: SisInputs, now: number, soe: Soe): void {
  const own = s.own
  own[OWN.reset] = 0
  own[OWN.start] = 0
  own[OWN.overrideAsked] = 0
  own[OWN.sequenceStart] = 0
  own[OWN.sequenceStop] = 0
  own[OWN.strokeAsked] = 0
  own[OWN.acknowledged] = 0
  const count = Math.min(inputs.command_count, COMMANDS_MAX)
  for (let i = 0; i < count; i++) {
    const at = i * COMMAND_WIDTH
    const kind = inputs.commands[at]!
    const target = inputs.commands[at + 1]!
    const refused = execute(t, s, inputs, at, now)
    if (refused !== 0) {
      note(soe, now, EVENT.refused, kind, target, refused)
      continue
    }
    note(soe, now, EVENT.accepted, kind, target, inputs.commands[at + 5]!)
    note(soe, now, EVENT.authority, kind, inputs.commands[at + 3]!, inputs.commands[at + 4]!)
  }
  // A reset button counts when it closes: held down it is one reset.
  for (let e = 0; e < t.effects; e++) {
    const contact = t.resetContact[e]!
    if (contact >= 0 && s.closed[contact] === 1 && s.contactWas[contact] === 0)
      own[OWN.reset] = own[OWN.reset]! | (1 << e)
  }
}

const known = (target: number, limit: number): boolean => target >= 0 && target < limit

/** 0, or the reason of the refusal. */
function execute(t: Tables, s: State, inputs: SisInputs, at: number, now: number): number {
  const own = s.own
  const kind = inputs.commands[at]!
  const target = inputs.commands[at + 1]!
  switch (kind) {
    case COMMAND.reset:
      if (target !== -1 && !known(target, t.effects)) return REFUSED.unknown
      own[OWN.reset] = own[OWN.reset]! | (target === -1 ? -1 : 1 << target)
      return 0
    case COMMAND.start:
      if (!known(target, t.effects)) return REFUSED.unknown
      if (s.latch[target] !== LATCH.waitingStartPermit) return REFUSED.state
      own[OWN.start] = own[OWN.start]! | (1 << target)
      return 0
    case COMMAND.mosOn:
      return bypass(t, s, inputs, at, now)
    case COMMAND.mosOff: {
      const channel = inputs.commands[at + 2]!
      if (!known(target, t.causes) || channel < 0 || channel >= t.n[target]!) return REFUSED.unknown
      s.mosSince[target * SLOTS + channel] = -1
      return 0
    }
    case COMMAND.startupOverride:
      if (!known(target, t.causes)) return REFUSED.unknown
      if (t.startupMax[target] === 0) return REFUSED.notAllowed
      if (s.startupSince[target]! >= 0) return REFUSED.running
      s.startupSince[target] = now
      s.stableSince[target] = -1
      return 0
    case COMMAND.effectOverride:
      if (!known(target, t.effects)) return REFUSED.unknown
      if (t.overrideMax[target] === 0) return REFUSED.notAllowed
      own[OWN.overrideAsked] = own[OWN.overrideAsked]! | (1 << target)
      return 0
    case COMMAND.forceTrip:
      if (!known(target, t.effects)) return REFUSED.unknown
      own[OWN.forceTrip] = own[OWN.forceTrip]! | (1 << target)
      return 0
    case COMMAND.forceTripOff:
      if (!known(target, t.effects)) return REFUSED.unknown
      own[OWN.forceTrip] = own[OWN.forceTrip]! & ~(1 << target)
      return 0
    case COMMAND.forceNormal:
      if (!known(target, t.effects)) return REFUSED.unknown
      if (inputs.key !== KEY.program) return REFUSED.key
      if (!isClosed(s, t.permit, false)) return REFUSED.noPermit
      if (inputs.commands[at + 4] === 0 || inputs.commands[at + 5] === 0) return REFUSED.noReason
      s.forceSince[target] = now
      return 0
    case COMMAND.forceNormalOff:
      if (!known(target, t.effects)) return REFUSED.unknown
      s.forceSince[target] = -1
      return 0
    case COMMAND.partialStroke:
      if (!known(target, t.elements)) return REFUSED.unknown
      if (t.stroke[target] === 0) return REFUSED.notAllowed
      own[OWN.strokeAsked] = own[OWN.strokeAsked]! | (1 << target)
      return 0
    case COMMAND.acknowledge:
      if (!known(target, t.causes)) return REFUSED.unknown
      own[OWN.acknowledged] = own[OWN.acknowledged]! | (1 << target)
      return 0
    case COMMAND.sequenceStart:
      if (!known(target, t.sequences)) return REFUSED.unknown
      own[OWN.sequenceStart] = own[OWN.sequenceStart]! | (1 << target)
      return 0
    case COMMAND.sequenceStop:
      if (!known(target, t.sequences)) return REFUSED.unknown
      own[OWN.sequenceStop] = own[OWN.sequenceStop]! | (1 << target)
      return 0
    default:
      return REFUSED.unknown
  }
}

function bypass(t: Tables, s: State, inputs: SisInputs, at: number, now: number): number {
  const cause = inputs.commands[at + 1]!
  const channel = inputs.commands[at + 2]!
  if (cause < 0 || cause >= t.causes || channel < 0 || channel >= t.n[cause]!) return REFUSED.unknown
  if (t.mosMax[cause] === 0) return REFUSED.notAllowed
  if (!isClosed(s, t.permit, false)) return REFUSED.noPermit
  if (inputs.commands[at + 4] === 0 || inputs.commands[at + 5] === 0) return REFUSED.noReason
  const slot = cause * SLOTS + channel
  let group = 0
  let unit = 0
  for (let i = 0; i < t.slots; i++) {
    if (i === slot || s.mosSince[i]! < 0) continue
    unit++
    if (i >= cause * SLOTS && i < (cause + 1) * SLOTS) group++
  }
  if (group + 1 > t.mosMax[cause]!) return REFUSED.groupLimit
  if (unit + 1 > t.mosUnitMax) return REFUSED.unitLimit
  const left = t.n[cause]! - group - 1
  const needed = t.onBypass[cause] === ON_BYPASS.reduce ? Math.max(1, t.m[cause]! - group - 1) : t.m[cause]!
  if (left < needed && inputs.commands[at + 6] === 0) return REFUSED.lastVote
  s.mosSince[slot] = now
  return 0
}

/** Timers, keys and links that end overrides; start contacts that begin one. */
export function endOverrides(t: Tables, s: State, inputs: SisInputs, now: number): void {
  const own = s.own
  const permitted = isClosed(s, t.permit, false)
  if (inputs.dcs_link === 1) own[OWN.linkSince] = -1
  else if (own[OWN.linkSince]! < 0) own[OWN.linkSince] = now
  const linkLost = own[OWN.linkSince]! >= 0 && now - own[OWN.linkSince]! >= t.linkLoss
  for (let i = 0; i < t.slots; i++) {
    const since = s.mosSince[i]!
    if (since < 0) continue
    const expired = t.mosRemove === 1 && now - since >= t.mosTime
    if (!permitted || linkLost || expired) s.mosSince[i] = -1
  }
  for (let e = 0; e < t.effects; e++) {
    const since = s.forceSince[e]!
    if (since >= 0 && (!permitted || inputs.key !== KEY.program || now - since >= t.forceTime)) s.forceSince[e] = -1
  }
  for (let c = 0; c < t.causes; c++) {
    if (t.startupMax[c] === 0) continue
    const contact = t.startupStart[c]!
    if (s.startupSince[c]! < 0) {
      if (contact < 0 || s.closed[contact] !== 1 || s.contactWas[contact] !== 0) continue
      s.startupSince[c] = now
      s.stableSince[c] = -1
    }
    // What the voter found in the last scan: this stage stands before it.
    const calm = s.rawWas[c] === 0 && s.result[c] === VOTE.clear && s.badSince[c]! < 0
    if (!calm) s.stableSince[c] = -1
    else if (s.stableSince[c]! < 0) s.stableSince[c] = now
    const stable = s.stableSince[c]! >= 0 && now - s.stableSince[c]! >= t.startupStable[c]!
    const over = now - s.startupSince[c]! >= t.startupMax[c]!
    if (stable || over || isClosed(s, t.startupEnd[c]!, false)) s.startupSince[c] = -1
  }
}
