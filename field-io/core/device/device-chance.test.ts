// A device on wires that fail by chance, for simulated hours; every seed is a history of its own. Judged is what must hold whatever
// happens; a failure prints its seed.
import { expect, test } from 'vitest'
import { stream } from '../../../numerics/streams.ts'
import { inputAt, outputAt, type PathMode, simulatedWire } from './simulated-wire.ts'

const T = 500
const TIMEOUT_MS = 200
const SEEDS = 25
const RUN_MS = 120_000

function history(seed: number, paths: number, alone: boolean): void {
  const chance = stream(seed, 'history')
  const w = simulatedWire({
    io: {
      devices: [
        {
          id: 'D',
          description: '',
          protocol: 'modbus-tcp',
          endpoint: 'a',
          unit: 1,
          timeout_ms: TIMEOUT_MS,
          watchdog: { time_register: 50, time_ms: 5000, tripped_register: 200, rearm_register: 51 },
        },
      ],
      inputs: [inputAt(0), inputAt(300, { every: 4 }), inputAt(4, { every: 4 })],
      outputs: [outputAt(10), outputAt(12, { readback_register: 110 }), outputAt(20, { type: 'bool', bit: 3, max: 1 })],
    },
    tick_ms: T,
    paths,
    alone,
    latency_ms: 3 + chance.below(10),
  })
  const modes: PathMode[] = ['on', 'on', 'closed', 'silent', 11, 4, 6]
  w.refuse(() => {
    const draw = chance.uniform()
    if (draw < 0.01) return 'silent'
    if (draw < 0.02) return 6
    if (draw < 0.025) return 11
    return undefined
  })
  let asked = 0
  let writes = 0
  const until: { readonly at_ms: number; readonly until_ms: number }[] = []
  while (w.now_ms < RUN_MS) {
    w.run(1 + chance.below(T))
    const path = chance.below(paths)
    const draw = chance.uniform()
    if (draw < 0.15) w.cut(path, modes[chance.below(modes.length)]!)
    else if (draw < 0.25) w.reset(path)
    if (chance.uniform() < 0.6 && w.dones.length === writes) {
      // As the core does it: one at a time, for the connection it knows.
      const connection = Math.max(1, w.device.connection - (chance.uniform() < 0.1 ? 1 : 0))
      const until_ms = w.now_ms + chance.below(T)
      until.push({ at_ms: w.now_ms, until_ms })
      if (chance.uniform() < 0.1) w.rearm()
      else w.write([0, 1, 2], [chance.below(100), chance.below(100), chance.below(2)], { connection, until_ms })
      writes++
    }
    asked = w.requests.length
  }
  expect(asked).toBeGreaterThan(100)

  // One request at a time on a path: the next is sent after the answer, or after the connection has ended.
  expect(w.overlaps).toBe(0)
  // Every write is answered exactly once, as soon as it is over.
  w.run(T + TIMEOUT_MS)
  expect(w.dones).toHaveLength(writes)
  // Nothing is written after its time: each write request falls into the time of a write asked for.
  for (const { at_ms, request } of w.requests) {
    if (request.function !== 16 && request.function !== 22) continue
    expect(until.some((u) => u.at_ms <= at_ms && at_ms <= u.until_ms)).toBe(true)
  }
  // Connections rise, and what is delivered belongs to the one in use.
  for (let i = 1; i < w.reads.length; i++)
    expect(w.reads[i]!.connection).toBeGreaterThanOrEqual(w.reads[i - 1]!.connection)
  for (const down of w.downs)
    expect(w.reads.some((r) => r.at_ms >= down.at_ms && r.connection === down.connection)).toBe(
      w.reads.some((r) => r.at_ms === down.at_ms && r.connection === down.connection),
    )

  // Everything is mended: good within two periods, whatever happened before.
  w.refuse(() => undefined)
  for (let path = 0; path < paths; path++) w.cut(path, 'on')
  const mended_ms = w.now_ms
  w.run(3 * T)
  const good = w.reads.find((r) => r.at_ms >= mended_ms && r.connection === w.device.connection)
  expect(good).toBeDefined()
  expect(good!.at_ms - mended_ms).toBeLessThanOrEqual(2 * T)
  w.run(20 * T)
  const from = w.reads.length
  w.run(20 * T)
  expect(w.downs.every(({ at_ms }) => at_ms <= mended_ms + 3 * T)).toBe(true)
  expect(w.reads.length - from).toBeGreaterThanOrEqual(20)
}

test.each([
  [1, true],
  [1, false],
  [2, true],
  [2, false],
])(
  '[FIO-9] %i paths, alone %s: whatever the wires do, writes end once and in time, and mended it is back',
  (paths, alone) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      try {
        history(seed, paths, alone)
      } catch (cause) {
        throw new Error(`seed ${seed}`, { cause })
      }
    }
  },
)
