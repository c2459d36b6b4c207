/**
 * The second evaluator's machine: words, and a list of instructions that is run from top to bottom once a scan.
 *
 * It knows nothing of causes or effects. A bit is a word that is 0 or not; a timer is a word that holds the scans since
 * its start, or IDLE. `STEP` is the number of scans since the last run. Each instruction has a target and up to four operands.
 */
import type { SisInputs } from '../inputs.ts'

export const IDLE = -0x40000000
export const STEP = 2

export const OP = {
  counts: 0,
  contact: 1,
  line: 2,
  opened: 3,
  closed: 4,
  /** d = b < a < c, b and c plain numbers. */
  within: 5,
  /** d = a is the number b. */
  is: 6,
  /** d = a >= the number b. */
  least: 7,
  /** d = a <= the number b. */
  most: 8,
  and: 9,
  or: 10,
  andNot: 11,
  not: 12,
  copy: 13,
  add: 14,
  /** d gets bit a shifted by the number b. */
  put: 15,
  /** d = a rose; b remembers; only where c says that it can be read. */
  rise: 16,
  /** d follows a past the numbers b (on) and c (off). */
  above: 17,
  below: 18,
  /** d = a has stood for c scans; b is the timer. */
  stood: 19,
  /** d = a stands or stood until c scans ago. */
  lingers: 20,
  /** d = less than c scans since a rose; e remembers a. */
  pulse: 21,
  /** Timer d runs on; it ends at the number b, or when a. */
  age: 22,
  /** Timer d starts when a, if it does not run. */
  begin: 23,
  /** d = timer a runs. */
  runs: 24,
  /** Timer d runs while a, and starts anew. */
  while: 25,
  /** d = the digit of a channel: a vote, b readable, c bypass timer; e: BAD ones vote as they read. */
  digit: 26,
  /** d = entry of the table at e for c digits from word a on. */
  lookup: 27,
  /** d = a ? b : c. */
  pick: 28,
  /** d = row a of the table at b. */
  row: 29,
  /** d = row (a * 512 + b) of the table at c. */
  row2: 30,
  /** Timer d is stopped when a. */
  stop: 31,
  /** d = a > the number b. */
  more: 32,
  commands: 33,
  sequence: 34,
} as const

export interface Program {
  readonly code: Int32Array
  readonly table: Int32Array
  readonly words: Int32Array
}

export const CODE_WIDTH = 6

/** What the machine cannot do itself. */
export interface Host {
  commands(words: Int32Array, inputs: SisInputs): void
  sequence(words: Int32Array, table: Int32Array, at: number): void
}

export function run(program: Program, inputs: SisInputs, host: Host): void {
  const { code, table, words: w } = program
  const step = w[STEP]!
  for (let pc = 0; pc < code.length; pc += CODE_WIDTH) {
    const d = code[pc + 1]!
    const a = code[pc + 2]!
    const b = code[pc + 3]!
    const c = code[pc + 4]!
    const e = code[pc + 5]!
    switch (code[pc]) {
      case OP.counts:
        w[d] = inputs.counts[a]!
        break
      case OP.contact:
        w[d] = inputs.contacts[a]!
        break
      case OP.line:
        w[d] = inputs.line[a]!
        break
      case OP.opened:
        w[d] = inputs.open[a]!
        break
      case OP.closed:
        w[d] = inputs.closed[a]!
        break
      case OP.within:
        w[d] = w[a]! > b && w[a]! < c ? 1 : 0
        break
      case OP.is:
        w[d] = w[a] === b ? 1 : 0
        break
      case OP.least:
        w[d] = w[a]! >= b ? 1 : 0
        break
      case OP.most:
        w[d] = w[a]! <= b ? 1 : 0
        break
      case OP.more:
        w[d] = w[a]! > b ? 1 : 0
        break
      case OP.and:
        w[d] = w[a] !== 0 && w[b] !== 0 ? 1 : 0
        break
      case OP.or:
        w[d] = w[a] !== 0 || w[b] !== 0 ? 1 : 0
        break
      case OP.andNot:
        w[d] = w[a] !== 0 && w[b] === 0 ? 1 : 0
        break
      case OP.not:
        w[d] = w[a] === 0 ? 1 : 0
        break
      case OP.copy:
        w[d] = w[a]!
        break
      case OP.add:
        w[d] = w[a]! + w[b]!
        break
      case OP.put:
        w[d] = w[d]! | (w[a]! << b)
        break
      case OP.rise:
        w[d] = w[a] !== 0 && w[b] === 0 ? 1 : 0
        if (w[c] !== 0) w[b] = w[a]!
        break
      case OP.above:
        if (w[a]! < 0 || w[a]! > 65535) break
        if (w[a]! >= b) w[d] = 1
        else if (w[a]! < c) w[d] = 0
        break
      case OP.below:
        if (w[a]! < 0 || w[a]! > 65535) break
        if (w[a]! <= b) w[d] = 1
        else if (w[a]! > c) w[d] = 0
        break
      case OP.stood:
        w[b] = w[a] === 0 ? IDLE : w[b] === IDLE ? 0 : w[b]! + step
        w[d] = w[b] !== IDLE && w[b]! >= c ? 1 : 0
        break
      case OP.lingers:
        if (w[a] !== 0) w[b] = 0
        else if (w[b] !== IDLE) w[b] = w[b]! + step
        w[d] = w[b] !== IDLE && w[b]! <= c ? 1 : 0
        break
      case OP.pulse:
        if (w[a] !== 0 && w[e] === 0) w[b] = 0
        else if (w[b] !== IDLE) w[b] = w[b]! + step
        w[e] = w[a]!
        w[d] = w[b] !== IDLE && w[b]! < c ? 1 : 0
        break
      case OP.begin:
        // One step before zero: the ageing of the same scan brings it there.
        if (w[a] !== 0 && w[d] === IDLE) w[d] = -step
        break
      case OP.age:
        if (w[d] === IDLE) break
        w[d] = w[d]! + step
        if (w[a] !== 0 || w[d]! >= b) w[d] = IDLE
        break
      case OP.stop:
        if (w[a] !== 0) w[d] = IDLE
        break
      case OP.runs:
        w[d] = w[a] === IDLE ? 0 : 1
        break
      case OP.while:
        w[d] = w[a] === 0 ? IDLE : w[d] === IDLE ? 0 : w[d]! + step
        break
      case OP.digit:
        w[d] = w[c] !== IDLE ? 3 : w[b] === 0 && e === 0 ? 2 : w[a]!
        break
      case OP.lookup: {
        let at = 0
        for (let i = c - 1; i >= 0; i--) at = at * 4 + w[a + i]!
        w[d] = table[e + at]!
        break
      }
      case OP.pick:
        w[d] = w[a] !== 0 ? w[b]! : w[c]!
        break
      case OP.row:
        w[d] = table[b + w[a]!]!
        break
      case OP.row2:
        w[d] = table[c + w[a]! * 512 + w[b]!]!
        break
      case OP.commands:
        host.commands(w, inputs)
        break
      case OP.sequence:
        host.sequence(w, table, a)
        break
      default:
        throw new Error('no such instruction')
    }
  }
}
