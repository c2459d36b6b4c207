import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE } from '../../../contracts/mode.ts'
import { codeOf, isBad, LIMIT, limitOf, STATUS } from '../../../contracts/status.ts'
import { EVENT } from '../events.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const TYPES = { first_good: 0, min: 1, max: 2, mid: 3, avg: 4 } as const

function make(type: keyof typeof TYPES, set: Record<string, number> = {}): Rig {
  return createRig({
    blocks: [{ id: 'I', type: 'INPUT_SELECTOR', set: { SEL_TYPE: TYPES[type], ...set } }],
    writable: ['MODE', 'OUT', 'OP_SELECT', 'DISABLED'].map((f) => `I.${f}`),
  })
}

function scan(rig: Rig, inputs: readonly (readonly [number, number])[]): number {
  inputs.forEach(([value, status], i) => {
    rig.drive(`I.IN_${i + 1}`, value, status)
  })
  rig.scan()
  return rig.get('I.OUT')
}

const good = (...values: number[]) => values.map((v) => [v, STATUS.good] as const)

/** By the definition, on a sorted copy. */
function expected(type: keyof typeof TYPES, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  if (type === 'first_good') return values[0]!
  if (type === 'min') return sorted[0]!
  if (type === 'max') return sorted[n - 1]!
  if (type === 'avg') return values.reduce((a, b) => a + b, 0) / n
  return n % 2 === 1 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2
}

test('[ISEL-1] first good, least, greatest, middle, mean of the usable ones among one to eight', () => {
  const input = fc.tuple(
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.constantFrom(STATUS.good, STATUS.good, STATUS.uncertain, STATUS.badSensorFailure),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(TYPES) as (keyof typeof TYPES)[])),
      fc.array(input, { minLength: 1, maxLength: 8 }),
      fc.nat(255),
      fc.boolean(),
      (type, inputs, DISABLED, uncertain) => {
        const rig = make(type, { DISABLED, USE_UNCERTAIN: uncertain ? 1 : 0 })
        const values = inputs
          .filter(([, s], i) => ((DISABLED >> i) & 1) === 0 && !isBad(s) && (uncertain || s !== STATUS.uncertain))
          .map(([v]) => v)
        const out = scan(rig, inputs)
        expect(rig.get('I.USED')).toBe(values.length)
        if (values.length === 0) expect(isBad(rig.get('I.OUT_ST'))).toBe(true)
        else expect(out).toBeCloseTo(expected(type, values), 10)
      },
    ),
  )
})

describe('[R3] limits', () => {
  const limits = (type: keyof typeof TYPES, ...of: number[]): number => {
    const rig = make(type)
    scan(
      rig,
      of.map((limit, i) => [i, STATUS.good | limit] as const),
    )
    return limitOf(rig.get('I.OUT_ST'))
  }
  const { none, low, high, constant } = LIMIT
  test('greatest passes those of the selected, a constant as low', () => {
    expect(limits('max', none, constant)).toBe(low)
    expect(limits('max', constant, none)).toBe(none)
    expect(limits('max', none, high)).toBe(high)
    expect(limits('max', constant, constant)).toBe(constant)
  })
  test('least passes those of the selected, a constant as high', () => {
    expect(limits('min', constant, none)).toBe(high)
    expect(limits('min', none, constant)).toBe(none)
    expect(limits('min', low, none)).toBe(low)
  })
  test('mean and middle only what all have', () => {
    expect(limits('avg', high, high, none)).toBe(none)
    expect(limits('avg', high, high, high)).toBe(high)
    expect(limits('mid', high, none, high)).toBe(none)
    expect(limits('mid', low, low, low)).toBe(low)
    expect(limits('first_good', constant, none)).toBe(constant)
    expect(limits('mid', constant)).toBe(constant)
  })
})

test('[R3] the quality is that of the used, the worst in a mean', () => {
  const rig = make('max', { USE_UNCERTAIN: 1 })
  scan(rig, [
    [5, STATUS.uncertain],
    [7, STATUS.goodCascade],
  ])
  expect(codeOf(rig.get('I.OUT_ST'))).toBe(STATUS.good)
  const mean = make('avg', { USE_UNCERTAIN: 1 })
  scan(mean, [
    [5, STATUS.uncertainSensorInaccurate],
    [7, STATUS.good],
  ])
  expect(codeOf(mean.get('I.OUT_ST'))).toBe(STATUS.uncertainSensorInaccurate)
})

test('[ISEL-2] too few: OUT holds, Bad; one missing can be told', () => {
  const rig = make('mid', { MIN_GOOD: 2, WARN_MISSING: 1 })
  expect(scan(rig, good(1, 2, 9))).toBe(2)
  expect(codeOf(rig.get('I.OUT_ST'))).toBe(STATUS.good)
  rig.drive('I.IN_3', 9, STATUS.bad)
  rig.scan()
  expect([rig.get('I.OUT'), codeOf(rig.get('I.OUT_ST'))]).toEqual([1.5, STATUS.uncertainSubNormal])
  rig.drive('I.IN_2', 2, STATUS.bad)
  rig.scan()
  expect([rig.get('I.OUT'), rig.get('I.OUT_ST')]).toEqual([1.5, STATUS.bad])
})

test("[ISEL-3] the operator's choice, his value, and what is refused", () => {
  const rig = make('max')
  scan(rig, good(1, 2, 3))
  expect(rig.get('I.SELECTED')).toBe(3)
  expect(rig.write('I.OP_SELECT', 1)).toBe(REFUSAL.none)
  expect(scan(rig, good(1, 2, 3))).toBe(1)
  rig.drive('I.IN_1', 1, STATUS.badDeviceFailure)
  rig.scan()
  expect([rig.get('I.OUT'), rig.get('I.OUT_ST')]).toEqual([1, STATUS.badDeviceFailure])
  expect([rig.write('I.OP_SELECT', 9), rig.write('I.OP_SELECT', 0.5), rig.write('I.DISABLED', 256)]).toEqual([
    REFUSAL.outOfRange,
    REFUSAL.outOfRange,
    REFUSAL.outOfRange,
  ])
  expect(rig.write('I.OUT', 55)).toBe(REFUSAL.mode)
  rig.write('I.MODE', MODE.man)
  rig.scan()
  expect(rig.write('I.OUT', 55)).toBe(REFUSAL.none)
  rig.scan()
  expect([rig.get('I.OUT'), rig.get('I.OUT_ST')]).toEqual([55, STATUS.uncertainSubstitute | LIMIT.constant])
})

test('[ISEL-1] a change of the selection is an event by order, and none by value: three healthy transmitters take turns', () => {
  const events = (type: keyof typeof TYPES): number => {
    const rig = make(type)
    let count = 0
    for (let i = 0; i < 6; i++) {
      const first = type === 'first_good' && i % 2 === 1 ? STATUS.bad : STATUS.good
      scan(rig, [
        [i % 3, first],
        [(i + 1) % 3, STATUS.good],
        [(i + 2) % 3, STATUS.good],
      ])
      if (i > 0) count += rig.controller.events.filter((e) => e.code === EVENT.selection).length
    }
    return count
  }
  expect(events('first_good')).toBe(5)
  expect([events('mid'), events('max'), events('min')]).toEqual([0, 0, 0])
})
