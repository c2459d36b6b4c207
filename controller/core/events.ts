/** Codes of what a scan reports: contracts/events.ts, because those who read the journal share them. */
export { EVENT } from '../../contracts/events.ts'

/** A scan reports at most so many events; the rest is counted. */
export const EVENTS_PER_SCAN_MAX = 1000
