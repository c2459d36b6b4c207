/**
 * Operators' commands on their way: each is applied at most once, and its outcome is found out however often
 * messages are lost, doubled or late, and whoever restarts.
 *
 * A station has one open command: with two, the controllers' memory of one number per station would take the
 * overtaken one for a duplicate. It is journalled before it is sent, sent again until answered (the number makes that
 * harmless), and asked for as VOID once the operator has been told `unknown`: VOID closes the number, so a copy that is
 * still under way can never apply later. After a restart of the gateway every command left open is voided first.
 *
 * `onCommandEvent(machine, event)` changes the machine and returns what is to be done, in order. When a
 * `journal-open` cannot be made durable, the caller drops the effects after it and says `journal-failed`.
 * @see docs/architecture.md "The execution model", commands
 */

import type { TagRecord } from '../../contracts/artifact.ts'
import { COMMAND_KIND, type Command, type CommandResult, OUTCOME, REFUSAL } from '../../contracts/frame.ts'
import type { CommandStateText, OperatorCommand } from '../../contracts/hmi-wire.ts'
import { commandText, outcomeText } from './command-text.ts'
import { type Pace, ttlTicks } from './staleness.ts'

/** Silence after which the operator is told that the outcome is not known, ms. */
export const UNKNOWN_AFTER_MS = 5000
/** Between two askings, ms. */
export const RESEND_MS = 1000
/** Numbers of one session: seq = session * 2^20 + k stays a safe integer. */
export const SESSION_SPAN = 2 ** 20
/** Outcomes that are remembered by the browser's own id, so that a doubled text is answered and not executed. */
export const FINISHED_MAX = 256

/** What the controllers' side must know to take a command; changes with the artifact and the pace. */
export interface CommandSite {
  readonly tags: ReadonlyMap<string, TagRecord>
  readonly tick_ms: number
  /** Station numbers the controllers have memory for. */
  readonly stations: number
  readonly pace: Pace
}

/** As it stands in the journal before it is sent. */
export interface OpenCommand {
  readonly station: number
  readonly station_name: string
  readonly seq: number
  readonly id: string
  readonly tag: string
  readonly field: OperatorCommand['field']
  readonly value: number
  readonly text: string
  readonly expected: number | null
  readonly epoch: number
  readonly n: number
  readonly ttl_ticks: number
  readonly target: number
}

interface Asking {
  readonly command: OpenCommand
  readonly opened_ms: number
  asked_ms: number
  /** Copies of the command, not of its VOID, that have been sent. */
  copies: number
  /** VOID is sent instead of the command. */
  voiding: boolean
  /** The operator was told `unknown`. */
  unknown: boolean
}

export interface CommandMachine {
  session: number
  k: number
  site: CommandSite
  link_up: boolean
  /** By station number. */
  readonly open: Map<number, Asking>
  /** Station name that holds a number; a number without an open command may pass to another name. */
  readonly holders: Map<number, string>
  /** `station_name id` -> the last thing that was said about it. */
  readonly told: Map<string, CommandStateText>
}

/** Half of the session's numbers are used: the caller makes another session durable and calls `renewSession`. */
export const wantsSession = (m: CommandMachine): boolean => m.k > SESSION_SPAN / 2

/** Numbers go on in a higher session; commands that are open keep theirs. */
export function renewSession(m: CommandMachine, session: number): void {
  m.session = session
  m.k = 0
}

export type CommandEvent =
  | {
      readonly type: 'submit'
      readonly now_ms: number
      readonly station_name: string
      readonly command: OperatorCommand
    }
  | { readonly type: 'result'; readonly result: CommandResult }
  | { readonly type: 'tick'; readonly now_ms: number }
  | { readonly type: 'link'; readonly now_ms: number; readonly up: boolean }
  | { readonly type: 'journal-failed'; readonly seq: number }
  /** After a restart: what the journal has as open. */
  | { readonly type: 'resume'; readonly now_ms: number; readonly commands: readonly OpenCommand[] }

