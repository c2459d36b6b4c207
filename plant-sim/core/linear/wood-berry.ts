/**
 * The methanol-water column of Wood and Berry: top and bottom composition (mol%) by reflux and steam (lb/min).
 *
 *   [ 12.8 e^(-1s)/(16.7s+1)   -18.9 e^(-3s)/(21.0s+1) ]
 *   [  6.6 e^(-7s)/(10.9s+1)   -19.4 e^(-3s)/(14.4s+1) ]    times in minutes
 *
 * Operating point: 96.25 % at the top with 1.95 lb/min of reflux, 0.5 % at the bottom with 1.71 lb/min of steam.
 * @see Wood, Berry, Terminal composition control of a binary distillation column, Chem. Eng. Sci. 28 (1973) 1707
 */
import type { LinearPath } from './linear-plant.ts'

const path = (from: string, to: string, k: number, tau_min: number, theta_min: number): LinearPath => ({
  from,
  to,
  spec: { model: 'first_order', k, tau_s: tau_min * 60, theta_s: theta_min * 60 },
})

/** Paths by the names `reflux`, `steam` and `top`, `bottom`. */
export const WOOD_BERRY: readonly LinearPath[] = [
  path('reflux', 'top', 12.8, 16.7, 1),
  path('steam', 'top', -18.9, 21, 3),
  path('reflux', 'bottom', 6.6, 10.9, 7),
  path('steam', 'bottom', -19.4, 14.4, 3),
]
