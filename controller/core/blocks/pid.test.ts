import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REFUSAL } from '../../../contracts/frame.ts'
import { MODE, MODE_NAMES } from '../../../contracts/mode.ts'
import { codeOf, isBad, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const WRITABLE = ['MODE', 'SP', 'OUT', 'GAIN', 'RESET', 'RATE', 'FF_ENABLE'].map((f) => `PID.${f}`)

function pid(set: Record<string, number | readonly number[]> = {}): Rig {
  const rig = createRig({
    blocks: [{ id: 'PID', type: 'PID', set: { GAIN: 2, RESET: 20, SP: 50, OUT: 40, ...set } }],
    writable: WRITABLE,
  })
  rig.drive('PID.IN', 45)
  return rig
}

// ---------------------------------------------------------------- modes by conditions

/** Conditions, highest first, with the mode each forces [R8]. */
const CONDITIONS = [
  { name: 'back bad', force: MODE.iman, apply: (r: Rig) => r.drive('PID.BKCAL_IN', 33, STATUS.bad) },
  { name: 'back NI', force: MODE.iman, apply: (r: Rig) => r.drive('PID.BKCAL_IN', 33, STATUS.notInvited) },
  { name: 'back IR', force: MODE.iman, apply: (r: Rig) => r.drive('PID.BKCAL_IN', 33, STATUS.initRequest) },
  { name: 'back LO', force: MODE.iman, apply: (r: Rig) => r.drive('PID.BKCAL_IN', 33, STATUS.localOverride) },
  { name: 'back FSA', force: MODE.iman, apply: (r: Rig) => r.drive('PID.BKCAL_IN', 33, STATUS.faultStateActive) },
  { name: 'tracking', force: MODE.lo, apply: (r: Rig) => r.drive('PID.TRK_IN_D', 1) },
  { name: 'PV bad', force: MODE.man, apply: (r: Rig) => r.drive('PID.IN', 45, STATUS.badSensorFailure) },
  { name: 'cas bad', force: MODE.auto, apply: (r: Rig) => r.drive('PID.CAS_IN', 50, STATUS.badNoComm) },
  { name: 'cas silent', force: MODE.auto, apply: (r: Rig) => r.drive('PID.CAS_IN', 50, STATUS.goodCascade) },
  { name: 'none', force: MODE.rout, apply: () => undefined },
] as const

const TARGETS = [MODE.oos, MODE.man, MODE.auto, MODE.cas] as const

describe('[R8] actual mode of every target under every pair of conditions', () => {
  for (const target of TARGETS) {
    for (const [i, first] of CONDITIONS.entries()) {
      for (const second of CONDITIONS.slice(i + 1)) {
        // A cascade input has one status at a time.
        if (first.name.startsWith('cas') && second.name.startsWith('cas')) continue
        test(`target ${MODE_NAMES[target]}: ${first.name}, ${second.name}`, () => {
          const rig = pid({ MODE_TARGET: target })
          // A source that cannot handshake, so that Cas needs no more than being wished for.
          rig.drive('PID.CAS_IN', 50, STATUS.good)
          rig.scan(2)
          expect(rig.get('PID.MODE_ACTUAL')).toBe(target)
          const out = rig.get('PID.OUT')
          // The later of two that write the same wire wins, so the higher goes last.
          second.apply(rig)
          first.apply(rig)
          // A silent cascade source keeps a block in Cas; it is a way in that it does not open.
          if (second.name === 'cas silent' || first.name === 'cas silent') {
            rig.set('PID.MODE_TARGET', MODE.man)
            rig.scan()
            rig.set('PID.MODE_TARGET', target)
          }
          rig.scan()
          const tracks = target !== MODE.man
          const forced = [first, second]
            .filter((c) => c.name !== 'tracking' || tracks)
            .map((c) => c.force)
            .reduce((a, b) => Math.min(a, b), target as number)
          const expected = target === MODE.oos ? MODE.oos : forced
          expect(rig.get('PID.MODE_ACTUAL')).toBe(expected)
          expect(rig.get('PID.MODE_TARGET')).toBe(target)
          const status = rig.get('PID.OUT_ST')
          if (expected === MODE.oos) expect(codeOf(status)).toBe(STATUS.badOutOfService)
          else expect(isBad(status)).toBe(false)
          if (expected === MODE.iman) {
            expect(rig.get('PID.OUT')).toBe(isBad(rig.get('PID.BKCAL_IN_ST')) ? out : 33)
            expect(codeOf(status) === STATUS.initAck).toBe(codeOf(rig.get('PID.BKCAL_IN_ST')) === STATUS.initRequest)
          }
          if (expected <= MODE.man) expect(status & 3).toBe(codeOf(status) === STATUS.initAck ? 0 : 3)
          expect(rig.get('PID.TRACKING')).toBe(expected === MODE.iman || expected === MODE.lo ? 1 : 0)
          const asks = target === MODE.cas && expected === MODE.auto
          expect(codeOf(rig.get('PID.BKCAL_OUT_ST')) === STATUS.initRequest).toBe(asks)
        })
      }
    }
  }
})

test('[R8] in LO the output is TRK_VAL within the limits, and holds where none is wired', () => {
  const rig = pid()
  rig.scan(3)
  const out = rig.get('PID.OUT')
  rig.drive('PID.TRK_IN_D', 1)
  rig.scan()
  expect(rig.get('PID.OUT')).toBe(out)
  rig.drive('PID.TRK_VAL', 12)
  rig.scan()
  expect(rig.get('PID.OUT')).toBe(12)
  rig.drive('PID.TRK_VAL', 120)
  rig.scan()
  expect(rig.get('PID.OUT')).toBe(100)
  // A lost track input leaves things as they were: what tripped stays tripped.
  rig.drive('PID.TRK_IN_D', 0, STATUS.badNoComm)
  rig.scan()
  expect(rig.get('PID.MODE_ACTUAL')).toBe(MODE.lo)
})

test('[R8] target Man is tracked only with TRACK_IN_MAN', () => {
  for (const [TRACK_IN_MAN, mode] of [
    [0, MODE.man],
    [1, MODE.lo],
  ] as const) {
    const rig = pid({ MODE_TARGET: MODE.man, TRACK_IN_MAN })
    rig.drive('PID.TRK_IN_D', 1)
    rig.scan(2)
    expect(rig.get('PID.MODE_ACTUAL')).toBe(mode)
  }
})

test('[R8] a bad PV holds OUT in Man and lets go by itself without a bump; with target_man it latches', () => {
  for (const ON_BAD_IN of [0, 1]) {
    const rig = pid({ ON_BAD_IN })
    rig.scan(10)
    const out = rig.get('PID.OUT')
    rig.drive('PID.IN', 0, STATUS.badSensorFailure)
    rig.scan(5)
    expect([rig.get('PID.MODE_ACTUAL'), rig.get('PID.OUT')]).toEqual([MODE.man, out])
    rig.drive('PID.IN', 47)
    rig.scan()
    expect(rig.get('PID.OUT')).toBe(out)
    expect(rig.get('PID.MODE_ACTUAL')).toBe(ON_BAD_IN === 0 ? MODE.auto : MODE.man)
  }
})

test('[R8] CAS_IN bad in Cas sheds to Auto, or Man where Auto is not permitted; ON_BAD_CAS moves the target', () => {
  for (const [set, actual, target] of [
    [{}, MODE.auto, MODE.cas],
    [{ PERMITTED: 1 | 8 | 32 }, MODE.man, MODE.cas],
    [{ ON_BAD_CAS: 1 }, MODE.auto, MODE.auto],
  ] as const) {
    const rig = pid({ MODE_TARGET: MODE.cas, ...set })
    rig.drive('PID.CAS_IN', 48)
    rig.scan(3)
    expect(rig.get('PID.SP')).toBe(48)
    rig.drive('PID.CAS_IN', 99, STATUS.badNoComm)
    rig.scan(2)
    expect([rig.get('PID.MODE_ACTUAL'), rig.get('PID.MODE_TARGET'), rig.get('PID.SP')]).toEqual([actual, target, 48])
  }
})

// ---------------------------------------------------------------- without a bump

test('[R17] Man, LO and IMan to Auto: the first automatic OUT is the last OUT exactly', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0.01, max: 50, noNaN: true }),
      fc.double({ min: 0, max: 60, noNaN: true }),
      fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7),
      fc.constantFrom(0, 1),
      fc.constantFrom('man', 'lo', 'iman'),
      (pv, sp, out, GAIN, RATE, STRUCTURE, FORM, from) => {
        const rig = pid({ SP: sp, GAIN, RATE, STRUCTURE, FORM, GAMMA: 0.5, BETA: 0.7 })
        rig.drive('PID.IN', pv)
        if (from === 'man') rig.set('PID.MODE_TARGET', MODE.man)
        if (from === 'lo') rig.drive('PID.TRK_IN_D', 1)
        if (from === 'iman') rig.drive('PID.BKCAL_IN', out, STATUS.notInvited)
        rig.scan(2)
        if (from !== 'iman') rig.set('PID.OUT', out)
        rig.scan()
        expect(rig.get('PID.OUT')).toBe(out)
        rig.set('PID.MODE_TARGET', MODE.auto)
        rig.drive('PID.TRK_IN_D', 0)
        if (from === 'iman') rig.drive('PID.BKCAL_IN', out, STATUS.goodCascade)
        rig.scan()
        expect(rig.get('PID.MODE_ACTUAL')).toBe(MODE.auto)
        expect(rig.get('PID.OUT')).toBe(out)
      },
    ),
  )
})

