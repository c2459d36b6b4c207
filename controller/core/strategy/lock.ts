/**
 * strategy.lock: the order and the phases a build came to, one block a line, so that a change of either shows in review.
 */
import type { OrderedClass } from './order.ts'

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
