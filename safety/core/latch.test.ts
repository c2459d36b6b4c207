import { expect, test } from 'vitest'
import { LATCH } from './codes.ts'
import { LATCH_INPUT as I, nextLatch } from './latch.ts'
import { latchTable } from './second/tables.ts'

const { normal, tripInitiatedDelayed: delayed, tripped, waitingResetPermit, readyToReset, waitingStartPermit } = LATCH
const STATES = [normal, delayed, tripped, waitingResetPermit, readyToReset, waitingStartPermit]

/** Every state with every combination of the nine inputs. */
function each(judge: (state: number, has: (bit: number) => boolean, next: number) => boolean): string[] {
  const wrong: string[] = []
  for (const state of STATES)
    for (let inputs = 0; inputs < 512; inputs++) {
      const next = nextLatch(state, inputs)
      if (!judge(state, (bit) => (inputs & bit) !== 0, next)) wrong.push(`${state} ${inputs.toString(2)} -> ${next}`)
    }
  return wrong
}

test('[T1] [R-2.6] both latches agree on all 6 x 512 combinations, and states that are none are tripped', () => {
  const table = latchTable()
  for (let state = 0; state < 8; state++)
    for (let inputs = 0; inputs < 512; inputs++)
      expect([state, inputs, table[state * 512 + inputs]]).toEqual([state, inputs, nextLatch(state, inputs)])
  expect(nextLatch(6, 0)).toBe(tripped)
})

test('[I1] a demand is never answered by more energy: outputs on stay on for the delay only, others stay off', () => {
  expect(
    each((state, has, next) => {
      const on = next === normal || next === delayed
      if (has(I.instant)) return next === tripped
      if (!has(I.demand)) return true
      return state === normal || state === delayed ? (has(I.delayOver) ? next === tripped : next === delayed) : !on
    }),
  ).toEqual([])
})

test('[I2] a stored trip is left by reset in READY_TO_RESET with clear causes and permit only', () => {
  expect(
    each((state, has, next) => {
      if (state === normal || state === delayed || !has(I.stored)) return true
      if (next === normal || next === waitingStartPermit) {
        if (state === waitingStartPermit) return has(I.clear) && !has(I.demand) && (next !== normal || has(I.start))
        const reset = state === readyToReset && has(I.reset) && has(I.resetPermit)
        return reset && has(I.clear) && !has(I.demand) && (next === normal) === has(I.withReset)
      }
      return true
    }),
  ).toEqual([])
})

test('[I3] one more demand never energises what was off without it', () => {
  const on = (state: number): boolean => state === normal || state === delayed
  const wrong: string[] = []
  for (const state of STATES)
    for (let inputs = 0; inputs < 512; inputs++)
      for (const worse of [inputs | I.instant, inputs | I.demand, inputs | I.demand | I.stored, inputs & ~I.clear])
        if (on(nextLatch(state, worse)) && !on(nextLatch(state, inputs))) wrong.push(`${state} ${inputs} ${worse}`)
  expect(wrong).toEqual([])
})

test('[I12] from every state there is a way back to NORMAL once all is well, and a held reset is not needed', () => {
  for (const state of STATES) {
    let s: number = state
    for (let i = 0; i < 6 && s !== normal; i++)
      s = nextLatch(s, I.clear | I.resetPermit | I.stored | I.start | I.delayOver | (s === readyToReset ? I.reset : 0))
    expect([state, s]).toEqual([state, normal])
  }
})
