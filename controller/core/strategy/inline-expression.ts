import type { MapEntry, MapSource, Source } from './source.ts'

const SEQUENCE = 'SFC'
const KEYS = ['let', 'expr', 'unit', 'empirical']

/**
 * An expression may stand where a block is wired: `il1: {let: {t: TI-1.AI1.OUT}, expr: 't > 90'}`.
 *
 * It is a CALC of its own, named after block and input (`COND1_IL1`), in front of the block: it has a place in the scan, a loop
 * sheet and a status like any other, and is checked as such. Sequences have expressions of their own, which stay.
 */
export function withInlineExpressions(blocks: readonly MapEntry[]): MapEntry[] {
  return blocks.flatMap((block) => {
    const { value } = block
    if (value.kind !== 'map' || wordAt(value, 'type') === SEQUENCE) return [block]
    const before: MapEntry[] = []
    const entries = value.entries.map((entry): MapEntry => {
      if (!isExpression(entry)) return entry
      const name = `${block.key}_${entry.key.toUpperCase()}`
      const { at } = entry
      const type: MapEntry = { key: 'type', at, value: { kind: 'scalar', value: 'CALC', at } }
      before.push({ key: name, at, value: { ...entry.value, entries: [type, ...entry.value.entries] } })
      return { key: entry.key, at, value: { kind: 'scalar', value: `${name}.OUT`, at: entry.value.at } }
    })
    return before.length === 0 ? [block] : [...before, { ...block, value: { ...value, entries } }]
  })
}

const isExpression = (entry: MapEntry): entry is MapEntry & { readonly value: MapSource } =>
  !KEYS.includes(entry.key) && entry.value.kind === 'map' && entry.value.entries.some((e) => e.key === 'expr')

function wordAt(map: MapSource, key: string): unknown {
  const found: Source | undefined = map.entries.find((e) => e.key === key)?.value
  return found?.kind === 'scalar' ? found.value : undefined
}
