/**
 * strategy.lock: the order and the phases a build came to, one block a line, so that a change of either shows in review, and so
 * that the next build keeps what a change elsewhere would otherwise move.
 */
import type { Faults } from './fault.ts'
import type { OrderedClass } from './order.ts'

export const LOCK_FILE = 'strategy.lock'

/** Where a block stood in the last build. */
export interface LockedPlace {
  readonly scan: string
  readonly every: number
  readonly phase: number
  /** Rising along the scan of its class. */
  readonly rank: number
}

export type Lock = ReadonlyMap<string, LockedPlace>

export function lockText(classes: readonly OrderedClass[]): string {
  const lines = ['# Written by flyball build: the order of the scan and the phases of its classes. Commit it.']
  for (const { name, every, phase, runs } of classes) {
    lines.push(`- scan: ${name}  # every ${every}, phase ${phase}`)
    runs.forEach((run, i) => {
      for (const block of run) lines.push(`  ${String(i + 1).padStart(3)} ${block.type.type.padEnd(8)} ${block.stable}`)
    })
  }
  return `${lines.join('\n')}\n`
}

/** By stable id. A line that no build wrote is a fault: half a lock would move things without a word. */
export function readLock(faults: Faults, text: string): Lock {
  const places = new Map<string, LockedPlace>()
  let current: Omit<LockedPlace, 'rank'> | undefined
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return
    const head = /^- scan: (\S+) {2}# every (\d+), phase (\d+)$/.exec(line)
    const entry = /^ +\d+ \S+ +(\S+)$/.exec(line)
    if (head !== null) current = { scan: head[1]!, every: Number(head[2]), phase: Number(head[3]) }
    else if (entry !== null && current !== undefined && !places.has(entry[1]!)) {
      places.set(entry[1]!, { ...current, rank: places.size })
    } else {
      const at = { file: LOCK_FILE, line: i + 1, column: 1 }
      faults.add(
        'CFG_LOCK',
        at,
        `'${line.trim()}'`,
        'a line as flyball build writes it; without the file all is placed anew',
      )
    }
  })
  return places
}
