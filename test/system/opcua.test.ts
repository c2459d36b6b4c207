/**
 * The analysers of the flagship come through OPC UA: a user starts the system, and looks at it with the command line.
 */
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { startLiveSystem, until } from './live-system.ts'

const FLYBALL = join(resolve(import.meta.dirname, '../..'), 'cli/flyball.mjs')

test('[SYS-11] npm start: the analysers are read over a signed and encrypted connection, and a failed one is Bad', async () => {
  process.env['FLYBALL_PLANT_PASSWORD'] = 'a look with the command line'
  const system = await startLiveSystem()
  const flyball = (...words: string[]): { text: string; code: number } => {
    try {
      const stdio = 'pipe'
      return { text: execFileSync(process.execPath, [FLYBALL, ...words], { stdio }).toString(), code: 0 }
    } catch (cause) {
      const { status, stdout, stderr } = cause as { status: number; stdout: Buffer; stderr: Buffer }
      return { text: `${stdout}${stderr}`, code: status }
    }
  }
  try {
    await until('field-io uses the analysers', 20_000, () => system.output().includes('RIO-5 in use'))
    expect(system.output()).not.toContain('RIO-5 out of use')
    const list = flyball('opcua', 'list', '--data', system.data_dir).text
    expect(list).toMatch(/^own .*\n.*^trusted .*CN=Flyball plant/ms)
    const read = (): { text: string; code: number } =>
      flyball('opcua', 'read', 'tennessee-eastman', '--data', system.data_dir)
    const good = read()
    expect(good.text.match(/RIO-5\/AI\/\d+ +nsu=urn:flyball:plant;s=AT-\d\d +[\d.]+ +Good .* s old/g)).toHaveLength(19)
    expect(good.code).toBe(0)
    await system.instructor.fault({ tag: 'AT-23', kind: 'failed' })
    let bad = read()
    await until('AT-23 is Bad', 20_000, () => {
      bad = read()
      return bad.code === 1
    })
    expect(bad.text).toMatch(/s=AT-23 +[\d.]+ +Bad: sensor failure/)
    expect(bad.text.match(/ Good /g)).toHaveLength(18)
  } finally {
    await system.stop()
    delete process.env['FLYBALL_PLANT_PASSWORD']
  }
})
