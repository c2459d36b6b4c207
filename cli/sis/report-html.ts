/** The safety report: one page, no script, no second file, to be read, printed and signed. */
import { escapeHtml } from '../../protocols/core/html.ts'
import { calculatedFor } from '../../safety/proof/check-sil.ts'
import { slowestWay } from '../../safety/proof/response.ts'
import {
  functionRows,
  matrixCell,
  SEQUENCE_HEAD,
  seconds,
  sequenceRows,
  systemRows,
  tripText,
  voteText,
} from '../../safety/proof/srs.ts'
import { evidenceHtml, hashOf, leftOut } from './report-evidence.ts'
import type { ReportInput } from './report-input.ts'
import {
  facts,
  type Html,
  raw,
  responseDrawing,
  responseLegend,
  short,
  spanDrawing,
  table,
  verdict,
} from './report-parts.ts'
import { sil } from './report-sil.ts'
import { REPORT_STYLE } from './report-style.ts'
import { examined } from './report-verdict.ts'

const SECTIONS: readonly {
  readonly id: string
  readonly title: string
  readonly body: (input: ReportInput) => string
}[] = [
  { id: 'verdict', title: 'What was examined, and what came of it', body: examined },
  { id: 'matrix', title: 'Cause and effect', body: matrix },
  { id: 'set-points', title: 'Set points and spans', body: setPoints },
  { id: 'response', title: 'Response times', body: responses },
  { id: 'sil', title: 'SIL verification', body: sil },
  { id: 'functions', title: 'Safety functions', body: functions },
  { id: 'system', title: 'System, instruments and final elements', body: system },
  { id: 'trace', title: 'Requirements and the tests that verify them', body: traceability },
  {
    id: 'proof',
    title: 'State-space proof',
    body: (input) =>
      evidence(input, 'proof', 'The state space was not proved: no result of `flyball sis prove` was given.'),
  },
  {
    id: 'tests',
    title: 'Tests of the matrix on the plant model',
    body: (input) => evidence(input, 'tests', 'No result of `flyball sis test` was given.'),
  },
  { id: 'quality', title: 'Mutation, coverage, campaigns', body: quality },
  { id: 'open', title: 'Findings and acceptances', body: open },
]

