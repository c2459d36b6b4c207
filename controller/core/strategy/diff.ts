/**
 * What differs between two strategies, as an engineer would say it: `FIC-101.PID1 reset 8 s -> 12 s`.
 *
 * Blocks are matched by their ids, so that a rename is one line; texts and the order of files do not count.
 */
import type { ModelBlock, ModelModule, StrategyModel } from './model.ts'

export interface Change {
  readonly kind: 'added' | 'removed' | 'renamed' | 'changed' | 'order'
  /** `FIC-101.PID1` */
  readonly where: string
  /** `reset`, `in`, `HI limit`; '' for the whole. */
  readonly what: string
  readonly from: string
  readonly to: string
}

export function diffStrategies(a: StrategyModel, b: StrategyModel): Change[] {
  const changes: Change[] = []
  const facts = (where: string, from: Facts, to: Facts, prefix = ''): void => {
    for (const name of [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()) {
      const [x = '', y = ''] = [from[name], to[name]]
      if (x !== y)
        changes.push({
          kind: 'changed',
          where,
          what: `${prefix}${/^[A-Z0-9_]+$/.test(name) ? name.toLowerCase() : name}`,
          from: x,
          to: y,
        })
    }
  }
  facts('strategy', { name: a.name, title: a.title }, { name: b.name, title: b.title })

  function module(x: ModelModule | undefined, y: ModelModule | undefined): void {
    if (x === undefined || y === undefined) {
      const one = (x ?? y)!
      const text = `${one.facts['kind'] ?? 'module'}, ${one.blocks.length} blocks: ${one.facts['description'] ?? ''}`
      changes.push(x === undefined ? added(one.tag, text) : removed(one.tag, text))
      return
    }
    if (x.tag !== y.tag) changes.push({ kind: 'renamed', where: y.tag, what: '', from: x.tag, to: y.tag })
    facts(y.tag, x.facts, y.facts)
    pair(
      x.alarms,
      y.alarms,
      (alarm) => alarm.kind,
      (p, q) => {
        const kind = (p ?? q)!.kind
        if (p === undefined) changes.push(added(y.tag, `alarm ${kind} at ${limitText(q!.facts)}`))
        else if (q === undefined) changes.push(removed(y.tag, `alarm ${kind} at ${limitText(p.facts)}`))
        else facts(y.tag, p.facts, q.facts, `alarm ${kind} `)
      },
    )
    // Blocks that detect alarms follow from them.
    const own = (m: ModelModule): ModelBlock[] => m.blocks.filter((block) => !/^ALM\d+$/.test(block.name))
    pair(own(x), own(y), (block) => block.stable, block)
  }
  function block(x: ModelBlock | undefined, y: ModelBlock | undefined): void {
    if (x === undefined || y === undefined) {
      const one = (x ?? y)!
      changes.push(x === undefined ? added(one.key, one.type) : removed(one.key, one.type))
      return
    }
    if (x.name !== y.name) changes.push({ kind: 'renamed', where: y.key, what: '', from: x.name, to: y.name })
    facts(y.key, { type: x.type, expr: x.expression }, { type: y.type, expr: y.expression })
    facts(y.key, x.sequence, y.sequence)
    facts(y.key, x.parameters, y.parameters)
    facts(y.key, renamedWires(x.wires), y.wires)
  }
  /** A wire from a block that was only renamed is the same wire. */
  const names = new Map<string, string>()
  const after = new Map(b.modules.flatMap((m) => m.blocks.map((one) => [one.stable, one.key] as const)))
  for (const one of a.modules.flatMap((m) => m.blocks)) names.set(one.key, after.get(one.stable) ?? one.key)
  function renamedWires(wires: Facts): Facts {
    const entries = Object.entries(wires).map(([input, source]) => {
      const match = /^([^. ]+\.[^. ]+)(\..*)$/.exec(source)
      return [input, match === null ? source : `${names.get(match[1]!) ?? match[1]}${match[2]}`] as const
    })
    return Object.fromEntries(entries)
  }
  pair(a.modules, b.modules, (m) => m.stable, module)
  pair(
    a.records,
    b.records,
    (r) => r.name,
    (x, y) => {
      if (x === undefined) changes.push(added(y!.name, ''))
      else if (y === undefined) changes.push(removed(x.name, ''))
      else facts(y.name, x.facts, y.facts)
    },
  )
  changes.push(...orderChanges(a.order, b.order))
  return changes
}

type Facts = Readonly<Record<string, string>>

const limitText = (alarm: Facts): string => alarm['limit'] ?? alarm['state'] ?? 'bad PV'

const added = (where: string, to: string): Change => ({ kind: 'added', where, what: '', from: '', to })
const removed = (where: string, from: string): Change => ({ kind: 'removed', where, what: '', from, to: '' })

function pair<T>(
  a: readonly T[],
  b: readonly T[],
  idOf: (item: T) => string,
  tell: (x: T | undefined, y: T | undefined) => void,
): void {
  const [left, right] = [new Map(a.map((x) => [idOf(x), x])), new Map(b.map((x) => [idOf(x), x]))]
  for (const id of [...new Set([...left.keys(), ...right.keys()])].sort()) tell(left.get(id), right.get(id))
}

/** Of the blocks that both have: another scan class or phase, and those that now stand elsewhere in the scan. */
function orderChanges(a: readonly string[], b: readonly string[]): Change[] {
  const read = (lines: readonly string[]) =>
    new Map(
      lines.map((line, i) => {
        const [scan = '', phase = '', , id = ''] = line.split(' ')
        return [id, { group: `${scan} ${phase}`, rank: i }] as const
      }),
    )
  const [before, now] = [read(a), read(b)]
  const changes: Change[] = []
  const common = [...now.keys()].filter((id) => before.has(id))
  for (const id of common) {
    const [x, y] = [before.get(id)!.group, now.get(id)!.group]
    if (x !== y) changes.push({ kind: 'order', where: id, what: 'scan class and phase', from: x, to: y })
  }
  // What is left of the old order is the longest rising sequence; the others have moved.
  const same = common.filter((id) => before.get(id)!.group === now.get(id)!.group)
  const ranks = same.map((id) => before.get(id)!.rank)
  const kept = new Set(longestRising(ranks))
  same.forEach((id, i) => {
    if (kept.has(i)) return
    const next = same.slice(i + 1).find((_, j) => kept.has(i + 1 + j))
    changes.push({
      kind: 'order',
      where: id,
      what: 'place in the scan',
      from: '',
      to: next === undefined ? 'last' : `before ${next}`,
    })
  })
  return changes
}

/** Indices of a longest rising subsequence. @see Schensted, Canad. J. Math. 13 (1961) */
function longestRising(values: readonly number[]): number[] {
  const tails: number[] = []
  const previous: number[] = []
  values.forEach((value, i) => {
    let [lo, hi] = [0, tails.length]
    while (lo < hi) {
      const middle = Math.floor((lo + hi) / 2)
      if (values[tails[middle]!]! < value) lo = middle + 1
      else hi = middle
    }
    previous[i] = lo > 0 ? tails[lo - 1]! : -1
    tails[lo] = i
  })
  const found: number[] = []
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i]!) found.push(i)
  return found.reverse()
}

/** `FIC-101.PID1 reset 8 s -> 12 s` */
export function changeText({ kind, where, what, from, to }: Change): string {
  if (kind === 'added') return `+ ${where} ${to}`.trimEnd()
  if (kind === 'removed') return `- ${where} ${from}`.trimEnd()
  if (kind === 'renamed') return `${where} renamed from ${from}`
  if (kind === 'order') return `order: ${where} ${what} ${from === '' ? to : `${from} -> ${to}`}`
  return `${where} ${what} ${from === '' ? '(none)' : from} -> ${to === '' ? '(none)' : to}`
}
