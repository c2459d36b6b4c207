/**
 * A sticking valve by two numbers: S, deadband and stickband together, and J, the slip jump, both % of the input.
 *
 * A stem that stands moves when its input has gone J further the way it last moved, or S the other way. It then jumps, and
 * moves with its input at a distance of (S - J)/2 behind it, until the input turns or stands for two seconds. J = 0 is pure
 * deadband, J < S undershoots, J = S leaves no offset, J > S overshoots.
 *
 * The published form looks at two samples of a controller; here a rest of two seconds is what its two equal samples are, so
 * that the plant's own step does not matter.
 * @see Choudhury, Thornhill, Shah, Modelling valve stiction, Control Engineering Practice 13 (2005) 641-658
 */
export function stictionStem(
  s: Float64Array,
  at: number,
  input_pct: number,
  S_pct: number,
  J_pct: number,
  dt_s: number,
): number {
  const before = s[at + INPUT]!
  s[at + INPUT] = input_pct
  if (input_pct <= 0 || input_pct >= 100) {
    // At the end of the stroke the actuator has its whole force: the stem is there, and stands.
    s[at + STEM] = input_pct
    stop(s, at, input_pct)
    return input_pct
  }
  if (input_pct === before) {
    s[at + REST] = s[at + REST]! + dt_s
    if (s[at + MOVES] !== 0 && s[at + REST]! >= REST_S) stop(s, at, input_pct)
    return s[at + STEM]!
  }
  s[at + REST] = 0
  if (s[at + MOVES] !== 0 && (input_pct > before ? 1 : -1) !== s[at + WAY]) stop(s, at, before)
  if (s[at + MOVES] === 0) {
    const gone = input_pct - s[at + STOPPED_AT]!
    const way = gone > 0 ? 1 : -1
    if (Math.abs(gone) <= (way === s[at + WAY] ? J_pct : S_pct)) return s[at + STEM]!
    s[at + MOVES] = 1
    s[at + WAY] = way
  }
  const stem = input_pct - (s[at + WAY]! * (S_pct - J_pct)) / 2
  s[at + STEM] = stem < 0 ? 0 : stem > 100 ? 100 : stem
  return s[at + STEM]!
}

/** Numbers that one valve needs. */
export const STICTION_WIDTH = 6
const INPUT = 0
/** Input at which the stem came to stand. */
const STOPPED_AT = 1
/** 1 or -1: the way the stem last moved; 0: unknown. */
const WAY = 2
const REST = 3
const MOVES = 4
const STEM = 5

const REST_S = 2

/** The valve stands at its input, and has stood for long: it needs S either way. */
export function startStiction(s: Float64Array, at: number, stem_pct: number): void {
  s.fill(0, at, at + STICTION_WIDTH)
  s[at + INPUT] = stem_pct
  s[at + STOPPED_AT] = stem_pct
  s[at + STEM] = stem_pct
}

function stop(s: Float64Array, at: number, input_pct: number): void {
  s[at + MOVES] = 0
  s[at + STOPPED_AT] = input_pct
}
