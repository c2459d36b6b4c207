/**
 * Share of a valve's undetected dangerous failures that a partial stroke reveals, by how it is watched.
 * @see ISA-TR96.05.01 as quoted in trade literature; a figure for a real valve comes from its own analysis
 */
export const PARTIAL_STROKE_COVERAGE = {
  visual: 0.15,
  timed: 0.4,
  actuator: 0.6,
  external: 0.8,
} as const
