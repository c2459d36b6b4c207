import type { SisText } from '../../contracts/hmi-sis.ts'
import type { ConfigText, JournalEntry, OperatorCommand, ServerText, SystemText } from '../../contracts/hmi-wire.ts'
import { decodeValues } from '../../contracts/hmi-wire.ts'
import { answer, type Commands, expire, issue, lose, mayCommand } from '../model/commands.ts'
import { type LinkEvent, type LinkHealth, type LinkState, linkHealth, linkStart, stepLink } from '../model/link.ts'
import { createTagStore, type TagStore } from '../model/tag-store.ts'
import { createTrends, type Trends } from './trends.ts'

/** What is true of the station as a whole, renewed four times a second and with every message. */
export interface StationState {
  readonly health: LinkHealth
  readonly config: ConfigText | null
  readonly system: SystemText | null
  /** The safety system; null before the gateway has said anything of one. */
  readonly sis: SisText | null
  /** The controllers' scans have stopped although the gateway answers. */
  readonly dataStopped: boolean
  /** Age of the newest scan, ms, whole half seconds while it is old so that little is drawn anew. */
  readonly dataAge_ms: number
  /** Server clock of the last moment at which the values were true, ms since 1970. */
  readonly frozenAt_ms: number
  readonly commands: Commands
  /** Newest last. */
  readonly journal: readonly JournalEntry[]
  /** Round trip of the last ping, ms; null before the first. */
  readonly roundTrip_ms: number | null
  /** A message that was no message of ours closed the connection; "" otherwise. */
  readonly protocolFault: string
}

export interface Station {
  /** As it stands in the journal. */
  readonly name: string
  readonly store: TagStore
  readonly trends: Trends
  readonly state: () => StationState
  subscribe(callback: () => void): () => void
  /** Server clock now, ms since 1970. */
  readonly serverNow_ms: () => number
  /** May the operator act? Only on values that are live. */
  readonly operable: () => boolean
  command(tag: string, field: OperatorCommand['field'], value: number, expected: number | null): void
  start(): void
  stop(): void
}

const JOURNAL_KEPT = 200
const PING_EVERY_MS = 5000
/** Without a tag that scans slower, the controllers are called stopped after this age. */
const DATA_STOPPED_AFTER_MS = 3000

