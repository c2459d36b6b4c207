import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { STATUS } from '../../contracts/status.ts'
import { chipColours } from '../../hmi/alarm/alarm-tokens.ts'
import { countPixels, goLive, openStation, TABLET, WIDE } from './browser.ts'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let page: Page
let faults: string[]
beforeAll(async () => {
  stage = await setStage()
  ;({ page, faults } = await openStation(stage.browser, stage.source.url, WIDE))
})
afterAll(() => stage?.close())

const fills = (theme: 'light' | 'dark') => ([1, 2, 3, 4] as const).map((rank) => chipColours[theme][rank].fill)

test('[D6] every indicator of the display shows its value in the decimals of its tag', async () => {
  const wanted = stage.artifact.displays[0]!.columns.flatMap((c) => c.indicators)
  expect(wanted.length).toBeGreaterThanOrEqual(20)
  for (const name of wanted) {
    const record = stage.artifact.tags.find((t) => t.tag === name)!
    const text = await page.textContent(`[data-testid="pv-${name}"]`)
    const middle =
      record.desired === undefined ? (record.lo + record.hi) / 2 : (record.desired[0] + record.desired[1]) / 2
    expect(text, name).toBe(middle.toFixed(record.decimals))
  }
  expect(await page.locator('.trend-panel canvas').count()).toBe(6)
  expect(faults).toEqual([])
})

test('[D15] a change of a value is on the screen within a second, best of three', async () => {
  const took_ms: number[] = []
  for (const value of [123.4, 122.1, 121]) {
    const began_ms = performance.now()
    stage.source.set('TIC-09', 'PV', value)
    await page.waitForFunction(
      (text) => document.querySelector('[data-testid="pv-TIC-09"]')?.textContent === text,
      value.toFixed(1),
    )
    took_ms.push(performance.now() - began_ms)
  }
  expect(Math.min(...took_ms)).toBeLessThan(1000)
})

test.each(['light', 'dark'] as const)(
  '[D20] lights out: no pixel of an alarm colour in the normal state, %s',
  async (theme) => {
    await goLive(page, `${stage.source.url}?theme=${theme}`)
    await page.waitForFunction(() => document.querySelector('[data-testid="count-1"]')?.textContent?.includes('0'))
    expect(await countPixels(stage.browser, await page.screenshot(), fills(theme))).toBe(0)
  },
)

test('[D20] the same check sees a value beyond its limit, and the banner names it', async () => {
  await goLive(page, stage.source.url)
  stage.source.set('PIC-07', 'PV', 2950)
  await page.waitForSelector('[data-testid="excursion-PIC-07"]')
  expect(await page.textContent('[data-testid="excursion-PIC-07"]')).toContain('above HIHI 2940 kPa g')
  expect(await page.textContent('[data-testid="count-2"]')).toContain('1')
  expect(await countPixels(stage.browser, await page.screenshot(), fills('light'))).toBeGreaterThan(200)
  stage.source.set('PIC-07', 'PV', 2725)
  await page.waitForSelector('[data-testid="excursion-PIC-07"]', { state: 'detached' })
})

test('[D19] a bad value is in italics with its age and hatch, one that never was is ----', async () => {
  stage.source.set('LIC-08', 'PV', 75, STATUS.badSensorFailure)
  await page.waitForFunction(() => document.querySelector('[data-testid="pv-LIC-08"]')?.closest('.italic') !== null)
  expect(await page.textContent('[data-testid="indicator-LIC-08"]')).toMatch(/75\.0S.* s/)
  expect(await page.locator('[data-testid="indicator-LIC-08"] [fill="url(#hatch)"]').count()).toBe(1)
  await page.reload()
  await page.waitForFunction(() => document.querySelector('[data-testid="pv-LIC-08"]')?.textContent === '----')
  stage.source.set('LIC-08', 'PV', 75)
})

test('a system alarm is counted and shown in words', async () => {
  stage.source.alarms = ['Frame log of field I/O is not durable']
  await page.waitForFunction(() =>
    document.querySelector('[data-testid="banner"]')?.textContent?.includes('not durable'),
  )
  expect(await page.textContent('[data-testid="count-4"]')).toContain('1')
  stage.source.alarms = []
})

const SIZES = [
  ['1920x1080', WIDE, ''],
  ['1280x800', TABLET, ''],
  ['1920x1080 with a faceplate', WIDE, '?tag=FIC-10'],
  ['1280x800 with a faceplate', TABLET, '?tag=FIC-10'],
  ['1920x900', { width: 1920, height: 900 }, ''],
  ['960x540, as at 200 % zoom', { width: 960, height: 540 }, ''],
  ['2560x1440', { width: 2560, height: 1440 }, '?tag=FIC-10'],
] as const

test.each(SIZES)('[D14] nothing overlaps and nothing is cut at %s', async (_name, size, query) => {
  stage.source.set('PIC-07', 'PV', 2950)
  await page.setViewportSize(size)
  await goLive(page, stage.source.url + query)
  await page.waitForSelector('[data-testid="excursion-PIC-07"]')
  const found = await page.evaluate(findTrouble)
  stage.source.set('PIC-07', 'PV', 2725)
  expect(found).toEqual([])
})

/** Runs in the page: zones and widgets that overlap, texts that are wider or higher than their box, text below 13 px. */
function findTrouble(): string[] {
  const trouble: string[] = []
  const name = (e: Element) => e.getAttribute('data-testid') ?? `${e.className}`
  const apart = (selector: string) => {
    const all = [...document.querySelectorAll(selector)].map((e) => ({ e, r: e.getBoundingClientRect() }))
    for (const [i, a] of all.entries())
      for (const b of all.slice(i + 1)) {
        if (a.e.contains(b.e) || b.e.contains(a.e)) continue
        const w = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left)
        const h = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top)
        if (w > 0.5 && h > 0.5) trouble.push(`${name(a.e)} overlaps ${name(b.e)}`)
      }
  }
  apart('.top-bar, .banner, .workspace, .dock')
  apart('.indicator')
  apart('.columns, .mimic, .trend-panel, .strip')
  apart('.top-bar h1, .nav-button, .top-state > *')
  apart('.counters li, .card, .banner-note')
  apart('.mimic text')
  apart('.faceplate-title, .faceplate-control, .faceplate-trend, .faceplate-facts')
  for (const e of document.querySelectorAll(
    '.indicator span, .top-bar span, .nav-button, .row span, .faceplate .label, .faceplate input, .mode-buttons button, .trend-value span, .banner-note',
  )) {
    if (e.classList.contains('sr-only') || e.textContent === '') continue
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
      trouble.push(`${e.textContent} is cut`)
  }
  for (const e of document.querySelectorAll('.indicator, .trend-panel, .strip-part')) {
    if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
      trouble.push(`${name(e)} has more than it shows`)
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.textContent?.trim() === '' || node.parentElement === null) continue
    const size = Number.parseFloat(getComputedStyle(node.parentElement).fontSize)
    if (size < 13 && node.parentElement.closest('.chip, svg svg') === null)
      trouble.push(`${node.textContent} at ${size} px`)
  }
  return trouble
}
