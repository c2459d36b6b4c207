/**
 * `npm run bench [NAME ...]`: speeds, as ratios to a reference measured in the same run. Machines are shared and noisy: read
 * the ratios, and medians of several runs.
 */
import type { BenchRow } from './row.ts'

const BENCHES: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  plant: async () => (await import('./plant/plant.ts')).benchPlant(),
  scan: async () => (await import('./scan/scan.ts')).benchScan(),
  run: async () => (await import('./run/run.ts')).benchRun(),
  modbus: async () => (await import('./modbus/modbus.ts')).benchModbus(),
  compile: async () => (await import('./compile/compile.ts')).benchCompile(),
  'field-io': async () => (await import('./field-io/field-io.ts')).benchFieldIo(),
  lockstep: async () => (await import('./lockstep/lockstep.ts')).benchLockstep(),
  sis: async () => (await import('./sis/sis.ts')).benchSis(),
}

const figure = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toPrecision(3)

/** Which way a bar is meant follows from whether it was met. */
function bar({ bar: limit, ratio, value, ok }: BenchRow): string {
  if (limit === undefined || ok === undefined) return ''
  const above = (ratio ?? value) >= limit
  return `${above === ok ? '>=' : '<='} ${limit.toLocaleString('en')}`
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  process.stderr.write(`found ${unknown.join(', ')}, expected some of ${Object.keys(BENCHES).join(', ')}\n`)
  process.exit(2)
}
process.stdout.write('| what | value | reference | ratio | bar | |\n|---|---|---|---|---|---|\n')
let missed = 0
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const row of await bench()) {
    if (row.ok === false) missed++
    const reference = row.reference === undefined ? '' : figure(row.reference)
    const ratio = row.ratio === undefined ? '' : row.ratio.toFixed(2)
    const verdict = row.ok === undefined ? '' : row.ok ? 'met' : 'MISSED'
    process.stdout.write(
      `| ${row.name} | ${figure(row.value)} ${row.unit} | ${reference} | ${ratio} | ${bar(row)} | ${verdict} |\n`,
    )
  }
}
if (missed > 0) process.stdout.write(`\n${missed} below their bar in this run\n`)
process.exit(0)
