/** Where everything stands in the vectors of the model. States are 0-based: Y(1) of the literature is index 0. */

/** States, 50. Units: lbmol, MMBTU, degC, % (@see ./derivatives.ts). */
export const Y = {
  /** Vapour A..C, then liquid D..H, then energy. */
  reactor: 0,
  separator: 9,
  /** Liquid A..H, then energy. */
  sump: 18,
  /** Vapour A..H, then energy. */
  header: 27,
  reactorWater: 36,
  condenserWater: 37,
  valve: 38,
  count: 50,
} as const

/** Boundary values: the twelve random walks, the eight of the revised model, and the seven steps. */
export const IN = {
  walk: 0,
  revised: 12,
  step: 20,
  count: 27,
} as const

/**
 * Shutdown equipment and what lies outside the original. All neutral values leave every result as it is, bit for bit:
 * a neutral value enters only as x * 1 or x + 0.
 */
export const EXT = {
  /** Openings 0..1 of the block valves, neutral 1. */
  feedD: 0,
  feedE: 1,
  feedA: 2,
  feedAC: 3,
  separatorLiquid: 4,
  product: 5,
  steam: 6,
  /** 1 drives the condenser water to `condenserWater_pct` whatever the control valve does, neutral 0. */
  condenserWaterDriven: 7,
  condenserWater_pct: 8,
  /** Blowdown from the separator vapour: mass flow = this * sqrt(P - 760 mmHg), lb/h; neutral 0. The purge valve fully open is 15.1. */
  blowdown: 9,
  /** Heat added to the reactor by independent cooling, MMBTU/h, <= 0; neutral 0. */
  reactorHeat: 10,
  /** 1: a level may run low, and an empty vessel stops flowing; neutral 0 freezes as the original. What damages always freezes. */
  runOn: 11,
  /** Speed of the recycle compressor as a share of its own, neutral 1. Standing still it moves nothing and takes no work. */
  compressor: 12,
  count: 13,
} as const

export function neutralExt(): Float64Array {
  const ext = new Float64Array(EXT.count)
  ext.fill(1, EXT.feedD, EXT.steam + 1)
  ext[EXT.compressor] = 1
  return ext
}

/** Intermediate values of one evaluation. The four temperatures are also the start of the next one's iteration. */
export const W = {
  T_reactor: 0,
  T_separator: 1,
  T_sump: 2,
  T_header: 3,
  P_reactor: 4,
  P_separator: 5,
  P_header: 6,
  /** Liquid volumes, ft3. */
  V_reactor: 7,
  V_separator: 8,
  V_sump: 9,
  /** Vapour volumes, ft3. */
  VV_reactor: 10,
  VV_separator: 11,
  /** Molar masses of the vapours. */
  M_reactor: 12,
  M_separator: 13,
  M_header: 14,
  /** Enthalpies, MMBTU/lbmol. */
  HV_reactor: 15,
  HV_separator: 16,
  HL_reactor: 17,
  HL_separator: 18,
  HL_sump: 19,
  HV_header: 20,
  /** Liquid densities, lbmol/ft3. */
  rho_reactor: 21,
  rho_separator: 22,
  rho_sump: 23,
  /** Flows by the internal stream numbers, lbmol/h: W.flow + 1 .. W.flow + 13. */
  flow: 24,
  compressor: 38,
  Q_reactor: 39,
  Q_condenser: 40,
  Q_steam: 41,
  /** Mole fractions A..H: vapour above the liquid, then liquid, then the two one-phase vessels. */
  y_reactor: 42,
  y_separator: 50,
  x_reactor: 58,
  x_separator: 66,
  x_sump: 74,
  x_header: 82,
  /** Rates of the four reactions, lbmol/h. */
  rate: 90,
  count: 94,
} as const
