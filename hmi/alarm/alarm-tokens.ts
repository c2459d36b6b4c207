import type { ThemeName } from '../theme/tokens.ts'

/** Fill and text of a chip, and its outline: without the outline the yellow would have a contrast of 1.03 on grey. */
export interface ChipColours {
  readonly fill: string
  readonly text: string
}

export type Rank = 1 | 2 | 3 | 4

export const chipOutline: Readonly<Record<ThemeName, string>> = { light: '#1B1F23', dark: '#E6E8EA' }

export const chipColours: Readonly<Record<ThemeName, Readonly<Record<Rank, ChipColours>>>> = {
  light: {
    1: { fill: '#A80028', text: '#FFFFFF' },
    2: { fill: '#D96C00', text: '#1B1F23' },
    3: { fill: '#FFDD33', text: '#1B1F23' },
    4: { fill: '#7B2DB2', text: '#FFFFFF' },
  },
  dark: {
    1: { fill: '#E0102F', text: '#FFFFFF' },
    2: { fill: '#F28518', text: '#1B1F23' },
    3: { fill: '#FFF27A', text: '#1B1F23' },
    4: { fill: '#DAA6FF', text: '#1B1F23' },
  },
}
