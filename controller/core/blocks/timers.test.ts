import { expect, test } from 'vitest'
import { STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const rigOf = (type: string, pt_s: number, tick_ms = 1000): Rig =>
  createRig({ tick_ms, blocks: [{ id: 'T', type, set: { PT: pt_s } }], writable: ['T.PT'] })

/**
 * Timing diagrams as rows, one column a scan. IN: 1, 0, or what a Bad input shows: 'x' with value 1, '.' with value 0.
 * ET in whole scans.
 */
function play(rig: Rig, inputs: Readonly<Record<string, string>>): { OUT: string; ET: number[] } {
  const length = Object.values(inputs)[0]!.length
  let out = ''
  const et: number[] = []
  for (let i = 0; i < length; i++) {
    for (const [name, row] of Object.entries(inputs)) {
      const c = row[i]!
      rig.drive(`T.${name}`, c === '1' || c === 'x' ? 1 : 0, c === 'x' || c === '.' ? STATUS.badNoComm : STATUS.good)
    }
    rig.scan()
    out += rig.get('T.OUT')
    et.push(rig.get('T.ET'))
  }
  return { OUT: out, ET: et }
}

interface Diagram {
  readonly says: string
  readonly type: string
  readonly pt: number
  readonly IN: string
  readonly OUT: string
  readonly ET: string
}

// Elapsed time is 0 in the scan of the edge. All rows follow the timing diagrams of IEC 61131-3.
const DIAGRAMS: readonly Diagram[] = [
  { says: 'on after PT, off with IN', type: 'TON', pt: 3, IN: '001111110', OUT: '000001110', ET: '000123330' },
  { says: 'a shorter input gives nothing', type: 'TON', pt: 3, IN: '01110110', OUT: '00000000', ET: '00120010' },
  {
    says: 'exactly PT long gives nothing more',
    type: 'TON',
    pt: 3,
    IN: '0111011110',
    OUT: '0000000010',
    ET: '0012001230',
  },
  { says: 'PT 0 follows IN', type: 'TON', pt: 0, IN: '0110', OUT: '0110', ET: '0000' },
  { says: 'on at the start counts from it', type: 'TON', pt: 2, IN: '11110', OUT: '00110', ET: '01220' },
  { says: 'Bad is what it last said', type: 'TON', pt: 3, IN: '01..1.0x', OUT: '00001100', ET: '00123300' },
  { says: 'on with IN, off PT after it', type: 'TOF', pt: 3, IN: '0110000001', OUT: '0111110001', ET: '0000123330' },
  {
    says: 'a gap shorter than PT is bridged',
    type: 'TOF',
    pt: 3,
    IN: '01001000000',
    OUT: '01111111000',
    ET: '00010012333',
  },
  { says: 'PT 0 follows IN', type: 'TOF', pt: 0, IN: '0110', OUT: '0110', ET: '0000' },
  { says: 'off at the start stays off', type: 'TOF', pt: 2, IN: '0000', OUT: '0000', ET: '0000' },
  { says: 'Bad is what it last said', type: 'TOF', pt: 2, IN: '1.0x.0', OUT: '111100', ET: '000122' },
  {
    says: 'a long input gives one pulse, ET stands while it lasts',
    type: 'TP',
    pt: 3,
    IN: '0111111001',
    OUT: '0111000001',
    ET: '0012333000',
  },
  { says: 'a short input gives the whole pulse', type: 'TP', pt: 3, IN: '010000', OUT: '011100', ET: '001200' },
  { says: 'a rise within the pulse is lost', type: 'TP', pt: 4, IN: '0101011100', OUT: '0111100000', ET: '0012344400' },
  { says: 'the next rise after it counts', type: 'TP', pt: 2, IN: '01001000', OUT: '01101100', ET: '00100100' },
  { says: 'on at the start is no rise', type: 'TP', pt: 2, IN: '1101100', OUT: '0001100', ET: '0000100' },
  { says: 'PT 0 gives none', type: 'TP', pt: 0, IN: '0110', OUT: '0000', ET: '0000' },
  { says: 'a Bad input starts none', type: 'TP', pt: 2, IN: '0xx1000', OUT: '0001100', ET: '0000100' },
]

for (const d of DIAGRAMS) {
  test(`[IEC 61131-3 ${d.type}] ${d.says} (PT ${d.pt} scans)`, () => {
    for (const tick_ms of [1000, 100, 25]) {
      const dt = tick_ms / 1000
      const { OUT, ET } = play(rigOf(d.type, (d.pt * tick_ms) / 1000, tick_ms), { IN: d.IN })
      expect(OUT).toBe(d.OUT)
      for (const [i, et] of ET.entries()) expect(et / dt).toBeCloseTo(Number(d.ET[i]), 9)
    }
  })
}

test('[2.17] TONR adds up what IN is on, stays on beyond it, and R sets it back', () => {
  // Periods with IN on at both ends: two before the gap in scan 4, and so on.
  const a = play(rigOf('TONR', 3), { IN: '01110111001', R: '00000000000' })
  expect(a.OUT).toBe('00000011111')
  expect(a.ET).toEqual([0, 0, 1, 2, 2, 2, 3, 3, 3, 3, 3])
  const b = play(rigOf('TONR', 2), { IN: '0111111110', R: '0000010100' })
  expect(b.OUT).toBe('0001100000')
  expect(b.ET).toEqual([0, 0, 1, 2, 2, 0, 1, 0, 1, 1])
})

test('[2.17] tenths of a second add up to the bit: 7 scans of 100 ms reach 0.7 s', () => {
  for (let n = 1; n <= 400; n++) {
    const rig = rigOf('TON', n / 10, 100)
    rig.drive('T.IN', 0)
    rig.scan()
    rig.drive('T.IN', 1)
    rig.scan(n)
    expect(rig.get('T.OUT')).toBe(0)
    rig.scan()
    expect(rig.get('T.OUT')).toBe(1)
    expect(rig.get('T.ET')).toBe(n / 10)
  }
})

test('[2.17] PT that is no multiple of the period ends with the next scan', () => {
  const { OUT } = play(rigOf('TON', 2.5), { IN: '0111110' })
  expect(OUT).toBe('0000110')
})

test('[R3] the status of a timer is its input, without limits', () => {
  for (const type of ['TON', 'TOF', 'TP', 'TONR']) {
    const rig = rigOf(type, 2)
    for (const [given, expected] of [
      [STATUS.good | 3, STATUS.good],
      [STATUS.goodCascade, STATUS.good],
      [STATUS.uncertainLastUsable, STATUS.uncertainLastUsable],
      [STATUS.badSensorFailure | 1, STATUS.badSensorFailure],
    ] as const) {
      rig.drive('T.IN', 1, given)
      rig.scan()
      expect(rig.get('T.OUT_ST')).toBe(expected)
      expect(rig.get('T.ET_ST')).toBe(expected)
    }
  }
})

test('[2.17] PT may be written while it runs; a negative one is refused', () => {
  const rig = rigOf('TON', 2)
  rig.drive('T.IN', 1)
  rig.scan(3)
  expect(rig.get('T.OUT')).toBe(1)
  expect(rig.write('T.PT', 10)).toBe(0)
  rig.scan()
  // Once on it stays with IN.
  expect(rig.get('T.OUT')).toBe(1)
  expect(rig.write('T.PT', -1)).not.toBe(0)
})

test('[R25] a timer saved in mid-run continues bit-equal', () => {
  for (const type of ['TON', 'TOF', 'TP', 'TONR']) {
    const rows = { IN: '0110010111011110' }
    const whole = rigOf(type, 2)
    const first = play(whole, rows)
    const cut = rigOf(type, 2)
    const head = play(cut, { IN: rows.IN.slice(0, 7) })
    const other = rigOf(type, 2)
    other.controller.load(cut.controller.save(), cut.controller.state)
    const tail = play(other, { IN: rows.IN.slice(7) })
    expect(head.OUT + tail.OUT).toBe(first.OUT)
    expect(other.controller.digest()).toBe(whole.controller.digest())
  }
})
