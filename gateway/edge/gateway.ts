/**
 * The gateway's middle: scans, field-io's answers and browsers' texts come in; pictures, texts, journal rows and
 * commands go out. It knows no socket address: links and web server call it.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import type { Command, ScanEvent, TagFrame, TickId } from '../../contracts/frame.ts'
import {
  type ConfigText,
  encodeValues,
  type JournalEntry,
  type OperatorCommand,
  type ServerText,
  type SystemText,
} from '../../contracts/hmi-wire.ts'
import type { CommandResultMessage, ForceMessage, IoStatusMessage, UnforceMessage } from '../../contracts/link.ts'
import {
  type CommandEffect,
  type CommandEvent,
  type CommandMachine,
  createCommandMachine,
  onCommandEvent,
  renewSession,
  wantsSession,
} from '../core/command-machine.ts'
import { eventText } from '../core/event-text.ts'
import type { JournalLine } from '../core/journal-entry.ts'
import type { NorthboundView } from '../core/northbound.ts'
import { createSelection, offerScan } from '../core/scan-selection.ts'
import { isLive } from '../core/staleness.ts'
import { type SystemView, systemChanges, systemText } from '../core/system-state.ts'
import { createValueTable, snapshotOf, takeScan } from '../core/value-table.ts'
import { attend, type BrowserSession, sendHeartbeat, sendText, sendValues } from './browser-session.ts'
import type { Clock } from './clock.ts'
import { createForceDesk, type ForceDesk } from './force-desk.ts'
import { GatewayFault } from './gateway-fault.ts'
import type { Historian } from './historian.ts'
import type { Journal } from './journal.ts'
import type { SisLinkConfig } from './sis-config.ts'
import { noSisDesk, openSisDesk, type SisDesk } from './sis-desk.ts'

/** How often `tick` wants to be called, ms. */
export const GATEWAY_TICK_MS = 250
/**
 * Between two pictures, ms: a plant that runs faster than life makes hundreds of scans a second, which no eye follows.
 * Events are taken from every scan.
 */
export const PICTURE_MS_MIN = 50
/** The same for the safety system's picture; with nothing new it goes once a second. */
const SIS_MS_MIN = 200
/** Entries of the journal a page gets when it opens. */
const JOURNAL_AT_OPEN = 50

export interface GatewayParts {
  readonly artifact: Artifact
  readonly journal: Journal
  readonly historian: Historian
  readonly clock: Clock
  /** Hands a command to the link to field-io; lost where it is down. */
  sendCommand(command: Command): void
  /** The same for an order about a force; false where the link is down. Absent: there is never one. */
  readonly sendForce?: ((message: ForceMessage | UnforceMessage) => boolean) | undefined
}

export interface Gateway {
  readonly artifact: Artifact
  /** Another artifact runs: pages get a new config and a new picture; history goes on by name. */
  changeArtifact(artifact: Artifact): void
  controllerUp(index: 0 | 1, artifact_hash: string): void
  controllerDown(index: 0 | 1): void
  scan(frame: TagFrame): void
  ioLink(up: boolean): void
  ioStatus(status: IoStatusMessage): void
  /** field-io's last report as it came, and its age, ms (Infinity: none yet). */
  io(): { readonly connected: boolean; readonly age_ms: number; readonly status: IoStatusMessage | null }
  readonly forces: ForceDesk
  /** The safety system; one that has nothing to say where this run has none. */
  readonly sis: SisDesk
  /** From here on the safety system is heard. @throws GatewayFault GW_NO_SIS */
  openSis(config: SisLinkConfig, data_dir: string): Promise<void>
  commandResult(message: CommandResultMessage): void
  join(session: BrowserSession): void
  leave(session: BrowserSession): void
  command(session: BrowserSession, command: OperatorCommand): void
  tick(): void
  config(): ConfigText
  system(): SystemText
  /** The picture as it stands, for the northbound map. */
  northbound(): NorthboundView
  /** Says something to the journal and all pages. */
  note(text: string): void
  close(): void
}

