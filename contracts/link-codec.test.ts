import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8 } from './bytes.ts'
import type { Command, CommandResult, Frame, Output, TagFrame } from './frame.ts'
import { decodeFrame, encodeFrame } from './frame-codec.ts'
import type { LinkMessage, PathState } from './link.ts'
import { decodeLink, encodeLink } from './link-codec.ts'

const u8 = fc.integer({ min: 0, max: 255 })
const u16 = fc.integer({ min: 0, max: 65535 })
const u32 = fc.integer({ min: 0, max: 0xffffffff })
const integer = fc.maxSafeNat()
const f64 = fc.double()
const text = fc.string({ unit: 'binary', maxLength: 20 })
const controller = fc.constantFrom<0 | 1>(0, 1)
const tick = fc.record({ epoch: u32, n: integer })
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 4 })

const command: fc.Arbitrary<Command> = fc.record({
  station: u32,
  seq: integer,
  kind: u8,
  epoch: u32,
  n: integer,
  ttl_ticks: u32,
  target: u32,
  value: f64,
  expected: f64,
})
const result: fc.Arbitrary<CommandResult> = fc.record({ station: u32, seq: integer, outcome: u8, refusal: u8 })
const frame: fc.Arbitrary<Frame> = fc.record({
  epoch: u32,
  n: integer,
  prev_epoch: u32,
  prev_n: integer,
  t_ms: f64,
  preferred: controller,
  inputs: few(fc.record({ input: u32, value: f64, status: u16, age_ticks: u8 })),
  readbacks: few(fc.record({ output: u32, value: f64, status: u16 })),
  commands: few(command),
})
const values = few(fc.tuple(f64, u16)).map((pairs) => ({
  values: Float64Array.from(pairs, (p) => p[0]),
  statuses: Uint16Array.from(pairs, (p) => p[1]),
}))
const output: fc.Arbitrary<Output> = fc
  .tuple(tick, values, fc.record({ controller, join: u32, digest: integer, results: few(result) }))
  .map(([a, b, c]) => ({ ...a, ...b, ...c }))
const tags: fc.Arbitrary<TagFrame> = fc
  .tuple(
    tick,
    values,
    fc.record({
      controller,
      t_ms: f64,
      events: few(fc.record({ ordinal: u32, code: u32, block: u32, a: f64, b: f64 })),
    }),
  )
  .map(([a, b, c]) => ({ ...a, ...b, ...c }))
const bytes = fc.uint8Array({ maxLength: 40 })
const state = { digest: integer, artifact: text, state: bytes, epoch: u32, n: integer }
const pace = { paused: fc.boolean(), factor: f64, achieved: f64 }
const type = <K extends LinkMessage['type']>(name: K): fc.Arbitrary<K> => fc.constant(name)

const path: fc.Arbitrary<PathState> = fc.record({
  endpoint: text,
  state: fc.constantFrom(...(['active', 'standby', 'failed', 'connecting'] as const)),
  breaker: fc.constantFrom(...(['closed', 'open', 'half-open'] as const)),
  rtt_p50_ms: f64,
  rtt_p99_ms: f64,
  requests: u32,
  timeouts: u32,
  reconnects: u32,
  exceptions: few(fc.record({ code: u8, count: u32 })),
  good_age_ms: f64,
})

