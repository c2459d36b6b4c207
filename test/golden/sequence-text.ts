import type { ChartSpec, Condition, Doing, Spec } from './evaluator/sequence.ts'

const conditionText = (c: Condition): string | boolean =>
  c.kind === 'input'
    ? `${c.negated ? 'not ' : ''}i${c.input + 1}`
    : c.kind === 'time'
      ? `t >= ${c.least}`
      : c.kind === 'active'
        ? `${c.step}_X and i${c.input + 1}`
        : c.kind === 'confirmed'
          ? 'pending == 0'
          : c.kind === 'failed'
            ? 'failed > 0'
            : true

const doingText = (d: Doing): unknown => {
  const timed = ['L', 'D', 'SD', 'DS', 'SL'].includes(d.as)
  if (d.confirm === undefined) return timed ? `${d.as} ${d.time}s ${d.action}` : `${d.as} ${d.action}`
  const confirm = { confirm: `i${d.confirm.input + 1}`, within: d.confirm.within === 0 ? 0 : `${d.confirm.within}s` }
  return { do: d.action, as: d.as, ...(timed ? { time: `${d.time}s` } : {}), ...confirm }
}

const chartText = (chart: ChartSpec): object => ({
  steps: Object.fromEntries(chart.steps.map((s) => [s.name, { actions: s.doings.map(doingText) }])),
  transitions: chart.transitions.map((t) => ({ from: t.from, to: t.to, when: conditionText(t.when) })),
})

/** The sequence as a strategy writes it, as JSON, which is YAML. */
export function textOf({ charts, actions }: Spec): string {
  const { run, ...others } = charts
  return JSON.stringify({
    ...chartText(run),
    ...Object.fromEntries(Object.entries(others).map(([name, chart]) => [name, chartText(chart)])),
    actions: Object.fromEntries(
      actions.map((a) => [a.name, { out: `out${a.out + 1}`, ...(a.value === undefined ? {} : { value: a.value }) }]),
    ),
  })
}
