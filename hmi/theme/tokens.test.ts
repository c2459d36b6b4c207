import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chipColours, chipOutline } from '../alarm/alarm-tokens.ts'
import { contrast, saturation } from './colour.ts'
import { tokens } from './tokens.ts'

const themes = ['light', 'dark'] as const
const HMI = join(import.meta.dirname, '..')
const files = (readdirSync(HMI, { recursive: true }) as string[]).filter(
  (f) => /\.(tsx?|css)$/.test(f) && !/\.test\.ts$/.test(f) && !f.startsWith('dist'),
)

test('contrast is that of WCAG: black on white 21, equal 1, #777 on white 4.48', () => {
  expect(contrast('#000000', '#FFFFFF')).toBeCloseTo(21, 6)
  expect(contrast('#123456', '#123456')).toBe(1)
  expect(contrast('#777777', '#FFFFFF')).toBeCloseTo(4.48, 2)
})

test('[D10] values 7:1, labels 4.5:1, lines 3:1 on every ground they stand on', () => {
  for (const theme of themes) {
    const t = tokens[theme]
    for (const ground of [t.canvas, t.panel, t.raised]) {
      expect(contrast(t.text, ground)).toBeGreaterThanOrEqual(7)
      expect(contrast(t.text2, ground)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(t.override, ground)).toBeGreaterThanOrEqual(4.5)
      for (const c of [t.line, t.lineStrong, t.focus, t.stale]) expect(contrast(c, ground)).toBeGreaterThanOrEqual(3)
    }
    // Values do not stand on the raised ground of the dark theme: use-theme.ts, --lift.
    for (const ground of theme === 'light' ? [t.canvas, t.panel, t.raised] : [t.canvas, t.panel])
      expect(contrast(t.pv, ground)).toBeGreaterThanOrEqual(7)
    for (const pen of t.pens) expect(contrast(pen, t.panel)).toBeGreaterThanOrEqual(4.5)
  }
})

test('[D1] grounds and indicator tokens are grey, none is pure white or black', () => {
  for (const theme of themes) {
    const t = tokens[theme]
    for (const c of [
      t.canvas,
      t.panel,
      t.raised,
      t.text,
      t.text2,
      t.line,
      t.lineStrong,
      t.running,
      t.stopped,
      t.range,
      t.zone,
    ]) {
      expect(saturation(c)).toBeLessThan(0.25)
      expect(['#FFFFFF', '#000000']).not.toContain(c)
    }
  }
})

test('chips: text on fill 4.5:1, outline on panel 3:1', () => {
  for (const theme of themes) {
    for (const rank of [1, 2, 3, 4] as const)
      expect(contrast(chipColours[theme][rank].fill, chipColours[theme][rank].text)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(chipOutline[theme], tokens[theme].panel)).toBeGreaterThanOrEqual(3)
  }
})

test('[D2] alarm colours are named in alarm/ and nowhere else', () => {
  const hues = themes.flatMap((theme) =>
    ([1, 2, 3, 4] as const).map((rank) => chipColours[theme][rank].fill.toLowerCase()),
  )
  const guilty = files.filter((f) => {
    if (f.startsWith('alarm')) return false
    const text = readFileSync(join(HMI, f), 'utf8').toLowerCase()
    return text.includes('alarm-tokens') || hues.some((hue) => text.includes(hue))
  })
  expect(files.length).toBeGreaterThan(40)
  expect(guilty).toEqual([])
})

test('[D9] no style sheet sets text below 13 px', () => {
  const sizes = files
    .filter((f) => f.endsWith('.css'))
    .flatMap((f) =>
      [...readFileSync(join(HMI, f), 'utf8').matchAll(/font-size:\s*([\d.]+)px/g)].map((m) => Number(m[1])),
    )
  expect(sizes.length).toBeGreaterThan(20)
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(13)
})

test('colours come from tokens: no style sheet names one', () => {
  for (const f of files.filter((name) => name.endsWith('.css')))
    expect(readFileSync(join(HMI, f), 'utf8')).not.toMatch(/#[0-9a-f]{3,8}\b|rgb\(/i)
})
