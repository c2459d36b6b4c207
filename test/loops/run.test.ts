/**
 * `flyball run` as its users call it, and the loop behind it against frames.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readInstruments, readStart } from '../../cli/plant-files.ts'
import { withStart } from '../../cli/starts.ts'
import { buildStrategy } from '../../cli/strategy-files.ts'
import type { InputChange, ReadBack } from '../../contracts/frame.ts'
import { STATUS } from '../../contracts/status.ts'
import { createController } from '../../controller/core/controller.ts'
import { createFieldPlant } from '../../plant-sim/core/plants.ts'
import { createRig } from '../../plant-sim/core/rig.ts'
import { createRun } from '../../simulation/run/run.ts'
import { wire } from '../../simulation/run/wiring.ts'

const FLYBALL = resolve(import.meta.dirname, '../../cli/flyball.mjs')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyball-run-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const flyball = (...args: string[]) => spawnSync(process.execPath, [FLYBALL, 'run', ...args], { encoding: 'utf8' })

/** Strategy and rig of the plant as `flyball run` makes them. */
async function prepared(seed: number) {
  const built = await buildStrategy('tennessee-eastman')
  if ('faults' in built) throw new Error('the strategy has faults')
  const instruments = readInstruments(built.folder)
  const values = readStart(built.folder, 'mode1', built.artifact)
  if (!('ok' in instruments) || !('ok' in values)) throw new Error("the plant's files have faults")
  const artifact = withStart(built.artifact, values.ok)
  const plant = createFieldPlant('tennessee-eastman', { scheme: 'converged', seed, start: 'mode1' })
  return { artifact, rig: createRig(plant, instruments.ok, { seed, step_ms: 1000 }) }
}

test('[RUN-5] the loop of `run` and frames of the same changes give equal digests at every scan', async () => {
  const { artifact, rig } = await prepared(3)
  const run = createRun({ artifact, rig, hours: 1, start: 'mode1', seed: 3, sample_s: 60, actions: [] })
  const framed = createController(artifact)
  framed.state = { epoch: 1, n: 0 }
  const wiring = wire(artifact, rig)
  // What field-io would have latched before each scan: the rig's numbers then, as changes.
  const seen = new Map<string, number>()
  const changed = (key: string, value: number): boolean => {
    if (seen.get(key) === value) return false
    seen.set(key, value)
    return true
  }
  const original = rig.advance
  let inputs: InputChange[] = []
  let readbacks: ReadBack[] = []
  ;(rig as { advance: typeof original }).advance = (dt_ms) => {
    original(dt_ms)
    inputs = [...wiring.inputs].flatMap((from, input) => {
      // The safety system's points are nowhere in the rig: a run has none.
      const value = from < 0 ? 0 : rig.input_values[from]! * wiring.input_factor[input]!
      const status = from < 0 ? STATUS.badNoComm : STATUS.good
      return changed(`i${input}`, value) ? [{ input, value, status, age_ticks: 0 }] : []
    })
    readbacks = [...wiring.outputs].flatMap((from, output) => {
      const value = rig.output_values[from]! * wiring.output_factor[output]!
      return changed(`o${output}`, value) ? [{ output, value, status: STATUS.good }] : []
    })
  }
  for (let n = 1; n <= 600; n++) {
    run.advance(1)
    framed.step({ epoch: 1, n, prev_epoch: 1, prev_n: n - 1, t_ms: 0, preferred: 0, inputs, readbacks, commands: [] })
    expect(framed.digest()).toBe(run.controller.digest())
    expect([...framed.values]).toEqual([...run.controller.values])
  }
})

test('[RUN-6] equal seeds give equal samples, bit for bit; another seed does not', () => {
  const csv = (seed: number): string => {
    const out = join(folder, `${seed}.csv`)
    expect(
      flyball('tennessee-eastman', '--hours', '2', '--seed', String(seed), '--disturbance', 'IDV8@30min', '--out', out)
        .status,
    ).toBe(0)
    return readFileSync(out, 'utf8')
  }
  const first = csv(11)
  expect(csv(11)).toBe(first)
  expect(csv(12)).not.toBe(first)
})

test('[RUN-7] a shutdown of the plant is exit code 1, 0 with --allow-trip; cause and time are said', () => {
  // The reactor's cooling is shut by hand: it heats up and boils over into the separator until a limit is crossed.
  const orders = ['tennessee-eastman', '--hours', '2', '--set', 'TIC-09.MODE=man@10min', '--set', 'TIC-09.OUT=0@11min']
  const tripped = flyball(...orders)
  expect(tripped.stdout).toMatch(/SHUT DOWN after 0\.\d+ h, /)
  expect(tripped.status).toBe(1)
  const allowed = flyball(...orders, '--allow-trip', '--json')
  expect(allowed.status).toBe(0)
  const figures = JSON.parse(allowed.stdout) as {
    trip: { cause: string; at_s: number }
    margins: { name: string; side: string; worst: number }[]
  }
  expect(figures.trip.cause).not.toBe('')
  expect(figures.margins.find((m) => m.name === 'reactor temperature')!.worst).toBeGreaterThan(150)
  // Open loop the same loss takes 416 s from base; with the other loops at work some 7 min, never minutes more or less.
  expect(figures.trip.at_s).toBeGreaterThan(660 + 120)
  expect(figures.trip.at_s).toBeLessThan(660 + 900)
})

test('[RUN-8] every wrong order is reported at once, nothing runs, exit code 2', () => {
  const wrong = flyball(
    'tennessee-eastman',
    '--hours',
    'x',
    '--mode',
    '9',
    '--scheme',
    'euler',
    '--disturbance',
    'IDV99@8h',
    '--disturbance',
    'IDV1@',
    '--fault',
    'PT-7=stuck@2h',
    '--fault',
    'PT-07=stuk@2h',
    '--set',
    'TIC-09.MODE=manual@1h',
    '--report',
    join(folder, 'no/such/folder.html'),
  )
  expect(wrong.status).toBe(2)
  expect(wrong.stdout).toBe('')
  for (const word of [
    "'x'",
    "'9'",
    "'euler'",
    'IDV99',
    'IDV1@',
    'PT-07?',
    'stuck?',
    "'manual'",
    'no folder',
    '9 faults',
  ])
    expect(wrong.stderr).toContain(word)
})

test('[RUN-9] a stuck pressure transmitter is an event of the run, and the report is one self-contained file', () => {
  const report = join(folder, 'r.html')
  const run = flyball('tennessee-eastman', '--hours', '3', '--fault', 'PT-07=stuck@1h..2h', '--report', report)
  expect(run.status).toBe(0)
  const html = readFileSync(report, 'utf8')
  expect(html).toContain('PT-07 stuck over')
  expect(html).toContain('reactor pressure, high')
  expect(html).not.toMatch(/<script|https?:|<link|src=/)
})
