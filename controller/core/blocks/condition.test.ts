import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FLAG, STATUS } from '../../../contracts/status.ts'
import { EVENTS_PER_SCAN_MAX } from '../events.ts'
import { createRig, type Rig } from '../testing/rig.ts'
import { DISCRETE_EVENT } from './discrete.ts'

const rigOf = (set: Record<string, number> = {}): Rig =>
  createRig({
    blocks: [{ id: 'C', type: 'CONDITION', set }],
    writable: ['C.BYPASS_IL', 'C.BYPASS_PM', 'C.BYPASS_FS', 'C.RESET_D'],
  })

/** Rows of inputs, one column a scan; the row of an output that follows. */
function play(rig: Rig, inputs: Readonly<Record<string, string>>, output: string): string {
  let out = ''
  for (let i = 0; i < Object.values(inputs)[0]!.length; i++) {
    for (const [name, row] of Object.entries(inputs)) {
      const c = row[i]!
      rig.drive(`C.${name}`, c === '1' || c === 'x' ? 1 : 0, c === 'x' || c === '.' ? STATUS.badNoComm : STATUS.good)
    }
    rig.scan()
    out += rig.get(`C.${output}`)
  }
  return out
}

test('[2.9] interlocks: on and off delay of each, any active one trips', () => {
  const rows = { IL1: '0111000000', IL2: '0000011110' }
  expect(play(rigOf(), rows, 'INTERLOCK')).toBe('1000100001')
  expect(play(rigOf({ IL1_ON: 2, IL2_OFF: 1 }), rows, 'INTERLOCK')).toBe('1110100000')
  expect(play(rigOf({ IL1_ON: 3, IL2_ON: 4 }), rows, 'INTERLOCK')).toBe('1111111111')
})

test('[2.9] permissives: missing after its delay, back after its delay; none wired is permission', () => {
  expect(play(rigOf({ PM1_ON: 1, PM1_OFF: 2 }), { PM1: '1100011110' }, 'PERMISSIVE')).toBe('1110000111')
  expect(play(rigOf(), { IL1: '01' }, 'PERMISSIVE')).toBe('11')
})

test('[2.9] forced set points: the first in order wins, and holds its value after', () => {
  const rig = rigOf({ FS2_SP: 20, FS5_SP: 50 })
  const rows = { FS2: '00110', FS5: '01100' }
  expect(play(rig, rows, 'FORCED')).toBe('01110')
  expect(play(rigOf({ FS2_SP: 2, FS5_SP: 5 }), rows, 'FORCED_SP')).toBe('05222')
})

test('[2.9] a latch stays until a reset, which is refused while it is raised', () => {
  const rig = rigOf({ LATCH_IL: 2 })
  expect(play(rig, { IL1: '0100', IL2: '0010' }, 'INTERLOCK')).toBe('1000')
  rig.drive('C.IL2', 1)
  rig.scan()
  expect(rig.write('C.RESET_D', 1)).not.toBe(0)
  rig.drive('C.IL2', 0)
  rig.scan()
  expect([rig.get('C.INTERLOCK'), rig.get('C.FIRST_OUT')]).toEqual([0, 1])
  // An interlock without latch does not forbid it.
  rig.drive('C.IL1', 1)
  rig.scan()
  expect(rig.write('C.RESET_D', 1)).toBe(0)
  rig.drive('C.IL1', 0)
  rig.scan()
  expect([rig.get('C.INTERLOCK'), rig.get('C.FIRST_OUT')]).toEqual([1, 0])
})

test('[2.9] the reset wire acts on its rise only', () => {
  const rig = rigOf({ LATCH_IL: 1 })
  expect(play(rig, { IL1: '0100010', RESET: '0110100' }, 'INTERLOCK')).toBe('1000100')
})

test('[2.9] first-out: the first of a trip, not those that follow, the lowest of several at once', () => {
  expect(play(rigOf(), { IL3: '0111000100', IL1: '0010000100' }, 'FIRST_OUT')).toBe('0333333111')
})

test('[2.9] a bypassed condition is not active, shows in BYPASS and in the status, and starts its delay anew', () => {
  const rig = rigOf({ IL1_ON: 2 })
  play(rig, { IL1: '0111' }, 'INTERLOCK')
  expect(rig.get('C.INTERLOCK')).toBe(0)
  expect(rig.write('C.BYPASS_IL', 1)).toBe(0)
  rig.scan()
  expect([rig.get('C.INTERLOCK'), rig.get('C.BYPASS'), rig.get('C.INTERLOCK_ST')]).toEqual([
    1,
    1,
    STATUS.good | FLAG.bypassed,
  ])
  expect(rig.write('C.BYPASS_IL', 0)).toBe(0)
  expect(play(rig, { IL1: '1111' }, 'INTERLOCK')).toBe('1100')
  expect(rig.get('C.INTERLOCK_ST')).toBe(STATUS.good)
  expect(rig.write('C.BYPASS_IL', 65536)).not.toBe(0)
  expect(rig.write('C.BYPASS_PM', 0.5)).not.toBe(0)
})

