/**
 * Loop sheets: one page of HTML a module, with its diagram, parameters, alarms, points and tests, and an index. Each page stands by
 * itself: no script, nothing from elsewhere.
 */
import type { ModelAlarm, ModelModule, StrategyModel } from '../../controller/core/strategy/model.ts'
import { diagram, html } from './diagram.ts'

export interface Page {
  readonly path: string
  readonly text: string
}

/** A test of the strategy that names a tag. */
export interface NamedTest {
  readonly file: string
  readonly name: string
}

/** @param hash - of the artifact that the pages describe */
export function sheets(model: StrategyModel, hash: string, testsOf: (tag: string) => readonly NamedTest[]): Page[] {
  const foot = `${html(model.title)}, artifact ${hash.slice(0, 12)}`
  const pages = model.modules.map((module) => ({
    path: `${module.tag}.html`,
    text: page(`${module.tag} ${module.facts['description'] ?? ''}`, sheet(module, testsOf(module.tag)), foot),
  }))
  const areas = [...new Set(model.modules.map((m) => m.facts['area'] ?? ''))].sort()
  const index = areas
    .map((area) => {
      const rows = model.modules
        .filter((m) => (m.facts['area'] ?? '') === area)
        .map((m) => [
          `<a href="${html(encodeURI(m.tag))}.html">${html(m.tag)}</a>`,
          html(m.facts['description'] ?? ''),
          html(m.facts['kind'] ?? ''),
          html(m.facts['scan'] ?? ''),
          html(m.alarms.map((a) => a.kind).join(', ')),
        ])
      return `<h2>${html(area)}</h2>${table(['Tag', 'Description', 'Kind', 'Scan', 'Alarms'], rows)}`
    })
    .join('')
  return [{ path: 'index.html', text: page(model.title, index, foot) }, ...pages]
}

function sheet(module: ModelModule, tests: readonly NamedTest[]): string {
  const facts = Object.entries(module.facts).filter(([name]) => name !== 'description')
  const points = module.blocks.flatMap((b) =>
    Object.entries(b.wires).flatMap(([field, text]) =>
      /^[^. ]+\/.+/.test(text) ? [[text, `${b.name}.${field}`]] : [],
    ),
  )
  const elsewhere = module.blocks.flatMap((b) =>
    Object.entries(b.wires).flatMap(([field, text]) => {
      const tag = /^([^. /]+)\.[^. ]+\.[A-Z0-9_]+/.exec(text)?.[1]
      return tag === undefined || tag === module.tag ? [] : [[`${b.name}.${field}`, text, tag]]
    }),
  )
  const parameters = module.blocks.flatMap((b) => [
    ...(b.expression === '' ? [] : [[b.name, b.type, 'expr', b.expression]]),
    ...Object.entries(b.parameters).map(([name, value]) => [b.name, b.type, name.toLowerCase(), value]),
  ])
  const units = module.blocks.flatMap((b) => Object.entries(b.units).map(([f, u]) => [`${b.name}.${f}`, u]))
  const text = (rows: readonly (readonly string[])[]): string[][] => rows.map((row) => row.map(html))
  const section = (title: string, body: string): string => (body === '' ? '' : `<h2>${title}</h2>${body}`)
  return [
    '<p><a href="index.html">All modules</a></p>',
    table(
      [],
      facts.map(([name, value]) => [`<b>${html(name)}</b>`, html(value)]),
    ),
    `<p>Written in ${html(module.file)}, line ${module.line}.</p>`,
    section('Diagram', `<div class="scroll">${diagram(module)}</div>`),
    section('Alarms', module.alarms.map(alarmText).join('')),
    section('Points', points.length === 0 ? '' : table(['Point', 'Block'], text(points))),
    section(
      'From other modules',
      elsewhere.length === 0
        ? ''
        : table(
            ['Wire', 'Source'],
            elsewhere.map(([wire, source, tag]) => [
              html(wire!),
              `<a href="${html(encodeURI(tag!))}.html">${html(source!)}</a>`,
            ]),
          ),
    ),
    section(
      'Parameters',
      parameters.length === 0 ? '' : table(['Block', 'Type', 'Parameter', 'Value'], text(parameters)),
    ),
    section('Units', units.length === 0 ? '' : table(['Wire', 'Unit'], text(units))),
    section(
      'Tests',
      tests.length === 0
        ? '<p>None names this tag.</p>'
        : table(['Test', 'File'], text(tests.map((t) => [t.name, t.file]))),
    ),
  ].join('')
}

function alarmText({ kind, facts }: ModelAlarm): string {
  const rows = Object.entries(facts).map(([name, value]) => [`<b>${html(name.replaceAll('_', ' '))}</b>`, html(value)])
  return `<h3>${html(kind)}</h3>${table([], rows)}`
}

/** Cells are HTML already. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const top =
    head.length === 0 ? '' : `<thead><tr>${head.map((h) => `<th scope="col">${h}</th>`).join('')}</tr></thead>`
  return `<table>${top}<tbody>${rows.map((r) => `<tr>${r.map((c) => `<td>${c}</td>`).join('')}</tr>`).join('')}</tbody></table>`
}

const STYLE = `body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1b2430;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1rem 0 .25rem}a{color:#0b57a4}
table{border-collapse:collapse}td,th{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #dfe4ea}
.scroll{overflow-x:auto}svg{max-width:none;font:11px system-ui,sans-serif}svg text{fill:#1b2430}svg .name{font-weight:600;font-size:13px}
svg .type{fill:#5a6675}svg .end{text-anchor:end}svg .block{fill:#f5f7fa;stroke:#6b7785}svg .pill{fill:#fff;stroke:#9aa5b1}
svg .wire{fill:none;stroke:#33597f;stroke-width:1.4}svg .answer{stroke:#9aa5b1;stroke-dasharray:3 3}svg .before{stroke-dasharray:7 3}
footer{margin-top:3rem;color:#5a6675;font-size:.85rem}@media print{body{margin:0;max-width:none}}`

function page(title: string, body: string, foot: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${html(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${html(title)}</h1>${body}</main><footer>${foot}</footer></body></html>
`
}
