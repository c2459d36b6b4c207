import { expect, test } from 'vitest'
import { STATUS } from '../../../contracts/status.ts'
import { createRig } from '../testing/rig.ts'

type Quality = 'good' | 'uncertain' | 'bad'
interface Input {
  readonly value: 0 | 1
  readonly quality: Quality
  readonly inverted: boolean
}
const WORD: Record<Quality, number> = { good: STATUS.good, uncertain: STATUS.uncertain, bad: STATUS.badNoComm }

/**
 * Independent judgement: what can the result be over all worlds in which the inputs of less than a given quality could
 * have been anything? If it is the same in all of them, the result is known with that quality.
 */
function judge(type: string, inputs: readonly Input[]): { value: number | undefined; quality: Quality } {
  const truth = inputs.map((i) => (i.value === 1) !== i.inverted)
  const apply = (bits: readonly boolean[]): boolean =>
    type === 'AND' ? !bits.includes(false) : type === 'OR' ? bits.includes(true) : bits.filter(Boolean).length % 2 === 1
  const known = (trusted: readonly Quality[]): boolean | undefined => {
    const open = inputs.flatMap((input, i) => (trusted.includes(input.quality) ? [] : [i]))
    const results = new Set<boolean>()
    for (let world = 0; world < 1 << open.length; world++) {
      results.add(apply(truth.map((bit, i) => (open.includes(i) ? ((world >> open.indexOf(i)) & 1) === 1 : bit))))
    }
    return results.size === 1 ? [...results][0] : undefined
  }
  for (const [quality, trusted] of [
    ['good', ['good']],
    ['uncertain', ['good', 'uncertain']],
  ] as const) {
    const value = known(trusted)
    if (value !== undefined) return { value: value ? 1 : 0, quality }
  }
  return { value: undefined, quality: 'bad' }
}

for (const type of ['AND', 'OR', 'XOR']) {
  test(`[2.17] ${type}: value and status of three inputs, every combination, are what all possible worlds agree on`, () => {
    const qualities: Quality[] = ['good', 'uncertain', 'bad']
    const kinds = qualities.flatMap((quality) => ([0, 1] as const).map((value) => ({ value, quality })))
    for (const mask of [0, 1, 6]) {
      const rig = createRig({ blocks: [{ id: 'B', type, set: { INVERT: mask } }] })
      for (const a of kinds)
        for (const b of kinds)
          for (const c of kinds) {
            const inputs = [a, b, c].map((kind, i) => ({ ...kind, inverted: ((mask >> i) & 1) === 1 }))
            for (const [i, input] of inputs.entries()) rig.drive(`B.IN${i + 1}`, input.value, WORD[input.quality])
            const before = rig.get('B.OUT')
            rig.scan()
            const expected = judge(type, inputs)
            expect([rig.get('B.OUT'), rig.get('B.OUT_ST')], JSON.stringify(inputs)).toEqual([
              expected.value ?? before,
              WORD[expected.quality],
            ])
          }
    }
  })
}

test('[2.17] logic without any wire says that it is not configured', () => {
  for (const type of ['AND', 'OR', 'XOR']) {
    const rig = createRig({ blocks: [{ id: 'B', type }] })
    rig.scan()
    expect(rig.get('B.OUT_ST')).toBe(STATUS.badConfigError)
  }
})

test('[2.17] NOT turns round and keeps its value while its input is Bad', () => {
  const rig = createRig({ blocks: [{ id: 'B', type: 'NOT' }] })
  rig.drive('B.IN', 0)
  rig.scan()
  expect([rig.get('B.OUT'), rig.get('B.OUT_ST')]).toEqual([1, STATUS.good])
  rig.drive('B.IN', 1, STATUS.badSensorFailure | 2)
  rig.scan()
  expect([rig.get('B.OUT'), rig.get('B.OUT_ST')]).toEqual([1, STATUS.badSensorFailure])
  rig.drive('B.IN', 1, STATUS.goodCascade | 3)
  rig.scan()
  expect([rig.get('B.OUT'), rig.get('B.OUT_ST')]).toEqual([0, STATUS.good])
})
