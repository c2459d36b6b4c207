/** Where each quantity of the boiler stands: states, positions, disturbances. */

/** States. The drum's four come first. */
export const X = {
  /** Water, m3; drum pressure, Pa; quality at the risers' outlet; steam under the surface, m3. */
  vwt: 0,
  p: 1,
  ar: 2,
  vsd: 3,
  /** Steam header pressure, Pa; superheated steam, K. */
  ph: 4,
  tsh: 5,
  /** Speeds, 0 to 1. */
  pump: 6,
  fd: 7,
  id: 8,
  /** What the furnace holds: gas, kg; its internal energy, J; unburnt fuel, oxygen, kg. */
  gas: 9,
  energy: 10,
  unburnt: 11,
  o2: 12,
  /** Stack analyser: sample line and cell, vol% dry; carbon monoxide, ppm. */
  o2_line: 13,
  o2_cell: 14,
  co: 15,
  /** Flames, 0 none to 1 stable. */
  main: 16,
  pilot: 17,
  /** Travel of the fuel train's valves, 0 shut to 1 open. */
  ssv1: 18,
  ssv2: 19,
  vent: 20,
  pv1: 21,
  pv2: 22,
  /** Gas pressure between the safety shutoff valves, Pa gauge. */
  piv: 23,
  /** Heat of the header's steam over that of its saturation at rest, J: its temperature with its mass. */
  header: 24,
} as const

/** Manipulated variables. */
export const U = {
  fuel: 0,
  ssv1: 1,
  ssv2: 2,
  vent: 3,
  pv1: 4,
  pv2: 5,
  igniter: 6,
  fd: 7,
  fd_vane: 8,
  id: 9,
  id_vane: 10,
  pump: 11,
  feed: 12,
  turbine: 13,
  start_vent: 14,
} as const

/** Disturbances, in the order of `DISTURBANCES`. */
export const D = {
  load_up: 0,
  load_down: 1,
  load_noise: 2,
  feed_pressure: 3,
  feed_cold: 4,
  pump_trip: 5,
  leak: 6,
  gas_pressure: 7,
  gas_quality: 8,
  gas_noise: 9,
  fd_trip: 10,
  id_trip: 11,
  flame_out: 12,
  pilot_fail: 13,
  ssv1_stuck: 14,
  ssv2_stuck: 15,
  ssv1_leak: 16,
  ssv2_leak: 17,
  scanner1: 18,
  scanner2: 19,
  air_choke: 20,
  regulator: 21,
} as const

/** What the safety system does to the plant, in `ext`: openings 0 to 1; relays 1 made. */
export const E = {
  ssv1: 0,
  ssv2: 1,
  pilot: 2,
  igniter: 3,
  fd_fan: 4,
  id_fan: 5,
  /** Open, 0 neutral. */
  vent: 6,
  /** Light-off permitted, no fuel trip: as the control system reads them. */
  permit: 7,
  no_trip: 8,
} as const

/** `ext` as if there were no safety system. */
export const NEUTRAL = [1, 1, 1, 1, 1, 1, 0, 1, 1] as const
