/** The soak for an hour, as a table. */
import { type Soaked, soak } from './soak.ts'

/** MB of heap an hour. */
const HEAP_SLOPE_MAX = 1
const HEALTHY_MIN = 0.95

/** True where every bar was met. */
export async function soakCampaign(minutes: number): Promise<boolean> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`)
  const soaked = await soak({ seconds: minutes * 60, tick_ms: 500, seed: 1, log })
  const rows = soakRows(soaked)
  process.stdout.write(
    `${minutes} min, ${soaked.ticks} scans, ${soaked.faults} faults\n\n| what | measured | bar | |\n|---|---|---|---|\n`,
  )
  for (const { what, measured, bar, met } of rows)
    process.stdout.write(`| ${what} | ${measured} | ${bar} | ${met ? 'met' : 'MISSED'} |\n`)
  process.stdout.write(
    `\nfield-io: heap ${soaked.heap_mb.toFixed(1)} MB, RSS ${soaked.rss_mb.toFixed(0)} MB, ${(soaked.cpu * 100).toFixed(1)} % of a core\n`,
  )
  return rows.every((r) => r.met)
}

interface Row {
  readonly what: string
  readonly measured: string
  readonly bar: string
  readonly met: boolean
}

export function soakRows(s: Soaked): Row[] {
  const ms = (value: number): string => `${Math.round(value)} ms`
  const row = (what: string, measured: string, bar: string, met: boolean): Row => ({ what, measured, bar, met })
  return [
    row(
      'first Bad after a loss, worst',
      ms(s.bad_after_ms),
      `<= ${ms(s.bad_allowed_ms)}`,
      s.bad_after_ms <= s.bad_allowed_ms,
    ),
    row(
      'Good again after the return, worst',
      ms(s.good_after_ms),
      `<= ${ms(s.good_allowed_ms)}`,
      s.good_after_ms <= s.good_allowed_ms,
    ),
    row('values Good that could not be', String(s.falsely_good), '0', s.falsely_good === 0),
    row('Bad values without their last number', String(s.zeroed), '0', s.zeroed === 0),
    row('Good values of the others, worst', `${(s.healthy * 100).toFixed(2)} %`, '>= 95 %', s.healthy >= HEALTHY_MIN),
    row('restarts', String(s.restarts), '0', s.restarts === 0),
    row(
      'heap slope',
      `${s.heap_slope_mb_h.toFixed(2)} MB/h`,
      `< ${HEAP_SLOPE_MAX} MB/h`,
      s.heap_slope_mb_h < HEAP_SLOPE_MAX,
    ),
  ]
}
