import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
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
  Object.assign(stage.source, { silent: false, dataStopped: false, refuseConnections: false, answer: 'apply' })
})

test('[4.8] a silent source: slow after 2 s, frozen with time, hatch and dead inputs after 3 s, and back again', async () => {
  await goLive(page, `${stage.source.url}?tag=FIC-02`)
  await page.waitForSelector('[data-testid="entry-SP"]:enabled')
  stage.source.silent = true
  const began_ms = performance.now()
  await page.waitForFunction(
    () => document.querySelector('[data-testid="link"]')?.textContent?.includes('LINK SLOW'),
    undefined,
    { polling: 50 },
  )
  await page.waitForSelector('[data-testid="banner-connection"]')
  // 3 s after the last heartbeat (to the millisecond: hmi/model/link.test.ts); the rest is room for a busy machine.
  expect(performance.now() - began_ms).toBeLessThan(4500)
  expect(await page.textContent('[data-testid="banner-connection"]')).toMatch(
    /^NO CONNECTION, values frozen at \d\d:\d\d:\d\d$/,
  )
  expect(await page.locator('[data-testid="frozen-hatch"]').count()).toBe(1)
  expect(await page.isDisabled('[data-testid="entry-SP"]')).toBe(true)
  expect(await page.getAttribute('[data-testid="mode-man"]', 'aria-disabled')).toBe('true')
  const clock = await page.textContent('[data-testid="clock"]')
  await page.waitForTimeout(1100)
  expect(await page.textContent('[data-testid="clock"]')).toBe(clock)

  stage.source.silent = false
  // The attempt that met the silence would be given up after 5 s: here it is broken off.
  stage.source.cut()
  await page.waitForSelector('[data-testid="banner-connection"]', { state: 'detached', timeout: 12_000 })
  await page.waitForSelector('[data-testid="entry-SP"]:enabled')
})

test('[4.8] a gateway that lives while the controllers do not is told apart', async () => {
  await goLive(page, `${stage.source.url}?tag=FIC-02`)
  stage.source.dataStopped = true
  await page.waitForSelector('[data-testid="banner-data"]', { timeout: 3000 })
  expect(await page.textContent('[data-testid="banner-data"]')).toMatch(
    /^NO NEW DATA from controllers since \d\d:\d\d:\d\d$/,
  )
  expect(await page.textContent('[data-testid="link"]')).toContain('LINK OK')
  expect(await page.isDisabled('[data-testid="entry-SP"]')).toBe(true)
  await page.waitForFunction(() => document.querySelector('[data-testid="pv-FIC-02"]')?.closest('.italic') !== null)
  stage.source.dataStopped = false
  await page.waitForSelector('[data-testid="banner-data"]', { state: 'detached', timeout: 4000 })
})

test('[4.8] a broken connection freezes at once, is retried with pauses, and nothing is written again', async () => {
  await goLive(page, `${stage.source.url}?tag=FIC-02`)
  await page.waitForSelector('[data-testid="entry-SP"]:enabled')
  stage.source.answer = 'mute'
  stage.source.commands.length = 0
  await page.fill('[data-testid="entry-SP"]', '3700')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  await page.waitForSelector('[data-testid="feedback-SP"][data-state="pending"]')
  stage.source.refuseConnections = true
  const before = stage.source.opened()
  stage.source.cut()
  await page.waitForSelector('[data-testid="banner-connection"]', { timeout: 1000 })
  expect(await page.textContent('[data-testid="note-SP"]')).toBe('connection lost, unknown: check the value')
  await page.waitForTimeout(1500)
  const tries = stage.source.opened() - before
  expect(tries).toBeGreaterThanOrEqual(1)
  expect(tries).toBeLessThanOrEqual(4)
  stage.source.refuseConnections = false
  await page.waitForSelector('[data-testid="banner-connection"]', { state: 'detached', timeout: 8000 })
  await page.waitForTimeout(500)
  expect(stage.source.commands.length).toBe(1)
})
