/** The solver's end of the protected channel, as the programs of this folder use it. */
export type { ChannelConfig, SolverEnd } from '../core/channel/solver-end.ts'
export { createSolverEnd } from '../core/channel/solver-end.ts'
