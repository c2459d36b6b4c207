// The tutorial is what it shows: its blocks are the files of docs/guide/tank, and those are sound.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { buildStrategy } from '../strategy-files.ts'
import { formatFile } from './format.ts'

const GUIDE = resolve(import.meta.dirname, '../../docs/guide')
const PAGE = readFileSync(join(GUIDE, 'your-first-strategy.md'), 'utf8')

test('[GUIDE-1] every file of the tutorial stands in it as it is, and none is left out', () => {
  const shown = [...PAGE.matchAll(/^```yaml title=(\S+)\n([\s\S]*?)^```$/gm)].map((m) => [m[1]!, m[2]!] as const)
  const files = readdirSync(join(GUIDE, 'tank'), { recursive: true, encoding: 'utf8' }).map((p) =>
    p.replaceAll('\\', '/'),
  )
  expect(shown.map(([path]) => path).sort()).toEqual(files.filter((p) => p.endsWith('.yaml')).sort())
  for (const [path, text] of shown) {
    expect(text, path).toBe(readFileSync(join(GUIDE, 'tank', path), 'utf8'))
    if (!path.endsWith('.test.yaml')) expect(formatFile(path, text), path).toBe(text)
  }
})

test('[GUIDE-2] it has neither faults nor warnings, and its lock is the one it builds', async () => {
  const built = await buildStrategy(join(GUIDE, 'tank'))
  expect(built).toMatchObject({ warnings: [], lock: readFileSync(join(GUIDE, 'tank/strategy.lock'), 'utf8') })
})

test('[GUIDE-3] the workflow is YAML and names commands that are there', () => {
  const workflow = parse(readFileSync(join(GUIDE, 'flyball-ci.yml'), 'utf8')) as {
    jobs: { strategy: { steps: { run?: string }[] } }
  }
  const runs = workflow.jobs.strategy.steps.map((s) => s.run ?? '').join('\n')
  const main = readFileSync(resolve(import.meta.dirname, '../main.ts'), 'utf8')
  const commands = [...`${runs}\n${PAGE}`.matchAll(/npx flyball (\w+)/g)].map((m) => m[1]!)
  expect(commands.length).toBeGreaterThan(8)
  // keygen is registered with verify.
  for (const name of commands) {
    expect(main.toLowerCase()).toContain(`register${name === 'keygen' ? 'verify' : name}(`)
  }
})
