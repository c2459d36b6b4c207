import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Running } from '../../protocols/edge/program.ts'
import { instructorClient } from './instructor-client.ts'
import { instructorLink, readInstructorToken } from './instructor-token.ts'
import { startPlantSim } from './program.ts'

let dir: string
let plant: Running
let base: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'flyball-token-'))
  plant = await start()
  base = `http://127.0.0.1:${plant.ports['instructor']}`
})
afterAll(async () => {
  await plant.close()
  rmSync(dir, { recursive: true, force: true })
})
const start = () =>
  startPlantSim({
    plant: 'two-tank',
    instruments_path: fileURLToPath(new URL('../../strategies/two-tank/plant/instruments.yaml', import.meta.url)),
    paused: true,
    data_dir: join(dir, 'plant-sim'),
  })
const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${base}${path}`, { headers, redirect: 'manual' })
const token = (): string => readInstructorToken(join(dir, 'plant-sim'))!
const cookie = () => `other=1; flyball-instructor-${plant.ports['instructor']}=${token()}`

test('[OTS-30] without the token nothing is read and nothing is done', async () => {
  for (const path of ['/api/state', '/api/station', '/api/journal', '/api/no-such-thing'])
    expect([path, (await ask(path)).status]).toEqual([path, 401])
  const page = await ask('/')
  expect(page.status).toBe(401)
  expect(await page.text()).not.toMatch(/page\.js/)
  for (const wrong of [
    '',
    'x',
    token().slice(1),
    `${token()}x`,
    token()
      .toLowerCase()
      .replace(/[a-z]$/, '_'),
  ])
    expect([wrong, (await ask('/api/state', { 'x-instructor-token': wrong })).status]).toEqual([wrong, 401])
  await expect(instructorClient(base).pause({ paused: false })).rejects.toThrow(/IO_REFUSED[\s\S]*token/)
  expect((await instructorClient(instructorLink(base, dir)).state()).paused).toBe(true)
})

test('[OTS-31] the link opens the page once and leaves a cookie that no script reads; the address forgets the word', async () => {
  const opened = await ask(`/?token=${token()}`)
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/'])
  expect(opened.headers.get('set-cookie')).toBe(
    `flyball-instructor-${plant.ports['instructor']}=${token()}; HttpOnly; SameSite=Strict; Path=/`,
  )
  expect((await ask('/', { cookie: cookie() })).status).toBe(200)
  expect((await ask('/api/state', { cookie: cookie() })).status).toBe(200)
  expect((await ask(`/api/state?token=${token()}`)).status).toBe(401)
  expect((await ask('/?token=wrong')).status).toBe(401)
})

test('[OTS-32] another page of this machine cannot act by the cookie of the browser', async () => {
  const post = (origin: string) =>
    fetch(`${base}/api/pause`, {
      method: 'POST',
      headers: { cookie: cookie(), origin, 'content-type': 'application/json' },
      body: '{"paused":true}',
    })
  expect((await post('http://127.0.0.1:8080')).status).toBe(403)
  expect((await post(base)).status).toBe(200)
})

test("[OTS-33] the token is its owner's alone, and stays through a restart", async () => {
  const before = token()
  expect(before).toMatch(/^[\w-]{32}$/)
  expect(statSync(join(dir, 'plant-sim/instructor-token')).mode & 0o777).toBe(0o600)
  const again = await start()
  await again.close()
  expect(token()).toBe(before)
})
