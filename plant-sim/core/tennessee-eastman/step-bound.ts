import { W } from './layout.ts'

/** Longest sub-step, s: a hot reactor needs short ones. */
export function stepBound_s(w: Float64Array): number {
  return w[W.T_reactor]! > 130 ? 0.05 : 0.5
}