export function createStation(name: string, url: string): Station {
  const store = createTagStore()
  const trends = createTrends(store)
  const page = `${name}-${Math.floor(performance.timeOrigin).toString(36)}-${Math.floor(Math.random() * 1e6).toString(36)}`
  const listeners = new Set<() => void>()
  let link: LinkState = linkStart
  let socket: WebSocket | null = null
  let timer = 0
  let serverOffset_ms = 0
  let systemAt_ms = 0
  let lastPing_ms = 0
  let sent = 0
  let state: StationState = {
    health: 'connecting',
    config: null,
    system: null,
    sis: null,
    dataStopped: false,
    dataAge_ms: 0,
    frozenAt_ms: 0,
    commands: [],
    journal: [],
    roundTrip_ms: null,
    protocolFault: '',
  }

  const now = () => performance.now()
  const serverNow_ms = () => Date.now() + serverOffset_ms
  const publish = (change: Partial<StationState>) => {
    const keys = Object.keys(change) as (keyof StationState)[]
    if (keys.every((k) => Object.is(state[k], change[k]))) return
    state = { ...state, ...change }
    for (const callback of listeners) callback()
  }

  const dispatch = (event: LinkEvent) => {
    const step = stepLink(link, event)
    link = step.state
    for (const effect of step.effects) {
      if (effect === 'connect') connect()
      if (effect === 'send-open') sendText({ type: 'open', station: name })
      if (effect === 'drop') closeSocket()
      if (effect === 'lost') {
        trends.gap()
        publish({ commands: lose(state.commands, now()) })
      }
      if (effect === 'restored') trends.backfill()
    }
    refresh()
  }

  /** What follows from the clock alone. */
  const refresh = () => {
    const health = linkHealth(link, now())
    const s = state.system
    const age_ms = s === null ? 0 : s.age_ms + (now() - systemAt_ms)
    const dataStopped = s !== null && (!s.live || age_ms > DATA_STOPPED_AFTER_MS)
    const change: Partial<StationState> = {
      health,
      dataStopped: health === 'frozen' ? state.dataStopped : dataStopped,
      dataAge_ms: age_ms < 1900 ? 0 : Math.floor(age_ms / 500) * 500,
      commands: expire(state.commands, now()),
    }
    if (health !== 'frozen')
      Object.assign(change, { frozenAt_ms: s === null ? 0 : s.server_ms - (dataStopped ? s.age_ms : 0) })
    publish(change)
  }

  const connect = () => {
    closeSocket()
    const ws = new WebSocket(url)
    ws.binaryType = 'arraybuffer'
    socket = ws
    // A socket that was given up may still speak: it is not listened to.
    const mine = (handle: () => void) => () => {
      if (socket === ws) handle()
    }
    ws.onopen = mine(() => dispatch({ type: 'opened', now_ms: now() }))
    ws.onclose = mine(() => dispatch({ type: 'closed', now_ms: now(), chance: Math.random() }))
    ws.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== ws) return
      try {
        if (typeof message.data === 'string') receiveText(JSON.parse(message.data) as ServerText)
        else receiveValues(message.data)
      } catch (cause) {
        publish({ protocolFault: String(cause) })
        closeSocket()
        dispatch({ type: 'closed', now_ms: now(), chance: Math.random() })
      }
    }
  }

  const closeSocket = () => {
    const old = socket
    socket = null
    old?.close()
  }

  const sendText = (text: object) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(text))
  }

  const receiveValues = (data: ArrayBuffer) => {
    const message = decodeValues(data)
    store.apply(message)
    if (message.snapshot) dispatch({ type: 'snapshot', now_ms: now() })
  }

  const receiveText = (text: ServerText) => {
    switch (text.type) {
      case 'config':
        serverOffset_ms = text.server_ms - Date.now()
        store.configure(text)
        trends.configure(text)
        publish({ config: text, protocolFault: '' })
        return dispatch({ type: 'config', now_ms: now() })
      case 'system':
        serverOffset_ms = text.server_ms - Date.now()
        systemAt_ms = now()
        publish({ system: text })
        return dispatch({ type: 'heartbeat', now_ms: now() })
      case 'command-state':
        return publish({ commands: answer(state.commands, text, now()) })
      case 'sis':
        return publish({ sis: steady(state.sis, text) })
      case 'journal':
        return publish({ journal: mergeJournal(state.journal, text.entries) })
      case 'pong':
        return publish({ roundTrip_ms: Math.max(0, Math.round(now() - text.t)) })
    }
  }

  const operable = () => (state.health === 'ok' || state.health === 'slow') && !state.dataStopped

  const tick = () => {
    dispatch({ type: 'tick', now_ms: now(), chance: Math.random() })
    if (link.phase === 'live' && now() - lastPing_ms > PING_EVERY_MS) {
      lastPing_ms = now()
      sendText({ type: 'ping', t: now() })
    }
  }

  return {
    name,
    store,
    trends,
    state: () => state,
    subscribe: (callback) => {
      listeners.add(callback)
      return () => void listeners.delete(callback)
    },
    serverNow_ms,
    operable,
    command: (tag, field, value, expected) => {
      // Nothing is kept for later: a command belongs to the plant that is on the screen now.
      if (mayCommand(state.commands, operable()) !== '') return
      const scan = store.scan()
      const id = `${page}-${++sent}`
      const command: OperatorCommand = {
        type: 'command',
        id,
        tag,
        field,
        value,
        expected,
        epoch: scan.epoch,
        n: scan.n,
      }
      publish({ commands: issue(state.commands, command, expected, now()) })
      sendText(command)
    },
    start: () => {
      timer = window.setInterval(tick, 250)
      document.addEventListener('visibilitychange', tick)
      dispatch({ type: 'start', now_ms: now() })
    },
    stop: () => {
      window.clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
      closeSocket()
    },
  }
}

/** The same text with the lists of the one before where they are equal: a banner is not drawn anew for nothing. */
function steady(old: SisText | null, text: SisText): SisText {
  if (old === null) return text
  const same = <T>(a: T, b: T): T => (JSON.stringify(a) === JSON.stringify(b) ? a : b)
  const status = {
    ...text.status,
    alarms: same(old.status.alarms, text.status.alarms),
    bypasses: same(old.status.bypasses, text.status.bypasses),
    demands: same(old.status.demands, text.status.demands),
  }
  return { ...text, status }
}

/** By id, newest last, bounded. The server may send a line again after a reconnection. */
function mergeJournal(old: readonly JournalEntry[], more: readonly JournalEntry[]): readonly JournalEntry[] {
  const byId = new Map(old.map((e) => [e.id, e]))
  for (const e of more) byId.set(e.id, e)
  return [...byId.values()].sort((a, b) => a.id - b.id).slice(-JOURNAL_KEPT)
}
