/**
 * A hash over every constant that the solver judges with, computed anew before each scan: a bit that has flipped in
 * them trips.
 *
 * FNV-1a over words of 32 bits: each step is a bijection of the hash, so that a change of any one word always changes
 * the result. Allocates nothing.
 */
import type { Solver } from '../core/solver.ts'

export interface RunningHash {
  /** 32 bits with a sign, which the engine keeps off the heap: as it was when this was made. */
  readonly expected: number
  compute(): number
}

const PRIME = 0x01000193
const BASIS = 0x811c9dc5

export function createRunningHash(solver: Solver): RunningHash {
  const tables = solver.tables as unknown as Record<string, unknown>
  const words: Uint32Array[] = []
  const bytes: Uint8Array[] = []
  /** Plain numbers of the tables; the names are fixed here, the values are read each time. */
  const names: string[] = []
  const collect = (value: unknown, name: string): void => {
    if (typeof value === 'number') names.push(name)
    else if (ArrayBuffer.isView(value)) {
      if (value.byteLength % 4 === 0 && value.byteOffset % 4 === 0)
        words.push(new Uint32Array(value.buffer, value.byteOffset, value.byteLength / 4))
      else bytes.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    } else if (Array.isArray(value)) for (const each of value) collect(each, '')
  }
  for (const name of Object.keys(tables).sort()) collect(tables[name], name)
  for (const each of solver.second.constants) collect(each, '')
  const causes = solver.config.causes
  const compute = (): number => {
    let hash = BASIS | 0
    for (let k = 0; k < words.length; k++) {
      const list = words[k]!
      for (let i = 0; i < list.length; i++) hash = Math.imul(hash ^ list[i]!, PRIME)
    }
    for (let k = 0; k < bytes.length; k++) {
      const list = bytes[k]!
      for (let i = 0; i < list.length; i++) hash = Math.imul(hash ^ list[i]!, PRIME)
    }
    for (let k = 0; k < names.length; k++) hash = Math.imul(hash ^ ((tables[names[k]!] as number) | 0), PRIME)
    for (let c = 0; c < causes.length; c++)
      hash = Math.imul(hash ^ (causes[c]!.auto_acknowledge === true ? 1 : 0), PRIME)
    return hash
  }
  return { expected: compute(), compute }
}
