/**
 * The line on which a simulated plant releases the scans of a safety solver under test: JSON lines over TCP, one solver.
 *
 * Whoever speaks is bounded and judged: a line that is no message of contracts/sis-bench.ts, or that is too long, ends its
 * connection with the reason on stderr. The newest hello speaks for the solver. Nothing here moves the plant.
 */
import { createServer, type Socket } from 'node:net'
import type { SisBenchFromPlant, SisBenchFromSolver } from '../../contracts/sis-bench.ts'

export interface SisBenchOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Longest wait for `saved` and `loaded`, ms. */
  readonly timeout_ms: number
  /** Why this solver cannot be paced here; undefined: it can. */
  readonly refuse: (hello: SisHello) => string | undefined
  readonly on_hello: (hello: SisHello) => void
  readonly on_done: (n: number) => void
  readonly on_lost: () => void
}

export type SisHello = Extract<SisBenchFromSolver, { readonly type: 'hello' }>

export interface SisBench {
  readonly port: number
  /** The solver that is there; undefined: none. */
  readonly solver: SisHello | undefined
  step(n: number): void
  /** Its state, which belongs to scan `n`, or why there is none. */
  save(n: number): Promise<{ readonly state: string } | { readonly reason: string }>
  /** "" where it stands there now, or why it does not. State "": that of a healthy, running plant. */
  load(n: number, state: string): Promise<string>
  close(): Promise<void>
}

/** The port of the line cannot be opened. */
export class SisBenchFault extends Error {
  override readonly name = 'SisBenchFault'
  readonly code = 'IO_LISTEN'
}

/** The state of a large configuration with its event list is below a megabyte. */
const LINE_BYTES_MAX = 4 * 1024 * 1024
const CONNECTIONS_MAX = 4
const NEWLINE = 10

/** @throws SisBenchFault where the port cannot be opened */
export function listenSisBench(options: SisBenchOptions): Promise<SisBench> {
  const { host, timeout_ms } = options
  const sockets = new Set<Socket>()
  let speaker: Socket | undefined
  let solver: SisHello | undefined
  let next_id = 1
  let waiting: { readonly id: number; take(answer: SisBenchFromSolver | undefined): void } | undefined

  const send = (message: SisBenchFromPlant): void => {
    speaker?.write(`${JSON.stringify(message)}\n`)
  }
  const lose = (): void => {
    speaker = undefined
    solver = undefined
    waiting?.take(undefined)
    options.on_lost()
  }
  const end = (socket: Socket, reason: string): void => {
    process.stderr.write(`plant-sim: safety solver on the bench line refused: ${reason}\n`)
    socket.destroy()
  }
  const take = (socket: Socket, line: string): void => {
    const message = readMessage(line)
    if (message === undefined) {
      end(socket, `no message of this line: ${line.slice(0, 80)}`)
    } else if (message.type === 'hello') {
      const reason = options.refuse(message)
      if (reason !== undefined) {
        end(socket, reason)
        return
      }
      const former = speaker
      if (former !== undefined) lose()
      speaker = socket
      solver = message
      if (former !== undefined && former !== socket) end(former, 'another solver said hello')
      options.on_hello(message)
    } else if (socket !== speaker) end(socket, `${message.type} before hello`)
    else if (message.type === 'done') options.on_done(message.n)
    else if (waiting?.id === message.id) waiting.take(message)
  }
  const ask = (message: { type: 'save' } | { type: 'load'; n: number; state: string }) =>
    new Promise<SisBenchFromSolver | undefined>((resolve) => {
      if (speaker === undefined) return resolve(undefined)
      const id = next_id++
      const give_up = setTimeout(() => waiting?.take(undefined), timeout_ms)
      waiting = {
        id,
        take(answer) {
          clearTimeout(give_up)
          waiting = undefined
          resolve(answer)
        },
      }
      send({ ...message, id })
    })

  const server = createServer((socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    let chunks: Buffer[] = []
    let bytes = 0
    socket.on('data', (chunk: Buffer) => {
      let from = 0
      for (let at = chunk.indexOf(NEWLINE); at >= 0 && !socket.destroyed; at = chunk.indexOf(NEWLINE, from)) {
        const last = chunk.subarray(from, at)
        const line = chunks.length === 0 ? last : Buffer.concat([...chunks, last])
        chunks = []
        bytes = 0
        from = at + 1
        if (line.length > LINE_BYTES_MAX) end(socket, `a line of ${line.length} bytes`)
        else take(socket, line.toString('utf8'))
      }
      if (socket.destroyed || from === chunk.length) return
      chunks.push(chunk.subarray(from))
      bytes += chunk.length - from
      if (bytes > LINE_BYTES_MAX) end(socket, `a line above ${LINE_BYTES_MAX} bytes`)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      if (socket === speaker) lose()
    })
  })
  server.maxConnections = CONNECTIONS_MAX

  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new SisBenchFault(`IO_LISTEN: ${host}:${options.port}, ${cause.message}`, { cause })),
    )
    server.listen(options.port, host, () => {
      const address = server.address()
      resolve({
        port: address !== null && typeof address === 'object' ? address.port : options.port,
        get solver() {
          return solver
        },
        step: (n) => send({ type: 'step', n }),
        async save(n) {
          const answer = await ask({ type: 'save' })
          if (answer?.type !== 'saved') return { reason: 'no answer of the safety system' }
          if (answer.state === '') return { reason: answer.reason === '' ? 'it gives no state' : answer.reason }
          return answer.n === n ? { state: answer.state } : { reason: `its state is of scan ${answer.n}, not of ${n}` }
        },
        async load(n, state) {
          const answer = await ask({ type: 'load', n, state })
          if (answer?.type !== 'loaded') return 'no answer of the safety system'
          return answer.ok ? '' : answer.reason === '' ? 'it does not take the state' : answer.reason
        },
        close() {
          waiting?.take(undefined)
          speaker = undefined
          for (const socket of sockets) socket.destroy()
          return new Promise((done) => server.close(() => done()))
        },
      })
    })
  })
}

const TEXT_MAX = 200

/** Undefined where the line is none of the solver's messages. */
function readMessage(line: string): SisBenchFromSolver | undefined {
  let found: unknown
  try {
    found = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof found !== 'object' || found === null) return undefined
  const m = found as Record<string, unknown>
  const whole = (key: string): boolean => Number.isSafeInteger(m[key]) && (m[key] as number) >= 0
  const text = (key: string, max = TEXT_MAX): boolean => typeof m[key] === 'string' && (m[key] as string).length <= max
  const right =
    m['type'] === 'hello'
      ? text('id') && text('config_hash') && m['config_hash'] !== '' && whole('scan_ms') && m['scan_ms'] !== 0
      : m['type'] === 'done'
        ? whole('n')
        : m['type'] === 'saved'
          ? whole('id') && whole('n') && text('state', LINE_BYTES_MAX) && text('reason')
          : m['type'] === 'loaded' && whole('id') && typeof m['ok'] === 'boolean' && text('reason')
  return right ? (found as SisBenchFromSolver) : undefined
}
