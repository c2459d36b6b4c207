import { expect, test } from 'vitest'
import { STATUS } from '../../contracts/status.ts'
import { createBench } from './bench.ts'
import type { Field } from './field.ts'
import { createNames } from './names.ts'
import { trialArtifact } from './testing.ts'

const artifact = trialArtifact()
const names = createNames(artifact)
const FLOW = names.input('RIO-1/AI/1')

/** A field that stands still and notes what is written to it. */
function stillField(): Field & { readonly written: number[] } {
  const { inputs, outputs } = artifact.control
  const written: number[] = []
  const nothing = (): void => undefined
  return {
    values: new Float64Array(inputs.length).fill(12),
    statuses: new Uint16Array(inputs.length).fill(STATUS.good),
    readbacks: new Float64Array(outputs.length).fill(4),
    readback_statuses: new Uint16Array(outputs.length).fill(STATUS.good),
    advance: nothing,
    write: (output) => void written.push(output),
    rearm: nothing,
    drive: nothing,
    arm: nothing,
    disarm: nothing,
    disturb: nothing,
    calm: nothing,
    written,
  }
}

test('[BENCH-1] the controller that lives is the one whose state and outputs count', () => {
  const bench = createBench(artifact, stillField(), true)
  for (let i = 0; i < 5; i++) bench.scan()
  const first = bench.s
  bench.kill('primary')
  expect(bench.s).not.toBe(first)
  expect([...bench.s]).toEqual([...first])
  bench.scan()
  expect([...bench.s]).not.toEqual([...first])
  expect(() => bench.kill('primary')).toThrow('no second controller')

  const other = createBench(artifact, stillField(), true)
  const its = other.s
  other.kill('standby')
  expect(other.s).toBe(its)
})

test('[BENCH-2] what is cut is neither read nor written, and has its last value', () => {
  const field = stillField()
  const bench = createBench(artifact, field, false)
  for (let i = 0; i < 5; i++) bench.scan()
  expect(field.written.length).toBeGreaterThan(0)
  bench.cut(0)
  field.written.length = 0
  field.values.fill(16)
  bench.scan()
  const cell = artifact.control.inputs[FLOW]!.s
  expect([bench.s[cell], bench.s[cell + 1]]).toEqual([12, STATUS.badNoCommLastUsable])
  expect(field.written).toEqual([])
  bench.mend(0)
  bench.scan()
  expect([bench.s[cell], bench.s[cell + 1]]).toEqual([16, STATUS.good])
  expect(field.written.length).toBeGreaterThan(0)
})

test('[BENCH-3] a device that says bad keeps its value, one that does not answer the last one', () => {
  const field = stillField()
  const bench = createBench(artifact, field, false)
  bench.scan()
  const place = { kind: 'input', index: FLOW } as const
  const cell = artifact.control.inputs[FLOW]!.s
  bench.arm(place, 'no_comm', Number.NaN)
  field.values.fill(16)
  bench.scan()
  expect([bench.s[cell], bench.s[cell + 1]]).toEqual([12, STATUS.badNoCommLastUsable])
  bench.disarm(place)
  bench.arm(place, 'bad', Number.NaN)
  bench.scan()
  expect([bench.s[cell], bench.s[cell + 1]]).toEqual([16, STATUS.badDeviceFailure])
  bench.disarm(place, 'bad')
  bench.scan()
  expect([bench.s[cell], bench.s[cell + 1]]).toEqual([16, STATUS.good])
})
