/** Cases of sequences: charts that show one rule each, told scan by scan, and one with everything under a random script. */
import {
  type ChartSpec,
  type Charts,
  COMMANDS,
  type Command,
  type Condition,
  type Doing,
  type Spec,
} from './evaluator/sequence.ts'
import { type Case, random, ST, type Step } from './script.ts'

/** 'N A' or 'L 3 A'; a confirm by its input, '?2 4' at the end: IN2 within 4 s. */
function doing(text: string): Doing {
  const [what, confirm] = text.split(' ?')
  const words = what!.split(' ')
  const [input, within] = (confirm ?? '').split(' ').map(Number)
  return {
    action: words.at(-1)!,
    as: words[0]!,
    time: words.length === 3 ? Number(words[1]) : 0,
    ...(confirm === undefined ? {} : { confirm: { input: input! - 1, within: within! } }),
  }
}

/** 'i1', '!i1', 't3', 'B&i2' (B is active and IN2), 'true', 'confirmed', 'failed'. */
function condition(text: string): Condition {
  const [step, input] = text.split('&i')
  if (input !== undefined) return { kind: 'active', step: step!, input: Number(input) - 1 }
  if (text === 'true' || text === 'confirmed' || text === 'failed') return { kind: text }
  if (/^t\d/.test(text)) return { kind: 'time', least: Number(text.slice(1)) }
  return { kind: 'input', input: Number(text.at(-1)) - 1, negated: text.startsWith('!') }
}

const chart = (steps: Readonly<Record<string, readonly string[]>>, ...transitions: readonly string[]): ChartSpec => ({
  steps: Object.entries(steps).map(([name, doings]) => ({ name, doings: doings.map(doing) })),
  transitions: transitions.map((text) => {
    const [from, to, when] = text.split(/ > | if /)
    return { from: from!.split('+'), to: to!.split('+'), when: condition(when!) }
  }),
})

/** Actions A, B, C ... on OUT1, OUT2, OUT3 ...; V and W put 40 and 80 on the one after them. */
function sequence(charts: Charts): Spec {
  const used = new Set(Object.values(charts).flatMap((c) => c.steps.flatMap((s) => s.doings.map((d) => d.action))))
  const plain = [...used].filter((a) => a !== 'V' && a !== 'W').sort()
  const values = [...used].filter((a) => a === 'V' || a === 'W').sort()
  return {
    charts,
    actions: [
      ...plain.map((name, out) => ({ name, out, value: undefined })),
      ...values.map((name) => ({ name, out: plain.length, value: name === 'V' ? 40 : 80 })),
    ],
  }
}

/** A column a scan: inputs as 0, 1 or b (Bad), a command written by the number of COMMAND. */
function told(commands: string, ...inputs: readonly string[]): Step[] {
  return [...commands].map((command, n) => ({
    drive: Object.fromEntries(
      inputs.flatMap((text, i) => {
        const c = text[n] ?? '0'
        return n > 0 && c === (text[n - 1] ?? '0')
          ? []
          : [[`IN${i + 1}`, [c === '1' ? 1 : 0, c === 'b' ? ST.noComm : ST.good]] as const]
      }),
    ),
    write: command === '.' ? [] : [['COMMAND', Number(command)]],
  }))
}

/** Command wires that are 1 in a scan: 'start', 'hold abort', or none. */
function wired(scans: readonly string[]): Step[] {
  const wires = COMMANDS.filter((c): c is Exclude<Command, 'none'> => c !== 'none')
  return scans.map((text) => ({
    drive: Object.fromEntries(wires.map((w) => [w.toUpperCase(), [text.split(' ').includes(w) ? 1 : 0, ST.good]])),
    write: [],
  }))
}

const EVERY = ['N A', 'S B', 'P C', 'P0 D', 'L 3 E', 'D 3 F', 'SD 4 G', 'DS 3 H', 'SL 4 I']
const FORGET = ['R B', 'R G', 'R H', 'R I']
const PHASE: Charts = {
  run: chart({ A: ['N A', 'S B', 'D 3 C', 'P V'], E: ['N C', 'SD 3 D', 'N W'], Z: [] }, 'A > E if t4', 'E > Z if i1'),
  holding: chart({ H: ['N E', 'P0 F'], HE: [] }, 'H > HE if t2'),
  restarting: chart({ T: ['N F'], TE: [] }, 'T > TE if i2'),
  stopping: chart({ S: ['N E', 'R B'], SE: [] }, 'S > SE if t2'),
  aborting: chart({ X: ['N F', 'R D'], XE: [] }, 'X > XE if t3'),
}

