/**
 * Starting states: which values the strategy begins with when the plant begins in a given state.
 */
import { createHash } from 'node:crypto'
import type { Artifact } from '../contracts/artifact.ts'
import { BLOCK_TYPES } from '../controller/core/blocks/index.ts'
import { layoutOf } from '../controller/core/layout.ts'
import { canonicalJson } from '../controller/core/strategy/canonical-json.ts'

/** `mode3`, `3` and `base` are names of starts; undefined where it is none. */
export function startName(text: string): string | undefined {
  if (/^(base|mode[1-6])$/.test(text)) return text
  return /^[1-6]$/.test(text) ? `mode${text}` : undefined
}

/** The artifact with these values, by writable key, in the image of its cold load, under a hash of its own. */
export function withStart(artifact: Artifact, values: ReadonlyMap<string, number>): Artifact {
  const image = new Map(artifact.control.s_init)
  for (const [key, value] of values) {
    const target = artifact.control.writable.find((w) => w.key === key)!
    const block = artifact.control.blocks[target.block]!
    const field = target.field === 'MODE' ? 'MODE_TARGET' : target.field
    image.set(block.s + layoutOf(BLOCK_TYPES.get(block.type)!.fields).S[field]!, value)
  }
  const { hash: _, ...rest } = artifact
  const body = { ...rest, control: { ...artifact.control, s_init: [...image].sort(([a], [b]) => a - b) } }
  return { ...body, hash: createHash('sha256').update(canonicalJson(body), 'utf8').digest('hex') }
}
