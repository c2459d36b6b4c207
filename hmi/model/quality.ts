import { codeOf, FLAG, isBad, isUncertain, STATUS } from '../../contracts/status.ts'
import { formatDuration, formatValue } from './format.ts'
import type { Reading } from './tag-store.ts'

/** How a value is drawn. The same five facts for every widget, so that doubt looks alike everywhere. */
export interface Presentation {
  /** "120.4", or "----" where there has never been a usable value. */
  readonly text: string
  /** Shown but not current: italics. */
  readonly italic: boolean
  /** Not to be trusted: 45 degree hatch over the graphic. */
  readonly hatch: boolean
  /** Age of what is shown, "" while it is current. */
  readonly age: string
  /** One letter for the cause of "----" or of doubt, "" when good. */
  readonly cause: string
  /** FRC, SIM, BYP: what a person did to the value. */
  readonly badge: '' | 'FRC' | 'SIM' | 'BYP'
}

export interface Context {
  readonly decimals: number
  /** The newest scan is too old for this tag, or nothing comes at all. */
  readonly stale: boolean
  /** Age of the newest scan, ms. */
  readonly dataAge_ms: number
  /** Time of the newest scan, ms since 1970. */
  readonly scan_ms: number
}

export function present(reading: Reading | undefined, c: Context): Presentation {
  if (reading === undefined) return { text: '', italic: false, hatch: false, age: '', cause: '', badge: '' }
  const { value, status } = reading
  const bad = isBad(status)
  const old = c.stale || (status & FLAG.stale) !== 0
  const badge = badgeOf(status)
  const cause = causeOf(status)
  if (!Number.isFinite(value) || (bad && !reading.everUsable))
    return { text: '----', italic: false, hatch: true, age: '', cause: cause === '' ? 'N' : cause, badge }
  if (!bad && !old) return { text: formatValue(value, c.decimals), italic: false, hatch: false, age: '', cause, badge }
  // A value that went bad or stale inside the running data has the age of that change, plus that of the data.
  const own_ms = bad || (status & FLAG.stale) !== 0 ? Math.max(0, c.scan_ms - reading.statusSince_ms) : 0
  return {
    text: formatValue(value, c.decimals),
    italic: true,
    hatch: true,
    age: formatDuration(own_ms + c.dataAge_ms),
    cause,
    badge,
  }
}

/** Stale when older than three periods of its scan, and never sooner than 2 s. */
export const isStale = (age_ms: number, scan_ms: number): boolean => age_ms > Math.max(3 * scan_ms, 2000)

function badgeOf(status: number): Presentation['badge'] {
  if ((status & FLAG.forced) !== 0) return 'FRC'
  if ((status & FLAG.simulated) !== 0) return 'SIM'
  return (status & FLAG.bypassed) !== 0 ? 'BYP' : ''
}

const CAUSES: ReadonlyMap<number, string> = new Map([
  [STATUS.badConfigError, 'C'],
  [STATUS.badNotConnected, 'N'],
  [STATUS.badDeviceFailure, 'D'],
  [STATUS.badSensorFailure, 'S'],
  [STATUS.badNoCommLastUsable, 'L'],
  [STATUS.badNoComm, 'N'],
  [STATUS.badOutOfService, 'O'],
])

/** Letters: Config, Not connected, Device, Sensor, Last usable, Out of service, Bad, Uncertain. */
export function causeOf(status: number): string {
  if (isBad(status)) return CAUSES.get(codeOf(status)) ?? 'B'
  return isUncertain(status) ? 'U' : ''
}
