/**
 * Scales of blocks: two different numbers, because the block divides by their difference.
 */
import { numbersOf } from './arena.ts'
import type { Faults } from './fault.ts'
import type { BlockSpec } from './read-block.ts'

export function checkScales(faults: Faults, blocks: readonly BlockSpec[]): void {
  for (const block of blocks) {
    // A type with a check of its own says more.
    if (block.type.check !== undefined) continue
    for (const field of block.type.fields) {
      if (block.faulty.has(field.name) || field.count !== 2 || !(field.name.endsWith('SCALE') || field.name === 'XD'))
        continue
      const [lo, hi] = numbersOf(block, field)
      if (lo === hi) {
        faults.add(
          'CFG_OUT_OF_RANGE',
          block.at,
          `${field.name.toLowerCase()} ${lo} to ${hi} of ${block.name}`,
          'two different numbers',
        )
      }
    }
  }
}
