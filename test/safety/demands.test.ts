// Demands with random faults, a month in little; the whole: npm run campaign -- sis-demands, sis-spurious.
import { expect, test } from 'vitest'
import { loadSisPlant } from '../../cli/sis/test-plant.ts'
import { createDemands, findSites } from '../../simulation/sis/demands.ts'
import { hazardsOf } from '../../simulation/sis/hazards.ts'
import { createDemandTable, demandsOf, prepareDemands } from '../campaign/sis-demands.ts'
import { spuriousRun } from '../campaign/sis-spurious.ts'

const NEAR = new Set([
  'Reactor CW fails shut',
  'Reactor CW fails shut, flow meters blind',
  'A/C feed wide open',
  'D+E feeds lost',
  'Recycle valve wide open',
  'Compressor trips',
  'Push-button',
])

test('[T7] 500 demands with a random fault each: none is missed, nothing is damaged', async () => {
  const prepared = await prepareDemands('tennessee-eastman', ['mode1'], ({ name }) => NEAR.has(name))
  expect(prepared.sites.map((s) => s.hazard.name).sort()).toEqual([...NEAR].sort())
  const sum = createDemandTable()
  for (let seed = 1; demandsOf(sum.table()) < 500; seed++) sum.add(prepared.trial(seed))
  const { missed, damaged, second, by, failures } = sum.table()
  expect([missed, damaged - second.damaged, failures.filter((f) => !f.second_event)]).toEqual([0, 0, []])
  // Both sorts of faults and each state of the control system have had their share.
  for (const key of ['fault stuck', 'fault solver flip', 'control system dead', 'control system malicious'])
    expect([key, by.get(key)!.demands > 0]).toEqual([key, true])
})

test('[T7] a function that is out of service is found: its demands are missed', async () => {
  const blind = await loadSisPlant('tennessee-eastman', (c) => ({
    ...c,
    matrix: c.matrix.filter((m) => m.cause !== 'S11' || m.effect !== 'XV-11'),
  }))
  const sound = await loadSisPlant('tennessee-eastman')
  if ('wrong' in blind || 'wrong' in sound) throw new Error('the configuration has faults: flyball sis check')
  const loop = blind.loop({ seed: 1, start: 'mode1' })
  const hazards = hazardsOf('tennessee-eastman').filter((h) => h.name === 'Push-button')
  const sites = findSites(blind.config, loop, 'mode1', hazards)
  const trial = createDemands(
    { ...sound.config, sifs: sound.config.sifs.map((s) => ({ ...s, response_ms_max: 8000 })) },
    new Map([['mode1', loop]]),
    sites,
  ).trial(1)
  expect(trial.demands).toMatchObject([{ cause: 'S11', missed: true }])
})

test('[T10] six hours with noise and a fault every twenty minutes: no spurious trip', async () => {
  const options = { plant: 'tennessee-eastman', start: 'mode1', seed: 1, fault_h: 0.25, scan_ms: 1000 }
  const result = await spuriousRun({ ...options, days: 0.25 })
  expect(result.faults).toBeGreaterThanOrEqual(19)
  expect([result.trips, result.true_demands]).toEqual([[], 0])
})
