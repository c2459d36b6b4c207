/** The outcome of a suite as text for people, as data, and as JUnit for a build server. */
import type { BlockCoverage } from '../../simulation/scenario/coverage.ts'
import { coverageShares } from '../../simulation/scenario/coverage.ts'
import type { ScenarioResult } from '../../simulation/scenario/suite.ts'

export interface Timed {
  readonly result: ScenarioResult
  readonly wall_s: number
}

/** `ok    tests/fic101.test.yaml:12 sensor fails (45 s)`, and under a failure all that is needed to see it again. */
export function resultText({ result, wall_s }: Timed, strategy: string): string {
  const { scenario, failure, simulated_s, cases } = result
  const place = `${scenario.file}:${scenario.at.line}`
  const many = scenario.variables.length > 0 ? `, ${cases} cases` : ''
  const times = `(${seconds(simulated_s)} of plant${many}, ${wall_s.toFixed(2)} s)`
  if (failure === undefined) return `ok    ${place} ${scenario.name} ${times}\n`
  const lines = [
    `FAIL  ${place} ${scenario.name} ${times}`,
    `      ${scenario.file}:${failure.at.line}:${failure.at.column} at ${seconds(failure.time_s)}`,
    `      expected  ${failure.expected}`,
    `      found     ${failure.found}`,
    ...(result.failing === undefined ? [] : [`      smallest  ${caseText(result)}`]),
    `      again     flyball test ${strategy} --filter "${scenario.name.replaceAll('"', '\\"')}" --seed ${result.seed}`,
    '',
  ]
  return lines.join('\n')
}

const caseText = ({ failing, cases }: ScenarioResult): string =>
  `${[...(failing ?? [])].map(([name, value]) => `${name} = ${value}`).join(', ')} (found in case ${cases})`

const seconds = (s: number): string => `${Number(s.toFixed(3))} s`

export function summaryText(results: readonly Timed[], wall_s: number): string {
  const failed = results.filter((r) => r.result.failure !== undefined).length
  const simulated = results.reduce((sum, r) => sum + r.result.simulated_s, 0)
  return `${results.length - failed} passed, ${failed} failed, ${seconds(simulated)} of plant in ${wall_s.toFixed(2)} s\n`
}

export function jsonReport(results: readonly Timed[], coverage: readonly BlockCoverage[] | undefined): string {
  const tests = results.map(({ result, wall_s }) => ({
    file: result.scenario.file,
    line: result.scenario.at.line,
    name: result.scenario.name,
    passed: result.failure === undefined,
    seed: result.seed,
    cases: result.cases,
    simulated_s: result.simulated_s,
    wall_s,
    ...(result.failure === undefined
      ? {}
      : {
          failure: {
            file: result.failure.at.file,
            line: result.failure.at.line,
            column: result.failure.at.column,
            time_s: result.failure.time_s,
            expected: result.failure.expected,
            found: result.failure.found,
          },
        }),
    ...(result.failing === undefined ? {} : { failing: Object.fromEntries(result.failing) }),
  }))
  return `${JSON.stringify({ tests, ...(coverage === undefined ? {} : { coverage }) }, null, 2)}\n`
}

/** One suite a file. @see the schema of Jenkins' xUnit plugin */
export function junitReport(results: readonly Timed[], strategy: string): string {
  const files = [...new Set(results.map((r) => r.result.scenario.file))]
  const suites = files.map((file) => {
    const own = results.filter((r) => r.result.scenario.file === file)
    const failures = own.filter((r) => r.result.failure !== undefined).length
    const cases = own.map(({ result, wall_s }) => {
      const head = `    <testcase name="${escaped(result.scenario.name)}" classname="${escaped(`${strategy}.${file}`)}" file="${escaped(file)}" line="${result.scenario.at.line}" time="${wall_s.toFixed(3)}"`
      if (result.failure === undefined) return `${head}/>`
      const { expected, found } = result.failure
      const body = escaped(resultText({ result, wall_s }, strategy))
      return `${head}>\n      <failure message="${escaped(`expected ${expected}, found ${found}`)}">${body}</failure>\n    </testcase>`
    })
    return [
      `  <testsuite name="${escaped(file)}" tests="${own.length}" failures="${failures}" time="${total(own)}">`,
      ...cases,
      '  </testsuite>',
    ].join('\n')
  })
  const failed = results.filter((r) => r.result.failure !== undefined).length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(strategy)}" tests="${results.length}" failures="${failed}" time="${total(results)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

const total = (results: readonly Timed[]): string => results.reduce((sum, r) => sum + r.wall_s, 0).toFixed(3)

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

const escaped = (text: string): string =>
  // Control characters have no place in XML, not even as entities.
  [...text.replace(/[&<>"']/g, (c) => ENTITIES[c]!)].filter((c) => c >= ' ' || c === '\n' || c === '\t').join('')

/** What no test has seen, block by block, and the shares. */
export function coverageText(blocks: readonly BlockCoverage[]): string {
  const { modes, inputs } = coverageShares(blocks)
  const share = ([seen, all]: readonly [number, number]): string =>
    `${seen} of ${all}${all === 0 ? '' : ` (${Math.round((100 * seen) / all)} %)`}`
  const lines = blocks.flatMap((b) => {
    const modes_left = b.permitted.filter((m) => !b.seen.includes(m))
    const forced = b.seen.filter((m) => !b.permitted.includes(m))
    const inputs_left = b.inputs.filter((i) => !b.bad.includes(i))
    if (b.permitted.length === 0 && b.inputs.length === 0) return []
    const parts = [
      `modes ${b.seen.join(' ') || '-'}`,
      ...(modes_left.length === 0 ? [] : [`never ${modes_left.join(' ')}`]),
      ...(b.inputs.length === 0 ? [] : [`bad ${b.bad.join(' ') || '-'}`]),
      ...(inputs_left.length === 0 ? [] : [`never bad ${inputs_left.join(' ')}`]),
    ]
    return [
      `  ${b.id.padEnd(20)} ${(b.permitted.length === 0 && forced.length === 0 ? parts.slice(1) : parts).join('; ')}`,
    ]
  })
  return ['coverage', ...lines, `permitted modes seen ${share(modes)}, inputs seen bad ${share(inputs)}`, ''].join('\n')
}
