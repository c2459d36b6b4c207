import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { goLive, openStation, TABLET, WIDE } from './browser.ts'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let page: Page
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
beforeAll(async () => {
  stage = await setStage()
  page = (await openStation(stage.browser, stage.source.url, WIDE)).page
})
afterAll(() => stage?.close())
beforeEach(() => page.setViewportSize(WIDE))

interface Violation {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[]
}

test.each([
  ['overview, light', '', WIDE],
  ['faceplate, dark', '?theme=dark&tag=FIC-10', WIDE],
  ['table, light', '?view=table', WIDE],
  ['tablet, dark', '?theme=dark&tag=LIC-08', TABLET],
] as const)('[4.10] axe finds nothing serious: %s', async (_name, query, size) => {
  await page.setViewportSize(size)
  await goLive(page, stage.source.url + query)
  await page.evaluate(axe)
  const violations = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run: (o: object) => Promise<{ violations: Violation[] }> } }).axe.run
    return (await run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations
  })
  const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
  expect(
    serious.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`).join('; ')}`),
  ).toEqual([])
})

test('[4.10] by keyboard alone: Tab in process order, arrows to neighbours, Enter opens, Esc closes and gives the focus back', async () => {
  await goLive(page, stage.source.url)
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid'))
  const indicators = stage.artifact.displays[0]!.columns.flatMap((c) => c.indicators)
  await page.focus(`[data-testid="indicator-${indicators[0]}"]`)
  for (const name of indicators.slice(1)) {
    await page.keyboard.press('Tab')
    expect(await focused()).toBe(`indicator-${name}`)
  }
  await page.keyboard.press('ArrowLeft')
  expect(await focused()).toBe(`indicator-${indicators.at(-2)}`)
  await page.keyboard.press('ArrowDown')
  expect(await focused()).toMatch(/^trend-/)
  await page.keyboard.press('Enter')
  await page.waitForSelector('[data-testid="faceplate"]')
  expect(await focused()).toBe('faceplate')
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-testid="faceplate"]', { state: 'detached' })
  expect(await focused()).toMatch(/^trend-/)
})

test('[4.10] V shows the same values as a table, F1 goes back, ? lists the keys, T changes the theme', async () => {
  await goLive(page, stage.source.url)
  const shown = await page.textContent('[data-testid="pv-TIC-11"]')
  await page.keyboard.press('v')
  await page.waitForSelector('[data-testid="table"]')
  expect(await page.textContent('[data-testid="table-pv-TIC-11"]')).toBe(shown)
  expect(await page.locator('[data-testid="table"] tbody tr').count()).toBe(stage.artifact.tags.length)
  await page.keyboard.press('F1')
  await page.waitForSelector('[data-testid="overview"]')
  await page.keyboard.press('?')
  await page.waitForSelector('[data-testid="key-map"]')
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-testid="key-map"]', { state: 'detached' })
  await page.keyboard.press('t')
  expect(page.url()).toContain('theme=dark')
})

test('[4.1] the address is the state: a reload shows the same faceplate, the back key closes it', async () => {
  await goLive(page, stage.source.url)
  await page.click('[data-testid="indicator-FIC-10"]')
  await page.waitForSelector('[data-testid="faceplate"]')
  await page.reload()
  expect(await page.textContent('[data-testid="faceplate"] h2')).toBe('FIC-10')
  await page.goBack()
  await page.waitForSelector('[data-testid="faceplate"]', { state: 'detached' })
})
