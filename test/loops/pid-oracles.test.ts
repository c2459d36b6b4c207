// The PID against reference trajectories, and its loops against closed forms: function-blocks 2.20.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { buildStrategy } from '../../cli/strategy-files.ts'
import { BLOCK_TYPES } from '../../controller/core/blocks/index.ts'
import { layoutOf } from '../../controller/core/layout.ts'
import { createLinearModel } from '../../plant-sim/core/linear/linear-model.ts'
import { compareGroup } from '../oracles/compare.ts'
import type { Outcome } from '../oracles/outcome.ts'
import { createReferencePlant } from '../oracles/pid-plant.ts'

const DATA = join(import.meta.dirname, '../../../shared/data')
const MISSING = 'the reference numbers are missing: ../shared/data beside the checkout, with the folder pid'

function compare(data: string): Outcome[] {
  const outcomes: Outcome[] = []
  compareGroup(data, 'pid', (outcome) => outcomes.push(outcome))
  return outcomes
}

/** A folder with the cases' table and one trajectory, changed. */
function withFile(name: string, change: (text: string) => string): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-oracles-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'pid'))
  cpSync(join(DATA, 'pid/summary.json'), join(folder, 'pid/summary.json'))
  writeFileSync(join(folder, 'pid', name), change(readFileSync(join(DATA, 'pid', name), 'utf8')))
  return compare(folder).find(({ file }) => file === `pid/${name}`)!
}

test('[PID-1] every reference trajectory is within its tolerance: 1e-6 in the stated form, 5 % of IAE in the other', () => {
  expect(existsSync(join(DATA, 'pid')), MISSING).toBe(true)
  const compared = compare(DATA).filter(({ status }) => status !== 'skipped')
  expect(compared.filter(({ status }) => status === 'FAIL')).toEqual([])
  const of = (kind: RegExp): readonly Outcome[] => compared.filter(({ file }) => kind.test(file))
  for (const kind of [/_A\.csv$/, /_B\.csv$/, /_continuous\.csv$/, /wood_berry/, /sat_AW/, /integrating/])
    expect(of(kind).length, String(kind)).toBeGreaterThan(0)
  // Ten digits: what is left is their rounding.
  for (const { worst, file } of of(/_[AB]\.csv$/)) expect(worst, file).toBeLessThan(1e-8)
})

test('[PID-2] a trajectory that differs in one digit fails and says where; a broken file is a failure, not a crash', () => {
  const name = 'c06_FOPDT_PID_ISA_Ts0.5_B.csv'
  const row = (text: string): string[] => text.split('\n')
  const changed = withFile(name, (text) => {
    const lines = row(text)
    const cells = lines[40]!.split(',')
    cells[3] = String(Number(cells[3]) + 1e-5)
    lines[40] = cells.join(',')
    return lines.join('\n')
  })
  expect(changed).toMatchObject({ status: 'FAIL', note: 'worst at line 41, y' })
  expect(withFile(name, (text) => text.replace('t,r,d,y', 't,r,d,z'))).toMatchObject({
    status: 'FAIL',
    note: 'no column y',
  })
  expect(withFile(name, (text) => row(text).slice(1).join('\n')).status).toBe('FAIL')
  expect(withFile(name, () => '').note).toBe('empty file')
  // The stated form and no other: form A is off by more than the bar.
  const other = withFile('c01_first_order_PI_Ts0.5_A.csv', () =>
    readFileSync(join(DATA, 'pid/c01_first_order_PI_Ts0.5_B.csv'), 'utf8'),
  )
  expect(other.status).toBe('FAIL')
  expect(other.worst).toBeGreaterThan(1e-2)
})

test('[PID-3] npm run oracles -- --only pid prints a line a file and ends with 0', () => {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, '../oracles/main.mjs'), '--only', 'pid'], {
    encoding: 'utf8',
  })
  expect(run.stdout).toContain('pid/c18_sat_AW_backcalc_Ts0.1_A.csv')
  expect(run.stdout).toMatch(/ 0 beyond tolerance/)
  expect(run.status).toBe(0)
})

test('[PID-4] plants of plant-sim and of the oracles are two ways to the same numbers', () => {
  const spec = { model: 'two_lags', k: 1.5, tau1_s: 6, tau2_s: 3, lead_s: -2, theta_s: 1.3 } as const
  const [ours, other] = [createLinearModel(spec, 0.5), createReferencePlant([-3, 1.5], [18, 9, 1], 1.3, 0.5)]
  for (let i = 0; i < 200; i++) {
    const u = Math.sin(i * i)
    ours.step(u)
    other.step(u)
    expect(ours.y).toBeCloseTo(other.y, 11)
  }
})

