/**
 * An instructor's session in the browser, with a trainee at the operators' screen: fault, operator's action, the way back, repeat.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokens } from '../../hmi/theme/tokens.ts'
import { instructorLink } from '../../plant-sim/edge/instructor-token.ts'
import { type LiveSystem, startLiveSystem, until } from '../system/live-system.ts'
import { launchBrowser, openStation, TABLET, WIDE } from './browser.ts'

let browser: Browser
let system: LiveSystem
let trainee: Page
let page: Page
const faults: string[] = []

const SCENARIO = `scenario: Reactor temperature measured wrong
plant: tennessee-eastman
duration: 30min
events:
  - {at: 5s, fault: TT-09, kind: bias, value: 2, until: 20min}
  - {at: 10s, say: The laboratory calls}
expect:
  - {name: Raise the set point, after: 0s, within: 25min, set: TIC-09.SP, to: [123, 125]}
score:
  missing: 20
  late: 5
  bands:
    - {tag: TT-09, range: [119, 126], per_min: 1}
`

beforeAll(async () => {
  browser = await launchBrowser()
  system = await startLiveSystem()
  ;({ page: trainee } = await openStation(browser, system.url, TABLET))
  page = await browser.newPage({ viewport: WIDE })
  page.on('pageerror', (fault) => faults.push(fault.message))
  await page.goto(instructorLink(system.run().instructor, system.data_dir))
  await page.waitForSelector('[data-testid="disturbance-IDV1"]')
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const words = async (id: string): Promise<string> => (await page.textContent(`#${id}`)) ?? ''
const shows = (id: string, what: RegExp): Promise<number> =>
  until(`${id} shows ${what}`, 20_000, async () => what.test(await words(id)))

test("[OTS-20] fault, operator action, backtrack, repeat: an instructor's session from the page", async () => {
  await page.fill('#who', 'Kim')
  await page.setInputFiles('#scenario-file', {
    name: 'temperature.yaml',
    mimeType: 'text/yaml',
    buffer: Buffer.from(SCENARIO),
  })
  await shows('scenario-name', /Reactor temperature measured wrong/)
  await page.fill('#snapshot-name', 'before')
  await page.click('#snapshot button')
  await page.waitForSelector('[data-testid="back-before"]')
  const before = await system.instructor.station()
  const kept = before.snapshots.find((s) => s.name === 'before')!
  await page.click('#scenario-start')
  await shows('faults', /TT-09 bias/)

  await trainee.click('[data-testid="indicator-TIC-09"]')
  await trainee.fill('[data-testid="entry-SP"]', '124.0')
  await trainee.press('[data-testid="entry-SP"]', 'Enter')
  await shows('expectations', /done at/)
  await shows('journal', /TIC-09\.SP = 124/)
  await shows('score', /of 100/)

  await page.selectOption('#factor', '20')
  await until('the temperature rises', 30_000, async () => {
    const { measurements } = await system.instructor.state()
    return measurements.find((m) => m.tag === 'TT-09')!.true_value > 121.5
  })
  await page.selectOption('#factor', '1')
  await page.click('[data-testid="back-before"]')
  await shows('course', /^2$/)
  const state = await system.instructor.state()
  expect(state.time_s - kept.time_s).toBeLessThan(30)
  expect(state.faults).toEqual([])
  // The controllers went back too: the trainee's screen has the old set point again.
  await until('the old set point', 10_000, async () => {
    const shown = Number(await trainee.inputValue('[data-testid="entry-SP"]'))
    return Math.abs(shown - 124) > 0.5
  })

  // And the trainee goes on in the new course: nothing of the old one is in the way of a command.
  await trainee.fill('[data-testid="entry-SP"]', '123.4')
  await trainee.press('[data-testid="entry-SP"]', 'Enter')
  await shows('journal', /TIC-09\.SP = 123\.4/)

  await page.fill('#seed-asked', '9')
  await page.click('#repeat')
  await shows('course', /^3$/)
  await shows('seed', /^9$/)
  expect((await system.instructor.state()).time_s).toBeLessThan(15)
  await shows('journal', /Kim.*from the start again/)
  expect(faults).toEqual([])
})

test('[OTS-21] the page is worked by the keyboard, fits both screens, and axe finds nothing serious', async () => {
  await page.locator('body').press('p')
  await shows('achieved', /paused/)
  await page.locator('body').press('p')
  await until('it goes on', 5000, async () => !/paused/.test(await words('achieved')))
  for (const size of [TABLET, WIDE]) {
    await page.setViewportSize(size)
    const beyond = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - innerWidth,
      high: document.documentElement.scrollHeight - innerHeight,
      small: [...document.querySelectorAll('main > section')].filter((s) => s.clientHeight < 120).length,
    }))
    expect(beyond).toEqual({ wide: 0, high: 0, small: 0 })
    const picture = process.env['FLYBALL_PICTURES']
    if (picture !== undefined) await page.screenshot({ path: `${picture}/instructor-${size.width}.png` })
  }
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (o: object) => Promise<{ violations: { id: string; impact: string | null }[] }> }
    }
    return (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations
  })
  expect(found.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => v.id)).toEqual([])
})

test("[OTS-24] the page works the safety system's panel", async () => {
  const closed = async (tag: string): Promise<boolean | undefined> =>
    (await system.instructor.state()).safety?.contacts.find((c) => c.tag === tag)?.closed
  await page.click('[data-testid="turn-HS-90"]')
  await until('HS-90 is closed', 5000, () => closed('HS-90').then((c) => c === true))
  await shows('contacts', /HS-90bypass permit keyclosed/)
  await page.click('[data-testid="turn-HS-90"]')
  await until('HS-90 is open again', 5000, () => closed('HS-90').then((c) => c === false))
  await page.click('[data-testid="press-HS-91"]')
  await shows('journal', /press HS-91/)
  await until('HS-91 is let go', 10_000, () => closed('HS-91').then((c) => c === false))
  await shows('safety-state', /SIS-1: watching; tennessee-eastman, every 100 ms/)
  expect([await closed('HS-90'), await closed('HS-91'), await closed('HS-1')]).toEqual([false, false, true])
  expect(faults).toEqual([])
})

test('[OTS-23] with the safety solver, and analysers that are asked every ten ticks, a return goes on bit for bit', async () => {
  const { instructor } = system
  expect((await instructor.state()).safety?.solver).toMatchObject({ id: 'tennessee-eastman', silent: false })
  await until('the analysers are read', 20_000, () => /RIO-5 in use/.test(system.output()))
  await instructor.speed({ factor: 0 })
  await instructor.snapshot('whole')
  const from_s = (await instructor.station()).snapshots.find((s) => s.name === 'whole')!.time_s
  const hashes = async (): Promise<Map<number, string>> => {
    await until('two minutes of plant time', 30_000, async () => (await instructor.state()).time_s > from_s + 130)
    const { snapshots, course } = await instructor.station()
    const own = snapshots.filter((s) => s.course === course && s.name === '' && s.time_s > from_s)
    return new Map(own.map((s) => [s.time_s, s.hash]))
  }
  const first = await hashes()
  await instructor.restore({ name: 'whole' })
  const again = await hashes()
  await instructor.speed({ factor: 1 })
  const common = [...first.keys()].filter((time_s) => again.has(time_s))
  expect(common.length).toBeGreaterThanOrEqual(2)
  for (const time_s of common) expect([time_s, again.get(time_s)]).toEqual([time_s, first.get(time_s)])
})

test("[OTS-22] the operators' gateway has no trace of the station, and the colours are those of their screen", async () => {
  const { port } = new URL(system.run().instructor)
  const text = await (await fetch(system.url)).text()
  const config = await (await fetch(`${system.url}/api/config`)).text()
  expect(`${text}${config}`).not.toMatch(new RegExp(`:${port}|instructor`, 'i'))
  expect((await fetch(`${system.url}/api/station`)).status).toBe(404)
  const css = readFileSync(new URL('../../plant-sim/edge/instructor-page/page.css', import.meta.url), 'utf8')
  const dark = css.indexOf('@media')
  for (const [theme, part] of [
    ['light', css.slice(0, dark)],
    ['dark', css.slice(dark)],
  ] as const)
    for (const name of ['canvas', 'panel', 'raised', 'text', 'text2', 'pv', 'line', 'focus', 'override'] as const)
      expect([theme, name, new RegExp(`--${name}: (#\\w+);`).exec(part)?.[1]?.toUpperCase()]).toEqual([
        theme,
        name,
        tokens[theme][name],
      ])
})
