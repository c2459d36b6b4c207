import { expect, test } from 'vitest'
import { STATUS } from '../../../contracts/status.ts'
import { createRig, type Rig } from '../testing/rig.ts'

const rigOf = (type: string, set: Record<string, number> = {}): Rig =>
  createRig({ blocks: [{ id: 'B', type, set }], writable: set['PRESET'] === undefined ? [] : ['B.PRESET'] })

/** One column a scan; 'x' is a Bad 1, '.' a Bad 0, ' ' leaves the input open. */
function play(rig: Rig, inputs: Readonly<Record<string, string>>, outputs: readonly string[]): Record<string, string> {
  const result: Record<string, string> = Object.fromEntries(outputs.map((o) => [o, '']))
  for (let i = 0; i < Object.values(inputs)[0]!.length; i++) {
    for (const [name, row] of Object.entries(inputs)) {
      const c = row[i]!
      rig.drive(`B.${name}`, c === '1' || c === 'x' ? 1 : 0, c === 'x' || c === '.' ? STATUS.badNoComm : STATUS.good)
    }
    rig.scan()
    for (const o of outputs) result[o] = `${result[o]}${rig.get(`B.${o}`)}`
  }
  return result
}

test('[IEC 61131-3 CTU] counts rises, R goes before CU, OUT from the preset on', () => {
  const r = play(rigOf('CTU', { PRESET: 2 }), { CU: '0101101010', R: '0000000110' }, ['OUT', 'CV'])
  expect(r).toEqual({ CV: '0112223000', OUT: '0001111000' })
})

test('[IEC 61131-3 CTU] a rise under R is lost, on at the start is no rise, Bad is what it last said', () => {
  expect(play(rigOf('CTU', { PRESET: 9 }), { CU: '1101x.0x1', R: '000000000' }, ['CV'])['CV']).toBe('000111112')
  expect(play(rigOf('CTU', { PRESET: 9 }), { CU: '001101', R: '001000' }, ['CV'])['CV']).toBe('000001')
})

test('[IEC 61131-3 CTD] LD loads the preset and goes before CD, OUT at 0 and below', () => {
  const r = play(rigOf('CTD', { PRESET: 2 }), { CD: '0010101010', LD: '0100000001' }, ['OUT'])
  expect(r['OUT']).toBe('1000111110')
  const rig = rigOf('CTD', { PRESET: 2 })
  play(rig, { CD: '0101010', LD: '1000000' }, ['CV'])
  expect(rig.get('B.CV')).toBe(-1)
})

test('[IEC 61131-3 CTUD] R before LD before counting; both rises cancel', () => {
  const r = play(
    rigOf('CTUD', { PRESET: 3 }),
    { CU: '010101010000', CD: '000001000101', R: '000000000000', LD: '000000010000' },
    ['CV', 'QU', 'QD'],
  )
  // Scan 5 has both rises, scan 7 loads 3 and loses its rise.
  expect(r).toEqual({ CV: '011222233221', QU: '000000011000', QD: '100000000000' })
  const reset = play(rigOf('CTUD', { PRESET: 3 }), { CU: '0111', CD: '0000', R: '0011', LD: '0011' }, ['CV'])
  expect(reset['CV']).toBe('0100')
})

test('[2.17] a counter stands still at its end', () => {
  const rig = rigOf('CTU', { PRESET: 5 })
  rig.set('B.CV', 999_999_999)
  play(rig, { CU: '0101' }, ['CV'])
  expect(rig.get('B.CV')).toBe(999_999_999)
})

test('[2.17] a preset is a whole number', () => {
  const rig = rigOf('CTU', { PRESET: 5 })
  expect(rig.write('B.PRESET', 4)).toBe(0)
  expect(rig.write('B.PRESET', 4.5)).not.toBe(0)
  expect(rig.write('B.PRESET', 1e12)).not.toBe(0)
})

test('[IEC 61131-3 R_TRIG, F_TRIG] one scan an edge; neither a start nor a Bad input makes one', () => {
  const IN = '110011010x.1.00x'
  expect(play(rigOf('R_TRIG'), { IN }, ['OUT'])['OUT']).toBe('0000100100010000')
  expect(play(rigOf('F_TRIG'), { IN }, ['OUT'])['OUT']).toBe('0010001010000100')
  expect(play(rigOf('F_TRIG'), { IN: '00' }, ['OUT'])['OUT']).toBe('00')
})

test('[IEC 61131-3 SR, RS] dominance', () => {
  const set = '0100110010'
  const reset = '0001010110'
  expect(play(rigOf('SR'), { S1: set, R: reset }, ['OUT'])['OUT']).toBe('0110111011')
  expect(play(rigOf('RS'), { S: set, R1: reset }, ['OUT'])['OUT']).toBe('0110100000')
})

test('[2.17] a Good dominant input of a flip-flop makes a Good result, whatever the other is', () => {
  const sr = rigOf('SR')
  sr.drive('B.S1', 1)
  sr.drive('B.R', 1, STATUS.badNoComm)
  sr.scan()
  expect([sr.get('B.OUT'), sr.get('B.OUT_ST')]).toEqual([1, STATUS.good])
  sr.drive('B.S1', 0)
  sr.scan()
  expect([sr.get('B.OUT'), sr.get('B.OUT_ST')]).toEqual([1, STATUS.badNoComm])
  const rs = rigOf('RS')
  rs.drive('B.S', 1, STATUS.uncertainSubstitute)
  rs.drive('B.R1', 0, STATUS.bad)
  rs.scan()
  expect([rs.get('B.OUT'), rs.get('B.OUT_ST')]).toEqual([1, STATUS.bad])
  rs.drive('B.R1', 0)
  rs.scan()
  expect([rs.get('B.OUT'), rs.get('B.OUT_ST')]).toEqual([1, STATUS.uncertainSubstitute])
  rs.drive('B.R1', 1)
  rs.scan()
  expect([rs.get('B.OUT'), rs.get('B.OUT_ST')]).toEqual([0, STATUS.good])
})
