/**
 * One program under supervision: started as a child with an IPC channel, configured, restarted when it dies.
 *
 * A program that ends is started again with the same ports, after a pause that doubles from 0.2 s to 5 s and falls
 * back after it has run for a minute. Before its first `ready` it is not restarted: a wrong configuration stays wrong.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

const RESTART_MS_MIN = 200
const RESTART_MS_MAX = 5000
const STEADY_MS = 60_000
/** A program that does not answer `ready` in this time is broken. */
const READY_MS = 20_000

export interface ProgramSpec {
  /** `controller A`: as it stands in messages and in run.json. */
  readonly name: string
  /** Main file, relative to the repository. */
  readonly main: string
  /** Its configuration; called again at each start, with the ports it had before. */
  readonly config: (ports: Readonly<Record<string, number>>) => unknown
  /** Node options, for the size of the heap. */
  readonly node_options?: readonly string[]
}

export interface Child {
  readonly name: string
  readonly pid: number | undefined
  readonly ports: Readonly<Record<string, number>>
  /** Times it was started again. */
  readonly restarts: number
  /** Processes of its own that it has told of. */
  readonly processes: readonly { readonly name: string; readonly pid: number | null }[]
  /** From now on it is not started again: what ends, ends. */
  letGo(): void
  stop(): Promise<void>
}

export interface ChildEvents {
  readonly log: (line: string) => void
  /** The set of processes changed. */
  readonly changed: () => void
}

type FromProgram =
  | { readonly type: 'ready'; readonly ports: Readonly<Record<string, number>> }
  | { readonly type: 'processes'; readonly processes: Child['processes'] }

/** Starts the program; resolves when it is ready. @throws Error where it ends or stays silent before that. */
export async function startChild(root: string, spec: ProgramSpec, events: ChildEvents): Promise<Child> {
  let child: ChildProcess | undefined
  let ports: Readonly<Record<string, number>> = {}
  let processes: Child['processes'] = []
  let restarts = 0
  let stopping = false
  let pause_ms = RESTART_MS_MIN
  let timer: NodeJS.Timeout | undefined

  const launch = (onReady: () => void, onEnd: (how: string) => void): void => {
    const started_ms = performance.now()
    child = spawn(
      process.execPath,
      [...(spec.node_options ?? []), resolve(root, 'cli/launch.mjs'), resolve(root, spec.main)],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    )
    child.on('message', (message: FromProgram) => {
      if (message.type === 'processes') {
        processes = message.processes
        events.changed()
      } else if (message.type === 'ready') {
        ports = message.ports
        onReady()
      }
    })
    child.on('error', (cause) => onEnd(cause.message))
    child.on('exit', (code, signal) => {
      processes = []
      if (performance.now() - started_ms > STEADY_MS) pause_ms = RESTART_MS_MIN
      onEnd(signal ?? `exit code ${code}`)
    })
    child.send({ type: 'configure', config: spec.config(ports) })
    events.changed()
  }

  const letGo = (): void => {
    stopping = true
    clearTimeout(timer)
  }

  const restart = (how: string): void => {
    if (stopping) return
    events.log(`${spec.name} ended (${how}); starting it again in ${pause_ms / 1000} s`)
    events.changed()
    timer = setTimeout(() => {
      restarts++
      launch(() => events.log(`${spec.name} is back`), restart)
    }, pause_ms)
    pause_ms = Math.min(pause_ms * 2, RESTART_MS_MAX)
  }

  await new Promise<void>((done, fail) => {
    let ready = false
    const silence = setTimeout(() => {
      stopping = true
      child?.kill('SIGKILL')
      fail(new Error(`${spec.name} did not become ready in ${READY_MS / 1000} s`))
    }, READY_MS)
    launch(
      () => {
        ready = true
        clearTimeout(silence)
        done()
      },
      (how) => {
        clearTimeout(silence)
        if (ready) restart(how)
        else fail(new Error(`${spec.name} could not start (${how})`))
      },
    )
  })

  return {
    name: spec.name,
    get pid() {
      return child?.exitCode === null && child.signalCode === null ? child.pid : undefined
    },
    get ports() {
      return ports
    },
    get restarts() {
      return restarts
    },
    get processes() {
      return processes
    },
    letGo,
    stop: () =>
      new Promise((done) => {
        letGo()
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) return done()
        const force = setTimeout(() => child?.kill('SIGKILL'), 3000)
        child.on('exit', () => {
          clearTimeout(force)
          done()
        })
        child.kill('SIGTERM')
      }),
  }
}
