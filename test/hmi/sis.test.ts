/** The safety display in the browser, behind a real gateway, in front of a safety system that says what the test wants. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { composeGateway } from '../../gateway/edge/compose.ts'
import { createMadeUpPlant } from '../../gateway/edge/testing/made-up-plant.ts'
import { chipColours } from '../../hmi/alarm/alarm-tokens.ts'
import { countPixels, launchBrowser, openStation, TABLET, WIDE } from './browser.ts'
import { builtPages } from './pages.ts'
import {
  normalSnapshot,
  record,
  SIS_CONFIG_PATH,
  type SisSender,
  type SisWriteStandIn,
  startSisSender,
  startSisWrite,
  trip,
} from './sis-stand-in.ts'

const SECRET = 'a secret of this line, 32 bytes and more'
let browser: Browser
let page: Page
let faults: string[]
let url: string
let sender: SisSender
let write: SisWriteStandIn
let close: () => Promise<void>

beforeAll(async () => {
  const data_dir = mkdtempSync(join(tmpdir(), 'flyball-hmi-'))
  const key_path = join(data_dir, 'key')
  writeFileSync(key_path, SECRET)
  write = await startSisWrite(SECRET)
  const [launched, hmi_dir] = await Promise.all([launchBrowser(), builtPages()])
  browser = launched
  const plant = createMadeUpPlant('Made-up plant')
  const composed = await composeGateway(
    {
      host: '127.0.0.1',
      http_port: 0,
      hmi_dir,
      data_dir,
      sis: { udp_port: 0, config_path: SIS_CONFIG_PATH, write: { host: '127.0.0.1', port: write.port, key_path } },
    },
    plant.artifact,
    () => {},
  )
  const { gateway } = composed
  gateway.ioLink(true)
  const scans = setInterval(() => {
    const { frame } = plant.step(Date.now())
    gateway.scan(frame)
    gateway.ioStatus({
      type: 'io-status',
      at: { epoch: 1, n: frame.n },
      preferred: 0,
      controllers: [0, 1].map(() => ({ connected: true, joined: true, answer_ms: 1 })),
      devices: [],
      ticks_lost: 0,
      log_durable: true,
      alarms: [],
      pace: null,
    })
  }, 250)
  sender = startSisSender(gateway.sis.port)
  url = `http://127.0.0.1:${composed.http_port}/?station=panel-7`
  close = async () => {
    clearInterval(scans)
    sender.close()
    await browser.close()
    await composed.close()
    await write.close()
    rmSync(data_dir, { recursive: true, force: true })
  }
  ;({ page, faults } = await openStation(browser, url, WIDE))
})
afterAll(() => close?.())

/** A new life of the safety system, all normal, as an operator sees it when he comes in. */
beforeEach(async () => {
  sender.snapshot = { ...normalSnapshot(), run_id: `run-${performance.now()}`, seq: 0 }
  sender.on = true
  write.answer = 'echo'
  write.second_person = false
  write.on_confirm = () => {}
  await page.goto(`${url}&view=sis`)
  await page.waitForSelector('[data-testid="sis-matrix"]')
  await shows('sis-effect-state-FEEDS', 'normal')
})

const text = async (id: string): Promise<string> => (await page.textContent(`[data-testid="${id}"]`)) ?? ''
const shows = async (id: string, words: string): Promise<void> => {
  await page.waitForFunction(
    ([at, wanted]) => document.querySelector(`[data-testid="${at}"]`)?.textContent?.includes(wanted!) === true,
    [id, words] as const,
    { timeout: 5000 },
  )
}

