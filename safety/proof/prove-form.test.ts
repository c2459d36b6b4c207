// The normal form says what a state is: whatever is left out of it must not matter, and whatever is rounded must not show.
import { expect, test } from 'vitest'
import type { SisConfig } from '../core/config.ts'
import { evaluate } from '../core/evaluator.ts'
import { createInputs } from '../core/inputs.ts'
import { createSoe } from '../core/soe.ts'
import { createState, OWN } from '../core/state.ts'
import { createTables } from '../core/tables.ts'
import { chance } from '../core/testing/chance.ts'
import { edgePlant } from '../core/testing/edge-plant.ts'
import { oneFunction } from '../core/testing/small-configs.ts'
import { createChoices } from './prove-choices.ts'
import { cutsOf } from './prove-cut.ts'
import { createNormalForm, NOW } from './prove-form.ts'

const base = oneFunction({
  dead_band: 5,
  startup: { stable_ms: 300, ms_max: 900 },
  time: { kind: 'on_delay', ms: 500 },
})
const rich: SisConfig = {
  ...base,
  elements: [{ ...base.elements[0]!, delay_ms: 200 }],
  effects: [{ ...base.effects[0]!, delay_ms: 300, override_ms_max: 900, reset_permit: 'KEY' }],
  matrix: [{ cause: 'C1', effect: 'E1', code: 'R', delay_ms: 200 }],
}
const others = [
  oneFunction({ on_bad: 'ignore', bad_hold_ms: 400, time: { kind: 'pulse', ms: 300 } }),
  oneFunction({ time: { kind: 'off_delay', ms: 300 } }),
]

/** 20,000 scans by chance; in each, the state as it is and the state that went through its normal form judge alike. */
test.each([rich, ...others].map((config, i) => ({ config, i })))(
  '[T2] configuration $i: a state goes on from its normal form as it would have gone on by itself',
  { timeout: 300_000 },
  ({ config, i }) => {
    const cut = cutsOf(config, config.sifs[0]!).find((c) => c.slice === 'band')!
    const t = createTables(cut.config)
    const form = createNormalForm(t, true)
    const dice = chance(91 + i)
    const [long, short, scratch] = [createState(t), createState(t), createState(t)]
    const inputs = createInputs(cut.config)
    const plant = edgePlant(cut.config, 5 + i)
    const soe = createSoe(16)
    const bytes = new Uint8Array(form.width)
    const again = new Uint8Array(form.width)
    let last = 0
    const wrong: string[] = []
    for (let n = 0; n < 20_000; n++) {
      const now = plant.next()
      const step = now - last
      Object.assign(inputs, plant.inputs)
      if (n > 0) {
        form.unpack(bytes, short)
        // Whatever the form leaves out may hold anything.
        form.unpack(bytes, scratch)
        for (const view of [short.status, short.closed, short.view, short.failed])
          for (let k = 0; k < view.length; k++) view[k] = dice.below(2)
        for (const word of [OWN.active, OWN.unhealthy, OWN.masked, OWN.reset, OWN.start, OWN.overrideAsked, OWN.faults])
          short.own[word] = dice.below(2)
        short.own[OWN.seq] = long.own[OWN.seq]!
        evaluate(t, short, inputs, NOW - 1 + step, 0, soe)
      }
      evaluate(t, long, inputs, now, 0, soe)
      if (n > 0) {
        if (String(short.view) !== String(long.view)) wrong.push(`scan ${n}: ${short.view}, not ${long.view}`)
        form.pack(short, NOW - 1 + step, again)
      }
      form.pack(long, now, bytes)
      if (n > 0 && String(again) !== String(bytes)) wrong.push(`scan ${n}: ${again}, not ${bytes}`)
      last = now
    }
    expect(wrong.slice(0, 3)).toEqual([])
  },
)

test('[T2] what a state cannot tell apart is left out rightly: the choices that were skipped change nothing', {
  timeout: 300_000,
}, () => {
  const cut = cutsOf(rich, rich.sifs[0]!).find((c) => c.slice === 'requests')!
  const t = createTables(cut.config)
  const choices = createChoices(cut, t)
  const form = createNormalForm(t, false)
  const [usual, other] = [createState(t), createState(t)]
  const inputs = createInputs(cut.config)
  const soe = createSoe(16)
  const bytes = new Uint8Array(form.width)
  const results = [new Uint8Array(form.width), new Uint8Array(form.width)]
  const dice = chance(3)
  form.pack(createState(t), 1, bytes)
  let compared = 0
  const wrong: string[] = []
  for (let n = 0; n < 60_000; n++) {
    form.unpack(bytes, usual)
    form.unpack(bytes, other)
    const holds = holdsOf(usual, t.elements)
    const around = choices.surroundings[dice.below(choices.surroundings.length)]!
    const met = around.needs.every((need) => (need & holds) !== 0)
    choices.applyValues(dice.below(choices.combinations), inputs)
    for (const choice of around.choices) choice.apply(inputs)
    inputs.seq = around.frame ? 1 : 0
    const now = NOW - 1 + around.step
    evaluate(t, usual, inputs, now, 0, soe)
    form.pack(usual, now, results[0]!)
    if (!met) {
      // The same without what the state is said not to see: the usual choice of that dimension has no word.
      for (const [d, choice] of around.choices.entries())
        if (choice.needs !== 0 && (choice.needs & holds) === 0) usualOf(choices, d).apply(inputs)
      evaluate(t, other, inputs, now, 0, soe)
      form.pack(other, now, results[1]!)
      if (String(results[1]) !== String(results[0]))
        wrong.push(`${n}: ${around.word}: ${results[1]}, not ${results[0]}`)
      compared++
    }
    bytes.set(results[0]!)
  }
  expect(wrong.slice(0, 3)).toEqual([])
  expect(compared).toBeGreaterThan(5000)
})

const usualOf = (choices: ReturnType<typeof createChoices>, dimension: number) =>
  choices.surroundings.find((x) => x.choices[dimension]!.word === '')!.choices[dimension]!

function holdsOf(s: ReturnType<typeof createState>, elements: number): number {
  return (
    (s.mosSince.some((x) => x >= 0) ? 1 : 0) |
    (s.forceSince.some((x) => x >= 0) ? 2 : 0) |
    (s.latch.some((x) => x !== 0) ? 4 : 0) |
    (s.own[OWN.forceTrip] !== 0 ? 8 : 0) |
    (s.own[OWN.out] !== (1 << elements) - 1 ? 16 : 0)
  )
}
