import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { MODE } from '../../contracts/mode.ts'
import { goLive, openStation, WIDE } from './browser.ts'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let page: Page
beforeAll(async () => {
  stage = await setStage()
  page = (await openStation(stage.browser, stage.source.url, WIDE)).page
})
afterAll(() => stage?.close())
beforeEach(async () => {
  stage.source.answer = 'apply'
  stage.source.commands.length = 0
  stage.source.set('FIC-02', 'SP', 3650)
  stage.source.set('FIC-02', 'OUT', 48)
  stage.source.set('FIC-02', 'MODE_TARGET', MODE.auto)
  stage.source.set('FIC-02', 'MODE_ACTUAL', MODE.auto)
  await goLive(page, stage.source.url)
  await page.click('[data-testid="indicator-FIC-02"]')
  await page.waitForFunction(
    () => (document.querySelector('[data-testid="entry-SP"]') as HTMLInputElement | null)?.value === '3650',
  )
})

const state = (field: string, wanted: string) =>
  page.waitForSelector(`[data-testid="feedback-${field}"][data-state="${wanted}"]`)

test('[D16] applied: tick, new value, and the journal line as last change', async () => {
  await page.fill('[data-testid="entry-SP"]', '3700')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  await state('SP', 'applied')
  await page.waitForFunction(
    () => (document.querySelector('[data-testid="entry-SP"]') as HTMLInputElement).value === '3700',
  )
  await page.waitForFunction(() =>
    document.querySelector('[data-testid="last-change"]')?.textContent?.includes('SP 3700'),
  )
  expect(stage.source.commands.length).toBe(1)
})

test('[D16] refused: the reason in words, the value unchanged', async () => {
  stage.source.answer = 'refuse'
  await page.fill('[data-testid="entry-SP"]', '3700')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  await state('SP', 'refused')
  expect(await page.textContent('[data-testid="note-SP"]')).toBe('refused: the value has changed meanwhile')
  expect(await page.inputValue('[data-testid="entry-SP"]')).toBe('3650')
})

test('[4.5] arrow keys step, Esc leaves without effect, a second Esc closes', async () => {
  await page.focus('[data-testid="entry-SP"]')
  // 0.1 % and 1 % of 0 to 5800.
  await page.keyboard.press('ArrowUp')
  expect(await page.inputValue('[data-testid="entry-SP"]')).toBe('3656')
  await page.keyboard.press('PageUp')
  expect(await page.inputValue('[data-testid="entry-SP"]')).toBe('3714')
  await page.keyboard.press('Escape')
  expect(await page.inputValue('[data-testid="entry-SP"]')).toBe('3650')
  expect(await page.locator('[data-testid="faceplate"]').count()).toBe(1)
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-testid="faceplate"]', { state: 'detached' })
  expect(stage.source.commands).toEqual([])
})

test('[D18] limits are checked; a large step asks with from and to, and Enter alone does not confirm it', async () => {
  await page.fill('[data-testid="entry-SP"]', '6000')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  expect(await page.textContent('[data-testid="note-SP"]')).toBe('Outside limits: 0 to 5800 kg/h.')
  await page.fill('[data-testid="entry-SP"]', '4500')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  expect(await page.textContent('[data-testid="confirm"]')).toContain('from 3650 to 4500 kg/h')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[data-testid="confirm"]', { state: 'detached' })
  expect(stage.source.commands).toEqual([])
  await page.fill('[data-testid="entry-SP"]', '4500')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  await page.click('[data-testid="confirm-apply"]')
  await state('SP', 'applied')
  expect(stage.source.commands.map((c) => c.value)).toEqual([4500])
})

test('[D17] leaving the normal mode asks, returning does not; the output opens in MAN only', async () => {
  expect(await page.isDisabled('[data-testid="entry-OUT"]')).toBe(true)
  expect(await page.getAttribute('[data-testid="mode-cas"]', 'title')).toBe('This mode is not permitted for this loop.')
  await page.click('[data-testid="mode-man"]')
  expect(await page.textContent('[data-testid="confirm"]')).toContain('from AUTO to MAN')
  await page.click('[data-testid="confirm-apply"]')
  await page.waitForFunction(() => document.querySelector('[data-testid="mode-actual"]')?.textContent === 'MAN')
  await page.waitForSelector('[data-testid="entry-OUT"]:enabled')
  await page.waitForFunction(() =>
    document.querySelector('[data-testid="off-normal"]')?.textContent?.includes('FIC-02 MAN (normal AUTO)'),
  )
  await page.fill('[data-testid="entry-OUT"]', '50,5')
  await page.press('[data-testid="entry-OUT"]', 'Enter')
  await state('OUT', 'applied')
  await page.click('[data-testid="mode-auto"]')
  await page.waitForFunction(() => document.querySelector('[data-testid="mode-actual"]')?.textContent === 'AUTO')
  expect(stage.source.commands.map((c) => [c.field, c.value])).toEqual([
    ['MODE', MODE.man],
    ['OUT', 50.5],
    ['MODE', MODE.auto],
  ])
})

test('[D14] the faceplate covers neither its opener nor the banner, and opens within 300 ms', async () => {
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-testid="faceplate"]', { state: 'detached' })
  const opened_ms = await page.evaluate(async () => {
    let best = Number.POSITIVE_INFINITY
    for (const tag of ['FIC-10', 'PIC-07', 'LIC-15']) {
      const began = performance.now()
      document.querySelector<HTMLElement>(`[data-testid="indicator-${tag}"]`)!.click()
      while (document.querySelector('[data-testid="faceplate"] h2')?.textContent !== tag)
        await new Promise(requestAnimationFrame)
      await new Promise(requestAnimationFrame)
      best = Math.min(best, performance.now() - began)
    }
    return best
  })
  expect(opened_ms).toBeLessThan(300)
  for (const size of [WIDE, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size)
    for (const tag of ['FIC-01', 'FIC-17']) {
      await page.goto(`${stage.source.url}?tag=${tag}`)
      await page.waitForSelector('[data-testid="faceplate"]')
      const covered = await page.evaluate((id) => {
        const r = document.querySelector(`[data-testid="indicator-${id}"]`)!.getBoundingClientRect()
        return [0.02, 0.5, 0.98].map((f) => {
          const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height * f)
          return top?.closest('[data-testid^="indicator-"]')?.getAttribute('data-testid')
        })
      }, tag)
      expect(covered).toEqual([`indicator-${tag}`, `indicator-${tag}`, `indicator-${tag}`])
    }
  }
})