test('[SIS-UI-1] F7 shows the matrix; what is normal is grey, but for the standing alarm that this is a simulation', async () => {
  await page.keyboard.press('F1')
  await page.waitForSelector('[data-testid="overview"]')
  await page.keyboard.press('F7')
  await page.waitForSelector('[data-testid="sis-matrix"]')
  await page.goto(new URL('/op/sis', url).href)
  await page.waitForSelector('[data-testid="sis-matrix"]')
  expect(await text('sis-head')).toMatch(/Key.*SIMULATION.*Scan.*36.*Configuration.*as in the file.*sound.*0 of 3/)
  expect(await text('sis-notice')).toContain('SIMULATION: it follows the time of a simulated plant and protects none')
  expect(await text('sis-cause-S1')).toMatch(
    /S1.*Reactor pressure high high.*> 2895 kPa g.*pre 2850.*PT-701.*2oo3.*clear/,
  )
  expect(await page.locator('[data-testid^="sis-first-"]').count()).toBe(0)
  const matrix = await page.locator('[data-testid="sis-matrix"]').screenshot()
  const hues = ([1, 2, 3, 4] as const).map((rank) => chipColours.light[rank].fill)
  expect(await countPixels(browser, matrix, hues)).toBe(0)
})

test('[SIS-UI-2] a trip: first-out, effects, valves, banner, events with plant time; and nothing moves on the screen', async () => {
  const box = () => page.locator('[data-testid="sis-cause-S9"]').boundingBox()
  const before = await box()
  const began_ms = performance.now()
  sender.snapshot.scan = 100_000
  trip(sender.snapshot, 'S1', ['FEEDS', 'BLOWDOWN', 'XV-19', 'CWR-OPEN', 'CWC-OPEN'])
  sender.send()
  await shows('sis-effect-state-FEEDS', 'TRIPPED')
  const seen_ms = performance.now() - began_ms
  process.stdout.write(`a trip was on the screen ${seen_ms.toFixed(0)} ms after its datagram\n`)
  expect(seen_ms).toBeLessThan(2000)
  expect(await text('sis-state-S1')).toContain('TRIP')
  expect(await text('sis-first-S1')).toBe('1st')
  expect(await page.locator('[data-testid^="sis-first-"]').count()).toBe(1)
  expect(await text('sis-effect-state-XV-10')).toBe('normal')
  expect(await text('sis-element-XV-1')).toBe('XV-1 shut')
  expect(await text('sis-element-BDV-9')).toBe('BDV-9 open')
  expect(await text('sis-card')).toContain('SIS TRIP, first out S1 Reactor pressure high high')
  expect(await text('count-1')).toMatch(/^1?1/)
  await shows('announcer', 'SIS TRIP, first out S1')
  await shows('sis-soe', 'first out: S1 Reactor pressure high high')
  // 100,000 scans of 100 ms are 2 h 46 min 40 s of the plant.
  expect(await text('sis-soe')).toContain('2:46:40.000')
  const drives = await page.locator('[data-testid="sis-cause-S1"] td.drives').count()
  expect(drives).toBe(5)
  expect(await box()).toEqual(before)
  await page.keyboard.press('s')
  await shows('system-sis', 'SIS TRIP, first out S1')
})

test('[SIS-UI-3] bypassed, bad, deviating: badge with the time left, word at the channel, overlay of trips held back', async () => {
  const s = sender.snapshot
  s.causes[3]!.bypass_left = [282_000, -1, -1]
  s.causes[3]!.votes = [true, true, false]
  s.causes[3]!.alarms = 64 | 512
  s.transmitters[4] = { raw: -1, status: 2, alarms: 1 }
  s.causes[5]!.alarms = 1
  record(s, 13, 48, 1, 0)
  sender.send()
  await shows('sis-channel-S4-LT-801', 'BYP')
  expect(await text('sis-channel-S4-LT-801')).toMatch(/LT-801BYP75\.07\.8 h/)
  expect(await text('sis-channel-S2-TT-902')).toMatch(/TT-902LINE----/)
  expect(await text('sis-state-S6')).toContain('pre-alarm')
  expect(await page.locator('.sis-held').count()).toBe(0)
  await page.keyboard.press('o')
  // S4 marks six effects.
  expect(await page.locator('.sis-held').count()).toBe(6)
  await page.keyboard.press('3')
  await page.waitForSelector('[data-testid="sis-bypasses"]')
  expect(await text('sis-bypass-S4-LT-801')).toMatch(/maintenance.*S4.*LT-801.*7 h 50 min.*VOTES TO TRIP/)
  expect(await text('sis-bypasses')).toContain('1 of at most 3 maintenance bypasses')
  expect(page.url()).toContain('part=bypasses')
})