export function reportHtml(input: ReportInput): string {
  const { config } = input
  const title = input.requirements?.title ?? config.id
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Safety report: ${escapeHtml(title)}, revision ${escapeHtml(config.revision)}</title>
<style>${REPORT_STYLE}</style>
<header>
<h1>Safety report: ${escapeHtml(title)}</h1>
<p class="lead">Safety requirements, cause and effect, SIL verification and evidence of one configuration. Engineered after IEC 61511, not certified.</p>
${facts([
  ['Configuration', `${config.id}, revision ${config.revision}, for ${config.mode}`],
  ['File', input.file],
  ['SHA-256', raw(`<code>${input.hash}</code>`)],
  ['Printed', input.date],
])}
${signatureBlock(input)}
</header>
<ol class="contents">${SECTIONS.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`).join('')}</ol>
<main>
${SECTIONS.map(({ id, title, body }, i) => `<section id="${id}"${CLASSES[id] ?? ''}>\n<h2>${i + 1}&#160; ${escapeHtml(title)}</h2>\n${body(input)}\n</section>`).join('\n')}
</main>
</html>
`
}

const CLASSES: Readonly<Record<string, string>> = { matrix: ' class="landscape"', functions: ' class="functions"' }

function signatureBlock({ signatures }: ReportInput): string {
  const roles = [...new Set(['designer', 'approver', ...signatures.rows.map((s) => s.role)])]
  const rows = roles.map((role) => {
    const s = signatures.rows.find((x) => x.role === role)
    const state: Html =
      s === undefined
        ? verdict('bad', 'not signed')
        : signatures.ok === undefined
          ? verdict('none', 'not verified here')
          : signatures.ok
            ? verdict('good', 'verified')
            : verdict('bad', 'does not hold')
    return `<tr><td class="name">${escapeHtml(role)}</td><td>${escapeHtml(s?.name ?? '')}</td><td>${s === undefined ? '' : `<code>${escapeHtml(s.key)}</code>`}</td><td>${state.html}</td><td class="hand"></td><td class="hand"></td></tr>`
  })
  return `<table class="full sign"><thead><tr><th>Role</th><th>Name</th><th>Key</th><th>Digital signature</th><th>Signature</th><th>Date</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<p class="lead">${escapeHtml(signatures.text)}</p>`
}

function matrix({ config }: ReportInput): string {
  const silOf = (cause: string): string => {
    const sils = config.sifs.filter((s) => s.causes.includes(cause)).map((s) => s.sil)
    return sils.length === 0 ? '-' : String(Math.max(...sils))
  }
  const head = config.effects
    .map(
      (e) => `<th class="effect"><span>${escapeHtml(e.id)} ${escapeHtml(e.title === e.id ? '' : e.title)}</span></th>`,
    )
    .join('')
  const elements = config.effects.map((e) => `<td class="cell">${e.outputs.map(escapeHtml).join('<br>')}</td>`).join('')
  const rows = config.causes.map((c) => {
    const cells = config.effects.map((e) => {
      const code = matrixCell(config, c.id, e.id)
      return `<td class="cell${code === '' ? '' : ' mark'}">${escapeHtml(code)}</td>`
    })
    return `<tr><td class="name">${escapeHtml(c.id)}</td><td>${escapeHtml(c.title)}</td><td>${c.inputs.map(escapeHtml).join('<br>')}</td><td>${voteText(c)}</td><td class="limit">${escapeHtml('contact' in c.trip ? c.trip.contact : tripText(config, c))}</td><td class="sil">${silOf(c.id)}</td>${cells.join('')}</tr>`
  })
  return `<p class="lead">N not stored, S stored until reset, V not stored with override, R stored with override. A number before the letter and a group behind it: so many causes of that group together. SIL: the highest of the functions that use the cause.</p>
<div class="wide"><table class="matrix"><thead><tr><th>cause</th><th>what is wrong</th><th>inputs</th><th>vote</th><th>trips</th><th>SIL</th>${head}</tr><tr><td colspan="6" class="lead">final elements, de-energised to trip</td>${elements}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function setPoints({ config }: ReportInput): string {
  return `<p class="lead">Bar: the span; filled: where it trips; light: between pre-alarm and trip. Counts are what the comparator uses, and the two are checked against each other.</p>${table(
    ['cause', 'inputs', 'span', 'pre-alarm', 'trip', 'counts', 'dead band', 'BAD input', ''],
    config.causes.map((c) => {
      const t = config.transmitters.find((x) => x.tag === c.inputs[0])
      const analog = !('contact' in c.trip)
      return [
        `${c.id} ${c.title}`,
        c.inputs.join(', '),
        analog && t !== undefined ? `${t.lo} to ${t.hi} ${t.unit}, fails ${t.fail}` : 'contact',
        c.pre_alarm === undefined ? 'none' : String(c.pre_alarm.at),
        'contact' in c.trip ? c.trip.contact : 'above' in c.trip ? `> ${c.trip.above}` : `< ${c.trip.below}`,
        'contact' in c.trip ? '-' : String(c.trip.counts),
        c.dead_band === undefined ? '-' : String(c.dead_band),
        c.on_bad.replace('_', ' '),
        spanDrawing(config, c),
      ]
    }),
    [3, 4, 5, 6],
  )}`
}

function responses({ config }: ReportInput): string {
  return `${responseLegend()}${table(
    [
      'function',
      'slowest way',
      'sensor',
      'T_SF',
      '2 scans',
      'delays',
      'stroke',
      'response',
      'allowed',
      'PST',
      'of PST',
      '',
    ],
    config.sifs.map((s) => {
      const way = slowestWay(config, s)
      if (way === undefined) return [s.id, 'none', '', '', '', '', '', '', '', '', '', '']
      const share = s.process_safety_ms === undefined ? undefined : way.total_ms / s.process_safety_ms
      const allowed_ms = Math.min(
        s.response_ms_max ?? Number.POSITIVE_INFINITY,
        s.process_safety_ms ?? Number.POSITIVE_INFINITY,
      )
      return [
        s.id,
        short(`${way.cause}, ${way.element}`),
        ...[way.sensor_ms, way.network_ms, way.scans_ms, way.delay_ms, way.valve_ms, way.total_ms].map(seconds),
        s.response_ms_max === undefined ? '-' : seconds(s.response_ms_max),
        s.process_safety_ms === undefined ? '-' : seconds(s.process_safety_ms),
        share === undefined
          ? '-'
          : verdict(share >= 1 ? 'bad' : share > 0.5 ? 'warn' : 'good', `${(100 * share).toFixed(0)} %`),
        Number.isFinite(allowed_ms) ? responseDrawing(way, allowed_ms) : '',
      ]
    }),
    [2, 3, 4, 5, 6, 7, 8, 9, 10],
  )}`
}

function functions({ config, requirements, sil }: ReportInput): string {
  return `${requirements === undefined ? '' : `<p>${escapeHtml(requirements.basis)}</p>`}${config.sifs
    .map((s) => {
      const texts = requirements?.sifs.find(({ id }) => id === s.id)
      const calculated = sil === undefined ? undefined : calculatedFor(s, sil)
      const list = (texts?.requirements ?? []).map(
        ({ id, text }) => `<p><strong>${escapeHtml(id)}</strong> ${escapeHtml(text)}.</p>`,
      )
      return `<section class="function"><h3>${escapeHtml(s.id)} ${escapeHtml(s.title)}</h3>${facts(functionRows(config, s, texts, calculated))}${list.join('')}</section>`
    })
    .join('\n')}`
}

function system({ config, requirements }: ReportInput): string {
  const general = requirements?.general ?? []
  return `${facts(systemRows(config).map(([a, b]) => [a!, b!] as const))}
${
  general.length === 0
    ? ''
    : `<h3>Requirements of the system</h3>${table(
        ['id', 'requirement'],
        general.map(({ id, text }) => [raw(`<strong>${escapeHtml(id)}</strong>`), text]),
      )}`
}
${config.sequences.map((q) => `<h3>Sequence ${escapeHtml(q.id)}</h3><p>A trip of ${escapeHtml(q.on_trip.effects.join(', '))} leads to ${escapeHtml(q.on_trip.to)}.</p>${table(SEQUENCE_HEAD, sequenceRows(q))}`).join('')}
<h3>Transmitters</h3>
${table(
  ['tag', 'service', 'span', 'fails', 'response', 'stuck below, over'],
  config.transmitters.map((t) => [
    t.tag,
    t.service,
    `${t.lo} to ${t.hi} ${t.unit}`,
    t.fail,
    seconds(t.response_ms),
    t.stuck === undefined ? 'not watched' : `${t.stuck.noise} ${t.unit}, ${seconds(t.stuck.window_ms)}`,
  ]),
)}
<h3>Contacts</h3>
${table(
  ['tag', 'service', 'response'],
  config.contacts.map((c) => [c.tag, c.service, seconds(c.response_ms)]),
)}
<h3>Final elements</h3>
${table(
  ['tag', 'service', 'energised', 'safe', 'stroke', 'confirmed within', 'partial stroke', 'second way'],
  config.elements.map((e) => [
    e.tag,
    e.service,
    e.energised,
    e.energised === 'open' ? 'closed' : 'open',
    seconds(e.travel_ms),
    seconds(e.confirm_ms),
    e.partial_stroke_ms === undefined ? 'none' : seconds(e.partial_stroke_ms),
    e.secondary ?? 'none',
  ]),
)}`
}

function traceability({ traced }: ReportInput): string {
  if (traced.length === 0) return '<p>There is no requirements file.</p>'
  return table(
    ['requirement', 'text', 'verified', 'tests in'],
    traced.map((t) => [
      raw(`<strong>${escapeHtml(t.id)}</strong>`),
      t.text,
      t.files.length === 0
        ? verdict('bad', t.gap ?? 'no test names it')
        : t.absent.length > 0
          ? verdict('warn', `no test ${t.absent.join(', ')}`)
          : verdict('good', 'yes'),
      t.files.join(', '),
    ]),
  )
}

function evidence(input: ReportInput, key: string, absent: string): string {
  const given = input.evidence[key] ?? []
  if (given.length === 0) return `<p class="none">${escapeHtml(absent)}</p>`
  return given
    .map((e) => {
      const hash = hashOf(e)
      const note =
        hash === undefined
          ? verdict('warn', 'does not say with which configuration it was made')
          : hash === input.hash
            ? verdict('good', 'made with this configuration')
            : verdict('bad', `made with another configuration, ${hash.slice(0, 12)}`)
      const open = leftOut(e, input.config)
      const part = open.length === 0 ? '' : `<p>${verdict('warn', `not covered: ${open.join(', ')}`).html}</p>`
      return `<p>${escapeHtml(e.file)}: ${note.html}</p>${part}${evidenceHtml(e.value)}`
    })
    .join('')
}

function quality(input: ReportInput): string {
  return (['mutation', 'coverage', 'campaign'] as const)
    .map((key) => `<h3>${key[0]!.toUpperCase()}${key.slice(1)}</h3>${evidence(input, key, 'Not given.')}`)
    .join('')
}

function open({ findings }: ReportInput): string {
  if (findings.length === 0) return '<p class="good">No finding.</p>'
  const kind = { error: 'bad', warning: 'warn', note: 'none' } as const
  return table(
    ['', 'rule', 'place', 'finding', 'remedy'],
    findings.map((f) => [
      verdict(kind[f.severity], f.severity),
      f.rule,
      f.place,
      f.cause,
      f.severity === 'note' ? '-' : f.remedy,
    ]),
  )
}
