/**
 * The line between a simulated plant and a safety system under test: JSON lines over TCP, the solver is the client.
 *
 * Spoken in SIMULATION only. The plant releases scans (`step`) and goes on when the solver has written its outputs (`done`); it asks
 * for the solver's state and gives one back, so that a snapshot is of the whole run. Inputs and outputs do not go this way: they go
 * over the drop, through the protected channel, as on a plant.
 */
export type SisBenchFromPlant =
  | { readonly type: 'step'; readonly n: number }
  /** Asked between two scans, never beside a `step` whose `done` is still out. */
  | { readonly type: 'save'; readonly id: number }
  /**
   * The next `step` is above `n`. State "" asks for that of a healthy, running plant with every effect in NORMAL, which the solver
   * makes itself: said once, right after `hello`, to the first solver of a plant whose solenoids nobody has written yet, and when
   * the plant is set back to its start. Without a `load` a solver is what it is after its own start: tripped.
   */
  | { readonly type: 'load'; readonly id: number; readonly n: number; readonly state: string }

export type SisBenchFromSolver =
  | { readonly type: 'hello'; readonly id: string; readonly config_hash: string; readonly scan_ms: number }
  | { readonly type: 'done'; readonly n: number }
  /** `state` is opaque text; "" with a reason where there is none worth keeping. */
  | { readonly type: 'saved'; readonly id: number; readonly n: number; readonly state: string; readonly reason: string }
  | { readonly type: 'loaded'; readonly id: number; readonly ok: boolean; readonly reason: string }