export type CommandEffect =
  | { readonly type: 'journal-open'; readonly command: OpenCommand }
  | { readonly type: 'send'; readonly command: Command }
  | {
      readonly type: 'journal-closed'
      readonly command: OpenCommand
      readonly state: CommandStateText['state']
      readonly reason: string
    }
  /** A command that was never opened: for the journal only. */
  | { readonly type: 'journal-note'; readonly station_name: string; readonly tag: string; readonly text: string }
  | { readonly type: 'tell'; readonly station_name: string; readonly text: CommandStateText }

/** @param session - above every session ever used, durable before this call */
export const createCommandMachine = (session: number, site: CommandSite): CommandMachine => ({
  session,
  k: 0,
  site,
  link_up: false,
  open: new Map(),
  holders: new Map(),
  told: new Map(),
})

export function onCommandEvent(m: CommandMachine, event: CommandEvent): CommandEffect[] {
  switch (event.type) {
    case 'submit':
      return submit(m, event.now_ms, event.station_name, event.command)
    case 'result':
      return close(m, event.result)
    case 'tick':
      return askAgain(m, event.now_ms)
    case 'link': {
      const came = event.up && !m.link_up
      m.link_up = event.up
      return came ? askAll(m, event.now_ms) : []
    }
    case 'journal-failed':
      return withdraw(m, event.seq)
    case 'resume':
      return resume(m, event.now_ms, event.commands)
  }
}

function submit(m: CommandMachine, now_ms: number, station_name: string, c: OperatorCommand): CommandEffect[] {
  const before = m.told.get(`${station_name} ${c.id}`)
  // The same text came twice: it is answered with what is known, never executed again.
  if (before !== undefined) return [{ type: 'tell', station_name, text: before }]

  const tag = m.site.tags.get(c.tag)
  const text = commandText(tag, c.field, c.value)
  const refuse = (reason: string): CommandEffect[] => [
    { type: 'journal-note', station_name, tag: c.tag, text: `${text}: refused, ${reason}` },
    tell(m, station_name, { type: 'command-state', id: c.id, state: 'refused', reason }),
  ]
  if (tag === undefined) return refuse('this tag does not exist: reload the page')
  const target = tag.writable[c.field]
  if (target === undefined) return refuse(`${c.field} of this tag cannot be changed`)
  if (!m.link_up) return refuse('no connection to field I/O: nothing was sent')
  if (m.site.pace?.paused === true) return refuse('the plant is paused: nothing was sent')
  const station = stationFor(m, station_name)
  if (station === undefined) return refuse('all operator stations of this system are in use')
  const standing = m.open.get(station)
  if (standing !== undefined) {
    return refuse(
      `the last command of this station has no answer yet (${standing.command.tag} ${standing.command.text})`,
    )
  }
  if (m.k >= SESSION_SPAN - 1) return refuse('the gateway has used up its command numbers: restart it')

  m.holders.set(station, station_name)
  m.k++
  const command: OpenCommand = {
    station,
    station_name,
    seq: m.session * SESSION_SPAN + m.k,
    id: c.id,
    tag: c.tag,
    field: c.field,
    value: c.value,
    text,
    expected: c.expected,
    epoch: c.epoch,
    n: c.n,
    ttl_ticks: ttlTicks(m.site.tick_ms, m.site.pace),
    target,
  }
  const asking: Asking = { command, opened_ms: now_ms, asked_ms: now_ms, copies: 1, voiding: false, unknown: false }
  m.open.set(station, asking)
  return [
    { type: 'journal-open', command },
    { type: 'send', command: onWire(asking) },
    tell(m, station_name, { type: 'command-state', id: c.id, state: 'sent', reason: '' }),
  ]
}

