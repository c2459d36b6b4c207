// Every driver of Modbus/TCP against the same ill-behaved devices. The default one must survive all of it; what
// modbus-serial does not survive, bare and behind our interface, is said here and in docs/decisions/0008.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openModbusLink } from '../../protocols/edge/open-modbus-link.ts'
import { type OpenLink, SCENARIOS, type Scenario, World } from './driver-scenarios.ts'
import { openBare } from './peers/bare-modbus-serial.ts'

/** What a scenario that names nothing takes at most on a quiet machine. */
const WITHIN_MS = 1000

const ours: OpenLink = (endpoint, options) =>
  openModbusLink({ id: 'D', protocol: 'modbus-tcp' }, 'A', endpoint, options)
const behindLink: OpenLink = (endpoint, options) =>
  openModbusLink({ id: 'D', protocol: 'modbus-tcp', driver: 'modbus-serial' }, 'A', endpoint, options)

let world: World | undefined
afterEach(() => world?.end())

/** Nothing: it passed. Otherwise what went wrong. */
async function trial(open: OpenLink, { run, within_ms = WITHIN_MS }: Scenario, slack = 1): Promise<string | undefined> {
  world = new World(open)
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('nothing happens'), slack * within_ms)
  })
  const done = run(world).then(
    () => undefined,
    (cause: Error) => cause.message,
  )
  const outcome = await Promise.race([done, hangs])
  clearTimeout(timer)
  await world.end()
  return outcome
}

test.each(SCENARIOS)('our driver survives: $name', async (scenario) => {
  expect(await trial(ours, scenario, 8)).toBeUndefined()
})

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/decisions/0008-own-modbus-transport.md'), 'utf8')

/** What the page's table says of a scenario, for modbus-serial bare and behind the interface of a link. */
function said(name: string): { readonly bare: boolean; readonly link: boolean } {
  const row = PAGE.split('\n').find((line) => line.startsWith(`| ${name} | survives |`))
  if (row === undefined) throw new Error(`docs/decisions/0008 has no row '${name}'`)
  const [bare, link] = row.split('|').slice(3, 5)
  return { bare: bare!.trim() === 'survives', link: link!.trim() === 'survives' }
}

test('modbus-serial survives what docs/decisions/0008 says, bare and behind our interface, and nothing else', async () => {
  const wrong: string[] = []
  for (const scenario of SCENARIOS) {
    const expected = said(scenario.name)
    for (const [driver, open] of [
      ['bare', openBare],
      ['link', behindLink],
    ] as const) {
      // One that hangs is waited for no longer than it takes on a quiet machine.
      const found = await trial(open, scenario, expected[driver] ? 8 : 1)
      if (expected[driver] !== (found === undefined)) wrong.push(`${driver}, ${scenario.name}: ${found ?? 'survives'}`)
      process.stdout.write(`${driver}: ${scenario.name}: ${found === undefined ? 'survives' : `fails, ${found}`}\n`)
    }
  }
  expect(wrong).toEqual([])
}, 120_000)
