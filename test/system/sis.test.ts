/**
 * A demand from the panel through all programs: the safety system trips, operators see it, control makes way, and a reset by secure
 * write takes it back.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SisConfirmReply, SisReply, SisRequestReply } from '../../contracts/hmi-sis.ts'
import { launchBrowser, openStation, WIDE } from '../hmi/browser.ts'
import { type LiveSystem, startLiveSystem, until } from './live-system.ts'

let browser: Browser
let system: LiveSystem
let page: Page
let faults: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  system = await startLiveSystem()
  ;({ page, faults } = await openStation(browser, system.url, WIDE))
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const sis = async (): Promise<SisReply> => (await (await fetch(`${system.url}/api/sis`)).json()) as SisReply
const post = async <T>(path: string, body: object): Promise<T> => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${system.url}/api/sis/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as T
}
const text = async (id: string): Promise<string> => (await page.textContent(`[data-testid="${id}"]`)) ?? ''
const tripped = (reply: SisReply): string[] =>
  (reply.outline?.effects ?? []).flatMap((e, i) => (reply.snapshot!.effects[i]!.state >= 2 ? [e.id] : []))
const rowOf = async (tag: string): Promise<string> => {
  const row = page.locator('tr', { has: page.locator(`[data-testid="row-${tag}"]`) })
  return (await row.locator('td').allTextContents()).join(' | ')
}

test('[SYS-SIS-1] a running plant is not shut down by its start, and its safety system is seen to be well', async () => {
  await until('the safety system is heard', 15_000, async () => (await sis()).status.state === 'live')
  const reply = await sis()
  expect(reply.status).toMatchObject({ config: 'same', write: { state: 'up' } })
  expect(tripped(reply)).toEqual([])
  expect(reply.snapshot).toMatchObject({ faults: 0, difference: -1, key: 'SIMULATION', channel: { state: 'sound' } })
  expect(reply.outline?.effects.map((e) => e.id)).toContain('FEEDS')
})

test('[SYS-SIS-2] a push-button: within 2 s of plant time the matrix has it, the loops give way, the journal knows why', async () => {
  await page.keyboard.press('F7')
  await page.waitForSelector('[data-testid="sis-matrix"]')
  const before_s = (await system.instructor.state()).time_s
  await system.instructor.contact({ tag: 'HS-1', state: 'open' })
  await until('the matrix shows it', 10_000, async () => (await text('sis-effect-state-FEEDS')) === 'TRIPPED')
  const after_s = (await system.instructor.state()).time_s
  process.stdout.write(`a push-button was on the screen after ${(after_s - before_s).toFixed(1)} s of plant time\n`)
  // Both readings are of whole ticks of a second.
  expect(after_s - before_s).toBeLessThanOrEqual(3)
  expect(await text('sis-state-S11')).toContain('TRIP')
  expect(await page.isVisible('[data-testid="sis-first-S11"]')).toBe(true)
  expect(await text('sis-card')).toContain('SIS TRIP, first out S11')
  await page.goto(`${system.url}/?view=table`)
  await page.waitForSelector('[data-testid="row-FIC-01"]')
  for (const tag of ['FIC-01', 'FIC-04', 'FIC-14', 'FIC-17', 'HC-19'])
    await until(`${tag} gives way`, 10_000, async () => /\bLO\b/.test(await rowOf(tag)))
  expect(await rowOf('TIC-09')).not.toMatch(/\bLO\b/)
  const { entries } = (await (await fetch(`${system.url}/api/journal?limit=400`)).json()) as {
    entries: { tag: string; text: string }[]
  }
  const said = entries.map((e) => `${e.tag} ${e.text}`)
  expect(said.some((line) => /^FEEDS SIS: first out: S11/.test(line))).toBe(true)
  expect(said.some((line) => /^FEEDS SIS: .*-> TRIPPED/.test(line))).toBe(true)
})

test('[SYS-SIS-3] the button is let go; a reset in two steps with a second person opens the feeds, and no loop starts them', async () => {
  await system.instructor.contact({ tag: 'HS-1', state: 'closed' })
  await until('FEEDS can be reset', 20_000, async () => {
    const reply = await sis()
    const at = reply.outline!.effects.findIndex((e) => e.id === 'FEEDS')
    return reply.snapshot!.effects[at]!.state === 4
  })
  const order = { command: 'reset', target: 'FEEDS', channel: '', work_order: '', compensation: '' }
  const echo = await post<SisRequestReply>('request', { ...order, who: 'kim', reason: 'test is over' })
  expect(echo.meaning).toMatch(/FEEDS/)
  const second = echo.second_person ? 'robin' : ''
  const done = await post<SisConfirmReply>('confirm', { id: echo.id, second })
  expect(done.outcome).toBe('executed')
  await until('FEEDS is normal', 10_000, async () => !tripped(await sis()).includes('FEEDS'))
  expect(tripped(await sis())).toContain('XV-10')
  expect(await rowOf('FIC-01')).toMatch(/\bLO\b/)
  // The echo is worth one confirmation.
  await expect(post('confirm', { id: echo.id, second })).rejects.toThrow('GW_SIS')
  expect(faults).toEqual([])
})
