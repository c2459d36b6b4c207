/** The voter and the latch as tables: what the second evaluator looks up where the first computes. */

/** Rules of the latch, first match wins: states, inputs that must be set, inputs that must not, next state. */
const I = { instant: 1, demand: 2, stored: 4, delayOver: 8, clear: 16, permit: 32, reset: 64, direct: 128, start: 256 }
const RULES: readonly (readonly [states: string, set: number, unset: number, next: number])[] = [
  ['012345', I.instant, 0, 2],
  ['0', 0, I.demand, 0],
  ['1', 0, I.demand | I.stored, 0],
  ['01', I.delayOver, 0, 2],
  ['01', 0, 0, 1],
  ['2345', I.demand, 0, 2],
  ['2', 0, I.stored, 0],
  ['2345', 0, I.clear, 2],
  ['234', 0, I.permit, 3],
  ['23', 0, 0, 4],
  ['4', 0, I.reset, 4],
  ['4', I.direct, 0, 0],
  ['4', 0, 0, 5],
  ['5', I.start, 0, 0],
  ['5', 0, 0, 5],
]

/** 8 x 512 rows; numbers that are no state lead to tripped. */
export function latchTable(): number[] {
  const table: number[] = []
  for (let state = 0; state < 8; state++)
    for (let inputs = 0; inputs < 512; inputs++) {
      const rule = RULES.find(
        ([states, set, unset]) => states.includes(String(state)) && (inputs & set) === set && (inputs & unset) === 0,
      )
      table.push(rule === undefined ? 2 : rule[3])
    }
  return table
}

/**
 * Outcome for all 4^n combinations of channels: 0 clear, 1 votes, 2 BAD, 3 bypassed; lowest digit first.
 * The scheme is reduced channel by channel, as the table of degradations has it: 2oo3 with one BAD becomes 1oo2.
 */
export function voteTable(n: number, m: number, bad_votes: boolean, reduce: boolean): number[] {
  const table: number[] = []
  for (let at = 0; at < 1 << (2 * n); at++) {
    let of = n
    let need = m
    let votes = 0
    const digits = Array.from({ length: n }, (_, i) => (at >> (2 * i)) & 3)
    for (const digit of digits) {
      if (digit !== 3) continue
      of--
      if (reduce && need > 1) need--
    }
    // A BAD channel that votes lowers the need; too few channels for the vote were too few before.
    const possible = of >= need
    for (const digit of digits) {
      if (digit === 2) {
        of--
        if (bad_votes) need--
      } else if (digit === 1) votes++
    }
    table.push(!possible || (!bad_votes && of < need) ? 2 : votes >= need ? 1 : 0)
  }
  return table
}
