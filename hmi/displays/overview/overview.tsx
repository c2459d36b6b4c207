import type { DisplayRecord } from '../../../contracts/artifact.ts'
import { useStation } from '../../link/use-station.ts'
import { texts } from '../../model/texts.ts'
import { address, go, useAddress } from '../../shell/address.ts'
import { useTall } from '../../shell/use-layout.ts'
import { AnalogIndicator } from '../../widgets/analog-indicator.tsx'
import { Economics } from './economics.tsx'
import { Margins } from './margins.tsx'
import { Mimic } from './mimic.tsx'
import { hasSketch } from './mimic-slots.ts'
import { moveByArrow } from './move-by-arrow.ts'
import { OffNormalList } from './off-normal-list.tsx'
import { TrendPanel } from './trend-panel.tsx'

const BAR_HEIGHT = { tall: 176, short: 118 }
/** Where there is no sketch below them. */
const BAR_HEIGHT_ALONE = { tall: 340, short: 220 }
/** Narrowest column of an indicator: below it the process part scrolls sideways, unit by unit. */
const INDICATOR_PX = 62

/** Level 1: the whole plant at a glance, always in the same places. */
export function Overview({ display }: { display: DisplayRecord }) {
  const { tag } = useAddress()
  const tags = useStation().store.tags()
  const sketch = hasSketch(tags)
  const heights = sketch ? BAR_HEIGHT : BAR_HEIGHT_ALONE
  const bar = useTall() ? heights.tall : heights.short
  return (
    <main className="overview" data-testid="overview" onKeyDown={moveByArrow} aria-label={display.title}>
      <section className="process panel">
        <div className="columns">
          {display.columns.map((column) => (
            <section
              key={column.title}
              className="column"
              style={{ flexGrow: column.indicators.length, minWidth: column.indicators.length * INDICATOR_PX }}
              aria-label={column.title}
            >
              <h2>{column.title}</h2>
              <div className="indicators">
                {column.indicators.map((name) => (
                  <AnalogIndicator
                    key={name}
                    tag={name}
                    column={column.title}
                    height={bar}
                    selected={name === tag}
                    onSelect={select}
                  />
                ))}
              </div>
            </section>
          ))}
        </div>
        {sketch && <Mimic />}
      </section>
      <section className="trends" aria-label={texts.overview.trends}>
        {display.trends.map((t) => (
          <TrendPanel key={t.tag} tag={t.tag} span_min={t.span_min} onSelect={select} />
        ))}
      </section>
      <section className="strip panel">
        <OffNormalList />
        <Margins tags={display.margins} />
        <Economics tags={display.economics} />
      </section>
    </main>
  )
}

/** The same element again closes what it opened. */
const select = (name: string) => go({ tag: address().tag === name ? '' : name })
