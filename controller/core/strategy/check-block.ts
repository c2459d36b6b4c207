/**
 * What a block type says about its own parameters taken together: the engine would refuse to start with them.
 */
import { constantsOf, firstState } from './arena.ts'
import type { Faults } from './fault.ts'
import type { Wire } from './link.ts'
import type { BlockSpec } from './read-block.ts'

export function checkBlock(faults: Faults, block: BlockSpec, into: readonly Wire[]): void {
  const { check } = block.type
  // Judged only where all numbers could be read: with a default in place of one the judgement would be about that.
  if (check === undefined || block.faulty.size > 0 || lacksParameter(block)) return
  const s = new Float64Array(block.layout.s_count)
  for (const [offset, value] of firstState(block, into)) s[offset] = value
  for (const text of check(s, Float64Array.from(constantsOf(block)))) {
    const field = /^[A-Z][A-Z0-9_]*/.exec(text)?.[0] ?? ''
    const at = block.places.get(field) ?? block.at
    faults.add('CFG_INCONSISTENT', at, `${block.name}: ${text}`, `parameters of ${block.type.type} that fit together`)
  }
}

const lacksParameter = (block: BlockSpec): boolean =>
  block.type.fields.some(
    (f) =>
      (f.role === 'constant' || f.role === 'tunable') &&
      f.default === undefined &&
      f.defaults === undefined &&
      !block.values.has(f.name),
  )