function close(m: CommandMachine, result: CommandResult): CommandEffect[] {
  const asking = m.open.get(result.station)
  // An answer to an earlier number is a duplicate: that number was closed by its first answer.
  if (asking === undefined || asking.command.seq !== result.seq) return []
  if (result.refusal === REFUSAL.notRecorded && result.outcome === OUTCOME.refused) {
    // Such a refusal is field-io's own: it does not close the number, so another copy on its way could still apply.
    if (asking.voiding || asking.copies > 1) {
      asking.voiding = true
      return []
    }
  }
  m.open.delete(result.station)
  const { command } = asking
  const { state, reason } = outcomeText(result.outcome, result.refusal, command.field)
  return [
    { type: 'journal-closed', command, state, reason },
    tell(m, command.station_name, { type: 'command-state', id: command.id, state, reason }),
  ]
}

function askAgain(m: CommandMachine, now_ms: number): CommandEffect[] {
  const effects: CommandEffect[] = []
  for (const asking of m.open.values()) {
    if (!asking.unknown && now_ms - asking.opened_ms >= UNKNOWN_AFTER_MS) {
      asking.unknown = true
      asking.voiding = true
      const reason = 'no answer yet: whether it was applied is not known, the system goes on asking'
      const { station_name, id } = asking.command
      effects.push(tell(m, station_name, { type: 'command-state', id, state: 'unknown', reason }))
    }
    if (now_ms - asking.asked_ms < RESEND_MS) continue
    asking.asked_ms = now_ms
    if (m.link_up) effects.push(ask(asking))
  }
  return effects
}

function askAll(m: CommandMachine, now_ms: number): CommandEffect[] {
  return [...m.open.values()].map((asking) => {
    asking.asked_ms = now_ms
    return ask(asking)
  })
}

function ask(asking: Asking): CommandEffect {
  if (!asking.voiding) asking.copies++
  return { type: 'send', command: onWire(asking) }
}

function withdraw(m: CommandMachine, seq: number): CommandEffect[] {
  for (const [station, { command }] of m.open) {
    if (command.seq !== seq) continue
    m.open.delete(station)
    const reason = 'the journal cannot be written, and nothing is done that is not journalled: nothing was sent'
    return [tell(m, command.station_name, { type: 'command-state', id: command.id, state: 'refused', reason })]
  }
  return []
}

function resume(m: CommandMachine, now_ms: number, commands: readonly OpenCommand[]): CommandEffect[] {
  const effects: CommandEffect[] = []
  for (const command of commands) {
    const opened_ms = now_ms - UNKNOWN_AFTER_MS
    const asking: Asking = { command, opened_ms, asked_ms: now_ms, copies: 1, voiding: true, unknown: true }
    m.open.set(command.station, asking)
    m.holders.set(command.station, command.station_name)
    if (m.link_up) effects.push(ask(asking))
  }
  return effects
}

/** The number this name holds, or one that is free: never held, else the one whose holder came first. */
function stationFor(m: CommandMachine, name: string): number | undefined {
  for (const [station, holder] of m.holders) if (holder === name && station < m.site.stations) return station
  for (let station = 0; station < m.site.stations; station++) if (!m.holders.has(station)) return station
  for (const station of m.holders.keys()) {
    if (m.open.has(station) || station >= m.site.stations) continue
    m.holders.delete(station)
    return station
  }
  return undefined
}

function onWire({ command: c, voiding }: Asking): Command {
  return {
    station: c.station,
    seq: c.seq,
    kind: voiding ? COMMAND_KIND.void : COMMAND_KIND.set,
    epoch: c.epoch,
    n: c.n,
    ttl_ticks: c.ttl_ticks,
    target: c.target,
    value: c.value,
    expected: c.expected ?? Number.NaN,
  }
}

function tell(m: CommandMachine, station_name: string, text: CommandStateText): CommandEffect {
  const key = `${station_name} ${text.id}`
  m.told.delete(key)
  m.told.set(key, text)
  for (const oldest of m.told.keys()) {
    if (m.told.size <= FINISHED_MAX) break
    m.told.delete(oldest)
  }
  return { type: 'tell', station_name, text }
}