test('[2.9] a Bad condition trips or holds, as BAD says; a Bad forced set point holds', () => {
  for (const [bad, il, pm] of [
    [1, '11001', '01001'],
    [0, '11111', '01111'],
  ] as const) {
    expect(play(rigOf({ BAD: bad }), { IL1: '00..0' }, 'INTERLOCK')).toBe(il)
    expect(play(rigOf({ BAD: bad }), { PM1: '01xx1' }, 'PERMISSIVE')).toBe(pm)
    expect(play(rigOf({ BAD: bad }), { FS1: '0.1.0' }, 'FORCED')).toBe('00110')
  }
  const rig = rigOf()
  play(rig, { IL1: '.' }, 'INTERLOCK')
  expect(rig.get('C.INTERLOCK_ST')).toBe(STATUS.uncertain)
})

test('[2.9] an event for the first trip, each change, and all clear', () => {
  const rig = rigOf()
  const seen: string[] = []
  for (const [a, b] of [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 0],
    [0, 0],
  ] as const) {
    rig.drive('C.IL1', a)
    rig.drive('C.IL2', b)
    rig.scan()
    expect(rig.controller.events.length).toBeLessThan(EVENTS_PER_SCAN_MAX)
    for (const e of rig.controller.events) if (e.code === DISCRETE_EVENT.conditions) seen.push(`${e.a}>${e.b}`)
  }
  expect(seen).toEqual(['0>2', '2>3', '3>1', '1>0'])
})

test('[2.9] random conditions, as judged from their whole history', () => {
  const delays = fc.record({
    on: fc.integer({ min: 0, max: 3 }),
    off: fc.integer({ min: 0, max: 3 }),
    latch: fc.boolean(),
  })
  const scan = fc.record({
    raised: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    reset: fc.nat({ max: 5 }).map((n) => n === 0),
  })
  fc.assert(
    fc.property(
      fc.array(delays, { minLength: 4, maxLength: 4 }),
      fc.array(scan, { minLength: 1, maxLength: 40 }),
      (each, scans) => {
        const set: Record<string, number> = { LATCH_IL: each.reduce((m, d, i) => m | (d.latch ? 1 << i : 0), 0) }
        each.forEach((d, i) => {
          set[`IL${i + 1}_ON`] = d.on
          set[`IL${i + 1}_OFF`] = d.off
        })
        const rig = rigOf(set)
        // Delayed: the last run of equal samples that was long enough says what it is.
        const delayed = (i: number, n: number): boolean => {
          for (let end = n; end >= 0; end--) {
            const value = scans[end]!.raised[i]!
            let begin = end
            while (begin > 0 && scans[begin - 1]!.raised[i]! === value) begin--
            const long = end - begin >= (value ? each[i]!.on : each[i]!.off)
            if (long) return value
            end = begin
          }
          return false
        }
        let latched = new Set<number>()
        let before = false
        let first = 0
        scans.forEach(({ raised, reset }, n) => {
          raised.forEach((on, i) => {
            rig.drive(`C.IL${i + 1}`, on ? 1 : 0)
          })
          rig.set('C.RESET_D', reset ? 1 : 0)
          rig.scan()
          const now = each.map((_, i) => delayed(i, n))
          const clear = each.every((d, i) => !d.latch || (!now[i] && !raised[i]))
          const was = latched
          latched = new Set([...(reset && clear ? [] : was)].filter((i) => each[i]!.latch))
          const active = each.flatMap((_, i) => (now[i] || latched.has(i) ? [i] : []))
          latched = new Set(active)
          if (active.length > 0 && !before) first = active[0]! + 1
          else if (active.length === 0 && reset && clear) first = 0
          before = active.length > 0
          expect([rig.get('C.INTERLOCK'), rig.get('C.ACTIVE_IL'), rig.get('C.FIRST_OUT')]).toEqual([
            active.length === 0 ? 1 : 0,
            active.reduce((m, i) => m | (1 << i), 0),
            first,
          ])
        })
      },
    ),
    { numRuns: 400, seed: 29 },
  )
})

test('[R25] saved in mid-delay it continues bit-equal', () => {
  const rows = { IL1: '0111001110101110', PM1: '1100111001111011', FS3: '0010011011101100' }
  const set = { IL1_ON: 2, PM1_OFF: 3, FS3_ON: 1, LATCH_IL: 1 }
  const [whole, cut, other] = [rigOf(set), rigOf(set), rigOf(set)]
  const part = (from: number, to: number) =>
    Object.fromEntries(Object.entries(rows).map(([n, r]) => [n, r.slice(from, to)]))
  play(whole, rows, 'INTERLOCK')
  play(cut, part(0, 7), 'INTERLOCK')
  other.controller.load(cut.controller.save(), cut.controller.state)
  play(other, part(7, 16), 'INTERLOCK')
  expect(other.controller.digest()).toBe(whole.controller.digest())
})
