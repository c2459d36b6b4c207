import { expect, test } from 'vitest'
import { MODE } from '../../../contracts/mode.ts'
import { FLAG, LIMIT, STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const di = (set: Record<string, number> = {}): Rig =>
  createRig({
    tick_ms: 100,
    blocks: [{ id: 'D', type: 'DI', set }],
    writable: ['D.MODE', 'D.OUT', 'D.SIMULATE', 'D.SIM_VALUE'],
  })

function row(rig: Rig, inputs: string): string {
  let out = ''
  for (const c of inputs) {
    rig.drive('D.IN', c === '1' || c === 'x' ? 1 : 0, c === 'x' || c === '.' ? STATUS.badNoComm : STATUS.good)
    rig.scan()
    out += rig.get('D.OUT')
  }
  return out
}

test('[2.7] DI: debounce of both edges; a bounce starts it anew, a Bad sample does too', () => {
  expect(row(di(), '0110')).toBe('0110')
  expect(row(di({ DEBOUNCE: 0.2 }), '0101101111010001')).toBe('0000000011111100')
  expect(row(di({ DEBOUNCE: 0.2 }), '0110x11111')).toBe('0000000111')
})

test('[2.7] DI: the first usable value is taken at once, inverted too; [R6] Bad holds', () => {
  expect(row(di({ DEBOUNCE: 5 }), '1111')).toBe('1111')
  expect(row(di({ DEBOUNCE: 5 }), '.x11')).toBe('0011')
  const rig = di({ INVERT: 1 })
  expect(row(rig, '0.x1')).toBe('1110')
  row(rig, 'x')
  expect([rig.get('D.OUT'), rig.get('D.OUT_ST')]).toEqual([0, STATUS.badNoComm])
})

test('[2.7] DI: simulated and in Man the value is constant, and simulation shows', () => {
  const rig = di()
  row(rig, '0')
  expect(rig.write('D.OUT', 1)).not.toBe(0)
  expect(rig.write('D.SIM_VALUE', 1)).toBe(0)
  expect(rig.write('D.SIMULATE', 1)).toBe(0)
  row(rig, '0')
  expect([rig.get('D.OUT'), rig.get('D.OUT_ST')]).toEqual([1, STATUS.good | FLAG.simulated | LIMIT.constant])
  expect(rig.write('D.SIMULATE', 0)).toBe(0)
  expect(rig.write('D.MODE', MODE.man)).toBe(0)
  row(rig, '0')
  expect(rig.write('D.OUT', 1)).toBe(0)
  expect(rig.write('D.OUT', 2)).not.toBe(0)
  row(rig, '0')
  expect([rig.get('D.OUT'), rig.get('D.PV')]).toEqual([1, 0])
  expect(rig.get('D.OUT_ST') & 3).toBe(LIMIT.constant)
  expect(rig.write('D.MODE', MODE.cas)).not.toBe(0)
})

const dout = (set: Record<string, number> = {}): Rig =>
  createRig({
    tick_ms: 1000,
    blocks: [{ id: 'D', type: 'DO', set: { MODE_TARGET: MODE.cas, ...set } }],
    writable: ['D.MODE', 'D.SP', 'D.OUT'],
  })

test('[2.7] DO: starts from what the device stands at and then follows CAS_IN', () => {
  for (const [invert, at] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const rig = dout({ INVERT: invert })
    rig.drive('D.CAS_IN', 0, STATUS.badNoComm)
    rig.drive('D.READBACK', 0, STATUS.badNoComm)
    rig.scan()
    expect(rig.get('D.OUT_ST')).toBe(STATUS.bad | LIMIT.constant)
    expect(rig.get('D.MODE_ACTUAL')).toBe(MODE.iman)
    rig.drive('D.READBACK', at)
    rig.scan()
    expect([rig.get('D.OUT'), rig.get('D.OUT_D'), rig.get('D.SP')]).toEqual([at, 1, 1])
    rig.drive('D.CAS_IN', 0)
    rig.scan()
    expect([rig.get('D.MODE_ACTUAL'), rig.get('D.OUT'), rig.get('D.OUT_ST')]).toEqual([MODE.cas, 1 - at, STATUS.good])
  }
})

test('[2.7] DO: fault state after FSTATE_TIME holds or goes to its value, and returns without a bump', () => {
  for (const [fstate, value, expected] of [
    [0, 0, 1],
    [1, 0, 0],
    [1, 1, 1],
  ] as const) {
    const rig = dout({ FSTATE: fstate, FSTATE_VAL: value, FSTATE_TIME: 2 })
    rig.drive('D.CAS_IN', 1)
    rig.scan(2)
    rig.drive('D.CAS_IN', 0, STATUS.badNoComm)
    const seen: number[] = []
    for (let i = 0; i < 4; i++) {
      rig.scan()
      seen.push(rig.get('D.MODE_ACTUAL'))
    }
    expect(seen).toEqual([MODE.auto, MODE.auto, MODE.lo, MODE.lo])
    expect(rig.get('D.OUT')).toBe(expected)
    expect(rig.get('D.BKCAL_OUT_ST')).toBe(STATUS.faultStateActive | LIMIT.constant)
    rig.drive('D.CAS_IN', expected)
    rig.scan()
    expect([rig.get('D.MODE_ACTUAL'), rig.get('D.OUT')]).toEqual([MODE.cas, expected])
  }
})

test('[2.7] DO: while it is forced it follows the device in IMan, and stays there at the end', () => {
  const rig = dout({ MODE_TARGET: MODE.man, READBACK_TIME: 1 })
  rig.drive('D.READBACK', 0)
  rig.scan(2)
  expect([rig.get('D.OUT'), rig.get('D.MODE_ACTUAL')]).toEqual([0, MODE.man])
  rig.drive('D.READBACK', 1, STATUS.good | FLAG.forced)
  rig.scan(5)
  expect([rig.get('D.OUT'), rig.get('D.MODE_ACTUAL')]).toEqual([1, MODE.iman])
  expect(rig.get('D.OUT_ST')).toBe(STATUS.good | LIMIT.constant | FLAG.forced)
  expect(rig.get('D.READBACK_FAILED')).toBe(0)
  rig.drive('D.READBACK', 1)
  rig.scan(5)
  expect([rig.get('D.OUT'), rig.get('D.MODE_ACTUAL'), rig.get('D.OUT_ST')]).toEqual([1, MODE.man, STATUS.good])
})

test('[2.7] DO: told to initiate fault state it does so at once; FSTATE_MAN latches Man', () => {
  const rig = dout({ FSTATE: 1, FSTATE_VAL: 1, FSTATE_TIME: 60, FSTATE_MAN: 1 })
  rig.drive('D.CAS_IN', 0)
  rig.scan()
  rig.drive('D.CAS_IN', 0, STATUS.initiateFaultState)
  rig.scan()
  expect([rig.get('D.MODE_ACTUAL'), rig.get('D.OUT'), rig.get('D.MODE_TARGET')]).toEqual([MODE.lo, 1, MODE.man])
  rig.drive('D.CAS_IN', 0)
  rig.scan()
  expect([rig.get('D.MODE_ACTUAL'), rig.get('D.OUT')]).toEqual([MODE.man, 1])
})

test('[2.7] DO: what may be written in which mode', () => {
  const rig = dout()
  rig.drive('D.CAS_IN', 1)
  rig.scan()
  expect(rig.write('D.SP', 0)).not.toBe(0)
  expect(rig.write('D.OUT', 0)).not.toBe(0)
  expect(rig.write('D.MODE', MODE.auto)).toBe(0)
  rig.scan()
  expect(rig.write('D.SP', 0)).toBe(0)
  expect(rig.write('D.SP', 0.5)).not.toBe(0)
  rig.scan()
  expect(rig.get('D.OUT')).toBe(0)
  expect(rig.write('D.MODE', MODE.man)).toBe(0)
  rig.scan()
  expect(rig.write('D.OUT', 1)).toBe(0)
  rig.scan()
  expect([rig.get('D.OUT'), rig.get('D.SP')]).toEqual([1, 1])
  expect(rig.write('D.MODE', MODE.oos)).toBe(0)
  rig.scan()
  expect(rig.get('D.OUT_ST')).toBe(STATUS.badOutOfService | LIMIT.constant)
})

test('[2.7] DO: a device that does not follow is said to have failed after READBACK_TIME, and not before', () => {
  const rig = dout({ READBACK_TIME: 3 })
  rig.drive('D.CAS_IN', 0)
  rig.drive('D.READBACK', 0)
  rig.scan(2)
  rig.drive('D.CAS_IN', 1)
  const seen: number[] = []
  for (let i = 0; i < 5; i++) {
    rig.scan()
    seen.push(rig.get('D.READBACK_FAILED'))
  }
  expect(seen).toEqual([0, 0, 0, 1, 1])
  rig.drive('D.READBACK', 1)
  rig.scan()
  expect(rig.get('D.READBACK_FAILED')).toBe(0)
})

test('[R25] DI and DO saved in mid-run continue bit-equal', () => {
  const make = (): Rig =>
    createRig({
      tick_ms: 100,
      blocks: [
        { id: 'D', type: 'DI', set: { DEBOUNCE: 0.3 } },
        { id: 'Q', type: 'DO', set: { MODE_TARGET: MODE.cas }, wires: { CAS_IN: 'D.OUT' } },
      ],
    })
  const inputs = '00110111111x.0001000000'
  const [whole, cut, other] = [make(), make(), make()]
  const all = row(whole, inputs)
  const head = row(cut, inputs.slice(0, 9))
  other.controller.load(cut.controller.save(), cut.controller.state)
  expect(head + row(other, inputs.slice(9))).toBe(all)
  expect(other.controller.digest()).toBe(whole.controller.digest())
})
