/** Waits, expectations and values of a step: expressions whose names and calls are checked before anything runs. */
import type { Faults } from '../../controller/core/strategy/fault.ts'
import { isReported, type MapReader } from '../../controller/core/strategy/map-reader.ts'
import { duration, parseQuantity } from '../../controller/core/strategy/quantity.ts'
import { kindText, type Source } from '../../controller/core/strategy/source.ts'
import { nearest } from '../../numerics/nearest.ts'
import { checkExpression, withLoop } from './check-expression.ts'
import { type Expression, isProblem, parseExpression } from './expression.ts'
import { type BlockRef, isUnknown } from './names.ts'
import type { Before, StepContext } from './read-context.ts'
import { timeOf } from './read-time.ts'
import type { Expectation, Wait } from './scenario.ts'

const STEADY_BAND_PCT = 1

export function readWait(faults: Faults, m: MapReader, context: StepContext, before: Before): Wait | undefined {
  const value = m.optional('wait')
  for (const key of ['of', 'band']) {
    const extra = m.optional(key)
    if (extra !== undefined && !(value?.kind === 'scalar' && value.value === 'steady'))
      faults.add('CFG_UNKNOWN_FIELD', extra.at, `'${key}'`, "'wait: steady' beside it")
  }
  if (value === undefined || isReported(value)) return undefined
  const text = value.kind === 'scalar' ? value.value : null
  if (typeof text !== 'string') {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a time, steady, or a condition')
    return undefined
  }
  if (text !== 'steady' && (duration(text, 'ms') !== undefined || /^\d+\s*scans?$/.test(text))) {
    const ms = timeOf(faults, value, 0, context)
    return ms === undefined ? undefined : { kind: 'time', ms }
  }
  if (text !== 'steady' && /^\w+$/.test(text)) {
    faults.add('CFG_UNKNOWN_WORD', value.at, `'${text}'`, 'a time, steady, or a condition', nearest(text, ['steady']))
    return undefined
  }
  const within = m.required('within')
  const within_ms = within === undefined ? undefined : timeOf(faults, within, 0, context)
  if (text !== 'steady') {
    const read = readCondition(faults, value, text, context, before)
    if (read === undefined || within_ms === undefined) return undefined
    return { kind: 'until', expression: read.expression, text, within_ms }
  }
  const blocks: BlockRef[] = []
  const of = m.optional('of')
  for (const item of of === undefined ? [] : of.kind === 'list' ? of.items : [of]) {
    const path = item.kind === 'scalar' ? String(item.value) : ''
    const block = context.names.block(path)
    if (isUnknown(block)) faults.add(block.code, item.at, block.found, block.expected, block.suggestion)
    else if (block.layout.S['PV'] === undefined || block.layout.S['SP'] === undefined)
      faults.add('CFG_UNKNOWN_BLOCK', item.at, `'${path}'`, 'a block with PV and SP')
    else blocks.push(block)
  }
  if (of === undefined && before.loop !== undefined) blocks.push(before.loop)
  if (of === undefined && before.loop === undefined)
    faults.add(
      'CFG_MISSING_FIELD',
      value.at,
      "'wait: steady' before any loop was set",
      "the field 'of', as FIC-101.PID1",
    )
  const band = m.optional('band')
  const q = band?.kind === 'scalar' ? parseQuantity(String(band.value)) : undefined
  if (band !== undefined && !(q !== undefined && q.value > 0 && (q.unit === '%' || q.unit === '')))
    faults.add('CFG_WRONG_TYPE', band.at, kindText(band), 'a percentage of the span, as 1%')
  if (within_ms === undefined) return undefined
  return { kind: 'steady', blocks, band_pct: q?.value ?? STEADY_BAND_PCT, within_ms }
}

