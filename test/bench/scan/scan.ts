/**
 * What a scan costs: 10,000 PIDs on the production engine against the same block written in C and compiled in this run,
 * then the digest that both controllers compare, and saving the state.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Artifact } from '../../../contracts/artifact.ts'
import { STATUS } from '../../../contracts/status.ts'
import { createController } from '../../../controller/core/controller.ts'
import { type RigBlock, rigArtifact } from '../../../controller/core/testing/rig.ts'
import type { BenchRow } from '../row.ts'

const BLOCKS = 10_000
const SCANS = 60
const ROUNDS = 9
const WARM_SCANS = 400

export async function benchScan(): Promise<BenchRow[]> {
  const { artifact, at } = manyPids(BLOCKS)
  const c = createController(artifact)
  const s = c.s
  const base = artifact.control.blocks.map((b) => b.s)
  const inAt = at('P0.IN') - base[0]!
  const outAt = at('P0.OUT') - base[0]!
  let n = 0
  /** Time of so many scans, ns; the process between them is not timed. */
  const scans = (count: number): number => {
    let ns = 0
    for (let i = 0; i < count; i++) {
      for (let b = 0; b < base.length; b++) {
        const from = base[b]!
        s[from + inAt]! += 0.05 * (s[from + outAt]! - s[from + inAt]!)
      }
      n++
      ns += time(() => c.scan(n))
    }
    return ns
  }
  for (let b = 0; b < base.length; b++) {
    s[base[b]! + inAt] = 45 + (b % 10)
    s[base[b]! + inAt + 1] = STATUS.good
  }
  const js: number[] = []
  const reference = compileReference()
  const c_ns: number[] = []
  try {
    scans(WARM_SCANS)
    for (let round = 0; round < ROUNDS; round++) {
      js.push(scans(SCANS) / (SCANS * BLOCKS))
      if (reference !== undefined) c_ns.push(reference.run(BLOCKS, SCANS, 1).ns[0]!)
    }
  } finally {
    reference?.remove()
  }
  for (let i = 0; i < 20; i++) c.digest()
  const digest_ns = median(Array.from({ length: ROUNDS }, () => time(() => c.digest()) / BLOCKS))
  const save_ms = median(Array.from({ length: ROUNDS }, () => time(() => c.save()) / 1e6))
  const pid_ns = median(js)
  const row: BenchRow = { name: `scan: PID of ${BLOCKS}`, value: pid_ns, unit: 'ns' }
  if (c_ns.length === 0) return [row, ...rest(digest_ns, save_ms)]
  const ratio = pid_ns / median(c_ns)
  const check = sums(100, 300)
  const apart = Math.abs(check.engine - check.reference!)
  return [
    { ...row, reference: median(c_ns), ratio, bar: 2.5, ok: ratio <= 2.5 },
    { name: 'scan: 100 PIDs, 300 scans, outputs apart from C', value: apart, unit: '%', bar: 0, ok: apart === 0 },
    ...rest(digest_ns, save_ms),
  ]
}

const rest = (digest_ns: number, save_ms: number): BenchRow[] => [
  { name: 'scan: digest, per PID', value: digest_ns, unit: 'ns' },
  { name: `scan: state of ${BLOCKS} PIDs saved`, value: save_ms, unit: 'ms' },
]

/** Both engines execute the same scans from the same start: the sums of their outputs, which must be equal. */
function sums(blocks: number, scansToRun: number): { engine: number; reference: number | undefined } {
  const { artifact, at } = manyPids(blocks)
  const c = createController(artifact)
  for (let b = 0; b < blocks; b++) {
    const inAt = at(`P${b}.IN`)
    c.s[inAt] = 45 + (b % 10)
    c.s[inAt + 1] = STATUS.good
  }
  for (let n = 1; n <= scansToRun; n++) {
    for (let b = 0; b < blocks; b++) {
      const inAt = at(`P${b}.IN`)
      c.s[inAt]! += 0.05 * (c.s[at(`P${b}.OUT`)]! - c.s[inAt]!)
    }
    c.scan(n)
  }
  let engine = 0
  for (let b = 0; b < blocks; b++) engine += c.s[at(`P${b}.OUT`)]!
  const reference = compileReference()
  try {
    return { engine, reference: reference?.run(blocks, scansToRun, 1).sum }
  } finally {
    reference?.remove()
  }
}

function manyPids(count: number): { artifact: Artifact; at: (name: string) => number } {
  const blocks = Array.from(
    { length: count },
    (_, i): RigBlock => ({
      id: `P${i}`,
      type: 'PID',
      set: { GAIN: 0.8, RESET: 20, RATE: 1, SP: 50, OUT: 40 },
    }),
  )
  const { artifact, at } = rigArtifact({ blocks })
  // One run of one type, as the compiler makes it.
  const classes = [{ every: 1, phase: 0, steps: [{ type: 'PID', copies: [], blocks: blocks.map((_, i) => i) }] }]
  return { artifact: { ...artifact, control: { ...artifact.control, classes } }, at }
}

interface Reference {
  run(blocks: number, scans: number, rounds: number): { ns: number[]; sum: number }
  remove(): void
}

/** The C program, compiled with cc -O2 and no contraction; undefined where there is no compiler. */
function compileReference(): Reference | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'flyball-bench-'))
  const program = join(folder, 'pid')
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    execFileSync('cc', ['-O2', '-ffp-contract=off', '-o', program, join(import.meta.dirname, 'pid.c')], {
      stdio: 'pipe',
    })
  } catch {
    remove()
    return undefined
  }
  return {
    remove,
    run(blocks, scans, rounds) {
      const lines = execFileSync(program, [`${blocks}`, `${scans}`, `${rounds}`], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map(Number)
      return { ns: lines.slice(0, -1), sum: lines.at(-1)! }
    },
  }
}

const time = (work: () => void): number => {
  const start = performance.now()
  work()
  return (performance.now() - start) * 1e6
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
