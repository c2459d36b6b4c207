/**
 * The watchdog: a process of its own that starts the solver, hears it after each scan, and ends it when it has not
 * heard it for `watchdog_ms`.
 *
 * A solver that was ended, or that ended, is started anew after a pause, and starts tripped. Meanwhile the device
 * lets its outputs go by its own watchdog, and this program says to all readers that nobody is there.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { dirname, resolve } from 'node:path'
import { endLeftover, takeLock } from './lock.ts'
import type { SafetyProgramConfig } from './safety-config.ts'
import { SafetyFault } from './safety-fault.ts'
import { openSnapshotSender } from './snapshot-sender.ts'

export type ToSolver = { readonly type: 'configure'; readonly config: SafetyProgramConfig } | { readonly type: 'stop' }
export type FromSolver =
  | { readonly type: 'alive' }
  | ({ readonly type: 'ready' } & Ready)
  | { readonly type: 'refused'; readonly reason: string }

/** What the solver tells of itself: this program reads no configuration, and stays small. */
export interface Ready {
  readonly ports: Readonly<Record<string, number>>
  readonly watchdog_ms: number
  /** What is published while nobody is there; number, time and run are this program's. */
  readonly nobody: Readonly<Record<string, unknown>>
}

export interface RunningSafety {
  readonly ports: Readonly<Record<string, number>>
  /** Of the solver, undefined while none runs. */
  readonly solver_pid: number | undefined
  close(): Promise<void>
}

const KILLED = 'SIS_WATCHDOG_KILL'
/** From its start to its first scan a solver may take this long. */
const START_MS = 15_000
const PAUSE_MS_MIN = 200
const PAUSE_MS_MAX = 5000
/** After running for so long a solver counts as steady again. */
const STEADY_MS = 60_000
const PUBLISH_MS = 500
const STOP_MS = 1500

/**
 * @param changed - another solver runs, or none
 * @throws SafetyFault where the first start was refused
 */
export async function startSafety(given: SafetyProgramConfig, changed: () => void = () => {}): Promise<RunningSafety> {
  const unlock = takeLock(given.data_dir)
  const sender = openSnapshotSender(given.targets)
  const run_id = `watchdog ${process.pid} ${Date.now()}`
  let child: ChildProcess | undefined
  let known: Ready | undefined
  let restarts = 0
  let why = ''
  let pause_ms = PAUSE_MS_MIN
  let stopping = false
  let ready = false
  let heard = 0
  let heard_once = false
  let seq = 0
  let again: NodeJS.Timeout | undefined

  const cache = cacheFolder()
  const log = (text: string): void => void process.stdout.write(`safety: ${text}\n`)
  const publish = (): void => {
    if (ready || known === undefined) return
    const executive = { last_ms: 0, worst_ms: 0, overruns: 0, restarts }
    const own = { run_id, seq: seq++, at: new Date().toISOString(), executive }
    sender.send(JSON.stringify({ ...known.nobody, ...own }))
  }

  const launch = (onReady: () => void, onEnd: (how: string) => void): void => {
    endLeftover(given.data_dir)
    const mine = spawn(process.execPath, [...NODE_OPTIONS, resolve(import.meta.dirname, 'solver-main.ts')], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // One thread for the journal; and what was compiled for others is not compiled again.
      env: { ...process.env, UV_THREADPOOL_SIZE: '1', ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
    })
    child = mine
    ready = false
    heard_once = false
    heard = performance.now()
    const begun = heard
    let refusal = ''
    unlock.note(mine.pid)
    mine.on('message', (message: FromSolver) => {
      if (mine !== child) return
      if (message.type === 'refused') refusal = message.reason
      else {
        heard = performance.now()
        if (message.type === 'alive') heard_once = true
        else {
          ready = true
          known = message
          changed()
          onReady()
        }
      }
    })
    const ended = (how: string): void => {
      if (mine !== child) return
      child = undefined
      ready = false
      unlock.note(undefined)
      if (performance.now() - begun > STEADY_MS) pause_ms = PAUSE_MS_MIN
      changed()
      publish()
      onEnd(refusal === '' ? how : refusal)
    }
    mine.on('error', (cause) => ended(cause.message))
    mine.on('exit', (code, signal) => ended(signal ?? `exit code ${code}`))
    const { write } = given
    mine.send({
      type: 'configure',
      config: {
        ...given,
        ...(write === undefined ? {} : { write: { ...write, port: known?.ports['write'] ?? write.port } }),
        restarts,
        why,
      },
    } satisfies ToSolver)
    changed()
  }
  const restart = (how: string): void => {
    if (stopping) return
    why = why === '' ? how : why
    log(`the solver ended (${why}); starting it again in ${pause_ms / 1000} s, tripped`)
    again = setTimeout(() => {
      restarts++
      launch(() => log('the solver is back, tripped'), restart)
      why = ''
    }, pause_ms)
    pause_ms = Math.min(2 * pause_ms, PAUSE_MS_MAX)
  }

  /** Judged often, and never after a pause of this process: what the solver said meanwhile has not been read yet. */
  const period_ms = 25
  let looked = performance.now()
  const look = setInterval(() => {
    const now = performance.now()
    const late = now - looked > 2 * period_ms + 20
    looked = now
    if (late || child === undefined || stopping) return
    const limit_ms = heard_once && known !== undefined ? known.watchdog_ms : START_MS
    if (now - heard <= limit_ms) return
    why = `${KILLED}: nothing heard for ${Math.round(now - heard)} ms`
    heard = now
    child.kill('SIGKILL')
  }, period_ms)
  const timer = setInterval(publish, PUBLISH_MS)

  const release = (): void => {
    stopping = true
    clearInterval(look)
    clearInterval(timer)
    clearTimeout(again)
    sender.close()
  }
  try {
    await new Promise<void>((done, fail) => {
      let first = true
      launch(
        () => {
          first = false
          done()
        },
        (how) => {
          if (first) fail(refusedBy(how))
          else restart(how)
        },
      )
    })
  } catch (cause) {
    release()
    unlock.release()
    throw cause
  }
  const atExit = (): void => void child?.kill('SIGKILL')
  process.on('exit', atExit)

  return {
    get ports() {
      return known?.ports ?? {}
    },
    get solver_pid() {
      return child?.pid
    },
    async close() {
      release()
      const last = child
      if (last !== undefined && last.exitCode === null && last.signalCode === null)
        await new Promise<void>((done) => {
          const force = setTimeout(() => last.kill('SIGKILL'), STOP_MS)
          last.on('exit', () => {
            clearTimeout(force)
            done()
          })
          if (last.connected) last.send({ type: 'stop' } satisfies ToSolver)
          else last.kill('SIGKILL')
        })
      unlock.release()
    },
  }
}

/**
 * What the solver has is made once: a small heap, and no threads of the engine for collecting and compiling (4 MB and
 * more, measured).
 */
const NODE_OPTIONS = [
  '--single-threaded',
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  '--disable-warning=ExperimentalWarning',
]

/** Where compiled code is kept: the engine puts a folder of its version into it. */
function cacheFolder(): string | undefined {
  const own = getCompileCacheDir()
  return own === undefined ? undefined : dirname(own)
}

const refusedBy = (how: string): Error =>
  how.startsWith('SIS_')
    ? new Error(how)
    : new SafetyFault('SIS_START', 'the solver', how, 'what stands above says why')
