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

/** What the libmodbus client prints of its tour through a device whose registers hold their own numbers. */
// (0x04D2 AND 0x00F2) OR (0x0025 AND NOT 0x00F2) = 0x00D2 OR 0x0005 = 0x00D7 = 215.
export const LIBMODBUS_TOUR = `write-registers
read-holding 9 7 65535 9 13
write-register
mask-write
read-masked 215
read-input 3 4
write-coils
write-coil
read-coils 1 1 1 1 1 0 0 0 0 0 1 0
read-discrete 1 0 0
read-write 7 65535
outside exception 2
write-outside exception 2
`

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

/** Starts the libmodbus server on a free port, or on a serial port; it ends when its standard input closes. */
export async function libmodbusServer(device?: string): Promise<PeerServer> {
  const args = device === undefined ? [] : [device]
  const child = spawn(await libmodbusProgram('server'), args, { stdio: ['pipe', 'pipe', 'inherit'] })
  return { port: Number(await firstLine(child)), close: () => ended(child) }
}

const PYMODBUS = join(import.meta.dirname, 'pymodbus-peer.py')

/** Starts the pymodbus server on a free port, with the frames of TCP or those of a serial line. */
export async function pymodbusServer(framing: 'socket' | 'rtu'): Promise<PeerServer> {
  const child = spawn('/usr/bin/python3', [PYMODBUS, 'server', framing], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr!.on('data', (chunk) => {
    said += String(chunk)
  })
  try {
    return { port: Number(await firstLine(child)), close: () => ended(child) }
  } catch (cause) {
    throw new Error(`pymodbus does not start: apt-get install python3-pymodbus\n${said}`, { cause })
  }
}

export const pymodbusTour = (framing: 'socket' | 'rtu', port: number): Promise<string> =>
  output('/usr/bin/python3', [PYMODBUS, 'client', framing, String(port)])

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    child.once('exit', () => done())
    child.kill('SIGTERM')
  })
}

/**
 * Starts socat between two addresses and waits until `ready` holds of what it tells; answers the match.
 * It is the serial cable (`pty,raw,echo=0,link=...` twice), the serial gateway and the TLS of another house.
 */
export async function socat(
  from: string,
  to: string,
  ready: RegExp,
): Promise<{ readonly told: RegExpMatchArray; close(): Promise<void> }> {
  const child = spawn('socat', ['-d', '-d', from, to], { stdio: ['ignore', 'ignore', 'pipe'] })
  const told = await new Promise<RegExpMatchArray>((resolve, reject) => {
    let text = ''
    child.stderr!.on('data', (chunk) => {
      text += String(chunk)
      const match = text.match(ready)
      if (match !== null) resolve(match)
    })
    child.once('error', (cause) => reject(new Error('socat is missing: apt-get install socat', { cause })))
    child.once('exit', (code) => reject(new Error(`socat ended with ${code}: ${text}`)))
  })
  return { told, close: () => ended(child) }
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
