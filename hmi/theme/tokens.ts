/** Colours of the screen, by theme. Alarm colours are not here: those stand in the folder alarm and nowhere else. */
export interface Tokens {
  readonly canvas: string
  readonly panel: string
  readonly raised: string
  readonly text: string
  readonly text2: string
  /** Live values. */
  readonly pv: string
  /** Process lines and outlines. */
  readonly line: string
  readonly lineStrong: string
  readonly running: string
  readonly stopped: string
  /** Analog indicator: the whole scale, the desired band, the zones beyond the limits. */
  readonly range: string
  readonly desired: string
  readonly zone: string
  readonly focus: string
  /** Bypassed, forced, simulated: always with the word beside it. */
  readonly override: string
  readonly stale: string
  readonly pens: readonly string[]
}

export type ThemeName = 'light' | 'dark'

export const tokens: Readonly<Record<ThemeName, Tokens>> = {
  light: {
    canvas: '#D9DBDD',
    panel: '#E6E8EA',
    raised: '#F1F2F3',
    text: '#1B1F23',
    text2: '#42484E',
    pv: '#0B2E6B',
    line: '#6A7077',
    lineStrong: '#4A5056',
    running: '#F7F8F9',
    stopped: '#7C838A',
    range: '#BFC7CE',
    desired: '#A9C1D2',
    zone: '#C6CACE',
    focus: '#0A58CA',
    override: '#005E8A',
    stale: '#5A5F65',
    pens: ['#0B5FA5', '#8A4B00', '#00695C', '#6A1B7A', '#4E5A00', '#8C1D5A', '#37474F', '#5D4037'],
  },
  dark: {
    canvas: '#22262A',
    panel: '#2B3035',
    raised: '#363C42',
    text: '#E6E8EA',
    text2: '#AEB4BA',
    pv: '#9CC9FF',
    line: '#7E868E',
    lineStrong: '#A5ACB3',
    running: '#DDE1E4',
    stopped: '#5B6268',
    range: '#454C53',
    desired: '#4A6980',
    zone: '#1B1F22',
    focus: '#6FB1FF',
    override: '#5CC4E8',
    stale: '#8E959B',
    pens: ['#6FB1FF', '#E0A458', '#5FD0BD', '#D69BE6', '#C3CC66', '#F08CBE', '#B0BEC5', '#C9A18E'],
  },
}
