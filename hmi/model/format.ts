/** Numbers and times as an operator reads them: fixed decimals, no exponent, 24 h clock. */

/** Fixed decimals of the tag; a minus only where a digit other than 0 follows it; "" for what is no number. */
export function formatValue(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return ''
  const text = value.toFixed(decimals)
  return Number(text) === 0 && text.startsWith('-') ? text.slice(1) : text
}

/** hh:mm:ss of ms since 1970, in the station's time zone. */
export function formatClock(t_ms: number): string {
  const d = new Date(t_ms)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

/** hh:mm for the axis of a trend. */
export const formatMinute = (t_ms: number): string => formatClock(t_ms).slice(0, 5)

/** An age or a remaining time, short: "0.3 s", "12 s", "7 min", "3 h". */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return ''
  const s = Math.max(0, ms) / 1000
  if (s < 1.95) return `${s.toFixed(1)} s`
  if (s < 119.5) return `${s.toFixed(0)} s`
  if (s < 119.5 * 60) return `${(s / 60).toFixed(0)} min`
  return `${(s / 3600).toFixed(0)} h`
}

const two = (n: number): string => String(n).padStart(2, '0')
