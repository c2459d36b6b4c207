/**
 * Starting states: which values the strategy begins with when the plant begins in a given state.
 */
import { createHash } from 'node:crypto'
import type { Artifact } from '../contracts/artifact.ts'
import { BLOCK_TYPES } from '../controller/core/blocks/index.ts'
import { layoutOf } from '../controller/core/layout.ts'
import { canonicalJson } from '../controller/core/strategy/canonical-json.ts'

/**
 * The start of a plant that somebody asked for: by its name, or `3` for `mode3`. Nothing asked for: `mode1` where there is one,
 * else the plant's first. Undefined where it is none of `names`.
 */
export function startName(text: string | undefined, names: readonly string[]): string | undefined {
  if (text === undefined) return names.includes('mode1') ? 'mode1' : names[0]
  return [text, `mode${text}`].find((name) => names.includes(name))
}

/** What `startName` takes, in words: `base or 1 to 6`, `minimum or nonminimum`. */
export function startWords(names: readonly string[]): string {
  const modes = names.filter((name) => /^mode[0-9]+$/.test(name)).map((name) => name.slice(4))
  const others = names.filter((name) => !/^mode[0-9]+$/.test(name))
  const range = modes.length > 2 ? [`${modes[0]} to ${modes.at(-1)}`] : modes
  const all = [...others, ...range]
  return all.length < 2 ? (all[0] ?? 'a start') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`
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
