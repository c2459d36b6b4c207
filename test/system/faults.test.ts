/**
 * Programs die while an operator watches. What the valves do is read from the plant, what the operator sees from the page.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchBrowser, openStation, WIDE } from '../hmi/browser.ts'
import { isAlive, type LiveSystem, pause, startLiveSystem, until } from './live-system.ts'

let browser: Browser
let system: LiveSystem
let page: Page

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => browser?.close())
beforeEach(async () => {
  system = await startLiveSystem()
  page = (await openStation(browser, system.url, WIDE)).page
})
afterEach(async () => {
  await page?.close()
  await system?.stop()
})

const textOf = (testId: string): Promise<string> => page.textContent(`[data-testid="${testId}"]`).then((t) => t ?? '')
const isShown = (testId: string): Promise<boolean> => page.isVisible(`[data-testid="${testId}"]`)

/** True positions of the valves, from the plant. */
const positions = async (): Promise<number[]> => (await system.instructor.state()).valves.map((v) => v.position_pct)

test('[SYS-2] kill -9 of the active controller while the browser watches: nothing moves, the other is active, it comes back', async () => {
  // Which of the two joined first, and so is preferred, is left to chance.
  const isActive = async (name: string): Promise<boolean> => (await textOf(`controller-${name}`)).includes('active')
  await until('one of the two is active', 15_000, async () => (await isActive('A')) || (await isActive('B')))
  const [active, other] = (await isActive('A')) ? ['A', 'B'] : ['B', 'A']
  // The plant at rest needs some scans; its valves move by its own noise, which is what the kill is compared with.
  await pause(3000)
  let last = await positions()
  const moves = async (seconds: number): Promise<number> => {
    let largest = 0
    for (let i = 0; i < seconds * 4; i++) {
      await pause(250)
      const now = await positions()
      largest = Math.max(largest, ...now.map((p, k) => Math.abs(p - last[k]!)))
      last = now
    }
    return largest
  }
  const before = await moves(4)
  const tick_before = (await system.instructor.state()).tick
  const killed = system.pidOf(`controller ${active}`)
  process.kill(killed, 'SIGKILL')
  const after = await moves(6)
  expect(after).toBeLessThan(Math.max(2 * before, 0.5))
  // Not a scan was lost: the plant went on at its pace, and the page never took its data for stale.
  expect((await system.instructor.state()).tick - tick_before).toBeGreaterThanOrEqual(5)
  expect(await isShown('banner-connection')).toBe(false)
  expect((await system.instructor.state()).trip).toBeNull()
  await until('the other is active', 5000, () => isActive(other!))
  await until('it is back', 20_000, async () => /active|standby/.test(await textOf(`controller-${active}`)))
  expect(system.pidOf(`controller ${active}`)).not.toBe(killed)
})

test('[SYS-3] kill -9 of the gateway: the operator is told within 3 s, control goes on, the screen comes back', async () => {
  const tick = (await system.instructor.state()).tick
  process.kill(system.pidOf('gateway'), 'SIGKILL')
  const told_ms = await until('NO CONNECTION', 5000, () => isShown('banner-connection'))
  expect(told_ms).toBeLessThan(3500)
  await until('the screen is live again', 20_000, async () => !(await isShown('banner-connection')))
  const state = await system.instructor.state()
  expect(state.trip).toBeNull()
  expect(state.tick).toBeGreaterThan(tick)
})

test('[SYS-4] kill -9 of field-io: outputs hold, control takes up again by itself within the drops watchdog', async () => {
  await pause(2000)
  const before = await positions()
  process.kill(system.pidOf('field-io'), 'SIGKILL')
  await pause(1000)
  const after = await positions()
  // Ten seconds of watchdog: within one second nothing has gone to its fail position.
  for (let i = 0; i < before.length; i++) expect(Math.abs(after[i]! - before[i]!)).toBeLessThan(2)
  await until('new values', 20_000, async () => {
    const health = (await (await fetch(`${system.url}/api/health`)).json()) as { live: boolean; epoch: number }
    return health.live && health.epoch > 1
  })
  expect((await system.instructor.state()).trip).toBeNull()
})

test('[SYS-5] every drop falls silent: values are bad within seconds, nothing moves or crashes, all comes back', async () => {
  await pause(2000)
  const programs = system.run().programs.map(({ name }) => system.pidOf(name))
  const before = await positions()
  const plant = system.pidOf('plant-sim')
  process.kill(plant, 'SIGSTOP')
  const doubted = (): Promise<boolean> => page.isVisible('[data-testid="indicator-PIC-07"] .doubt')
  expect(await doubted()).toBe(false)
  await until('PIC-07 is shown as doubtful', 8000, doubted)
  // The gateway's own word on it: the controllers go on scanning, with bad inputs.
  expect(((await (await fetch(`${system.url}/api/health`)).json()) as { live: boolean }).live).toBe(true)
  process.kill(plant, 'SIGCONT')
  await until('PIC-07 looks good again', 20_000, async () => !(await doubted()))
  expect(system.run().programs.map(({ name }) => system.pidOf(name))).toEqual(programs)
  const after = await positions()
  for (let i = 0; i < before.length; i++) expect(Math.abs(after[i]! - before[i]!)).toBeLessThan(3)
  expect((await system.instructor.state()).trip).toBeNull()
})

test('[SYS-10] kill -9 of the plant: it starts anew and is taken up again, no other program ends', async () => {
  const others = ['field-io', 'gateway', 'controller A', 'controller B'].map((name) => system.pidOf(name))
  const killed = system.pidOf('plant-sim')
  process.kill(killed, 'SIGKILL')
  await until('another plant runs and is scanned', 15_000, async () => {
    const plant = system.run().programs.find((p) => p.name === 'plant-sim')!
    if (plant.pid === null || plant.pid === killed) return false
    return (await system.instructor.state().catch(() => undefined))?.field_io.connected === true
  })
  expect(['field-io', 'gateway', 'controller A', 'controller B'].map((name) => system.pidOf(name))).toEqual(others)
})

test('[SYS-6] a killed supervisor leaves no process behind', async () => {
  const pids = system.run().programs.map(({ name }) => system.pidOf(name))
  expect(pids.every(isAlive)).toBe(true)
  system.supervisor.kill('SIGKILL')
  await until('all programs have ended', 6000, () => !pids.some(isAlive))
  expect(pids.filter(isAlive)).toEqual([])
})