const CASES: readonly (readonly [name: string, charts: Charts, steps: readonly Step[]])[] = [
  [
    'every qualifier, a long and a short visit, then R',
    { run: chart({ A: EVERY, M: [], C: FORGET, Z: [] }, 'A > M if i1', 'M > C if i2', 'C > A if i3', 'C > Z if i1') },
    told(
      '..1.....................................',
      '0000000001000000000000100000000100000010',
      '0000000000000001000000000000001000010000',
      '0000000000000000001000000000000001000000',
    ),
  ],
  [
    'every qualifier, left before its time',
    { run: chart({ A: EVERY, M: [], C: FORGET, Z: [] }, 'A > M if i1', 'M > C if i2', 'C > A if i3', 'C > Z if i1') },
    told(
      '1.............................',
      '001000000000100000001000000010',
      '000000000100000000001000010000',
      '000000000001000000000010000100',
    ),
  ],
  [
    'R in one branch goes before what another branch does',
    {
      run: chart(
        { A: [], B: ['S A', 'N B', 'SL 9 C'], P: [], Q: ['R A', 'R B', 'R C'], T: [], Z: [] },
        'A > B+P if i1',
        'P > Q if i2',
        'Q > T if i3',
        'B+T > Z if i1',
      ),
    },
    told(
      '1.......................',
      '001000000000000000100000',
      '000000100000000000000000',
      '000000000010000000000000',
    ),
  ],
  [
    'select: the first written wins; a Bad condition waits',
    {
      run: chart(
        { S: ['N A'], L: ['N B'], R: ['N C'], Z: [] },
        'S > L if i1',
        'S > R if i2',
        'L > S if !i1',
        'R > S if !i2',
        'S > Z if i3',
      ),
    },
    told(
      '1...........................',
      '00111000bbb00000b0100bbb0000',
      '00111110000bb0110000011100b0',
      '0000000bb0000000000000000001',
    ),
  ],
  [
    'parallel branches begin together and wait for each other',
    {
      run: chart(
        { A: ['N A'], B: ['N B', 'P0 D'], C: ['N C'], D: ['N D'], E: ['P E'], Z: [] },
        'A > B+C if i1',
        'C > D if t3',
        'B+D > E if i2',
        'E > A if B&i3',
        'E > Z if t2',
        'D > C if C&i3',
      ),
    },
    told(
      '1...............3.1.....................',
      '0010000000000000000010000000000000000000',
      '0001000000100000000000000001111000000000',
      '0000000001100000000000000000110000000000',
    ),
  ],
  [
    'hold stops the time, restart goes on; done and reset',
    PHASE,
    told(
      '1..4.....5......4.5..4.5......3.1..3',
      '000000000000000000000000001100000000',
      '000000000001100000000100000100000000',
    ),
  ],
  [
    'stop and abort with their charts, in every state; commands that are refused',
    PHASE,
    told(
      '6.1.51.2.1..3.1...4.2....3.1...4...5.6..5...3.1..2.6.....3.1.6.6....36..1....4...6.....3',
      '0',
      '0000000000000000000000000000000000000000000000000000000000000000000000000',
    ),
  ],
  [
    'a phase without logic of its own',
    { run: chart({ A: ['N A', 'S B', 'L 2 C'], E: ['N C'], Z: [] }, 'A > E if t5', 'E > Z if i1') },
    told('1..4..5.......2..3.1..6...3..1........3.', '00000000000000000000000000000000000001100'),
  ],
  [
    'command wires: their rise, none at a cold start, the safest of several',
    PHASE,
    wired([
      ...['start', 'start', '', 'start', 'start', 'hold', '', '', '', '', 'restart start', '', 'abort stop hold', ''],
      ...['', '', '', 'reset start', '', 'start', '', 'stop hold', '', '', 'reset', '', 'start', 'reset start hold'],
    ]),
  ],
  [
    'confirms: pending, there, failed, late; a hold stops their time; asked for by transitions',
    {
      run: chart(
        { A: ['N A ?1 3', 'D 2 B ?2 2', 'P C ?3 0'], F: ['N C ?1 2'], G: ['N B'] },
        'A > F if confirmed',
        'F > A if failed',
        'F > G if i3',
        'G > A if !i3',
      ),
    },
    told(
      '1..............4....5............4...5....2..',
      '0000011000000000000000100001100000000000000000',
      '0000000100000000000000000b1000000000000000000',
      '0000000001000000000000000000111000000000000000',
    ),
  ],
  [
    'all of it under a random script',
    {
      ...PHASE,
      run: chart(
        { A: EVERY, B: ['N A ?1 2', 'P W'], C: ['D 2 C ?2 0', 'P V'], D: ['R B', 'R G'], E: ['SL 3 I', 'P0 C'], Z: [] },
        'A > B+C if i1',
        'A > E if i2',
        'B+C > D if i3',
        'C > C if i2',
        'D > A if t2',
        'E > A if t3',
        'D > Z if failed',
      ),
    },
    random(
      219,
      400,
      [1, 2, 3].map((n) => ({
        name: `IN${n}`,
        lo: 0,
        hi: 1,
        whole: true,
        statuses: [ST.good, ST.good, ST.noComm],
        often: 0.3,
      })),
      [{ field: 'COMMAND', values: [1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 5, 5, 5, 4, 4, 2, 6] }],
    ),
  ],
]

export const SEQUENCE_CASES: readonly Case[] = CASES.map(([name, charts, steps]) => ({
  type: 'SFC',
  name,
  dt_s: 1,
  set: {},
  sequence: sequence(charts),
  steps,
}))
