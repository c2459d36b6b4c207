/**
 * One input, one output, linear, with dead time: what a loop is tuned on.
 *
 *   G(s) = k (1 + lead s) e^(-theta s) / D(s)
 *   gain: D = 1; first_order: D = tau s + 1; integrating: D = s (lag s + 1), k in units of y per second and unit of u;
 *   second_order: D = tau^2 s^2 + 2 zeta tau s + 1; two_lags: D = (tau1 s + 1)(tau2 s + 1)
 *
 * A negative lead is an inverse response. Every step is exact for an input that is held over it, whatever the step; a dead
 * time that is no multiple of the step is exact too, because the step is cut where the delayed input changes.
 * @see Franklin, Powell, Workman, Digital Control of Dynamic Systems, ch. 4
 */
export type LinearSpec =
  | { readonly model: 'gain'; readonly k: number; readonly theta_s?: number }
  | { readonly model: 'first_order'; readonly k: number; readonly tau_s: number; readonly theta_s?: number }
  | { readonly model: 'integrating'; readonly k: number; readonly lag_s?: number; readonly theta_s?: number }
  | {
      readonly model: 'second_order'
      readonly k: number
      readonly tau_s: number
      /** Damping, 1: below 1 it swings. */
      readonly zeta: number
      readonly lead_s?: number
      readonly theta_s?: number
    }
  | {
      readonly model: 'two_lags'
      readonly k: number
      readonly tau1_s: number
      readonly tau2_s: number
      readonly lead_s?: number
      readonly theta_s?: number
    }

export interface LinearModel {
  /** Output at the end of the last step, without noise; 0 at rest. */
  readonly y: number
  /** Goes on by one period with the input held at `u`. */
  step(u: number): void
  /** Everything the future depends on. */
  save(): Float64Array
  /** @throws RangeError if the snapshot has another length */
  load(snapshot: Float64Array): void
}

/** @throws RangeError for parameters that no plant has: a lag that is not positive, a negative dead time */
export function createLinearModel(spec: LinearSpec, dt_s: number): LinearModel {
  const theta_s = spec.theta_s ?? 0
  if (!(dt_s > 0)) throw new RangeError(`a period of ${dt_s} s`)
  if (!(theta_s >= 0)) throw new RangeError(`a dead time of ${theta_s} s`)
  const { state, move, output } = dynamics(spec)
  const { whole, rest_s } = split(theta_s, dt_s)
  // With a dead time between two multiples of the step, the delayed input changes once within a step, after the rest.
  const before = rest_s > 0 ? move(rest_s) : undefined
  const after = move(dt_s - rest_s)
  const line = new Float64Array(whole + 2)
  let head = 0
  let y = 0
  return {
    get y() {
      return y
    },
    step(u) {
      head = head + 1 === line.length ? 0 : head + 1
      line[head] = u
      if (before !== undefined) before(line[(head + 1) % line.length]!)
      const delayed = line[(head + 2) % line.length]!
      after(delayed)
      y = output(delayed)
    },
    save: () => Float64Array.from([...state, ...line, head, y]),
    load(snapshot) {
      const at = state.length + line.length
      if (snapshot.length !== at + 2) throw new RangeError('snapshot of another model')
      state.set(snapshot.subarray(0, state.length))
      line.set(snapshot.subarray(state.length, at))
      head = snapshot[at]!
      y = snapshot[at + 1]!
    },
  }
}

/** A dead time as whole steps and a rest of less than one; what is a multiple but for rounding is one. */
function split(theta_s: number, dt_s: number): { whole: number; rest_s: number } {
  const steps = theta_s / dt_s
  const nearest = Math.round(steps)
  if (Math.abs(steps - nearest) < 1e-9) return { whole: nearest, rest_s: 0 }
  const whole = Math.floor(steps)
  return { whole, rest_s: theta_s - whole * dt_s }
}

