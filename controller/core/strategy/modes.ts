/**
 * Modes of a block against its wires: without a master there is no Cas.
 */
import { MODE, MODE_NAMES } from '../../../contracts/mode.ts'
import { numbersOf } from './arena.ts'
import type { Faults } from './fault.ts'
import type { Linked } from './link.ts'
import type { BlockSpec } from './read-block.ts'

/**
 * The block with Cas taken out of its permitted modes where nothing is wired to CAS_IN, and its normal and first mode
 * checked against what is permitted. A mode by default that is not possible gives way to the highest one that is.
 */
export function settleModes(faults: Faults, block: BlockSpec, { into, doubtful }: Linked): void {
  const find = (name: string) => block.type.fields.find((f) => f.name === name)
  const permitted = find('PERMITTED')
  if (permitted === undefined) return
  const { values } = block
  let mask = numbersOf(block, permitted)[0] ?? 0
  const cascade = find('CAS_IN')
  const has = (mode: number): boolean => ((mask >> mode) & 1) === 1
  const open =
    !doubtful &&
    cascade !== undefined &&
    !block.wires.some((w) => w.field === cascade) &&
    !into(block).some((w) => w.field === cascade)
  if (open && has(MODE.cas)) {
    mask -= 1 << MODE.cas
    values.set('PERMITTED', [mask])
  }
  for (const name of ['NORMAL', 'MODE_TARGET']) {
    const field = find(name)
    if (field === undefined) continue
    const mode = numbersOf(block, field)[0] ?? 0
    if (has(mode)) continue
    if (values.has(name)) {
      const allowed = MODE_NAMES.filter((_, n) => has(n)).join(', ')
      const why = open && mode === MODE.cas ? `; nothing is wired to its CAS_IN` : ''
      faults.add(
        'CFG_NORMAL_MODE',
        block.at,
        `${name.toLowerCase()} '${MODE_NAMES[mode]}' of ${block.name}`,
        `a permitted mode (${allowed})${why}`,
      )
    } else {
      const best = [MODE.cas, MODE.auto, MODE.man, MODE.oos].find(has)
      if (best !== undefined) values.set(name, [best])
    }
  }
}
