import type { FieldDecl } from '../../block.ts'
import { layoutOf } from '../../layout.ts'
import { CALC_STACK } from '../calc.ts'
import { DISCRETE_EVENT } from '../discrete.ts'
import { SFC_INPUTS, SFC_OUTPUTS } from './program.ts'

/** STATE: the states of a phase. */
export const SFC_STATE = {
  idle: 0,
  running: 1,
  holding: 2,
  held: 3,
  restarting: 4,
  stopping: 5,
  stopped: 6,
  aborting: 7,
  aborted: 8,
  complete: 9,
} as const

/** COMMAND. The order of the command wires is that of the numbers. */
export const SFC_COMMAND = { start: 1, stop: 2, reset: 3, hold: 4, restart: 5, abort: 6 } as const

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

export const FIELDS: readonly FieldDecl[] = [
  ...range(SFC_INPUTS).map(
    (n): FieldDecl => ({ name: `IN${n}`, role: 'wire-in', unit: 'in', doc: `Input ${n}.`, optional: true }),
  ),
  { name: 'START', role: 'wire-in', unit: '1', doc: 'Its rise starts.', optional: true },
  { name: 'STOP', role: 'wire-in', unit: '1', doc: 'Its rise stops.', optional: true },
  { name: 'RESET', role: 'wire-in', unit: '1', doc: 'Its rise resets to idle.', optional: true },
  { name: 'HOLD', role: 'wire-in', unit: '1', doc: 'Its rise holds.', optional: true },
  { name: 'RESTART', role: 'wire-in', unit: '1', doc: 'Its rise goes on after a hold.', optional: true },
  { name: 'ABORT', role: 'wire-in', unit: '1', doc: 'Its rise aborts.', optional: true },
  ...range(SFC_OUTPUTS).map(
    (n): FieldDecl => ({ name: `OUT${n}`, role: 'wire-out', unit: 'out', doc: `Output ${n}.` }),
  ),
  {
    name: 'STATE',
    role: 'wire-out',
    unit: '1',
    doc: 'Phase state.',
    names: SFC_STATE,
    event: DISCRETE_EVENT.sequenceState,
  },
  { name: 'STEP', role: 'wire-out', unit: '1', doc: 'Number of the first active step; 0: none.' },
  { name: 'STEP_TIME', role: 'wire-out', unit: 's', doc: 'How long it has been active.' },
  { name: 'PENDING', role: 'wire-out', unit: '1', doc: 'Confirms that active steps wait for.' },
  { name: 'FAILED', role: 'wire-out', unit: '1', doc: 'Confirms of active steps that did not come in time.' },
  {
    name: 'BLOCKED',
    role: 'wire-out',
    unit: '1',
    doc: '1 while a transition waits for a Bad condition or a confirm failed.',
    event: DISCRETE_EVENT.sequenceBlocked,
  },
  {
    name: 'COMMAND',
    role: 'tunable',
    unit: '1',
    doc: 'Command written, taken by the next scan.',
    default: 0,
    names: { none: 0, ...SFC_COMMAND },
  },
  {
    name: 'FORCE',
    role: 'tunable',
    unit: '1',
    doc: 'Number of a transition to fire whatever its condition, once.',
    default: 0,
  },
  { name: 'LAST', role: 'state', unit: '1', doc: 'Last usable command wires; -1: none yet.', count: 6, default: -1 },
  { name: 'STACK', role: 'state', unit: '1', doc: 'Operands; what is left there has no meaning.', count: CALC_STACK },
  { name: 'DT_MS', role: 'derived', unit: 'ms', doc: 'Period of the scan class.' },
  {
    name: 'PROGRAM',
    role: 'constant',
    unit: '1',
    doc: 'The sequence, made by the compiler from steps, transitions and actions.',
    count: -1,
  },
]

export const { S: S_OFFSETS, K: K_OFFSETS } = layoutOf(FIELDS)
const S = (name: string): number => S_OFFSETS[name]!
const K = (name: string): number => K_OFFSETS[name]!

export const IN1 = S('IN1')
export const START = S('START')
export const OUT1 = S('OUT1')
export const STATE = S('STATE')
export const STEP_NO = S('STEP')
export const STEP_TIME = S('STEP_TIME')
export const PENDING = S('PENDING')
export const FAILED = S('FAILED')
export const BLOCKED = S('BLOCKED')
export const COMMAND = S('COMMAND')
export const FORCE = S('FORCE')
export const LAST = S('LAST')
export const STACK = S('STACK')
export const DT_MS = K('DT_MS')
/** Start of the program in K. */
export const P = K('PROGRAM')
