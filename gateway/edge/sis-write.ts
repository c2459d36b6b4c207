/**
 * The gateway's end of the line for requests: request -> echo -> confirm -> result (contracts/sis-write.ts).
 *
 * Nothing is kept for later: without a line a request fails at once, and what was under way when it broke ends as unknown. The line
 * says `alive` every 2 s; the solver takes 5 s of silence for the loss of the control system.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { SisConfirmReply, SisRequest, SisRequestReply, SisStatus } from '../../contracts/hmi-sis.ts'
import type { SisWriteAnswer, SisWriteRequest } from '../../contracts/sis-write.ts'
import { GatewayFault } from './gateway-fault.ts'

export interface SisWriteConfig {
  readonly host: string
  readonly port: number
  readonly key_path: string
}

export interface SisWriter {
  readonly status: SisStatus['write']
  /** @throws GatewayFault GW_NO_SIS without a line or an answer, GW_SIS where the solver refuses */
  request(r: SisRequest): Promise<SisRequestReply>
  confirm(id: number, second: string): Promise<SisConfirmReply>
  close(): void
}

const ALIVE_MS = 2000
const ANSWER_MS = 5000
const RETRY_MS = 1000
/** A solver's line is a sentence. */
const LINE_BYTES_MAX = 16_384

interface Waiting {
  readonly timer: NodeJS.Timeout
  readonly done: (answer: SisWriteAnswer) => void
  readonly failed: (fault: GatewayFault) => void
}

type Unsigned<T> = T extends unknown ? Omit<T, 'mac'> : never

export function openSisWriter(config: SisWriteConfig): SisWriter {
  const waiting = new Map<number, Waiting>()
  /** Nonces of echoes that wait for their confirmation. */
  const echoes = new Map<number, { readonly nonce: string; readonly until_ms: number }>()
  let socket: Socket | undefined
  let up = false
  let why = 'not yet connected'
  let last_id = 0
  let key: Buffer = Buffer.alloc(0)
  let retry: NodeJS.Timeout | undefined
  let closed = false

  const send = (message: Unsigned<SisWriteRequest>): void => {
    const mac = createHmac('sha256', key).update(JSON.stringify(message)).digest('hex')
    socket?.write(`${JSON.stringify({ ...message, mac })}\n`)
  }

  const down = (reason: string): void => {
    up = false
    why = reason
    socket?.destroy()
    socket = undefined
    echoes.clear()
    for (const [id, w] of [...waiting]) {
      clearTimeout(w.timer)
      waiting.delete(id)
      w.failed(
        lost(`the line to the safety system broke: ${reason}`, 'Look at the display whether it was carried out.'),
      )
    }
    clearTimeout(retry)
    if (!closed) retry = setTimeout(open, RETRY_MS)
  }

  const open = (): void => {
    try {
      key = readKey(config.key_path)
    } catch (cause) {
      down(`no key: ${(cause as Error).message}`)
      return
    }
    const mine = connect({ host: config.host, port: config.port })
    socket = mine
    mine.setNoDelay(true)
    let text = ''
    mine.on('data', (data: Buffer) => {
      if (socket !== mine) return
      text += data.toString('utf8')
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      if (text.length > LINE_BYTES_MAX) return down('a line without an end')
      for (const line of lines) if (line.trim() !== '') receive(line)
      return undefined
    })
    mine.on('error', (cause) => {
      if (socket === mine) down(cause.message)
    })
    mine.on('close', () => {
      if (socket === mine) down('closed by the safety system')
    })
  }

  const receive = (line: string): void => {
    const answer = readAnswer(line)
    if (answer === undefined) {
      down('an answer that is none')
      return
    }
    if (answer.type === 'hello') {
      up = true
      why = ''
      send({ type: 'alive', id: 0 })
      return
    }
    const w = waiting.get(answer.id)
    if (w === undefined) return
    clearTimeout(w.timer)
    waiting.delete(answer.id)
    w.done(answer)
  }

  const ask = (message: Unsigned<SisWriteRequest>): Promise<SisWriteAnswer> =>
    new Promise((resolve, reject) => {
      if (!up) {
        reject(
          lost(
            `no line to the safety system: ${why}`,
            'Nothing was sent and nothing is kept; ask again when the line is up.',
          ),
        )
        return
      }
      const timer = setTimeout(() => {
        waiting.delete(message.id)
        reject(lost('the safety system has not answered', 'Look at the display whether it was carried out.'))
      }, ANSWER_MS)
      waiting.set(message.id, { timer, done: resolve, failed: reject })
      send(message)
    })

  const pulse = setInterval(() => {
    if (up) send({ type: 'alive', id: 0 })
  }, ALIVE_MS)
  open()

  return {
    get status() {
      return up ? { state: 'up' as const, why: '' } : { state: 'down' as const, why }
    },
    async request(r) {
      const id = ++last_id
      const { command, target, channel, who, reason, work_order, compensation } = r
      const message = { type: 'request', id, command, target, channel, who, reason, work_order, compensation } as const
      const answer = await ask(message)
      if (answer.type === 'echo') {
        echoes.set(id, { nonce: answer.nonce, until_ms: performance.now() + answer.expires_ms })
        for (const [old, e] of echoes) if (e.until_ms < performance.now()) echoes.delete(old)
        const { meaning, expires_ms, second_person } = answer
        return { id, meaning, expires_ms, second_person }
      }
      if (answer.type === 'result') throw refused(answer.code, answer.reason)
      throw lost('the safety system answered something else', 'Ask again.')
    },
    async confirm(id, second) {
      const echo = echoes.get(id)
      if (echo === undefined)
        throw new GatewayFault('GW_SIS', 'there is no such request, or it has expired', 'Ask anew: nothing was done.')
      echoes.delete(id)
      const answer = await ask({ type: 'confirm', id, nonce: echo.nonce, second })
      if (answer.type !== 'result') throw lost('the safety system answered something else', 'Look at the display.')
      return { outcome: answer.outcome, code: answer.code, reason: answer.reason }
    },
    close() {
      closed = true
      clearInterval(pulse)
      down('the gateway ends')
    },
  }
}

const lost = (what: string, remedy: string): GatewayFault => new GatewayFault('GW_NO_SIS', what, remedy)

const refused = (code: string, reason: string): GatewayFault =>
  new GatewayFault('GW_SIS', `the safety system refused (${code}): ${reason}`, 'Nothing was changed.')

/** The secret is the file's text without the end of its line. */
const readKey = (path: string): Buffer => Buffer.from(readFileSync(path, 'utf8').trim(), 'utf8')

function readAnswer(line: string): SisWriteAnswer | undefined {
  let v: unknown
  try {
    v = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof v !== 'object' || v === null) return undefined
  const m = v as Record<string, unknown>
  const is = (type: string, ...keys: string[]): boolean => keys.every((key) => typeof m[key] === type)
  const ok =
    (m['type'] === 'hello' && is('string', 'run_id', 'config_hash')) ||
    (m['type'] === 'echo' &&
      is('string', 'nonce', 'meaning') &&
      is('number', 'id', 'expires_ms') &&
      is('boolean', 'second_person')) ||
    (m['type'] === 'result' && is('string', 'outcome', 'code', 'reason') && is('number', 'id'))
  return ok ? (v as SisWriteAnswer) : undefined
}
