/**
 * The line to a simulated plant, in SIMULATION only: JSON lines over TCP, the solver calls.
 *
 * The plant releases scans and asks for the state; this end answers each in its order and does one thing at a time. A
 * line that is none of the schema ends the connection; it is made again.
 */
import { connect, type Socket } from 'node:net'

export interface BenchLineOptions {
  readonly host: string
  readonly port: number
  readonly hello: { readonly id: string; readonly config_hash: string; readonly scan_ms: number }
  /** Carries out scan n, then calls back. */
  readonly step: (n: number, done: () => void) => void
  readonly save: () => { readonly n: number; readonly state: string; readonly reason: string }
  /** Answers why not; '' done. */
  readonly load: (n: number, state: string) => string
  readonly on_state: (connected: boolean, reason: string) => void
}

export interface BenchLine {
  readonly connected: boolean
  close(): void
}

/** A state of a solver with 32 of everything is far below this. */
const LINE_MAX = 4 * 1024 * 1024
const BACK_OFF_MS_MIN = 100
const BACK_OFF_MS_MAX = 1000

export function openBenchLine(options: BenchLineOptions): BenchLine {
  let socket: Socket | undefined
  let connected = false
  let closed = false
  let again: NodeJS.Timeout | undefined
  let pause_ms = BACK_OFF_MS_MIN
  let rest = ''

  const drop = (reason: string): void => {
    const was = connected
    connected = false
    socket?.removeAllListeners()
    socket?.on('error', () => {})
    socket?.destroy()
    socket = undefined
    rest = ''
    if (was) options.on_state(false, reason)
    if (closed) return
    clearTimeout(again)
    again = setTimeout(open, pause_ms)
    pause_ms = Math.min(2 * pause_ms, BACK_OFF_MS_MAX)
  }
  const take = (line: string, mine: Socket): void => {
    let m: Record<string, unknown>
    try {
      m = JSON.parse(line) as Record<string, unknown>
    } catch {
      drop('a line that is no JSON')
      return
    }
    const send = (answer: object): void => {
      if (socket === mine) mine.write(`${JSON.stringify(answer)}\n`)
    }
    const { type, n, id, state } = m ?? {}
    if (type === 'step' && whole(n)) options.step(n, () => send({ type: 'done', n }))
    else if (type === 'save' && whole(id)) send({ type: 'saved', id, ...options.save() })
    else if (type === 'load' && whole(id) && whole(n) && typeof state === 'string') {
      const reason = options.load(n, state)
      send({ type: 'loaded', id, ok: reason === '', reason })
    } else drop(`a line of type ${String(type)} that does not fit`)
  }
  const open = (): void => {
    if (closed) return
    const mine = connect({ host: options.host, port: options.port, noDelay: true })
    socket = mine
    mine.setEncoding('utf8')
    mine.on('connect', () => {
      connected = true
      pause_ms = BACK_OFF_MS_MIN
      options.on_state(true, '')
      mine.write(`${JSON.stringify({ type: 'hello', ...options.hello })}\n`)
    })
    mine.on('data', (text: string) => {
      rest += text
      for (let end = rest.indexOf('\n'); end >= 0 && socket === mine; end = rest.indexOf('\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 1)
        take(line, mine)
      }
      if (rest.length > LINE_MAX) drop('a line without end')
    })
    mine.on('error', (cause) => drop(cause.message))
    mine.on('close', () => drop('the plant closed the line'))
  }
  open()
  return {
    get connected() {
      return connected
    },
    close() {
      closed = true
      clearTimeout(again)
      drop('closed here')
    },
  }
}

const whole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0