test('[R18] GAIN, RESET, RATE and FF changed while it runs do not step OUT', () => {
  const tuned = fc.record({
    GAIN: fc.double({ min: 0.1, max: 20, noNaN: true }),
    RESET: fc.double({ min: 1, max: 1e4, noNaN: true }),
    RATE: fc.double({ min: 0, max: 30, noNaN: true }),
    FF_ENABLE: fc.constantFrom(0, 1),
  })
  fc.assert(
    fc.property(tuned, fc.constantFrom(0, 1), fc.double({ min: 40, max: 60, noNaN: true }), (to, FORM, ff) => {
      const rig = pid({ STRUCTURE: 0, FORM, RATE: 0, OUT: 50, OUT_LIM: [-1e6, 1e6], IDEADBAND: 10 })
      rig.drive('PID.FF_VAL', ff)
      // In the dead band only P, D and FF act: with PV at rest OUT stands still, and every change of it would be a bump.
      rig.drive('PID.IN', 45)
      rig.scan(40)
      const out = rig.get('PID.OUT')
      for (const [name, value] of Object.entries(to)) {
        expect(rig.write(`PID.${name}`, value)).toBe(REFUSAL.none)
        rig.scan()
        expect(Math.abs(rig.get('PID.OUT') - out)).toBeLessThan(1e-12 * Math.max(1, to.GAIN) * 100)
      }
    }),
  )
})

