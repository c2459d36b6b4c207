// What a supervisory host finds in the artifact of a strategy that permits a remote mode.
import { expect, test } from 'vitest'
import type { Artifact } from '../../../contracts/artifact.ts'
import { MODE } from '../../../contracts/mode.ts'
import { STATUS } from '../../../contracts/status.ts'
import { BLOCK_TYPES } from '../blocks/index.ts'
import { createController } from '../controller.ts'
import { layoutOf } from '../layout.ts'
import { faultText } from './fault.ts'
import { changed, compileFiles } from './testing.ts'

const L = 'loops/a.yaml'
const PID = 'gain: 2, reset: 5min, sp: 50'
const build = (parameters: string): Artifact => {
  const result = compileFiles(changed(L, PID, `${PID}, ${parameters}`))
  if ('faults' in result) throw new Error(result.faults.map(faultText).join('\n'))
  return result.artifact
}
const lic = (a: Artifact) => a.tags.find((t) => t.tag === 'LIC-101')!
const REMOTE = 'permitted: [oos, man, auto, rcas, rout], shed_opt: man_no_return, shed_time: 30s'

test('[R13] a tag offers a host what its permitted modes need, and no other', () => {
  const a = build(REMOTE)
  const tag = lic(a)
  expect(tag.permitted).toEqual(['oos', 'man', 'auto', 'rcas', 'rout'])
  for (const name of ['RCAS', 'ROUT'] as const) {
    const out = a.control.published[tag.fields[`${name}_OUT`]!]!
    expect([out.key, out.status - out.s]).toEqual([`LIC-101.${name}_OUT`, 1])
    for (const field of [`${name}_IN`, `${name}_IN_ST`] as const) {
      expect(a.control.writable[tag.writable[field]!]).toMatchObject({ key: `LIC-101.${field}`, field, kind: 'real' })
    }
  }
  const one = lic(build('permitted: [man, auto, rcas]'))
  expect(Object.keys(one.writable).filter((f) => f.includes('_IN'))).toEqual(['RCAS_IN', 'RCAS_IN_ST'])
  const none = lic(build('rate: 0s'))
  expect([...Object.keys(none.fields), ...Object.keys(none.writable)].filter((f) => /RCAS|ROUT/.test(f))).toEqual([])
})

test('[R9] the parameters reach the block: 30 s of a class of 10 s are three scans', () => {
  const a = build(REMOTE)
  const block = a.control.blocks.find((b) => b.id === 'LIC-101.PID1')!
  const { K } = layoutOf(BLOCK_TYPES.get('PID')!.fields)
  expect([K['SHED_OPT']!, K['SHED_TIME']!].map((at) => a.control.k_init[block.k + at])).toEqual([6, 30])
})

test('[R13] a host on a wire cannot be written, and needs no refresh', () => {
  const a = build(`rcas_in: AI1.PV, ${REMOTE}`)
  expect(Object.keys(lic(a).writable).filter((f) => f.includes('_IN'))).toEqual(['ROUT_IN', 'ROUT_IN_ST'])
  const c = createController(a)
  const block = a.control.blocks.find((b) => b.id === 'LIC-101.PID1')!
  const { S } = layoutOf(BLOCK_TYPES.get('PID')!.fields)
  const get = (field: string): number => c.s[block.s + S[field]!]!
  const scans = (count: number, status: number): void => {
    for (let i = 0; i < count; i++) {
      for (const input of a.control.inputs.keys()) c.latchInput(input, 12, status)
      c.latchReadback(0, 12, STATUS.good)
      c.state = { epoch: 1, n: c.state.n }
      c.scan(c.state.n + 1)
    }
  }
  const wish = (mode: number): number => c.write(lic(a).writable.MODE!, mode)
  scans(50, STATUS.good)
  wish(MODE.auto)
  scans(100, STATUS.good)
  wish(MODE.rcas)
  scans(1000, STATUS.good)
  // However long nothing is written: a wire is a host that is there.
  expect([get('MODE_ACTUAL'), get('SP'), get('SHED')]).toEqual([MODE.rcas, 50, 0])
})

test('[R9] a remote mode without Man is a fault: a block without its host must have somewhere to go', () => {
  expect(() => createController(build('permitted: [oos, auto, rcas]'))).toThrow('PERMITTED: man too')
})
