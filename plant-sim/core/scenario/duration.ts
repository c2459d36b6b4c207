const UNIT_S: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86400 }

/** `8h`, `90min`, `1.5h`, `30s` in seconds; `-5min` too, for whoever must refuse it by its sign. NaN for anything else. */
export function durationOf(text: string): number {
  const match = /^(-?\d+(?:\.\d+)?)(s|min|h|d)$/.exec(text.trim())
  return match === null ? Number.NaN : Number(match[1]) * UNIT_S[match[2]!]!
}
