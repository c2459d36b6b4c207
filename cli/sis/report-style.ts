/** How the safety report looks, on a screen and on A4: black on white, one accent, tables that keep their head on every page. */
export const REPORT_STYLE = `
@page { size: A4; margin: 16mm 14mm 18mm; @bottom-left { content: "Engineered after IEC 61511, not certified"; font: 8pt Inter, system-ui, sans-serif; color: #555 } @bottom-right { content: counter(page) " / " counter(pages); font: 8pt Inter, system-ui, sans-serif; color: #555 } }
@page wide { size: A4 landscape }
:root { --ink: #16191d; --soft: #5a6370; --line: #c4cad2; --head: #eef1f4; --bad: #b3261e; --warn: #8a5a00; --good: #1d6b3a; --accent: #1f4e79 }
* { box-sizing: border-box }
body { font: 14px/1.45 Inter, system-ui, "Segoe UI", sans-serif; color: var(--ink); background: #fff; max-width: 1180px; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 .2rem }
h2 { font-size: 18px; margin: 2.4rem 0 .6rem; padding-top: .5rem; border-top: 2px solid var(--ink); break-after: avoid }
h3 { font-size: 14.5px; margin: 1.5rem 0 .4rem; break-after: avoid }
p { margin: .4rem 0; max-width: 80ch }
.lead { color: var(--soft) }
table { border-collapse: collapse; margin: .5rem 0 1rem; font-size: 12.5px; font-variant-numeric: tabular-nums }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 1px solid var(--line); padding: .24rem .5rem; text-align: left; vertical-align: top }
th { background: var(--head); font-weight: 600 }
td.num, th.num { text-align: right; white-space: nowrap }
.short, td .good, td .bad, td .warn { white-space: nowrap } td .long { white-space: normal }
td.name { white-space: nowrap; font-weight: 600 }
table.full { width: 100% }
table.facts th { width: 13.5rem; font-weight: 500; color: var(--soft); background: none }
code { font: 12px/1.3 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere }
.bad { color: var(--bad); font-weight: 600 } .warn { color: var(--warn); font-weight: 600 } .good { color: var(--good); font-weight: 600 } .none { color: var(--soft) }
.bad::before { content: "\\2717\\00a0" } .warn::before { content: "\\25b3\\00a0" } .good::before { content: "\\2713\\00a0" } .none::before { content: "\\2013\\00a0" }
.wide { overflow-x: auto }
.matrix { font-size: 12px }
.matrix th.effect { height: 9.5rem; min-width: 2.7rem; padding: .3rem .2rem; vertical-align: bottom; text-align: center }
.matrix th.effect > span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block; max-height: 9rem; text-align: left; line-height: 1.2 }
.matrix td.cell { text-align: center; font-weight: 700; min-width: 2.7rem; vertical-align: middle }
.matrix td.mark { background: #dbe7f3; color: var(--accent) }
.matrix td.limit { white-space: nowrap } .matrix td.sil { text-align: center }
.matrix tbody tr:hover td.cell:not(.mark) { background: #f6f8fa }
.sign td { height: 3.1rem; vertical-align: middle } .sign td.hand { min-width: 13rem }
.contents { columns: 2; font-size: 13px; margin: .6rem 0; padding-left: 1.2rem; max-width: 60rem } .contents a { color: inherit }
svg { display: block } svg text { font: 10px Inter, system-ui, sans-serif; fill: var(--ink) }
section.function { break-inside: avoid }
@media (max-width: 700px) { .contents { columns: 1 } body { padding: 0 .8rem } }
@media print {
  th, td { padding: .12rem .35rem } .bar { width: 40mm; height: auto } .matrix { width: 100% } .facts th { width: 34mm }
  body { margin: 0; padding: 0; max-width: none; font-size: 8.6pt }
  table { font-size: 7pt; line-height: 1.3 } .matrix { font-size: 6.8pt } .matrix th.effect { height: 27mm } .matrix th.effect > span { max-height: 26mm } h1 { font-size: 17pt } h2 { font-size: 12pt; margin-top: 1rem } h3 { font-size: 9.5pt; margin-top: .8rem } code { font-size: 6.6pt } .sign td { height: 12mm } .sign td.hand { min-width: 34mm } .contents { font-size: 8pt }
  .wide { overflow: visible } .landscape { page: wide; break-before: page; break-after: page } .landscape h2 { margin-top: 0 }
  .functions { break-before: page } a { text-decoration: none }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact }
}
`
