/** Names, units and noise of the 41 measurements and 12 manipulated variables, and the disturbances. */
import type { DisturbanceInfo, ManipulatedInfo, MeasurementInfo } from '../plant.ts'

const rows: readonly (readonly [string, string, number])[] = [
  ['A feed flow', 'kscmh', 0.0012],
  ['D feed flow', 'kg/h', 18],
  ['E feed flow', 'kg/h', 22],
  ['A+C feed flow', 'kscmh', 0.05],
  ['recycle flow', 'kscmh', 0.2],
  ['reactor feed flow', 'kscmh', 0.21],
  ['reactor pressure', 'kPa gauge', 0.3],
  ['reactor level', '%', 0.5],
  ['reactor temperature', 'degC', 0.01],
  ['purge flow', 'kscmh', 0.0017],
  ['separator temperature', 'degC', 0.01],
  ['separator level', '%', 1],
  ['separator pressure', 'kPa gauge', 0.3],
  ['separator underflow', 'm3/h', 0.125],
  ['stripper level', '%', 1],
  ['stripper pressure', 'kPa gauge', 0.3],
  ['product flow', 'm3/h', 0.115],
  ['stripper temperature', 'degC', 0.01],
  ['stripper steam flow', 'kg/h', 1.15],
  ['compressor work', 'kW', 0.2],
  ['reactor cooling water outlet temperature', 'degC', 0.01],
  ['condenser cooling water outlet temperature', 'degC', 0.01],
]

const analyser = (place: string, first: string, noise: readonly number[], period_s: number): MeasurementInfo[] =>
  noise.map((noise_std, i) => ({
    name: '',
    description: `${place}, component ${String.fromCharCode(first.charCodeAt(0) + i)}`,
    unit: 'mol%',
    noise_std,
    period_s,
  }))

export const MEASUREMENTS: readonly MeasurementInfo[] = [
  ...rows.map(([description, unit, noise_std]) => ({ name: '', description, unit, noise_std, period_s: 0 })),
  ...analyser('reactor feed', 'A', [0.25, 0.1, 0.25, 0.1, 0.25, 0.025], 360),
  ...analyser('purge', 'A', [0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.05, 0.05], 360),
  ...analyser('product', 'D', [0.01, 0.01, 0.01, 0.5, 0.5], 900),
].map((info, i) => ({ ...info, name: `XMEAS${i + 1}` }))

const valves: readonly (readonly [string, number, string, number])[] = [
  ['D feed', 5811, 'kg/h', 8],
  ['E feed', 8354, 'kg/h', 8],
  ['A feed', 1.017, 'kscmh', 6],
  ['A+C feed', 15.25, 'kscmh', 9],
  ['compressor recycle valve', 100, '%', 7],
  ['purge valve', 100, '%', 5],
  ['separator underflow', 65.71, 'm3/h', 5],
  ['stripper underflow', 49.1, 'm3/h', 5],
  ['stripper steam valve', 100, '%', 120],
  ['reactor cooling water', 227.1, 'm3/h', 5],
  ['condenser cooling water', 272.6, 'm3/h', 5],
  ['agitator speed', 100, '%', 5],
]

export const MANIPULATED: readonly ManipulatedInfo[] = valves.map(([description, full_scale, unit, lag_s], i) => ({
  name: `XMV${i + 1}`,
  description,
  full_scale,
  unit,
  lag_s,
}))

const upsets: readonly (readonly [string, DisturbanceInfo['kind']])[] = [
  ['A/C ratio of the A+C feed, B constant', 'step'],
  ['B in the A+C feed, A/C ratio constant', 'step'],
  ['D feed temperature', 'step'],
  ['reactor cooling water inlet temperature', 'step'],
  ['condenser cooling water inlet temperature', 'step'],
  ['A feed lost', 'step'],
  ['C header pressure lost: A+C feed less available', 'step'],
  ['composition of the A+C feed', 'random'],
  ['D feed temperature', 'random'],
  ['A+C feed temperature', 'random'],
  ['reactor cooling water inlet temperature', 'random'],
  ['condenser cooling water inlet temperature', 'random'],
  ['reaction kinetics', 'drift'],
  ['reactor cooling water valve', 'sticking'],
  ['condenser cooling water valve', 'sticking'],
  ['heat transfer of the stripper steam', 'random'],
  ['heat transfer of the reactor', 'random'],
  ['heat transfer of the condenser', 'random'],
  ['recycle, separator, stripper and steam valves', 'sticking'],
  ['flow coefficient between reactor and separator', 'random'],
  ['A feed temperature', 'random'],
  ['E feed temperature', 'random'],
  ['A feed pressure', 'random'],
  ['D feed pressure', 'random'],
  ['E feed pressure', 'random'],
  ['A+C feed pressure', 'random'],
  ['reactor cooling water pressure', 'random'],
  ['condenser cooling water pressure', 'random'],
]

/** Number of the last disturbance of the original model, and of the revised one. */
export const ORIGINAL_UPSETS = 20
export const ALL_UPSETS = 28

/** The valve of the A+C feed stays where the published data of this fault hold it. */
export const BRAATZ21 = { name: 'BRAATZ21', valve: 3, held_pct: 61.302 } as const

/** Disturbances of the original, then of the revised model if wanted, then the held valve. */
export function disturbanceList(revised: boolean): readonly DisturbanceInfo[] {
  const count = revised ? ALL_UPSETS : ORIGINAL_UPSETS
  return [
    ...upsets.slice(0, count).map(([description, kind], i) => ({ name: `IDV${i + 1}`, description, kind })),
    { name: BRAATZ21.name, description: 'A+C feed valve stuck', kind: 'sticking' },
  ]
}

/** Which disturbance makes a valve stick: number, or 0. */
export const STICKS: readonly number[] = [0, 0, 0, 0, 19, 0, 19, 19, 19, 14, 15, 0]
/** A sticking valve ignores a demand that differs from the last accepted one by no more than this, %. */
export const STICTION_PCT = 2