test('[R18] a change of gain with a standing error does not step by itself, and RATE to 0 keeps OUT', () => {
  const rig = pid({ RATE: 5, STRUCTURE: 0, IDEADBAND: 100, OUT_LIM: [-1000, 1000] })
  rig.scan(3)
  rig.drive('PID.IN', 46)
  rig.scan()
  const out = rig.get('PID.OUT')
  rig.write('PID.RATE', 0)
  rig.scan()
  expect(rig.get('PID.OUT')).toBeCloseTo(out, 12)
})

test('[R20] a bad feed-forward holds its last contribution and makes OUT uncertain', () => {
  const rig = pid({ IDEADBAND: 100, FF_GAIN: 0.5 })
  rig.drive('PID.FF_VAL', 10)
  rig.scan(3)
  expect(rig.get('PID.OUT')).toBe(40)
  rig.drive('PID.FF_VAL', 30)
  rig.scan()
  expect(rig.get('PID.OUT')).toBeCloseTo(50, 12)
  rig.drive('PID.FF_VAL', 0, STATUS.badNoComm)
  rig.scan(3)
  expect(rig.get('PID.OUT')).toBeCloseTo(50, 12)
  expect(codeOf(rig.get('PID.OUT_ST'))).toBe(STATUS.uncertain)
})

// ---------------------------------------------------------------- set point, limits, rates

test('[R19] SP rates bound the working set point and tracking follows PV', () => {
  const rig = pid({ SP_RATE_UP: 2, SP_RATE_DN: 1 })
  rig.scan(2)
  rig.write('PID.SP', 60)
  rig.scan()
  expect(rig.get('PID.SP_WRK')).toBe(52)
  rig.scan(10)
  expect(rig.get('PID.SP_WRK')).toBe(60)
  rig.write('PID.SP', 55)
  rig.scan(2)
  expect(rig.get('PID.SP_WRK')).toBe(58)
  const tracking = pid({ SP_TRACK_MAN: 1 })
  tracking.scan(2)
  tracking.write('PID.MODE', MODE.man)
  tracking.scan()
  expect(tracking.get('PID.SP')).toBe(45)
  expect(tracking.write('PID.SP', 50)).toBe(REFUSAL.mode)
})

test('[R19] the operator cannot enter beyond the limits; in Cas they hold with OBEY_SP_LIM', () => {
  const rig = pid({ SP_LIM: [20, 80] })
  rig.scan(2)
  expect(rig.write('PID.SP', 80.1)).toBe(REFUSAL.outOfRange)
  expect(rig.write('PID.SP', 19.9)).toBe(REFUSAL.outOfRange)
  expect(rig.write('PID.SP', 80)).toBe(REFUSAL.none)
  for (const [OBEY_SP_LIM, sp] of [
    [1, 80],
    [0, 95],
  ] as const) {
    const slave = pid({ SP_LIM: [20, 80], OBEY_SP_LIM, MODE_TARGET: MODE.cas })
    slave.drive('PID.CAS_IN', 95)
    slave.scan(2)
    expect(slave.get('PID.SP')).toBe(sp)
  }
})

