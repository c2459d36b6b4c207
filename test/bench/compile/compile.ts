/**
 * How long a strategy takes to compile, and how much memory: 5,000 flow loops as YAML and as a table, and 100,000 blocks that a
 * controller loads.
 */
import { createHash } from 'node:crypto'
import { BLOCK_TYPES } from '../../../controller/core/blocks/index.ts'
import { createController } from '../../../controller/core/controller.ts'
import { type CompileResult, compile, type StrategyFile } from '../../../controller/core/strategy/compile.ts'
import { compileExpression } from '../../../controller/core/strategy/expression.ts'
import type { BenchRow } from '../row.ts'

const MODULES = 5000
const LOADED_BLOCKS = 100_000

const CLASS = `class: Flow@1
params: {gain: {type: real, default: 0.5, min: 0}, reset: {type: time, default: 8s}}
io: {pv: in, mv: out}
scan: fast
kind: controller
faceplate: PID1
blocks:
  AI1: {type: AI, in: $io.pv, out_scale: [$lo, $hi]}
  SUM1: {type: CALC, let: {q: AI1.OUT, base: 1 m3/h}, expr: 'good(q) ? max(q, 0) : base'}
  PID1: {type: PID, in: SUM1.OUT, pv_scale: [$lo, $hi], gain: $gain, reset: $reset}
  AO1: {type: AO, cas_in: PID1.OUT, readback: $io.mv, out: $io.mv, fstate: hold}
`
const BLOCKS_EACH = 4

const points = (name: string, of: (k: number) => string): string =>
  Array.from({ length: 100 }, (_, k) => `${name}/${k}: {${of(k)}}`).join(', ')

const device = (d: number): string => `  - id: R${d}
    description: Drop ${d}
    protocol: modbus-tcp
    endpoint: plant:R${d}
    unit: 1
    timeout: 300ms
    watchdog: {time: 10s, time_register: 1000, tripped_register: 2000, rearm_register: 1001}
    each_input: {type: uint16, counts_per_unit: 3000, quantity: mA}
    each_output: {type: uint16, counts_per_unit: 3000, quantity: mA, min: 4, max: 20, step_max: 4}
    inputs: {${points('AI', (k) => `register: ${k}`)}}
    outputs: {${points('AO', (k) => `register: ${k}, readback_register: ${100 + k}`)}}
`

/** A strategy of so many flow loops, in files of 1,000 as an engineer would keep them. */
function flowLoops(count: number, form: 'yaml' | 'csv'): StrategyFile[] {
  const files: StrategyFile[] = [
    {
      path: 'strategy.yaml',
      text: 'format: 1\nname: many\ntitle: Many loops\nscan: {fast: 1s}\nareas: [{id: A, title: A}]\n',
    },
    { path: 'classes/flow.class.yaml', text: CLASS },
  ]
  for (let begin = 0; begin < count; begin += 1000) {
    const rows = Array.from({ length: Math.min(1000, count - begin) }, (_, i) => begin + i)
    const loops = rows.map((i) => {
      const [d, c] = [Math.floor(i / 100), i % 100]
      return form === 'csv'
        ? `FIC-${i},Flow@1,A,Flow ${i},m3/h,0,40,R${d}/AI/${c},R${d}/AO/${c}\n`
        : `  - {tag: FIC-${i}, class: Flow@1, description: Flow ${i}, eu: m3/h, range: [0, 40], io: {pv: R${d}/AI/${c}, mv: R${d}/AO/${c}}}\n`
    })
    const head =
      form === 'csv' ? 'tag,class,area,description,eu,range.lo,range.hi,io.pv,io.mv\n' : 'area: A\nmodules:\n'
    files.push({ path: `loops/l${begin}.${form}`, text: head + loops.join('') })
    const drops = rows.filter((i) => i % 100 === 0).map((i) => device(i / 100))
    files.push({ path: `io/d${begin}.yaml`, text: `devices:\n${drops.join('')}` })
  }
  return files
}

function build(files: readonly StrategyFile[]): Extract<CompileResult, { artifact: unknown }> {
  const hash = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')
  const result = compile(files, { types: BLOCK_TYPES, hash, expression: compileExpression })
  if ('faults' in result) throw new Error(`the bench's own strategy has faults: ${JSON.stringify(result.faults[0])}`)
  return result
}

export async function benchCompile(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const form of ['yaml', 'csv'] as const) {
    const files = flowLoops(MODULES, form)
    const begin = performance.now()
    build(files)
    const seconds = (performance.now() - begin) / 1000
    rows.push({ name: `compile ${MODULES} modules as ${form}`, value: seconds, unit: 's', bar: 5, ok: seconds <= 5 })
  }
  const rss_MB = process.resourceUsage().maxRSS / 1024
  rows.push({ name: 'most memory of the process by then', value: rss_MB, unit: 'MB', bar: 1024, ok: rss_MB <= 1024 })

  const big = build(flowLoops(LOADED_BLOCKS / BLOCKS_EACH, 'csv')).artifact
  const begin = performance.now()
  const controller = createController(big)
  for (const i of big.control.inputs.keys()) controller.latchInput(i, 12, 0x80)
  controller.state = { epoch: 1, n: 0 }
  controller.scan(1)
  const seconds = (performance.now() - begin) / 1000
  rows.push({
    name: `load ${big.control.blocks.length} blocks and scan once`,
    value: seconds,
    unit: 's',
    bar: 5,
    ok: seconds <= 5,
  })
  return rows
}
