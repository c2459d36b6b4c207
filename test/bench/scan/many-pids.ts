import type { Artifact } from '../../../contracts/artifact.ts'
import { type RigBlock, rigArtifact } from '../../../controller/core/testing/rig.ts'

/**
 * So many PIDs with modes and status as one run of one type, as the compiler makes it.
 *
 * @param own - no two have equal constants; they differ in one that changes no output of theirs
 */
export function manyPids(count: number, own = false): { artifact: Artifact; at: (name: string) => number } {
  const blocks = Array.from(
    { length: count },
    (_, i): RigBlock => ({
      id: `P${i}`,
      type: 'PID',
      set: { GAIN: 0.8, RESET: 20, RATE: 1, SP: 50, OUT: 40, ...(own ? { BAL_TIME: 30 + i } : {}) },
    }),
  )
  const { artifact, at } = rigArtifact({ blocks })
  const classes = [{ every: 1, phase: 0, steps: [{ type: 'PID', copies: [], blocks: blocks.map((_, i) => i) }] }]
  return { artifact: { ...artifact, control: { ...artifact.control, classes } }, at }
}
