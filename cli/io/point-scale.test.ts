import { resolve } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Artifact } from '../../contracts/artifact.ts'
import { buildStrategy } from '../strategy-files.ts'
import { fromTagUnits, isDirect, type PointScale, pointScales, tagOfPoint, toTagUnits } from './point-scale.ts'

let artifact: Artifact
let scales: ReadonlyMap<string, PointScale>
beforeAll(async () => {
  const built = await buildStrategy('bench-loop')
  if ('faults' in built) throw new Error(JSON.stringify(built.faults[0]))
  artifact = built.artifact
  scales = pointScales(artifact)
})

test('what AI and AO make of a point is read from the artifact as the strategy says it', () => {
  expect(scales.get('RIO-1/AI/2')).toMatchObject({ tag: 'FIC-101', eu: 'm3/h', q: [4, 20], range: [0, 40], ne43: true })
  expect(scales.get('RIO-1/AO/1')).toMatchObject({ tag: 'FIC-101', eu: '%', q: [4, 20], range: [0, 100], ne43: false })
  expect(tagOfPoint(artifact, 'RIO-1/AI/3', scales)).toBe('PI-102')
  expect(tagOfPoint(artifact, 'RIO-9/AI/3', scales)).toBe('')
})

test('what a device says in the tag units goes through as it is, with the range of the tag', async () => {
  const built = await buildStrategy(resolve(import.meta.dirname, '../../docs/guide/meter'))
  if ('faults' in built) throw new Error(JSON.stringify(built.faults[0]))
  const volts = pointScales(built.artifact).get('E-01/l1_voltage')!
  expect([volts.q, volts.range, isDirect(volts)]).toEqual([[0, 300], [0, 300], true])
  expect([toTagUnits(volts, 229.3), fromTagUnits(volts, 229.3)]).toEqual([229.3, 229.3])
  const power = pointScales(built.artifact).get('E-01/total_power_active')!
  expect([isDirect(power), toTagUnits(power, 35_000)]).toEqual([false, 35])
})

test('a quantity and its value are each other, straight and by the root', () => {
  const flow = scales.get('RIO-1/AI/2')!
  const root = { ...flow, root: true }
  // A quarter of the signal is a quarter of the range, and by the root half of it.
  expect([toTagUnits(flow, 8), toTagUnits(root, 8)]).toEqual([10, 20])
  expect([fromTagUnits(flow, 10), fromTagUnits(root, 20)]).toEqual([8, 8])
  expect(toTagUnits(root, 3.9)).toBe(0)
  fc.assert(
    fc.property(fc.double({ min: 4, max: 20, noNaN: true }), fc.boolean(), (q, by_root) => {
      const scale = { ...flow, root: by_root }
      expect(fromTagUnits(scale, toTagUnits(scale, q))).toBeCloseTo(q, 9)
    }),
  )
})
