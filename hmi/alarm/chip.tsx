import { useTheme } from '../theme/use-theme.ts'
import { chipColours, chipOutline, type Rank } from './alarm-tokens.ts'

/**
 * Shape, number and colour together say the rank, so that each of them alone suffices: square 1, triangle up 2,
 * triangle down 3, diamond 4. `lit` false draws only the outline in grey, for a counter that stands at 0.
 */
export function Chip({ rank, lit, size = 20 }: { rank: Rank; lit: boolean; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" className="chip">
      <ChipShape rank={rank} lit={lit} />
    </svg>
  )
}

/** The same inside another drawing, 20 units wide. */
export function ChipShape({ rank, lit }: { rank: Rank; lit: boolean }) {
  const theme = useTheme()
  const colours = chipColours[theme][rank]
  return (
    <g>
      <path
        d={SHAPES[rank]}
        fill={lit ? colours.fill : 'none'}
        stroke={lit ? chipOutline[theme] : 'var(--line)'}
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
      <text
        x="10"
        y={BASELINES[rank]}
        textAnchor="middle"
        fontSize="11.5"
        fontWeight="700"
        fill={lit ? colours.text : 'var(--text2)'}
      >
        {rank}
      </text>
    </g>
  )
}

const SHAPES: Readonly<Record<Rank, string>> = {
  1: 'M2 2H18V18H2Z',
  2: 'M10 1.2L19 18H1Z',
  3: 'M10 18.8L19 2H1Z',
  4: 'M10 .8L19.2 10L10 19.2L.8 10Z',
}
const BASELINES: Readonly<Record<Rank, number>> = { 1: 14.2, 2: 16, 3: 11.8, 4: 14.1 }