const message: fc.Arbitrary<LinkMessage> = fc.oneof(
  fc.record({
    type: type('hello'),
    role: fc.constantFrom('controller' as const, 'gateway' as const, 'field-io' as const),
    index: u8,
    artifact: text,
    state: tick,
  }),
  fc.record({ type: type('welcome'), join: u32, epoch: u32 }),
  fc.record({ type: type('frame'), frame }),
  fc.record({ type: type('output'), output }),
  fc.record({ type: type('tags'), tags }),
  fc.record({ type: type('replay-request'), from: tick }),
  fc.record({ type: type('snapshot'), ...state }),
  fc.record({ type: type('restore'), join: u32, ...state }),
  fc.constant<LinkMessage>({ type: 'leave', reason: 'digest' }),
  fc.record({ type: type('command'), command }),
  fc.record({ type: type('command-result'), result, at: tick }),
  fc.record({
    type: type('io-status'),
    at: tick,
    preferred: controller,
    controllers: few(fc.record({ connected: fc.boolean(), joined: fc.boolean(), answer_ms: f64 })),
    devices: few(
      fc.record(
        {
          id: text,
          connected: fc.boolean(),
          tripped: fc.boolean(),
          rtt_ms: f64,
          timeouts: u32,
          reconnects: u32,
          late: fc.integer({ min: 1, max: 0xffffffff }),
          switches: fc.integer({ min: 1, max: 0xffffffff }),
          paths: fc.array(path, { minLength: 1, maxLength: 2 }),
        },
        { requiredKeys: ['id', 'connected', 'tripped', 'rtt_ms', 'timeouts', 'reconnects'] },
      ),
    ),
    ticks_lost: integer,
    log_durable: fc.boolean(),
    alarms: few(text),
    pace: fc.option(fc.record(pace)),
  }),
  fc.record({ type: type('grant'), tick: integer }),
  fc.record({ type: type('done'), tick: integer }),
  fc.record({ type: type('pace'), ...pace }),
  fc.constant<LinkMessage>({ type: 'snapshot-request' }),
  fc.record({ type: type('force'), id: u32, point: text, value: f64, for_ms: f64, who: text, reason: text }),
  fc.record({ type: type('unforce'), id: u32, point: text }),
  fc.record({ type: type('force-result'), id: u32, refusal: u8 }),
  fc.record({
    type: type('forces'),
    at: tick,
    forces: few(fc.record({ point: text, value: f64, who: text, reason: text, since_ms: f64, left_ms: f64 })),
  }),
  fc.record({ type: type('device-memory'), memory: fc.uint8Array({ maxLength: 20 }) }),
)

/** Decodes, or says RangeError; any other throw fails the test. */
function attempt(payload: Uint8Array): LinkMessage | undefined {
  try {
    return decodeLink(payload)
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault
    return undefined
  }
}

test('every message comes back as it was sent', () => {
  fc.assert(
    fc.property(message, (m) => {
      expect(decodeLink(encodeLink(m))).toEqual(m)
    }),
    { numRuns: 2000 },
  )
})

test('every frame comes back from the log as it was written', () => {
  fc.assert(
    fc.property(frame, (f) => {
      expect(decodeFrame(encodeFrame(f))).toEqual(f)
    }),
  )
})

test('a message cut short or made longer is refused', () => {
  fc.assert(
    fc.property(message, (m) => {
      const payload = encodeLink(m)
      for (let length = 0; length < payload.length; length++) {
        expect(() => decodeLink(payload.subarray(0, length))).toThrow(RangeError)
      }
      expect(() => decodeLink(Uint8Array.from([...payload, 0]))).toThrow(RangeError)
    }),
    { numRuns: 300 },
  )
})

test('a damaged message is refused or is another message, and what decodes encodes again', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(message, damage, (m, flips) => {
      const payload = encodeLink(m)
      for (const [at, mask] of flips) payload[at % payload.length]! ^= mask
      const decoded = attempt(payload)
      expect(decoded === undefined || encodeLink(decoded).length > 0).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('noise is refused or is a message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
      const decoded = attempt(noise)
      expect(decoded === undefined || encodeLink(decoded).length === noise.length).toBe(true)
    }),
    { numRuns: 5000 },
  )
})

test('a count that the message cannot hold is refused before anything is allocated', () => {
  const grown = encodeLink({ type: 'snapshot', epoch: 1, n: 2, digest: 3, artifact: '', state: new Uint8Array(4) })
  // u8 type, 12 bytes tick, 8 digest, 4 empty text; then the length of the state.
  new DataView(grown.buffer).setUint32(25, 0xffffffff, true)
  expect(() => decodeLink(grown)).toThrow(/count 4294967295/)
})

test('text is UTF-8 as the platform writes it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (s) => {
      expect([...encodeUtf8(s)]).toEqual([...new TextEncoder().encode(s)])
      expect(decodeUtf8(encodeUtf8(s))).toBe(s)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8 }), (noise) => {
      const judge = (read: () => string): string | undefined => {
        try {
          return read()
        } catch {
          return undefined
        }
      }
      const platform = judge(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(noise))
      expect(judge(() => decodeUtf8(noise))).toBe(platform)
    }),
    { numRuns: 3000 },
  )
})

test('a field that does not fit is our own fault and is not sent', () => {
  expect(() => encodeLink({ type: 'grant', tick: -1 })).toThrow(RangeError)
  expect(() => encodeLink({ type: 'welcome', join: 2 ** 32, epoch: 0 })).toThrow(RangeError)
})
