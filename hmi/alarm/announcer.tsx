import { useEffect, useRef, useState } from 'react'
import { useStation, useStationState } from '../link/use-station.ts'
import { formatValue } from '../model/format.ts'
import { texts } from '../model/texts.ts'
import { useExcursions } from './excursions.ts'

const PAUSE_MS = 3000

/**
 * The one region that a screen reader speaks by itself: what is new of rank 1 and 2, of the safety system first, at most one in 3 s.
 * Values are no live regions: they would never stop speaking.
 */
export function Announcer() {
  const { store } = useStation()
  const excursions = useExcursions()
  const sis = useStationState((s) => s.sis?.status.alarms)
  const [text, setText] = useState('')
  const spoken = useRef(new Set<unknown>())
  const last_ms = useRef(Number.NEGATIVE_INFINITY)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` is here so that the next one is spoken after the pause
  useEffect(() => {
    const standing: readonly (readonly [known: unknown, words: string])[] = [
      // A time in its words changes without being news.
      ...(sis ?? []).filter((a) => a.rank <= 2).map((a) => [a.text.replace(/\d+ s\b/g, ''), a.text] as const),
      ...excursions
        .filter((e) => e.rank <= 2)
        .map((e) => {
          const record = store.tag(e.tag)
          const limit = `${texts.limits[e.limit]} ${formatValue(e.limitValue, record?.decimals ?? 1)}`
          return [e, `${e.tag} ${record?.description ?? ''} ${limit}`] as const
        }),
    ]
    spoken.current = new Set(standing.map(([known]) => known).filter((known) => spoken.current.has(known)))
    const first = standing.find(([known]) => !spoken.current.has(known))
    if (first === undefined) return undefined
    const timer = window.setTimeout(
      () => {
        last_ms.current = performance.now()
        spoken.current.add(first[0])
        setText(first[1])
      },
      Math.max(0, last_ms.current + PAUSE_MS - performance.now()),
    )
    return () => window.clearTimeout(timer)
  }, [excursions, sis, store, text])
  return (
    <div className="sr-only" role="alert" data-testid="announcer">
      {text}
    </div>
  )
}