export function readExpect(
  faults: Faults,
  m: MapReader,
  context: StepContext,
  before: Before,
  waits: boolean,
): Expectation | undefined {
  const value = m.optional('expect')
  if (value === undefined) {
    for (const key of waits ? ['during'] : ['within', 'during']) {
      const extra = m.optional(key)
      if (extra !== undefined) faults.add('CFG_UNKNOWN_FIELD', extra.at, `'${key}'`, "an 'expect' beside it")
    }
    return undefined
  }
  if (isReported(value)) return undefined
  if (value.kind !== 'scalar' || value.value === null) {
    faults.add('CFG_WRONG_TYPE', value.at, kindText(value), 'a condition')
    return undefined
  }
  const text = String(value.value)
  const read = readCondition(faults, value, text, context, before)
  const scan_ms = Math.max(read?.period_ms ?? 0, context.names.artifact.tick_ms)
  // Beside `wait`, `within` is the wait's.
  const within = waits ? undefined : m.optional('within')
  const during = m.optional('during')
  if (within !== undefined && during !== undefined)
    faults.add('CFG_INCONSISTENT', during.at, "'within' and 'during'", 'one of them')
  const within_ms = within === undefined ? undefined : timeOf(faults, within, scan_ms, context)
  const span = during?.kind === 'scalar' ? String(during.value) : ''
  const named = span === 'fault' || span === 'cut' || span === 'disturbance' ? span : undefined
  if (named !== undefined && !before.ended.has(named))
    faults.add('CFG_INCONSISTENT', during!.at, `'during: ${named}'`, `a ${named} with 'for' before it`)
  const during_ms = during === undefined || named !== undefined ? undefined : timeOf(faults, during, scan_ms, context)
  if (read === undefined) return undefined
  return {
    text,
    expression: read.expression,
    at: value.at,
    scan_ms,
    ...(within_ms === undefined ? {} : { within_ms }),
    ...(during_ms === undefined ? {} : { during_ms }),
    ...(named === undefined ? {} : { during: named }),
  }
}

function readCondition(
  faults: Faults,
  source: Source,
  text: string,
  context: StepContext,
  { loop }: Before,
): { expression: Expression; period_ms: number } | undefined {
  const written = parseExpression(text)
  if (isProblem(written)) {
    faults.add('CFG_EXPRESSION', source.at, written.found, written.expected)
    return undefined
  }
  const parsed = withLoop(written, loop?.record.id)
  if (parsed === undefined) {
    const found = `'${text}' before any loop was set`
    faults.add('CFG_EXPRESSION', source.at, found, 'the block, as after(saturation).overshoot(FIC-101.PID1)')
    return undefined
  }
  const before = faults.list.length
  const period_ms = checkExpression(faults, source.at, parsed, {
    names: context.names,
    variables: context.variables,
    windows: true,
    twin: context.twin,
    profiles: context.profiles,
  })
  if (faults.list.length === before && !isTruth(parsed))
    faults.add('CFG_EXPRESSION', source.at, `'${text}'`, 'a condition, as PV > 5: this is a number')
  return faults.list.length > before ? undefined : { expression: parsed, period_ms }
}

const TRUTHS = ['bad', 'good', 'uncertain', 'limited', 'outputs_equal_to']

/** A condition and not a number: `expect: max(x)` would be true whenever it is not 0. */
function isTruth(e: Expression): boolean {
  if (e.kind === 'not') return isTruth(e.of)
  if (e.kind === 'word') return e.text === 'true' || e.text === 'false'
  if (e.kind === 'call') return TRUTHS.includes(e.name)
  if (e.kind !== 'binary') return false
  if (e.op === 'and' || e.op === 'or') return isTruth(e.left) && isTruth(e.right)
  return !['+', '-', '*', '/'].includes(e.op)
}

/** A number, a word, or an expression of them and the variables. */
export function readValue(
  faults: Faults,
  source: Source,
  context: StepContext,
  words: Readonly<Record<string, number>> = {},
): Expression | undefined {
  if (isReported(source)) return undefined
  if (source.kind !== 'scalar' || source.value === null) {
    faults.add('CFG_WRONG_TYPE', source.at, kindText(source), 'a number or a word')
    return undefined
  }
  const { value } = source
  if (typeof value === 'number') return { kind: 'number', value }
  if (typeof value === 'boolean') return { kind: 'number', value: value ? 1 : 0 }
  if (Object.hasOwn(words, value)) return { kind: 'number', value: words[value]! }
  const parsed = parseExpression(value)
  if (isProblem(parsed)) {
    faults.add('CFG_EXPRESSION', source.at, parsed.found, parsed.expected)
    return undefined
  }
  const before = faults.list.length
  const { names, variables, profiles } = context
  checkExpression(faults, source.at, parsed, { names, variables, profiles, windows: false, twin: false, words })
  return faults.list.length > before ? undefined : parsed
}
