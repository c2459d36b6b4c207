import { useEffect, useRef, useState } from 'react'
import { useStation } from '../link/use-station.ts'
import { formatValue } from '../model/format.ts'
import type { Excursion } from '../model/limits.ts'
import { texts } from '../model/texts.ts'
import { useExcursions } from './excursions.ts'

const PAUSE_MS = 3000

/**
 * The one region that a screen reader speaks by itself: new excursions of rank 1 and 2, at most one in 3 s. Values are
 * no live regions: they would never stop speaking.
 */
export function Announcer() {
  const { store } = useStation()
  const excursions = useExcursions()
  const [text, setText] = useState('')
  const spoken = useRef(new Set<Excursion>())
  const last_ms = useRef(Number.NEGATIVE_INFINITY)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` is here so that the next one is spoken after the pause
  useEffect(() => {
    const news = excursions.filter((e) => e.rank <= 2 && !spoken.current.has(e))
    spoken.current = new Set(excursions.filter((e) => spoken.current.has(e)))
    const first = news[0]
    if (first === undefined) return undefined
    const timer = window.setTimeout(
      () => {
        last_ms.current = performance.now()
        spoken.current.add(first)
        const record = store.tag(first.tag)
        setText(
          `${first.tag} ${record?.description ?? ''} ${texts.limits[first.limit]} ${formatValue(first.limitValue, record?.decimals ?? 1)}`,
        )
      },
      Math.max(0, last_ms.current + PAUSE_MS - performance.now()),
    )
    return () => window.clearTimeout(timer)
  }, [excursions, store, text])
  return (
    <div className="sr-only" role="alert" data-testid="announcer">
      {text}
    </div>
  )
}
