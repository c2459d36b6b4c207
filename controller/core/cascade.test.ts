import { expect, test } from 'vitest'
import { MODE } from '../../contracts/mode.ts'
import { codeOf, STATUS } from '../../contracts/status.ts'
import { backStatus, heldStatus, isOpen, mustInitialise, slaveMode, waitingMode } from './cascade.ts'
import { createRig, type Rig } from './testing/rig.ts'

const ALL = 1 | 8 | 16 | 32

/** Master, slave and valve, as on a level-to-flow cascade; the device stands at 30 %. */
function cascade(set: { master?: Record<string, number>; slave?: Record<string, number> } = {}): Rig {
  const rig = createRig({
    inputs: ['LT', 'FT'],
    outputs: { FV: 'AO.OUT' },
    blocks: [
      { id: 'AI1', type: 'AI', wires: { IN: 'input LT' } },
      { id: 'AI2', type: 'AI', wires: { IN: 'input FT' } },
      {
        id: 'M',
        type: 'PID',
        set: { GAIN: 1, RESET: 100, SP: 50, ...set.master },
        wires: { IN: 'AI1.OUT', BKCAL_IN: 'S.BKCAL_OUT' },
      },
      {
        id: 'S',
        type: 'PID',
        set: { GAIN: 0.5, RESET: 10, MODE_TARGET: MODE.cas, ...set.slave },
        wires: { IN: 'AI2.OUT', CAS_IN: 'M.OUT', BKCAL_IN: 'AO.BKCAL_OUT' },
      },
      { id: 'AO', type: 'AO', wires: { CAS_IN: 'S.OUT', READBACK: 'readback FV' } },
    ],
    writable: ['M.MODE', 'M.SP', 'M.OUT', 'S.MODE', 'S.SP', 'S.OUT', 'S.GAIN', 'AO.MODE', 'AO.OUT_EU'],
  })
  rig.controller.latchInput(0, 12, STATUS.good)
  rig.controller.latchInput(1, 12, STATUS.good)
  rig.controller.latchReadback(0, 8.8, STATUS.good)
  return rig
}

const code = (rig: Rig, name: string): number => codeOf(rig.get(`${name}_ST`))
const mode = (rig: Rig, block: string): number => rig.get(`${block}.MODE_ACTUAL`)

/** One scan with the device where it was sent. */
function scan(rig: Rig, count = 1): void {
  for (let i = 0; i < count; i++) {
    rig.scan()
    rig.controller.latchReadback(0, rig.controller.values[0]!, STATUS.good)
  }
}

test('[R8] forces IMan: Bad, NotInvited, InitRequest, LocalOverride, FaultState; nothing else, and not an open input', () => {
  const forcing = [STATUS.bad, STATUS.badOutOfService, STATUS.badNoComm, STATUS.initRequest, STATUS.notInvited]
  for (const status of [...forcing, STATUS.localOverride, STATUS.faultStateActive])
    expect(mustInitialise(status | 3)).toBe(true)
  for (const status of [STATUS.goodCascade, STATUS.good, STATUS.uncertain, STATUS.notSelected, STATUS.initAck])
    expect(mustInitialise(status)).toBe(false)
  expect(mustInitialise(STATUS.badNotConnected)).toBe(false)
  expect(isOpen(STATUS.badNotConnected | 3)).toBe(true)
})

test('[R2] a source that cannot handshake is taken at once, one that can must answer this request', () => {
  expect(slaveMode(MODE.auto, STATUS.initRequest, STATUS.good, ALL)).toBe(MODE.cas)
  expect(slaveMode(MODE.auto, STATUS.initRequest, STATUS.goodCascade, ALL)).toBe(MODE.auto)
  expect(slaveMode(MODE.auto, STATUS.initRequest, STATUS.initAck, ALL)).toBe(MODE.cas)
  expect(slaveMode(MODE.auto, STATUS.notInvited, STATUS.initAck, ALL)).toBe(MODE.auto)
  expect(slaveMode(MODE.cas, STATUS.goodCascade, STATUS.uncertain, ALL)).toBe(MODE.cas)
  expect(slaveMode(MODE.cas, STATUS.goodCascade, STATUS.badNoComm, ALL)).toBe(MODE.auto)
  expect(slaveMode(MODE.cas, STATUS.goodCascade, STATUS.badNoComm, ALL - 16)).toBe(MODE.man)
  expect(waitingMode(ALL)).toBe(MODE.auto)
})

test('[H-0..H-4] the five rows of the handshake, at the slave and at the master', () => {
  const rig = cascade({ slave: { MODE_TARGET: MODE.auto, SP: 40 } })
  rig.controller.latchInput(1, 4 + 0.16 * 40, STATUS.good)
  scan(rig, 6)
  // 0: the slave is not in Cas and does not ask.
  expect([code(rig, 'S.BKCAL_OUT'), mode(rig, 'S'), mode(rig, 'M')]).toEqual([STATUS.notInvited, MODE.auto, MODE.iman])
  expect(rig.get('S.BKCAL_OUT')).toBe(rig.get('S.SP'))
  expect(rig.get('M.OUT')).toBe(rig.get('S.SP'))
  // 1: the slave's target becomes Cas; it asks, and stays in Auto.
  expect(rig.write('S.MODE', MODE.cas)).toBe(0)
  scan(rig)
  expect([code(rig, 'S.BKCAL_OUT'), mode(rig, 'S'), mode(rig, 'M')]).toEqual([STATUS.initRequest, MODE.auto, MODE.iman])
  expect(code(rig, 'M.OUT')).not.toBe(STATUS.initAck)
  // 2 and 3: the master, which executes first, answers with what came back; the slave accepts in the same scan.
  scan(rig)
  expect([code(rig, 'M.OUT'), mode(rig, 'M')]).toEqual([STATUS.initAck, MODE.iman])
  expect(rig.get('M.OUT')).toBe(rig.get('S.BKCAL_OUT'))
  expect([code(rig, 'S.BKCAL_OUT'), mode(rig, 'S')]).toEqual([STATUS.goodCascade, MODE.cas])
  expect(rig.get('S.SP')).toBe(40)
  // 4: it runs.
  scan(rig)
  expect([code(rig, 'M.OUT'), mode(rig, 'M'), mode(rig, 'S')]).toEqual([STATUS.goodCascade, MODE.auto, MODE.cas])
  expect(rig.get('S.SP')).toBe(40)
})

