import { expect, test } from 'vitest'
import { type Expression, expressionText, isProblem, parseExpression } from './expression.ts'

const tree = (text: string): Expression => {
  const parsed = parseExpression(text)
  if (isProblem(parsed)) throw new Error(`${text}: found ${parsed.found}, expected ${parsed.expected}`)
  return parsed
}
/** With brackets around every operation: what binds what. */
const grouped = (e: Expression): string =>
  e.kind === 'binary'
    ? `(${grouped(e.left)} ${e.op} ${grouped(e.right)})`
    : e.kind === 'not' || e.kind === 'minus'
      ? `(${e.kind} ${grouped(e.of)})`
      : e.kind === 'call'
        ? `${e.name}(${e.args.map(grouped).join(', ')})`
        : expressionText(e)

test('[EXPR-1] operators bind as in arithmetic, comparisons before not, not before and, and before or', () => {
  expect(grouped(tree('a + b * c < d and not e == f or g'))).toBe('((((a + (b * c)) < d) and (not (e == f))) or g)')
  expect(grouped(tree('a - b - c'))).toBe('((a - b) - c)')
  expect(grouped(tree('-a * -(b - c) / d'))).toBe('(((minus a) * (minus (b - c))) / d)')
  expect(grouped(tree('a && !b || c'))).toBe('((a and (not b)) or c)')
})

test('[EXPR-2] a tag keeps its hyphens, a minus between blanks is one', () => {
  expect(tree('FIC-101.PID1.mode.actual')).toEqual({ kind: 'path', text: 'FIC-101.PID1.mode.actual' })
  expect(grouped(tree('FIC-101.PID1.PV - TIC-2.AI1.OUT'))).toBe('(FIC-101.PID1.PV - TIC-2.AI1.OUT)')
  expect(grouped(tree('FIC-101.PID1.PV-5'))).toBe('(FIC-101.PID1.PV - 5)')
  expect(grouped(tree('RIO-1/AI/3 > 4'))).toBe('(RIO-1/AI/3 > 4)')
  expect(grouped(tree('sp/2'))).toBe('(sp / 2)')
})

test('[EXPR-3] a percentage is its number, a time is in seconds', () => {
  for (const [text, value] of [
    ['5%', 5],
    ['0.2 %', 0.2],
    ['200ms', 0.2],
    ['8s', 8],
    ['2min', 120],
    ['1.5h', 5400],
    ['1e-3', 0.001],
    ['.5', 0.5],
  ] as const)
    expect(tree(text), text).toEqual({ kind: 'number', value })
})

test('[EXPR-4] what is no expression is told with what was found and expected', () => {
  for (const [text, found] of [
    ['a <', 'the end'],
    ['a b', "'b'"],
    ['(a', 'the end'],
    ['max(a,)', "')'"],
    ['a < b < c', "'<' after a comparison"],
    ['a = 5', "'='"],
    ['"x"', `'"'`],
    ['', 'the end'],
    ['process.exit(1)', "'('"],
    [`${'('.repeat(500)}a`, 'more than 100 levels'],
    [`${'-'.repeat(500)}a`, 'more than 100 levels'],
  ] as const) {
    const parsed = parseExpression(text)
    expect(isProblem(parsed) ? parsed.found : parsed, text).toBe(found)
  }
  expect(grouped(tree('(a < b) == (c < d)'))).toBe('((a < b) == (c < d))')
})
