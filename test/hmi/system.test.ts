import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ForceMessage, ForceState, PathState, UnforceMessage } from '../../contracts/link.ts'
import { composeGateway } from '../../gateway/edge/compose.ts'
import { createMadeUpPlant } from '../../gateway/edge/testing/made-up-plant.ts'
import { goLive, launchBrowser, openStation, WIDE } from './browser.ts'
import { builtPages } from './pages.ts'

let browser: Browser
let page: Page
let faults: string[]
let url: string
let close: () => Promise<void>
const asked: (ForceMessage | UnforceMessage)[] = []
let forces: ForceState[] = [
  { point: 'RIO-1/AI/1', value: 12.5, who: 'kim', reason: 'loop check', since_ms: 1, left_ms: 540_000 },
]
const path: PathState = {
  endpoint: '10.0.0.1:502',
  state: 'active',
  breaker: 'closed',
  rtt_p50_ms: 1,
  rtt_p99_ms: 8,
  requests: 100,
  timeouts: 3,
  reconnects: 1,
  exceptions: [{ code: 2, count: 7 }],
  good_age_ms: 200,
}

beforeAll(async () => {
  const data_dir = mkdtempSync(join(tmpdir(), 'flyball-hmi-'))
  const [launched, hmi_dir] = await Promise.all([launchBrowser(), builtPages()])
  browser = launched
  const plant = createMadeUpPlant('Made-up plant')
  const composed = await composeGateway(
    { host: '127.0.0.1', http_port: 0, hmi_dir, data_dir },
    plant.artifact,
    () => {},
    undefined,
    (message) => {
      asked.push(message)
      forces = []
      setTimeout(() => composed.gateway.forces.onResult({ type: 'force-result', id: message.id, refusal: 0 }))
      return true
    },
  )
  const { gateway } = composed
  gateway.ioLink(true)
  const scans = setInterval(() => {
    const { frame } = plant.step(Date.now())
    const at = { epoch: 1, n: frame.n }
    gateway.scan(frame)
    gateway.ioStatus({
      type: 'io-status',
      at,
      preferred: 0,
      controllers: [0, 1].map(() => ({ connected: true, joined: true, answer_ms: 1 })),
      devices: [
        {
          id: 'RIO-1',
          connected: true,
          tripped: false,
          rtt_ms: 1,
          timeouts: 3,
          reconnects: 1,
          paths: [path, { ...path, endpoint: '10.1.0.1:502', state: 'failed', good_age_ms: -1 }],
        },
      ],
      ticks_lost: 0,
      log_durable: true,
      alarms: [],
      pace: null,
    })
    gateway.forces.onForces({ type: 'forces', at, forces })
  }, 250)
  url = `http://127.0.0.1:${composed.http_port}/?station=panel-7`
  close = async () => {
    clearInterval(scans)
    await browser.close()
    await composed.close()
    rmSync(data_dir, { recursive: true, force: true })
  }
  ;({ page, faults } = await openStation(browser, url, WIDE))
})
afterAll(() => close?.())

test('[FORCE-10] the system page lists devices by network and what is forced, and a force is taken away with two presses', async () => {
  await page.goto(`${url}&view=system`)
  await page.waitForSelector('[data-testid="force-RIO-1/AI/1"]')
  const force = await page.textContent('[data-testid="force-RIO-1/AI/1"]')
  expect(force).toMatch(/RIO-1\/AI\/1.*12\.5.*9 min.*kim.*loop check/)
  expect(await page.textContent('[data-testid="device-RIO-1-0"]')).toMatch(/A 10\.0\.0\.1:502.*active.*2: 7/)
  expect(await page.textContent('[data-testid="device-RIO-1-1"]')).toMatch(/B 10\.1\.0\.1:502.*FAILED.*never/)
  await page.waitForFunction(() =>
    document.querySelector('[data-testid="system-alarms"]')?.textContent?.includes('is forced to 12.5'),
  )
  const button = page.locator('[data-testid="force-RIO-1/AI/1"] button', { hasText: /ake away/ })
  await button.click()
  expect(asked).toEqual([])
  expect(await button.textContent()).toBe('Really take away?')
  await button.click()
  await page.waitForSelector('[data-testid="force-RIO-1/AI/1"]', { state: 'detached' })
  expect(asked).toMatchObject([{ type: 'unforce', point: 'RIO-1/AI/1' }])
  expect(faults).toEqual([])
})

test('[4.10] axe finds nothing serious on the system page', async () => {
  await page.goto(`${url}&view=system`)
  await page.waitForSelector('[data-testid="device-RIO-1-0"]')
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (o: object) => Promise<{ violations: { id: string; impact: string | null }[] }> }
    }
    return (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations
  })
  expect(found.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => v.id)).toEqual([])
})

test('[FORCE-11] the key S shows the system page and goes back', async () => {
  await goLive(page, url)
  await page.keyboard.press('s')
  await page.waitForSelector('[data-testid="system"]')
  await page.keyboard.press('s')
  await page.waitForSelector('[data-testid="overview"]')
  expect(page.url()).not.toContain('view=')
})
