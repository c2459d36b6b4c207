/** The requirements file beside a configuration, `NAME.requirements.yaml`. Format: docs/reference/safety-proof.md. */
import { existsSync, readFileSync } from 'node:fs'
import { type ConfigFault, collectFaults, sortFaults } from '../../controller/core/strategy/fault.ts'
import { readYaml } from '../../controller/core/strategy/source.ts'
import type { Requirement, Requirements, SifRequirement } from '../../safety/proof/requirements.ts'
import { type Report, type SilMap, silMap } from '../../safety/sil/sil-map.ts'
import type { SilSource } from '../../safety/sil/sil-source.ts'

export const requirementsFileOf = (config_file: string): string => config_file.replace(/\.json$/, '.requirements.yaml')

/** Undefined where there is no such file and none was asked for. */
export function readRequirementsFile(
  path: string,
): { readonly requirements: Requirements } | { readonly faults: readonly ConfigFault[] } | undefined {
  if (!existsSync(path)) return undefined
  const faults = collectFaults()
  const tree = readYaml(faults, path, readFileSync(path, 'utf8'))
  if (tree === undefined || faults.list.length > 0) return { faults: sortFaults(faults.list) }
  const report: Report = (code, at, found, expected) => faults.add(code, at, found, expected)
  const root = silMap(tree, 'a requirements file', report)
  if (root === undefined) return { faults: faults.list }
  const requirements: Requirements = {
    config: root.text('config'),
    title: root.text('title'),
    basis: root.text('basis'),
    general: root.has('general') ? root.list('general').flatMap((item) => readRequirement(item, report)) : [],
    sifs: root.entries('sifs').flatMap(({ key, value }) => {
      const map = silMap(value, 'a safety function', report)
      return map === undefined ? [] : [readSif(key, map, report)]
    }),
    accepted: root.has('accepted')
      ? root.list('accepted').flatMap((item) => {
          const map = silMap(item, 'an acceptance', report)
          if (map === undefined) return []
          const [rule, place, by, reason] = [map.text('rule'), map.text('place'), map.text('by'), map.text('reason')]
          map.end()
          return [{ rule, place, by, reason }]
        })
      : [],
  }
  root.end()
  return faults.list.length > 0 ? { faults: sortFaults(faults.list) } : { requirements }
}

function readSif(id: string, map: SilMap, report: Report): SifRequirement {
  const sif: SifRequirement = {
    id,
    hazard: map.text('hazard'),
    demand: map.text('demand'),
    safe_state: map.text('safe_state'),
    reset: map.text('reset'),
    bypass: map.text('bypass'),
    source: map.text('source'),
    requirements: map.list('requirements').flatMap((item) => readRequirement(item, report)),
  }
  map.end()
  return sif
}

function readRequirement(item: SilSource, report: Report): Requirement[] {
  const map = silMap(item, 'a requirement', report)
  if (map === undefined) return []
  const tests = map.has('tests')
    ? map.list('tests').flatMap((t) => (t.kind === 'scalar' && typeof t.value === 'string' ? [t.value] : []))
    : []
  const requirement: Requirement = {
    id: map.text('id'),
    text: map.text('text'),
    tests,
    ...(map.has('gap') ? { gap: map.text('gap') } : {}),
  }
  map.end()
  return [requirement]
}
