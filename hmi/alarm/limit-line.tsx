import { useStation } from '../link/use-station.ts'
import { formatClock, formatValue } from '../model/format.ts'
import { texts } from '../model/texts.ts'
import { Chip } from './chip.tsx'
import { useExcursion } from './excursions.ts'

/** The limit a tag is beyond, in words, at the head of its faceplate. */
export function LimitLine({ tag }: { tag: string }) {
  const excursion = useExcursion(tag)
  const record = useStation().store.tag(tag)
  if (excursion === undefined || record === undefined) return null
  return (
    <p className="limit-row" data-testid="faceplate-limit">
      <Chip rank={excursion.rank} lit size={20} />
      <strong>{`${texts.limits[excursion.limit]} ${formatValue(excursion.limitValue, record.decimals)} ${record.eu}`}</strong>
      <span className="quiet">{texts.overview.since(formatClock(excursion.since_ms))}</span>
    </p>
  )
}
