/**
 * Renames that are declared: what had another name keeps its id, and with it its state, its place in the scan and its phase.
 */
import type { Faults } from './fault.ts'
import type { LoopsFile, ModuleSpec } from './read-module.ts'
import { readMoves } from './read-module.ts'

/** The id of a block by its tag and name, before and after. */
export interface StableNames {
  /** `FIC-100`, if FIC-101 was called so. */
  readonly tag: (tag: string) => string
  /** `FIC-100.PIDA`, if FIC-101.PID1 was called so; undefined where the block was not renamed. */
  readonly block: (tag: string, name: string) => string | undefined
}

/**
 * Reads `moved` of the loops files (`{from: FIC-100, to: FIC-101}`, `{from: FIC-101.PIDA, to: FIC-101.PID1}`) and of modules and
 * classes (`{from: PIDA, to: PID1}`). The old name must be gone and the new one be there.
 */
export function readMoved(faults: Faults, files: readonly LoopsFile[], modules: readonly ModuleSpec[]): StableNames {
  const tags = new Map<string, string>()
  const blocks = new Map<string, string>()
  const byTag = new Map(modules.map((m) => [m.tag.text, m] as const))
  const has = (tag: string, block: string): boolean => byTag.get(tag)?.blocks.some((b) => b.key === block) === true
  const wrong = (at: Parameters<Faults['add']>[1], found: string, expected: string): void =>
    faults.add('CFG_MOVED', at, found, expected)

  for (const { from, to } of files.flatMap((f) => f.moves)) {
    const [tag, block, ...rest] = to.text.split('.') as [string, ...string[]]
    const [oldTag, oldBlock] = from.text.split('.') as [string, ...string[]]
    if (rest.length > 0 || (block === undefined) !== (oldBlock === undefined)) {
      wrong(from.at, `'${from.text}' to '${to.text}'`, 'two tags, or two blocks of one tag')
    } else if (block === undefined) {
      if (!byTag.has(tag)) wrong(to.at, `'${tag}' that is not there`, 'the tag it has now')
      else if (byTag.has(oldTag)) wrong(from.at, `'${oldTag}' that is still there`, 'a tag that is gone')
      else if ([...tags.values()].includes(oldTag)) wrong(from.at, `'${oldTag}' moved twice`, 'each tag once')
      else tags.set(tag, oldTag)
    } else if (oldTag !== tag) wrong(from.at, `'${from.text}' to '${to.text}'`, 'two blocks of one tag')
    else move(blocks, tag, oldBlock!, block, from.at, to.at)
  }
  for (const module of modules) {
    for (const { from, to } of readMoves(faults, module.moved)) {
      move(blocks, module.tag.text, from.text, to.text, from.at, to.at)
    }
  }

  function move(
    into: Map<string, string>,
    tag: string,
    from: string,
    to: string,
    fromAt: Parameters<Faults['add']>[1],
    toAt: Parameters<Faults['add']>[1],
  ): void {
    if (!has(tag, to)) wrong(toAt, `'${tag}.${to}' that is not there`, 'the name the block has now')
    else if (has(tag, from)) wrong(fromAt, `'${tag}.${from}' that is still there`, 'a name that is gone')
    else into.set(`${tag}.${to}`, from)
  }
  const tagOf = (tag: string): string => tags.get(tag) ?? tag
  return {
    tag: tagOf,
    block: (tag, name) => {
      const was = blocks.get(`${tag}.${name}`)
      return was === undefined ? undefined : `${tagOf(tag)}.${was}`
    },
  }
}
