/**
 * The whole system as a user starts it, in a data folder of its own, on ports that the system chooses.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type RunFile, readRunFile } from '../../cli/supervisor/system.ts'
import { type InstructorClient, instructorClient } from '../../plant-sim/edge/instructor-client.ts'
import { instructorLink } from '../../plant-sim/edge/instructor-token.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const START_MS_MAX = 30_000

export interface LiveSystem {
  readonly url: string
  readonly instructor: InstructorClient
  readonly supervisor: ChildProcess
  readonly data_dir: string
  /** Time from the start of the command to the supervisor's word that all programs are ready, ms. */
  readonly ready_ms: number
  /** What the system printed so far. */
  output(): string
  run(): RunFile
  /** Process of a program now. @throws Error if it does not run */
  pidOf(program: string): number
  stop(): Promise<void>
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Looks every 50 ms until it is so. @throws Error naming what did not come */
export async function until(what: string, within_ms: number, look: () => boolean | Promise<boolean>): Promise<number> {
  const began_ms = performance.now()
  for (;;) {
    if (await look()) return performance.now() - began_ms
    if (performance.now() - began_ms > within_ms) throw new Error(`not within ${within_ms} ms: ${what}`)
    await pause(50)
  }
}

/** A process that has ended stays in the list until its parent, or whoever took it over, has asked for it: that one is dead. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

export async function startLiveSystem(flags: readonly string[] = []): Promise<LiveSystem> {
  const data_dir = mkdtempSync(join(tmpdir(), 'flyball-'))
  const began_ms = performance.now()
  const supervisor = spawn(
    process.execPath,
    [join(ROOT, 'cli/flyball.mjs'), 'start', '--port', '0', '--data', data_dir, ...flags],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [supervisor.stdout, supervisor.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
    })
  }
  const run = (): RunFile => {
    const file = readRunFile(data_dir)
    if (file === undefined) throw new Error(`nothing runs in ${data_dir}; it printed:\n${output}`)
    return file
  }
  try {
    await until('the system is up', START_MS_MAX, () => {
      if (supervisor.exitCode !== null) throw new Error(`flyball start ended with ${supervisor.exitCode}:\n${output}`)
      return (readRunFile(data_dir)?.http ?? '') !== ''
    })
  } catch (cause) {
    supervisor.kill('SIGKILL')
    throw new Error(`the system did not start:\n${output}`, { cause })
  }
  const ready_ms = performance.now() - began_ms
  return {
    url: run().http,
    instructor: instructorClient(instructorLink(run().instructor, data_dir)),
    supervisor,
    data_dir,
    ready_ms,
    output: () => output,
    run,
    pidOf(program) {
      const pid = run().programs.find((p) => p.name === program)?.pid
      if (pid == null) throw new Error(`${program} does not run:\n${output}`)
      return pid
    },
    async stop() {
      if (supervisor.exitCode === null && supervisor.signalCode === null) {
        supervisor.kill('SIGTERM')
        await until('the supervisor ends', 15_000, () => supervisor.exitCode !== null || supervisor.signalCode !== null)
      }
      rmSync(data_dir, { recursive: true, force: true })
    },
  }
}

/** Proportional set size of a process, bytes: shared pages count by share, so the sum over processes is true. */
export function pss_bytes(pid: number): number {
  const line = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  if (line === null) throw new Error(`no Pss of process ${pid}`)
  return Number(line[1]) * 1024
}

/** Processor time of a process so far, s. */
export function cpu_s(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
