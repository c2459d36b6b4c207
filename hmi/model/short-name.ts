/**
 * The description of a tag, short enough for an indicator: words that its column already says are left out, long words
 * are cut to the abbreviations operators use. The full text stays in the tooltip and in the table.
 */
export function shortName(description: string, column: string): string {
  const said = new Set(column.toLowerCase().split(/[^a-z]+/))
  const words = description.split(/\s+/).filter((w) => !said.has(w.toLowerCase()))
  // A single letter says nothing by itself: "A feed" stays whole.
  const kept = words.join(' ').length > 1 ? words : description.split(/\s+/)
  const text = kept
    .join(' ')
    .replace(/cooling[ -]water/i, 'CW')
    .split(' ')
    .map((w) => SHORT[w.toLowerCase()] ?? w)
    .join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const SHORT: Readonly<Record<string, string>> = {
  temperature: 'temp',
  pressure: 'press',
  compressor: 'compr',
  separator: 'sep',
  reactor: 'react',
  stripper: 'strip',
  condenser: 'cond',
  outlet: 'out',
  inlet: 'in',
  production: 'prod',
}
