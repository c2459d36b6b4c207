import type { TagRecord } from '../../contracts/artifact.ts'
import { MODE_NAMES } from '../../contracts/mode.ts'
import type { Readings } from './tag-store.ts'

export interface OffNormal {
  readonly tag: string
  readonly target: string
  readonly actual: string
  readonly normal: string
}

/** Loops whose target or actual mode is not the normal one. Unknown modes (no data yet) are not called off normal. */
export function offNormal(tags: readonly TagRecord[], readings: (tag: string) => Readings): OffNormal[] {
  const list: OffNormal[] = []
  for (const t of tags) {
    if (t.normal === '' || t.fields.MODE_ACTUAL === undefined) continue
    const r = readings(t.tag)
    const actual = modeName(r.MODE_ACTUAL?.value)
    const target = modeName(r.MODE_TARGET?.value) || actual
    const normal = t.normal.toLowerCase()
    if (actual !== '' && (actual !== normal || target !== normal)) list.push({ tag: t.tag, target, actual, normal })
  }
  return list
}

/** "" for what is no mode. */
export const modeName = (value: number | undefined): string => (value === undefined ? '' : (MODE_NAMES[value] ?? ''))
