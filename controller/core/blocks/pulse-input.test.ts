import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, FLAG, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const make = (set: Record<string, number> = {}, tick_ms = 1000): Rig =>
  createRig({
    tick_ms,
    blocks: [{ id: 'P', type: 'PULSE_IN', set: { TIME_UNIT: 1, ...set } }],
    writable: ['MODE', 'OUT', 'SIMULATE', 'SIM_VALUE'].map((f) => `P.${f}`),
  })

function scan(rig: Rig, counter: number, status: number = STATUS.good): number {
  rig.drive('P.IN', counter, status)
  rig.scan()
  return rig.get('P.OUT')
}

test('[PUL-1] pulses to a rate in the unit of time, and across the overflow of the counter', () => {
  const rig = make({ PULSE_VALUE: 0.5, TIME_UNIT: 3600 }, 500)
  scan(rig, 65530)
  expect(codeOf(rig.get('P.OUT_ST'))).toBe(STATUS.uncertainInitialValue)
  expect(scan(rig, 65534)).toBe((4 * 0.5 * 3600) / 0.5)
  expect(scan(rig, 2)).toBe((4 * 0.5 * 3600) / 0.5)
  expect([rig.get('P.COUNT'), rig.get('P.TOTAL')]).toEqual([8, 4])
})

test('[PUL-2] a slow meter: the window makes an even rate of single pulses', () => {
  const rig = make({ WINDOW: 10 })
  // Three pulses in ten scans.
  const at = (n: number): number => Math.floor(0.3 * n + 1e-9)
  for (let n = 0; n < 12; n++) scan(rig, at(n))
  for (let n = 12; n < 60; n++) expect(scan(rig, at(n))).toBeCloseTo(0.3, 12)
})

test('[PUL-3] a counter that was set back is no flow', () => {
  const rig = make({ RATE_MAX: 100 })
  for (const c of [1000, 1050, 1100]) scan(rig, c)
  expect(scan(rig, 3)).toBe(50)
  expect([codeOf(rig.get('P.OUT_ST')), rig.get('P.COUNT')]).toEqual([STATUS.uncertain, 100])
  expect(scan(rig, 43)).toBe(40)
  expect([codeOf(rig.get('P.OUT_ST')), rig.get('P.COUNT')]).toEqual([STATUS.good, 140])
})

test('[R6] while bad the rate holds; the pulses of the gap are counted when it returns', () => {
  const rig = make({ RATE_MAX: 100 })
  for (const c of [0, 50, 100]) scan(rig, c)
  for (let i = 0; i < 4; i++) expect(scan(rig, 999, STATUS.badNoCommLastUsable)).toBe(50)
  expect(rig.get('P.BAD')).toBe(1)
  expect(scan(rig, 400)).toBe(60)
  expect([rig.get('P.COUNT'), rig.get('P.BAD')]).toEqual([400, 0])
})

test('[PUL-4] the amount is exact, however the pulses come', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(65535), { minLength: 2, maxLength: 80 }), (pulses) => {
      const rig = make({ PULSE_VALUE: 0.1, WINDOW: 5 })
      let counter = 0
      scan(rig, 0)
      for (const d of pulses) {
        counter = (counter + d) % 65536
        scan(rig, counter)
      }
      const all = pulses.reduce((a, b) => a + b, 0)
      expect(rig.get('P.COUNT')).toBe(all)
      expect(rig.get('P.TOTAL')).toBe(all * 0.1)
      const last = pulses.slice(-5)
      expect(rig.get('P.OUT')).toBeCloseTo((last.reduce((a, b) => a + b, 0) * 0.1) / last.length, 9)
    }),
  )
})

test('[PUL-5] cut-off, simulation that is shown, Man', () => {
  const rig = make({ LOW_CUT: 10 })
  scan(rig, 0)
  expect(scan(rig, 9)).toBe(0)
  rig.write('P.SIMULATE', 1)
  rig.write('P.SIM_VALUE', 70)
  expect(scan(rig, 18)).toBe(70)
  expect(rig.get('P.OUT_ST')).toBe(STATUS.good | FLAG.simulated)
  expect(rig.get('P.COUNT')).toBe(18)
  rig.write('P.MODE', MODE.man)
  rig.scan()
  rig.write('P.OUT', 5)
  expect(scan(rig, 18)).toBe(5)
})
