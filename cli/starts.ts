/**
 * Starting states: which values the strategy begins with when the plant begins in a given state.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Artifact } from '../contracts/artifact.ts'
import { BLOCK_TYPES } from '../controller/core/blocks/index.ts'
import { layoutOf } from '../controller/core/layout.ts'
import { canonicalJson } from '../controller/core/strategy/canonical-json.ts'

export class StartFault extends Error {}

/** `mode3`, `3` and `base` are names of starts; undefined where it is none. */
export function startName(text: string): string | undefined {
  if (/^(base|mode[1-6])$/.test(text)) return text
  return /^[1-6]$/.test(text) ? `mode${text}` : undefined
}

/**
 * The artifact with the values of a start in the image of its cold load, under a hash of its own.
 * @throws StartFault naming file, start and key where the file asks for something the strategy does not have
 */
export function withStart(artifact: Artifact, folder: string, start: string): Artifact {
  const path = join(folder, 'plant/starts.yaml')
  const starts = parse(readFileSync(path, 'utf8')) as Record<string, Record<string, number>>
  const values = starts[start]
  if (values === undefined) {
    throw new StartFault(`${path}: no start '${start}', expected one of ${Object.keys(starts).join(', ')}`)
  }
  const image = new Map(artifact.control.s_init)
  for (const [key, value] of Object.entries(values)) {
    const target = artifact.control.writable.find((w) => w.key === key)
    if (target === undefined) throw new StartFault(`${path}: ${start}: the strategy has nothing to write at '${key}'`)
    const block = artifact.control.blocks[target.block]!
    const at = layoutOf(BLOCK_TYPES.get(block.type)!.fields).S[target.field]
    if (at === undefined || typeof value !== 'number')
      throw new StartFault(`${path}: ${start}: '${key}' cannot start at ${value}`)
    image.set(block.s + at, value)
  }
  const { hash: _, ...rest } = artifact
  const body = { ...rest, control: { ...artifact.control, s_init: [...image].sort(([a], [b]) => a - b) } }
  return { ...body, hash: createHash('sha256').update(canonicalJson(body), 'utf8').digest('hex') }
}
