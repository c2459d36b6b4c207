/** The gateway of the running system, asked over HTTP: the report of field I/O, and orders about forces. */
import type { IoReply } from '../../contracts/hmi-wire.ts'
import { IoCommandFault } from './io-fault.ts'

export interface SystemClient {
  readonly base: string
  io(): Promise<IoReply>
  force(order: {
    readonly point: string
    readonly value: number
    readonly for_s: number
    readonly who: string
    readonly reason: string
  }): Promise<void>
  unforce(point: string, who: string): Promise<void>
}

const TIMEOUT_MS = 5000

/** @param base - `http://127.0.0.1:8080`. Every call may throw IoCommandFault. */
export function systemClient(base: string): SystemClient {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    let response: Response
    let answer: unknown
    try {
      response = await fetch(`${base}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      answer = await response.json()
    } catch (cause) {
      const why = (cause as { cause?: Error }).cause?.message ?? (cause as Error).message
      throw new IoCommandFault(base, `the gateway does not answer (${why})`, 'Is the system still running?', 1)
    }
    if (response.ok) return answer
    const { code = `HTTP ${response.status}`, message = 'refused', remedy = '' } = answer as Record<string, string>
    throw new IoCommandFault(code, message, remedy, response.status === 503 ? 1 : 2)
  }
  return {
    base,
    io: () => call('GET', '/api/io') as Promise<IoReply>,
    force: async (order) => void (await call('POST', '/api/forces', order)),
    unforce: async (point, who) => {
      await call('DELETE', `/api/forces?${new URLSearchParams({ point, who })}`)
    },
  }
}
