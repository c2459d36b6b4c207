/**
 * The canonical form of a strategy's file: keys in one order, one spacing, comments and line breaks between entries kept.
 *
 * Only the order of keys that mean nothing by their order is changed; lists, blocks, points and names of `let` stay as they are.
 */
import { type Document, isMap, isPair, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { BLOCK_TYPES } from '../../controller/core/blocks/index.ts'

/** Longest line; a block that is longer is written with one entry a line. */
const WIDTH = 120

const PROJECT = ['format', 'name', 'title', 'scan', 'areas', 'stations']
const MODULE = [
  'tag',
  'class',
  'area',
  'description',
  'eu',
  'range',
  'decimals',
  'desired',
  'limits',
  'alarms',
  'scan',
  'kind',
  'faceplate',
  'out',
  'fields',
  'point',
  'moved',
  'params',
  'io',
  'blocks',
]
const CLASS = ['class', 'doc', 'params', 'io', ...MODULE.filter((k) => !['tag', 'class', 'params', 'io'].includes(k))]
const LOOPS = ['area', 'moved', 'modules', 'cascade']
/** Whatever any kind of alarm may say. */
export const ALARM: readonly string[] = [
  'on',
  'sp',
  'state',
  'above',
  'below',
  'per',
  'hys',
  'filter',
  'inhibit',
  'sp_step',
  'delay_on',
  'delay_off',
  'severity',
  'priority',
  'cause',
  'consequence',
  'action',
  'respond_within',
]
const BLOCK = ['id', 'type', 'unit', 'empirical', 'let', 'expr']
const DEVICE = [
  'id',
  'description',
  'protocol',
  'endpoint',
  'unit',
  'timeout',
  'watchdog',
  'each_input',
  'each_output',
  'inputs',
  'outputs',
]
const DISPLAY = ['id', 'title', 'kind', 'columns', 'trends', 'margins', 'economics']

/** The text in canonical form; undefined where it is no YAML: `check` says what is wrong with it. */
export function formatFile(path: string, text: string): string | undefined {
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true })
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined
  arrange(path, document.contents as YAMLMap)
  const made = print(document)
  // What is printed must mean the same; a printer's fault must never change a plant.
  const again = parseDocument(made, { version: '1.2', schema: 'core' })
  const meaning = (d: { toJS: () => unknown }): string => JSON.stringify(sorted(d.toJS()))
  return meaning(again) === meaning(parseDocument(text, { version: '1.2', schema: 'core' })) ? made : undefined
}

function print(document: Document): string {
  return document.toString({
    lineWidth: WIDTH,
    minContentWidth: 0,
    flowCollectionPadding: false,
    singleQuote: true,
    indentSeq: true,
  })
}

function arrange(path: string, root: YAMLMap): void {
  if (path === 'strategy.yaml') order(root, PROJECT)
  else if (path.startsWith('classes/')) {
    order(root, CLASS)
    module(root)
  } else if (path.startsWith('loops/')) {
    order(root, LOOPS)
    for (const item of items(root, 'modules')) {
      order(item, MODULE)
      module(item)
    }
    for (const item of items(root, 'cascade')) order(item, ['master', 'slave'])
  } else if (path.startsWith('io/')) for (const item of items(root, 'devices')) order(item, DEVICE)
  else if (path.startsWith('displays/')) order(root, DISPLAY)
}

function module(map: YAMLMap): void {
  for (const block of values(map, 'blocks')) {
    // With its name and indentation in front of it.
    const length = (block.range?.[1] ?? 0) - (block.range?.[0] ?? 0)
    if (block.flow === true && length > WIDTH - 20) block.flow = false
    const type = block.get('type')
    const fields = typeof type === 'string' ? (BLOCK_TYPES.get(type)?.fields ?? []) : []
    order(block, [...BLOCK, ...fields.map((f) => f.name.toLowerCase())])
  }
  for (const alarm of values(map, 'alarms')) order(alarm, ALARM)
}

/** Known keys first, in this order; the others behind them as they stood. The first entry keeps its place at the bullet. */
function order(map: YAMLMap, keys: readonly string[]): void {
  const rank = (pair: Pair): number => {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const at = keys.indexOf(key)
    return at < 0 ? keys.length : at
  }
  const before = [...map.items]
  map.items.sort((a, b) => rank(a) - rank(b))
  const first = map.items[0]
  if (first === before[0] || first === undefined) return
  // A blank line above the first entry would part it from its bullet.
  if (isPair(first) && isScalar(first.key)) first.key.spaceBefore = false
}

function items(map: YAMLMap, key: string): YAMLMap[] {
  const list = map.get(key)
  return isSeq(list) ? list.items.filter((item) => isMap(item)) : []
}

function values(map: YAMLMap, key: string): YAMLMap[] {
  const inner = map.get(key)
  return isMap(inner) ? inner.items.flatMap((pair) => (isMap(pair.value) ? [pair.value] : [])) : []
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  // Entries whose order is meant (blocks, points, names of let) are not reordered, so sorting here hides nothing.
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  )
}
