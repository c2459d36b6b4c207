/** The report of `flyball io check` for reading. */
import { identityText } from './bench-link.ts'
import type { CheckReport, PathCheck } from './check.ts'
import type { PointReading } from './read-point.ts'
import { table } from './table.ts'

export function checkText(report: CheckReport): string {
  const parts = report.paths.map(pathText)
  const points = report.paths.reduce((sum, path) => sum + path.points.length, 0)
  const paths = `${report.paths.length} ${report.paths.length === 1 ? 'path' : 'paths'}`
  for (const note of report.notes) parts.push(`note   ${note}\n`)
  for (const line of report.wrong) parts.push(`WRONG  ${line}\n`)
  const verdict = report.wrong.length === 0 ? 'nothing wrong' : `${report.wrong.length} wrong`
  parts.push(`${report.strategy} ${report.hash.slice(0, 12)}: ${paths}, ${points} points, ${verdict}\n`)
  return parts.join('')
}

function pathText(c: PathCheck): string {
  const identity = c.identification === null ? '' : identityText(c.identification)
  const says = !c.connected ? 'NO CONNECTION' : identity === '' ? 'does not say what it is' : identity
  const unit = c.protocol === 'opcua' ? '' : ` unit ${c.unit}`
  const head = `${c.device} ${c.path}  ${c.address}${unit}  ${c.protocol}  ${says}\n`
  const watchdog = c.watchdog === null ? '' : `  watchdog ${watchdogText(c.watchdog)}\n`
  const asked = c.points.filter((p) => p.quality !== 'not asked')
  const left = c.points.length - asked.length
  const rest = left === 0 ? '' : `  ${left} points not asked for\n`
  const rows = asked.map((p) => [
    p.point,
    p.tag,
    p.raw.map((r) => `0x${r.toString(16).padStart(4, '0')}`).join(' '),
    withUnit(p.quantity, p.unit),
    withUnit(p.value, p.eu),
    p.direction === 'out' ? `stands ${withUnit(p.stands, p.unit)}` : '',
    p.quality,
    p.rtt_ms === null ? '' : `${p.rtt_ms.toFixed(1)} ms`,
  ])
  const header = ['point', 'tag', 'raw', 'device', 'value', '', 'quality', 'answer']
  return `${head}${watchdog}${asked.length === 0 ? '' : table([header, ...rows], '  ')}${rest}\n`
}

const watchdogText = (w: NonNullable<PathCheck['watchdog']>): string => {
  const time = w.time_ms === null ? 'not read' : w.time_ms === 0 ? '0: holds for ever' : `${w.time_ms / 1000} s`
  return `${time}${w.tripped === null ? '' : w.tripped ? ', tripped' : ', armed'}`
}

export function withUnit(value: PointReading['value'], unit: string): string {
  if (value === null) return '----'
  const text = String(Number(value.toPrecision(6)))
  return unit === '' ? text : `${text} ${unit}`
}
