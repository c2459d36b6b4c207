/** Which tests name a requirement: `[SRS-TE-S1]` in the name of a test of this repository. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Requirements, requirementsOf } from '../../safety/proof/requirements.ts'

export interface Traced {
  readonly id: string
  readonly text: string
  /** Files with a test that names it, or one of the ids that stand for it. */
  readonly files: readonly string[]
  /** Ids of its `tests` that no test names. */
  readonly absent: readonly string[]
  readonly gap?: string
}

const FOLDERS = ['safety', 'simulation', 'test', 'plant-sim', 'field-io', 'gateway', 'cli', 'controller']

/** Id to files. Only names of tests count: a string that opens with the id in brackets. */
export function testIds(root: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const folder of FOLDERS)
    if (existsSync(join(root, folder)))
      for (const file of filesOf(root, folder)) {
        const names = readFileSync(join(root, file), 'utf8').matchAll(/['"`]((?:\[[A-Z][\w.-]*\] ?)+)/g)
        const ids = new Set([...names].flatMap(([, ids]) => [...ids!.matchAll(/\[([^\]]+)\]/g)].map((m) => m[1]!)))
        for (const id of ids) found.set(id, [...(found.get(id) ?? []), file])
      }
  return found
}

function filesOf(root: string, folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`
    if (name === 'node_modules' || name.startsWith('.')) return []
    if (statSync(join(root, path)).isDirectory()) return filesOf(root, path)
    return /\.test\.ts$/.test(name) ? [path] : []
  })
}

export function trace(requirements: Requirements, ids: ReadonlyMap<string, readonly string[]>): readonly Traced[] {
  return requirementsOf(requirements).map(({ id, text, tests, gap }) => ({
    id,
    text,
    files: [...new Set([id, ...tests].flatMap((name) => ids.get(name) ?? []))].sort(),
    absent: tests.filter((name) => !ids.has(name)),
    ...(gap === undefined ? {} : { gap }),
  }))
}
