/**
 * One safety system a folder: the lock names its watchdog and its solver, with the times of their starts, so that a
 * number that was given to another process since is not mistaken for them.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SafetyFault } from './safety-fault.ts'

interface Process {
  readonly pid: number
  /** As /proc says it; "" where there is none. */
  readonly started: string
}

export interface Lock {
  /** The solver that runs now. */
  note(solver_pid: number | undefined): void
  release(): void
}

const FILE = 'watchdog.lock'

/** @throws SafetyFault SIS_LOCKED where another watchdog has this folder */
export function takeLock(folder: string): Lock {
  const path = join(folder, FILE)
  const other = read(path)?.watchdog
  if (other !== undefined && other.pid !== process.pid && lives(other))
    throw new SafetyFault('SIS_LOCKED', folder, `process ${other.pid} has it`, 'end that one, or give another folder')
  const me = { pid: process.pid, started: startOf(process.pid) }
  const put = (solver: Process | undefined): void => {
    try {
      mkdirSync(folder, { recursive: true })
      // Whole or not at all: who reads it while it is written must not take the folder for free.
      writeFileSync(`${path}.new`, `${JSON.stringify({ watchdog: me, ...(solver === undefined ? {} : { solver }) })}\n`)
      renameSync(`${path}.new`, path)
    } catch {
      // A disk that takes nothing is the journal's to report, which trips; a lock would not make it safer.
    }
  }
  const left = read(path)?.solver
  put(left)
  return {
    note: (pid) => put(pid === undefined ? undefined : { pid, started: startOf(pid) }),
    release: () => rmSync(path, { force: true }),
  }
}

/** A solver whose watchdog died while it was frozen cannot have seen that: it must not come back beside a new one. */
export function endLeftover(folder: string): void {
  const solver = read(join(folder, FILE))?.solver
  if (solver !== undefined && solver.pid !== process.pid && solver.started !== '' && lives(solver)) {
    try {
      process.kill(solver.pid, 'SIGKILL')
    } catch {
      // Gone by itself.
    }
  }
}

function lives({ pid, started }: Process): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return started === '' || startOf(pid) === started
}

/**
 * Ticks since boot at which the process was started; "" where the system does not say, or where it is dead and not
 * collected yet.
 */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    return ''
  }
}

function read(path: string): { readonly watchdog?: Process; readonly solver?: Process } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { watchdog?: Process; solver?: Process }
  } catch {
    return undefined
  }
}
