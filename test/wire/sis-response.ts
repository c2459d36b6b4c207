import { manyFunctions, startSisRig, until } from './sis-rig.ts'

export interface ResponseResult {
  readonly demands: number
  readonly missed: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly worst_ms: number
  /** An empty loop of the same period, in the device's process and time: p50, p99, worst lateness. */
  readonly loop_p50_ms: number
  readonly loop_p99_ms: number
  readonly loop_worst_ms: number
  /** Two scans and T_SF. */
  readonly bar_ms: number
  readonly overruns: number
  readonly restarts: number
}

/**
 * Demands at random moments in RUN, watchdog, solver and device as processes, real Modbus/TCP: from the edge of the
 * input in the device to the edge of its solenoid.
 */
export async function measureResponse(demands: number, scan_ms: number, seed: number): Promise<ResponseResult> {
  const config = manyFunctions(scan_ms)
  const rig = await startSisRig({ config })
  try {
    await rig.energise()
    const result = await rig.demands({
      demands,
      functions: config.causes.length,
      high: 54_000,
      low: 30_000,
      scan_ms,
      seed,
      patience_ms: 5000,
    })
    await until('a datagram after it', 2000, () => (rig.last?.scan ?? 0) > 0)
    const response = sorted(result.response_ms)
    const loop = sorted(result.loop_late_ms)
    return {
      demands: response.length + result.missed,
      missed: result.missed,
      p50_ms: at(response, 0.5),
      p99_ms: at(response, 0.99),
      worst_ms: at(response, 1),
      loop_p50_ms: at(loop, 0.5),
      loop_p99_ms: at(loop, 0.99),
      loop_worst_ms: at(loop, 1),
      bar_ms: 2 * scan_ms + config.link_timeout_ms,
      overruns: rig.last!.executive.overruns,
      restarts: rig.last!.executive.restarts,
    }
  } finally {
    await rig.close()
  }
}

const sorted = (list: readonly number[]): Float64Array => Float64Array.from(list).sort()
const at = (list: Float64Array, share: number): number =>
  list.length === 0 ? Number.NaN : list[Math.min(list.length - 1, Math.ceil(share * list.length) - 1)]!
