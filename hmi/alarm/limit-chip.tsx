import { ChipShape } from './chip.tsx'
import { useExcursion } from './excursions.ts'

/** The chip beside a pointer whose value is beyond a limit; nothing while it is within. */
export function LimitChip({ tag, x, y, size }: { tag: string; x: number; y: number; size: number }) {
  const excursion = useExcursion(tag)
  if (excursion === undefined) return null
  return (
    <svg x={x} y={y} width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <ChipShape rank={excursion.rank} lit />
    </svg>
  )
}
