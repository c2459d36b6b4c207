import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { composeGateway } from '../../gateway/edge/compose.ts'
import { createMadeUpPlant } from '../../gateway/edge/testing/made-up-plant.ts'
import { launchBrowser, openStation, WIDE } from './browser.ts'
import { builtPages } from './pages.ts'

// The other browser tests know a gateway of their own making. This one holds the pages against the real one: its
// content policy, its reading of what the page sends, its history.

let browser: Browser
let url: string
let close: () => Promise<void>

beforeAll(async () => {
  const data_dir = mkdtempSync(join(tmpdir(), 'flyball-hmi-'))
  const [launched, hmi_dir] = await Promise.all([launchBrowser(), builtPages()])
  browser = launched
  const plant = createMadeUpPlant('Made-up plant')
  const composed = await composeGateway(
    { host: '127.0.0.1', http_port: 0, hmi_dir, data_dir },
    plant.artifact,
    (command) => plant.command(command),
  )
  const { gateway } = composed
  gateway.ioLink(true)
  const scans = setInterval(() => {
    const { frame, results } = plant.step(Date.now())
    gateway.scan(frame)
    for (const result of results) gateway.commandResult({ type: 'command-result', result, at: frame })
    gateway.ioStatus({
      type: 'io-status',
      at: { epoch: 1, n: frame.n },
      preferred: 0,
      controllers: [0, 1].map(() => ({ connected: true, joined: true, answer_ms: 1 })),
      devices: [{ id: 'RIO-1', connected: true, tripped: false, rtt_ms: 1, timeouts: 0, reconnects: 0 }],
      ticks_lost: 0,
      log_durable: true,
      alarms: [],
      pace: null,
    })
  }, 250)
  url = `http://127.0.0.1:${composed.http_port}/`
  close = async () => {
    clearInterval(scans)
    await browser.close()
    await composed.close()
    rmSync(data_dir, { recursive: true, force: true })
  }
})
afterAll(() => close?.())

test('[D16] the real gateway: live values, a set point applied and journalled, no fault in the page', async () => {
  const { page, faults } = await openStation(browser, `${url}?tag=FIC-02&station=panel-7`, WIDE)
  await page.waitForSelector('[data-testid="entry-SP"]:enabled')
  expect(await page.textContent('[data-testid="controller-A"]')).toBe('A active')
  await page.fill('[data-testid="entry-SP"]', '3700')
  await page.press('[data-testid="entry-SP"]', 'Enter')
  await page.waitForSelector('[data-testid="feedback-SP"][data-state="applied"]')
  await page.waitForFunction(
    () => (document.querySelector('[data-testid="entry-SP"]') as HTMLInputElement).value === '3700',
  )
  await page.waitForFunction(() =>
    document.querySelector('[data-testid="last-change"]')?.textContent?.includes('panel-7 SP 3700'),
  )
  expect(faults).toEqual([])
})

test('what was recorded before the page was opened is in its trends', async () => {
  const { page } = await openStation(browser, url, WIDE)
  const [response] = await Promise.all([page.waitForResponse((r) => r.url().includes('/api/history')), page.reload()])
  const { series } = (await response.json()) as { series: { key: string; t_ms: number[] }[] }
  expect(series.length).toBeGreaterThan(5)
  expect(series.find((s) => s.key === 'PIC-07.PV')?.t_ms.length ?? 0).toBeGreaterThan(0)
})