interface State {
  artifact: Artifact
  tagsByName: CommandMachine['site']['tags']
  selection: ReturnType<typeof createSelection>
  table: ReturnType<typeof createValueTable>
  newest: TickId
  scan_mono_ms: number
  /** The newest scan, while it is too early to show it. */
  waiting: TagFrame | undefined
  picture_mono_ms: number
  io: IoStatusMessage | null
  io_mono_ms: number
  io_up: boolean
  readonly controller_mono_ms: [number, number]
  readonly other_artifact: [boolean, boolean]
  journal_trouble: string | null
  system: SystemText | null
  system_mono_ms: number
  sis: SisDesk
  sis_trouble: string | null
  sis_mono_ms: number
}

export function createGateway(parts: GatewayParts): Gateway {
  const { journal, historian, clock } = parts
  const sessions = new Set<BrowserSession>()
  const s = initialState(parts.artifact)
  const machine = createCommandMachine(journal.nextSession(clock.wall_ms()), siteOf(s))

  const broadcast = (text: ServerText): void => {
    const json = JSON.stringify(text)
    for (const session of sessions) sendText(session, json)
  }

  /** Runs a write to the journal; what it cannot keep is an alarm, and everything but commands goes on. */
  const journalled = (write: () => JournalEntry[]): boolean => {
    try {
      const entries = write()
      s.journal_trouble = null
      if (entries.length > 0) broadcast({ type: 'journal', entries })
      return true
    } catch (cause) {
      s.journal_trouble = cause instanceof GatewayFault ? cause.what : String(cause)
      return false
    }
  }

  const line = (kind: JournalLine['kind'], station: string, tag: string, text: string): JournalLine => ({
    t_ms: clock.wall_ms(),
    kind,
    station,
    tag,
    text,
  })

  const forces = createForceDesk({
    artifact: () => s.artifact,
    send: (message) => parts.sendForce?.(message) ?? false,
    journal(lines) {
      const entries = journal.append(lines.map((l) => ({ t_ms: clock.wall_ms(), ...l })))
      broadcast({ type: 'journal', entries })
    },
  })

  const commandEvent = (event: CommandEvent): void => {
    run(onCommandEvent(machine, event))
  }

  const run = (effects: readonly CommandEffect[]): void => {
    for (const e of effects) {
      switch (e.type) {
        case 'journal-open': {
          const c = e.command
          const row = line('command', c.station_name, c.tag, `${c.text}: sent`)
          if (journalled(() => [journal.openCommand(row, c)])) break
          commandEvent({ type: 'journal-failed', seq: c.seq })
          return
        }
        case 'journal-closed': {
          const c = e.command
          const text = `${c.text}: ${e.state}${e.reason === '' ? '' : `, ${e.reason}`}`
          journalled(() => [journal.closeCommand(line('command', c.station_name, c.tag, text), c.seq)])
          break
        }
        case 'journal-note':
          journalled(() => journal.append([line('command', e.station_name, e.tag, e.text)]))
          break
        case 'send':
          parts.sendCommand(e.command)
          break
        case 'tell':
          for (const session of sessions) if (session.station === e.station_name) sendText(session, e.text)
          break
      }
    }
  }

  const view = (): SystemView => {
    const now = clock.mono_ms()
    const { achieved, factor, paused } = s.io?.pace ?? { achieved: 1, factor: 1, paused: false }
    const troubles: string[] = []
    for (const i of [0, 1] as const) {
      if (s.other_artifact[i]) troubles.push(`Controller ${'AB'[i]} runs another configuration than the operator's`)
    }
    troubles.push(...forces.alarms())
    if (s.journal_trouble !== null) troubles.push(`Commands are refused: ${s.journal_trouble}`)
    if (s.sis_trouble !== null) troubles.push(s.sis_trouble)
    if (historian.trouble !== null) troubles.push(`History is not recorded: ${historian.trouble}`)
    return {
      tick_ms: s.artifact.tick_ms,
      pace: s.io?.pace === null || s.io === null ? null : { achieved, factor, paused },
      age_ms: now - s.scan_mono_ms,
      newest: s.newest,
      io_age_ms: now - s.io_mono_ms,
      io_at: s.io?.at ?? null,
      io: s.io,
      io_connected: s.io_up,
      controller_age_ms: [now - s.controller_mono_ms[0], now - s.controller_mono_ms[1]],
      troubles,
    }
  }

  let pending: NodeJS.Timeout | undefined
  const show = (): void => {
    clearTimeout(pending)
    const frame = s.waiting
    if (frame === undefined) return
    s.waiting = undefined
    s.picture_mono_ms = clock.mono_ms()
    const changes = takeScan(s.table, frame)
    if (changes === undefined) return
    historian.record(changes, s.table)
    const bytes = encodeValues(changes)
    for (const session of sessions) sendValues(session, changes, bytes, s.table, s.picture_mono_ms)
  }

  let sisPending: NodeJS.Timeout | undefined
  const showSis = (): void => {
    clearTimeout(sisPending)
    sisPending = undefined
    s.sis_mono_ms = clock.mono_ms()
    const json = JSON.stringify(s.sis.text())
    for (const session of sessions) sendHeartbeat(session, json, s.sis_mono_ms)
  }
  /** At once, but no faster than an eye follows. */
  const sisNews = (): void => {
    const wait_ms = s.sis_mono_ms + SIS_MS_MIN - clock.mono_ms()
    if (wait_ms <= 0) showSis()
    else sisPending ??= setTimeout(showSis, wait_ms)
  }

  const gateway: Gateway = {
    get artifact() {
      return s.artifact
    },
    changeArtifact(artifact) {
      if (artifact.hash === s.artifact.hash) return
      s.waiting = undefined
      s.artifact = artifact
      s.tagsByName = namesOf(artifact)
      s.table = createValueTable(artifact.control.published)
      machine.site = siteOf(s)
      historian.changeKeys(
        artifact.control.published.map((p) => p.key),
        artifact.tick_ms,
      )
      // A backlog of the old picture has no meaning in the new one, so pages connect again and get it whole.
      for (const session of sessions) session.socket.close(1012, 'another configuration runs')
      gateway.note(`Configuration changed: ${artifact.title} ${artifact.hash.slice(0, 8)}`)
    },
    controllerUp(index, artifact_hash) {
      s.other_artifact[index] = artifact_hash !== s.artifact.hash
    },
    controllerDown(index) {
      s.controller_mono_ms[index] = -Infinity
    },
    scan(frame) {
      if (frame.values.length !== s.table.values.length) {
        s.other_artifact[frame.controller] = true
        return
      }
      const now = clock.mono_ms()
      s.controller_mono_ms[frame.controller] = now
      const { newest, events } = offerScan(s.selection, frame)
      if (newest) {
        s.newest = s.selection.newest
        s.scan_mono_ms = now
        if (s.waiting === undefined) {
          const wait_ms = s.picture_mono_ms + PICTURE_MS_MIN - now
          if (wait_ms > 0) pending = setTimeout(show, wait_ms)
        }
        s.waiting = frame
        if (now - s.picture_mono_ms >= PICTURE_MS_MIN) show()
      }
      if (events.length > 0) recordEvents(frame, events)
    },
    ioLink(up) {
      s.io_up = up
      if (!up) forces.lost()
      commandEvent({ type: 'link', now_ms: clock.mono_ms(), up })
    },
    ioStatus(status) {
      s.io = status
      s.io_mono_ms = clock.mono_ms()
      machine.site = siteOf(s)
    },
    io: () => ({ connected: s.io_up, age_ms: clock.mono_ms() - s.io_mono_ms, status: s.io }),
    forces,
    get sis() {
      return s.sis
    },
    async openSis(config, data_dir) {
      try {
        s.sis = await openSisDesk(config, {
          clock,
          data_dir,
          journal(lines) {
            const entries = journal.append(lines.map((l) => ({ t_ms: clock.wall_ms(), ...l })))
            broadcast({ type: 'journal', entries })
          },
          on_news: sisNews,
        })
      } catch (cause) {
        if (!(cause instanceof GatewayFault)) throw cause
        // Operators are better off with a screen that says so than without one.
        s.sis_trouble = cause.what
      }
    },
    commandResult: ({ result }) => commandEvent({ type: 'result', result }),
    join(session) {
      sendText(session, gateway.config())
      if (s.table.filled) session.socket.send(encodeValues(snapshotOf(s.table)))
      sendText(session, s.system ?? gateway.system())
      sendText(session, s.sis.text())
      sendText(session, { type: 'journal', entries: journal.latest(JOURNAL_AT_OPEN) })
      sessions.add(session)
    },
    leave: (session) => void sessions.delete(session),
    command(session, command) {
      commandEvent({ type: 'submit', now_ms: clock.mono_ms(), station_name: session.station, command })
    },
    tick() {
      const now = clock.mono_ms()
      commandEvent({ type: 'tick', now_ms: now })
      if (wantsSession(machine)) {
        journalled(() => {
          renewSession(machine, journal.nextSession(clock.wall_ms()))
          return []
        })
      }
      for (const session of sessions) attend(session, s.table, now)
      if (now - s.system_mono_ms < 1000 - GATEWAY_TICK_MS / 2) return
      s.system_mono_ms = now
      const before = s.system
      s.system = systemText(view(), clock.wall_ms())
      if (before?.live === true && !s.system.live) historian.gap(s.table.t_ms)
      const news = systemChanges(before, s.system)
      if (news.length > 0) journalled(() => journal.append(news.map((c) => line('system', '', c.tag, c.text))))
      const json = JSON.stringify(s.system)
      for (const session of sessions) sendHeartbeat(session, json, now)
      if (s.sis === noSisDesk) return
      s.sis.tick()
      showSis()
    },
    config: () => ({
      type: 'config',
      artifact: s.artifact.hash,
      title: s.artifact.title,
      tick_ms: s.artifact.tick_ms,
      tags: s.artifact.tags,
      displays: s.artifact.displays,
      published: s.artifact.control.published.length,
      server_ms: clock.wall_ms(),
    }),
    system: () => systemText(view(), clock.wall_ms()),
    northbound: () => ({
      published: s.artifact.control.published,
      table: s.table,
      live: isLive(view()),
      age_ms: clock.mono_ms() - s.scan_mono_ms,
    }),
    note: (text) => void journalled(() => journal.append([line('system', '', '', text)])),
    close() {
      clearTimeout(sisPending)
      s.sis.close()
      show()
      for (const session of sessions) session.socket.close(1001, 'the gateway ends')
      sessions.clear()
    },
  }

  const recordEvents = (frame: TagFrame, events: readonly ScanEvent[]): void => {
    journalled(() =>
      journal.appendEvents(frame, events, (event) => ({
        t_ms: frame.t_ms,
        kind: 'event',
        station: '',
        ...eventText(s.artifact.control.blocks, s.artifact.control.writable, event),
      })),
    )
  }

  commandEvent({ type: 'resume', now_ms: clock.mono_ms(), commands: journal.openCommands() })
  gateway.note('Gateway started')
  return gateway
}

const initialState = (artifact: Artifact): State => ({
  artifact,
  tagsByName: namesOf(artifact),
  selection: createSelection(),
  table: createValueTable(artifact.control.published),
  newest: { epoch: 0, n: -1 },
  scan_mono_ms: -Infinity,
  waiting: undefined,
  picture_mono_ms: -Infinity,
  io: null,
  io_mono_ms: -Infinity,
  io_up: false,
  controller_mono_ms: [-Infinity, -Infinity],
  other_artifact: [false, false],
  journal_trouble: null,
  system: null,
  system_mono_ms: -Infinity,
  sis: noSisDesk,
  sis_trouble: null,
  sis_mono_ms: -Infinity,
})

const namesOf = (artifact: Artifact): CommandMachine['site']['tags'] =>
  new Map(artifact.tags.map((tag) => [tag.tag, tag]))

const siteOf = (s: State): CommandMachine['site'] => ({
  tags: s.tagsByName,
  tick_ms: s.artifact.tick_ms,
  // The last is that of a simulated plant's scenario, which writes as an operator does.
  stations: Math.max(1, s.artifact.control.stations.count - 1),
  pace: s.io?.pace ?? null,
})
