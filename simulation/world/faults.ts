/**
 * Faults by chance: each seed draws which kinds it knows and how dense they are; then kinds, ends and lengths, one by one.
 */
import type { Stream } from '../../numerics/streams.ts'
import type { Loop } from './loop.ts'

/** What can be done to the world. Every fault ends by itself; `calm` ends all. */
export interface FaultKind {
  readonly name: string
  /** Begins it; the answer ends it. */
  begin(length_ms: number): (() => void) | undefined
  /** Longest, ms. */
  readonly length_ms: number
}

export interface FaultScript {
  readonly counts: Map<string, number>
  calm(): void
}

export function createFaults(
  loop: Loop,
  chance: Stream,
  kinds: readonly FaultKind[],
  options: { readonly from_ms: number; readonly to_ms: number; readonly trace: (text: string) => void },
): FaultScript {
  const known = kinds.filter(() => chance.uniform() < 0.5)
  const spacing_ms = 800 + chance.uniform() * 5000
  const counts = new Map<string, number>()
  const active = new Set<() => void>()
  const next = (): void => {
    loop.after(spacing_ms * 2 * chance.uniform(), () => {
      if (loop.now >= options.to_ms || known.length === 0) return
      const kind = known[chance.below(known.length)]!
      const length_ms = kind.length_ms * chance.uniform() * chance.uniform()
      const end = kind.begin(length_ms)
      if (end !== undefined) {
        counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1)
        options.trace(`fault ${kind.name} ${Math.round(length_ms)}`)
        active.add(end)
        loop.after(length_ms, () => {
          if (active.delete(end)) end()
        })
      }
      next()
    })
  }
  loop.at(options.from_ms, next)
  return {
    counts,
    calm: () => {
      for (const end of active) end()
      active.clear()
    },
  }
}
