import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Pty {
  /** The end that the device opens. */
  readonly ours: string
  /** The end that a master opens. */
  readonly theirs: string
  close(): Promise<void>
}

const START_MS = 5000

/**
 * Two pseudo-terminals joined as by a cable, by Debian's socat.
 *
 * @param link - a path that shall lead to the master's end
 * @throws Error where socat is missing or gives no pair
 */
export async function openPty(link?: string): Promise<Pty> {
  const theirs = `pty,raw,echo=0${link === undefined ? '' : `,link=${link}`}`
  const child = spawn('socat', ['-d', '-d', 'pty,raw,echo=0', theirs], { stdio: ['ignore', 'ignore', 'pipe'] })
  const paths = await new Promise<string[]>((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => {
      child.kill()
      reject(new Error(`socat made no pseudo-terminals in ${START_MS} ms: ${text.trim()}`))
    }, START_MS)
    child.on('error', (cause: Error & { code?: string }) => {
      clearTimeout(timer)
      reject(
        cause.code === 'ENOENT'
          ? new Error('a pseudo-terminal needs socat: sudo apt-get install socat', { cause })
          : cause,
      )
    })
    child.on('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`socat ended with ${code}: ${text.trim()}`))
    })
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = [...text.matchAll(/PTY is (\S+)\n/g)].map((m) => m[1]!)
      if (found.length < 2) return
      clearTimeout(timer)
      resolve(found)
    })
  })
  // Nobody reads what it says from now on; a full pipe would stop it.
  child.stderr.resume()
  return {
    ours: paths[0]!,
    theirs: link ?? paths[1]!,
    async close() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
