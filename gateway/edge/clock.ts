/** The gateway's two clocks: people's time for texts, and a clock that never jumps for ages and deadlines. */
export interface Clock {
  wall_ms(): number
  mono_ms(): number
}

export const systemClock: Clock = { wall_ms: () => Date.now(), mono_ms: () => performance.now() }