test('[R19] output rates bound each scan, and the integral does not run ahead', () => {
  const rig = pid({ OUT_RATE_UP: 1, OUT_RATE_DN: 0.5 })
  rig.scan(2)
  let last = rig.get('PID.OUT')
  rig.write('PID.SP', 90)
  for (let i = 0; i < 20; i++) {
    rig.scan()
    expect(rig.get('PID.OUT') - last).toBeLessThanOrEqual(1 + 1e-12)
    last = rig.get('PID.OUT')
  }
  rig.drive('PID.IN', 95)
  rig.scan()
  expect(rig.get('PID.OUT') - last).toBeCloseTo(-0.5, 12)
})

test('writes are judged by mode, range and right', () => {
  const rig = pid({ PERMITTED: 1 | 8 | 16 })
  rig.scan(2)
  expect(rig.write('PID.OUT', 10)).toBe(REFUSAL.mode)
  expect(rig.write('PID.MODE', MODE.cas)).toBe(REFUSAL.notPermitted)
  expect(rig.write('PID.MODE', MODE.lo)).toBe(REFUSAL.notPermitted)
  expect(rig.write('PID.MODE', 3.5)).toBe(REFUSAL.outOfRange)
  expect(rig.write('PID.SP', Number.NaN)).toBe(REFUSAL.notFinite)
  expect(rig.write('PID.RESET', 0)).toBe(REFUSAL.outOfRange)
  expect(rig.write('PID.GAIN', -1)).toBe(REFUSAL.outOfRange)
  expect(rig.write('PID.MODE', MODE.man)).toBe(REFUSAL.none)
  rig.scan()
  expect(rig.write('PID.OUT', 101)).toBe(REFUSAL.outOfRange)
  expect(rig.write('PID.OUT', 77)).toBe(REFUSAL.none)
  rig.scan()
  expect(rig.get('PID.OUT')).toBe(77)
})

test('[R14] an integral without reset time is refused when the controller is made', () => {
  expect(() => pid({ RESET: 0 })).toThrow(/RESET/)
  expect(() => pid({ RESET: 0, STRUCTURE: 3 })).not.toThrow()
})

test('[R5] whatever comes in, NaN and -0 never go out', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -100, max: 200, noNaN: true }),
    fc.constantFrom(0, -0, 1e308, -1e308, 5e-324),
  )
  const status = fc.constantFrom(0x80, 0xc0, 0x40, 0x0c, 0xc8, 0xcc, 0x08, 0xd0, 0xc4)
  const signal = fc.tuple(value, status)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(signal, signal, signal, signal, signal, fc.constantFrom(...TARGETS)), { maxLength: 30 }),
      fc.constantFrom(0, 1),
      (scans, FORM) => {
        const rig = pid({ RATE: 3, FORM, STRUCTURE: 0, OUT_LIM: [-1e308, 1e308], OBEY_SP_LIM: 0, DYNAMIC_RESET: 1 })
        for (const [in_, cas, back, ff, trk, target] of scans) {
          rig.drive('PID.IN', ...in_)
          rig.drive('PID.CAS_IN', ...cas)
          rig.drive('PID.BKCAL_IN', ...back)
          rig.drive('PID.FF_VAL', ...ff)
          rig.drive('PID.TRK_VAL', ...trk)
          rig.set('PID.MODE_TARGET', target)
          rig.scan()
          for (const wire of ['OUT', 'BKCAL_OUT', 'PV']) {
            const y = rig.get(`PID.${wire}`)
            expect(Number.isFinite(y)).toBe(true)
            expect(Object.is(y, -0)).toBe(false)
          }
        }
        // And it recovers: sound inputs give a moving, good output again.
        for (const wire of ['CAS_IN', 'BKCAL_IN', 'FF_VAL', 'TRK_VAL'])
          rig.drive(`PID.${wire}`, 0, wire === 'FF_VAL' ? STATUS.good : STATUS.badNotConnected)
        rig.set('PID.MODE_TARGET', MODE.auto)
        rig.drive('PID.IN', 45)
        rig.set('PID.SP', 50)
        rig.scan(4)
        expect(rig.get('PID.MODE_ACTUAL')).toBe(MODE.auto)
        expect(isBad(rig.get('PID.OUT_ST'))).toBe(false)
      },
    ),
  )
})
