/**
 * The chain in memory: the last two accepted snapshots and every frame since the older one, with the answers to each.
 * From it a controller is brought to the present, whatever the disk does.
 */
import type { CommandResult, Frame, Output, TickId } from '../../contracts/frame.ts'
import { compareTicks } from '../../contracts/frame.ts'
import type { Snapshot } from './log-records.ts'

export interface Entry {
  readonly frame: Frame
  /** Mark of its record in the log; undefined: not written, there is a hole. */
  mark: number | undefined
  readonly answers: [Answer | undefined, Answer | undefined]
}

export interface Answer {
  readonly digest: number
  readonly join: number
  readonly results: readonly CommandResult[]
}

export interface Chain {
  /** One or two; the first is the state that the first entry steps from, or an older one. */
  snapshots: Snapshot[]
  entries: Entry[]
}

/** Only a controller that sends no snapshot for so long lets the chain grow to this; then the oldest frames go. */
const ENTRIES_MAX = 6000

export const coldSnapshot = (artifact: string): Snapshot => ({
  epoch: 0,
  n: 0,
  digest: 0,
  artifact,
  state: new Uint8Array(0),
})

export function tipOfChain(chain: Chain): TickId {
  return chain.entries.at(-1)?.frame ?? chain.snapshots.at(-1)!
}

/** The entries that lead from the state `from` to the tip, or undefined where `from` is not on the chain. */
export function entriesAfter(chain: Chain, from: TickId): Entry[] | undefined {
  const { entries } = chain
  for (let i = entries.length - 1; i >= 0; i--) {
    if (compareTicks(entries[i]!.frame, from) === 0) return entries.slice(i + 1)
  }
  const first = entries[0]?.frame
  const root = first === undefined ? tipOfChain(chain) : { epoch: first.prev_epoch, n: first.prev_n }
  return compareTicks(root, from) === 0 ? entries.slice() : undefined
}

/** The entry of this tick, and how many frames ago it was. */
export function findEntry(chain: Chain, at: TickId): { readonly entry: Entry; readonly ago: number } | undefined {
  const { entries } = chain
  for (let i = entries.length - 1; i >= 0; i--) {
    if (compareTicks(entries[i]!.frame, at) === 0) return { entry: entries[i]!, ago: entries.length - 1 - i }
  }
  return undefined
}

export function addEntry(chain: Chain, frame: Frame): Entry {
  const entry: Entry = { frame, mark: undefined, answers: [undefined, undefined] }
  chain.entries.push(entry)
  if (chain.entries.length > ENTRIES_MAX) chain.entries.splice(0, chain.entries.length - ENTRIES_MAX)
  return entry
}

/** Keeps this snapshot and the one before it, and the frames since the one before. */
export function addSnapshot(chain: Chain, snapshot: Snapshot): void {
  chain.snapshots = [chain.snapshots.at(-1)!, snapshot]
  const from = chain.snapshots[0]!
  chain.entries = chain.entries.filter((entry) => compareTicks(entry.frame, from) > 0)
}

export const answerOf = (output: Output): Answer => ({
  digest: output.digest,
  join: output.join,
  results: output.results,
})
