// Expected values by hand from the published rules of the two-parameter model, never from this code.
import { expect, test } from 'vitest'
import { STICTION_WIDTH, startStiction, stictionStem } from './stiction.ts'

function valve(S: number, J: number, at_pct = 50) {
  const s = new Float64Array(STICTION_WIDTH)
  startStiction(s, 0, at_pct)
  return (input_pct: number, dt_s = 1): number => stictionStem(s, 0, input_pct, S, J, dt_s)
}

/** Input and stem over whole periods of a sine about 50 %, a sample a second. */
function sine(S: number, J: number, amplitude: number): { u: number[]; y: number[] } {
  const to = valve(S, J)
  const u = Array.from({ length: 800 }, (_, t) => 50 + amplitude * Math.sin((2 * Math.PI * t) / 200))
  return { u: u.slice(400), y: u.map((x) => to(x)).slice(400) }
}

// The phase plot is a parallelogram: flat for S after each turn, a jump of J at its end, then (S - J)/2 behind the input.
test.each([
  ['deadband only', 3, 0],
  ['undershoot', 3, 1],
  ['no offset', 3, 3],
  ['overshoot', 3, 4],
])('[STICTION-1] %s: S %d and J %d show in the phase plot', (_, S, J) => {
  const { u, y } = sine(S, J, 10)
  // One sample of the input is at most 0.32 %.
  const sample = (10 * 2 * Math.PI) / 200
  const jumps: number[] = []
  const flats: number[] = []
  let from = Number.NaN
  for (let t = 1; t < u.length; t++) {
    if (y[t] === y[t - 1]) {
      if (Number.isNaN(from)) from = u[t - 1]!
      continue
    }
    if (!Number.isNaN(from)) {
      flats.push(Math.abs(u[t]! - from))
      jumps.push(Math.abs(y[t]! - y[t - 1]!))
      from = Number.NaN
    } else {
      // While it moves it stands (S - J)/2 behind its input.
      const way = Math.sign(u[t]! - u[t - 1]!)
      expect(y[t]).toBeCloseTo(u[t]! - (way * (S - J)) / 2, 9)
    }
  }
  expect(flats.length).toBeGreaterThanOrEqual(3)
  for (const flat of flats.slice(1)) expect(Math.abs(flat - S)).toBeLessThan(sample)
  for (const jump of jumps.slice(1)) expect(Math.abs(jump - J)).toBeLessThan(sample)
})

test('[STICTION-2] an input that swings by no more than S moves nothing, noise or not', () => {
  const to = valve(5, 5)
  to(50)
  for (let t = 1; t < 500; t++) expect(to(50 + 4.9 * Math.sin(t))).toBe(50)
})

test('[STICTION-3] after a rest it goes on the same way after J, the other way only after S', () => {
  const to = valve(4, 1, 40)
  for (let x = 40; x <= 50; x += 0.5) to(x)
  const rest = to(50)
  expect(rest).toBeCloseTo(50 - 1.5, 9)
  to(50)
  to(50)
  expect(to(50.9)).toBe(rest)
  expect(to(51.1)).toBeCloseTo(51.1 - 1.5, 9)
  to(51.1)
  to(51.1)
  expect(to(47.2)).toBeCloseTo(51.1 - 1.5, 9)
  expect(to(47)).toBeCloseTo(47 + 1.5, 9)
})

test('[STICTION-4] the step of the plant does not matter where the signal comes once a second', () => {
  const [fine, coarse] = [valve(3, 2), valve(3, 2)]
  for (let t = 0; t < 300; t++) {
    const u = 50 + 6 * Math.sin(t / 9)
    const want = coarse(u)
    for (let k = 0; k < 10; k++) fine(u, 0.1)
    expect(fine(u, 0)).toBe(want)
  }
})

/** Stem and output of a loop: PI on a first-order process with dead time, or on an integrator; a sample a second. */
function loop(S: number, J: number, integrating: boolean): number[] {
  const to = valve(S, J)
  const delay: number[] = Array.from({ length: 10 }, () => 50)
  let [x, integral, pv] = [50, 50, 50]
  const stems: number[] = []
  for (let t = 0; t < 6000; t++) {
    // A disturbance for a while sets it off; it is the loop that must keep it going.
    const push = t < 200 ? 4 : 0
    const error = 50 - pv
    const [kc, ti_s] = integrating ? [0.4, 40] : [0.2, 10]
    integral += (kc / ti_s) * error
    const stem = to(integral + kc * error)
    stems.push(stem)
    delay.push(stem)
    const late = delay.shift()!
    if (integrating) x += 0.1 * (stem - 50 + push)
    else x += (1 - Math.exp(-1 / 10)) * (3 * (late - 50 + push) + 50 - x)
    pv = x
  }
  return stems.slice(-1500)
}

const swing = (x: readonly number[]): number => Math.max(...x) - Math.min(...x)

// Published: a self-regulating process cycles under stiction and not under a pure deadband; an integrating one under both.
test.each([
  ['self-regulating, undershoot', 5, 2, false, true],
  ['self-regulating, no offset', 5, 5, false, true],
  ['self-regulating, overshoot', 5, 7, false, true],
  ['self-regulating, deadband only', 5, 0, false, false],
  ['integrating, deadband only', 5, 0, true, true],
  ['integrating, no offset', 5, 5, true, true],
])('[STICTION-5] limit cycle, %s (S %d, J %d)', (_, S, J, integrating, cycles) => {
  const stems = loop(S, J, integrating)
  if (cycles) expect(swing(stems)).toBeGreaterThan(0.5)
  else expect(swing(stems)).toBeLessThan(0.1)
})

// With J = S the stem stands most of the time and jumps by J and what the controller does in one sample.
test('[STICTION-6] without offset the cycle of a self-regulating loop jumps by J', () => {
  const stems = loop(5, 5, false)
  const moves = stems.slice(1).map((y, i) => Math.abs(y - stems[i]!))
  const still = moves.filter((m) => m === 0).length / moves.length
  expect(still).toBeGreaterThan(0.5)
  expect(Math.max(...moves)).toBeGreaterThanOrEqual(5)
  expect(Math.max(...moves)).toBeLessThan(6.5)
})
