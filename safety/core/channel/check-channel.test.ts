import { expect, test } from 'vitest'
import { checkConfig } from '../check-config.ts'
import type { ChannelRules, SisConfig } from '../config.ts'
import { oneFunction } from '../testing/small-configs.ts'
import { channelConfigOf, structureSignature } from './channel-config.ts'

const GOOD: ChannelRules = {
  base_id: '00112233445566778899aabbccddeeff',
  solver_id: 1,
  device_id: 0xffffffff,
  error_interval_min: 60,
}
const base = oneFunction()
const withChannel = (more: object, rest: Partial<SisConfig> = {}): SisConfig => ({
  ...base,
  ...rest,
  channel: { ...GOOD, ...more },
})
const sil = (level: 0 | 1 | 2 | 3): Partial<SisConfig> => ({ sifs: base.sifs.map((s) => ({ ...s, sil: level })) })
const paths = (config: SisConfig): string[] =>
  checkConfig(config)
    .filter((f) => f.code === 'SIS_CHANNEL' && f.severity === 'error')
    .map((f) => f.path)

test('[SIS-CH-14] a good channel, and none, have no faults', () => {
  expect(checkConfig(withChannel({}, sil(3)))).toEqual(checkConfig({ ...base, ...sil(3) }))
  expect(channelConfigOf(base)).toBe(undefined)
})

test('[SIS-CH-14] each fault of a channel has its place', () => {
  for (const [more, path] of [
    [{ base_id: '00112233445566778899aabbccddeef' }, 'channel/base_id'],
    [{ base_id: 'x0112233445566778899aabbccddeeff' }, 'channel/base_id'],
    [{ base_id: '0'.repeat(32) }, 'channel/base_id'],
    [{ solver_id: 0 }, 'channel/solver_id'],
    [{ solver_id: 1.5 }, 'channel/solver_id'],
    [{ device_id: 2 ** 32 }, 'channel/device_id'],
    [{ device_id: 1 }, 'channel/device_id'],
    [{ error_interval_min: 59 }, 'channel/error_interval_min'],
  ] as const)
    expect(paths(withChannel(more, sil(1))), JSON.stringify(more)).toEqual([path])
})

test('[SIS-CH-14] the interval is long enough for the SIL', () => {
  expect(paths(withChannel({ error_interval_min: 6 }, sil(2)))).toEqual([])
  expect(paths(withChannel({ error_interval_min: 6 }, sil(3)))).toEqual(['channel/error_interval_min'])
})

test('[SIS-CH-14] the frame has room, and T_SF outlives one lost scan', () => {
  const many = (count: number, of: object): object[] =>
    Array.from({ length: count }, (_, i) => ({ ...of, tag: `T${i}` }))
  const crowded = withChannel({}, {
    transmitters: many(23, base.transmitters[0]!),
    contacts: many(17, { service: '', response_ms: 0 }),
    elements: many(17, base.elements[0]!),
  } as Partial<SisConfig>)
  expect(paths(crowded)).toEqual(['channel/transmitters', 'channel/contacts', 'channel/elements'])
  const full = withChannel({}, {
    transmitters: many(22, base.transmitters[0]!),
    contacts: many(16, { service: '', response_ms: 0 }),
    elements: many(16, base.elements[0]!),
  } as Partial<SisConfig>)
  expect(paths(full)).toEqual([])
  expect(paths(withChannel({}, { link_timeout_ms: 2 * base.scan_ms - 1 }))).toEqual(['channel/link_timeout_ms'])
  expect(paths(withChannel({}, { link_timeout_ms: 2 * base.scan_ms }))).toEqual([])
})

test('[SIS-CH-14] what the channel takes from the rest of the configuration', () => {
  const config = channelConfigOf(withChannel({}, { mode: 'RUN' }))!
  expect(config).toMatchObject({ ...GOOD, test_mode: false, t_sf_ms: base.link_timeout_ms })
  expect(config.signature).toBe(
    structureSignature(base.transmitters.length, base.contacts.length, base.elements.length),
  )
  expect(channelConfigOf(withChannel({}, { mode: 'SIMULATION' }))!.test_mode).toBe(true)
})
