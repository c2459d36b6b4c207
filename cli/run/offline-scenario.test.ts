import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Artifact } from '../../contracts/artifact.ts'
import { createFieldPlant } from '../../plant-sim/core/plants.ts'
import { createRig } from '../../plant-sim/core/rig.ts'
import { safetyEquipmentOf } from '../../plant-sim/core/safety-equipment.ts'
import { parseInstruments } from '../../plant-sim/edge/parse-instruments.ts'
import type { RunRecord } from '../../simulation/run/record.ts'
import { createRun } from '../../simulation/run/run.ts'
import { buildStrategy } from '../strategy-files.ts'
import { readOfflineScenario } from './offline-scenario.ts'

let dir: string
let artifact: Artifact
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'flyball-offline-'))
  const built = await buildStrategy('two-tank')
  if ('faults' in built) throw new Error('two-tank does not build')
  artifact = built.artifact
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function play(events: string): { record: RunRecord; wrong: string[] } {
  const file = join(dir, 's.yaml')
  writeFileSync(file, `scenario: s\nplant: two-tank\nduration: 1min\nevents:\n${events}`)
  const path = join(import.meta.dirname, '../../strategies/two-tank/plant/instruments.yaml')
  const instruments = parseInstruments(readFileSync(path, 'utf8'), path).ok!
  const plant = createFieldPlant('two-tank', { scheme: 'converged', seed: 1 })
  const rig = createRig(plant, instruments, { seed: 1, step_ms: 1000, safety: safetyEquipmentOf('two-tank') })
  const played = readOfflineScenario(file, artifact, rig)
  const hours = 40 / 3600
  const run = createRun({
    artifact,
    rig,
    hours,
    start: plant.starts[0]!,
    seed: 1,
    sample_s: artifact.tick_ms / 1000,
    actions: [],
    ...('wrong' in played ? {} : { on_begin: played.begin, on_tick: played.onTick }),
  })
  run.advance(1000)
  return { record: run.record(), wrong: 'wrong' in played ? played.wrong : [] }
}
const setPoint = (record: RunRecord, at_s: number): number => {
  const column = record.columns.findIndex((c) => c.key === 'LIC-02.SP')
  return record.values[column]![record.t_s.indexOf(at_s)]!
}

test('[OTS-18] in one loop a scenario writes in the scan of its time, as the frame of a running system takes it', () => {
  const { record, wrong } = play('  - {at: 10s, set: LIC-02.SP, to: 0.9}\n  - {at: 0s, mode: FIC-01, to: auto}\n')
  expect(wrong).toEqual([])
  const tick_s = artifact.tick_ms / 1000
  expect(setPoint(record, 10 - tick_s)).not.toBe(0.9)
  expect(setPoint(record, 10)).toBe(0.9)
  expect(record.events).toContainEqual({ at_s: 10, kind: 'command', text: 'LIC-02.SP = 0.9' })
  expect(record.events).toContainEqual({ at_s: 0, kind: 'command', text: 'FIC-01.MODE = auto' })
})

test('[OTS-18] a write that the block refuses is told, a cable has nothing to be pulled from, and both leave the run alone', () => {
  const bare = play('  - {at: 30s, say: nothing}\n').record
  const { record } = play('  - {at: 10s, set: LIC-02.SP, to: 99}\n  - {at: 11s, cable: A, until: 20s}\n')
  expect(record.values).toEqual(bare.values)
  const said = record.events.filter((e) => e.kind === 'command' || e.kind === 'note')
  expect(said.map((e) => e.text)).toEqual([
    'LIC-02.SP = 99 refused: outOfRange',
    'cable A of all drops closed: a run in one loop has no cables',
    'cable A of all drops closed over: a run in one loop has no cables',
  ])
})

test('[OTS-18] what cannot be written is refused before the run', () => {
  const { wrong } = play('  - {at: 10s, set: LIC-02.PV, to: 1}\n  - {at: 1s, press: HS-91}\n')
  expect(wrong).toHaveLength(2)
  expect(wrong[0]).toMatch(/s\.yaml:5:\d+: events\[0\]\.set: .*something an operator may write/)
  expect(wrong[1]).toMatch(/no safety equipment/)
})
