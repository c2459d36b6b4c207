// A run of many blocks of one type is executed in parts; nothing outside may see where one part ends.
import { expect, test } from 'vitest'
import type { Artifact } from '../../contracts/artifact.ts'
import { MODE } from '../../contracts/mode.ts'
import { isGood, STATUS } from '../../contracts/status.ts'
import { createController } from './controller.ts'
import { EVENT } from './events.ts'
import { type RigBlock, rigArtifact } from './testing/rig.ts'

const COUNT = 200

/** All blocks in one step of each class, wires first. */
function inOneRun(blocks: readonly RigBlock[], writable: readonly string[] = []) {
  const { artifact, at } = rigArtifact({ blocks, writable })
  const classes = artifact.control.classes.map((c) => {
    const members = c.steps.flatMap((step) => step.blocks)
    return { ...c, steps: [{ type: blocks[0]!.type, copies: c.steps.flatMap((s) => s.copies), blocks: members }] }
  })
  const made: Artifact = { ...artifact, control: { ...artifact.control, classes } }
  const c = createController(made)
  c.state = { epoch: 1, n: 0 }
  return { c, at }
}

test('[E-4] all wires of a run are copied before its first block: a value goes one block a scan', () => {
  const blocks = Array.from({ length: COUNT }, (_, i): RigBlock => {
    return { id: `N${i}`, type: 'NOT', wires: { IN: `N${(i + COUNT - 1) % COUNT}.OUT` } }
  })
  const { c, at } = inOneRun(blocks)
  // One good status in a ring of bad ones.
  c.s[at(`N${COUNT - 1}.OUT`) + 1] = STATUS.good
  for (let n = 1; n <= 2 * COUNT; n++) {
    c.scan(n)
    const reached = blocks.flatMap(({ id }, i) => (isGood(c.s[at(`${id}.OUT`) + 1]!) ? [i] : []))
    expect(reached).toEqual([(n - 1) % COUNT])
  }
})

test('[E-5] changes of mode anywhere in a run are events of their scan, in the order of blocks', () => {
  const blocks = Array.from({ length: COUNT }, (_, i): RigBlock => {
    // The last ten are slow, and run in a class of their own.
    return { id: `P${i}`, type: 'PID', every: i >= 190 ? 4 : 1, set: { GAIN: 1, RESET: 10 } }
  })
  const { c, at } = inOneRun(blocks, ['P130.MODE', 'P195.MODE', 'P7.MODE'])
  const scan = () => {
    c.scan(c.state.n + 1)
    return c.events.map(({ ordinal, code, block, a, b }) => [ordinal, code, block, a, b])
  }
  for (const { id } of blocks) c.s[at(`${id}.IN`) + 1] = STATUS.good
  expect(scan()).toHaveLength(COUNT)
  expect(scan()).toEqual([])
  for (const i of [199, 140, 63, 191]) c.s[at(`P${i}.IN`) + 1] = STATUS.bad
  // 191 and 199 are slow: they are not due before tick 4.
  expect(scan()).toEqual([
    [0, EVENT.modeActual, 63, MODE.auto, MODE.man],
    [1, EVENT.modeActual, 140, MODE.auto, MODE.man],
  ])
  expect(c.s[at('P191.MODE_ACTUAL')]).toBe(MODE.auto)
  expect(scan()).toEqual([
    [0, EVENT.modeActual, 191, MODE.auto, MODE.man],
    [1, EVENT.modeActual, 199, MODE.auto, MODE.man],
  ])
  // A write to a block that is not due is news all the same, and alone; P195 follows in its own tick.
  c.write(1, MODE.man)
  expect(scan()).toEqual([[0, EVENT.modeTarget, 195, MODE.auto, MODE.man]])
  for (const target of [2, 0]) c.write(target, MODE.man)
  expect(scan()).toEqual([
    [0, EVENT.modeTarget, 7, MODE.auto, MODE.man],
    [1, EVENT.modeActual, 7, MODE.auto, MODE.man],
    [2, EVENT.modeTarget, 130, MODE.auto, MODE.man],
    [3, EVENT.modeActual, 130, MODE.auto, MODE.man],
  ])
  expect([scan(), scan()]).toEqual([[], [[0, EVENT.modeActual, 195, MODE.auto, MODE.man]]])
  expect(scan()).toEqual([])
})
