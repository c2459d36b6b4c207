/** A safety solver as the bench line sees it: answers every scan, adds their numbers up as its state, and can be told to keep silent. */
import { connect, type Socket } from 'node:net'
import type { SisBenchFromPlant, SisBenchFromSolver } from '../../../contracts/sis-bench.ts'

export interface SolverDouble {
  readonly socket: Socket
  readonly steps: number[]
  readonly loads: { n: number; state: string }[]
  sum: number
  silent: boolean
  say(message: SisBenchFromSolver): void
  /** The next message of this type. */
  next(type: SisBenchFromPlant['type']): Promise<SisBenchFromPlant>
  readonly ended: Promise<void>
  close(): void
}

export async function solverDouble(port: number, config_hash = 'a'.repeat(64), scan_ms = 100): Promise<SolverDouble> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  socket.on('error', () => {})
  const waiting: { type: string; resolve(message: SisBenchFromPlant): void }[] = []
  const say = (message: SisBenchFromSolver): void => void socket.write(`${JSON.stringify(message)}\n`)
  let last = 0
  const double: SolverDouble = {
    socket,
    steps: [],
    loads: [],
    sum: 0,
    silent: false,
    say,
    next: (type) => new Promise((resolve) => waiting.push({ type, resolve })),
    ended: new Promise((resolve) => socket.on('close', () => resolve())),
    close: () => socket.destroy(),
  }
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString()
    const lines = text.split('\n')
    text = lines.pop()!
    for (const line of lines) {
      const message = JSON.parse(line) as SisBenchFromPlant
      if (message.type === 'step') {
        double.steps.push(message.n)
        last = message.n
        double.sum += message.n
        if (!double.silent) say({ type: 'done', n: message.n })
      } else if (message.type === 'save') {
        say({ type: 'saved', id: message.id, n: last, state: `sum ${double.sum}`, reason: '' })
      } else {
        double.loads.push({ n: message.n, state: message.state })
        last = message.n
        double.sum = message.state === '' ? 0 : Number(message.state.slice(4))
        say({ type: 'loaded', id: message.id, ok: true, reason: '' })
      }
      const i = waiting.findIndex((w) => w.type === message.type)
      if (i >= 0) waiting.splice(i, 1)[0]!.resolve(message)
    }
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
  })
  say({ type: 'hello', id: 'double', config_hash, scan_ms })
  return double
}
