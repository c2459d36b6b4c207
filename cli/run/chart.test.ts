import { expect, test } from 'vitest'
import { renderChart, ticks } from './chart.ts'

const chart = (values: number[]) => ({
  title: 'PIC-07 <Reactor>',
  unit: 'kPa g',
  decimals: 0,
  t_h: values.map((_, i) => i),
  pens: [{ color: '#000', values }],
  limits: [{ label: 'trip', value: 3000 }],
  marks: [],
})

test('[RUN-3] ticks are steps of 1, 2 or 5 inside the scale', () => {
  expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10])
  expect(ticks(2.1, 2.9, 4).map((v) => +v.toFixed(6))).toEqual([2.2, 2.4, 2.6, 2.8])
})

test('[RUN-3] a gap in the values is a gap in the line', () => {
  expect(renderChart(chart([1, 2, Number.NaN, 3, 4])).match(/<polyline/g)).toHaveLength(2)
})

test('[RUN-3] text is escaped, an empty trend still draws, a far limit stays off the scale', () => {
  expect(renderChart(chart([1, 2]))).toContain('PIC-07 &lt;Reactor&gt;')
  expect(renderChart(chart([]))).toContain('<svg')
  expect(renderChart(chart([1, 2]))).not.toContain('>trip<')
  expect(renderChart(chart([2900, 2990]))).toContain('>trip<')
})

test('[RUN-3] a spike of one sample in 100,000 is still drawn', () => {
  const values = Array.from({ length: 100_000 }, () => 1)
  values[54_321] = 9
  const ys = [...renderChart(chart(values)).matchAll(/[\d.]+,([\d.]+)/g)].map((m) => Number(m[1]))
  expect(Math.min(...ys)).toBeLessThan(50)
})
