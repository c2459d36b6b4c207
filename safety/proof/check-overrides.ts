/** Bypasses, start-up overrides and energise-to-trip inputs: what takes a function away, and who knows of it. */
import type { SisConfig } from '../core/config.ts'
import type { Report } from './rules.ts'

/** Words by which a service names what must never be bypassed. */
const ALARMED = /\b(emergency|shut-?down push|push-?button|mushroom|fire|gas detect\w*|smoke|flame detect\w*)\b/i
const DAY_MS = 86_400_000

export function checkOverrides(config: SisConfig, report: Report): void {
  const { overrides } = config
  const service = new Map([...config.transmitters, ...config.contacts].map((s) => [s.tag, s.service]))
  for (const c of config.causes) {
    const path = `causes/${c.id}`
    const named = c.inputs.find((tag) => ALARMED.test(service.get(tag) ?? ''))
    if (
      named !== undefined &&
      c.manual !== true &&
      (c.mos !== undefined || c.startup !== undefined || c.inhibit !== undefined)
    )
      report('SC-17', 'error', path, `'${service.get(named)}' may be bypassed`)
    if (
      'contact' in c.trip &&
      c.trip.contact === 'closes' &&
      config.sifs.some((s) => s.sil > 0 && s.causes.includes(c.id))
    )
      report(
        'SC-16',
        'error',
        `${path}/trip`,
        'trips when a contact closes: a broken wire or a lost supply never would',
      )
    if (c.on_bypass === 'reduce' && c.mos !== undefined)
      for (const x of config.matrix.filter((cell) => cell.cause === c.id && (cell.code === 'N' || cell.code === 'V')))
        report(
          'SC-20',
          'error',
          `matrix/${x.cause} ${x.effect}`,
          `${x.code}, and under a bypass fewer votes trip: its end may release the effect`,
        )
    if (c.startup !== undefined && c.startup.stable_ms >= c.startup.ms_max)
      report(
        'SC-19',
        'warning',
        `${path}/startup/stable_ms`,
        `${c.startup.stable_ms} ms of quiet are asked, the override ends after ${c.startup.ms_max} ms: it always lasts to its limit`,
      )
    if (c.startup !== undefined && c.startup.ms_max > DAY_MS)
      report(
        'SC-19',
        'warning',
        `${path}/startup/ms_max`,
        `${c.startup.ms_max / 3_600_000} h: no start-up lasts beyond a day unattended`,
      )
    if (c.on_bad === 'ignore' && c.bad_hold_ms === undefined)
      for (const s of config.sifs.filter((sif) => sif.causes.includes(c.id) && sif.inhibition_accepted !== undefined))
        report(
          'SC-15',
          'note',
          `${path}/on_bad`,
          `BAD inputs may inhibit ${s.id} for ever, accepted: ${s.inhibition_accepted}`,
        )
  }
  if (!config.causes.some((c) => c.mos !== undefined)) return
  if (overrides.reminder_ms >= overrides.mos_ms)
    report(
      'SC-18',
      'error',
      'overrides/reminder_ms',
      `the reminder comes ${overrides.reminder_ms} ms before the end of ${overrides.mos_ms} ms`,
    )
  if (overrides.mos_ms > DAY_MS)
    report(
      'SC-18',
      'warning',
      'overrides/mos_ms',
      `${overrides.mos_ms / 3_600_000} h: a bypass belongs to the shift that took it`,
    )
  if (overrides.mos_per_unit_max === 0)
    report('SC-18', 'warning', 'overrides/mos_per_unit_max', 'causes allow bypasses, and the unit allows none')
  if (overrides.at_expiry === 'alarm')
    report('SC-18', 'note', 'overrides/at_expiry', `bypasses outlive their timer, allowed by: ${overrides.waiver}`)
}