test('[PID-5] a relay on a first-order plant with dead time swings with the period and amplitude of the closed form', () => {
  // 2 tau ln(2 e^(theta/tau) - 1) and K d (1 - e^(-theta/tau)) for K 2, tau 10, theta 3, d 5: 10.609 and 2.5918 x 5 / 5.
  const [K, tau, theta, d, T] = [2, 10, 3, 5, 0.001]
  const plant = createLinearModel({ model: 'first_order', k: K, tau_s: tau, theta_s: theta }, T)
  const crossings: number[] = []
  let top = 0
  let last = 0
  for (let i = 0; i < 100 / T; i++) {
    plant.step(plant.y > 0 ? -d : d)
    if (last <= 0 && plant.y > 0) crossings.push(i * T)
    if (i * T > 60) top = Math.max(top, plant.y)
    last = plant.y
  }
  const period = crossings.at(-1)! - crossings.at(-2)!
  expect(Math.abs(period / (2 * tau * Math.log(2 * Math.exp(theta / tau) - 1)) - 1)).toBeLessThan(1e-3)
  expect(Math.abs(top / (K * d * (1 - Math.exp(-theta / tau))) - 1)).toBeLessThan(1e-3)
  expect(2 * tau * Math.log(2 * Math.exp(theta / tau) - 1)).toBeCloseTo(10.609, 3)
  expect(K * d * (1 - Math.exp(-theta / tau))).toBeCloseTo(2.5918, 4)
})

/** Peak of |1 / (1 + L)|, gain margin and phase margin in degrees of a PI on k e^(-theta s) / (tau s + 1) or / s. */
function margins(loop: { k: number; tau?: number; theta: number; gain: number; reset: number }) {
  const { k, tau, theta, gain, reset } = loop
  const open = (w: number): { size: number; phase: number } => {
    const plant_size = tau === undefined ? k / w : k / Math.hypot(1, tau * w)
    const plant_phase = tau === undefined ? -Math.PI / 2 : -Math.atan(tau * w)
    const size = plant_size * gain * Math.hypot(1, 1 / (reset * w))
    return { size, phase: plant_phase - theta * w - Math.PI / 2 + Math.atan(reset * w) }
  }
  let [peak, gain_margin, phase_margin] = [0, Number.NaN, Number.NaN]
  for (let w = 1e-3 / theta; w < 10 / theta; w *= 1.0001) {
    const { size, phase } = open(w)
    peak = Math.max(peak, 1 / Math.hypot(1 + size * Math.cos(phase), size * Math.sin(phase)))
    if (Number.isNaN(phase_margin) && size < 1) phase_margin = 180 + (phase * 180) / Math.PI
    if (Number.isNaN(gain_margin) && phase < -Math.PI) gain_margin = 1 / size
  }
  return { peak, gain_margin, phase_margin }
}

test('[PID-6] the loops of the bench have the margins of SIMC', async () => {
  const built = await buildStrategy('bench')
  if ('faults' in built) throw new Error(JSON.stringify(built.faults))
  const { blocks, s_init } = built.artifact.control
  const tuning = (id: string) => {
    const block = blocks.find((b) => b.id === id)!
    const { S } = layoutOf(BLOCK_TYPES.get('PID')!.fields)
    const at = (field: string): number => s_init.find(([s]) => s === block.s + S[field]!)![1]
    return { gain: at('GAIN'), reset: at('RESET') }
  }
  const fopdt = margins({ k: 0.9, tau: 10, theta: 2, ...tuning('FIC-101.PID1') })
  expect(fopdt.peak).toBeCloseTo(1.59, 2)
  // The loop is e^(-theta s) / (2 theta s): pi exactly, and 90 degrees less half a radian.
  expect(fopdt.gain_margin).toBeCloseTo(Math.PI, 2)
  expect(fopdt.phase_margin).toBeCloseTo(61.35, 1)
  const level = margins({ k: 0.02, theta: 5, ...tuning('LIC-301.PID1') })
  expect(level.peak).toBeCloseTo(1.704, 2)
  expect(level.gain_margin).toBeCloseTo(2.963, 2)
  expect(level.phase_margin).toBeCloseTo(46.86, 1)
})
