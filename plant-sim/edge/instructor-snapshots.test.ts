import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  decodeSnapshot,
  encodeSnapshot,
  openSnapshots,
  RING_MAX,
  type RunSnapshot,
  refusals,
} from './instructor-snapshots.ts'

const snapshot: RunSnapshot = {
  id: 1,
  name: 'warm',
  build: 'flyball 1',
  plant: 'two-tank',
  scheme: 'converged',
  start: 'interacting',
  seed: 3,
  strategy: 'abc',
  time_s: 60,
  course: 1,
  at: '2026-01-01T00:00:00.000Z',
  took_ms: 1,
  rig: Float64Array.of(1 / 3, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324),
  controllers: { type: 'snapshot', epoch: 2, n: 60, digest: 42, artifact: 'abc', state: new Uint8Array(24).fill(7) },
  cables: [{ drop: 'RIO-1', network: 'A', mode: 'closed' }],
  scenario: undefined,
}

test('[OTS-5] a snapshot comes back from its text bit for bit', () => {
  const back = decodeSnapshot(encodeSnapshot(snapshot))
  expect(back).toEqual(snapshot)
  expect(Object.is(back.rig[1], -0)).toBe(true)
  expect(() => decodeSnapshot('{"format":"other"}')).toThrow(/found format other/)
})

test('[OTS-9] a snapshot of another build, plant, scheme or strategy is refused, each with the reason', () => {
  expect(refusals(snapshot, snapshot)).toEqual([])
  const here = { build: 'flyball 2', plant: 'cstr', scheme: 'compat', strategy: '' }
  expect(refusals(snapshot, here)).toEqual([
    { what: 'build', found: 'flyball 1', expected: 'flyball 2' },
    { what: 'plant', found: 'two-tank', expected: 'cstr' },
    { what: 'scheme', found: 'converged', expected: 'compat' },
    { what: 'strategy', found: 'abc', expected: 'none' },
  ])
})

test('[OTS-10] the ring is bounded, named ones stay and are there after a restart', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'flyball-snapshots-'))
  try {
    const store = await openSnapshots(dir)
    store.add(snapshot)
    for (let minute = 0; minute < RING_MAX + 5; minute++) store.add({ ...snapshot, name: '', time_s: 60 * minute })
    expect(store.list()).toHaveLength(RING_MAX + 1)
    expect(store.list().some((s) => s.name === '' && s.time_s === 240)).toBe(false)
    await store.close()
    const again = await openSnapshots(dir)
    expect(again.byName('warm')).toEqual({ ...snapshot, id: 1 })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
