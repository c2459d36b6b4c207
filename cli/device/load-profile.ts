import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parse } from 'yaml'
import { nearest } from '../../numerics/nearest.ts'
import type { DeviceProfile } from '../../protocols/core/profile/profile.ts'
import { readProfile } from '../../protocols/core/profile/read-profile.ts'
import { shippedProfiles } from '../strategy-files.ts'

const nameOf = (path: string): string => basename(path).replace(/\.ya?ml$/, '')

/** Names of the profiles that come along. */
export const profileNames = (): string[] => shippedProfiles().map((file) => nameOf(file.path))

/**
 * @param name - of a profile that comes along, or the path of a file
 * @throws Error in words: no such profile, or all that is wrong with it
 */
export function loadProfile(name: string): DeviceProfile {
  const file = /\.ya?ml$/.test(name)
    ? { path: name, text: readFileSync(name, 'utf8') }
    : shippedProfiles().find((f) => nameOf(f.path) === name)
  if (file === undefined) {
    const names = profileNames()
    const near = nearest(name, names)
    throw new Error(
      `no device profile '${name}': expected a .yaml file or one of ${names.join(', ')}${near === '' ? '' : `; did you mean ${near}?`}`,
    )
  }
  const read = readProfile(parse(file.text), nameOf(file.path))
  if ('profile' in read) return read.profile
  const lines = read.problems.map(
    (p) => `${file.path}: ${p.path.join('.')}: ${p.code}: found ${p.found}, expected ${p.expected}`,
  )
  throw new Error(lines.join('\n'))
}
