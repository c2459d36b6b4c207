/**
 * Loop check sheets for print: what the strategy expects of each point, and room for what the technician found.
 *
 * The raw counts at 0, 25, 50, 75 and 100 % come through the same codec that field-io writes with.
 */
import type { Artifact, DeviceRecord, InputPoint, OutputPoint } from '../../contracts/artifact.ts'
import { registersOf, writeQuantity } from '../../protocols/core/modbus/registers.ts'
import { withUnit } from './check-text.ts'
import { groupBy } from './group-by.ts'
import { type PointScale, pointScales, tagOfPoint, toTagUnits } from './point-scale.ts'
import { unitOf } from './read-point.ts'

export interface Sheet {
  readonly path: string
  readonly html: string
}

/** One page a loop: its tag's points and those of the blocks that belong to it. `index.html` lists them all. */
export function loopSheets(artifact: Artifact, endpoints: ReadonlyMap<string, string>): Sheet[] {
  const scales = pointScales(artifact)
  const points = [...artifact.io.inputs, ...artifact.io.outputs]
  // A point that no tag uses has a sheet of its own: it is wired all the same.
  const loops = groupBy(points, (p) => tagOfPoint(artifact, p.point, scales) || p.point)
  const names = [...loops.keys()].sort()
  const file = (name: string): string => `${name.replace(/[^\w.-]+/g, '-')}.html`
  const pages = names.map((name) => {
    const body = loops.get(name)!.map((p) => pointTable(artifact, p, scales.get(p.point), endpoints))
    const tag = artifact.tags.find((t) => t.tag === name)
    const title = `Loop check ${name}`
    const what = tag === undefined ? '' : `<p>${escapeHtml(tag.description)}, area ${escapeHtml(tag.area)}</p>`
    return { path: file(name), html: page(artifact, title, `${what}${body.join('')}${SIGN}`) }
  })
  const list = names.map((name) => `<li><a href="${file(name)}">${escapeHtml(name)}</a></li>`).join('')
  const index = page(artifact, 'Loop check sheets', `<p>${names.length} sheets</p><ul>${list}</ul>`)
  return [{ path: 'index.html', html: index }, ...pages]
}

const PARTS = [0, 25, 50, 75, 100] as const

function pointTable(
  artifact: Artifact,
  p: InputPoint | OutputPoint,
  scale: PointScale | undefined,
  endpoints: ReadonlyMap<string, string>,
): string {
  const device = artifact.io.devices[p.device]!
  const output = 'readback_register' in p
  const unit = unitOf(p, scale)
  const [q0, q1] = ends(p, scale)
  const facts: [string, string][] = [
    ['Point', p.point],
    ['Direction', output ? 'output' : 'input'],
    ['Device', `${device.id}, ${device.description}`],
    ['Address', `${addressText(device, endpoints)}, unit ${device.unit}`],
    ['Register', registerText(p)],
    ['Device range', `${withUnit(q0, unit)} to ${withUnit(q1, unit)}`],
    [
      'Tag range',
      scale === undefined
        ? 'not scaled'
        : `${withUnit(scale.range[0], scale.eu)} to ${withUnit(scale.range[1], scale.eu)}${scale.root ? ', square root' : ''}`,
    ],
  ]
  if (output) {
    const back = p.readback_register < 0 ? 'its own register' : `register ${p.readback_register}`
    facts.push(['Read-back', back], ['Fails', failText(device)])
  } else if (p.status_register >= 0) facts.push(['Status', `input register ${p.status_register}, 0 is good`])
  const rows = PARTS.map((part) => {
    const q = q0 + (part / 100) * (q1 - q0)
    const value = scale === undefined ? '' : withUnit(Number(toTagUnits(scale, q).toPrecision(6)), scale.eu)
    const cells = [`${part} %`, withUnit(q, unit), rawText(p, q), value]
    return `<tr>${cells.map((c) => `<td>${escapeHtml(c)}</td>`).join('')}${'<td class="blank"></td>'.repeat(3)}</tr>`
  })
  return `<section><h2>${escapeHtml(p.point)}</h2><table class="facts">${facts
    .map(([name, text]) => `<tr><th scope="row">${name}</th><td>${escapeHtml(text)}</td></tr>`)
    .join('')}</table><table class="check"><thead><tr><th>of range</th><th>device</th><th>raw</th><th>value</th>
<th>as found</th><th>as left</th><th>remark</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

function ends(p: InputPoint | OutputPoint, scale: PointScale | undefined): readonly [number, number] {
  if (p.type === 'bool') return [0, 1]
  if (scale !== undefined) return scale.q
  if ('min' in p) return [p.min, p.max]
  return p.quantity === 'mA' ? [4, 20] : [0, 1]
}

function rawText(p: InputPoint | OutputPoint, q: number): string {
  const registers = new Uint16Array(registersOf(p.type))
  // A power of ten is known at run time only.
  if (p.exponent_register !== undefined || p.node !== undefined) return 'see device'
  if (!writeQuantity(p, registers, 0, q)) return 'none'
  return [...registers]
    .map((r) => (registers.length === 1 ? String(r) : `0x${r.toString(16).padStart(4, '0')}`))
    .join(' ')
}

function registerText(p: InputPoint | OutputPoint): string {
  if (p.node !== undefined) return p.node
  const order = p.order === undefined || p.order === 'ABCD' ? '' : `, ${p.order}`
  const bit = p.bit === undefined ? '' : `, bit ${p.bit}`
  return `${p.table} ${p.register}, ${p.type}${order}${bit}`
}

function addressText(device: DeviceRecord, endpoints: ReadonlyMap<string, string>): string {
  const of = (name: string): string => endpoints.get(name) ?? name
  const b = device.endpoint_b === undefined ? '' : `; network B ${of(device.endpoint_b)}`
  return `${device.protocol} ${of(device.endpoint)}${b}`
}

const failText = (device: DeviceRecord): string =>
  device.watchdog === undefined
    ? `holds for ever${device.hold_signed_off === undefined ? '' : `, signed off: ${device.hold_signed_off}`}`
    : `to its fail value ${device.watchdog.time_ms / 1000} s after the last write`

const SIGN =
  '<table class="sign"><tr><th>Wiring and polarity</th><td></td><th>Alarm and display</th><td></td></tr>' +
  '<tr><th>Tested by</th><td></td><th>Date</th><td></td></tr><tr><th>Witness</th><td></td><th>Date</th><td></td></tr></table>'

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)

const page = (artifact: Artifact, title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>
body { font: 11pt/1.35 sans-serif; margin: 15mm; color: #111 }
h1 { font-size: 16pt; margin: 0 } h2 { font-size: 12pt; margin: 6mm 0 2mm }
table { border-collapse: collapse; width: 100%; margin: 2mm 0 } th, td { border: 1px solid #888; padding: 1.2mm 2mm; text-align: left }
.facts th { width: 32mm } .check th, .facts th, .sign th { background: #eee; font-weight: 600 }
.blank { min-width: 20mm } .sign td { height: 9mm; width: 30% } section { break-inside: avoid }
footer { color: #555; font-size: 9pt; margin-top: 6mm }
</style></head><body><h1>${escapeHtml(title)}</h1>
${body}
<footer>${escapeHtml(artifact.title)}, strategy ${escapeHtml(artifact.name)}, artifact ${artifact.hash.slice(0, 12)}</footer></body></html>
`
