import { expect, test } from 'vitest'
import type { FieldDecl } from './block.ts'
import { BLOCK_TYPES } from './blocks/index.ts'
import { isWire, layout, layoutOf } from './layout.ts'

const field = (name: string, role: FieldDecl['role'], count?: number): FieldDecl => ({
  name,
  role,
  unit: '1',
  doc: '',
  ...(count === undefined ? {} : { count }),
})

test('wires take two cells, arrays their count, S and K are separate', () => {
  const fields = [
    field('IN', 'wire-in'),
    field('SCALE', 'constant', 2),
    field('X', 'state'),
    field('STACK', 'state', 3),
    field('BACK', 'back-out'),
    field('D', 'derived'),
    field('PROGRAM', 'constant', -1),
  ]
  expect(layoutOf(fields)).toEqual({
    S: { IN: 0, IN_ST: 1, X: 2, STACK: 3, BACK: 6, BACK_ST: 7 },
    K: { SCALE: 0, D: 2, PROGRAM: 3 },
    s_count: 8,
    k_count: 3,
    open: true,
  })
})

test('hot fields stand before the others, each kind in the order of declaration', () => {
  const hot = (f: FieldDecl): FieldDecl => ({ ...f, hot: true })
  const fields = [
    field('A', 'constant', 2),
    field('IN', 'wire-in'),
    hot(field('X', 'state')),
    hot(field('D', 'derived')),
    hot(field('OUT', 'wire-out')),
    field('Y', 'state'),
    field('PROGRAM', 'constant', -1),
  ]
  expect(layoutOf(fields)).toMatchObject({
    S: { X: 0, OUT: 1, OUT_ST: 2, IN: 3, IN_ST: 4, Y: 5 },
    K: { D: 0, A: 1, PROGRAM: 3 },
  })
})

test('a name twice, and a field behind an open array, are faults of ours', () => {
  expect(() => layout([field('A', 'state'), field('A', 'constant')])).toThrow(/twice/)
  expect(() => layout([field('A', 'wire-in'), field('A_ST', 'state')])).toThrow(/twice/)
  expect(() => layout([field('P', 'constant', -1), field('A', 'constant')])).toThrow(/open length/)
})

test('every block type is complete: what a tag shows and writes exists, masks and modes have names', () => {
  for (const [name, type] of BLOCK_TYPES) {
    expect(type.type).toBe(name)
    const names = type.fields.map((f) => f.name)
    const cells = type.fields.flatMap((f) => (isWire(f.role) ? [f.name, `${f.name}_ST`] : [f.name]))
    for (const shown of Object.values(type.tag_fields ?? {})) expect(names).toContain(shown)
    for (const written of Object.values(type.tag_writable ?? {})) expect(type.writable).toContain(written)
    for (const written of type.writable ?? []) expect(cells).toContain(written === 'MODE' ? 'MODE_TARGET' : written)
    for (const f of type.fields) {
      expect(f.doc).toMatch(/\.$/)
      if (f.mask === true) expect(f.names).toBeDefined()
      if (f.defaults !== undefined) expect(f.defaults).toHaveLength(f.count ?? 1)
      if (isWire(f.role)) expect(f.count).toBeUndefined()
    }
  }
})
