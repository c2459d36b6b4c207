/**
 * Block modes in the order of their priority: of the target and everything that is forced, the highest wins (R7, R8).
 * The integer is what stands in the arena, in frames and on the wire.
 */
export const MODE = { oos: 0, iman: 1, lo: 2, man: 3, auto: 4, cas: 5, rcas: 6, rout: 7 } as const

export type ModeName = keyof typeof MODE

/** Names by integer, as the operator sees them. */
export const MODE_NAMES: readonly ModeName[] = ['oos', 'iman', 'lo', 'man', 'auto', 'cas', 'rcas', 'rout']
