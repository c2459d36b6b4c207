/**
 * The device profiles that io files may name: the strategy's own, all read, and those that come along, read when they are named.
 */

import type { DeviceProfile, ProfileLibrary } from '../../../protocols/core/profile/profile.ts'
import { readProfile } from '../../../protocols/core/profile/read-profile.ts'
import type { StrategyFile } from './compile.ts'
import type { Faults, Place } from './fault.ts'
import { type MapSource, readYaml, type Source } from './source.ts'

export interface ProfileTree {
  readonly path: string
  /** Undefined where the file has no tree: its faults have been reported. */
  readonly tree: MapSource | undefined
}

/** @param own - of the strategy; they come before shipped ones of the same name */
export function profileLibrary(
  faults: Faults,
  own: readonly ProfileTree[],
  shipped: readonly StrategyFile[],
): ProfileLibrary {
  const found = new Map<string, DeviceProfile | undefined>()
  for (const { path, tree } of own) found.set(nameOf(path), tree === undefined ? undefined : read(faults, path, tree))
  const further = shipped.filter((f) => !found.has(nameOf(f.path)))
  return {
    names: [...new Set([...found.keys(), ...further.map((f) => nameOf(f.path))])].sort(),
    get: (name) => {
      const file = found.has(name) ? undefined : further.find((f) => nameOf(f.path) === name)
      if (file !== undefined) {
        const tree = readYaml(faults, file.path, file.text)
        found.set(name, tree === undefined ? undefined : read(faults, file.path, tree))
      }
      return found.get(name)
    },
  }
}

/** `profiles/eastron_sdm630.yaml`: eastron_sdm630 */
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.yaml$/, '')

function read(faults: Faults, path: string, tree: MapSource): DeviceProfile | undefined {
  const result = readProfile(plain(tree), nameOf(path))
  if ('profile' in result) return result.profile
  for (const { code, path: keys, key, found, expected, suggestion } of result.problems)
    faults.add(code, placeOf(tree, keys, key === true), found, expected, suggestion)
  return undefined
}

function plain(source: Source): unknown {
  if (source.kind === 'scalar') return source.value
  if (source.kind === 'list') return source.items.map(plain)
  // defineProperty through fromEntries: a key `__proto__` is a key like others.
  return Object.fromEntries(source.entries.map((e) => [e.key, plain(e.value)]))
}

/** Where the path leads, or the nearest above it that is there. */
function placeOf(tree: Source, path: readonly (string | number)[], key: boolean): Place {
  let node = tree
  let at = tree.at
  for (const [i, step] of path.entries()) {
    if (node.kind === 'map') {
      const entry = node.entries.find((e) => e.key === step)
      if (entry === undefined) return at
      node = entry.value
      at = node.kind === 'scalar' && !(key && i === path.length - 1) ? node.at : entry.at
    } else if (node.kind === 'list' && typeof step === 'number' && node.items[step] !== undefined) {
      node = node.items[step]
      at = node.at
    } else return at
  }
  return at
}
