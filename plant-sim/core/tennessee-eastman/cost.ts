import { W } from './layout.ts'

/** Value of what is lost, $/kmol: A..H in the purge; D, E, F in the product. */
const PRICE = [2.206, 0, 6.177, 22.06, 14.56, 17.89, 30.44, 22.94] as const

/**
 * Operating cost of the last evaluation, $/h: components lost in purge and product, compressor power, steam.
 * @see Downs, Vogel 1993, table 9
 */
export function cost_per_h(w: Float64Array): number {
  let purge = 0
  for (let i = 0; i < 8; i++) purge += w[W.y_separator + i]! * PRICE[i]!
  let product = 0
  for (let i = 3; i < 6; i++) product += w[W.x_sump + i]! * PRICE[i]!
  const purge_kscmh = (w[W.flow + 10]! * 0.359) / 35.3145
  const product_m3h = w[W.flow + 13]! / w[W.rho_sump]! / 35.3145
  const power_kW = w[W.compressor]! * 293.07
  const steam_kgh = w[W.Q_steam]! * 1040 * 0.454
  return purge_kscmh * 44.79 * purge + product_m3h * 9.21 * product + 0.0536 * power_kW + 0.0318 * steam_kgh
}
