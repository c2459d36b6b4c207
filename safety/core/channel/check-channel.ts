import type { SisConfig } from '../config.ts'

/** Longest interval that each SIL needs: 2^-32 of the errors it lets through is 1 % of what the SIL allows in an hour. */
const INTERVAL_MIN = [6, 6, 6, 60] as const
const ID_MAX = 0xffffffff
const MOST = { transmitters: 22, contacts: 16, elements: 16 } as const

/** What is wrong with the channel of a configuration that has one: each once, with its place. */
export function checkChannel(config: SisConfig, fault: (code: string, path: string, message: string) => void): void {
  const { channel } = config
  if (channel === undefined) return
  const { base_id, solver_id, device_id, error_interval_min } = channel
  const wrong = (path: string, message: string): void => fault('SIS_CHANNEL', path, message)
  if (!/^[0-9a-fA-F]{32}$/.test(base_id) || /^0*$/.test(base_id))
    wrong('channel/base_id', '32 hexadecimal digits, not all zero, are wanted: draw them once for the installation')
  for (const [key, id] of [
    ['solver_id', solver_id],
    ['device_id', device_id],
  ] as const)
    if (!(Number.isInteger(id) && id >= 1 && id <= ID_MAX))
      wrong(`channel/${key}`, `${id}, a whole number from 1 to ${ID_MAX} is allowed`)
  if (solver_id === device_id)
    wrong('channel/device_id', 'is the solver_id: a frame that comes back to its sender would be believed')
  if (![6, 60, 600].includes(error_interval_min))
    wrong('channel/error_interval_min', `${error_interval_min}, one of 6, 60, 600 is allowed`)
  const sil = Math.max(0, ...config.sifs.map((s) => s.sil))
  if (error_interval_min < INTERVAL_MIN[sil as 0 | 1 | 2 | 3])
    wrong(
      'channel/error_interval_min',
      `${error_interval_min} min let too much through for SIL ${sil}, which needs ${INTERVAL_MIN[sil as 0 | 1 | 2 | 3]}`,
    )
  for (const key of ['transmitters', 'contacts', 'elements'] as const)
    if (config[key].length > MOST[key])
      wrong(`channel/${key}`, `${config[key].length}, the frame has room for ${MOST[key]}`)
  if (config.link_timeout_ms < 2 * config.scan_ms)
    wrong('channel/link_timeout_ms', 'T_SF shorter than two scans: one lost frame would be a trip')
}