test('[H-3] while the master acknowledges, the slave keeps its set point: the value is its own, and old', () => {
  const rig = createRig({
    blocks: [{ id: 'S', type: 'PID', set: { GAIN: 1, RESET: 10, SP: 40, MODE_TARGET: MODE.cas } }],
  })
  rig.drive('S.IN', 40)
  rig.drive('S.CAS_IN', 35, STATUS.goodCascade)
  rig.scan()
  rig.drive('S.CAS_IN', 35, STATUS.initAck)
  rig.scan(3)
  expect([mode(rig, 'S'), rig.get('S.SP')]).toEqual([MODE.cas, 40])
  rig.drive('S.CAS_IN', 41, STATUS.goodCascade)
  rig.scan()
  expect(rig.get('S.SP')).toBe(41)
})

test('[H-tv] the final element does not move at all from a cold start to the running cascade', () => {
  const rig = cascade()
  const seen = new Set<number>()
  for (let i = 0; i < 8; i++) {
    scan(rig)
    seen.add(rig.controller.values[0]!)
  }
  expect([mode(rig, 'M'), mode(rig, 'S'), mode(rig, 'AO')]).toEqual([MODE.auto, MODE.cas, MODE.cas])
  // PV stands at the set point of both, so nothing but the handshake could move it.
  expect([...seen]).toEqual([8.8])
})

test('[H-tv] nor when each level is taken out and put back', () => {
  const rig = cascade()
  scan(rig, 8)
  const out = rig.controller.values[0]!
  for (const block of ['AO', 'S', 'M'] as const) {
    const target = rig.get(`${block}.MODE_TARGET`)
    expect(rig.write(`${block}.MODE`, MODE.man)).toBe(0)
    for (let i = 0; i < 5; i++) {
      scan(rig)
      expect(rig.controller.values[0]).toBe(out)
    }
    expect(rig.write(`${block}.MODE`, target)).toBe(0)
    for (let i = 0; i < 8; i++) {
      scan(rig)
      expect(rig.controller.values[0]).toBe(out)
    }
    expect([mode(rig, 'M'), mode(rig, 'S'), mode(rig, 'AO')]).toEqual([MODE.auto, MODE.cas, MODE.cas])
  }
})

test('[H-4scans] at most four scans of the slower block', () => {
  const rig = cascade({ slave: { MODE_TARGET: MODE.auto, SP: 50 } })
  scan(rig, 8)
  rig.write('S.MODE', MODE.cas)
  let scans = 0
  while (mode(rig, 'M') !== MODE.auto) {
    scan(rig)
    scans++
  }
  expect(scans).toBeLessThanOrEqual(4)
})

test('[R11] limits in BKCAL_OUT: High for a reverse-acting slave at its high limit, Low for a direct-acting one', () => {
  for (const [ACTION, limits] of [
    [1, 2],
    [0, 1],
  ] as const) {
    const rig = createRig({
      blocks: [{ id: 'PID', type: 'PID', set: { ACTION, GAIN: 10, RESET: 1, MODE_TARGET: MODE.cas, OUT: 50 } }],
    })
    rig.drive('PID.IN', 50)
    rig.drive('PID.CAS_IN', ACTION === 1 ? 90 : 10)
    rig.scan(20)
    expect(rig.get('PID.OUT')).toBe(100)
    expect(rig.get('PID.BKCAL_OUT_ST')).toBe(STATUS.goodCascade | limits)
  }
  const rig = createRig({
    blocks: [
      { id: 'PID', type: 'PID', set: { GAIN: 0.1, RESET: 1e6, MODE_TARGET: MODE.cas, SP_LIM: [20, 60], OUT: 50 } },
    ],
  })
  rig.drive('PID.IN', 50)
  rig.drive('PID.CAS_IN', 90)
  rig.scan(3)
  expect([rig.get('PID.SP'), rig.get('PID.BKCAL_OUT_ST')]).toEqual([60, STATUS.goodCascade | 2])
  rig.set('PID.MODE_TARGET', MODE.man)
  rig.scan()
  expect(rig.get('PID.BKCAL_OUT_ST') & 3).toBe(3)
})

test('a selected mode never answers a request that was not made', () => {
  expect(codeOf(heldStatus(MODE.man, STATUS.initRequest))).toBe(STATUS.goodCascade)
  expect(codeOf(heldStatus(MODE.iman, STATUS.initRequest))).toBe(STATUS.initAck)
  expect(codeOf(backStatus(MODE.auto, false, 0))).toBe(STATUS.notInvited)
})
