/** What `flyball test` needs of a strategy's folder: artifact, test files, and the field of the plant where it has one. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Artifact } from '../../contracts/artifact.ts'
import { type ConfigFault, faultText } from '../../controller/core/strategy/fault.ts'
import type { SuiteOptions } from '../../simulation/scenario/suite.ts'
import { readInstruments, readStart } from '../plant-files.ts'
import { withStart } from '../starts.ts'
import { buildStrategy, loadStrategy } from '../strategy-files.ts'

export type LoadedSuite =
  | { readonly options: SuiteOptions; readonly folder: string }
  /** Lines for people, and as data where they are of the strategy's files. */
  | { readonly lines: readonly string[]; readonly faults: readonly ConfigFault[] }

const TEST_FILE = /\.test\.ya?ml$/

export async function loadSuite(nameOrPath: string): Promise<LoadedSuite> {
  const built = await buildStrategy(nameOrPath)
  if ('faults' in built) return { lines: built.faults.map(faultText), faults: built.faults }
  const loaded = loadStrategy(nameOrPath)
  if ('faults' in loaded) return { lines: loaded.faults.map(faultText), faults: loaded.faults }
  const { artifact, folder } = built
  const files = loaded.files.filter(({ path }) => TEST_FILE.test(path))
  if (!existsSync(join(folder, 'plant/instruments.yaml'))) return { options: { artifact, files }, folder }

  const instruments = readInstruments(folder)
  if ('wrong' in instruments) return { lines: instruments.wrong, faults: [] }
  // Every start is read now: a test that found its start broken would blame the loop.
  const started = new Map<string, Artifact>()
  for (const start of startNames(folder)) {
    const values = readStart(folder, start, artifact, instruments.ok.plant)
    if ('wrong' in values) return { lines: values.wrong, faults: [] }
    started.set(start, withStart(artifact, values.ok))
  }
  const artifactFor = (start: string): Artifact => started.get(start)!
  return { options: { artifact, files, instruments: instruments.ok, starts: [...started.keys()], artifactFor }, folder }
}

function startNames(folder: string): string[] {
  const path = join(folder, 'plant/starts.yaml')
  if (!existsSync(path)) return []
  const starts: unknown = parse(readFileSync(path, 'utf8'))
  return starts !== null && typeof starts === 'object' ? Object.keys(starts) : []
}