interface Dynamics {
  readonly state: Float64Array
  /** The way over a time with the input held. */
  move(time_s: number): (u: number) => void
  output(u: number): number
}

function dynamics(spec: LinearSpec): Dynamics {
  switch (spec.model) {
    case 'gain':
      return { state: new Float64Array(0), move: () => () => undefined, output: (u) => spec.k * u }
    case 'first_order':
      return firstOrder(spec.k, positive(spec.tau_s, 'tau'))
    case 'integrating':
      return integrating(spec.k, spec.lag_s ?? 0)
    case 'second_order':
      return secondOrder(spec.k, positive(spec.tau_s, 'tau'), positive(spec.zeta, 'zeta'), spec.lead_s ?? 0)
    case 'two_lags': {
      const tau1 = positive(spec.tau1_s, 'tau1')
      const tau2 = positive(spec.tau2_s, 'tau2')
      const tau = Math.sqrt(tau1 * tau2)
      return secondOrder(spec.k, tau, (tau1 + tau2) / (2 * tau), spec.lead_s ?? 0)
    }
  }
}

function firstOrder(k: number, tau_s: number): Dynamics {
  const x = new Float64Array(1)
  return {
    state: x,
    move: (time_s) => {
      const share = -Math.expm1(-time_s / tau_s)
      return (u) => {
        x[0] = x[0]! + share * (u - x[0]!)
      }
    },
    output: () => k * x[0]!,
  }
}

/** k / (s (lag s + 1)) = k / s - k lag / (lag s + 1). */
function integrating(k: number, lag_s: number): Dynamics {
  if (!(lag_s >= 0)) throw new RangeError(`lag ${lag_s}: 0 or more`)
  const x = new Float64Array(2)
  return {
    state: x,
    move: (time_s) => {
      const share = lag_s === 0 ? 1 : -Math.expm1(-time_s / lag_s)
      return (u) => {
        x[0] = x[0]! + time_s * u
        x[1] = x[1]! + share * (u - x[1]!)
      }
    },
    output: () => k * (x[0]! - lag_s * x[1]!),
  }
}

/** State: the output of the plant without lead, and its derivative. One closed form for all three kinds of damping. */
function secondOrder(k: number, tau_s: number, zeta: number, lead_s: number): Dynamics {
  const x = new Float64Array(2)
  const w2 = 1 / (tau_s * tau_s)
  const sigma = zeta / tau_s
  return {
    state: x,
    move: (time_s) => {
      const { even, odd } = modes(sigma, zeta, tau_s, time_s)
      const a = even + sigma * odd
      const d = even - sigma * odd
      return (u) => {
        const e = x[0]! - u
        const v = x[1]!
        x[0] = u + a * e + odd * v
        x[1] = d * v - w2 * odd * e
      }
    },
    output: () => k * (x[0]! + lead_s * x[1]!),
  }
}

/** e^(-sigma t) cos(w t) and e^(-sigma t) sin(w t) / w, with w imaginary above critical damping. */
function modes(sigma: number, zeta: number, tau_s: number, t: number): { even: number; odd: number } {
  const square = (1 - zeta) * (1 + zeta)
  const w = Math.sqrt(Math.abs(square)) / tau_s
  if (square > 0) {
    const decay = Math.exp(-sigma * t)
    return { even: decay * Math.cos(w * t), odd: w * t < 1e-8 ? decay * t : (decay * Math.sin(w * t)) / w }
  }
  // As sum and difference of two decays: a hyperbolic function of a long step would overflow before the decay meets it.
  const slow = Math.exp(-(sigma - w) * t)
  const gap = 2 * w * t
  const odd = gap < 1e-8 ? slow * t : (slow * -Math.expm1(-gap)) / (2 * w)
  return { even: (slow * (1 + Math.exp(-gap))) / 2, odd }
}

function positive(value: number, name: string): number {
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} ${value}: above 0`)
  return value
}
