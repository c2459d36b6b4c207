/** The block around a sequence: inputs, commands and outputs by name, from docs/reference/sequences.md. */
import { type Evaluated, inputMap, type Make, type Shown } from './block.ts'
import { CHART_IN, COMMANDS, type Command, type Input, interpreter, TAKEN } from './sequence.ts'
import { isBad, status } from './status.ts'

/** STATE by its number. */
const STATES = [
  'idle',
  'running',
  'holding',
  'held',
  'restarting',
  'stopping',
  'stopped',
  'aborting',
  'aborted',
  'complete',
]
const SAFEST_FIRST: readonly Command[] = ['abort', 'stop', 'hold', 'restart', 'reset', 'start']

export const sfc: Make = (_settings, dt_s, sequence): Evaluated => {
  if (sequence === undefined || dt_s !== 1) throw new Error('a sequence of one scan a second is asked for')
  const { inputs, value, status: statusOf } = inputMap()
  const scanned = interpreter(sequence)
  /** What each command wire last said. */
  const said = new Map<Command, boolean>()
  let state = 'idle'
  let written: Command = 'none'
  const isTaken = (command: Command): boolean => TAKEN.some(([name, from]) => name === command && from.includes(state))
  const steps = Object.entries(sequence.charts).flatMap(([chart, c]) => c.steps.map((s) => ({ chart, name: s.name })))
  const outs = [...new Set(sequence.actions.map((a) => a.out))].sort((a, b) => a - b)

  return {
    inputs,
    write(field, to) {
      const command = COMMANDS[to]
      if (field !== 'COMMAND' || command === undefined || !isTaken(command)) return false
      written = command
      return true
    },
    scan(): Shown {
      const asked = new Set<Command>([written])
      written = 'none'
      for (const command of SAFEST_FIRST) {
        const wire = command.toUpperCase()
        if (isBad(statusOf(wire))) continue
        const is = value(wire) !== 0
        if (is && said.get(command) === false) asked.add(command)
        said.set(command, is)
      }
      const command = SAFEST_FIRST.find((c) => asked.has(c) && isTaken(c)) ?? 'none'
      const read = [1, 2, 3].map((n): Input => (isBad(statusOf(`IN${n}`)) ? 'bad' : value(`IN${n}`) !== 0 ? 1 : 0))
      const now = scanned(read, command)
      state = now.state
      const shows = CHART_IN[state] ?? 'run'
      const at = steps.findIndex((s) => s.chart === shows && now.active.has(s.name))
      const good = status('good')
      return [
        ...outs.map((out) => {
          const waits = sequence.actions.some((a) => a.out === out && a.value !== undefined) && !now.assigned.has(out)
          return [`OUT${out + 1}`, { value: now.outs.get(out) ?? 0, status: waits ? status('bad') : good }] as const
        }),
        ['STATE', STATES.indexOf(state)],
        ['STEP', at + 1],
        ['STEP_TIME', at < 0 ? 0 : now.ages.get(steps[at]!.name)!],
        ['PENDING', now.pending],
        ['FAILED', now.failed],
        ['BLOCKED', now.blocked ? 1 : 0],
      ]
    },
  }
}
