/**
 * The independent peers of the wire tests: small C programs on libmodbus, compiled on first use, and mbpoll.
 * A missing one is a failure with the remedy in words, never a skipped test.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Compiles peers/<name>.c against libmodbus and answers the program's path. */
export async function libmodbusProgram(name: 'server' | 'client'): Promise<string> {
  const source = join(import.meta.dirname, `${name}.c`)
  const folder = join(tmpdir(), `flyball-peers-${process.getuid?.() ?? 0}`)
  mkdirSync(folder, { recursive: true })
  const program = join(folder, `${name}-${Math.floor(statSync(source).mtimeMs)}`)
  if (existsSync(program)) return program
  const fresh = `${program}.${process.pid}`
  try {
    await run('cc', ['-O2', '-I/usr/include/modbus', '-o', fresh, source, '-lmodbus'])
  } catch (cause) {
    throw new Error('libmodbus is missing: apt-get install build-essential libmodbus-dev', { cause })
  }
  renameSync(fresh, program)
  return program
}

/** Runs a program to its end and answers what it printed. */
export async function output(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, { timeout: 20_000 })
  return stdout
}

export async function mbpoll(args: readonly string[]): Promise<string> {
  try {
    return await output('mbpoll', args)
  } catch (cause) {
    const failed = cause as { code?: unknown; stdout?: string; stderr?: string }
    if (failed.code === 'ENOENT') throw new Error('mbpoll is missing: apt-get install mbpoll', { cause })
    return `${failed.stdout ?? ''}${failed.stderr ?? ''}`
  }
}

export interface PeerServer {
  readonly port: number
  close(): Promise<void>
}

/** Starts the libmodbus server; it ends when its standard input closes. */
export async function libmodbusServer(): Promise<PeerServer> {
  const child = spawn(await libmodbusProgram('server'), [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const port = await firstLine(child)
  return {
    port: Number(port),
    close: () =>
      new Promise((done) => {
        child.once('exit', () => done())
        child.kill('SIGTERM')
      }),
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.once('exit', (code) => reject(new Error(`the peer ended with ${code} before it named its port`)))
  })
}
