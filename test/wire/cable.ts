/** A cable between a client and a server on this machine, which can be cut loudly, or so that nothing comes through until mended. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Cable {
  readonly port: number
  /** Connections that stand now. */
  readonly connections: number
  /** Resets all connections and refuses new ones, until `mend`. */
  cut(): void
  /** Resets all connections; new ones are accepted. */
  reset(): void
  /** Holds back what is sent either way, connections standing. What was sent meanwhile comes through at `mend`. */
  hold(): void
  /** Holds from the first piece on that the client sends and that this holds for. */
  holdFrom(holds: (chunk: Buffer) => boolean): void
  mend(): void
  close(): Promise<void>
}

export async function cable(to_port: number): Promise<Cable> {
  let mode: 'on' | 'cut' | 'held' = 'on'
  let held: (() => void)[] = []
  let trigger: ((chunk: Buffer) => boolean) | undefined
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>()

  const pass = (action: () => void): void => {
    if (mode === 'held') held.push(action)
    else action()
  }
  const server = createServer({ noDelay: true }, (near) => {
    if (mode === 'cut') {
      near.resetAndDestroy()
      return
    }
    const far = connect({ port: to_port, host: '127.0.0.1', noDelay: true })
    const pair = { near, far }
    pairs.add(pair)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => {})
      // What was under way when one end was lost still arrives at the other.
      from.on('data', (chunk: Buffer) => {
        if (from === near && trigger?.(chunk) === true) {
          trigger = undefined
          mode = 'held'
        }
        pass(() => void (to.destroyed || to.write(chunk)))
      })
      from.on('close', () =>
        pass(() => {
          to.end()
          pairs.delete(pair)
        }),
      )
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const reset = (): void => {
    for (const { near, far } of pairs) {
      near.resetAndDestroy()
      far.destroy()
    }
    pairs.clear()
  }
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get connections() {
      return pairs.size
    },
    reset,
    cut() {
      mode = 'cut'
      reset()
    },
    hold() {
      mode = 'held'
    },
    holdFrom(holds) {
      trigger = holds
    },
    mend() {
      mode = 'on'
      for (const action of held.splice(0)) action()
      held = []
    },
    close() {
      mode = 'cut'
      reset()
      return new Promise((done) => server.close(() => done()))
    },
  }
}
