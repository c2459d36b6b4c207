/**
 * Response of the safety system, input edge to output edge, with real processes over real Modbus: 10,000 demands at
 * the product's scan, and as many at the goal's.
 */
import { measureResponse } from '../../wire/sis-response.ts'
import type { BenchRow } from '../row.ts'

const DEMANDS = 10_000

export async function benchSis(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const scan_ms of [100, 50]) {
    const r = await measureResponse(DEMANDS, scan_ms, 1)
    const name = `sis, ${r.demands.toLocaleString('en')} demands, scan ${scan_ms} ms`
    const ms = { unit: 'ms' }
    rows.push(
      { name: `${name}: missed`, value: r.missed, unit: '', ok: r.missed === 0 },
      { name: `${name}: p50 (reference: lateness of an empty loop)`, value: r.p50_ms, reference: r.loop_p50_ms, ...ms },
      { name: `${name}: p99`, value: r.p99_ms, reference: r.loop_p99_ms, ...ms },
      {
        name: `${name}: worst, at most two scans and T_SF`,
        value: r.worst_ms,
        reference: r.loop_worst_ms,
        ...ms,
        bar: r.bar_ms,
        ok: r.worst_ms <= r.bar_ms,
      },
      { name: `${name}: scans left out, starts of the solver`, value: r.overruns + r.restarts, unit: '' },
    )
  }
  return rows
}
