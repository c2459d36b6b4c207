import type { Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openStation, WIDE } from './browser.ts'
import type { FakeSource } from './fake-source.ts'
import { anotherSource, type Stage, setStage } from './stage.ts'

// Each test waits for seconds of silence: they run side by side, each with a source and a page of its own.

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.close())

async function own(onTestFinished: (done: () => Promise<void>) => void): Promise<{ source: FakeSource; page: Page }> {
  const source = await anotherSource(stage)
  onTestFinished(() => source.close())
  const { page } = await openStation(stage.browser, `${source.url}?tag=FIC-02`, WIDE)
  await page.waitForSelector('[data-testid="entry-SP"]:enabled')
  return { source, page }
}

test.concurrent('[4.8] a silent source: slow after 2 s, frozen with time, hatch and dead inputs after 3 s, and back again', async ({
  expect,
  onTestFinished,
}) => {
  const { source, page } = await own(onTestFinished)
  source.silent = true
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
  // What is no longer known is not said either.
  expect(await page.textContent('[data-testid="banner"]')).not.toContain('All values within limits')
  expect(await page.locator('[data-testid="controller-A"]').count()).toBe(0)
  const clock = await page.textContent('[data-testid="clock"]')
  await page.waitForTimeout(1100)
  expect(await page.textContent('[data-testid="clock"]')).toBe(clock)

  source.silent = false
  // The attempt that met the silence would be given up after 5 s: here it is broken off.
  source.cut()
  await page.waitForSelector('[data-testid="banner-connection"]', { state: 'detached', timeout: 12_000 })
  await page.waitForSelector('[data-testid="entry-SP"]:enabled')
})

test.concurrent('[4.8] a gateway that lives while the controllers do not is told apart', async ({
  expect,
  onTestFinished,
}) => {
  const { source, page } = await own(onTestFinished)
  source.dataStopped = true
  await page.waitForSelector('[data-testid="banner-data"]', { timeout: 3000 })
  expect(await page.textContent('[data-testid="banner-data"]')).toMatch(
    /^NO NEW DATA from controllers since \d\d:\d\d:\d\d$/,
  )
  expect(await page.textContent('[data-testid="link"]')).toContain('LINK OK')
  expect(await page.isDisabled('[data-testid="entry-SP"]')).toBe(true)
  await page.waitForFunction(() => document.querySelector('[data-testid="pv-FIC-02"]')?.closest('.italic') !== null)
  // No tag is current then, not even one that scans slowly.
  expect(await page.locator('.indicator .pv:not(.italic), .economics .pv:not(.italic)').count()).toBe(0)
  source.dataStopped = false
  await page.waitForSelector('[data-testid="banner-data"]', { state: 'detached', timeout: 4000 })
})

test.concurrent('[4.8] a broken connection freezes at once, is retried with pauses, and nothing is written again', async ({
  expect,
  onTestFinished,
}) => {
  const { source, page } = await own(onTestFinished)
  source.answer = 'mute'
  source.commands.length = 0
  await page.fill('[data-testid="entry-SP"]', '3700')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  await page.waitForSelector('[data-testid="feedback-SP"][data-state="pending"]')
  source.refuseConnections = true
  const before = source.opened()
  source.cut()
  await page.waitForSelector('[data-testid="banner-connection"]', { timeout: 1000 })
  expect(await page.textContent('[data-testid="note-SP"]')).toBe('connection lost, unknown: check the value')
  await page.waitForTimeout(1500)
  const tries = source.opened() - before
  expect(tries).toBeGreaterThanOrEqual(1)
  expect(tries).toBeLessThanOrEqual(4)
  source.refuseConnections = false
  await page.waitForSelector('[data-testid="banner-connection"]', { state: 'detached', timeout: 8000 })
  await page.waitForTimeout(500)
  expect(source.commands.length).toBe(1)
})

test.concurrent('[D16] a set point is sent with what the screen showed, pending until the controller says applied', async ({
  expect,
  onTestFinished,
}) => {
  const { source, page } = await own(onTestFinished)
  source.answer = 'mute'
  await page.fill('[data-testid="entry-SP"]', '3700')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  await page.waitForSelector('[data-testid="feedback-SP"][data-state="pending"]')
  // Not optimistic: the field shows the controller's value while nobody has confirmed the new one.
  expect(await page.inputValue('[data-testid="entry-SP"]')).toBe('3650')
  expect(source.commands[0]).toMatchObject({ tag: 'FIC-02', field: 'SP', value: 3700, expected: 3650, epoch: 1 })
  expect(source.commands[0]!.n).toBeGreaterThan(0)
  await page.waitForSelector('[data-testid="feedback-SP"][data-state="unknown"]')
  expect(await page.textContent('[data-testid="note-SP"]')).toBe('not confirmed, check the value')
})
