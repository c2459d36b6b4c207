import { expect, test } from 'vitest'
import type { TagRecord } from '../../contracts/artifact.ts'
import { MODE } from '../../contracts/mode.ts'
import { STATUS } from '../../contracts/status.ts'
import { offNormal } from './off-normal.ts'
import type { Reading } from './tag-store.ts'

const tag = (name: string, normal: string): TagRecord => ({
  tag: name,
  kind: 'controller',
  description: '',
  area: '',
  eu: '',
  lo: 0,
  hi: 1,
  decimals: 0,
  scan_ms: 1000,
  fields: { MODE_TARGET: 0, MODE_ACTUAL: 1 },
  writable: {},
  permitted: [],
  normal,
  limits: {},
})
const r = (value: number): Reading => ({ value, status: STATUS.good, everUsable: true, statusSince_ms: 0 })

test('lists loops whose target or actual mode is not the normal one, in whatever case the strategy wrote it', () => {
  const modes: Record<string, [number, number]> = {
    A: [MODE.auto, MODE.auto],
    B: [MODE.man, MODE.man],
    C: [MODE.cas, MODE.iman],
    D: [Number.NaN, Number.NaN],
  }
  const list = offNormal(
    [tag('A', 'AUTO'), tag('B', 'auto'), tag('C', 'cas'), tag('D', 'auto'), tag('E', '')],
    (name) => {
      const [target, actual] = modes[name] ?? [0, 0]
      return { MODE_TARGET: r(target), MODE_ACTUAL: r(actual) }
    },
  )
  expect(list).toEqual([
    { tag: 'B', target: 'man', actual: 'man', normal: 'auto' },
    { tag: 'C', target: 'cas', actual: 'iman', normal: 'cas' },
  ])
})
