/** The trial strategy of the compiler's tests as a suite, for tests of scenarios. */
import type { Artifact } from '../../contracts/artifact.ts'
import type { BlockType } from '../../controller/core/block.ts'
import { faultText } from '../../controller/core/strategy/fault.ts'
import { compileFiles, FILES, type Files } from '../../controller/core/strategy/testing.ts'
import { createSuite, type ScenarioResult, type Suite, type SuiteOptions } from './suite.ts'

/** FIC-101 by itself and at rest: its cascade would move the set points that tests set. */
const ALONE: Files = {
  ...FILES,
  'loops/a.yaml': FILES['loops/a.yaml']!.replace('sp: 12, normal: cas', 'sp: 0, normal: auto').replace(
    /\ncascade:[\s\S]*/,
    '\n',
  ),
}

export function trialArtifact(files: Files = ALONE): Artifact {
  const built = compileFiles(files)
  if ('faults' in built) throw new Error(built.faults.map(faultText).join('\n'))
  return built.artifact
}

/** FIC-101 alone on a first-order plant: 0.4 m3/h per %. */
export const PLANT = 'plant: {model: fopdt, k: 0.4, tau: 10s, from: FIC-101.AO1, to: FIC-101.AI1}\n'

export type TrialOptions = Partial<SuiteOptions> & { readonly types?: ReadonlyMap<string, BlockType> }

/** The suite of one test file. @throws Error with the faults of the file */
export function trialSuite(text: string, options: TrialOptions = {}): Suite {
  const files = [{ path: 'tests/a.test.yaml', text }]
  const suite = createSuite({ artifact: trialArtifact(), files, ...options })
  if ('faults' in suite) throw new Error(suite.faults.map(faultText).join('\n'))
  return suite
}

/** Faults of one test file, as lines. */
export function trialFaults(text: string, options: TrialOptions = {}): string[] {
  const files = [{ path: 'tests/a.test.yaml', text }]
  const suite = createSuite({ artifact: trialArtifact(), files, ...options })
  return 'faults' in suite ? suite.faults.map(faultText) : []
}

/** Plays the only scenario of a file. */
export function play(text: string, options: TrialOptions = {}): ScenarioResult {
  const suite = trialSuite(text, options)
  return suite.run(suite.scenarios[0]!)
}

/** A file with one scenario of these steps, written as flow mappings. */
export const steps = (lines: readonly string[], plant = PLANT): string =>
  `${plant}tests:\n  - name: it\n    steps:\n${lines.map((line) => `      - {${line}}`).join('\n')}\n`
