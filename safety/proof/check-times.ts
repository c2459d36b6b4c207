/** Link, watchdogs and delays against the scan and against the process. */
import type { SisConfig } from '../core/config.ts'
import { faultReaction } from './response.ts'
import type { Report } from './rules.ts'

export function checkTimes(config: SisConfig, report: Report): void {
  const { scan_ms, link_timeout_ms, watchdog_ms, output_watchdog_ms } = config
  if (link_timeout_ms < 3 * scan_ms)
    report(
      'SC-12',
      'error',
      'link_timeout_ms',
      `${link_timeout_ms} ms: one late frame and one repetition need three scans`,
    )
  if (output_watchdog_ms <= watchdog_ms)
    report(
      'SC-11',
      'warning',
      'output_watchdog_ms',
      `${output_watchdog_ms} ms, not above the solver's own ${watchdog_ms} ms: the drop trips before the solver could be missed`,
    )
  for (const sif of config.sifs) {
    if (sif.process_safety_ms === undefined) continue
    const fault_ms = faultReaction(config, sif)
    if (fault_ms >= sif.process_safety_ms)
      report(
        'SC-12',
        'error',
        `sifs/${sif.id}`,
        `when the solver fails the element is safe after ${fault_ms} ms, process safety time ${sif.process_safety_ms} ms`,
      )
  }
  for (const [path, ms] of delays(config))
    if (scan_ms > 0 && ms % scan_ms !== 0)
      report(
        'SC-24',
        'warning',
        path,
        `${ms} ms are ${(ms / scan_ms).toFixed(2)} scans of ${scan_ms} ms: ${Math.ceil(ms / scan_ms)} run`,
      )
}

/** Every time that the logic counts in scans. Responses and strokes are facts of the field, not settings. */
function delays(config: SisConfig): (readonly [string, number])[] {
  const found: [string, number | undefined][] = [
    ['stale_ms', config.stale_ms],
    ['link_timeout_ms', config.link_timeout_ms],
    ['watchdog_ms', config.watchdog_ms],
    ['output_watchdog_ms', config.output_watchdog_ms],
  ]
  const { overrides } = config
  for (const key of ['mos_ms', 'reminder_ms', 'shift_ms', 'link_loss_ms', 'force_ms'] as const)
    found.push([`overrides/${key}`, overrides[key]])
  for (const t of config.transmitters) found.push([`transmitters/${t.tag}/stuck/window_ms`, t.stuck?.window_ms])
  for (const e of config.elements)
    for (const key of ['confirm_ms', 'delay_ms', 'partial_stroke_ms'] as const)
      found.push([`elements/${e.tag}/${key}`, e[key]])
  for (const c of config.causes) {
    const path = `causes/${c.id}`
    found.push([`${path}/bad_hold_ms`, c.bad_hold_ms], [`${path}/time/ms`, c.time?.ms])
    found.push([`${path}/deviation/ms`, c.deviation?.ms], [`${path}/startup/stable_ms`, c.startup?.stable_ms])
    found.push([`${path}/startup/ms_max`, c.startup?.ms_max])
  }
  for (const e of config.effects)
    for (const key of ['delay_ms', 'override_ms_max'] as const) found.push([`effects/${e.id}/${key}`, e[key]])
  for (const x of config.matrix) found.push([`matrix/${x.cause} ${x.effect}/delay_ms`, x.delay_ms])
  for (const s of config.sequences)
    for (const step of s.steps) {
      found.push([`sequences/${s.id}/${step.id}/timeout/ms`, step.timeout?.ms])
      for (const [i, go] of step.go.entries())
        for (const [k, condition] of go.when.entries())
          if ('after_ms' in condition)
            found.push([`sequences/${s.id}/${step.id}/go/${i}/when/${k}/after_ms`, condition.after_ms])
    }
  return found.flatMap(([path, ms]) => (ms === undefined ? [] : [[path, ms] as const]))
}
