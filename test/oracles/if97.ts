/**
 * Water and steam at saturation by the whole of IAPWS-IF97, regions 1, 2 and 4.
 * @see IAPWS R7-97(2012), tables 2, 10, 11 and 34; the checks are its tables 5, 15 and 36
 */
export interface Saturated {
  /** K, J/kg, kg/m3. */
  readonly t: number
  readonly hw: number
  readonly hs: number
  readonly rw: number
  readonly rs: number
}

const R_J_KG_K = 461.526
type Term = readonly [i: number, j: number, n: number]

export function saturatedAt(p_Pa: number): Saturated {
  const t = saturationTemperature(p_Pa)
  const water = region1(p_Pa, t)
  const steam = region2(p_Pa, t)
  return { t, hw: water.h, hs: steam.h, rw: 1 / water.v, rs: 1 / steam.v }
}

/** Worst relative deviation from the release's verification points, which have nine digits. */
export function worstOfVerification(): number {
  let worst = 0
  const see = (value: number, printed: number): void => {
    worst = Math.max(worst, Math.abs(value / printed - 1))
  }
  for (const [t, p, v, h] of REGION_1_POINTS) {
    see(region1(p * 1e6, t).v, v)
    see(region1(p * 1e6, t).h, h * 1e3)
  }
  for (const [t, p, v, h] of REGION_2_POINTS) {
    see(region2(p * 1e6, t).v, v)
    see(region2(p * 1e6, t).h, h * 1e3)
  }
  for (const [p, t] of REGION_4_POINTS) see(saturationTemperature(p * 1e6), t)
  return worst
}

/** K, MPa, m3/kg, kJ/kg. */
const REGION_1_POINTS = [
  [300, 3, 0.100215168e-2, 0.115331273e3],
  [300, 80, 0.971180894e-3, 0.184142828e3],
  [500, 3, 0.1202418e-2, 0.975542239e3],
] as const
const REGION_2_POINTS = [
  [300, 0.0035, 0.394913866e2, 0.254991145e4],
  [700, 0.0035, 0.923015898e2, 0.333568375e4],
  [700, 30, 0.542946619e-2, 0.263149474e4],
] as const
/** MPa, K. */
const REGION_4_POINTS = [
  [0.1, 0.372755919e3],
  [1, 0.453035632e3],
  [10, 0.584149488e3],
] as const

function region1(p_Pa: number, t: number): { v: number; h: number } {
  const a = 7.1 - p_Pa / 16.53e6
  const b = 1386 / t - 1.222
  let [by_pi, by_tau] = [0, 0]
  for (const [i, j, n] of REGION_1) {
    by_pi -= n * i * a ** (i - 1) * b ** j
    by_tau += n * a ** i * j * b ** (j - 1)
  }
  return { v: (R_J_KG_K * t * by_pi) / 16.53e6, h: R_J_KG_K * 1386 * by_tau }
}

function region2(p_Pa: number, t: number): { v: number; h: number } {
  const pi = p_Pa / 1e6
  const tau = 540 / t
  let by_pi = 1 / pi
  let by_tau = 0
  for (const [j, n] of REGION_2_IDEAL) by_tau += n * j * tau ** (j - 1)
  for (const [i, j, n] of REGION_2) {
    by_pi += n * i * pi ** (i - 1) * (tau - 0.5) ** j
    by_tau += n * pi ** i * j * (tau - 0.5) ** (j - 1)
  }
  return { v: (R_J_KG_K * t * by_pi) / 1e6, h: R_J_KG_K * 540 * by_tau }
}

function saturationTemperature(p_Pa: number): number {
  const [n1, n2, n3, n4, n5, n6, n7, n8, n9, n10] = REGION_4
  const b = (p_Pa / 1e6) ** 0.25
  const e = b * b + n3 * b + n6
  const f = n1 * b * b + n4 * b + n7
  const g = n2 * b * b + n5 * b + n8
  const d = (2 * g) / (-f - Math.sqrt(f * f - 4 * e * g))
  return (n10 + d - Math.sqrt((n10 + d) ** 2 - 4 * (n9 + n10 * d))) / 2
}

