/** A SIL file on disk: read, made a tree with places, and turned into safety functions. */
import { readFileSync } from 'node:fs'
import { type ConfigFault, collectFaults, sortFaults } from '../../controller/core/strategy/fault.ts'
import { readYaml } from '../../controller/core/strategy/source.ts'
import { readSil } from '../../safety/sil/read-sil.ts'
import type { SilProject } from '../../safety/sil/sif.ts'

export type SilLoaded = { readonly project: SilProject } | { readonly faults: readonly ConfigFault[] }

/** @param path - as the user gave it, and as the faults name it */
export function readSilFile(path: string): SilLoaded {
  const faults = collectFaults()
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    faults.add(
      'CFG_UNREADABLE_FILE',
      { file: path, line: 0, column: 0 },
      (cause as Error).message,
      'a readable UTF-8 text',
    )
    return { faults: faults.list }
  }
  const tree = readYaml(faults, path, text)
  if (tree === undefined || faults.list.length > 0) return { faults: sortFaults(faults.list) }
  const read = readSil(tree)
  if ('project' in read) return read
  for (const { code, at, found, expected } of read.faults) faults.add(code, at, found, expected)
  return { faults: sortFaults(faults.list) }
}