test('[SIS-UI-4] a request: what the solver understood word for word, a second person, then the result; Esc does nothing', async () => {
  trip(sender.snapshot, 'S11', ['FEEDS'])
  sender.snapshot.effects[0]!.state = 4
  sender.send()
  await shows('sis-effect-state-FEEDS', 'can reset')
  write.second_person = true
  write.on_confirm = () => {
    sender.snapshot.effects[0] = { ...sender.snapshot.effects[0]!, state: 0, first_out: 0, alarms: 0 }
    sender.send()
  }
  const before = write.requests.length
  const confirms = write.confirms.length
  await page.click('[data-testid="sis-effect-FEEDS"]')
  await page.click('[data-testid="sis-do-reset"]')
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-testid="sis-dialog"]', { state: 'detached' })
  expect(write.requests).toHaveLength(before)
  await page.click('[data-testid="sis-effect-FEEDS"]')
  await page.click('[data-testid="sis-do-reset"]')
  expect(await page.inputValue('[data-testid="sis-field-who"]')).toBe('panel-7')
  await page.fill('[data-testid="sis-field-who"]', 'kim')
  await page.fill('[data-testid="sis-field-reason"]', 'cause has gone')
  await page.click('[data-testid="sis-ask"]')
  await page.waitForSelector('[data-testid="sis-echo"]')
  expect(await text('sis-echo')).toBe('reset of FEEDS  asked by kim')
  // Enter does not confirm what nobody has read.
  await page.keyboard.press('Enter')
  expect(write.confirms).toHaveLength(confirms)
  const confirm = page.locator('[data-testid="sis-confirm"]')
  expect(await confirm.isDisabled()).toBe(true)
  await page.fill('[data-testid="sis-second"]', 'Kim')
  expect(await confirm.isDisabled()).toBe(true)
  await page.fill('[data-testid="sis-second"]', 'robin')
  await confirm.click()
  await page.waitForSelector('[data-testid="sis-result"]')
  expect(await text('sis-result')).toContain('EXECUTED')
  expect(write.requests.at(-1)).toMatchObject({ command: 'reset', target: 'FEEDS', who: 'kim' })
  expect(write.confirms.at(-1)).toMatchObject({ second: 'robin' })
  await page.keyboard.press('Escape')
  await shows('sis-effect-state-FEEDS', 'normal')
})

test("[SIS-UI-5] a refusal is shown in the solver's words; a bypass wants reason and work order; no line, no request", async () => {
  write.answer = 'refuse'
  await page.click('[data-testid="sis-cause-S1"] button')
  await page.click('[data-testid="sis-do-mos_on-PT-702"]')
  await page.click('[data-testid="sis-ask"]')
  expect(await text('sis-dialog')).toContain('Give a reason and a work order.')
  await page.fill('[data-testid="sis-field-reason"]', 'loop check')
  await page.fill('[data-testid="sis-field-work_order"]', 'W7')
  await page.click('[data-testid="sis-ask"]')
  await page.waitForSelector('[data-testid="sis-result"]')
  expect(await text('sis-result')).toMatch(/NOT DONE.*the permit key HS-90 is open/)
  expect(write.requests.at(-1)).toMatchObject({ command: 'mos_on', target: 'S1', channel: 'PT-702', work_order: 'W7' })
  await page.keyboard.press('Escape')
  const port = write.port
  await write.close()
  await shows('sis-head', 'NO LINE')
  await page.click('[data-testid="sis-effect-FEEDS"]')
  expect(await text('sis-dialog')).toContain('No line to the safety system')
  expect(await page.locator('[data-testid="sis-do-force_trip"]').isDisabled()).toBe(true)
  await page.keyboard.press('Escape')
  write = await startSisWrite(SECRET, port)
  await shows('sis-head', 'line up')
})

