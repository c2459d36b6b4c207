/**
 * All scenarios of a strategy: reads the test files against its artifact, plays them one after the other.
 */
import type { Artifact } from '../../contracts/artifact.ts'
import type { BlockType } from '../../controller/core/block.ts'
import { BLOCK_TYPES } from '../../controller/core/blocks/index.ts'
import type { ConfigFault } from '../../controller/core/strategy/fault.ts'
import type { Instruments } from '../../plant-sim/core/instruments/records.ts'
import type { Rig } from '../../plant-sim/core/rig.ts'
import { type Coverage, createCoverage } from './coverage.ts'
import { FAULT_WORDS, type Field } from './field.ts'
import { createLinearField } from './linear-field.ts'
import { createNames, withAllWritable } from './names.ts'
import { type Case, tryCases } from './property.ts'
import type { PlantNames } from './read-context.ts'
import { readTestFile } from './read-test-file.ts'
import { createFieldRig, createRigField, instrumentsOf, rigFault } from './rig-field.ts'
import { type Failure, type RunResult, runScenario } from './run-scenario.ts'
import { isProperty, type PlantSpec, type Scenario } from './scenario.ts'

export interface TestText {
  readonly path: string
  readonly text: string
}

export interface SuiteOptions {
  readonly artifact: Artifact
  readonly files: readonly TestText[]
  /** The field of the strategy's plant, and its starts: needed only where a test names the plant. */
  readonly instruments?: Instruments | undefined
  readonly starts?: readonly string[]
  /** The artifact with the values of a start. */
  readonly artifactFor?: (start: string) => Artifact
  /** In place of the seeds of the files. */
  readonly seed?: number | undefined
  readonly coverage?: boolean
  readonly types?: ReadonlyMap<string, BlockType>
}

export interface ScenarioResult {
  readonly scenario: Scenario
  readonly failure: Failure | undefined
  readonly seed: number
  /** Cases tried; 1 where it is no property. */
  readonly cases: number
  /** The smallest failing case of a property. */
  readonly failing: Case | undefined
  readonly simulated_s: number
  readonly scans: number
}

export interface Suite {
  readonly scenarios: readonly Scenario[]
  readonly coverage: Coverage | undefined
  run(scenario: Scenario): ScenarioResult
}

export type SuiteResult = Suite | { readonly faults: readonly ConfigFault[] }

export function createSuite(options: SuiteOptions): SuiteResult {
  const types = options.types ?? BLOCK_TYPES
  const artifact = withAllWritable(options.artifact, types)
  const names = createNames(artifact, types)
  const field = plantNames(options)
  const read = options.files.map(({ path, text }) => readTestFile(path, text, { names, field }))
  const faults = read.flatMap((file) => ('faults' in file ? file.faults : []))
  if (faults.length > 0) return { faults }
  const scenarios = read.flatMap((file) => ('faults' in file ? [] : file.scenarios))
  const coverage = options.coverage === true ? createCoverage(artifact, types) : undefined
  const started = new Map<string, Artifact>()
  const artifactOf = (plant: PlantSpec): Artifact => {
    if (plant.kind === 'linear') return artifact
    const known = started.get(plant.start) ?? withAllWritable(options.artifactFor!(plant.start), types)
    started.set(plant.start, known)
    return known
  }
  return {
    scenarios,
    coverage,
    run(scenario) {
      const { plant } = scenario
      const own = artifactOf(plant)
      const seed = options.seed ?? plant.seed
      const { inputs, outputs } = own.control
      const image = { inputs: inputs.length, outputs: outputs.length, tick_ms: own.tick_ms }
      const fieldOf = (s: number): Field =>
        plant.kind === 'linear'
          ? createLinearField(plant, image, s)
          : createRigField(createFieldRig(plant, options.instruments!, own.tick_ms, s), own)
      const play = (variables: Case): RunResult =>
        runScenario(scenario, { names: createNamesFor(own), field: fieldOf, seed, variables, coverage })
      if (!isProperty(scenario)) {
        const result = play(new Map())
        return { scenario, seed, cases: 1, failing: undefined, ...result }
      }
      const { result, failing, cases } = tryCases(scenario.variables, scenario.runs, seed, scenario.name, play)
      return { scenario, seed, cases, failing, ...result }
    },
  }

  /** A start changes first values and no place: names stand as they are, over the artifact that is run. */
  function createNamesFor(own: Artifact) {
    return own === artifact ? names : { ...names, artifact: own }
  }
}

function plantNames({ artifact, instruments, starts = [] }: SuiteOptions): PlantNames | undefined {
  if (instruments === undefined || starts.length === 0) return undefined
  const rig: Rig = createFieldRig(
    { kind: 'rig', start: starts[0]!, seed: 1, noise: false },
    instruments,
    artifact.tick_ms,
    1,
  )
  return {
    plant: instruments.plant,
    starts,
    instruments: new Map(
      [...rig.tags.keys()].map((tag) => [tag, FAULT_WORDS.filter((word) => rigFault(rig, tag, word) !== undefined)]),
    ),
    tagAt: instrumentsOf(rig, artifact),
    disturbances: rig.plant.disturbances.map((d) => d.name),
  }
}
