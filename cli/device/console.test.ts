import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromProfile } from '../../plant-sim/core/emulator/from-profile.ts'
import { type Emulator, startEmulator } from '../../plant-sim/edge/emulator/emulator.ts'
import { ModbusTcpClient } from '../../protocols/edge/modbus-tcp-client.ts'
import { deviceCommand } from './console.ts'
import { loadProfile, profileNames } from './load-profile.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator({
    profile: fromProfile(loadProfile('pzem016_meter')),
    units: [1, 2],
    wire: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    seed: 1,
  })
})
afterAll(() => emulator.close())
const say = (line: string): string => deviceCommand(emulator, line)
const read = async (unit: number): Promise<number[]> => {
  const client = new ModbusTcpClient(emulator.endpoint, { timeout_ms: 500 })
  while (!client.connected) await new Promise((done) => setTimeout(done, 5))
  const registers = await client.readInput(unit, 0, 3)
  client.close()
  return [...registers]
}

test('set holds a point of all units or of one, as a master reads it', async () => {
  expect(say('set voltage 230.5')).toBe('ok')
  // 70,000.5 A are 70,000,500 = 0x042C1F74 thousandths, low word first.
  expect(say('set 2:current 70000.5')).toBe('ok')
  expect((await read(1))[0]).toBe(2305)
  expect(await read(2)).toEqual([2305, 0x1f74, 0x042c])
  expect(say('show voltage')).toMatch(/1:voltage +230\.5 V +input 0\n +2:voltage/)
})

test('a fault takes effect, and goes again', async () => {
  expect(say('fault exception:1:6')).toBe('trouble: exception:1:6')
  await expect(read(1)).rejects.toMatchObject({ code: 'IO_EXCEPTION' })
  expect(say('fault')).toBe('no trouble')
  expect((await read(1))[0]).toBe(2305)
})

test.each([
  ['set voltage much', "set: found 'much', expected a number"],
  ['set volts 1', "no point 'volts'"],
  ['set 7:voltage 1', 'no unit 7 here: there are 1, 2'],
  ['fault lat', 'did you mean late?'],
  ['dance', "found 'dance', expected one of these"],
])('%j is answered in words', (line, words) => {
  expect(say(line)).toContain(words)
})

test('every shipped profile is a device to emulate; an unknown one is refused with the names there are', () => {
  for (const name of profileNames()) {
    const profile = fromProfile(loadProfile(name))
    expect(profile.points.length, name).toBeGreaterThan(0)
  }
  expect(() => loadProfile('eastron')).toThrow(/no device profile 'eastron'.*eastron_sdm630/)
})