test('[SIS-UI-6] silence of 3 s: hatched, in words, with the time it is of; requests are barred; and it comes back', async () => {
  const height = (await page.locator('[data-testid="sis-matrix"]').boundingBox())!.y
  sender.on = false
  await shows('sis-notice', 'NO SIS SNAPSHOT')
  expect(await text('sis-notice')).toMatch(/NO SIS SNAPSHOT for \d.*what stands here is of \d\d:\d\d:\d\d/)
  expect(await page.locator('.sis-hatch').count()).toBe(1)
  expect((await page.locator('[data-testid="sis-matrix"]').boundingBox())!.y).toBe(height)
  expect(await text('sis-card')).toContain('SIS snapshot lost')
  await page.click('[data-testid="sis-effect-FEEDS"]')
  expect(await text('sis-dialog')).toContain('No live values')
  await page.keyboard.press('Escape')
  sender.on = true
  await shows('sis-notice', 'SIMULATION')
  expect(await page.locator('.sis-hatch').count()).toBe(0)
})

test('[SIS-UI-7] events are filtered by kind and word; the proof page has hashes, evaluators, functions', async () => {
  trip(sender.snapshot, 'S7', ['XV-10'])
  record(sender.snapshot, 1, 4, 64, 0)
  sender.send()
  await shows('sis-soe', 'XV-10')
  await page.keyboard.press('2')
  const rows = page.locator('[data-testid="sis-soe"] tbody tr')
  await shows('sis-soe', 'stuck')
  const all = await rows.count()
  await page.click('[data-testid="sis-kind-trip"]')
  expect(await rows.count()).toBeLessThan(all)
  expect(await text('sis-soe')).not.toContain('stuck')
  await page.click('[data-testid="sis-kind-all"]')
  await page.fill('[data-testid="sis-filter"]', 'tt-902')
  expect(await rows.allTextContents()).toEqual([expect.stringMatching(/TT-902stuck$/)])
  await page.locator('[data-testid="sis-filter"]').blur()
  await page.keyboard.press('4')
  await page.waitForSelector('[data-testid="sis-integrity"]')
  expect(await text('sis-integrity')).toMatch(/1234abcd, 1234abcd: equal.*engineer, assessor.*agree/)
  expect(await text('sis-sif-SIF-S7')).toMatch(/Separator level low low2\d+0/)
  sender.snapshot.difference = 12
  sender.snapshot.running_hash = 1
  await shows('sis-integrity', 'DIFFER, first at word 12')
  expect(await text('sis-integrity')).toContain('00000001, 1234abcd: DIFFERENT')
})

test('[4.10] axe finds nothing serious on any part of the safety display, light or dark', async () => {
  trip(sender.snapshot, 'S1', ['FEEDS'])
  sender.snapshot.causes[1]!.bypass_left = [600, -1, -1]
  sender.send()
  await shows('sis-effect-state-FEEDS', 'TRIPPED')
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const serious = async (): Promise<string[]> =>
    page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run: (
            o: object,
          ) => Promise<{ violations: { id: string; impact: string | null; nodes: { html: string }[] }[] }>
        }
      }
      const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
      return violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 120)}`)
    })
  for (const key of ['1', '2', '3', '4']) {
    await page.keyboard.press(key)
    expect(await serious()).toEqual([])
  }
  await page.keyboard.press('t')
  await page.keyboard.press('1')
  await page.waitForSelector('[data-testid="sis-matrix"]')
  expect(await serious()).toEqual([])
  await page.keyboard.press('t')
})

test('[SIS-UI-8] on a tablet the whole matrix stands on the screen', async () => {
  const { page: tablet, faults: own } = await openStation(browser, url, TABLET)
  await tablet.keyboard.press('F7')
  await tablet.waitForSelector('[data-testid="sis-matrix"]')
  const last = await tablet.locator('[data-testid="sis-cause-S11"]').boundingBox()
  const table = await tablet.locator('[data-testid="sis-matrix"]').boundingBox()
  expect(last!.y + last!.height).toBeLessThan(TABLET.height)
  expect(table!.y + table!.height).toBeLessThanOrEqual(TABLET.height)
  expect(table!.x + table!.width).toBeLessThanOrEqual(TABLET.width)
  expect(own).toEqual([])
  await tablet.close()
  expect(faults.filter((f) => !/status of (409|503)/.test(f))).toEqual([])
})
