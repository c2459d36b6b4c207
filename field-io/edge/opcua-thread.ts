/**
 * The one OPC UA thread of this process: begun with the first device that needs it, ended with the last.
 *
 * If it ends by itself its devices are told, and it is begun again with all of them.
 */
import { Worker } from 'node:worker_threads'
import type { FromThread, OpenMessage, ToThread } from './opcua-messages.ts'

export interface ThreadClient {
  readonly on_message: (message: FromThread) => void
  /** Nothing that was asked will be answered. */
  readonly on_lost: (why: string) => void
}

export interface ThreadPlace {
  send(message: ToThread): void
  close(): void
}

const RESTART_MS = 1000
/** The young generation is kept small: garbage of messages is short-lived, and memory that is never given back is not. */
const MEMORY = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 512 }
/** Time to say goodbye to the servers. */
const END_MS = 1500

interface Member {
  readonly open: OpenMessage
  readonly client: ThreadClient
}

const members = new Map<number, Member>()
let worker: Worker | undefined
let next_key = 1

export function joinThread(open: Omit<OpenMessage, 'type' | 'key'>, client: ThreadClient): ThreadPlace {
  const key = next_key++
  const member: Member = { open: { type: 'open', key, ...open }, client }
  members.set(key, member)
  if (worker === undefined) begin()
  else worker.postMessage(member.open)
  return {
    send(message) {
      worker?.postMessage({ ...message, key })
    },
    close() {
      if (!members.delete(key)) return
      worker?.postMessage({ type: 'close', key } satisfies ToThread)
      if (members.size === 0) end()
    },
  }
}

function begin(): void {
  if (worker !== undefined || members.size === 0) return
  const mine = new Worker(new URL('./opcua-worker.ts', import.meta.url), {
    // The library tells its troubles to the console; ours are told as faults. NODEOPCUA_LOG_LEVEL=7 brings it back.
    env: { NODEOPCUA_LOG_LEVEL: '0', ...process.env },
    resourceLimits: MEMORY,
  })
  worker = mine
  // Only the devices keep the program alive.
  mine.unref()
  let why = 'it ended'
  mine.on('message', (message: FromThread) => {
    if (worker === mine && message.type !== 'ready') members.get(message.key)?.client.on_message(message)
  })
  mine.on('error', (cause) => {
    why = (cause as Error).message
  })
  mine.on('exit', () => {
    if (worker !== mine) return
    worker = undefined
    for (const { client } of members.values())
      client.on_lost(`IO_OPCUA_SERVICE: the OPC UA thread: ${why}; it is begun again`)
    setTimeout(begin, RESTART_MS).unref()
  })
  for (const { open } of members.values()) mine.postMessage(open)
}

function end(): void {
  const mine = worker
  worker = undefined
  if (mine === undefined) return
  setTimeout(() => void mine.terminate(), END_MS).unref()
}
