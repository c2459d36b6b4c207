import type { CommandStateText, OperatorCommand } from '../../contracts/hmi-wire.ts'

/**
 * One command of this page from Enter to the controller's answer. Never optimistic: the screen shows the controller's
 * value throughout, and this record beside it.
 */
export interface CommandRecord {
  readonly command: OperatorCommand
  /** What the field showed when Enter was pressed. */
  readonly from: number | null
  readonly state: 'pending' | 'applied' | 'refused' | 'expired' | 'unknown'
  readonly reason: string
  /** Own clock of the last change of state, ms. */
  readonly at_ms: number
  /** Own clock at Enter, ms. */
  readonly sent_ms: number
}

/** Newest first, bounded: a page that is open for weeks must not grow. */
export type Commands = readonly CommandRecord[]

export const UNCONFIRMED_AFTER_MS = 5000
/** How long a tick stays beside a field. A refusal stays until the next command. */
export const APPLIED_SHOWN_MS = 4000
const KEPT_MAX = 50

/** Why a command may not be given now; "" when it may. Offline nothing is queued: it would act on an unseen plant. */
export function mayCommand(commands: Commands, operable: boolean): '' | 'offline' | 'busy' {
  if (!operable) return 'offline'
  return commands.some((c) => c.state === 'pending') ? 'busy' : ''
}

export function issue(commands: Commands, command: OperatorCommand, from: number | null, now_ms: number): Commands {
  const record: CommandRecord = { command, from, state: 'pending', reason: '', at_ms: now_ms, sent_ms: now_ms }
  return [record, ...commands].slice(0, KEPT_MAX)
}

/** The server's word. After `unknown` a late `applied` or `refused` still counts: the system goes on asking. */
export function answer(commands: Commands, text: CommandStateText, now_ms: number): Commands {
  const state = text.state === 'sent' ? 'pending' : text.state
  return commands.map((c) => {
    if (c.command.id !== text.id || isFinal(c) || (state === 'pending' && c.state === 'unknown')) return c
    return { ...c, state, reason: text.reason, at_ms: state === c.state ? c.at_ms : now_ms }
  })
}

/** Pending for too long is "not confirmed": nobody knows, and the operator is told to look. */
export function expire(commands: Commands, now_ms: number): Commands {
  if (!commands.some((c) => c.state === 'pending' && now_ms - c.sent_ms >= UNCONFIRMED_AFTER_MS)) return commands
  return commands.map((c) =>
    c.state === 'pending' && now_ms - c.sent_ms >= UNCONFIRMED_AFTER_MS
      ? { ...c, state: 'unknown' as const, reason: '', at_ms: now_ms }
      : c,
  )
}

/** The connection broke: what was on its way may or may not have arrived. It is not sent again. */
export function lose(commands: Commands, now_ms: number): Commands {
  return commands.map((c) =>
    c.state === 'pending' ? { ...c, state: 'unknown' as const, reason: 'link', at_ms: now_ms } : c,
  )
}

/** The newest command of a field, as long as it has something to say. */
export function lastOf(commands: Commands, tag: string, field: string, now_ms: number): CommandRecord | undefined {
  const last = commands.find((c) => c.command.tag === tag && c.command.field === field)
  return last?.state === 'applied' && now_ms - last.at_ms > APPLIED_SHOWN_MS ? undefined : last
}

const isFinal = (c: CommandRecord): boolean => c.state === 'applied' || c.state === 'refused' || c.state === 'expired'
