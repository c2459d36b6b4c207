import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { stream } from '../../numerics/streams.ts'
import { createFieldPlant } from '../../plant-sim/core/plants.ts'
import { createRig } from '../../plant-sim/core/rig.ts'
import { createRun } from '../../simulation/run/run.ts'
import { readInstruments } from '../plant-files.ts'
import { buildStrategy } from '../strategy-files.ts'
import { readSnapshot, writeSnapshot } from './offline-snapshot.ts'

const BUILD = 'test 1'

test('[OTS-15] a run gone on from a snapshot of 20 random ticks ends in the bits of the run that never stopped', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'flyball-from-'))
  const strategy = await buildStrategy('two-tank')
  const installed = readInstruments(resolve(import.meta.dirname, '../../strategies/two-tank'))
  if ('faults' in strategy || 'wrong' in installed) throw new Error('two-tank does not build')
  const { artifact } = strategy
  const origin = { build: BUILD, start: 'noninteracting', seed: 4 }
  const newRig = (seed: number) => {
    const plant = createFieldPlant('two-tank', { scheme: 'converged', seed, start: origin.start })
    return createRig(plant, installed.ok, { seed, step_ms: 1000 })
  }
  const options = { artifact, start: origin.start, seed: 4, sample_s: 60 }
  const trouble = [
    {
      at_s: 300,
      event: { kind: 'fault', text: '' } as const,
      act: ({ rig }: { rig: ReturnType<typeof newRig> }) =>
        rig.setFault('LT-02', { kind: 'bias', value: 0.3, ramp_s: 200 }),
    },
  ]
  try {
    const random = stream(1, 'ticks')
    const ticks = Array.from({ length: 20 }, () => 1 + random.below(900))
    const first = createRun({
      ...options,
      rig: newRig(4),
      hours: 0.25,
      actions: [
        ...trouble,
        ...ticks.map((at_s) => ({
          at_s,
          event: { kind: 'note', text: '' } as const,
          act: (run: Parameters<typeof writeSnapshot>[3]) =>
            writeSnapshot(join(dir, `${at_s}.json`), 'x', artifact, run, origin),
        })),
      ],
    })
    first.advance(900)
    const end = [first.controller.digest(), ...first.rig.save()]
    for (const at_s of ticks.filter((t) => t < 900)) {
      // A rig of another seed: everything that chance has drawn so far comes out of the file.
      const rig = newRig(77)
      const from = readSnapshot(join(dir, `${at_s}.json`), artifact, rig, BUILD)
      if ('wrong' in from) throw new Error(from.wrong.join('\n'))
      expect(rig.time_ms).toBe(at_s * 1000)
      const again = createRun({
        ...options,
        rig,
        hours: (900 - at_s) / 3600,
        actions: at_s <= 300 ? trouble : [],
        from: from.controllers!,
      })
      again.advance(900)
      expect([at_s, again.controller.digest(), ...rig.save()]).toEqual([at_s, ...end])
    }
    const refused = readSnapshot(join(dir, `${ticks[0]!}.json`), { ...artifact, hash: 'other' }, newRig(1), 'test 2')
    expect('wrong' in refused && refused.wrong.join('\n')).toMatch(/another build: found test 1.*\n.*another strategy/)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
