/**
 * What a scan costs: 1,000 to 100,000 PIDs on the production engine against the same block written in C and compiled in
 * this run, then the digest that both controllers compare, saving the state, and what a scan allocates.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { STATUS } from '../../../contracts/status.ts'
import { createController } from '../../../controller/core/controller.ts'
import type { BenchRow } from '../row.ts'
import { allocationOf } from './allocation.ts'
import { manyPids } from './many-pids.ts'

const SIZES = [1000, 10_000, 100_000] as const
/** Of these the digest and the saving are measured. */
const BLOCKS = 10_000
/** PID executions of a round: the same work at every size. */
const RUNS = 600_000
const WARM_RUNS = 4_000_000
const ROUNDS = 9
const ALLOCATION_SCANS = 200_000

export async function benchScan(): Promise<BenchRow[]> {
  const reference = compileReference()
  try {
    const rows = [...SIZES.map((size) => scanRow(size, reference)), ownRow(reference)]
    const check = sums(100, 300, reference)
    const apart = Math.abs(check.engine - (check.reference ?? Number.NaN))
    if (check.reference !== undefined)
      rows.push({
        name: 'scan: 100 PIDs, 300 scans, outputs apart from C',
        value: apart,
        unit: '%',
        bar: 0,
        ok: apart === 0,
      })
    return [...rows, ...stateRows(), ...allocationRows()]
  } finally {
    reference?.remove()
  }
}

/** The engine shares equal constants, the C program does not: so also where there is nothing to share. Without a bar. */
function ownRow(reference: Reference | undefined): BenchRow {
  const { bar: _bar, ok: _ok, ...row } = scanRow(SIZES.at(-1)!, reference, true)
  return { ...row, name: `${row.name}, constants of their own` }
}

/** So many PIDs with modes and status, each on a lag of its own. */
function scanRow(size: number, reference: Reference | undefined, own = false): BenchRow {
  const { artifact, at } = manyPids(size, own)
  const c = createController(artifact)
  const s = c.s
  const base = Int32Array.from(artifact.control.blocks, (b) => b.s)
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
  scans(WARM_RUNS / size)
  const js: number[] = []
  const c_ns: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    js.push(scans(RUNS / size) / RUNS)
    if (reference !== undefined) c_ns.push(reference.run(size, RUNS / size, 1).ns[0]!)
  }
  const row: BenchRow = { name: `scan: PID of ${size.toLocaleString('en')}`, value: median(js), unit: 'ns' }
  if (c_ns.length === 0) return row
  // Each round against the C program's beside it: what else the machine does then falls on both.
  const ratio = median(js.map((ns, i) => ns / c_ns[i]!))
  return { ...row, reference: median(c_ns), ratio, bar: 2.5, ok: ratio <= 2.5 }
}

function stateRows(): BenchRow[] {
  const c = createController(manyPids(BLOCKS).artifact)
  for (let i = 0; i < 20; i++) c.digest()
  const digest_ns = median(Array.from({ length: ROUNDS }, () => time(() => c.digest()) / BLOCKS))
  const save_ms = median(Array.from({ length: ROUNDS }, () => time(() => c.save()) / 1e6))
  return [
    { name: 'scan: digest, per PID', value: digest_ns, unit: 'ns' },
    { name: `scan: state of ${BLOCKS.toLocaleString('en')} PIDs saved`, value: save_ms, unit: 'ms' },
  ]
}

/** Below 1 is 0: what the measurement itself puts on the heap. */
function allocationRows(): BenchRow[] {
  const measured = [
    ['Tennessee Eastman', 'tennessee-eastman', ALLOCATION_SCANS],
    ['100 PIDs', 'pids-100', ALLOCATION_SCANS],
  ] as const
  return measured.map(([what, name, scans]) => {
    const { bytes_per_scan } = allocationOf(name, scans)
    return { name: `scan: ${what}, allocated`, value: bytes_per_scan, unit: 'bytes', bar: 1, ok: bytes_per_scan < 1 }
  })
}

/** Both engines execute the same scans from the same start: the sums of their outputs, which must be equal. */
function sums(blocks: number, scansToRun: number, reference: Reference | undefined) {
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
  return { engine, reference: reference?.run(blocks, scansToRun, 1).sum }
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