const zip = (i: readonly number[], j: readonly number[], n: readonly number[]): readonly Term[] =>
  n.map((value, at) => [i[at]!, j[at]!, value])

const REGION_1 = zip(
  [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 8, 8, 21, 23, 29, 30, 31, 32],
  [
    -2, -1, 0, 1, 2, 3, 4, 5, -9, -7, -1, 0, 1, 3, -3, 0, 1, 3, 17, -4, 0, 6, -5, -2, 10, -8, -11, -6, -29, -31, -38,
    -39, -40, -41,
  ],
  [
    0.14632971213167, -0.84548187169114, -3.756360367204, 3.3855169168385, -0.95791963387872, 0.15772038513228,
    -0.16616417199501e-1, 0.81214629983568e-3, 0.28319080123804e-3, -0.60706301565874e-3, -0.18990068218419e-1,
    -0.32529748770505e-1, -0.21841717175414e-1, -0.5283835796993e-4, -0.47184321073267e-3, -0.30001780793026e-3,
    0.47661393906987e-4, -0.44141845330846e-5, -0.72694996297594e-15, -0.31679644845054e-4, -0.28270797985312e-5,
    -0.85205128120103e-9, -0.22425281908e-5, -0.65171222895601e-6, -0.14341729937924e-12, -0.40516996860117e-6,
    -0.12734301741641e-8, -0.17424871230634e-9, -0.68762131295531e-18, 0.14478307828521e-19, 0.26335781662795e-22,
    -0.11947622640071e-22, 0.18228094581404e-23, -0.93537087292458e-25,
  ],
)
const REGION_2_IDEAL: readonly (readonly [j: number, n: number])[] = [
  [0, -9.6927686500217],
  [1, 10.086655968018],
  [-5, -0.5608791128302e-2],
  [-4, 0.71452738081455e-1],
  [-3, -0.40710498223928],
  [-2, 1.4240819171444],
  [-1, -4.383951131945],
  [2, -0.28408632460772],
  [3, 0.21268463753307e-1],
]
const REGION_2 = zip(
  [
    1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 5, 6, 6, 6, 7, 7, 7, 8, 8, 9, 10, 10, 10, 16, 16, 18, 20, 20,
    20, 21, 22, 23, 24, 24, 24,
  ],
  [
    0, 1, 2, 3, 6, 1, 2, 4, 7, 36, 0, 1, 3, 6, 35, 1, 2, 3, 7, 3, 16, 35, 0, 11, 25, 8, 36, 13, 4, 10, 14, 29, 50, 57,
    20, 35, 48, 21, 53, 39, 26, 40, 58,
  ],
  [
    -0.17731742473213e-2, -0.17834862292358e-1, -0.45996013696365e-1, -0.57581259083432e-1, -0.5032527872793e-1,
    -0.33032641670203e-4, -0.18948987516315e-3, -0.39392777243355e-2, -0.43797295650573e-1, -0.26674547914087e-4,
    0.20481737692309e-7, 0.43870667284435e-6, -0.3227767723857e-4, -0.15033924542148e-2, -0.40668253562649e-1,
    -0.78847309559367e-9, 0.12790717852285e-7, 0.48225372718507e-6, 0.22922076337661e-5, -0.16714766451061e-10,
    -0.21171472321355e-2, -23.895741934104, -0.5905956432427e-17, -0.12621808899101e-5, -0.38946842435739e-1,
    0.11256211360459e-10, -8.2311340897998, 0.19809712802088e-7, 0.10406965210174e-18, -0.10234747095929e-12,
    -0.10018179379511e-8, -0.80882908646985e-10, 0.10693031879409, -0.33662250574171, 0.89185845355421e-24,
    0.30629316876232e-12, -0.42002467698208e-5, -0.59056029685639e-25, 0.37826947613457e-5, -0.12768608934681e-14,
    0.73087610595061e-28, 0.55414715350778e-16, -0.9436970724121e-6,
  ],
)
const REGION_4 = [
  0.11670521452767e4, -0.72421316703206e6, -0.17073846940092e2, 0.1202082470247e5, -0.32325550322333e7,
  0.1491510861353e2, -0.48232657361591e4, 0.40511340542057e6, -0.23855557567849, 0.65017534844798e3,
] as const
